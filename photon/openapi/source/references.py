"""Follows ``$ref``: within a file, and to other files beside it. Nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import Pointer, read_pointer
from photon.openapi.source.source import Source, read_source

_MAX_HOPS = 20
_MAX_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Located:
    """A value, the file in which it stands, and where in it."""

    value: Any
    source: Source
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Broken:
    """A reference that leads nowhere, and why, as the end of a sentence about it."""

    reason: str


class References:
    """The files of one specification. Only the root's own are read, when a reference leads there."""

    def __init__(self, root: Source) -> None:
        self._root = root
        self._files: dict[Path, Source | Broken] = {root.path.resolve(): root} if root.path else {}

    @property
    def files(self) -> tuple[Source, ...]:
        """The files that were read so far, the root first."""
        others = (each for each in self._files.values() if isinstance(each, Source) and each is not self._root)
        return (self._root, *others)

    def follow(self, value: Any, source: Source, pointer: Pointer = ()) -> Located | Broken:
        """What `value`, which stands in `source`, means: itself, or what its ``$ref`` leads to, over several if need be."""
        here = Located(value, source, pointer)
        for _ in range(_MAX_HOPS):
            if not (isinstance(here.value, Mapping) and isinstance(here.value.get("$ref"), str)):
                return here
            found = self.target(here.value["$ref"], here.source)
            if isinstance(found, Broken):
                return found
            here = found
        return Broken("it leads in a circle")

    def target(self, reference: str, source: Source) -> Located | Broken:
        """Where one reference, which stands in `source`, leads to."""
        file, _, fragment = reference.partition("#")
        found = self._file(unquote(file), source) if file else source
        if isinstance(found, Broken):
            return found
        if fragment and not fragment.startswith("/"):
            return Broken("anchors are not followed")
        return _at(found, read_pointer(fragment))

    def _file(self, name: str, source: Source) -> Source | Broken:
        if "://" in name:
            return Broken("nothing is fetched from the network")
        if source.path is None:
            return Broken("what comes through stdin has no files beside it")
        path = (source.path.parent / name).resolve()
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: Path) -> Source | Broken:
        if len(self._files) >= _MAX_FILES:
            return Broken(f"the specification has more than {_MAX_FILES} files")
        if not path.is_file():
            return Broken(f"there is no file {path.name}")
        try:
            return read_source(path)
        except InvalidSpec as error:
            return Broken(error.message)


def _at(source: Source, parts: tuple[str, ...]) -> Located | Broken:
    value, way = source.root, list[str | int]()
    for part in parts:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
            way.append(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
            way.append(int(part))
        else:
            return Broken(f"{source.path.name} has no {part}" if source.path else f"there is no {part}")
    return Located(value, source, tuple(way))
