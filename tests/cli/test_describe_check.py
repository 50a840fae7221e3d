"""``photon ai describe --check``: what is missing, for CI, without a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from screens import Photon

from photon.errors import ExitCode

CHECK = ("ai", "describe", "openapi.yaml", "--check")
SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /users:
    get:
      operationId: listUsers
      parameters:
        - name: page
          in: query
      responses: {'200': {content: {}}}
  /zoo:
    get: {summary: See, description: All, operationId: see, responses: {'200': {description: OK}}}
"""
WHOLE = SPEC.partition("  /users")[0] + "  /zoo" + SPEC.partition("  /zoo")[2]


@pytest.fixture
def file(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_text(SPEC)
    return path


def test_each_missing_text_is_a_line_with_its_place_and_the_exit_code_is_1(photon: Photon, file: Path) -> None:
    done = photon(*CHECK)
    assert done.stdout.splitlines() == [
        "openapi.yaml:5:5: GET /users has no summary",
        "openapi.yaml:5:5: GET /users has no description",
        "openapi.yaml:8:11: GET /users: parameter page has no description",
        "openapi.yaml:10:19: GET /users: response 200 has no description",
    ]
    assert done.stderr == "1 of 2 operations lacks something: 1 summary, 3 descriptions\n"
    assert done.returncode == ExitCode.FAILURE and file.read_text() == SPEC


def test_only_what_is_asked_for_counts_and_nothing_missing_is_success(photon: Photon, file: Path) -> None:
    ids = photon(*CHECK, "--only", "operationId")
    assert (ids.returncode, ids.stdout, ids.stderr) == (0, "", "openapi.yaml lacks nothing in 2 operations\n")
    piped = photon("ai", "describe", "-", "--check", "-q", stdin=WHOLE)
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, "", "")


def test_json_has_counts_and_places(photon: Photon, file: Path) -> None:
    done = photon(*CHECK, "--json", "--only", "description")
    found = json.loads(done.stdout)
    assert done.returncode == ExitCode.FAILURE
    assert (found["counts"], found["operations"], found["lacking"]) == ({"description": 3}, 2, 1)
    assert found["missing"][1] == {
        "operation": "GET /users", "in": "parameter page", "lacks": "description", "file": "openapi.yaml", "line": 8,
        "column": 11,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json"], "--json is of what --check finds"),
        (["--check", "--write"], "not with --write"),
        (["--check", "--diff"], "not with --diff"),
        (["--check", "--limit", "3"], "not with --limit"),
    ],
)
def test_what_does_not_go_together_is_told(photon: Photon, file: Path, arguments: list[str], message: str) -> None:
    done = photon("ai", "describe", "openapi.yaml", *arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "") and message in done.stderr


def test_nothing_that_a_terminal_obeys_reaches_it(photon: Photon, file: Path) -> None:
    file.write_text(SPEC.replace("name: page", 'name: "pa\\e[31m\\nge"'))
    done = photon(*CHECK)
    assert len(done.stdout.splitlines()) == 4 and "\x1b" not in done.stdout + done.stderr
