"""What texts the operations of a specification lack (summaries, descriptions, operationIds), and those that code can give."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal, get_args

from photon.openapi import descriptions, naming
from photon.openapi.operation import reason
from photon.openapi.source.nodes import Pointer, place_of
from photon.openapi.source.source import Position, Source
from photon.openapi.spec import Spec, SpecOperation
from photon.openapi.style.learn import learn
from photon.openapi.style.operation_ids import operation_id
from photon.sketch.model import Field, Scalar

Kind = Literal["summary", "description", "operationId"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text, and the mapping that lacks it: `key` of what stands at `pointer` of `source`. kind: by which it is chosen."""

    source: Source
    pointer: Pointer
    key: str
    value: str
    kind: Kind


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """What one operation lacks. parameters: pointers of those that stand in the operation itself and have no description, by
    name. responses: statuses without one."""

    operation: SpecOperation
    kinds: frozenset[Kind]
    parameters: Mapping[str, Pointer]
    responses: tuple[str, ...]

    def text(self, key: Kind, value: str) -> Text:
        """A text of the operation itself."""
        return Text(self.operation.source, self.operation.pointer, key, value, key)

    def parameter(self, name: str, value: str) -> Text:
        """The description of a parameter that lacks it."""
        return Text(self.operation.source, self.parameters[name], "description", value, "description")

    @property
    def count(self) -> int:
        """How many texts it lacks."""
        return len(self.kinds) + len(self.parameters) + len(self.responses)


@dataclass(frozen=True, slots=True)
class Missing:
    """One text that is not there. where: of the operation (``GET /users``), what lacks it: nothing for the operation itself,
    ``parameter limit``, ``response 404``. position: of the key or list item that lacks it, in `source`."""

    source: Source
    position: Position
    operation: str
    where: str
    kind: Kind


def missing(gap: Gap) -> Iterator[Missing]:
    """Every text that an operation lacks, its own ones first."""
    here = gap.operation
    lacking: list[tuple[Pointer, str, Kind]] = [(here.pointer, "", kind) for kind in KINDS if kind in gap.kinds]
    lacking += [(pointer, f"parameter {name}", "description") for name, pointer in gap.parameters.items()]
    lacking += [((*here.pointer, "responses", each), f"response {each}", "description") for each in gap.responses]
    for pointer, where, kind in lacking:
        start, _ = place_of(here.source.root, pointer, key=True) or (0, 0)
        yield Missing(here.source, here.source.position(start), here.route, where, kind)


def gaps(spec: Spec, only: Collection[Kind] = KINDS) -> tuple[Gap, ...]:
    """Every operation that lacks something of `only`, in the order of the document; one that several paths share, once."""
    seen: set[tuple[int, Pointer]] = set()
    found: list[Gap] = []
    for operation in spec.operations:
        place = (id(operation.source), operation.pointer)
        if place not in seen:
            seen.add(place)
            gap = _gap(operation, only)
            found += [gap] if gap.count else []
    return tuple(found)


def _gap(operation: SpecOperation, only: Collection[Kind]) -> Gap:
    node = operation.node
    kinds = frozenset(kind for kind in KINDS if kind in only and _is_missing(node, kind))
    if "description" not in only:
        return Gap(operation, kinds, {}, ())
    return Gap(operation, kinds, dict(_parameters(operation)), tuple(_responses(node)))


def _is_missing(node: Mapping[str, Any], key: str) -> bool:
    value = node.get(key)
    return value is None or (isinstance(value, str) and not value.strip())


def _parameters(operation: SpecOperation) -> Iterator[tuple[str, Pointer]]:
    listed = operation.node.get("parameters")
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, Mapping) and isinstance(each.get("name"), str) and _is_missing(each, "description"):
            yield each["name"], (*operation.pointer, "parameters", index)


def _responses(node: Mapping[str, Any]) -> Iterator[str]:
    listed = node.get("responses")
    for status, each in listed.items() if isinstance(listed, Mapping) else ():
        if (
            isinstance(each, Mapping)
            and "$ref" not in each
            and not status.startswith("x-")
            and _is_missing(each, "description")
        ):
            yield status


class ByCode:
    """What code knows: operationIds in the specification's pattern, reason phrases, what identifies something in a path."""

    def __init__(self, spec: Spec) -> None:
        self._operations = spec.operations
        self._pattern = learn(spec).operation_ids
        self._taken = {found for each in spec.operations if isinstance(found := each.node.get("operationId"), str)}

    def texts(self, gap: Gap) -> tuple[Text, ...]:
        """Those of `gap` that need no model; each operationId is given once."""
        return (*self._ids(gap), *self._of_responses(gap), *_of_path(gap))

    def _ids(self, gap: Gap) -> Iterator[Text]:
        if "operationId" in gap.kinds:
            here = gap.operation
            found = operation_id(here.method, here.path, self._pattern, taken=self._taken, neighbours=self._operations)
            self._taken.add(found)
            yield gap.text("operationId", found)

    def _of_responses(self, gap: Gap) -> Iterator[Text]:
        for status in gap.responses:
            pointer = (*gap.operation.pointer, "responses", status)
            yield Text(gap.operation.source, pointer, "description", reason(status), "description")


def _of_path(gap: Gap) -> Iterator[Text]:
    """Descriptions of path parameters: what they identify is what stands before them."""
    segments = gap.operation.path.split("/")
    for before, segment in pairwise(segments):
        name = segment[1:-1]
        if segment == f"{{{name}}}" and name in gap.parameters:
            thing = " ".join([*naming.words(before)[:-1], *map(naming.singular, naming.words(before)[-1:])])
            yield gap.parameter(name, descriptions.description(Field(name, Scalar("string")), thing or "resource"))
