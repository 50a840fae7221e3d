"""How errors are answered: media type, schema, component responses, and the statuses that operations have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from photon.openapi.style.model import ErrorStyle
from photon.openapi.style.survey import Ballot, Evidence, Part, Survey, most, often, pairs

_USUAL = 0.5
_FEW = 5
"""Of fewer operations none may have come to its errors yet."""
_COMPONENT = "#/components/responses/"


def error_style(survey: Survey) -> tuple[ErrorStyle, list[Evidence]]:
    """`default` counts as an error, for that is what it is written for beside a success."""
    errors = list(_errors(survey))
    bodies = [body for _, part in errors if (body := _body(survey, part))]
    evidence = []
    media_type = schema = None
    if 2 * len(bodies) >= len(errors) > 0:
        media_type, agreeing = most(Counter(media for media, _ in bodies))
        evidence.append(Evidence("error media type", media_type, agreeing, len(bodies)))
        schema, agreeing, of = _schema([each for media, each in bodies if media == media_type])
        if schema is not None:
            evidence.append(Evidence("error schema", said(schema), agreeing, of))
    elif errors:
        evidence.append(Evidence("error body", "none", len(errors) - len(bodies), len(errors)))
    responses = _component_responses(errors)
    statuses, counted = _statuses(survey)
    found = ErrorStyle(
        media_type=media_type,
        schema=schema,
        responses=responses,
        statuses=statuses,
        bodiless=2 * len(bodies) < len(errors) or (not errors and len(survey.operations) >= _FEW),
    )
    if responses:
        evidence.append(Evidence("error responses", ", ".join(f"{status} {name}" for status, name in responses.items()), 0, 0))
    return found, [*evidence, *counted]


def _errors(survey: Survey) -> Iterator[tuple[str, Part]]:
    return (
        (status, part)
        for seen in survey.operations
        for status, part in seen.responses.items()
        if status[:1] in ("4", "5") or (status == "default" and seen.success)
    )


def _body(survey: Survey, part: Part) -> tuple[str, Mapping[str, Any] | None] | None:
    """(the first media type, the schema as the root file would write it)."""
    for media_type, media in pairs(part.value.get("content")):
        schema = media.get("schema") if isinstance(media, Mapping) else None
        found = survey.part(schema, part.source) if isinstance(schema, Mapping) else None
        return media_type, survey.written(found) if found else None
    return None


def _schema(schemas: list[Mapping[str, Any] | None]) -> tuple[Mapping[str, Any] | None, int, int]:
    ballot = Ballot()
    for schema in schemas:
        if schema:
            ballot.vote(schema)
    winner = ballot.winner
    return winner, most(ballot.counts)[1], ballot.counts.total()


def said(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: the name of the component, or the names of its properties."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2] if reference.startswith("#/components/") else reference
    if schema.get("type") == "array" and isinstance(inner := schema.get("items"), Mapping):
        return f"{said(inner)}[]"
    names = [name for name, _ in pairs(schema.get("properties"))]
    if names:
        return "{ " + ", ".join([*names[:6], *(["…"] if len(names) > 6 else [])]) + " }"
    kind = schema.get("type")
    return kind if isinstance(kind, str) else "inline"


def _component_responses(errors: list[tuple[str, Part]]) -> dict[str, str]:
    """By status, the component that most responses with that status refer to."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for status, part in errors:
        reference = part.given.get("$ref")
        written[status][reference if isinstance(reference, str) else ""] += 1
    found = {status: most(counts) for status, counts in sorted(written.items())}
    return {
        status: name.removeprefix(_COMPONENT)
        for status, (name, count) in found.items()
        if name.startswith(_COMPONENT) and count >= _USUAL * written[status].total()
    }


def _statuses(survey: Survey) -> tuple[dict[str, tuple[str, ...]], list[Evidence]]:
    """By method, the error statuses that at least half of its operations have."""
    having: dict[str, Counter[str]] = defaultdict(Counter)
    operations: Counter[str] = Counter(seen.operation.method for seen in survey.operations)
    for seen in survey.operations:
        having[seen.operation.method].update(
            status for status in seen.responses if status[:1] in ("4", "5") or (status == "default" and seen.success)
        )
    usual = {method: tuple(sorted(often(counts, operations[method], _USUAL))) for method, counts in having.items()}
    usual = {method: statuses for method, statuses in usual.items() if statuses}
    return usual, [
        Evidence(f"errors of {method}", ", ".join(statuses), min(having[method][each] for each in statuses), operations[method])
        for method, statuses in usual.items()
    ]
