"""What texts a specification lacks, what code knows of them, and how they are put into the file."""

from __future__ import annotations

from pathlib import Path

import yaml

from photon.openapi.gaps import ByCode, Text, gaps, missing
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec, read_spec
from photon.openapi.splice.texts import with_texts

SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  # the users
  /users:
    get:
      operationId: listUsers   # as ever
      parameters:
        - name: page
          in: query
        - {$ref: '#/components/parameters/Size'}
      responses:
        '200': # all
          content: {}
        default: {$ref: '#/components/responses/Wrong'}
  /users/{user_id}:
    get:
      summary: Get a user
      description: "  "
      operationId: getUser
      parameters:
        - {name: user_id, in: path, required: true}
      responses:
        '200':
          description:
    delete: {summary: Delete a user, description: For good, responses: {'204': {description: Gone}}}
components:
  parameters:
    Size: {name: size, in: query}
  responses:
    Wrong: {description: ''}
"""


def spec_of(text: str = SPEC) -> Spec:
    return Spec(source_of(text.encode(), Path("openapi.yaml")))


def test_each_operation_that_lacks_something_is_found() -> None:
    found = gaps(spec_of())
    assert [each.operation.route for each in found] == ["GET /users", "GET /users/{user_id}", "DELETE /users/{user_id}"]
    assert [sorted(each.kinds) for each in found] == [["description", "summary"], ["description"], ["operationId"]]
    assert [list(each.parameters) for each in found] == [["page"], ["user_id"], []]
    assert [each.responses for each in found] == [("200",), ("200",), ()]


def test_only_what_is_asked_for_is_missing() -> None:
    assert [each.operation.method for each in gaps(spec_of(), ("operationId",))] == ["DELETE"]
    assert [(each.count, each.parameters) for each in gaps(spec_of(), ("summary",))] == [(1, {})]


def test_a_path_item_that_two_paths_share_is_filled_once() -> None:
    Path("users.yaml").write_text("get: {responses: {}}\n")
    Path("openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {}\npaths: {/users: {$ref: users.yaml}, /people: {$ref: users.yaml}}\n"
    )
    (gap,) = gaps(read_spec(Path("openapi.yaml")))
    assert gap.operation.source.path and gap.operation.source.path.name == "users.yaml"


def test_code_knows_ids_reasons_and_what_is_in_the_path() -> None:
    spec = spec_of()
    code = ByCode(spec)
    texts = [(each.key, each.value) for gap in gaps(spec) for each in code.texts(gap)]
    assert texts == [
        ("description", "OK"),
        ("description", "OK"),
        ("description", "Identifier of the user"),
        ("operationId", "deleteUser"),
    ]


def test_ids_are_unique_among_those_that_are_given_at_once() -> None:
    spec = spec_of("openapi: 3.1.0\ninfo: {}\npaths: {'/a/{x}/b': {get: {}}, /a/b: {get: {}}, /a-b: {get: {}}}\n")
    code = ByCode(spec)
    ids = [each.value for gap in gaps(spec, ("operationId",)) for each in code.texts(gap)]
    assert len(set(ids)) == 3


def test_texts_stand_where_they_mostly_stand_and_no_line_is_lost() -> None:
    spec = spec_of()
    users, user, delete = gaps(spec)
    texts = [
        delete.text("operationId", "deleteUser"),
        users.text("description", "All: of them # really"),
        users.text("summary", "List users"),
        users.parameter("page", "From 1"),
        Text(spec.source, (*users.operation.pointer, "responses", "200"), "description", "OK", "description"),
        user.text("description", "One"),
        user.parameter("user_id", "Its id"),
    ]
    change = with_texts(spec.source, texts)
    listed = yaml.safe_load(change.text)["paths"]["/users"]["get"]
    assert list(listed)[:3] == ["summary", "description", "operationId"] and listed["description"] == "All: of them # really"
    assert list(listed["parameters"][0]) == ["name", "in", "description"]
    assert list(listed["responses"]["200"]) == ["description", "content"]
    gone = [line for line in change.diff(0)[2:] if line.startswith("-")]
    assert len(gone) == 3, "the empty description, and two mappings in braces that get a key"
    assert "operationId: listUsers   # as ever" in change.text


def test_each_text_that_is_missing_has_its_place() -> None:
    spec = spec_of()
    told = [(str(each.position), each.operation, each.where, each.kind) for gap in gaps(spec) for each in missing(gap)]
    assert told == [
        ("6:5", "GET /users", "", "summary"),
        ("6:5", "GET /users", "", "description"),
        ("9:11", "GET /users", "parameter page", "description"),
        ("13:9", "GET /users", "response 200", "description"),
        ("17:5", "GET /users/{user_id}", "", "description"),
        ("22:11", "GET /users/{user_id}", "parameter user_id", "description"),
        ("24:9", "GET /users/{user_id}", "response 200", "description"),
        ("26:5", "DELETE /users/{user_id}", "", "operationId"),
    ]
