"""A suggestion is held to the lint's rules before it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_spec import library, spec_of, spec_with

from photon.openapi.document import Rendered, Rendering
from photon.openapi.lint.selection import selection
from photon.openapi.spec import Spec, read_spec
from photon.openapi.style.learn import learn
from photon.tasks.judging import judged
from photon.tasks.spec_in_use import SpecInUse, names_of
from photon.tasks.suggest_path import PathRequest

OPERATION: dict[str, Any] = {
    "summary": "Get a thing",
    "operationId": "getThing",
    "tags": ["things"],
    "security": [],
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {"200": {"description": "OK"}, "404": {"description": "No such thing"}},
}


def rendered(**changes: Any) -> Rendered:
    return Rendered({"paths": {"/things/{id}": {"get": {**OPERATION, **changes}}}})


ASKED = PathRequest(text="GET /things/{id}")


def rules(found: Rendered, wanted: PathRequest = ASKED) -> list[str]:
    return [finding.rule for finding in judged(found, wanted)[1]]


def test_a_clean_suggestion_is_left_as_it_is() -> None:
    clean = rendered()
    assert judged(clean, PathRequest(text="GET /things/{id}")) == (clean, ())


def test_what_is_mechanical_is_mended() -> None:
    broken = rendered(parameters=[{"name": "id", "in": "path", "schema": {"type": "string"}}])
    mended, findings = judged(broken, PathRequest(text="GET /things/{id}"))
    assert mended.document["paths"]["/things/{id}"]["get"]["parameters"][0]["required"] is True and not findings


def test_what_cannot_be_mended_is_told() -> None:
    assert rules(rendered(requestBody={"content": {"application/json": {"schema": {"type": "strnig"}}}}))


def test_the_rules_are_those_that_the_user_chose() -> None:
    strange = rendered(responses={"200": {"description": "OK"}})
    assert "operation-4xx-response" in rules(strange)
    chosen = PathRequest(text="GET /things/{id}", rules=selection(["operation-4xx-response=off"]))
    assert "operation-4xx-response" not in rules(strange, chosen)


def test_what_it_refers_to_in_the_specification_is_there() -> None:
    spec = library()
    name = next(iter(spec.components("schemas")))
    answer = {"description": "OK", "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
    found = rendered(responses={**OPERATION["responses"], "200": answer})
    use = SpecInUse(spec, learn(spec), names_of(spec))
    assert not [rule for rule in rules(found, PathRequest(text="x", spec=use)) if "ref" in rule]
    assert [rule for rule in rules(found) if "ref" in rule]


@pytest.mark.parametrize("scope", ["fragment", "document", "path"])
def test_every_scope_is_judged_whole(scope: Any) -> None:
    from photon.sketch.parse import SketchParser

    parser = SketchParser()
    parser.feed("GET /things/{id}\nsummary: Get a thing\nauth: bearer\n200: { id: uuid }\n404: No such thing")
    wanted = PathRequest(text="GET /things/{id}", rendering=replace(Rendering(), scope=scope))
    found, findings = wanted.finished(parser.finish())
    assert not findings and ("paths" in found.document) == (scope != "path")


def use(spec: Spec) -> PathRequest:
    return PathRequest(text="x", spec=SpecInUse(spec, learn(spec), names_of(spec)))


def test_what_stands_in_the_specifications_other_files_is_there(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/parts.yml").write_text(
        "id: { name: id, in: path, required: true, schema: { type: string } }\n"
        "gone: { description: Gone, content: { application/json: { schema: { type: strnig } } } }\n"
    )
    (tmp_path / "api.yml").write_text("openapi: 3.1.0\ninfo: { title: T, version: '1' }\nsecurity: []\npaths: {}\n")
    wanted = use(read_spec(tmp_path / "api.yml"))
    parts = "./shared/parts.yml#/"
    responses = {**OPERATION["responses"], "404": {"$ref": f"{parts}gone"}}
    assert not rules(rendered(parameters=[{"$ref": f"{parts}id"}], responses=responses), wanted)
    assert "no-unresolved-refs" in rules(rendered(parameters=[{"$ref": f"{parts}id"}, {"$ref": f"{parts}lost"}]), wanted)


def test_what_the_whole_specification_lacks_is_not_the_suggestions() -> None:
    silent = {key: value for key, value in OPERATION.items() if key != "security"}
    found = Rendered({"paths": {"/things/{id}": {"get": silent}}})
    assert "operation-security" in rules(found)
    assert "operation-security" not in rules(found, use(spec_with("GET /pets", "POST /pets")))
    partly = spec_of(
        "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths: { /a: { get: { security: [{ key: [] }], responses: {} } } }\n"
    )
    assert "operation-security" in rules(found, use(partly))


@pytest.mark.parametrize(("scopes", "told"), [("[dogs.read]", False), ("[]", True)])
def test_a_habit_of_all_operations_is_not_the_suggestions(scopes: str, told: bool) -> None:
    spec = spec_of(
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\n"
        f"paths: {{ /a: {{ get: {{ security: [{{ key: {scopes} }}], responses: {{}} }} }} }}\n"
        "components: { securitySchemes: { key: { type: http, scheme: bearer } } }\n"
    )
    wanted = replace(use(spec), rendering=Rendering(version="3.0"))
    assert ("no-scopes-without-oauth" in rules(rendered(security=[{"key": ["cats.read"]}]), wanted)) is told


def test_a_slash_at_the_end_stays_where_most_paths_have_one_or_the_path_is_there() -> None:
    slashed = Rendered({"paths": {"/things/{id}/": {"get": OPERATION}}})
    for routes, path in (
        (("GET /cats/", "GET /dogs/", "GET /cows"), "/things/{id}/"),
        (("GET /cats", "GET /things/{id}/"), "/things/{id}/"),
        (("GET /cats", "GET /dogs"), "/things/{id}"),
    ):
        found, findings = judged(slashed, use(spec_with(*routes)))
        assert list(found.document["paths"]) == [path]
        assert "no-path-trailing-slash" not in {each.rule for each in findings}


def test_a_parameter_that_the_path_item_declares_is_not_missed() -> None:
    text = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths:\n  /things/{id}:\n    parameters:\n"
    spec = spec_of(text + "      - { name: id, in: path, required: true, schema: {} }\n    get: { responses: {} }\n")
    bare = Rendered({"paths": {"/things/{id}": {"delete": {**OPERATION, "parameters": []}}}})
    assert "path-parameters-defined" not in rules(bare, use(spec))
    assert "path-parameters-defined" in rules(bare)
