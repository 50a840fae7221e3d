"""What the body or the answer of an operation is about, under what stands around it: a component, or a list of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from photon.openapi.matching.copies import reference_name
from photon.openapi.matching.surroundings import Surroundings, is_success
from photon.openapi.spec import SpecOperation

Position = Literal["body", "answer"]

_BESIDE = frozenset("errors warnings links includes included problems messages meta".split())
"""Lists that stand beside what an answer is about."""
_OF_A_THING = frozenset("id uuid name type created_at createdAt".split())
"""Properties that a thing has which holds a list among others, and no envelope."""
_MOST_BESIDE = 8


class Given(NamedTuple):
    """name: the component, or that of which it is a list. outer: the component that is the list, or the envelope around it."""

    name: str
    is_list: bool
    outer: str | None = None


class Contents:
    """Reads what operations take and answer with, each once. schemas: the component schemas by name."""

    def __init__(self, surroundings: Surroundings, schemas: Mapping[str, Any]) -> None:
        self._around = surroundings
        self._schemas = schemas
        self._given: dict[tuple[int, Position], Given | None] = {}

    def given(self, operation: SpecOperation, position: Position) -> Given | None:
        """What the body or the first successful answer is about; None where there is none, or none with a name."""
        key = (id(operation), position)
        if key not in self._given:
            self._given[key] = self._about(self.schema(operation, position))
        return self._given[key]

    def schema(self, operation: SpecOperation, position: Position) -> Any:
        """The schema of the JSON body or of the first successful answer, as it is written; None where there is none."""
        holder = operation.node.get("requestBody")
        if position == "answer":
            responses = self._around.responses(operation).items()
            holder = next((each for status, each in responses if is_success(status)), None)
        content = self._around.resolved(holder, operation).get("content")
        media = content.items() if isinstance(content, Mapping) else ()
        return next((each.get("schema") for kind, each in media if "json" in str(kind) and isinstance(each, Mapping)), None)

    def item(self, name: str) -> str | None:
        """The component of which a component is a list, or an envelope around one."""
        return self._item(self._schemas.get(name))

    def is_list(self, schema: Any) -> bool:
        """Whether a schema is a list or an envelope around one, whatever it is a list of."""
        name = reference_name(schema, "schemas")
        schema = self._schemas.get(name) if name is not None else schema
        return isinstance(schema, Mapping) and _array(schema) is not None

    def _about(self, schema: Any) -> Given | None:
        name = reference_name(schema, "schemas")
        if name is not None:
            item = self.item(name)
            return Given(item, True, name) if item is not None else Given(name, False) if name in self._schemas else None
        if (item := self._item(schema)) is not None:
            return Given(item, True)
        held = [reference_name(value, "schemas") for _, value in _properties(schema)]
        known = [each for each in held[:1] if each in self._schemas and len(held) <= 2]  # ``data``, and one beside it
        return Given(str(known[0]), False) if known else None

    def _item(self, schema: Any) -> str | None:
        """The component of which a schema is a list, or an envelope around one."""
        array = _array(schema) if isinstance(schema, Mapping) else None
        name = reference_name(array.get("items"), "schemas") if array else None
        return name if name in self._schemas else None


def _array(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The list that a schema is, or that it is an envelope around."""
    if _is_array(schema):
        return schema
    properties = dict(_properties(schema))
    lists = [
        value
        for name, value in properties.items()
        if isinstance(value, Mapping) and _is_array(value) and name.lower() not in _BESIDE
    ]
    is_envelope = len(lists) == 1 and len(properties) <= _MOST_BESIDE and not _OF_A_THING & properties.keys()
    return lists[0] if is_envelope else None


def _is_array(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return kind == "array" or (isinstance(kind, list) and "array" in kind)


def _properties(schema: Any) -> Iterator[tuple[str, Any]]:
    """The properties of an object and of the inline objects that it is written together from."""
    parts = schema.get("allOf") if isinstance(schema, Mapping) else None
    for part in (schema, *(parts if isinstance(parts, list) else ())):
        own = part.get("properties") if isinstance(part, Mapping) else None
        yield from ((str(name), value) for name, value in own.items()) if isinstance(own, Mapping) else ()
