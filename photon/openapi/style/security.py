"""What operations require of a caller, and where the specification says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from photon.openapi.style.model import Requirements, SecurityStyle
from photon.openapi.style.survey import Evidence, Survey, items, most

_SAME_SCOPES = 0.6
"""The share of the operations with the same schemes that must agree on scopes; otherwise scopes are each operation's own."""


def security_style(survey: Survey) -> tuple[SecurityStyle, list[Evidence]]:
    """The usual requirement is the most frequent one in effect: an operation's own, else the root's."""
    spec, operations = survey.spec, survey.operations
    definitions = ((name, survey.part(value)) for name, value in spec.components("securitySchemes").items())
    schemes = {name: part.value for name, part in definitions if part}
    root = requirements(spec.document.get("security"))
    own = [requirements(seen.operation.node.get("security")) for seen in operations]
    stated = sum(each is not None for each in own)
    at_root = root is not None and 2 * stated <= len(own)
    effective = [root if each is None else each for each in own] or [root]
    usual, agreeing = _usual(effective, unsecured=not schemes)
    style = SecurityStyle(place="root" if at_root else "operation", usual=usual, schemes=schemes)
    evidence = [Evidence("security", _said(usual), agreeing, len(operations))] if usual is not None else []
    if usual:
        evidence.append(
            Evidence("security stated", "at the root" if at_root else "by each operation",
                     len(own) - stated if at_root else stated, len(own))
        )  # fmt: skip
    return style, evidence


def _usual(effective: list[Requirements | None], *, unsecured: bool) -> tuple[Requirements | None, int]:
    """With nothing said anywhere: none is required where no scheme is defined, else nothing can be told."""
    said = [each for each in effective if each is not None]
    if not said:
        return ((), len(effective)) if unsecured else (None, 0)
    schemes, agreeing = most(Counter(map(_schemes, said)))
    alike = [one for one in said if _schemes(one) == schemes]
    exact, count = most(Counter(tuple(tuple(sorted(each.items())) for each in one) for one in alike))
    if count >= _SAME_SCOPES * len(alike):
        return tuple(dict(each) for each in exact), agreeing
    return tuple(dict.fromkeys(each, ()) for each in schemes), agreeing


def _schemes(requirements: Requirements) -> tuple[tuple[str, ...], ...]:
    """The names of the schemes in each alternative; alternatives that differ only in scopes count once."""
    return tuple(dict.fromkeys(tuple(sorted(each)) for each in requirements))


def requirements(value: Any) -> Requirements | None:
    """A ``security`` list; None where there is none, or something else stands there."""
    if not isinstance(value, list):
        return None
    return tuple(
        {name: tuple(scope for scope in items(scopes) if isinstance(scope, str)) for name, scopes in each.items()}
        for each in value
        if isinstance(each, Mapping)
    )


def _said(usual: Requirements) -> str:
    alternatives = (" and ".join(each) or "none" for each in usual)
    return " or ".join(alternatives) or "none"
