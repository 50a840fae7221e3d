"""What is counted: every operation with its parameters and responses, references followed, and every property name."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from photon.openapi.source.references import Located
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec, SpecOperation

_ONE = frozenset(("items", "additionalProperties", "not", "if", "then", "else"))
_SEVERAL = frozenset(("allOf", "oneOf", "anyOf", "prefixItems"))
_NAMED = frozenset(("patternProperties", "$defs"))
"""Where a schema has schemas inside of it, besides ``properties``: one, a list of them, a mapping of them."""

_Key = TypeVar("_Key", bound=Hashable)
_MANY = 5_000
"""Inline schemas with more characters than this as JSON are not compared."""


class Evidence(NamedTuple):
    """One thing that was learned: `agreeing` of `of` cases say that `subject` is `found`. of is 0 where nothing was counted."""

    subject: str
    found: str
    agreeing: int
    of: int


class Part(NamedTuple):
    """A part of the document: as it is given (a ``$ref``, or the object) in one file, and what it means, in perhaps another."""

    given: Mapping[str, Any]
    given_in: Source
    value: Mapping[str, Any]
    source: Source


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An operation with what it has in effect. parameters: by (in, name), the path item's included. responses: by status."""

    operation: SpecOperation
    parameters: Mapping[tuple[str, str], Part]
    responses: Mapping[str, Part]

    @property
    def success(self) -> str | None:
        """The lowest success status; None where none is stated."""
        return min((status for status in self.responses if status[:1] == "2"), default=None)


class Survey:
    """A specification with its references followed, each of them once."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._followed: dict[tuple[int, str], Located | None] = {}
        self.operations: tuple[Seen, ...] = tuple(map(self._seen, spec.operations))

    def follow(self, value: Any, source: Source | None = None) -> Located | None:
        """`value`, which stands in `source` (the root file if None), or what its ``$ref`` leads to; None where nowhere."""
        source = source or self.spec.source
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            return Located(value, source, ())
        key = id(source), reference
        if key not in self._followed:
            found = self.spec.references.follow(value, source)
            self._followed[key] = found if isinstance(found, Located) else None
        return self._followed[key]

    def part(self, value: Any, source: Source | None = None) -> Part | None:
        """`value` as a Part; None where it is no mapping or leads to none."""
        source = source or self.spec.source
        found = self.follow(value, source)
        return Part(value, source, found.value, found.source) if found and isinstance(found.value, dict) else None

    def written(self, part: Part) -> Mapping[str, Any] | None:
        """`part` as the root file would write it; None for an inline object of another file that refers to something."""
        value, source, root = part.given, part.given_in, self.spec.source
        if source is root:
            return value
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return None if "$ref" in canonical(value) else value
        file, mark, fragment = reference.partition("#")
        if "://" in file or source.path is None or root.path is None:
            return value
        path = (source.path.parent / file).resolve() if file else source.path.resolve()
        if path == root.path.resolve():
            return {"$ref": f"#{fragment}"}
        relative = os.path.relpath(path, root.path.resolve().parent).replace(os.sep, "/")
        return {"$ref": f"{relative if relative.startswith('.') else './' + relative}{mark}{fragment}"}

    def _seen(self, operation: SpecOperation) -> Seen:
        parameters: dict[tuple[str, str], Part] = {}
        for holder in (operation.item, operation.node):
            for part in filter(None, (self.part(each, operation.source) for each in items(holder.get("parameters")))):
                name, place = part.value.get("name"), part.value.get("in")
                if isinstance(name, str) and isinstance(place, str):
                    parameters[place, name] = part
        stated = ((status, self.part(value, operation.source)) for status, value in pairs(operation.node.get("responses")))
        return Seen(operation, parameters, {status: part for status, part in stated if part})

    def properties(self) -> Iterator[tuple[str, Any, Source]]:
        """Every property of every schema that can be reached, once: (its name, its schema, the file where that stands)."""
        stack = [(schema, self.spec.source) for schema in self.spec.components("schemas").values()]
        stack += [found for seen in self.operations for found in self._bodies(seen)]
        stack += [
            (schema, part.source)
            for kind in ("responses", "requestBodies")
            for value in self.spec.components(kind).values()
            if (part := self.part(value))
            for schema in schemas_in(part.value)
        ]
        done = set[int]()
        while stack:
            schema, source = stack.pop()
            if not isinstance(schema, dict) or id(schema) in done:
                continue
            done.add(id(schema))
            if isinstance(reference := schema.get("$ref"), str):
                if source is not self.spec.source or not reference.startswith("#/components/"):
                    found = self.follow(schema, source)
                    stack += [(found.value, found.source)] if found else []
                continue
            for name, inner in pairs(schema.get("properties")):
                yield name, inner, source
                stack.append((inner, source))
            stack += [(inner, source) for inner in _inside(schema)]

    def _bodies(self, seen: Seen) -> Iterator[tuple[Any, Source]]:
        body = self.part(seen.operation.node.get("requestBody"), seen.operation.source)
        for part in (*((body,) if body else ()), *seen.responses.values()):
            yield from ((schema, part.source) for schema in schemas_in(part.value))


def _inside(schema: Mapping[str, Any]) -> Iterator[Any]:
    for word in _ONE.intersection(schema):
        yield schema[word]
    for word in _SEVERAL.intersection(schema):
        yield from items(schema[word])
    for word in _NAMED.intersection(schema):
        yield from (value for _, value in pairs(schema[word]))


def schemas_in(holder: Mapping[str, Any]) -> list[Any]:
    """The schemas of all media types of a body or an answer."""
    return [media["schema"] for _, media in pairs(holder.get("content")) if isinstance(media, dict) and "schema" in media]


def pairs(value: Any) -> Iterable[tuple[str, Any]]:
    """The entries of a mapping, none of anything else."""
    return value.items() if isinstance(value, dict) else ()


def items(value: Any) -> Iterable[Any]:
    """The items of a list, none of anything else."""
    return value if isinstance(value, list) else ()


def canonical(value: Any) -> str:
    """A text that two equal values share and different ones do not."""
    reference = value.get("$ref") if isinstance(value, dict) and len(value) == 1 else None
    return reference if isinstance(reference, str) else json.dumps(value, sort_keys=True, default=str)


class Ballot:
    """Counts values that cannot be keys, such as schemas, and keeps the first of each that are equal."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._first: dict[str, Any] = {}
        self._keys: dict[int, tuple[str, Any]] = {}  # with the value, so that nothing else gets its id

    def vote(self, value: Any) -> None:
        """One more for `value`. What is very large is like nothing else."""
        if id(value) not in self._keys:
            self._keys[id(value)] = canonical(value), value
        key = self._keys[id(value)][0]
        if len(key) <= _MANY:
            self._first.setdefault(key, value)
        self.counts[key] += 1

    @property
    def winner(self) -> Any:
        """The value with the most votes, the first of several; None where there is none."""
        return next((self._first[key] for key, _ in self.counts.most_common() if key in self._first), None)


def most(counts: Counter[Any]) -> tuple[Any, int]:
    """The most frequent key, the first of several, and how often; (None, 0) where there is none."""
    return counts.most_common(1)[0] if counts else (None, 0)


def often(counts: Counter[_Key], of: int, share: float) -> list[_Key]:
    """The keys that at least `share` of `of` cases have, in the order in which they were met."""
    return [key for key, count in counts.items() if of and count >= share * of]
