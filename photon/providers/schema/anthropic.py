"""A JSON Schema as Anthropic's structured outputs take it.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations" (2026-11)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

_PLAIN: Final = ("$ref", "type", "enum", "const", "required", "default", "title", "description", "pattern")
_FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
_BY_NAME: Final = ("properties", "$defs", "definitions")
_LISTS: Final = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}


def enforceable(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """`schema` without what the API refuses (limits of numbers, lengths, ...), and with no properties but those it names.

    The answer to it is validated against `schema` itself. None where it cannot be said: objects with properties of any name, or
    with some that are named elsewhere.
    """
    try:
        return _adapted(schema, schema)
    except (_Open, RecursionError):
        return None


class _Open(Exception):
    """An object may have properties that are not named."""


def _adapted(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    if _in_parts(schema, root):
        raise _Open
    kept: dict[str, Any] = {key: schema[key] for key in _PLAIN if key in schema}
    kept |= {key: _all(schema[key], root) for key in _BY_NAME if isinstance(schema.get(key), Mapping)}
    for key, name in _LISTS.items():
        if isinstance(schema.get(key), list):
            kept[name] = [*kept.get(name, []), *(_any(each, root) for each in schema[key])]
    if "items" in schema:
        kept["items"] = _any(schema["items"], root)
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        kept["minItems"] = schema["minItems"]
    if "object" in (kept.get("type"), *_listed(kept.get("type"))) or "properties" in kept:
        if schema.get("additionalProperties") or schema.get("patternProperties") or "properties" not in kept:
            raise _Open
        if not all(name in kept["properties"] for name in _listed(schema.get("required"))):
            raise _Open
        kept["additionalProperties"] = False
    return kept


def _in_parts(schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Whether one object is described in several places: each of them would refuse the properties that the others name."""
    unions = {"anyOf": [*_listed(schema.get("anyOf")), *_listed(schema.get("oneOf"))]}
    others = [{"$ref": schema["$ref"]}] if "$ref" in schema else []
    parts = [_about_object(each, root, set()) for each in (unions, *others, *_listed(schema.get("allOf")))]
    return sum(parts) + _names_properties(schema) > 1


def _about_object(schema: object, root: Mapping[str, Any], followed: set[object]) -> bool:
    """Whether `schema`, or what it refers to, describes an object. followed: the references on the way."""
    if not isinstance(schema, Mapping):
        return False
    parts = [each for key in _LISTS for each in _listed(schema.get(key))]
    if "$ref" in schema and schema["$ref"] not in followed:
        followed.add(schema["$ref"])
        parts.append(_referred(str(schema["$ref"]), root))
    return _names_properties(schema) or any(_about_object(each, root, followed) for each in parts)


def _names_properties(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return "object" in (kind, *_listed(kind)) or "properties" in schema or "required" in schema


def _referred(reference: str, root: Mapping[str, Any]) -> object:
    """What a reference into the schema leads to; for any other, an object that may have any property."""
    found: object = root if reference in ("#", "") or reference.startswith("#/") else None
    for step in unquote(reference).removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping | bool) else {"type": "object"}


def _all(named: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _any(schema, root) for name, schema in named.items()}


def _any(schema: object, root: Mapping[str, Any]) -> Any:
    return _adapted(schema, root) if isinstance(schema, Mapping) else schema


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
