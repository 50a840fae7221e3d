"""Rules on the templates under ``paths``, and on what their parameters are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from photon.openapi.lint.document import names_in
from photon.openapi.lint.rule import Fix, Problem, Visit, rule

_PARAMETER: Final = re.compile(r"\{[^{}/]*\}")
_STEPS: Final = 50
"""Nodes that may be looked at for one path in search of one that it may be confused with; GitHub's need 12 at most."""


def _paths(visit: Visit) -> list[str]:
    return [path for path in visit.document.section("paths") if not path.startswith("x-")]


@rule(
    id="path-starts-with-slash",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="A path does not begin with a slash.",
    explanation="A path is appended to the server's URL, so OpenAPI asks for the slash; tools pass over a path without it.",
    wrong="paths:\n  pets: {}",
    right="paths:\n  /pets: {}",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
    safe=False,
)
def path_starts_with_slash(visit: Visit) -> Iterator[Problem]:
    """Extensions (``x-…``) are no paths."""
    known = visit.document.section("paths")
    for path in _paths(visit):
        if not path.startswith("/"):
            fixes = () if f"/{path}" in known else (Fix("rename", ("paths", path), f"/{path}"),)
            yield Problem(f"the path {path!r} must begin with a slash", ("paths", path), fixes=fixes)


@rule(
    id="no-path-trailing-slash",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="A path ends with a slash.",
    explanation="`/pets` and `/pets/` are two resources to most servers and one to most people. Leave the slash off.",
    wrong="paths:\n  /pets/: {}",
    right="paths:\n  /pets: {}",
    redocly="no-path-trailing-slash",
    spectral="path-keys-no-trailing-slash",
    fixable=True,
    safe=False,
)
def no_path_trailing_slash(visit: Visit) -> Iterator[Problem]:
    """``/`` alone is a path like any other."""
    known = visit.document.section("paths")
    for path in _paths(visit):
        short = path.rstrip("/")
        if len(path) > 1 and path != short:
            fixes = () if short in known or not short else (Fix("rename", ("paths", path), short),)
            yield Problem(f"the path {path!r} ends with a slash", ("paths", path), fixes=fixes)


@rule(
    id="path-not-include-query",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="A path holds a query string.",
    explanation="What follows the question mark is no part of a path: describe it as parameters with `in: query`, so that "
    "tools know their names and types.",
    wrong="paths:\n  /pets?tag={tag}: {}",
    right="paths:\n  /pets:\n    get:\n      parameters:\n        - {name: tag, in: query, schema: {type: string}}",
    redocly="path-not-include-query",
    spectral="path-not-include-query",
)
def path_not_include_query(visit: Visit) -> Iterator[Problem]:
    """A question mark anywhere in a path."""
    for path in _paths(visit):
        if "?" in path:
            yield Problem(f"{path.partition('?')[2]!r} is a query string: make it parameters with 'in: query'", ("paths", path))


@rule(
    id="no-fragment-in-path",
    subject="document",
    keys=("paths",),
    severity="warning",
    summary="A path holds a '#'.",
    explanation="What follows a `#` in a URL is never sent to the server, so two paths that differ only there are one to it.",
    wrong="paths:\n  /pets#dogs: {}",
    right="paths:\n  /pets/dogs: {}",
)
def no_fragment_in_path(visit: Visit) -> Iterator[Problem]:
    """A number sign anywhere in a path."""
    for path in _paths(visit):
        if "#" in path:
            yield Problem(f"{path!r} holds a fragment, which no client sends", ("paths", path))


@rule(
    id="path-template",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="The braces of a path do not match.",
    explanation="Each parameter stands in one pair of braces, and a pair holds one name. Anything else is no template that a "
    "tool can fill in.",
    wrong="paths:\n  /pets/{petId: {}",
    right='paths:\n  "/pets/{petId}": {}',
)
def path_template(visit: Visit) -> Iterator[Problem]:
    """Braces that stay when each well-formed parameter is taken out."""
    for path in _paths(visit):
        if set("{}") & set(_PARAMETER.sub("", path)):
            yield Problem(f"the braces of {path!r} do not match", ("paths", path))


@rule(
    id="path-declaration-must-exist",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="A path has a parameter without a name.",
    explanation="Write the name between the braces, and declare a parameter of that name with `in: path`.",
    wrong='paths:\n  "/pets/{}": {}',
    right='paths:\n  "/pets/{petId}": {}',
    redocly="path-declaration-must-exist",
    spectral="path-declarations-must-exist",
)
def path_declaration_must_exist(visit: Visit) -> Iterator[Problem]:
    """Empty braces."""
    for path in _paths(visit):
        if "{}" in path:
            yield Problem(f"{path!r} has a parameter without a name", ("paths", path))


@rule(
    id="no-repeated-path-parameter",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="A path uses one parameter twice.",
    explanation="One name can have one value in a request. Give the second its own name: `/users/{id}/friends/{friendId}`.",
    wrong='paths:\n  "/users/{id}/friends/{id}": {}',
    right='paths:\n  "/users/{id}/friends/{friendId}": {}',
    spectral="path-params",
)
def no_repeated_path_parameter(visit: Visit) -> Iterator[Problem]:
    """Told once for each path."""
    for path in _paths(visit):
        names = names_in(path)
        twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if twice:
            yield Problem(f"{path!r} uses {{{twice}}} more than once", ("paths", path))


@rule(
    id="no-empty-path-segment",
    subject="document",
    keys=("paths",),
    severity="warning",
    summary="A path has two slashes in a row.",
    explanation="Servers and proxies disagree on whether `//` means `/`, so some requests will not arrive.",
    wrong="paths:\n  /pets//toys: {}",
    right="paths:\n  /pets/toys: {}",
)
def no_empty_path_segment(visit: Visit) -> Iterator[Problem]:
    """Anywhere in a path; no fix, because the segment may be one that was forgotten."""
    for path in _paths(visit):
        if "//" in path:
            yield Problem(f"{path!r} has an empty segment", ("paths", path))


@rule(
    id="no-identical-paths",
    subject="document",
    keys=("paths",),
    severity="error",
    summary="Two paths differ in nothing but the names of their parameters.",
    explanation="`/users/{id}` and `/users/{name}` match the same requests, so OpenAPI does not allow both. Keep one, or tell "
    "them apart by a segment of its own.",
    wrong='paths:\n  "/users/{id}": {}\n  "/users/{name}": {}',
    right='paths:\n  "/users/{id}": {}\n  "/users/by-name/{name}": {}',
    redocly="no-identical-paths",
    spectral="path-params",
)
def no_identical_paths(visit: Visit) -> Iterator[Problem]:
    """Told at the later one."""
    seen: dict[str, str] = {}
    for path in _paths(visit):
        form = _PARAMETER.sub("{}", path)
        if form in seen:
            yield Problem(f"{path!r} matches the same requests as {seen[form]!r}", ("paths", path))
        else:
            seen[form] = path


@rule(
    id="no-ambiguous-paths",
    subject="document",
    keys=("paths",),
    severity="warning",
    summary="One request may match two paths, and neither is the more exact.",
    explanation="`/{owner}/pets` and `/users/{id}` both match `/users/pets`. OpenAPI leaves it to the tool which one is "
    "taken. A path without a parameter in a place, such as `/users/me` beside `/users/{id}`, goes first and is no "
    "trouble.",
    wrong='paths:\n  "/{owner}/pets": {}\n  "/users/{id}": {}',
    right='paths:\n  "/owners/{owner}/pets": {}\n  "/users/{id}": {}',
    redocly="no-ambiguous-paths",
)
def no_ambiguous_paths(visit: Visit) -> Iterator[Problem]:
    """Among paths with as many segments and as many parameters, told at the later one. Identical ones have their own rule."""
    trees: dict[tuple[int, int], dict[str, Any]] = {}
    for path in _paths(visit):
        segments = ["{}" if _PARAMETER.fullmatch(part) else part for part in path.split("/")]
        tree = trees.setdefault((len(segments), segments.count("{}")), {})
        other = _other(tree, segments)
        if other:
            yield Problem(f"{path!r} may match the same request as {other!r}", ("paths", path))
        node = tree
        for part in segments:
            node = node.setdefault(part, {})
        node.setdefault("", path)


def _other(tree: dict[str, Any], segments: list[str]) -> str:
    """A path in the tree that matches some of the same requests and is not the same, found in at most _STEPS steps."""
    todo = [(tree, 0, True)]
    for _ in range(_STEPS):
        if not todo:
            break
        node, depth, equal = todo.pop()
        if depth == len(segments):
            if not equal:
                return str(node[""])
            continue
        part = segments[depth]
        nexts: Iterable[str] = node if part == "{}" else (part, "{}")
        todo += [(node[each], depth + 1, equal and each == part) for each in islice(nexts, _STEPS) if each in node]
    return ""


@rule(
    id="path-parameters-defined",
    subject="operation",
    severity="error",
    summary="A parameter of the path is not declared.",
    explanation="Each name in braces needs a parameter with `in: path` and `required: true`, at the operation or at its path, "
    "so that tools know its type.",
    wrong='"/pets/{petId}":\n  get:\n    responses: {}',
    right='"/pets/{petId}":\n  get:\n    parameters:\n      - {name: petId, in: path, required: true, schema: {type: string}}',
    redocly="path-parameters-defined",
    spectral="path-params",
)
def path_parameters_defined(visit: Visit) -> Iterator[Problem]:
    """Only below ``paths``: a callback's expression has braces of its own."""
    operation = visit.document.operation_at(visit)
    if operation.kind != "path" or "{" not in operation.path:
        return
    declared = {each.name for each in operation.parameters if each.location == "path"}
    for name in dict.fromkeys(names_in(operation.path)):
        if name and name not in declared:
            yield Problem(f"{operation.route} does not declare its path parameter {name!r}")


@rule(
    id="path-parameter-in-path",
    subject="operation",
    also=("path item",),
    keys=("parameters",),
    severity="error",
    summary="A path parameter is declared that the path does not have.",
    explanation="It can never have a value. Mostly the name in the path is spelled differently, in capitals or with an "
    "underscore.",
    wrong='"/pets/{petId}":\n  parameters:\n    - {name: pet_id, in: path, required: true, schema: {type: string}}',
    right='"/pets/{petId}":\n  parameters:\n    - {name: petId, in: path, required: true, schema: {type: string}}',
    redocly="path-parameters-defined",
    spectral="path-params",
)
def path_parameter_in_path(visit: Visit) -> Iterator[Problem]:
    """Those of an operation, and those of a path item, each where it is declared."""
    path = _path_of(visit)
    listed = visit.value.get("parameters")
    if not path or not isinstance(listed, list):
        return
    names = names_in(path)
    for index, item in enumerate(listed):
        node = visit.resolved(item)
        if (
            isinstance(node, dict)
            and node.get("in") == "path"
            and isinstance(node.get("name"), str)
            and node["name"] not in names
        ):
            yield Problem(f"the path {path!r} has no {{{node['name']}}}", ("parameters", index), on_key=False)


def _path_of(visit: Visit) -> str:
    """The template that a path item or an operation stands under; empty where that is none of ``paths``."""
    if visit.subject == "operation":
        operation = visit.document.operation_at(visit)
        return operation.path if operation.kind == "path" else ""
    return visit.key if visit.pointer[:1] == ("paths",) and len(visit.pointer) == 2 else ""
