"""Reads JSON into nodes with places. The standard decoder does not tell where a value stands."""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError
from json.decoder import scanstring as _scanstring  # type: ignore[attr-defined] # public in CPython since 2.6, not typed
from typing import Any

from photon.openapi.source.nodes import Duplicate, MapNode, Place, SeqNode, SyntaxFault

MAX_DEPTH = 200
_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null")
_WORDS = {"true": True, "false": False, "null": None}


def compose_json(text: str) -> tuple[Any, list[Duplicate]]:
    """(the value, the keys that stand twice). Raises SyntaxFault."""
    composer = _Composer(text)
    start = composer.space(0)
    value, end = composer.value(start, 0)
    end = composer.space(end)
    if end != len(text):
        raise SyntaxFault(end, "there is more after the end of the document")
    return value, composer.duplicates


class _Composer:
    def __init__(self, text: str) -> None:
        self._text = text
        self.duplicates: list[Duplicate] = []

    def space(self, at: int) -> int:
        """Where the white space that begins at `at` ends."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """(the value that begins at `at`, where it ends)."""
        first = self._text[at : at + 1]
        if first == '"':
            return self._string(at)
        if first in ("{", "["):
            if depth >= MAX_DEPTH:
                raise SyntaxFault(at, f"it is nested more than {MAX_DEPTH} levels deep")
            return self._mapping(at, depth) if first == "{" else self._list(at, depth)
        return self._scalar(at)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _scanstring(self._text, at + 1, True)
        except JSONDecodeError as error:
            raise SyntaxFault(min(error.pos, len(self._text)), error.msg[0].lower() + error.msg[1:]) from None
        return text, end

    def _scalar(self, at: int) -> tuple[Any, int]:
        found = _SCALAR.match(self._text, at)
        if found is None:
            raise SyntaxFault(at, "a value is missing" if at < len(self._text) else "the document ends in the middle")
        whole, fraction, exponent = found.groups()
        if whole is None:
            return _WORDS[found[0]], found.end()
        if fraction or exponent:
            return float(found[0]), found.end()
        if len(whole) > 4_000:  # more digits than Python turns into a number
            raise SyntaxFault(at, "a number has too many digits")
        return int(whole), found.end()

    def _mapping(self, at: int, depth: int) -> tuple[MapNode, int]:
        text, space = self._text, self.space
        places: dict[str, Place] = {}
        node = MapNode(at, flow=True)
        here = space(at + 1)
        if text[here : here + 1] == "}":
            node.end = here + 1
            return node, node.end
        while True:
            if text[here : here + 1] != '"':
                raise SyntaxFault(
                    here, "a key in double quotes is missing" if here < len(text) else "the document ends in the middle"
                )
            key, key_end = self._string(here)
            colon = space(key_end)
            if text[colon : colon + 1] != ":":
                raise SyntaxFault(colon, "a colon is missing after the key")
            start = space(colon + 1)
            value, end = self.value(start, depth + 1)
            if key in places:
                self.duplicates.append(Duplicate(key, places[key].key_start, here))
            places[key] = Place(here, key_end, start, end)
            node[key] = value
            here = space(end)
            mark = text[here : here + 1]
            if mark == "}":
                break
            if mark != ",":
                raise SyntaxFault(here, "a comma or a closing brace is missing")
            here = space(here + 1)
        node.places, node.end = places, here + 1
        return node, node.end

    def _list(self, at: int, depth: int) -> tuple[SeqNode, int]:
        text, space = self._text, self.space
        node = SeqNode(at, flow=True)
        here = space(at + 1)
        if text[here : here + 1] == "]":
            node.end = here + 1
            return node, node.end
        while True:
            value, end = self.value(here, depth + 1)
            node.append(value)
            node.places.append((here, end))
            here = space(end)
            mark = text[here : here + 1]
            if mark == "]":
                break
            if mark != ",":
                raise SyntaxFault(here, "a comma or a closing bracket is missing")
            here = space(here + 1)
        node.end = here + 1
        return node, node.end
