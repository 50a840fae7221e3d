"""What a reasoning model thinks before it answers, for people: dimmed, on stderr, while it comes; no part of the result."""

from __future__ import annotations

from typing import Self

from photon.cli.terminal import Spinner, Terminal, harmless


class Thoughts:
    """Shows thoughts where they are wanted (``ai.reasoning = "show"``), somebody looks at stderr, and it is not quiet.

    At the end of a ``with`` block the last line of them is ended, also when the answer failed.
    """

    def __init__(self, terminal: Terminal, spinner: Spinner, *, wanted: bool) -> None:
        self._terminal, self._spinner = terminal, spinner
        self._shown = wanted and terminal.talkative and not terminal.quiet
        self._last = "\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def hear(self, text: str) -> None:
        """The next piece of what is thought."""
        text = harmless(text) if self._shown else ""
        if text:
            self._spinner.stop()
            self._terminal.say(f"\x1b[2m{text}\x1b[0m" if self._terminal.err_colour else text)
            self._last = text[-1]

    def end(self) -> None:
        """Something else is said now: it begins on a line of its own. Ending twice is harmless."""
        if self._last != "\n":
            self._terminal.say("\n")
            self._last = "\n"
