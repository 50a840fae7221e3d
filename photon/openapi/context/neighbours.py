"""The operations of a specification that are nearest to one that is asked for: by their paths, and by words in common.

What a model is told of a specification and whose habits an answer follows are found by this one search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest
from math import log
from weakref import WeakKeyDictionary

from photon.openapi.context.asked import Asked, asked
from photon.openapi.context.routes import PARAMETER, kinship, segments
from photon.openapi.context.words import stem, words
from photon.openapi.spec import Spec, SpecOperation
from photon.openapi.style.paths import base_paths

_PATH, _WORDS, _PRECISE, _LAST, _METHOD, _SAID = 2.0, 1.0, 0.35, 0.25, 0.1, 0.5
"""What counts how much: the way in common, words in common, a path that has no other words, its last word, the method; a word
that stands in the summary, and not in the path."""
_ENOUGH = 0.3
"""The share of the best score from which on an operation is a neighbour."""
_LONGEST_TEXT = 300
"""Characters of a summary, an operationId or a tag in which words are looked for."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An operation, and how near it is: 0 to 4; from 2 on it has the very path that is asked for."""

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
    compared = Compared(spec.operations, said) if said else compared_with(spec)
    best = nlargest(limit, compared.scores(wanted), key=lambda each: each.score)
    return tuple(each for each in best if each.score > _ENOUGH * best[0].score)


class Compared:
    """Operations with their words, looked up once, to be compared with any number of requests."""

    def __init__(self, operations: Sequence[SpecOperation], said: Said) -> None:
        self._rows = tuple(_rows(operations, said))

    def scores(self, wanted: Asked) -> Iterator[Neighbour]:
        """How near each operation is, in the order of the document, those with nothing in common too (0)."""
        asked_for = wanted.weights.keys()
        hits = [(asked_for & row.in_path, asked_for & row.said) for row in self._rows]
        seen = Counter(word for in_path, said in hits for word in in_path | said)
        weights = {
            word: weight * log(1 + len(self._rows) / seen[word]) for word, weight in wanted.weights.items() if seen[word]
        }
        total = sum(weights.values())
        shares = {word: weight / total for word, weight in weights.items()} if total else {}
        for row, (in_path, said) in zip(self._rows, hits, strict=True):
            yield Neighbour(row.operation, _score(row, in_path, said - in_path, wanted, shares))


@dataclass(frozen=True, slots=True)
class _Row:
    operation: SpecOperation
    way: tuple[str, ...]
    in_path: frozenset[str]
    said: frozenset[str]


_COMPARED: WeakKeyDictionary[Spec, Compared] = WeakKeyDictionary()


def compared_with(spec: Spec) -> Compared:
    """The operations of `spec` by the words of their paths, summaries, operationIds and tags: made once for each."""
    if spec not in _COMPARED:
        _COMPARED[spec] = Compared(spec.operations, _summary_words)
    return _COMPARED[spec]


def _rows(operations: Sequence[SpecOperation], said: Said) -> Iterator[_Row]:
    path, way, in_path = "", tuple[str, ...](), frozenset[str]()
    for operation in operations:
        if operation.path != path:
            path, way = operation.path, segments(operation.path)
            in_path = frozenset(word for segment in way if segment != PARAMETER for word in segment.split(" "))
        yield _Row(operation, way, in_path, frozenset(said(operation)))


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


def _score(row: _Row, in_path: Set[str], said: Set[str], wanted: Asked, shares: Mapping[str, float]) -> float:
    """in_path and said: the words in common that stand in the path, and those that stand in the rest alone. shares: what each
    word counts of all, 0 to 1."""
    kin = kinship(wanted.segments, row.way) if wanted.segments is not None else 0.0
    if not in_path and not said and not kin:
        return 0.0
    literals = [segment for segment in row.way if segment != PARAMETER]
    covered = [segment for segment in literals if in_path >= {*segment.split(" ")}] if in_path else []
    score = _PATH * kin + _METHOD * (row.operation.method == wanted.method)
    score += _WORDS * (sum(shares[word] for word in in_path) + _SAID * sum(shares[word] for word in said))
    if covered:
        score += _PRECISE * len(covered) / len(literals) + _LAST * (covered[-1] == literals[-1])
    return score
