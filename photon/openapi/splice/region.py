"""The entries of a document that edits touch, as a small document of its own."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Source
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.spot import entry_start, is_alias, keeps_blank_lines, own_places
from photon.openapi.splice.text import before_on_line, is_alone, line_start

_MAX_REGIONS = 40
BEFORE, BEHIND = "photon-before", "photon-behind"
_ANCHORS = re.compile(r"(?<![^\s\[{,:-])&[^\s\[\]{},;&]")
"""An anchor, or what could be one. (An alias of an anchor elsewhere cannot be read within a region.)"""


@dataclass(frozen=True, slots=True)
class Region:
    """A document of some entries after the edits, which stood at ``[start:end]`` before.

    way: the keys to the mapping that holds them. entries: which of its entries, as it was before, `text` stands for.
    sentinels: keys of our own with the value 0, by how many of the keys of `way` lead to the mapping in which they must land.
    """

    start: int
    end: int
    text: str
    way: tuple[str, ...]
    entries: frozenset[str]
    sentinels: Mapping[int, tuple[str, ...]]

    @property
    def ways(self) -> set[tuple[str, ...]]:
        """The way to each of its entries."""
        return {(*self.way, entry) for entry in self.entries}


@dataclass(frozen=True, slots=True)
class _Level:
    """A mapping on the way down: its keys, where each begins, and where the text of the last ends."""

    node: MapNode
    keys: list[str]
    starts: list[int]
    column: int
    end: int


def regions_of(source: Source, edits: Sequence[Edit]) -> list[Region] | None:
    """The smallest regions that hold all `edits`, in the order of the text, none within another; None where there are none
    that could be read on their own."""
    if len(edits) > _MAX_REGIONS or not isinstance(source.root, MapNode):
        return None
    groups = [[edit] for edit in sorted(edits, key=lambda edit: (edit.start, edit.end))]
    while True:
        found = [_region_of(source, group) for group in groups]
        regions = [region for region in found if region is not None]
        if len(regions) < len(groups):
            return None
        apart = [groups[0]] if groups else []
        for (before, behind), group in zip(pairwise(regions), groups[1:], strict=True):
            if behind.start < before.end or behind.way[: len(before.way) + 1] in before.ways:
                apart[-1] = [*apart[-1], *group]
            else:
                apart.append(group)
        if len(apart) == len(groups):
            return regions
        groups = apart


def _region_of(source: Source, edits: Sequence[Edit]) -> Region | None:
    first, last = min(edit.start for edit in edits), max(edit.end for edit in edits)
    if source.format == "json":
        return _json_region(source, edits, first, last)
    return _yaml_region(source, edits, first, last)


# -- JSON ---------------------------------------------------------------------------------------------------------------


def _json_region(source: Source, edits: Sequence[Edit], first: int, last: int) -> Region | None:
    node, way = source.root, list[str]()
    while True:
        keys, places = list(node.places), list(node.places.values())
        low = bisect_right([place.key_start for place in places], first) - 1
        high = bisect_left([place.end for place in places], last)
        key = keys[max(low, 0)] if keys else ""
        if low == high and isinstance(child := node.get(key), MapNode) and child and child.start < first and last < child.end:
            node = child
            way.append(key)
            continue
        if not node.start < first <= last < node.end:
            return None
        begin = places[low].key_start if low >= 0 else node.start + 1
        end = places[high].end if high < len(places) else node.end - 1
        moved = [Edit(edit.start - begin, edit.end - begin, edit.text) for edit in edits]
        opening = "".join("{" + _json_key(name) + ":" for name in way)
        text = f"{opening}{{{edited(source.text[begin:end], moved)}}}" + "}" * len(way)
        return Region(begin, end, text, tuple(way), frozenset(keys[max(low, 0) : high + 1]), {})


def _json_key(name: str) -> str:
    import json

    return json.dumps(name)


# -- YAML in block style --------------------------------------------------------------------------------------------------


def _yaml_region(source: Source, edits: Sequence[Edit], first: int, last: int) -> Region | None:
    level = _level(source, source.root, len(source.text))
    if level is None:
        return None
    node: Any = source.root
    way, above = list[str](), [level]
    while True:
        low, high = _touched(level, first, last)
        if low < 0:
            return None
        alone = low == high and _behind(source, edits, level, low) is None
        deeper = _deeper(source, node, level, low, first) if alone else None
        if deeper is None:
            return _framed(source, edits, way, above, (low, high))
        node, way, level = node[level.keys[low]], [*way, level.keys[low]], deeper
        above.append(level)


def _touched(level: _Level, first: int, last: int) -> tuple[int, int]:
    """The first and the last entry that edits of ``[first:last]`` touch. What is put before an entry is behind another."""
    low = max(0, bisect_left(level.starts, first) - 1) if level.starts[0] <= first else -1
    return low, max(low, bisect_left(level.starts, last) - 1)


def _deeper(source: Source, node: MapNode, level: _Level, index: int, first: int) -> _Level | None:
    """The mapping in the entry, where it is one in block style and the edits begin behind its first line."""
    key = level.keys[index]
    child, place = node[key], node.places[key]
    if not isinstance(child, MapNode) or child.flow or is_alias(source, place) or not child.places:
        return None
    end = level.starts[index + 1] if index + 1 < len(level.starts) else level.end
    found = _level(source, child, end)
    if found is None or found.starts[0] > first or found.column <= level.column:
        return None
    return None if "&" in source.text[place.key_end : found.starts[0]] else found


def _level(source: Source, node: MapNode, end: int) -> _Level | None:
    if node.flow:
        return None
    own = own_places(node)
    if len(own) != len(node) or not own:
        return None
    starts = [entry_start(source.text, place) for place in own.values()]
    first = starts[0]
    if not all(is_alone(source.text, start) for start in starts):
        return None
    return _Level(
        node, list(own), [line_start(source.text, start) for start in starts], len(before_on_line(source.text, first)), end
    )


def _framed(
    source: Source, edits: Sequence[Edit], way: Sequence[str], above: Sequence[_Level], touched: tuple[int, int]
) -> Region | None:
    text, level, (low, high) = source.text, above[-1], touched
    entries = level.keys[low : high + 1]
    begin = level.starts[low]
    end = level.starts[high + 1] if high + 1 < len(level.starts) else level.end
    if low == high and (at := _behind(source, edits, level, low)) is not None:
        begin, entries = at, []
    moved = [Edit(edit.start - begin, edit.end - begin, edit.text) for edit in edits]
    head = [" " * each.column + _yaml_key(key) + ":\n" for each, key in zip(above, way, strict=False)]
    sentinels: dict[int, tuple[str, ...]] = {}
    if low > 0 or not entries:
        head.append(" " * level.column + f"{BEFORE}: 0\n")
        sentinels[len(way)] = (BEFORE,)
    body = edited(text[begin:end], moved)
    if _ANCHORS.search(text, begin, end) or _ANCHORS.search(body):
        return None
    depth = next((depth for depth, each in enumerate(above) if end in each.starts), None)
    if depth is not None:
        body += " " * above[depth].column + f"{BEHIND}: 0\n"
        sentinels[depth] = (*sentinels.get(depth, ()), BEHIND)
    elif end != len(text):
        return None
    return Region(begin, end, "".join(head) + body, tuple(way), frozenset(entries), sentinels)


def _behind(source: Source, edits: Sequence[Edit], level: _Level, index: int) -> int | None:
    """Where all edits only put other keys of the mapping behind the entry. Of that nothing needs to be read then: a key in its
    column ends it, unless blank lines before the key go on with it."""
    text, at, key = source.text, edits[0].start, level.keys[index]
    place = level.node.places[key]
    if not all(edit.start == edit.end == at and _begins_at(edit.text, level.column) for edit in edits):
        return None
    ended = place.end < at and text[at - 1] == "\n" and not keeps_blank_lines(text, level.node[key], place)
    return at if ended else None


def _begins_at(text: str, column: int) -> bool:
    """Whether the first line of `text` that is not blank holds a key in this column."""
    line = text.lstrip("\r\n").partition("\n")[0]
    return len(line) - len(line.lstrip(" ")) == column and line.strip()[:2] not in ("", "-", "- ", "? ")


def _yaml_key(name: str) -> str:
    import json

    return json.dumps(name) if name.isprintable() else "'" + name.replace("'", "''") + "'"
