"""A JSON Schema as OpenAI's ``response_format``, and whether it is of the subset that OpenAI can hold an answer to.

Source: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas. What it can be held to is decoded by a
grammar on OpenAI's side ("strict"); any other schema is only shown to the model, and a server refuses it where "strict" is
asked for nevertheless. So strict is asked for only where the schema meets the subset.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

from photon.chat import Capabilities, Request
from photon.providers.refusals import Refusal
from photon.providers.schema.shapes import Schema, Shapes, TooComplex

_STRICT: Final[Mapping[str, frozenset[str]]] = {
    "object": frozenset({"type", "properties", "required", "additionalProperties"}),
    "array": frozenset({"type", "items", "minItems", "maxItems"}),
    "string": frozenset({"type", "enum", "const", "pattern", "format"}),
    "number": frozenset({"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "integer": frozenset({"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "boolean": frozenset({"type", "enum", "const"}),
    "null": frozenset({"type", "enum", "const"}),
}
_SAID: Final = frozenset({"title", "description", "$defs", "definitions", "$schema"})
_FORMATS: Final = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
_NAMED: Final = re.compile(r"\b(response_format|response format|json_schema|json_object)\b")
_REFUSALS: Final = (400, 422, 500, 501)
"""llama-cpp-python's server says 500 to a type that it does not know."""

_LEVELS: Final = 10
_PROPERTIES: Final = 5000


def answer_format(request: Request, can: Capabilities, refused: Collection[str]) -> dict[str, Any] | None:
    """The ``response_format`` for `request`, None where it has no schema or the server knows no such thing.

    The schema where it is taken, else JSON mode, which is older; `refused` has the types that this server does not want.
    """
    if request.schema is None:
        return None
    if can.schema and "json_schema" not in refused:
        return json_schema(request.schema)
    return None if "json_object" in refused else json_object(request.schema)


def refused_format(refusal: Refusal, sent: Mapping[str, Any]) -> str | None:
    """The type of the ``response_format`` that was `sent`, where that is what the server refuses."""
    wanted = sent.get("response_format")
    if wanted is None or refusal.too_long or refusal.status not in _REFUSALS:
        return None
    named = refusal.param.startswith("response_format") or _NAMED.search(refusal.message)
    return str(wanted["type"]) if named or refusal.code == "json_validate_failed" else None


def json_schema(schema: Schema) -> dict[str, Any]:
    """``{"type": "json_schema", ...}``. Objects that say nothing about further properties are closed where that makes the
    schema strict: what matches it then matches the schema as it was."""
    as_given = {key: value for key, value in schema.items() if key != "$schema"}
    closed = _closed(as_given)
    strict = is_strict(closed)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", str(schema.get("title", ""))).strip("_")[:64] or "answer"
    return {"type": "json_schema", "json_schema": {"name": name, "schema": closed if strict else as_given, "strict": strict}}


def json_object(schema: Schema) -> dict[str, Any] | None:
    """JSON mode: any object; None where the answer is no object.

    llama-server and llama-cpp-python hold the answer to the schema that goes along; others do not look at it.
    """
    with suppress(TooComplex, RecursionError):
        if all(shape.get("type") == "object" for shape in Shapes(schema).of(schema)):
            return {"type": "json_object", "schema": dict(schema)}
    return None


def is_strict(schema: Schema) -> bool:
    """Whether `schema` is of OpenAI's subset as it is: every object closed, every property required, known keywords only."""
    root = schema.get("type") == "object"
    counted = _Count()
    defined = [each for word in ("$defs", "definitions") for each in _values(schema.get(word))]
    return root and _fits(schema, 1, counted) and all(_fits(each, 1, counted) for each in defined)


class _Count:
    properties = 0


def _values(table: object) -> list[Any]:
    return list(table.values()) if isinstance(table, Mapping) else []


def _fits(schema: object, level: int, counted: _Count) -> bool:
    if not isinstance(schema, Mapping) or level > _LEVELS:
        return False
    keys = schema.keys() - _SAID
    if "$ref" in keys:
        return len(schema) == 1 and str(schema["$ref"]).startswith("#")
    if "anyOf" in keys:
        return keys == {"anyOf"} and all(_fits(each, level, counted) for each in schema["anyOf"])
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds or []
    allowed = frozenset[str]().union(*(_STRICT.get(kind, frozenset()) for kind in kinds))
    if not kinds or not keys <= allowed or ("format" in keys and schema["format"] not in _FORMATS):
        return False
    return _fits_object(schema, level, counted) and ("array" not in kinds or _fits(schema.get("items"), level + 1, counted))


def _fits_object(schema: Schema, level: int, counted: _Count) -> bool:
    if "object" not in _types(schema):
        return True
    properties = schema.get("properties") or {}
    counted.properties += len(properties)
    closed = schema.get("additionalProperties") is False and set(schema.get("required") or ()) == set(properties)
    return closed and counted.properties <= _PROPERTIES and all(_fits(each, level + 1, counted) for each in properties.values())


def _types(schema: Schema) -> list[str]:
    kinds = schema.get("type")
    return [kinds] if isinstance(kinds, str) else list(kinds or ())


def _closed(schema: Any, *, table: bool = False) -> Any:
    """`schema` with ``additionalProperties: false`` at each object that lists properties and says nothing about others.

    table: its keys are names of the user's, as those of ``properties`` are, and no keywords.
    """
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if table:
        return {name: _closed(each) for name, each in schema.items()}
    made = {
        key: _closed(value, table=key in ("properties", "$defs", "definitions"))
        if key in ("properties", "$defs", "definitions", "items", "anyOf")
        else value
        for key, value in schema.items()
    }
    if "properties" in made and "object" in _types(schema):
        made.setdefault("additionalProperties", False)
    return made
