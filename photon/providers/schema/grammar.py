"""A JSON Schema as a GBNF grammar for llama.cpp.

The layout is fixed, that of ``json.dumps``: one line, one space after each comma and colon, for a small model that may write
white space writes it for ever. Objects have their listed properties in the order of the schema, and further ones only where
``additionalProperties`` says so. What a grammar cannot say (uniqueItems, multipleOf, not, if) is left out: it admits more.
llama-cpp-python's own converter is not used: it stops at an unknown format or a reference that ends in a number, takes two
references with the same last word for one, admits any white space, and never reads maximum and minimum.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from photon.providers.schema.pattern import MAX_REPEAT, Unsupported, literal, pattern_rule
from photon.providers.schema.shapes import ANYTHING, Schema, Shapes, TooComplex

_RULES: Final = r"""
value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" (string ": " value (", " string ": " value)*)? "}"
array ::= "[" (value (", " value)*)? "]"
string ::= "\"" char* "\""
char ::= [^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CefEF] hex hex hex | [dD] [0-7] hex hex))
hex ::= [0-9a-fA-F]
number ::= integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?
integer ::= "-"? natural
natural ::= "0" | [1-9] [0-9]{0,14}
positive ::= natural ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?
"""

_DATE: Final = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
_TIME: Final = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,9})?'
_ZONE: Final = '("Z" | [-+] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])'
_FORMATS: Final[Mapping[str, str]] = {
    "date": _DATE,
    "time": f"{_TIME} {_ZONE}",
    "date-time": f'{_DATE} "T" {_TIME} {_ZONE}',
    "uuid": 'hex{8} "-" hex{4} "-" hex{4} "-" hex{4} "-" hex{12}',
    "ipv4": '[0-9]{1,3} "." [0-9]{1,3} "." [0-9]{1,3} "." [0-9]{1,3}',
    "email": '[A-Za-z0-9._%+-]{1,64} "@" [A-Za-z0-9-]{1,63} ("." [A-Za-z0-9-]{1,63}){1,4}',
}

_SIMPLE: Final[Mapping[str, str]] = {"boolean": '"true" | "false"', "null": '"null"'}

_SPAN: Final = 256
"""Whole numbers in a range up to this size are listed, so that the bounds hold."""

_LENGTH: Final = 200_000
"""Characters of a grammar; a longer one takes llama.cpp seconds to read."""


@lru_cache(maxsize=8)
def _grammar(canonical: str) -> str:
    schema = json.loads(canonical)
    try:
        return _Grammar(schema).text()
    except (TooComplex, RecursionError, TypeError, ValueError):  # whatever was wrong, validation will say it better
        return f"root ::= {'object' if schema.get('type') == 'object' else 'value'}{_RULES}"


def schema_grammar(schema: Schema) -> str:
    """GBNF for the documents of `schema`; for any document at all where it is too complex. Its first rule is ``root``."""
    return _grammar(json.dumps(dict(schema)))


class _Grammar:
    """The rules that were written so far; each schema has one, however often it is met."""

    def __init__(self, schema: Schema) -> None:
        self._shapes = Shapes(schema)
        self._names: dict[str, str] = {}
        self._rules: dict[str, str] = {}
        self._root = schema

    def text(self) -> str:
        root = self._named(self._root)
        text = "\n".join([f"root ::= {root}", *(f"{name} ::= {rule}" for name, rule in self._rules.items())])
        if len(text) > _LENGTH:
            raise TooComplex
        return text + _RULES

    def _named(self, schema: object) -> str:
        """The name of the rule for `schema`, which is written first if need be."""
        key = json.dumps(schema)
        if key not in self._names:
            name = self._names[key] = f"r{len(self._names)}"
            shapes = self._shapes.of(schema)
            if not shapes:
                raise TooComplex  # nothing may stand here, and no grammar says that
            self._rules[name] = " | ".join(self._shape(shape) for shape in shapes)
        return self._names[key]

    def _add(self, rule: str) -> str:
        name = f"p{len(self._rules)}"
        self._rules[name] = rule
        return name

    def _shape(self, shape: Schema) -> str:
        if "const" in shape or "enum" in shape:
            return " | ".join(map(_constant, [shape["const"]] if "const" in shape else shape["enum"])) or "value"
        kind = shape.get("type")
        if kind in ("object", "array"):
            return (self._object if kind == "object" else self._array)(shape)
        if kind in ("integer", "number"):
            return _number(kind, shape)
        return _string(shape) if kind == "string" else _SIMPLE.get(str(kind), "value")

    def _object(self, shape: Schema) -> str:
        listed: dict[str, object] = dict(shape.get("properties") or {})
        required = list(shape.get("required") or ())
        further = self._further(shape)
        properties = listed | {name: ANYTHING for name in required if name not in listed}
        if not properties and further is None:
            return '"{}"' if shape.get("additionalProperties") is False else "object"
        pairs = {
            name: f"{literal(json.dumps(name, ensure_ascii=False) + ': ')} {self._named(each)}"
            for name, each in properties.items()
            if name in required or self._shapes.of(each)
        }
        return '"{" ' + self._members(pairs, set(required), further) + ' "}"'

    def _members(self, pairs: Mapping[str, str], required: set[str], further: str | None) -> str:
        """The members in their order, from the last one backwards: first those that stand behind others, then those that
        may be the first."""
        behind, first = '""', '""'
        if further:
            behind = self._add(f'(", " {further})*')
            first = self._add(f'({further} (", " {further})*)?')
        for name, pair in reversed(list(pairs.items())):
            if name in required:
                first = self._add(f"{pair} {behind}")
                behind = self._add(f'", " {pair} {behind}')
            else:
                first = self._add(f"{pair} {behind} | {first}")
                behind = self._add(f'(", " {pair})? {behind}')
        return first

    def _further(self, shape: Schema) -> str | None:
        """A member that is not listed; None where there are no such."""
        patterns = shape.get("patternProperties") or {}
        more = shape.get("additionalProperties", False)
        if not patterns and (more is False or not self._shapes.of(more)):
            return None
        pairs = [f"{_string({'pattern': pattern})} {literal(': ')} {self._named(each)}" for pattern, each in patterns.items()]
        if more is not False:
            pairs.append(f"string {literal(': ')} {self._named(more)}")
        return "(" + " | ".join(pairs) + ")"

    def _array(self, shape: Schema) -> str:
        first = list(shape.get("prefixItems") or ())
        items = shape.get("items", ANYTHING)
        least, most = shape.get("minItems", 0), shape.get("maxItems")
        if most == 0 or (not first and not self._shapes.of(items)):
            return '"[]"'
        if first:
            return self._tuple(first, items, least)
        item = self._named(items)
        more = f'(", " {item})' + _times(max(0, least - 1), None if most is None else most - 1)
        return f'"[" {item} {more} "]"' if least else f'"[" ({item} {more})? "]"'

    def _tuple(self, first: list[object], items: object, least: int) -> str:
        """The items that have a schema each, as many as have to be there, then more of them, then any."""
        rest = f'(", " {self._named(items)})*' if self._shapes.of(items) else '""'
        for place in range(len(first) - 1, -1, -1):
            item = f"{literal(', ') if place else literal('')} {self._named(first[place])} {rest}"
            rest = self._add(item if place < least else f"({item})?")
        return f'"[" {rest} "]"'


def _constant(value: Any) -> str:
    return literal(json.dumps(value, ensure_ascii=False))


def _string(shape: Schema) -> str:
    inner = "char" + _times(shape.get("minLength", 0), shape.get("maxLength"))
    if "pattern" in shape:
        with suppress(Unsupported):
            inner = pattern_rule(str(shape["pattern"]), "char")
    elif shape.get("format") in _FORMATS and not {"minLength", "maxLength"} & shape.keys():
        inner = _FORMATS[shape["format"]]
    return f'"\\"" ({inner}) "\\""'


def _times(least: int, most: int | None) -> str:
    """A repetition, without a bound that llama.cpp would not write out."""
    least = min(least, MAX_REPEAT)
    if most is not None and most <= MAX_REPEAT:
        return f"{{{least},{max(least, most)}}}"
    return {0: "*", 1: "+"}.get(least, f"{{{least},}}")


def _number(kind: str, shape: Schema) -> str:
    low, high = _bounds(kind, shape)
    negative = low is None or low < 0
    if kind == "number":
        return "number" if negative else "positive"
    if low is not None and high is not None and high - low <= _SPAN:
        step = shape.get("multipleOf", 1)
        return " | ".join(literal(str(each)) for each in range(low, high + 1) if each % step == 0) or "integer"
    if low is not None and high is not None and max(abs(low), abs(high)) < 10**15:
        digits = len(str(max(abs(low), abs(high))))
        natural = f'"0" | [1-9] [0-9]{{0,{digits - 1}}}'
        return f'"-"? ({natural})' if negative else natural
    return "integer" if negative else "natural"


def _bounds(kind: str, shape: Schema) -> tuple[int | None, int | None]:
    """The least and the greatest whole number; for other numbers only the sign of the least one is of use."""
    from math import ceil, floor

    above, below = shape.get("exclusiveMinimum"), shape.get("exclusiveMaximum")
    lows = [ceil(shape["minimum"]) if kind == "integer" else floor(shape["minimum"])] if "minimum" in shape else []
    highs = [floor(shape["maximum"])] if "maximum" in shape else []
    if above is not None:
        lows.append(floor(above) + 1 if kind == "integer" else floor(above))
    if below is not None:
        highs.append(ceil(below) - 1)
    return max(lows, default=None), min(highs, default=None)
