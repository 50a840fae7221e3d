"""A JSON Schema as Anthropic's structured outputs take it.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations" (2026-11)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = ("$ref", "type", "enum", "const", "required", "default", "title", "description", "pattern")
_FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
_BY_NAME: Final = ("properties", "$defs", "definitions")
_LISTS: Final = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}


def enforceable(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """`schema` without what the API refuses (limits of numbers, lengths, ...), and with no properties but those it names.

    The answer to it is validated against `schema` itself. None where it cannot be said: objects with properties of any name.
    """
    try:
        return _adapted(schema)
    except (_Open, RecursionError):
        return None


class _Open(Exception):
    """An object may have properties that are not named."""


def _adapted(schema: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: schema[key] for key in _PLAIN if key in schema}
    kept |= {key: _all(schema[key]) for key in _BY_NAME if isinstance(schema.get(key), Mapping)}
    for key, name in _LISTS.items():
        if isinstance(schema.get(key), list):
            kept[name] = [*kept.get(name, []), *(_any(each) for each in schema[key])]
    if "items" in schema:
        kept["items"] = _any(schema["items"])
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        kept["minItems"] = schema["minItems"]
    if "object" in (kept.get("type"), *_listed(kept.get("type"))) or "properties" in kept:
        if schema.get("additionalProperties") or schema.get("patternProperties") or "properties" not in kept:
            raise _Open
        kept["additionalProperties"] = False
    return kept


def _all(named: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _any(schema) for name, schema in named.items()}


def _any(schema: object) -> Any:
    return _adapted(schema) if isinstance(schema, Mapping) else schema


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
