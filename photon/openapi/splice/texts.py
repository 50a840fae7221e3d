"""Puts texts (summaries, descriptions, operationIds) into the mappings that lack them, all of one file at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from photon.errors import InvalidSpec
from photon.openapi.gaps import Text
from photon.openapi.source.nodes import Place, value_at
from photon.openapi.source.source import Source
from photon.openapi.splice.change import Change, changed
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.entries import entry_added, value_replaced
from photon.openapi.splice.expected import with_entry
from photon.openapi.splice.spot import is_alias, place_at

_ORDER: Final = ("summary", "description", "operationId")
_ALIAS: Final = re.compile(r"(?<![^\s\[{,:-])\*([^\s\[\]{},]+)")
_ANCHOR: Final = re.compile(r"&([^\s\[\]{},]+)")


def with_texts(source: Source, texts: Sequence[Text], *, order: Sequence[str] = _ORDER) -> Change:
    """The proved change of `source` by `texts`, whose pointers lead into it, whatever they were read from.

    order: in which the keys of an operation stand; a description goes before what mostly stands behind it. Raises InvalidSpec.
    """
    expected = source.root
    edits: list[Edit] = []
    for pointer, several in groupby(sorted(texts, key=_way), key=lambda text: text.pointer):
        for text in sorted(several, key=lambda text: _rank(text.key, order)):
            edits.append(_edit(source, text, order))
            expected = with_entry(expected, pointer, text.key, text.value)
    return changed(source, edits, expected)


def stands_once(text: Text) -> bool:
    """Whether what the text goes into stands in one place only, so that it can be put there: through no alias or merge key,
    and in nothing that has an alias elsewhere, which would get it as well."""
    source, node = text.source, text.source.root
    way = (*text.pointer, text.key)
    for depth, part in enumerate(way):
        if depth == len(text.pointer) and part not in node:
            return True
        try:
            place = place_at(source, node, part, way[: depth + 1])
        except InvalidSpec:
            return False
        if is_alias(source, place) or _has_alias(source, place):
            return False
        node = node[part]
    return True


def _has_alias(source: Source, place: Place) -> bool:
    anchor = _ANCHOR.match(source.text, place.start) if source.format == "yaml" else None
    return anchor is not None and anchor[1] in _aliases(source)


@lru_cache(maxsize=4)
def _aliases(source: Source) -> frozenset[str]:
    """The names of all aliases in the text, and of what only looks like one."""
    return frozenset(_ALIAS.findall(source.text))


def _way(text: Text) -> list[str]:
    return [str(part) for part in text.pointer]


def _rank(key: str, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _edit(source: Source, text: Text, order: Sequence[str]) -> Edit:
    node = value_at(source.root, text.pointer)
    if text.key in node:
        return value_replaced(source, (*text.pointer, text.key), text.value)
    return entry_added(source, text.pointer, text.key, text.value, **_spot(node, text, order))


def _spot(names: Iterable[str], text: Text, order: Sequence[str]) -> dict[str, str]:
    """Of an operation, before the first key that mostly stands behind it; of a response in the first place; of a parameter
    behind its name and place."""
    listed = list(names)
    if "parameters" in text.pointer[3:]:
        last = [name for name in listed if name in ("name", "in")][-1:]
        return {"after": last[0]} if last else {}
    if "responses" in text.pointer[3:]:
        return {"before": listed[0]} if listed else {}
    later = order[_rank(text.key, order) + 1 :]
    found = next((name for name in listed if name in later), None)
    return {"before": found} if found else {}
