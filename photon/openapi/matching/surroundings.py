"""What stands around a new operation in the user's specification: its neighbours, the nearest first, and what they have.

Everything is counted once, when the surroundings are made; a lookup is one pass over rows of small tuples and sets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from photon.openapi.context.asked import asked
from photon.openapi.context.neighbours import compared_with
from photon.openapi.matching.copies import copied
from photon.openapi.source.references import Located
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec, SpecOperation
from photon.openapi.style.paths import base_paths

_Value = TypeVar("_Value", bound=Hashable)
_PARAMETER = re.compile(r"\{[^{}]*\}")
_VERSION = re.compile(r"v?\d+(?:\.\d+)*(?:alpha|beta)?\d*", re.IGNORECASE)
_READS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_VOTERS = 8
"""So many neighbours decide; the nearest count much more than the others (see _SHARPNESS)."""
_SHARPNESS = 8
_ITSELF, _DEPRECATED, _SAME_METHOD, _BOTH_ITEMS, _SAME_START = 8.0, 0.6, 0.15, 0.15, 0.2
"""What counts besides way and words where habits are followed, not only names learned."""


class Segments(NamedTuple):
    """A path template cut at its slashes. plain: with every parameter as ``{}``, so that ``{id}:cancel`` is ``{}:cancel``."""

    written: tuple[str, ...]
    plain: tuple[str, ...]


class Wanted(NamedTuple):
    """The operation that is asked for, as far as it decides who its neighbours are."""

    method: str
    path: str
    summary: str = ""


class Near(NamedTuple):
    """An operation and how near it is. shared: so many segments are the same from the first on; related: the first that is
    no version and that not all paths have is among them."""

    operation: SpecOperation
    nearness: float
    shared: int
    related: bool


@dataclass(frozen=True, slots=True)
class _Row:
    operation: SpecOperation
    plain: tuple[str, ...]
    kin: tuple[str, ...]


def segments(path: str) -> Segments:
    """``/pets/{id}`` as its parts."""
    written = tuple(part for part in path.split("/") if part)
    return Segments(written, tuple(map(_plain, written)))


@lru_cache(maxsize=8_192)
def _plain(part: str) -> str:
    if "%" in part:
        part = unquote(part)  # a specification has it either way
    return _PARAMETER.sub("{}", part) if "{" in part else part


class Surroundings:
    """A specification, indexed. Without one nothing has neighbours."""

    def __init__(self, spec: Spec | None) -> None:
        self.spec = spec
        operations = spec.operations if spec else ()
        self._rows = [_row(each) for each in operations]
        self._near: dict[Wanted, tuple[Near, ...]] = {}

    @property
    def operations(self) -> tuple[SpecOperation, ...]:
        """All of them, in the order of the document."""
        return self.spec.operations if self.spec else ()

    def there(self, wanted: Wanted) -> SpecOperation | None:
        """The operation itself, where the specification has it already."""
        template = self.template(wanted.path)
        same = (row.operation for row in self._rows if row.operation.path == template and row.operation.method == wanted.method)
        return next(same, None)

    @cached_property
    def common_prefix(self) -> int:
        """So many segments all paths begin with."""
        rows = [row.plain for row in self._rows]
        first, last = (min(rows), max(rows)) if rows else ((), ())
        return _shared(first, last) if len(set(rows)) > 1 else 0

    @cached_property
    def _common_kin(self) -> int:
        """The same without versions."""
        rows = [row.kin for row in self._rows]
        return _shared(min(rows), max(rows)) if len(set(rows)) > 1 else 0

    @cached_property
    def paths(self) -> Mapping[tuple[str, ...], str]:
        """The templates as they are written, by their plain segments."""
        return {row.plain: row.operation.path for row in reversed(self._rows)}

    @cached_property
    def _templates(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """All templates that differ in the names of their parameters alone (or a slash at the end), by their plain segments."""
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for row in self._rows:
            found.setdefault(row.plain, {})[row.operation.path] = None
        return {plain: tuple(paths) for plain, paths in found.items()}

    def template(self, path: str) -> str | None:
        """`path` as the specification has it, maybe with other names of its parameters; None where it does not.

        Some have ``/photos/{id}`` and ``/photos/{fileName}``: then it is `path` itself, else the one most like it.
        """
        own = segments(path)

        def alike(template: str) -> tuple[bool, int]:
            pairs = zip(own.written, segments(template).written, strict=True)
            return template == path, sum(one.lower() == other.lower() for one, other in pairs)

        return max(self._templates.get(own.plain, ()), key=alike, default=None)

    # -- neighbours ---------------------------------------------------------------------------------------------------

    def near(self, wanted: Wanted) -> tuple[Near, ...]:
        """Every operation, the nearest first: the very one that is wanted, where it is there to be replaced."""
        if wanted not in self._near:
            self._near[wanted] = tuple(sorted(self._measured(wanted), key=lambda each: -each.nearness))
        return self._near[wanted]

    def _measured(self, wanted: Wanted) -> Iterator[Near]:
        if self.spec is None:
            return
        plain, skip = segments(wanted.path).plain, self._common_kin
        own, of_item, itself = _kin(plain), _is_item(plain), self.there(wanted)
        question = asked(wanted.summary, method=wanted.method or None, path=wanted.path, bases=base_paths(self.spec))
        for row, found in zip(self._rows, compared_with(self.spec).scores(question), strict=True):
            deep = max(0, _shared(own, row.kin) - skip)
            same_method = row.operation.method == wanted.method
            nearness = (
                found.score
                + _ITSELF * (row.operation is itself)
                + _SAME_METHOD * same_method
                + _BOTH_ITEMS * (_is_item(row.plain) == of_item)
                + _SAME_START * (deep > 0)
                - _DEPRECATED * (row.operation.node.get("deprecated") is True)
            )
            yield Near(row.operation, max(0.0, nearness), _shared(plain, row.plain), deep > 0 or row.kin == own)

    def vote(
        self,
        wanted: Wanted,
        value: Callable[[SpecOperation], _Value | None],
        *,
        same_kind: float = 1.0,
        weigh: Callable[[_Value], float] = lambda value: 1.0,
        voters: int = _VOTERS,
    ) -> _Value | None:
        """What the nearest operations that have a `value` agree on most. same_kind: so many times more counts the word of one
        that reads as well, or that writes as well. weigh: what the value itself counts."""
        votes: dict[_Value, float] = {}
        count = 0
        for each in self.near(wanted):
            found = value(each.operation)
            if found is not None:
                weight = weigh(found) * (same_kind if is_of_kind(each.operation, wanted) else 1.0)
                votes[found] = votes.get(found, 0.0) + weight * each.nearness**_SHARPNESS
                count += 1
            if count >= voters:
                break
        return max(votes, key=votes.__getitem__) if votes else None

    def is_known_area(self, wanted: Wanted) -> bool:
        """Whether one of the nearest paths has a first segment in common that not all have."""
        return any(each.related for each in self.near(wanted)[:_VOTERS])

    # -- what an operation has ----------------------------------------------------------------------------------------

    def parameters(self, operation: SpecOperation) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """(as it is written, what it means) of each parameter, the path item's own included."""
        for holder in (operation.item, operation.node):
            listed = holder.get("parameters")
            for each in listed if isinstance(listed, list) else ():
                meaning = self.resolved(each, operation)
                if isinstance(each, Mapping) and isinstance(meaning.get("name"), str):
                    yield each, meaning

    def responses(self, operation: SpecOperation) -> Mapping[str, Any]:
        """The responses by status, as they are written."""
        found = operation.node.get("responses")
        return found if isinstance(found, Mapping) else {}

    def resolved(self, value: Any, operation: SpecOperation) -> Mapping[str, Any]:
        """The mapping that `value`, which stands in `operation`, means; empty where it is none."""
        return self.spec.resolved_mapping(value, operation.source) if self.spec else {}

    def located(self, value: Any, operation: SpecOperation) -> tuple[Mapping[str, Any], Source]:
        """`resolved`, and the file in which it stands."""
        return self.located_in(value, operation.source)

    def located_in(self, value: Any, source: Source) -> tuple[Mapping[str, Any], Source]:
        """The same of a `value` that stands in `source`."""
        found = self.spec.references.follow(value, source) if self.spec else None
        if isinstance(found, Located) and isinstance(found.value, Mapping):
            return found.value, found.source
        return {}, source

    def copy(self, value: Any, source: Source) -> Any:
        """`value`, which stands in `source`, as it can stand in a new operation (see `copied`); None where it cannot."""
        return copied(self.spec, value, source) if self.spec else None

    def requirements(self, operation: SpecOperation) -> Any:
        """The security that is required in effect: the operation's, else the root's; None where neither says anything."""
        own = operation.node.get("security")
        return own if isinstance(own, list) else self.spec.document.get("security") if self.spec else None


def is_success(status: str) -> bool:
    """Whether a status, as it is written, is a success."""
    return status[:1] == "2"


def is_error(status: str) -> bool:
    """Whether a status, as it is written, is an error's: 4xx, 5xx, default."""
    return status[:1] in ("4", "5") or status == "default"


def is_writing(method: str) -> bool:
    """Whether a method changes something."""
    return method not in _READS


def is_of_kind(operation: SpecOperation, wanted: Wanted) -> bool:
    """Whether both read, or both write."""
    return is_writing(operation.method) == is_writing(wanted.method)


def _row(operation: SpecOperation) -> _Row:
    plain = segments(operation.path).plain
    return _Row(operation, plain, _kin(plain))


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _kin(plain: tuple[str, ...]) -> tuple[str, ...]:
    """The segments without versions and without case: ``/v1/payments`` and ``/v2/Payments`` are related."""
    return tuple(part.lower() for part in plain if not _VERSION.fullmatch(part)) or plain


def _is_item(plain: tuple[str, ...]) -> bool:
    return plain[-1:] == ("{}",)
