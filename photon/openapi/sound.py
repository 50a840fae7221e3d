"""Makes a sketch obey HTTP and OpenAPI before it is rendered; each change is a note for the user."""

from __future__ import annotations

import re
from dataclasses import replace

from photon.openapi import naming
from photon.sketch.model import Array, Enum, Nullable, Object, Response, Scalar, Sketch, Type

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_IGNORED_HEADERS = frozenset(("accept", "content-type", "authorization"))
"""Header parameters of these names 'shall be ignored' (OpenAPI, Parameter Object): media types and security say it."""
_BODILESS = frozenset(("GET", "HEAD", "TRACE"))
"""Methods whose request body has no defined meaning (RFC 9110, section 9.3)."""
_EMPTY = frozenset(("204", "205", "304"))
"""Statuses that never have content (RFC 9110, section 15)."""


def sound(sketch: Sketch) -> tuple[Sketch, tuple[str, ...]]:
    """(the sketch as it can be rendered, what was changed and why, one line each)."""
    notes: list[str] = []
    steps = (_without_trailing_slash, _with_identifier, _without_ignored_headers, _without_body, _with_sound_responses)
    for step in steps:
        sketch = step(sketch, notes)
    return sketch, tuple(notes)


def _without_trailing_slash(sketch: Sketch, notes: list[str]) -> Sketch:
    path = sketch.path.rstrip("/") or "/"
    if path != sketch.path:
        notes.append(f"left out the slash at the end: {path}")
    return replace(sketch, path=path)


def _with_identifier(sketch: Sketch, notes: list[str]) -> Sketch:
    """Code generators make the operationId a function's name; without any letter in it, one is derived from the path."""
    given = sketch.operation_id
    if given is None or _IDENTIFIER.match(given):
        return sketch
    identifier = naming.camel(naming.words(given)).lstrip("0123456789") or None
    notes.append(f"the operationId {given!r} is no identifier: {identifier or 'derived one from the path'}")
    return replace(sketch, operation_id=identifier)


def _without_ignored_headers(sketch: Sketch, notes: list[str]) -> Sketch:
    ignored = [field.name for field in sketch.header if field.name.lower() in _IGNORED_HEADERS]
    notes.extend(f"left out the header {name}: OpenAPI says it through security and media types" for name in ignored)
    return replace(sketch, header=tuple(field for field in sketch.header if field.name not in ignored))


def _without_body(sketch: Sketch, notes: list[str]) -> Sketch:
    if sketch.method not in _BODILESS or not sketch.body:
        return sketch
    fields = sketch.body.type.fields if isinstance(sketch.body.type, Object) else ()
    taken = {field.name for field in sketch.query}
    movable = tuple(field for field in fields if _fits_in_query(field.type) and field.name not in taken)
    done = "moved its fields to the query" if movable else "left it out"
    notes.append(f"a {sketch.method} request has no body: {done}")
    return replace(sketch, body=None, query=(*sketch.query, *movable))


def _fits_in_query(kind: Type) -> bool:
    match kind:
        case Array(items):
            return isinstance(items, Scalar | Enum)
        case Nullable(inner):
            return _fits_in_query(inner)
    return isinstance(kind, Scalar | Enum)


def _with_sound_responses(sketch: Sketch, notes: list[str]) -> Sketch:
    responses = tuple(_sound_response(response, sketch.method) for response in sketch.responses)
    return replace(sketch, responses=responses)


def _sound_response(response: Response, method: str) -> Response:
    if response.content and (method == "HEAD" or response.status in _EMPTY or response.status[0] == "1"):
        return replace(response, content=None)
    return response


def default_response(method: str) -> Response:
    """What a sketch without any success answer most probably meant."""
    match method:
        case "POST":
            return Response("201")
        case "DELETE" | "PUT" | "PATCH":
            return Response("204")
    return Response("200")
