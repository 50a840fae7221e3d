"""Puts texts (summaries, descriptions, operationIds) into the mappings that lack them, all of one file at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from photon.openapi.gaps import Text
from photon.openapi.source.nodes import value_at
from photon.openapi.source.source import Source
from photon.openapi.splice.change import Change, changed
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.entries import entry_added, value_replaced
from photon.openapi.splice.expected import with_entry

_ORDER: Final = ("summary", "description", "operationId")


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
