"""Components that hold another one, such as ``PetList`` or ``PetResponse``, where the specification answers with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

from photon.openapi import naming
from photon.openapi.matching.copies import reference_name
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success
from photon.openapi.schemas import Schema
from photon.openapi.spec import SpecOperation

Position = Literal["body", "answer"]
_MOST_PROPERTIES = 8
_NEAR = 12
_ENVELOPES = frozenset("list page response result collection data paged paginated item".split())
"""What a name says that stands around anything."""


class Held(NamedTuple):
    """What a body or an answer is: a component, or a list of it."""

    name: str
    is_list: bool


class Wrappers:
    """Finds the component that stands around another one."""

    def __init__(self, surroundings: Surroundings, schemas: Mapping[str, Any]) -> None:
        self._around = surroundings
        self._schemas = schemas

    def around(self, schema: Schema, wanted: Wanted, position: Position) -> Schema | None:
        """A reference to the component that holds `schema`, where bodies or answers are such components and, near, never
        `schema` itself; None where there is none."""
        held = held_by(schema)
        own = frozenset(_singulars(held.name)) if held else frozenset[str]()
        near = [
            (each, place) for place in self._around.near(wanted)[:_NEAR] for each in self._direct(place.operation, position)
        ]
        if held is None or any(held == each for each, _ in near):
            return None
        holders = (name for name in self._holders.get(held, ()) if Held(name, is_list=False) in self._used[position])
        options = [name for name in holders if (words := frozenset(_singulars(name))) & own or words <= _ENVELOPES]
        if not options and not held.is_list:  # lists of one, which some answer with for a single thing
            lists = self._holders.get(Held(held.name, is_list=True), ())
            options = [each.name for each, place in near if each.name in lists and _is_of_one(place.operation)]
        if not options:
            return None
        chosen = next((each.name for each, _ in near if each.name in options), options[0])
        return {"$ref": f"#/components/schemas/{chosen}"}

    @cached_property
    def _holders(self) -> Mapping[Held, list[str]]:
        found: dict[Held, list[str]] = {}
        for name, schema in self._schemas.items():
            for held in dict.fromkeys(_inside(schema)):
                if held.name != name:
                    found.setdefault(held, []).append(name)
        return found

    @cached_property
    def _used(self) -> Mapping[Position, frozenset[Held]]:
        """What bodies and answers are, over the whole specification."""
        operations = self._around.operations
        positions: tuple[Position, Position] = ("body", "answer")
        return {at: frozenset(held for each in operations for held in self._direct(each, at)) for at in positions}

    def _direct(self, operation: SpecOperation, position: Position) -> Iterator[Held]:
        responses = self._around.responses(operation)
        successes = [value for status, value in responses.items() if is_success(status)]
        for holder in [operation.node.get("requestBody")] if position == "body" else successes:
            content = self._around.resolved(holder, operation).get("content")
            for media in content.values() if isinstance(content, Mapping) else ():
                held = held_by(media.get("schema")) if isinstance(media, Mapping) else None
                if held:
                    yield held


def held_by(schema: Any) -> Held | None:
    """The component that a schema is, or is a list of."""
    name = reference_name(schema, "schemas")
    if name is not None:
        return Held(name, is_list=False)
    inner = reference_name(schema.get("items"), "schemas") if isinstance(schema, Mapping) else None
    return Held(inner, is_list=True) if inner is not None else None


def _singulars(name: str) -> Iterator[str]:
    return map(naming.singular, naming.words(name))


def _is_of_one(operation: SpecOperation) -> bool:
    return operation.method != "GET" or operation.path.endswith("}")


def _inside(schema: Any) -> Iterator[Held]:
    """The components that a small object, or a list, holds."""
    if not isinstance(schema, Mapping):
        return
    if schema.get("type") == "array" and (held := held_by(schema)):
        yield held
    parts = schema.get("allOf")
    for part in (schema, *(parts if isinstance(parts, list) else ())):
        properties = part.get("properties") if isinstance(part, Mapping) else None
        if isinstance(properties, Mapping) and len(properties) <= _MOST_PROPERTIES:
            yield from filter(None, map(held_by, properties.values()))
