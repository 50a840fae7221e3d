"""An operation is put where the file's own order has it, with what it needs, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from photon.errors import InvalidSpec
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec, read_spec
from photon.openapi.splice.change import write_change
from photon.openapi.splice.operation import Addition, OperationExists, add_operation
from photon.openapi.splice.placing import END, Spot, method_spot, name_spot, path_spot

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
OPERATION: dict[str, Any] = {"summary": "Probe", "responses": {"200": {"description": "OK"}}}


def spec_of(text: str) -> Spec:
    return Spec(source_of((HEAD + dedent(text)).encode(), Path("openapi.yaml")))


def addition(path: str = "/new", method: str = "get", **more: Any) -> Addition:
    return Addition(path, method, more.pop("operation", OPERATION), more.pop("components", {}), **more)


def plus(diff: list[str]) -> list[str]:
    return [line[1:] for line in diff[2:] if line.startswith("+")]


# -- placing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "new", "spot"),
    [
        (["/a", "/c", "/d"], "/b", Spot(before="/c")),
        (["/a", "/c", "/d"], "/e", Spot(after="/d")),
        (["/A", "/b", "/C"], "/B2", Spot(before="/C")),
        (["/users", "/users/{id}", "/orders", "/orders/{id}"], "/users/{id}/roles", Spot(after="/users/{id}")),
        (["/users", "/users/{id}", "/orders", "/orders/{id}"], "/users/{userId}/roles", Spot(after="/users/{id}")),
        (["/v1/z", "/v1/a", "/v1/b"], "/v1/x", Spot(after="/v1/b")),
        (["/z", "/a", "/m"], "/q", Spot(after="/m")),
        (["x-note"], "/q", END),
        ([], "/q", END),
    ],
)
def test_a_path_stands_sorted_or_grouped_or_last(paths: list[str], new: str, spot: Spot) -> None:
    assert path_spot(paths, new) == spot


def test_names_of_components_stand_sorted_or_last() -> None:
    assert name_spot(["Apple", "banana", "Cherry"], "Blue") == Spot(before="Cherry")
    assert name_spot(["B", "A", "C"], "AA") == END


def test_methods_stand_in_the_order_of_the_file() -> None:
    alphabetical = [{"delete": {}, "get": {}, "post": {}}]
    assert method_spot(["get", "post"], "delete", alphabetical) == Spot(before="get")
    assert method_spot(["get", "post"], "delete", []) == Spot(after="post")
    assert method_spot(["parameters"], "get", []) == END


@pytest.mark.parametrize(("path", "line"), [("/a", "  /a:"), ("/orders", "    post:"), ("/zoo", "  /zoo:")], ids=str)
def test_what_a_merge_key_brought_in_is_no_place_to_stand_at(path: str, line: str) -> None:
    spec = spec_of("""\
        x-paths: &paths
          /health: {get: {responses: {'200': {description: OK}}}}
        x-item: &item
          options: {responses: {'200': {description: OK}}}
        x-schemas: &schemas
          Q: {}
          A: {}
        paths:
          <<: *paths
          /orders:
            <<: *item
            get: {responses: {'200': {description: OK}}}
        components:
          schemas:
            B: {}
            <<: *schemas
    """)
    change = add_operation(spec, addition(path, "post", components={"schemas": {"New": {"type": "object"}}}))
    lines = change.text.splitlines()
    assert lines.index("paths:") < lines.index(line) < lines.index("components:") < lines.index("    New:")
    assert not any(line.startswith("-") for line in change.diff()[2:])


# -- one file -------------------------------------------------------------------------------------------------------------


def test_a_path_with_a_component_and_a_tag_adds_lines_and_takes_none() -> None:
    spec = spec_of("""\
        tags:
          - name: users  # the people
        paths:
          # all about users
          /users:
            get: {responses: {'200': {description: OK}}}
        components:
          schemas:
            User:
              type: object
        """)
    change = add_operation(
        spec, addition(components={"schemas": {"Probe": {"type": "object"}}}, tags=({"name": "probes"}, {"name": "users"}))
    )
    assert not any(line.startswith("-") for line in change.diff()[2:])
    assert plus(change.diff()) == [
        "  - name: probes",
        "  /new:", "    get:", "      summary: Probe", "      responses:", "        '200':", "          description: OK",
        "    Probe:", "      type: object",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body", ["", "paths:\n", "paths: {}\n", "paths: {}\ncomponents: {}\ntags: []\n", "components:\n  schemas:\n"]
)
def test_sections_that_are_missing_or_empty_are_made(body: str) -> None:
    spec = spec_of(body)
    schemes = {"bearer": {"type": "http", "scheme": "bearer"}}
    change = add_operation(
        spec,
        addition(components={"schemas": {"A": {}, "B": {}}, "securitySchemes": schemes}, tags=({"name": "n"}, {"name": "m"})),
    )
    now = source_of(change.data, Path("a.yaml")).root
    assert now["paths"] == {"/new": {"get": OPERATION}}
    assert now["components"] == {"schemas": {"A": {}, "B": {}}, "securitySchemes": schemes}
    assert now["tags"] == [{"name": "n"}, {"name": "m"}]
    assert list(now)[:2] == ["openapi", "info"]
    order = [key for key in now if key in ("tags", "paths", "components")]
    assert body or order == ["tags", "paths", "components"]


def test_several_components_and_tags_each_find_their_sorted_place() -> None:
    spec = spec_of("""\
        tags: [{name: b}, {name: d}, {name: f}]
        paths: {}
        components:
          schemas:
            B: {}
            D: {}
            F: {}
        """)
    names = ("A", "C", "CC", "E", "G")
    change = add_operation(
        spec,
        addition(
            components={"schemas": {name: {} for name in reversed(names)}}, tags=tuple({"name": n.lower()} for n in names)
        ),
    )
    now = source_of(change.data, Path("a.yaml")).root
    assert list(now["components"]["schemas"]) == ["A", "B", "C", "CC", "D", "E", "F", "G"]
    assert [tag["name"] for tag in now["tags"]] == ["a", "b", "c", "cc", "d", "e", "f", "g"]


def test_a_path_that_exists_under_other_names_gets_the_method_with_its_names() -> None:
    spec = spec_of("""\
        paths:
          /users/{userId}/pets/{petId}:
            parameters:
              - {name: userId, in: path, required: true, schema: {type: string}}
            get: {responses: {'200': {description: OK}}}
        """)
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "pet", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "pet", "in": "query", "schema": {"type": "string"}},
    ]
    operation = {**OPERATION, "parameters": parameters}
    change = add_operation(spec, addition("/users/{id}/pets/{pet}", "DELETE", operation=operation))
    item = source_of(change.data, Path("a.yaml")).root["paths"]["/users/{userId}/pets/{petId}"]
    assert list(item) == ["parameters", "get", "delete"]
    assert [(each["name"], each["in"]) for each in item["delete"]["parameters"]] == [("petId", "path"), ("pet", "query")]


def test_a_method_that_exists_is_refused_with_both_versions_and_replaced_on_request() -> None:
    spec = spec_of("""\
        paths:
          /users:
            get:  # the list
              summary: Old
            post: {}
        """)
    with pytest.raises(OperationExists, match="GET /users exists already") as error:
        add_operation(spec, addition("/users"))
    assert error.value.there == "get:\n  summary: Old\n"
    assert error.value.new.startswith("get:\n  summary: Probe\n")
    assert error.value.line == 5
    text = add_operation(spec, addition("/users"), replace=True).text
    assert "    get:  # the list\n      summary: Probe\n" in text
    assert "    post: {}\n" in text


def test_a_component_of_the_name_that_is_another_is_refused_and_the_same_is_left_out() -> None:
    spec = spec_of("paths: {}\ncomponents:\n  schemas:\n    A: {type: string}\n")
    with pytest.raises(InvalidSpec, match="has a A already") as error:
        add_operation(spec, addition(components={"schemas": {"A": {"type": "integer"}}}))
    assert "another name" in error.value.hint
    assert "A: {type: string}\n" in add_operation(spec, addition(components={"schemas": {"A": {"type": "string"}}})).text


def test_minified_json_stays_on_its_line() -> None:
    document = {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {}},
        "components": {"schemas": {"A": {}}},
    }
    spec = Spec(source_of(json.dumps(document, separators=(",", ":")).encode(), Path("a.json")))
    change = add_operation(spec, addition(components={"schemas": {"B": {}}}, tags=({"name": "t"},)))
    assert "\n" not in change.text and ": " not in change.text
    assert json.loads(change.text)["components"]["schemas"] == {"A": {}, "B": {}}


@pytest.mark.parametrize(
    "body", ["paths: 1\n", "paths: [1]\n", "paths:\n  /new: 3\n", "paths: {}\ncomponents: [1]\n",
             "paths: {}\ncomponents: {schemas: 4}\n", "paths: {}\ntags: 5\n", "paths:\n  /new: {$ref: nowhere.yaml}\n"],
)  # fmt: skip
def test_wrong_types_are_an_error_and_no_traceback(body: str) -> None:
    with pytest.raises(InvalidSpec):
        add_operation(spec_of(body), addition(components={"schemas": {"A": {}}}, tags=({"name": "t"},)))


# -- several files --------------------------------------------------------------------------------------------------------


def test_a_path_item_in_another_file_gets_the_method_there_and_the_root_the_component(tmp_path: Path) -> None:
    (tmp_path / "paths").mkdir()
    root, other = tmp_path / "openapi.yaml", tmp_path / "paths" / "users.yaml"
    root.write_text(HEAD + "paths:\n  /users:\n    $ref: paths/users.yaml\ncomponents:\n  schemas: {}\n", encoding="utf-8")
    other.write_text("# users\nget:\n  responses: {}\n", encoding="utf-8")
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Probe"}}}
    operation = {"responses": {"200": {"description": "OK", "content": content}}}
    change = add_operation(
        read_spec(root), addition("/users", "post", operation=operation, components={"schemas": {"Probe": {}}})
    )
    write_change(change)
    assert other.read_text(encoding="utf-8").startswith("# users\nget:\n  responses: {}\npost:\n")
    assert "$ref: '../openapi.yaml#/components/schemas/Probe'" in other.read_text(encoding="utf-8")
    assert root.read_text(encoding="utf-8").endswith("components:\n  schemas:\n    Probe: {}\n")
    again = read_spec(root)
    added = next(each for each in again.operations if each.method == "POST")
    schema = added.node["responses"]["200"]["content"]["application/json"]["schema"]
    assert again.resolved(schema, added.source) == {}


def test_a_section_in_another_file_gets_the_component_there(tmp_path: Path) -> None:
    root, schemas = tmp_path / "openapi.yaml", tmp_path / "schemas.yaml"
    root.write_text(HEAD + "paths: {}\ncomponents:\n  schemas:\n    $ref: ./schemas.yaml\n", encoding="utf-8")
    schemas.write_text("A:\n  type: string\n", encoding="utf-8")
    write_change(add_operation(read_spec(root), addition(components={"schemas": {"B": {"type": "string"}}})))
    assert schemas.read_text(encoding="utf-8") == "A:\n  type: string\nB:\n  type: string\n"


def test_a_document_in_flow_style_stays_in_it() -> None:
    text = "{openapi: 3.1.0, info: {title: T, version: '1'},\n  paths: {  # all\n    /a: {get: {}}  # of a\n  }\n}\n"
    spec = Spec(source_of(text.encode(), Path("a.yaml")))
    change = add_operation(spec, addition(components={"schemas": {"A": {}}}, tags=({"name": "t"},)))
    now = source_of(change.data, Path("a.yaml")).root
    assert list(now) == ["openapi", "info", "tags", "paths", "components"]
    assert "    /a: {get: {}},  # of a\n    /new: {\n" in change.text
