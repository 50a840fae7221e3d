"""Makes a document readable that has half a line in it: the line of the cursor is taken out, or given what it lacks.

Nothing is guessed beyond that line. Which change may help is tried on the lines of the one path, so that a large document is
read once (8.6 MB of YAML take 1.2 s), not once for each change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import MapNode, SeqNode
from photon.openapi.source.source import MAX_BYTES, Position, Source, source_of
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.text import line_end, line_start, next_line
from photon.sketch.model import METHODS

_PATHS = re.compile(r"^([\"']?)paths\1:[ \t]*(?:#[^\r\n]*)?\r?$", re.MULTILINE)
_ALONE = "paths:\n"
_FIRST = re.compile(r"^( +)(?=[^\s#])", re.MULTILINE)


_PROSE = re.compile(r"\s*(?:- )?(?:summary|description):[ \t]+(?P<text>[^|>&*\s].*)")
"""Whose text is the user's own words: it is quoted, and not taken out."""


class Readable(NamedTuple):
    """source: the document as it can be read. mend: the change that was made of the text for that, None where none was.
    offset: that of the cursor, or of the last thing before it, in `source`."""

    source: Source
    mend: Edit | None
    offset: int


def readable(data: bytes, path: Path | None, position: Position) -> Readable:
    """The document in `data`, in which somebody writes at `position`. Raises InvalidSpec where it cannot be read around it."""
    if found := _mended_at_sight(data, path, position):
        return found
    try:
        source = source_of(data, path)
    except InvalidSpec as error:
        if not error.line:
            raise
        return _mended(data, path, position, error)
    offset = _anchor(source.text, source.offset(position))
    word = _half_word(source, offset)
    if word is None:
        return Readable(source, None, offset)
    text = edited(source.text, (word,))
    return Readable(source_of(text.encode(), path), word, _anchor(text, max(word.start - 1, 0)))


def last_before(node: MapNode, offset: int) -> str | None:
    """The last key of `node` that begins at `offset` or before it."""
    found = [(place.key_start, key) for key, place in node.places.items() if place.key_start <= offset]
    return max(found)[1] if found else None


# -- what cannot be read ----------------------------------------------------------------------------------------------


def _mended_at_sight(data: bytes, path: Path | None, position: Position) -> Readable | None:
    """The document after the first change that the lines of the path alone call for; None where they call for none."""
    text = _text(data)
    if text is None or len(data) > MAX_BYTES or (path is not None and path.suffix.lower() == ".json"):
        return None
    try:
        offset = Source(path, text, False, "yaml", None).offset(position)
    except InvalidSpec:
        return None
    around = _path_around(text, _anchor(text, offset))
    mend = _mend_within(text, offset, *around) if around else None
    return _with(mend, text, path, offset) if mend else None


def _mend_within(text: str, offset: int, start: int, end: int) -> Edit | None:
    """What makes the lines of a path readable, or takes half a word out of them."""
    if _is_path(text[start:end]):
        return _word_within(text, offset, start, end)
    for mend in _mends(text, offset):
        longer = len(mend.text) - (mend.end - mend.start)
        if start <= mend.start and mend.end <= end and _is_path(edited(text, (mend,))[start : end + longer]):
            return mend
    return None


def _word_within(text: str, offset: int, start: int, end: int) -> Edit | None:
    moved = start - len(_ALONE)
    try:
        source = source_of(f"{_ALONE}{text[start:end]}".encode(), None)
    except InvalidSpec:  # an alias of what stands elsewhere
        return None
    word = _half_word(source, _anchor(source.text, offset - moved))
    return Edit(word.start + moved, word.end + moved, "") if word else None


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _path_around(text: str, offset: int) -> tuple[int, int] | None:
    """The lines from the path's own to the next one's (start, end); None where the cursor is in no path of a block style
    document. What stands below 'paths' as far to the left as its first key is a path, and nothing else."""
    heads = list(_PATHS.finditer(text, 0, offset))
    first = _FIRST.search(text, heads[-1].end()) if heads else None
    if first is None or re.search(r"^[^\s#]", text[heads[-1].end() : offset], re.MULTILINE):
        return None
    begins = f"\n{first[1]}"
    start = _line_with(text, begins, offset)
    if start is None or start < first.start():
        return None
    after = re.compile(rf"^ {{0,{len(first[1])}}}(?=[^\s#])", re.MULTILINE).search(text, next_line(text, start))
    return start, after.start() if after else len(text)


def _line_with(text: str, begins: str, offset: int) -> int | None:
    """Where the last line up to that of `offset` starts that is indented by `begins` exactly, and no comment."""
    at = line_end(text, offset)
    while (at := text.rfind(begins, 0, at)) >= 0:
        behind = text[at + len(begins) : at + len(begins) + 1]
        if behind and behind not in " \t\r\n#":
            return at + 1
    return None


def _is_path(lines: str) -> bool:
    """Whether these lines are YAML, and a mapping."""
    import yaml

    try:
        events = list(yaml.parse(lines, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except (yaml.YAMLError, RecursionError):
        return False
    return len(events) > 2 and isinstance(events[2], yaml.MappingStartEvent)


def _mended(data: bytes, path: Path | None, position: Position, fault: InvalidSpec) -> Readable:
    text = _text(data) or ""
    offset = Source(path, text, False, "yaml", None).offset(position)
    for mend in _mends(text, offset):
        if found := _with(mend, text, path, offset):
            return found
    raise fault


def _with(mend: Edit, text: str, path: Path | None, offset: int) -> Readable | None:
    new = edited(text, (mend,))
    try:
        source = source_of(new.encode(), path)
    except InvalidSpec:
        return None
    return Readable(source, mend, _anchor(new, min(offset, mend.start) if mend.text else max(mend.start - 1, 0)))


def _mends(text: str, offset: int) -> Iterator[Edit]:
    """Changes of the line of the cursor (of the last before it, where that is empty) that may make the document readable.

    The most likely come first: those that keep what is written before those that take the line out.
    """
    here = Edit(line_start(text, offset), line_end(text, offset), "")
    if "\t" in text[here.start : here.end] and not text[here.start : here.end].strip():
        yield here  # an editor's own indentation, which YAML refuses
    start = line_start(text, _anchor(text, offset))
    after, end = next_line(text, start), line_end(text, start)
    content = text[start:end].rstrip()
    at = start + len(content)
    colon, out = Edit(at, at, ":"), Edit(start, after, "")
    if prose := _PROSE.fullmatch(content):
        yield Edit(start + prose.start("text"), at, _quoted(prose["text"]))
    if content.endswith(","):
        yield Edit(at - 1, at, "")
    if content.endswith(":"):
        yield from (Edit(at, at, " {}"), Edit(at, at, " {},"))
    if re.fullmatch(r'\s*"/[^"]*', content):  # a path in JSON
        yield from (Edit(at, at, '": {}'), Edit(at, at, '": {},'))
    if re.fullmatch(rf"\s*(?:/\S*|{'|'.join(METHODS).lower()})", content):
        yield colon
    yield from (out, colon)
    before = text[:start].rstrip()
    if before.endswith(","):  # JSON: nothing follows the comma any more
        yield Edit(len(before) - 1, end, "")
    yield Edit(at, at, ",")


def _quoted(text: str) -> str:
    """The words in quotes: in those with which they begin, else in single ones."""
    if text[0] in "\"'":
        return text + text[0]
    return "'" + text.replace("'", "''") + "'"


def _anchor(text: str, offset: int) -> int:
    """The offset, or on an empty line the end of the last line before it that has something in it."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end]
    if line.strip():
        return start + max(offset - start, len(line) - len(line.lstrip()))
    return max(len(text[:start].rstrip()) - 1, 0)


# -- what can be read, and means something else -----------------------------------------------------------------------


def _half_word(source: Source, offset: int) -> Edit | None:
    """A word on a line of its own where there should be a mapping or a list, or in a list of mappings: the beginning of a key,
    which is taken out."""
    node, way, line = source.mapping, [], source.position(offset).line
    while (key := last_before(node, offset)) is not None:
        way.append(key)
        child, place = node[key], node.places[key]
        if isinstance(child, MapNode):
            node = child
            continue
        if isinstance(child, SeqNode):
            return _half_item(source, child, line) if way[0] == "paths" and key == "parameters" else None
        alone = source.position(place.key_start).line < line == source.position(place.start).line
        is_word = isinstance(child, str | int) and source.line(line).strip() == source.text[place.start : place.end]
        return _line_out(source, place.start) if alone and is_word and _wants_more(way) else None
    return None


def _half_item(source: Source, items: SeqNode, line: int) -> Edit | None:
    """The item on that line, where it is a word and stands alone there."""
    for value, (start, end) in zip(items, items.places, strict=True):
        alone = source.position(start).line == line and source.line(line).strip(" -") == source.text[start:end]
        if alone and isinstance(value, str | int) and not items.flow:
            return _line_out(source, start)
    return None


def _line_out(source: Source, offset: int) -> Edit:
    start = line_start(source.text, offset)
    return Edit(start, next_line(source.text, start), "")


def _wants_more(way: Sequence[str]) -> bool:
    """Whether a path item, an operation, or a key of one stands there that is never a single word."""
    return way[0] == "paths" and (len(way) in (2, 3) or way[3:4] in (["parameters"], ["requestBody"], ["responses"], ["tags"]))
