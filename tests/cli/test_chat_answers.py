"""How one answer reaches the terminal or the pipe."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import typer

from photon.chat import Chunk, Message, Origin, Parameters, Request, Switch, Usage
from photon.cli.answers import Manner, credits_of, envelope, shortcomings, show
from photon.cli.chat import chat_command, question_of
from photon.cli.terminal import Terminal
from photon.errors import ConfigurationError, PhotonError, ProviderUnreachable, UsageError
from photon.providers.fake import FakeProvider, Piece
from photon.records.conversations import Conversation, load_conversation
from photon.tasks.chat import Reply

CLOUD, LOCAL = Origin("openai", "gpt"), Origin("local", "smollm2-135m-instruct")
FAILOVER: Sequence[Piece] = (
    Chunk(origin=CLOUD, text="Half an ans"),
    Chunk(switch=Switch(CLOUD, "the stream broke off")),
    Chunk(origin=LOCAL, text="A **whole** answer."),
)


def terminal(*, interactive: bool = False, stdin: str | None = None, colour: bool = False) -> Terminal:
    """Without a text for stdin, that is a keyboard."""
    return Terminal(
        out=io.StringIO(),
        err=io.StringIO(),
        stdin=io.StringIO(stdin or ""),
        interactive=interactive,
        asking=stdin is None,
        colour=colour,
        width=40,
    )


def out(shown: Terminal) -> str:
    assert isinstance(shown.out, io.StringIO)
    return shown.out.getvalue()


def err(shown: Terminal) -> str:
    assert isinstance(shown.err, io.StringIO)
    return shown.err.getvalue()


async def showing(answer: Sequence[Piece] | str, shown: Terminal, manner: Manner = Manner()) -> Reply:  # noqa: B008
    reply = Reply()
    request = Request(model="m", messages=(Message("user", "?"),), parameters=Parameters())
    await show(FakeProvider([answer]).stream(request), reply, shown, manner)
    return reply


@pytest.mark.parametrize("stream", [True, False])
async def test_a_pipe_gets_the_bytes_of_the_model_streamed_or_not(stream: bool) -> None:
    shown = terminal()
    await showing("# A **b**\x1b[1m\n", shown, Manner(stream=stream))
    assert out(shown) == "# A **b**\x1b[1m\n"


async def test_a_pipe_gets_a_line_break_at_the_end_where_there_is_none() -> None:
    shown = terminal()
    await showing("422", shown)
    assert out(shown) == "422\n"


async def test_a_pipe_never_sees_an_answer_that_was_started_over() -> None:
    shown = terminal()
    await showing(FAILOVER, shown)
    assert out(shown) == "A **whole** answer.\n"
    assert err(shown) == "photon: openai: the stream broke off; local/smollm2-135m-instruct answers instead\n"


async def test_a_pipe_gets_nothing_of_an_answer_that_failed_in_the_middle() -> None:
    shown = terminal()
    with pytest.raises(ProviderUnreachable):
        await showing(["Half an ans", ProviderUnreachable("broke off")], shown)
    assert out(shown) == ""


async def test_a_terminal_keeps_what_it_showed_and_starts_over_on_a_new_line() -> None:
    shown = terminal(interactive=True)
    await showing(FAILOVER, shown)
    assert out(shown) == "Half an ans\nA **whole** answer.\n"


async def test_an_answer_that_fails_in_the_middle_leaves_the_cursor_at_the_beginning_of_a_line() -> None:
    shown = terminal(interactive=True)
    with pytest.raises(ProviderUnreachable):
        await showing(["Half an ans", ProviderUnreachable("broke off")], shown)
    assert out(shown) == "Half an ans\n"


async def test_each_of_several_failures_is_one_line_and_names_its_provider_once() -> None:
    shown = terminal()
    pieces = [
        Chunk(switch=Switch(CLOUD, "openai refused access (401)")),
        Chunk(switch=Switch(Origin("ollama", "x"), "connection refused")),
        Chunk(origin=LOCAL, text="yes"),
    ]
    await showing([Chunk(origin=CLOUD), *pieces[:1], Chunk(switch=pieces[1].switch, origin=LOCAL), *pieces[2:]], shown)
    assert err(shown).splitlines() == [
        "photon: openai refused access (401)",
        "photon: ollama: connection refused; local/smollm2-135m-instruct answers instead",
    ]


async def test_a_failure_is_told_once_and_not_at_all_when_the_same_one_answers_in_the_end() -> None:
    shown, reset, too_long = terminal(), Switch(CLOUD, "openai broke off"), Switch(LOCAL, "the prompt is too long")
    switches = [Chunk(switch=each) for each in (reset, too_long, reset)]
    await showing([Chunk(origin=CLOUD), *switches, Chunk(origin=LOCAL, text="yes")], shown)
    assert err(shown) == "photon: openai broke off; local/smollm2-135m-instruct answers instead\n"


async def test_a_repeated_question_is_in_the_credits_and_no_failover() -> None:
    shown = terminal()
    reply = await showing([Chunk(switch=Switch(CLOUD, "unreadable", repeat=True)), Chunk(origin=CLOUD, text="yes")], shown)
    assert credits_of(reply).endswith(" · asked twice")
    assert (envelope(reply)["failovers"], envelope(reply)["repeats"], err(shown)) == ([], 1, "")


async def test_a_terminal_renders_markdown_unless_raw_is_asked_for() -> None:
    rendered, raw = terminal(interactive=True, colour=True), terminal(interactive=True, colour=True)
    await showing("**yes**\x1b[2J", rendered)
    await showing("**yes**\x1b[2J", raw, Manner(raw=True))
    assert out(rendered) == "\x1b[1myes\x1b[0m[2J\n"
    assert out(raw) == "**yes**[2J\n"


async def test_without_streaming_a_terminal_shows_the_same() -> None:
    streamed, whole = terminal(interactive=True, colour=True), terminal(interactive=True, colour=True)
    text = "# A title\n\n- one **two** three\n- `four`\n"
    await showing(text, streamed)
    await showing(text, whole, Manner(stream=False))
    assert out(streamed) == out(whole)


async def test_the_credits_say_who_answered_from_where_and_how_much() -> None:
    reply = await showing(
        [Chunk(origin=Origin("openai", "gpt", cached=True), text="x", finish_reason="stop", usage=Usage(completion_tokens=1))],
        terminal(),
    )
    assert credits_of(reply).startswith("openai/gpt · from the cache · 0.")


async def test_an_unknown_token_count_is_not_shown_as_a_number() -> None:
    reply = await showing([Chunk(origin=CLOUD, text="x", finish_reason="stop")], terminal())
    assert "token" not in credits_of(reply)
    assert envelope(reply)["usage"] == {"prompt_tokens": None, "completion_tokens": None, "cached_tokens": None}


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        (Chunk(text="x", finish_reason="length"), "--max-tokens"),
        (Chunk(text="x", finish_reason="content_filter"), "content filter"),
        (Chunk(text=" ", finish_reason="stop"), "answered nothing"),
        (Chunk(reasoning="hm", finish_reason="length"), "answered nothing before it reached --max-tokens"),
    ],
)
async def test_what_is_missing_from_an_answer_is_said(piece: Chunk, said: str) -> None:
    assert said in shortcomings(await showing([piece], terminal()))


def ask(shown: Terminal, *arguments: str) -> None:
    """Run the command as ``photon ai chat`` does, with `shown` as its terminal."""
    app = typer.Typer()
    app.command()(chat_command)
    app(list(arguments), obj=shown, standalone_mode=False)


def test_a_question_on_the_command_line_is_answered() -> None:
    shown = terminal()
    ask(shown, "--provider", "fake", "Hello", "there")
    assert out(shown) == "You said: Hello there\n"
    assert err(shown).startswith("fake/fake · ")


def test_what_is_piped_in_goes_below_the_question() -> None:
    assert question_of(["Summarise"], terminal(stdin="\nGET /a\n\n  b\n")) == "Summarise\n\nGET /a\n\n  b"


@pytest.mark.parametrize("words", [[], ["-"]])
def test_what_is_piped_in_can_be_the_question(words: list[str]) -> None:
    assert question_of(words, terminal(stdin="When is 422 right?\n")) == "When is 422 right?"


def test_no_question_in_a_terminal_is_a_session() -> None:
    assert question_of([], terminal(interactive=True)) is None


@pytest.mark.parametrize("shown", [terminal(stdin=" \n"), terminal(stdin="", interactive=True), terminal()])
@pytest.mark.parametrize("words", [[], [" "], ["-"]])
def test_nothing_to_ask_is_a_usage_error_with_an_example(words: list[str], shown: Terminal) -> None:
    with pytest.raises(UsageError, match="nothing to ask") as caught:
        question_of(words, shown)
    assert "photon ai chat" in caught.value.hint


def test_piped_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with (tmp_path / "binary").open(encoding="utf-8") as stdin, pytest.raises(UsageError, match="UTF-8"):
        question_of(["x"], Terminal(stdin=stdin))


def test_json_is_one_object_with_all_that_is_known() -> None:
    shown = terminal()
    ask(shown, "--provider", "fake", "--json", "--quiet", "Hello")
    found = json.loads(out(shown))
    assert found["answer"] == "You said: Hello"
    assert found["answered_by"] == {"provider": "fake", "model": "fake"}
    assert (found["cached"], found["failovers"], found["finish_reason"]) == (False, [], "stop")
    assert found["timings_ms"]["total"] >= found["timings_ms"]["first_text"] >= 0
    assert err(shown) == ""


def test_a_named_session_is_continued_later() -> None:
    ask(terminal(), "--provider", "fake", "--session", "s", "--system", "Be brief.", "one")
    ask(terminal(), "--provider", "fake", "--session", "s", "two")
    said = ("one", "You said: one", "two", "You said: two")
    kept = load_conversation("s")
    assert (kept.system, tuple(message.content for message in kept.messages)) == ("Be brief.", said)


def test_a_question_that_was_not_answered_is_not_kept() -> None:
    Path("photon.toml").write_text('[ai.providers.dead]\nurl = "http://127.0.0.1:9/v1"\n')
    with suppress(PhotonError):
        ask(terminal(), "--provider", "dead", "--no-failover", "--session", "s", "one")
    assert load_conversation("s") == Conversation("s")


def test_the_same_question_again_comes_from_the_cache_and_refresh_asks_again() -> None:
    shown = terminal()
    for options in ([], [], ["--refresh"], ["--no-cache"], ["--temperature", "0.5"], ["--temperature", "0.5"]):
        ask(shown, "--provider", "fake", *options, "Hello")
    assert ["cache" in line for line in err(shown).splitlines()] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    "options", [["--temperature", "3"], ["--max-tokens", "0"], ["--provider", "nobody"], ["--provider", "fake/x"]]
)
def test_an_impossible_option_is_refused_before_anybody_is_asked(options: list[str]) -> None:
    with pytest.raises(ConfigurationError, match=options[0]):
        ask(terminal(), *options, "Hello")


def test_json_needs_a_question() -> None:
    with pytest.raises(UsageError, match="--json needs a question"):
        ask(terminal(interactive=True), "--json")
