"""From a model's bytes to an answer's text: whole characters only, and nothing of a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class AnswerText:
    """Takes the bytes of one token after the other and gives out the text that certainly belongs to the answer.

    A character whose bytes are spread over tokens, and what may be the beginning of a stop string, are held back.
    ``stopped`` is true once a stop string was found; the text before it was given out, the rest is dropped.
    """

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def feed(self, piece: bytes) -> str:
        """The next token's bytes."""
        return self._give(self._decoder.decode(piece))

    def finish(self) -> str:
        """What was held back, when no more tokens come. A half character becomes U+FFFD."""
        if self.stopped:
            return ""
        text = self._give(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return text

    def _give(self, text: str) -> str:
        if not self._stop:
            return text
        held = self._held + text
        found = [index for stop in self._stop if (index := held.find(stop)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return held[: min(found)]
        keep = max(self._begun(held, stop) for stop in self._stop)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep]

    @staticmethod
    def _begun(text: str, stop: str) -> int:
        """How many characters at the end of `text` are the beginning of `stop`."""
        longest = min(len(text), len(stop) - 1)
        return next((length for length in range(longest, 0, -1) if text.endswith(stop[:length])), 0)
