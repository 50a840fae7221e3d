"""A document as the rules see it: what is looked up often is computed once, over all its files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from photon.openapi.lint.rule import Visit
from photon.openapi.lint.used import used_components
from photon.openapi.lint.walk import visits_of
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.references import Broken, Located, References
from photon.openapi.source.source import Source
from photon.openapi.spec import version_of

if TYPE_CHECKING:
    from photon.openapi.schemas import Version

_NAME_IN_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_MOST_HOPS: Final = 19
"""References that lead to references, one after the other."""
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class LintParameter:
    """A parameter that an operation has in effect. node: the parameter itself, its references followed.

    at: where the entry stands in its list (`source`), which is the reference where it is one. inherited: from the path item.
    """

    name: str
    location: str
    node: Mapping[str, Any]
    source: Source
    at: Pointer
    inherited: bool


@dataclass(frozen=True, slots=True, eq=False)
class LintOperation:
    """An operation: of a path, of a webhook or of a callback. method: in small letters, as its key is. path: the template of
    a path or a callback's expression, the name of a webhook or of a component. kind: path, webhook, callback or component (a
    path item among the components, whose template nobody knows). source, pointer: where `node` stands. parameters: in effect.
    """

    method: str
    path: str
    kind: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]
    source: Source
    pointer: Pointer
    parameters: tuple[LintParameter, ...]

    @property
    def route(self) -> str:
        """``GET /pets``."""
        return f"{self.method.upper()} {self.path}"

    @property
    def operation_id(self) -> str:
        """Its operationId, empty where it has none."""
        found = self.node.get("operationId")
        return found if isinstance(found, str) else ""


class LintDocument:
    """One specification, of one file or several.

    version: the dialect of its root. references: follows its ``$ref``. Everything else is computed when first asked for.
    """

    def __init__(self, source: Source, known: Iterable[Source] = ()) -> None:
        """known: other files of it that were read before. Raises InvalidSpec where `source` is Swagger 2 or no OpenAPI 3 at
        all."""
        self.source = source
        self.root: Mapping[str, Any] = source.mapping
        self.version: Version = version_of(source)
        self.references = References(source, known)
        self._targets: dict[tuple[int, str], Located | Broken] = {}
        self._ends: dict[tuple[int, str], Located | Broken] = {}

    @cached_property
    def visits(self) -> list[Visit]:
        """Every object that rules are about. Raises InvalidSpec where aliases make the document endless."""
        return visits_of(self)

    @cached_property
    def references_made(self) -> tuple[Visit, ...]:
        """Every ``$ref``, as the visit of the object that holds it."""
        return tuple(visit for visit in self.visits if visit.subject == "reference")

    def of(self, subject: str) -> list[Visit]:
        """Every visit with that subject."""
        return self._by_subject[subject]

    @cached_property
    def _by_subject(self) -> defaultdict[str, list[Visit]]:
        found: defaultdict[str, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            found[visit.subject].append(visit)
        return found

    # References

    def target(self, reference: str, source: Source | None = None) -> Located | Broken:
        """Where one ``$ref``, which stands in `source` (the root's file if None), leads to: one step."""
        file = source or self.source
        key = (id(file), reference)
        if key not in self._targets:
            self._targets[key] = self.references.target(reference, file)
        return self._targets[key]

    def follow(self, value: Any, source: Source | None = None, pointer: Pointer = ()) -> Located | Broken:
        """What `value` means: itself, or what its ``$ref`` leads to, over several if need be."""
        file = source or self.source
        name = _reference_in(value)
        if name is None:
            return Located(value, file, pointer)
        key = (id(file), name)
        if key not in self._ends:
            self._ends[key] = self._end(name, file)
        return self._ends[key]

    def _end(self, name: str, source: Source) -> Located | Broken:
        for _ in range(_MOST_HOPS):
            found = self.target(name, source)
            further = None if isinstance(found, Broken) else _reference_in(found.value)
            if isinstance(found, Broken) or further is None:
                return found
            name, source = further, found.source
        return Broken("it leads in a circle")

    def resolved(self, value: Any, source: Source | None = None) -> Any:
        """`value`, which stands in `source` (the root's file if None), or what it refers to; None where that is nowhere."""
        if _reference_in(value) is None:
            return value
        found = self.follow(value, source)
        return found.value if isinstance(found, Located) else None

    # What stands in it

    def section(self, *names: str) -> Mapping[str, Any]:
        """The mapping at ``root[name][name]…``, empty where there is none."""
        node: Any = self.root
        for name in names:
            node = node.get(name) if isinstance(node, Mapping) else None
        return node if isinstance(node, Mapping) else _NOTHING

    def components(self, kind: str) -> Mapping[str, Any]:
        """``components/<kind>`` of the root's file."""
        return self.section("components", kind)

    @cached_property
    def paths(self) -> Mapping[str, Mapping[str, Any]]:
        """Every path with its path item, references followed; only what begins with a slash."""
        found = {path: self.resolved(item) for path, item in self.section("paths").items() if path.startswith("/")}
        return {path: item for path, item in found.items() if isinstance(item, Mapping)}

    @cached_property
    def operations(self) -> tuple[LintOperation, ...]:
        """Every operation that the walk meets, those of webhooks and callbacks included, in its order."""
        return tuple(operation for visit in self.of("operation") if (operation := self._operation(visit)))

    @cached_property
    def _operation_by_place(self) -> dict[tuple[int, Pointer], LintOperation]:
        return {(id(each.source), each.pointer): each for each in self.operations}

    def operation_at(self, visit: Visit) -> LintOperation:
        """The operation that `visit` visits or stands in. Raises KeyError where it does neither."""
        at = visit if visit.subject == "operation" else visit.within("operation")
        if at is None:
            raise KeyError(visit.pointer)
        return self._operation_by_place[id(at.source), at.pointer]

    def _operation(self, visit: Visit) -> LintOperation | None:
        item = visit.within("path item")
        if item is None:
            return None
        kind, path = _owner(item)
        own = self._parameters(visit, inherited=False)
        named = {(each.name, each.location) for each in own}
        inherited = [each for each in self._parameters(item, inherited=True) if (each.name, each.location) not in named]
        return LintOperation(
            _referring(visit).key, path, kind, item.value, visit.value, visit.source, visit.pointer, (*own, *inherited)
        )

    def _parameters(self, visit: Visit, *, inherited: bool) -> list[LintParameter]:
        listed = visit.value.get("parameters")
        found = []
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            node = self.resolved(item, visit.source)
            if isinstance(node, Mapping) and isinstance(node.get("name"), str) and isinstance(node.get("in"), str):
                at = (*visit.pointer, "parameters", index)
                found.append(LintParameter(node["name"], node["in"], node, visit.source, at, inherited))
        return found

    @cached_property
    def operation_ids(self) -> Mapping[str, list[LintOperation]]:
        """Every operationId with the operations that have it."""
        found: defaultdict[str, list[LintOperation]] = defaultdict(list)
        for each in self.operations:
            if each.operation_id:
                found[each.operation_id].append(each)
        return found

    @cached_property
    def security_schemes(self) -> Mapping[str, Mapping[str, Any]]:
        """``components/securitySchemes``, references followed; what leads nowhere is an empty mapping."""
        found = {name: self.resolved(node) for name, node in self.components("securitySchemes").items()}
        return {name: node if isinstance(node, Mapping) else _NOTHING for name, node in found.items()}

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The names of the root's tags, in their order."""
        listed = self.root.get("tags")
        names = (tag.get("name") for tag in listed if isinstance(tag, Mapping)) if isinstance(listed, list) else ()
        return tuple(name for name in names if isinstance(name, str))

    @cached_property
    def used_components(self) -> frozenset[tuple[str, str]]:
        """(kind, name) of every component that something outside of the components needs, directly or through others."""
        return used_components(self)


def _reference_in(value: Any) -> str | None:
    name = value.get("$ref") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None


def names_in(template: str) -> tuple[str, ...]:
    """The names in braces of a path template, in their order, each as often as it stands there."""
    return tuple(_NAME_IN_BRACES.findall(template))


def _owner(item: Visit) -> tuple[str, str]:
    """(path, webhook, callback or component; the template, name or expression) of a path item, also of one in another file."""
    item = _referring(item)
    way = item.pointer
    if len(way) == 2 and way[0] in ("paths", "webhooks"):
        return ("path" if way[0] == "paths" else "webhook"), item.key
    return ("component" if way[:2] == ("components", "pathItems") else "callback"), item.key


def _referring(visit: Visit) -> Visit:
    """The reference in whose place `visit` stands, or itself."""
    while visit.parent is not None and visit.parent.subject == "reference":
        visit = visit.parent
    return visit
