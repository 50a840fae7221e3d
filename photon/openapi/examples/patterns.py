"""A string that a regular expression matches, where the expression is simple enough to be sure of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from math import inf, log10
from re import _constants as op  # type: ignore[attr-defined] # the names of what the parser finds, not typed
from re import _parser  # type: ignore[attr-defined] # Python's own reader of expressions; a second one would differ from it
from typing import Any

LONGEST = 100
"""Strings that are longer are not held against a pattern: the time may grow with a power of the length."""
_MOST_WAYS = 2_000_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = {
    op.CATEGORY_DIGIT: "4271935680",
    op.CATEGORY_WORD: "aAb0_",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_DIGIT: "aA-",
    op.CATEGORY_NOT_WORD: "-.",
    op.CATEGORY_NOT_SPACE: "aA0-",
}
_PREFERRED = "aA0bBcCdD123456789_-. " + "".join(map(chr, range(33, 127)))


class _NotSimple(Exception):
    """The expression has something that no string is made for here."""


def matches(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; None where Python may not say so, or not in bounded time."""
    compiled = _safe(pattern)
    if compiled is None or len(text) > LONGEST:
        return None
    return compiled.search(text) is not None


def matching(pattern: str, minimum: int = 0) -> str | None:
    """A string of at least `minimum` characters in which `pattern` is found; None where none can be made with certainty."""
    if (compiled := _safe(pattern)) is None:
        return None
    for extra in range(0, min(minimum, LONGEST) + 1):
        try:
            text = _made(_parsed(pattern), extra)
        except (_NotSimple, RecursionError):
            return None
        if len(text) >= minimum and len(text) <= LONGEST and compiled.search(text):
            return text
    return None


@lru_cache(maxsize=256)
def _safe(pattern: str) -> re.Pattern[str] | None:
    """The compiled expression, unless matching it could take for ever."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _parsed(pattern)
            if len(pattern) > 500 or _ways(tree) > _MOST_WAYS:
                return None
            return re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


def _parsed(pattern: str) -> Any:
    return _parser.parse(pattern, re.ASCII)


def _ways(tree: Any) -> float:
    """In how many ways, at most, an expression can be laid over a text of LONGEST characters: what backtracking may try."""
    ways = 1.0
    for kind, argument in tree:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            low, high = (min(limit, LONGEST) for limit in argument[:2])
            inner = _ways(argument[2])
            ways *= (high - low + 1) * (inner**high if high * log10(inner) < 300 else inf)
        elif kind in (op.SUBPATTERN, op.ASSERT, op.ASSERT_NOT):
            ways *= _ways(argument[-1])
        elif kind is op.BRANCH:
            ways *= sum(map(_ways, argument[1]))
        elif kind in (op.GROUPREF, op.GROUPREF_EXISTS):
            return inf
    return ways


def _made(tree: Any, extra: int) -> str:
    """extra: how often more than it must each repeat repeats what it may."""
    parts = []
    for kind, argument in tree:
        if kind is op.LITERAL:
            parts.append(chr(argument))
        elif kind is op.ANY:
            parts.append("a")
        elif kind is op.NOT_LITERAL:
            parts.append(_one(char for char in _PREFERRED if ord(char) != argument))
        elif kind is op.IN:
            parts.append(_of_class(argument, len(parts)))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            low, high, inner = argument
            times = min(max(low, 1 if high and low == 0 and extra else low) + extra, high, LONGEST)
            parts += [_varied(inner, place) for place in range(times)]
        elif kind is op.SUBPATTERN:
            parts.append(_made(argument[-1], extra))
        elif kind is op.BRANCH:
            parts.append(_made(argument[1][0], extra))
        elif kind is not op.AT:  # where it stands is for the check at the end
            raise _NotSimple
    return "".join(parts)


def _varied(inner: Any, place: int) -> str:
    """One turn of a repeat: a class gives another character each time, so that an identifier looks like one."""
    if len(inner) == 1 and inner[0][0] is op.IN:
        return _of_class(inner[0][1], place)
    return _made(inner, 0)


def _of_class(items: Any, place: int) -> str:
    if items and items[0][0] is op.NEGATE:
        refused = set(_members(items[1:]))
        return _one(char for char in _PREFERRED if char not in refused)
    members = [char for char in _members(items) if char.isprintable()]
    if not members:
        raise _NotSimple
    return members[place * 7 % len(members)]


def _members(items: Any) -> list[str]:
    """The characters of a class, in the order of its text; a long range is cut."""
    found: list[str] = []
    for kind, argument in items:
        if kind is op.LITERAL:
            found.append(chr(argument))
        elif kind is op.RANGE:
            found += map(chr, range(argument[0], min(argument[1], argument[0] + 200) + 1))
        elif kind is op.CATEGORY and argument in _CLASSES:
            found += _CLASSES[argument]
        else:
            raise _NotSimple
    return found


def _one(characters: Iterable[str]) -> str:
    for char in characters:
        return char
    raise _NotSimple
