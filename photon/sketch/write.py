"""Writes a sketch in its canonical spelling: what `photon.sketch.parse` reads back to the same value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from photon.sketch.model import (
    Array,
    Auth,
    Content,
    Enum,
    Field,
    Map,
    Nullable,
    Number,
    Object,
    Ref,
    Response,
    Scalar,
    Sketch,
    Type,
    Union,
    Value,
)


def write_sketch(sketch: Sketch) -> str:
    """The sketch as text, one statement a line, with a newline at the end."""
    return "".join(line + "\n" for line in _lines(sketch))


def _lines(sketch: Sketch) -> Iterator[str]:
    yield f"{sketch.method} {sketch.path}"
    for key, text in (("summary", sketch.summary), ("description", sketch.description), ("id", sketch.operation_id)):
        if text:
            yield f"{key}: {text}"
    if sketch.tags:
        yield f"tags: {', '.join(sketch.tags)}"
    if sketch.deprecated:
        yield "deprecated: true"
    if sketch.auth:
        yield f"auth: {_auth(sketch.auth)}"
    groups = (("path", sketch.path_fields), ("query", sketch.query), ("header", sketch.header), ("cookie", sketch.cookie))
    for key, fields in groups:
        if fields:
            yield f"{key}: {_fields(fields)}"
    if sketch.body:
        yield f"body: {_content(sketch.body)}"
    for response in sketch.responses:
        yield f"{response.status}: {_response(response)}".rstrip()
    for component in sketch.components:
        yield f"{component.name} = {write_type(component.type)}"


def _auth(auth: Auth) -> str:
    if auth.scopes:
        return f"{auth.scheme}({', '.join(auth.scopes)})"
    if not auth.name:
        return auth.scheme
    return f"{auth.scheme}({auth.name})" if auth.location == "header" else f"{auth.scheme}({auth.location} {auth.name})"


def _response(response: Response) -> str:
    if response.is_error:
        return response.description or ""
    body = _content(response.content) if response.content else "-"
    return f"{body} headers {_fields(response.headers)}" if response.headers else body


def _content(content: Content) -> str:
    kind = write_type(content.type) if content.type else ""
    match content.kind:
        case "json":
            return kind
        case "form" | "multipart":
            return f"{content.kind} {kind}"
        case "sse":
            return f"sse({kind})" if kind else "sse"
    return f"{content.kind}({content.media_type})" if content.media_type else content.kind


def _fields(fields: tuple[Field, ...]) -> str:
    return "{ " + ", ".join(map(_field, fields)) + " }" if fields else "{}"


def _field(field: Field) -> str:
    text = f"{_name(field.name)}{'?' if field.optional else ''}: {write_type(field.type)}"
    if field.default:
        text += f" = {_value(field.default.value)}"
    return f"{text} {json.dumps(field.description, ensure_ascii=False)}" if field.description else text


def _name(name: str) -> str:
    return name if not set(name) & set(" :?,;{}()\"'`|=<>") else json.dumps(name, ensure_ascii=False)


def _value(value: Value) -> str:
    return "[]" if value == () and isinstance(value, tuple) else json.dumps(value, ensure_ascii=False)


def write_type(kind: Type) -> str:  # noqa: PLR0911 - one return a kind of type reads best
    """One type in the notation, unions in brackets where they need them."""
    match kind:
        case Scalar(name):
            return name + _limits(kind)
        case Ref(name):
            return name
        case Enum(values):
            return " | ".join(map(_value, values))
        case Array(items, minimum, maximum):
            return f"{_grouped(items)}[]{_range(minimum, maximum)}"
        case Map(values):
            return f"map<{write_type(values)}>"
        case Nullable(inner):
            return f"{write_type(inner)} | null"
        case Union(members):
            return " | ".join(map(_grouped, members))
        case Object(fields):
            return _fields(fields)


def _grouped(kind: Type) -> str:
    text = write_type(kind)
    compound = isinstance(kind, Union | Nullable) or (isinstance(kind, Enum) and len(kind.values) > 1)
    return f"({text})" if compound else text


def _limits(kind: Scalar) -> str:
    return f"(/{kind.pattern}/)" if kind.pattern is not None else _range(kind.minimum, kind.maximum)


def _range(minimum: Number | None, maximum: Number | None) -> str:
    if minimum is None and maximum is None:
        return ""
    return f"({'' if minimum is None else minimum}..{'' if maximum is None else maximum})"
