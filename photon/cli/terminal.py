"""The only place that knows what a terminal is: TTY, width, colour, Rich, and what must never reach one.

Payload goes to stdout with `Terminal.write`, talk goes to stderr with `note`, `warn` and `fail`. Tests pass a Terminal
over two StringIO instead of patching ``sys``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TextIO

from photon.errors import InvalidSpec, PhotonError

if TYPE_CHECKING:
    import typer
    from rich.console import Console

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""C0 (but tab and newline), DEL, C1, and the bidirectional controls that can disguise text."""


_LEAST = 16
"""Columns in which prose can be folded and read."""


def harmless(text: str) -> str:
    """`text` without control characters: model output and server messages are untrusted."""
    return _CONTROL.sub("", text)


class ReaderLeft(Exception):
    """Whoever read our stdout has gone (``| head``). No OSError, for Typer ends the program with 1 at that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """The facts about where output goes, decided once.

    interactive: stdout is a terminal. talkative: stderr is one. colour and err_colour follow NO_COLOR, FORCE_COLOR,
    CLICOLOR_FORCE and TERM=dumb. width: columns, at least 20. quiet: say nothing on stderr but errors. steady: nothing moves
    there, because a log or an inspection is written there line by line.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    interactive: bool = False
    talkative: bool = False
    asking: bool = False
    colour: bool = False
    err_colour: bool = False
    width: int = 80
    quiet: bool = False
    steady: bool = False

    @classmethod
    def detect(cls, *, quiet: bool = False, environ: Mapping[str, str] = os.environ) -> Terminal:
        """The terminal of this process. ``asking`` is true when stdin is a keyboard."""
        interactive, talkative = sys.stdout.isatty(), sys.stderr.isatty()
        return cls(
            interactive=interactive,
            talkative=talkative,
            asking=bool(sys.stdin) and sys.stdin.isatty(),
            colour=wants_colour(environ, tty=interactive),
            err_colour=wants_colour(environ, tty=talkative),
            width=max(20, _columns(interactive=interactive, talkative=talkative)),
            quiet=quiet,
        )

    def write(self, text: str) -> None:
        """Payload, as it is, on stdout; flushed, because somebody may be watching or reading.

        Raises ReaderLeft when nobody reads any more, PhotonError when it cannot be written for another reason.
        """
        try:
            self.out.write(text)
            self.out.flush()
        except BrokenPipeError as error:
            raise ReaderLeft from error
        except OSError as error:
            raise PhotonError(f"cannot write to stdout: {error.strerror or error}") from error

    def note(self, text: str) -> None:
        """Talk, one line on stderr; nothing when quiet."""
        self.say(self.noted(text))

    def noted(self, text: str) -> str:
        """What `note` writes."""
        return "" if self.quiet else self._said(text, style="2")

    def warn(self, text: str) -> None:
        """Something that the user should know, on stderr; nothing when quiet."""
        if not self.quiet:
            self._say(f"photon: {text}", style="33")

    def rule(self, text: str) -> None:
        """A line across the terminal with `text` in it, on stderr: what stands above it is over. Nothing when quiet."""
        if not self.quiet:
            line = f"── {harmless(text)} "
            self._say(line + "─" * max(2, self.width - len(line)), style="2", wrapped=len(line) > self.width)

    def fail(self, error: PhotonError) -> None:
        """What happened and what mends it, in one or two lines on stderr; also when quiet. Of a document, the place too."""
        from photon.settings.redaction import redacted

        self._say(f"photon: {redacted(error.message)}", style="31")
        if isinstance(error, InvalidSpec) and error.excerpt:
            for line in error.excerpt.splitlines():
                self._say(redacted(line)[: self.width], style="2", wrapped=False)
        if error.hint:
            self._say(f"  try: {redacted(error.hint)}", style="2", wrapped=False)  # a command is copied, so nothing breaks it

    def _say(self, text: str, *, style: str, wrapped: bool = True) -> None:
        self.say(self._said(text, style=style, wrapped=wrapped))

    def _said(self, text: str, *, style: str, wrapped: bool = True) -> str:
        line = harmless(text)
        if wrapped and self.talkative and len(line) > self.width:
            import textwrap

            line = textwrap.fill(line, self.width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        return f"\x1b[{style}m{line}\x1b[0m\n" if self.err_colour else f"{line}\n"

    def say(self, text: str) -> None:
        """`text` as it is, on stderr, where nothing turns any more. That nobody can hear it is no failure."""
        Spinner.hide()
        with suppress(OSError):
            self.err.write(text)
            self.err.flush()

    @contextmanager
    def spinner(self, text: str) -> Iterator[Spinner]:
        """A spinner on stderr until `Spinner.stop` or the end of the block; silent without a terminal there."""
        moves = self.talkative and self.err_colour and not (self.quiet or self.steady)
        spinner = Spinner(self._console(err=True) if moves else None, text)
        try:
            yield spinner
        finally:
            spinner.stop()

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, spare: Sequence[str] = ()) -> None:
        """A table on stdout: aligned for people in a terminal, tab-separated with a header line in a pipe.

        spare: columns that a terminal does without where there is no room for the words of the others, the first one first.
        """
        clean = [[harmless(cell) for cell in row] for row in rows]
        if not self.interactive:
            self.write("".join("\t".join(row) + "\n" for row in [list(columns), *clean]))
            return
        kept = _kept(columns, clean, self.width, spare)
        columns, clean = [columns[place] for place in kept], [[row[place] for place in kept] for row in clean]
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for place, column in enumerate(columns):
            table.add_column(column, overflow="fold", no_wrap=bool(spare) and place < len(columns) - 1)
        for row in clean:
            table.add_row(*[Text(cell) for cell in row])
        self._console().print(table)

    def _console(self, *, err: bool = False) -> Console:
        from rich.console import Console

        colour = self.err_colour if err else self.colour
        return Console(
            file=self.err if err else self.out, force_terminal=colour, no_color=not colour, width=self.width, highlight=False
        )


def _kept(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, spare: Sequence[str]) -> list[int]:
    """The places of the columns for which `width` has room: each in one line, but for the last, which can be folded."""
    from rich.cells import cell_len

    kept = list(range(len(columns)))
    widths = [max(cell_len(row[place]) for row in [columns, *rows]) for place in kept]
    widths[-1] = min(widths[-1], _LEAST)
    for name in spare:
        if sum(widths[place] + 2 for place in kept) - 2 <= width:
            break
        kept.remove(list(columns).index(name))
    return kept


def _columns(*, interactive: bool, talkative: bool) -> int:
    """Of the terminal that stdout is, else of the one that stderr is; COLUMNS wins over both."""
    if talkative and not interactive and not os.environ.get("COLUMNS"):
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    return shutil.get_terminal_size().columns


def terminal_of(ctx: typer.Context) -> Terminal:
    """The terminal that the command was started with; this process's own where none was put into the context."""
    return ctx.find_object(Terminal) or Terminal.detect()


class Spinner:
    """Rich's spinner behind one method, so that nobody else needs Rich."""

    _turning: ClassVar[Spinner | None] = None

    def __init__(self, console: Console | None, text: str) -> None:
        self._status = console.status(text) if console else None
        if self._status:
            self._status.start()
            Spinner._turning = self

    @staticmethod
    def hide() -> None:
        """Stop whichever is turning: somebody is asked something, and a spinner would write over the question."""
        if Spinner._turning:
            Spinner._turning.stop()

    def stop(self) -> None:
        """Take it off the screen; stopping twice is harmless."""
        if self._status:
            self._status.stop()
            self._status = Spinner._turning = None


def wants_colour(environ: Mapping[str, str], *, tty: bool) -> bool:
    """Colour or not, by https://no-color.org, CLICOLOR_FORCE/FORCE_COLOR and TERM, in this order."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    return tty and environ.get("TERM", "") not in ("dumb", "")
