"""What is out is never taken back: a text that contradicts it is shown as a whole, at the end, or at once if it was void."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photon.openapi.live import AppendOnly

_lines = st.lists(st.sampled_from("abc"), max_size=5)


def test_only_what_is_new_is_shown() -> None:
    shown = AppendOnly()
    assert shown.extend(["a"]) == (["a"], False)
    assert shown.extend(["a", "b", "c"]) == (["b", "c"], False)
    assert shown.complete(["a", "b", "c", "d"]) == (["d"], False)


def test_while_the_text_contradicts_what_is_out_nothing_is_shown() -> None:
    shown = AppendOnly()
    shown.extend(["a", "b"])
    assert shown.extend(["a", "x", "y"]) == ([], False)
    assert shown.extend(["a"]) == ([], False)
    assert shown.extend(["a", "b", "c"]) == (["c"], False)


def test_where_another_model_starts_over_a_contradiction_is_shown_at_once() -> None:
    shown = AppendOnly()
    shown.extend(["a", "b"])
    shown.void()
    assert shown.extend(["a"]) == ([], False)
    assert shown.extend(["a", "x"]) == (["a", "x"], True)
    assert shown.extend(["a", "x", "y"]) == (["y"], False)
    assert shown.extend(["a", "z"]) == ([], False)


def test_a_contradiction_at_the_end_is_shown_afresh_and_whole() -> None:
    shown = AppendOnly()
    shown.extend(["a", "b"])
    assert shown.complete(["a", "x"]) == (["a", "x"], True)


def test_a_shorter_text_begins_afresh() -> None:
    shown = AppendOnly()
    shown.extend(["a", "b"])
    assert shown.complete(["a"]) == (["a"], True)


@given(st.lists(_lines, max_size=5), _lines)
def test_what_a_reader_sees_at_the_end_is_the_text(begun: list[list[str]], whole: list[str]) -> None:
    shown, seen = AppendOnly(), []
    for lines in begun:
        seen += shown.extend(lines)[0]
    rest, afresh = shown.complete(whole)
    assert ([] if afresh else seen) + rest == whole
