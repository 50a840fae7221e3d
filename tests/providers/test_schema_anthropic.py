"""What Anthropic's structured outputs can hold an answer to, and what is left to the prompt and the validation."""

from typing import Any

import pytest

from photon.providers.schema.anthropic import enforceable

A: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
B: dict[str, Any] = {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
DEFS: dict[str, Any] = {"A": A, "to/A": {"$ref": "#/$defs/A"}, "self": {"$ref": "#/$defs/self"}, "word": {"type": "string"}}


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [A, B]},
        {"allOf": [{"$ref": "#/$defs/A"}, B]},
        {"allOf": [{"$ref": "#/$defs/to~1A"}, B]},
        {"allOf": [{"anyOf": [A, {"type": "null"}]}, B]},
        {"allOf": [{"$ref": "#somewhere"}, B]},
        {"allOf": [A], **B},
        {"$ref": "#/$defs/A", **B},
        {"$ref": "#/$defs/A", "required": ["b"]},
        {"anyOf": [A, {"type": "null"}], "properties": {"c": {}}},
        {"oneOf": [{"required": ["b"]}, {"required": ["c"]}], **A},
        {**A, "required": ["a", "b"]},
        {"type": "array", "items": {"allOf": [A, B]}},
    ],
    ids=str,
)
def test_an_object_that_is_described_in_several_places_is_not_enforced(schema: dict[str, Any]) -> None:
    assert enforceable({**schema, "$defs": DEFS}) is None


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#/$defs/A"}], "description": "one"},
        {"anyOf": [A, B, {"$ref": "#/$defs/A"}]},
        {"$ref": "#/$defs/A", "title": "one"},
        {"allOf": [{"type": "string"}, {"enum": ["a", "b"]}, {"$ref": "#/$defs/word"}, {"$ref": "#/$defs/self"}]},
        {"type": "object", "properties": {"x": {"$ref": "#/$defs/A"}, "next": {"$ref": "#"}}, "required": ["x"]},
    ],
    ids=str,
)
def test_one_that_is_described_in_one_place_is_enforced(schema: dict[str, Any]) -> None:
    assert set(enforceable({**schema, "$defs": DEFS}) or {}) >= set(schema)
