"""The spelling of a path: as the user typed it, else as the specification has it, else in its case and with its endings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from urllib.parse import unquote

from photon.openapi.matching.surroundings import Surroundings, Wanted, segments
from photon.openapi.naming import is_action
from photon.openapi.style.casing import recased
from photon.openapi.style.model import Style

_ESCAPED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
"""Letters beyond ASCII, and no slash."""


class Paths:
    """Spells the paths of sketches. text: the request; a path that stands in it stays as it is."""

    def __init__(self, surroundings: Surroundings, style: Style, text: str = "") -> None:
        self._around = surroundings
        self._style = style
        self._text = text

    def written(self, path: str, method: str) -> str:
        """The template as it is written: one that exists is never written with other names of its parameters, and of two that
        differ in those alone it is the one that was asked for.

        A path that the user typed stays otherwise, a slash at its end included; one that the model made begins as those that
        exist do, and ends as nearly all do, an action behind a colon where the specification has it so.
        """
        if known := self._around.template(path):
            return known
        if not segments(path).plain:
            return path
        if not self._is_typed(path):
            return self._made(path, method)
        path = f"{path}/" if self._style.path_end == "/" and self._is_typed(f"{path}/") else path
        return _ESCAPED.sub(lambda found: unquote(found[0]), path) if self._is_unescaped else path

    def odd(self, path: str, method: str) -> tuple[str, ...]:
        """A line on a new path that the user typed, where it is not written as the specification writes paths."""
        if not self._around.paths or segments(path).plain in self._around.paths or not self._is_typed(path):
            return ()
        made = self._made(path, method)
        return (f"kept the path as it was typed; as the others are written it would be {made}",) if made != path else ()

    def _made(self, path: str, method: str) -> str:
        """A path that nobody typed."""
        path = self._with_end(self._with_colon(path, method))
        return self._around.template(path) or self._new(path)

    def _is_typed(self, path: str) -> bool:
        """Whether the path stands in the request as a whole, escaped or not."""
        return any(re.search(rf"{re.escape(each)}(?!/?[\w{{%-]|:\w)", self._text) for each in (path, unquote(path)))

    def _with_end(self, path: str) -> str:
        end = self._style.path_end
        return path if path.endswith((end, "/")) else path + end

    def _with_colon(self, path: str, method: str) -> str:
        """``/orders/{id}/cancel`` as ``/orders/{id}:cancel``, where actions are written so."""
        way, slash, last = path.rpartition("/")
        acts = self._style.colon_actions and slash and way.endswith("}") and is_action(last, method)
        return f"{way}:{last}" if acts and "{" not in last else path

    def _new(self, path: str) -> str:
        begun, rest = self._begun(path)
        return "/" + "/".join((*begun, *map(self._segment, rest))) + ("/" if path.endswith("/") else "")

    def _begun(self, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(its beginning, as the nearest neighbour has it, or one that differs in case, separators, brackets; the rest)."""
        own = segments(path).written
        near = self._around.near(Wanted("", path))[:1]
        shared = near[0].shared if near else 0
        for cut in range(len(own), shared, -1):
            if alike := self._beginnings.get(_folded(own[:cut])):
                return alike, own[cut:]
        return segments(near[0].operation.path).written[:shared] if near else (), own[shared:]

    @cached_property
    def _beginnings(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """How each path and each way to it is written, by its folded segments."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for template in self._around.paths.values():
            way = segments(template).written
            for cut in range(1, len(way) + 1):
                found.setdefault(_folded(way[:cut]), way[:cut])
        return found

    @cached_property
    def _is_unescaped(self) -> bool:
        """Whether the specification writes other letters than ASCII as they are."""
        return any(not path.isascii() for path in self._around.paths.values())

    def _segment(self, segment: str) -> str:
        cases = self._style.names
        if "%" in segment or segment in self._segments_typed:
            return segment
        if not segment.startswith("{"):
            return recased(segment, cases.segments) if cases.segments else segment
        name, _, rest = segment[1:].partition("}")
        return "{" + (recased(name, cases.path_parameters) if cases.path_parameters else name) + "}" + self._rest(rest)

    def _rest(self, rest: str) -> str:
        """What stands behind a parameter: the word behind a colon has the case of a segment."""
        case = self._style.names.segments
        return f":{recased(rest[1:], case)}" if case and rest.startswith(":") and "{" not in rest else rest

    @cached_property
    def _segments_typed(self) -> frozenset[str]:
        """The segments of the paths in the request."""
        return frozenset(part for token in self._text.split() if "/" in token for part in token.split("/") if part)


def _folded(way: tuple[str, ...]) -> tuple[str, ...]:
    """Segments without case and separators; ``Products(key={id})`` (OData) is two, as ``/products/{id}`` is."""
    found: list[str] = []
    for plain in segments("/".join(way)).plain:
        name, bracket, _ = plain.partition("(")
        found += [_word(name), "{}"] if bracket and "{}" in plain and name else [_word(plain)]
    return tuple(found)


@lru_cache(maxsize=8_192)
def _word(plain: str) -> str:
    return plain if "{" in plain else re.sub(r"[\W_]", "", plain).lower() or plain
