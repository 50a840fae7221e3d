"""One settings file: its values, and the line of each key, which tomllib does not tell."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from photon.errors import ConfigurationError
from photon.settings.catalogue import key_part

_TOKEN: Final = r"""
    (?P<string> \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
  | (?P<bare> [A-Za-z0-9_:+-]+ )
  | (?P<mark> [\[\]{}=,.\n] )
  | \#[^\n]*
"""

_Tokens = deque[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Document:
    """A settings file that was read: its text, and the values that TOML makes of it."""

    path: Path
    text: str
    values: Mapping[str, Any]

    def line(self, key: str) -> int | None:
        """The line, counted from 1, where a dotted key, or one below it, first appears; else that of its table, or None."""
        lines = list(_keys(self.text))
        while key:
            for name, number in lines:
                if f"{name}.".startswith(f"{key}."):
                    return number
            key = key.rpartition(".")[0]
        return None


def read(path: Path) -> Document:
    """Read a TOML file; a byte order mark and CRLF are accepted. Raises ConfigurationError naming file and line."""
    text = _text(path).removeprefix("\ufeff")
    import tomllib

    try:
        return Document(path, text, tomllib.loads(text))
    except RecursionError as error:
        raise ConfigurationError(f"{path}: nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, or an integer with thousands of digits
        raise _syntax_error(path, text, str(error)) from error


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise ConfigurationError(f"{path}: is not a file", hint="move it away, or put a settings file in its place")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: is not UTF-8 text", hint="save the file as UTF-8") from error


def _syntax_error(path: Path, text: str, message: str) -> ConfigurationError:
    """tomllib ends its messages with '(at line 3, column 5)' or '(at end of document)'."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = place[1] or text.rstrip().count("\n") + 1 if place else 1
    what = message[: place.start()] if place else "a number is too long"
    return ConfigurationError(f"{path}:{line}: is not TOML: {what[:1].lower()}{what[1:]}")


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Every table header and dotted key of a valid document with its line, those in inline tables included."""
    tokens, table = deque(_tokens(text)), ""
    while tokens:
        word, line = tokens[0]
        if word == "[":
            table = _path(tokens, end="]")
            yield table, line
        elif word in "\n]":
            tokens.popleft()
        else:
            yield from _pair(tokens, table)


def _pair(tokens: _Tokens, prefix: str) -> Iterator[tuple[str, int]]:
    line = tokens[0][1]
    key = f"{prefix}.{_path(tokens, end='=')}".removeprefix(".")
    yield key, line
    yield from _value(tokens, key)


def _path(tokens: _Tokens, *, end: str) -> str:
    """Take the words up to `end`, and `end`, as a dotted key."""
    words = []
    while (word := tokens.popleft()[0]) != end:
        words += [word] if word not in ".[" else []
    return ".".join(words)


def _value(tokens: _Tokens, key: str) -> Iterator[tuple[str, int]]:
    """Take a value; what is yielded are the keys of the inline tables in it."""
    opening = tokens.popleft()[0]
    if opening in "[{":
        while (word := tokens[0][0]) not in "]}":
            if word in ",\n":
                tokens.popleft()
            else:
                yield from _pair(tokens, key) if opening == "{" else _value(tokens, key)
        tokens.popleft()
        return
    while tokens and tokens[0][0] not in ",]}\n":  # 1.5 and dates are several tokens
        tokens.popleft()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """(word or punctuation, line) for everything but blanks and comments; a word is never equal to a punctuation."""
    line, end = 1, 0
    for match in re.finditer(_TOKEN, text, re.VERBOSE | re.DOTALL):
        line += text.count("\n", end, match.start())
        end = match.start()
        if mark := match["mark"]:
            yield mark, line
        elif word := match["bare"] or match["string"]:
            yield key_part(word.strip("\"'")), line  # escapes stay as they are: no setting's name has one
