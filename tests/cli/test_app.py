"""The command tree as a person meets it: help pages, typing errors, and what is said when something breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from screens import Photon, seen

from photon import __version__
from photon.cli import app as program
from photon.cli.app import run
from photon.errors import ExitCode

PAGES = [
    "",
    "ai",
    "ai suggest-path",
    "ai suggest-schema",
    "ai complete",
    "ai describe",
    "ai chat",
    "ai lint",
    "ai explain",
    "ai spec",
    "ai spec style",
    "ai models",
    "ai keys",
    "ai keys set",
    "ai keys list",
    "ai keys rm",
    "ai keys test",
    "ai keys change-password",
    "ai keys export-env",
    "ai config",
    "ai config show",
    "ai config explain",
    "ai config path",
    "ai config init",
    "ai providers",
    "ai providers reset",
    "ai usage",
    "ai doctor",
    "ai cache",
    "ai cache stats",
    "ai cache clear",
    "ai log",
    "ai log list",
    "ai log search",
    "ai log show",
    "ai log last",
    "ai log replay",
    "ai log export",
    "ai log clear",
    "ai log path",
]


def page(capsys: pytest.CaptureFixture[str], command: str, flag: str = "--help") -> str:
    assert run([*command.split(), flag]) == ExitCode.SUCCESS
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize("command", PAGES)
def test_every_help_page_leads_with_an_example_that_names_the_command(capsys: pytest.CaptureFixture[str], command: str) -> None:
    text = page(capsys, command)
    example, options = text.index("Example"), text.index("Options:")
    assert example < options
    assert f"photon {command}".strip() in text[example:options]


@pytest.mark.parametrize("command", PAGES)
def test_no_help_page_speaks_python_or_draws_boxes(capsys: pytest.CaptureFixture[str], command: str) -> None:
    text = page(capsys, command)
    assert not re.search(r"<(str|bool|int|float|list|Path|path|file|LIST)\b|\bNone\b|list\[|[─│╭]", text)
    assert max(map(len, text.splitlines())) <= 82


def test_every_command_has_a_page_here(capsys: pytest.CaptureFixture[str]) -> None:
    known = set(PAGES)
    for command in ("", "ai", "ai keys", "ai config", "ai cache", "ai log", "ai providers", "ai spec"):
        listed = page(capsys, command).partition("Commands:\n")[2]
        assert {f"{command} {line.split()[0]}".strip() for line in listed.splitlines() if line[2:3].strip()} <= known


def test_h_is_help_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert page(capsys, "ai chat", "-h") == page(capsys, "ai chat", "--help")


def test_the_version_is_one_line(photon: Photon) -> None:
    assert photon("--version").stdout == f"photon {__version__}\n"


@pytest.mark.parametrize("command", ["", "ai", "ai keys", "ai config", "ai cache"])
def test_a_group_alone_shows_its_page_on_stderr_for_nothing_was_done(photon: Photon, command: str) -> None:
    done, asked = photon(*command.split()), photon(*command.split(), "--help")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.strip() == asked.stdout.strip()


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("ai sugest-path x", "Did you mean 'suggest-path', 'suggest-schema'?", "photon ai --help"),
        ("ai keys lst", "Did you mean 'list', 'set'?", "photon ai keys --help"),
        ("suggest-path x", "Did you mean 'ai suggest-path'?", "photon --help"),
        ("ai suggest-path --modle x y", "--model", "photon ai suggest-path --help"),
        ("ai suggest-path --provider", "requires an argument", "photon ai suggest-path --help"),
        ("ai suggest-path --openapi 4 x", "'4' is not one of '3.1', '3.0'", "photon ai suggest-path --help"),
        ("ai suggest-path --provider opnai x", "opnai", "did you mean openai?"),
        ("ai keys set", "NAME", "photon ai keys set --help"),
    ],
)
def test_a_typing_error_is_answered_with_the_way_out(
    capsys: pytest.CaptureFixture[str], line: str, said: str, hint: str
) -> None:
    assert run(line.split()) in (ExitCode.USAGE, ExitCode.CONFIGURATION)
    out, err = capsys.readouterr()
    what, mend = err.splitlines()
    assert out == "" and what.startswith("photon: ") and said in what and "Value error" not in what
    assert mend == f"  try: {hint}"


BROKEN = ["ai", "suggest-path", "--provider", "fake", "-o", "nowhere/x.yaml", "GET /pets"]


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["--debug", *BROKEN], {}),
        ([*BROKEN[:2], "--debug", *BROKEN[2:]], {}),
        ([*BROKEN, "--debug"], {}),
        (BROKEN, {"PHOTON_DEBUG": "1"}),
    ],
    ids=["first", "in the middle", "last", "variable"],
)
def test_debug_shows_where_it_happened(photon: Photon, arguments: list[str], env: dict[str, str]) -> None:
    done = photon(*arguments, env=env)
    assert done.returncode == ExitCode.FAILURE
    assert "Traceback (most recent call last)" in done.stderr and "write_atomically" in done.stderr
    assert "photon: cannot write nowhere/x.yaml" in done.stderr


@pytest.mark.parametrize("value", ["", "0"])
def test_without_debug_there_is_no_traceback(photon: Photon, value: str) -> None:
    assert "Traceback" not in photon(*BROKEN, env={"PHOTON_DEBUG": value}).stderr


def test_debug_behind_two_dashes_is_a_word_of_the_request(photon: Photon) -> None:
    done = photon("ai", "chat", "--provider", "fake", "--", "what", "is", "--debug")
    assert done.stdout == "You said: what is --debug\n"


def test_a_bug_is_one_line_and_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(ctx: typer.Context) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setitem(program._AI_COMMANDS, "cache", f"{__name__}:broken")
    monkeypatch.setattr(f"{__name__}.broken", broken, raising=False)
    assert run(["ai", "cache"]) == ExitCode.FAILURE
    what, mend = capsys.readouterr().err.splitlines()
    assert what == "photon: this is a bug in Photon: ZeroDivisionError: two lines"
    assert "--debug" in mend


def completed(photon: Photon, line: str) -> list[str]:
    """What Tab offers behind `line`, by Typer's protocol for bash."""
    words = line.split(" ")
    env = {"_PHOTON_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = photon(env=env)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("photon ai su", ["suggest-path", "suggest-schema"]),
        ("photon ai keys ", ["set", "list", "rm", "test", "change-password", "export-env"]),
        ("photon ai suggest-path --provider o", ["openai", "ollama", "openrouter"]),
        ("photon ai chat --model ", ["photon-openapi", "smollm2-135m-instruct", "llama3.2"]),
        ("photon ai models --provider l", ["local", "lmstudio", "llama-server", "lan"]),
        ("photon ai suggest-path --scope ", ["fragment", "path", "document"]),
        (
            "photon ai suggest-path --no-",
            ["--no-failover", "--no-cache", "--no-log", "--no-stream", "--no-spec", "--no-reasoning", "--no-wait"],
        ),
    ],
)
def test_the_tab_key_knows_commands_options_providers_and_models(photon: Photon, line: str, offered: list[str]) -> None:
    Path("photon.toml").write_text('[ai.providers.lan]\nurl = "http://lan:8000"\nmodel = "llama3.2"\n')
    assert completed(photon, line) == offered


def test_help_in_a_narrow_terminal_fits_it() -> None:
    shown = seen("ai", "--help", width=60)
    assert shown.code == 0 and shown.sequences == set()
    prose = [line for line in shown.plain.splitlines() if "photon ai" not in line]
    assert max(map(len, prose)) <= 60
