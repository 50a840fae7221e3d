"""Proves that the text after an edit means what was wanted, by reading again what the edits can have changed.

Reading all of a text again takes as long as reading it the first time (1.6 s for 8 MB of YAML). What entry a key belongs to is
decided, in block style without anchors, by the columns of the keys above it that are still open, and in JSON by the braces
that are; so a region of whole entries is read with those keys around it and, in YAML, with a key of our own before and behind
it. Where the key behind lands in the mapping that it landed in before, nothing beyond can have changed. Everything else
(anchors, flow style in YAML, edits all over the document) is read again from the first character to the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.source.json_text import compose_json
from photon.openapi.source.nodes import Pointer, SyntaxFault, written
from photon.openapi.source.source import Source, source_of
from photon.openapi.source.yaml_text import compose_yaml
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.region import Region, regions_of

_SMALL = 200_000
"""Characters that are read again without further thought: 40 ms."""


def prove(source: Source, edits: Sequence[Edit], text: str, expected: Any) -> None:
    """Raises InvalidSpec unless `text`, which is that of `source` after `edits`, has the value `expected`."""
    regions = regions_of(source, edits) if len(text) > _SMALL else None
    if regions is not None and sum(len(region.text) for region in regions) < len(text) // 2:
        try:
            return prove_regions(source, regions, expected)
        except InvalidSpec:
            pass  # the whole text has the last word
    return _prove_whole(source, text, expected)


def _prove_whole(source: Source, text: str, expected: Any) -> None:
    try:
        again = source_of(text.encode(), source.path)
    except InvalidSpec as error:
        raise _unproved(source, f"it could not be read any more ({error.message})") from error
    if again.duplicates and len(again.duplicates) > len(source.duplicates):
        raise _unproved(source, f"the key {again.duplicates[-1].key!r} would stand twice")
    if again.format != source.format:
        raise _unproved(source, f"it would be {again.format.upper()}")
    difference = _difference(again.root, expected)
    if difference is not None:
        raise _unproved(source, f"{difference} would not be what was wanted")


def prove_regions(source: Source, regions: Sequence[Region], expected: Any) -> None:
    """`prove` by regions alone, whatever their size: the document outside of them is the old one."""
    parts = [_Part(region, _composed(source, region)) for region in regions]
    stack: list[tuple[Pointer, Any, Any, list[_Part]]] = [((), source.root, expected, parts)]
    while stack:
        way, old, wanted, here = stack.pop()
        for key, inner in _level_proved(source, way, old, wanted, here).items():
            stack.append(((*way, key), old[key], wanted[key], inner))


@dataclass(frozen=True, slots=True)
class _Part:
    """A region, and what was read of it at one level of the document."""

    region: Region
    value: Any


def _composed(source: Source, region: Region) -> Any:
    try:
        value, duplicates = compose_json(region.text) if source.format == "json" else compose_yaml(region.text)
    except SyntaxFault as fault:
        raise _unproved(source, f"it could not be read any more ({fault.message})") from fault
    if duplicates:
        raise _unproved(source, f"the key {duplicates[0].key!r} would stand twice")
    return value


def _level_proved(source: Source, way: Pointer, old: Any, wanted: Any, parts: Sequence[_Part]) -> dict[str, list[_Part]]:
    """Proves one mapping but for the entries that are on the way to a region; returns these with what was read of them."""

    def expect(holds: bool) -> None:
        if not holds:
            raise _unproved(source, f"{written(way)} would not be what was wanted")

    expect(isinstance(wanted, Mapping))
    read, gone, deeper = dict[str, Any](), set[str](), dict[str, list[_Part]]()
    for part in parts:
        region, found = part.region, part.value
        expect(isinstance(found, Mapping))
        rest = dict(found)
        expect(all(rest.pop(sentinel, None) == 0 for sentinel in region.sentinels.get(len(way), ())))
        if len(way) < len(region.way):
            inner = region.way[len(way)]
            expect(inner in rest and inner in old and inner in wanted)
            deeper.setdefault(inner, []).append(_Part(region, rest.pop(inner)))
        else:
            gone |= region.entries
        expect(not rest.keys() & read.keys())
        read |= rest
    expect(not deeper.keys() & (gone | read.keys()))
    kept = {key: value for key, value in old.items() if key not in gone and key not in deeper}
    expect(not kept.keys() & read.keys())
    now = kept | read
    expect(now.keys() | deeper.keys() == wanted.keys())
    expect(all(_is_same(value, wanted[key]) for key, value in now.items()))
    return deeper


def _is_same(one: Any, other: Any) -> bool:
    return one is other or _difference(one, other) is None


def _difference(one: Any, other: Any) -> str | None:
    """Where two values differ, as a JSON pointer; None where they do not. Not a number is equal to itself here."""
    if one is other or one == other:
        return None
    stack: list[tuple[Pointer, Any, Any]] = [((), one, other)]
    while stack:
        way, left, right = stack.pop()
        if left is right or left == right or (left != left and right != right):  # noqa: PLR0124 - that is NaN
            continue
        if isinstance(left, Mapping) and isinstance(right, Mapping) and left.keys() == right.keys():
            stack += [((*way, key), left[key], right[key]) for key in left]
        elif isinstance(left, list) and isinstance(right, list | tuple) and len(left) == len(right):
            stack += [((*way, index), *pair) for index, pair in enumerate(zip(left, right, strict=True))]
        else:
            return written(way)
    return None


def _unproved(source: Source, why: str) -> InvalidSpec:
    return InvalidSpec(
        f"{source.name} is left as it is: after the change {why}",
        hint="change that place by hand; anchors and aliases are what Photon cannot change",
    )
