"""Components of a specification as lines of the notation, short enough for a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import replace

from photon.openapi.context.names import SpecNames
from photon.openapi.read_schema import Components, read_schema
from photon.openapi.spec import Spec
from photon.sketch.model import Array, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union
from photon.sketch.write import write_type

MORE = "…"
_FIELDS, _INNER_FIELDS, _VALUES, _MEMBERS = 24, 8, 8, 4
_LONGEST_NAME = 64
_SHORT = re.compile(r"\S{1,64}|.{0,40}", re.DOTALL)
"""A value of an enum. What is longer is a sentence, as a longer name of a field is, and may be meant for the model."""
_DEPTH = 2
"""Objects inside an object are written out one level deep."""


class ComponentLines:
    """Writes the component schemas of one specification, each in a line such as ``Pet = { id: int, name: string }``."""

    def __init__(self, spec: Spec, names: SpecNames) -> None:
        self._schemas = spec.components("schemas")
        self._components = Components({"schemas": self._schemas}, frozenset(self._schemas))
        self._names = names
        self._named: Callable[[str], str | None] = names.name

    def of_sketches(self) -> ComponentLines:
        """The same for types of a sketch that was read of the specification, which calls components by names alike."""
        lines = copy(self)
        lines._named = lambda name: self._names.name(self._names.component(name) or "")
        return lines

    def line(self, component: str) -> str | None:
        """The component in the notation, under its name there; without descriptions, defaults and limits, and cut where it
        is long. None where there is no such component, or where its schema says nothing."""
        name, schema = self._names.name(component), self._schemas.get(component)
        if name is None or schema is None:
            return None
        self._components.schemas_read = 0
        kind = read_schema(schema, self._components)
        if kind in (Scalar("any"), Scalar("object"), Ref(component)):
            return None
        short = self.short(kind)
        if short == Scalar("object"):  # it refers to what stands in another file
            return None
        text = write_type(short)
        if isinstance(kind, Object) and len(list(filter(_is_short, kind.fields))) > _FIELDS:
            text = f"{text.removesuffix(' }')}, {MORE} }}"
        return f"{name} = {text}"

    def short(self, kind: Type, depth: int = 0) -> Type:  # noqa: PLR0911 - one return a kind of type reads best
        """`kind` without what costs more tokens than it says, components under their names in the notation."""
        match kind:
            case Scalar(name):
                return Scalar(name)
            case Enum(values):
                told = tuple(value for value in values if _SHORT.fullmatch(str(value)))
                return Enum(told[:_VALUES]) if told else Scalar("string")
            case Ref(name):
                known = self._named(name)
                return Ref(known) if known else Scalar("object")
            case Array(items):
                return replace(kind, items=self.short(items, depth))
            case Map(inner):
                return Map(self.short(inner, depth + 1))
            case Nullable(inner):
                return Nullable(self.short(inner, depth))
            case Union(members):
                return Union(tuple(self.short(member, depth + 1) for member in members[:_MEMBERS]))
            case Object(fields):
                return self._object(fields, depth)

    def _object(self, fields: tuple[Field, ...], depth: int) -> Type:
        if depth >= _DEPTH:
            return Scalar("object")
        kept = list(filter(_is_short, fields))[: _INNER_FIELDS if depth else _FIELDS]
        return Object(tuple(Field(each.name, self.short(each.type, depth + 1), each.optional) for each in kept))


def _is_short(field: Field) -> bool:
    return len(field.name) <= _LONGEST_NAME
