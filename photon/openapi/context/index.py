"""All operations of a specification in as many tokens as there are: with summaries, by route alone, or counted in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from photon.openapi.context.routes import first_word
from photon.openapi.spec import Spec, SpecOperation
from photon.providers.token_estimate import about_tokens
from photon.sketch.text import clean

PUBLIC = "public"
_LONGEST_SUMMARY = 80
_TOKENS_PER_GROUP = 30
"""Several times what one takes: of a specification that is too large to be listed, the operations that fit matter more."""
_TOKENS_PER_ROUTE = 3
"""At least: more operations than this allows for are not even written down to be counted."""


def index(spec: Spec, budget: int) -> str:
    """The most telling of three lists that has room in `budget` tokens; empty where none has."""
    found = (text for write in (_with_summaries, _routes) if (text := _fitted(write, spec, budget)))
    return next(found, "") or _groups(spec, budget)


def _fitted(write: Callable[[Spec], Iterator[str]], spec: Spec, budget: int) -> str:
    if len(spec.operations) * _TOKENS_PER_ROUTE > budget:
        return ""
    lines, left = list[str](), budget
    for line in write(spec):
        left -= 1 + about_tokens(line)
        if left < 0:
            return ""
        lines.append(line)
    return "\n".join(lines)


def _with_summaries(spec: Spec) -> Iterator[str]:
    yield "All operations:" if spec.operations else "It has no operations."
    for each in spec.operations:
        said = one_line(each.node.get("summary"), _LONGEST_SUMMARY)
        scopes = ", ".join(required(spec, each))
        marks = ("deprecated" if each.node.get("deprecated") is True else "", scopes)
        shown = "; ".join(filter(None, marks))
        yield " ".join(filter(None, (one_line(each.route), said, f"[{shown}]" if shown else "")))


def _routes(spec: Spec) -> Iterator[str]:
    """Each path once, with its methods."""
    yield "All operations:"
    methods: dict[str, list[str]] = {}
    for each in spec.operations:
        methods.setdefault(each.path, []).append(each.method)
    for path, found in methods.items():
        yield f"{','.join(found)} {one_line(path)}"


def _groups(spec: Spec, budget: int) -> str:
    """The largest groups of operations, by tag or by the first word of the path, with the size of each."""
    counted = Counter(_group(each) for each in spec.operations)
    named = ", ".join(f"{name} ({count})" for name, count in counted.most_common(budget // _TOKENS_PER_GROUP))
    return f"Operations by group: {named}" if named else ""


def _group(operation: SpecOperation) -> str:
    tags = operation.node.get("tags")
    named = one_line(tags[0]) if isinstance(tags, list) and tags else ""
    return named or one_line(first_word(operation.path))


def required(spec: Spec, operation: SpecOperation) -> tuple[str, ...]:
    """What a caller of the operation must have: scopes, or PUBLIC where it needs nothing; empty where there is a scheme alone,
    and where nothing is said."""
    stated = operation.node.get("security", spec.document.get("security"))
    if not isinstance(stated, list):
        return ()
    if not any(isinstance(each, Mapping) and each for each in stated):
        return (PUBLIC,)
    return tuple(dict.fromkeys(scope for each in stated for scope in _scopes(each)))


def _scopes(requirement: Any) -> Iterator[str]:
    values = requirement.values() if isinstance(requirement, Mapping) else ()
    yield from (one_line(scope) for scopes in values if isinstance(scopes, list) for scope in scopes if isinstance(scope, str))


def one_line(value: Any, longest: int = 300) -> str:
    """A text in one line without control characters, cut where it is longer; empty for what is no text."""
    text = " ".join(clean(value[: 4 * longest]).split()) if isinstance(value, str) else ""
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"
