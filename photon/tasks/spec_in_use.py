"""The user's specification as a command uses it: read once, with its style learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from photon.openapi.context.names import SpecNames, names_of
from photon.openapi.context.request import context_for
from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.model import Style
from photon.openapi.style.profiles import effective_style
from photon.settings import schema as settings
from photon.sketch.prompt import SpecContext
from photon.tasks.kept_spec import kept_spec


@dataclass(frozen=True, slots=True, eq=False)
class SpecInUse:
    """style: what to write by: the user's choices, then the specification's own habits, then the profile."""

    spec: Spec
    style: Style
    names: SpecNames = field(repr=False)

    def context(self, text: str) -> SpecContext:
        """What a model is told of it for the request `text`. Raises UsageError for a request of several operations."""
        return context_for(self.spec, text, style=self.style, names=self.names)

    def component(self, reference: str) -> Any:
        """What a reference leads to; None where it leads nowhere."""
        return self.spec.resolved({"$ref": reference})

    @property
    def files(self) -> Iterator[Path]:
        """The files that it was read from."""
        return (file.path for file in self.spec.references.files if file.path)

    @property
    def identity(self) -> dict[str, str]:
        """Which document it was, for the record of requests: its real path, ``-`` for stdin, and the SHA-256 of its bytes."""
        path = self.spec.source.path
        return {"path": str(path.resolve()) if path else "-", "digest": self.spec.source.digest}


def spec_in_use(path: Path, choices: settings.Style) -> SpecInUse:
    """Read the specification in `path` (``-`` is stdin) and learn its style. Raises InvalidSpec."""
    return in_use(kept_spec(path), choices)


def in_use(spec: Spec, choices: settings.Style) -> SpecInUse:
    """`spec` with its style learned."""
    return SpecInUse(spec, effective_style(choices, learn(spec)), names_of(spec))


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
