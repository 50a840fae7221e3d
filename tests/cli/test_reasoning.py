"""What a model thinks is for people who want to see it: dimmed, on stderr, and never a part of the answer."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
import servers
from screens import Photon, Shown, seen
from servers import delta, serving, sse, text_events

from photon.chat import Chunk, Message, Origin, Request, Switch
from photon.cli.answers import Manner, show
from photon.cli.terminal import Terminal
from photon.errors import PhotonError, ProviderUnreachable
from photon.providers.fake import FakeProvider, Piece
from photon.tasks.chat import Reply

CLOUD, LOCAL = Origin("openai", "gpt"), Origin("local", "smollm2-135m-instruct")
SKETCH = "GET /pets\nsummary: List pets\n200: { id: int }[]\n"
THOUGHTS = [delta(None, reasoning_content="Pets, "), delta(None, reasoning_content="then\x1b[31m a list.")]


def thinking(*texts: str) -> servers.Script:
    return sse(*THOUGHTS, *text_events(*texts))


async def shown(answer: Sequence[Piece], *, talkative: bool = True, colour: bool = False, **manner: Any) -> str:
    """What both streams of one terminal get, in order."""
    screen = io.StringIO()
    terminal = Terminal(
        out=screen,
        err=screen,
        interactive=True,
        talkative=talkative,
        err_colour=colour,
        steady=True,
        width=200,
        quiet=manner.pop("quiet", False),
    )
    request = Request(model="m", messages=(Message("user", "?"),))
    with suppress(PhotonError):
        await show(
            FakeProvider([answer]).stream(request), Reply(), terminal, Manner(**{"reasoning": True, "raw": True, **manner})
        )
    return screen.getvalue()


ANSWER: Sequence[Piece] = (Chunk(reasoning="hm, "), Chunk(reasoning="so"), "yes", Chunk(reasoning="late"), " indeed")


async def test_thoughts_stand_before_the_answer_on_lines_of_their_own() -> None:
    assert await shown(ANSWER) == "hm, so\nyes indeed\n"
    assert await shown([Chunk(reasoning="hm\n"), Chunk(reasoning="so\n", text="yes")]) == "hm\nso\nyes\n"


async def test_thoughts_are_dimmed_and_harmless() -> None:
    assert await shown([Chunk(reasoning="h\x1b[2Jm\a"), "yes"], colour=True) == "\x1b[2mh[2Jm\x1b[0m\nyes\n"


@pytest.mark.parametrize("manner", [{"reasoning": False}, {"talkative": False}, {"quiet": True}])
async def test_nobody_hears_them_who_did_not_ask_or_is_no_person(manner: dict[str, Any]) -> None:
    assert await shown(ANSWER, **manner) == "yes indeed\n"


async def test_thoughts_of_an_answer_that_is_not_shown_are_shown() -> None:
    assert await shown(ANSWER, mute=True) == "hm, so\n"
    assert await shown(ANSWER, stream=False) == "hm, so\nyes indeed\n"


async def test_an_answer_that_fails_in_the_middle_of_a_thought_leaves_the_cursor_at_the_beginning_of_a_line() -> None:
    assert await shown([Chunk(reasoning="hm"), ProviderUnreachable("broke off")]) == "hm\n"


async def test_who_takes_over_thinks_afresh() -> None:
    pieces = [
        Chunk(origin=CLOUD, reasoning="hm"),
        Chunk(switch=Switch(CLOUD, "the stream broke off")),
        Chunk(origin=LOCAL, reasoning="aha"),
        "yes",
    ]
    told = "photon: openai: the stream broke off; local/smollm2-135m-instruct answers instead\n"
    assert await shown(pieces) == f"hm\n{told}aha\nyes\n"


def program(command: str, url: str, *options: str, **env: str) -> Shown:
    asked = {"chat": "What is a pet?", "suggest-path": "GET /pets"}[command]
    settings = {"PHOTON_AI_URL": url, "PHOTON_AI_MODEL": "m", "PHOTON_AI_FAILOVER": "false"}
    return seen("ai", command, *options, asked, **settings, **env)


@pytest.mark.parametrize(("command", "answer"), [("chat", "A pet."), ("suggest-path", SKETCH)])
def test_a_person_sees_them_dimmed_before_the_answer(command: str, answer: str) -> None:
    with serving(thinking(answer)) as server:
        done = program(command, server.url, "--reasoning")
    assert done.code == 0
    assert "\x1b[2mPets, \x1b[0m" in done.raw and "\x1b[31m" not in done.raw
    rest = done.plain.partition("Pets, then[31m a list.\n")[2]
    assert rest.lstrip().startswith("A pet." if command == "chat" else "paths:"), done.plain


@pytest.mark.parametrize("command", ["chat", "suggest-path"])
def test_they_are_hidden_unless_somebody_asks(command: str) -> None:
    with serving(thinking(SKETCH)) as server:
        assert "Pets, then" not in program(command, server.url).plain
        assert "Pets, then" not in program(command, server.url, "--no-reasoning", PHOTON_AI_REASONING="show").plain
        assert "Pets, then" in program(command, server.url, "--refresh", PHOTON_AI_REASONING="show").plain


@pytest.mark.parametrize("command", ["chat", "suggest-path"])
def test_no_pipe_no_envelope_and_no_cache_holds_them(photon: Photon, command: str) -> None:
    env = {"PHOTON_AI_MODEL": "m", "PHOTON_AI_FAILOVER": "false", "PHOTON_AI_REASONING": "show"}
    with serving(thinking(SKETCH)) as server:
        piped = photon("ai", command, "GET /pets", env={**env, "PHOTON_AI_URL": server.url})
        again = photon("ai", command, "--json", "GET /pets", env={**env, "PHOTON_AI_URL": server.url})
    assert len(server.requests) == 1
    assert "Pets, then" not in piped.stdout + piped.stderr + again.stdout + again.stderr
    assert json.loads(again.stdout)["cached"] is True


def test_the_error_stands_on_a_line_of_its_own() -> None:
    with serving(sse(*THOUGHTS, done=False, then="cut")) as server:
        done = program("suggest-path", server.url, "--reasoning", PHOTON_AI_RETRY_ATTEMPTS="1")
    assert done.code == 5
    assert "a list.\nphoton: openai broke off" in done.plain
