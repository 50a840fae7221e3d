"""What was seen at one place of the samples: how often which kind of value, which fields, which texts.

Places can be merged (`united`), because two of them hold the same kind of thing. `canonical` tells into which one a place went.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from photon.errors import InvalidSpec
from photon.openapi.samples.formats import formats_of

MAX_DEPTH = 64
"""Deeper nesting than this is no API."""
MAX_FIELDS = 500
"""An object with more names than this has free keys: they are data, and not its fields. (The widest schema in 2,600 public
specifications has fewer.)"""
_SHORT = 40
_MANY = 12
"""Texts that are longer, or of which there are more different ones, are no enum: they are not counted any further."""


class Member(NamedTuple):
    """A field of an object. often: how many of the objects have it. nulls: in how many of them it is null. shape: the place of
    its other values."""

    often: int
    nulls: int
    shape: Shape


class Shape:
    """One place. Every attribute counts values, but for these:

    texts: how often each different string was seen, None where there are too many. formats: those that all strings have, None
    before the first one. fields: by name. items: the place of the items of arrays. entries: the place of the values of an
    object with free keys.
    """

    __slots__ = ("_into", "arrays", "bools", "entries", "fields", "floats", "formats", "ints", "items", "nulls", "objects",
                 "strings", "texts")  # fmt: skip

    def __init__(self) -> None:
        self._into: Shape | None = None
        self.nulls = self.bools = self.ints = self.floats = self.strings = self.objects = self.arrays = 0
        self.texts: dict[str, int] | None = {}
        self.formats: frozenset[str] | None = None
        self.fields: dict[str, Member] = {}
        self.items: Shape | None = None
        self.entries: Shape | None = None

    @property
    def canonical(self) -> Shape:
        """The place that this one was merged into; itself where it was not."""
        here = self
        while here._into is not None:
            here = here._into
        return here

    def observe(self, value: Any, depth: int = 0) -> None:
        """Count `value` and all that is in it. Raises InvalidSpec beyond MAX_DEPTH levels."""
        if depth > MAX_DEPTH:
            raise InvalidSpec(f"the sample is nested more than {MAX_DEPTH} levels deep", hint="give an inner part of it")
        if isinstance(value, str):
            self._observe_text(value)
        elif isinstance(value, dict):
            self._observe_object(value, depth)
        elif isinstance(value, list):
            self.arrays += 1
            self.items = self.items or Shape()
            for item in value:
                self.items.observe(item, depth + 1)
        elif isinstance(value, bool):
            self.bools += 1
        elif isinstance(value, int):
            self.ints += 1
        elif isinstance(value, float):
            self.floats += 1
        else:
            self.nulls += 1

    def _observe_text(self, text: str) -> None:
        self.strings += 1
        if self.texts is not None and text in self.texts:
            self.texts[text] += 1
            return  # its formats were looked at already
        if self.formats is None:
            self.formats = formats_of(text)
        elif self.formats:
            self.formats = formats_of(text, self.formats)
        if self.texts is not None:
            self.texts[text] = 1
            self._bound_texts()

    def _bound_texts(self) -> None:
        if self.texts and (len(self.texts) > _MANY or any(len(text) > _SHORT for text in self.texts)):
            self.texts = None

    def _observe_object(self, value: dict[str, Any], depth: int) -> None:
        self.objects += 1
        for name, inner in value.items():
            if self.entries is not None:
                self.entries.observe(inner, depth + 1)
                continue
            count, nulls, shape = self.fields.get(name) or (0, 0, Shape())
            self.fields[name] = Member(count + 1, nulls + (inner is None), shape)
            if inner is not None:
                shape.observe(inner, depth + 1)
            if len(self.fields) > MAX_FIELDS:
                make_map(self)

    def kinds(self) -> frozenset[str]:
        """The kinds of value that were seen here, null left out; whole and other numbers are one kind."""
        seen = (
            ("bool", self.bools), ("number", self.ints or self.floats), ("string", self.strings), ("object", self.objects),
            ("array", self.arrays),
        )  # fmt: skip
        return frozenset(name for name, count in seen if count)

    def inner(self) -> Iterator[tuple[str, Shape]]:
        """The places directly inside, canonical, each with the name of its field ('' for items and entries)."""
        yield from ((name, member.shape.canonical) for name, member in self.fields.items())
        yield from (("", each.canonical) for each in (self.items, self.entries) if each is not None)


def make_map(shape: Shape) -> None:
    """Read the fields of `shape` as free keys: their values become one place."""
    entries = shape.entries = shape.entries or Shape()
    members, shape.fields = shape.fields.values(), {}
    for member in members:
        entries.canonical.nulls += member.nulls
        unite(entries, member.shape)


def unite(first: Shape, second: Shape) -> None:
    """Merge `second`, and place by place all that is in it, into `first`. Afterwards both are the same `canonical` place."""
    waiting = [(first, second)]
    while waiting:
        one, other = (each.canonical for each in waiting.pop())
        if one is other:
            continue
        other._into = one
        _add_counts(one, other)
        waiting += _inner_pairs(one, other)


def _add_counts(one: Shape, other: Shape) -> None:
    for name in ("nulls", "bools", "ints", "floats", "strings", "objects", "arrays"):
        setattr(one, name, getattr(one, name) + getattr(other, name))
    if one.texts is None or other.texts is None:
        one.texts = None
    else:
        for text, count in other.texts.items():
            one.texts[text] = one.texts.get(text, 0) + count
        one._bound_texts()
    if one.formats is None or other.formats is None:
        one.formats = other.formats if one.formats is None else one.formats
    else:
        one.formats &= other.formats


def _inner_pairs(one: Shape, other: Shape) -> list[tuple[Shape, Shape]]:
    """What must be merged because `one` and `other` were; what only `other` has goes over to `one`."""
    pairs: list[tuple[Shape, Shape]] = []
    for name in ("items", "entries"):
        first, second = getattr(one, name), getattr(other, name)
        if first is None or second is None:
            setattr(one, name, first or second)
        else:
            pairs.append((first, second))
    if one.entries is not None:  # free keys on one side make all of them free
        members = (*one.fields.values(), *other.fields.values())
        one.entries.canonical.nulls += sum(member.nulls for member in members)
        pairs += [(one.entries, member.shape) for member in members]
        one.fields = {}
        return pairs
    for name, its in other.fields.items():
        if mine := one.fields.get(name):
            one.fields[name] = Member(mine.often + its.often, mine.nulls + its.nulls, mine.shape)
            pairs.append((mine.shape, its.shape))
        else:
            one.fields[name] = its
    return pairs
