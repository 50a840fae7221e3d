"""Types of the notation as JSON Schema: the 2020-12 dialect of OpenAPI 3.1 and 3.2, or the older one of 3.0."""

from __future__ import annotations

from typing import Any, Literal

from photon.sketch.model import Array, Default, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union

Version = Literal["3.2", "3.1", "3.0"]
Schema = dict[str, Any]

_STRING_FORMATS = {
    "uuid": "uuid", "date": "date", "datetime": "date-time", "time": "time", "duration": "duration", "email": "email",
    "uri": "uri", "ipv4": "ipv4", "ipv6": "ipv6",
}  # fmt: skip
_PLAIN = {"string": "string", "int": "integer", "number": "number", "bool": "boolean", "object": "object"}


def schema(kind: Type, version: Version) -> Schema:  # noqa: PLR0911 - one return a kind of type reads best
    """The schema of a type; a new dict at each call, ready to be extended."""
    match kind:
        case Scalar():
            return _scalar(kind, version)
        case Enum(values):
            return {"type": _enum_type(values), "enum": list(values)}
        case Ref(name):
            return {"$ref": f"#/components/schemas/{name}"}
        case Map(values):
            return {"type": "object", "additionalProperties": schema(values, version)}
        case Array(items, minimum, maximum):
            return {"type": "array", "items": schema(items, version), **_limits("Items", minimum, maximum)}
        case Union(members) if Scalar("any") in members:
            return {}  # it admits what the others admit, so oneOf would admit nothing of theirs
        case Union(members):
            return {"oneOf": [schema(member, version) for member in members]}
        case Nullable(inner):
            return _nullable(schema(inner, version), version)
        case Object(fields):
            return _object(fields, version)


def described(field: Field, version: Version) -> Schema:
    """The schema of a field with its description and default."""
    result = schema(field.type, version)
    extras: Schema = {}
    if field.description:
        extras["description"] = field.description
    if field.default and not _may_be_null_twice(field):
        extras["default"] = [] if field.default.value == () else field.default.value
    if extras and version == "3.0" and "$ref" in result:
        result = {"allOf": [result]}  # 3.0 ignores what stands beside a $ref
    return {**result, **extras}


def _may_be_null_twice(field: Field) -> bool:
    """A default of null for ``User | null`` is left out: where User admits null itself, null is not one of oneOf."""
    return field.default == Default(None) and any(isinstance(kind, Ref) for kind in _alternatives(field.type))


def _alternatives(kind: Type) -> tuple[Type, ...]:
    match kind:
        case Nullable(inner):
            return _alternatives(inner)
        case Union(members):
            return members
    return (kind,)


def _scalar(kind: Scalar, version: Version) -> Schema:
    measured = _limits("imum" if kind.name in ("int", "number") else "Length", kind.minimum, kind.maximum)
    pattern = {"pattern": kind.pattern} if kind.pattern is not None else {}
    return {**_base(kind.name, version), **measured, **pattern}


def _base(name: str, version: Version) -> Schema:
    if name in _PLAIN:
        return {"type": _PLAIN[name]}
    if name in _STRING_FORMATS:
        return {"type": "string", "format": _STRING_FORMATS[name]}
    if name == "password":
        return {"type": "string", "format": "password", "writeOnly": True}
    modern = version != "3.0"
    special: dict[str, Schema] = {
        "any": {},
        "jwt": {"type": "string", "contentMediaType": "application/jwt"} if modern else {"type": "string", "format": "jwt"},
        "bytes": {"type": "string", "contentEncoding": "base64"} if modern else {"type": "string", "format": "byte"},
        "binary": {"contentMediaType": "application/octet-stream"} if modern else {"type": "string", "format": "binary"},
    }
    return special[name]


def _limits(what: str, minimum: float | None, maximum: float | None) -> Schema:
    """``minLength``, ``maxItems``, ``minimum``: only those that are set."""
    found = (("min" + what, minimum), ("max" + what, maximum))
    return {key: limit for key, limit in found if limit is not None}


def _enum_type(values: tuple[str | int | float | bool, ...]) -> str:
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    if all(isinstance(value, int) for value in values):
        return "integer"
    return "string" if isinstance(values[0], str) else "number"


def _object(fields: tuple[Field, ...], version: Version) -> Schema:
    required = [field.name for field in fields if not field.optional]
    properties = {field.name: described(field, version) for field in fields}
    return {
        "type": "object",
        **({"required": required} if required else {}),
        **({"properties": properties} if properties else {}),
    }


def _nullable(inner: Schema, version: Version) -> Schema:
    if not inner.keys() & {"type", "$ref", "oneOf"}:
        return inner  # without a type it already admits null
    if isinstance(inner.get("type"), str):
        admitting: Schema = {"nullable": True} if version == "3.0" else {"type": [inner["type"], "null"]}
        return {**inner, **admitting} | _with_null(inner)
    return {"oneOf": [*inner.get("oneOf", [inner]), _null(version)]}


def _null(version: Version) -> Schema:
    """Null alone. In 3.0 ``nullable`` means something only beside a ``type`` (3.0.3, Schema Object), never beside a $ref."""
    return {"type": "null"} if version != "3.0" else {"type": "object", "nullable": True, "enum": [None]}


def _with_null(inner: Schema) -> Schema:
    """An enum admits null only when null is in its list."""
    return {"enum": [*inner["enum"], None]} if "enum" in inner else {}
