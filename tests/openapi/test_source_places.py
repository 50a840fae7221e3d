"""Every value and every key of a document is found where it stands, in each way of writing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sketches  # noqa: F401 - the profile of hypothesis
import yaml
from hypothesis import given
from hypothesis import strategies as st

from photon.openapi.source.nodes import MapNode, SeqNode, place_of, value_at, walk_nodes, written
from photon.openapi.source.source import Source, source_of
from photon.openapi.yaml_text import yaml_text

LINES = """\
# before everything
openapi: 3.1.0   # after a value
info: {title: "Pets \U0001f43e", version: '1.0'}
plain: two words
  over two lines
empty:
tilde: ~
quoted: "a \\u00e9 \\
  b"
'single key': 1
? explicit
: value
200: number
"404": text
literal: |
  first

  second   
   more
folded: >-   # a remark
    one
    two

# a remark that belongs to nothing
kept: |+
  a

  b

spaces: |
  a
     
indicated: |2
    two more
  end
tagged: !!str 5
sequence:
- a
- - nested
  - {x: 1, y: [2, 3]}
- b: 1
  c: |
    text
  d: last
-
anchored: &anchor
  b: 1
  c: [1, 2]
listed: &list
- 1
scalar: &scalar word
again: *anchor
merged:
  <<: *anchor
  c: own
emoji: \U0001f600\U0001f600 x
after: yes
"""  # noqa: W291, W293 - white space is a part of a block scalar


def reread(source: Source, start: int, end: int) -> Any:
    """What the text from `start` to `end` means alone, in the column in which it stands."""
    column = source.position(start).column
    piece = (" " * (column - 1) + source.text[start:end] + source.newline).encode()
    if source.format == "json":
        return json.loads(piece)
    return source_of(piece, None).root


def assert_places(source: Source) -> int:
    """Every value, read again from its own text alone, is itself; the number of places that were seen."""
    seen = 0
    for _, node in walk_nodes(source.root):
        if isinstance(node, MapNode):
            places = list(node.places.items())
            assert node.keys() == node.places.keys()
            values = [(node[key], place.start, place.end) for key, place in places]
            for key, place in places:
                if not source.text.startswith("*", place.key_start):
                    assert reread(source, place.key_start, place.key_end) == node.plain.get(key, key)
        else:
            assert isinstance(node, SeqNode)
            values = [(value, *place) for value, place in zip(node, node.places, strict=True)]
        for value, start, end in values:
            seen += 1
            text = source.text[start:end]
            assert node.start <= start <= end <= node.end or text.startswith("*")
            assert not text or text[-1] not in "\r\n" or text.rstrip("\r\n ").endswith(("b", "+", "|", ">"))
            if "*anchor" not in text:
                assert reread(source, start, end) == value, text
    return seen


def read(text: str) -> Source:
    return source_of(text.encode(), None)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["bare", "BOM"])
def test_every_place_of_a_yaml_document_is_right(newline: str, bom: str) -> None:
    source = read(bom + LINES.replace("\n", newline))
    assert assert_places(source) >= 50
    assert source.bom == bool(bom)
    assert source.root == read(LINES).root


def test_a_block_scalar_ends_with_its_last_line() -> None:
    source = read(LINES)

    def text_of(key: str) -> str:
        start, end = place_of(source.root, (key,)) or (0, 0)
        return source.text[start:end]

    assert text_of("literal") == "|\n  first\n\n  second   \n   more"
    assert text_of("folded") == ">-   # a remark\n    one\n    two"
    assert text_of("kept") == "|+\n  a\n\n  b\n"
    assert text_of("spaces") == "|\n  a\n     "
    assert text_of("indicated") == "|2\n    two more\n  end"
    assert text_of("anchored") == "&anchor\n  b: 1\n  c: [1, 2]"
    assert text_of("empty") == ""
    assert text_of("again") == "*anchor"


def test_a_collection_begins_at_its_first_key_dash_or_bracket_whatever_its_anchor() -> None:
    source = read(LINES)
    for key, first in (("anchored", "b: 1"), ("listed", "- 1"), ("sequence", "- a"), ("info", "{title")):
        node = source.root[key]
        assert source.text.startswith(first, node.start)
    assert source.text.startswith("- nested", source.root["sequence"][1].start)


def test_what_an_alias_or_a_merge_brings_in_stands_where_the_alias_stands() -> None:
    source = read(LINES)
    start, end = place_of(source.root, ("merged", "b")) or (0, 0)
    assert source.text[start:end] == "*anchor"
    assert source.root["merged"] == {"b": 1, "c": "own"}


def test_a_key_has_a_place_of_its_own_and_an_item_has_none_but_its_value() -> None:
    source = read("a:\n  - x\n  - y\n")
    assert place_of(source.root, ("a",), key=True) == (0, 1)
    assert place_of(source.root, ("a", 1)) == (13, 14)
    assert place_of(source.root, ()) == (0, 14)
    for pointer in (("b",), ("a", 2), ("a", -1), ("a", "0"), ("a", 0, "x")):
        assert place_of(source.root, pointer) is None
        assert value_at(source.root, pointer) is None or pointer == ("a", -1)


def test_a_pointer_is_written_as_a_json_pointer() -> None:
    assert written(("paths", "/a~b/{c}", "get", 0)) == "#/paths/~1a~0b~1{c}/get/0"


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f\ufeff", exclude_categories=("Cc", "Cs")), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS.filter(lambda key: key != "<<"), VALUES, min_size=1, max_size=4)
WRITERS = {
    "minified": lambda value: json.dumps(value, separators=(",", ":")),
    "indented": lambda value: json.dumps(value, indent="\t", ensure_ascii=False),
    "in windows lines": lambda value: json.dumps(value, indent=2).replace("\n", "\r\n"),
    "our own": yaml_text,
    "flow": lambda value: yaml.safe_dump(
        value, default_flow_style=True, default_style='"', allow_unicode=True, sort_keys=False
    ),
    "block": lambda value: yaml.safe_dump(value, default_style='"', width=40, sort_keys=False),
}


@pytest.mark.parametrize("writer", list(WRITERS))
@given(value=DOCUMENTS)
def test_any_document_is_read_as_it_was_written_and_every_place_is_right(writer: str, value: dict[str, Any]) -> None:
    source = read(WRITERS[writer](value))
    assert source.root == value
    assert repr(source.root) == repr(dict(value))  # 1 is not 1.0, and True is not 1
    assert_places(source)


@given(DOCUMENTS)
def test_each_offset_has_a_line_and_a_column_and_they_lead_back_to_it(value: dict[str, Any]) -> None:
    source = read(WRITERS["in windows lines"](value))
    for offset in range(len(source.text)):
        position = source.position(offset)
        if source.text[offset] not in "\r\n":
            assert source.offset(position) == offset
            assert source.line(position.line)[position.column - 1] == source.text[offset]
