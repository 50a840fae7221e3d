"""Profiles, and which of several styles decides."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.model import ErrorStyle, NameCases, PaginationStyle, SecurityStyle, Style
from photon.openapi.style.profiles import PROFILES, effective_style, over
from photon.settings import schema as settings
from photon.settings.catalogue import find
from photon.settings.load import load

SNAKE = Style(
    version="3.0",
    names=NameCases(properties="snake"),
    errors=ErrorStyle(media_type="application/json", schema={"$ref": "#/components/schemas/Fault"}, statuses={"GET": ("404",)}),
    success={"POST": "200"},
)


def test_the_settings_offer_every_profile_and_every_case_is_one() -> None:
    setting = find("ai.style.profile")
    assert setting is not None
    assert setting.choices == tuple(PROFILES)
    for kind in ("properties", "parameters", "segments"):
        for case in settings.CASES[1:]:
            style = effective_style(replace(settings.Style(), **{kind: case}))
            assert getattr(style.names, kind) == case


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_says_everything_that_an_operation_needs(name: str) -> None:
    profile = PROFILES[name]
    assert profile.operation_ids
    assert profile.security.usual is not None
    assert {scheme for each in profile.security.usual for scheme in each} <= profile.security.schemes.keys()
    assert profile.errors.media_type
    assert profile.names.properties
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= profile.success.keys()


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_brings_the_schemas_that_it_refers_to(name: str) -> None:
    profile = PROFILES[name]
    written = repr((profile.errors.schema, profile.pagination, profile.parameters, profile.schemas))
    referred = {part.partition("'")[0] for part in written.split("#/components/schemas/")[1:]}
    assert referred - {"Problem"} <= profile.schemas.keys()


@pytest.mark.parametrize("name", PROFILES)
def test_a_specification_written_by_a_profile_is_learned_as_that_profile(name: str) -> None:
    """The way there and back: what the profile prescribes is what counting finds in a document that follows it."""
    import json

    profile = PROFILES[name]
    learned = learn(Spec(source_of(json.dumps(_document(profile)).encode(), None)))
    assert learned.operation_ids == profile.operation_ids
    assert learned.errors.media_type == profile.errors.media_type
    assert learned.errors.schema == profile.errors.schema
    assert learned.pagination.kind == profile.pagination.kind
    assert learned.pagination.items == profile.pagination.items or name == "default"
    assert learned.pagination.items_by_resource == profile.pagination.items_by_resource
    assert dict(learned.pagination.envelope) == dict(profile.pagination.envelope)
    assert learned.parameters == profile.parameters
    assert learned.security.usual == profile.security.usual
    assert learned.colon_actions == profile.colon_actions


def _document(profile: Style) -> dict[str, object]:
    from photon.openapi.style.operation_ids import operation_id

    held = {"orders" if profile.pagination.items_by_resource else profile.pagination.items or "data": {"type": "array"}}
    body = {"type": "object", "properties": {**held, **profile.pagination.envelope}}
    error = {"description": "No", "content": {profile.errors.media_type: {"schema": profile.errors.schema}}}
    routes = [("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/{id}"), ("DELETE", "/orders/{id}")]
    routes += [("POST", "/orders/{id}:cancel" if profile.colon_actions else "/orders/{id}/cancel")]
    paths: dict[str, dict[str, object]] = {}
    for method, path in routes:
        is_list = (method, path) == ("GET", "/orders")
        answer = {"description": "OK", "content": {"application/json": {"schema": body if is_list else {}}}}
        paths.setdefault(path, {})[method.lower()] = {
            "operationId": operation_id(method, path, profile.operation_ids, taken=()),
            "security": [{name: list(scopes) for name, scopes in each.items()} for each in profile.security.usual or ()],
            "parameters": [*profile.parameters, *(profile.pagination.parameters if is_list else ())],
            "responses": {profile.success[method]: answer, "400": error},
        }
    components = {"schemas": {"Problem": {}, **profile.schemas}, "securitySchemes": profile.security.schemes}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, "components": components}


def test_the_guidelines_are_followed_where_they_are_known() -> None:
    zalando, azure, google = PROFILES["zalando"], PROFILES["azure"], PROFILES["google"]
    assert (zalando.names.properties, zalando.names.parameters, zalando.names.segments) == ("snake", "snake", "kebab")
    assert zalando.parameters[0]["name"] == "X-Flow-ID"
    assert (azure.pagination.items, list(azure.pagination.envelope)) == ("value", ["nextLink"])
    assert azure.parameters[0]["name"] == "api-version"
    assert azure.parameters[0]["required"] is True
    assert [each["name"] for each in google.pagination.parameters] == ["pageSize", "pageToken"]
    assert google.success["DELETE"] == "200"


def test_the_specification_wins_over_the_profile_and_the_profile_fills_the_rest() -> None:
    style = effective_style(settings.Style(profile="zalando"), SNAKE)
    assert style.version == "3.0"
    assert style.names.properties == "snake"
    assert style.names.segments == "kebab"
    assert style.errors.schema == {"$ref": "#/components/schemas/Fault"}
    assert style.pagination.kind == "cursor"
    assert style.success == {"GET": "200", "POST": "200", "PUT": "200", "PATCH": "200", "DELETE": "204"}


def test_the_choice_of_the_user_wins_over_the_specification() -> None:
    style = effective_style(settings.Style(properties="kebab", openapi="3.1"), SNAKE)
    assert style.names.properties == "kebab"
    assert style.version == "3.0"


def test_without_a_specification_the_version_is_the_one_of_the_settings() -> None:
    assert effective_style(settings.Style(openapi="3.0")).version == "3.0"


def test_errors_and_pages_are_not_mixed_from_two_styles() -> None:
    lower = PROFILES["azure"]
    paged = Style(pagination=PaginationStyle(kind="page", parameters=({"name": "page", "in": "query"},)))
    assert over(paged, lower).pagination == paged.pagination
    bodiless = Style(errors=ErrorStyle(bodiless=True, statuses={"GET": ("404",)}))
    assert over(bodiless, lower).errors.media_type is None
    assert over(bodiless, lower).errors.statuses["GET"] == ("404",)
    unsecured = Style(security=SecurityStyle(usual=()))
    assert over(unsecured, lower).security.usual == ()


def test_nothing_over_a_style_is_that_style() -> None:
    lower = PROFILES["google"]
    assert over(replace(Style(), version=lower.version), lower) == lower
    assert {each.name for each in fields(Style)} >= {"schemas", "colon_actions"}


def test_a_profile_may_be_named_in_the_projects_file(isolated: Path) -> None:
    (isolated / "photon.toml").write_text('[ai.style]\nprofile = "azure"\nsegments = "camel"\n')
    style = effective_style(load().settings.ai.style)
    assert (style.operation_ids, style.names.segments, style.names.properties) == ("Users_List", "camel", "camel")
