"""Changes every field of a sketch by one rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from photon.sketch.model import Array, Content, Field, Map, Nullable, Object, Response, Sketch, Type, Union

Place = Literal["path", "query", "header", "cookie", "body", "response", "component"]
Rule = Callable[[Field, Place], Field]


def rewrite_fields(sketch: Sketch, rule: Rule) -> Sketch:
    """`sketch` with `rule` applied to every field, the inner ones first; the rule is told where the field stands."""
    return replace(
        sketch,
        path_fields=_fields(sketch.path_fields, rule, "path"),
        query=_fields(sketch.query, rule, "query"),
        header=_fields(sketch.header, rule, "header"),
        cookie=_fields(sketch.cookie, rule, "cookie"),
        body=_content(sketch.body, rule, "body"),
        responses=tuple(_response(each, rule) for each in sketch.responses),
        components=tuple(replace(each, type=_type(each.type, rule, "component")) for each in sketch.components),
    )


def _response(response: Response, rule: Rule) -> Response:
    return replace(response, content=_content(response.content, rule, "response"))


def _content(content: Content | None, rule: Rule, place: Place) -> Content | None:
    return replace(content, type=_type(content.type, rule, place)) if content and content.type else content


def _fields(fields: tuple[Field, ...], rule: Rule, place: Place) -> tuple[Field, ...]:
    """Of two fields that get the same name, the first stays."""
    changed = [rule(replace(field, type=_type(field.type, rule, place)), place) for field in fields]
    return tuple({field.name: field for field in reversed(changed)}.values())[::-1]


def _type(kind: Type, rule: Rule, place: Place) -> Type:
    match kind:
        case Object(fields):
            return Object(_fields(fields, rule, place))
        case Array(items):
            return replace(kind, items=_type(items, rule, place))
        case Map(inner):
            return Map(_type(inner, rule, place))
        case Nullable(inner):
            return Nullable(_type(inner, rule, place))
        case Union(members):
            return Union(tuple(_type(member, rule, place) for member in members))
    return kind
