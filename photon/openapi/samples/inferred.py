"""From samples to components: every sample is valid against what is inferred from it. Limits are never invented."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from photon.openapi.naming import singular, words
from photon.openapi.samples.maps import find_maps
from photon.openapi.samples.shape import Shape
from photon.openapi.samples.things import find_things, is_object
from photon.sketch.model import Array, Component, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union

ENOUGH = 10
"""Strings that must have been seen before an enum is stated. An enum is a promise that nothing else will come. By Good's and
Turing's estimate the chance that the next value is a new one is the share of the values that were seen only once: it is stated
where there is none of them. Below ten strings even a value that every fourth one has is missed in one case of twenty."""
_WORD = re.compile(
    r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*|[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*|[a-z]+(?:[A-Z][a-z0-9]+)+|[A-Z][a-z]+", re.ASCII
)
_OPEN = frozenset(
    """
    name id title city country region currency code locale language lang email description text comment note message label slug
    key token user username author owner street address zip postcode phone sku isbn brand company firstname lastname surname
    timezone tag tags keyword hostname host path version unit value reference number model make color colour
    """.split()
)
"""Last words of names whose values are an open set, however few of them the samples have."""
_ORDER = ("uuid", "datetime", "date", "time", "duration", "email", "uri", "ipv4", "ipv6", "jwt", "bytes")
_PREFERRED = {name: place for place, name in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True)
class Inferred:
    """components: the root first. samples: how many were read. notes: what the samples do not tell, one line each."""

    components: tuple[Component, ...]
    samples: int
    notes: tuple[str, ...] = ()


def infer(samples: Iterable[Any], name: str, taken: Iterable[str] = ()) -> Inferred:
    """The components of which every sample is an instance of the first one, called `name`.

    taken: names of components that there are already. Raises InvalidSpec for a sample that is nested too deeply, and what the
    iterator raises.
    """
    root, count = Shape(), 0
    for sample in samples:
        root.observe(sample)
        count += 1
    find_maps(root)
    things = find_things(root, name, taken)
    reading = _Reading(things)
    top = root.canonical
    components = [Component(name, reading.body(top, name))]
    components += [Component(each, reading.body(shape, each, plain=True)) for shape, each in things.items() if shape is not top]
    return Inferred(tuple(components), count, tuple(dict.fromkeys(reading.notes)))


class _Reading:
    """Turns places into types. things: those that are components, by name."""

    def __init__(self, things: dict[Shape, str]) -> None:
        self._things = things
        self.notes: list[str] = []

    def body(self, shape: Shape, where: str, *, plain: bool = False) -> Type:
        """What a component is. plain: only the object; null and other kinds beside it stand where it is referred to."""
        return self._object(shape, where) if plain else self._union(shape, where, self._kinds(shape, where, inline=True))

    def _type(self, shape: Shape, where: str, *, nulls: int = 0) -> Type:
        """nulls: how often null stood in the field whose place this is."""
        return self._union(shape, where, self._kinds(shape, where), nulls=nulls)

    def _kinds(self, shape: Shape, where: str, *, inline: bool = False) -> list[Type]:
        """One type for each kind of value that was seen."""
        found: list[Type] = []
        if shape.objects:
            found.append(Ref(self._things[shape]) if shape in self._things and not inline else self._object(shape, where))
        if shape.arrays:
            found.append(self._array(shape, where))
        if shape.strings:
            found.append(_text_type(shape, where))
        if shape.ints or shape.floats:
            found.append(Scalar("number" if shape.floats else "int"))
        if shape.bools:
            found.append(Scalar("bool"))
        return found

    def _union(self, shape: Shape, where: str, kinds: list[Type], *, nulls: int = 0) -> Type:
        if not kinds:
            self.notes.append(f"{where} is null in every sample: wrote any type")
            return Scalar("any")
        if len(kinds) > 1:
            self.notes.append(f"{where} has values of several kinds: wrote oneOf")
        kind = kinds[0] if len(kinds) == 1 else Union(tuple(kinds))
        return Nullable(kind) if shape.nulls or nulls else kind

    def _object(self, shape: Shape, where: str) -> Type:
        if shape.entries is not None:
            return Map(self._type(shape.entries.canonical, f"{where}.*"))
        if not shape.fields:
            return Scalar("object")
        return Object(
            tuple(
                Field(
                    name,
                    self._type(member.shape.canonical, f"{where}.{name}", nulls=member.nulls),
                    optional=member.often < shape.objects,
                )
                for name, member in shape.fields.items()
            )
        )

    def _array(self, shape: Shape, where: str) -> Type:
        items = shape.items.canonical if shape.items else Shape()
        if not (items.kinds() or items.nulls):
            self.notes.append(f"{where} is an empty list in every sample: wrote items of any type")
            return Array(Scalar("any"))
        return Array(self._type(items, f"{where}[]"))


def _text_type(shape: Shape, where: str) -> Type:
    if shape.formats:
        return Scalar(min(shape.formats, key=_PREFERRED.__getitem__))
    return Enum(tuple(shape.texts)) if shape.texts and _is_enum(shape, where) else Scalar("string")


def _is_enum(shape: Shape, where: str) -> bool:
    """Enough strings, several different words, each seen more than once, under a name that has no open set of values."""
    texts = shape.texts or {}
    if shape.strings < ENOUGH or len(texts) < 2 or min(texts.values()) < 2 or 3 * len(texts) > shape.strings:
        return False
    name = words(where.rpartition(".")[2])
    is_open = bool(name) and singular(name[-1]) in _OPEN
    return not is_open and all(_WORD.fullmatch(text) for text in texts)


def component_name(text: str) -> str:
    """``user``, ``users.json``'s stem ``users`` or ``order-line`` as the name of what is in there: User, OrderLine."""
    found = words(text)
    if not found:
        return "Example"
    return "".join(word.capitalize() for word in [*found[:-1], singular(found[-1])]).lstrip("0123456789") or "Example"


__all__ = ["ENOUGH", "Inferred", "component_name", "infer", "is_object"]
