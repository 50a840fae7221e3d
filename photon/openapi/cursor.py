"""Where somebody stands in a document that they are writing: in which path and operation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from photon.errors import InvalidSpec
from photon.openapi.half_written import last_before, readable
from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Position, Source
from photon.openapi.splice.edits import Edit, edited
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
    """How many characters two texts have in common from the beginning. (By halves: one by one, 8 MB take a second.)"""
    same, beyond = 0, min(len(one), len(other)) + 1
    while beyond - same > 1:
        middle = (same + beyond) // 2
        same, beyond = (middle, beyond) if one.startswith(other[same:middle], same) else (same, middle)
    return same


def standing(data: bytes, path: Path | None, position: Position) -> Standing:
    """Where the cursor stands. Raises InvalidSpec where it stands in no path, or the document cannot be read around it."""
    source, mend, offset = readable(data, path, position)
    file = _as_it_is(data, path, source) if mend else source
    name = last_before(source.mapping, offset)
    paths = source.mapping.get("paths")
    if name != "paths" or not isinstance(paths, MapNode):
        raise _outside(source, position)
    route = last_before(paths, offset)
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


# -- the operation ----------------------------------------------------------------------------------------------------


def _method(item: MapNode, offset: int, typed: str) -> str | None:
    """The method in which the cursor stands; None where it stands beside the operations of the path."""
    key = last_before(item, offset)
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
