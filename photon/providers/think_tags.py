"""What a reasoning model thinks between ``<think>`` and ``</think>``, where the server does not tell it from the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from photon.chat import Chunk

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkTags:
    """Takes the text of an answer in pieces and gives each back as (reasoning, text).

    Only an answer that begins with the tag has reasoning; one that mentions it later is left alone. What may be the beginning
    of a tag is held back until the next piece. White space around the reasoning belongs to nobody.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinking: bool | None = None  # not yet known
        self._fresh = True  # nothing but white space so far, of the reasoning or of the answer behind it

    def feed(self, text: str) -> tuple[str, str]:
        """The next piece."""
        if self._thinking is None:
            text = self._held + text
            begin = text.lstrip()
            if len(begin) < len(_OPEN) and _OPEN.startswith(begin):
                self._held = text
                return "", ""
            self._held = ""
            self._thinking = self._fresh = begin.startswith(_OPEN)
            text = begin.removeprefix(_OPEN) if self._thinking else text
        return self._thought(text) if self._thinking else ("", self._trimmed(text))

    def finish(self) -> tuple[str, str]:
        """What was held back, when no more comes: a tag that was never finished is text, or a thought."""
        held, self._held = self._held, ""
        return (held, "") if self._thinking else ("", held)

    def _thought(self, text: str) -> tuple[str, str]:
        thought, closed, answer = (self._held + text).partition(_CLOSE)
        if closed:
            reasoning = self._trimmed(thought).rstrip()
            self._held, self._thinking, self._fresh = "", False, True
            return reasoning, self._trimmed(answer)
        kept = _begun(thought)
        self._held = thought[len(thought) - kept :]
        return self._trimmed(thought[: len(thought) - kept]), ""

    def _trimmed(self, text: str) -> str:
        """`text` without the white space in front of the first word."""
        text = text.lstrip() if self._fresh else text
        self._fresh = self._fresh and not text
        return text


def _begun(text: str) -> int:
    """How many characters at the end of `text` are the beginning of the closing tag."""
    return next((length for length in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:length])), 0)


async def thoughts_apart(chunks: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Chunk, None]:
    """`chunks` with what stands between the tags as reasoning."""
    tags = ThinkTags()
    async with aclosing(chunks):
        async for chunk in chunks:
            reasoning, text = tags.feed(chunk.text) if chunk.text else ("", "")
            if chunk.finish_reason:
                reasoning, text = (said + held for said, held in zip((reasoning, text), tags.finish(), strict=True))
            yield replace(chunk, text=text, reasoning=chunk.reasoning + reasoning)
