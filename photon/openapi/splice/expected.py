"""What a document's value is after a change: copies along the way to it, everything else shared with the original."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from photon.openapi.source.nodes import Pointer


def with_entry(root: Any, pointer: Pointer, key: str, value: Any) -> Any:
    """`root` with another entry in the mapping at `pointer` (which may be missing its mapping: null or empty)."""
    return _changed(root, pointer, lambda node: {**(node or {}), key: value})


def with_item(root: Any, pointer: Pointer, value: Any, *, before: int | None = None) -> Any:
    """`root` with another item in the list at `pointer`, before the item `before` or at the end."""

    def change(node: Any) -> list[Any]:
        items = list(node or ())
        items.insert(len(items) if before is None else before, value)
        return items

    return _changed(root, pointer, change)


def with_value(root: Any, pointer: Pointer, value: Any) -> Any:
    """`root` with `value` at `pointer`."""
    return _changed(root, pointer, lambda _: value)


def without(root: Any, pointer: Pointer) -> Any:
    """`root` without the entry or item at `pointer`."""
    *way, last = pointer
    return _changed(root, tuple(way), lambda node: _less(node, last))


def with_key(root: Any, pointer: Pointer, name: str) -> Any:
    """`root` with the key at `pointer` called `name`, at the place of the old one."""
    *way, last = pointer
    return _changed(root, tuple(way), lambda node: {name if key == last else key: child for key, child in node.items()})


def _less(node: Any, last: str | int) -> Any:
    if isinstance(node, Mapping):
        return {key: child for key, child in node.items() if key != last}
    return [child for index, child in enumerate(node) if index != last]


def _changed(node: Any, way: Pointer, change: Callable[[Any], Any]) -> Any:
    if not way:
        return change(node)
    copy: Any = dict(node) if isinstance(node, Mapping) else list(node)
    copy[way[0]] = _changed(copy[way[0]], way[1:], change)
    return copy
