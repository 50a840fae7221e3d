"""``photon ai chat --spec FILE``: what is sent with a question, in one shot and in a session."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pexpect
import pytest
from library_spec import LIBRARY, library
from screens import Photon, in_terminal
from servers import Server, serving, sse, text_events

from photon.cli.answers import Manner
from photon.cli.chat_session import ChatSession
from photon.cli.terminal import Terminal
from photon.errors import ExitCode
from photon.providers.weights import local_is_installed
from photon.records.conversations import Conversation, load_conversation

ADMIN = "Which operations need the admin scope?"
needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


@pytest.fixture
def spec_file(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_text(LIBRARY, encoding="utf-8")
    return path


def lan(server: Server) -> dict[str, str]:
    return {
        "PHOTON_AI_PROVIDERS_LAN_URL": server.url,
        "PHOTON_AI_PROVIDERS_LAN_MODEL": "m",
        "PHOTON_AI_PROVIDER": "lan",
        "PHOTON_AI_FAILOVER": "false",
    }


def sent(server: Server) -> list[dict[str, Any]]:
    (received,) = server.requests
    messages: list[dict[str, Any]] = received.json["messages"]
    return messages


def test_the_parts_that_fit_the_question_are_sent_with_it(photon: Photon, spec_file: Path) -> None:
    with serving(sse(*text_events("Two of them."))) as server:
        result = photon("ai", "chat", "--spec", str(spec_file), ADMIN, env=lan(server))
    assert (result.returncode, result.stdout) == (0, "Two of them.\n")
    assert f"{spec_file} has on this: POST /books, DELETE /books/{{book_id}}\n" in result.stderr
    system, question = sent(server)
    assert question == {"role": "user", "content": ADMIN}
    assert system["role"] == "system"
    assert "API: Lending library 2.4.0" in system["content"]
    assert "auth: oauth2(books.admin)" in system["content"]
    assert "GET /members/{member_id} Get a member [books.read]" in system["content"]


def test_it_says_when_nothing_fits_and_with_quiet_nothing_at_all(photon: Photon, spec_file: Path) -> None:
    blue = ("ai", "chat", "--spec", str(spec_file), "Why is the sky blue?")
    with serving(sse(*text_events("Rayleigh."))) as server:
        loud, quiet = photon(*blue, env=lan(server)), photon(*blue, "--quiet", env=lan(server))
    assert f"no operation of {spec_file} has words in common with the question\n" in loud.stderr
    assert (quiet.returncode, quiet.stderr) == (0, "")


def test_the_users_instructions_come_first_and_only_what_was_said_is_kept(photon: Photon, spec_file: Path) -> None:
    arguments = ("ai", "chat", "--session", "lib", "--system", "Be brief.", "--spec", str(spec_file), ADMIN)
    with serving(sse(*text_events("Two."))) as server:
        assert photon(*arguments, env=lan(server)).returncode == 0
    assert sent(server)[0]["content"].startswith("Be brief.\n\nThe user asks")
    kept = load_conversation("lib")
    assert (kept.system, [message.content for message in kept.messages]) == ("Be brief.", [ADMIN, "Two."])


def test_the_document_may_be_piped_in(photon: Photon) -> None:
    with serving(sse(*text_events("Two."))) as server:
        result = photon("ai", "chat", "--spec", "-", ADMIN, stdin=LIBRARY, env=lan(server))
    assert result.returncode == 0, result.stderr
    system, question = sent(server)
    assert "Lending library" in system["content"]
    assert question["content"] == ADMIN


def test_a_dry_run_shows_it_too(photon: Photon, spec_file: Path) -> None:
    with serving() as server:
        result = photon("ai", "chat", "--spec", str(spec_file), ADMIN, "--dry-run", "--json", env=lan(server))
    assert server.requests == []
    assert "Lending library" in json.dumps(json.loads(result.stdout))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read"),
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("openapi: 3.1.0\npaths: {}\npaths: {}\n", "stands twice"),
        ("openapi: [3\n", "openapi.yaml:"),
        ("\x00\x01", "openapi.yaml"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_of_its_own_and_nobody_is_asked(
    photon: Photon, isolated: Path, text: str | None, said: str
) -> None:
    if text is not None:
        (isolated / "openapi.yaml").write_text(text, encoding="utf-8")
    with serving() as server:
        result = photon("ai", "chat", "--spec", str(isolated / "openapi.yaml"), ADMIN, env=lan(server))
    assert (result.returncode, result.stdout, server.requests) == (ExitCode.INVALID_SPEC, "", [])
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_question_a_pipe_has_nothing_to_ask(photon: Photon) -> None:
    result = photon("ai", "chat", "--spec", "-", stdin=LIBRARY)
    assert result.returncode == ExitCode.USAGE
    assert "nothing to ask" in result.stderr


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_tells_each_question_its_own_parts_and_remembers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, interactive=True, asking=True, width=60)
    questions = iter(("When is it open? The opening hours!", "How do I get a member?"))

    def read(_: str) -> str:
        for question in questions:
            return question
        raise EOFError

    answers = sse(*text_events("At nine.")), sse(*text_events("By its id."))
    with serving(*answers) as server:
        for name, value in lan(server).items():
            monkeypatch.setenv(name, value)
        session = ChatSession(terminal, Conversation(), {}, Manner(), spec=library(), read=read)
        session.run()
    first, second = (received.json["messages"] for received in server.requests)
    assert "GET /opening-hours\nsummary" in first[0]["content"]
    assert "GET /members/{member_id}\nsummary" in second[0]["content"]
    assert [message["role"] for message in second] == ["system", "user", "assistant", "user"]
    assert [message.content for message in session.conversation.messages][1::2] == ["At nine.", "By its id."]
    assert session.conversation.system == ""
    assert "about openapi.yaml: 7 operations" in err.getvalue()


# -- the real small model ---------------------------------------------------------------------------------------------


@needs_local
def test_the_embedded_model_has_room_for_the_parts_the_question_and_the_answer(photon: Photon, spec_file: Path) -> None:
    result = photon("ai", "chat", "-p", "local", "--spec", str(spec_file), "--max-tokens", "40", "--json", ADMIN)
    facts = json.loads(result.stdout)
    assert result.returncode == 0, result.stderr
    assert facts["answer"].strip()
    assert 300 < facts["usage"]["prompt_tokens"] < 1_000


def test_a_session_in_a_terminal_answers_about_the_document_and_the_record_shows_what_was_sent(
    photon: Photon, spec_file: Path
) -> None:
    with in_terminal("ai", "chat", "--provider", "fake", "--spec", spec_file.name, width=120) as screen:
        screen.expect("about openapi.yaml: ")
        screen.expect("> ")
        screen.sendline(ADMIN)
        screen.expect("has on this: POST /books")
        screen.expect("You said")
        screen.expect("> ")
        screen.sendline("/quit")
        screen.expect(pexpect.EOF)
    shown = photon("ai", "log", "show").stdout
    assert "\nsystem\n" in shown and "  API: Lending library 2.4.0" in shown and f"\nuser\n  {ADMIN}\n" in shown
    assert photon("ai", "log", "last").stdout.startswith("You said")


@needs_local
def test_whoever_asks_our_own_small_model_is_told_what_it_is_worth(photon: Photon, spec_file: Path) -> None:
    done = photon("ai", "chat", "--spec", str(spec_file), "--max-tokens", "3", "--provider", "local", ADMIN)
    assert "has on this: POST /books, DELETE /books/{book_id}\n" in done.stderr
    assert "the built-in model is often wrong about documents" in done.stderr


def test_nobody_else_is_doubted(photon: Photon, spec_file: Path) -> None:
    done = photon("ai", "chat", "--spec", str(spec_file), "--provider", "fake", ADMIN)
    assert done.returncode == 0 and "wrong about" not in done.stderr
