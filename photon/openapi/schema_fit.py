"""Makes component schemas fit the user's specification, and puts them into its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.matching.components import Components
from photon.openapi.matching.names import Names
from photon.openapi.matching.surroundings import Surroundings, Wanted
from photon.openapi.matching.tags import folded
from photon.openapi.naming import singular, words
from photon.openapi.source.nodes import MapNode
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change, changed
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.entries import entry_added, value_replaced
from photon.openapi.splice.expected import with_entry, with_value
from photon.openapi.style.casing import recased
from photon.openapi.style.model import Style
from photon.sketch.model import Array, Component, Content, Field, Object, Ref, Response, Scalar, Sketch, Type

_PLACE = ("components", "schemas")
_VAGUE = (Scalar("object"), Scalar("any"), Scalar("uuid"), Scalar("string"))


class SchemaFit:
    """Spells names as the specification does, and uses its components in the place of new ones.

    spec: None where only a style is prescribed. text: the request, whose own names stay as they are; empty for samples. name:
    what the first one is called whatever the style says; None is by the style.
    """

    def __init__(self, spec: Spec | None, style: Style, text: str = "", name: str | None = None) -> None:
        around = Surroundings(spec)
        self._schemas: Mapping[str, Any] = spec.components("schemas") if spec else {}
        self._style, self._name = style, name
        self._guessed = bool(text) and "uuid" not in text.lower()  # samples are no guess
        self._names = Names(around, style, text)
        self._components = Components(around, style)

    def __call__(self, components: tuple[Component, ...]) -> tuple[tuple[Component, ...], tuple[str, ...]]:
        """(the components that are new, the first one always among them; one line for each decision)."""
        first, *others = self._with_name(components)
        if not isinstance(first.type, Object):
            return (first, *others), ()
        spelled = self._names.spelled(_around([], [self._referring(each) for each in (first, *others)])).components
        main = spelled[0].type
        assert isinstance(main, Object), "spelling changes names only"
        settled = self._components.settle(_around(main.fields, spelled[1:]), Wanted("GET", "/"))
        content = settled.sketch.responses[0].content
        inner = content.type if content else None
        assert isinstance(inner, Object), "what stands around the fields has names that nothing else has"
        fields = tuple(replace(old, type=new.type) for old, new in zip(main.fields, inner.fields, strict=True))
        new = tuple(each for each in settled.sketch.components if each.name != first.name)
        used = tuple(f"used {name} of the specification" for name in settled.reused if name != first.name)
        return (Component(first.name, Object(fields)), *new), (*settled.notes, *used)

    def _referring(self, component: Component) -> Component:
        """Fields that are called as a schema of the specification, and of which nothing more is known, refer to it; what is
        only guessed to be a UUID is the type of identifier that the specification has."""
        schemas = {name.lower(): name for name, value in self._schemas.items() if _is_object(value)}

        def named(field: Field) -> Field:
            many = isinstance(field.type, Array)
            inner = field.type.items if isinstance(field.type, Array) else field.type
            parts = words(field.name)
            parts = [*parts[:-1], singular(parts[-1])] if many and parts else parts
            ends = ("".join(parts[place:]) for place in range(len(parts)))
            name = next((schemas[end] for end in ends if end in schemas), None)
            if inner == Scalar("uuid") and parts[-1:] == ["id"] and self._style.id_type and self._guessed:
                return replace(field, type=Scalar(self._style.id_type)) if not many else field
            if name is None or name == component.name or not (inner in _VAGUE or self._is_within(inner, name)):
                return field
            return replace(field, type=Array(Ref(name)) if many else Ref(name))

        fields = component.type.fields if isinstance(component.type, Object) else ()
        return replace(component, type=Object(tuple(map(named, fields)))) if fields else component

    def _is_within(self, kind: Type, name: str) -> bool:
        """Whether all fields of `kind` are those of the specification's schema `name`."""
        own = {folded(each.name) for each in kind.fields} if isinstance(kind, Object) else set()
        return bool(own) and own <= self._components.shape(name)

    def _with_name(self, components: Sequence[Component]) -> list[Component]:
        """The first one as it shall be called, else in the case of the schemas that there are; everywhere under that name."""
        from photon.openapi.matching.components import mapped

        first, case = components[0], self._style.names.schemas
        existing = {name.lower(): name for name in self._schemas}
        name = self._name or existing.get(first.name.lower()) or (recased(first.name, case) if case else first.name)

        def rule(kind: Any) -> Any:
            return Ref(name) if kind == Ref(first.name) else kind

        renamed = [Component(name, mapped(first.type, rule))]
        return [*renamed, *(Component(each.name, mapped(each.type, rule)) for each in components[1:])]


def _is_object(schema: Any) -> bool:
    return isinstance(schema, Mapping) and bool(schema.keys() & {"properties", "allOf"})


def _around(fields: Sequence[Field], components: Sequence[Component]) -> Sketch:
    """An operation whose answer has the types of `fields`, under names that make it the shape of no component."""
    inner = Object(tuple(Field(f"~{place}", field.type) for place, field in enumerate(fields)))
    return Sketch(method="GET", path="/", components=tuple(components), responses=(Response("200", Content("json", inner)),))


def schemas_added(spec: Spec, schemas: Mapping[str, Any], *, replace: bool = False) -> Change:
    """The change of the specification's file by which it gets `schemas`, of which the first is the one that was asked for.

    Every other byte of it stays. Further ones that it has already are left as they are. Where its schemas stand in the order
    of the alphabet, the new ones go to their places. Raises InvalidSpec where it has the first one and not `replace`, and
    where its components are not in this file.
    """
    source, there = spec.source, spec.components("schemas")
    first, *_ = schemas
    expected: Any = source.root
    edits: list[Edit] = []
    if first in there and not replace:
        raise InvalidSpec(f"{source.name} has a schema {first} already", hint="--replace puts the new one in its place")
    if first in there:
        edits.append(value_replaced(source, (*_PLACE, first), schemas[first]))
        expected = with_value(expected, (*_PLACE, first), schemas[first])
    new = {name: value for name, value in schemas.items() if name not in there}
    if not new:
        return changed(source, edits, expected)
    _refuse_elsewhere(spec)
    if isinstance(there, MapNode) and there:
        for name, value in _in_order(there, new):
            edits.append(entry_added(source, _PLACE, name, value, **_placed(there, name)))
            expected = with_entry(expected, _PLACE, name, value)
        return changed(source, edits, expected)
    inside = bool(spec.section("components"))
    pointer, key, value = (("components",), "schemas", new) if inside else ((), "components", {"schemas": new})
    holder = spec.section(*pointer) if pointer else spec.document
    if key in holder:
        if holder[key] or isinstance(holder[key], list | bool | int | str):
            raise InvalidSpec(f"the {'/'.join((*pointer, key))} of {source.name} are no mapping", hint="photon ai lint FILE")
        edits.append(value_replaced(source, (*pointer, key), value))
        return changed(source, edits, with_value(expected, (*pointer, key), value))
    edits.append(entry_added(source, pointer, key, value))
    return changed(source, edits, with_entry(expected, pointer, key, value))


def _refuse_elsewhere(spec: Spec) -> None:
    for way in (("components",), _PLACE):
        if isinstance(spec.section(*way).get("$ref"), str):
            raise InvalidSpec(
                f"the {'/'.join(way)} of {spec.source.name} are in another file",
                hint="name that file, or print with --spec alone",
            )


def _in_order(there: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(new.items()) if _is_sorted(there) else list(new.items())


def _placed(there: Mapping[str, Any], name: str) -> dict[str, str]:
    """Behind which key a new one goes: by the alphabet where the file has it so, else at the end."""
    if not _is_sorted(there):
        return {}
    before = [key for key in there if key.lower() < name.lower()]
    return {"after": before[-1]} if before else {"before": next(iter(there))}


def _is_sorted(there: Mapping[str, Any]) -> bool:
    names = [key.lower() for key in there]
    return len(names) > 2 and names == sorted(names)
