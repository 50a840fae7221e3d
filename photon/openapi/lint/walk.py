"""The one walk through a document: every object that rules are about, where OpenAPI says that it stands, in all its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from photon.errors import InvalidSpec
from photon.openapi.lint.rule import Place, Visit
from photon.openapi.lint.structure import CHILDREN, FREE_NAMES
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.references import Located

if TYPE_CHECKING:
    from photon.openapi.lint.document import LintDocument

_SILENT: Final = frozenset({"components", "callback", "link", "encoding", "example"})
"""Places that no rule has for its subject; what stands in them is visited."""
_FEWEST: Final = 200_000
"""Objects that every document may have. A longer text may have one for every four characters: only aliases make more of it."""


def visits_of(document: LintDocument, *, root_alone: bool = False) -> list[Visit]:
    """All visits, those of one file in the order in which a reader meets them, the root's file first. Raises InvalidSpec where
    aliases make the document endless. root_alone: without what stands in other files, or in places of no kind."""
    walk = _Walk(document)
    return walk.root() if root_alone else walk.all()


class _Step(NamedTuple):
    """What a key leads to. free: the names there are anybody's, ``x-something`` too."""

    form: str
    place: Place
    free: bool


class _Walk:
    def __init__(self, document: LintDocument) -> None:
        self._document = document
        self._visits: list[Visit] = []
        self._elsewhere: list[tuple[Visit, str]] = []
        self._seen: set[tuple[int, Pointer, str]] = set()
        self._files = {id(document.source)}
        self._steps = {
            place: {
                key: _Step(child.form, child.place, key in FREE_NAMES)
                for key, child in table.items()
                if child.since <= document.version
            }
            for place, table in CHILDREN.items()
        }
        self._has_siblings = ("path item",) if document.version == "3.0" else ("path item", "schema")
        self._room = max(_FEWEST, len(document.source.text) // 4)

    def root(self) -> list[Visit]:
        if isinstance(self._document.root, dict):
            self._from(Visit("document", self._document.root, (), self._document, self._document.source))
        return self._visits

    def all(self) -> list[Visit]:
        self.root()
        for visit, name in self._elsewhere:  # grows while it is gone through
            self._to(visit, name)
        return self._visits

    def _to(self, reference: Visit, name: str) -> None:
        """What a reference leads to, where the walk does not come by itself: another file, or a place of no kind."""
        found = self._document.target(name, reference.source)
        if not isinstance(found, Located):
            return
        here = (id(found.source), found.pointer, str(reference.expected))
        if here in self._seen:
            return
        self._seen.add(here)
        if id(found.source) not in self._files:
            self._files.add(id(found.source))
            self._room += len(found.source.text) // 4
        inside: list[Visit] = []
        beside = reference._replace(source=found.source)
        self._put(inside, found.value, found.pointer, cast(Place, reference.expected), beside)
        for visit in inside:
            self._from(visit._replace(parent=reference))

    def _from(self, first: Visit) -> None:
        """Everything below one visit, depth first, without recursion."""
        stack = [first]
        visits, steps = self._visits, self._steps
        while stack:
            visit = stack.pop()
            if visit.subject not in _SILENT:
                visits.append(visit)
                if visit.expected is not None:
                    continue
            known = steps.get(visit.subject)
            if known is not None and known.keys().isdisjoint(visit.value):
                continue  # four of five: most schemas have none inside (measured)
            if inside := self._inside(visit, known):
                inside.reverse()
                stack += inside
                if len(visits) + len(stack) > self._room:
                    raise InvalidSpec(f"{visit.source.name} repeats itself too often: its aliases, written out, are endless")

    def _inside(self, visit: Visit, known: Mapping[str, _Step] | None) -> list[Visit]:
        found: list[Visit] = []
        if known is None:
            if visit.subject == "callback":  # type: ignore[comparison-overlap] # a silent one
                self._named(found, visit, visit.value, visit.pointer, _CALLBACK)
            return found
        for key, inner in visit.value.items():
            step = known.get(key)
            if step is None or inner is None:
                continue
            pointer = (*visit.pointer, key)
            if step.form == "one":
                self._put(found, inner, pointer, step.place, visit)
            elif step.form == "list" and isinstance(inner, list):
                for index, item in enumerate(inner):
                    self._put(found, item, (*pointer, index), step.place, visit)
            elif step.form == "map" and isinstance(inner, dict):
                self._named(found, visit, inner, pointer, step)
        return found

    def _named(self, found: list[Visit], visit: Visit, names: Mapping[str, Any], at: Pointer, step: _Step) -> None:
        for name, item in names.items():
            if step.free or not name.startswith("x-"):
                self._put(found, item, (*at, name), step.place, visit)

    def _put(self, found: list[Visit], value: Any, at: Pointer, place: Place, parent: Visit) -> None:
        """The visits of one object: as a reference, as what it is, or as both where keys beside ``$ref`` count."""
        if not isinstance(value, dict):
            return
        if isinstance(name := value.get("$ref"), str):
            reference = _visit(("reference", value, at, self._document, parent.source, parent, place))
            found.append(reference)
            if not name.startswith(_WALKED) or parent.source is not self._document.source:
                self._elsewhere.append((reference, name))
            if len(value) == 1 or place not in self._has_siblings:
                return
        found.append(_visit((place, value, at, self._document, parent.source, parent, None)))


_visit: Final[Callable[[tuple[Any, ...]], Visit]] = partial(tuple.__new__, Visit)
"""A visit of all its fields, in three quarters of the time (measured)."""
_CALLBACK: Final = _Step("map", "path item", False)
_WALKED: Final = ("#/components/", "#/paths/", "#/webhooks/")
"""How a reference begins to what stands where the walk comes by itself."""
