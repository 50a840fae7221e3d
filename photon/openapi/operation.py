"""One sketch as an OpenAPI operation object, by the rendering rules: the same order and the same style from every model."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from photon.openapi import naming
from photon.openapi.schemas import Schema, Version, described, schema
from photon.sketch.lines import parameter_names
from photon.sketch.model import Array, Auth, Content, Field, Map, Nullable, Object, Response, Scalar, Sketch, Type
from photon.sketch.parse import RANKS

PROBLEM = "Problem"
"""The component that describes every error (RFC 9457)."""

_DEFAULT_MEDIA_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
    "binary": "application/octet-stream",
    "text": "text/plain",
    "sse": "text/event-stream",
}


def operation(sketch: Sketch, version: Version, *, default_auth: str, upto: str = RANKS[-1]) -> dict[str, Any]:
    """The operation object; with `upto`, only what lines of that kind and earlier ones decide (see RANKS)."""
    reached = RANKS.index(upto)
    entries = ((rank, key, value) for rank, key, value in _entries(sketch, version, default_auth) if value is not None)
    return {key: value for rank, key, value in entries if RANKS.index(rank) <= reached}


def _entries(sketch: Sketch, version: Version, default_auth: str) -> Iterator[tuple[str, str, Any]]:
    """(the kind of line that decides it, key, value or None), in the order in which they are written."""
    yield "summary", "summary", sketch.summary or naming.summary(sketch.method, sketch.path)
    yield "description", "description", sketch.description
    yield "id", "operationId", sketch.operation_id or naming.operation_id(sketch.method, sketch.path)
    yield "tags", "tags", list(sketch.tags) or [naming.tag(sketch.path)]
    yield "deprecated", "deprecated", sketch.deprecated or None
    yield "auth", "security", security(effective_auth(sketch, default_auth))
    yield "path", "parameters", _parameters(sketch, version)
    yield "body", "requestBody", _request_body(sketch.body, version)
    yield "response", "responses", {response.status: _response(response, version) for response in sketch.responses}


def _parameters(sketch: Sketch, version: Version) -> list[Schema] | None:
    declared = {field.name: field for field in sketch.path_fields}
    in_path = [declared.get(name) or Field(name, Scalar("string")) for name in parameter_names(sketch.path)]
    groups = (("path", in_path), ("query", sketch.query), ("header", sketch.header), ("cookie", sketch.cookie))
    return [parameter(field, place, version) for place, fields in groups for field in fields] or None


def parameter(field: Field, place: str, version: Version) -> Schema:
    """The Parameter Object of a field that stands in `place`: path, query, header or cookie."""
    required = place == "path" or not field.optional
    content = described(Field(field.name, field.type, default=field.default), version)
    content.pop("writeOnly", None)  # a word about properties only
    return {
        "name": field.name,
        "in": place,
        **({"description": field.description} if field.description else {}),
        **({"required": True} if required else {}),
        **({"style": "deepObject", "explode": True} if place == "query" and _is_object(field.type) else {}),
        "schema": content,
    }


def _is_object(kind: Type) -> bool:
    if isinstance(kind, Nullable):
        return _is_object(kind.inner)
    return isinstance(kind, Object | Map) or (isinstance(kind, Scalar) and kind.name == "object")


def _request_body(body: Content | None, version: Version) -> Schema | None:
    return {"required": True, "content": content_of(body, version)} if body else None


def content_of(content: Content, version: Version) -> Schema:
    """The map of media types of a body: one, with its schema."""
    media_type = content.media_type or _DEFAULT_MEDIA_TYPES[content.kind]
    if content.kind == "binary":
        raw: Schema = {"contentMediaType": media_type} if version != "3.0" else {"type": "string", "format": "binary"}
        return {media_type: {"schema": raw}}
    kind = content.type if content.type is not None else Scalar("string")
    if content.kind == "json":
        kind = _without_raw_bytes(kind)
    return {media_type: {"schema": schema(kind, version)}}


def _without_raw_bytes(kind: Type) -> Type:
    """JSON cannot carry raw bytes: there ``binary`` is written as base64."""
    match kind:
        case Scalar("binary"):
            return Scalar("bytes")
        case Array(items, minimum, maximum):
            return Array(_without_raw_bytes(items), minimum, maximum)
        case Object(fields):
            each = (
                Field(field.name, _without_raw_bytes(field.type), field.optional, field.default, field.description)
                for field in fields
            )
            return Object(tuple(each))
    return kind


def _response(response: Response, version: Version) -> Schema:
    description = response.description or reason(response.status)
    if response.is_error:
        problem = {"schema": {"$ref": f"#/components/schemas/{PROBLEM}"}}
        return {"description": description, "content": {"application/problem+json": problem}}
    headers = {field.name: header(field, version) for field in response.headers}
    return {
        "description": description,
        **({"headers": headers} if headers else {}),
        **({"content": content_of(response.content, version)} if response.content else {}),
    }


def header(field: Field, version: Version) -> Schema:
    """The Header Object of a field."""
    return {
        **({"description": field.description} if field.description else {}),
        "schema": described(Field(field.name, field.type, default=field.default), version),
    }


def reason(status: str) -> str:
    """The reason phrase of a status (RFC 9110), for a response without a description."""
    if not status.isdigit():
        return {"4": "Client error", "5": "Server error"}.get(status[0], "Unexpected error" if status[0] == "d" else "Success")
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return {"4": "Client error", "5": "Server error"}.get(status[0], "Success")


# -- security ---------------------------------------------------------------------------------------------------------


def effective_auth(sketch: Sketch, default_auth: str) -> Auth:
    """What the sketch says on auth, else the project's default."""
    return sketch.auth or Auth(default_auth)  # type: ignore[arg-type] # the settings admit the same five words


def security(auth: Auth) -> list[Schema]:
    """The security requirement: empty for none."""
    return [] if auth.scheme == "none" else [{scheme_name(auth): list(auth.scopes)}]


def scheme_name(auth: Auth) -> str:
    """The name of the scheme under components.securitySchemes."""
    return auth.scheme if auth.scheme == "oauth2" else f"{auth.scheme}Auth"


def security_scheme(auth: Auth) -> Schema:
    """The definition of the scheme that `security` names."""
    match auth.scheme:
        case "bearer":
            return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        case "basic":
            return {"type": "http", "scheme": "basic"}
        case "apiKey":
            return {"type": "apiKey", "in": auth.location, "name": auth.name or "X-API-Key"}
    scopes = {scope: scope for scope in auth.scopes}
    flow = {"authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token", "scopes": scopes}
    return {"type": "oauth2", "flows": {"authorizationCode": flow}}
