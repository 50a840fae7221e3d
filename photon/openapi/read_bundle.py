"""Gathers one operation of the user's specification from all the files it is spread over, without references to other files.

Parameters, bodies, responses and headers stand in it where they were referred to; only component schemas stay references, by
names that the notation can write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from photon.openapi.source.references import Broken, Located
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec, SpecOperation
from photon.sketch.text import clean
from photon.sketch.types import is_ambiguous

_MAX_DEPTH = 150
_MAX_COPIED = 100_000
"""Mappings and lists that are copied for one operation; the largest of public specifications have some thousands."""
_HOLDERS = ("schemas", "definitions", "$defs")
_Where = tuple[int, tuple[str | int, ...]]


def notation_name(original: str) -> str:
    """A component's name in the notation, where it begins with a capital and is no word of the notation."""
    name = re.sub(r"[^\w.-]", "", original, flags=re.ASCII).lstrip("0123456789_.-") or "Unnamed"
    name = name[0].upper() + name[1:]
    return f"{name}Schema" if is_ambiguous(name) else name


class Bundle(Mapping[str, Any]):
    """The component schemas that were referred to so far, by their names in the notation, each copied when it is asked for.

    A schema of the root file keeps its own name where the notation can define it; ``user`` is User (`notation_name`).
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._names: dict[_Where, str] = {}
        self._targets: dict[str, Located] = {}
        self._copies: dict[int, Any] = {}
        self._inside: set[_Where] = set()
        self._copied = 0

    def __getitem__(self, name: str) -> Any:
        found = self._targets[name]
        return self._schema(found.value, found.source)

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    # -- operations ---------------------------------------------------------------------------------------------------

    def operation(self, operation: SpecOperation) -> dict[str, Any]:
        """The operation object with the path item's parameters, those of the operation instead of theirs."""
        source = operation.source
        listed = [*_items(operation.item.get("parameters")), *_items(operation.node.get("parameters"))]
        parameters = {(str(each.get("name")), str(each.get("in"))): each for each in self._each(listed, source)}
        responses = operation.node.get("responses")
        return {
            **operation.node,
            "parameters": list(parameters.values()),
            "requestBody": self._holder(operation.node.get("requestBody"), source),
            "responses": {
                str(status): self._holder(response, source) for status, response in _mapping(responses).items()
            },
        }  # fmt: skip

    def _each(self, listed: list[Any], source: Source) -> Iterator[dict[str, Any]]:
        yield from filter(None, (self._holder(each, source) for each in listed))

    def _holder(self, value: Any, source: Source) -> dict[str, Any]:
        """A parameter, header, body or response: what it refers to, with its schemas, content and headers."""
        found = self._spec.references.follow(value, source)
        if isinstance(found, Broken) or not isinstance(found.value, Mapping):
            return {}
        holder, here = dict(found.value), found.source
        if "schema" in holder:
            holder["schema"] = self._schema(holder["schema"], here)
        if isinstance(holder.get("content"), Mapping):
            media = ((name, self._spec.references.follow(each, here)) for name, each in holder["content"].items())
            holder["content"] = {name: self._media_type(each) for name, each in media if isinstance(each, Located)}
        if isinstance(holder.get("headers"), Mapping):
            holder["headers"] = {name: self._holder(each, here) for name, each in holder["headers"].items()}
        return holder

    def _media_type(self, found: Located) -> dict[str, Any]:
        media = dict(_mapping(found.value))
        word = "schema" if "schema" in media else "itemSchema"  # of each event in a stream (OpenAPI 3.2, section 4.14)
        return {**media, "schema": self._schema(media.get(word, {}), found.source)}

    # -- schemas ------------------------------------------------------------------------------------------------------

    def _schema(self, node: Any, source: Source, depth: int = 0) -> Any:
        """A copy whose every reference is one to a schema of this bundle; what an alias repeats is copied once."""
        if not isinstance(node, Mapping | list):
            return node
        if id(node) in self._copies:
            return self._copies[id(node)]
        self._copied += 1
        if self._copied > _MAX_COPIED or depth > _MAX_DEPTH:
            return {}
        if isinstance(node, list):
            copy: Any = [self._schema(each, source, depth + 1) for each in node]
        elif isinstance(node.get("$ref"), str):
            copy = self._referred(node, source, depth)
        else:
            copy = {key: self._schema(each, source, depth + 1) for key, each in node.items()}
        self._copies[id(node)] = copy
        return copy

    def _referred(self, node: Mapping[str, Any], source: Source, depth: int) -> Any:
        beside = {key: self._schema(each, source, depth + 1) for key, each in node.items() if key != "$ref"}
        reference = node["$ref"]
        found = self._spec.references.target(reference, source)
        if isinstance(found, Broken):
            return {**beside, "$ref": f"#/components/schemas/{notation_name(_last(reference))}"}
        where = (id(found.source), found.pointer)
        name = self._names.get(where) or self._named(found, where)
        if name:
            return {**beside, "$ref": f"#/components/schemas/{name}"}
        if where in self._inside:
            return beside
        self._inside.add(where)
        inner = self._schema(found.value, found.source, depth + 1)
        self._inside.discard(where)
        return {**inner, **beside} if isinstance(inner, Mapping) else beside

    def _named(self, found: Located, where: _Where) -> str | None:
        """The name for a schema that is referred to for the first time; None for a part of something, which is copied."""
        pointer, source = found.pointer, found.source
        if pointer and (len(pointer) > 3 or (len(pointer) > 1 and pointer[-2] not in _HOLDERS)):
            return None
        original = str(pointer[-1]) if pointer else source.path.stem if source.path else "Document"
        name = notation_name(original)
        plain, number = name, 1
        while name in self._targets:
            number += 1
            name = f"{plain}{number}"
        self._names[where], self._targets[name] = name, found
        return name


def _last(reference: str) -> str:
    file, _, fragment = clean(reference).rpartition("#")
    return (fragment.rpartition("/")[2] or file).replace("~1", "/").replace("~0", "~")[:100]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
