"""The operations of a specification that are nearest to one that is asked for: by their paths, and by words in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log

from photon.openapi.context.asked import Asked, asked
from photon.openapi.context.routes import PARAMETER, base_paths, kinship, segments
from photon.openapi.context.words import stem, words
from photon.openapi.spec import Spec, SpecOperation

_PATH, _WORDS, _PRECISE, _LAST, _METHOD, _SAID = 2.0, 1.0, 0.35, 0.25, 0.1, 0.5
"""What counts how much: the way in common, words in common, a path that has no other words, its last word, the method; a word
that stands in the summary, and not in the path."""
_ENOUGH = 0.3
"""The share of the best score from which on an operation is a neighbour."""
_LONGEST_TEXT = 300
"""Characters of a summary, an operationId or a tag in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An operation, and how near it is: above 0, at most 4; from 2 on it has the very path that is asked for."""

    operation: SpecOperation
    score: float


Said = Callable[[SpecOperation], Iterable[str]]
"""The stems of what an operation says of itself beyond its path."""


def neighbours(spec: Spec, method: str | None, path: str | None, text: str, *, limit: int = 20) -> tuple[Neighbour, ...]:
    """The operations of `spec` that are nearest to what `text` asks for, the best first; none where nothing is in common.

    method and path: what the request names of a route (see `photon.sketch.prompt.find_route`), None where it names none; the
    path with or without the servers' base path and versions. The very operation itself, where it is there, is its own first
    neighbour.
    """
    return nearest(spec, asked(text, method=method, path=path, bases=base_paths(spec)), limit=limit)


def nearest(spec: Spec, wanted: Asked, *, said: Said | None = None, limit: int = 20) -> tuple[Neighbour, ...]:
    """`neighbours` for what was made out of a request already. said: other words of an operation than its summary's."""
    compared = _compared(spec.operations, wanted, said or _summary_words)
    seen = Counter(word for _, hits in compared for word in hits)
    weights = {
        word: weight * log(1 + len(spec.operations) / seen[word]) for word, weight in wanted.weights.items() if seen[word]
    }
    total = sum(weights.values())
    ranked = ((_score(operation, hits, wanted, weights, total), operation) for operation, hits in compared)
    best = nlargest(limit, ranked, key=lambda each: each[0])
    return tuple(Neighbour(operation, score) for score, operation in best if score > _ENOUGH * best[0][0])


def _compared(
    operations: Sequence[SpecOperation], wanted: Asked, said: Said
) -> list[tuple[SpecOperation, Mapping[str, float]]]:
    """Each operation with the words that it shares with the request: 1 for one of its path, less for one of its summary."""
    asked_for, compared = wanted.weights.keys(), list[tuple[SpecOperation, Mapping[str, float]]]()
    path, in_path = "", dict[str, float]()
    for operation in operations:
        if operation.path != path:
            path = operation.path
            in_path = dict.fromkeys(asked_for & _path_words(path), 1.0)
        hits = in_path
        if len(in_path) < len(asked_for) and (more := asked_for & set(said(operation)) - in_path.keys()):
            hits = {**in_path, **dict.fromkeys(more, _SAID)}
        if hits or wanted.segments is not None:
            compared.append((operation, hits))
    return compared


def _path_words(path: str) -> set[str]:
    return {word for segment in segments(path) if segment != PARAMETER for word in segment.split(" ")}


def _summary_words(operation: SpecOperation) -> list[str]:
    found = (operation.node.get(key) for key in ("summary", "operationId"))
    tags = operation.node.get("tags")
    return [
        word for text in (*found, *(tags if isinstance(tags, list) else ())) if isinstance(text, str) for word in _words(text)
    ]


def _words(text: str) -> Sequence[str]:
    """The stems in a text: of plain words in lower case without looking into them, which are most of all text."""
    return [
        word
        for part in text[:_LONGEST_TEXT].split()
        for word in ((stem(part),) if part.islower() and part.isalpha() else words(part))
    ]


def _score(
    operation: SpecOperation, hits: Mapping[str, float], wanted: Asked, weights: Mapping[str, float], total: float
) -> float:
    way = segments(operation.path)
    kin = kinship(wanted.segments, way) if wanted.segments is not None else 0.0
    if not hits and not kin:
        return 0.0
    literals = [segment for segment in way if segment != PARAMETER]
    covered = [segment for segment in literals if all(hits.get(word) == 1.0 for word in segment.split(" "))]
    score = _PATH * kin + _METHOD * (operation.method == wanted.method)
    if total:
        score += _WORDS * sum(weights.get(word, 0.0) * share for word, share in hits.items()) / total
    if covered:
        score += _PRECISE * len(covered) / len(literals) + _LAST * (covered[-1] == literals[-1])
    return score
