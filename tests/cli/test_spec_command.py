"""``photon ai spec style``: what a person, a pipe and a script get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from screens import Photon, seen

from photon.errors import ExitCode

SPEC = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example/v1}]
security: [{bearer: []}]
paths:
  /pet-owners:
    get:
      operationId: listPetOwners
      tags: ["Owners"]
      parameters:
        - {name: page_number, in: query, schema: {type: integer}}
        - {name: page_size, in: query, schema: {type: integer}}
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/PetOwner'}}}}
        "401": {description: Who?, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
components:
  securitySchemes: {bearer: {type: http, scheme: bearer}}
  schemas:
    Problem: {type: object}
    PetOwner:
      type: object
      properties: {id: {type: string, format: uuid}, first_name: {type: string}, last_name: {type: string}}
"""


@pytest.fixture
def file(isolated: Path) -> str:
    (isolated / "openapi.yaml").write_text(SPEC)
    return "openapi.yaml"


def test_each_finding_is_a_line_with_its_counts(photon: Photon, file: str) -> None:
    done = photon("ai", "spec", "style", file)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert {len(line) for line in lines} == {3}
    found = {line[0]: line[1:] for line in lines}
    assert found["properties"] == ["snake_case", "2 of 2"]
    assert found["operationId of GET /users"] == ["listUsers (camelCase)", "1 of 1"]
    assert found["security"] == ["bearer", "1 of 1"]
    assert found["pages"] == ["page: page_number, page_size", "1 of 1"]
    assert found["base paths"] == ["/v1", ""]


def test_json_has_the_style_and_the_evidence(photon: Photon, file: str) -> None:
    said = json.loads(photon("ai", "spec", "style", file, "--json").stdout)
    assert said["file"] == file
    assert said["style"]["names"]["schemas"] == "pascal"
    assert said["style"]["security"]["usual"] == [{"bearer": []}]
    assert said["style"]["errors"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert {"what": "ids", "how": "uuid", "agreeing": 1, "of": 1} in said["evidence"]


def test_it_reads_a_pipe(photon: Photon, file: str) -> None:
    assert photon("ai", "spec", "style", "-", stdin=SPEC).stdout == photon("ai", "spec", "style", file).stdout


def test_a_terminal_shows_a_table(file: str) -> None:
    shown = seen("ai", "spec", "style", file, width=100)
    assert shown.code == 0
    line = next(line for line in shown.plain.splitlines() if line.startswith("properties"))
    assert line.split() == ["properties", "snake_case", "2", "of", "2"]


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_terminal_loses_nothing(file: str, width: int) -> None:
    shown = seen("ai", "spec", "style", file, width=width)
    assert shown.code == 0
    assert max(map(len, shown.plain.splitlines())) <= width
    assert "(2of2)" in "".join(shown.plain.split())


def test_without_colour_there_is_none(file: str) -> None:
    assert not seen("ai", "spec", "style", file, NO_COLOR="1").sequences


def test_control_characters_of_the_document_reach_nobody(photon: Photon, isolated: Path) -> None:
    tags = ["red\x1b[31m", "two\nlines", "tab\tbed", "x" * 5_000, "\u202eright"]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {f"/a{at}": {"get": {"tags": [tag], "responses": {}}} for at, tag in enumerate(tags)},
    }
    (isolated / "odd.json").write_text(json.dumps(document))
    for option in ([], ["--json"]):
        said = photon("ai", "spec", "style", "odd.json", *option).stdout
        assert not any(char in said for char in ("\x1b", "\u202e"))
    lines = photon("ai", "spec", "style", "odd.json").stdout.splitlines()
    assert {line.count("\t") for line in lines} == {2}
    assert max(map(len, lines)) < 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("openapi: 3.1.0\npaths: [\n", "broken.yaml:"),
        ("just text", "no OpenAPI document"),
        ("openapi: 3.1.0\ninfo: {a: 1, a: 2}\n", "stands twice"),
    ],
)
def test_what_is_no_specification_is_refused_in_one_line(photon: Photon, isolated: Path, text: str, said: str) -> None:
    (isolated / "broken.yaml").write_text(text)
    done = photon("ai", "spec", "style", "broken.yaml")
    assert done.returncode == ExitCode.INVALID_SPEC
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_there_is_named(photon: Photon) -> None:
    done = photon("ai", "spec", "style", "missing.yaml")
    assert done.returncode == ExitCode.INVALID_SPEC
    assert "missing.yaml" in done.stderr


def test_the_settings_may_name_the_file(photon: Photon, isolated: Path, file: str) -> None:
    (isolated / "photon.toml").write_text(f'[ai]\nspec = "{file}"\n')
    assert photon("ai", "spec", "style").stdout == photon("ai", "spec", "style", file).stdout


def test_without_a_file_and_a_setting_it_says_how(photon: Photon) -> None:
    done = photon("ai", "spec", "style")
    assert done.returncode == ExitCode.USAGE
    assert "photon ai spec style openapi.yaml" in done.stderr


def test_line_ends_and_a_byte_order_mark_change_nothing(photon: Photon, isolated: Path, file: str) -> None:
    (isolated / "dos.yaml").write_bytes(b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode())
    assert photon("ai", "spec", "style", "dos.yaml").stdout == photon("ai", "spec", "style", file).stdout
