"""The user's specification as a command uses it: read once, with its style learned."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from photon.openapi.context.lines import ComponentLines
from photon.openapi.context.names import SpecNames, names_of
from photon.openapi.context.request import MOST_TOKENS, context_for
from photon.openapi.naming import singular, words
from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.model import Style
from photon.openapi.style.profiles import effective_style
from photon.settings import schema as settings
from photon.sketch.listed import listed
from photon.sketch.prompt import SpecContext
from photon.tasks.kept_spec import kept_spec

_MENTIONED = 8
"""Schemas of which a model is told at most for another one."""
_DIGITS = 16
"""Of the digest of a file that the root refers to: there may be hundreds."""


@dataclass(frozen=True, slots=True, eq=False)
class SpecInUse:
    """style: what to write by: the user's choices, then the specification's own habits, then the profile."""

    spec: Spec
    style: Style
    names: SpecNames = field(repr=False)

    def context(self, text: str) -> SpecContext:
        """What a model is told of it for the request `text`. Raises UsageError for a request of several operations."""
        return context_for(self.spec, text, style=self.style, names=self.names)

    def mentioned(self, text: str, name: str | None = None) -> SpecContext:
        """What a model is told of it for the schema that `text` asks for: the schemas that the text mentions, but for that one
        itself. name: what it shall be called, None where the text says it."""
        asked, own = _words(text), _words(name or listed(text).name or "")
        said = {each: _words(each) for each in self.spec.components("schemas")}
        near = sorted(each for each, parts in said.items() if parts and parts <= asked and parts != own)[:_MENTIONED]
        lines = ComponentLines(self.spec, self.names)
        return SpecContext(
            types=tuple(found for each in near if (found := self.names.name(each))),
            schemas=tuple(line for each in near if (line := lines.line(each))),
        ).within(MOST_TOKENS)

    def component(self, reference: str) -> Any:
        """What a reference leads to; None where it leads nowhere."""
        return self.spec.resolved({"$ref": reference})

    @property
    def files(self) -> Iterator[Path]:
        """The files that it was read from."""
        return (file.path for file in self.spec.references.files if file.path)

    @property
    def identity(self) -> dict[str, Any]:
        """Which document it is, for the record of requests: its real path, ``-`` for stdin, the SHA-256 of its bytes, and the
        beginning of that of each other file that was read so far."""
        path = self.spec.source.path
        own: dict[str, Any] = {"path": str(path.resolve()) if path else "-", "digest": self.spec.source.digest}
        others = {_beside(path, each.path): each.digest[:_DIGITS] for each in self.spec.references.files[1:]}
        return own | ({"files": others} if others else {})

    def is_still(self, identity: Mapping[str, Any]) -> bool:
        """Whether each file of the document that had this identity is as it was."""
        files = identity.get("files")
        root = Path(str(identity.get("path"))).parent
        others = files.items() if isinstance(files, Mapping) else ()
        return self.spec.source.digest == identity.get("digest") and all(_digest(root / name) == was for name, was in others)


def spec_in_use(path: Path, choices: settings.Style) -> SpecInUse:
    """Read the specification in `path` (``-`` is stdin) and learn its style. Raises InvalidSpec."""
    return in_use(kept_spec(path), choices)


def in_use(spec: Spec, choices: settings.Style) -> SpecInUse:
    """`spec` with its style learned."""
    return SpecInUse(spec, effective_style(choices, learn(spec)), names_of(spec))


def _words(text: str) -> frozenset[str]:
    return frozenset(map(singular, words(text)))


def _beside(root: Path | None, file: Path | None) -> str:
    """`file` as seen from the folder of `root`. Both have a path: what comes through stdin has no other files."""
    assert root and file, "nothing is read beside stdin"
    return os.path.relpath(file.resolve(), root.resolve().parent)


def _digest(file: Path) -> str:
    """The beginning of the SHA-256 of its bytes; empty where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:_DIGITS]
    except OSError:
        return ""


def without_operation(source: Source, path: str, method: str) -> Source:
    """The document without an operation: what is made anew, or half written, says nothing of how others are written."""

    def less(node: MapNode, way: tuple[str, ...]) -> MapNode:
        copy = MapNode(node.start, flow=node.flow)
        copy.update(node)
        copy.places = node.places
        child = copy.get(way[0])
        if len(way) == 1:
            copy.pop(way[0], None)
        elif isinstance(child, MapNode):
            copy[way[0]] = less(child, way[1:])
        return copy

    return replace(source, root=less(source.mapping, ("paths", path, method.lower())))
