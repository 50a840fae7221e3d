"""Rules on what limits a value: bounds, lengths, and which of them go with which type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import types_of

_PAIRS: Final = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
_TYPES: Final = {"object", "array", "string", "number", "integer", "boolean", "null"}
_FOR_STRINGS: Final = ("minLength", "maxLength", "pattern")
_FOR_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_FOR_ARRAYS: Final = ("minItems", "maxItems", "uniqueItems")
_FOR_OBJECTS: Final = ("minProperties", "maxProperties")
_BELONGS: Final = {
    **dict.fromkeys(_FOR_STRINGS, ("string",)),
    **dict.fromkeys(_FOR_NUMBERS, ("number", "integer")),
    **dict.fromkeys(_FOR_ARRAYS, ("array",)),
    **dict.fromkeys(_FOR_OBJECTS, ("object",)),
}


@rule(
    id="exclusive-bound",
    subject="schema",
    keys=("exclusiveMinimum", "exclusiveMaximum"),
    severity="error",
    summary="An exclusive bound is written as in another version of OpenAPI.",
    explanation="In 3.0 `exclusiveMinimum: true` says that `minimum` itself is excluded; since 3.1 `exclusiveMinimum: 0` is "
    "the bound. Each is meaningless in the other.",
    wrong="type: integer\nexclusiveMinimum: true\nminimum: 0",
    right="type: integer\nexclusiveMinimum: 0",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def exclusive_bound(visit: Visit) -> Iterator[Problem]:
    """Wrong and right above are those of 3.1. Mended where nothing else stands in the way."""
    old = visit.document.version == "3.0"
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        found = visit.value.get(key)
        if key not in visit.value or (isinstance(found, bool) == old and isinstance(found, int | float)):
            continue
        wanted = f"true or false in OpenAPI 3.0: the bound itself is {plain!r}" if old else "a number since OpenAPI 3.1"
        yield Problem(f"{key!r} is {wanted}", (key,), on_key=False, fixes=_bound_fixes(visit, key, plain))


def _bound_fixes(visit: Visit, key: str, plain: str) -> tuple[Fix, ...]:
    at, found, bound = visit.pointer, visit.value[key], visit.value.get(plain)
    if found is False:
        return (Fix("remove", (*at, key)),)
    if found is True:
        return (Fix("set", (*at, key), bound), Fix("remove", (*at, plain))) if isinstance(bound, int | float) else ()
    if isinstance(found, int | float) and plain not in visit.value:
        return (Fix("set", (*at, key), True), Fix("set", (*at, plain), found))
    return ()


@rule(
    id="no-mixed-number-range-constraints",
    subject="schema",
    keys=("exclusiveMinimum", "exclusiveMaximum"),
    severity="warning",
    summary="A number has a bound and an exclusive bound on the same side.",
    explanation="Both hold, so one of them says nothing. Since 3.1 each is a bound of its own.",
    wrong="type: integer\nminimum: 1\nexclusiveMinimum: 0",
    right="type: integer\nminimum: 1",
    redocly="no-mixed-number-range-constraints",
    versions=("3.1", "3.2"),
)
def no_mixed_number_range_constraints(visit: Visit) -> Iterator[Problem]:
    """Numbers alone: a boolean has its own rule."""
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if _is_number(visit.value.get(key)) and _is_number(visit.value.get(plain)):
            yield Problem(f"{plain!r} and {key!r} stand side by side", (key,))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@rule(
    id="range-order",
    subject="schema",
    keys=("minimum", "minLength", "minItems", "minProperties", "multipleOf", "exclusiveMinimum"),
    severity="error",
    summary="A lower bound is above the upper one.",
    explanation="No value is both at least 10 and at most 5, so nothing is valid. The two were mostly mixed up. `multipleOf` "
    "must be above 0.",
    wrong="type: integer\nminimum: 10\nmaximum: 5",
    right="type: integer\nminimum: 5\nmaximum: 10",
)
def range_order(visit: Visit) -> Iterator[Problem]:
    """Of numbers, lengths, items and properties."""
    value = visit.value
    for low, high in _PAIRS:
        if _is_number(value.get(low)) and _is_number(value.get(high)) and value[low] > value[high]:
            yield Problem(f"{low!r} is {value[low]} and {high!r} is {value[high]}: nothing is both", (low,))
    if _is_number(value.get("multipleOf")) and value["multipleOf"] <= 0:
        yield Problem("'multipleOf' must be above 0", ("multipleOf",), on_key=False)


@rule(
    id="keyword-type",
    subject="schema",
    keys=tuple(_BELONGS),
    severity="info",
    summary="A limit is one for another type.",
    explanation="`minLength` counts the characters of a string and says nothing about a number; the limit that was meant is "
    "another: `minimum`.",
    wrong="type: integer\nminLength: 1",
    right="type: integer\nminimum: 1",
)
def keyword_type(visit: Visit) -> Iterator[Problem]:
    """By the types that the schema itself has."""
    types = types_of(visit.value)
    for key in visit.value if types and set(types) <= _TYPES else ():
        if key in _BELONGS and not set(types) & set(_BELONGS[key]):
            yield Problem(f"{key!r} says nothing about a {' or '.join(types)}", (key,))
