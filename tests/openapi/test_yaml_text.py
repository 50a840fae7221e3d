"""YAML that every reader reads alike, and that shows nothing invisible."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from sketches import HOSTILE, sketches

from photon.openapi.document import Rendering, render
from photon.openapi.yaml_text import scalar, yaml_lines, yaml_text
from photon.sketch.model import Sketch

READERS = {
    "PyYAML": yaml.safe_load,
    "libyaml": lambda text: yaml.load(text, yaml.CSafeLoader),
    "YAML 1.2": lambda text: _ruamel((1, 2)).load(text),
    "YAML 1.1": lambda text: _ruamel((1, 1)).load(text),
}


def _ruamel(version: tuple[int, int]) -> YAML:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader


_encodable = st.text(st.characters(codec="utf-8"))
_scalars = (
    _encodable | st.sampled_from(HOSTILE) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)
_prose = st.lists(st.text("ab #:-|>%'\"\\é.", max_size=6), min_size=2, max_size=4).map("\n".join)
_values = st.recursive(
    _scalars | _prose | st.none(),
    lambda inner: (
        st.dictionaries(_encodable, inner, max_size=3)
        | st.lists(inner.filter(lambda each: not isinstance(each, list)), max_size=3)
    ),
    max_leaves=8,
)
mappings = st.dictionaries(_encodable, _values, min_size=1, max_size=4)


@pytest.mark.parametrize("reader", READERS)
@given(value=mappings)
def test_what_is_written_is_read_back_by_every_reader(reader: str, value: dict[str, Any]) -> None:
    assert READERS[reader](yaml_text(value)) == value


@given(mappings)
def test_nothing_invisible_is_written(value: dict[str, Any]) -> None:
    assert all(char == "\n" or char.isprintable() for char in yaml_text(value))


@given(sketches())
def test_a_rendered_document_is_read_back(sketch: Sketch) -> None:
    document = render(sketch, Rendering(scope="document")).document
    text = yaml_text(document)
    assert READERS["libyaml"](text) == document
    assert all(char == "\n" or char.isprintable() for char in text)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text", [*HOSTILE, "abc\n", "\n", " a", "a ", "a\tb", "=", "<<", "- a", "012", "1_000", "0o7", "on", "No", ""]
)
def test_a_hostile_string_stays_a_string(reader: str, text: str) -> None:
    assert READERS[reader](yaml_text({"a": text, "b": [text]})) == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("List users", "List users"),
        ("/users/{id}", "/users/{id}"),
        ("/users/{id}:cancel", "/users/{id}:cancel"),
        ("about:blank", "about:blank"),
        ("Invalid page, or limit", "Invalid page, or limit"),
        ("{id}", "'{id}'"),
        ("a:", "'a:'"),
        ("/users", "/users"),
        ("it's", "it's"),
        ("'tis", "'''tis'"),
        ("200", "'200'"),
        ("1e3", "'1e3'"),
        ("yes", "'yes'"),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("é", "'é'"),
        ("a\nb", '"a\\nb"'),
        ("\t\r\x0b", '"\\t\\r\\x0b"'),
        ("\\\x1b", '"\\\\\\x1b"'),
        ("👩\u200d💻", '"👩\\u200d💻"'),
        ("\U000e0001", '"\\U000e0001"'),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        (1e16, "1.0e+16"),
        (1.5e-7, "1.5e-07"),
    ],
)
def test_a_scalar_is_plain_where_every_reader_agrees_and_quoted_elsewhere(value: Any, written: str) -> None:
    assert scalar(value) == written


def test_text_of_several_lines_is_a_literal_block() -> None:
    text = "First: it's a line.\n\n  - indented # no comment\nThe last."
    lines = ["First: it's a line.", "", "  - indented # no comment", "The last."]
    assert yaml_text({"a": {"b": text, "c": [text]}}).split("\n") == [
        "a:",
        "  b: |-",
        *(f"    {line}" if line else "" for line in lines),
        "  c:",
        "    - |-",
        *(f"      {line}" if line else "" for line in lines),
        "",
    ]


@pytest.mark.parametrize("text", [" a\nb", "\na", "a\n", "a \nb", "a\tb\nc", "a\n\u2028b", "a\r\nb"])
def test_lines_that_a_block_would_change_are_in_quotes(text: str) -> None:
    assert yaml_text({"a": text}).startswith('a: "')


def test_collections_are_in_blocks_and_empty_ones_in_place() -> None:
    value = {"a": {"b": [{"c": 1, "d": []}, "e", {}], "f": {}}, "g": [[]]}
    assert yaml_text(value).split("\n") == [
        "a:",
        "  b:",
        "    - c: 1",
        "      d: []",
        "    - e",
        "    - {}",
        "  f: {}",
        "g:",
        "  - []",
        "",
    ]


@given(mappings)
def test_the_lines_are_the_text(value: dict[str, Any]) -> None:
    lines = list(yaml_lines(value))
    assert "".join(f"{line}\n" for line in lines) == yaml_text(value)
    assert not any(re.search(r"\s$|\n", line) for line in lines)
    assert yaml.safe_load(io.StringIO(yaml_text(value))) == value
