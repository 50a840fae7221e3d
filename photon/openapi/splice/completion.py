"""Puts into an operation that is there what it lacks, and nothing else: each byte that was written stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.operation import reason
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.references import Broken, Located
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.fitting import fitted, moved
from photon.openapi.splice.operation import (
    Addition,
    Step,
    changes_by,
    component_steps,
    entry_step,
    operation_step,
    tag_steps,
    value_step,
)
from photon.openapi.splice.placing import END, Spot
from photon.openapi.splice.spot import is_empty

_FILLED = ("requestBody", "responses")
"""Keys of an operation that are looked into for what has nothing behind it yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Completion:
    """What an operation lacked. change: all of it, proved. here: its edits of the operation itself, which stands at `pointer`
    of its file (or will stand there).

    lacked: the names of what was missing (``operationId``, ``responses/404``, ``parameters/id``). elsewhere: what goes to other
    places for it (``components/schemas/User``, ``tags/users``).
    """

    change: Change
    here: tuple[Edit, ...]
    pointer: Pointer
    lacked: tuple[str, ...]
    elsewhere: tuple[str, ...]


def complete_operation(spec: Spec, addition: Addition) -> Completion | None:
    """The change that adds to an operation what it lacks of `addition`; None where it lacks nothing.

    Added are keys that it lacks, statuses that its responses lack (a success only where there is none), and the path's
    parameters that nobody declares; a key with nothing behind it is filled. Of components and tags those that this needs. A
    path or a method that is not there is added whole. Raises InvalidSpec where the document cannot be changed there.
    """
    steps = list(_operation_steps(spec, addition))
    if not steps:
        return None
    added = [step.value for step in steps]
    tags = {tag for step in steps for tag in _tags_of(step)}
    needed = replace(
        addition,
        components=_needed(addition.components, added),
        tags=tuple(tag for tag in addition.tags if tag.get("name") in tags),
    )
    others = [*tag_steps(spec, needed), *component_steps(spec, needed)]
    return Completion(
        changes_by(steps[0].source, [*steps, *others]),
        tuple(edit for step in steps for edit in step.edits),
        _operation_at(steps[0].pointer, addition.method.lower()),
        tuple(dict.fromkeys(_name(step, addition) for step in steps)),
        tuple(_elsewhere(needed, spec)),
    )


def _operation_steps(spec: Spec, addition: Addition) -> Iterator[Step]:
    paths = spec.references.follow(spec.section("paths").get(addition.path), spec.source, ("paths", addition.path))
    item = paths.value if isinstance(paths, Located) else None
    method = addition.method.lower()
    if not isinstance(paths, Located) or not isinstance(item, Mapping) or method not in item:
        yield operation_step(spec, addition)
        return
    there = spec.references.follow(item[method], paths.source, (*paths.pointer, method))
    if isinstance(there, Broken):
        raise InvalidSpec(f"{addition.method.upper()} {addition.path} cannot be read: {there.reason}")
    inherited = [spec.resolved_mapping(each, paths.source) for each in _listed(item, "parameters")]
    new = moved(fitted(addition.operation, addition.path, addition.path, inherited), there.source, spec.source)
    if is_empty(there.value):
        yield value_step(there.source, there.pointer, new)
    elif isinstance(there.value, Mapping):
        yield from _lacking(spec, there, new, addition.path, inherited)
    else:
        raise InvalidSpec(f"{there.source.name}: {addition.method.upper()} {addition.path} is no operation")


def _lacking(
    spec: Spec, there: Located, new: Mapping[str, Any], path: str, inherited: Iterable[Mapping[str, Any]]
) -> Iterator[Step]:
    """What is within the keys comes first: of two texts at one place the first is that of the key that ends there."""
    old = there.value
    yield from _empty_keys(there, new)
    if isinstance(old.get("parameters"), list):
        yield from _parameters(
            spec, Located(old["parameters"], there.source, (*there.pointer, "parameters")), new, path, inherited
        )
    for key in _FILLED:
        below = Located(old.get(key), there.source, (*there.pointer, key))
        if isinstance(below.value, Mapping) and "$ref" not in below.value and isinstance(new.get(key), Mapping):
            yield from _responses(below, new[key]) if key == "responses" else _content(below, new[key])
    order = list(new)
    for key in order:
        if key not in old:
            yield entry_step(there.source, there.pointer, key, new[key], _before_later(old, order[order.index(key) + 1 :]))


def _operation_at(way: Pointer, method: str) -> Pointer:
    """The way to an operation, of a way into it."""
    return way[: way.index(method) + 1] if method in way else way


def _before_later(names: Iterable[str], later: Sequence[str]) -> Spot:
    """Before the first of `names` that mostly stands behind it, else at the end."""
    found = next((name for name in names if name in later), None)
    return END if found is None else Spot(before=found)


def _empty_keys(there: Located, new: Mapping[str, Any]) -> Iterator[Step]:
    for key, value in there.value.items():
        if value is None and new.get(key) is not None:
            yield value_step(there.source, (*there.pointer, key), new[key])


# -- parameters -------------------------------------------------------------------------------------------------------


def _parameters(
    spec: Spec, there: Located, new: Mapping[str, Any], path: str, inherited: Iterable[Mapping[str, Any]]
) -> Iterator[Step]:
    """The path's parameters that nobody declares; an item with nothing behind its dash is the first of them."""
    declared = {each.get("name") for each in inherited}
    declared |= {spec.resolved_mapping(each, there.source).get("name") for each in there.value if each is not None}
    lacking = set(re.findall(r"\{([^{}]*)\}", path)) - declared
    wanted = [each for each in _listed(new, "parameters") if _path_name(spec, each, there) in lacking]
    for index, item in enumerate(there.value):
        below = Located(item, there.source, (*there.pointer, index))
        if item is None and wanted:
            yield value_step(there.source, below.pointer, wanted.pop(0))
        elif isinstance(item, Mapping) and "$ref" not in item:
            yield from _half_written(below, [_facts(spec, each, there) for each in _listed(new, "parameters")])
    if wanted and is_empty(there.value):
        yield value_step(there.source, there.pointer, wanted)
    elif wanted:
        yield Step.items(there.source, there.pointer, there.value, wanted)


def _half_written(there: Located, new: Iterable[Mapping[str, Any]]) -> Iterator[Step]:
    """What a parameter cannot do without, of the new one of its name: where it is sent, and its schema."""
    old = there.value
    match = next((each for each in new if _is_same(old, each)), {})
    needed = [*(["required"] if match.get("in") == "path" else []), *(["schema"] if "content" not in old else [])]
    lacking = [key for key in ("in", *needed) if old.get(key) is None and match.get(key)]
    for key in sorted(lacking, key=lambda each: each not in old):
        if key in old:
            yield value_step(there.source, (*there.pointer, key), match[key])
        else:
            yield entry_step(there.source, there.pointer, key, match[key], END)


def _is_same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old.get("name") == new.get("name") is not None and old.get("in") in (None, new.get("in"))


def _facts(spec: Spec, parameter: Any, there: Located) -> Mapping[str, Any]:
    """A new parameter; of one that is a component all but its schema, whose references are those of another place."""
    found = spec.resolved_mapping(parameter, there.source)
    return found if found is parameter else {key: value for key, value in found.items() if key != "schema"}


def _path_name(spec: Spec, parameter: Any, there: Located) -> Any:
    found = spec.resolved_mapping(parameter, there.source)
    return found.get("name") if found.get("in") == "path" else None


def _listed(node: Any, key: str) -> list[Any]:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, list) else []


# -- bodies and responses ---------------------------------------------------------------------------------------------


def _responses(there: Located, new: Mapping[str, Any]) -> Iterator[Step]:
    old = there.value
    statuses = [status for status in new if _is_lacking(status, old)]
    if is_empty(old):
        if statuses:
            yield value_step(there.source, there.pointer, {status: new[status] for status in statuses})
        return
    for status, response in old.items():
        below = Located(response, there.source, (*there.pointer, status))
        match = new.get(status) or next((each for other, each in new.items() if _is_alike(other, status)), None)
        if response is None:
            yield value_step(there.source, below.pointer, match or {"description": reason(status)})
        elif isinstance(response, Mapping) and "$ref" not in response and not status.startswith("x-"):
            yield from _response(below, match if isinstance(match, Mapping) else {}, status)
    for status in statuses:
        later = [name for name in old if name > status or name == "default"]
        yield entry_step(there.source, there.pointer, status, new[status], _before_later(old, later))


def _is_lacking(status: str, old: Mapping[str, Any]) -> bool:
    if status in old or f"{status[0]}XX" in old:
        return False
    return status[0] in "45d" or not any(name[:1] in ("2", "3") for name in old)


def _is_alike(one: str, other: str) -> bool:
    return one[:1] == other[:1] == "2"


def _response(there: Located, new: Mapping[str, Any], status: str) -> Iterator[Step]:
    old = there.value
    if "description" not in old:
        value = {"description": new.get("description") or reason(status)}
        first = Spot(before=next(iter(old))) if old else END
        yield entry_step(there.source, there.pointer, "description", value["description"], first)
    elif old["description"] is None:
        yield value_step(there.source, (*there.pointer, "description"), new.get("description") or reason(status))
    yield from _filled(there, new, ("content",))


def _content(there: Located, new: Mapping[str, Any]) -> Iterator[Step]:
    """The body of a request, which has nothing to say without its content."""
    if "content" not in there.value and "content" in new:
        yield entry_step(there.source, there.pointer, "content", new["content"], END)
    yield from _filled(there, new, ("required", "content"))


def _filled(there: Located, new: Mapping[str, Any], keys: Iterable[str]) -> Iterator[Step]:
    """What has nothing behind it at `keys`; below the content also media types and their schemas."""
    for key in keys:
        old, below = there.value.get(key), (*there.pointer, key)
        if key in there.value and is_empty(old) and new.get(key):
            yield value_step(there.source, below, new[key])
        elif key == "content" and isinstance(old, Mapping):
            others = new.get("content") or {}
            for media_type, value in old.items():
                wanted = others.get(media_type) or next(iter(others.values()), None)
                if is_empty(value) and wanted:
                    yield value_step(there.source, (*below, media_type), wanted)
                elif isinstance(value, Mapping) and "schema" in value and is_empty(value["schema"]) and wanted:
                    yield value_step(there.source, (*below, media_type, "schema"), wanted["schema"])


# -- what it needs ----------------------------------------------------------------------------------------------------


def _needed(components: Mapping[str, Mapping[str, Any]], added: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Of the components those that the added values lead to, and the security schemes that they name."""
    found: dict[str, dict[str, Any]] = {}
    stack = list(added)
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            reference = node.get("$ref")
            kind, _, name = (
                reference.rpartition("#/components/")[2].partition("/") if isinstance(reference, str) else ("", "", "")
            )
            for section, key in ((kind, name), *(("securitySchemes", each) for each in node)):
                if key in components.get(section, {}) and key not in found.get(section, {}):
                    found.setdefault(section, {})[key] = components[section][key]
                    stack.append(components[section][key])
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return {section: found[section] for section in components if section in found}


def _tags_of(step: Step) -> list[Any]:
    """The tags that a step writes: as a key of the operation, or with all of it."""
    if step.key == "tags" or step.pointer[-1:] == ("tags",):
        return step.value if isinstance(step.value, list) else []
    return [tag for each in _below(step.value) for tag in _listed(each, "tags")]


def _below(value: Any) -> list[Any]:
    """An operation, or the operations of a path item."""
    return [value, *value.values()] if isinstance(value, Mapping) else []


def _name(step: Step, addition: Addition) -> str:
    """What was missing, from the operation on."""
    way = [str(part) for part in (*step.pointer, *([step.key] if step.key else []))]
    if way[-2:-1] == ["parameters"] and isinstance(step.value, Mapping):
        way[-1] = str(step.value.get("name") or step.value.get("$ref"))
    method = addition.method.lower()
    below = way[way.index(method) + 1 :] if method in way else way[-1:] if step.key != method else []
    return "/".join(below) or f"{addition.method.upper()} {addition.path}"


def _elsewhere(needed: Addition, spec: Spec) -> Iterator[str]:
    tags = spec.section().get("tags")
    known = {tag.get("name") for tag in tags if isinstance(tag, Mapping)} if isinstance(tags, list) else set()
    yield from (f"tags/{tag['name']}" for tag in needed.tags if tag.get("name") not in known)
    for section, values in needed.components.items():
        yield from (f"components/{section}/{name}" for name in values if name not in spec.components(section))
