"""A rule that is not called at a schema, because it said nothing of one that is alike, would have said nothing there either."""

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
SCHEMAS = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})


def found(version: str, schemas: list[Any]) -> list[str]:
    components = {"schemas": {str(number): schema for number, schema in enumerate(schemas)}}
    text = json.dumps({"openapi": version, "info": {"title": "a", "version": "1"}, "paths": {}, "components": components})
    return [
        f"{each.rule} {each.json_pointer} {each.message}"
        for each in lint(source_of(text.encode(), None), Selection(only=frozenset(ALIKE)))
    ]


@given(st.sampled_from(["3.0.3", "3.1.0"]), st.lists(SCHEMAS, max_size=12))
def test_the_same_is_found_as_if_every_rule_were_called_everywhere(version: str, schemas: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_is_told_by_shape", lambda rule, schema: False)
        everywhere = found(version, schemas)
    assert found(version, schemas) == everywhere


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
