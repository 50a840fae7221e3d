"""``photon ai complete`` as a person or an editor uses it; the fake provider where it does not matter who answers."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from screens import Photon, seen
from servers import serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

COMPLETE = ("ai", "complete")
FAKE = (*COMPLETE, "--provider", "fake")
SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  # the users
  /users:
    get:
      summary: List users
      operationId: listUsers
      tags: [users]
      responses:
        '200': # all
          description: OK
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/User'}}
        '401': {$ref: '#/components/responses/Denied'}
  /users/{user_id}:
    get:
      summary: Get a user
      oper
  /zoo:
    get: {summary: See, operationId: getZoo, tags: [zoo], responses: {'200': {description: OK}, '404': {description: No}}}
components:
  responses:
    Denied: {description: No}
  schemas:
    User: {type: object, properties: {user_id: {type: integer}, name: {type: string}}}
"""
HERE = "20:11"
HALF_LINE = "      oper\n"


@pytest.fixture
def file(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_text(SPEC)
    return path


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """As an editor does it, from the last one to the first."""
    lines = text.splitlines(keepends=True)

    def offset(place: dict[str, int]) -> int:
        return sum(map(len, lines[: place["line"] - 1])) + place["column"] - 1

    for edit in reversed(edits):
        text = text[: offset(edit["start"])] + edit["text"] + text[offset(edit["end"]) :]
    return text


@needs_local
def test_the_local_model_completes_in_the_style_of_the_document(photon: Photon, file: Path) -> None:
    done = photon(*COMPLETE, "openapi.yaml", "--at", HERE)
    assert done.returncode == 0, done.stderr
    operation = yaml.safe_load(done.stdout)
    assert list(operation)[:2] == ["operationId", "tags"] and operation["tags"] == ["users"]
    assert operation["parameters"][0]["name"] == "user_id"
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/User"}
    assert operation["responses"]["401"] == {"$ref": "#/components/responses/Denied"}
    assert done.stdout.startswith("      operationId: ") and done.stdout.endswith("\n")
    assert file.read_text() == SPEC
    assert "lacked: operationId, tags, parameters, responses · local/photon-openapi · " in done.stderr
    again = photon(*COMPLETE, "openapi.yaml", "--at", HERE)
    assert again.stdout == done.stdout and "from the cache" in again.stderr


def test_stdout_is_what_write_puts_in_the_place_of_the_half_line(photon: Photon, file: Path) -> None:
    file.chmod(0o640)
    text = photon(*FAKE, "openapi.yaml", "--at", HERE).stdout
    diff = photon(*FAKE, "openapi.yaml", "--at", HERE, "--diff").stdout.splitlines()
    assert [line for line in diff[2:] if line.startswith("-")] == [f"-{HALF_LINE.rstrip()}"] and file.read_text() == SPEC
    done = photon(*FAKE, "openapi.yaml", "--at", HERE, "--write")
    assert done.returncode == 0 and done.stdout == ""
    assert file.read_text() == SPEC.replace(HALF_LINE, text) and stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "wrote openapi.yaml" in done.stderr
    after = photon(*FAKE, "openapi.yaml", "--at", HERE, "--write")
    assert (after.returncode, after.stdout) == (0, "") and "GET /users/{user_id} lacks nothing" in after.stderr


def test_an_editor_gets_edits_that_make_the_same_file(photon: Photon, file: Path) -> None:
    done = photon(*FAKE, "-", "--at", HERE, "--json", "-q", stdin=SPEC)
    envelope = json.loads(done.stdout)
    assert done.stderr == "" and envelope["operation"] == "GET /users/{user_id}"
    assert envelope["answered_by"]["provider"] == "fake" and envelope["lacked"][0] == "operationId"
    assert {edit["file"] for edit in envelope["edits"]} == {"<stdin>"}
    photon(*FAKE, "openapi.yaml", "--at", HERE, "--write")
    assert applied(SPEC, envelope["edits"]) == file.read_text()


def test_what_is_written_already_is_in_the_request(photon: Photon, file: Path) -> None:
    file.write_text(SPEC.replace(HALF_LINE, "      parameters: [{name: fields, in: query, schema: {type: string}}]\n"))
    with serving(sse(*text_events("GET /users/{user_id}\nsummary: Other\n200: User\n404: No such user"))) as server:
        env = {"PHOTON_AI_URL": f"http://localhost:{server.port}/v1", "PHOTON_AI_MODEL": "m"}
        done = photon(*COMPLETE, "openapi.yaml", "--at", HERE, "--no-failover", "--diff", env=env)
    asked = server.requests[0].json["messages"][-1]["content"]
    assert asked.startswith("GET /users/{user_id}: Get a user, query parameters fields\n"), done.stderr
    assert "+        - name: user_id" in done.stdout or "name: user_id" in done.stdout
    assert "Other" not in done.stdout, "the summary is the user's"


def test_what_goes_elsewhere_is_told_and_part_of_the_change(photon: Photon, file: Path) -> None:
    with serving(sse(*text_events("GET /users/{user_id}\n200: Profile\nProfile = { id: int, motto: string }"))) as server:
        env = {"PHOTON_AI_URL": f"http://localhost:{server.port}/v1", "PHOTON_AI_MODEL": "m"}
        done = photon(*COMPLETE, "openapi.yaml", "--at", HERE, "--no-failover", env=env)
        assert "with --write also: components/schemas/Profile" in done.stderr and "motto" not in done.stdout
        photon(*COMPLETE, "openapi.yaml", "--at", HERE, "--no-failover", "--write", env=env)
    assert "Profile" in yaml.safe_load(file.read_text())["components"]["schemas"]


def test_where_several_places_lack_something_the_whole_operation_is_shown(photon: Photon, file: Path) -> None:
    half = "      responses:\n        '200': {description: OK}\n"
    file.write_text(SPEC.replace(HALF_LINE, half))
    done = photon(*FAKE, "openapi.yaml", "--at", HERE)
    assert done.stdout.startswith("    get:\n      summary: Get a user\n") and "places" in done.stderr
    assert "operationId" in yaml.safe_load(done.stdout)["get"] and "/zoo" not in done.stdout


def test_json_gets_json(photon: Photon, isolated: Path) -> None:
    file = isolated / "openapi.json"
    text = '{\n  "openapi": "3.0.3",\n  "info": {"title": "T", "version": "1"},\n  "paths": {\n    "/pets": {\n      "get": {\n'
    text += '        "summary": "List pets",\n      }\n    }\n  }\n}\n'
    file.write_text(text)
    done = photon(*FAKE, "openapi.json", "--at", "7:36", "--write")
    assert done.returncode == 0, done.stderr
    document = json.loads(file.read_text())
    assert (
        next(iter(document["paths"]["/pets"]["get"])) == "summary" and '        "summary": "List pets",\n' in file.read_text()
    )


def test_an_operation_that_is_whole_asks_nobody(photon: Photon, file: Path) -> None:
    env = {"PHOTON_AI_URL": "http://localhost:9/v1", "PHOTON_AI_MODEL": "m"}
    at = str(SPEC.splitlines().index(HALF_LINE.rstrip()) + 3)
    file.write_text(SPEC.replace(HALF_LINE, ""))
    done = photon(*COMPLETE, "openapi.yaml", "--at", str(int(at) - 1), "--no-failover", "--json", env=env)
    assert done.returncode == 0 and "GET /zoo lacks nothing" in done.stderr
    assert json.loads(done.stdout) == {"operation": "GET /zoo", "lacked": [], "elsewhere": [], "edits": [], "document": None}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["openapi.yaml", "--at", "x"], ExitCode.USAGE, "'x' is no place in a file"),
        (["openapi.yaml", "--at", "0:1"], ExitCode.USAGE, "'0:1' is no place in a file"),
        (["openapi.yaml"], ExitCode.USAGE, "--at"),
        (["-", "--at", "1:1", "--write"], ExitCode.USAGE, "cannot be written back"),
        (["openapi.yaml", "--at", "2:1"], ExitCode.INVALID_SPEC, "openapi.yaml:2:1 is in no path"),
        (["openapi.yaml", "--at", "400:1"], ExitCode.INVALID_SPEC, "not 400"),
        (["none.yaml", "--at", "1:1"], ExitCode.INVALID_SPEC, "cannot read none.yaml"),
    ],
)
def test_what_cannot_be_done_is_told(photon: Photon, file: Path, arguments: list[str], code: ExitCode, message: str) -> None:
    file.write_text(SPEC.replace(HALF_LINE, ""))
    done = photon(*FAKE, *arguments)
    assert (done.returncode, done.stdout) == (code, "") and message in done.stderr
    assert "Traceback" not in done.stderr and file.read_text() == SPEC.replace(HALF_LINE, "")


def test_a_diff_is_no_object(photon: Photon, file: Path) -> None:
    done = photon(*FAKE, "openapi.yaml", "--at", HERE, "--diff", "--json")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "") and "--json" in done.stderr


def test_a_fault_far_from_the_cursor_is_told_with_its_place(photon: Photon, file: Path) -> None:
    done = photon(*FAKE, "openapi.yaml", "--at", "7:9")
    assert done.returncode == ExitCode.INVALID_SPEC and "openapi.yaml:21:3" in done.stderr and "20 |       oper" in done.stderr


def test_nothing_that_a_terminal_obeys_reaches_it(file: Path) -> None:
    file.write_text(SPEC.replace("Get a user", r'"Get \x1b[31m\x07 a user"'))
    shown = seen(*FAKE, "openapi.yaml", "--at", HERE, "--diff", NO_COLOR="1")
    assert shown.code == 0 and "\x07" not in shown.raw and "\x1b[31m" not in shown.raw


def test_the_record_shows_the_whole_path_again(photon: Photon, file: Path) -> None:
    photon(*FAKE, "openapi.yaml", "--at", HERE)
    done = photon("ai", "log", "replay", "1")
    assert done.returncode == 0 and list(yaml.safe_load(done.stdout)["paths"]) == ["/users/{user_id}"], done.stderr


def test_a_dry_run_shows_what_would_be_asked_and_asks_nobody(photon: Photon, file: Path) -> None:
    done = photon(*COMPLETE, "openapi.yaml", "--at", HERE, "--dry-run", "--provider", "local")
    assert "summary: Get a user" in done.stdout and "nothing was sent" in done.stderr and file.read_text() == SPEC
