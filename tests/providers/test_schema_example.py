"""The small documents that the fake provider answers a schema with."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from json_schemas import PATTERNS, ROOTS, Case
from jsonschema import Draft202012Validator

from photon.chat import Message, Request
from photon.providers.fake import FakeProvider
from photon.providers.schema.example import example


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(case=ROOTS)
def test_the_example_of_a_schema_is_valid(case: Case) -> None:
    Draft202012Validator(case.schema).validate(example(case.schema))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_example_of_a_pattern_matches_it(pattern: str) -> None:
    assert re.search(pattern, example({"type": "string", "pattern": pattern}))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 100, "multipleOf": 7},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        {"type": "integer", "maximum": -4},
        {"type": "number", "exclusiveMaximum": 0},
        {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
        {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"type": "null"}}, "required": ["b"]},
        {"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        {"type": "object", "required": ["anything"]},
        {"type": "string", "maxLength": 2},
        {"type": "string", "minLength": 9, "maxLength": 9},
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "maxProperties": 1, "required": ["a"]},
    ],
    ids=lambda schema: json.dumps(schema)[:50],
)
def test_bounds_and_recursion_are_kept(schema: Any) -> None:
    Draft202012Validator(schema).validate(example(schema))


def test_a_schema_that_admits_nothing_has_no_example() -> None:
    assert example({"$ref": "#"}) is None
    assert example({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}) is None


async def test_the_fake_provider_answers_a_schema_with_its_example() -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "size": {"enum": ["S", "M"]}}}
    asked = Request(model="fake", messages=(Message("user", "x"),), schema=schema)
    text = "".join([chunk.text async for chunk in FakeProvider().stream(asked)])
    assert json.loads(text) == {"name": "text", "size": "S"}
