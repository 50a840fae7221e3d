"""Reads JSON Schema, of either OpenAPI version, back into types of the notation. What has no place there is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field as attribute
from math import isfinite
from typing import Any

from photon.openapi.read_bundle import notation_name
from photon.sketch.defaults import fit_default
from photon.sketch.model import Array, Constant, Default, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type
from photon.sketch.text import clean, compiles
from photon.sketch.types import MAX_DEPTH, MEASURED
from photon.sketch.unions import NULL, alike, united

_STRING_FORMATS = {
    "uuid": "uuid", "date": "date", "date-time": "datetime", "time": "time", "duration": "duration", "email": "email",
    "uri": "uri", "url": "uri", "ipv4": "ipv4", "ipv6": "ipv6", "password": "password", "jwt": "jwt", "byte": "bytes",
    "binary": "binary",
}  # fmt: skip
_TYPES = {"integer": "int", "number": "number", "boolean": "bool"}


_MAX_SCHEMAS = 10_000
"""So many schemas are read; a component that refers to itself twice would be read for ever."""


@dataclass(slots=True)
class Components:
    """The ``components`` of the document that is being read.

    known: names of component schemas that exist elsewhere, and keep their spelling.
    """

    tables: Mapping[str, Any]
    known: AbstractSet[str] = frozenset()
    schemas_read: int = 0
    _originals: dict[str, str] = attribute(default_factory=dict)

    def __post_init__(self) -> None:
        schemas = self.tables.get("schemas")
        for name in schemas if isinstance(schemas, Mapping) else ():
            self._originals.setdefault(self.name(str(name)), str(name))

    def schema(self, name: str) -> Mapping[str, Any] | None:
        """The component schema that is called so in the notation, None where it is not defined."""
        return _member(self.tables.get("schemas"), self._originals.get(name, name))

    def resolved(self, value: Any, table: str) -> Mapping[str, Any]:
        """`value`, or what it refers to in `table` (one step); empty where there is nothing."""
        if not isinstance(value, Mapping):
            return {}
        return (_member(self.tables.get(table), _ref_name(value)) or {}) if "$ref" in value else value

    def name(self, original: str) -> str:
        """A component's name in the notation, where it begins with a capital and is no word of the notation."""
        if original in self.known:
            return original
        return notation_name(original)

    def reference(self, schema: Mapping[str, Any]) -> Ref:
        """What a ``$ref`` to a component schema is in the notation."""
        return Ref(self.name(_ref_name(schema)))


def _member(table: Any, name: str) -> Mapping[str, Any] | None:
    found = table.get(name) if isinstance(table, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _ref_name(schema: Mapping[str, Any]) -> str:
    """The last part of a ``$ref`` (a JSON pointer, RFC 6901)."""
    return str(schema.get("$ref", "")).rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def read_schema(schema: Any, components: Components, depth: int = 0) -> Type:
    """The type that a schema describes; ``any`` where it says nothing, or beyond MAX_DEPTH levels."""
    components.schemas_read += 1
    if not isinstance(schema, Mapping) or depth >= MAX_DEPTH or components.schemas_read > _MAX_SCHEMAS:
        return Scalar("any")
    if "$ref" in schema:
        return components.reference(schema)
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return _of_several_types(schema, kinds, components, depth)
    kind = _read_present(schema, components, depth)
    return _nullable(kind) if schema.get("nullable") is True else kind


def _of_several_types(schema: Mapping[str, Any], kinds: list[Any], components: Components, depth: int) -> Type:
    """``type: [string, 'null']``, or several types of which each is read with the keywords beside it."""
    present = [kind for kind in kinds if isinstance(kind, str) and kind != "null"]
    inner = united([read_schema({**schema, "type": kind}, components, depth + 1) for kind in present])
    return _nullable(inner) if "null" in kinds else inner


def _nullable(kind: Type) -> Type:
    return united([kind, NULL])


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
    literals = alike([clean(value) if isinstance(value, str) else value for value in values if _is_constant(value)])
    if not literals:
        return None
    enum = Enum(literals)
    return Nullable(enum) if None in values else enum


def _is_constant(value: Any) -> bool:
    return isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))


def _union(members: list[Any], components: Components, depth: int) -> Type:
    return united([NULL if _is_null(member) else read_schema(member, components, depth + 1) for member in members])


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("enum") == [None])


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
    return Object(tuple(fields.values())) if fields else Scalar("object")


def _object(schema: Mapping[str, Any], components: Components, depth: int) -> Type:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        values = schema.get("additionalProperties")
        return Map(read_schema(values, components, depth + 1)) if isinstance(values, Mapping) else Scalar("object")
    listed = schema.get("required")
    required = listed if isinstance(listed, list) else []
    fields = {
        name: _property(name, each, components, depth, optional=original not in required)
        for original, each in properties.items()
        if (name := clean(str(original)))
    }
    return Object(tuple(fields.values())) if fields else Scalar("object")


def _property(name: str, schema: Any, components: Components, depth: int, *, optional: bool) -> Field:
    kind = read_schema(schema, components, depth + 1)
    facts = schema if isinstance(schema, Mapping) else {}
    default = read_default(facts, kind)
    return Field(name, kind, optional or default is not None, default, words(facts.get("description")))


def read_default(schema: Mapping[str, Any], kind: Type) -> Default | None:
    """The default of a schema, where the notation has a literal for it."""
    value = schema.get("default")
    if "default" not in schema or not (value is None or value == [] or _is_constant(value)):
        return None
    literal: Constant | tuple[()] | None = () if value == [] else clean(value) if isinstance(value, str) else value
    return fit_default(literal, kind, lambda _: None)


def words(value: Any) -> str | None:
    """A text in one line; None where there is none."""
    return " ".join(clean(value).split()) or None if isinstance(value, str) else None


def _scalar(schema: Mapping[str, Any]) -> Scalar:
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _TYPES:
        whole = kind == "integer"
        return Scalar(_TYPES[kind], _limit(schema.get("minimum"), whole), _limit(schema.get("maximum"), whole))
    if kind is None and "contentMediaType" in schema and "contentEncoding" not in schema:
        return Scalar("binary")
    if kind != "string":
        return Scalar("any")
    name = _string_name(schema)
    if name not in MEASURED:
        return Scalar(name)
    pattern = schema.get("pattern")
    found = _pattern(pattern) if isinstance(pattern, str) else None
    return Scalar(name, _count(schema.get("minLength")), _count(schema.get("maxLength")), found)


def _string_name(schema: Mapping[str, Any]) -> str:
    if schema.get("contentMediaType") == "application/jwt":
        return "jwt"
    if schema.get("contentEncoding") == "base64":
        return "bytes"
    return _STRING_FORMATS.get(str(schema.get("format")), "string")


def _pattern(pattern: str) -> str | None:
    """`pattern` as it can stand between slashes and a bracket."""
    if not compiles(pattern) or not pattern.isprintable():
        return None
    return re.sub(r"(\\.)|/", lambda match: match[1] or r"\/", pattern)


def _limit(value: Any, whole: bool) -> int | float | None:
    """A limit that a line of the notation can name, which has no exponents."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 1e15 or "e" in repr(value):
        return None
    return value if not whole else int(value) if float(value).is_integer() else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1e15 else None
