"""From a model's bytes to an answer's text."""

from hypothesis import given
from hypothesis import strategies as st

from photon.providers.llama.answer_text import AnswerText


def spoken(pieces: list[bytes], *stop: str) -> tuple[list[str], bool]:
    text = AnswerText(stop)
    given_out = []
    for piece in pieces:
        given_out.append(text.feed(piece))
        if text.stopped:
            break
    return [*given_out, text.finish()], text.stopped


def test_a_character_spread_over_tokens_is_held_back_until_it_is_whole() -> None:
    assert spoken([b"a\xf0", b"\x9f\x98", b"\x80b"])[0] == ["a", "", "😀b", ""]


def test_half_a_character_at_the_end_becomes_a_replacement_character() -> None:
    assert spoken([b"a\xf0\x9f"])[0] == ["a", "\ufffd"]


def test_nothing_of_a_stop_string_is_given_out_even_when_it_is_spread_over_tokens() -> None:
    assert spoken([b"one E", b"N", b"D two"], "END") == (["one ", "", "", ""], True)


def test_what_only_looked_like_a_stop_string_is_given_out_after_all() -> None:
    assert spoken([b"one E", b"NGINE"], "END") == (["one ", "ENGIN", "E"], False)


def test_the_earliest_of_several_stop_strings_counts() -> None:
    assert spoken([b"abcdef"], "e", "cd") == (["ab", ""], True)


def test_half_a_character_behind_a_stop_string_is_dropped() -> None:
    assert spoken([b"aEND\xf0"], "END") == (["a", ""], True)


@given(st.text(alphabet="aAb\u00e9\U0001f600\n"), st.lists(st.text(alphabet="aAb\u00e9\n", min_size=1, max_size=3), max_size=4))
def test_cutting_the_bytes_anywhere_never_changes_the_text(answer: str, stop: list[str]) -> None:
    pieces = [bytes([byte]) for byte in answer.encode()]
    text = "".join(spoken(pieces, *stop)[0])
    # byte by byte, a stop string is found as soon as its last character is there
    ends = [index + len(each) for each in stop if (index := answer.find(each)) >= 0]
    first = min((end for end in ends), default=None)
    expected = answer if first is None else answer[: min(answer[:first].find(s) for s in stop if s in answer[:first])]
    assert text == expected
