"""A specification's conventions in a few words each, for a model that shall follow them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from photon.openapi.spec import Spec
from photon.openapi.style.model import NameCases, PaginationStyle, Style
from photon.openapi.style.names import label

_MOST_NAMES = 8
_NAME = re.compile(r"[\w.$@:\-\[\]]{1,64}")
"""What is told of the names of parameters and properties: with anything else in it, one is no example to anybody."""
_BY_RESOURCE = "(the resource's name)"
_STATUS = re.compile(r"[1-5](?:\d\d|XX)|default", re.ASCII)


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
        yield f"{_listed(kind for kind, its in kinds if its == case)} are in {label(case)}"


def _listed(names: Iterator[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _errors(style: Style, method: str | None) -> str:
    statuses = style.errors.statuses
    if method:
        found = _plain(_STATUS, statuses.get(method, ()))
        return f"errors: {', '.join(found)}" if found else ""
    each = ((name, _plain(_STATUS, found)) for name, found in statuses.items())
    listed = "; ".join(f"{name} {', '.join(found)}" for name, found in each if found)
    return f"errors by method: {listed}" if listed else ""


def _success(style: Style, method: str | None) -> str:
    found = style.success.get(method, "") if method else ""
    return f"success: {found}" if _STATUS.fullmatch(found) else ""


def _paging(style: PaginationStyle, spec: Spec) -> str:
    """How lists are asked for and answered."""
    parameters = [spec.resolved_mapping(each).get("name") for each in style.parameters]
    asked = ", ".join(_plain(_NAME, parameters)[:_MOST_NAMES])
    answered = _envelope(style)
    parts = (f"have query {asked}" if asked else "", f"are answered as {answered}" if answered else "")
    said = " and ".join(filter(None, parts))
    return f"lists {said}" if said else ""


def _envelope(style: PaginationStyle) -> str:
    if style.items is None and not style.items_by_resource:
        return "T[]" if style.kind else ""
    items = _BY_RESOURCE if style.items is None else style.items
    if items != _BY_RESOURCE and not _NAME.fullmatch(items):
        return ""
    others = (f"{name}: {_word(style.envelope[name])}" for name in _plain(_NAME, style.envelope)[:_MOST_NAMES])
    return "{ " + ", ".join((f"{items}: T[]", *others)) + " }"


def _plain(pattern: re.Pattern[str], texts: Iterable[Any]) -> list[str]:
    """Those of `texts` that are what they should be."""
    return [text for text in texts if isinstance(text, str) and pattern.fullmatch(text)]


def _word(schema: Any) -> str:
    """A schema of an envelope in a word; it is a count, a flag, a link or an object."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    words = {"integer": "int", "boolean": "bool", "number": "number", "string": "string"}
    return words.get(kind, "object") if isinstance(kind, str) else "object"
