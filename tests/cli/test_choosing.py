"""Several suggestions in a terminal: numbered sketches, one is picked."""

from __future__ import annotations

import io
import json

import pytest

from photon.chat import Origin, Usage
from photon.cli.choosing import can_choose, choose, joined
from photon.cli.terminal import Terminal
from photon.tasks.suggest_path import Suggestion, Timings


def suggestion(path: str) -> Suggestion:
    return Suggestion(
        text=f"paths:\n  {path}: {{}}\n",
        document={"paths": {path: {}}},
        sketch=f"GET {path}\n",
        answered_by=Origin("fake", "fake"),
        switches=(),
        repairs=(),
        notes=(),
        usage=Usage(),
        timings=Timings(first_token=None, first_line=None, total=1),
    )


TWO = (suggestion("/a"), suggestion("/b"))


def terminal(typed: str) -> Terminal:
    return Terminal(out=io.StringIO(), err=io.StringIO(), stdin=io.StringIO(typed), talkative=True, asking=True)


@pytest.mark.parametrize(("typed", "picked"), [("1\n", "/a"), ("2\n", "/b"), ("\n0\n3\nx\n 2 \n", "/b")])
def test_the_number_picks_and_anything_else_is_asked_again(typed: str, picked: str) -> None:
    assert picked in choose(TWO, terminal(typed)).document["paths"]


def test_all_are_shown_before_the_question() -> None:
    shown = terminal("1\n")
    choose(TWO, shown)
    assert isinstance(shown.err, io.StringIO)
    said = shown.err.getvalue()
    assert said.index("GET /a") < said.index("GET /b") < said.index("which one? [1-2]")


def test_a_closed_keyboard_picks_nothing() -> None:
    with pytest.raises(EOFError):
        choose(TWO, terminal("9\n"))


@pytest.mark.parametrize(("asking", "talkative", "quiet"), [(False, True, False), (True, False, False), (True, True, True)])
def test_where_nobody_sees_the_question_nobody_is_asked(asking: bool, talkative: bool, quiet: bool) -> None:
    assert not can_choose(Terminal(asking=asking, talkative=talkative, quiet=quiet))


def test_a_pipe_gets_a_stream_of_documents_or_one_array() -> None:
    assert joined(TWO, "yaml") == "paths:\n  /a: {}\n---\npaths:\n  /b: {}\n"
    both = tuple(Suggestion(**{**vars_of(each), "text": json.dumps(each.document)}) for each in TWO)
    assert json.loads(joined(both, "json")) == [{"paths": {"/a": {}}}, {"paths": {"/b": {}}}]


def vars_of(found: Suggestion) -> dict[str, object]:
    return {name: getattr(found, name) for name in Suggestion.__slots__}
