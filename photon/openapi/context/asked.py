"""What a request is about, as words with weights: the thing itself, what it belongs to, details."""

from __future__ import annotations

import re
from dataclasses import dataclass

from photon.openapi.context.routes import PARAMETER, segments, without_base
from photon.openapi.context.words import method_meant, telling_words, words

_ROUTE = re.compile(r"(?:https?://|(?<!\w)/)[^\s\"'`]*")
_TURNS = re.compile(
    r"\b(with|having|returning|returns?|by|if|so|because|filter\w*|sort\w*)\b|\b(of|to|for|in|into|from|on|per|under)\b",
    re.IGNORECASE,
)
_OPEN_TO_ALL = re.compile(
    r"\b(?:no|not|without|needn't|n't)\b[^.?!]{0,30}\b(?:auth\w*|log(?:ged)?\s?in|token|api\s?key|credentials?|security)\b"
    r"|\bpublic(?:ly)?\b",
    re.IGNORECASE,
)
"""A question for what needs no authentication, which operations call 'unauthenticated'."""
_HOLDER, _DETAIL = 0.6, 0.3
"""The weight of what follows 'of' and of what follows 'with', against the 1 of the thing itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """weights: the words, each with its weight, 0 to 1. method: in capitals, None where nothing says it. segments: of the path
    that is asked for, as `photon.openapi.context.routes.segments` has them; None where the request names no path."""

    weights: dict[str, float]
    method: str | None = None
    segments: tuple[str, ...] | None = None


def asked(text: str, *, method: str | None = None, path: str | None = None, bases: tuple[str, ...] = ()) -> Asked:
    """What a line of English is about. method and path: what it names of a route. bases: the servers' base paths.

    The last word of a path is the thing itself, the words before it are what it belongs to.
    """
    prose = _ROUTE.sub(" ", text)
    weights: dict[str, float] = {}
    way = segments(without_base(path, bases)) if path is not None else None
    literals = [segment for segment in way or () if segment != PARAMETER]
    for place, literal in enumerate(reversed(literals)):
        _weigh(weights, literal.split(), _HOLDER if place else 1.0)
    found = method or method_meant(prose)
    for weight, part in _parts(prose):
        _weigh(weights, telling_words(part), weight)
    return Asked(weights, found, way)


def asked_in_prose(question: str, earlier: str = "") -> Asked:
    """What a question is about; `earlier` is what was asked before it, and counts for less."""
    weights: dict[str, float] = {}
    if _OPEN_TO_ALL.search(question):
        _weigh(weights, words("unauthenticated"), 1.0)
    _weigh(weights, _plain_words(question), 1.0)
    _weigh(weights, _plain_words(earlier), _DETAIL)
    return Asked(weights, method_meant(question))


def _plain_words(text: str) -> tuple[str, ...]:
    """The telling words of a sentence, those of a path that it names included."""
    return tuple(dict.fromkeys((*telling_words(text), *(word for path in _ROUTE.findall(text) for word in words(path)))))


def _parts(prose: str) -> list[tuple[float, str]]:
    """The sentence in pieces with the weight of each: a detail stays one until the next piece of the sentence."""
    parts, weight, start = list[tuple[float, str]](), 1.0, 0
    for match in _TURNS.finditer(prose):
        parts.append((weight, prose[start : match.start()]))
        weight = _DETAIL if match[1] else min(weight, _HOLDER)
        start = match.end()
    return [*parts, (weight, prose[start:])]


def _weigh(weights: dict[str, float], found: tuple[str, ...] | list[str], weight: float) -> None:
    for word in found:
        weights[word] = max(weights.get(word, 0.0), weight)
