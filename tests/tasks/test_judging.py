"""A suggestion is held to the lint's rules before it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from library_spec import library

from photon.openapi.document import Rendered, Rendering
from photon.openapi.lint.selection import selection
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
