"""Types of the notation as JSON Schema. (The table of docs/SKETCH.md is tested in tests/sketch/test_notation.py.)"""

from __future__ import annotations

import pytest
from hypothesis import given
from openapi_schema_validator import OAS30Validator, OAS31Validator
from sketches import types

from photon.openapi.schemas import described, schema
from photon.sketch.model import Array, Default, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union

USER = Ref("User")


@given(types)
def test_every_type_is_a_sound_schema_of_its_dialect(kind: Type) -> None:
    OAS31Validator.check_schema(schema(kind, "3.1"))
    OAS30Validator.check_schema(schema(kind, "3.0"))


@given(types)
def test_each_call_gives_a_new_schema(kind: Type) -> None:
    schema(kind, "3.1")["x-mine"] = 1
    assert "x-mine" not in schema(kind, "3.1")


@pytest.mark.parametrize(
    ("kind", "valid", "invalid"),
    [
        (Nullable(Scalar("int", 1)), [None, 1], [0, "1"]),
        (Nullable(Enum(("a",))), [None, "a"], ["b"]),
        (Nullable(Array(Scalar("int"), 1)), [None, [1]], [[], ["a"]]),
        (Nullable(Object((Field("a", Scalar("int")),))), [None, {"a": 1}], [{}, 1]),
        (Nullable(Union((Scalar("int"), Scalar("bool")))), [None, 1, True], ["x"]),
        (Nullable(Map(Scalar("int"))), [None, {"a": 1}], [{"a": "b"}]),
        (Scalar("any"), [None, 1, {}], []),
        (Enum((True, False)), [True], [1, "true"]),
        (Enum((1, 1.5)), [1, 1.5], [2]),
        (Scalar("string", 2, 3, "^a"), ["ab"], ["a", "abcd", "ba"]),
        (Array(Scalar("bool"), 1, 2), [[True]], [[], [True] * 3]),
    ],
)
def test_both_dialects_admit_the_same_values(kind: Type, valid: list[object], invalid: list[object]) -> None:
    for validator in (OAS31Validator(schema(kind, "3.1")), OAS30Validator(schema(kind, "3.0"))):
        assert [value for value in valid if not validator.is_valid(value)] == []
        assert [value for value in invalid if validator.is_valid(value)] == []


def test_a_description_beside_a_reference_is_kept_in_both_versions() -> None:
    field = Field("user", USER, description="Who")
    assert described(field, "3.1") == {"$ref": "#/components/schemas/User", "description": "Who"}
    assert described(field, "3.0") == {"allOf": [{"$ref": "#/components/schemas/User"}], "description": "Who"}


@pytest.mark.parametrize(("value", "written"), [((), []), (0, 0), ("", ""), (None, None), (False, False)])
def test_a_default_that_looks_like_nothing_is_written(value: object, written: object) -> None:
    assert described(Field("a", Scalar("any"), True, Default(value)), "3.1")["default"] == written  # type: ignore[arg-type] # any literal


@pytest.mark.parametrize("kind", [Nullable(USER), Nullable(Union((USER, Scalar("int"))))])
def test_a_default_of_null_is_left_out_where_it_could_be_meant_twice(kind: Type) -> None:
    assert "default" not in described(Field("a", kind, True, Default(None)), "3.1")


def test_only_fields_that_are_not_optional_are_required() -> None:
    kind = Object((Field("a", Scalar("int")), Field("b", Scalar("int"), True)))
    assert schema(kind, "3.1")["required"] == ["a"]
    assert "required" not in schema(Object((Field("b", Scalar("int"), True),)), "3.1")


def test_the_old_dialect_has_its_own_words_for_bytes() -> None:
    assert schema(Scalar("bytes"), "3.0") == {"type": "string", "format": "byte"}
    assert schema(Scalar("binary"), "3.0") == {"type": "string", "format": "binary"}
    assert schema(Scalar("binary"), "3.1") == {"contentMediaType": "application/octet-stream"}


def test_a_union_with_any_is_any() -> None:
    union = Union((Scalar("string"), Scalar("any")))
    assert schema(union, "3.1") == schema(Nullable(union), "3.1") == schema(Nullable(union), "3.0") == {}
