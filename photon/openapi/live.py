"""Text that is shown while it grows: what is out is never taken back."""

from __future__ import annotations


class AppendOnly:
    """Remembers the lines that are out.

    A model writes a sketch in the order in which it is rendered, so each state of the text begins with the one before. Where
    that fails because lines came in an unusual order, nothing more is shown until the end, and then the whole text once more.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self._void = False

    def void(self) -> None:
        """Another model starts over: a text that contradicts what is out begins afresh at once."""
        self._void = True

    def extend(self, lines: list[str]) -> tuple[list[str], bool]:
        """(the new lines of a text that is not finished, whether they begin again from the first one).

        No lines while the text contradicts what is out, unless that is void.
        """
        afresh = self._void and not self._agrees(lines)
        if afresh:
            self._out, self._void = [], False
        return (self._append(lines) if self._agrees(lines) else []), afresh

    def complete(self, lines: list[str]) -> tuple[list[str], bool]:
        """(the lines of the finished text still to show, whether they begin again from the first one)."""
        afresh = len(lines) < len(self._out) or not self._agrees(lines)
        if afresh:
            self._out = []
        return self._append(lines), afresh

    def _agrees(self, lines: list[str]) -> bool:
        shared = min(len(lines), len(self._out))
        return lines[:shared] == self._out[:shared]

    def _append(self, lines: list[str]) -> list[str]:
        new = lines[len(self._out) :]
        self._out += new
        return new
