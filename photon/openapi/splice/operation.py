"""Puts a new operation into the user's specification, with the components and tags that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.source.nodes import MapNode, Pointer, written
from photon.openapi.source.references import Broken, Located
from photon.openapi.source.source import Source
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change, changed
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.entries import entry_added, item_added, value_replaced
from photon.openapi.splice.expected import with_entry, with_value
from photon.openapi.splice.fitting import fitted, moved
from photon.openapi.splice.placing import END, Spot, method_spot, name_spot, path_spot, root_spot, template_of
from photon.openapi.splice.rendering import written_value
from photon.openapi.splice.spot import is_empty, own_names, place_at


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added: one operation, and what it needs.

    path: with the parameters' names in braces. method: in any case. operation: the operation object. components: new ones, by
    section (``schemas``, ``securitySchemes``…) and name. tags: tag objects for the root; those that exist are left out.
    """

    path: str
    method: str
    operation: Mapping[str, Any]
    components: Mapping[str, Mapping[str, Any]]
    tags: tuple[Mapping[str, Any], ...] = ()


class OperationExists(InvalidSpec):
    """The path has the method already. there, new: both operations as they are (or would be) written in the file."""

    def __init__(self, source: Source, at: int, route: str, *, there: str, new: str) -> None:
        position = source.position(at)
        super().__init__(
            f"{source.name}:{position} {route} exists already",
            hint="--replace puts the new one in its place",
            line=position.line,
            column=position.column,
        )
        self.there = there
        self.new = new


@dataclass(frozen=True, slots=True)
class Step:
    """Edits of one file, after which `value` stands at `pointer`, or with `key` in the mapping there."""

    source: Source
    edits: tuple[Edit, ...]
    pointer: Pointer
    key: str | None
    value: Any

    @classmethod
    def items(cls, source: Source, pointer: Pointer, old: Sequence[Any], new: Sequence[Any]) -> Step:
        """`new` at the end of a list that is not empty."""
        edits = tuple(item_added(source, pointer, item) for item in new)
        return cls(source, edits, pointer, None, [*old, *new])

    def expected(self, root: Any) -> Any:
        """The value of the whole file after it, given that before it."""
        if self.key is None:
            return with_value(root, self.pointer, self.value)
        return with_entry(root, self.pointer, self.key, self.value)


def add_operation(spec: Spec, addition: Addition, *, replace: bool = False) -> Change:
    """The proved change that adds an operation. A change of several files has those of the other files in `Change.others`.

    A path that exists, maybe with other names for its parameters, gets the method, and the operation these names; a path item
    that stands in another file gets it there, and its references lead back to the root file. New components go to where the
    section stands (to another file where a ``$ref`` leads there). With `replace`, an operation that exists is replaced, and
    nothing else of its path. Raises OperationExists without it, and InvalidSpec where a component of the name exists and is
    another, or the file cannot be changed there.
    """
    operation = operation_step(spec, addition, replace=replace)
    steps = [*tag_steps(spec, addition), operation, *component_steps(spec, addition)]
    return changes_by(operation.source, steps)


def changes_by(first: Source, steps: Sequence[Step]) -> Change:
    """The proved change that all `steps` make; that of `first`, with those of the other files in `Change.others`."""
    files = {id(source): source for source in (first, *(step.source for step in steps))}.values()
    change, *others = [_change_of(source, [step for step in steps if step.source is source]) for source in files]
    return Change(change.source, change.text, change.edits, tuple(others))


def _change_of(source: Source, steps: Sequence[Step]) -> Change:
    expected = source.root
    for step in steps:
        expected = step.expected(expected)
    return changed(source, [edit for step in steps for edit in step.edits], expected)


# -- the operation ------------------------------------------------------------------------------------------------------


def operation_step(spec: Spec, addition: Addition, *, replace: bool = False) -> Step:
    """The operation itself. Raises OperationExists, InvalidSpec."""
    paths = _located(spec, ("paths",))
    if paths is None:
        return _root_step(spec, "paths", {addition.path: {addition.method.lower(): dict(addition.operation)}})
    names = _section(paths)
    existing = addition.path if addition.path in names else _same_template(names, addition.path)
    if existing is None:
        value = {addition.method.lower(): moved(addition.operation, paths.source, spec.source)}
        return entry_step(paths.source, paths.pointer, addition.path, value, path_spot(own_names(names), addition.path))
    item = spec.references.follow(names[existing], paths.source, (*paths.pointer, existing))
    if isinstance(item, Broken):
        raise InvalidSpec(f"the path item of {existing} cannot be read: {item.reason}")
    return _method_step(spec, addition, existing, item, replace=replace)


def _section(there: Located) -> Mapping[str, Any]:
    if there.value is not None and not isinstance(there.value, Mapping):
        raise InvalidSpec(f"{there.source.name}: {written(there.pointer)} is no mapping")
    return there.value or {}


def _same_template(names: Mapping[str, Any], path: str) -> str | None:
    template = template_of(path)
    return next((name for name in names if name.startswith("/") and template_of(name) == template), None)


def _method_step(spec: Spec, addition: Addition, path: str, item: Located, *, replace: bool) -> Step:
    method, node = addition.method.lower(), item.value
    if node is not None and not isinstance(node, Mapping):
        raise InvalidSpec(f"{item.source.name}: {written(item.pointer)} is no path item")
    inherited = [spec.resolved_mapping(each, item.source) for each in _listed(node, "parameters")]
    value = moved(fitted(addition.operation, addition.path, path, inherited), item.source, spec.source)
    if node and method in node:
        if not replace:
            raise _exists(item, method, f"{method.upper()} {path}", value)
        pointer = (*item.pointer, method)
        return value_step(item.source, pointer, value)
    spot = method_spot(own_names(node or {}), method, spec.section("paths").values())
    if not item.pointer and not node:
        raise InvalidSpec(f"{item.source.name} is empty: it should hold the path item of {path}")
    return entry_step(item.source, item.pointer, method, value, spot)


def _listed(node: Any, key: str) -> list[Any]:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, list) else []


def _exists(item: Located, method: str, route: str, value: Any) -> OperationExists:
    source = item.source
    place = place_at(source, item.value, method, (*item.pointer, method))
    there, new = written_value(source, method, item.value[method]), written_value(source, method, value)
    return OperationExists(source, place.key_start, route, there=there, new=new)


# -- components and tags ------------------------------------------------------------------------------------------------


def component_steps(spec: Spec, addition: Addition) -> Iterator[Step]:
    """The components that are new, each in its section. Raises InvalidSpec where one of the name is another."""
    wanted = {section: dict(values) for section, values in addition.components.items() if values}
    if not wanted:
        return
    components = _located(spec, ("components",))
    if components is None or is_empty(components.value):
        source, pointer = (components.source, components.pointer) if components else (spec.source, ("components",))
        wanted = {section: moved(values, source, spec.source) for section, values in wanted.items()}
        yield _root_step(spec, "components", wanted) if components is None else value_step(source, pointer, wanted)
        return
    for section, values in wanted.items():
        there = _located(spec, ("components", section))
        if there is None:
            value = moved(values, components.source, spec.source)
            yield entry_step(components.source, components.pointer, section, value, END)
        else:
            yield from _section_steps(spec, section, there, values)


def _section_steps(spec: Spec, section: str, there: Located, values: Mapping[str, Any]) -> Iterator[Step]:
    names = _section(there)
    for name in values.keys() & names.keys():
        found = spec.resolved(names[name], there.source)
        if values[name] not in (names[name], found):
            raise InvalidSpec(
                f"{there.source.name}: components/{section} has a {name} already, and it is another",
                hint="give the new one another name",
            )
    new = {name: moved(value, there.source, spec.source) for name, value in sorted(values.items()) if name not in names}
    if new and is_empty(there.value):
        yield value_step(there.source, there.pointer, new)
        return
    order = {name: name_spot(own_names(names), name) for name in new}
    if all(spot == END for spot in order.values()):
        new = {name: new[name] for name in values if name in new}
    for name, value in new.items():
        yield entry_step(there.source, there.pointer, name, value, order[name])


def tag_steps(spec: Spec, addition: Addition) -> Iterator[Step]:
    """The tags that are new."""
    there = _located(spec, ("tags",))
    if there and not isinstance(there.value, list | None):
        raise InvalidSpec(f"{there.source.name}: {written(there.pointer)} is no list")
    tags = there.value or [] if there else []
    names = [str(tag.get("name")) if isinstance(tag, Mapping) else "" for tag in tags]
    new = [dict(tag) for tag in addition.tags if tag.get("name") not in names]
    if there is None and new:
        yield _root_step(spec, "tags", new)
    elif there and new:
        yield value_step(there.source, there.pointer, new) if not tags else _tags_step(there, names, new)


def _tags_step(there: Located, names: Sequence[str], new: Sequence[Mapping[str, Any]]) -> Step:
    """Each sorted where the tags are, else all behind the last."""
    if name_spot(names, "") != END:
        new = sorted(new, key=lambda tag: str(tag.get("name")))
    places: dict[int, list[Any]] = {}
    for tag in new:
        before = name_spot(names, str(tag.get("name"))).before
        places.setdefault(len(names) if before is None else names.index(before), []).append(tag)
    edits = [
        item_added(there.source, there.pointer, tag, before=index if index < len(names) else None)
        for index, tags in sorted(places.items())
        for tag in tags
    ]
    old = [*there.value, None]
    value = [item for index, tag in enumerate(old) for item in (*places.get(index, ()), tag)][:-1]
    return Step(there.source, tuple(edits), there.pointer, None, value)


# -- one step -----------------------------------------------------------------------------------------------------------


def _located(spec: Spec, pointer: Pointer) -> Located | None:
    """What stands at `pointer` of the root file, or where references on the way to it lead; None where there is nothing."""
    here = Located(spec.source.root, spec.source, ())
    for part in pointer:
        if not isinstance(here.value, MapNode) or part not in here.value:
            return None
        found = spec.references.follow(here.value[str(part)], here.source, (*here.pointer, part))
        if isinstance(found, Broken):
            raise InvalidSpec(f"{here.source.name}: {written((*here.pointer, part))} cannot be read: {found.reason}")
        here = found
    return here


def _root_step(spec: Spec, key: str, value: Any) -> Step:
    return entry_step(spec.source, (), key, value, root_spot(own_names(spec.document), key))


def entry_step(source: Source, pointer: Pointer, key: str, value: Any, spot: Spot) -> Step:
    """A new key in a mapping."""
    edit = entry_added(source, pointer, key, value, after=spot.after, before=spot.before)
    return Step(source, (edit,), pointer, key, value)


def value_step(source: Source, pointer: Pointer, value: Any) -> Step:
    """Another value in the place of one."""
    return Step(source, (value_replaced(source, pointer, value),), pointer, None, value)
