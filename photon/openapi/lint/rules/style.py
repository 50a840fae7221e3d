"""Rules on style, each a remark: names that differ from the document's own habit, verbs in paths, plurals that are mixed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from photon.openapi.lint.rule import Problem, Visit, rule
from photon.openapi.lint.rules.parts import mapping_in, text_in
from photon.openapi.naming import is_plural, words
from photon.openapi.style.casing import case_of, recased, usual_case

if TYPE_CHECKING:
    from photon.openapi.style.model import Case

_FEWEST: Final = 4
"""Names that it takes to speak of a habit."""

_CRUD: Final = frozenset("get fetch retrieve list create add insert update modify edit delete remove find save".split())
"""Verbs that the method says already. `search`, `cancel` or `login` name what no method says."""
_ALONE: Final = _CRUD - {"list", "find", "save"}
_VERSION: Final = re.compile(r"v\d+(\.\d+)*", re.IGNORECASE)


def _segments(path: str) -> list[str]:
    """What stands between the slashes without a parameter."""
    return [part for part in path.split("/") if part and "{" not in part]


@rule(
    id="no-verb-in-path",
    subject="document",
    keys=("paths",),
    severity="info",
    summary="A path has a verb that its method says already.",
    explanation="A path names a thing and the method says what is done with it: `GET /users`, not `/getUsers`. An action that "
    "no method stands for, such as `/login` or `/orders/{id}/cancel`, is fine.",
    wrong="paths:\n  /getUsers: {}",
    right="paths:\n  /users: {}",
    redocly="no-http-verbs-in-paths",
)
def no_verb_in_path(visit: Visit) -> Iterator[Problem]:
    """A segment that begins with such a verb and goes on, or is nothing else."""
    for path in visit.document.section("paths"):
        for segment in _segments(path):
            spoken = words(segment)
            if spoken and (spoken[0] in _ALONE if len(spoken) == 1 else spoken[0] in _CRUD and _goes_on(segment)):
                yield Problem(f"{segment!r} says what the method says: name the thing alone", ("paths", path))
                break


def _goes_on(segment: str) -> bool:
    """Whether the first word is a word of its own: ``listPrice`` is hardly to be told from ``listUsers``."""
    return words(segment)[0] != "list" or is_plural(words(segment)[-1])


def _strays(names: Iterable[str]) -> Iterator[tuple[str, Case, str]]:
    """(name, the usual case, the name in it) of those that differ from what most of them have."""
    listed = list(dict.fromkeys(names))
    telling = [name for name in listed if case_of(name)]
    usual = usual_case(listed) if len(telling) >= _FEWEST else None
    if usual is not None:
        for name in telling:
            if usual == "dot" and "." in name:
                continue  # what stands between the dots has a case of its own: `users.listByTeam`
            if case_of(name) != usual and (right := recased(name, usual)) != name:
                yield name, usual, right


@rule(
    id="path-casing",
    subject="document",
    keys=("paths",),
    severity="info",
    summary="A path is written in another case than most.",
    explanation="Whoever types paths by hand has to remember which is which. The case is the one that most of the document's "
    "own paths have.",
    wrong="paths:\n  /pet-owners: {}\n  /vet-visits: {}\n  /foodBowls: {}",
    right="paths:\n  /pet-owners: {}\n  /vet-visits: {}\n  /food-bowls: {}",
    redocly="paths-kebab-case",
)
def path_casing(visit: Visit) -> Iterator[Problem]:
    """From four segments on that tell a case. One with dots is a name that somebody else gave (``Microsoft.Compute``)."""
    by_segment: dict[str, list[str]] = {}
    for path in visit.document.section("paths"):
        for segment in dict.fromkeys(_segments(path)):
            by_segment.setdefault(segment, []).append(path)
    for segment, usual, right in _strays(by_segment):
        for path in by_segment[segment] if "." not in segment else ():
            yield Problem(f"{segment!r} is not in {usual} case, as most are: {right!r}", ("paths", path))


@rule(
    id="operation-id-casing",
    subject="document",
    severity="info",
    summary="An operationId is written in another case than most.",
    explanation="The names become names in code, and those of one API should look alike.",
    wrong="operationId: get_pet  # beside listPets, createPet, deletePet",
    right="operationId: getPet",
)
def operation_id_casing(visit: Visit) -> Iterator[Problem]:
    """Told in the root's file alone."""
    owners = visit.document.operation_ids
    for name, usual, right in _strays(owners):
        for owner in owners[name]:
            if owner.source is visit.source:
                message = f"{name!r} is not in {usual} case, as most operationIds are: {right!r}"
                yield Problem(message, (*owner.pointer, "operationId"), on_key=False)


@rule(
    id="property-casing",
    subject="document",
    severity="info",
    summary="A property is written in another case than most.",
    explanation="Clients guess names, and they guess by the rest. The case is the one that most of the document's own "
    "properties have; a name that a standard gave (`access_token`) may well differ: switch the rule off at it "
    "then.",
    wrong="properties:\n  birthDate: {}\n  home_town: {}",
    right="properties:\n  birthDate: {}\n  homeTown: {}",
)
def property_casing(visit: Visit) -> Iterator[Problem]:
    """Told at the first place of each name."""
    first: dict[str, Visit] = {}
    for each in visit.document.of("schema"):
        if "properties" in each.value and each.source is visit.source:
            for name in mapping_in(each.value, "properties"):
                first.setdefault(name, each)
    for name, usual, right in _strays(first):
        at = (*first[name].pointer, "properties", name)
        yield Problem(f"{name!r} is not in {usual} case, as most properties are: {right!r}", at)


@rule(
    id="schema-casing",
    subject="document",
    keys=("components",),
    severity="info",
    summary="A schema's name is written in another case than most.",
    explanation="The names become names of classes, and those of one API should look alike.",
    wrong="schemas:\n  PetOwner: {}\n  vet_visit: {}",
    right="schemas:\n  PetOwner: {}\n  VetVisit: {}",
)
def schema_casing(visit: Visit) -> Iterator[Problem]:
    """From four names on that tell a case."""
    for name, usual, right in _strays(visit.document.components("schemas")):
        yield Problem(f"{name!r} is not in {usual} case, as most schemas are: {right!r}", ("components", "schemas", name))


@rule(
    id="parameter-casing",
    subject="document",
    severity="info",
    summary="A parameter is written in another case than most of its kind.",
    explanation="Clients guess names, and they guess by the rest. Query parameters and path parameters are told apart, "
    "because many APIs write them differently; headers know no capitals.",
    wrong="- {name: page_size, in: query}  # beside sortBy, createdAfter, petId",
    right="- {name: pageSize, in: query}",
)
def parameter_casing(visit: Visit) -> Iterator[Problem]:
    """Told at the first place of each name, in the root's file alone."""
    for place in ("query", "path"):
        first: dict[str, Visit] = {}
        for each in visit.document.of("parameter"):
            name = text_in(each.value, "name")
            if each.value.get("in") == place and name and each.source is visit.source:
                first.setdefault(name, each)
        for name, usual, right in _strays(first):
            message = f"{name!r} is not in {usual} case, as most parameters in {place} are: {right!r}"
            yield Problem(message, (*first[name].pointer, "name"), on_key=False)


@rule(
    id="collection-plural",
    subject="document",
    keys=("paths",),
    severity="info",
    summary="A collection has a name in the singular where most have one in the plural, or the other way round.",
    explanation="`/users/{id}` beside `/order/{id}` makes people try both. What stands before a parameter is taken for a "
    "collection.",
    wrong='paths:\n  "/users/{id}": {}\n  "/pets/{id}": {}\n  "/order/{id}": {}',
    right='paths:\n  "/users/{id}": {}\n  "/pets/{id}": {}\n  "/orders/{id}": {}',
    redocly="path-segment-plural",
)
def collection_plural(visit: Visit) -> Iterator[Problem]:
    """From four collections on, where three of four agree."""
    found: dict[str, str] = {}
    for path in visit.document.section("paths"):
        parts = path.split("/")
        for part, following in pairwise(parts):
            if (
                part
                and "{" not in part
                and re.fullmatch(r"\{[^{}]*\}", following)
                and words(part)
                and not _VERSION.fullmatch(part)
                and not _is_either(words(part)[-1])
            ):
                found.setdefault(part, path)
    plural = {part: is_plural(words(part)[-1]) for part in found}
    many = sum(plural.values())
    if len(found) < _FEWEST or len(found) / 4 < many < len(found) * 3 / 4:
        return
    for part, path in found.items():
        if plural[part] != (many * 2 > len(found)):
            yield Problem(
                f"the collection {part!r} is in the {'plural' if plural[part] else 'singular'}, unlike most", ("paths", path)
            )


def _is_either(word: str) -> bool:
    """``settings``, ``metrics``: one may be meant, or many."""
    return not is_plural(word) and re.search(r"[^isu]s\Z", word) is not None


@rule(
    id="no-file-extension-in-path",
    subject="document",
    keys=("paths",),
    severity="info",
    summary="A path ends with the format of the answer.",
    explanation="The media type says it, and the Accept header lets a client choose. With `.json` in the path there is a path "
    "for each format.",
    wrong="paths:\n  /pets.json: {}",
    right="paths:\n  /pets: {}",
)
def no_file_extension_in_path(visit: Visit) -> Iterator[Problem]:
    """JSON and XML: a path to a file may well have its name."""
    for path in visit.document.section("paths"):
        if path.lower().endswith((".json", ".xml")) and "/.well-known/" not in path:
            yield Problem(f"{path!r} names the format, which the media type says", ("paths", path))


@rule(
    id="no-leading-path-parameter",
    subject="document",
    keys=("paths",),
    severity="info",
    summary="A path begins with a parameter.",
    explanation="Whatever else stands first in a path becomes one of its values then, so that no new path can be added "
    "without a clash. Some APIs are made this way (`/{owner}/{repo}`), so the rule is off unless you switch it "
    "on.",
    wrong='paths:\n  "/{owner}/pets": {}',
    right='paths:\n  "/owners/{owner}/pets": {}',
    on=False,
)
def no_leading_path_parameter(visit: Visit) -> Iterator[Problem]:
    """Right behind the server's URL."""
    for path in visit.document.section("paths"):
        if path.startswith("/{"):
            yield Problem(f"{path!r} begins with a parameter", ("paths", path))


@rule(
    id="tags-alphabetical",
    subject="document",
    keys=("tags",),
    severity="info",
    summary="The tags are not in the order of the alphabet.",
    explanation="Most documentation keeps the order of the list, and many authors choose it with care, so the rule is off "
    "unless you switch it on.",
    wrong="tags:\n  - name: pets\n  - name: owners",
    right="tags:\n  - name: owners\n  - name: pets",
    redocly="tags-alphabetical",
    spectral="openapi-tags-alphabetical",
    on=False,
)
def tags_alphabetical(visit: Visit) -> Iterator[Problem]:
    """Told once, at the first that stands too late."""
    tags = visit.document.tags
    for before, after in pairwise(tags):
        if before.lower() > after.lower():
            yield Problem(f"the tag {after!r} stands behind {before!r}", ("tags",))
            return
