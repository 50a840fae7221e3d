"""An operation that is there gets what it lacks, and keeps what it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from photon.errors import InvalidSpec
from photon.openapi.cursor import standing
from photon.openapi.source.source import Position, source_of
from photon.openapi.spec import Spec, read_spec
from photon.openapi.splice.completion import Completion, complete_operation
from photon.openapi.splice.edits import edited
from photon.openapi.splice.operation import Addition

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ntags: [{name: zoo}]\npaths:\n  /users/{id}:\n"
SCHEMA = {"$ref": "#/components/schemas/User"}
OPERATION: dict[str, Any] = {
    "summary": "Replace a user",
    "operationId": "replaceUser",
    "tags": ["users"],
    "security": [{"token": []}],
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {"required": True, "content": {"application/json": {"schema": SCHEMA}}},
    "responses": {
        "200": {"description": "OK", "content": {"application/json": {"schema": SCHEMA}}},
        "404": {"description": "Not found"},
    },
}
COMPONENTS = {
    "schemas": {"User": {"type": "object"}, "Unused": {"type": "string"}},
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
}
ADDITION = Addition("/users/{id}", "put", OPERATION, COMPONENTS, ({"name": "users"},))


def complete(below: str, rest: str = "") -> tuple[Completion, Any]:
    spec = Spec(source_of((HEAD + below + rest).encode(), Path("openapi.yaml")))
    found = complete_operation(spec, ADDITION)
    assert found is not None
    return found, yaml.safe_load(found.change.text)


def gone(found: Completion) -> list[str]:
    return [line for line in found.change.diff(0)[2:] if line.startswith("-")]


@pytest.mark.parametrize("below", ["", "    put:\n", "    put: {}\n", "    put: # to come\n", "    get: {responses: {}}\n"])
def test_where_there_is_nothing_all_of_it_is_added(below: str) -> None:
    _, document = complete(below)
    assert document["paths"]["/users/{id}"]["put"] == OPERATION
    assert document["components"] == {key: {k: v for k, v in each.items() if k != "Unused"} for key, each in COMPONENTS.items()}
    assert [tag["name"] for tag in document["tags"]] == ["zoo", "users"]


def test_keys_that_are_there_stay_and_the_others_come_in_their_order() -> None:
    found, document = complete(
        "    put:\n      # mine\n      summary: 'Swap'   # a user\n      x-own: 1\n"
        "      responses:\n        '200': {description: Done}\n"
    )
    operation = document["paths"]["/users/{id}"]["put"]
    assert list(operation) == ["summary", "x-own", "operationId", "tags", "security", "parameters", "requestBody", "responses"]
    assert (operation["summary"], operation["responses"]["200"]) == ("Swap", {"description": "Done"})
    assert gone(found) == ["-tags: [{name: zoo}]"], "which gets another in its brackets"
    assert found.lacked == ("responses/404", "operationId", "tags", "security", "parameters", "requestBody")
    assert found.elsewhere == ("tags/users", "components/schemas/User", "components/securitySchemes/token")


WHOLE = """\
    put:
      summary: S
      operationId: o
      tags: [zoo]
      security: []
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: Made}, default: {description: Wrong}, 4XX: {description: Bad}}
"""


def test_what_lacks_nothing_is_not_changed() -> None:
    assert complete_operation(Spec(source_of((HEAD + WHOLE).encode(), None)), ADDITION) is None


@pytest.mark.parametrize(
    ("old", "new", "lacked"),
    [
        ("summary: S", "summary:", ("summary",)),
        ("tags: [zoo]", "tags:", ("tags",)),
        ("parameters: [{name: id, in: path, required: true, schema: {type: string}}]", "parameters: []", ("parameters",)),
        (
            "parameters: [{name: id, in: path, required: true, schema: {type: string}}]",
            "parameters: [{name: q, in: query}]",
            ("parameters",),
        ),
        ("[{name: id, in: path, required: true, schema: {type: string}}]", "\n        -", ("parameters/id",)),
        ("in: path, required: true", "in: , required: true", ("parameters/0/in",)),
        (
            ", in: path, required: true, schema: {type: string}",
            "",
            ("parameters/0/in", "parameters/0/required", "parameters/0/schema"),
        ),
        (
            "in: path, required: true, schema: {type: string}",
            "in: path, required: ",
            ("parameters/0/required", "parameters/0/schema"),
        ),
        ("{content: {application/json: {schema: {type: object}}}}", "{description: B}", ("requestBody/content",)),
        ("{content: {application/json: {schema: {type: object}}}}", "{content: {}}", ("requestBody/content",)),
        ("{schema: {type: object}}", "{schema: }", ("requestBody/content/application/json/schema",)),
        ("application/json: {schema: {type: object}}", "text/json: ", ("requestBody/content/text/json",)),
        ("'201': {description: Made}", "'201': ", ("responses/201",)),
        ("'201': {description: Made}", "'201': {}", ("responses/201/description",)),
        ("'201': {description: Made}", "'201': {description: }", ("responses/201/description",)),
        (", 4XX: {description: Bad}", "", ("responses/404",)),
        ("'201': {description: Made}, ", "", ("responses/200",)),
        ("{'201': {description: Made}, default: {description: Wrong}, 4XX: {description: Bad}}", "{}", ("responses",)),
    ],
)
def test_what_is_empty_or_lacking_is_filled(old: str, new: str, lacked: tuple[str, ...]) -> None:
    assert old in WHOLE
    found, _ = complete(WHOLE.replace(old, new))
    assert found.lacked == lacked
    assert complete_operation(Spec(source_of(found.change.text.encode(), None)), ADDITION) is None, "and then nothing lacks"


LIMIT = {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}}


@pytest.mark.parametrize(
    ("half", "whole"),
    [
        ("{name: limit, in: }", {"name": "limit", "in": "query", "schema": {"type": "integer"}}),
        ("{name: limit, schema: }", {"name": "limit", "in": "query", "schema": {"type": "integer"}}),
        ("\n          name: limit\n          in:", {"name": "limit", "in": "query", "schema": {"type": "integer"}}),
        ("{name: limit, in: query, content: {}}", {"name": "limit", "in": "query", "content": {}}),
        ("{name: limit, in: header}", {"name": "limit", "in": "header"}),
        ("{name: other, in: }", {"name": "other", "in": None}),
        ("{in: query}", {"in": "query"}),
        ("{$ref: '#/components/parameters/limit'}", {"$ref": "#/components/parameters/limit"}),
        ("limit", "limit"),
    ],
)
def test_a_parameter_that_is_half_there_gets_what_it_cannot_do_without(half: str, whole: Any) -> None:
    addition = Addition("/users/{id}", "put", {**OPERATION, "parameters": [*OPERATION["parameters"], LIMIT]}, COMPONENTS)
    below = f"    put:\n      parameters:\n        - {half}\n        - {{name: id, in: path, required: true, schema: {{}}}}\n"
    spec = Spec(source_of((HEAD + below).encode(), Path("openapi.yaml")))
    found = complete_operation(spec, addition)
    assert found is not None
    assert yaml.safe_load(found.change.text)["paths"]["/users/{id}"]["put"]["parameters"][0] == whole
    assert len(gone(found)) <= 1


def test_a_parameter_that_the_path_declares_is_not_added_again() -> None:
    inherited = "    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"
    _, document = complete(inherited + "    put: {summary: S}\n")
    assert "parameters" not in document["paths"]["/users/{id}"]["put"]


def test_a_path_item_in_another_file_is_completed_there() -> None:
    Path("users.yaml").write_text("put:\n  summary: Mine\n")
    Path("openapi.yaml").write_text(HEAD + "    $ref: users.yaml\n")
    found = complete_operation(read_spec(Path("openapi.yaml")), ADDITION)
    assert found and found.change.source.path == Path("users.yaml").resolve()
    body = yaml.safe_load(found.change.text)["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"]["$ref"] == "./openapi.yaml#/components/schemas/User"
    assert "User" in yaml.safe_load(found.change.others[0].text)["components"]["schemas"]


def test_a_component_that_is_another_is_refused() -> None:
    with pytest.raises(InvalidSpec, match="has a User already"):
        complete("    put: {}\n", "components: {schemas: {User: {type: integer}}}\n")


YAML = (
    HEAD.replace("[{name: zoo}]", "\n  - name: zoo")
    + """\
    # by its id
    put:
      summary: Replace a user   # all of it
      parameters:
        - name: id
          in: path
      requestBody:
        content:
          application/json:
            schema: {type: object}
      responses:
        '200': {description: OK}
  /zoo:
    get: {responses: {'200': {description: OK}}}
components:
  schemas:
    Zoo: {type: object}
"""
)
JSON = """\
{
  "openapi": "3.1.0",
  "info": {"title": "T", "version": "1"},
  "paths": {
    "/users/{id}": {
      "put": {
        "summary": "Replace a user",
        "tags": ["a"],
        "responses": {
          "200": {"description": "OK"}
        }
      }
    },
    "/zoo": {"get": {"responses": {}}}
  }
}
"""


@pytest.mark.parametrize(
    ("text", "name"), [(YAML, "openapi.yaml"), (JSON, "openapi.json"), (YAML.replace("\n", "\r\n"), "crlf.yaml")]
)
def test_wherever_somebody_stopped_writing_no_other_line_is_lost(text: str, name: str) -> None:
    """Each line below the path is cut at each of its characters in turn, and the cursor stands there."""
    lines, done = text.splitlines(keepends=True), 0
    first = next(index for index, line in enumerate(lines) if "/users/{id}" in line)
    last = next(index for index, line in enumerate(lines) if "/zoo" in line)
    for number in range(first + 1, last):
        content = lines[number].rstrip()
        for column in range(len(content) - len(content.lstrip()), len(content), 2):
            half = [*lines[:number], content[:column] + lines[number][len(content) :], *lines[number + 1 :]]
            data = "".join(half).encode()
            try:
                here = standing(data, Path(name), Position(number + 1, column + 1))
                found = complete_operation(
                    Spec(here.source), Addition(here.path, here.method, OPERATION, COMPONENTS, ADDITION.tags)
                )
            except InvalidSpec:
                continue
            if found is None:
                continue
            done += 1
            assert edited(here.file.text, here.in_the_file(found.change.edits)) == found.change.text
            assert here.file.text == data.decode()
            kept = iter(found.change.text.splitlines())
            for index, line in enumerate(half):
                bare = line.rstrip().rstrip(",")
                assert index == number or any(each.rstrip().rstrip(",") == bare for each in kept), (number, column, line)
    assert done > 30
