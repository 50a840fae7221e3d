"""The exit codes, each as a process gives it; the numbers are part of the public interface."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import servers
from screens import Photon
from servers import serving, sse, text_events

from photon import errors
from photon.errors import ExitCode, PhotonError

TREE = [error for _, error in inspect.getmembers(errors, inspect.isclass) if issubclass(error, PhotonError)]


def test_the_numbers_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "SUCCESS": 0,
        "FAILURE": 1,
        "USAGE": 2,
        "CONFIGURATION": 3,
        "CREDENTIALS": 4,
        "UNREACHABLE": 5,
        "RATE_LIMITED": 6,
        "MODEL_NOT_FOUND": 7,
        "UNREADABLE_ANSWER": 8,
        "INVALID_SPEC": 9,
        "CANCELLED": 130,
    }


@pytest.mark.parametrize("error", TREE, ids=lambda error: error.__name__)
def test_the_tree_at_the_top_of_the_module_tells_the_truth(error: type[PhotonError]) -> None:
    (line,) = [line for line in (errors.__doc__ or "").splitlines() if error.__name__ in line.split()]
    words = line.replace("│", " ").replace("├──", " ").replace("└──", " ").split()
    assert words[1] == str(int(error.exit_code))


def test_success(photon: Photon) -> None:
    assert photon("ai", "suggest-path", "--provider", "fake", "GET /pets").returncode == ExitCode.SUCCESS


def test_a_file_that_cannot_be_written_is_a_failure(photon: Photon) -> None:
    done = photon("ai", "suggest-path", "--provider", "fake", "GET /pets", "-o", "nowhere/pets.yaml")
    assert (done.returncode, done.stdout) == (ExitCode.FAILURE, "")
    assert done.stderr == "photon: cannot write nowhere/pets.yaml: No such file or directory\n  try: mkdir -p nowhere\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ai"],
        ["ai", "keys"],
        ["ai", "sugest-path", "x"],
        ["ai", "suggest-path"],
        ["ai", "suggest-path", "--modle", "x", "GET /pets"],
        ["ai", "suggest-path", "--openapi", "4.0", "GET /pets"],
        ["ai", "suggest-path", "GET /pets and POST /pets"],
        ["ai", "chat"],
    ],
    ids=" ".join,
)
def test_a_command_line_that_cannot_be_served_is_misuse(photon: Photon, arguments: list[str]) -> None:
    done = photon(*arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "options", "word"),
    [
        ("[ai]\nprovidr = 1", [], "providr"),
        ("[ai", [], "photon.toml"),
        ("", ["--provider", "opnai"], "opnai"),
        ("", ["--temperature", "7"], "temperature"),
    ],
)
def test_impossible_settings_are_a_configuration_error(photon: Photon, file: str, options: list[str], word: str) -> None:
    Path("photon.toml").write_text(file)
    done = photon("ai", "suggest-path", "GET /pets", *options)
    assert (done.returncode, done.stdout) == (ExitCode.CONFIGURATION, "")
    assert done.stderr.startswith("photon: ") and word in done.stderr


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (servers.refusal(401, "no"), ExitCode.CREDENTIALS),
        (servers.page(), ExitCode.UNREACHABLE),
        (servers.too_many_requests("900"), ExitCode.RATE_LIMITED),
        (servers.refusal(404, "no such model", code="model_not_found"), ExitCode.MODEL_NOT_FOUND),
        (sse(*text_events("Hello!")), ExitCode.UNREADABLE_ANSWER),
        (servers.refusal(400, "bad request"), ExitCode.USAGE),
    ],
    ids=lambda value: value.name if isinstance(value, ExitCode) else "",
)
def test_a_provider_that_cannot_answer_has_its_code(photon: Photon, script: servers.Script, code: ExitCode) -> None:
    with serving(script) as server:
        done = photon("ai", "suggest-path", "GET /pets", "--no-failover", env={"PHOTON_AI_URL": server.url})
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("photon: ")


def test_the_readme_lists_every_code_and_no_other() -> None:
    readme = (Path(errors.__file__).parents[1] / "README.md").read_text()
    table = readme.partition("## Exit codes")[2].partition("\n## ")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(ExitCode)
