"""What a JSON Schema lets stand in one place, as a list of plain shapes: for the grammar and for an example.

JSON Schema constrains, a grammar produces: so references are followed, ``allOf`` is merged and every ``anyOf``, ``oneOf`` and
list of types becomes alternatives. What cannot be expressed so (``not``, ``if``, references out of the document) is left out:
the shapes admit more than the schema does, and the answer is validated in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

Schema = Mapping[str, Any]

ANYTHING: Final[Schema] = {}
"""The shape of a place where every value may stand."""

ALTERNATIVES: Final = 200
"""More of them in one place than anybody writes by hand; alternatives of alternatives multiply."""

_KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_UNIONS: Final = ("anyOf", "oneOf")
_SHAPING: Final = frozenset(
    ("$ref", "allOf", "type", "enum", "const", *_UNIONS, *(word for words in _KEYWORDS.values() for word in words))
)


class TooComplex(Exception):
    """The schema has more alternatives in one place than can be listed."""


class Shapes:
    """The shapes of `document` and of the schemas in it."""

    def __init__(self, document: Schema) -> None:
        self._document = document

    def of(self, schema: object) -> list[Schema]:
        """What may stand where `schema` holds: each has ``const``, ``enum`` or one ``type``, or is `ANYTHING`.

        Empty where nothing may stand. Raises TooComplex, and RecursionError for a schema that is nested too deep.
        """
        found: list[Schema] = []
        for count, shape in enumerate(self._alternatives(schema, frozenset())):
            if count >= ALTERNATIVES:
                raise TooComplex
            if shape not in found:
                found.append(shape)
        return [ANYTHING] if ANYTHING in found else found

    def _alternatives(self, schema: object, followed: frozenset[str]) -> Iterator[Schema]:
        """`followed`: the references behind which this is; one that leads back to itself adds nothing."""
        if schema is False:
            return
        plain = {key: value for key, value in schema.items() if key in _SHAPING} if isinstance(schema, Mapping) else {}
        for key in ("$ref", *_UNIONS, "allOf"):  # in this order, for merging the parts of allOf can bring more of the others
            if key in plain:
                value = plain.pop(key)
                yield from self._unfolded(key, value, plain, followed)
                return
        yield from _by_type(plain)

    def _unfolded(self, key: str, value: object, rest: Schema, followed: frozenset[str]) -> Iterator[Schema]:
        if key == "$ref" and value in followed:
            if rest:  # what it points to is in there already
                yield from self._alternatives(rest, followed)
        elif key == "$ref":
            yield from self._alternatives(_merged(rest, self._target(value)), followed | {str(value)})
        elif not isinstance(value, Sequence) or isinstance(value, str):
            yield from self._alternatives(rest, followed)
        elif key == "allOf":
            merged: object = rest
            for part in value:
                merged = _merged(merged, part)
            yield from self._alternatives(merged, followed)
        else:
            for branch in value:
                yield from self._alternatives(_merged(rest, branch), followed)

    def _target(self, reference: object) -> object:
        """What a reference within the document points to; every other one may be anything."""
        pointer = unquote(str(reference))
        found: Any = self._document
        for step in pointer[1:].split("/")[1:] if pointer.startswith("#") else ():
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                return ANYTHING
        return found if pointer == "#" or pointer.startswith("#/") else ANYTHING


def _by_type(schema: Schema) -> Iterator[Schema]:
    """`schema` once for each type that it may have: those it names, else those that its keywords are about."""
    if "const" in schema or "enum" in schema:
        yield schema
        return
    types = [kind for kind, words in _KEYWORDS.items() if not schema.keys().isdisjoint(words)]
    if "type" in schema:
        types = _types(schema["type"])
    elif not types:
        yield ANYTHING
    for kind in types:
        yield {"type": kind, **{key: schema[key] for key in _KEYWORDS.get(_family(kind), ()) if key in schema}}


def _family(kind: str) -> str:
    return "number" if kind == "integer" else kind


def _merged(one: object, other: object) -> object:
    """What both allow, or more than that where two keywords cannot be joined: then the first one holds."""
    if one is False or other is False:
        return False
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one if isinstance(one, Mapping) else other
    joined = {**other, **one}
    for key in one.keys() & other.keys():
        joined[key] = _joined(key, one[key], other[key])
    if "$ref" in one and "$ref" in other and one["$ref"] != other["$ref"]:
        joined["allOf"] = [*_listed(joined.get("allOf")), {"$ref": other["$ref"]}]
    for union in _UNIONS:
        if union in one and union in other and one[union] != other[union]:
            joined[union] = one[union]
            joined["allOf"] = [*_listed(joined.get("allOf")), {union: other[union]}]
    return joined


def _joined(key: str, one: Any, other: Any) -> Any:
    match key:
        case "properties":
            return {name: _merged(one.get(name, ANYTHING), other.get(name, ANYTHING)) for name in dict.fromkeys((*one, *other))}
        case "allOf" | "required":
            return [*_listed(one), *(each for each in _listed(other) if each not in _listed(one))]
        case "enum":
            return [value for value in _listed(one) if value in _listed(other)]
        case "type":
            return _common_types(_types(one), _types(other))
        case "minimum" | "minItems" | "minLength" | "maximum" | "maxItems" | "maxLength":
            return (max if key.startswith("min") else min)(one, other)
    return one


def _common_types(one: list[str], other: list[str]) -> list[str]:
    """Whole numbers are numbers, so they are what both have."""
    if ("integer" in one and "number" in other) or ("number" in one and "integer" in other):
        one, other = ["integer", *one], ["integer", *other]
    return list(dict.fromkeys(kind for kind in one if kind in other))


def _types(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else _listed(value)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
