"""The same command line in the same circumstances prints the same at once; in any others, the command runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from screens import Photon

ASK = ("ai", "suggest-path", "GET /users")
FAKE = '[ai]\nprovider = "fake"\n'


@pytest.fixture(autouse=True)
def asked_before(isolated: Path, photon: Photon) -> str:
    """The answer of a provider that needs no model, given once."""
    (isolated / "photon.toml").write_text(FAKE)
    done = photon(*ASK)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_of(*arguments: str, env: dict[str, str] | None = None) -> set[str]:
    """What the program imports for a command line."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "photon", *arguments],
        capture_output=True, text=True, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def is_replayed(*arguments: str, env: dict[str, str] | None = None) -> bool:
    """Whether the command line was answered without being parsed."""
    return "typer" not in modules_of(*arguments, env=env)


def test_a_replay_prints_the_same_and_says_where_it_comes_from(photon: Photon, asked_before: str) -> None:
    done = photon(*ASK)
    assert done.stdout == asked_before
    assert done.stderr == "fake/fake · from the cache · 0.00 s\n"
    assert is_replayed(*ASK)


def test_a_replay_imports_next_to_nothing() -> None:
    assert not modules_of(*ASK) & {"typer", "asyncio", "dataclasses", "photon.settings.load", "photon.sketch", "photon.openapi"}


def test_it_says_what_the_cache_would_say(photon: Photon, isolated: Path) -> None:
    replayed = photon(*ASK)
    parsed = photon(*ASK, "--scope", "fragment")
    assert replayed.stdout == parsed.stdout
    who, how, _ = parsed.stderr.split(" · ")  # and how long it took, which differs
    assert replayed.stderr.startswith(f"{who} · {how} · ")


def test_another_command_line_is_not_replayed() -> None:
    assert not is_replayed("ai", "suggest-path", "GET /orders")
    assert not is_replayed("ai", "suggest-path", "-q", "GET /users")


@pytest.mark.parametrize("variable", ["PHOTON_AI_STYLE_AUTH=basic", "NO_COLOR=1", "OPENAI_API_KEY=sk-1234"])
def test_another_variable_that_is_read_is_another_circumstance(variable: str) -> None:
    name, _, value = variable.partition("=")
    assert not is_replayed(*ASK, env={name: value})


def test_a_variable_that_nobody_reads_changes_nothing() -> None:
    assert is_replayed(*ASK, env={"SHLVL": "7"})


def test_a_changed_settings_file_is_seen(photon: Photon, isolated: Path) -> None:
    (isolated / "photon.toml").write_text(FAKE + '[ai.style]\nscope = "path"\n')
    assert photon(*ASK).stdout.startswith("/users:")


def test_a_settings_file_that_was_not_there_is_seen(photon: Photon, isolated: Path) -> None:
    user = Path(os.environ["PHOTON_CONFIG_DIR"]) / "config.toml"
    user.parent.mkdir(exist_ok=True)
    user.write_text('[ai.style]\nscope = "path"\n')
    assert photon(*ASK).stdout.startswith("/users:")


def test_a_nearer_project_file_is_seen(photon: Photon, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = isolated / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    photon(*ASK)
    assert is_replayed(*ASK)
    (isolated / "a" / "photon.toml").write_text(FAKE + '[ai.style]\nscope = "path"\n')
    assert photon(*ASK).stdout.startswith("/users:")


def test_a_refreshed_answer_ends_the_replay_of_the_old_one(photon: Photon) -> None:
    photon(*ASK, "--refresh")
    assert not is_replayed(*ASK)
    assert is_replayed(*ASK)


def test_a_cleared_cache_has_no_replays_and_never_counted_them(photon: Photon) -> None:
    assert "answers 1\n" in photon("ai", "cache", "stats").stdout
    photon("ai", "cache", "clear")
    assert not is_replayed(*ASK)


@pytest.mark.parametrize("option", ["--no-cache", "--explain", "--json", "--refresh"])
def test_what_is_not_plain_is_never_replayed(option: str) -> None:
    assert not is_replayed(*ASK, option)
    assert not is_replayed(*ASK, option)


def test_a_request_from_a_pipe_is_never_replayed(photon: Photon) -> None:
    photon("ai", "suggest-path", "-", stdin="GET /users")
    assert "/orders:" in photon("ai", "suggest-path", "-", stdin="GET /orders").stdout
    photon("ai", "suggest-path", stdin="GET /users")
    assert "/orders:" in photon("ai", "suggest-path", stdin="GET /orders").stdout


def test_an_answer_that_is_too_old_is_asked_for_again(photon: Photon, isolated: Path) -> None:
    (isolated / "photon.toml").write_text(FAKE + "[ai.cache]\nmax_age_days = 0.00001\n")
    photon(*ASK)
    import time

    time.sleep(1)
    assert not is_replayed(*ASK)


def test_a_damaged_cache_is_left_to_the_command(photon: Photon, asked_before: str) -> None:
    database = Path(os.environ["PHOTON_CACHE_DIR"]) / "answers.sqlite3"
    database.write_bytes(b"no database at all" * 100)
    done = photon(*ASK)
    assert done.stdout == asked_before and "damaged" in done.stderr


def test_a_reader_that_leaves_is_no_failure() -> None:
    line = f"{sys.executable} -m photon ai suggest-path 'GET /users' | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    assert done.stdout == "paths:\n0\n" and "Error" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_told_as_by_the_command() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "photon", *ASK], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1 and done.stderr.startswith("photon: cannot write to stdout") and "Traceback" not in done.stderr
