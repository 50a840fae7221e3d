"""What a terminal is shown, and what a pipe gets instead."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pexpect
import pytest
import servers
from screens import Photon, in_terminal, seen
from servers import serving, sse, text_events

from photon.cli.terminal import Terminal, harmless, wants_colour
from photon.errors import ExitCode, PhotonError

SUGGEST = ("ai", "suggest-path", "--provider", "fake", "POST /login with JWT response")
ATTACK = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202e"


@pytest.mark.parametrize(
    ("environ", "tty", "colour"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_follows_the_conventions(environ: dict[str, str], tty: bool, colour: bool) -> None:
    assert wants_colour(environ, tty=tty) is colour


def test_control_characters_and_disguises_are_not_text() -> None:
    assert harmless(f"a{ATTACK}b\tc\nd\re") == "a]0;owned[2J2Jb\tc\nde"


def test_what_is_said_is_one_harmless_line() -> None:
    err = io.StringIO()
    terminal = Terminal(err=err, quiet=True)
    terminal.note("not said")
    terminal.warn("not said")
    terminal.fail(PhotonError(f"it broke{ATTACK}", hint="mend it"))
    assert err.getvalue() == "photon: it broke]0;owned[2J2J\n  try: mend it\n"


def test_the_text_in_a_terminal_is_the_bytes_of_the_pipe(photon: Photon) -> None:
    whole, streamed = photon(*SUGGEST, "-q", "--no-stream").stdout, photon(*SUGGEST, "-q").stdout
    shown, at_once = seen(*SUGGEST, "-q"), seen(*SUGGEST, "-q", "--no-stream")
    assert whole == streamed == shown.plain == at_once.plain
    assert "\x1b[34m" in shown.sequences


@pytest.mark.parametrize("form", ["yaml", "json", "sketch"])
@pytest.mark.parametrize("scope", ["fragment", "path", "document"])
def test_every_format_and_scope_is_the_same_streamed_in_a_terminal(photon: Photon, form: str, scope: str) -> None:
    options = ("--format", form, "--scope", scope, "-q")
    assert seen(*SUGGEST, *options, "--refresh").plain == photon(*SUGGEST, *options).stdout


def test_the_first_lines_are_shown_while_the_model_still_writes() -> None:
    begun = sse(servers.delta("POST /login\nsummary: Log in\n"), done=False, then="stall")
    with (
        serving(begun) as server,
        in_terminal("ai", "suggest-path", "POST /login", "--no-failover", PHOTON_AI_URL=server.url) as screen,
    ):
        screen.expect("Log in")


def test_streaming_only_appends() -> None:
    with serving(
        sse(*text_events("POST /login\nsummary: ", "Log in\n200: { token", ": jwt }\n", "401: Wrong"), pause=0.1)
    ) as server:
        shown = seen("ai", "suggest-path", "POST /login", "--no-failover", PHOTON_AI_URL=server.url)
    payload = shown.raw[shown.raw.index("paths") :]
    assert not re.search(r"\x1b\[\d*[ABCDEFGHJKSTfsu]|\r(?!\n)", payload), "the cursor never goes back, nothing is erased"


def test_the_spinner_is_gone_before_the_first_line_and_the_cursor_is_back() -> None:
    pause = sse(*text_events("GET /pets\n200: { id: int }"), pause=0.3)
    with serving(pause) as server:
        shown = seen("ai", "suggest-path", "GET /pets", "--no-failover", PHOTON_AI_URL=server.url)
    spinning, _, rest = shown.raw.partition("paths")
    assert "asking" in spinning and "asking" not in rest
    assert spinning.rindex("\x1b[?25h") > spinning.rindex("\x1b[?25l")
    assert spinning.endswith("\x1b[2K\x1b[34m")


def test_without_a_terminal_on_stderr_nothing_spins(tmp_path: Path) -> None:
    log = tmp_path / "err"
    shown = seen(*SUGGEST, redirect=f"2>{log}")
    assert shown.raw.startswith("\x1b[34mpaths")
    assert re.fullmatch(r"fake/fake · \d+ tokens · [\d.]+ s\n", log.read_text())


def test_without_a_terminal_on_stdout_only_the_talk_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "out"
    shown = seen(*SUGGEST, redirect=f">{file}")
    assert shown.plain.strip().splitlines()[-1].startswith("fake/fake · ")
    assert file.read_text().startswith("paths:\n") and "\x1b" not in file.read_text()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_without_colour_there_is_no_sequence_at_all(env: dict[str, str]) -> None:
    assert seen(*SUGGEST, **env).sequences == set()
    assert seen("ai", "chat", "--provider", "fake", "**Hello**", **env).sequences == set()


def test_colour_can_be_forced_into_a_pipe(photon: Photon) -> None:
    assert "\x1b[34mpaths\x1b[0m" in photon(*SUGGEST, env={"FORCE_COLOR": "1"}).stdout


@pytest.mark.parametrize("redirect", ["", ">out"])
def test_what_is_said_breaks_between_words_and_its_hint_stays_in_one_piece(redirect: str) -> None:
    Path("photon.toml").write_text(f'[ai]\nprovider = "openai"\nurl = "http://127.0.0.1:{servers.dead_port()}"\n')
    shown = seen("ai", "suggest-path", "--no-failover", "GET /pets", width=30, redirect=redirect)
    *what, mend = shown.plain.split("photon: ")[1].splitlines()
    assert len(what) > 1 and max(map(len, what)) <= 30
    assert " ".join(line.strip() for line in what).endswith(": connection refused")
    assert mend.startswith("  try: ") and len(mend) > 30


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_tables_and_prose_fit_the_terminal(width: int) -> None:
    for command in (["models", "--provider", "local"], ["config", "path"], ["chat", "--provider", "fake", "word " * 30]):
        lines = seen("ai", *command, width=width, redirect="2>/dev/null").plain.splitlines()
        assert lines and max(map(len, lines)) <= max(width, 20)


@pytest.mark.parametrize("form", ["yaml", "json", "sketch"])
def test_what_a_model_says_never_controls_the_terminal(form: str) -> None:
    sketch = f'GET /pets\nsummary: a{ATTACK}b\ndescription: c{ATTACK}d\n200: {{ k: "e{ATTACK}f" | "g" }}\n404: h{ATTACK}i'
    with serving(sse(*text_events(sketch))) as server:
        shown = seen("ai", "suggest-path", "-f", form, "--explain", "GET /pets", "--no-failover", PHOTON_AI_URL=server.url)
    assert shown.code == 0
    assert not re.search(r"\x1b\]|\x1b\[2J|\x07|\x9b|\u202e", shown.raw)


def test_what_a_server_refuses_with_never_controls_the_terminal() -> None:
    with serving(servers.refusal(400, f"bad{ATTACK}", code=ATTACK)) as server:
        shown = seen("ai", "suggest-path", "GET /pets", PHOTON_AI_URL=server.url)
    assert shown.code == ExitCode.USAGE
    assert not re.search(r"\x1b\]|\x1b\[2J|\x07|\x9b|\u202e", shown.raw)


@pytest.mark.parametrize("when", ["while it waits", "while it answers"])
def test_ctrl_c_ends_with_130_and_leaves_the_terminal_as_it_was(when: str) -> None:
    first = "POST /login\nsummary: Log in\n" if when == "while it answers" else ""
    with (
        serving(sse(servers.delta(first), done=False, then="stall")) as server,
        in_terminal("ai", "suggest-path", "POST /login", "--no-failover", PHOTON_AI_URL=server.url) as screen,
    ):
        before = termios.tcgetattr(screen.child_fd)
        screen.expect("summary" if first else "asking")
        server.asked.wait(10)
        screen.sendintr()
        screen.expect(pexpect.EOF)
        shown, after = screen.before or "", termios.tcgetattr(screen.child_fd)
        screen.close()
        assert server.hung_up.wait(5), "the connection is closed"
    assert (screen.exitstatus, screen.signalstatus) == (ExitCode.CANCELLED, None)
    assert "Traceback" not in shown and "Error" not in shown
    assert before == after
    assert shown.count("\x1b[?25l") == 0 or shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def test_an_interrupted_pipe_ends_with_130_and_nothing_on_stdout() -> None:
    with serving(sse(servers.delta("POST /login\nsumm"), done=False, then="stall")) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "photon", "ai", "suggest-path", "POST /login", "--no-failover"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PHOTON_AI_URL": server.url},
        )
        assert server.asked.wait(30)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (ExitCode.CANCELLED, "", "")
