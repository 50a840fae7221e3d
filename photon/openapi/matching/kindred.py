"""What the kindred of a new operation take and answer with: those on the same path, its collection, its item, and their like.

A specification has habits here: what ``POST /pets`` answers with is what ``GET /pets/{id}`` answers with, the items of
``GET /pets`` are just that, ``GET /owners/{id}/pets`` lists what ``GET /shops/{id}/pets`` lists, and bodies are called
``PetRequest``. How far each of these can be trusted is counted on the operations that are there; what then is more likely than
what the model names is taken instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from photon.openapi import naming
from photon.openapi.matching.component_names import Pattern, Plain, name_after, pattern_of, singulars
from photon.openapi.matching.given import Contents, Given, Position
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success, segments
from photon.openapi.spec import SpecOperation
from photon.sketch.model import Array, Content, Object, Ref, Response, Sketch, Type

_Key = TypeVar("_Key")
Denies = Callable[[Type, str, str], bool]

_SAMPLE = 300
"""So many operations are asked how far a relation can be trusted, which bounds the time: 70 ms where there are 900."""
_MOST_ALIKE = 12
_MOST_PATTERNS = 6
_ENOUGH, _SURE = 0.6, 0.8
"""How certain a component must be to be taken before one that the model names, and before fields that it thought of."""
_MODEL = 0.4
"""How often a component that the model names is the one, where kindred say something else."""
_PRIOR = 2
"""So many operations the general experience counts, beside those of the specification."""
_NEARLY_ALL, _MOSTLY, _FEW = 0.8, 0.6, 3
"""A habit without exceptions to speak of, and the usual way; fewer operations than this do not make one."""


class _Relation(NamedTuple):
    """A kind of kindred. trust: how often such have the same component, over twenty specifications. at: whose position."""

    name: str
    trust: float
    at: Position = "answer"


class _Name(NamedTuple):
    """What a component is called, and whether a list of it is meant."""

    pattern: Pattern
    is_list: bool


_ITSELF = _Relation("the same path", 0.8)
_MADE = _Relation("item and collection", 0.7)
_ITEMS = _Relation("items of the list", 0.6)
_TAIL = _Relation("the same end of the path", 0.6)
_OWNER = _Relation("the thing that it is done to", 0.25)
_SIBLINGS = _Relation("what else is done to it", 0.25)
_CHANGED = _Relation("other bodies of the thing", 0.4, "body")
_MADE_FROM = _Relation("bodies of the collection", 0.4, "body")
_TAIL_BODY = _Relation("bodies of the same end of the path", 0.4, "body")
_SHOWN = _Relation("the answer of the thing", 0.15)
_NAMED = _Relation("named after the path", 0.5)

_Found = Iterator[tuple[_Relation, Given]]
_Kin = Iterator[tuple[_Relation, Iterable[SpecOperation], Callable[[Given], Given]]]


class Kindred:
    """Answers for one specification; everything is counted when it is first asked for. schemas: its component schemas."""

    def __init__(self, surroundings: Surroundings, schemas: Mapping[str, Any]) -> None:
        self._around = surroundings
        self._schemas = schemas
        self._contents = Contents(surroundings, schemas)

    def fitted(self, sketch: Sketch, wanted: Wanted, denies: Denies, text: str = "") -> Sketch:
        """`sketch` about what its kindred are about, and with a list where such a path is answered with one.

        denies: whether the user stated fields that a component has not. text: the request; a component that it names stays.
        """
        if not self._schemas or not self._around.operations:
            return sketch
        defined = {each.name: each.type for each in sketch.components}

        def rule(content: Content | None, position: Position) -> Content | None:
            if content is None or content.kind != "json" or content.type is None:
                return content
            inner = content.type.items if isinstance(content.type, Array) else content.type
            name = inner.name if isinstance(inner, Ref) else ""
            said = name if name in self._schemas else self._by_words.get(singulars(name), "")
            if _is_named(said, text):
                return content
            own = defined.get(name, inner)
            least = _SURE if isinstance(own, Object) else _ENOUGH
            found = self.expected(wanted.method, segments(wanted.path).plain, position, said, least=least)
            if found is not None and denies(own, found.name, wanted.path):
                return content
            return replace(content, type=self._type(content.type, found, wanted, position))

        answers = (self._answer(each, rule, wanted) if is_success(each.status) else each for each in sketch.responses)
        return replace(sketch, body=rule(sketch.body, "body"), responses=tuple(answers))

    def _answer(self, said: Response, rule: Callable[[Content | None, Position], Content | None], wanted: Wanted) -> Response:
        """An answer; where nothing is deleted without one, also that to a deletion."""
        if wanted.method != "DELETE" or said.content is not None or self._deletion is None:
            return replace(said, content=rule(said.content, "answer"))
        status, given = self._deletion
        return Response(status, Content("json", Ref(given.outer or given.name)), said.headers)

    def _type(self, said: Type, found: Given | None, wanted: Wanted, position: Position) -> Type:
        plain = segments(wanted.path).plain
        is_list = position == "answer" and _is_list_path(wanted.method, plain)
        if found is None:
            is_missing = is_list and _is_plural(plain) and isinstance(said, Ref) and self._lists_in_plural
            return Array(Ref(self._contents.item(said.name) or said.name)) if is_missing and isinstance(said, Ref) else said
        if found.outer and not is_list:
            return Ref(found.outer)
        return Array(Ref(found.name)) if found.is_list else Ref(found.name)

    def expected(
        self, method: str, plain: Plain, position: Position, said: str = "", *, least: float = _ENOUGH
    ) -> Given | None:
        """What a body or an answer is about by the word of its kindred; None where that is not certain enough.

        plain: the path as `segments` cuts it. said: the component that the model names. least: the certainty, from 0 to 1.
        """
        doubt: dict[Given, float] = {}
        for relation, found in self._found(method, plain, position):
            doubt[found] = doubt.get(found, 1.0) * (1 - self._trust(relation, method, plain, position))
        for given in doubt:
            doubt[given] *= 1 - _MODEL if said in (given.name, given.outer) else 1.0
        best = min(doubt, key=doubt.__getitem__, default=None)
        return best if best is not None and 1 - doubt[best] >= least else None

    # -- who they are -------------------------------------------------------------------------------------------------

    def _found(self, method: str, plain: Plain, position: Position, without: SpecOperation | None = None) -> _Found:
        """What each kind of kindred has most often."""
        for relation, operations, read in self._kin(method, plain, position):
            given = (self._contents.given(each, relation.at) for each in operations if each is not without)
            votes = Counter(read(each) for each in given if each is not None)
            if votes:
                yield relation, votes.most_common(1)[0][0]
        if (named := self._named(method, plain, position, without)) is not None:
            yield _NAMED, named

    def _kin(self, method: str, plain: Plain, position: Position) -> _Kin:
        """The kinds of kindred that an operation has, each with how what they have is read."""
        is_item = plain[-1:] == ("{}",)
        collection, item = (plain[:-1], plain) if is_item else (plain, (*plain, "{}"))
        if position == "body":
            yield _CHANGED, self._at(item, "PUT", "PATCH", "POST"), _same
            yield _MADE_FROM, self._at(collection, "POST", "PUT", "PATCH"), _same
            yield _TAIL_BODY, self._alike(method, plain), _same
            yield _SHOWN, (*self._at(item, "GET"), *self._at(plain, "GET")), _single
        elif _is_list_path(method, plain):
            yield _ITEMS, self._at(item, "GET"), _listed
            yield _MADE, self._at(collection, "POST"), _listed
            yield _TAIL, self._alike(method, plain), _same
        else:
            yield _ITSELF, self._at(plain, *(("GET",) if is_item else ()), "PUT", "PATCH", "POST"), _same
            yield (
                _MADE,
                self._at(collection if is_item else item, *(() if is_item else ("GET",)), "PUT", "PATCH", "POST"),
                _single,
            )
            yield _ITEMS, self._at(collection, "GET"), _single
            yield _TAIL, self._alike(method, plain), _same
            if not is_item and plain[-2:-1] == ("{}",) and method != "GET":
                yield _OWNER, self._at(plain[:-1], "GET"), _single
                yield _SIBLINGS, _others(self._by_owner.get((method, plain[:-1]), ()), plain), _same

    def _at(self, plain: Plain, *methods: str) -> list[SpecOperation]:
        return [each for each in self._by_path.get(plain, ()) if each.method in methods]

    def _alike(self, method: str, plain: Plain) -> list[SpecOperation]:
        """Those of the same method whose paths end alike, below something else."""
        return _others(self._by_tail.get((method, _tail(plain)), ()), plain)

    @cached_property
    def _by_path(self) -> Mapping[Plain, list[SpecOperation]]:
        return _grouped(self._around.operations, lambda each: segments(each.path).plain)

    @cached_property
    def _by_tail(self) -> Mapping[tuple[str, Plain], list[SpecOperation]]:
        return _grouped(self._around.operations, lambda each: (each.method, _tail(segments(each.path).plain)))

    @cached_property
    def _by_owner(self) -> Mapping[tuple[str, Plain], list[SpecOperation]]:
        return _grouped(self._around.operations, lambda each: (each.method, segments(each.path).plain[:-1]))

    @cached_property
    def _lists_in_plural(self) -> bool:
        """Whether ``GET`` of a path that ends in a plural is answered with a list, almost always."""
        asked = [
            schema
            for each, position in self._sample
            if position == "answer" and each.method == "GET" and _is_plural(segments(each.path).plain)
            if (schema := self._contents.schema(each, position)) is not None
        ]
        lists = sum(self._contents.is_list(schema) for schema in asked)
        return len(asked) >= _FEW and lists >= _NEARLY_ALL * len(asked)

    @cached_property
    def _deletion(self) -> tuple[str, Given] | None:
        """(status, what it is about) of the answer that most deletions have; None where they have none, or many."""
        asked = [each for each, position in self._sample if position == "answer" and each.method == "DELETE"]
        votes = Counter(
            (next(filter(is_success, self._around.responses(each)), ""), given)
            for each in asked
            if (given := self._contents.given(each, "answer")) is not None
        )
        found, often = votes.most_common(1)[0] if votes else (None, 0)
        return found if often >= max(_FEW, _MOSTLY * len(asked)) else None

    # -- by name ------------------------------------------------------------------------------------------------------

    def _named(self, method: str, plain: Plain, position: Position, without: SpecOperation | None) -> Given | None:
        """The component that is named after the path, as they are for such paths."""
        own = self._name_of(without, position) if without is not None else None
        for usual, often in self._names.get((method, _kind(plain), position), Counter()).most_common(_MOST_PATTERNS):
            name = name_after(usual.pattern, plain, self._by_words) if often > (usual == own) else None
            if name is not None:
                inside = None if _is_list_path(method, plain) else self._contents.item(name)
                return Given(inside, True, name) if inside else Given(name, usual.is_list)
        return None

    def _name_of(self, operation: SpecOperation, position: Position) -> _Name | None:
        given = self._contents.given(operation, position)
        if given is None:
            return None
        plain = segments(operation.path).plain
        held = given.outer is not None and not _is_list_path(operation.method, plain)
        pattern = pattern_of(str(given.outer) if held else given.name, plain)
        return _Name(pattern, given.is_list and not held) if pattern else None

    @cached_property
    def _names(self) -> Mapping[tuple[str, str, Position], Counter[_Name]]:
        found: dict[tuple[str, str, Position], Counter[_Name]] = {}
        for operation, position in self._sample:
            if (name := self._name_of(operation, position)) is not None:
                key = (operation.method, _kind(segments(operation.path).plain), position)
                found.setdefault(key, Counter())[name] += 1
        return found

    @cached_property
    def _by_words(self) -> Mapping[Pattern, str]:
        return {singulars(name): name for name in reversed(list(self._schemas))}

    # -- how far they are trusted -------------------------------------------------------------------------------------

    def _trust(self, relation: _Relation, method: str, plain: Plain, position: Position) -> float:
        """How often this kind of kindred is right on what is there; general experience where there is little."""
        right, asked = self._counted.get((relation.name, method, _kind(plain), position), (0, 0))
        return (right + _PRIOR * relation.trust) / (asked + _PRIOR)

    @cached_property
    def _counted(self) -> Mapping[tuple[str, str, str, Position], tuple[int, int]]:
        """(how often right, how often asked) by relation, method, kind of path and position."""
        found: dict[tuple[str, str, str, Position], tuple[int, int]] = {}
        for operation, position in self._sample:
            own = self._contents.given(operation, position)
            plain = segments(operation.path).plain
            for relation, theirs in self._found(operation.method, plain, position, operation) if own else ():
                key = (relation.name, operation.method, _kind(plain), position)
                right, asked = found.get(key, (0, 0))
                found[key] = (right + (own is not None and theirs[:2] == own[:2]), asked + 1)
        return found

    @cached_property
    def _sample(self) -> list[tuple[SpecOperation, Position]]:
        operations = self._around.operations
        positions: tuple[Position, Position] = ("body", "answer")
        return [(each, position) for each in operations[:: len(operations) // _SAMPLE + 1] for position in positions]


def _is_named(component: str, text: str) -> bool:
    """Whether a request names a component by what can be no word of the language: ``PetV2``, not ``pet`` or ``Pet``."""
    is_word = component[1:].isalpha() and component[1:].islower()
    return bool(component) and not is_word and re.search(rf"(?<![\w/{{-]){re.escape(component)}(?![\w/}}-])", text) is not None


def _same(given: Given) -> Given:
    return given


def _single(given: Given) -> Given:
    """The one thing of which there is a list."""
    return Given(given.name, False)


def _listed(given: Given) -> Given:
    return Given(given.name, True)


def _is_list_path(method: str, plain: Plain) -> bool:
    return method == "GET" and plain[-1:] != ("{}",)


def _is_plural(plain: Plain) -> bool:
    return plain[-1:] != ("{}",) and naming.is_plural((naming.words(plain[-1]) or [""])[-1]) if plain else False


def _kind(plain: Plain) -> str:
    """Paths of which one kind has other habits than another."""
    return "item" if plain[-1:] == ("{}",) else "collection" if _is_plural(plain) else "other"


def _tail(plain: Plain) -> Plain:
    """The last literal, and what follows it: ``("toys", "{}")``."""
    at = next((at for at in range(len(plain) - 1, -1, -1) if plain[at] != "{}"), 0)
    return plain[at:]


def _others(operations: Iterable[SpecOperation], plain: Plain) -> list[SpecOperation]:
    """Those on other paths, not too many."""
    return list(islice((each for each in operations if segments(each.path).plain != plain), _MOST_ALIKE))


def _grouped(operations: Iterable[SpecOperation], key: Callable[[SpecOperation], _Key]) -> dict[_Key, list[SpecOperation]]:
    found: dict[_Key, list[SpecOperation]] = {}
    for each in operations:
        found.setdefault(key(each), []).append(each)
    return found
