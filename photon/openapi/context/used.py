"""Which component schemas an operation speaks of, in its body and in its good answers; and what is only a frame around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from photon.openapi.context.words import stem, words
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec, SpecOperation

_SCHEMAS = "#/components/schemas/"
_LOOKED_AT = 200
"""Schemas that are looked at inside one body: enough for what is written by hand."""
_FAILURE = frozenset(map(stem, "error errors problem fault exception failure violation".split()))
_PAGING = frozenset(
    map(
        stem,
        "page pages per size total count next prev previous first last cursor offset limit has more link links meta metadata "
        "pagination paging start end items results object url self truncated took kind etag token".split(),
    )
)
_MOST_IN_A_FRAME = 10


@dataclass(frozen=True, slots=True)
class Used:
    """Names of component schemas: of what is sent and of what is answered, in that order, frames taken off; and of errors."""

    matter: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def used(spec: Spec, operation: SpecOperation) -> Used:
    """The component schemas that `operation` names. What stands in other files is not among them."""
    bodies, failures = [operation.node.get("requestBody")], list[Any]()
    responses = operation.node.get("responses")
    for status, response in responses.items() if isinstance(responses, Mapping) else ():
        (bodies if status[:1] in "123" else failures).append(response)
    matter = (name for body in bodies for name in _of_holder(spec, body, operation.source))
    unframed = dict.fromkeys(inner for name in matter for inner in _taken_off(spec, name))
    failing = dict.fromkeys(name for body in failures for name in _of_holder(spec, body, operation.source))
    return Used(tuple(unframed), tuple(failing))


def _of_holder(spec: Spec, holder: Any, source: Source) -> Iterator[str]:
    """The component schemas that a body or response names, in any of its media types."""
    content = spec.resolved_mapping(holder, source).get("content")
    for media in content.values() if isinstance(content, Mapping) else ():
        yield from named(media.get("schema")) if isinstance(media, Mapping) else ()


def named(schema: Any) -> Iterator[str]:
    """The component schemas that a schema refers to, itself or deeper, in reading order; none is followed."""
    queue, seen = list[Any]([schema]), set[int]()
    while queue and len(seen) < _LOOKED_AT:
        node = queue.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list):
            queue.extend(reversed(node))
        if not isinstance(node, Mapping):
            continue
        if isinstance(reference := node.get("$ref"), str):
            if reference.startswith(_SCHEMAS):
                yield reference.removeprefix(_SCHEMAS).replace("~1", "/").replace("~0", "~")
            continue
        properties = node.get("properties")
        inner = [*(node.get(key) for key in ("allOf", "oneOf", "anyOf", "items", "additionalProperties"))]
        queue.extend(reversed([*inner, *(properties.values() if isinstance(properties, Mapping) else ())]))


def _taken_off(spec: Spec, name: str) -> list[str]:
    """What a page or an envelope is around; the component itself where it is neither."""
    inside = framed(spec.components("schemas").get(name))
    return inside or ([] if is_failure(name) else [name])


def framed(schema: Any) -> list[str]:
    """The components that a page is of: the schema is an object with one list of them, and nothing else but counts and
    links. Empty for everything else."""
    properties = _properties(schema)
    lists = [value for value in properties.values() if isinstance(value, Mapping) and isinstance(value.get("items"), Mapping)]
    others = [name for name, value in properties.items() if not any(value is each for each in lists)]
    if len(lists) != 1 or len(properties) > _MOST_IN_A_FRAME or not all(_PAGING & set(words(name)) for name in others):
        return []
    return list(named(lists[0]["items"]))


def _properties(schema: Any) -> dict[str, Any]:
    """The properties that stand in a schema and in the members of its ``allOf``."""
    if not isinstance(schema, Mapping):
        return {}
    members = schema.get("allOf")
    holders = [schema, *(each for each in (members if isinstance(members, list) else ()) if isinstance(each, Mapping))]
    found = (each.get("properties") for each in holders)
    return {name: value for properties in found if isinstance(properties, Mapping) for name, value in properties.items()}


def is_failure(name: str) -> bool:
    """Whether a component is what an error is answered with, by its name."""
    return bool(_FAILURE & set(words(name)))
