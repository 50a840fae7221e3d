"""A change is proved by reading again what it can have touched, and what is not what was wanted is never accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photon.errors import InvalidSpec
from photon.openapi.source.source import Source, source_of
from photon.openapi.splice import proof
from photon.openapi.splice.change import changed
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.entries import entry_added, entry_removed, item_added, key_renamed, value_replaced
from photon.openapi.splice.expected import with_entry, with_item, with_key, with_value, without
from photon.openapi.splice.proof import prove_regions
from photon.openapi.splice.region import regions_of

TEXT = """\
# a specification
openapi: 3.1.0
tags:
- name: one # first
- name: two
paths:

  # users
  /users:
    get:
      description: |
        text

          # no comment

      responses:
        '200': {description: "OK", x: [1,
          2]}
    # deeper
  # orders
  /orders:
    summary: folded
      over lines
    post: {}
  ? /long
  : get: {}
    put:
      x: 1
components:
  schemas:
    A: {type: object}
    B:
      type: string

# end
"""
SOURCES = [
    source_of(TEXT.encode(), Path("a.yaml")),
    source_of(TEXT.replace("\n", "\r\n").encode(), Path("crlf.yaml")),
    source_of(json.dumps(source_of(TEXT.encode(), None).root, indent=2).encode(), Path("a.json")),
    source_of(json.dumps(source_of(TEXT.encode(), None).root).encode(), Path("min.json")),
]


def changes_of(source: Source) -> list[tuple[list[Edit], Any]]:
    """Some edits with what must come out."""
    root = source.root
    return [
        ([entry_added(source, ("paths",), "/new", {"get": {}})], with_entry(root, ("paths",), "/new", {"get": {}})),
        ([entry_added(source, ("paths",), "/new", None, before="/users")], with_entry(root, ("paths",), "/new", None)),
        ([entry_added(source, ("paths",), "/new", 1, after="/users")], with_entry(root, ("paths",), "/new", 1)),
        ([entry_added(source, (), "webhooks", {}, after="paths")], with_entry(root, (), "webhooks", {})),
        ([entry_added(source, (), "x-end", 1)], with_entry(root, (), "x-end", 1)),
        ([item_added(source, ("tags",), {"name": "three"})], with_item(root, ("tags",), {"name": "three"})),
        ([entry_removed(source, ("paths", "/users"))], without(root, ("paths", "/users"))),
        ([entry_removed(source, ("paths", "/orders"))], without(root, ("paths", "/orders"))),
        ([key_renamed(source, ("paths", "/orders"), "/o")], with_key(root, ("paths", "/orders"), "/o")),
        ([value_replaced(source, ("paths", "/users", "get"), {})], with_value(root, ("paths", "/users", "get"), {})),
        (
            [
                entry_added(source, ("paths",), "/new", 1),
                item_added(source, ("tags",), 3),
                entry_added(source, ("components", "schemas"), "C", {"x": 1}),
                entry_added(source, ("components", "schemas"), "D", {"x": 1}),
            ],
            with_entry(
                with_entry(
                    with_item(with_entry(root, ("paths",), "/new", 1), ("tags",), 3), ("components", "schemas"), "C", {"x": 1}
                ),
                ("components", "schemas"), "D", {"x": 1},
            ),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=["yaml", "crlf", "json", "minified"])
def test_every_kind_of_edit_is_proved_by_its_regions_alone(source: Source) -> None:
    for edits, expected in changes_of(source):
        regions = regions_of(source, edits)
        assert regions is not None
        prove_regions(source, regions, expected)
        assert changed(source, edits, expected).text == edited(source.text, edits)


@pytest.mark.parametrize("source", SOURCES, ids=["yaml", "crlf", "json", "minified"])
def test_regions_do_not_accept_what_was_not_wanted(source: Source) -> None:
    root = source.root
    wrong = [root, with_entry(root, ("paths",), "/new", 2), without(root, ("tags",)), with_entry(root, (), "also", 1), [], None]
    edits = [entry_added(source, ("paths",), "/new", 1)]
    regions = regions_of(source, edits)
    assert regions is not None
    for expected in wrong:
        with pytest.raises(InvalidSpec, match="left as it is"):
            prove_regions(source, regions, expected)


_GARBAGE = st.lists(
    st.sampled_from(
        ["  ", "    ", "\n", "/n: 1", "/n: {}", "get: {}", "# c", "'", '"', "{", "}", "- a", "|", "...", "---", "&x", "*x",
         ": ", "? ", "x", "\t", "a: |\n", "\r\n", ",", "[", "/n:", '"/n": 1',
         '"/n": {}', "photon-behind: 0\n", "photon-before: 0\n"]
    ), min_size=1, max_size=5,
).map("".join)  # fmt: skip


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.sampled_from(SOURCES), st.data())
def test_what_regions_accept_the_whole_text_accepts(source: Source, data: st.DataObject) -> None:
    """Any text in any place: either the regions refuse it, or the whole document means just that."""
    starts = [0, *(at + 1 for at, char in enumerate(source.text) if char in "\n{},")]
    at = data.draw(st.one_of(st.sampled_from(starts), st.integers(0, len(source.text))))
    end = data.draw(st.sampled_from([at, at, min(at + 3, len(source.text)), *(start for start in starts if start > at)][:5]))
    edits = [Edit(at, end, data.draw(_GARBAGE))]
    regions = regions_of(source, edits)
    if regions is None:
        return
    try:
        whole: Any = source_of(edited(source.text, edits).encode(), source.path).root
    except InvalidSpec:
        whole = InvalidSpec
    for key, value in (("/n", 1), ("/n", {}), ("/n", None), ("get", {}), ("x", None)):
        for pointer in (
            (),
            ("paths",),
            ("paths", "/users"),
            ("paths", "/orders"),
            ("paths", "/long"),
            ("components", "schemas"),
        ):
            _agree(source, regions, with_entry(source.root, pointer, key, value), whole)
    _agree(source, regions, source.root, whole)


def _agree(source: Source, regions: Any, expected: Any, whole: Any) -> None:
    try:
        prove_regions(source, regions, expected)
    except InvalidSpec:
        return
    assert whole == expected


def test_a_large_document_is_not_read_again_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = "".join(f"  /p{number}:\n    get:\n      summary: text\n" for number in range(8_000))
    source = source_of(f"openapi: 3.1.0\npaths:\n{paths}".encode(), Path("a.yaml"))
    monkeypatch.setattr(proof, "source_of", lambda *_: pytest.fail("it was read as a whole"))
    changed(source, [entry_added(source, ("paths",), "/q", {})], with_entry(source.root, ("paths",), "/q", {}))


def test_an_anchor_that_goes_with_its_entry_is_missed_where_its_alias_stands() -> None:
    filler = "".join(f"  p{number}: text text text text\n" for number in range(8_000))
    source = source_of(f"a:\n  one: &x {{b: 1}}\n  two: 2\nfill:\n{filler}z:\n  use: *x\n".encode(), Path("a.yaml"))
    with pytest.raises(InvalidSpec, match="no anchor"):
        changed(source, [entry_removed(source, ("a", "one"))], without(source.root, ("a", "one")))


def test_a_value_that_is_no_number_is_itself() -> None:
    source = source_of(b"a: .nan\nb: 1\n", Path("a.yaml"))
    assert changed(source, [entry_added(source, (), "c", float("nan"))], with_entry(source.root, (), "c", float("nan")))
