"""Descriptions that code derives from names: ``createdAt`` of a User is 'When the user was created'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from photon.openapi.naming import singular, words
from photon.sketch.model import Array, Component, Content, Field, Map, Nullable, Object, Scalar, Sketch, Type, Union

_WHOLE = {
    "id": "Unique identifier of the {thing}",
    "uuid": "Unique identifier of the {thing}",
    "name": "Name of the {thing}",
    "email": "Email address of the {thing}",
    "url": "Address of the {thing}",
    "status": "Current status of the {thing}",
    "total": "Total over all items",
    "tags": "Labels by which the {thing} can be found",
    "metadata": "Additional data that the client may attach to the {thing}",
    "locale": "Language and region, as in en-GB (BCP 47)",
    "currency": "Currency code (ISO 4217)",
    "country": "Country",
    "latitude": "Latitude in degrees, north is positive",
    "longitude": "Longitude in degrees, east is positive",
    "lat": "Latitude in degrees, north is positive",
    "lng": "Longitude in degrees, east is positive",
}
_PARTICIPLES = frozenset(
    """
    created updated deleted published archived closed paid sent completed started finished cancelled canceled approved rejected
    verified modified read seen issued revoked shipped delivered
    """.split()
)


def described_by_name(components: Sequence[Component]) -> tuple[Component, ...]:
    """`components` with a description at every field that has none."""
    return tuple(replace(each, type=_described(each.type, " ".join(words(each.name)))) for each in components)


def described_operation(sketch: Sketch) -> Sketch:
    """`sketch`, also an unfinished one, with a description at every field that has none."""
    literals = [part for part in sketch.path.split("/") if part and "{" not in part]
    thing = (
        " ".join([*words(literals[-1])[:-1], singular(words(literals[-1])[-1])]) if literals and words(literals[-1]) else "API"
    )

    def content(of: Content | None) -> Content | None:
        return replace(of, type=_described(of.type, thing)) if of and of.type else of

    def fields(of: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(_field(field, thing) for field in of)

    return replace(
        sketch,
        path_fields=fields(sketch.path_fields),
        query=fields(sketch.query),
        header=fields(sketch.header),
        cookie=fields(sketch.cookie),
        body=content(sketch.body),
        responses=tuple(replace(each, content=content(each.content)) for each in sketch.responses),
        components=described_by_name(sketch.components),
    )


def _described(kind: Type, thing: str) -> Type:
    match kind:
        case Object(fields):
            return Object(tuple(_field(field, thing) for field in fields))
        case Array(items):
            return replace(kind, items=_described(items, thing))
        case Map(values):
            return Map(_described(values, thing))
        case Nullable(inner):
            return Nullable(_described(inner, thing))
        case Union(members):
            return Union(tuple(_described(member, thing) for member in members))
    return kind


def _field(field: Field, thing: str) -> Field:
    inner = replace(field, type=_described(field.type, " ".join(words(field.name)) or thing))
    return inner if inner.description else replace(inner, description=description(field, thing))


def description(field: Field, thing: str) -> str:
    """One sentence without a full stop. thing: what has the field, in lower case."""
    found = words(field.name)
    if not found:
        return f"Part of the {thing}"
    if (whole := _WHOLE.get("".join(found))) is not None:
        return whole.format(thing=thing)
    kind = field.type.inner if isinstance(field.type, Nullable) else field.type
    if kind == Scalar("bool"):
        state = found[1:] if found[0] in ("is", "has") and len(found) > 1 else found
        return f"Whether the {thing} {'has' if found[0] == 'has' else 'is'} {' '.join(state)}"
    return _of_words(found, thing)


def _of_words(found: list[str], thing: str) -> str:
    before, last = " ".join(found[:-1]), found[-1]
    if before and last == "at":
        return f"When the {thing} {'was ' if found[-2] in _PARTICIPLES else ''}{before}"
    if before and last in ("id", "uuid"):
        return f"Identifier of the {before}"
    if before and last == "count":
        return f"Number of {before}s"
    return f"{' '.join(found).capitalize()} of the {thing}"
