"""An answer that comes back as OpenAPI is read, whatever surrounds it, and nothing in it is obeyed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from sketches import parsed, sketches

from photon.errors import UnreadableAnswer
from photon.openapi.document import Rendering, render
from photon.openapi.read import read_operation
from photon.openapi.schemas import Version
from photon.openapi.yaml_text import yaml_text
from photon.sketch.model import Auth, Content, Field, Ref, Response, Scalar, Sketch
from photon.sketch.write import write_sketch

LOGIN = """\
openapi: 3.0.3
info:
  title: Shop
  version: '1'
paths:
  /login:
    post:
      summary: Log in
      responses:
        200:
          description: Here you are
        '401': {description: No}
"""
LOGIN_SKETCH = parsed('POST /login\nsummary: Log in\n200: - "Here you are"\n401: No\n')[0]


def operation(**parts: Any) -> Sketch:
    """The sketch of an operation with these keys."""
    return read_operation(json.dumps({"paths": {"/x": {"post": parts}}}))


def canonical(sketch: Sketch, version: Version = "3.1") -> dict[str, Any]:
    return render(sketch, Rendering(version=version, scope="document")).document


# -- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@given(sketch=sketches())
def test_what_was_rendered_is_read_and_renders_to_the_same(version: Version, sketch: Sketch) -> None:
    document = canonical(sketch, version)
    assert canonical(read_operation(yaml_text(document)), version) == document
    assert canonical(read_operation(json.dumps(document, indent=1)), version) == document


@given(sketches())
def test_what_is_read_can_be_written_as_a_sketch(sketch: Sketch) -> None:
    again = read_operation(yaml_text(canonical(sketch)))
    assert parsed(write_sketch(again)) == (again, [])


# -- what surrounds it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        LOGIN,
        LOGIN.replace("\n", "\r\n"),
        f"```yaml\n{LOGIN}```",
        f"Sure! Here is the path:\n\n```yaml\n{LOGIN}```\n\nIt answers 200 or 401: see above.",
        f"  ~~~\n{LOGIN}",
        f"First `npm i`:\n```sh\nnpm i\n```\nthen\n```\n{LOGIN}\n```",
        f"Here is the path:\n\n{LOGIN}\nIt answers 200 or 401.",
        LOGIN[LOGIN.index("paths:") :],
        LOGIN[LOGIN.index("  /login:") :],
    ],
)
def test_fences_and_prose_are_left_out(answer: str) -> None:
    assert read_operation(answer) == LOGIN_SKETCH


@pytest.mark.parametrize("frame", ["{}", "```json\n{}\n```", "Here:\n{}\nHope that helps!", "\t{}"])
def test_json_is_read_too(frame: str) -> None:
    path = {
        "/login": {
            "post": {"summary": "Log in", "responses": {"200": {"description": "Here you are"}, "401": {"description": "No"}}}
        }
    }
    assert read_operation(frame.replace("{}", json.dumps({"paths": path}))) == LOGIN_SKETCH
    assert read_operation(frame.replace("{}", json.dumps(path, indent="\t"))) == LOGIN_SKETCH


def test_emoji_escaped_as_json_does_are_whole() -> None:
    assert operation(summary="so 😀 \u0000").summary == "so 😀"
    assert operation(summary="\ud800!").summary == "\ufffd!"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("paths:\n  /x: [", "the answer is neither a sketch nor YAML in line 3"),
        ("openapi: 3.1.0\n", "the answer looks like OpenAPI, but has no path with an operation"),
        ("paths: {/x: {parameters: []}}\n", "the answer looks like OpenAPI, but has no path with an operation"),
        ("- a\n- b\n", "the answer is neither a sketch nor an OpenAPI document"),
        ("openapi: !!python/object/apply:os.system ['id']\n", "the answer is neither a sketch nor YAML in line 1"),
        ("paths: &a {/x: {get: *a}}\n", "the answer is YAML with aliases, which are not followed"),
        ("paths: " + "{a: " * 100, "the answer is nested more than 60 levels deep"),
        ("paths: {a: " + "x" * 300_000, "the answer is longer than 200,000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(answer: str, message: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        read_operation(answer)
    assert caught.value.message == message


# -- what is read -----------------------------------------------------------------------------------------------------


def test_scalars_are_yaml_1_2() -> None:
    text = """\
paths:
  /x:
    get:
      parameters:
        - {name: sort, in: query, schema: {type: string, enum: [on, off, no, 2024-05-01, 12:30], default: on}}
        - {name: n, in: query, schema: {type: integer, default: 10, minimum: 0, maximum: 1e3}}
"""
    first, second = read_operation(text).query
    assert write_sketch(Sketch(method="GET", path="/x", query=(first,))) == (
        'GET /x\nquery: { sort?: "on" | "off" | "no" | "2024-05-01" | "12:30" = "on" }\n'
    )
    assert second == Field("n", Scalar("int", 0, 1000), True, second.default)


def test_parameters_of_the_path_and_of_the_operation_are_read_by_place() -> None:
    text = {
        "components": {
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}, "description": "The\npage"}}
        },
        "paths": {
            "/x/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "schema": {"format": "uuid", "type": "string"}},
                    {"name": "other", "in": "path"},
                ],
                "get": {
                    "parameters": [
                        {"$ref": "#/components/parameters/Page"},
                        {"$ref": "#/components/parameters/Nowhere"},
                        {"name": "X-Id", "in": "header", "required": True, "type": "string"},
                        {"name": "page", "in": "query"},
                        {"name": 5, "in": "cookie"},
                        {"in": "query"},
                        "nonsense",
                    ]
                },
            }
        },
    }
    sketch = read_operation(json.dumps(text))
    assert sketch.path_fields == (Field("id", Scalar("uuid")),)
    assert sketch.query == (Field("page", Scalar("int"), True, None, "The page"),)
    assert sketch.header == (Field("X-Id", Scalar("string")),)
    assert sketch.cookie == (Field("5", Scalar("any"), True),)


@pytest.mark.parametrize(
    ("media_type", "schema", "content"),
    [
        ("application/json; charset=utf-8", {"type": "integer"}, Content("json", Scalar("int"))),
        ("application/vnd.api+json", {"type": "integer"}, Content("json", Scalar("int"))),
        ("*/*", {}, Content("json", Scalar("any"))),
        ("application/x-www-form-urlencoded", {"$ref": "#/x/Form"}, Content("form", Ref("Form"))),
        ("multipart/form-data", {"$ref": "#/x/Form"}, Content("multipart", Ref("Form"))),
        ("text/event-stream", {"type": "string"}, Content("sse", Scalar("string"))),
        ("text/csv", {"type": "string"}, Content("text", media_type="text/csv")),
        ("application/xml", {"type": "string"}, Content("text", media_type="application/xml")),
        ("application/pdf", {"type": "string", "format": "binary"}, Content("binary", media_type="application/pdf")),
        ("text/csv", {"contentMediaType": "text/csv"}, Content("binary", media_type="text/csv")),
        ("../../x", {}, Content("binary")),
    ],
)
def test_each_media_type_is_a_kind_of_content(media_type: str, schema: dict[str, str], content: Content) -> None:
    holder = {"content": {media_type: {"schema": schema}}}
    sketch = operation(requestBody=holder, responses={"200": {"description": "OK", **holder}})
    assert (sketch.body, sketch.responses) == (content, (Response("200", content),))


def test_responses_are_read_once_each_and_only_with_a_status() -> None:
    responses = {
        "200": {},
        "2xx": {"description": "Fine"},
        "x": {},
        "600": {},
        "404": {"description": "Not Found"},
        "default": "?",
    }
    assert operation(responses=responses).responses == (
        Response("200"),
        Response("2XX", description="Fine"),
        Response("404"),
        Response("default"),
    )
    assert len(read_operation("/x:\n  get:\n    responses:\n      200: {}\n      '200': {}\n").responses) == 1


@pytest.mark.parametrize(
    ("security", "scheme", "auth"),
    [
        (None, {}, None),
        ([], {}, Auth("none")),
        ([{}], {}, Auth("none")),
        ([{"S": []}], {"type": "http", "scheme": "Basic"}, Auth("basic")),
        ([{"S": []}], {"type": "http", "scheme": "bearer"}, Auth("bearer")),
        ([{"S": ["a", "b c", 5]}], {"type": "oauth2"}, Auth("oauth2", ("a", "bc"))),
        ([{"S": []}], {"type": "apiKey", "in": "query", "name": "k\x1b"}, Auth("apiKey", name="k", location="query")),
        ([{"S": []}], {"type": "apiKey", "in": ["x"]}, Auth("apiKey")),
        ([{"apiKeyAuth": []}], None, Auth("apiKey")),
        ([{"oauth2": []}], None, Auth("oauth2")),
        ([{"whatever": []}], None, Auth("bearer")),
    ],
)
def test_security_is_read(security: Any, scheme: Any, auth: Auth | None) -> None:
    document: dict[str, Any] = {"paths": {"/x": {"get": {} if security is None else {"security": security}}}}
    if scheme is not None:
        document["components"] = {"securitySchemes": {"S": scheme}}
    assert read_operation(json.dumps(document)).auth == auth


def test_components_that_are_reached_come_along_under_names_of_the_notation() -> None:
    schemas = {
        "pet": {"properties": {"owner": {"$ref": "#/components/schemas/Date"}, "self": {"$ref": "#/components/schemas/pet"}}},
        "Date": {"type": "string"},
        "../../x y": {"type": "integer"},
        "unused": {},
    }
    content = {
        "application/json": {
            "schema": {"oneOf": [{"$ref": "#/components/schemas/pet"}, {"$ref": "#/components/schemas/..~1..~1x y"}]}
        }
    }
    document = {"paths": {"/x": {"get": {"responses": {"200": {"content": content}}}}}, "components": {"schemas": schemas}}
    sketch = read_operation(json.dumps(document))
    assert [component.name for component in sketch.components] == ["Pet", "Xy", "DateSchema"]
    assert parsed(write_sketch(sketch)) == (sketch, [])
    known = read_operation(json.dumps(document), known=frozenset(("pet", "Date")))
    assert [component.name for component in known.components] == ["pet", "Xy", "Date"]


# -- nothing is obeyed ------------------------------------------------------------------------------------------------


def test_references_are_names_and_nothing_is_fetched() -> None:
    urls = ["file:///etc/passwd", "http://127.0.0.1:1/x.yaml#/a/B", "../../x", "#/", ""]
    content = {"application/json": {"schema": {"properties": {f"p{n}": {"$ref": url} for n, url in enumerate(urls)}}}}
    sketch = operation(responses={"200": {"content": content}})
    assert [kind for kind in sketch.types() if isinstance(kind, Ref)] == [
        Ref("Passwd"),
        Ref("B"),
        Ref("X"),
        Ref("Unnamed"),
        Ref("Unnamed"),
    ]
    assert list(OpenAPIV31SpecValidator(canonical(sketch)).iter_errors()) == []


def _laughs(levels: int) -> str:
    lines = ["a0: &a0 {type: string}"]
    lines += [f"a{n}: &a{n} {{properties: {{{', '.join(f'p{m}: *a{n - 1}' for m in range(9))}}}}}" for n in range(1, levels)]
    return "\n".join(["paths:\n  /x:\n    get: {}", *lines])


_TWICE = {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/A"}]}
_RESPONSE = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}
BOMBS = {
    "a billion laughs": _laughs(12),
    "open brackets": "paths: " + "[" * 190_000,
    "open braces": "paths: " + "{a: " * 49_000,
    "a list in a list": "paths:\n" + "- " * 90_000,
    "JSON in JSON": '{"paths":' * 20_000,
    "a component that is itself, twice": json.dumps(
        {"paths": {"/x": {"get": {"responses": _RESPONSE}}}, "components": {"schemas": {"A": _TWICE}}}
    ),
    "wide": json.dumps({"paths": {"/x": {"get": {"parameters": [{"name": f"n{n}", "in": "query"} for n in range(5_000)]}}}}),
    "deep": json.dumps(
        {
            "paths": {
                "/x": {
                    "get": {
                        "responses": {
                            "200": {"content": {"a/json": {"schema": json.loads('{"items":' * 400 + "{}" + "}" * 400)}}}
                        }
                    }
                }
            }
        }
    ),
    "a long number": "paths: {/x: {get: {parameters: [{name: a, in: query, schema: {minimum: " + "9" * 100_000 + "}}]}}}",
    "a long path": "/" + "{a" * 60_000 + ":\n  get: {}\n",
    "fences": "```\n" * 40_000,
    "quotes": "paths: '" + "''" * 90_000,
    "indents": "\n".join(" " * n + f"k{n}:" for n in range(600)),
}


@pytest.mark.parametrize("answer", BOMBS.values(), ids=BOMBS)
def test_a_bomb_does_not_go_off(answer: str) -> None:
    start = time.perf_counter()
    try:
        sketch = read_operation(answer)
        render(sketch, Rendering())
        write_sketch(sketch)
    except UnreadableAnswer as error:
        assert "\n" not in error.message and len(error.message) < 120
    assert time.perf_counter() - start < 4


KEYWORDS = """
type properties items enum oneOf allOf $ref required default nullable const format pattern minimum maxLength minItems
additionalProperties contentMediaType description x
""".split()
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["object", "array", "string", "#/a/B"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYWORDS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_json)
def test_any_schema_is_read_as_something_valid(schema: Any) -> None:
    content = {"content": {"application/json": {"schema": schema}}}
    sketch = operation(
        parameters=[{"name": "a", "in": "query", "schema": schema}], requestBody=content, responses={"200": content}
    )
    assert list(OpenAPIV31SpecValidator(canonical(sketch)).iter_errors()) == []
    assert parsed(write_sketch(sketch)) == (sketch, [])


@given(
    st.dictionaries(
        st.sampled_from(["parameters", "requestBody", "responses", "security", "tags", "operationId", "summary"]), _json
    )
)
def test_any_operation_is_read_or_refused(parts: dict[str, Any]) -> None:
    sketch = operation(**parts)
    assert parsed(write_sketch(sketch)) == (sketch, [])
