"""Mappings and lists that know where they stand in the text they were read from.

They are dicts and lists, so that whoever only wants the values needs to know nothing of places. All places are offsets in
characters into `photon.openapi.source.source.Source.text`, half open: ``text[start:end]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

LINE_END: Final = re.compile(r"\r\n?|\n")
"""Of a line (YAML 1.2.2, section 5.4)."""

Pointer = tuple[str | int, ...]
"""The way from a root to a value: keys and indices (a JSON pointer, RFC 6901, before it is written down)."""


class Place(NamedTuple):
    """Where an entry of a mapping stands: its key, then its value (an empty range after the colon where there is none)."""

    key_start: int
    key_end: int
    start: int
    end: int


class MapNode(dict[str, Any]):
    """A mapping. Every key is a string; `plain` has those that the text spells as another scalar (``200:``), as read.

    start, end: the mapping itself, from its first key (block style) or bracket (flow style, JSON) on. places: by key.
    """

    __slots__ = ("end", "flow", "places", "plain", "start")

    def __init__(self, start: int, *, flow: bool) -> None:
        self.start = start
        self.end = start
        self.flow = flow
        self.places: dict[str, Place] = {}
        self.plain: dict[str, Any] = {}

    def key_place(self, key: str) -> tuple[int, int] | None:
        """Where that key stands; None where it does not."""
        found = self.places.get(key)
        return found and found[:2]


class SeqNode(list[Any]):
    """A list. places: (start, end) of each item, without its dash."""

    __slots__ = ("end", "flow", "places", "start")

    def __init__(self, start: int, *, flow: bool) -> None:
        self.start = start
        self.end = start
        self.flow = flow
        self.places: list[tuple[int, int]] = []


class Duplicate(NamedTuple):
    """A key that stands twice in one mapping. The last value is the one that was kept."""

    key: str
    first: int
    again: int


class SyntaxFault(Exception):
    """The text is no YAML or JSON from `offset` on."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message


def place_of(root: Any, pointer: Pointer, *, key: bool = False) -> tuple[int, int] | None:
    """Where the value at `pointer` stands (with `key`, its key instead, where it has one); None where there is no such value.

    A value that an alias or a merge key brought in stands where the alias stands.
    """
    found: tuple[int, int] | None = (root.start, root.end) if isinstance(root, MapNode | SeqNode) and not pointer else None
    node = root
    last = len(pointer) - 1
    for level, part in enumerate(pointer):
        if isinstance(node, MapNode) and isinstance(part, str) and (at := node.key_place(part)):
            if level == last:
                found = at if key else node.places[part][2:]
        elif isinstance(node, SeqNode) and isinstance(part, int) and 0 <= part < len(node):
            found = node.places[part]
        else:
            return None
        node = node[part]
    return found


def value_at(root: Any, pointer: Pointer) -> Any:
    """The value at `pointer`; None where there is none."""
    node = root
    for part in pointer:
        if isinstance(node, Mapping):
            if part not in node:
                return None
        elif not (isinstance(node, Sequence) and not isinstance(node, str) and isinstance(part, int) and part < len(node)):
            return None
        node = node[part]
    return node


def written(pointer: Pointer) -> str:
    """A JSON pointer as a fragment: ``#/paths/~1users/get``."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def read_pointer(text: str) -> tuple[str, ...]:
    """The parts of a JSON pointer, with or without its ``#``, percent-decoded. Indices stay strings of digits."""
    from urllib.parse import unquote

    body = unquote(text.removeprefix("#"))
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in body.split("/")[1:]) if body.startswith("/") else ()


def walk_nodes(root: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """Every mapping and list with the way to it, parents first. Shared nodes (aliases) come once for each way to them."""
    stack = [(pointer, root)]
    while stack:
        here, node = stack.pop()
        if isinstance(node, Mapping):
            yield here, node
            stack.extend(
                ((*here, key), child) for key, child in reversed(list(node.items())) if isinstance(child, Mapping | list)
            )
        elif isinstance(node, list):
            yield here, node
            stack.extend(
                ((*here, index), child) for index, child in reversed(list(enumerate(node))) if isinstance(child, Mapping | list)
            )
