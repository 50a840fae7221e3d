"""Makes one example for a schema, or none: what is made is always admitted by it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from photon.openapi.examples.admits import Direction, Judge, Resolve
from photon.openapi.examples.named import number_named, text_named, truth_named
from photon.openapi.examples.patterns import matching
from photon.openapi.schemas import Version

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value is wanted: under which name, of what, how deep, and the how manieth of its kind, from 0."""

    name: str
    owner: str = ""
    depth: int = 0
    turn: int = 0

    def within(self, *, name: str | None = None, turn: int | None = None) -> _Spot:
        """One level deeper, for the same thing."""
        return replace(
            self, depth=self.depth + 1, name=self.name if name is None else name, turn=self.turn if turn is None else turn
        )

    def inner(self, name: str) -> _Spot:
        """A property of it."""
        return _Spot(name, self.name, self.depth + 1)


class _Nothing:
    """No example, which is not the example null."""


NOTHING: Final = _Nothing()
_MAX_DEPTH = 12
_MAX_ITEMS = 12
_MAX_VALUES = 2_000
"""So many values are tried for one example; a schema that branches without end would be tried for ever."""
_LONGEST_TEXT = 400
_TIGHTER = {"minimum": max, "minLength": max, "minItems": max, "maximum": min, "maxLength": min, "maxItems": min}


class Maker:
    """Makes examples for the schemas of one document; the same ones each time."""

    def __init__(self, version: Version, resolve: Resolve) -> None:
        self._version = version
        self._resolve = resolve
        self._judge = Judge(resolve, version)
        self._left = 0
        self._open: list[str] = []

    def example(self, schema: Any, name: str, direction: Direction = "", facts: Mapping[str, Any] | None = None) -> Any:
        """An example of `schema` for something called `name`, or NOTHING.

        direction: a request has nothing that is readOnly, a response nothing that is writeOnly. facts: values for properties of
        the outermost object where they fit, by name.
        """
        self._judge = Judge(self._resolve, self._version, direction)
        self._left, self._open = _MAX_VALUES, []
        value = self._value(schema, _Spot(name))
        if isinstance(value, dict) and facts:
            better = {**value, **{key: facts[key] for key in value if key in facts}}
            value = better if self._admits(schema, better) else value
        return value

    def _admits(self, schema: Any, value: Any) -> bool:
        return self._judge.admits(schema, value) is True

    def _value(self, schema: Any, spot: _Spot) -> Any:
        """The first candidate that the schema admits."""
        if schema is True:
            schema = {}
        if not isinstance(schema, Mapping) or spot.depth > _MAX_DEPTH or self._left <= 0:
            return NOTHING
        for candidate in self._candidates(schema, spot):
            self._left -= 1
            if candidate is not NOTHING and self._admits(schema, candidate):
                return candidate
            if self._left <= 0:
                break
        return NOTHING

    def _candidates(self, schema: Schema, spot: _Spot) -> Iterator[Any]:
        yield from _given(schema, spot.turn)
        if isinstance(schema.get("$ref"), str):
            yield self._referred(schema["$ref"], spot)
        elif isinstance(schema.get("allOf"), list) and schema["allOf"]:
            merged = self._merged(schema, spot.depth)
            if merged is not None and spot.depth <= _MAX_DEPTH:
                yield from self._candidates(merged, spot.within())
        elif members := next((schema[word] for word in ("oneOf", "anyOf") if isinstance(schema.get(word), list)), None):
            yield from self._of_members(schema, members, spot)
        else:
            yield from self._typed(schema, spot)

    def _referred(self, reference: str, spot: _Spot) -> Any:
        """Nothing inside of what it leads to itself: a property that is left out ends the recursion, or an empty list does."""
        if reference in self._open:
            return NOTHING
        self._open.append(reference)
        value = self._value(self._resolve(reference), spot.within(name=spot.name or _last(reference)))
        self._open.pop()
        return value

    # -- several schemas ----------------------------------------------------------------------------------------------

    def _merged(self, schema: Schema, depth: int) -> dict[str, Any] | None:
        """What ``allOf`` says together, as one schema: properties of all, tighter limits; None where that is not certain."""
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for member in schema["allOf"]:
            part = self._plain(member, depth)
            if part is None:
                return None
            for key, value in part.items():
                merged[key] = _together(key, merged[key], value) if key in merged else value
        return merged

    def _plain(self, schema: Any, depth: int) -> Schema | None:
        for _ in range(10):
            if not isinstance(schema, Mapping):
                return None
            if not isinstance(schema.get("$ref"), str):
                break
            schema = self._resolve(schema["$ref"])
        else:
            return None
        if isinstance(schema.get("allOf"), list):
            return self._merged(schema, depth + 1) if depth < _MAX_DEPTH else None
        return dict(schema)

    def _of_members(self, schema: Schema, members: list[Any], spot: _Spot) -> Iterator[Any]:
        """Each member in its turn, with what stands beside ``oneOf``; null comes last."""
        beside = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf", "discriminator", "nullable")}
        for member in sorted(members, key=_is_null):
            value = self._value(member, spot.within())
            if isinstance(value, dict):
                if _SHAPES & beside.keys() and isinstance(base := self._value(beside, spot.within()), dict):
                    value = {**base, **value}
                value |= _discriminated(schema, member)
            yield value

    # -- one type -----------------------------------------------------------------------------------------------------

    def _typed(self, schema: Schema, spot: _Spot) -> Iterator[Any]:
        kinds = schema.get("type")
        for kind in sorted(kinds, key=lambda each: each == "null") if isinstance(kinds, list) else [kinds or _implied(schema)]:
            match kind:
                case "object":
                    yield self._object(schema, spot)
                case "array":
                    yield self._array(schema, spot)
                case "string":
                    yield from _texts(schema, spot)
                case "integer" | "number":
                    yield from _numbers(schema, spot, kind == "integer")
                case "boolean":
                    yield from (truth_named(spot.name), not truth_named(spot.name))
                case "null":
                    yield None
                case None:
                    yield text_named(spot.name, turn=spot.turn, owner=spot.owner)
        if schema.get("nullable") is True and self._version == "3.0":
            yield None

    def _object(self, schema: Schema, spot: _Spot) -> Any:
        properties = schema["properties"] if isinstance(schema.get("properties"), Mapping) else {}
        required = [each for each in schema.get("required") or () if isinstance(each, str)]
        values: dict[str, Any] = {}
        for key, each in properties.items():
            if self._judge.hides(each) or (_is_raw(each) and key not in required):
                continue
            value = self._value(each, spot.inner(key))
            if value is NOTHING and key in required:
                return NOTHING
            values |= {key: value} if value is not NOTHING else {}
        for key in required:  # named nowhere else
            if key not in properties:
                values |= {key: self._value(schema.get("additionalProperties", {}), spot.inner(key))}
        least = schema["minProperties"] if isinstance(schema.get("minProperties"), int) else 0
        more = schema.get("additionalProperties")
        wanted = max(least - len(values), 1 if isinstance(more, Mapping) and not values else 0)
        for place in range(min(wanted, _MAX_ITEMS)):
            values[f"key{place + 1}"] = self._value({} if more is None else more, spot.within(turn=place))
        return values if NOTHING not in values.values() else {key: each for key, each in values.items() if each is not NOTHING}

    def _array(self, schema: Schema, spot: _Spot) -> Any:
        """One item, or as many as there must be; none where no item can be made."""
        first = schema["prefixItems"] if isinstance(schema.get("prefixItems"), list) else []
        least = schema["minItems"] if isinstance(schema.get("minItems"), int) else 0
        count = max(least, 1, len(first))
        if isinstance(schema.get("maxItems"), int):
            count = min(count, schema["maxItems"])
        if count > _MAX_ITEMS:
            return NOTHING
        kinds = [first[place] if place < len(first) else schema.get("items", {}) for place in range(count)]
        values = [self._value(kind, spot.within(turn=place)) for place, kind in enumerate(kinds)]
        made = next((place for place, value in enumerate(values) if value is NOTHING), len(values))
        return values[:made]


_SHAPES = frozenset(("properties", "required", "type", "allOf"))


def _given(schema: Schema, turn: int) -> Iterator[Any]:
    """What the author wrote down already."""
    if "example" in schema:
        yield schema["example"]
    listed = schema.get("examples")
    if isinstance(listed, list):
        yield from listed[turn : turn + 1] or listed[:1]
    if "const" in schema:
        yield schema["const"]
    values = schema.get("enum")
    if isinstance(values, list):
        present = [value for value in values if value is not None] or values
        yield from present[turn % len(present) :][:1] if present else ()
        yield from present[:50]
    if schema.get("default") is not None:
        yield schema["default"]


def _texts(schema: Schema, spot: _Spot) -> Iterator[str]:
    kind = str(schema.get("format") or "")
    if _is_raw(schema):
        return
    if schema.get("contentEncoding") == "base64":
        kind = "byte"
    if schema.get("contentMediaType") == "application/jwt":
        kind = "jwt"
    text = text_named(spot.name, kind, spot.turn, spot.owner)
    yield text
    low, high = (schema.get(key) if isinstance(schema.get(key), int) else None for key in ("minLength", "maxLength"))
    if isinstance(schema.get("pattern"), str):
        if not kind or kind in ("password", "phone"):
            yield from filter(None, (matching(schema["pattern"], max(low or 0, extra)) for extra in (0, 8)))
            yield from ("Correct-Horse-7", "a", "A1")
        return
    if kind:
        return  # of another length it would not be of its format
    if high is not None and len(text) > high:
        yield from _shorter(text, high)
    if low is not None and len(text) < low <= _LONGEST_TEXT:
        yield (text + " and so on" * low)[:low].rstrip().ljust(low, "x")


def _shorter(text: str, high: int) -> Iterator[str]:
    words = text.split()
    yield from (" ".join(words[:count]) for count in range(len(words), 0, -1))
    yield text[:high].rstrip()
    yield text[:high]


def _numbers(schema: Schema, spot: _Spot, whole: bool) -> Iterator[float]:
    turn = spot.turn
    value = number_named(spot.name, turn)
    value = int(value) if whole or float(value).is_integer() else value
    yield value
    low, high = (_limit(schema, key) for key in ("minimum", "maximum"))
    over, under = (_limit(schema, key) for key in ("exclusiveMinimum", "exclusiveMaximum"))
    step = (
        schema["multipleOf"] if isinstance(schema.get("multipleOf"), int | float) and schema["multipleOf"] is not True else None
    )
    for edge, toward in ((low, 1), (high, -1), (over, 1), (under, -1)):
        if edge is not None:
            rounded = (math.ceil if toward > 0 else math.floor)(edge)
            yield from (rounded + turn * toward, rounded + (turn + 1) * toward, rounded)
            if not whole:
                yield edge
    if not whole:
        lowest, highest = (next((each for each in pair if each is not None), None) for pair in ((low, over), (high, under)))
        if lowest is not None and highest is not None:
            yield (lowest + highest) / 2
    if step:
        base = low if low is not None else over if over is not None else 0
        times = math.floor(base / step) if abs(base / step) < 1e15 else 0
        yield from ((times + count + turn) * step for count in range(4))
        yield from ((times - count) * step for count in range(1, 3))


def _limit(schema: Schema, key: str) -> float | None:
    value = schema.get(key)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e18
    return value if fits else None


def _together(key: str, one: Any, other: Any) -> Any:
    """What two schemas say under one keyword, in one."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and key == "properties":
        shared = {name: {"allOf": [one[name], other[name]]} for name in one if name in other and one[name] != other[name]}
        return {**other, **one, **shared}
    if isinstance(one, list) and isinstance(other, list) and key == "required":
        return [*one, *(each for each in other if each not in one)]
    if key in _TIGHTER and all(isinstance(each, int | float) for each in (one, other)):
        return _TIGHTER[key](one, other)
    return one


def _implied(schema: Schema) -> str | None:
    """The type that a schema without one is about."""
    for kind, words in (
        ("object", ("properties", "additionalProperties", "required", "minProperties")),
        ("array", ("items", "prefixItems", "minItems")),
        ("string", ("pattern", "format", "minLength", "maxLength", "contentMediaType", "contentEncoding")),
        ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
    ):
        if any(word in schema for word in words):
            return kind
    return None


def _is_raw(schema: Any) -> bool:
    """Bytes as they are, which no example in a text can show."""
    if not isinstance(schema, Mapping):
        return False
    media_type = schema.get("contentMediaType")
    is_bytes = isinstance(media_type, str) and "contentEncoding" not in schema and schema.get("type") is None
    return schema.get("format") == "binary" or is_bytes


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("enum") == [None])


def _discriminated(schema: Schema, member: Any) -> dict[str, str]:
    """The property that tells which member it is (OpenAPI 3.1, section 4.8.25)."""
    told = schema.get("discriminator")
    reference = member.get("$ref") if isinstance(member, Mapping) else None
    if not isinstance(told, Mapping) or not isinstance(told.get("propertyName"), str) or not isinstance(reference, str):
        return {}
    mapping = told["mapping"] if isinstance(told.get("mapping"), Mapping) else {}
    word = next((key for key, target in mapping.items() if target in (reference, _last(reference))), _last(reference))
    return {told["propertyName"]: str(word)}


def _last(reference: str) -> str:
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
