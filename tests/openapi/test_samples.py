"""A schema from samples: each of them is valid against it, and it says no more than they do."""

from __future__ import annotations

import json
import random
import string
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from photon.errors import InvalidSpec
from photon.openapi.components import render_components
from photon.openapi.samples.inferred import ENOUGH, component_name, infer
from photon.openapi.samples.reading import read_samples
from photon.openapi.samples.shape import MAX_DEPTH
from photon.sketch.write import write_type


def lines(*samples: Any, name: str = "Thing") -> list[str]:
    """What is inferred, in the notation."""
    return [f"{each.name} = {write_type(each.type)}" for each in infer(samples, name).components]


def only(*values: Any, field: str = "x") -> str:
    """The type of a field that has these values in as many samples."""
    (line,) = lines(*({field: value} for value in values))
    return line.removeprefix(f"Thing = {{ {field}: ").removesuffix(" }")


def schema_of(samples: list[Any]) -> dict[str, Any]:
    document = render_components(infer(samples, "Thing").components, "3.1").document
    return {"$ref": "#/components/schemas/Thing", **document}


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "int"),
        ([1, 2.5], "number"),
        ([1.0], "number"),
        ([True, False], "bool"),
        (["a", "b"], "string"),
        ([None, 3], "int | null"),
        ([None], "any"),
        ([1, "a"], "string | int"),
        ([1, True, None], "int | bool | null"),
        ([[1, 2], []], "int[]"),
        ([[1, "a", None]], "(string | int | null)[]"),
        ([[]], "any[]"),
        ([{}], "object"),
        ([{"a": 1}, {"b": "x"}], "{ a?: int, b?: string }"),
    ],
)
def test_types_are_merged_over_all_samples(values: list[Any], kind: str) -> None:
    assert only(*values) == kind


def test_a_field_that_some_samples_lack_is_optional_and_null_is_something_else() -> None:
    assert lines({"a": 1, "b": None}, {"a": None}) == ["Thing = { a: int | null, b?: any }"]


def test_what_the_samples_do_not_tell_is_noted() -> None:
    assert infer([{"a": None, "b": [], "c": [1, "x"]}], "Thing").notes == (
        "Thing.a is null in every sample: wrote any type",
        "Thing.b is an empty list in every sample: wrote items of any type",
        "Thing.c[] has values of several kinds: wrote oneOf",
    )


@pytest.mark.parametrize("sample", [3, "x", None, [1, 2], True])
def test_a_sample_need_not_be_an_object(sample: Any) -> None:
    Draft202012Validator(schema_of([sample])).validate(sample)


# -- formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["6ba7b810-9dad-11d1-80b4-00c04fd430c8"], "uuid"),
        (["2024-02-29"], "date"),
        (["2023-02-29"], "string"),
        (["2024-02-29T10:00:00Z", "2024-02-29T10:00:00.5+02:00"], "datetime"),
        (["2024-02-29T10:00:00"], "string"),  # RFC 3339 wants an offset
        (["2024-02-29T10:00:00Z", "2024-02-29"], "string"),
        (["a@b.example"], "email"),
        (["a@b.example", ""], "string"),
        (["https://a.example/x?y=1", "mailto:a@b.example"], "uri"),
        (["key:value"], "string"),
        (["10.0.0.1"], "ipv4"),
        (["1.2.3"], "string"),
        (["::1", "2001:db8::1"], "ipv6"),
        (["PT5M", "P1DT2H"], "duration"),
        (["P"], "string"),
        (["SGVsbG8gd29ybGQhIQ=="], "bytes"),
        (["helloworldabcdef"], "string"),
        (["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"], "jwt"),
    ],
)
def test_a_format_is_stated_where_every_string_has_it(values: list[str], kind: str) -> None:
    assert only(*values) == kind


# -- enums ------------------------------------------------------------------------------------------------------------


def test_few_words_that_repeat_often_enough_are_an_enum() -> None:
    states = ["open", "closed"] * (ENOUGH // 2)
    assert only(*states, field="status") == '"open" | "closed"'
    assert only(*states[:-1], field="status") == "string"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (["open"] * 19 + ["closed"], "status"),  # one of them was seen only once: more may come
        (["open"] * 20, "status"),
        ([*"abcdefgh"] * 2, "status"),
        (["Anna", "Bob"] * 10, "firstName"),
        (["DE", "FR"] * 10, "countryCode"),
        (["two words", "of text"] * 10, "status"),
    ],
)
def test_no_enum_is_stated_where_more_values_may_come(values: list[str], field: str) -> None:
    assert only(*values, field=field) == "string"


# -- maps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"2024-01-01": 1, "2024-01-02": 2.5}, "map<number>"),
        ({"cus_9s6XKz": "a", "cus_7d8AAb": "b"}, "map<string>"),
        ({"6ba7b810-9dad-11d1-80b4-00c04fd430c8": True}, "map<bool>"),
        ({"1": "a", "2": 5}, '{ "1": string, "2": int }'),
        ({"a1": 1, "b2": 2}, "{ a1: int, b2: int }"),
    ],
)
def test_keys_that_are_ids_make_a_map(value: dict[str, Any], kind: str) -> None:
    assert only(value).replace('"1"', '"1"') in (kind, kind.replace('"', ""))


def test_many_keys_with_the_same_fields_behind_them_make_a_map() -> None:
    names = "paris rome oslo bern wien prag riga bonn".split()
    assert lines({"cities": {name: {"lat": 1.5, "mayor": "x"} for name in names}})[0] == "Thing = { cities: map<City> }"


def test_an_object_with_hundreds_of_names_is_a_map_and_bounded() -> None:
    assert only({f"key{number}x": number for number in range(2_000)}) == "map<int>"


# -- components -------------------------------------------------------------------------------------------------------

HOME = {"street": "a", "city": "b", "zip": "1"}


def test_an_object_at_several_places_is_one_component() -> None:
    found = lines({"homeAddress": HOME, "workAddress": {**HOME, "state": "CA"}}, {"homeAddress": HOME, "workAddress": None})
    assert found == [
        "Thing = { homeAddress: Address, workAddress: Address | null }",
        "Address = { street: string, city: string, zip: string, state?: string }",
    ]


def test_things_that_only_have_an_id_and_a_name_are_not_the_same() -> None:
    assert len(lines({"owner": {"id": 1, "name": "a"}, "category": {"id": 2, "name": "b"}})) == 1


@pytest.mark.parametrize(
    ("sample", "name", "found"),
    [
        ({"lines": [{"sku": "a"}]}, "Order", "Line = { sku: string }"),
        ({"data": [{"sku": "a"}]}, "UserPage", "User = { sku: string }"),
        ({"items": [{"sku": "a"}]}, "Cart", "CartItem = { sku: string }"),
        ([{"sku": "a"}], "Users", "User = { sku: string }"),
    ],
)
def test_the_items_of_lists_are_named_after_them(sample: Any, name: str, found: str) -> None:
    assert lines(sample, name=name)[1] == found


def test_a_tree_refers_to_itself() -> None:
    tree = {"id": 1, "name": "a", "children": [{"id": 2, "name": "b", "children": [{"id": 3, "name": "c"}]}]}
    assert lines(tree, name="Node") == ["Node = { id: int, name: string, children?: Node[] }"]


def test_names_that_are_taken_are_left_alone() -> None:
    assert [each.name for each in infer([{"pets": [{"sku": 1}]}], "Owner", taken=["Pet"]).components] == ["Owner", "Pet2"]


@pytest.mark.parametrize(
    ("text", "name"), [("users", "User"), ("order-line", "OrderLine"), ("2024", "Example"), ("", "Example")]
)
def test_a_file_gives_the_schema_its_name(text: str, name: str) -> None:
    assert component_name(text) == name


# -- every sample is valid --------------------------------------------------------------------------------------------

NAMES = [
    "id",
    "name",
    "status",
    "children",
    "items",
    "homeAddress",
    "workAddress",
    "createdAt",
    "a b",
    "",
    "$ref",
    "2024-01-01",
]
TEXTS = ["open", "closed", "", "2024-01-01", "2024-01-01T00:00:00Z", "a@b.example", "10.0.0.1", "ünï", "x" * 50, "\u0000"]


def anything(dice: random.Random, depth: int = 0) -> Any:
    kind = dice.randrange(8 if depth < 4 else 5)
    if kind == 0:
        return dice.choice([None, True, False])
    if kind == 1:
        return dice.randrange(-5, 1_000)
    if kind == 2:
        return dice.choice([0.5, 2.0, -1e30])
    if kind in (3, 4):
        return dice.choice(TEXTS)
    if kind == 5:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(4))]
    names = NAMES if dice.random() < 0.9 else [f"{dice.randrange(10**8, 10**9)}" for _ in range(5)]
    return {name: anything(dice, depth + 1) for name in dice.sample(names, dice.randrange(min(6, len(names))))}


@pytest.mark.parametrize("seed", range(120))
def test_every_sample_is_valid_against_what_is_inferred_from_it(seed: int) -> None:
    dice = random.Random(seed)
    samples = [anything(dice) for _ in range(dice.choice([1, 2, 5, 30]))]
    schema = schema_of(samples)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for sample in samples:
        assert not list(validator.iter_errors(sample)), (sample, schema)


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['{"a":1}\n{"a":2}\n', '{"a":1} {"a":2}', '\ufeff{\n"a": 1}\r\n\r\n{"a": 2}', '\x1e{"a":1}\n\x1e{"a":2}']
)
def test_several_documents_may_follow_each_other(text: str) -> None:
    assert list(read_samples(text.encode(), None)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "<stdin> is empty"),
        (b"  \n", "<stdin> is empty"),
        (b'{"a": 1', "<stdin>:1:8 is no JSON: expecting ',' delimiter"),
        (b'{"a": 1}\n{"b": NaN}', "<stdin>:2:7 NaN is no JSON"),
        (b'{"a": -Infinity}', "<stdin>:1:7 -Infinity is no JSON"),
        (b'{"a": {"b": 1,\n "b": 2}}', "<stdin>:2:2 the key 'b' stands twice in one object"),
        (b'{"a": "\xff"}', "<stdin>:1 is not UTF-8 text"),
        ("{}".encode("utf-16"), "<stdin> is UTF-16, not UTF-8"),
        (b"[" * 100_000, "<stdin>:1:1 is nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "<stdin>:1:7 a number has too many digits"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        list(read_samples(data, None))
    assert caught.value.message == message


def test_what_is_nested_deeper_than_any_api_is_refused() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    with pytest.raises(InvalidSpec, match=f"more than {MAX_DEPTH} levels"):
        infer([deep], "Thing")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photon.openapi.samples.reading.MAX_BYTES", 10)
    with pytest.raises(InvalidSpec, match="larger than"):
        list(read_samples(b'{"a": "aaaaaaaaa"}', None))


def test_many_samples_with_many_fields_take_a_bounded_time() -> None:
    letters = string.ascii_lowercase
    samples = [{f"{one}{other}{number % 7}": number for one in letters for other in "abc"} for number in range(300)]
    assert json.dumps(render_components(infer(samples, "Thing").components, "3.1").document)


def test_currencies_and_languages_as_keys_are_data() -> None:
    assert only({"EUR": 1.5, "USD": 1}) == "map<number>"
    assert only({"en": "Hello", "de": "Hallo", "pt-BR": "Olá"}) == "map<string>"
    assert only({"en": "Hello"}) == "{ en: string }", "one is no proof"
    assert only({"en": "Hello", "id": "7"}) == "{ en: string, id: string }"
    assert only({"EUR": 1, "USD": "none"}) == "{ EUR: int, USD: string }"
