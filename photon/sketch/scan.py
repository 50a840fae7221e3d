"""Reads the words of a line, one after the other: names, strings, numbers, ranges and literals."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite

from photon.sketch.model import Number, Value
from photon.sketch.text import STRING, clean, unquoted

Repair = Callable[[str], None]
"""Told of each thing that was mended, in a few words."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_COMMENT = re.compile(r"(?://|#)[^\n]*")
_BARE_VALUE = re.compile(r"[^\s,;{}()|]+")
_LONGEST_NUMBER = 40


class Unreadable(Exception):
    """The text has no certain meaning here. ``expected`` completes the sentence 'expected ...'."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


class Scanner:
    """A place in a text; space and, before a line end, comments are skipped."""

    def __init__(self, text: str, *, repair: Repair) -> None:
        self._text = text
        self._at = 0
        self._repair = repair

    @property
    def rest(self) -> str:
        """The text after what was read, without surrounding space."""
        return self._text[self._at :].strip()

    def end(self) -> None:
        """Make sure that nothing follows; surplus closing brackets and a comment are repaired away. Raises Unreadable."""
        self._skip_space()
        rest = self.rest.rstrip(",;")
        if rest and not rest.strip("})]> \t\n,;"):
            self._repair(f"dropped a surplus {rest[0]!r}")
        elif rest and _COMMENT.fullmatch(rest):
            self._repair("dropped a comment")
        elif rest:
            raise Unreadable(f"nothing after the type, found {rest[:40]!r}")
        self._at = len(self._text)

    def read_text(self) -> str | None:
        """A quoted string, if there is one."""
        match = self.match(STRING)
        return unquoted(match[0]) if match else None

    def _read_value(self) -> tuple[bool, Value]:
        """(whether there was one, the literal)."""
        if (text := self.read_text()) is not None:
            return True, text
        if self.accept("["):
            return self._read_list()
        if self.accept("{"):
            self._skip_past("}")
            self._repair("dropped an object as a default")
            return False, None
        match = self.match(_BARE_VALUE)
        if not match:
            self._repair("dropped an empty default")
            return False, None
        return True, bare_value(match[0])

    def _read_list(self) -> tuple[bool, Value]:
        start = self._at
        self._skip_past("]")
        if self._text[start : self._at].strip("[] \t\n"):
            self._repair("dropped a list as a default")
            return False, None
        return True, ()

    def _skip_space(self) -> None:
        while self._at < len(self._text):
            if self._text[self._at].isspace():
                self._at += 1
            elif (match := _COMMENT.match(self._text, self._at)) and match.end() < len(self._text):
                self._repair("dropped a comment")
                self._at = match.end()
            else:
                return

    def _at_end(self) -> bool:
        self._skip_space()
        return self._at >= len(self._text)

    def _peek(self) -> str:
        self._skip_space()
        return self._text[self._at : self._at + 1]

    def accept(self, literal: str) -> bool:
        """Go past `literal`, if it is there."""
        self._skip_space()
        if not self._text.startswith(literal, self._at):
            return False
        self._at += len(literal)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go past what `pattern` matches, if it does."""
        self._skip_space()
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _skip_past(self, closer: str) -> None:
        end = self._text.find(closer, self._at)
        self._at = len(self._text) if end < 0 else end + len(closer)


def number(text: str) -> Number:
    """The value of a match of NUMBER. Raises Unreadable beyond what JSON readers agree on."""
    value = float(text) if len(text) <= _LONGEST_NUMBER else float("inf")
    if not isfinite(value):
        raise Unreadable("a number of reasonable size")
    return int(text) if text.lstrip("-").isdigit() else value


def bare_value(text: str) -> Value:
    """The literal that stands there without quotes: a number, true, false, null, or else a string."""
    words: dict[str, Value] = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    return number(text) if NUMBER.fullmatch(text) else clean(text)
