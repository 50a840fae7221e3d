"""The log: what is done, on stderr with -v and -vv and in a file by setting; never a key, never a half line."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import servers
from screens import Photon, seen
from servers import Server, serving, sse, text_events

from photon.cli.app import _set_apart
from photon.cli.logs import log_to_file, log_to_stderr
from photon.cli.terminal import Terminal
from photon.settings.schema import Log

KEY = "sk-canary-0123456789abcdefghij"
ANSWER = sse(*text_events("GET /pets\nsummary: List pets\n200: { id: int }[]"))
ASK = ("ai", "suggest-path", "GET /pets", "-p", "lan", "--no-failover")
LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{3} (?:debug|info |warning|error) [\w.]+: .+")


def lan(server: Server, **more: str) -> dict[str, str]:
    return {"PHOTON_AI_PROVIDERS_LAN_URL": server.url, "PHOTON_AI_PROVIDERS_LAN_MODEL": "m", "LAN_API_KEY": KEY, **more}


def logged(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The loggers of this process, left as they were found."""
    loggers = [logging.getLogger(), logging.getLogger("photon")]
    found = [(logger, list(logger.handlers), logger.level) for logger in loggers]
    yield
    for logger, handlers, level in found:
        for handler in [each for each in logger.handlers if each not in handlers]:
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(level)


@pytest.mark.parametrize(
    ("arguments", "rest", "debug", "verbosity"),
    [
        (["ai", "chat", "-v", "Hi"], ["ai", "chat", "Hi"], False, 1),
        (["-vv", "ai", "chat"], ["ai", "chat"], False, 2),
        (["ai", "chat", "-v", "--verbose"], ["ai", "chat"], False, 2),
        (["ai", "chat", "--debug", "-v"], ["ai", "chat"], True, 1),
        (["ai", "chat", "--", "-v", "--debug"], ["ai", "chat", "--", "-v", "--debug"], False, 0),
        (["ai", "chat", "-q"], ["ai", "chat", "-q"], False, 0),
    ],
)
def test_the_switches_stand_anywhere_before_two_dashes(
    arguments: list[str], rest: list[str], debug: bool, verbosity: int
) -> None:
    assert _set_apart(arguments) == (rest, debug, verbosity)


def test_v_tells_the_story_in_lines_and_leaves_the_payload_alone(photon: Photon) -> None:
    with serving(servers.status(503), ANSWER) as server:
        plain, verbose = photon(*ASK, env=lan(server)), photon(*ASK, "-v", "--refresh", env=lan(server))
    assert plain.stdout == verbose.stdout
    lines = verbose.stderr.splitlines()
    assert all(LINE.fullmatch(line) for line in lines[:-1]), lines
    story = "\n".join(lines)
    for part in (
        "settings: files: none",
        "routing.failover: asked in this order: lan/m",
        "routing.cached: lan/m: cache not looked at",
        f"routing.chain: lan/m: asked at {server.url}",
        "providers.registry: lan: key lan from environment LAN_API_KEY",
        "routing.watched: lan/m: answered (",
    ):
        assert part in story
    assert "first token" not in story and "httpcore" not in story


def test_a_retry_is_told_with_its_reason(photon: Photon) -> None:
    with serving(servers.status(503, {"error": {"message": "overloaded"}}), ANSWER) as server:
        done = photon(*ASK, "-v", env=lan(server))
    assert re.search(r"routing\.retry: lan/m: .*overloaded.*; asked again in \d\.\d\d s", done.stderr)


def test_vv_lets_the_libraries_speak_and_no_key_is_among_it(photon: Photon) -> None:
    cookie = {"set-cookie": "session=very-secret-session-id; Path=/"}
    with serving(servers.status(401, {"error": {"message": f"bad key {KEY}"}}, headers=cookie)) as server:
        env = lan(server, PHOTON_AI_PROVIDERS_LAN_HEADERS="X-Team-Token: 0123456789-team-secret, X-Plain: plain-secret")
        done = photon(*ASK, "-vv", "--debug", env=env)
    assert "openai._base_client: " in done.stderr and "asyncio: " in done.stderr
    assert all(secret not in done.stderr for secret in (KEY, "very-secret", "team-secret", "plain-secret"))


def test_quiet_and_verbose_is_only_the_log(photon: Photon) -> None:
    with serving(ANSWER) as server:
        done = photon(*ASK, "-q", "-v", env=lan(server))
    assert all(LINE.fullmatch(line) for line in done.stderr.splitlines())


def test_a_verbose_answer_is_never_a_replay(photon: Photon) -> None:
    with serving(ANSWER) as server:
        again = [photon(*ASK, "-v", env=lan(server)) for _ in range(2)][-1]
    assert "routing.cached: lan/m: in the cache" in again.stderr


def test_in_a_terminal_it_is_dimmed_and_no_spinner_moves() -> None:
    shown = seen("ai", "suggest-path", "GET /pets", "-p", "fake", "-v")
    assert re.search(r"\x1b\[2m\d\d:\d\d:\d\d\.\d{3} info  routing", shown.raw)
    assert "\x1b[?25l" not in shown.sequences
    assert "\x1b[2m" not in seen("ai", "suggest-path", "GET /cats", "-p", "fake", "-v", NO_COLOR="1").raw


def test_the_file_has_an_object_a_line_for_its_owner_alone(photon: Photon, tmp_path: Path) -> None:
    file = tmp_path / "photon.log"
    with serving(ANSWER) as server:
        done = photon(*ASK, env=lan(server, PHOTON_AI_LOG_FILE=str(file)))
    assert done.returncode == 0 and "routing" not in done.stderr
    records = logged(file)
    assert {"ts", "level", "logger", "message", "pid"} <= set.intersection(*(set(record) for record in records))
    moment = datetime.fromisoformat(records[0]["ts"])
    assert records[0]["ts"].endswith("Z") and abs(datetime.now(UTC) - moment) < timedelta(minutes=5)
    (answered,) = [record for record in records if record["logger"] == "routing.watched"]
    assert (answered["provider"], answered["model"], answered["completion_tokens"], answered["fault"]) == ("lan", "m", 3, None)
    assert answered["total_ms"] >= answered["first_token_ms"] > 0
    assert {record["level"] for record in records} == {"info"}
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_file_can_have_more_detail_than_stderr_but_no_prompts(photon: Photon, tmp_path: Path) -> None:
    file = tmp_path / "photon.log"
    with serving(ANSWER) as server:
        done = photon(*ASK, "-v", env=lan(server, PHOTON_AI_LOG_FILE=str(file), PHOTON_AI_LOG_LEVEL="debug"))
    assert any("first token after" in record["message"] for record in logged(file)) and "first token" not in done.stderr
    assert "openai" not in {record["logger"].split(".")[0] for record in logged(file)}
    assert KEY not in file.read_text() and "You design HTTP APIs" not in file.read_text()


def test_lines_of_many_processes_do_not_mix(tmp_path: Path) -> None:
    file = tmp_path / "photon.log"
    write = (
        "import logging, sys; from photon.cli.logs import log_to_file; from photon.settings.schema import Log\n"
        f"log_to_file(Log(file={str(file)!r}), print)\n"
        "for n in range(300): logging.getLogger('photon.x').info('%s', sys.argv[1] * 5000, extra={'n': n})"
    )
    running = [subprocess.Popen([sys.executable, "-c", write, letter]) for letter in "abcd"]
    assert [process.wait() for process in running] == [0] * 4
    records = logged(file)
    assert len(records) == 1200
    assert all(len(set(record["message"])) == 1 and len(record["message"]) == 5000 for record in records)
    assert sorted({record["n"] for record in records}) == list(range(300))


@pytest.mark.parametrize("name", ["a folder", "no/such/folder/log", "a pipe", "/dev/full"])
def test_a_file_that_cannot_be_written_is_told_once_and_stops_nothing(photon: Photon, tmp_path: Path, name: str) -> None:
    if name == "/dev/full" and not Path(name).exists():
        pytest.skip("there is no /dev/full here")
    (tmp_path / "a folder").mkdir()
    os.mkfifo(tmp_path / "a pipe")
    env = {"PHOTON_AI_LOG_FILE": str(tmp_path / name)}
    done = photon("ai", "suggest-path", "GET /pets", "-p", "fake", env=env, timeout=30)
    assert done.returncode == 0 and done.stdout
    assert done.stderr.count("cannot be written") == 1 and "(ai.log.file)" in done.stderr


def test_a_projects_file_cannot_name_the_file(photon: Photon, isolated: Path, tmp_path: Path) -> None:
    victim = tmp_path / "bashrc"
    Path("photon.toml").write_text(f'[ai.log]\nfile = "{victim}"\n')
    photon("ai", "suggest-path", "GET /pets", "-p", "fake")
    assert not victim.exists()


def test_an_existing_file_is_added_to(tmp_path: Path) -> None:
    file = tmp_path / "photon.log"
    file.write_text('{"old": true}\n')
    log_to_file(Log(file=str(file)), pytest.fail)
    logging.getLogger("photon.x").info("new")
    assert [record.get("message") for record in logged(file)] == [None, "new"]


@pytest.mark.parametrize(
    "secret",
    [KEY, "Authorization: Bearer 0123456789abcdef0123", "https://ada:hunter2hunter2@example.com/v1"],
)
def test_no_record_holds_a_secret_wherever_it_stands(secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAN_API_KEY", KEY)
    file, err = tmp_path / "photon.log", StringIO()
    log_to_file(Log(file=str(file)), pytest.fail)
    log_to_stderr(Terminal(err=err), 2)
    logger = logging.getLogger("photon.x")
    logger.info("as a message: " + secret)
    logger.info("as an argument: %s %r", secret, {"key": secret})
    logger.info("as a field", extra={"field": secret, "nested": {"key": secret}})
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("as a traceback")
    told = file.read_text() + err.getvalue()
    assert len(logged(file)) == 4 and "Traceback" in told
    assert all(part not in told for part in (KEY, "0123456789abcdef", "hunter2"))


def test_one_record_is_one_line_whatever_it_holds() -> None:
    err = StringIO()
    log_to_stderr(Terminal(err=err), 1)
    logging.getLogger("photon.x").info("one\ntwo\r\nthree \x1b[31mred\x07 \u2028four")
    assert err.getvalue().count("\n") == 1 and "\x1b" not in err.getvalue()
    assert err.getvalue().endswith("one ⏎ two ⏎ three [31mred ⏎ four\n")


def test_without_being_asked_for_logging_is_not_even_imported() -> None:
    probe = "import sys, runpy, atexit; atexit.register(lambda: print('logging' in sys.modules, file=sys.__stderr__))\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{probe}sys.argv = ['photon', '--help']\nrunpy.run_module('photon', run_name='__main__')"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "False\n"
