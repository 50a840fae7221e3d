"""A small document that a JSON Schema admits, for the fake provider and for trying things out without any model."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from math import ceil, floor
from typing import Any, Final

from photon.providers.schema.shapes import ANYTHING, Schema, Shapes, TooComplex

_DEPTH: Final = 4
"""Levels down to which properties are filled in that are not required."""

_FORMATS: Final[Mapping[str, str]] = {
    "date": "2024-01-31",
    "time": "12:30:00Z",
    "date-time": "2024-01-31T12:30:00Z",
    "duration": "P1D",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


def example(schema: Schema) -> Any:
    """A document with all listed properties and as few items as are allowed. The same one each time.

    It is valid for schemas of the usual kind; what needs thought (not, if, contains, a pattern with a look-around) may not
    be met. None for a schema that admits nothing.
    """
    try:
        return _Example(schema).of(schema, 0)
    except (TooComplex, RecursionError, TypeError, ValueError):
        return None


class _Example:
    def __init__(self, schema: Schema) -> None:
        self._shapes = Shapes(schema)

    def of(self, schema: object, depth: int) -> Any:
        """The simplest of what may stand here: deep down, what has nothing in it."""
        shapes = self._shapes.of(schema)
        if depth >= _DEPTH:
            shapes = sorted(shapes, key=lambda shape: shape.get("type") in ("object", "array"))
        return self._shape(shapes[0], depth) if shapes else None

    def _shape(self, shape: Schema, depth: int) -> Any:
        if "const" in shape or "enum" in shape:
            return shape["const"] if "const" in shape else shape["enum"][0]
        kind = shape.get("type")
        if kind in ("object", "array"):
            return (self._object if kind == "object" else self._array)(shape, depth + 1)
        if kind in ("integer", "number"):
            return _number(kind, shape)
        return {"boolean": True, "null": None}[kind] if kind in ("boolean", "null") else _string(shape)

    def _object(self, shape: Schema, depth: int) -> dict[str, Any]:
        listed, required = shape.get("properties") or {}, shape.get("required") or ()
        names = [name for name, each in listed.items() if name in required or (depth < _DEPTH and self._shapes.of(each))]
        names += [name for name in required if name not in listed]
        names = names[: max(len(required), shape.get("maxProperties", len(names)))]
        return {name: self.of(listed.get(name, ANYTHING), depth) for name in names}

    def _array(self, shape: Schema, depth: int) -> list[Any]:
        first, items = list(shape.get("prefixItems") or ()), shape.get("items", ANYTHING)
        usual = 1 if depth < _DEPTH and shape.get("maxItems", 1) and self._shapes.of(items) else 0
        count = max(shape.get("minItems", usual), len(first) if depth < _DEPTH else 0)
        made = [self.of(each, depth) for each in [*first, *[items] * (count - len(first))][:count]]
        return _distinct(made) if shape.get("uniqueItems") else made


def _distinct(values: list[Any]) -> list[Any]:
    """Strings and numbers made different by their place."""
    return [
        f"{value}{place}" if isinstance(value, str) and place else value + place if type(value) in (int, float) else value
        for place, value in enumerate(values)
    ]


def _string(shape: Schema) -> str:
    text = _FORMATS.get(str(shape.get("format")), "text")
    if "pattern" in shape:
        text = _matching(str(shape["pattern"]))
    return text.ljust(shape.get("minLength", 0), "x")[: shape.get("maxLength")]


def _matching(pattern: str) -> str:
    """The shortest text that a plain regular expression matches."""
    try:
        parsed = import_module("re._parser").parse(pattern)  # the parser behind `re`, which has no public name
    except Exception:  # of a private module, so of unknown kind
        return ""
    return "".join(_least(str(code), value) for code, value in parsed)


def _least(code: str, value: Any) -> str:
    match code:
        case "LITERAL":
            return chr(value)
        case "IN":
            return _member(str(value[0][0]), value[0][1], value)
        case "ANY" | "NOT_LITERAL":
            return "x"
        case "SUBPATTERN" | "BRANCH":
            return "".join(_least(str(each), what) for each, what in (value[3] if code == "SUBPATTERN" else value[1][0]))
        case "MAX_REPEAT" | "MIN_REPEAT":
            return "".join(_least(str(each), what) for each, what in value[2]) * int(value[0])
    return ""


def _member(code: str, value: Any, members: Any) -> str:
    match code:
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case "CATEGORY":
            return {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " "}.get(str(value), "a")
        case _:  # what is excluded: something else
            return next((letter for letter in "a0 _-" if letter not in str(members)), "~")


def _number(kind: str, shape: Schema) -> Any:
    """The least number allowed that is not below 0, else the greatest one."""
    step = shape.get("multipleOf", 1)
    low = max(shape.get("minimum", -1), shape.get("exclusiveMinimum", -1), 0)
    found = ceil(low / step) * step
    if found == shape.get("exclusiveMinimum"):
        found += step
    high = shape.get("maximum", found)
    if "exclusiveMaximum" in shape and found >= shape["exclusiveMaximum"]:
        high = min(high, shape["exclusiveMaximum"] - (step if kind == "integer" else step / 2))
    return found if found <= high else (floor(high / step) * step if kind == "integer" else high)
