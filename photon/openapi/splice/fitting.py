"""Fits a new operation to the place where it will stand: the names of the path's parameters, and what references lead to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from photon.openapi.source.source import Source

_NAME = re.compile(r"\{([^{}]*)\}")


def fitted(operation: Mapping[str, Any], path: str, existing: str, inherited: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The operation, written for `path`, under the path `existing` of the same template.

    Its path parameters get the names that they have there; those that the path item declares for all its operations
    (`inherited`, resolved) are left out.
    """
    names = dict(zip(_NAME.findall(path), _NAME.findall(existing), strict=False))
    declared = {each.get("name") for each in inherited if each.get("in") == "path"}
    parameters = [_renamed(each, names) for each in operation.get("parameters") or ()]
    kept = [each for each in parameters if not (_in_path(each) and each.get("name") in declared)]
    rest = {key: (kept if key == "parameters" else value) for key, value in operation.items()}
    return {key: value for key, value in rest.items() if key != "parameters" or value}


def _renamed(parameter: Any, names: Mapping[str, str]) -> Any:
    if _in_path(parameter) and parameter.get("name") in names:
        return {**parameter, "name": names[parameter["name"]]}
    return parameter


def _in_path(parameter: Any) -> bool:
    return isinstance(parameter, Mapping) and parameter.get("in") == "path"


def moved(value: Any, target: Source, root: Source) -> Any:
    """`value`, whose references are those of the `root` file, as it must be written in the file `target`."""
    if target is root or target.path is None or root.path is None:
        return value
    way = os.path.relpath(root.path.resolve(), target.path.resolve().parent).replace(os.sep, "/")
    return _with_references(value, quote(way if way.startswith(".") else f"./{way}", safe="/~"), root.path.parent, target.path)


def _with_references(value: Any, way: str, base: Path, target: Path) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _led(child, way, base, target)
            if key == "$ref" and isinstance(child, str)
            else _with_references(child, way, base, target)
            for key, child in value.items()
        }
    if isinstance(value, list | tuple):
        return [_with_references(item, way, base, target) for item in value]
    return value


def _led(reference: str, way: str, base: Path, target: Path) -> str:
    """A reference within the root file leads back to it; one to a file beside it, from where `target` stands."""
    if reference.startswith("#"):
        return way + reference
    file, mark, fragment = reference.partition("#")
    if "://" in file or file.startswith("/"):
        return reference
    relative = os.path.relpath((base / file).resolve(), target.resolve().parent).replace(os.sep, "/")
    return (relative if relative.startswith(".") else f"./{relative}") + mark + fragment
