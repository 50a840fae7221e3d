"""Rules on references, and on the components that they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from photon.openapi.lint.rule import Problem, Visit, rule
from photon.openapi.lint.rules.parts import mapping_in
from photon.openapi.source.references import Broken

_NAME: Final = re.compile(r"[a-zA-Z0-9._-]+")
_KINDS: Final = {
    "schemas": "schema", "responses": "response", "parameters": "parameter", "examples": "example",
    "requestBodies": "request body", "headers": "header", "securitySchemes": "security scheme", "links": "link",
    "callbacks": "callback", "pathItems": "path item", "mediaTypes": "media type",
}  # fmt: skip


@rule(
    id="no-unresolved-refs",
    subject="reference",
    severity="error",
    summary="A reference leads to nothing.",
    explanation="What should stand there is missing: the name is misspelt, or the component was renamed or never written. "
    "Photon follows references to files beside the document, and none into the network.",
    wrong="schema:\n  $ref: '#/components/schemas/Pte'",
    right="schema:\n  $ref: '#/components/schemas/Pet'",
    redocly="no-unresolved-refs",
    spectral="invalid-ref",
    alike_unless=(),
)
def no_unresolved_refs(visit: Visit) -> Iterator[Problem]:
    """Addresses in the network and anchors are let pass: nobody looked."""
    name = visit.value["$ref"]
    fragment = name.partition("#")[2]
    if "://" in name or (fragment and not fragment.startswith("/")):
        return
    found = visit.document.target(name, visit.source)
    if isinstance(found, Broken):
        swagger = " (that is how Swagger 2 wrote it)" if name.startswith("#/definitions/") else ""
        yield Problem(f"{name!r} leads to nothing: {found.reason}{swagger}", ("$ref",), on_key=False)
    elif isinstance(end := visit.document.follow(visit.value, visit.source), Broken):
        yield Problem(f"{name!r} leads to nothing: {end.reason}", ("$ref",), on_key=False)


@rule(
    id="ref-kind",
    subject="reference",
    severity="error",
    summary="A reference leads to a component of another kind.",
    explanation="A schema can only stand where a schema belongs, a response where a response belongs. Tools read what they "
    "find there as if it were the other.",
    wrong="schema:\n  $ref: '#/components/responses/Pet'",
    right="schema:\n  $ref: '#/components/schemas/Pet'",
    alike_unless=(),
)
def ref_kind(visit: Visit) -> Iterator[Problem]:
    """By the section of components that it leads to."""
    parts = visit.value["$ref"].partition("#")[2].split("/")
    if len(parts) == 4 and parts[1] == "components" and _KINDS.get(parts[2], visit.expected) != visit.expected:
        yield Problem(f"a {visit.expected} belongs here, and {parts[3]!r} is a {_KINDS[parts[2]]}", ("$ref",), on_key=False)


@rule(
    id="no-ref-siblings",
    subject="reference",
    severity="error",
    summary="A key stands beside a `$ref`, where it is passed over.",
    explanation="In 3.0 nothing counts beside a `$ref`: wrap it, as in `allOf: [{$ref: …}]`, and the description holds. Since "
    "3.1 a schema may have more beside it, and every other reference a summary and a description.",
    wrong="schema:\n  $ref: '#/components/schemas/Pet'\n  description: The new pet",
    right="schema:\n  allOf:\n    - $ref: '#/components/schemas/Pet'\n  description: The new pet",
    redocly="spec-ref-siblings",
    spectral="no-$ref-siblings",
    alike_unless=(),
)
def no_ref_siblings(visit: Visit) -> Iterator[Problem]:
    """Wrong and right above are those of 3.0. A path item may have keys beside its reference in every version."""
    new = visit.document.version != "3.0"
    if len(visit.value) == 1 or visit.expected == "path item" or (new and visit.expected == "schema"):
        return
    for key in visit.value:
        if key != "$ref" and not (new and key in ("summary", "description")):
            yield Problem(f"{key!r} beside a '$ref' is passed over", (key,))


@rule(
    id="no-unused-components",
    subject="document",
    keys=("components",),
    severity="warning",
    summary="A component is used by nothing.",
    explanation="It is left over, or something should refer to it and does not. What only unused components refer to is "
    "unused too.",
    wrong="components:\n  schemas:\n    Old: {type: object}",
    right="components:\n  schemas: {}",
    redocly="no-unused-components",
    spectral="oas3-unused-component",
)
def no_unused_components(visit: Visit) -> Iterator[Problem]:
    """Whatever no path, webhook or requirement leads to. In a document without paths everything is there for others."""
    if not visit.document.section("paths") and not visit.document.section("webhooks"):
        return
    used = visit.document.used_components
    for kind, what in _KINDS.items():
        for name in visit.document.components(kind):
            if (kind, name) not in used and not name.startswith("x-"):
                yield Problem(f"the {what} {name!r} is used by nothing", ("components", kind, name))


@rule(
    id="spec-components-invalid-map-name",
    subject="document",
    keys=("components",),
    severity="error",
    summary="The name of a component has a character that is not allowed.",
    explanation="Names of components are made of letters, digits, `.`, `-` and `_`, so that a reference can hold them and "
    "code can be named after them.",
    wrong="components:\n  schemas:\n    Pet Owner: {type: object}",
    right="components:\n  schemas:\n    PetOwner: {type: object}",
    redocly="spec-components-invalid-map-name",
    spectral="oas3-schema",
)
def spec_components_invalid_map_name(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.1, section 4.8.7."""
    for kind in _KINDS:
        for name in mapping_in(mapping_in(visit.value, "components"), kind):
            if not _NAME.fullmatch(name):
                yield Problem(f"{name!r} has characters that no component's name may have", ("components", kind, name))
