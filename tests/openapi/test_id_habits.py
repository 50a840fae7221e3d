"""operationIds that repeat their summary, begin with what stands for their tag, carry a version or an article."""

from __future__ import annotations

from pathlib import Path

import pytest

from photon.openapi.source.source import Source
from photon.openapi.spec import SpecOperation
from photon.openapi.style.id_habits import from_summary, with_prefix
from photon.openapi.style.operation_ids import operation_id

NOWHERE = Source(Path("openapi.yaml"), "", False, "yaml", None)


def operation(route: str, name: object, summary: object = None, tag: str | None = None) -> SpecOperation:
    method, path = route.split()
    said = {"operationId": name, "summary": summary, "tags": [tag] if tag else None}
    return SpecOperation(method, path, {}, {key: value for key, value in said.items() if value is not None}, NOWHERE, ())


def said(*pairs: tuple[object, object]) -> list[SpecOperation]:
    return [operation(f"GET /things{place}", name, summary) for place, (name, summary) in enumerate(pairs)]


WITH_ARTICLES = said(
    ("list_all_dogs", "List all dogs"),
    ("walk_a_dog", "Walk a dog"),
    ("feed_an_owl", "Feed an owl"),
    ("retrieve_cat_details", "Retrieve cat details"),
    ("something_else", "Count the goats"),
)
WITHOUT = said(("listDogs", "List the dogs"), ("walkDog", "Walk a dog"), ("feedOwl", "Feed an owl."), ("getCat", "Get a cat"))


@pytest.mark.parametrize(
    ("operations", "summary", "name"),
    [
        (WITH_ARTICLES, "Simulate a walk with an owl", "simulate_a_walk_with_an_owl"),
        (WITHOUT, "Wash the goat", "washGoat"),
        (WITHOUT[:3], "Wash the goat", None),
        (said(("dogs_list", "List dogs"), ("dogs_get", "Get dog"), ("cats_list", "List cats"), ("x", "Y")), "Wash it", None),
        (WITHOUT, "", None),
        (WITHOUT, "!? …", None),
        (WITHOUT, "word " * 100, None),
        (said((7, "x"), ("a", None), ("b", ["c"]), ({}, {})), "Wash it", None),
        ([], "Wash it", None),
    ],
)
def test_a_summary_is_the_name_where_most_are(operations: list[SpecOperation], summary: str, name: str | None) -> None:
    assert from_summary(summary, operations) == name


def test_a_summary_that_is_taken_does_not_make_the_name() -> None:
    name = operation_id("POST", "/goats/{id}/wash", None, taken={"washGoat"}, neighbours=WITHOUT, summary="Wash a goat")
    assert name != "washGoat"


TAGGED = [
    operation("GET /repos/{id}/forks", "repos/list-forks", tag="repos"),
    operation("GET /repos/{id}", "repos/get", tag="repos"),
    operation("GET /users/{id}/forks", "repos/list-forks-for-user", tag="repos"),
    operation("GET /repos/{id}/runners", "actions/list-runners", tag="actions"),
    operation("POST /repos/{id}/runners", "actions/create-runner", tag="actions"),
]


@pytest.mark.parametrize(
    ("name", "tags", "expected"),
    [
        ("runners/list-labels", ["actions"], "actions/list-labels"),
        ("repos/list-labels", ["repos"], "repos/list-labels"),
        ("labels/list", ["labels"], "labels/list"),
        ("labels/list", [], "labels/list"),
        ("listLabels", ["repos"], "listLabels"),
    ],
)
def test_a_tag_has_its_prefix(name: str, tags: list[str], expected: str) -> None:
    assert with_prefix(name, tags, TAGGED) == expected


def test_a_prefix_that_repeats_the_end_of_the_path_is_no_tags() -> None:
    operations = [
        operation(f"{method} /{name}", f"{name}_{verb}", tag=name)
        for name in ("dogs", "cats", "goats")
        for method, verb in (("GET", "list"), ("POST", "create"))
    ]
    assert with_prefix("walks_list", ["dogs"], operations) == "walks_list"


def test_a_version_in_the_name_is_that_of_the_path() -> None:
    neighbours = [
        operation("GET /v1/dogs/{id}", "getDogV1"),
        operation("GET /v2/cats/{id}", "getCatV2"),
        operation("GET /v2/owls/{id}", "getOwlV2"),
    ]
    assert operation_id("GET", "/v3/dogs/{id}", None, taken={"getDogV1"}, neighbours=neighbours) == "getDogV3"
    assert operation_id("GET", "/v1/goats/{id}", None, taken=(), neighbours=neighbours) == "getGoatV1"
    assert operation_id("GET", "/goats/{id}", None, taken=(), neighbours=neighbours) == "getGoat"


@pytest.mark.parametrize(("path", "name"), [("/owls/{id}", "get-an-owl"), ("/shows/{id}", "get-a-show")])
def test_an_article_goes_with_its_noun(path: str, name: str) -> None:
    neighbours = [operation("GET /albums/{id}", "get-an-album"), operation("GET /cats/{id}", "get-a-cat")]
    assert operation_id("GET", path, None, taken=(), neighbours=neighbours) == name
