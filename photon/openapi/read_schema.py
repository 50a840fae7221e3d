"""Reads JSON Schema, of either OpenAPI version, back into types of the notation. What has no place there is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from photon.sketch.defaults import fit_default
from photon.sketch.model import Array, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union
from photon.sketch.types import MAX_DEPTH

_STRING_FORMATS = {
    "uuid": "uuid", "date": "date", "date-time": "datetime", "time": "time", "duration": "duration", "email": "email",
    "uri": "uri", "url": "uri", "ipv4": "ipv4", "ipv6": "ipv6", "password": "password", "jwt": "jwt", "byte": "bytes",
    "binary": "binary",
}  # fmt: skip
_TYPES = {"integer": "int", "number": "number", "boolean": "bool"}


@dataclass(frozen=True, slots=True)
class Components:
    """The ``components`` of the document that is being read."""

    tables: Mapping[str, Any]

    def schema(self, name: str) -> Mapping[str, Any] | None:
        """The component schema of that name, None where it is not defined."""
        return _member(self.tables.get("schemas"), name)

    def resolved(self, value: Any, table: str) -> Mapping[str, Any]:
        """`value`, or what it refers to in `table` (one step); empty where there is nothing."""
        if not isinstance(value, Mapping):
            return {}
        return (_member(self.tables.get(table), ref_name(value)) or {}) if "$ref" in value else value


def _member(table: Any, name: str) -> Mapping[str, Any] | None:
    found = table.get(name) if isinstance(table, Mapping) else None
    return found if isinstance(found, Mapping) else None


def ref_name(schema: Mapping[str, Any]) -> str:
    """The last part of a ``$ref``, as a component's name may be spelled."""
    return re.sub(r"[^\w.-]", "", str(schema.get("$ref", "")).rpartition("/")[2], flags=re.ASCII) or "Unnamed"


def read_schema(schema: Any, components: Components, depth: int = 0) -> Type:
    """The type that a schema describes; ``any`` where it says nothing, or beyond MAX_DEPTH levels."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return Scalar("any")
    if "$ref" in schema:
        return Ref(ref_name(schema))
    kinds = schema.get("type")
    if isinstance(kinds, list):
        present = [kind for kind in kinds if kind != "null"]
        inner = read_schema({**schema, "type": present[0] if present else None}, components, depth)
        return _nullable(inner) if len(present) < len(kinds) else inner
    kind = _read_present(schema, components, depth)
    return _nullable(kind) if schema.get("nullable") is True else kind


def _nullable(kind: Type) -> Type:
    return kind if isinstance(kind, Nullable) else Nullable(kind)


def _read_present(schema: Mapping[str, Any], components: Components, depth: int) -> Type:
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(values, list) and (enum := _enum(values)):
        return enum
    for word in ("oneOf", "anyOf"):
        if isinstance(schema.get(word), list) and schema[word]:
            return _union(schema[word], components, depth)
    if isinstance(schema.get("allOf"), list) and schema["allOf"]:
        return _merged(schema, components, depth)
    if schema.get("type") == "array" or "items" in schema:
        items = read_schema(schema.get("items"), components, depth + 1)
        return Array(items, _count(schema.get("minItems")), _count(schema.get("maxItems")))
    if schema.get("type") == "object" or "properties" in schema:
        return _object(schema, components, depth)
    return _scalar(schema)


def _enum(values: list[Any]) -> Type | None:
    literals = [value for value in values if isinstance(value, str | int | float | bool)]
    if not literals:
        return None
    alike = literals if len({isinstance(value, str) for value in literals}) == 1 else [str(value) for value in literals]
    enum = Enum(tuple(dict.fromkeys(alike)))
    return Nullable(enum) if None in values else enum


def _union(members: list[Any], components: Components, depth: int) -> Type:
    present = [member for member in members if not (isinstance(member, Mapping) and member.get("type") == "null")]
    kinds = tuple(dict.fromkeys(read_schema(member, components, depth + 1) for member in present))
    union: Type = Union(kinds) if len(kinds) > 1 else kinds[0] if kinds else Scalar("any")
    return _nullable(union) if len(present) < len(members) else union


def _merged(schema: Mapping[str, Any], components: Components, depth: int) -> Type:
    """``allOf``: one member is that member; several are one object with the fields of all."""
    members = schema["allOf"]
    if len(members) == 1 and "properties" not in schema:
        return read_schema(members[0], components, depth + 1)
    fields: dict[str, Field] = {}
    for member in [*members, {key: value for key, value in schema.items() if key != "allOf"}]:
        source = components.resolved(member, "schemas")
        kind = read_schema(source, components, depth + 1)
        for field in kind.fields if isinstance(kind, Object) else ():
            fields.setdefault(field.name, field)
    return Object(tuple(fields.values()))


def _object(schema: Mapping[str, Any], components: Components, depth: int) -> Type:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        values = schema.get("additionalProperties")
        return Map(read_schema(values, components, depth + 1)) if isinstance(values, Mapping) else Scalar("object")
    listed = schema.get("required")
    required = listed if isinstance(listed, list) else []
    return Object(
        tuple(_property(str(name), each, components, depth, optional=name not in required) for name, each in properties.items())
    )


def _property(name: str, schema: Any, components: Components, depth: int, *, optional: bool) -> Field:
    kind = read_schema(schema, components, depth + 1)
    facts = schema if isinstance(schema, Mapping) else {}
    value, text = facts.get("default"), facts.get("description")
    default = fit_default(value, kind, lambda _: None) if isinstance(value, str | int | float | bool) else None
    description = " ".join(text.split()) or None if isinstance(text, str) else None
    return Field(name, kind, optional or default is not None, default, description)


def _scalar(schema: Mapping[str, Any]) -> Scalar:
    kind = schema.get("type")
    if kind in _TYPES:
        whole = kind == "integer"
        return Scalar(_TYPES[kind], _limit(schema.get("minimum"), whole), _limit(schema.get("maximum"), whole))
    if kind is None and "contentMediaType" in schema and "contentEncoding" not in schema:
        return Scalar("binary")
    if kind != "string":
        return Scalar("any")
    if schema.get("contentMediaType") == "application/jwt":
        return Scalar("jwt")
    if schema.get("contentEncoding") == "base64":
        return Scalar("bytes")
    name = _STRING_FORMATS.get(str(schema.get("format")), "string")
    pattern = schema.get("pattern")
    return Scalar(
        name,
        _count(schema.get("minLength")),
        _count(schema.get("maxLength")),
        pattern if isinstance(pattern, str) and name == "string" and _compiles(pattern) else None,
    )


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return "\n" not in pattern


def _limit(value: Any, whole: bool) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if not whole or float(value).is_integer() else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
