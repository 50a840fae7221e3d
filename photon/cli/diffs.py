"""A unified diff on its way out: coloured in a terminal as git colours it, plain in a pipe, so that `patch` can read it."""

from __future__ import annotations

from collections.abc import Iterable

from photon.cli.terminal import Terminal, harmless

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_HEAD, _END = "\x1b[1m", "\x1b[0m"


def write_diff(lines: Iterable[str], terminal: Terminal) -> None:
    """Print the lines of a unified diff (without their line ends) on stdout."""
    terminal.write("".join(_coloured(harmless(line), terminal) + "\n" for line in lines))


def _coloured(line: str, terminal: Terminal) -> str:
    if not terminal.colour:
        return line
    colour = _HEAD if line.startswith(("--- ", "+++ ")) else _COLOURS.get(line[:1], "")
    return f"{colour}{line}{_END}" if colour else line
