"""Component schemas on their own: those of a request for a schema, rendered, and read from the OpenAPI that a model wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from photon.errors import UnreadableAnswer
from photon.openapi.document import Rendered, component_schemas
from photon.openapi.load import load_document
from photon.openapi.read_schema import Components, read_schema
from photon.openapi.schemas import Version, schema
from photon.sketch.model import Component, Content, Object, Ref, Response, Sketch

_FENCED = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_OF_SCHEMA = frozenset(("type", "properties", "$ref", "oneOf", "anyOf", "allOf", "enum", "items"))
_MOST = 100


def render_components(components: Sequence[Component], version: Version, known: Collection[str] = ()) -> Rendered:
    """``{components: {schemas: …}}`` with the first of `components` and those that it reaches.

    known: names that the user's specification has; they are referred to, and not written, but for the first one.
    """
    first = components[0]
    around = Sketch(
        method="GET",
        path="/",
        components=tuple(components),
        responses=(Response("200", Content("json", Ref(first.name))),),
    )
    schemas, _, notes = component_schemas(around, version, frozenset(known) - {first.name})
    if first.name not in schemas:  # the name of the error schema, which operations leave to others
        schemas = {first.name: schema(first.type, version), **schemas}
    return Rendered({"components": {"schemas": schemas}}, notes)


def read_components(text: str, name: str | None, known: Collection[str] = ()) -> tuple[Component, ...]:
    """The component schemas in what a model answered in YAML or JSON: a whole document, ``components``, a mapping of schemas by
    name, or one schema, which gets `name`. The one called `name` comes first. Raises UnreadableAnswer."""
    fenced = _FENCED.search(text)
    document = load_document(fenced[1] if fenced else text)
    tables = _schemas(document, name or "Item")
    if not tables:
        raise UnreadableAnswer("the answer has no schema in it")
    reader = Components({"schemas": tables}, frozenset(known))
    found = [Component(reader.name(str(key)), read_schema(value, reader)) for key, value in list(tables.items())[:_MOST]]
    found.sort(key=lambda each: each.name != name)  # stable: the others keep their order
    if not isinstance(found[0].type, Object) and not any(isinstance(each.type, Object) for each in found):
        raise UnreadableAnswer("the answer has no object with fields in it")
    return tuple(found)


def _schemas(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for way in (("components", "schemas"), ("schemas",), ("definitions",), ("$defs",)):
        node: Any = document
        for key in way:
            node = node.get(key) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and node:
            own = {name: document} if way[0] in ("definitions", "$defs") and "properties" in document else {}
            return {**own, **node}
    if document.keys() & _OF_SCHEMA and not all(isinstance(each, Mapping) for each in document.values()):
        return {str(document.get("title") or name): document}
    return {key: each for key, each in document.items() if isinstance(each, Mapping) and each.keys() & _OF_SCHEMA}
