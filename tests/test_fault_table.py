"""Each fault of the fault server, and what comes of it: for a suggestion and for a conversation, with somebody to fail over
to and without, streamed in a terminal and whole in a pipe."""

from __future__ import annotations

import io
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from faults import CASES, Case, playing

from photon.cli.app import run
from photon.cli.terminal import Terminal
from photon.errors import ExitCode, Fault, PhotonError
from photon.routing.classify import Action, classify
from photon.settings.paths import history_file

KEY = "sk-secret-0123456789abcdef"
ENVIRONMENT = {
    "PHOTON_AI_MODEL": "m",
    "PHOTON_AI_RETRY_MAX_WAIT": "0.1",
    "OPENAI_API_KEY": KEY,
    "OLLAMA_API_KEY": KEY,
    "ANTHROPIC_API_KEY": KEY,
}
COMMANDS = {"suggest-path": "POST /login", "chat": "When is 422 better than 400?"}


@dataclass(frozen=True)
class Scene:
    """A fault and who meets it. failover: there is somebody else to ask. streamed: in a terminal, while the answer comes."""

    case: Case
    command: str
    failover: bool
    streamed: bool

    def __str__(self) -> str:
        manner = "streamed" if self.streamed else "whole"
        return f"{self.case}, {self.command}, {'failover' if self.failover else 'alone'}, {manner}"


SCENES = [
    Scene(case, command, failover, streamed)
    for case in CASES
    for command in COMMANDS
    for failover in (True, False)
    for streamed in (True, False)
    if command == "suggest-path" or not case.sketch_only
]
OTHER_PROTOCOLS = [pytest.param(case, kind, id=f"{case}, {kind}") for case in CASES for kind in case.kinds if kind != "openai"]


def base(kind: str, url: str) -> str:
    """The address as a user configures it; with a path, nothing is tried in front of it."""
    return f"{url}/v1" if kind == "openai" else url


class Outcome:
    """What somebody at the terminal, or a script, sees."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def is_clean(self) -> bool:
        return KEY not in self.out + self.err and "Traceback" not in self.err and "bug in Photon" not in self.err


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run one command line against a server, in this process, where hundreds of them take seconds."""

    def asking(command: str, kind: str, url: str, case: Case, *, failover: bool, streamed: bool) -> Outcome:
        environment = ENVIRONMENT | {"PHOTON_AI_PROVIDER": kind, "PHOTON_AI_URL": base(kind, url)} | case.limits
        environment["PHOTON_AI_FAILOVER"] = "fake" if failover else "false"
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        terminal = Terminal(out=sys.stdout, err=sys.stderr, stdin=io.StringIO(), interactive=streamed)
        monkeypatch.setattr(Terminal, "detect", classmethod(lambda cls, **_: terminal))
        code = run(["ai", command, COMMANDS[command]])
        return Outcome(code, *capsys.readouterr())

    return asking


def recorded_faults() -> list[tuple[str, str]]:
    """Every exchange of the record: the provider, and its fault."""
    with closing(sqlite3.connect(history_file())) as database:
        return list(database.execute("SELECT provider, coalesce(fault, '') FROM exchanges ORDER BY rowid"))


def fault_in_the_record(case: Case) -> str:
    """An exchange of which only the words were wrong went well."""
    return "" if case.sketch_only else case.fault.value


def test_every_kind_of_failure_of_a_server_is_played() -> None:
    not_of_servers = {
        Fault.CONNECTION,  # what is left when nothing finer is known
        Fault.NO_KEY,
        Fault.BUDGET,
        Fault.OWN_LIMIT,
        Fault.MISSING_EXTRA,
        Fault.CONFIGURATION,
        Fault.USAGE,
        Fault.SPEC,
        Fault.OTHER,
    }
    assert {case.fault for case in CASES} == set(Fault) - not_of_servers
    assert len(CASES) >= 40


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_what_comes_of_a_fault(ask, tmp_path: Path, scene: Scene) -> None:
    case, command = scene.case, scene.command
    with playing(case, "openai", tmp_path) as server:
        found = ask(command, "openai", server.url, case, failover=scene.failover, streamed=scene.streamed)
    assert found.is_clean(), found.err
    assert len(server.requests) == case.asked
    # a conversation of which somebody has read the beginning is not begun afresh by somebody else
    stays = command == "chat" and case.spoken
    if not scene.failover or stays or action(case) is Action.TELL:
        assert found.code == case.code, found.err
        assert found.err.count("photon: ") == 1
        assert_nothing_but_the_beginning(found.out, scene)
    else:
        assert found.code == ExitCode.SUCCESS, found.err
        assert "fake/fake answers instead" in found.err
        assert_answered_by_the_other(found.out, command)
    assert recorded_faults()[0] == ("openai", fault_in_the_record(case))


def action(case: Case) -> Action:
    return classify(PhotonError("", fault=case.fault)).action


def assert_answered_by_the_other(out: str, command: str) -> None:
    """The last thing that was printed is the whole answer of who took over."""
    if command == "chat":
        assert out.rstrip().endswith("You said: When is 422 better than 400?")
    else:
        document = yaml.safe_load(out[out.rindex("paths:") :])
        assert document["paths"]["/login"]["post"]["summary"] == "An example from the fake provider"


def assert_nothing_but_the_beginning(out: str, scene: Scene) -> None:
    """In a pipe nothing; in a terminal what had come before the fault, and no more."""
    if not scene.streamed or (scene.command == "chat" and not scene.case.spoken):
        assert out == ""
    elif scene.command == "chat":
        assert out.startswith("POST /login")
        assert "responses" not in out
    else:  # what is certain of the path from the request alone is shown before anybody answers
        assert "responses:" not in out


@pytest.mark.parametrize(("case", "kind"), OTHER_PROTOCOLS)
def test_the_other_protocols_fail_alike(ask, tmp_path: Path, case: Case, kind: str) -> None:
    with playing(case, kind, tmp_path) as server:
        found = ask("suggest-path", kind, server.url, case, failover=False, streamed=False)
    assert found.is_clean(), found.err
    assert (found.code, found.out) == (case.code, ""), found.err
    assert len(server.requests) == case.asked
    assert recorded_faults()[0] == (kind, fault_in_the_record(case))
