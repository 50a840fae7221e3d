"""``photon ai describe`` as a person or a script uses it: what it writes, what stops it, and how it goes on."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pexpect
import pytest
import yaml
from screens import Photon, in_terminal, seen
from servers import Exchange, Script, serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

DESCRIBE = ("ai", "describe", "openapi.yaml")
SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'} # ours
paths:
  /users:
    get:
      # all of them
      operationId: listUsers
      responses:
        '200':
          content: {}
  /users/{id}:
    delete:
      responses: {'204': {description: Gone}}
  /orders/{id}/cancel:
    post:
      operationId: cancelOrder
      responses: {'204': {description: Gone}}
"""


@pytest.fixture
def file(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_text(SPEC)
    return path


def operations(file: Path) -> list[dict[str, Any]]:
    paths = yaml.safe_load(file.read_text())["paths"]
    return [operation for item in paths.values() for operation in item.values()]


def server_env(port: int) -> dict[str, str]:
    return {
        "PHOTON_AI_URL": f"http://localhost:{port}/v1",
        "PHOTON_AI_MODEL": "m",
        "PHOTON_AI_FAILOVER": "false",
        "PHOTON_AI_RETRY_ATTEMPTS": "1",
    }


def says(summary: str) -> Script:
    return sse(*text_events(f"summary: {summary}\ndescription: {summary} for good."))


def refuses(exchange: Exchange) -> None:
    exchange.reply(500, b"{}")


@needs_local
def test_the_local_model_writes_the_summaries_and_code_what_it_knows(photon: Photon, file: Path) -> None:
    file.chmod(0o640)
    shown = photon(*DESCRIBE)
    assert shown.returncode == 0 and file.read_text() == SPEC, shown.stderr
    assert "+      operationId: deleteUser" in shown.stdout and "+          description: OK" in shown.stdout
    assert "3 descriptions left out, which the local model does not write" in shown.stderr
    done = photon(*DESCRIBE, "--write")
    assert (done.returncode, done.stdout) == (0, "") and "wrote 5 texts for 3 operations" in done.stderr
    assert all(operation["summary"] and len(operation["summary"]) < 60 for operation in operations(file))
    assert [line for line in SPEC.splitlines() if line not in file.read_text().splitlines()] == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    again = photon(*DESCRIBE, "--write")
    assert again.returncode == 0 and "lacks nothing that can be filled; 3 descriptions left out" in again.stderr


def test_any_other_model_is_asked_for_descriptions_too(photon: Photon, file: Path) -> None:
    with serving(says("List users"), says("Delete a user"), says("Cancel an order")) as server:
        done = photon(*DESCRIBE, "-w", env=server_env(server.port))
    assert done.returncode == 0, done.stderr
    assert [each["description"] for each in operations(file)] == [
        "List users for good.",
        "Delete a user for good.",
        "Cancel an order for good.",
    ]
    assert list(operations(file)[0])[:3] == ["summary", "description", "operationId"]


def test_only_what_is_asked_for_is_filled(photon: Photon, file: Path) -> None:
    done = photon(*DESCRIBE, "--only", "operationId", "-w", env=server_env(9))
    assert done.returncode == 0 and file.read_text() == SPEC.replace(
        "    delete:\n", "    delete:\n      operationId: deleteUser\n"
    ), done.stderr


def test_an_operation_that_fails_is_counted_and_the_others_go_on(photon: Photon, file: Path) -> None:
    nonsense = sse(*text_events("I am a model"))
    with serving(says("List users"), nonsense, nonsense, says("Cancel an order")) as server:
        done = photon(*DESCRIBE, "--write", env=server_env(server.port))
    assert done.returncode == ExitCode.UNREADABLE_ANSWER
    assert "DELETE /users/{id}: openai/m answered twice" in done.stderr and "1 failed" in done.stderr
    assert [each.get("summary") for each in operations(file)] == ["List users", None, "Cancel an order"]
    assert operations(file)[1]["operationId"] == "deleteUser", "what code knows is there"


def test_a_provider_that_is_gone_stops_it_and_a_second_run_goes_on(photon: Photon, file: Path) -> None:
    with serving(says("List users"), refuses) as server:
        done = photon(*DESCRIBE, "--write", env=server_env(server.port))
        assert len(server.requests) == 2
    assert done.returncode == ExitCode.UNREACHABLE and "are left: run it again" in done.stderr
    assert operations(file)[0]["summary"] == "List users" and "summary" not in operations(file)[2]
    with serving(says("Delete a user"), says("Cancel an order")) as server:
        done = photon(*DESCRIBE, "--write", env=server_env(server.port))
        assert len(server.requests) == 2
    assert done.returncode == 0 and [each["summary"] for each in operations(file)][1:] == ["Delete a user", "Cancel an order"]


def test_ctrl_c_keeps_what_was_done(file: Path) -> None:
    with (
        serving(says("List users"), Exchange.stall) as server,
        in_terminal(*DESCRIBE, "--write", **server_env(server.port)) as screen,
    ):
        while len(server.requests) < 2:
            assert screen.isalive(), screen.before
            server.asked.wait(0.05)
        screen.sendintr()
        screen.expect(pexpect.EOF)
        screen.close()
    assert screen.exitstatus == ExitCode.CANCELLED
    assert operations(file)[0]["summary"] == "List users" and "summary" not in operations(file)[1]


def test_a_terminal_gets_a_bar_and_a_pipe_gets_lines(photon: Photon, isolated: Path) -> None:
    paths = "".join(f"  /a{number}: {{get: {{responses: {{}}}}}}\n" for number in range(25))
    (isolated / "openapi.yaml").write_text(f"openapi: 3.1.0\ninfo: {{}}\npaths:\n{paths}")
    only = ("--only", "operationId", "-w")
    piped = photon(*DESCRIBE, *only, "--limit", "12")
    assert "operations\n" in piped.stderr and "wrote 12 texts for 12 operations" in piped.stderr
    assert photon(*DESCRIBE, "--only", "operationId", "-q").stderr == ""
    shown = seen(*DESCRIBE, *only)
    assert shown.code == 0 and "13/13" in shown.plain and "━" in shown.plain
    assert "\x1b[" not in seen(*DESCRIBE, "--only", "summary,operationId", "--provider", "fake", NO_COLOR="1").raw


def test_a_minified_document_is_cut_in_a_terminal_and_whole_in_a_pipe(photon: Photon, isolated: Path) -> None:
    paths = {f"/a{number}": {"get": {"responses": {}}} for number in range(200)}
    text = json.dumps({"openapi": "3.1.0", "info": {}, "paths": paths}, separators=(",", ":"))
    (isolated / "openapi.yaml").write_text(text)
    only = ("--only", "operationId", "--limit", "1")
    shown = seen(*DESCRIBE, *only, COLUMNS="100")
    assert "operationId" in shown.plain and max(map(len, shown.plain.splitlines())) < 500
    assert f"-{text}\n" in photon(*DESCRIBE, *only).stdout


def test_a_hostile_answer_and_a_hostile_document_reach_no_terminal(file: Path) -> None:
    file.write_text(SPEC.replace("cancelOrder", r'"cancel\x1b]0;me\x07Order"'))
    evil = sse(*text_events("summary: List \x1b[31mall\x07 users\u202e\ndescription: " + "x " * 5000))
    with serving(evil) as server:
        shown = seen(*DESCRIBE, NO_COLOR="1", **server_env(server.port))
    assert shown.code == 0 and not {"\x07", "\u202e"} & set(shown.raw) and "\x1b" not in shown.raw
    assert max(map(len, shown.plain.splitlines())) < 700


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-", "--write"], ExitCode.USAGE, "cannot be written back"),
        (["openapi.yaml", "--only", "title"], ExitCode.USAGE, "--only knows no 'title'"),
        (["openapi.yaml", "--only", ""], ExitCode.USAGE, "--only knows no ''"),
        (["openapi.yaml", "--limit", "0"], ExitCode.USAGE, "--limit"),
        (["none.yaml"], ExitCode.INVALID_SPEC, "cannot read none.yaml"),
    ],
)
def test_what_cannot_be_done_is_told(photon: Photon, file: Path, arguments: list[str], code: ExitCode, message: str) -> None:
    done = photon("ai", "describe", *arguments)
    assert (done.returncode, done.stdout) == (code, "") and message in done.stderr
    assert "Traceback" not in done.stderr and file.read_text() == SPEC


def test_stdin_gives_a_diff(photon: Photon, isolated: Path) -> None:
    done = photon("ai", "describe", "-", "--only", "operationId", stdin=SPEC)
    assert "+      operationId: deleteUser" in done.stdout.splitlines(), done.stderr


def test_what_stands_in_several_places_at_once_is_left_out_and_the_rest_is_described(photon: Photon, file: Path) -> None:
    file.write_text("""\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /pets: &pets
    get:
      responses: {'204': {description: OK}}
  /cats: *pets
  /dogs:
    <<: *pets
    post:
      responses: &gone
        '204': {}
  /users:
    get: &alone
      responses: *gone
""")
    with serving(says("Do it")) as server:
        done = photon(*DESCRIBE, "--write", env=server_env(server.port))
        asked = [request.json["messages"][-1]["content"].partition("\n")[0] for request in server.requests]
    assert done.returncode == 0 and "what stands in several places at once" in done.stderr, done.stderr
    assert "of 5 operations" in done.stderr and "GET /pets, GET /cats, POST /dogs, GET /dogs, GET /users" in done.stderr
    assert asked == ["POST /dogs", "GET /users"], "nobody is asked for what cannot be written"
    after = yaml.safe_load(file.read_text())["paths"]
    assert after["/dogs"]["post"]["summary"] == after["/users"]["get"]["summary"] == "Do it"
    assert after["/pets"] == after["/cats"] == {"get": {"responses": {"204": {"description": "OK"}}}}


def test_a_document_of_which_nothing_can_be_described_is_said_to_be_one(photon: Photon, file: Path) -> None:
    file.write_text("openapi: 3.1.0\nx: &p {get: {}}\npaths:\n  /a: *p\n")
    done = photon(*DESCRIBE, "--write", "--provider", "fake")
    assert (done.returncode, done.stdout) == (0, "") and "of 1 operation" in done.stderr and "GET /a" in done.stderr
