"""The case of each kind of name, counted over all the names of that kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields

from photon.openapi.style.casing import Habit, habit
from photon.openapi.style.model import Case, NameCases
from photon.openapi.style.survey import Evidence, Survey, items, pairs

_VERSION = re.compile(r"v?\d+(?:[._]\d+)*(?:alpha|beta)?\d*", re.IGNORECASE)
_LITERAL = re.compile(r"\{[^{}]*\}|:|\.(?:json|xml|csv|js|php|aspx?)\Z")
_LABELS: dict[Case, str] = {
    "camel": "camelCase",
    "pascal": "PascalCase",
    "snake": "snake_case",
    "kebab": "kebab-case",
    "train": "Train-Case",
    "constant": "CONSTANT_CASE",
    "flat": "flatcase",
    "dot": "dot.case",
}


def label(case: Case) -> str:
    """The case in its own case."""
    return _LABELS[case]


def name_cases(survey: Survey, properties: Iterable[str]) -> tuple[NameCases, list[Evidence]]:
    """The cases, and the counts of each that has names which tell. properties: the names of all properties."""
    spec = survey.spec
    habits = {
        "properties": habit(properties),
        "parameters": habit(_parameters(survey, "query", "cookie")),
        "path_parameters": habit(_parameters(survey, "path")),
        "headers": habit((*_parameters(survey, "header"), *_response_headers(survey))),
        "segments": habit(segments(seen.operation.path for seen in survey.operations)),
        "schemas": habit(spec.components("schemas")),
        "operation_ids": habit(operation_ids(survey)),
        "tags": habit(tag for tag, _ in tags(survey)),
    }
    cases = NameCases(**{each.name: habits[each.name].case for each in fields(NameCases)})
    return cases, [_evidence(what, habit) for what, habit in habits.items() if habit.of and what != "operation_ids"]


def _evidence(what: str, found: Habit) -> Evidence:
    return Evidence(what.replace("_", " "), label(found.case) if found.case else "mixed", found.agreeing, found.of)


def _parameters(survey: Survey, *places: str) -> Iterator[str]:
    return (name for seen in survey.operations for place, name in seen.parameters if place in places)


def _response_headers(survey: Survey) -> Iterator[str]:
    answers = (part for seen in survey.operations for part in seen.responses.values())
    return (name for part in answers for name, _ in pairs(part.value.get("headers")))


def segments(paths: Iterable[str]) -> Iterator[str]:
    """The literal segments without versions, host names, file extensions and the colon of custom methods."""
    for path in paths:
        for segment in path.split("/"):
            texts = _LITERAL.split(segment)
            yield from (text for text in texts if text and "." not in text and not _VERSION.fullmatch(text))


def operation_ids(survey: Survey) -> list[str]:
    """Those that are stated, in order."""
    stated = (seen.operation.node.get("operationId") for seen in survey.operations)
    return [name for name in stated if isinstance(name, str) and name]


def tags(survey: Survey) -> list[tuple[str, int]]:
    """Each tag with the operations that have it, the most used first; those that are only declared at the end."""
    counts: dict[str, int] = {}
    for seen in survey.operations:
        for tag in dict.fromkeys(tag for tag in items(seen.operation.node.get("tags")) if isinstance(tag, str)):
            counts[tag] = counts.get(tag, 0) + 1
    declared = (tag.get("name") for tag in items(survey.spec.document.get("tags")) if hasattr(tag, "get"))
    counts |= {name: 0 for name in declared if isinstance(name, str) and name not in counts}
    return sorted(counts.items(), key=lambda entry: -entry[1])
