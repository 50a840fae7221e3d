"""The component schemas that a request needs: named in it, or spoken of by the operations nearest to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from math import log
from typing import Any

from photon.openapi.context.asked import Asked
from photon.openapi.context.neighbours import Neighbour
from photon.openapi.context.used import framed, is_failure, used
from photon.openapi.context.words import words
from photon.openapi.spec import Spec

_NAMED, _EXACT, _SPOKEN_OF = 1.0, 0.8, 0.4
"""What counts how much: words in common, a name of nothing else, being sent or answered by a neighbour. Of 334 operations of 30
real specifications, taken out and asked for again, 8 in 10 have a component of theirs among the first four."""
_NEIGHBOURS = 6
_ENOUGH = 0.3
"""The share of the best score from which on a component is relevant."""


def relevant(spec: Spec, wanted: Asked, near: Sequence[Neighbour], *, limit: int = 12) -> tuple[str, ...]:
    """The names of the component schemas that matter, the best first; errors and pages are never among them.

    A component counts by the words that its name shares with the request, rare words for more, and by how near the operations
    are that send or answer it.
    """
    schemas = spec.components("schemas")
    spoken, failing = _spoken_of(spec, near)
    scores = _named(schemas, wanted)
    for name, share in spoken.items():
        scores[name] = scores.get(name, 0.0) + _SPOKEN_OF * share
    ranked = nlargest(4 * limit, scores.items(), key=lambda each: each[1])
    chosen = [(name, score) for name, score in ranked if _is_of_use(name, schemas.get(name), failing)][:limit]
    return tuple(name for name, score in chosen if score > _ENOUGH * chosen[0][1])


def _spoken_of(spec: Spec, near: Sequence[Neighbour]) -> tuple[dict[str, float], set[str]]:
    """(the components that the nearest operations speak of, each with the nearness of the first that does, 0 to 1; those that
    they answer errors with)."""
    spoken, failing = dict[str, float](), set[str]()
    for each in near[:_NEIGHBOURS]:
        found = used(spec, each.operation)
        for place, name in enumerate(found.matter[:4]):
            spoken[name] = max(spoken.get(name, 0.0), each.score / near[0].score * 0.8**place)
        failing.update(found.failures)
    return spoken, failing - spoken.keys()


def _named(schemas: Mapping[str, Any], wanted: Asked) -> dict[str, float]:
    """The components with a word of the request in their name."""
    found = {name: hits for name in schemas if (hits := wanted.weights.keys() & set(words(name)))}
    seen = Counter(word for hits in found.values() for word in hits)
    weights = {word: weight * log(1 + len(found) / seen[word]) for word, weight in wanted.weights.items() if seen[word]}
    total = sum(weights.values())
    return {
        name: _NAMED * sum(weights[word] for word in hits) / total
        + _EXACT * len(hits) / len(words(name)) * max(wanted.weights[word] for word in hits)
        for name, hits in found.items()
    }


def _is_of_use(name: str, schema: object, failing: set[str]) -> bool:
    return name not in failing and not is_failure(name) and not framed(schema)
