"""operationIds in the pattern of a specification: each operation that is there says how the new one would be called.

An operationId is read as a template (`photon.openapi.style.id_templates`). With the words of another path in their place it
is a proposal for that path; the proposals of all operations like the new one are counted, those of its neighbours most. So
the verbs are the specification's own, also those that it uses under one path alone. A pattern is written as the operationId
of ``GET /users``: ``listUsers``, ``users_list``, ``users/list``, ``UsersController_list``, ``get-users``, ``GetUsers``.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import count

from photon.openapi.naming import operation_words, singular
from photon.openapi.spec import SpecOperation
from photon.openapi.style.casing import case_of, recased
from photon.openapi.style.id_habits import from_summary, with_prefix
from photon.openapi.style.id_templates import (
    PathWords,
    Template,
    Writing,
    filled,
    read_path,
    stretched,
    template,
    writing_of,
)

_EXAMPLE = "/users"
_ENOUGH = 0.2
"""The share of the votes that a pattern needs; below it every operationId is made up on its own."""

_NEAREST = 600
"""More operations than this are not asked; that takes about 20 ms."""

_METHODS_ALONE = frozenset(("post", "put", "patch"))
"""Verbs that nobody takes who does not name operations by their methods."""

_STRETCHED = 2
"""How much more it counts that an operationId has the whole path in it, where the paths are of different forms."""

_FOREIGN = 0.5
"""How much less for each word of which nobody knows where it comes from; twice that for the pattern of all."""

_SAME_KEY = 4.0
"""How much more an operation counts whose path ends in a parameter of the same name: ``ByFileName`` beside ``ById``."""

_SECOND = 0.25
"""A proposal with less than this share of the best one's votes does not take its place where that one is taken."""


def pattern_of(operations: Sequence[SpecOperation]) -> str | None:
    """The operationId of ``GET /users`` in the pattern of `operations`; None where they have none, or no pattern."""
    lists = [each for each in operations if each.method == "GET" and not each.path.rstrip("/").endswith("}")]
    asked = lists or operations
    votes = _votes("GET", _EXAMPLE, asked[:: len(asked) // _NEAREST + 1], near=False)
    name, weight = votes.most_common(1)[0] if votes else (None, 0)
    return name if weight >= _ENOUGH * votes.total() else None


def operation_id(
    method: str,
    path: str,
    pattern: str | None,
    *,
    taken: Collection[str],
    neighbours: Sequence[SpecOperation] = (),
    summary: str = "",
    tags: Sequence[str] = (),
) -> str:
    """An operationId for a new operation, unique among `taken`.

    neighbours: the operations that the specification has. Without any, or any with an operationId, `pattern` decides alone;
    without that, lowerCamelCase from method and path. summary, tags: the operation's own, for where the others follow theirs.
    """
    if (said := from_summary(summary, neighbours)) is not None and said not in taken:
        return said
    votes = _votes(method, path, _nearest(path, neighbours), near=True).most_common(4)
    best = [(with_prefix(name, tags, neighbours), weight) for name, weight in votes]
    for name, weight in best:
        if name not in taken and weight >= _SECOND * best[0][1]:
            return name
    return _unique(best[0][0] if best else _by_pattern(method, path, pattern or "listUsers"), path, taken)


def _votes(method: str, path: str, operations: Sequence[SpecOperation], *, near: bool) -> Counter[str]:
    """What each of the operations would call ``method path``, by the weight of its word: those of that method, else all."""
    target = read_path(method, path)
    named = [(each, name) for each in operations if isinstance(name := each.node.get("operationId"), str) and name]
    readings = [(each, read := read_path(each.method, each.path), template(name, read)) for each, name in named]
    writing = writing_of((found for _, _, found in readings), (name for _, name in named))
    votes = _counted([(read, found) for each, read, found in readings if each.method == method], target, writing, near=near)
    if votes:
        return votes
    verb = _verb(method, path, [(each.method, found) for each, _, found in readings])
    others = [(read, found.with_verb(verb)) for _, read, found in readings if found.verb is not None]
    if method == "POST" and target.kinds[-1:] == "L":
        others = [(read, found.of_one()) for read, found in others]
    return _counted(others, target, writing, near=near)


def _counted(readings: list[tuple[PathWords, Template]], target: PathWords, writing: Writing, *, near: bool) -> Counter[str]:
    votes: Counter[str] = Counter()
    for read, found in readings:
        weight = _weight(read, target, found, near=near)
        longer = stretched(found, read, target) if weight and read.kinds != target.kinds else None
        if weight and (proposal := filled(longer or found, target, writing)):
            votes[proposal] += weight * (_STRETCHED if longer else 1)  # type: ignore[assignment] # a weight is a float, which a Counter counts as well
    return votes


def _weight(read: PathWords, target: PathWords, found: Template, *, near: bool) -> float:
    """How much the word of an operation counts: paths of the same form most, and those that begin alike."""
    if not read.literals or not target.literals or not _alike(read.kinds[-1], target.kinds[-1], found):
        return 0.0
    unexplained = found.foreign + (found.verb is None and read.kinds[-1] != "A")
    weight = (_FOREIGN if near else _FOREIGN**2) ** unexplained
    weight *= 4.0 if read.kinds == target.kinds else 1.0
    weight *= 3.0 if read.ends_in_plural == target.ends_in_plural else 1.0
    if near:
        weight *= 4.0 ** min(_shared(read.literals, target.literals), 5)
        weight *= 3.0 if read.literals[-1] == target.literals[-1] else 1.0
        weight *= _likeness_of_key(read, target, found) if read.kinds[-1] == target.kinds[-1] == "P" else 1.0
    return weight


def _likeness_of_key(read: PathWords, target: PathWords, found: Template) -> float:
    """Of two paths that end in a parameter. ``ById`` of ``{fileId}`` says that it is the key, not how {fileName} is told."""
    one, other = read.parameters[-1], target.parameters[-1]
    if one == other:
        return _SAME_KEY
    shortened = one[-1] != other[-1] and any(slot.number == "last word" for slot in found.slots)
    return 1 / _SAME_KEY if shortened else 1.0


def _alike(one: str, other: str, found: Template) -> bool:
    """Whether paths with these ends are named alike. An action has a verb, unless the method is the verb everywhere."""
    if one == other:
        return True
    verb = found.verb
    return "P" not in (one, other) and verb is not None and found.slots[verb].text[0] in _METHODS_ALONE


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _verb(method: str, path: str, templates: list[tuple[str, Template]]) -> str:
    """The verb for a method: the one that other operations of it have, else the method itself where that is the habit."""
    verbs = [(each, found.slots[at].text[0]) for each, found in templates if (at := found.verb) is not None]
    own = Counter(verb for each, verb in verbs if each == method)
    if own and read_path(method, path).kinds[-1:] != "A":
        return own.most_common(1)[0][0]
    if any(verb == each.lower() for each, verb in verbs if each in ("POST", "PUT")):
        return method.lower()
    return operation_words(method, path)[0]


def _nearest(path: str, neighbours: Sequence[SpecOperation]) -> Sequence[SpecOperation]:
    if len(neighbours) <= _NEAREST:
        return neighbours
    parts = path.split("/")
    return heapq.nlargest(_NEAREST, neighbours, key=lambda each: _shared(each.path.split("/"), parts))


def _by_pattern(method: str, path: str, pattern: str) -> str:
    """A name in a pattern alone: the verb first and then every noun, or the last noun and then the verb."""
    verb, *nouns = operation_words(method, path)
    found = template(pattern, read_path("GET", _EXAMPLE))
    at = found.verb
    own = found.slots[at].text[0] if at is not None else ""
    if own == "get" and method == "GET" and verb == "list":
        verb = "get"
    if at == 0 or at is None:
        return recased("-".join([verb, *nouns]), case_of(pattern) or "camel")
    read = read_path(method, path)
    if read.kinds.endswith("A") and len(read.literals) > 1:
        read = replace(read, literals=read.literals[:-1])
    name = filled(found.with_verb(verb), read, Writing({}, {}))
    return name or recased("-".join([verb, *nouns]), "camel")


def _unique(name: str, path: str, taken: Collection[str]) -> str:
    """`name`, told apart by what stands above it in the path, or at last by a number."""
    if name not in taken:
        return name
    above = [singular(group[-1]) for group in reversed(read_path("GET", path).literals[:-1])]
    mark = next((mark for mark in ("_", "-") if mark in name), "")
    if mark and name.rpartition(mark)[2][:1].isupper():
        mark = ""
    for word in above:
        longer = name + (f"{mark}for{mark}{word}" if mark else f"For{word.capitalize()}")
        if longer not in taken:
            return longer
    return next(each for number in count(2) if (each := f"{name}{mark}{number}") not in taken)
