"""What a caller of a new operation must show: what the callers of its neighbours must, in the same writing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from photon.openapi import naming
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_of_kind, is_writing
from photon.openapi.operation import scheme_name, security_scheme
from photon.openapi.spec import SpecOperation
from photon.openapi.style.model import Requirements, Style
from photon.sketch.model import Auth, AuthScheme

_NAMED: tuple[tuple[AuthScheme, re.Pattern[str]], ...] = (
    ("basic", re.compile(r"\b(?:http\s+)?basic\s+auth(?:entication|orization)?\b|\bauth\s*[:=]?\s*basic\b", re.IGNORECASE)),
    (
        "apiKey",
        re.compile(
            r"\b(?:with|via|by|using|requires?|needs?|auth\s*[:=]?)\s+(?:an?\s+|the\s+)?api[ _-]?keys?\b", re.IGNORECASE
        ),
    ),
    ("oauth2", re.compile(r"\b(?:with|via|by|using|requires?|needs?|auth\s*[:=]?)\s+oauth\s*2?\b", re.IGNORECASE)),
    (
        "bearer",
        re.compile(r"\bbearer\s+(?:token|auth\w*)\b|\bauth\s*[:=]?\s*(?:bearer|jwt)\b|\bjwt\s+auth\w*\b", re.IGNORECASE),
    ),
)
_CLEARLY = 0.6
_ASKED = 8
_READ_AND_WRITE = (
    ("read", "write"), ("read", "modify"), ("read", "manage"), ("view", "edit"), ("readonly", ""), ("read", ""),
)  # fmt: skip
"""The words by which the scopes of those that read differ from the scopes of those that write; the other has none."""
_READS_OR_WRITES, _SAME_SCOPES, _PUBLIC = 30.0, 1000.0, 0.1
"""How much more those that read (or write) as the new one does tell of its schemes, and of its scopes; how much those that
are public: an exception does not spread."""


@dataclass(frozen=True, slots=True)
class Security:
    """requirement: the ``security`` of the operation, None where it has none. schemes: definitions that are new."""

    requirement: list[dict[str, list[str]]] | None
    schemes: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None


def stated_scheme(text: str) -> AuthScheme | None:
    """The scheme that a request names in so many words."""
    return next((scheme for scheme, pattern in _NAMED if pattern.search(text)), None)


class Securities:
    """Chooses the security of operations."""

    def __init__(self, surroundings: Surroundings, style: Style, *, default: str) -> None:
        self._around = surroundings
        self._style = style
        self._default = default

    def choose(self, wanted: Wanted, auth: Auth | None, *, text: str, public: bool) -> Security:
        """public: the user said so. text: the request, which may name a scheme. auth: what the model thought."""
        if public:
            return self._public()
        if scheme := stated_scheme(text):
            return self._of_scheme(auth if auth and auth.scheme == scheme else Auth(scheme))
        if auth and auth.scheme == "none" and not self._around.is_known_area(wanted):
            return self._public()
        if self._around.operations:
            return self._as_neighbours(wanted)
        if auth is None and self._style.security.usual is not None:
            return Security(_listed(self._style.security.usual))
        return self._of_scheme(auth or Auth(self._default))  # type: ignore[arg-type] # the settings admit the same five words

    def _public(self) -> Security:
        """An empty list is only needed where the root requires something."""
        if self._around.operations and not self._root and not any("security" in each.node for each in self._around.operations):
            return Security(None)
        return Security([])

    def _as_neighbours(self, wanted: Wanted) -> Security:
        schemes = self._around.vote(
            wanted, lambda each: _schemes(self._effective(each)), same_kind=_READS_OR_WRITES, weigh=_weight
        )

        def of_these(operation: SpecOperation) -> str | None:
            found = self._effective(operation)
            return found if _schemes(found) == schemes else None

        found = self._around.vote(wanted, of_these, same_kind=_SAME_SCOPES)
        written = self._around.vote(wanted, lambda each: "security" in each.node if self._effective(each) == found else None)
        if found is None or not written:
            return Security(None)
        required = json.loads(found)
        if not any(
            is_of_kind(each.operation, wanted) for each in self._around.near(wanted)[:_ASKED] if of_these(each.operation)
        ):
            required = self._with_scopes(required, lambda name, scopes: self._of_kind(name, scopes, wanted))
        return Security(self._scoped(required, wanted))

    def _scoped(self, required: Any, wanted: Wanted) -> Any:
        """The same with scopes that are not about another resource: those of the operations on the same, or of most others;
        else in their pattern (``droplet:read`` is ``giraffe:read`` for giraffes), else none."""
        if not isinstance(required, list) or self._around.is_known_area(wanted):
            return required
        return self._with_scopes(required, lambda name, scopes: self._scopes_for(name, wanted))

    @staticmethod
    def _with_scopes(required: Any, change: Callable[[str, Any], Any]) -> Any:
        """`required` with other scopes where a scheme has some. change: the scopes of a scheme to those instead."""
        if not isinstance(required, list):
            return required
        return [
            {name: change(name, scopes) if scopes else scopes for name, scopes in each.items()}
            if isinstance(each, Mapping)
            else each
            for each in required
        ]

    def _of_kind(self, scheme: str, scopes: Any, wanted: Wanted) -> Any:
        """The scopes of those that read, for one that writes (``pets:read`` is ``pets:write``), and the other way round, as far
        as the scheme has such scopes."""
        known = _scopes(self._style.security.schemes.get(scheme, {}))
        pairs = [(one, other) if is_writing(wanted.method) else (other, one) for one, other in _READ_AND_WRITE]
        return [_exchanged(each, pairs, known) for each in scopes] if isinstance(scopes, list) else scopes

    def _scopes_for(self, scheme: str, wanted: Wanted) -> list[str]:
        patterns: Counter[tuple[str, ...]] = Counter()
        plain: Counter[tuple[str, ...]] = Counter()
        for operation in self._around.operations:
            listed = self._around.requirements(operation)
            named = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
            scopes = next((each[scheme] for each in named if each.get(scheme)), None)
            if isinstance(scopes, list) and operation.method == wanted.method:
                plain[tuple(map(str, scopes))] += 1
                patterns[tuple(_with_resource(str(scope), operation.path, "{}") for scope in scopes)] += 1
        for count in (plain, patterns):
            usual, often = count.most_common(1)[0] if count else ((), 0)
            if often > _CLEARLY * count.total():
                return [scope.replace("{}", _resource(wanted.path)) for scope in usual]
        return []

    def _effective(self, operation: SpecOperation) -> str:
        """What is required, as JSON; scopes decide only among operations with the same schemes. What is none is passed over."""
        required = self._around.requirements(operation)
        sound = [each for each in required if _is_requirement(each)] if isinstance(required, list) else None
        return "null" if sound is None or (required and not sound) else json.dumps(sound)

    @property
    def _root(self) -> Any:
        return self._around.spec.document.get("security") if self._around.spec else None

    def _of_scheme(self, auth: Auth) -> Security:
        """The requirement of a scheme by its kind, by the name that it has in the specification."""
        if auth.scheme == "none":
            return self._public()
        for name, scheme in self._style.security.schemes.items():
            if _is_of_kind(scheme, auth):
                known = _scopes(scheme)
                return Security([{name: [scope for scope in auth.scopes if scope in known or not known]}])
        name = scheme_name(auth)
        while name in self._style.security.schemes:
            name += "2"
        note = f"added the security scheme {name}" if self._style.security.schemes else None
        return Security([{name: list(auth.scopes)}], {name: security_scheme(auth)}, note)


def _is_requirement(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(scopes, list) for scopes in value.values())


def _exchanged(scope: Any, pairs: list[tuple[str, str]], known: Collection[str]) -> Any:
    """`scope` with one word in place of another, where that is known too."""
    found = (re.sub(rf"(?<![A-Za-z]){one}(?![A-Za-z])", other, str(scope)).strip(".:_-/ ") for one, other in pairs if one)
    bare = (f"{scope}{mark}{other}" for one, other in pairs if not one for mark in ".:_-")
    return next((each for each in (*found, *bare) if each != scope and each in known), scope)


def _resource(path: str) -> str:
    return naming.singular("_".join(naming.words(naming.tag(path))))


def _with_resource(scope: str, path: str, resource: str) -> str:
    """A scope with `resource` in place of the name of what `path` is about."""
    own = _resource(path)
    plural = "_".join(naming.words(naming.tag(path)))
    return re.sub(rf"(?<![a-z0-9])(?:{re.escape(plural)}|{re.escape(own)})(?![a-z0-9])", resource, scope)


def _weight(schemes: str) -> float:
    return _PUBLIC if schemes == "[]" else 1.0


def _schemes(required: str) -> str:
    alternatives = json.loads(required)
    if alternatives is None:
        return required
    return json.dumps([sorted(each) if isinstance(each, Mapping) else [] for each in alternatives])


def _is_of_kind(scheme: Mapping[str, Any], auth: Auth) -> bool:
    kind, http = str(scheme.get("type")), str(scheme.get("scheme")).lower()
    match auth.scheme:
        case "apiKey":
            return kind == "apiKey" and auth.name in (None, scheme.get("name"))
        case "oauth2":
            return kind in ("oauth2", "openIdConnect")
    return kind == "http" and http == auth.scheme


def _scopes(scheme: Mapping[str, Any]) -> set[str]:
    flows = scheme.get("flows")
    each = [flow.get("scopes") for flow in flows.values() if isinstance(flow, Mapping)] if isinstance(flows, Mapping) else []
    return {scope for scopes in each if isinstance(scopes, Mapping) for scope in scopes}


def _listed(requirements: Requirements) -> list[dict[str, list[str]]]:
    return [{name: list(scopes) for name, scopes in each.items()} for each in requirements]
