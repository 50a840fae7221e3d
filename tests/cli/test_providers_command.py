"""``photon ai providers`` and ``photon ai providers reset``."""

import io
import json
import os
import re
import time
from contextlib import closing
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from photon.chat import Attempt, Message, Origin, Parameters
from photon.cli.providers import providers_app
from photon.cli.terminal import Terminal
from photon.errors import ConfigurationError, Fault
from photon.records.history import Entry
from photon.records.requests import history
from photon.records.targets import targets_of
from photon.settings.paths import targets_file
from photon.settings.schema import Record

KEY = "sk-canary-0123456789abcdef"
SILENT = "groq fell silent in the middle of its answer"


@pytest.fixture(autouse=True)
def configured(isolated, monkeypatch):
    """groq with a key and a password in its url, then a server at work; groq has failed and rests."""
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    (isolated / "photon.toml").write_text(
        '[ai]\nprovider = "groq"\nfailover = ["work"]\n'
        '[ai.providers.work]\nurl = "http://me:hunter22@work.lan:8000/v1"\nmodel = "llama"\n'
    )
    with closing(targets_of(pytest.fail)) as targets:
        targets.failed(groq(), fault=Fault.STALLED, error=SILENT, cooldown_s=300, retry_after=600)


def groq():
    from photon.providers.registry import endpoint
    from photon.routing.resting import target_name
    from photon.settings.schema import AI

    return target_name(endpoint(AI(provider="groq"), "groq"))


def answered(*milliseconds, provider="work", model="llama"):
    with closing(history(Record(), pytest.fail)) as record:
        for first in milliseconds:
            origin = Origin(provider, model)
            attempt = Attempt(origin=origin, started=time.time() - 60, total_ms=2 * first, first_token_ms=first)
            record.add(
                Entry(
                    command="chat",
                    messages=(Message("user", "hello"),),
                    parameters=Parameters(),
                    started=attempt.started,
                    total_ms=2 * first,
                    attempts=(attempt,),
                )
            )


def run(*arguments, width=None):
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    terminal = replace(terminal, interactive=True, width=width) if width else terminal
    result = CliRunner().invoke(providers_app, list(arguments), obj=terminal, catch_exceptions=False)
    assert result.exit_code == 0
    return terminal.out.getvalue(), terminal.err.getvalue()


def test_in_a_pipe_it_is_a_table_of_all_columns_by_tabs():
    answered(120, 140, 200)
    out, err = run()
    header, *rows = [line.split("\t") for line in out.splitlines()]
    assert header == ["provider", "kind", "model", "host", "key", "state", "first token", "answered", "last error"]
    first, second = (dict(zip(header, row, strict=True)) for row in rows if row[0] in ("groq", "work"))
    assert (first["provider"], first["host"], first["key"]) == ("groq", "api.groq.com", "environment GROQ_API_KEY")
    assert re.fullmatch(r"resting until \d\d:\d\d:\d\d", first["state"])
    assert re.fullmatch(rf"\d s ago: {SILENT}", first["last error"])
    assert (second["host"], second["key"], second["state"]) == ("work.lan:8000", "none", "ready")
    assert (second["first token"], second["answered"], second["last error"]) == ("0.14 s", "100 % of 3", "")
    assert err == ""


def test_neither_a_key_nor_a_password_is_shown():
    for arguments in ([], ["--json"]):
        out, err = run(*arguments)
        assert KEY not in out + err
        assert "hunter22" not in out + err


@pytest.mark.parametrize(("width", "columns"), [(200, 9), (90, 5), (40, 3)])
def test_a_terminal_shows_what_it_has_room_for_and_the_errors_in_any_case(width, columns):
    out, err = run(width=width)
    assert len(re.split(r"\s{2,}", out.splitlines()[0].strip())) == columns
    assert max(map(len, out.splitlines())) <= width
    assert SILENT in " ".join((out + err).split())


def test_json_has_every_fact_and_null_for_what_is_unknown():
    answered(120, 140)
    found = {each["provider"]: each for each in json.loads(run("--json")[0])["providers"]}
    assert found["work"] == {
        "provider": "work",
        "kind": "openai",
        "model": "llama",
        "url": "http://…@work.lan:8000/v1",
        "key": None,
        "state": "ready",
        "rest": None,
        "requests": 2,
        "succeeded": 2,
        "median_first_token_ms": 130.0,
        "median_total_ms": 260.0,
        "last_error": None,
        "last_error_at": None,
    }
    assert found["groq"]["state"] == "resting"
    assert found["groq"]["rest"]["failures"] == 1
    assert found["groq"]["rest"]["until"].endswith("Z")
    assert (found["groq"]["last_error"], found["groq"]["requests"]) == (SILENT, 0)


def test_a_reset_ends_the_rests():
    assert run("reset", "work") == ("", "work does not rest\n")
    assert run("reset", "groq") == ("", "1 that rested may be asked again\n")
    assert run("reset") == ("", "nobody rests\n")


def test_a_reset_of_nobody_known_says_who_may_be_meant():
    with pytest.raises(ConfigurationError, match='there is no provider "grok"'):
        run("reset", "grok")


def test_a_reset_mends_a_damaged_file_even_when_the_settings_are_broken(isolated):
    (isolated / "photon.toml").write_text("broken [")
    targets_file().write_bytes(os.urandom(20_000))
    assert "a new one now" in run("reset")[1]
    assert [file.name for file in targets_file().parent.iterdir() if file.suffix == ".corrupt"] == []
    assert run("reset")[1] == "nobody rests\n"


def test_the_whole_program_lists_and_helps(photon):
    done = photon("ai", "providers")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].startswith("groq\topenai\t")
    assert "photon ai providers reset groq" in photon("ai", "providers", "--help").stdout
    assert "Examples:" in photon("ai", "providers", "reset", "--help").stdout
