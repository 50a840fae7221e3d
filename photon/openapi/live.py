"""Text that is shown while it grows: what is out is never taken back."""

from __future__ import annotations


class AppendOnly:
    """Remembers the lines that are out.

    A model writes a sketch in the order in which it is rendered, so each state of the text begins with the one before. Where
    that fails (lines in an unusual order, another model starting over with something else) nothing more is shown until the
    end, and then the whole text once more.
    """

    def __init__(self) -> None:
        self._out: list[str] = []

    def extend(self, lines: list[str]) -> list[str]:
        """The new lines of a text that is not finished; none while it contradicts what is out."""
        return self._append(lines) if self._agrees(lines) else []

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
