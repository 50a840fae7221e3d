"""Reads JSON into nodes with places. The standard decoder does not tell where a value stands."""

from __future__ import annotations

import re
from json.decoder import JSONDecodeError
from json.decoder import scanstring as _scanstring  # type: ignore[attr-defined] # public in CPython since 2.6, not typed
from typing import Any

from photon.openapi.source.nodes import Duplicate, MapNode, Place, SeqNode, SyntaxFault

MAX_DEPTH = 200
MAX_DIGITS = 4_000
"""More than Python turns into a number at once, which takes time in the square of them."""
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
PLAIN_KEY = re.compile(r'"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
_AFTER = re.compile(r"[ \t\n\r]*(?:([,}\]])[ \t\n\r]*)?")
_SCALAR = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null")
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")


class Composer:
    """A key and its colon, a string, and what follows a value are each one match where they are plain (measured: 0.6 times
    the time of one step a mark); what is not plain, or wrong, goes step by step."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.duplicates: list[Duplicate] = []

    def document(self) -> tuple[Any, list[Duplicate]]:
        """(the value of the text, the keys that stand twice). Raises SyntaxFault."""
        value, end = self.value(self.space(0), 0)
        end = self.space(end)
        if end != len(self._text):
            raise SyntaxFault(end, "there is more after the end of the document")
        return value, self.duplicates

    def space(self, at: int) -> int:
        """Where the white space that begins at `at` ends."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """(the value that begins at `at`, where it ends)."""
        if found := _PLAIN_STRING.match(self._text, at):
            return found[1], found.end()
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
        if _SURROGATE.search(text):
            raise SyntaxFault(at, "a string has half a surrogate pair in it, which is no character")
        return text, end

    def _scalar(self, at: int) -> tuple[Any, int]:
        found = _SCALAR.match(self._text, at)
        if found is None:
            raise SyntaxFault(at, "a value is missing" if at < len(self._text) else "the document ends in the middle")
        whole, fraction, exponent = found.groups()
        if whole is None:
            return _WORDS[found[0]], found.end()
        if len(found[0]) > MAX_DIGITS:
            raise SyntaxFault(at, "a number has too many digits")
        return (float(found[0]) if fraction or exponent else int(whole)), found.end()

    def _key(self, at: int) -> tuple[str, int, int]:
        """(the key that begins at `at`, where it ends, where its value begins)."""
        if self._text[at : at + 1] != '"':
            raise SyntaxFault(
                at, "a key in double quotes is missing" if at < len(self._text) else "the document ends in the middle"
            )
        key, end = self._string(at)
        colon = self.space(end)
        if self._text[colon : colon + 1] != ":":
            raise SyntaxFault(colon, "a colon is missing after the key")
        return key, end, self.space(colon + 1)

    def _after(self, at: int, closer: str) -> tuple[bool, int]:
        """(whether the collection goes on behind the value that ends at `at`, where it does or has ended)."""
        found = _AFTER.match(self._text, at)
        assert found is not None  # it matches nothing too
        if found[1] == ",":
            return True, found.end()
        if found[1] == closer:
            return False, found.start(1) + 1
        mark = found.end() if found[1] is None else found.start(1)
        raise SyntaxFault(mark, f"a comma or a closing {'brace' if closer == '}' else 'bracket'} is missing")

    def _mapping(self, at: int, depth: int) -> tuple[MapNode, int]:
        text = self._text
        node = MapNode(at, flow=True)
        places = node.places
        here = self.space(at + 1)
        goes_on = text[here : here + 1] != "}"
        end = here + 1
        while goes_on:
            if found := PLAIN_KEY.match(text, here):
                key, key_end, start = found[1], found.end(1) + 1, found.end()
            else:
                key, key_end, start = self._key(here)
            value, end = self.value(start, depth + 1)
            if key in places:
                self.duplicates.append(Duplicate(key, places[key].key_start, here))
            places[key] = Place(here, key_end, start, end)
            node[key] = value
            goes_on, end = self._after(end, "}")
            here = end
        node.end = end
        return node, end

    def _list(self, at: int, depth: int) -> tuple[SeqNode, int]:
        node = SeqNode(at, flow=True)
        here = self.space(at + 1)
        goes_on = self._text[here : here + 1] != "]"
        end = here + 1
        while goes_on:
            value, end = self.value(here, depth + 1)
            node.append(value)
            node.places.append((here, end))
            goes_on, end = self._after(end, "]")
            here = end
        node.end = end
        return node, end
