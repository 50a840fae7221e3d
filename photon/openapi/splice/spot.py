"""Finds what is to be changed, and refuses what stands in several places at once (anchors, aliases, merge keys)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import MapNode, Place, Pointer, SeqNode, written
from photon.openapi.source.source import Source, excerpt
from photon.openapi.splice.text import before_on_line, line_end

_KEEPS = re.compile(r"(?:^|\s)[|>](?:[1-9]?\+|\+[1-9])")


def refusal(source: Source, at: int, message: str, hint: str = "") -> InvalidSpec:
    """The error that says what cannot be changed, and where."""
    position = source.position(at)
    if source.newline == "\r" and "\n" not in source.text:
        message, hint = "cannot be changed, for the lines of the file end in CR alone", "let your editor end them with LF"
    return InvalidSpec(
        f"{source.name}:{position} {message}",
        hint=hint,
        excerpt=excerpt(source, position),
        line=position.line,
        column=position.column,
    )


def node_at(source: Source, pointer: Pointer) -> Any:
    """The value at `pointer`, which stands there itself. Raises InvalidSpec where it does not, or not at all."""
    node = source.root
    for depth, part in enumerate(pointer):
        place = place_at(source, node, part, pointer[: depth + 1])
        node = node[part]
        if is_alias(source, place):
            raise refusal(source, place.start, f"{written(pointer[: depth + 1])} is an alias of what stands elsewhere", _SHARED)
    return node


_SHARED = "change the place that has the anchor, or write the alias out"


def place_at(source: Source, node: Any, part: str | int, pointer: Pointer) -> Place:
    """Where an entry or an item of `node` stands; an item has no key, its place begins with its value."""
    if isinstance(node, MapNode) and isinstance(part, str) and part in node.places:
        place = node.places[part]
        if is_merged(place):
            raise refusal(source, place.start, f"{written(pointer)} comes from a merge key", _SHARED)
        return place
    if isinstance(node, SeqNode) and isinstance(part, int) and 0 <= part < len(node):
        start, end = node.places[part]
        return Place(start, start, start, end)
    raise InvalidSpec(f"{source.name} has nothing at {written(pointer)}")


def is_alias(source: Source, place: Place) -> bool:
    """Whether the value stands elsewhere, and only its name here."""
    return source.format == "yaml" and source.text.startswith("*", place.start) and place.end > place.start


def is_merged(place: Place) -> bool:
    """Whether an entry came through a merge key, so that its key does not stand in this mapping."""
    return place.key_start == place.start and place.key_end == place.end > place.start


def own_places(node: MapNode) -> dict[str, Place]:
    """The entries that stand in the mapping itself, in the order of the text.

    Mostly these are its places as they are; nothing new is made then, for 20,000 new tuples are enough to set the garbage
    collector on the whole document (1 s, measured).
    """
    behind = -1
    for place in node.places.values():
        if place.key_start < behind or is_merged(place):
            break
        behind = place.key_start
    else:
        return node.places
    own = [(key, place) for key, place in node.places.items() if not is_merged(place)]
    return dict(sorted(own, key=lambda entry: entry[1].key_start))


def own_names(node: Mapping[str, Any]) -> list[str]:
    """The keys that stand in the mapping itself, which others can be put before or behind."""
    return list(own_places(node)) if isinstance(node, MapNode) else list(node)


def entry_start(text: str, place: Place) -> int:
    """Where the key begins; for keys of more than 128 characters, some writers put a question mark before it."""
    before = before_on_line(text, place.key_start)
    return place.key_start - len(before) + before.index("?") if before.strip(" \t") == "?" else place.key_start


def keeps_blank_lines(text: str, value: Any, place: Place) -> bool:
    """Whether the entry ends in a block scalar to which the blank lines below it belong (``|+``)."""
    start, end = place.start, place.end
    while isinstance(value, MapNode | SeqNode) and value and not value.flow and not text.startswith("*", start):
        if isinstance(value, MapNode):
            key, last = max(value.places.items(), key=lambda entry: entry[1].end)
            value, start, end = value[key], last.start, last.end
        else:
            value, (start, end) = value[-1], value.places[-1]
    return isinstance(value, str) and end > start and _KEEPS.search(text[start : line_end(text, start)]) is not None


def ends_open(text: str, value: Any, place: Place) -> bool:
    """Whether the entry ends in a block scalar that a line end behind it would change: the text ends without one."""
    start = place.start
    while isinstance(value, MapNode | SeqNode) and value and not value.flow:
        if isinstance(value, MapNode):
            key, last = max(value.places.items(), key=lambda entry: entry[1].end)
            value, start = value[key], last.start
        else:
            value, start = value[-1], value.places[-1][0]
    header = text[start : line_end(text, start)]
    return isinstance(value, str) and re.search(r"(?:^|\s)[|>](?![^#]*-)", header) is not None


def is_empty(value: Any) -> bool:
    """Whether nothing stands there that entries could be added to: null, ``{}`` or ``[]``."""
    return value is None or (isinstance(value, Mapping | list) and not value)
