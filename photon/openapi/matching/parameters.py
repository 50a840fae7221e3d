"""The parameters of a new operation: those that exist are written as its neighbours write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from photon.openapi.matching.surroundings import Surroundings, Wanted, segments
from photon.openapi.operation import parameter
from photon.openapi.schemas import Schema, Version, schema
from photon.openapi.style.model import Style
from photon.sketch.lines import parameter_names
from photon.sketch.model import Enum, Field, Scalar, Sketch

_ASKED: Final = 12
_IS_ID: Final = re.compile(r"(?:\A|_|-)(?:id|ID)\Z|[a-z0-9]I[dD]\Z")
_IDENTIFIERS: Final = frozenset(("uuid", "int", "string"))
_STATED: Final = frozenset("uuid guid int integer number numeric string".split())

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
                known = self._known(place, field, wanted)
                written[place, field.name] = known or parameter(self._identifier(place, field), place, self._version)
        for each in (*paging, *self._style.parameters):
            key = self.key(each)
            if key is not None and key[0] != "path":
                written.setdefault(key, dict(each))
        return [each for key, each in written.items() if key not in inherited]

    def _identifier(self, place: str, field: Field) -> Field:
        """A path parameter that is an identifier, of the type that they have elsewhere, unless the request says which."""
        kind = self._style.id_type
        guessed = isinstance(field.type, Scalar) and field.type.name in _IDENTIFIERS and field.type == Scalar(field.type.name)
        if place != "path" or kind is None or not guessed or not _IS_ID.search(field.name) or self._words & _STATED:
            return field
        return replace(field, type=Scalar(cast(Any, kind)))

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
                    return self._in_own_words(found, field, place, wanted) if isinstance(found, dict) else None
        return None

    def _in_own_words(self, found: Schema, field: Field, place: str, wanted: Wanted) -> Schema:
        """A neighbour's parameter; where it is inline, with the description that most have, else the sketch's own or none."""
        if "$ref" in found:
            return found
        said = [
            str(meaning.get("description") or "").strip()
            for near in self._around.near(wanted)
            for _, meaning in self._around.parameters(near.operation)
            if (meaning.get("in"), meaning["name"]) == (place, field.name)
        ][:_ASKED]
        words, often = Counter(said).most_common(1)[0]
        description = words if 2 * often > len(said) > 1 else field.description
        if "description" in found and description:
            return {**found, "description": description}
        kept = {key: each for key, each in found.items() if key != "description"}
        return {"name": kept["name"], "in": kept["in"], "description": description, **kept} if description else kept

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
