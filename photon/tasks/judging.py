"""Holds a suggestion to the rules of the lint before it is shown: what can be mended is mended, the rest is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from photon.openapi.document import Rendered

if TYPE_CHECKING:
    from photon.openapi.lint.finding import Finding
    from photon.openapi.spec import Spec
    from photon.tasks.suggest_path import PathRequest

_ROUNDS: Final = 3
_REACH: Final = 500
"""Components of the specification that are looked at with the suggestion; more are taken to be there."""
_INFO: Final = {"title": "API", "version": "1", "license": {"name": "-", "url": "https://example.com"}}


def load_rules() -> None:
    """Import what `judged` needs, which takes longer than judging."""
    import photon.openapi.lint.mending
    import photon.openapi.lint.rules  # noqa: F401 - importing registers them


def judged(rendered: Rendered, wanted: PathRequest) -> tuple[Rendered, tuple[Finding, ...]]:
    """(the suggestion as far as it could be mended, what the lint still has against it: errors and warnings).

    Only what is new is judged: what it refers to in the specification is there for the rules to look at, no more.
    """
    from photon.openapi.lint.mending import mended

    spec = wanted.spec.spec if wanted.spec else None
    parts = ("paths", "components", "tags")
    before: dict[str, Any] = {key: rendered.document[key] for key in parts if key in rendered.document}
    document = before
    findings: tuple[Finding, ...] = ()
    for rounds_left in reversed(range(_ROUNDS + 1)):  # the last one only looks
        whole = _whole(document, spec, wanted)
        findings = tuple(each for each in _findings(whole, spec, wanted) if _is_new(each, document, spec))
        fixable = [each for each in findings if each.fixes]
        if not fixable or not rounds_left:
            break
        document = _part(mended(whole, fixable), document)
    told = tuple(each for each in findings if each.severity != "info")
    if document == before:
        return rendered, told
    return replace(rendered, document={key: document.get(key, value) for key, value in rendered.document.items()}), told


def _findings(whole: Mapping[str, Any], spec: Spec | None, wanted: PathRequest) -> tuple[Finding, ...]:
    """What the rules have against `whole`, which stands for the specification's root file, its other files beside it."""
    from photon.openapi.lint.document import LintDocument
    from photon.openapi.lint.engine import lint_document
    from photon.openapi.lint.selection import Selection
    from photon.openapi.lint.walk import visits_of
    from photon.openapi.source.nodes import MapNode
    from photon.openapi.source.source import Source

    root = MapNode(0, flow=False)
    root.update(whole)
    source = Source(spec.source.path if spec else None, "", False, "json", root)
    document = LintDocument(source, spec.references.files[1:] if spec else ())
    document.visits = visits_of(document, root_alone=True)
    return tuple(each for each in lint_document(document, wanted.rules or Selection()) if each.source is source)


def _part(whole: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Of a mended document what is new. Path and method may have another name; what was not new stands as it did."""
    found: dict[str, Any] = {"paths": whole["paths"]}
    if "components" in before:
        found["components"] = {
            kind: {name: whole["components"][kind][name] for name in names} for kind, names in before["components"].items()
        }
    return found | ({"tags": before["tags"]} if "tags" in before else {})


def _whole(document: Mapping[str, Any], spec: Spec | None, wanted: PathRequest) -> dict[str, Any]:
    """A document around the new part, with what it needs of the specification."""
    own = document.get("components", {})
    source: Mapping[str, Any] = spec.document if spec else {}
    kinds = {*own, *({"securitySchemes"} if spec and spec.components("securitySchemes") else ())}
    components = {kind: dict(own.get(kind, {})) for kind in sorted(kinds)}
    if spec:
        components.setdefault("securitySchemes", {}).update(
            {name: each for name, each in spec.components("securitySchemes").items() if isinstance(each, Mapping)}
        )
        _reach(components, document, spec)
    return {
        "openapi": f"{wanted.version}.0",
        "info": _INFO,
        "servers": [{"url": "https://api.example.com"}],
        **({"security": source["security"]} if "security" in source else {"security": []} if _is_silent(spec) else {}),
        "tags": [{"name": tag, "description": tag} for tag in dict.fromkeys(_tags(document))],
        "paths": document["paths"],
        **({"components": components} if components else {}),
    }


def _tags(document: Mapping[str, Any]) -> Iterator[str]:
    for item in document["paths"].values():
        for operation in item.values():
            yield from operation.get("tags", [])


def _reach(components: dict[str, dict[str, Any]], document: Mapping[str, Any], spec: Spec) -> None:
    """Put into `components` what of the specification's own `document` leads to, at once or over others."""
    stack: list[Any] = [document]
    taken = 0
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            reference = node.get("$ref")
            kind, _, name = (
                reference.removeprefix("#/components/").partition("/") if isinstance(reference, str) else ("", "", "")
            )
            table = spec.components(kind) if kind else {}
            if name in table and name not in components.get(kind, {}):
                taken += 1
                known = table[name] if taken < _REACH else {}
                components.setdefault(kind, {})[name] = known
                stack.append(known)
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _is_silent(spec: Spec | None) -> bool:
    """Whether a specification says nothing on security at all: no single operation of it can be blamed for that."""
    return spec is not None and bool(spec.operations) and not any("security" in each.node for each in spec.operations)


def _is_new(finding: Finding, document: Mapping[str, Any], spec: Spec | None) -> bool:
    """Whether a finding is about the suggestion, not about what stands around it here, nor about a habit of the others."""
    match finding.pointer:
        case ("paths", _, _, "security", _, scheme, *_) if finding.rule == "no-scopes-without-oauth":
            return not _has_scopes(str(scheme), spec)
        case ("paths", path, *_) if finding.rule in _HABITS and spec:
            return path not in spec.section("paths") and not _HABITS[finding.rule](spec)
        case ("paths", *_):
            return True
        case ("components", kind, name, *_):
            return name in document.get("components", {}).get(kind, {})
    return False


def _ends_in_slashes(spec: Spec) -> bool:
    """Whether most paths of the specification end with a slash."""
    paths = {each.path for each in spec.operations}
    return 2 * sum(path.endswith("/") for path in paths) > len(paths)


_HABITS: Final[Mapping[str, Callable[[Spec], bool]]] = {
    "no-path-trailing-slash": _ends_in_slashes,
    "path-parameters-defined": lambda spec: False,
}
"""Rules that a path which is there already cannot break anew, for it is as it is and its item may declare the parameters; and
whether the whole specification breaks them on purpose."""


def _has_scopes(scheme: str, spec: Spec | None) -> bool:
    """Whether the specification's own operations name scopes of `scheme`."""
    listed = [each.node.get("security") for each in spec.operations] if spec else []
    required = [each for one in listed if isinstance(one, list) for each in one if isinstance(each, Mapping)]
    return any(each.get(scheme) for each in required)
