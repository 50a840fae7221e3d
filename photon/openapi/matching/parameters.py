"""The parameters of a new operation: those that exist are written as its neighbours write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from photon.openapi.matching.surroundings import Surroundings, Wanted, segments
from photon.openapi.operation import parameter
from photon.openapi.schemas import Schema, Version, schema
from photon.openapi.style.model import Style
from photon.sketch.lines import parameter_names
from photon.sketch.model import Enum, Field, Scalar, Sketch

Key = tuple[str, str]
"""(where, name): what makes a parameter unique (OpenAPI, Parameter Object)."""


class Parameters:
    """Writes parameters. text: the request; what it says of a parameter is written, even if others have it differently."""

    def __init__(self, surroundings: Surroundings, style: Style, version: Version, text: str = "") -> None:
        self._around = surroundings
        self._style = style
        self._version = version
        self._words = set(re.findall(r"[\w$.-]+", text.lower()))

    def write(self, sketch: Sketch, wanted: Wanted, paging: tuple[Mapping[str, Any], ...] = ()) -> list[Schema]:
        """The list, in the order path, query, header, cookie, the specification's own ones last."""
        inherited = self._inherited(sketch.path)
        declared = {field.name: field for field in sketch.path_fields}
        in_path = [declared.get(name) or Field(name, Scalar("string")) for name in parameter_names(sketch.path)]
        groups = (("path", in_path), ("query", sketch.query), ("header", sketch.header), ("cookie", sketch.cookie))
        written: dict[Key, Schema] = {}
        for place, fields in groups:
            for field in fields:
                written[place, field.name] = self._known(place, field, wanted) or parameter(field, place, self._version)
        for each in (*paging, *self._style.parameters):
            key = self.key(each)
            if key is not None and key[0] != "path":
                written.setdefault(key, dict(each))
        return [each for key, each in written.items() if key not in inherited]

    def key(self, written: Mapping[str, Any]) -> Key | None:
        """Where a parameter of the root document stands and how it is called; None where that is not known."""
        spec = self._around.spec
        meaning = spec.resolved_mapping(written) if spec else written
        where, name = meaning.get("in"), meaning.get("name")
        return (where, name) if isinstance(where, str) and isinstance(name, str) else None

    def _inherited(self, path: str) -> set[Key]:
        """What the path item, where there is one, declares for all its operations."""
        plain = segments(path).plain
        for operation in self._around.operations:
            if segments(operation.path).plain == plain:
                listed = operation.item.get("parameters")
                found = [self._around.resolved(each, operation) for each in listed] if isinstance(listed, list) else []
                return {(str(each.get("in")), str(each.get("name"))) for each in found}
        return set()

    def _known(self, place: str, field: Field, wanted: Wanted) -> Schema | None:
        """The same parameter of the nearest operation that has it."""
        for near in self._around.near(wanted):
            for written, meaning in self._around.parameters(near.operation):
                if meaning.get("in") == place and meaning["name"] == field.name:
                    if place != "path" and not self._fits(field, meaning, near.operation.source):
                        return None
                    found = self._around.copy(written, near.operation.source)
                    return found if isinstance(found, dict) else None
        return None

    def _fits(self, field: Field, meaning: Mapping[str, Any], source: Any) -> bool:
        """Whether an existing parameter says what the sketch says, as far as the user asked for it."""
        spec = self._around.spec
        theirs = spec.resolved_mapping(meaning.get("schema"), source) if spec else {}
        own = schema(field.type, self._version)
        if field.name.lower() not in self._words:
            return _kind(own) in (_kind(theirs), None) or isinstance(field.type, Scalar)
        if isinstance(field.type, Enum) and theirs.get("enum") != list(field.type.values):
            return False
        if field.default and theirs.get("default") != field.default.value:
            return False
        limits = ("minimum", "maximum", "minLength", "maxLength", "pattern")
        return _kind(own) == _kind(theirs) and all(own.get(limit) in (None, theirs.get(limit)) for limit in limits)


def _kind(found: Mapping[str, Any]) -> Any:
    kind = found.get("type")
    return next((each for each in kind if each != "null"), None) if isinstance(kind, list) else kind
