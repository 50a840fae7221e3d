"""Follows ``$ref``: within a file, and to other files beside it. Nothing is fetched from anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import Pointer, read_pointer, written
from photon.openapi.source.source import Source, read_source
from photon.sketch.text import clean

_MAX_HOPS = 20
_LONGEST_NAME = 120
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
"""Of a list (RFC 6901, section 4)."""
_MAX_FILES = 10_000
_MAX_CHARACTERS = 2**28
"""All files together: four of the largest that are read."""


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

    def __init__(self, root: Source, known: Iterable[Source] = ()) -> None:
        """known: other files of it, which are not read again, for they may stand otherwise on the disk."""
        self._root = root
        self._characters = len(root.text)
        self._files: dict[Path, Source | Broken] = {each.path.resolve(): each for each in (root, *known) if each.path}

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
        try:
            path = (source.path.parent / name).resolve()
            is_file = path.is_file()
        except (OSError, ValueError, RuntimeError):  # too long a name, one with a NUL in it, links in a circle
            return Broken(f"{_shown(name)} cannot be the name of a file")
        if path not in self._files:
            self._files[path] = self._read(path) if is_file else Broken(f"there is no file {_shown(name)}")
        return self._files[path]

    def _read(self, path: Path) -> Source | Broken:
        if len(self._files) >= _MAX_FILES:
            return Broken(f"the specification has more than {_MAX_FILES} files")
        if self._characters > _MAX_CHARACTERS:
            return Broken("the specification's files are too large together")
        try:
            found = read_source(path)
        except InvalidSpec as error:
            return Broken(error.message)
        self._characters += len(found.text)
        return found


def _at(source: Source, parts: tuple[str, ...]) -> Located | Broken:
    value, way = source.root, list[str | int]()
    for part in parts:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
            way.append(part)
        elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
            way.append(int(part))
        else:
            where = f"{_shown(source.path.name)} has no" if source.path else "there is no"
            return Broken(f"{where} {_shown(written((*way, part)))}")
    return Located(value, source, tuple(way))


def _shown(name: str) -> str:
    """`name`, which is the document's, as it can stand in a message."""
    short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
    return clean(short).replace("\n", " ")
