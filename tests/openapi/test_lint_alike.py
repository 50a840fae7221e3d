"""A rule that is not called at an object, because it said nothing of one that is alike, would have said nothing there."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sketches  # noqa: F401 - the profile of hypothesis
from hypothesis import given
from hypothesis import strategies as st

from photon.openapi.lint import engine
from photon.openapi.lint.engine import lint
from photon.openapi.lint.selection import Selection, known_rules
from photon.openapi.source.source import source_of

ALIKE = {name for name, rule in known_rules().items() if rule.alike_unless is not None}
VALUES: dict[str, list[Any]] = {
    "type": ["string", "array", "strnig", "date", ["string"], ["strnig"], ["string", "null"], [], {}, {"a": 1}, 7, None],
    "minLength": [1, -1, 1.5, True, "1"],
    "maxItems": [0, -3],
    "items": [{}, True, [], "x"],
    "properties": [{}, {"a": {}}, [], None],
    "nullable": [True, False, "no"],
    "externalDocs": [{"url": "/a"}, {"url": 7}, {}, []],
    "discriminator": [{"propertyName": "a"}, {"propertyName": 1}, {"mapping": {"a": 1}}, "a"],
    "xml": [{"name": "a"}, {"attribute": 1}, 3],
    "description": ["a", 7, None],
    "$ref": ["#/components/schemas/0", 5],
    "strange": [1, "a"],
}
MEDIA = [
    {},
    {"schema": {}},
    {"schema": 1},
    {"example": 1, "examples": {"a": {"value": 1}}},
    {"examples": {"a": {"vlaue": 1}}},
    7,
]
BODIES = [{"a/b": each} for each in MEDIA]
OPERATIONS: list[Any] = [
    *({"tags": each} for each in (["a"], [7], "a")),
    *({"callbacks": {"a": {"b": each}}} for each in ({}, 7)),
    *({"responses": {"200": each}} for each in ({}, 7)),
    *({"security": [{"a": each}]} for each in ([], 7)),
    *({"parameters": [each]} for each in ({}, 7)),
    *({}, 7, {"strange": 1}),
]
OTHERS: dict[str, dict[str, list[Any]]] = {
    "parameters": {
        "name": ["a", 7],
        "in": ["query", 7],
        "type": ["string", 7],
        "schema": [{}, [], True],
        "content": [{}, [], *BODIES],
        "examples": [{}, {"a": {"value": 1}}, {"a": {"vlaue": 1}}, {"a": 1}, []],
        "example": [1, None],
        "strange": [1],
    },
    "responses": {
        "description": ["a", 7, None],
        "content": BODIES,
        "schema": [{}, 7],
        "headers": [{}, {"A": {}}, {"A": 7}, {"A": {"strange": 1}}],
        "links": [{}, {"a": {}}, {"a": {"strange": 1}}, {"a": 7}],
        "strange": [1],
    },
    "requestBodies": {"content": BODIES, "required": [True, "yes"], "strange": [1]},
    "securitySchemes": {
        "type": ["http", "apiKey", "oauth2", "strange", ["http"], 7],
        "scheme": ["basic", 7],
        "name": ["a"],
        "in": ["header"],
        "flows": [{}, {"implicit": {}}, {"implicit": {"scopes": {"a": 1}}}, {"implicit": 7}],
    },
    "pathItems": {
        "get": OPERATIONS,
        "parameters": [[], [{}], [7], {}],
        "servers": [[], *([{"url": "/", "variables": {"a": {"default": each}}}] for each in ("a", 7))],
        "strange": [1],
    },
}
SCHEMAS = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})


def drawn(kind: str) -> st.SearchStrategy[list[Any]]:
    """Several objects of one kind, of which many have the same keys."""
    values = OTHERS[kind]
    one = st.fixed_dictionaries({}, optional={key: st.sampled_from(each) for key, each in values.items()})
    return st.lists(one, max_size=12)


def found(version: str, objects: list[Any], kind: str = "schemas") -> list[str]:
    components = {kind: {str(number): each for number, each in enumerate(objects)}}
    text = json.dumps({"openapi": version, "info": {"title": "a", "version": "1"}, "paths": {}, "components": components})
    return [
        f"{each.rule} {each.json_pointer} {each.message}"
        for each in lint(source_of(text.encode(), None), Selection(only=frozenset(ALIKE)))
    ]


def found_everywhere(version: str, objects: list[Any], kind: str = "schemas") -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_is_told_by_shape", lambda rule, visit: False)
        return found(version, objects, kind)


@given(st.sampled_from(["3.0.3", "3.1.0"]), st.lists(SCHEMAS, max_size=12))
def test_the_same_is_found_as_if_every_rule_were_called_everywhere(version: str, schemas: list[Any]) -> None:
    assert found(version, schemas) == found_everywhere(version, schemas)


@pytest.mark.parametrize("kind", OTHERS)
@given(st.sampled_from(["3.1.0", "3.2.0"]), st.data())
def test_so_it_is_of_what_is_no_schema(kind: str, version: str, data: st.DataObject) -> None:
    objects = data.draw(drawn(kind))
    assert found(version, objects, kind) == found_everywhere(version, objects, kind)


def test_an_operation_is_not_taken_for_another_with_the_same_keys() -> None:
    right: Any = {"get": {"callbacks": {"a": {"b": {}}}, "responses": {"200": {}}}}
    wrong: Any = {"get": {"callbacks": {"a": {"b": 7}}, "responses": {"200": 7}}}
    said = found("3.1.0", [right, right, wrong], "pathItems")
    assert [each.split()[1] for each in said if each.startswith("value-type")] == ["#/components/pathItems/2/get/responses/200"]


def test_nor_a_media_type_for_another() -> None:
    bodies = [{"content": {"a/b": {"examples": {"a": {key: 1}}}}} for key in ("value", "value", "strange")]
    said = found("3.1.0", bodies, "requestBodies")
    assert [each.split("/")[3] for each in said if each.startswith("unknown-key")] == ["2"]


@pytest.mark.parametrize(
    ("key", "right", "wrong", "rule"),
    [
        ("minLength", 1, -1, "value-type"),
        ("externalDocs", {"url": "/a"}, {"url": 1}, "value-type"),
        ("type", "string", "strnig", "schema-type"),
        ("type", ["string"], ["strnig"], "schema-type"),
        ("type", "object", "array", "array-items"),
    ],
)
def test_a_schema_is_not_taken_for_another_with_the_same_keys(key: str, right: Any, wrong: Any, rule: str) -> None:
    said = found("3.1.0", [{key: right}, {key: wrong}, {key: right}, {key: wrong}])
    assert [each.split("/")[3].split()[0] for each in said if each.startswith(rule)] == ["1", "3"]


def test_an_example_is_held_against_its_own_schema_even_if_another_let_the_value_pass() -> None:
    """Schemas beside a ``$ref`` are made for the check and gone after it: what fitted one says nothing of the next."""
    kinds = ["string", "string", "integer", "integer"] * 20
    schemas = [{"$ref": "#/components/schemas/any", "type": kind, "example": "a"} for kind in kinds]
    components = {"schemas": {"any": {}, **{f"s{number}": schema for number, schema in enumerate(schemas)}}}
    text = json.dumps({"openapi": "3.1.0", "info": {}, "paths": {}, "components": components})
    only = Selection(only=frozenset({"no-invalid-schema-examples"}))
    assert len(lint(source_of(text.encode(), None), only)) == 40
