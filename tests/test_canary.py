"""No key leaks: a canary is planted in every place that a key can be in, against servers that repeat it in every way they can.

Then it is looked for in all output, in the log file, in every file below the folders of Photon, in the command lines of its
processes, and in what is said by the exceptions. Half of it is as bad as all of it, so its middle is looked for.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import shlex
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import pytest
from screens import Photon
from servers import Exchange, Script, delta, serving, sse, streamed, text_events

from photon.chat import Message, Request
from photon.cli.app import run
from photon.errors import ExitCode, PhotonError
from photon.routing.chain import chain
from photon.settings import keys, redaction
from photon.settings.keys import Key, find_key, store_key
from photon.settings.keys.master_password import Password
from photon.settings.load import load

CANARY = "zq7-canary-4f1c9e3b77a2d0-sings-8Kx5"
MIDDLE = CANARY[8:-8]
PASSWORD = "master-canary-5d2e8b-horse"
TRACES = (MIDDLE, MIDDLE[:10], base64.b64encode(f"me:{CANARY}".encode()).decode()[8:-8], PASSWORD[7:-4])
"""What must not be seen anywhere, also in the form in which a URL's user and password are sent (RFC 7617)."""

SPEC = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://api.pets.test}]
security: []
paths: {}
"""
"""A document for the commands that read one."""
HALF = SPEC.replace("paths: {}", "paths: {/pets: {get: {responses: {}}}}")
"""One for those that go on with it."""

SOURCES = ("environment", "keyring", "encrypted", "command", "userinfo", "header")


class Plant(Protocol):
    def __call__(self, source: str, url: str, kind: str = "openai") -> None: ...


@pytest.fixture
def home(isolated: Path) -> Path:
    """Above every folder of Photon in this test."""
    return isolated.parent


@pytest.fixture
def hiding(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    """Plants the canary as the key of the provider "work" at a url."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "file_keyring.Keyring")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "cli"))
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "cli"))
    monkeypatch.setenv("FILE_KEYRING", str(home / "hidden" / "keyring.json"))
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.setattr("photon.settings.keys.sealing.COST", (2**14, 8, 1))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("PHOTON_AI_LOG_FILE", str(home / "photon.log"))
    monkeypatch.setenv("PHOTON_AI_LOG_LEVEL", "debug")
    monkeypatch.setenv("PHOTON_AI_RETRY_ATTEMPTS", "1")
    (home / "hidden").mkdir()
    (home / "config").mkdir()
    (home / "work" / "openapi.yaml").write_text(SPEC)
    (home / "work" / "half.yaml").write_text(HALF)

    def plant(source: str, url: str, kind: str = "openai") -> None:
        more = ""
        match source:
            case "environment":
                monkeypatch.setenv("WORK_API_KEY", CANARY)
            case "keyring":
                store_key("work", CANARY, store="keyring")
            case "encrypted":
                monkeypatch.setenv("PHOTON_MASTER_PASSWORD", PASSWORD)
                store_key("work", CANARY, store="encrypted")
            case "command":
                (home / "hidden" / "key.txt").write_text(CANARY + "\n")
                more = f'key_command = "cat {home / "hidden" / "key.txt"}"\n'
            case "header":
                more = f'headers = ["X-Gateway-Token: {CANARY}"]\n'
            case "userinfo":
                url = url.replace("://", f"://me:{quote(CANARY)}@")
        own = f'kind = "{kind}"\nurl = "{url}{"/v1" * (kind == "openai")}"\nmodel = "m"\n{more}'
        settings = f'[ai]\nprovider = "work"\nfailover = false\n[ai.providers.work]\n{own}'
        (home / "config" / "config.toml").write_text(settings)
        forget()

    yield plant
    monkeypatch.setattr("keyring.core._keyring_backend", None)


def forget() -> None:
    """As a new process has it, which has not fetched any key yet."""
    keys.lookup._fetched.clear()
    redaction._remembered.clear()


def traces_in(text: str) -> list[str]:
    return [f"…{text[max(0, text.find(trace) - 60) :][:160]}…" for trace in TRACES if trace in text]


def files_with_traces(home: Path) -> list[str]:
    """Every file but those in which the user or the keyring put the secret: what Photon wrote."""
    own = {home / "config" / "config.toml"}
    files = [path for path in home.rglob("*") if path.is_file() and path not in own and home / "hidden" not in path.parents]
    assert files, "there is something to look through"
    return [str(path) for path in files if traces_in(path.read_bytes().decode("latin-1"))]


# Servers that repeat the key in every way they can


def echo(exchange: Exchange) -> str:
    """The secret that came, as it was sent."""
    headers = exchange.request.headers
    own = headers.get("x-gateway-token") or headers.get("x-api-key")
    return own or headers.get("authorization", "").partition(" ")[2] or "nothing"


def error(
    code: int, shape: Callable[[str], object] = lambda key: {"error": {"message": f"Incorrect API key: {key}."}}
) -> Script:
    def answer(exchange: Exchange) -> None:
        key, said = echo(exchange), shape(echo(exchange))
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        told = {"x-your-key": key, "www-authenticate": f'Bearer error="{key}"', "location": f"/login?key={key}"}
        exchange.reply(code, body, headers=told)

    return answer


def mid_stream(exchange: Exchange) -> None:
    broken = {"error": {"message": f"the key {echo(exchange)} has expired", "code": "invalid_api_key"}}
    sse(*text_events("GET ")[:2], broken, done=False)(exchange)


def cut_in_garbage(exchange: Exchange) -> None:
    garbled = f"data: {{broken {echo(exchange)}\n\n".encode()
    streamed([f"data: {json.dumps(delta('GET /'))}\n\n".encode(), garbled], then="cut")(exchange)


FAILURES: dict[str, Script] = {
    "400": error(400),
    "401": error(401),
    "401 with the beginning of the key": error(401, lambda key: {"error": {"message": f"Incorrect API key: {key[:24]}***"}}),
    "401 with the key inside of a word": error(401, lambda key: {"detail": f"token={key},realm=x"}),
    "403 as text": error(403, lambda key: f"Forbidden for {key}"),
    "404": error(404),
    "429": error(429),
    "500": error(500),
    "500 as text": error(500, lambda key: f"panic: authorization={key}\n at main"),
    "302": error(302),
    "200 and no JSON": error(200, lambda key: f"hello {key}"),
    "200 and another JSON": error(200, lambda key: {"object": "error", "message": f"key {key}", "data": key}),
    "an error in the stream": mid_stream,
    "garbage in the stream": cut_in_garbage,
}

ASKING = (
    "ai suggest-path 'GET /pets'",
    "ai suggest-path 'GET /pets' --debug -vv --inspect --explain",
    "ai suggest-path 'GET /pets' --json --no-stream -v",
    "ai suggest-schema 'a Pet with name' --debug -vv --inspect --explain",
    "ai complete half.yaml --at 5:20 --debug -vv",
    "ai describe half.yaml --debug -vv",
    "ai chat hello --debug -vv --inspect",
    "ai chat hello --json",
    "ai models --debug -vv",
    "ai keys test --debug -vv",
    "ai keys test --json",
    "ai doctor --debug -vv",
)
"""Commands that send the key."""

TELLING = (
    "ai suggest-path 'GET /pets' --dry-run --json -vv",
    "ai suggest-path 'GET /pets' --dry-run --debug",
    "ai chat hello --dry-run",
    "ai models --json",
    "ai keys list",
    "ai keys list --json --debug -vv",
    "ai config explain",
    "ai config explain --json",
    "ai config show",
    "ai config show --json",
    "ai providers",
    "ai providers --json",
    "ai log",
    "ai log --json",
    "ai log show 1",
    "ai log show 1 --json",
    "ai log search key",
    "ai log export -",
    "ai log replay 1 --debug -vv",
    "ai usage",
    "ai usage --json",
    "ai cache stats",
    "ai lint openapi.yaml --json -vv",
    "ai spec style openapi.yaml --json",
    "ai explain",
)
"""Commands that tell of what was done, or of what is set."""


def said_by(command: str, capfd: pytest.CaptureFixture[str]) -> str:
    """All that the command says, in this process, which forgets what it knew before."""
    forget()
    loggers = [logging.getLogger(name) for name in ("", "photon")]
    before = [list(logger.handlers) for logger in loggers]
    code = run(shlex.split(command))
    for logger, handlers in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
    out, err = capfd.readouterr()
    assert code == ExitCode.SUCCESS or command not in TELLING, f"{command} works: {err}"
    return out + err


OFTEN = ("401", "500 as text", "an error in the stream")
"""For every source; a key that was found is masked in one way, so all failures are played for two of them."""


@pytest.mark.parametrize(
    ("source", "failure"),
    [(source, failure) for source in SOURCES for failure in (FAILURES if source in ("keyring", "userinfo") else OFTEN)],
)
def test_no_command_repeats_what_the_server_repeats(
    source: str, failure: str, hiding: Plant, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(FAILURES[failure]) as server:
        hiding(source, server.url)
        leaks = {}
        for command in ASKING:
            before = len(server.requests)
            leaks[command] = traces_in(said_by(command, capfd))
            tries_nothing = command.startswith("ai keys") and source in ("userinfo", "header")  # those are no keys
            assert tries_nothing or any(CANARY in sent(request.headers) for request in server.requests[before:]), command
        leaks |= {command: traces_in(said_by(command, capfd)) for command in ("ai log --json", "ai log show 1", "ai providers")}
    assert {command: found for command, found in leaks.items() if found} == {}
    assert files_with_traces(home) == []


@pytest.mark.parametrize("failure", OFTEN)
@pytest.mark.parametrize("kind", ["anthropic", "ollama"])
def test_nor_does_it_with_another_protocol(
    kind: str, failure: str, hiding: Plant, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(FAILURES[failure]) as server:
        hiding("keyring", server.url, kind)
        leaks = {command: traces_in(said_by(command, capfd)) for command in ASKING}
    assert all(CANARY in sent(request.headers) for request in server.requests if request.method == "POST")
    assert {command: found for command, found in leaks.items() if found} == {}
    assert files_with_traces(home) == []


def sent(headers: Mapping[str, str]) -> str:
    """The secret in the headers of a request."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    own = headers.get("x-gateway-token") or headers.get("x-api-key")
    return own or (base64.b64decode(value).decode() if scheme == "Basic" else value)


@pytest.mark.parametrize("source", SOURCES)
def test_no_command_tells_the_key(source: str, hiding: Plant, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(sse(*text_events("GET /pets\n200: { id: int }[]"))) as server:
        hiding(source, server.url)
        leaks = {command: traces_in(said_by(command, capfd)) for command in (*ASKING, *TELLING)}
    assert {command: found for command, found in leaks.items() if found} == {}
    assert files_with_traces(home) == []


def test_a_key_that_was_pasted_into_a_question_is_not_recorded(
    hiding: Plant, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(sse(*text_events("It looks sound."))) as server:
        hiding("environment", server.url)
        said_by(f"ai chat 'is {CANARY} a sound key?' -vv", capfd)
        assert MIDDLE in json.dumps(server.requests[0].json), "what was asked is asked"
        assert traces_in(said_by("ai log show 1 --json", capfd)) == []
    assert files_with_traces(home) == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="only Linux shows the command lines of all processes here")
@pytest.mark.parametrize("source", SOURCES)
def test_no_process_has_the_key_in_its_command_line(source: str, hiding: Plant, home: Path) -> None:
    seen: list[str] = []

    def look(exchange: Exchange) -> None:
        seen.extend(map(command_line, Path("/proc").glob("[0-9]*")))
        error(500)(exchange)

    with serving(look) as server:
        hiding(source, server.url)
        done = real("ai suggest-path 'GET /pets' --debug -vv --inspect")
    assert any("suggest-path" in line for line in seen), "the process itself was seen"
    assert traces_in("\n".join(seen)) == []
    assert traces_in(done.stdout + done.stderr) == []
    assert files_with_traces(home) == []
    assert "Traceback" in done.stderr


def command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().decode("latin-1")
    except OSError:  # it has ended
        return ""


def real(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """In a process of its own, in which the key is fetched for the first time."""
    return subprocess.run(
        [sys.executable, "-m", "photon", *shlex.split(command)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("store", ["keyring", "encrypted"])
def test_storing_a_key_repeats_it_nowhere(store: str, hiding: Plant, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hiding("none", "http://127.0.0.1:9")
    monkeypatch.setenv("PHOTON_MASTER_PASSWORD", PASSWORD)
    for given in (CANARY, f"{CANARY} {CANARY}", f"{CANARY}\n{CANARY}", f"ä{CANARY}"):
        done = real(f"ai keys set work --store {store} --debug -vv", stdin=given)
        assert traces_in(done.stdout + done.stderr) == []
    assert files_with_traces(home) == []


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("source", ["keyring", "userinfo"])
def test_no_exception_tells_the_key(source: str, failure: str, hiding: Plant) -> None:
    with serving(FAILURES[failure]) as server:
        hiding(source, server.url)
        raised = asyncio.run(failing())
    said = "".join(part for each in whole_chain(raised) for part in (repr(each), str(each), repr(vars(each))))
    said += "".join(traceback.format_exception(raised))
    assert traces_in(said) == []


async def failing() -> PhotonError:
    asked = chain(load().settings.ai, command="chat", purpose="chat", use_cache=False, warn=lambda line: None)
    try:
        async for _ in asked.stream(Request(model="", messages=(Message("user", "hello"),))):
            pass
    except PhotonError as caught:
        return caught
    finally:
        await asked.close()
    raise AssertionError("it failed")


def whole_chain(raised: BaseException) -> list[BaseException]:
    """The exception and all that it came from, also what a traceback leaves out."""
    found, todo = [], [raised]
    while todo:
        each = todo.pop()
        if each not in found:
            found.append(each)
            todo += [
                cause
                for cause in (each.__cause__, each.__context__, *getattr(each, "others", ()))
                if isinstance(cause, BaseException)
            ]
    return found


def test_no_value_tells_the_key_in_its_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_API_KEY", CANARY)
    values: tuple[object, ...] = (find_key("work"), Key("work", CANARY, "keyring"), Password(PASSWORD))
    assert traces_in(repr(values) + "".join(map(str, values))) == []


def test_the_only_command_that_prints_a_key_is_the_one_for_it(hiding: Plant) -> None:
    hiding("environment", "http://127.0.0.1:9")
    assert real("ai keys export-env work").stdout == f"export WORK_API_KEY={CANARY}\n"


def test_every_command_is_tried_here(photon: Photon) -> None:
    page = photon("ai", "--help").stdout.partition("Commands:\n")[2]
    listed = {line.split()[0] for line in page.splitlines() if line.startswith("  ") and line[2] != " "}
    tried = {shlex.split(command)[1] for command in (*ASKING, *TELLING)}
    assert listed - tried == set()
