"""One operation object, by the rendering rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from sketches import parsed, sketches

from photon.openapi.operation import operation, reason, security_scheme
from photon.sketch.model import Auth, Sketch
from photon.sketch.parse import RANKS

ORDER = ["summary", "description", "operationId", "tags", "deprecated", "security", "parameters", "requestBody", "responses"]


def rendered(text: str, version: Any = "3.1", **options: Any) -> dict[str, Any]:
    return operation(parsed(text)[0], version, **{"default_auth": "bearer", **options})


@given(sketches())
def test_the_keys_stand_in_one_order(sketch: Sketch) -> None:
    keys = list(operation(sketch, "3.1", default_auth="bearer"))
    assert keys == [key for key in ORDER if key in keys]
    assert {"summary", "operationId", "tags", "security", "responses"} <= set(keys)


@given(sketches())
def test_what_a_kind_of_line_decides_comes_with_it_and_stays(sketch: Sketch) -> None:
    whole = list(operation(sketch, "3.1", default_auth="bearer").items())
    for rank in RANKS:
        begun = list(operation(sketch, "3.1", default_auth="bearer", upto=rank).items())
        assert begun == whole[: len(begun)]


def test_every_parameter_of_the_path_is_declared_once_and_required() -> None:
    sketch = 'GET /a/{id}/b/{sub.id}/c/{x}{y}\npath: { x?: int(1..) "An x", id: uuid }\n'
    parameters = rendered(sketch)["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in parameters] == [
        ("id", "path", True),
        ("sub.id", "path", True),
        ("x", "path", True),
        ("y", "path", True),
    ]
    assert [each["schema"].get("format", each["schema"]["type"]) for each in parameters] == [
        "uuid",
        "string",
        "integer",
        "string",
    ]
    assert parameters[2]["description"] == "An x"


def test_parameters_come_by_place_and_only_required_ones_say_so() -> None:
    sketch = "GET /a\nquery: { a: int, b?: int = 1 }\nheader: { C: uuid }\ncookie: { d?: string }\n"
    parameters = rendered(sketch)["parameters"]
    assert [(each["in"], each["name"], each.get("required")) for each in parameters] == [
        ("query", "a", True),
        ("query", "b", None),
        ("header", "C", True),
        ("cookie", "d", None),
    ]
    assert parameters[1]["schema"] == {"type": "integer", "default": 1}


@pytest.mark.parametrize("kind", ["{ a?: int }", "map<int>", "object", "map<int> | null"])
def test_an_object_in_the_query_is_written_in_brackets(kind: str) -> None:
    (parameter,) = rendered(f"GET /a\nquery: {{ filter?: {kind} }}\n")["parameters"]
    assert (parameter["style"], parameter["explode"]) == ("deepObject", True)


def test_a_password_is_write_only_except_as_a_parameter() -> None:
    result = rendered("POST /a\nquery: { p: password }\nbody: { p: password }\n")
    assert "writeOnly" not in result["parameters"][0]["schema"]
    assert result["requestBody"]["content"]["application/json"]["schema"]["properties"]["p"]["writeOnly"] is True


@pytest.mark.parametrize(
    ("body", "media_type", "new", "old"),
    [
        ("{ a: int }", "application/json", "object", "object"),
        ("form { a: int }", "application/x-www-form-urlencoded", "object", "object"),
        ("multipart { a: int }", "multipart/form-data", "object", "object"),
        ("sse(int)", "text/event-stream", "integer", "integer"),
        ("sse", "text/event-stream", "string", "string"),
        ("text", "text/plain", "string", "string"),
        ("text(text/csv)", "text/csv", "string", "string"),
        ("binary", "application/octet-stream", None, "string"),
        ("binary(image/png)", "image/png", None, "string"),
    ],
)
def test_each_kind_of_body_has_its_media_type(body: str, media_type: str, new: str | None, old: str) -> None:
    for version, kind in (("3.1", new), ("3.0", old)):
        result = rendered(f"POST /a\nbody: {body}\n200: {body}\n", version)
        for holder in (result["requestBody"], result["responses"]["200"]):
            assert list(holder["content"]) == [media_type]
            assert holder["content"][media_type]["schema"].get("type") == kind
        assert result["requestBody"]["required"] is True


def test_raw_bytes_are_base64_in_json_and_raw_in_a_form() -> None:
    result = rendered("POST /a\nbody: multipart { file: binary, more: binary[] }\n200: { file: binary, all: binary[] }\n")
    form = result["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    json_ = result["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert form["file"] == form["more"]["items"] == {"contentMediaType": "application/octet-stream"}
    assert json_["file"] == json_["all"]["items"] == {"type": "string", "contentEncoding": "base64"}


def test_an_error_has_its_description_and_the_problem_as_its_body() -> None:
    responses = rendered("GET /a\n404: No such a\n5XX:\ndefault:\n499: \n")["responses"]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert [each["content"] for each in responses.values()] == [problem] * 4
    assert {status: each["description"] for status, each in responses.items()} == {
        "404": "No such a",
        "5XX": "Server error",
        "default": "Unexpected error",
        "499": "Client error",
    }


def test_a_success_has_headers_content_and_a_description() -> None:
    result = rendered('GET /a\n201: int "Made" headers { Location: uri "Where", X?: int = 1 }\n2XX: -\n')["responses"]
    assert result["201"] == {
        "description": "Made",
        "headers": {
            "Location": {"description": "Where", "schema": {"type": "string", "format": "uri"}},
            "X": {"schema": {"type": "integer", "default": 1}},
        },
        "content": {"application/json": {"schema": {"type": "integer"}}},
    }
    assert result["2XX"] == {"description": "Success"}


@pytest.mark.parametrize(
    ("status", "words"), [("200", "OK"), ("404", "Not Found"), ("299", "Success"), ("599", "Server error")]
)
def test_the_reason_phrase_stands_in_for_a_description(status: str, words: str) -> None:
    assert reason(status) == words


@pytest.mark.parametrize(
    ("line", "security"),
    [
        ("", [{"basicAuth": []}]),
        ("auth: none", []),
        ("auth: bearer", [{"bearerAuth": []}]),
        ("auth: oauth2(a, b)", [{"oauth2": ["a", "b"]}]),
        ("auth: apiKey(X)", [{"apiKeyAuth": []}]),
    ],
)
def test_security_is_always_written_and_the_project_decides_where_nothing_is_said(line: str, security: list[Any]) -> None:
    assert rendered(f"GET /a\n{line}\n", default_auth="basic")["security"] == security


@pytest.mark.parametrize(
    ("auth", "scheme"),
    [
        (Auth("bearer"), {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}),
        (Auth("basic"), {"type": "http", "scheme": "basic"}),
        (Auth("apiKey"), {"type": "apiKey", "in": "header", "name": "X-API-Key"}),
        (Auth("apiKey", name="k", location="query"), {"type": "apiKey", "in": "query", "name": "k"}),
    ],
)
def test_each_scheme_is_defined(auth: Auth, scheme: dict[str, str]) -> None:
    assert security_scheme(auth) == scheme


def test_oauth_defines_the_scopes_that_are_used() -> None:
    flow = security_scheme(Auth("oauth2", ("a.read",)))["flows"]["authorizationCode"]
    assert flow["scopes"] == {"a.read": "a.read"}
