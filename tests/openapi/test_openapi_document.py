"""What is rendered is valid OpenAPI, whatever the sketch, and grows only at its end."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from sketches import babble, parsed, sketches

from photon.errors import UnreadableAnswer
from photon.openapi.document import Rendering, Scope, render, render_begun
from photon.openapi.schemas import Version
from photon.openapi.yaml_text import yaml_lines
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.write import write_sketch

VALIDATORS = {"3.1": OpenAPIV31SpecValidator, "3.0": OpenAPIV30SpecValidator}


def faults(sketch: Sketch, version: Version) -> list[str]:
    document = render(sketch, Rendering(version=version, scope="document")).document
    return [error.message for error in VALIDATORS[version](document).iter_errors()]


def components(text: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = render(parsed(text)[0], Rendering(**options)).document.get("components", {})
    return found


@settings(max_examples=60)
@given(sketches())
def test_every_sketch_is_valid_openapi_of_both_versions(sketch: Sketch) -> None:
    assert faults(sketch, "3.1") == faults(sketch, "3.0") == []


@settings(max_examples=60)
@given(babble)
def test_whatever_the_parser_reads_is_valid_openapi(text: str) -> None:
    try:
        sketch, _ = parsed("POST /x\nbody: { " + text)
    except UnreadableAnswer:
        return
    assert faults(sketch, "3.1") == faults(sketch, "3.0") == []


@settings(max_examples=60)
@given(sketches().filter(lambda sketch: not sketch.body or sketch.method not in ("GET", "HEAD", "TRACE")))
def test_what_is_shown_after_each_line_is_the_beginning_of_the_end(sketch: Sketch) -> None:
    rendering = Rendering()
    whole = list(yaml_lines(render(sketch, rendering).document))
    parser, shown = SketchParser(), 0
    for line in write_sketch(sketch).splitlines(keepends=True):
        parser.feed(line)
        assert parser.sketch
        begun = list(yaml_lines(render_begun(parser.sketch, rendering, rank=parser.rank)))
        if parser.rank == 0:
            begun[-1] = begun[-1].removesuffix(" {}")
        assert begun == whole[: len(begun)]
        assert len(begun) >= shown
        shown = len(begun)


@given(sketches())
def test_an_operation_id_is_an_identifier(sketch: Sketch) -> None:
    (item,) = render(sketch, Rendering(scope="path")).document.values()
    (operation,) = item.values()
    assert operation["operationId"].isidentifier() and operation["operationId"].isascii()


# -- what belongs around it -------------------------------------------------------------------------------------------


def test_the_scopes_are_a_path_a_fragment_and_a_document() -> None:
    sketch = parsed("GET /x\n200: int\n404:\n")[0]
    keys = {scope: list(render(sketch, Rendering(scope=scope)).document) for scope in get_args(Scope)}
    assert keys == {
        "path": ["/x"],
        "fragment": ["paths", "components"],
        "document": ["openapi", "info", "servers", "paths", "components", "tags"],
    }


def test_a_document_names_its_version() -> None:
    sketch = parsed("GET /x\n")[0]
    for version in get_args(Version):
        assert render(sketch, Rendering(version=version, scope="document")).document["openapi"].startswith(version)


def test_only_components_that_are_reached_are_written_and_others_are_noted() -> None:
    text = "GET /x\n200: A[]\nA = { b: B | null }\nB = { a?: A, c: C }\nD = int\n"
    result = render(parsed(text)[0], Rendering())
    assert list(result.document["components"]["schemas"]) == ["A", "B", "C"]
    assert result.document["components"]["schemas"]["C"] == {"type": "object"}
    assert result.notes == ("C is used but not defined: wrote an empty object, fill it in", "left out D, which nothing uses")


def test_a_component_beside_any_is_not_reached() -> None:
    assert "schemas" not in components("GET /x\nauth: none\n200: { a: any | B }\nB = { c: int }\n")


def test_what_the_users_spec_has_is_not_written_again() -> None:
    text = "GET /x\n200: A\n404:\nA = { b: B }\nB = int\n"
    assert list(components(text, known=frozenset(("A", "Problem")))["schemas"]) == ["B"]


@pytest.mark.parametrize(
    ("lines", "has_problem"), [("404: No\n", True), ("200: Problem\n", True), ("200: int\n", False), ("default:\n", True)]
)
def test_the_problem_is_defined_where_it_is_used(lines: str, has_problem: bool) -> None:
    assert ("Problem" in components(f"GET /x\nauth: none\n{lines}").get("schemas", {})) == has_problem


def test_a_problem_of_the_models_own_does_not_replace_the_standard_one() -> None:
    schemas = components("GET /x\n200: int\n404:\nProblem = { oops: int }\n")["schemas"]
    assert set(schemas["Problem"]["properties"]) == {"type", "title", "status", "detail", "instance"}


@pytest.mark.parametrize(
    ("auth", "schemes"), [("none", None), ("basic", ["basicAuth"]), ("oauth2(a)", ["oauth2"]), ("apiKey", ["apiKeyAuth"])]
)
def test_every_scheme_that_is_named_is_defined(auth: str, schemes: list[str] | None) -> None:
    found = components(f"GET /x\nauth: {auth}\n200: int\n")
    assert (list(found["securitySchemes"]) if schemes else found.get("securitySchemes")) == schemes


@pytest.mark.parametrize(("method", "status"), [("GET", "200"), ("POST", "201"), ("DELETE", "204"), ("PUT", "204")])
def test_a_sketch_without_a_success_gets_one_with_a_note(method: str, status: str) -> None:
    result = render(parsed(f"{method} /x\n404: No\n")[0], Rendering(scope="path"))
    (operation,) = result.document["/x"].values()
    assert list(operation["responses"]) == ["404", status]
    assert f"the answer names no success response: assumed {status}" in result.notes


def test_hostile_names_stay_names() -> None:
    text = 'GET /x\n200: { "$ref": string, "../../etc/passwd": int, "__proto__": A }\nA = { "$ref": "file:///etc/passwd" }\n'
    sketch = parsed(text)[0]
    document = render(sketch, Rendering(scope="document")).document
    properties = document["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert list(properties) == ["$ref", "../../etc/passwd", "__proto__"]
    assert document["components"]["schemas"]["A"]["properties"] == {"$ref": {"type": "string", "enum": ["file:///etc/passwd"]}}
