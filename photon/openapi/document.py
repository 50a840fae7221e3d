"""A rendered sketch with what belongs around it: the path alone, the path with its components, or a whole document."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

from photon.openapi import naming
from photon.openapi.operation import PROBLEM, effective_auth, operation, scheme_name, security_scheme
from photon.openapi.schemas import Schema, Version, schema
from photon.openapi.sound import default_response, sound
from photon.sketch.model import Component, Nullable, Ref, Sketch, Union, walk
from photon.sketch.parse import RANKS

Scope = Literal["fragment", "path", "document"]
_VERSIONS: dict[Version, str] = {"3.2": "3.2.0", "3.1": "3.1.0", "3.0": "3.0.3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How to render. known: component schemas that the user's spec already has and that are not written again."""

    version: Version = "3.1"
    scope: Scope = "fragment"
    default_auth: str = "bearer"
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The result as plain mappings and lists, in writing order, and one line for each thing that code decided.

    reused: JSON pointers (``#/components/schemas/Pet``) of the components of the user's spec that it refers to.
    """

    document: dict[str, Any]
    notes: tuple[str, ...] = ()
    reused: tuple[str, ...] = ()


def render(sketch: Sketch, rendering: Rendering) -> Rendered:
    """A finished sketch. Never fails: every sketch that parses is valid OpenAPI afterwards."""
    sketch, notes = finished(sketch)
    components, component_notes = _components(sketch, rendering)
    body = operation(sketch, rendering.version, default_auth=rendering.default_auth)
    return Rendered(framed(sketch, rendering, body, components), (*notes, *component_notes))


@dataclass(frozen=True, slots=True)
class Plain:
    """Renders without any specification to fit into; `photon.openapi.matching.matcher.Matcher` is its like with one."""

    rendering: Rendering

    def matched(self, sketch: Sketch) -> Rendered:
        """`render`."""
        return render(sketch, self.rendering)

    def begun(self, sketch: Sketch, *, rank: int) -> dict[str, Any]:
        """`render_begun`."""
        return render_begun(sketch, self.rendering, rank=rank)


def finished(sketch: Sketch) -> tuple[Sketch, tuple[str, ...]]:
    """(`sketch` as it can be rendered, with some success response, what was changed and why, one line each)."""
    sketch, notes = sound(sketch)
    if any(response.status[0] in "123" for response in sketch.responses):
        return sketch, notes
    success = default_response(sketch.method)
    assumed = f"the answer names no success response: assumed {success.status}"
    return replace(sketch, responses=(*sketch.responses, success)), (*notes, assumed)


def render_begun(sketch: Sketch, rendering: Rendering, *, rank: int) -> dict[str, Any]:
    """The beginning of what `render` will give, as far as lines up to `rank` (an index in RANKS) decide it."""
    sketch, _ = sound(sketch)
    body = operation(sketch, rendering.version, default_auth=rendering.default_auth, upto=RANKS[rank])
    if not body.get("responses"):
        body.pop("responses", None)
    return framed(sketch, rendering, body, {}, begun=True)


def framed(
    sketch: Sketch, rendering: Rendering, body: dict[str, Any], components: Schema, *, begun: bool = False
) -> dict[str, Any]:
    """The operation `body` under its path, with as much around it as `rendering` wants; begun: without what stands behind."""
    paths = {sketch.path: {sketch.method.lower(): body}}
    if rendering.scope == "path":
        return paths
    fragment: dict[str, Any] = {"paths": paths, **({"components": components} if components else {})}
    if rendering.scope == "fragment":
        return fragment
    head = {"openapi": _VERSIONS[rendering.version], "info": _INFO, "servers": [{"url": "/"}]}
    tags = [{"name": name, "description": f"The {name} operations."} for name in sketch.tags or (naming.tag(sketch.path),)]
    return {**head, **fragment, **({} if begun else {"tags": tags})}


_INFO = {
    "title": "API",
    "description": "A draft by Photon: give it a title, a contact and a licence before it is published.",
    "version": "0.1.0",
}


def _components(sketch: Sketch, rendering: Rendering) -> tuple[Schema, tuple[str, ...]]:
    schemas, notes = _schemas(sketch, rendering)
    auth = effective_auth(sketch, rendering.default_auth)
    schemes = {} if auth.scheme == "none" else {scheme_name(auth): security_scheme(auth)}
    parts = (("schemas", schemas), ("securitySchemes", schemes))
    return {key: value for key, value in parts if value}, notes


def _schemas(sketch: Sketch, rendering: Rendering) -> tuple[Schema, tuple[str, ...]]:
    """The component schemas to write: those that are used and that the user's spec does not have."""
    schemas, used, notes = component_schemas(sketch, rendering.version, rendering.known)
    if PROBLEM not in rendering.known and (PROBLEM in used or any(response.is_error for response in sketch.responses)):
        schemas[PROBLEM] = problem_schema()
    return schemas, notes


def component_schemas(
    sketch: Sketch, version: Version, known: Collection[str]
) -> tuple[Schema, Collection[str], tuple[str, ...]]:
    """(the schemas of the components that `sketch` uses and that are not `known`, the names that it uses, notes).

    The schema of errors is not among them, whoever refers to it.
    """
    defined = {component.name: component for component in sketch.components if component.name != PROBLEM}
    defined = {name: component for name, component in defined.items() if not _is_circular(name, defined)}
    used = _used(sketch, defined)
    written = {name: defined[name] for name in defined if name in used and name not in known}
    schemas = {name: schema(component.type, version) for name, component in written.items()}
    missing = [name for name in used if name not in defined and name not in known and name != PROBLEM]
    schemas |= {name: {"type": "object"} for name in missing}
    unused = [name for name in defined if name not in used]
    return (
        schemas,
        used,
        (
            *(f"{name} is used but not defined: wrote an empty object, fill it in" for name in missing),
            *(f"left out {name}, which nothing uses" for name in unused),
        ),
    )


def _used(sketch: Sketch, defined: dict[str, Component]) -> Collection[str]:
    """The names that the operation reaches, directly or through other components, in reading order."""
    outside = replace(sketch, components=())
    queue = [kind.name for kind in outside.types() if isinstance(kind, Ref)]
    found: dict[str, None] = {}
    while queue:
        name = queue.pop(0)
        if name not in found:
            found[name] = None
            inner = walk(defined[name].type) if name in defined else ()
            queue.extend(kind.name for kind in inner if isinstance(kind, Ref))
    return found


def _is_circular(name: str, defined: dict[str, Component]) -> bool:
    """Whether the component is nothing but itself, at once or through others (``User = User | null``): no value has an end."""
    found, queue = set[str](), [defined[name].type]
    while queue:
        match queue.pop():
            case Ref(other) if other in defined and other not in found:
                found.add(other)
                queue.append(defined[other].type)
            case Nullable(inner):
                queue.append(inner)
            case Union(members):
                queue.extend(members)
    return name in found


def problem_schema() -> Schema:
    """Problem Details for HTTP APIs (RFC 9457, section 3.1)."""
    return {
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "default": "about:blank"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 100, "maximum": 599},
            "detail": {"type": "string"},
            "instance": {"type": "string", "format": "uri-reference"},
        },
    }
