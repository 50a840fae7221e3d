"""Parts of the user's specification as they can stand in a new operation: references kept, examples and extensions not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from photon.openapi.source.references import Located
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec

_MAX_DEPTH, _MAX_NODES = 24, 600
_LEFT_BEHIND = frozenset(("example", "examples"))
_COMPONENTS = "#/components/"


class _TooLarge(Exception):
    """It is deeper or longer than a part that one would write again."""


def copied(spec: Spec, value: Any, source: Source) -> Any:
    """`value`, which stands in `source`, as plain mappings and lists for the root document.

    A reference to a component stays one, and one within another file is written as it is from the root; one to any other
    place (``#/paths/…``) is replaced by what stands there. None where that is nowhere, or too large to be written again.
    """
    try:
        return _Copier(spec).copy(value, source, 0)
    except _TooLarge:
        return None


class _Copier:
    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._nodes = 0

    def copy(self, value: Any, source: Source, depth: int, *, names: bool = False) -> Any:
        """names: the keys are names of somebody's choice, among which ``example`` is nothing special."""
        self._nodes += 1
        if depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            raise _TooLarge
        if isinstance(value, Mapping):
            if isinstance(value.get("$ref"), str) and not names:
                return self._reference(value, source, depth)
            kept = ((key, each) for key, each in value.items() if names or not _is_of_another(key))
            return {key: self.copy(each, source, depth + 1, names=key == "properties" and not names) for key, each in kept}
        if isinstance(value, list):
            return [self.copy(each, source, depth + 1) for each in value]
        return value

    def _reference(self, value: Mapping[str, Any], source: Source, depth: int) -> Any:
        reference = str(value["$ref"])
        if source is self._spec.source and reference.startswith(_COMPONENTS):
            return {"$ref": reference}
        if not reference.startswith("#") or source is not self._spec.source:
            moved = self._from_the_root(reference, source)
            if moved:
                return {"$ref": moved}
        found = self._spec.references.follow(value, source)
        if not isinstance(found, Located):
            raise _TooLarge
        return self.copy(found.value, found.source, depth + 1)

    def _from_the_root(self, reference: str, source: Source) -> str | None:
        """A relative reference of another file, seen from the root's folder; None where there are no folders."""
        root = self._spec.source.path
        file, mark, fragment = reference.partition("#")
        if root is None or source.path is None or "://" in file:
            return reference if source is self._spec.source else None
        target = (source.path.parent / file) if file else source.path
        if target.resolve() == root.resolve():
            return f"#{fragment}"
        moved = os.path.relpath(target.resolve(), root.resolve().parent).replace(os.sep, "/")
        return f"{moved if moved.startswith('.') else './' + moved}{mark}{fragment}"


def _is_of_another(key: str) -> bool:
    """Whether a key says something of the place where it stood, and not of what it is part of."""
    return key in _LEFT_BEHIND or key.startswith("x-")


def reference_name(value: Any, kind: str) -> str | None:
    """The name of the component of `kind` (``schemas``) that `value` refers to, in this file; None where it does not."""
    prefix = f"{_COMPONENTS}{kind}/"
    reference = value.get("$ref") if isinstance(value, Mapping) else None
    return reference.removeprefix(prefix) if isinstance(reference, str) and reference.startswith(prefix) else None
