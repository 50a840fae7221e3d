"""Examples that code makes: realistic, the same each time, and valid, as jsonschema and another's format checks see it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator, OAS31Validator
from sketches import sketches

from photon.openapi.document import Rendering, render
from photon.openapi.examples.making import NOTHING, Maker
from photon.openapi.examples.patterns import matches, matching
from photon.openapi.examples.placing import with_examples
from photon.openapi.schemas import Version
from photon.sketch.model import Sketch

VERSIONS: tuple[Version, ...] = ("3.1", "3.0")
STRING = {"type": "string"}


def made(schema: Any, name: str = "thing", version: Version = "3.1", **schemas: Any) -> Any:
    """An example of the schema, or NOTHING."""
    return Maker(version, lambda reference: schemas.get(reference.rpartition("/")[2])).example(schema, name)


def assert_valid(schema: Any, value: Any, version: Version, schemas: Mapping[str, Any]) -> None:
    validator = OAS30Validator if version == "3.0" else OAS31Validator
    bundled = {"allOf": [json.loads(json.dumps(schema).replace("#/components/schemas/", "#/$defs/"))]}
    if version == "3.0":
        bundled = bundled["allOf"][0]  # type: ignore[assignment] # a keyword beside it would be ignored with a reference
    bundled = {**bundled, "$defs": json.loads(json.dumps(schemas).replace("#/components/schemas/", "#/$defs/"))}
    errors = list(validator(bundled, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value))
    assert not errors, (schema, value, errors[0].message)


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("email", STRING, "ada@example.com"),
        ("contact", {**STRING, "format": "email"}, "ada@example.com"),
        ("firstName", STRING, "Ada"),
        ("billing_city", STRING, "London"),
        ("unitPrice", {"type": "number"}, 19.99),
        ("unitPrice", STRING, "19.99"),
        ("createdAt", {**STRING, "format": "date-time"}, "2024-05-01T09:30:00Z"),
        ("updatedAt", {**STRING, "format": "date-time"}, "2024-05-15T09:30:00Z"),
        ("birthDate", {**STRING, "format": "date"}, "1990-12-10"),
        ("avatarUrl", {**STRING, "format": "uri"}, "https://example.com/"),
        ("avatar", {**STRING, "format": "uri"}, "https://example.com/ada.png"),
        ("status", {**STRING, "enum": ["draft", "sent"]}, "draft"),
        ("currency", {**STRING, "minLength": 3, "maxLength": 3}, "EUR"),
        ("iban", STRING, "DE89370400440532013000"),
        ("latitude", {"type": "number", "minimum": -90, "maximum": 90}, 51.5074),
        ("orderId", {"type": "integer"}, 1042),
        ("page", {"type": "integer", "minimum": 1, "default": 1}, 1),
        ("limit", {"type": "integer", "maximum": 10}, 10),
        ("count", {"type": "integer", "minimum": 100}, 100),
        ("isActive", {"type": "boolean"}, True),
        ("archived", {"type": "boolean"}, False),
        ("code", {**STRING, "pattern": "^[A-Z]{3}$"}, "AHO"),
        ("quantity", {"type": "integer", "multipleOf": 5}, 0),
        ("ratio", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5}, 0.25),
        ("anything", {"const": {"a": [1]}}, {"a": [1]}),
        ("anything", {**STRING, "examples": ["own"]}, "own"),
        ("anything", {**STRING, "example": "own"}, "own"),
        ("tags", {"type": "array", "items": STRING}, ["new"]),
        ("tags", {"type": "array", "items": STRING, "minItems": 3, "uniqueItems": True}, ["new", "new 2", "new 3"]),
        ("scores", {"type": "object", "additionalProperties": {"type": "integer"}}, {"key1": 87}),
        ("pair", {"type": "array", "prefixItems": [STRING, {"type": "integer"}], "items": False}, ["Example pair", 2]),
        ("owner", {"oneOf": [{"type": "null"}, {"type": "object", "properties": {"age": {"type": "integer"}}}]}, {"age": 36}),
        ("nothing", {"type": "null"}, None),
        ("note", {**STRING, "maxLength": 6}, "Please"),
        ("note", {**STRING, "maxLength": 0}, ""),
    ],
)
def test_an_example_is_made_from_name_and_type(name: str, schema: Any, value: Any) -> None:
    assert made(schema, name) == value
    assert_valid(schema, value, "3.1", {})


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {**STRING, "format": "binary"},
        {"contentMediaType": "image/png"},
        {**STRING, "pattern": "^(a+)+$"},
        {**STRING, "pattern": "(?<=x)y(?!z)\\1"},
        {**STRING, "pattern": "("},
        {**STRING, "minLength": 5, "maxLength": 3},
        {**STRING, "format": "date-time", "maxLength": 4},
        {**STRING, "enum": []},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "array", "items": STRING, "minItems": 5000},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"not": {}},
        {"if": STRING, "then": False},
        {"$ref": "#/components/schemas/None"},
        {"oneOf": [STRING, STRING]},
    ],
)
def test_where_none_is_certain_there_is_none(schema: Any) -> None:
    assert made(schema) is NOTHING


def test_a_uuid_is_one_of_version_4_and_always_the_same_for_a_name() -> None:
    first, second = (made({**STRING, "format": "uuid"}, name) for name in ("id", "orderId"))
    assert UUID(first).version == UUID(second).version == 4
    assert first != second
    assert first == made({**STRING, "format": "uuid"}, "id")


def test_a_schema_in_itself_ends() -> None:
    tree = {"type": "object", "properties": {"name": STRING, "child": {"$ref": "#/components/schemas/Tree"}, "leaves": {}}}
    forest = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "minItems": 1}
    tree["properties"]["leaves"] = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}  # type: ignore[index]
    assert made({"$ref": "#/components/schemas/Tree"}, "tree", Tree=tree) == {"name": "Example tree", "leaves": []}
    assert made(forest, "trees", Tree=tree) == [{"name": "Example trees", "leaves": []}]
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
    assert made({"$ref": "#/components/schemas/Endless"}, Endless=endless) is NOTHING
    begun = time.monotonic()
    fan = {f"A{n}": {"properties": {x: {"$ref": f"#/components/schemas/A{n + 1}"} for x in "xyz"}} for n in range(60)}
    made({"$ref": "#/components/schemas/A0"}, **fan)
    either = {f"B{n}": {"oneOf": [{"$ref": f"#/components/schemas/B{n + 1}"}] * 2} for n in range(60)}
    assert made({"$ref": "#/components/schemas/B0"}, **either) is NOTHING
    assert time.monotonic() - begun < 5


def test_all_of_is_one_object_and_a_discriminator_names_its_member() -> None:
    schemas = {
        "Base": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": STRING, "id": {"type": "integer", "minimum": 1}},
        },
        "Cat": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"id": {"type": "integer", "maximum": 9}}}]},
        "Pet": {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
        },
    }
    assert made({"$ref": "#/components/schemas/Cat"}, "cat", **schemas) == {"kind": "standard", "id": 1}
    assert made({"$ref": "#/components/schemas/Pet"}, "pet", **schemas) == {"kind": "cat", "id": 1}


def test_a_request_has_nothing_that_is_only_read_and_a_response_nothing_that_is_only_written() -> None:
    user = {
        "type": "object",
        "required": ["id", "email", "password"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "email": STRING,
            "password": {**STRING, "writeOnly": True},
        },
    }
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}}
    operation = {"requestBody": content, "responses": {"200": {"description": "OK", **content}}}
    document = with_examples({"paths": {"/users": {"post": operation}}, "components": {"schemas": {"User": user}}}, "3.0")
    post = document["paths"]["/users"]["post"]
    assert post["requestBody"]["content"]["application/json"]["example"] == {
        "email": "ada@example.com",
        "password": "correct-horse-7",
    }
    assert post["responses"]["200"]["content"]["application/json"]["example"] == {"id": 1042, "email": "ada@example.com"}
    assert document["components"]["schemas"]["User"]["properties"]["id"] == {
        "type": "integer",
        "readOnly": True,
        "example": 1042,
    }
    assert "example" not in json.dumps(content)  # what was given is as it was


def test_an_error_has_its_own_status_and_words() -> None:
    problem = {"type": "object", "properties": {"title": STRING, "status": {"type": "integer"}, "detail": STRING}}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {"404": {"description": "No such user", "content": content}}
    asked: list[str] = []

    def resolve(reference: str) -> Any:
        asked.append(reference)
        return problem

    done = with_examples({"/users": {"get": {"responses": responses}}}, "3.1", resolve=resolve)
    example = done["/users"]["get"]["responses"]["404"]["content"]["application/problem+json"]["example"]
    assert example == {"title": "Not Found", "status": 404, "detail": "No such user"}
    assert set(asked) == {"#/components/schemas/Problem"}
    assert "example" not in json.dumps(problem)


def test_examples_stand_where_each_version_has_them_and_own_ones_stay() -> None:
    parameters = [
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
        {"name": "q", "in": "query", "schema": STRING, "example": "own"},
        {"$ref": "#/components/parameters/Page"},
    ]
    body = {"content": {"application/json": {"schema": STRING, "examples": {"own": {"value": "x"}}}}}
    inner = {"properties": {"age": {"type": "integer"}}}
    schema = {"properties": {"city": STRING, "tags": {"type": "array", "items": STRING}, "b": inner}}
    fragment = {
        "paths": {"/x": {"post": {"parameters": parameters, "requestBody": body}}},
        "components": {
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
            "schemas": {"A": schema},
        },
    }  # fmt: skip
    for version in VERSIONS:
        done = with_examples(fragment, version)
        post = done["paths"]["/x"]["post"]
        assert post["parameters"] == [{**parameters[0], "example": 20}, parameters[1], parameters[2]]
        assert post["requestBody"] == body
        assert done["components"]["parameters"]["Page"]["example"] == 1
        fields = done["components"]["schemas"]["A"]["properties"]
        word, inside = ("example", lambda value: value) if version == "3.0" else ("examples", lambda value: [value])
        assert fields["city"] == {**STRING, word: inside("London")}
        assert fields["tags"][word] == inside(["new"])
        assert fields["b"]["properties"]["age"][word] == inside(36)


KNOWN = {"$ref": "#/components/schemas/Known"}
SCHEMAS = {"Known": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "more": KNOWN}}}
NAMES = st.sampled_from(("email", "id", "price", "createdAt", "status", "x", "Ünïcode", "tags", "address", "limit"))
_bounds = st.tuples(st.integers(-50, 50), st.integers(0, 100)).map(lambda pair: (pair[0], pair[0] + pair[1]))
PATTERNS = ("^[A-Z]{2,4}$", r"^\d{3}-\d{4}$", "^(a|b)c?$", r"^[\w.]+@[\w.]+$", "x$", "^(a+)+$", "(?=a)", "^$")
FORMATS = "email uuid date date-time uri ipv4 ipv6 byte hostname unheard duration time".split()
MORE: tuple[Any, ...] = (
    {}, {"additionalProperties": False}, {"minProperties": 2}, {"additionalProperties": {"type": "integer"}}
)  # fmt: skip
_strings = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 30), "maxLength": st.integers(0, 60),
        "pattern": st.sampled_from(PATTERNS),
        "format": st.sampled_from(FORMATS),
        "enum": st.lists(st.text(max_size=3), min_size=1, max_size=3, unique=True),
    },
)  # fmt: skip
_steps = st.sampled_from((1, 2, 5, 0.01, 0.5, 7))
_numbers = st.builds(
    lambda kind, bounds, words, step: {
        "type": kind,
        **{word: value for word, value in zip(("minimum", "maximum"), bounds, strict=True) if word in words},
        **({"multipleOf": step} if step else {}),
    },
    st.sampled_from(("integer", "number")),
    _bounds,
    st.sets(st.sampled_from(("minimum", "maximum"))),
    st.none() | _steps,
)
_leaves: st.SearchStrategy[Any] = st.one_of(
    _strings, _numbers, st.just({"type": "boolean"}), st.just({}), st.just({"$ref": "#/components/schemas/Known"}),
    st.just({"type": "object"}), st.just({"enum": [1, "a", None]}),
)  # fmt: skip


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(NAMES, inner, max_size=4).flatmap(
        lambda properties: st.builds(
            lambda required, more: {
                "type": "object", "properties": properties, **({"required": required} if required else {}), **more
            },
            st.lists(st.sampled_from([*properties, "other"]), unique=True, max_size=3),
            st.sampled_from(MORE),
        )
    )  # fmt: skip
    arrays = st.builds(
        lambda items, low, high, unique: {"type": "array", "items": items, **low, **high, **unique},
        inner,
        st.sampled_from(({}, {"minItems": 2}, {"minItems": 0})),
        st.sampled_from(({}, {"maxItems": 3}, {"maxItems": 0})),
        st.sampled_from(({}, {"uniqueItems": True})),
    )
    groups = st.builds(
        lambda word, members: {word: members},
        st.sampled_from(("oneOf", "anyOf", "allOf")),
        st.lists(inner, min_size=1, max_size=3),
    )
    return objects | arrays | groups | inner.map(lambda schema: {"not": schema})


SCHEMA = st.recursive(_leaves, _grown, max_leaves=6)


@settings(max_examples=400)
@given(schema=SCHEMA, name=NAMES)
def test_whatever_is_made_is_valid_in_3_1(schema: Any, name: str) -> None:
    value = made(schema, name, "3.1", **SCHEMAS)
    if value is not NOTHING:
        assert_valid(schema, value, "3.1", SCHEMAS)
        assert made(schema, name, "3.1", **SCHEMAS) == value


@settings(max_examples=400)
@given(schema=SCHEMA, name=NAMES, nullable=st.booleans())
def test_whatever_is_made_is_valid_in_3_0(schema: Any, name: str, nullable: bool) -> None:
    if nullable and "type" in schema:
        schema = {**schema, "nullable": True}
    value = made(schema, name, "3.0", **SCHEMAS)
    if value is not NOTHING:
        assert_valid(schema, value, "3.0", SCHEMAS)


@pytest.mark.parametrize("version", VERSIONS)
@given(sketch=sketches())
def test_what_is_rendered_has_valid_examples_nearly_everywhere(version: Version, sketch: Sketch) -> None:
    document = render(sketch, Rendering(version=version, scope="document")).document
    done = with_examples(document, version)
    schemas = done.get("components", {}).get("schemas", {})
    for operation in next(iter(done["paths"].values())).values():
        for holder in operation.get("parameters", []):
            if "example" in holder:
                assert_valid(holder["schema"], holder["example"], version, schemas)
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if "example" in media and "writeOnly" not in json.dumps([media, schemas]):
                    assert_valid(media["schema"], media["example"], version, schemas)
    assert with_examples(done, version) == done


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{3}$", r"^\d{4}-\d{2}-\d{2}$", r"^[a-z0-9]+(-[a-z0-9]+)?$", "^(GET|POST)$", "^#[0-9a-fA-F]{6}$",
        r"^\+?[1-9]\d{1,14}$",
        r"^[^@\s]+@[^@\s]+$", r"^v\d+\.\d+$", "^$", "abc", r"^\S+$", "^.{8,64}$", r"^(?:\d{3}){2}$", "^[^a-z]$", r"^\w{3,}$",
    ],
)  # fmt: skip
def test_a_simple_pattern_has_a_string(pattern: str) -> None:
    text = matching(pattern)
    assert text is not None
    assert text.isascii()
    assert re.search(pattern, text)
    assert not list(Draft202012Validator({"pattern": pattern}).iter_errors(text))


def test_a_pattern_that_may_take_for_ever_is_not_tried() -> None:
    begun = time.monotonic()
    for pattern in (
        "^(a+)+$",
        "^(a*)*b$",
        "(a|a)*c",
        "(.*)(.*)(.*)(.*)(.*)(.*)(.*)x",
        r"(\w+)\1",
        "^(a{1,99}){1,99}$",
        "x" * 1000,
    ):
        assert matches(pattern, "a" * 60 + "!") in (None, False)
        assert matching("^" + pattern + "$", 100) is None
    assert time.monotonic() - begun < 1
