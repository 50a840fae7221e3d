"""A default never contradicts its type."""

from __future__ import annotations

import pytest
from sketches import parsed

from photon.sketch.defaults import fit_default
from photon.sketch.model import Array, Default, Enum, Map, Nullable, Object, Ref, Scalar, Type, Union, Value


def fitted(value: Value, kind: Type) -> tuple[Value | str, int]:
    """(the default, or 'dropped'; how many repairs)."""
    repairs: list[str] = []
    default = fit_default(value, kind, repairs.append)
    return default.value if default else "dropped", len(repairs)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (5, Scalar("int", 1, 5)),
        (1.5, Scalar("number")),
        (2, Scalar("number")),
        (True, Scalar("bool")),
        ("abc", Scalar("string", 3, 3)),
        ("x", Scalar("any")),
        (None, Nullable(Scalar("int"))),
        (7, Nullable(Scalar("int"))),
        ("b", Enum(("a", "b"))),
        (90, Enum((0, 90))),
        ((), Array(Scalar("int"))),
        (1, Union((Scalar("string"), Scalar("int")))),
        ("2024-05-01", Scalar("date")),
        ("2024-05-01T10:00:00Z", Scalar("datetime")),
        ("2024-05-01t10:00:00.5+02:00", Scalar("datetime")),
        ("10:30:00Z", Scalar("time")),
        ("P1DT2H", Scalar("duration")),
        ("P3W", Scalar("duration")),
        ("https://a.b/c", Scalar("uri")),
        ("a@b.c", Scalar("email")),
        ("127.0.0.1", Scalar("ipv4")),
        ("::1", Scalar("ipv6")),
        ("123e4567-e89b-12d3-a456-426614174000", Scalar("uuid")),
    ],
)
def test_what_fits_stays(value: Value, kind: Type) -> None:
    assert fitted(value, kind) == (value, 0)


@pytest.mark.parametrize(
    ("value", "kind", "result"),
    [
        ("5", Scalar("int"), 5),
        ("5.5", Scalar("number"), 5.5),
        ("True", Scalar("bool"), True),
        (5, Scalar("string"), "5"),
        (False, Scalar("string"), "false"),
        (1, Enum(("1", "2")), "1"),
        ("90", Enum((0, 90)), 90),
    ],
)
def test_what_can_be_meant_is_mended_and_counted(value: Value, kind: Type, result: Value) -> None:
    found, repairs = fitted(value, kind)
    assert (found, type(found), repairs) == (result, type(result), 1)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (6, Scalar("int", 1, 5)),
        (1.5, Scalar("int")),
        (True, Scalar("int")),
        ("inf", Scalar("number")),
        ("nan", Scalar("number")),
        ("ab", Scalar("string", 3)),
        ("a", Scalar("string", pattern="^b$")),
        (None, Scalar("int")),
        ("c", Enum(("a", "b"))),
        (True, Enum((1, 0))),
        ((), Array(Scalar("int"), 1)),
        ((), Scalar("string")),
        ("x", Ref("User")),
        (1, Union((Scalar("number"), Scalar("int")))),
        ("x", Object(())),
        ("x", Map(Scalar("string"))),
        ("x", Scalar("object")),
        ("now", Scalar("date")),
        ("20240501", Scalar("date")),
        ("2024-02-30", Scalar("date")),
        ("2024-05-01", Scalar("datetime")),
        ("2024-05-01T10:00:00", Scalar("datetime")),
        ("10", Scalar("time")),
        ("P", Scalar("duration")),
        ("PT", Scalar("duration")),
        ("Paris", Scalar("duration")),
        ("not a uri", Scalar("uri")),
        ("nobody", Scalar("email")),
        ("::1", Scalar("ipv4")),
        ("256.0.0.1", Scalar("ipv4")),
        ("127.0.0.1", Scalar("ipv6")),
        ("{123e4567e89b12d3a456426614174000}", Scalar("uuid")),
    ],
)
def test_what_cannot_be_of_the_type_is_dropped_and_counted(value: Value, kind: Type) -> None:
    assert fitted(value, kind) == ("dropped", 1)


def test_the_repair_says_what_was_dropped() -> None:
    sketch, repairs = parsed("GET /x\nquery: { page?: int = soon }\n")
    assert sketch.query[0].default is None
    assert [str(repair) for repair in repairs] == ["line 2: dropped the default 'soon', which is not of the type"]


def test_a_default_of_null_is_a_default() -> None:
    sketch, _ = parsed("GET /x\nquery: { page?: int | null = null }\n")
    assert sketch.query[0].default == Default(None)
