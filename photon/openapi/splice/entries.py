"""Edits of a document by its values: the new text is written in the file's own indentation, style, quotes and line ends.

Nothing is proved here: `photon.openapi.splice.change.changed` reads the new text again and compares.
"""

from __future__ import annotations

from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import MapNode, Pointer, SeqNode, written
from photon.openapi.source.source import Source
from photon.openapi.splice.blocks import block_entry_added, block_item_added, block_removed, block_replaced, dash_of
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.flows import flow_entry_added, flow_item_added, flow_removed, flow_replaced
from photon.openapi.splice.layout import layout_of
from photon.openapi.splice.rendering import spread_text
from photon.openapi.splice.scalars import key_text, quoted
from photon.openapi.splice.spot import is_empty, node_at, own_places, place_at, refusal


def entry_added(
    source: Source, pointer: Pointer, key: str, value: Any, *, after: str | None = None, before: str | None = None
) -> Edit:
    """A new key in the mapping at `pointer`: behind the key `after`, before the key `before`, else at the end.

    An empty mapping, or nothing at all behind the key (``paths:``), becomes a mapping. A comment at the indentation of the
    keys belongs to the key below it. Raises InvalidSpec where there is no mapping, where it has the key, and where it stands
    in several places (an alias, a merge key).
    """
    node = node_at(source, pointer)
    if is_empty(node):
        return value_replaced(source, pointer, {key: value})
    if not isinstance(node, MapNode):
        raise InvalidSpec(f"{source.name}: {written(pointer)} is no mapping")
    if key in node:
        raise refusal(source, node.places[key].key_start, f"{written(pointer)} has a key {key!r} already")
    own = own_places(node)
    for name in (after, before):
        if name is not None and name not in own:
            raise InvalidSpec(f"{source.name} has nothing at {written((*pointer, name))}")
    add = flow_entry_added if node.flow else block_entry_added
    return add(source, node, key, value, layout_of(source), after=after, before=before)


def item_added(source: Source, pointer: Pointer, value: Any, *, before: int | None = None) -> Edit:
    """A new item of the list at `pointer`, which may be empty: before the item `before` (counted from 0), else at the end.

    Raises InvalidSpec as `entry_added`.
    """
    node = node_at(source, pointer)
    if is_empty(node):
        return value_replaced(source, pointer, [value])
    if not isinstance(node, SeqNode):
        raise InvalidSpec(f"{source.name}: {written(pointer)} is no list")
    add = flow_item_added if node.flow else block_item_added
    return add(source, node, value, layout_of(source), before)


def value_replaced(source: Source, pointer: Pointer, value: Any) -> Edit:
    """Another value in the place of that at `pointer`; comments within the old one go with it.

    Raises InvalidSpec where the old one carries an anchor, or came by an alias's mapping.
    """
    layout = layout_of(source)
    if not pointer:
        return _root_replaced(source, value)
    parent = node_at(source, pointer[:-1])
    place = place_at(source, parent, pointer[-1], pointer)
    if source.format == "yaml" and source.text.startswith("&", place.start):
        raise refusal(source, place.start, f"{written(pointer)} carries an anchor, which may be used elsewhere")
    if parent.flow:
        return flow_replaced(source, place, value, layout)
    if isinstance(parent, SeqNode):
        dash = dash_of(source.text, place.start)
        return block_replaced(source, dash, place, value, layout, item=True)
    return block_replaced(source, source.text.index(":", place.key_end), place, value, layout, item=False)


def entry_removed(source: Source, pointer: Pointer) -> Edit:
    """A key with its value, or an item of a list, taken out; what is empty then is written as ``{}`` or ``[]``.

    The comments directly above it at its own indentation go with it.
    """
    if not pointer:
        raise InvalidSpec(f"{source.name}: the whole document is not removed")
    parent = node_at(source, pointer[:-1])
    place = place_at(source, parent, pointer[-1], pointer)
    if parent.flow:
        return flow_removed(source, parent, pointer[-1])
    if len(parent) == 1:
        return value_replaced(source, pointer[:-1], {} if isinstance(parent, MapNode) else [])
    return block_removed(source, parent, pointer[-1], place)


def key_renamed(source: Source, pointer: Pointer, name: str) -> Edit:
    """Another key for the value at `pointer`, in the quotes of the old one. Raises InvalidSpec where the key is taken."""
    parent = node_at(source, pointer[:-1])
    place = place_at(source, parent, pointer[-1] if pointer else "", pointer)
    if not isinstance(parent, MapNode):
        raise InvalidSpec(f"{source.name}: {written(pointer)} has no key")
    if name in parent:
        raise refusal(source, parent.places[name].key_start, f"{written(pointer[:-1])} has a key {name!r} already")
    mark = source.text[place.key_start]
    if mark in "&!?":
        raise refusal(source, place.key_start, f"the key of {written(pointer)} carries an anchor or a tag")
    new = quoted(name, mark) if mark in "'\"" and source.format == "yaml" else _key(source, name, flow=parent.flow)
    return Edit(place.key_start, place.key_end, new)


def _key(source: Source, name: str, *, flow: bool) -> str:
    return key_text(name, layout_of(source), flow=flow)


def _root_replaced(source: Source, value: Any) -> Edit:
    """Only a document of empty braces or brackets gets another root."""

    root, layout = source.root, layout_of(source)
    if isinstance(root, MapNode | SeqNode) and not root:
        return Edit(root.start, root.end, spread_text(value, "", layout))
    raise InvalidSpec(f"{source.name}: the whole document is not replaced")
