"""The session, with a scripted keyboard, against real sockets; and once as a real process on a real terminal."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pexpect
import pytest

from photon.chat import Message
from photon.cli.answers import Manner
from photon.cli.chat_session import ChatSession, transcript
from photon.cli.line_editing import line_editing, read_entry
from photon.cli.terminal import Terminal
from photon.errors import ConfigurationError
from photon.records.conversations import Conversation, load_conversation

CTRL_C, CTRL_D = KeyboardInterrupt, EOFError
Key = str | type[BaseException] | Callable[[], None]
"""A line that is entered, an interruption, or something that happens while the prompt is shown."""


def keyboard(*keys: Key) -> Callable[[str], str]:
    """What reads the lines of a session; after the last one the input has ended."""
    script = iter(keys)

    def read(prompt: str) -> str:
        for key in script:
            if isinstance(key, str):
                return key
            if isinstance(key, type):
                raise key
            key()
        raise EOFError

    return read


def session(*keys: Key, conversation: Conversation = Conversation(), provider: str = "fake") -> tuple[ChatSession, str, str]:  # noqa: B008
    """A session after all `keys`, what it printed, and what it said."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, interactive=True, asking=True, width=60)
    flags = {"ai.provider": provider, "ai.failover": False}
    talk = ChatSession(terminal, conversation, flags, Manner(), read=keyboard(*keys))
    talk.run()
    return talk, out.getvalue(), err.getvalue()


def said(talk: ChatSession) -> list[str]:
    return [message.content for message in talk.conversation.messages]


class SlowServer(ThreadingHTTPServer):
    """An OpenAI-compatible server that says a word every 50 ms, and hears when nobody listens any more."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SlowAnswer)
        self.speaking, self.left = Event(), Event()
        self.asked: list[list[dict[str, str]]] = []
        self.words = 1000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _SlowAnswer(BaseHTTPRequestHandler):
    server: SlowServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body["messages"])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for word in range(self.server.words):
                self._event({"index": 0, "delta": {"content": f"word{word} "}})
                self.server.speaking.set() if word > 1 else None
                time.sleep(0.05)
            self._event({"index": 0, "delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.server.left.set()

    def _event(self, choice: dict[str, object]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "slow", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002


@pytest.fixture
def slow() -> Iterator[SlowServer]:
    server = SlowServer()
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    Path("photon.toml").write_text(f'[ai.providers.slow]\nurl = "{server.url}"\nmodel = "slow"\n')
    yield server
    server.shutdown()
    server.server_close()


def test_each_answer_knows_what_was_said_before() -> None:
    talk, out, err = session("one", "two")
    assert said(talk) == ["one", "You said: one", "two", "You said: two"]
    assert out == "You said: one\nYou said: two\n\n"
    assert err.count(" tokens · ") == 2


def test_an_empty_line_asks_nothing() -> None:
    assert said(session("", "   ")[0]) == []


@pytest.mark.parametrize("end", ["/quit", " /quit ", CTRL_D])
def test_quit_and_ctrl_d_leave(end: Key) -> None:
    assert said(session(end, "never asked")[0]) == []


def test_ctrl_c_at_the_prompt_clears_the_line_and_the_session_goes_on() -> None:
    talk, _, err = session(CTRL_C, "one", CTRL_C, "two")
    assert said(talk)[::2] == ["one", "two"]
    assert "Ctrl-C once more leaves" in err


def test_ctrl_c_twice_leaves_as_a_cancelled_command() -> None:
    with pytest.raises(KeyboardInterrupt):
        session("one", CTRL_C, CTRL_C, "never asked")


@pytest.mark.parametrize(
    ("lines", "entry"),
    [
        (["one"], "one"),
        (["one\\", "two\\", "three"], "one\ntwo\nthree"),
        (['"""', "one", "", "two\\", '"""'], "one\n\ntwo\\"),
        (['"""one', 'two"""'], "one\ntwo"),
        (['"""one"""'], "one"),
        (['"""', '"""'], ""),
    ],
)
def test_an_entry_can_have_several_lines(lines: list[str], entry: str) -> None:
    assert read_entry(keyboard(*lines)) == entry


def test_an_unknown_command_gets_the_nearest_one_and_nobody_is_asked() -> None:
    talk, _, err = session("/modle x", "/login")
    assert said(talk) == []
    assert "/modle is not a command\n  try: did you mean /model?" in err
    assert "a space before the slash makes it a question" in err


def test_a_space_before_the_slash_makes_a_path_a_question() -> None:
    assert said(session(" /login needs what?")[0])[0] == "/login needs what?"


def test_help_lists_every_command() -> None:
    _, out, _ = session("/help")
    assert all(f"{name} " in out for name in ("/help", "/model", "/system", "/clear", "/save", "/quit"))


def test_clear_forgets_what_was_said_but_not_how_to_behave() -> None:
    talk, _, _ = session("/system Be brief.", "one", "/clear")
    assert talk.conversation == Conversation("", "Be brief.")


def test_system_is_shown_set_and_removed() -> None:
    talk, _, err = session("/system", "/system Be brief.", '/system ""')
    assert [line for line in err.splitlines() if "system:" in line] == ["system: (none)", "system: Be brief.", "system: (none)"]
    assert talk.conversation.system == ""


@pytest.mark.parametrize(
    ("name", "answers"),
    [("other", "fake/other"), ("fake/other", "fake/other"), ("local", "local/smollm2-135m-instruct"), ("a/b", "fake/a/b")],
)
def test_model_changes_who_answers(name: str, answers: str) -> None:
    _, out, err = session(f"/model {name}", "/model")
    assert out.splitlines()[0] == answers
    assert f"{answers} answers from now on" in err


def test_a_model_of_ones_own_server_is_not_taken_for_a_company() -> None:
    Path("photon.toml").write_text('[ai.providers.lan]\nurl = "http://127.0.0.1:9/v1"\nmodel = "m"\n')
    _, out, _ = session("/model mistral/small", "/model", provider="lan")
    assert "lan/mistral/small" in out
    _, out, _ = session("/model mistral/small", "/model", provider="fake")
    assert "mistral/small" in out.splitlines()


def test_what_is_said_survives_a_change_of_the_model() -> None:
    talk, _, err = session("one", "/model fake/other", "two")
    assert len(talk.conversation.messages) == 4
    assert "fake/other · " in err


def test_settings_that_were_broken_in_the_meantime_are_told_and_the_old_model_stays() -> None:
    def break_settings() -> None:
        Path("photon.toml").write_text("[ai]\nmodle = 1\n")

    _, out, err = session(break_settings, "/model other", "/model", "one")
    assert "photon: photon.toml:2: ai.modle" in err
    assert out.splitlines()[:2] == ["fake/fake", "You said: one"]


def test_save_writes_the_conversation_as_markdown_and_never_over_another_file() -> None:
    Path("mine.md").write_text("precious")
    _, _, err = session("/system Be brief.", "one", "/save mine.md", "/save talk.md", "/save")
    assert (
        Path("talk.md").read_text()
        == "# Conversation\n\n## System\n\nBe brief.\n\n## You\n\none\n\n## Answer\n\nYou said: one\n"
    )
    assert Path("mine.md").read_text() == "precious"
    assert "mine.md exists already" in err
    assert "/save needs the name of a file" in err


def test_a_file_that_cannot_be_saved_does_not_end_the_session() -> None:
    talk, _, err = session("/save no/such/folder/x.md", "one")
    assert "cannot write no/such/folder/x.md" in err
    assert said(talk)


def test_a_named_session_is_kept_after_every_answer_and_continued() -> None:
    kept: list[Conversation] = []
    session("one", lambda: kept.append(load_conversation("s")), "/clear", "two", conversation=Conversation("s"))
    assert [len(each.messages) for each in kept] == [2]
    talk, _, err = session("three", conversation=load_conversation("s"))
    assert said(talk)[::2] == ["two", "three"]
    assert "continuing 's' after 2 messages" in err


def test_a_dead_provider_costs_one_answer_and_not_the_session() -> None:
    Path("photon.toml").write_text('[ai.providers.dead]\nurl = "http://127.0.0.1:9/v1"\n')
    talk, out, err = session("one", "/model fake", "two", provider="dead")
    assert said(talk) == ["two", "You said: two"]
    assert "photon: cannot reach dead" in err
    assert "You said: two" in out


def test_a_wrong_setting_is_raised_before_the_first_prompt() -> None:
    with pytest.raises(ConfigurationError):
        session("never asked", provider="nobody")


def ctrl_c_after(speaking: Event) -> Callable[[], None]:
    """Ctrl-C as soon as the server has said some words."""

    def wait_and_press() -> None:
        if speaking.wait(10):
            time.sleep(0.1)
            os.kill(os.getpid(), signal.SIGINT)

    return lambda: Thread(target=wait_and_press, daemon=True).start()


def test_ctrl_c_stops_the_answer_and_the_session_goes_on_with_what_was_said(slow: SlowServer) -> None:
    def fewer_words() -> None:
        slow.words = 2

    talk, out, err = session(ctrl_c_after(slow.speaking), "one", fewer_words, "shorter", provider="slow")
    first, answer, second, shorter = said(talk)
    assert (first, second, shorter) == ("one", "shorter", "word0 word1 ")
    assert answer.startswith("word0 word1 ")
    assert answer.endswith("[…]")
    assert slow.left.wait(5), "the server still speaks"
    assert slow.asked[1][1]["content"] == answer
    assert "stopped; what was said so far stays" in err
    assert out.splitlines()[0].startswith("word0 word1")


def test_ctrl_c_before_the_first_word_forgets_the_question(slow: SlowServer) -> None:
    slow.words = 0

    def press_soon() -> None:
        Thread(target=lambda: (time.sleep(0.5), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()

    def never_answers(handler: _SlowAnswer) -> None:
        time.sleep(3)

    original, _SlowAnswer.do_POST = _SlowAnswer.do_POST, never_answers  # type: ignore[method-assign]
    try:
        talk, _, err = session(press_soon, "one", provider="slow")
    finally:
        _SlowAnswer.do_POST = original  # type: ignore[method-assign]
    assert said(talk) == []
    assert "the question is forgotten" in err


def test_a_transcript_has_a_heading_for_each_turn() -> None:
    talk = Conversation("api", "", (Message("user", "a"), Message("assistant", "b\n")))
    assert transcript(talk) == "# api\n\n## You\n\na\n\n## Answer\n\nb\n"


def test_the_history_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    readline = pytest.importorskip("readline")
    history = tmp_path / "data" / "chat_history"
    with line_editing(history, ("/help",)):
        readline.add_history("what is 422?")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    readline.clear_history()
    with line_editing(history, ("/help",)):
        assert readline.get_history_item(1) == "what is 422?"


def test_a_history_that_cannot_be_kept_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with line_editing(tmp_path / "file" / "chat_history", ()):
        pass


PROGRAM = (
    "import typer; from photon.cli.chat import chat_command as c; a = typer.Typer(); a.command()(c); a(standalone_mode=False)"
)


def test_on_a_real_terminal_ctrl_c_stops_the_answer_and_ctrl_d_leaves(slow: SlowServer) -> None:
    arguments = ["-m", "photon", "ai", "chat", "--provider", "slow", "--no-failover"]
    child = pexpect.spawn(sys.executable, arguments, encoding="utf-8", timeout=20, dimensions=(24, 60))
    child.expect("slow/slow · /help.*> ")  # what is typed before the prompt is there would be lost
    child.send("/he\t\r")
    child.expect("this list.*> ")
    child.sendline("tell me")
    child.expect("word2")
    child.sendintr()
    child.expect("stopped; what was said so far stays.*> ")
    slow.words = 1
    child.sendline("and now?")
    child.expect(r"word0.*slow/slow · .*> ")
    child.send("\x1b[200~two\rlines\x1b[201~\r")
    child.expect("word0.*slow/slow · .*> ")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert slow.asked[-1][-1]["content"] == "two\nlines"
