"""Which components are needed, through any depth, by what stands outside of the components."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from photon.openapi.lint.rule import Visit
from photon.openapi.source.references import Located

if TYPE_CHECKING:
    from photon.openapi.lint.document import LintDocument

Component = tuple[str, str]


def used_components(document: LintDocument) -> frozenset[Component]:
    """(kind, name) of each. A schema that extends a used one with a discriminator is used: the discriminator names it.

    What another file refers to is used too, because that file is only read where the root leads there.
    """
    needs: defaultdict[Component | None, set[Component]] = defaultdict(set)
    led: dict[tuple[Component | None, str, int], Visit] = {}  # one of nine is new in the largest document (measured)
    for visit in document.of("reference"):
        led.setdefault((_owner(visit, document), visit.value["$ref"], id(visit.source)), visit)
    for (owner, name, _), visit in led.items():
        needs[owner].update(_component(name, visit, document))
    for visit in document.of("security requirement"):
        needs[_owner(visit, document)].update(("securitySchemes", name) for name in visit.value)
    for visit in document.of("schema"):
        value = visit.value
        if "discriminator" in value:
            needs[_owner(visit, document)].update(_mapped(visit, document))
        if "allOf" in value and (owner := _owner(visit, document)) and len(visit.pointer) == 3:
            for base in _discriminating_bases(visit, document):
                needs[base].add(owner)
    used: set[Component] = set()
    todo = list(needs[None])
    while todo:
        component = todo.pop()
        if component not in used:
            used.add(component)
            todo += needs[component]
    return frozenset(used)


def _owner(visit: Visit, document: LintDocument) -> Component | None:
    at = visit.pointer
    if visit.source is document.source and len(at) >= 3 and at[0] == "components":
        return str(at[1]), str(at[2])
    return None


def _mapped(visit: Visit, document: LintDocument) -> Iterator[Component]:
    """The components that a discriminator maps its values to, by name or by reference."""
    discriminator = visit.value["discriminator"]
    mapping = discriminator.get("mapping") if isinstance(discriminator, Mapping) else None
    for name in mapping.values() if isinstance(mapping, Mapping) else ():
        if isinstance(name, str):
            yield from _component(name if "#" in name or "/" in name else f"#/components/schemas/{name}", visit, document)


def _component(reference: str, visit: Visit, document: LintDocument) -> Iterator[Component]:
    found = document.target(reference, visit.source)
    if isinstance(found, Located) and found.source is document.source and found.pointer[:1] == ("components",):
        way = found.pointer
        if len(way) >= 3:
            yield str(way[1]), str(way[2])


def _discriminating_bases(visit: Visit, document: LintDocument) -> Iterator[Component]:
    listed: Any = visit.value.get("allOf")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get("$ref"), str):
            base = document.resolved(item, visit.source)
            if isinstance(base, Mapping) and "discriminator" in base:
                yield from _component(item["$ref"], visit, document)
