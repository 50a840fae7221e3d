"""Styled words in lines: the inline half of Markdown, and word wrap for text that is still being written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rich.cells import cell_len

Piece = tuple[str, str]
"""Text and its style: parameters of an ANSI SGR sequence joined by semicolons, empty for plain."""

SPAN_LIMIT = 2000
"""Characters a span may hold: an unclosed mark must not hold up a long text."""

_SPAN = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | \*{3}(?=[^\s*])(?P<both>.+?)(?<=[^\s*])\*{3}(?!\*)
    | (?P<strong>\*\*|__)(?=\S)(?P<bold>.+?)(?<=\S)(?P=strong)(?![*_])
    | (?P<em>[*_])(?=[^\s*_])(?P<italic>.+?)(?<=[^\s*_])(?P=em)(?![*_\w])
    | ~~(?=\S)(?P<struck>.+?)(?<=\S)~~
    | !?\[(?P<label>[^\[\]]*)\]\((?P<url>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+"[^"]*")?\)
    | <(?P<auto>https?://[^\s<>]+)>
    | <(?P<newline>br)\s*/?>""",
    re.VERBOSE | re.DOTALL,
)
_STYLES = {"code": "36", "both": "1;3", "bold": "1", "italic": "3", "struck": "9", "label": "4", "auto": "4"}
_MARK = re.compile(r"[\\`*_~!\[<]")
_OPENER = re.compile(
    r"\\$|`|\*{1,3}(?:[^\s*]|$)|_{1,2}(?:[^\s_]|$)|~(?:~\S|~?$)|!$"
    r"|!?\[[^\[\]]*(?:$|\](?:$|\([^\n]{0,300}$))|<(?:[a-z:/]{0,8}|https?://[^\s<>]*|br\s*/?)$",
    re.DOTALL,
)
"""A mark and what follows it, as long as more text can make a span of them."""

_CJK = "\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_CLOSING = "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1a\uff1b\uff09\u3015\uff3d\uff5d\u3009\u300b\u300d\u300f\u3011"
"""Punctuation of these scripts that never begins a line: full stops, commas, closing brackets."""
_UNIT = re.compile(rf"\n|[^\S\n]+|[{_CJK}][{_CLOSING}]*|[^\s{_CJK}]+[{_CLOSING}]*")
"""What stays in one line: words, and single characters of the scripts that are written without spaces."""
_ALONE = re.compile(rf"(?![{_CLOSING}])[{_CJK}]")


def ansi(text: str, style: str) -> str:
    """`text` between the sequences that switch `style` on and off."""
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text


def spans(text: str, style: str = "", *, colour: bool = True) -> Iterator[Piece]:
    """The styled pieces of a whole inline text. Marks that are not closed stay as they are, without colour all but ``<br>``."""
    before = ""
    while text:
        span = _span(text, before)
        length = span.end() if span else _plain_length(text)
        if span:
            yield from _styled(span, style, colour=colour)
        else:
            yield text[:length], style
        before, text = text[length - 1], text[length:]


def _span(text: str, before: str) -> re.Match[str] | None:
    """The span at the beginning of `text`; ``before`` is the character in front, for snake_case has no span."""
    inside_word = text[0] == "_" and before.isalnum()
    return None if inside_word else _SPAN.match(text[:SPAN_LIMIT])


def _plain_length(text: str) -> int:
    """How much of `text`, at least one character, is certainly no mark."""
    mark = _MARK.search(text, 1)
    return mark.start() if mark else len(text)


def _styled(span: re.Match[str], style: str, *, colour: bool) -> Iterator[Piece]:
    """The pieces of one span, its inside included."""
    kind = span.lastgroup if span.lastgroup != "url" else "label"
    inside = span[kind] if kind else ""
    inner = ";".join(filter(None, (style, _STYLES.get(kind or "", ""))))
    if kind == "newline":
        yield "\n", style
    elif not colour:
        yield span[0], style
    elif kind in ("escaped", "auto"):
        yield inside, inner
    elif kind == "code":
        yield (inside[1:-1] if inside[0] == inside[-1] == " " and inside.strip() else inside), inner
    else:
        yield from spans(inside, inner)
    if kind == "label" and colour and span["url"] not in ("", inside):
        yield f" ({span['url']})", ";".join(filter(None, (style, "2")))


class WordWrap:
    """One paragraph after the other: takes text as it comes and prints every word that is complete, never to change it.

    write: takes what is to be printed. width: columns of the terminal.
    """

    def __init__(self, write: Callable[[str], None], width: int, *, colour: bool) -> None:
        self._write, self._width, self._colour = write, width, colour
        self._pending = self._before = self._style = ""
        self._word: list[Piece] = []
        self._first = self._rest = ("", 0)
        self._column, self._gap = 0, False

    def begin(self, first: str = "", rest: str = "", *, style: str = "", bars: str = "") -> None:
        """Start a paragraph in `style`: `first` goes before its first line, `rest` before the others, `bars` before both."""
        self.end()
        dim = ansi(bars, "2") if self._colour else bars
        self._first, self._rest = (dim + first, cell_len(bars + first)), (dim + rest, cell_len(bars + rest))
        self._style, self._before = style, ""

    def feed(self, text: str, *, final: bool = False) -> None:
        """Print what is certain of the text so far; everything when ``final``."""
        self._pending += text
        while pending := self._pending:
            span = _span(pending, self._before)
            marked = _MARK.match(pending) and not (pending[0] == "_" and self._before.isalnum())
            open_ended = span.end() == len(pending) if span else marked and _OPENER.match(pending)
            if open_ended and not final and len(pending) < SPAN_LIMIT:
                return  # the next character can still change what this is
            length = span.end() if span else _plain_length(pending)
            for piece in _styled(span, self._style, colour=self._colour) if span else [(pending[:length], self._style)]:
                self._put(*piece)
            self._before, self._pending = pending[length - 1], pending[length:]

    def end(self) -> None:
        """Print the rest of the paragraph and leave the cursor at the beginning of a line."""
        self.feed("", final=True)
        self._finish_word()
        if self._column:
            self._break()

    def _put(self, text: str, style: str) -> None:
        for unit in _UNIT.findall(text):
            if unit.isspace() or self._separable(unit):
                self._finish_word()
            if unit == "\n":
                self._break()
            elif unit.isspace():
                self._gap = True
            elif self._word and self._word[-1][1] == style:  # joined, for the width of an emoji sequence is not a sum
                self._word[-1] = (self._word[-1][0] + unit, style)
            else:
                self._word.append((unit, style))

    def _separable(self, unit: str) -> bool:
        """Whether a line may end between the word at hand and `unit`, though no space is there."""
        after_single = self._word and _ALONE.match(self._word[-1][0][-1]) and unit[0] not in _CLOSING
        return bool(_ALONE.match(unit) or after_single)

    def _finish_word(self) -> None:
        """Print the word at hand, on the next line if this one has no room for it."""
        word, self._word = self._word, []
        if not word:
            return
        length = sum(cell_len(text) for text, _ in word)
        if self._column and self._column + self._gap + length > self._width:
            self._break()
        if not self._column:
            self._open_line()
        elif self._gap:
            self._write(" ")
            self._column += 1
        self._gap = False
        for text, style in word:
            self._fit(text, style)

    def _fit(self, text: str, style: str) -> None:
        """Print `text`, broken anywhere if it is longer than a whole line."""
        while self._column + cell_len(text) > self._width:
            room = max(1, self._width - self._column)
            head = next(text[:end] for end in range(room, -1, -1) if cell_len(text[:end]) <= room)
            if not head and self._column <= self._rest[1]:
                head = text[0]
            self._write(ansi(head, style))
            self._break()
            self._open_line()
            text = text[len(head) :]
            if not text:
                return
        self._write(ansi(text, style))
        self._column += cell_len(text)

    def _open_line(self) -> None:
        self._write(self._first[0])
        self._column = self._first[1]
        self._first = self._rest

    def _break(self) -> None:
        self._write("\n")
        self._column, self._gap, self._first = 0, False, self._rest
