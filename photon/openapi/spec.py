"""The user's specification: its version, its operations, its components, over as many files as it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.references import Located, References
from photon.openapi.source.source import Source, excerpt, read_source, read_stdin_source
from photon.sketch.text import clean

if TYPE_CHECKING:
    from photon.openapi.schemas import Version

_VERSION = re.compile(r"3\.([012])(?:\.\d+)?(?:-.*)?\Z")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class SpecOperation:
    """One operation that the specification has.

    method: in capitals. item: the path item, of which parameters are inherited. node: the operation object. source and
    pointer: where the operation object stands. path: the template as it is written, without the servers' base path.
    """

    method: str
    path: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]
    source: Source
    pointer: Pointer

    @property
    def route(self) -> str:
        """``GET /pets``."""
        return f"{self.method} {self.path}"


class Spec:
    """A specification that was read. Nothing in it is changed, ever; `photon.openapi.splice` makes new text."""

    def __init__(self, source: Source) -> None:
        """Raises InvalidSpec where `source` is no OpenAPI 3.0, 3.1 or 3.2 document, or holds a key twice."""
        self.source = source
        self.document = source.mapping
        self.version: Version = version_of(source)
        self.references = References(source)
        _refuse_duplicates(source)

    @cached_property
    def operations(self) -> tuple[SpecOperation, ...]:
        """Every operation under ``paths``, in the order of the document, path items in other files included."""
        found: list[SpecOperation] = []
        for path, value in self.section("paths").items():
            item = self.references.follow(value, self.source, ("paths", path))
            if isinstance(item, Located) and isinstance(item.value, Mapping) and path.startswith("/"):
                found += self._operations(path, item)
        return tuple(found)

    def _operations(self, path: str, item: Located) -> Iterator[SpecOperation]:
        """The operations of a path item. An operation may be a ``$ref`` itself: no tool minds, though no version allows it."""
        from photon.sketch.model import METHODS

        for key, value in item.value.items():
            if key.islower() and key.upper() in METHODS and isinstance(value, Mapping):
                found = self.references.follow(value, item.source, (*item.pointer, key))
                if isinstance(found, Located) and isinstance(found.value, Mapping):
                    yield SpecOperation(key.upper(), path, item.value, found.value, found.source, found.pointer)

    def section(self, *names: str) -> Mapping[str, Any]:
        """The mapping at ``document[name][name]…``, empty where there is none."""
        node: Any = self.document
        for name in names:
            node = node.get(name) if isinstance(node, Mapping) else None
        return node if isinstance(node, Mapping) else _NOTHING

    def components(self, kind: str) -> Mapping[str, Any]:
        """``components/<kind>``: schemas, parameters, responses, securitySchemes and so on."""
        return self.section("components", kind)

    def resolved(self, value: Any, source: Source | None = None) -> Any:
        """`value`, which stands in `source` (the root file if None), or what its ``$ref`` leads to; None where nowhere."""
        found = self.references.follow(value, source or self.source)
        return found.value if isinstance(found, Located) else None

    def resolved_mapping(self, value: Any, source: Source | None = None) -> Mapping[str, Any]:
        """`resolved` as a mapping, empty where it is none."""
        found = self.resolved(value, source)
        return found if isinstance(found, Mapping) else _NOTHING


def read_spec(path: Path) -> Spec:
    """The specification in a file; ``-`` is stdin. Raises InvalidSpec."""
    return Spec(read_stdin_source() if str(path) == "-" else read_source(path))


def version_of(source: Source) -> Version:
    """The dialect of OpenAPI. Raises InvalidSpec for Swagger 2 and for what is no OpenAPI at all."""
    if "swagger" in source.mapping:
        raise InvalidSpec(
            f"{source.name} is Swagger {_shown(source.mapping['swagger'])}, and Photon reads OpenAPI 3",
            hint=f"npx swagger2openapi {source.name} -o openapi.yaml converts it",
        )
    stated = _shown(source.mapping.get("openapi", ""))
    found = _VERSION.match(stated)
    if found is None:
        what = f"OpenAPI {stated}" if stated else "no OpenAPI document: it has no 'openapi' key"
        raise InvalidSpec(f"{source.name} is {what}", hint="Photon reads OpenAPI 3.0, 3.1 and 3.2")
    return ("3.0", "3.1", "3.2")[int(found[1])]


def _shown(version: Any) -> str:
    """A version as the document states it, where it is one at all: cut, and without what a terminal obeys."""
    return clean(str(version))[:40].replace("\n", " ") if isinstance(version, str | int | float) else "of no version"


def _refuse_duplicates(source: Source) -> None:
    for duplicate in source.duplicates[:1]:
        again, first = source.position(duplicate.again), source.position(duplicate.first)
        raise InvalidSpec(
            f"{source.name}:{again} the key {duplicate.key[:100]!r} stands twice: first in line {first.line}",
            hint="remove one of them",
            excerpt=excerpt(source, again),
            line=again.line,
            column=again.column,
        )
