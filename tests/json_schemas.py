"""JSON Schemas for Hypothesis, each with documents that it admits, written as ``json.dumps`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x7f", exclude_categories=("Cs", "Cn", "Co"))
PLAIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E, include_characters="\n\t€😀")
"""For regular expressions: of other alphabets Python takes more for digits and words than ECMA-262 does."""

PATTERNS = [
    "^[A-Z]{3}-\\d+$",
    "^(cat|dog)s?$",
    'b"c',
    "^\\w+@\\w+\\.(com|org)$",
    "^[^a-z\\s]*$",
    "^a.c$",
    "x\\\\y$",
    "^/[a-z0-9/]{0,20}",
    "^$",
    "[\\n\\t]",
    "^(a|b(c|d)?){2,3}$",
]


@dataclass(frozen=True)
class Case:
    """A schema and the documents that it admits."""

    schema: Mapping[str, Any]
    documents: st.SearchStrategy[Any]


def _whole_number(bounds: tuple[int, int]) -> Case:
    low, high = sorted(bounds)
    return Case({"type": "integer", "minimum": low, "maximum": high}, st.integers(low, high))


def _at_least(low: int) -> Case:
    decimals = st.integers(low * 100, low * 100 + 10**8).map(lambda each: each / 100)
    return Case({"type": "number", "minimum": low}, decimals)


def _text(bounds: tuple[int, int]) -> Case:
    low, high = sorted(bounds)
    return Case({"type": "string", "minLength": low, "maxLength": high}, st.text(CHARACTERS, min_size=low, max_size=high))


def _pattern(pattern: str) -> Case:
    strings = st.from_regex(pattern.replace("$", r"\Z"), alphabet=PLAIN)
    return Case({"type": "string", "pattern": pattern}, strings)


def _enum(values: list[Any]) -> Case:
    return Case({"enum": values}, st.sampled_from(values))


ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(CHARACTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS, max_size=4), inner, max_size=3),
    max_leaves=6,
)

_SIMPLE = st.one_of(
    st.just(Case({"type": "boolean"}, st.booleans())),
    st.just(Case({"type": "null"}, st.none())),
    st.just(Case({"type": "integer"}, st.integers(-(10**14), 10**14))),
    st.just(Case({"type": "string"}, st.text(CHARACTERS, max_size=8))),
    st.just(Case({"type": ["string", "null"]}, st.none() | st.text(CHARACTERS, max_size=3))),
    st.just(Case({"type": "string", "format": "date"}, st.dates().map(str))),
    st.just(Case({"type": "string", "format": "uuid"}, st.uuids().map(str))),
    st.just(Case({}, ANY_JSON)),
    st.just(Case({"type": "object"}, st.dictionaries(st.text(CHARACTERS, max_size=3), ANY_JSON, max_size=3))),
    st.tuples(st.integers(-400, 400), st.integers(-400, 100_000)).map(_whole_number),
    st.integers(-50, 50).map(_at_least),
    st.tuples(st.integers(0, 6), st.integers(0, 6)).map(_text),
    st.sampled_from(PATTERNS).map(_pattern),
    st.lists(st.none() | st.booleans() | st.integers(-9, 9) | st.text(CHARACTERS, max_size=4), min_size=1, max_size=4).map(
        _enum
    ),
)


def _list(given: tuple[Case, int, int | None]) -> Case:
    item, least, more = given
    bounds = {"minItems": least} | ({} if more is None else {"maxItems": least + more})
    most = least + (3 if more is None else more)
    return Case({"type": "array", "items": item.schema, **bounds}, st.lists(item.documents, min_size=least, max_size=most))


def _tuple(items: list[Case]) -> Case:
    schema = {"type": "array", "prefixItems": [item.schema for item in items], "items": False, "minItems": len(items)}
    return Case(schema, st.tuples(*(item.documents for item in items)).map(list))


def _union(cases: list[Case]) -> Case:
    return Case({"anyOf": [case.schema for case in cases]}, st.one_of(*(case.documents for case in cases)))


@st.composite
def _objects(draw: Any, inner: st.SearchStrategy[Case]) -> Case:
    cases: dict[str, Case] = draw(st.dictionaries(st.text(CHARACTERS, max_size=4), inner, max_size=4))
    required = [name for name in cases if draw(st.booleans())]
    schema: dict[str, Any] = {"type": "object", "properties": {name: case.schema for name, case in cases.items()}}
    schema |= {"required": required}
    if draw(st.booleans()):
        schema["additionalProperties"] = False

    @st.composite
    def documents(pick: Any) -> dict[str, Any]:
        return {name: pick(case.documents) for name, case in cases.items() if name in required or pick(st.booleans())}

    return Case(schema, documents() if cases or "additionalProperties" in schema else st.just({}))


def _split(case: Case) -> Case:
    """The same, said by a reference and an ``allOf``."""
    return Case({"allOf": [{"$ref": "#/$defs/it"}, {"description": "the same"}], "$defs": {"it": case.schema}}, case.documents)


CASES: st.SearchStrategy[Case] = st.recursive(
    _SIMPLE,
    lambda inner: st.one_of(
        _objects(inner),
        st.tuples(inner, st.integers(0, 2), st.none() | st.integers(0, 3)).map(_list),
        st.lists(inner, min_size=1, max_size=3).map(_tuple),
        st.lists(inner, min_size=1, max_size=3).map(_union),
    ),
    max_leaves=8,
)
ROOTS = CASES | CASES.map(_split)
