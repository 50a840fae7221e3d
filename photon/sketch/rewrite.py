"""Changes every field of a sketch by one rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple

from photon.sketch.model import Array, Content, Field, Map, Nullable, Object, Response, Sketch, Type, Union

Place = Literal["path", "query", "header", "cookie", "body", "response", "component"]
Rule = Callable[[Field, Place], Field]


class _Rewriting(NamedTuple):
    rule: Rule
    merges: bool


def rewrite_fields(sketch: Sketch, rule: Rule, *, merges: bool = True) -> Sketch:
    """`sketch` with `rule` applied to every field, the inner ones first; the rule is told where the field stands.

    merges: of two fields that get the same name, the first stays; otherwise one that would get another's name keeps its own.
    """
    how = _Rewriting(rule, merges)
    return replace(
        sketch,
        path_fields=_fields(sketch.path_fields, how, "path"),
        query=_fields(sketch.query, how, "query"),
        header=_fields(sketch.header, how, "header"),
        cookie=_fields(sketch.cookie, how, "cookie"),
        body=_content(sketch.body, how, "body"),
        responses=tuple(_response(each, how) for each in sketch.responses),
        components=tuple(replace(each, type=_type(each.type, how, "component")) for each in sketch.components),
    )


def _response(response: Response, how: _Rewriting) -> Response:
    return replace(response, content=_content(response.content, how, "response"))


def _content(content: Content | None, how: _Rewriting, place: Place) -> Content | None:
    return replace(content, type=_type(content.type, how, place)) if content and content.type else content


def _fields(fields: tuple[Field, ...], how: _Rewriting, place: Place) -> tuple[Field, ...]:
    names, kept = {field.name for field in fields}, dict[str, Field]()
    for field in fields:
        changed = how.rule(replace(field, type=_type(field.type, how, place)), place)
        if not how.merges and changed.name != field.name and (changed.name in names or changed.name in kept):
            changed = replace(changed, name=field.name)
        kept.setdefault(changed.name, changed)
    return tuple(kept.values())


def _type(kind: Type, how: _Rewriting, place: Place) -> Type:
    match kind:
        case Object(fields):
            return Object(_fields(fields, how, place))
        case Array(items):
            return replace(kind, items=_type(items, how, place))
        case Map(inner):
            return Map(_type(inner, how, place))
        case Nullable(inner):
            return Nullable(_type(inner, how, place))
        case Union(members):
            return Union(tuple(_type(member, how, place) for member in members))
    return kind
