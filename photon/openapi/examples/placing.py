"""Puts examples where tools look for them: beside parameters and headers, in media types, in the fields of components."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from photon.openapi.examples.admits import Direction, Resolve
from photon.openapi.examples.making import NOTHING, Maker
from photon.openapi.operation import reason
from photon.openapi.schemas import Version
from photon.openapi.source.nodes import read_pointer, value_at
from photon.sketch.model import METHODS

_NO_TEXT = ("text/event-stream", "application/octet-stream")
_MAX_DEPTH = 12
_LARGEST = 20_000
"""Characters of JSON that an example may have; larger ones help nobody."""


def with_examples(fragment: Mapping[str, Any], version: Version, *, resolve: Resolve | None = None) -> dict[str, Any]:
    """A copy of a document, a fragment (``paths``, ``components``) or path items by their paths, with examples.

    Every parameter, response header and media type gets an ``example``; every property of a component schema, unless it is a
    reference, gets ``examples`` (3.1 and later) or ``example`` (3.0). What has one keeps it; what none can be made for with
    certainty gets none. Each is admitted by its schema, without what is readOnly in a request and writeOnly in a response.

    resolve: what a reference to something outside of the fragment leads to, None for nothing; it is only read.
    """
    return _Placing(_copied(fragment), version, resolve).done()


class _Placing:
    def __init__(self, document: dict[str, Any], version: Version, resolve: Resolve | None) -> None:
        self._document = document
        self._version = version
        self._outside = resolve or (lambda _: None)
        self._maker = Maker(version, self._resolved)

    def done(self) -> dict[str, Any]:
        components = _mapping(self._document.get("components"))
        paths = self._document.get("paths", self._document if "components" not in self._document else {})
        for path, item in _mapping(paths).items():
            if str(path).startswith("/"):
                self._item(item)
        for parameter in _mapping(components.get("parameters")).values():
            self._parameter(parameter)
        for body in _mapping(components.get("requestBodies")).values():
            self._contents(body, "request")
        for status, response in _mapping(components.get("responses")).items():
            self._response(status, response)
        for name, schema in _mapping(components.get("schemas")).items():
            self._fields(schema, name, 0)
        return self._document

    def _resolved(self, reference: str) -> Any:
        pointer = read_pointer(reference) if reference.startswith("#") else ()
        found = value_at(self._document, pointer) if pointer else None
        return found if found is not None else self._outside(reference)

    # -- operations ---------------------------------------------------------------------------------------------------

    def _item(self, item: Any) -> None:
        for parameter in _listed(_mapping(item).get("parameters")):
            self._parameter(parameter)
        for key, operation in _mapping(item).items():
            if str(key).upper() in METHODS and isinstance(operation, dict):
                for parameter in _listed(operation.get("parameters")):
                    self._parameter(parameter)
                self._contents(operation.get("requestBody"), "request")
                for status, response in _mapping(operation.get("responses")).items():
                    self._response(str(status), response)

    def _parameter(self, parameter: Any, name: str = "") -> None:
        """A parameter, or a header, which has no name of its own."""
        if not isinstance(parameter, dict) or "$ref" in parameter:
            return
        name = name or str(parameter.get("name") or "")
        if "schema" in parameter:
            direction: Direction = "request" if "name" in parameter else "response"
            self._put(parameter, self._maker.example(parameter["schema"], name, direction))
        else:
            self._contents(parameter, "request", name=name)

    def _response(self, status: str, response: Any) -> None:
        described = _mapping(response)
        for name, header in _mapping(described.get("headers")).items():
            self._parameter(header, name.removeprefix("X-"))
        facts: dict[str, Any] = {}
        if status[:1] in ("4", "5"):
            words = described.get("description")
            facts = {"status": int(status)} if status.isdigit() else {}
            facts |= {"title": reason(status), "detail": words, "message": words} if isinstance(words, str) else {}
            facts |= {"type": "about:blank"}
        self._contents(response, "response", facts=facts)

    def _contents(self, holder: Any, direction: Direction, *, name: str = "", facts: Mapping[str, Any] | None = None) -> None:
        for media_type, media in _mapping(_mapping(holder).get("content")).items():
            wanted = str(media_type).partition(";")[0].strip().lower()
            if isinstance(media, dict) and "schema" in media and wanted not in _NO_TEXT and not wanted.endswith("xml"):
                self._put(media, self._maker.example(media["schema"], name, direction, facts))

    @staticmethod
    def _put(holder: dict[str, Any], value: Any) -> None:
        if value is NOTHING or "example" in holder or "examples" in holder:
            return
        if len(json.dumps(value, default=str)) <= _LARGEST:
            holder["example"] = _copied(value)

    # -- schemas ------------------------------------------------------------------------------------------------------

    def _fields(self, schema: Any, name: str, depth: int) -> None:
        """Every property of a schema, of the objects within it, and of the members of what it combines."""
        if not isinstance(schema, dict) or depth > _MAX_DEPTH:
            return
        for key, field in _mapping(schema.get("properties")).items():
            if isinstance(field, dict) and "$ref" not in field:
                if _is_small(field):
                    self._field(field, str(key), name)
                else:
                    self._fields(field, str(key), depth + 1)
        for inner in _inside(schema):
            self._fields(inner, name, depth + 1)

    def _field(self, field: dict[str, Any], key: str, owner: str) -> None:
        if "example" in field or "examples" in field:
            return
        whole = self._maker.example({"type": "object", "properties": {key: field}}, owner)
        if isinstance(whole, dict) and key in whole and len(json.dumps(whole, default=str)) <= _LARGEST:
            word, value = ("example", whole[key]) if self._version == "3.0" else ("examples", [whole[key]])
            field[word] = _copied(value)


def _copied(value: Any) -> Any:
    """A copy in which nothing stands twice: a schema in a request and in a response gets two examples."""
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _is_small(schema: Mapping[str, Any]) -> bool:
    """A scalar or a list of scalars, which is shown as a whole."""
    items = schema.get("items")
    inner = items if isinstance(items, Mapping) else schema
    return not any(word in each for each in (schema, inner) for word in ("properties", "oneOf", "anyOf", "allOf", "$ref")) and (
        "items" not in inner
    ) == (inner is not schema or "items" not in schema)


def _inside(schema: Mapping[str, Any]) -> Iterator[Any]:
    yield from (schema[word] for word in ("items", "additionalProperties") if word in schema)
    for word in ("allOf", "oneOf", "anyOf"):
        yield from _listed(schema.get(word))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
