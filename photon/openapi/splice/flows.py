"""Braces and brackets (JSON, and YAML in flow style): entries added, taken out and replaced, commas included."""

from __future__ import annotations

import re
from typing import Any

from photon.openapi.source.nodes import MapNode, Place, SeqNode
from photon.openapi.source.source import Source
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.layout import Layout
from photon.openapi.splice.rendering import flow_text, spread_entry, spread_text
from photon.openapi.splice.scalars import key_text
from photon.openapi.splice.spot import own_places
from photon.openapi.splice.text import before_on_line, blank_of, is_alone, line_end, line_start, next_line

_COMMA = re.compile(r"\s*,")
_COMMENTED = re.compile(r"[ \t]*(,?)[ \t]*#.*")


def flow_entry_added(
    source: Source, node: MapNode, key: str, value: Any, layout: Layout, *, after: str | None, before: str | None
) -> Edit:
    """A new entry of a mapping in braces that has entries."""
    text, own = source.text, own_places(node)
    names = list(own)
    written = key_text(key, layout, quote=_key_quote(text, own, layout), flow=True)
    following = before if before is not None else _behind(names, after)
    if following is None:
        last = own[names[-1]]
        return _appended(source, last.key_start, last.end, lambda pad: _entry(written, value, pad, layout), layout)
    at = own[following].key_start
    if is_alone(text, at):
        pad = before_on_line(text, at)
        start = _above_comments(text, at)
        return Edit(start, start, f"{_entry(written, value, pad, layout)},{source.newline}")
    return Edit(at, at, _entry(written, value, None, layout) + layout.comma)


def flow_item_added(source: Source, node: SeqNode, value: Any, layout: Layout, before: int | None) -> Edit:
    """A new item of a list in brackets that has items, before the item `before` or at the end."""

    def item(pad: str | None) -> str:
        return flow_text(value, layout) if pad is None else pad + spread_text(value, pad, layout)

    if before is not None:
        at = node.places[before][0]
        if not is_alone(source.text, at):
            return Edit(at, at, item(None) + layout.comma)
        start = _above_comments(source.text, at)
        return Edit(start, start, f"{item(before_on_line(source.text, at))},{source.newline}")
    start, end = node.places[-1]
    return _appended(source, start, end, item, layout)


def flow_replaced(source: Source, place: Place, value: Any, layout: Layout) -> Edit:
    """Another value in braces: over several lines where that is the manner of the file and the old one was not on one line."""
    text = source.text
    anchor = place.key_start
    old = text[place.start : place.end]
    if layout.spread and ("\n" in old or is_alone(text, anchor)):
        pad = blank_of(before_on_line(text, anchor))
        new = spread_text(value, pad, layout)
    else:
        new = flow_text(value, layout)
    gap = " " if place.start == place.end and not text[place.start - 1 : place.start].isspace() else ""
    return Edit(place.start, place.end, gap + new)


def flow_removed(source: Source, node: MapNode | SeqNode, part: str | int) -> Edit:
    """An entry or an item taken out, with the comma before or behind it; the braces stay."""
    text = source.text
    places = list(own_places(node).items()) if isinstance(node, MapNode) else [
        (index, Place(start, start, start, end)) for index, (start, end) in enumerate(node.places)
    ]  # fmt: skip
    index = [key for key, _ in places].index(part)
    place = places[index][1]
    if len(places) == 1:
        return Edit(node.start, node.end, "{}" if isinstance(node, MapNode) else "[]")
    if index == len(places) - 1:
        return _last_removed(text, places[index - 1][1], place)
    following = places[index + 1][1].key_start
    if is_alone(text, place.key_start) and is_alone(text, following):
        return Edit(line_start(text, place.key_start), _above_comments(text, following, max(place.end, place.key_end)), "")
    return Edit(place.key_start, following, "")


def _last_removed(text: str, previous: Place, place: Place) -> Edit:
    before, end = max(previous.end, previous.key_end), max(place.end, place.key_end)
    trailing = _COMMA.match(text, end)
    if is_alone(text, place.key_start) and trailing:
        return Edit(line_start(text, place.key_start), next_line(text, trailing.end()), "")
    first_line = text[before : line_end(text, before)]
    comment = first_line.replace(",", "", 1) if "#" in first_line and before + len(first_line) < place.key_start else ""
    return Edit(before, end, comment)


def _entry(key: str, value: Any, pad: str | None, layout: Layout) -> str:
    """`pad` is None for an entry on one line."""
    return f"{key}{layout.colon}{flow_text(value, layout)}" if pad is None else spread_entry(key, value, pad, layout)


def _appended(source: Source, start: int, end: int, new: Any, layout: Layout) -> Edit:
    """`new(pad)` behind what stands at ``[start:end]``, on a line of its own where that does."""
    text = source.text
    if not is_alone(text, start):
        return Edit(end, end, layout.comma + new(None))
    entry = new(before_on_line(text, start))
    rest = text[end : line_end(text, end)]
    commented = _COMMENTED.fullmatch(rest) if not layout.json else None
    if commented:  # the comment goes on to belong to what it stands behind
        comma, tail = ("", ",") if commented[1] else (",", "")
        return Edit(end, end + len(rest), f"{comma}{rest}{source.newline}{entry}{tail}")
    return Edit(end, end, f",{source.newline}{entry}")


def _behind(names: list[str], after: str | None) -> str | None:
    index = names.index(after) + 1 if after is not None else len(names)
    return names[index] if index < len(names) else None


def _key_quote(text: str, own: dict[str, Place], layout: Layout) -> str:
    marks = {text[place.key_start] for place in own.values()}
    mark = marks.pop() if len(marks) == 1 and not layout.json else ""
    return mark if mark in ("'", '"') else ""


def _above_comments(text: str, at: int, least: int = 0) -> int:
    """Where the line of `at` begins, or the first of the comments directly above it; not before the line after `least`."""
    start = line_start(text, at)
    while start > 0:
        above = line_start(text, start - 1)
        if not text[above:start].lstrip().startswith("#") or above <= least:
            break
        start = above
    return max(start, next_line(text, least) if least else 0)
