"""Which object stands at which key of an OpenAPI document (OpenAPI 3.0.4, 3.1.1 and 3.2.0, section 4), as a table.

The walk follows it, and a rule can hold a document against it: `CHILDREN[place][key]` says what belongs there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from photon.openapi.lint.rule import Place

Form = Literal["one", "list", "map"]


class Child(NamedTuple):
    """What stands at a key: one object, a list of them, or a mapping of names to them.

    since: the first version that has it. optional: another kind of value is right as well (``additionalProperties: true``).
    """

    form: Form
    place: Place
    since: str = "3.0"
    optional: bool = False


METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_SCHEMA: Final = Child("one", "schema")
_SCHEMAS: Final = Child("list", "schema")
_NAMED_SCHEMAS: Final = Child("map", "schema")
_CONTENT: Final = Child("map", "media type")
_EXAMPLES: Final = Child("map", "example")

CHILDREN: Final[Mapping[str, Mapping[str, Child]]] = {
    "document": {
        "info": Child("one", "info"),
        "servers": Child("list", "server"),
        "paths": Child("map", "path item"),
        "webhooks": Child("map", "path item", "3.1"),
        "components": Child("one", "components"),
        "security": Child("list", "security requirement"),
        "tags": Child("list", "tag"),
    },
    "components": {
        "schemas": _NAMED_SCHEMAS,
        "responses": Child("map", "response"),
        "parameters": Child("map", "parameter"),
        "examples": _EXAMPLES,
        "requestBodies": Child("map", "request body"),
        "headers": Child("map", "header"),
        "securitySchemes": Child("map", "security scheme"),
        "links": Child("map", "link"),
        "callbacks": Child("map", "callback"),
        "pathItems": Child("map", "path item", "3.1"),
        "mediaTypes": Child("map", "media type", "3.2"),
    },
    "path item": {
        **{method: Child("one", "operation") for method in METHODS[:-1]},
        "query": Child("one", "operation", "3.2"),
        "additionalOperations": Child("map", "operation", "3.2"),
        "servers": Child("list", "server"),
        "parameters": Child("list", "parameter"),
    },
    "operation": {
        "parameters": Child("list", "parameter"),
        "requestBody": Child("one", "request body"),
        "responses": Child("map", "response"),
        "callbacks": Child("map", "callback"),
        "security": Child("list", "security requirement"),
        "servers": Child("list", "server"),
    },
    "parameter": {"schema": _SCHEMA, "content": _CONTENT, "examples": _EXAMPLES},
    "header": {"schema": _SCHEMA, "content": _CONTENT, "examples": _EXAMPLES},
    "request body": {"content": _CONTENT},
    "response": {"headers": Child("map", "header"), "content": _CONTENT, "links": Child("map", "link")},
    "media type": {
        "schema": _SCHEMA,
        "itemSchema": Child("one", "schema", "3.2"),
        "examples": _EXAMPLES,
        "encoding": Child("map", "encoding"),
        "prefixEncoding": Child("list", "encoding", "3.2"),
        "itemEncoding": Child("one", "encoding", "3.2"),
    },
    "encoding": {
        "headers": Child("map", "header"),
        "encoding": Child("map", "encoding", "3.2"),
        "prefixEncoding": Child("list", "encoding", "3.2"),
        "itemEncoding": Child("one", "encoding", "3.2"),
    },
    "link": {"server": Child("one", "server")},
    "schema": {
        "properties": _NAMED_SCHEMAS,
        "items": _SCHEMA,
        "allOf": _SCHEMAS,
        "oneOf": _SCHEMAS,
        "anyOf": _SCHEMAS,
        "not": _SCHEMA,
        "additionalProperties": Child("one", "schema", optional=True),
        "prefixItems": Child("list", "schema", "3.1"),
        "contains": Child("one", "schema", "3.1", optional=True),
        "patternProperties": Child("map", "schema", "3.1"),
        "propertyNames": Child("one", "schema", "3.1", optional=True),
        "if": Child("one", "schema", "3.1", optional=True),
        "then": Child("one", "schema", "3.1", optional=True),
        "else": Child("one", "schema", "3.1", optional=True),
        "dependentSchemas": Child("map", "schema", "3.1"),
        "unevaluatedItems": Child("one", "schema", "3.1", optional=True),
        "unevaluatedProperties": Child("one", "schema", "3.1", optional=True),
        "contentSchema": Child("one", "schema", "3.1", optional=True),
        "$defs": Child("map", "schema", "3.1"),
        "definitions": Child("map", "schema", "3.1"),
    },
}
"""By what stands there. A callback is a mapping of expressions to path items. Keys that begin with ``x-`` are never followed,
except among the names of a mapping whose names are free: properties, headers, components and the like."""

FREE_NAMES: Final = frozenset({
    "properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "headers", "schemas", "parameters",
    "requestBodies", "securitySchemes", "links", "examples", "callbacks", "pathItems", "mediaTypes", "content", "encoding",
    "additionalOperations", "webhooks",
})  # fmt: skip
"""Keys below which ``x-something`` is a name like any other. Not among them: ``paths`` and an operation's ``responses``."""
