"""What a scalar means, and where a text stops being YAML or JSON."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from photon.errors import ExitCode, InvalidSpec
from photon.openapi.source.source import MAX_BYTES, Position, excerpt, read_source, source_of


def value_of(text: str, name: str = "x.yaml") -> Any:
    return source_of(text.encode(), Path(name)).root


def refusal(data: str | bytes, name: str = "x.yaml") -> InvalidSpec:
    with pytest.raises(InvalidSpec) as caught:
        source_of(data.encode() if isinstance(data, str) else data, Path(name))
    assert caught.value.message.isprintable()
    assert caught.value.excerpt.replace("\n", "").isprintable()
    assert caught.value.exit_code is ExitCode.INVALID_SPEC
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("2024-05-01", "2024-05-01"), ("12:30", "12:30"), ("1_000", "1_000"),
        ("0o17", 15), ("0x1F", 31), ("017", 17), ("-7", -7), ("+7", 7), ("1e3", 1000.0), (".5", 0.5), ("1.", 1.0),
        ("3.10", 3.1), ("3.1.0", "3.1.0"), ("x\ufeffy", "x\ufeffy"),
        (".inf", math.inf), ("-.Inf", -math.inf), ("~", None), ("null", None), ("", None), ("true", True),
        ("False", False), ("tRUE", "tRUE"), ("'1'", "1"), ('"true"', "true"), ("!!str 1", "1"), ("! 1", "1"), ("!!int '7'", 7),
        ("!custom 7", "7"), ("=", "="), ("!!binary aGk=", "aGk="), ("9" * 5000, "9" * 5000), ("é", "é"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: Any) -> None:
    found = value_of(f"a: {text}\n")["a"]
    assert found == value
    assert type(found) is type(value)


def test_not_a_number_is_read_as_such() -> None:
    assert math.isnan(value_of("a: .nan")["a"])


def test_keys_are_strings_and_the_spelling_of_a_plain_one_is_remembered() -> None:
    root = value_of('200: a\n"404": b\ndefault: c\ntrue: d\n~: e\n1.5: f\n')
    assert list(root) == ["200", "404", "default", "true", "null", "1.5"]
    assert root.plain == {"200": 200, "true": True, "null": None, "1.5": 1.5}


def test_a_merge_key_brings_in_what_is_not_there_and_several_are_tried_in_order() -> None:
    root = value_of("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\nw:\n  <<: 5\n")
    assert root["z"] == {"a": 0, "b": 1, "c": 2}
    assert root["w"] == {"<<": 5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        ('{\t"a"\t:\t1\t}', {"a": 1}),
        ('\r\n{"a":[],"b":{}, "c" : [ 1 , -2.5e3 , true , null ] }\r\n', {"a": [], "b": {}, "c": [1, -2500.0, True, None]}),
        (r'{"\u0061\n": "\/"}', {"a\n": "/"}),
        ('["\x7f\x85"]', ["\x7f\x85"]),
        ("17", 17),
    ],
)
def test_json_is_read_as_json(text: str, value: Any) -> None:
    assert value_of(text, "x.json") == value


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('{"a": 1,}', (1, 9), "a key in double quotes is missing"),
        ('{"a": 1 "b": 2}', (1, 9), "a comma or a closing brace is missing"),
        ('{"a": [1 2]}', (1, 10), "a comma or a closing bracket is missing"),
        ('{"a": [1}', (1, 9), "a comma or a closing bracket is missing"),
        ('{"a" 1}', (1, 6), "a colon is missing after the key"),
        ('{"a": }', (1, 7), "a value is missing"),
        ('{"a": tru}', (1, 7), "a value is missing"),
        ('{"a": 01}', (1, 8), "a comma or a closing brace is missing"),
        ('{"a": NaN}', (1, 7), "a value is missing"),
        ('{\n "a": "x\ny"}', (2, 9), "invalid control character at"),
        ('{"a": "\\x"}', (1, 8), "invalid \\escape"),
        ('{"a": "\\ud800"}', (1, 7), "half a surrogate pair"),
        ('{"a": "', (1, 7), "unterminated string"),
        ('{"a": ', (1, 7), "the document ends in the middle"),
        ('{"a": 1', (1, 8), "a comma or a closing brace is missing"),
        ('{"a": 1} x', (1, 10), "there is more after the end"),
        ("", (1, 1), "the document ends in the middle"),
        ("[" * 300, (1, 201), "nested more than 200 levels deep"),
        ("[" + "9" * 4001 + "]", (1, 2), "too many digits"),
        ('{"a": 1} \x00', (1, 10), "there is more after the end"),
    ],
)
def test_what_is_no_json_is_refused_with_the_place(text: str, place: tuple[int, int], said: str) -> None:
    error = refusal(text, "x.json")
    assert (error.line, error.column) == place
    assert error.message.startswith("x.json:{}:{} ".format(*place))
    assert said in error.message


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: b: c\n", (1, 5), "mapping values are not allowed"),
        ("a: [1\nb: 2\n", (2, 2), "did not find expected ',' or ']'"),
        ("a:\n\t- b\n", (2, 1), "a tab stands here, with which YAML cannot be indented: write spaces in its place"),
        ("a:\n  b: 1\n  \tc: 2\n", (3, 3), "write spaces"),
        ("a: |\n  text\n\tmore\n", (3, 1), "write spaces"),
        ("a: 'x\n", (1, 4), "found unexpected end of stream"),
        ("a: *x\n", (1, 4), "there is no anchor &x before the alias *x"),
        ("a: &x\n  b: *x\n", (2, 6), "the alias *x stands inside of what it repeats"),
        ("a: 1\n---\nb: 2\n", (2, 1), "there is a second document in the file"),
        ("? {a: 1}\n: b\n", (1, 3), "a mapping or a list cannot be a key here"),
        ("a: \x07\n", (1, 4), "a character that YAML does not allow"),
        ("a: \x00\n", (1, 4), "a character that YAML does not allow"),
        ("a: %\n  b\n", (1, 4), "found character that cannot start any token"),
        ('a: "\\q"\n', (1, 5), "found unknown escape character"),
        ("a: " + "[" * 300, (1, 203), "nested more than 200 levels deep"),
        ("- " * 300, (1, 401), "nested more than 200 levels deep"),
        ("<<<<<<< HEAD\na: 1\n=======\n", (2, 2), "mapping values are not allowed"),
    ],
)
def test_what_is_no_yaml_is_refused_with_the_place(text: str, place: tuple[int, int], said: str) -> None:
    error = refusal(text)
    assert said in error.message
    assert (error.line, error.column) == place
    assert f"{place[0]} | " in error.excerpt


def test_aliases_may_not_nest_without_end() -> None:
    levels = ["a0: &a0 " + "[" * 100 + "]" * 100]
    levels += [f"a{n}: &a{n} " + "[" * 90 + f"*a{n - 1}" + "]" * 90 for n in range(1, 3)]
    error = refusal("\n".join(levels))
    assert "its aliases, written out, are nested more than 200 levels deep" in error.message
    assert value_of("a: &a [1]\nb: &b [*a]\nc: [*b, *b]\n")["c"] == [[[1]], [[1]]]


def test_aliases_may_not_blow_up() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 20)]
    assert "written out, are more than 5,000,000 values" in refusal("\n".join(levels)).message


def test_a_key_that_stands_twice_is_told_with_both_places() -> None:
    for text in ("a: 1\nb: 2\na: 3\n", '{"a": 1,\n"b": 2,\n"a": 3}'):
        source = source_of(text.encode(), None)
        (found,) = source.duplicates
        assert (found.key, source.position(found.first).line, source.position(found.again).line) == ("a", 1, 3)
        assert source.root["a"] == 3
    assert [each.key for each in source_of(b"200: a\n'200': b\n", None).duplicates] == ["200"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("openapi: 3.1.0\n".encode("utf-16"), "x.yaml is UTF-16, not UTF-8"),
        ("openapi: 3.1.0\n".encode("utf-16-be"), "a character that YAML does not allow"),
        ("a: b\nname: Zoë\n".encode("latin-1"), "x.yaml:2 is not UTF-8 text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "x.yaml:1 is not UTF-8 text"),
        (b"\x00" * 100, "a character that YAML does not allow"),
        (b" " * (MAX_BYTES + 1), "x.yaml is larger than 64 MiB"),
    ],
)
def test_what_is_no_utf_8_text_or_too_much_of_it_is_refused(data: bytes, said: str) -> None:
    assert said in refusal(data).message


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yaml", tmp_path / ("x" * 300)):
        with pytest.raises(InvalidSpec, match=r"^cannot read ") as caught:
            read_source(path)
        assert "Errno" not in caught.value.message


def test_an_excerpt_points_below_the_place_and_obeys_no_control_character() -> None:
    source = source_of("a: 1\nb: 日本\tx \u202e\x85 y\n".encode(), None)
    lines = excerpt(source, Position(2, 8)).split("\n")
    assert lines == ["1 | a: 1", "2 | b: 日本 x \ufffd\ufffd y", "  |          ^"]
    wide = source_of(("a: [" + "x, " * 1000 + "]").encode(), None)
    first, caret = excerpt(wide, Position(1, 1500)).split("\n")
    assert len(first) <= 104
    assert first[len(caret) - 1] == wide.text[1499]


@pytest.mark.parametrize(("text", "newline"), [("a\r\nb\n", "\r\n"), ("a\rb", "\r"), ("a\nb\r\n", "\n"), ("a", "\n")])
def test_the_line_end_of_a_file_is_that_of_its_first_line(text: str, newline: str) -> None:
    assert source_of(text.encode(), None).newline == newline


def test_a_line_that_is_not_there_is_refused() -> None:
    source = source_of(b"a: 1\n", Path("x.yaml"))
    assert source.offset(Position(1, 99)) == 4
    for line in (0, 3):
        with pytest.raises(InvalidSpec, match=f"x.yaml has 2 lines, not {line}"):
            source.offset(Position(line, 1))
