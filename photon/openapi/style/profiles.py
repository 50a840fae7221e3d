"""Styles that are prescribed rather than learned, and how one style lies over another.

default
    Photon's own: camelCase, Problem Details for HTTP APIs (RFC 9457), a bearer token. The renderer has the Problem schema.
zalando
    Zalando RESTful API and Event Guidelines (opensource.zalando.com/restful-api-guidelines): properties and query parameters
    in snake_case (rules 118, 130), segments in kebab-case (129), headers in Train-Case (132), problem+json (176), pages by
    cursor and limit (137, 160) with items and links (161), X-Flow-ID (233).
azure
    Microsoft Azure REST API Guidelines (github.com/microsoft/api-guidelines, azure/Guidelines.md): camelCase fields, kebab-case
    segments, the required api-version query parameter, lists as value and nextLink with maxpagesize, one error object with
    code and message as the default response; operationIds as Noun_Verb (Azure OpenAPI style guidelines).
google
    Google API Improvement Proposals (google.aip.dev): JSON names in lowerCamelCase (AIP-140, proto3 JSON mapping), collection
    segments in camelCase (AIP-122), pageSize, pageToken and nextPageToken (AIP-158) beside items that are named after the
    resource (AIP-132), google.rpc.Status as the error (AIP-193), custom methods behind a colon (AIP-136), 200 for all
    standard methods (AIP-131 to 135).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

from photon.openapi.style.model import Case, ErrorStyle, NameCases, PaginationStyle, SecurityStyle, Style
from photon.settings import schema as settings

_STRING = {"type": "string"}
_URI = {"type": "string", "format": "uri"}


def over(upper: Style, lower: Style) -> Style:
    """What `upper` says, and what `lower` says where it says nothing.

    Security, errors and pagination are taken as a whole from one of them, for a parameter of one does not fit the envelope of
    the other. The version is always the upper one's.
    """
    parts = {
        "names": _names_over(upper.names, lower.names),
        "security": upper.security if upper.security.usual is not None else lower.security,
        "errors": _errors_over(upper.errors, lower.errors),
        "pagination": upper.pagination if _says_how(upper.pagination) else lower.pagination,
        "success": {**lower.success, **upper.success},
        "colon_actions": lower.colon_actions if upper.colon_actions is None else upper.colon_actions,
    }
    simple = [field.name for field in fields(Style) if field.name not in parts and field.name != "version"]
    return replace(upper, **cast(Any, parts), **{name: getattr(upper, name) or getattr(lower, name) for name in simple})


def _names_over(upper: NameCases, lower: NameCases) -> NameCases:
    return NameCases(**{each.name: getattr(upper, each.name) or getattr(lower, each.name) for each in fields(NameCases)})


def _errors_over(upper: ErrorStyle, lower: ErrorStyle) -> ErrorStyle:
    body = upper if upper.media_type or upper.bodiless else lower
    responses = upper.responses or (lower.responses if body is lower else {})
    return replace(body, responses=responses, statuses={**lower.statuses, **upper.statuses})


def _says_how(pagination: PaginationStyle) -> bool:
    return bool(pagination.kind or pagination.items or pagination.items_by_resource)


def effective_style(choices: settings.Style, learned: Style | None = None) -> Style:
    """What to write by: the cases that ``[ai.style]`` names, then what the specification has, then the profile.

    Without a specification, the version is the one of ``ai.style.openapi``.
    """
    profile = PROFILES[choices.profile]
    found = over(learned, profile) if learned else replace(profile, version=cast(Any, choices.openapi))
    wanted = {
        "properties": choices.properties,
        "parameters": choices.parameters,
        "segments": choices.segments,
    }
    chosen = {kind: cast(Case, case) for kind, case in wanted.items() if case != "auto"}
    return replace(found, names=_names_over(NameCases(**chosen), found.names))


def _query(name: str, schema: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return {"name": name, "in": "query", **more, "schema": schema}


def _object(properties: Mapping[str, Any], *required: str) -> Mapping[str, Any]:
    return {"type": "object", **({"required": list(required)} if required else {}), "properties": properties}


def _reference(name: str) -> Mapping[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_DEFAULT = Style(
    names=NameCases(
        properties="camel",
        parameters="camel",
        path_parameters="camel",
        headers="train",
        segments="kebab",
        schemas="pascal",
        operation_ids="camel",
    ),
    operation_ids="listUsers",
    security=SecurityStyle(
        usual=({"bearerAuth": ()},),
        schemes={"bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    ),
    errors=ErrorStyle(media_type="application/problem+json", schema=_reference("Problem")),
    success={"GET": "200", "POST": "201", "PUT": "200", "PATCH": "200", "DELETE": "204"},
    colon_actions=False,
)

_ZALANDO = over(
    Style(
        names=NameCases(properties="snake", parameters="snake", path_parameters="kebab", headers="train", segments="kebab"),
        pagination=PaginationStyle(
            kind="cursor",
            parameters=(
                _query("cursor", _STRING, description="An opaque pointer to a page"),
                _query("limit", {"type": "integer", "minimum": 1}, description="How many items a page has at most"),
            ),
            items="items",
            envelope=dict.fromkeys(("self", "first", "prev", "next", "last"), _URI),
        ),
        parameters=(
            {
                "name": "X-Flow-ID",
                "in": "header",
                "description": "Identifies the flow that a request belongs to, for logs and traces",
                "schema": _STRING,
            },
        ),
        id_type="string",
    ),
    _DEFAULT,
)

_AZURE = over(
    Style(
        operation_ids="Users_List",
        errors=ErrorStyle(
            media_type="application/json",
            schema=_reference("ErrorResponse"),
            statuses=dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), ("default",)),
        ),
        pagination=PaginationStyle(
            kind="cursor",
            parameters=(
                _query("maxpagesize", {"type": "integer", "format": "int32"}, description="How many items a page has"),
            ),
            items="value",
            envelope={"nextLink": _URI},
        ),
        parameters=(_query("api-version", _STRING, description="The version of the API", required=True),),
        id_type="string",
        schemas={
            "ErrorResponse": _object({"error": _reference("Error")}, "error"),
            "Error": _object(
                {
                    "code": _STRING,
                    "message": _STRING,
                    "target": _STRING,
                    "details": {"type": "array", "items": _reference("Error")},
                    "innererror": {"type": "object"},
                },
                "code",
                "message",
            ),
        },
    ),
    _DEFAULT,
)

_GOOGLE = over(
    Style(
        names=NameCases(segments="camel", operation_ids="pascal"),
        operation_ids="ListUsers",
        errors=ErrorStyle(
            media_type="application/json",
            schema=_reference("ErrorResponse"),
            statuses=dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), ("default",)),
        ),
        pagination=PaginationStyle(
            kind="cursor",
            parameters=(
                _query("pageSize", {"type": "integer", "format": "int32"}, description="How many items a page has at most"),
                _query("pageToken", _STRING, description="The nextPageToken of the page before"),
            ),
            envelope={"nextPageToken": _STRING},
            items_by_resource=True,
        ),
        success=dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), "200"),
        id_type="string",
        colon_actions=True,
        schemas={
            "ErrorResponse": _object({"error": _reference("Status")}, "error"),
            "Status": _object(
                {
                    "code": {"type": "integer", "format": "int32"},
                    "message": _STRING,
                    "status": _STRING,
                    "details": {"type": "array", "items": {"type": "object"}},
                }
            ),
        },
    ),
    _DEFAULT,
)

PROFILES: Mapping[str, Style] = {"default": _DEFAULT, "zalando": _ZALANDO, "azure": _AZURE, "google": _GOOGLE}
"""By the names that ``ai.style.profile`` may have."""
