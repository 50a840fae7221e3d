"""A style is learned by counting over the whole document, whatever stands in it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec, read_spec
from photon.openapi.style.learn import learn, learned
from photon.openapi.style.model import NameCases, Style

SHOP = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
servers:
  - url: https://{host}/shop/{stage}/
    variables: {host: {default: shop.example}, stage: {default: v2}}
  - url: https://test.example/shop/v2
tags: [{name: never_used}]
security: [{oauth: [read]}]
paths:
  /order-items:
    parameters: [{$ref: '#/components/parameters/Trace'}]
    get:
      operationId: order_items_list
      tags: [order_items]
      parameters:
        - {$ref: '#/components/parameters/PageToken'}
        - {name: page_size, in: query, schema: {type: integer}}
        - {name: created_after, in: query, schema: {type: string}}
      responses:
        200:
          description: OK
          headers: {X-Rate-Limit: {schema: {type: integer}}}
          content:
            application/json:
              schema:
                allOf:
                  - {$ref: '#/components/schemas/page_of'}
                  - properties: {data: {type: array, items: {$ref: '#/components/schemas/order_item'}}}
        401: {$ref: '#/components/responses/unauthorized'}
        default: {$ref: '#/components/responses/failure'}
    post:
      operationId: order_items_create
      tags: [order_items]
      responses:
        "201": {description: Created}
        "401": {$ref: '#/components/responses/unauthorized'}
        "422": {$ref: '#/components/responses/failure'}
  /order-items/{order_item_id}:
    parameters:
      - {$ref: '#/components/parameters/Trace'}
      - {name: order_item_id, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      operationId: order_items_get
      tags: [order_items]
      responses:
        "200":
          description: OK
          headers: {X-Rate-Limit: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/order_item'}}}
        "401": {$ref: '#/components/responses/unauthorized'}
        "404": {$ref: '#/components/responses/failure'}
    delete:
      operationId: order_items_delete
      tags: [order_items, admin]
      security: [{oauth: [write]}]
      responses:
        "204": {description: Gone}
        "401": {$ref: '#/components/responses/unauthorized'}
components:
  parameters:
    Trace: {name: X-Trace-Id, in: header, schema: {type: string}}
    PageToken: {name: page_token, in: query, schema: {type: string}}
  responses:
    unauthorized:
      description: Who are you?
      content: {application/vnd.shop+json: {schema: {$ref: '#/components/schemas/shop_error'}}}
    failure:
      description: No
      content: {application/vnd.shop+json: {schema: {$ref: '#/components/schemas/shop_error'}}}
  securitySchemes:
    oauth: {type: oauth2, flows: {}}
  schemas:
    shop_error: {type: object, properties: {error_code: {type: string}}}
    order_item:
      type: object
      properties: {id: {type: string, format: uuid}, created_at: {type: string}, unit_price: {type: number}}
    page_of:
      type: object
      properties: {next_page_token: {type: string}}
"""


def spec_of(text: str) -> Spec:
    return Spec(source_of(text.encode(), None))


def of_paths(paths: dict[str, Any], **more: Any) -> Style:
    return learn(spec_of(json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **more})))


def of_operations(method: str, *paths: str) -> Spec:
    """A specification with one operation at each path."""
    items = {path: {method: answering({})} for path in paths}
    return spec_of(json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": items}))


def answering(schema: Any, **more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}, **more}


@pytest.fixture(scope="module")
def shop() -> Style:
    return learn(spec_of(SHOP))


def test_the_case_of_each_kind_of_name(shop: Style) -> None:
    assert shop.names == NameCases(
        properties="snake",
        parameters="snake",
        path_parameters="snake",
        headers="train",
        segments="kebab",
        schemas="snake",
        operation_ids="snake",
        tags="snake",
    )
    assert shop.operation_ids == "users_list"


def test_the_version_and_the_paths_of_the_servers(shop: Style) -> None:
    assert shop.version == "3.0"
    assert shop.base_paths == ("/shop/v2",)


def test_tags_by_how_often_they_are_used(shop: Style) -> None:
    assert shop.tags == ("order_items", "admin", "never_used")


def test_security_at_the_root_and_what_is_usual(shop: Style) -> None:
    assert shop.security.place == "root"
    assert shop.security.usual == ({"oauth": ("read",)},)
    assert shop.security.schemes["oauth"]["type"] == "oauth2"


def test_errors_through_component_responses(shop: Style) -> None:
    assert shop.errors.media_type == "application/vnd.shop+json"
    assert shop.errors.schema == {"$ref": "#/components/schemas/shop_error"}
    assert shop.errors.responses == {"401": "unauthorized", "404": "failure", "422": "failure", "default": "failure"}
    assert shop.errors.statuses["DELETE"] == ("401",)
    assert "401" in shop.errors.statuses["GET"]
    assert not shop.errors.bodiless


def test_pages_as_lists_write_them_and_the_envelope_through_all_of(shop: Style) -> None:
    assert shop.pagination.kind == "cursor"
    assert shop.pagination.parameters == (
        {"$ref": "#/components/parameters/PageToken"},
        {"name": "page_size", "in": "query", "schema": {"type": "integer"}},
    )
    assert shop.pagination.items == "data"
    assert shop.pagination.envelope == {"next_page_token": {"type": "string"}}


def test_success_ids_common_parameters_and_headers(shop: Style) -> None:
    assert shop.success == {"GET": "200", "POST": "201", "DELETE": "204"}
    assert shop.id_type == "uuid"
    assert shop.parameters == ({"$ref": "#/components/parameters/Trace"},)
    assert shop.headers == ("X-Rate-Limit",)


def test_every_finding_has_its_counts() -> None:
    evidence = {each.subject: each for each in learned(spec_of(SHOP)).evidence}
    assert (evidence["properties"].found, evidence["properties"].agreeing, evidence["properties"].of) == ("snake_case", 4, 4)
    assert (evidence["security"].agreeing, evidence["security"].of) == (4, 4)
    assert (evidence["error schema"].found, evidence["error schema"].agreeing) == ("shop_error", 7)
    assert evidence["pages"].found == "cursor: page_token, page_size"
    assert all(0 < each.agreeing <= each.of for each in evidence.values() if each.of)


def test_an_empty_specification_has_no_habits() -> None:
    style = of_paths({})
    assert style.names == NameCases()
    assert (style.operation_ids, style.tags, style.success, style.id_type) == (None, (), {}, None)
    assert style.security.usual is None or style.security.usual == ()


def test_scopes_that_differ_are_left_to_each_operation() -> None:
    paths: dict[str, Any] = {
        f"/a{number}": {"get": {"security": [{"oauth": [f"read:{number}"]}], "responses": {}}} for number in range(4)
    }
    style = of_paths(paths, components={"securitySchemes": {"oauth": {"type": "oauth2"}}})
    assert style.security.place == "operation"
    assert style.security.usual == ({"oauth": ()},)


def test_without_schemes_nothing_is_required_and_with_unused_ones_nothing_can_be_told() -> None:
    paths = {"/a": {"get": {"responses": {}}}}
    assert of_paths(paths).security.usual == ()
    assert of_paths(paths, components={"securitySchemes": {"key": {"type": "apiKey"}}}).security.usual is None


def test_an_inline_error_schema_is_found_too() -> None:
    error = {"type": "object", "properties": {"message": {"type": "string"}}}
    failing = {"400": {"description": "No", "content": {"application/json": {"schema": error}}}}
    style = of_paths({f"/a{number}": {"get": {"responses": failing}} for number in range(3)})
    assert style.errors.schema == error
    assert style.errors.statuses == {"GET": ("400",)}


def test_errors_without_a_body_are_told_from_no_errors() -> None:
    assert of_paths({"/a": {"get": {"responses": {"404": {"description": "No"}}}}}).errors.bodiless
    assert not of_paths({"/a": {"get": {"responses": {"200": {"description": "OK"}}}}}).errors.bodiless


def test_a_list_may_be_the_answer_itself() -> None:
    pages = [{"name": name, "in": "query"} for name in ("page", "per_page")]
    style = of_paths({"/pets": {"get": answering({"type": "array", "items": {}}, parameters=pages)}})
    assert (style.pagination.kind, style.pagination.items, style.pagination.envelope) == ("page", None, {})
    assert not style.pagination.items_by_resource


def test_the_start_of_a_period_is_no_page() -> None:
    def listing(*names: str) -> Style:
        parameters = [{"name": name, "in": "query"} for name in names]
        return of_paths({"/metrics": {"get": answering({"type": "array", "items": {}}, parameters=parameters)}})

    assert listing("start", "end").pagination.kind is None
    assert listing("start", "limit").pagination.kind == "offset"


def test_items_may_be_named_after_the_resource() -> None:
    def page(name: str) -> dict[str, Any]:
        held = {name: {"type": "array", "items": {}}, "total": {"type": "integer"}}
        offset = [{"name": "offset", "in": "query"}, {"name": "limit", "in": "query"}]
        return {"get": answering({"type": "object", "properties": held}, parameters=offset)}

    style = of_paths({"/pets": page("pets"), "/order-lines": page("orderLines"), "/cats": page("cats")})
    assert style.pagination.kind == "offset"
    assert style.pagination.items_by_resource
    assert style.pagination.items is None
    assert style.pagination.envelope == {"total": {"type": "integer"}}


def test_what_all_of_four_operations_have_is_common_and_what_three_have_is_not() -> None:
    def operation(number: int) -> dict[str, Any]:
        names = ["api-version", *(["verbose"] if number else [])]
        return {"get": answering({}, parameters=[{"name": name, "in": "query", "schema": {}} for name in names])}

    style = of_paths({f"/a{number}": operation(number) for number in range(4)})
    assert [each["name"] for each in style.parameters] == ["api-version"]


def test_actions_behind_a_colon_are_seen() -> None:
    assert of_paths({"/pets/{id}:feed": {"post": answering({})}}).colon_actions
    assert of_paths({"/pets/{id}/cancel": {"post": answering({})}}).colon_actions is False
    assert of_paths({"/pets/{id}/food": {"post": answering({})}}).colon_actions is None
    both = ("/pets/{id}:feed", "/cats/{id}:feed", "/dogs/{id}/cancel", "/pets/{id}/food")
    found = learned(of_operations("post", *both))
    assert ("actions", "/things/{id}:cancel", 2, 3) in found.evidence
    assert learn(of_operations("post", "/type:novel", "/pets:batchGet", "/pets/{id}/cancel")).colon_actions
    assert learn(of_operations("post", "/type:novel", "/pets/{id}/cancel")).colon_actions is False


@pytest.mark.parametrize(
    ("paths", "end"),
    [
        (("/a/", "/b/", "/c/{d}/", "/e/", "/"), "/"),
        (("/a.json", "/b.json", "/c/{d}.json", "/e.json"), ".json"),
        (("/a/", "/b/", "/c/", "/e"), ""),
        (("/a/", "/b/", "/c/"), ""),
        (("/a.get", "/b.get", "/c.get", "/d.get"), ""),
        (("/a", "/b", "/c", "/d"), ""),
    ],
)
def test_what_nearly_all_paths_end_with_is_seen(paths: tuple[str, ...], end: str) -> None:
    found = learned(of_operations("get", *paths))
    assert found.style.path_end == end
    assert ("path endings" in [each.subject for each in found.evidence]) == bool(end)


def test_identifiers_are_of_the_type_that_most_have() -> None:
    held = {"type": "object", "properties": {"id": {"type": "integer"}}}
    components = {"schemas": {"A": held, "B": held | {"x": 1}, "C": {"properties": {"id": {"type": ["string", "null"]}}}}}
    assert of_paths({}, components=components).id_type == "int"


def test_references_to_other_files_are_followed_and_written_as_the_root_would(tmp_path: Path) -> None:
    (tmp_path / "parts" / "paths").mkdir(parents=True)
    (tmp_path / "parts" / "error.yaml").write_text("type: object\nproperties: {error_code: {type: string}}\n")
    (tmp_path / "parts" / "paths" / "pets.yaml").write_text(
        "get:\n  operationId: list_pets\n  responses:\n    '200': {description: OK}\n    '404':\n      description: No\n"
        "      content: {application/json: {schema: {$ref: ../error.yaml}}}\n"
        "    '500':\n      description: No\n      content:\n        application/json:\n          schema:\n"
        "            $ref: '../../openapi.yaml#/components/schemas/Fault'\n"
    )
    (tmp_path / "openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/pets: {$ref: parts/paths/pets.yaml}}\n"
        "components: {schemas: {Fault: {type: object}}}\n"
    )
    style = learn(read_spec(tmp_path / "openapi.yaml"))
    assert style.errors.schema == {"$ref": "./parts/error.yaml"}
    pets = tmp_path / "parts" / "paths" / "pets.yaml"
    pets.write_text(pets.read_text().replace("{$ref: ../error.yaml}", "{$ref: '../../openapi.yaml#/components/schemas/Fault'}"))
    assert learn(read_spec(tmp_path / "openapi.yaml")).errors.schema == {"$ref": "#/components/schemas/Fault"}
    assert style.names.properties == "snake"
    assert style.operation_ids == "list_users"


def test_schemas_that_refer_to_themselves_come_to_an_end() -> None:
    loop = {"allOf": [{"$ref": "#/components/schemas/A"}] * 20, "properties": {"items": {"type": "array", "items": {}}}}
    schemas = {"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}] * 10}, "B": loop}
    style = of_paths({"/a": {"get": answering({"$ref": "#/components/schemas/A"})}}, components={"schemas": schemas})
    assert style.pagination.items == "items"


JUNK: tuple[Any, ...] = (
    None, True, -1, 3.5, "", "\x1b[31m", "{", [], {}, [[]], [1, "a", None], {"$ref": "#/"}, {"$ref": 5}, {"type": ["a", 1]},
    {"$ref": "nowhere.yaml#/x"}, {"a": {"b": []}}, "🎉",
)  # fmt: skip


def test_nothing_in_a_document_makes_it_fail() -> None:
    base = json.loads(json.dumps(spec_of(SHOP).document))
    chance = random.Random(11)
    for _ in range(150):
        document = json.loads(json.dumps(base))
        places = list(_places(document))
        for _ in range(chance.choice((1, 5, 40))):
            holder, key = chance.choice(places)
            if key != "openapi":
                holder[key] = chance.choice(JUNK)
        learned(spec_of(json.dumps(document)))


def _places(node: Any) -> Any:
    entries = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, inner in entries:
        yield node, key
        yield from _places(inner)


def test_a_large_specification_takes_no_time() -> None:
    import time

    base = json.loads(json.dumps(spec_of(SHOP).document))
    item = base["paths"]["/order-items"]
    base["paths"] = {f"/order-items{number}": item for number in range(1_000)}
    spec = spec_of(json.dumps(base))
    begun = time.process_time()
    learn(spec)
    assert time.process_time() - begun < 2
