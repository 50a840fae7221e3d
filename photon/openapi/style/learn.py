"""Learns how a specification is written, by counting over the whole of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from photon.openapi.source.source import Source
from photon.openapi.spec import Spec
from photon.openapi.style.error_answers import error_style
from photon.openapi.style.model import Style
from photon.openapi.style.names import label, name_cases, operation_ids, tags
from photon.openapi.style.operation_ids import pattern_of
from photon.openapi.style.pagination import pagination_style
from photon.openapi.style.paths import BEHIND_COLON, actions, base_paths, path_end
from photon.openapi.style.security import security_style
from photon.openapi.style.survey import Ballot, Evidence, Survey, items, most, often, pairs

_NEARLY_EVERY = 0.8
_MOST = 0.5
_FEW = 4
"""With fewer operations than this, nothing is common to all of them by habit."""

_ID_END = re.compile(r"(?:id|uuid|guid)\Z|[a-z](?:Id|ID|Uuid|UUID)\Z")
_IDS = frozenset(("id", "_id", "uuid", "guid"))


@dataclass(frozen=True, slots=True)
class Learned:
    """A style, and the counts on which it rests, in the order in which people look for them."""

    style: Style
    evidence: tuple[Evidence, ...]


def learn(spec: Spec) -> Style:
    """The style of a specification. What it has no habit in is None or empty. Never fails, whatever stands in the document."""
    return learned(spec).style


def learned(spec: Spec) -> Learned:
    """`learn`, with the evidence."""
    import gc

    collects = gc.isenabled()
    gc.disable()  # a large document is a million objects, and looking through all of them takes half the time (measured)
    try:
        return _learned(Survey(spec))
    finally:
        if collects:
            gc.enable()


def _learned(survey: Survey) -> Learned:
    spec = survey.spec
    properties = list(survey.properties())
    names, about_names = name_cases(survey, (name for name, _, _ in properties))
    pattern = pattern_of(spec.operations)
    security, about_security = security_style(survey)
    errors, about_errors = error_style(survey)
    pagination, about_pages = pagination_style(survey)
    success, about_success = _success(survey)
    id_type, about_ids = _id_type(survey, properties)
    parameters, about_parameters = _common_parameters(survey)
    headers, about_headers = _common_headers(survey)
    about_actions, about_ends = actions(survey), path_end(survey)
    style = Style(
        version=spec.version,
        names=names,
        operation_ids=pattern,
        tags=tuple(name for name, _ in tags(survey)),
        security=security,
        errors=errors,
        pagination=pagination,
        success=success,
        id_type=id_type,
        parameters=parameters,
        headers=headers,
        base_paths=base_paths(spec),
        colon_actions=about_actions.found == BEHIND_COLON if about_actions else None,
        path_end=about_ends.found if about_ends else "",
    )
    evidence = (
        Evidence("OpenAPI", spec.version, 0, 0),
        *_about_servers(style),
        *about_names,
        *(each for each in (about_actions, about_ends) if each),
        *_about_pattern(survey, style),
        *_about_tags(survey),
        *about_security,
        *about_parameters,
        *about_success,
        *about_errors,
        *about_pages,
        *about_ids,
        *about_headers,
    )
    return Learned(style, evidence)


def _about_servers(style: Style) -> Iterator[Evidence]:
    if style.base_paths:
        yield Evidence("base paths", ", ".join(style.base_paths), 0, 0)


def _about_pattern(survey: Survey, style: Style) -> Iterator[Evidence]:
    stated, case = len(operation_ids(survey)), style.names.operation_ids
    of = f" ({label(case)})" if case and style.operation_ids else ""
    if stated:
        found = f"{style.operation_ids}{of}" if style.operation_ids else label(case) if case else "no pattern"
        yield Evidence("operationId of GET /users", found, stated, len(survey.operations))


def _about_tags(survey: Survey) -> Iterator[Evidence]:
    counted = tags(survey)
    shown = ", ".join(f"{name} ({count})" for name, count in counted[:6])
    rest = f" and {len(counted) - 6} more" if len(counted) > 6 else ""
    if counted:
        tagged = sum(bool(list(items(seen.operation.node.get("tags")))) for seen in survey.operations)
        yield Evidence("tags of operations", shown + rest, tagged, len(survey.operations))


def _success(survey: Survey) -> tuple[dict[str, str], list[Evidence]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for seen in survey.operations:
        if status := seen.success:
            counts[seen.operation.method][status] += 1
    found = {method: most(each) for method, each in counts.items()}
    evidence = [
        Evidence(f"success of {method}", status, count, counts[method].total()) for method, (status, count) in found.items()
    ]
    return {method: status for method, (status, _) in found.items()}, evidence


def _id_type(survey: Survey, properties: Iterable[tuple[str, Any, Source]]) -> tuple[str | None, list[Evidence]]:
    """By the path parameters called ``id``, ``userId`` and the like, and the properties called ``id``."""
    named = [(name, schema, source) for name, schema, source in properties if name.lower() in _IDS]
    for seen in survey.operations:
        for (place, name), part in seen.parameters.items():
            if place == "path" and _ID_END.search(name):
                named.append((name, part.value.get("schema"), part.source))
    kinds = Counter(kind for name, schema, source in named if (kind := _kind_of_id(survey, schema, source)))
    kind, agreeing = most(kinds)
    return kind, [Evidence("ids", kind, agreeing, kinds.total())] if kind else []


def _kind_of_id(survey: Survey, schema: Any, source: Source) -> str | None:
    found = survey.follow(schema, source)
    value = found.value if found else None
    if not isinstance(value, Mapping):
        return None
    kind, form = value.get("type"), value.get("format")
    kinds = kind if isinstance(kind, list) else [kind]
    if "string" in kinds:
        return "uuid" if isinstance(form, str) and form.lower() in ("uuid", "guid") else "string"
    return "int" if "integer" in kinds else None


def _common_parameters(survey: Survey) -> tuple[tuple[Mapping[str, Any], ...], list[Evidence]]:
    of = len(survey.operations)
    counts: Counter[tuple[str, str]] = Counter()
    ballots: dict[tuple[str, str], Ballot] = defaultdict(Ballot)
    for seen in survey.operations if of >= _FEW else ():
        for key, part in seen.parameters.items():
            if key[0] != "path":
                counts[key] += 1
                ballots[key].vote(survey.written(part))
    usual = [key for key in often(counts, of, _NEARLY_EVERY) if ballots[key].winner]
    evidence = [Evidence("common parameter", f"{name} ({place})", counts[place, name], of) for place, name in usual]
    return tuple(ballots[key].winner for key in usual), evidence


def _common_headers(survey: Survey) -> tuple[tuple[str, ...], list[Evidence]]:
    answers = [part for seen in survey.operations if (part := seen.responses.get(seen.success or ""))]
    counts = Counter(name for part in answers for name, _ in pairs(part.value.get("headers")))
    usual = often(counts, len(answers), _MOST) if len(answers) >= _FEW else []
    return tuple(usual), [Evidence("common header", name, counts[name], len(answers)) for name in usual]
