"""JSON Schema of both OpenAPI versions, as types of the notation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from sketches import types

from photon.openapi.read_schema import Components, read_schema
from photon.openapi.schemas import schema
from photon.sketch.model import Array, Default, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union

INT, STRING, ANY = Scalar("int"), Scalar("string"), Scalar("any")


def read(value: Any, **schemas: Any) -> Type:
    return read_schema(value, Components({"schemas": schemas}))


@given(types)
def test_what_was_written_is_read_and_written_alike(kind: Type) -> None:
    for version in ("3.1", "3.0"):
        written = schema(kind, version)  # type: ignore[arg-type] # both are versions
        assert schema(read(written), version) == written  # type: ignore[arg-type] # both are versions


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({}, ANY),
        (True, ANY),
        ("nonsense", ANY),
        ({"type": "integer", "format": "int64", "minimum": 1.0, "maximum": 5}, Scalar("int", 1, 5)),
        ({"type": "integer", "minimum": 0.5, "maximum": True}, INT),
        ({"type": "number", "minimum": float("inf"), "maximum": 1e300}, Scalar("number")),
        ({"type": "string", "format": "date-time", "minLength": 3}, Scalar("datetime")),
        ({"type": "string", "format": "hostname", "maxLength": 9}, Scalar("string", None, 9)),
        ({"type": "string", "pattern": "^a/)$"}, STRING),
        ({"type": "string", "pattern": "(a/)b\\/c"}, Scalar("string", pattern="(a\\/)b\\/c")),
        ({"type": "string", "pattern": "a\nb", "minLength": -1}, STRING),
        ({"enum": ["a", 1, None]}, Nullable(Enum(("a", "1")))),
        ({"enum": [None]}, ANY),
        ({"enum": [True, 1]}, Enum(("true", "1"))),
        ({"const": "a"}, Enum(("a",))),
        ({"type": ["string", "null"]}, Nullable(STRING)),
        ({"type": ["string", "integer", "null"]}, Nullable(Union((STRING, INT)))),
        ({"type": "null"}, ANY),
        ({"type": "integer", "nullable": True}, Nullable(INT)),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, Nullable(INT)),
        ({"oneOf": [{"type": "integer"}, {"enum": ["a"]}]}, Union((Enum(("a",)), INT))),
        ({"oneOf": []}, ANY),
        ({"items": {"type": "integer"}, "maxItems": 3}, Array(INT, None, 3)),
        ({"type": "array"}, Array(ANY)),
        ({"type": "object"}, Scalar("object")),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, Map(INT)),
        ({"type": "object", "additionalProperties": True}, Scalar("object")),
        ({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": True}, Nullable(Ref("A"))),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, Scalar("object")),
    ],
)
def test_a_schema_is_a_type(value: Any, kind: Type) -> None:
    assert read(value) == kind


def test_properties_are_fields() -> None:
    value = {
        "properties": {
            "a": {"type": "integer", "default": 5, "description": " In\nyears "},
            "b": {"$ref": "#/components/schemas/b"},
            "c": {"type": "array", "items": {}, "default": []},
            "d": {"type": "integer", "nullable": True, "default": None},
            "e": {"type": "integer", "default": {"not": "possible"}},
            "\x1b": {},
        },
        "required": ["a", "b", "nowhere"],
    }
    assert read(value) == Object(
        (
            Field("a", INT, True, Default(5), "In years"),
            Field("b", Ref("B")),
            Field("c", Array(ANY), True, Default(())),
            Field("d", Nullable(INT), True, Default(None)),
            Field("e", INT, True),
        )
    )


def test_all_of_is_one_object_with_the_fields_of_all() -> None:
    base = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
    value = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"id": {}, "a": {}}}], "properties": {"b": {}}}
    assert read(value, Base=base) == Object((Field("id", INT), Field("a", ANY, True), Field("b", ANY, True)))


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("User", "User"),
        ("user", "User"),
        ("user.v1-a_b", "User.v1-a_b"),
        ("200Response", "Response"),
        ("Größe", "Gre"),
        ("Object", "ObjectSchema"),
        ("string", "String" + "Schema"),
        ("日本", "Unnamed"),
    ],
)
def test_a_component_has_a_name_of_the_notation(original: str, name: str) -> None:
    components = Components({"schemas": {original: {"type": "integer"}}})
    assert components.name(original) == name
    assert components.schema(name) == {"type": "integer"}


def test_a_component_that_exists_elsewhere_keeps_its_name() -> None:
    assert Components({}, frozenset(("pet",))).name("pet") == "pet"


def test_a_reference_may_be_escaped() -> None:
    assert read({"$ref": "#/components/schemas/a~1b~0c"}) == Ref("Abc")


def test_reading_ends_where_a_schema_does_not() -> None:
    endless: dict[str, Any] = {"type": "array"}
    endless["items"] = endless
    kind, levels = read(endless), 0
    while isinstance(kind, Array):
        kind, levels = kind.items, levels + 1
    assert (kind, levels) == (ANY, 24)
