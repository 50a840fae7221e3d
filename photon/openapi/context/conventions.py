"""A specification's conventions in a few words each, for a model that shall follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from photon.openapi.spec import Spec
from photon.openapi.style.model import Case, NameCases, PaginationStyle, Style
from photon.sketch.text import clean

_CASES: Mapping[Case, str] = {
    "camel": "camelCase",
    "pascal": "PascalCase",
    "snake": "snake_case",
    "kebab": "kebab-case",
    "train": "Train-Case",
    "constant": "CONSTANT_CASE",
    "flat": "flatcase",
    "dot": "dot.case",
}
_MOST_NAMES = 8


def conventions(style: Style, spec: Spec, method: str | None = None) -> tuple[str, ...]:
    """What to hold to, as parts of a sentence. method: what the request asks for, None where nothing says it."""
    return tuple(
        part
        for part in (
            *_cases(style.names),
            f"ids are {style.id_type}" if style.id_type else "",
            _errors(style, method),
            _success(style, method),
            _paging(style.pagination, spec) if method in (None, "GET") else "",
        )
        if part
    )


def _cases(names: NameCases) -> Iterator[str]:
    """One part for each case, with the kinds of names that have it."""
    kinds = (
        ("properties", names.properties),
        ("query parameters", names.parameters),
        ("path parameters", names.path_parameters),
        ("path segments", names.segments),
    )
    for case in dict.fromkeys(case for _, case in kinds if case):
        yield f"{_listed(kind for kind, its in kinds if its == case)} are in {_CASES[case]}"


def _listed(names: Iterator[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _errors(style: Style, method: str | None) -> str:
    statuses = style.errors.statuses
    if method:
        found = statuses.get(method, ())
        return f"errors: {', '.join(found)}" if found else ""
    each = (f"{name} {', '.join(found)}" for name, found in statuses.items() if found)
    listed = "; ".join(each)
    return f"errors by method: {listed}" if listed else ""


def _success(style: Style, method: str | None) -> str:
    found = style.success.get(method) if method else None
    return f"success: {found}" if found else ""


def _paging(style: PaginationStyle, spec: Spec) -> str:
    """How lists are asked for and answered."""
    parameters = [spec.resolved_mapping(each).get("name") for each in style.parameters]
    asked = ", ".join(clean(name) for name in parameters[:_MOST_NAMES] if isinstance(name, str))
    answered = _envelope(style)
    parts = (f"have query {asked}" if asked else "", f"are answered as {answered}" if answered else "")
    said = " and ".join(filter(None, parts))
    return f"lists {said}" if said else ""


def _envelope(style: PaginationStyle) -> str:
    if style.items is None:
        return "T[]" if style.kind else ""
    others = (f"{clean(name)}: {_word(schema)}" for name, schema in list(style.envelope.items())[:_MOST_NAMES])
    return "{ " + ", ".join((f"{clean(style.items)}: T[]", *others)) + " }"


def _word(schema: Any) -> str:
    """A schema of an envelope in a word; it is a count, a flag, a link or an object."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    words = {"integer": "int", "boolean": "bool", "number": "number", "string": "string"}
    return words.get(kind, "object") if isinstance(kind, str) else "object"
