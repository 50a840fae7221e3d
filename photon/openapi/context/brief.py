"""An operation of a specification as a short sketch, for a prompt."""

from __future__ import annotations

from dataclasses import replace

from photon.openapi.context.index import one_line
from photon.openapi.context.lines import ComponentLines
from photon.openapi.read import sketch_of
from photon.openapi.spec import Spec, SpecOperation
from photon.sketch.model import Content, Field, Response, Scalar, Sketch
from photon.sketch.write import write_sketch

_LONGEST_TEXT = 240
"""Characters of a summary or a description. The first sentences say what an operation does, the rest how it once was."""


def brief(spec: Spec, operation: SpecOperation, lines: ComponentLines) -> str:
    """The operation as a sketch with the path and operationId that it has; components by their names in the notation, and
    nothing that is plain without saying it: path parameters that are strings, what a success is called."""
    sketch = sketch_of(spec, operation)
    told = replace(
        sketch,
        path=one_line(operation.path),
        operation_id=one_line(operation.node.get("operationId")) or None,
        summary=one_line(sketch.summary, _LONGEST_TEXT) or None,
        description=one_line(sketch.description, _LONGEST_TEXT) or None,
    )
    return write_sketch(_short(told, lines.of_sketches()))


def _short(sketch: Sketch, lines: ComponentLines) -> Sketch:
    return replace(
        sketch,
        path_fields=tuple(each for each in _fields(sketch.path_fields, lines) if each.type != Scalar("string")),
        query=_fields(sketch.query, lines),
        header=_fields(sketch.header, lines),
        cookie=_fields(sketch.cookie, lines),
        body=_content(sketch.body, lines),
        responses=tuple(_answer(each, lines) for each in sketch.responses),
        components=(),
    )


def _fields(fields: tuple[Field, ...], lines: ComponentLines) -> tuple[Field, ...]:
    return tuple(replace(each, type=lines.short(each.type, 1), description=None) for each in fields)


def _answer(response: Response, lines: ComponentLines) -> Response:
    said = response.description if response.is_error else None
    return replace(response, content=_content(response.content, lines), headers=(), description=said)


def _content(content: Content | None, lines: ComponentLines) -> Content | None:
    return replace(content, type=lines.short(content.type, 0)) if content and content.type else content
