"""The types of the notation, how they are mended, and what they can't be."""

from __future__ import annotations

import pytest
from hypothesis import given
from sketches import babble, mended, type_of, types

from photon.sketch.model import Array, Default, Enum, Field, Map, Nullable, Object, Ref, Scalar, Type, Union
from photon.sketch.scan import Unreadable
from photon.sketch.types import TypeReader
from photon.sketch.unions import NULL, united

USER, INT, STRING = Ref("User"), Scalar("int"), Scalar("string")


def read(text: str, *, known: tuple[str, ...] = ()) -> tuple[Type, list[str]]:
    """(the type, what was mended)."""
    repairs: list[str] = []
    reader = TypeReader(text, repair=repairs.append, known=known)
    kind = reader.read_type()
    reader.end()
    return kind, repairs


def field(text: str) -> tuple[Field, list[str]]:
    """(the only field of an object, what was mended)."""
    kind, repairs = read("{ " + text + " }")
    assert isinstance(kind, Object) and len(kind.fields) == 1
    return kind.fields[0], repairs


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", INT),
        ("int(1..5)", Scalar("int", 1, 5)),
        ("int(-5..)", Scalar("int", -5)),
        ("number(0.5..1.5)", Scalar("number", 0.5, 1.5)),
        ("string(..64)", Scalar("string", None, 64)),
        ("string(/a(b|c)/)", Scalar("string", pattern="a(b|c)")),
        ("string(1..3)(/^a+$/)", Scalar("string", 1, 3, "^a+$")),
        ("User[]", Array(USER)),
        ("User[][]", Array(Array(USER))),
        ("User[](1..10)", Array(USER, 1, 10)),
        ("(int | User)[]", Array(Union((INT, USER)))),
        ("map<int>", Map(INT)),
        ("map<map<User[]>>", Map(Map(Array(USER)))),
        ('"a" | "b"', Enum(("a", "b"))),
        ("0 | 90 | 1.5 | -1", Enum((0, 90, 1.5, -1))),
        ("true | false", Enum((True, False))),
        ("int | null", Nullable(INT)),
        ('"a" | null | "b"', Nullable(Enum(("a", "b")))),
        ("User | int | null", Nullable(Union((USER, INT)))),
        ('User | "a" | int | "b"', Union((Enum(("a", "b")), USER, INT))),
        ("(User | null) | int", Nullable(Union((USER, INT)))),
        ("User | User", USER),
        ("{}", Scalar("object")),
        ("{ a: { b: int } }", Object((Field("a", Object((Field("b", INT),))),))),
        ("v1.User-Name_2", Ref("v1.User-Name_2")),
    ],
)
def test_a_type_is_read(text: str, kind: Type) -> None:
    assert read(text, known=("v1.User-Name_2",)) == (kind, [])


@pytest.mark.parametrize(
    ("text", "kind", "repair"),
    [
        ("integer", INT, "read 'integer' as int"),
        ("Boolean", Scalar("bool"), "read 'Boolean' as bool"),
        ("date-time", Scalar("datetime"), "read 'date-time' as datetime"),
        ("url", Scalar("uri"), "read 'url' as uri"),
        ("array", Array(Scalar("any")), "read 'array' as any[]"),
        ("List<User>", Array(USER), "read Array<T> as T[]"),
        ("[User]", Array(USER), "read [T] as T[]"),
        ("asc | desc", Enum(("asc", "desc")), "put quotes around the values of an enum"),
        ('asc | "desc" | int', Enum(("asc", "desc", "int")), "put quotes around the values of an enum"),
        ("asc | null | desc", Nullable(Enum(("asc", "desc"))), "put quotes around the values of an enum"),
        ("720p", Enum(("720p",)), "put quotes around '720p'"),
        ("foo", STRING, "read the unknown type 'foo' as string"),
        ("null", Scalar("any"), "read null alone as any"),
        ("int(5)", Scalar("int", None, 5), "read (5) as a maximum"),
        ("int(5..1)", Scalar("int", 1, 5), "swapped the limits 5..1"),
        ("int(0.5..)", INT, "dropped limits that this type cannot have"),
        ("bool(1..2)", Scalar("bool"), "dropped limits that this type cannot have"),
        ("uuid(/x/)", Scalar("uuid"), "dropped a pattern that this type cannot have"),
        ("string(-1..)", STRING, "dropped limits that this type cannot have"),
        ("string(/(/)", STRING, "dropped a pattern that is not a regular expression"),
        ("string(max 5)", STRING, "dropped limits that cannot be read"),
        ("(int", INT, "closed a ')' that was left open"),
        ("map<int", Map(INT), "closed a '>' that was left open"),
        ("map<string, int>", Map(INT), None),
        ("int }", INT, "dropped a surplus '}'"),
        ("int // the number", INT, "dropped a comment"),
    ],
)
def test_a_slip_is_mended_and_counted(text: str, kind: Type, repair: str | None) -> None:
    assert read(text) == (kind, [repair] if repair else [])


@pytest.mark.parametrize(
    ("text", "field_", "repairs"),
    [
        ("a?: int", Field("a", INT, True), []),
        ("a ?: int = 5", Field("a", INT, True, Default(5)), []),
        ('a: int "In years"', Field("a", INT, description="In years"), []),
        ('a?: int = 5 "In years"', Field("a", INT, True, Default(5), "In years"), []),
        ('a?: int "In years" = 5', Field("a", INT, True, Default(5), "In years"), []),
        ('a: "x" "y"', Field("a", Enum(("x",)), description="y"), []),
        ("'it is': int", Field("it is", INT), []),
        ('"a\\"b\\u00e9": int', Field('a"bé', INT), []),
        ("`a b`: int", Field("a b", INT), []),
        ("filter[status]: int", Field("filter[status]", INT), []),
        ("@type: int", Field("@type", INT), []),
        ("größe: int", Field("größe", INT), []),
        ("a: int = 5", Field("a", INT, True, Default(5)), ["made 'a' optional, because it has a default"]),
        ("a: int?", Field("a", INT, True), ["moved the '?' of 'a' behind its name"]),
        ("a", Field("a", STRING), ["read 'a' without a type as string"]),
        ("email", Field("email", Scalar("email")), ["read 'email' without a type as email"]),
        ("a?: int =", Field("a", INT, True), ["dropped an empty default"]),
        ("a?: object = { x: 1 }", Field("a", Scalar("object"), True), ["dropped an object as a default"]),
        ("a?: string[] = [1, 2]", Field("a", Array(STRING), True), ["dropped a list as a default"]),
        ("a?: string[] = []", Field("a", Array(STRING), True, Default(())), []),
        ("...rest, a: int", Field("a", INT), ["dropped '...rest'"]),
        ("! a: int", Field("a", INT), None),
        ("a: int; ,", Field("a", INT), []),
        ("a: int, a: string", Field("a", INT), ["dropped a second 'a'"]),
        ("a: int // why\n", Field("a", INT), ["dropped a comment"]),
    ],
)
def test_a_field_is_read(text: str, field_: Field, repairs: list[str] | None) -> None:
    if repairs is None:
        field_ = Field("!", STRING)
        kind, found = read("{ " + text + " }")
        assert isinstance(kind, Object) and kind.fields == (field_, Field("a", INT)) and len(found) == 1
    else:
        assert field(text) == (field_, repairs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a type, found the end of the line"),
        ("| int", "a type, found '| int'"),
        ("int int", "nothing after the type, found 'int'"),
        ("{ a: }", "a type, found '}'"),
        ("9" * 41, "a number of reasonable size"),
        ("1e999", "a number of reasonable size"),
        ("number(0.." + "9" * 400 + ")", "a number of reasonable size"),
    ],
)
def test_what_has_no_certain_meaning_is_refused(text: str, expected: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.expected == expected


@given(babble)
def test_any_text_is_a_type_or_unreadable(text: str) -> None:
    try:
        kind, _ = read(text)
    except Unreadable:
        return
    assert NULL not in set(Object((Field("a", kind),)).fields)
    hash(kind)


@given(types)
def test_uniting_is_idempotent(kind: Type) -> None:
    assert united([kind]) == kind
    assert united([kind, kind]) == kind
    assert united([kind, NULL]) in (kind, Nullable(kind))


@pytest.mark.parametrize(
    ("text", "values"), [('true | "a"', ("true", "a")), ("1 | true", ("1", "true")), ('1 | "a"', ("1", "a"))]
)
def test_an_enum_of_mixed_literals_is_one_of_strings(text: str, values: tuple[str, ...]) -> None:
    assert type_of(text) == Enum(values)


def test_whole_numbers_stay_exact() -> None:
    assert type_of("12345678901234567890") == Enum((12345678901234567890,))


def test_a_warning_of_the_pattern_compiler_reaches_nobody(recwarn: pytest.WarningsRecorder) -> None:
    read("string(/[[a]/)")
    assert list(recwarn) == []


def test_a_repair_inside_a_line_is_counted_with_the_line() -> None:
    _, repairs = mended("GET /x\n\n200: { a: integer, b: Array<boolean> }\n")
    assert repairs == ["line 3: read 'integer' as int", "line 3: read 'boolean' as bool", "line 3: read Array<T> as T[]"]
