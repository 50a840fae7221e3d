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
from photon.sketch.text import quoted
from photon.sketch.types import is_bare_name


def write_sketch(sketch: Sketch) -> str:
    """The sketch as text, one statement a line, with a newline at the end."""
    return "".join(line + "\n" for line in _lines(sketch))


def _lines(sketch: Sketch) -> Iterator[str]:
    yield f"{sketch.method} {sketch.path}"
    for key, text in (("summary", sketch.summary), ("description", sketch.description), ("id", sketch.operation_id)):
        if text:
            yield f"{key}: {_words(text)}"
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


def _words(text: str) -> str:
    """A line of words; in quotes where its own begin or end would be taken for something else."""
    return quoted(text) if text[0] in "{\"'" or text == "-" else text


def _auth(auth: Auth) -> str:
    is_plain = auth.location == "header" and (auth.name or "").lower() not in ("header", "query", "cookie", "in")
    place = () if is_plain else (auth.location,)
    arguments = ", ".join(auth.scopes) or " ".join((*place, *([auth.name] if auth.name else [])))
    return f"{auth.scheme}({arguments})" if arguments else auth.scheme


def _response(response: Response) -> str:
    if response.is_error:
        return _words(response.description) if response.description else ""
    body = _content(response.content) if response.content else "-"
    if response.description:
        body += f" {quoted(response.description)}"
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
    return f"{text} {quoted(field.description)}" if field.description else text


def _name(name: str) -> str:
    """A field's name; in quotes where it would be read as something else."""
    return name if is_bare_name(name) else quoted(name)


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return "[]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


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
    return _range(kind.minimum, kind.maximum) + (f"(/{kind.pattern}/)" if kind.pattern is not None else "")


def _range(minimum: Number | None, maximum: Number | None) -> str:
    if minimum is None and maximum is None:
        return ""
    return f"({'' if minimum is None else minimum}..{'' if maximum is None else maximum})"
