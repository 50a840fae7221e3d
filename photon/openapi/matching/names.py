"""The spelling of new names: as the user typed them, else as the specification spells them, else in its case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from photon.openapi import naming
from photon.openapi.matching.paths import Paths
from photon.openapi.matching.surroundings import Surroundings
from photon.openapi.style.casing import recased
from photon.openapi.style.model import Case, Style
from photon.sketch.lines import parameter_names
from photon.sketch.model import Field, Sketch
from photon.sketch.rewrite import Place, rewrite_fields

_TOKEN = re.compile(r"[A-Za-z_$@][\w$.@-]*")
_MARKED = re.compile(r"[a-z0-9][A-Z]|[A-Za-z0-9][_-][A-Za-z0-9]|[_$@]|[A-Z]{2}")
"""What only a name has, and no word of a sentence."""
_MOST_NODES = 150_000


class Names:
    """Spells the names of sketches. text: the request, whose own names stay as they are."""

    def __init__(self, surroundings: Surroundings, style: Style, text: str = "") -> None:
        self._around = surroundings
        self._style = style
        self.paths = Paths(surroundings, style, text)
        self._typed = {token for token in _TOKEN.findall(text) if _MARKED.search(token)}

    def spelled(self, sketch: Sketch) -> Sketch:
        """`sketch` with every field, and a path that nobody typed, spelled as the specification has it."""
        return rewrite_fields(self._with_path(sketch), self._field, merges=False)

    def property(self, name: str) -> str:
        """The spelling of a property."""
        return self._spelled(name, self._properties, self._style.names.properties)

    def _field(self, field: Field, place: Place) -> Field:
        cases = self._style.names
        if place == "path":
            return field  # it was spelled with the path
        if place == "header":
            return replace(field, name=self._spelled(field.name, self._headers, cases.headers))
        if place in ("query", "cookie"):
            return replace(field, name=self._spelled(field.name, self._parameters, cases.parameters))
        return replace(field, name=self.property(field.name))

    def _spelled(self, name: str, known: Mapping[str, str], case: Case | None) -> str:
        if name in self._typed:
            return name
        return known.get(_folded(name)) or (recased(name, case) if case else name)

    def _with_path(self, sketch: Sketch) -> Sketch:
        path = self.paths.written(sketch.path, sketch.method)
        renamed = dict(zip(parameter_names(sketch.path), parameter_names(path), strict=False))
        fields = tuple(replace(field, name=renamed.get(field.name, field.name)) for field in sketch.path_fields)
        return replace(sketch, path=path, path_fields=fields)

    # -- what the specification has -----------------------------------------------------------------------------------

    @cached_property
    def _properties(self) -> Mapping[str, str]:
        """The usual spelling of each property, by its folded name. A spelling against the style's case is no habit."""
        spec = self._around.spec
        roots = [spec.components(kind) for kind in ("schemas", "responses", "requestBodies")] if spec else []
        return self._usual(Counter(_property_names(roots)), self._style.names.properties)

    @cached_property
    def _parameters(self) -> Mapping[str, str]:
        return self._usual(self._parameter_names("query", "cookie"), self._style.names.parameters)

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        return self._usual(self._parameter_names("header"), self._style.names.headers)

    def _parameter_names(self, *places: str) -> Counter[str]:
        around = self._around
        found = (meaning for each in around.operations for _, meaning in around.parameters(each))
        return Counter(str(meaning["name"]) for meaning in found if meaning.get("in") in places)

    def _usual(self, count: Counter[str], case: Case | None) -> Mapping[str, str]:
        fitting = ((name, often) for name, often in count.items() if case is None or recased(name, case) == name)
        return {_folded(name): name for name, _ in sorted(fitting, key=lambda each: each[1])}


def _folded(name: str) -> str:
    return "".join(naming.words(name)) or name.lower()


def _property_names(roots: list[Mapping[str, Any]]) -> Iterator[str]:
    """The keys of every ``properties`` below `roots`; of a very large document only the first nodes."""
    stack: list[tuple[Any, bool]] = [(root, False) for root in reversed(roots)]
    for _ in range(_MOST_NODES):
        if not stack:
            return
        node, names = stack.pop()
        if isinstance(node, dict):
            if names:
                yield from (key for key in node if isinstance(key, str))
            stack += [
                (value, key == "properties" and not names) for key, value in node.items() if isinstance(value, dict | list)
            ]
        elif isinstance(node, list):
            stack += [(value, False) for value in node if isinstance(value, dict | list)]
