"""Whether a schema admits a value, in both dialects of OpenAPI: yes, no, or None where that is not known here.

Not a validator for users: it judges the few values that code has made, so that none is shown that another tool would refuse.
What it does not know (a keyword, a pattern that may take for ever, a reference into nowhere) makes it unsure, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from photon.openapi.examples.patterns import matches
from photon.openapi.schemas import Version
from photon.sketch.defaults import fit_default
from photon.sketch.model import Default, Scalar

Direction = Literal["request", "response", ""]
Resolve = Callable[[str], Any]
"""What a ``$ref`` leads to; None where it leads nowhere."""

Inner = Callable[[Any, Any], bool | None]
_MAX_DEPTH = 40
_UNSURE = frozenset(
    """
    if then else dependentSchemas dependentRequired dependencies patternProperties propertyNames contains unevaluatedProperties
    unevaluatedItems contentSchema $dynamicRef $recursiveRef additionalItems
    """.split()
)
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "boolean": (bool,), "null": (type(None),), "number": (int, float),
    "integer": (int,),
}  # fmt: skip

_FORMATS = {
    "uuid": "uuid", "date": "date", "date-time": "datetime", "time": "time", "duration": "duration", "email": "email",
    "uri": "uri", "url": "uri", "ipv4": "ipv4", "ipv6": "ipv6", "byte": "bytes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judge:
    """direction: a request lacks what is readOnly, a response what is writeOnly."""

    resolve: Resolve
    version: Version
    direction: Direction = ""

    def admits(self, schema: Any, value: Any, depth: int = 0) -> bool | None:
        """Whether `value` is one of `schema`."""
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return None
        if isinstance(schema.get("$ref"), str):
            beside = {key: each for key, each in schema.items() if key != "$ref"} if self.version != "3.0" else True
            return _all(self.admits(each, value, depth + 1) for each in (self.resolve(schema["$ref"]), beside))
        if value is None and self.version == "3.0" and schema.get("nullable") is True and "type" in schema:
            return _has(schema["enum"], None) if isinstance(schema.get("enum"), list) else _known(schema)

        def inner(kind: Any, part: Any) -> bool | None:
            return self.admits(kind, part, depth + 1)

        verdicts = [*_plain(schema, value), *_combined(schema, value, inner)]
        if False not in verdicts and isinstance(value, dict):
            verdicts += self._members(schema, value, inner)
        if False not in verdicts and isinstance(value, list):
            verdicts += _items(schema, value, inner)
        return _all((*verdicts, _known(schema)))

    def _members(self, schema: Mapping[str, Any], value: dict[str, Any], inner: Inner) -> Iterator[bool | None]:
        properties = schema["properties"] if isinstance(schema.get("properties"), Mapping) else {}
        required = schema["required"] if isinstance(schema.get("required"), list) else []
        yield from (name in value or self.hides(properties.get(name)) for name in required if isinstance(name, str))
        yield from (inner(properties[name], part) for name, part in value.items() if name in properties)
        more = schema.get("additionalProperties", True)
        if more is not True:
            yield from (inner(more, part) for name, part in value.items() if name not in properties)

    def hides(self, schema: Any) -> bool:
        """Whether a property is left out (OpenAPI 3.0.3, Schema Object: readOnly and writeOnly)."""
        word = {"request": "readOnly", "response": "writeOnly"}.get(self.direction)
        for _ in range(5):
            if not word or not isinstance(schema, Mapping):
                return False
            if schema.get(word) is True:
                return True
            if not isinstance(schema.get("$ref"), str):
                return False
            schema = self.resolve(schema["$ref"])
        return False


def _known(schema: Mapping[str, Any]) -> bool | None:
    return None if _UNSURE & schema.keys() else True


def _all(verdicts: Any) -> bool | None:
    found = list(verdicts)
    return False if False in found else None if None in found else True


def _any(verdicts: Any) -> bool | None:
    found = list(verdicts)
    return True if True in found else None if None in found else False


def _one(verdicts: Any) -> bool | None:
    found = list(verdicts)
    return False if found.count(True) > 1 else None if None in found else found.count(True) == 1


def _plain(schema: Mapping[str, Any], value: Any) -> Iterator[bool | None]:
    """What the keywords say that need no other schema."""
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield any(_is_of(value, kind) for kind in kinds)
    if isinstance(schema.get("enum"), list):
        yield _has(schema["enum"], value)
    if "const" in schema:
        yield _has([schema["const"]], value)
    if isinstance(value, str):
        yield from _limits(schema, len(value), "minLength", "maxLength")
        if isinstance(schema.get("pattern"), str):
            yield matches(schema["pattern"], value)
        if schema.get("format") in _FORMATS:
            fitting = fit_default(value, Scalar(_FORMATS[schema["format"]]), lambda _: None)
            yield True if fitting == Default(value) else None  # some tools check formats, some do not
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _limits(schema, value, "minimum", "maximum")
        yield from _exclusive(schema, value)
        yield from _multiple(schema.get("multipleOf"), value)
    elif isinstance(value, list):
        yield from _limits(schema, len(value), "minItems", "maxItems")
        if schema.get("uniqueItems") is True:
            yield not any(_has(value[:place], each) for place, each in enumerate(value))
    elif isinstance(value, dict):
        yield from _limits(schema, len(value), "minProperties", "maxProperties")


def _is_of(value: Any, kind: Any) -> bool:
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return (
        isinstance(kind, str) and isinstance(value, _TYPES.get(kind, ())) and (kind == "boolean" or not isinstance(value, bool))
    )


def _has(values: list[Any], value: Any) -> bool:
    """Whether `value` is among `values`, where true is not 1, as in JSON."""
    return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in values)


def _limits(schema: Mapping[str, Any], size: float, low: str, high: str) -> Iterator[bool]:
    if _is_number(schema.get(low)):
        yield size >= schema[low]
    if _is_number(schema.get(high)):
        yield size <= schema[high]


def _exclusive(schema: Mapping[str, Any], value: float) -> Iterator[bool]:
    """A number of its own since 3.1, a word about `minimum` in 3.0."""
    low, high = (
        schema.get(plain) if schema.get(key) is True else schema.get(key)
        for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
    )
    if isinstance(low, int | float) and _is_number(low):
        yield value > low
    if isinstance(high, int | float) and _is_number(high):
        yield value < high


def _multiple(step: Any, value: float) -> Iterator[bool | None]:
    if _is_number(step) and step > 0:
        if isinstance(step, int) and isinstance(value, int):
            yield value % step == 0
        else:
            share = value / step
            yield True if share == int(share) and abs(share) < 1e9 else None  # tools differ on 0.3 as a multiple of 0.1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _combined(schema: Mapping[str, Any], value: Any, inner: Inner) -> Iterator[bool | None]:
    for word, rule in (("allOf", _all), ("anyOf", _any), ("oneOf", _one)):
        if isinstance(schema.get(word), list) and schema[word]:
            yield rule(inner(each, value) for each in schema[word])
    if "not" in schema:
        refused = inner(schema["not"], value)
        yield None if refused is None else not refused


def _items(schema: Mapping[str, Any], value: list[Any], inner: Inner) -> Iterator[bool | None]:
    first = schema["prefixItems"] if isinstance(schema.get("prefixItems"), list) else []
    yield from (inner(each, part) for each, part in zip(first, value, strict=False))
    if "items" in schema:
        yield from (inner(schema["items"], part) for part in value[len(first) :])
