"""A unified diff on its way out: cleaned and coloured as git does it in a terminal; exact in a pipe, so that it applies."""

from __future__ import annotations

from collections.abc import Iterable

from photon.cli.terminal import Terminal, harmless

_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_HEAD, _END = "\x1b[1m", "\x1b[0m"


def write_diff(lines: Iterable[str], terminal: Terminal) -> None:
    """Print the lines of a unified diff (without their LF) on stdout. In a pipe every byte of the file's is kept, whatever the
    environment says about colour: git and patch want it so."""
    shown = (_shown(line, terminal) for line in lines) if terminal.interactive else lines
    terminal.write("".join(f"{line}\n" for line in shown))


def _shown(line: str, terminal: Terminal) -> str:
    """For people. A CR in the middle ends a line to them, though not to git."""
    parts = line.removesuffix("\r").split("\r")
    return "\n".join(_coloured(harmless(part if not place else line[0] + part), terminal) for place, part in enumerate(parts))


def _coloured(line: str, terminal: Terminal) -> str:
    if not terminal.colour:
        return line
    colour = _HEAD if line.startswith(("--- ", "+++ ")) else _COLOURS.get(line[:1], "")
    return f"{colour}{line}{_END}" if colour else line
