"""The specification as it was before a suggestion was written into it: without the operation and what only that needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from photon.openapi.source.nodes import MapNode, SeqNode
from photon.openapi.source.source import Source
from photon.openapi.splice.placing import template_of
from photon.tasks.spec_in_use import without_operation

Component = tuple[str, str]
"""The section of a component, and its name."""
Components = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By section and name, as in a document."""


def unwritten(source: Source, path: str, method: str, new: Components | None = None) -> Source:
    """The document without the operation, the components that nothing else refers to, and the tags that nothing else has.

    path: as it is called there, or with other names of its parameters. new: the components that the suggestion brought along,
    as far as they are known; what else only the operation refers to was there before and stays. A document that does not have
    the operation is given back as it is.
    """
    paths = _mapping(source.mapping.get("paths"))
    there = next((each for each in paths if template_of(each) == template_of(path)), None)
    operation = _mapping(_mapping(paths.get(there or "")).get(method.lower()))
    if there is None or not operation:
        return source
    rest = without_operation(source, there, method)
    own = _needed(operation, rest.mapping)
    gone = own - _needed_by_others(rest.mapping, own) if own else own
    if new is not None:
        gone = frozenset(each for each in gone if _is_defined(new, each))
    return replace(rest, root=_less_tags(_less_components(rest.mapping, gone), operation))


def _is_defined(new: Components, component: Component) -> bool:
    """Whether the suggestion says what the component is. A name that it only uses stands for an empty object there."""
    section, name = component
    return bool(new.get(section, {}).get(name, {}).keys() - {"type", "description"})


def _needed_by_others(root: MapNode, own: frozenset[Component]) -> frozenset[Component]:
    """What the document refers to outside of the components `own`, in which the rest may be in use all the same."""
    outside = [value for key, value in root.items() if key != "components"]
    components = [each for key, each in _components(root) if key not in own]
    return _needed([outside, components, {"security": root.get("security")}], root)


def _needed(start: Any, root: MapNode) -> frozenset[Component]:
    """The components of `root` to which `start` leads, at once or over others."""
    known = dict(_components(root))
    found: set[Component] = set()
    stack = [start]
    while stack:
        for each in _named(stack.pop()):
            if each in known and each not in found:
                found.add(each)
                stack.append(known[each])
    return frozenset(found)


def _components(root: MapNode) -> Iterator[tuple[Component, Any]]:
    for section, values in _mapping(root.get("components")).items():
        yield from (((section, name), value) for name, value in _mapping(values).items())


def _named(start: Any) -> Iterator[Component]:
    """The components that stand in `start` by name: in references and in what is required of security. What has aliases in
    many places is looked at once."""
    stack, seen = [start], set[int]()
    while stack:
        node = stack.pop()
        if not isinstance(node, Mapping | list) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            if isinstance(reference := node.get("$ref"), str) and reference.startswith("#/components/"):
                section, _, name = reference.removeprefix("#/components/").partition("/")
                yield section, name.replace("~1", "/").replace("~0", "~")
            yield from (("securitySchemes", str(name)) for each in _listed(node.get("security")) for name in _mapping(each))
        stack.extend(node.values() if isinstance(node, Mapping) else node)


def _less_components(root: MapNode, gone: frozenset[Component]) -> MapNode:
    if not gone:
        return root
    components = root["components"]
    kept = {
        section: _with(values, {name: each for name, each in values.items() if (section, name) not in gone})
        if isinstance(values, MapNode)
        else values
        for section, values in components.items()
    }
    left = {section: values for section, values in kept.items() if values or not components[section]}
    return _with(root, {key: _with(components, left) if key == "components" else value for key, value in root.items()})


def _less_tags(root: MapNode, operation: Mapping[str, Any]) -> MapNode:
    """Without the declarations of tags that only `operation` has."""
    tags = root.get("tags")
    used = {str(tag) for each in _operations(root) for tag in _listed(each.get("tags"))}
    gone = {str(tag) for tag in _listed(operation.get("tags"))} - used
    if not gone or not isinstance(tags, SeqNode):
        return root
    kept = SeqNode(tags.start, flow=tags.flow)
    kept.extend(each for each in tags if _mapping(each).get("name") not in gone)
    return _with(root, {key: kept if key == "tags" else value for key, value in root.items() if key != "tags" or kept})


def _operations(root: MapNode) -> Iterator[Mapping[str, Any]]:
    for item in _mapping(root.get("paths")).values():
        yield from (each for each in _mapping(item).values() if isinstance(each, Mapping))


def _with(node: MapNode, entries: Mapping[str, Any]) -> MapNode:
    copy = MapNode(node.start, flow=node.flow)
    copy.update(entries)
    copy.places = node.places
    return copy


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()
