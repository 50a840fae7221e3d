"""One file of the user's: its bytes, its text, what stands in it, and the line and column of each place."""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unicodedata import east_asian_width

from photon.errors import InvalidSpec
from photon.openapi.source.json_text import compose_json
from photon.openapi.source.nodes import LINE_END, Duplicate, MapNode, SyntaxFault
from photon.sketch.text import clean

MAX_BYTES = 64 * 2**20
"""Larger files are refused: the largest public specification is 35 MB."""

Format = Literal["yaml", "json"]
_BOM = "\ufeff"


class Position(NamedTuple):
    """A line and a column, both counted from 1; columns count characters."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, eq=False)
class Source:
    """A document that was read.

    path: None where it came through stdin. text: without the byte order mark that `bom` tells of; line ends are as they are
    in the file. root: the value of the document, of any kind. duplicates: keys that stand twice in one mapping.
    """

    path: Path | None
    text: str
    bom: bool
    format: Format
    root: Any
    duplicates: tuple[Duplicate, ...] = ()
    digest: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return str(self.path) if self.path else "<stdin>"

    @property
    def mapping(self) -> MapNode:
        """The root as a mapping, empty where it is none."""
        return self.root if isinstance(self.root, MapNode) else MapNode(0, flow=False)

    @property
    def newline(self) -> str:
        """The line end that the file uses: that of its first line."""
        found = LINE_END.search(self.text)
        return found[0] if found else "\n"

    @cached_property
    def _lines(self) -> list[int]:
        if "\r" in self.text:
            return [0, *(match.end() for match in LINE_END.finditer(self.text))]
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n")[:-1])]  # faster, most of all for one long line

    def position(self, offset: int) -> Position:
        """The line and column of an offset into `text`."""
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset of a line and column; the end of the line for a column beyond it. Raises InvalidSpec beyond the end."""
        if not 1 <= position.line <= len(self._lines):
            raise InvalidSpec(f"{self.name} has {len(self._lines)} lines, not {position.line}")
        start = self._lines[position.line - 1]
        return min(start + max(position.column, 1) - 1, start + len(self.line(position.line)))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its end."""
        start = self._lines[number - 1]
        end = self._lines[number] if number < len(self._lines) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def read_source(path: Path) -> Source:
    """Read a file. Raises InvalidSpec where it cannot be read, is no text, no YAML or JSON, or too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidSpec(f"cannot read {path}: {error.strerror or error}") from error
    return source_of(data, path)


def read_stdin_source() -> Source:
    """Read what is piped in. Raises InvalidSpec as `read_source` does."""
    stream = getattr(sys.stdin, "buffer", None)
    return source_of(stream.read(MAX_BYTES + 1) if stream else sys.stdin.read().encode(), None)


def source_of(data: bytes, path: Path | None) -> Source:
    """The document in `data`, which was read from `path`. Raises InvalidSpec."""
    name = str(path) if path else "<stdin>"
    if len(data) > MAX_BYTES:
        raise InvalidSpec(f"{name} is larger than {MAX_BYTES // 2**20} MiB")
    text = _decoded(data, name)
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    form, root, duplicates = _composed(text, path)
    return Source(path, text, bom, form, root, tuple(duplicates), hashlib.sha256(data).hexdigest())


def _decoded(data: bytes, name: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidSpec(f"{name} is UTF-16, not UTF-8", hint=f"iconv -f UTF-16 -t UTF-8 {name}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidSpec(f"{name}:{line} is not UTF-8 text", hint=f"iconv -f LATIN1 -t UTF-8 {name}") from None


def _composed(text: str, path: Path | None) -> tuple[Format, Any, list[Duplicate]]:
    """The format is that of the file's name, else what the text begins with says it."""
    import gc

    is_json = path is not None and path.suffix.lower() == ".json"
    collects = gc.isenabled()
    gc.disable()  # hundreds of thousands of new objects, none of them garbage: half the time (measured)
    try:
        if is_json or text.lstrip()[:1] in ("{", "["):
            try:
                return "json", *compose_json(text)
            except SyntaxFault as fault:
                if is_json:
                    raise _invalid(fault, text, path) from None
        from photon.openapi.source.yaml_text import compose_yaml

        return "yaml", *compose_yaml(text)
    except SyntaxFault as fault:
        raise _invalid(fault, text, path) from None
    finally:
        if collects:
            gc.enable()


def _invalid(fault: SyntaxFault, text: str, path: Path | None) -> InvalidSpec:
    source = Source(path, text, False, "yaml", None)
    position = source.position(fault.offset)
    return InvalidSpec(
        f"{source.name}:{position} {clean(fault.message)}",
        excerpt=excerpt(source, position),
        line=position.line,
        column=position.column,
    )


def excerpt(source: Source, position: Position, *, context: int = 1, width: int = 100) -> str:
    """The line of `position` with those before it, numbered, and a caret below the column.

    At most `width` characters of a line, around the column; each character that a terminal obeys or does not show is one mark.
    """
    first = max(1, position.line - context)
    digits = len(str(position.line))
    begin = max(0, position.column - 1 - width * 2 // 3)
    lines = {number: _visible(source.line(number)[begin : begin + width]) for number in range(first, position.line + 1)}
    before = lines[position.line][: position.column - 1 - begin].ljust(position.column - 1 - begin)
    pointer = "".join("  " if east_asian_width(char) in "FW" else " " for char in before) + "^"
    shown = [f"{number:>{digits}} | {line}".rstrip() for number, line in lines.items()]
    return "\n".join([*shown, f"{'':>{digits}} | {pointer}"])


def _visible(line: str) -> str:
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in line)
