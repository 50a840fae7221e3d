"""A change of a line that nobody can read whole is shown where it is, and spread over lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from photon.openapi.source.source import Source
from photon.openapi.splice.change import Change
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.excerpts import LONG, spread

ITEM = {"get": {"summary": 'say "hi", [you] {id}', "tags": ["a", "b"], "responses": {"200": {"description": "it's"}}}}
MINIFIED = json.dumps({"paths": {f"/{n}": ITEM for n in range(50)}, "tags": [{"name": n} for n in range(200)]})


def view(text: str, *edits: Edit, cut: bool = True) -> list[str]:
    change = Change(Source(Path("a.json"), text, False, "json", None), edited(text, edits), edits)
    return change.diff(cut=cut)


def test_a_minified_document_is_shown_around_each_change() -> None:
    first, second = MINIFIED.index('"/7"'), MINIFIED.index('{"name": 150}')
    lines = view(MINIFIED, Edit(first, first, f'"/new": {json.dumps(ITEM)}, '), Edit(second, second + 13, '{"name": "x"}'))
    assert lines[:3] == ["--- a/a.json", "+++ b/a.json", "@@ -1 +1 @@"]
    assert lines[3].startswith(" …") and lines[3].endswith("}, ") and len(lines[3]) == 62
    assert lines[4:8] == [
        '+"/new": {',
        '+  "get": {',
        '+    "summary": "say \\"hi\\", [you] {id}",',
        '+    "tags": ["a", "b"],',
    ]
    assert lines[-3:-1] == ['-{"name": 150}', '+{"name": "x"}']
    assert max(map(len, lines)) < 80


def test_in_a_pipe_the_line_stays_whole() -> None:
    lines = view(MINIFIED, Edit(1, 1, '"x": 1, '), cut=False)
    assert lines[3] == f"-{MINIFIED}" and lines[5] == '+{"x": 1, ' + MINIFIED[1:]


def test_the_beginning_and_the_end_of_a_line_are_marked_as_such() -> None:
    assert [line for line in view("x" * 900, Edit(0, 0, "a")) if line[0] == " "] == [" ", " " + "x" * 60 + "…"]
    assert [line for line in view("x" * 900, Edit(900, 900, "a")) if line[0] == " "] == [" …" + "x" * 60, " "]


def test_only_long_lines_are_cut_and_what_is_new_never_is() -> None:
    new = "n" * 2 * LONG
    lines = view(f"{'c' * 2000}\nb\n", Edit(2001, 2001, f"{new}\n"))
    assert f"+{new}" in lines and " " + "c" * 119 + "… (2,000 characters)" in lines
    assert view("a\nb\n", Edit(2, 3, "c")) == view("a\nb\n", Edit(2, 3, "c"), cut=False)


@pytest.mark.parametrize(
    "text", [json.dumps(ITEM), json.dumps(ITEM)[9:-7], f", {json.dumps([ITEM, ITEM])}", "{a: it's, b: 'x, {y}', c: [1, [2]]}"]
)
def test_spreading_changes_white_space_only(text: str) -> None:
    lines = spread(text)
    assert len(lines) > 1 and "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", '"' * 20_000, "{" * 20_000, "'" * 20_000, '{"a' * 20_000, "[1," * 20_000])
def test_a_hostile_line_is_spread_in_no_time(text: str) -> None:
    assert sum(map(len, spread(text))) < 60 * len(text) + 1
