"""A regular expression as GBNF, for the inside of a JSON string.

What a regular expression matches is written with JSON's escapes: a quotation mark as ``\\"``, a line break as ``\\n``. Sets of
characters are ranges of code points here, so that those that need an escape can be taken out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Final

Ranges = tuple[tuple[int, int], ...]
"""Code points, ranges inclusive, in order, none of them touching."""

MAX_REPEAT: Final = 500
"""llama.cpp writes a repetition out, and refuses a grammar with too many of them."""

_LAST: Final = 0x10FFFF
_ESCAPES: Final = {0x22: '\\"', 0x5C: "\\\\", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r"}
_RAW: Final[Ranges] = ((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0xD7FF), (0xE000, _LAST))
"""What stands for itself in a JSON string; DEL and the surrogates are nothing that anybody wants."""

_DIGIT: Final[Ranges] = ((0x30, 0x39),)
_WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Final[Ranges] = ((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x2028, 0x2029), (0x3000, 0x3000))
_NO_DOT: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CATEGORIES: Final = {"DIGIT": _DIGIT, "WORD": _WORD, "SPACE": _SPACE}


class Unsupported(Exception):
    """The expression uses something that no grammar has: a look-around, a back-reference, a boundary of words."""


def pattern_rule(pattern: str, anything: str) -> str:
    """The right-hand side of a rule for the strings in which `pattern` is found, without their quotation marks.

    anything: the name of the rule for any single character, written before and after a pattern that is not anchored.
    Raises Unsupported, also for what is no regular expression.
    """
    try:
        parsed = list(import_module("re._parser").parse(pattern))  # the parser behind `re`, which has no public name
    except Exception as error:  # of a private module, so of unknown kind
        raise Unsupported from error
    begins = bool(parsed) and _at(parsed[0], "AT_BEGINNING", "AT_BEGINNING_STRING")
    ends = len(parsed) > begins and _at(parsed[-1], "AT_END", "AT_END_STRING")
    inner = parsed[begins : len(parsed) - ends]
    parts = [] if begins else [f"{anything}*"]
    parts += [_sequence(inner)] if inner else []
    parts += [] if ends else [f"{anything}*"]
    return " ".join(parts) or '""'


def _at(node: Any, *places: str) -> bool:
    return _name(node[0]) == "AT" and _name(node[1]) in places


def _name(code: object) -> str:
    return str(code)


def _sequence(nodes: Iterable[Any]) -> str:
    return " ".join(_node(_name(code), value) for code, value in nodes) or '""'


def _node(code: str, value: Any) -> str:
    match code:
        case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY":
            return _characters(_ranges(code, value))
        case "SUBPATTERN":
            _group, added, removed, inner = value
            if added or removed:
                raise Unsupported
            return f"({_sequence(inner)})"
        case "BRANCH":
            return "(" + " | ".join(_sequence(branch) for branch in value[1]) + ")"
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeated(*value)
        case _:
            raise Unsupported


def _repeated(least: int, most: Any, inner: Iterable[Any]) -> str:
    bounded = _name(most) != "MAXREPEAT"
    if least > MAX_REPEAT or (bounded and most > MAX_REPEAT):
        raise Unsupported
    return f"({_sequence(inner)})" + (f"{{{least},{most}}}" if bounded else {0: "*", 1: "+"}.get(least, f"{{{least},}}"))


def _ranges(code: str, value: Any) -> Ranges:
    match code:
        case "LITERAL":
            return ((value, value),)
        case "NOT_LITERAL":
            return _without(((value, value),))
        case "ANY":
            return _without(_NO_DOT)
        case _:
            negated = _name(value[0][0]) == "NEGATE"
            members = _union([_member(_name(each), what) for each, what in value[negated:]])
            return _without(members) if negated else members


def _member(code: str, value: Any) -> Ranges:
    match code:
        case "LITERAL":
            return ((value, value),)
        case "RANGE":
            return ((value[0], value[1]),)
        case "CATEGORY":
            kind = _name(value).removeprefix("CATEGORY_")
            known = _CATEGORIES.get(kind.removeprefix("NOT_"))
            if known is None:
                raise Unsupported
            return _without(known) if kind.startswith("NOT_") else known
        case _:
            raise Unsupported


def _characters(ranges: Ranges) -> str:
    """GBNF for one of these characters as JSON writes it."""
    plain = _common(ranges, _RAW)
    written = [_bracket(plain)] if plain else []
    for point, escape in _ESCAPES.items():
        if any(low <= point <= high for low, high in ranges):
            written.append(literal(escape))
    if not written:
        raise Unsupported
    return written[0] if len(written) == 1 else "(" + " | ".join(written) + ")"


def _bracket(ranges: Ranges) -> str:
    return "[" + "".join(_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in ranges) + "]"


def _point(code: int) -> str:
    if chr(code).isascii() and chr(code).isalnum():
        return chr(code)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def literal(text: str) -> str:
    """`text` as a GBNF terminal."""
    return '"' + "".join(_point(ord(character)) if character in '"\\\n\r\t' else character for character in text) + '"'


def _without(ranges: Ranges) -> Ranges:
    """Every other code point."""
    found, start = [], 0
    for low, high in ranges:
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)


def _union(sets: Sequence[Ranges]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for low, high in sorted(each for ranges in sets for each in ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def _common(one: Ranges, other: Ranges) -> Ranges:
    crossed = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted(each for each in crossed if each[0] <= each[1]))
