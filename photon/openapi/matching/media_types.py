"""Bodies and answers in several media types at once, such as JSON and HAL, where all the neighbours have them so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success
from photon.openapi.matching.wrappers import Held, Position, held_by
from photon.openapi.schemas import Schema
from photon.openapi.spec import SpecOperation

_ASKED, _FEWEST = 6, 2
"""So many of the nearest bodies, or answers, have to have the same media types, and no fewer than that."""


class MediaTypes:
    """Writes the content of bodies and answers."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    def content(self, schema: Schema, usual: str, wanted: Wanted, position: Position) -> Schema:
        """`schema` in each media type that all the neighbours have, in their order, else in the `usual` one alone.

        A media type has the schema that others have in it where they have `schema` in another: ``Pet-hal`` beside ``Pet``.
        Where nothing tells of a schema, it is the same in all if each neighbour has but one, else it has one media type.
        """
        near = self._near(wanted, position)
        agreed = list(near[0]) if len(near) >= _FEWEST else []
        if len(agreed) < 2 or any(each.keys() != near[0].keys() for each in near):
            return {usual: {"schema": schema}}
        if own := self._named(schema, agreed):
            return own
        if all(_is_one(each) for each in near):
            return {media_type: {"schema": schema} for media_type in agreed}
        return {usual: {"schema": schema}}

    def _near(self, wanted: Wanted, position: Position) -> list[Mapping[str, Any]]:
        """The schemas of the nearest bodies or answers, by media type."""
        found: list[Mapping[str, Any]] = []
        for near in self._around.near(wanted):
            found += list(self._schemas(near.operation, position))[:1]
            if len(found) >= _ASKED:
                break
        return found

    def _schemas(self, operation: SpecOperation, position: Position) -> Iterator[Mapping[str, Any]]:
        """The schemas of each body, or successful answer, that has JSON among its media types; none of a medium without one."""
        responses = self._around.responses(operation)
        answers = (value for status, value in responses.items() if is_success(status))
        for holder in [operation.node.get("requestBody")] if position == "body" else answers:
            content = self._around.resolved(holder, operation).get("content")
            if isinstance(content, Mapping) and any("json" in str(media_type) for media_type in content):
                yield {str(key): each.get("schema") if isinstance(each, Mapping) else None for key, each in content.items()}

    def _named(self, schema: Schema, media_types: list[str]) -> Schema | None:
        """The content of a component, or of a list of one, as it is elsewhere; None where it is nowhere in these types."""
        held = held_by(schema)
        names = next((row for row in self._rows.get(held.name, ()) if row.keys() == {*media_types}), None) if held else None
        if held is None or names is None:
            return None
        references = {media_type: {"$ref": f"#/components/schemas/{names[media_type]}"} for media_type in media_types}
        return {
            media_type: {"schema": {**schema, "items": reference} if held.is_list else reference}
            for media_type, reference in references.items()
        }

    @cached_property
    def _rows(self) -> Mapping[str, list[Mapping[str, str]]]:
        """By the name of a component: by media type, the components that stand beside each other where it is one of them."""
        found: dict[str, list[Mapping[str, str]]] = {}
        positions: tuple[Position, Position] = ("body", "answer")
        for operation in self._around.operations:
            for schemas in (each for position in positions for each in self._schemas(operation, position)):
                held = {media_type: held_by(schema) for media_type, schema in schemas.items()}
                row = {media_type: each.name for media_type, each in held.items() if each}
                if len(row) == len(held) > 1 and _are_of_a_kind(held.values()):
                    for name in dict.fromkeys(row.values()):
                        found.setdefault(name, []).append(row)
        return found


def _are_of_a_kind(held: Any) -> bool:
    return len({each.is_list for each in held if isinstance(each, Held)}) == 1


def _is_one(schemas: Mapping[str, Any]) -> bool:
    """Whether all media types have the same schema, and have one."""
    first, *others = schemas.values()
    return isinstance(first, Mapping) and all(each == first for each in others)
