"""Component schemas that exist are used again: those that a sketch names, also in another spelling, and those of its shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from photon.openapi import naming
from photon.openapi.context.names import SpecNames
from photon.openapi.matching.copies import reference_name
from photon.openapi.matching.surroundings import Surroundings, Wanted, is_success
from photon.openapi.matching.tags import folded
from photon.openapi.spec import SpecOperation
from photon.openapi.style.casing import recased
from photon.openapi.style.model import Style
from photon.sketch.model import Array, Component, Content, Map, Nullable, Object, Ref, Sketch, Type, Union

_SUFFIXES = frozenset("dto response model schema object resource entity output vo".split())
_NEARLY, _CONTAINED, _RELATED = 0.75, 0.5, 0.25
"""How much of two shapes is the same: of all their names (for any component), of the sketch's own names (for one that the
neighbours use), and of those where the name fits too."""
_NEVER = 2.0
_FIELDS_DENY = 2
_LOOKED_AT = 12

Shape = frozenset[str]


@dataclass(frozen=True, slots=True)
class Settled:
    """A sketch that uses what exists. reused: the names of those components. notes: one line for each that has a new name."""

    sketch: Sketch
    reused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Components:
    """The component schemas of a specification, by name and by shape. text: the request, which may state fields."""

    def __init__(self, surroundings: Surroundings, style: Style, text: str = "") -> None:
        self._around = surroundings
        self._style = style
        self._stated = {folded(word) for word in re.findall(r"[\w$-]+", text)}
        self._spelling = SpecNames(surroundings.spec.components("schemas") if surroundings.spec else ())
        self.schemas: Mapping[str, Any] = surroundings.spec.components("schemas") if surroundings.spec else {}

    def settle(self, sketch: Sketch, wanted: Wanted) -> Settled:
        """Use what exists in `sketch`. Its property names are spelled as the specification's already."""
        if not self.schemas:
            return self._recased(sketch)
        defined = {each.name: each.type for each in sketch.components}
        answers = self._used_near(wanted, _answered)
        bodies = self._used_near(wanted, _asked)
        resource = _resource(wanted.path)
        renamed: dict[str, str] = {}
        for name in dict.fromkeys((*defined, *(kind.name for kind in sketch.types() if isinstance(kind, Ref)))):
            renamed[name] = self._named(name, defined.get(name), (*answers, *bodies), resource) or ""
        notes = tuple(self._rename_clashing(renamed))

        def settled(kind: Type, near: tuple[str, ...], *, outermost: bool) -> Type:
            found = self._type(kind, renamed, near, resource, outermost=outermost)
            return self._one_of(found) if outermost and wanted.path.endswith("}") else found

        sketch = replace(
            sketch,
            body=_content(sketch.body, lambda kind: settled(kind, bodies, outermost=True)),
            responses=tuple(
                replace(each, content=_content(each.content, lambda kind: settled(kind, answers, outermost=True)))
                for each in sketch.responses
            ),
            components=tuple(
                Component(renamed[each.name], settled(each.type, (), outermost=False))
                for each in sketch.components
                if renamed[each.name] not in self.schemas
            ),
        )
        reused = (kind.name for kind in sketch.types() if isinstance(kind, Ref) and kind.name in self.schemas)
        return Settled(sketch, tuple(dict.fromkeys(reused)), notes)

    # -- by name ------------------------------------------------------------------------------------------------------

    def _named(self, name: str, kind: Type | None, near: tuple[str, ...], resource: frozenset[str]) -> str | None:
        """The existing component that a sketch means by `name`; None where there is none.

        One of the same name is meant, whatever a model believes of its fields, unless the user said otherwise. Then one that
        the neighbours use and whose name says more (``full-repository`` for Repository), or that is the resource's.
        """
        own = _shape_of(kind)
        same = [self._spelling.component(name), *self._by_name.get(_core(name), ())]
        if found := next((each for each in same if each and each in self.schemas and not self._is_denied(own, each)), None):
            return found
        words = set(_singulars(name))
        for other in near:
            theirs = set(_singulars(other))
            if words <= theirs and self._overlap(own, other) >= self._enough(words, theirs, own):
                return other
        for other in near:
            theirs = set(_singulars(other))
            if words & resource and theirs & resource and self._overlap(own, other) >= self._enough(words, theirs, own):
                return other
        return self._of_shape(own, near, resource) if own else None

    def _enough(self, words: set[str], theirs: set[str], own: Shape | None) -> float:
        """The overlap that a component must have whose name says more: it may well be something else."""
        if len(theirs - words - _SUFFIXES) <= 1:
            return _RELATED
        return _CONTAINED if own else _NEVER

    def denies(self, kind: Type, name: str, path: str) -> bool:
        """Whether the user stated a field of a body or an answer that the component has not. What `path` says is none."""
        own, theirs = _shape_of(kind), self.shape(name)
        in_path = {folded(word) for word in re.findall(r"[\w$-]+", path)}
        return bool(own and theirs and own & (self._stated - in_path) - theirs)

    def _is_denied(self, own: Shape | None, other: str) -> bool:
        """Whether the user names fields that the component has not: then something else of that name is meant."""
        theirs = self.shape(other)
        return bool(own and theirs) and len((own or Shape()) & self._stated - theirs) >= _FIELDS_DENY

    def _overlap(self, own: Shape | None, other: str) -> float:
        """The share of the sketch's names that a component has; 1 where one of both has none, 0 for a list."""
        theirs = self.shape(other)
        if not theirs and self._items_of(other) is not None:
            return 0.0
        return len(own & theirs) / len(own) if own and theirs else 1.0

    def _items_of(self, name: str) -> Mapping[str, Any] | None:
        """What a component that is a list is a list of."""
        schema = self.schemas.get(name)
        items = schema.get("items") if isinstance(schema, Mapping) else None
        return items if isinstance(items, Mapping) else None

    def _one_of(self, kind: Type) -> Type:
        """A list that has a name as the one thing that it is a list of, where that has a name too."""
        name = reference_name(self._items_of(kind.name), "schemas") if isinstance(kind, Ref) else None
        return Ref(name) if name is not None and name in self.schemas else kind

    def _rename_clashing(self, renamed: dict[str, str]) -> Iterator[str]:
        """New names for the components that are new: in the case of the others, and none that is taken."""
        case = self._style.names.schemas
        taken = set(self.schemas)
        for name in [name for name, existing in renamed.items() if not existing]:
            new = free = recased(name, case) if case else name
            number = 2
            while free in taken:
                free, number = f"{new}{number}", number + 1
            if free != new:
                yield f"the specification has another {new}: named the new schema {free}"
            renamed[name] = free
            taken.add(free)

    def _recased(self, sketch: Sketch) -> Settled:
        case = self._style.names.schemas
        names = {each.name: recased(each.name, case) if case else each.name for each in sketch.components}
        if len(set(names.values())) < len(names) or all(old == new for old, new in names.items()):
            return Settled(sketch)

        def rule(kind: Type) -> Type:
            return Ref(names.get(kind.name, kind.name)) if isinstance(kind, Ref) else kind

        components = tuple(Component(names[each.name], mapped(each.type, rule)) for each in sketch.components)
        responses = tuple(
            replace(each, content=_content(each.content, lambda kind: mapped(kind, rule))) for each in sketch.responses
        )
        body = _content(sketch.body, lambda kind: mapped(kind, rule))
        return Settled(replace(sketch, body=body, responses=responses, components=components))

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name in self.schemas:
            found[_core(name)] = (*found.get(_core(name), ()), name)
        return found

    # -- by shape -----------------------------------------------------------------------------------------------------

    def _type(
        self, kind: Type, renamed: Mapping[str, str], near: tuple[str, ...], resource: frozenset[str], *, outermost: bool
    ) -> Type:
        def rule(inner: Type) -> Type:
            if isinstance(inner, Ref):
                return Ref(renamed.get(inner.name, inner.name))
            if isinstance(inner, Object) and (
                found := self._of_shape(_shape_of(inner), near if inner in tops else (), resource)
            ):
                return Ref(found)
            return inner

        tops = _outermost(kind) if outermost else ()
        return mapped(kind, rule)

    def _of_shape(self, own: Shape | None, near: tuple[str, ...], resource: frozenset[str]) -> str | None:
        """The component of (nearly) the same names; of those that the neighbours use for the resource, one that has enough."""
        if not own or len(own) < 2:
            return None
        related = (name for name in near if set(_singulars(name)) & resource)
        best = max(((self._overlap(own, name), -place, name) for place, name in enumerate(related)), default=None)
        if best and best[0] >= _CONTAINED and self.shape(best[2]):
            return best[2]
        if len(own) < 3:
            return None
        same = self._by_shape.get(own, [])
        return same[0] if same else self._nearly(own)

    def _nearly(self, own: Shape) -> str | None:
        """The component that shares most names with `own`, if it is nearly all; an index of names keeps this short."""
        count: dict[str, int] = {}
        for name in own:
            for component in self._having.get(name, ()):
                count[component] = count.get(component, 0) + 1
        scored = [(often / len(own | self.shape(component)), component) for component, often in count.items()]
        best = max(scored, key=lambda each: each[0], default=(0.0, ""))
        return best[1] if best[0] >= _NEARLY else None

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        return {}

    def shape(self, name: str) -> Shape:
        """The folded names of a component's properties, those of ``allOf`` included; empty where it is no object."""
        if name not in self._shapes:
            self._shapes[name] = frozenset(folded(each) for each in self._properties(self.schemas.get(name), 0))
        return self._shapes[name]

    def _properties(self, schema: Any, depth: int) -> Iterator[str]:
        spec = self._around.spec
        meaning = spec.resolved_mapping(schema) if spec else {}
        properties, parts = meaning.get("properties"), meaning.get("allOf")
        yield from properties if isinstance(properties, Mapping) else ()
        for part in parts if isinstance(parts, list) and depth < 4 else ():
            yield from self._properties(part, depth + 1)

    @cached_property
    def _by_shape(self) -> Mapping[Shape, list[str]]:
        found: dict[Shape, list[str]] = {}
        for name in self.schemas:
            if shape := self.shape(name):
                found.setdefault(shape, []).append(name)
        return found

    @cached_property
    def _having(self) -> Mapping[str, list[str]]:
        """The components by the names of their properties, without the names that hundreds have."""
        found: dict[str, list[str]] = {}
        for name in self.schemas:
            for each in self.shape(name):
                found.setdefault(each, []).append(name)
        return {each: components for each, components in found.items() if len(components) <= 400}

    # -- by neighbourhood ---------------------------------------------------------------------------------------------

    def _used_near(self, wanted: Wanted, contents: Callable[[SpecOperation], Iterator[Any]]) -> tuple[str, ...]:
        """The components that the bodies or answers of the nearest operations are, or hold, the nearest first."""
        found: dict[str, None] = {}
        for near in self._around.near(wanted)[:_LOOKED_AT]:
            for holder in contents(near.operation):
                meaning = self._around.resolved(holder, near.operation)
                found |= dict.fromkeys(self._names_in(meaning, near.operation))
        return tuple(found)

    def _names_in(self, holder: Mapping[str, Any], operation: SpecOperation) -> Iterator[str]:
        content = holder.get("content")
        for media in content.values() if isinstance(content, Mapping) else ():
            schema = media.get("schema") if isinstance(media, Mapping) else None
            yield from self._direct_names(schema, operation, 0)

    def _direct_names(self, schema: Any, operation: SpecOperation, depth: int) -> Iterator[str]:
        if not isinstance(schema, Mapping) or depth > 3:
            return
        name = reference_name(schema, "schemas")
        if name in self.schemas:
            yield str(name)
            schema = self.schemas[str(name)]
            if not isinstance(schema, Mapping) or not self._is_wrapper(schema):
                return
        yield from self._direct_names(schema.get("items"), operation, depth + 1)
        properties, parts = schema.get("properties"), schema.get("allOf")
        for each in properties.values() if isinstance(properties, Mapping) and len(properties) <= 8 else ():
            inner = each.get("items", each) if isinstance(each, Mapping) else None
            yield from self._direct_names(inner, operation, depth + 1)
        for each in parts if isinstance(parts, list) else ():
            yield from self._direct_names(each, operation, depth + 1)

    def _is_wrapper(self, schema: Mapping[str, Any]) -> bool:
        """Whether a component is a list, or the object around one."""
        properties = schema.get("properties")
        values = properties.values() if isinstance(properties, Mapping) else ()
        return "items" in schema or any(isinstance(each, Mapping) and each.get("type") == "array" for each in values)


def mapped(kind: Type, rule: Callable[[Type], Type]) -> Type:  # noqa: PLR0911 - one return a kind of type reads best
    """`kind` with `rule` applied to every type in it, the outer ones first; what the rule has changed is not entered."""
    changed = rule(kind)
    if changed is not kind:
        return changed
    match kind:
        case Object(fields):
            return Object(tuple(replace(field, type=mapped(field.type, rule)) for field in fields))
        case Array(items):
            return replace(kind, items=mapped(items, rule))
        case Map(inner):
            return Map(mapped(inner, rule))
        case Nullable(inner):
            return Nullable(mapped(inner, rule))
        case Union(members):
            return Union(tuple(mapped(member, rule) for member in members))
    return kind


def _content(content: Content | None, rule: Callable[[Type], Type]) -> Content | None:
    return replace(content, type=rule(content.type)) if content and content.type else content


def _outermost(kind: Type) -> tuple[Type, ...]:
    """The objects that a body is: itself, its items, what its envelope holds."""
    match kind:
        case Array(items) | Nullable(items):
            return _outermost(items)
        case Object(fields):
            return (kind, *(each for field in fields if isinstance(field.type, Array) for each in _outermost(field.type)))
        case Union(members):
            return tuple(each for member in members for each in _outermost(member))
    return ()


def _shape_of(kind: Type | None) -> Shape | None:
    return frozenset(folded(field.name) for field in kind.fields) if isinstance(kind, Object) else None


def _singulars(name: str) -> list[str]:
    return [naming.singular(word) for word in naming.words(name)]


def _resource(path: str) -> frozenset[str]:
    """The words of what a path is about: its last literal, and the one before it where that names an action."""
    literals = [part for part in path.split("/") if part and "{" not in part]
    kept = (
        literals[-2:] if path.endswith("}") is False and len(literals) > 1 and not _is_plural(literals[-1]) else literals[-1:]
    )
    return frozenset(word for literal in kept for word in _singulars(literal))


def _is_plural(literal: str) -> bool:
    found = naming.words(literal)
    return bool(found) and naming.is_plural(found[-1])


def _core(name: str) -> str:
    """A component's name without its case, its plural and words such as Dto."""
    words = _singulars(name)
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return "".join(words)


def _answered(operation: SpecOperation) -> Iterator[Any]:
    responses = operation.node.get("responses")
    for status, response in responses.items() if isinstance(responses, Mapping) else ():
        if is_success(status):
            yield response


def _asked(operation: SpecOperation) -> Iterator[Any]:
    yield operation.node.get("requestBody")
