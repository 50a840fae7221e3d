"""Where somebody stands in a document that they are writing: in which path and operation, also where half a line is in the way.

A file that cannot be read as it is has its unfinished line mended: taken out, or given the colon that it lacks. Nothing
is guessed beyond the line of the cursor.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Position, Source, source_of
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.text import line_end, line_start, next_line
from photon.sketch.model import METHODS

_ITEM: Final = ("get", "put", "patch", "delete", "post")
_COLLECTION: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The operation in which the cursor stands.

    source: the document as it can be read. file: the text as it is, whose root is None where it cannot be read. mend: what was
    changed in the file's text to read it, None where nothing was. path: as it stands there. method: in capitals; that of the
    operation, or the one that is most likely to come next. written: what the operation has already, empty where there is
    nothing.
    """

    source: Source
    file: Source
    mend: Edit | None
    path: str
    method: str
    written: Mapping[str, Any]

    def in_the_file(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Edits of `source` as edits of the file as it is, which make the same text of it."""
        if self.mend is None:
            return tuple(edits)
        wanted = edited(self.source.text, edits)
        moved = (self.mend, *(_moved(edit, self.mend) for edit in edits))
        try:
            if edited(self.file.text, moved) == wanted:
                return moved
        except ValueError:  # one of them changes what the mend put there
            pass
        return (_only_edit(self.file.text, wanted),)


def _moved(edit: Edit, mend: Edit) -> Edit:
    more = mend.end - mend.start - len(mend.text)
    first, last = (at + more if at > mend.start else at for at in (edit.start, edit.end))
    return Edit(first, last, edit.text)


def _only_edit(old: str, new: str) -> Edit:
    """The shortest single edit that makes `new` of `old`."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    return Edit(start, len(old) - end, new[start : len(new) - end])


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common from the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def standing(data: bytes, path: Path | None, position: Position) -> Standing:
    """Where the cursor stands. Raises InvalidSpec where it stands in no path, or the document cannot be read around it."""
    source, mend, offset = _readable(data, path, position)
    file = _as_it_is(data, path, source) if mend else source
    name = _last_before(source.mapping, offset)
    paths = source.mapping.get("paths")
    if name != "paths" or not isinstance(paths, MapNode):
        raise _outside(source, position)
    route = _last_before(paths, offset)
    if route is None or not route.startswith("/"):
        raise _outside(source, position)
    item = paths[route]
    typed = _word_out(file.text, mend)
    method = _method(item, offset, typed) if isinstance(item, MapNode) else None
    if isinstance(item, MapNode) and _is_beside(item, file, position, mend):
        method = None
    method = method or _next_method(route, item if isinstance(item, MapNode) else {}, typed)
    found = item.get(method.lower()) if isinstance(item, MapNode) else None
    return Standing(source, file, mend, route, method, found if isinstance(found, Mapping) else {})


def _as_it_is(data: bytes, path: Path | None, source: Source) -> Source:
    text = data.decode("utf-8")
    digest = hashlib.sha256(data).hexdigest()
    return Source(path, text.removeprefix("\ufeff"), text.startswith("\ufeff"), source.format, None, digest=digest)


def _is_beside(item: MapNode, file: Source, position: Position, mend: Edit | None) -> bool:
    """Whether the cursor stands on an empty line exactly where the path's next method would begin."""
    if mend or item.flow or position.column == 1 or file.line(position.line).strip():
        return False
    first = min((place.key_start for place in item.places.values()), default=None)
    return first is not None and file.position(first).column == position.column


def _word_out(text: str, mend: Edit | None) -> str:
    """The word that was taken out, in lower case: half the name of a method, perhaps."""
    return "" if mend is None or mend.text else text[mend.start : mend.end].strip().strip("\"':,{").lower()


def _outside(source: Source, position: Position) -> InvalidSpec:
    return InvalidSpec(
        f"{source.name}:{position} is in no path", hint="put the cursor into a path below 'paths', or on its line"
    )


# -- a document that can be read -------------------------------------------------------------------------------------


def _readable(data: bytes, path: Path | None, position: Position) -> tuple[Source, Edit | None, int]:
    """(the document, what was mended for it, the offset of the cursor in it). Raises InvalidSpec."""
    try:
        source = source_of(data, path)
    except InvalidSpec as error:
        if not error.line:
            raise
        return _mended(data, path, position, error)
    offset = _anchor(source.text, source.offset(position))
    word = _half_word(source, offset)
    if word is None:
        return source, None, offset
    text = edited(source.text, (word,))
    return source_of(text.encode(), path), word, _anchor(text, max(word.start - 1, 0))


def _mended(data: bytes, path: Path | None, position: Position, fault: InvalidSpec) -> tuple[Source, Edit, int]:
    text = data.decode("utf-8").removeprefix("\ufeff")
    offset = Source(path, text, False, "yaml", None).offset(position)
    for mend in _mends(text, offset):
        new = edited(text, (mend,))
        try:
            source = source_of(new.encode(), path)
        except InvalidSpec:
            continue
        return source, mend, _anchor(new, min(offset, mend.start) if mend.text else max(mend.start - 1, 0))
    raise fault


def _half_word(source: Source, offset: int) -> Edit | None:
    """A word on a line of its own where there should be a mapping or a list: the beginning of a key, which is taken out."""
    node, way, line = source.mapping, [], source.position(offset).line
    while (key := _last_before(node, offset)) is not None:
        way.append(key)
        child, place = node[key], node.places[key]
        if isinstance(child, MapNode):
            node = child
            continue
        alone = source.position(place.key_start).line < line == source.position(place.start).line
        is_word = isinstance(child, str | int) and source.line(line).strip() == source.text[place.start : place.end]
        if not (alone and is_word and _wants_more(way)):
            return None
        start = line_start(source.text, place.start)
        return Edit(start, next_line(source.text, start), "")
    return None


def _wants_more(way: Sequence[str]) -> bool:
    """Whether a path item, an operation, or a key of one stands there that is never a single word."""
    return way[0] == "paths" and (len(way) in (2, 3) or way[3:4] in (["parameters"], ["requestBody"], ["responses"], ["tags"]))


def _mends(text: str, offset: int) -> Iterator[Edit]:
    """Changes of the line of the cursor (of the last before it, where that is empty) that may make the document readable.

    The most likely come first: those that keep what is written before those that take the line out.
    """
    start = line_start(text, _anchor(text, offset))
    after, end = next_line(text, start), line_end(text, start)
    content = text[start:end].rstrip()
    at = start + len(content)
    colon, out = Edit(at, at, ":"), Edit(start, after, "")
    if content.endswith(","):
        yield Edit(at - 1, at, "")
    if content.endswith(":"):
        yield Edit(at, at, " {}")
    if re.fullmatch(rf"\s*(?:/\S*|{'|'.join(METHODS).lower()})", content):
        yield colon
    yield from (out, colon)
    before = text[:start].rstrip()
    if before.endswith(","):  # JSON: nothing follows the comma any more
        yield Edit(len(before) - 1, end, "")
    yield Edit(at, at, ",")


def _anchor(text: str, offset: int) -> int:
    """The offset, or on an empty line the end of the last line before it that has something in it."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end]
    if line.strip():
        return start + max(offset - start, len(line) - len(line.lstrip()))
    return max(len(text[:start].rstrip()) - 1, 0)


# -- the operation ----------------------------------------------------------------------------------------------------


def _last_before(node: MapNode, offset: int) -> str | None:
    """The last key of `node` that begins at `offset` or before it."""
    found = [(place.key_start, key) for key, place in node.places.items() if place.key_start <= offset]
    return max(found)[1] if found else None


def _method(item: MapNode, offset: int, typed: str) -> str | None:
    """The method in which the cursor stands; None where it stands beside the operations of the path."""
    key = _last_before(item, offset)
    if key is None or key.upper() not in METHODS or (typed and _methods_like(typed)):
        return None
    return key.upper()


def _methods_like(typed: str) -> list[str]:
    return [method for method in METHODS if method.lower().startswith(typed)]


def _next_method(path: str, item: Mapping[str, Any], typed: str) -> str:
    """The method that was begun, else the first that the path lacks, in the order in which they are mostly written."""
    begun = [method for method in _methods_like(typed) if typed and method.lower() not in item]
    if begun:
        return begun[0]
    order = _ITEM if path.endswith("}") else _COLLECTION
    empty = next((key for key in order if key in item and not item[key]), None)
    return (empty or next((key for key in order if key not in item), "get")).upper()
