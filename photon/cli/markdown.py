"""Markdown for a terminal while it is still being written: words appear as they come, and what is printed never changes.

A word is printed when its line break is known, a styled span (``**bold**``) when it is closed, a line of code when it is
complete, a table when it has ended. A line break of the model's stays one, for models break lines on purpose. What is
unclosed at the end of its paragraph was no Markdown and is printed as it is. Control characters never get through.

Without colour the marks of spans and headings stay, because nothing else would carry their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from photon.cli.terminal import harmless
from photon.cli.wrapping import WordWrap, ansi, spans

if TYPE_CHECKING:
    from rich.text import Text

_LINE = re.compile(
    r"(?P<quote>(?: {0,3}> ?)*)(?P<indent>[ \t]*)(?P<mark>(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)|#{1,6}[ \t]+(?=\S))?(?P<rest>.*)"
)
_UNDECIDED = re.compile(
    r"[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?"
    r"(?:`{0,2}|~{1,2}|(?:`{3}|~{3}).*|\|.*|[-*_+ \t]+|\d{1,9}[.)]?|#{1,6})[ \t]*"
)
"""Beginnings of a line that do not say yet what kind of line it is."""
_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}[ \t]*")
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
_DELIMITERS = re.compile(r"\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*")
_HEADINGS = ("1;35", "1")
_RULE_WIDTH = 24


class Markdown:
    """Prints Markdown as it is fed. width: columns of the terminal; write: takes what is to be printed."""

    def __init__(self, write: Callable[[str], None], width: int, *, colour: bool) -> None:
        self._write, self._width, self._colour = write, width, colour
        self._wrap = WordWrap(write, width, colour=colour)
        self._line = ""
        self._flowing = False  # the kind of the line is known, and its text goes straight to the word wrap
        self._paragraph = self._in_list = self._printed = False
        self._blank: str | None = None  # the empty line that is due before the next block
        self._code: _Code | None = None
        self._table: list[str] = []
        self._bars = ""

    def feed(self, text: str) -> None:
        """Take the next piece of the text, of any length, and print what is certain."""
        for piece in harmless(text).splitlines(keepends=True):
            ended = piece.endswith("\n")
            if self._flowing:
                self._wrap.feed(piece)
            else:
                self._line += piece.removesuffix("\n")
                if ended or self._decided():
                    line, self._line = self._line, ""
                    self._flowing = self._begin(line, ended=ended)
                    if self._flowing and ended:
                        self._wrap.feed("\n")
            if ended:
                self._flowing = False

    def finish(self) -> None:
        """The text has ended: print the rest. The next `feed` starts another text."""
        if self._line:
            self._begin(self._line, ended=True)
        self._end_table()
        self._wrap.end()
        self.__init__(self._write, self._width, colour=self._colour)  # type: ignore[misc] # starting over is what is meant

    def _decided(self) -> bool:
        """Whether the beginning of a line says already that its text can be printed word by word."""
        indented_code = not self._in_list and not self._paragraph and self._line.startswith(("    ", "\t"))
        return not self._code and not indented_code and not _UNDECIDED.fullmatch(self._line)

    def _begin(self, line: str, *, ended: bool) -> bool:
        """Print what is no running text; True when the rest of the line, and all that follows in it, is such."""
        if self._code:
            self._code = None if self._code.closed_by(line) else self._code
            return False
        found = _LINE.fullmatch(line)
        assert found  # every part of the pattern may be empty
        mark, rest, indent = found["mark"] or "", found["rest"], len(found["indent"].expandtabs(4))
        quoted = "│ " * found["quote"].count(">")
        if not mark and not rest.strip():
            self._pause(quoted)
        elif ended and rest.startswith("|") and not mark:
            self._add_row(rest, quoted)
        elif ended and _RULE.fullmatch(mark + rest):
            self._block(quoted)
            self._write(self._dim(quoted + "─" * min(_RULE_WIDTH, self._width - len(quoted))) + "\n")
        elif ended and (fence := _FENCE.fullmatch(rest)):
            self._open_code(fence, quoted, indent, mark)
        elif ended and indent >= 4 and not self._in_list and not self._paragraph and not mark:
            self._block(quoted)
            self._write(line + "\n")
        else:
            return self._text(mark, rest, quoted, min(indent, self._width // 3))
        return False

    def _text(self, mark: str, rest: str, quoted: str, indent: int) -> Literal[True]:
        """Begin or continue running text: a heading, a list item or a paragraph."""
        if not mark and self._paragraph and quoted == self._bars:
            self._end_table()
            self._wrap.feed(rest)
            return True
        self._block(quoted)
        self._paragraph, self._bars = True, quoted
        if mark.startswith("#"):
            level = len(mark.strip())
            style = _HEADINGS[min(level, len(_HEADINGS)) - 1] if self._colour else ""
            self._wrap.begin("" if self._colour else mark, style=style, bars=quoted)
            self._in_list = self._paragraph = False
        elif mark:
            bullet = "• " if mark[0] in "-*+" else f"{mark.strip()} "
            self._in_list = True
            self._wrap.begin(" " * indent + bullet, " " * (indent + cell_len(bullet)), bars=quoted)
        else:
            self._in_list = self._in_list and indent > 0
            margin = " " * indent if self._in_list else ""
            self._wrap.begin(margin, margin, bars=quoted)
        self._wrap.feed(rest)
        return True

    def _block(self, quoted: str) -> None:
        """Finish what came before, with an empty line after it if the text has one."""
        self._end_table()
        self._wrap.end()
        if self._blank is not None and self._printed:
            self._write(self._blank if quoted else "\n")
        self._blank, self._printed, self._paragraph = None, True, False

    def _pause(self, quoted: str) -> None:
        """An empty line: the paragraph has ended, and the words that waited for its end can be printed."""
        self._end_table()
        self._wrap.end()
        self._paragraph = False
        self._blank = self._dim(quoted.rstrip()) + "\n"

    def _dim(self, text: str) -> str:
        return ansi(text, "2" if self._colour else "")

    def _open_code(self, fence: re.Match[str], quoted: str, indent: int, mark: str) -> None:
        """A fence opens a block of code, which may be the content of a list item."""
        if mark:
            self._text(mark, "", quoted, indent)
            self._wrap.feed(fence[2] or "code")
        self._block(quoted)
        self._code = _Code(self._write, fence, margin=quoted + " " * indent, width=self._width, colour=self._colour)

    def _add_row(self, row: str, quoted: str) -> None:
        if not self._table:
            self._block(quoted)
            self._bars = quoted
        self._table.append(row)

    def _end_table(self) -> None:
        """Print the table that is complete now, or its lines as they are if it turns out to be none."""
        rows, self._table = self._table, []
        if len(rows) >= 2 and _DELIMITERS.fullmatch(rows[1]):
            self._write(_table(rows, self._bars, self._width, colour=self._colour))
        elif rows:
            self._wrap.begin(bars=self._bars)
            self._wrap.feed("\n".join(rows))
            self._wrap.end()


class _Code:
    """A fenced block of code: complete lines, highlighted, and never wrapped, for they may be copied."""

    def __init__(self, write: Callable[[str], None], fence: re.Match[str], *, margin: str, width: int, colour: bool) -> None:
        self._write, self._colour = write, colour
        self._margin = ansi(margin, "2" if colour else "")
        self._closing = re.compile(rf"[ \t>]*{re.escape(fence[1][0])}{{{len(fence[1])},}}[ \t]*")
        self._quotes = margin.count("│")
        self._indent = len(margin) - 2 * self._quotes
        self._language, self._room = fence[2].lower(), min(_RULE_WIDTH, width - len(margin))
        self._rule(f"── {self._language} " if self._language else "")

    def closed_by(self, line: str) -> bool:
        """Print `line`, a line of the block or its end; True for its end."""
        if self._closing.fullmatch(line):
            self._rule()
            return True
        code = re.sub(rf"^(?: {{0,3}}> ?){{0,{self._quotes}}} {{0,{self._indent}}}", "", line)
        self._write(self._margin + (highlighted(code, self._language) if self._colour else code) + "\n")
        return False

    def _rule(self, title: str = "") -> None:
        line = title + "─" * (self._room - cell_len(title))
        self._write(self._margin + ansi(line, "2" if self._colour else "") + "\n")


def highlighted(line: str, language: str) -> str:
    """One line of code in the 16 colours of the terminal; unknown languages stay plain."""
    from rich.console import Console
    from rich.syntax import Syntax

    text = Syntax("", language, theme="ansi_dark", background_color="default").highlight(line)
    text.rstrip()
    out = StringIO()
    Console(file=out, force_terminal=True, color_system="standard", width=len(line) + 1).print(text, end="", soft_wrap=True)
    return out.getvalue()


def _cells(row: str) -> list[str]:
    inside = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inside)]


def _table(rows: list[str], bars: str, width: int, *, colour: bool) -> str:
    """The table as lines that fit into `width` columns; cells are wrapped."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    head, delimiters, *body = map(_cells, rows)
    for cell, delimiter in zip(head, delimiters + [""] * len(head), strict=False):
        right, centred = delimiter.endswith(":"), delimiter.startswith(":") and delimiter.endswith(":")
        side: Literal["left", "center", "right"] = "center" if centred else "right" if right else "left"
        table.add_column(_rich(cell, colour=colour), justify=side, overflow="fold")
    for row in body:
        table.add_row(*[_rich(cell, colour=colour) for cell in (row + [""] * len(head))[: len(head)]])
    out = StringIO()
    Console(file=out, color_system="standard" if colour else None, width=width - len(bars)).print(table)
    return "".join(f"{bars}{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _rich(cell: str, *, colour: bool) -> Text:
    from rich.text import Text

    return Text.from_ansi("".join(ansi(text, style) for text, style in spans(cell, colour=colour)))
