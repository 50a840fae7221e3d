"""Markdown while it is being written: append-only, the same in whatever pieces it comes, and never more than harmless."""

from __future__ import annotations

import random
import re

import pytest
from rich.cells import cell_len

from photon.cli.markdown import Markdown
from photon.cli.wrapping import spans

DOCUMENT = """\
# Designing a *login* endpoint with JSON Web Tokens

A **bold claim, that is long enough to be wrapped** around, with `code spans`, *italics*, ~~struck~~ and
[a link](https://example.com/a_b_(c)) and snake_case_name and 2 * 3 * 4 = 24. Unclosed **bold here
and "it goes on. <https://example.com> ***both*** and __under__ _score_. \\*stars\\* 漢字かな交じり文は、どこでも。👨‍👩‍👧 🎉

- first item that is rather long and needs to be wrapped at forty columns
  - nested *item* with `code`
    1. deep one
- ```python
  def f(x):
      return x
  ```
* * *
> A quote that is long enough to be wrapped at forty columns, surely.
>
> > nested **bold**

| Method | Path | What it does |
|:-------|:----:|-----:|
| `POST` | /login | creates a **session** and returns a token |

    indented code  here

| not a table

```
unclosed fence
"""


def rendered(text: str, *, width: int = 40, colour: bool = False, step: int = 1000) -> str:
    """What is printed of `text` when it comes in pieces of ``step`` characters."""
    printed: list[str] = []
    markdown = Markdown(printed.append, width, colour=colour)
    for start in range(0, len(text), step):
        markdown.feed(text[start : start + step])
    markdown.finish()
    return "".join(printed)


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 50])
def test_the_result_does_not_depend_on_the_pieces_in_which_the_text_comes(step: int, colour: bool) -> None:
    assert rendered(DOCUMENT, colour=colour, step=step) == rendered(DOCUMENT, colour=colour)


@pytest.mark.parametrize("width", [20, 40, 120])
def test_no_line_but_code_is_wider_than_the_terminal(width: int) -> None:
    lines = without_colour(rendered(DOCUMENT, width=width, colour=True)).splitlines()
    assert [line for line in lines if cell_len(line) > width and "indented code" not in line] == []


def test_words_appear_before_their_line_is_complete() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 40, colour=False)
    markdown.feed("The status 422 says tha")
    assert "".join(printed) == "The status 422 says"


def test_a_styled_span_waits_until_it_is_closed() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 40, colour=True)
    markdown.feed("use **two words")
    assert "".join(printed) == "use"
    markdown.feed("** now ")
    assert "".join(printed) == "use \x1b[1mtwo\x1b[0m \x1b[1mwords\x1b[0m now"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("an **unclosed span", "an **unclosed span\n"),
        ("an `unclosed span", "an `unclosed span\n"),
        ("a [link](http://half", "a [link](http://half\n"),
        ("2 * 3 * 4", "2 * 3 * 4\n"),
        ("snake_case_name and __init", "snake_case_name and __init\n"),
        ("*a\n\nb*", "*a\n\nb*\n"),
        ("array[0] and [x] and a < b", "array[0] and [x] and a < b\n"),
    ],
)
def test_what_is_no_markdown_in_the_end_is_printed_as_it_is(text: str, shown: str) -> None:
    assert rendered(text, colour=True) == shown
    assert rendered(text, colour=True, step=1) == shown


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("**a *b* c**", [("a ", "1"), ("b", "1;3"), (" c", "1")]),
        ("***both***", [("both", "1;3")]),
        ("`` a`b ``", [("a`b", "36")]),
        ("`**x**`", [("**x**", "36")]),
        ("[a](http://b)", [("a", "4"), (" (http://b)", "2")]),
        ("[http://b](http://b)", [("http://b", "4")]),
        (r"\*a\*", [("*", ""), ("a", ""), ("*", "")]),
        ("~~old~~", [("old", "9")]),
        ("*a* and *b*", [("a", "3"), (" and ", ""), ("b", "3")]),
    ],
)
def test_spans_nest_and_code_holds_no_spans(text: str, pieces: list[tuple[str, str]]) -> None:
    assert list(spans(text)) == pieces


def test_without_colour_the_marks_stay_because_nothing_else_says_what_they_mean() -> None:
    assert rendered("## Title\n**bold** and `code`") == "## Title\n**bold** and `code`\n"


def test_a_list_item_hangs_under_its_first_word() -> None:
    assert rendered("- one two three four five six\n  1. nested words that are too long", width=20) == (
        "• one two three four\n  five six\n  1. nested words\n     that are too\n     long\n"
    )


def test_a_quote_has_its_bar_on_every_line() -> None:
    assert rendered("> one two three four five\n> > six", width=20) == "│ one two three four\n│ five\n│ │ six\n"


def test_code_is_printed_line_by_line_and_never_wrapped() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 20, colour=False)
    markdown.feed("```yaml\nsummary:   a line that is longer than the terminal\n  next")
    assert "".join(printed) == "── yaml ────────────\nsummary:   a line that is longer than the terminal\n"
    markdown.feed(": **x**\n```\n")
    assert "".join(printed).endswith("  next: **x**\n────────────────────\n")


def test_code_is_highlighted_in_the_colours_of_the_terminal() -> None:
    shown = rendered("```python\ndef f(): ...\n```", colour=True)
    assert "\x1b[" in shown.splitlines()[1]
    assert without_colour(shown).splitlines()[1] == "def f(): ..."


def test_a_longer_fence_may_hold_a_shorter_one() -> None:
    assert rendered("````\n```\n````\nend").splitlines()[1::2] == ["```", "end"]


def test_a_table_is_printed_when_it_has_ended_and_its_columns_are_aligned() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 40, colour=False)
    markdown.feed("| a | b |\n|---|--:|\n| 漢字 | 1 |\n| x | 22 |\n")
    assert printed == []
    markdown.feed("\n")
    assert [line.split() for line in "".join(printed).splitlines()] == [["a", "b"], ["─" * 9], ["漢字", "1"], ["x", "22"]]
    assert [cell_len(line) for line in "".join(printed).splitlines()[2:]] == [9, 9]


def test_scripts_without_spaces_break_anywhere_but_before_a_full_stop() -> None:
    assert rendered("漢字漢字漢字漢字漢字。漢字", width=20) == "漢字漢字漢字漢字漢\n字。漢字\n"


def test_a_word_longer_than_the_line_is_broken() -> None:
    assert rendered("x" * 45, width=20) == f"{'x' * 20}\n{'x' * 20}\n{'x' * 5}\n"


def test_escape_sequences_of_the_model_do_not_reach_the_terminal() -> None:
    text = "a\x1b]0;title\x07b `\x1b[2J` \x9b31m \u202eevil\n```\n\x1b[31mred\r\n```\n| \x1b[1m |\n|--|\n| \x08 |\n"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", without_colour(rendered(text, colour=True, step=1)))


def test_a_second_text_starts_afresh_after_the_first_was_cut_off() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 40, colour=False)
    markdown.feed("```\ncode that breaks o")
    markdown.finish()
    printed.clear()
    markdown.feed("plain text")
    markdown.finish()
    assert "".join(printed) == "plain text\n"


def test_no_text_is_lost_whatever_marks_it_holds() -> None:
    """Without colour the marks stay, so that every letter of the text must be there, in order."""
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(
            chance.choices(["*", "**", "_", "`", "[", "](", ")", "~~", "\\", "a", "b c", " ", "\na", "<", "!"], k=60)
        )
        letters = [letter for letter in text if letter in "abc"]
        shown = rendered(text, step=chance.randint(1, 5))
        assert [letter for letter in shown if letter in "abc"] == letters, text


def test_a_long_text_with_an_unclosed_mark_is_not_held_up_and_not_slow() -> None:
    printed: list[str] = []
    markdown = Markdown(printed.append, 80, colour=True)
    for _ in range(3000):
        markdown.feed("*word ")
    assert len("".join(printed)) > 10_000
