"""A JSON Schema as people give it on a command line: a file, the document itself, or its fields in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from photon.errors import UsageError
from photon.tasks.schema_shorthand import shorthand

_LARGEST: Final = 1_000_000
"""Bytes of a file; no model reads a longer schema."""

_DEEPEST: Final = 300


def read_schema(given: str) -> Mapping[str, Any]:
    """The schema in `given`: inline JSON where it begins with ``{``; else a file, in JSON or YAML, of that name; else fields as
    `shorthand` reads them, where there is a space, a comma or a colon.

    It is a sound JSON Schema when this returns. Raises UsageError.
    """
    from photon.routing.structured import validator

    schema = _given(given.strip())
    if not isinstance(schema, Mapping):
        raise UsageError(f"a schema is an object, and {_named(given)} is not", hint="begin with type: object")
    validator(schema)
    return schema


def _given(text: str) -> object:
    if text == "-":
        raise UsageError("--schema cannot be read from stdin, which is the question", hint="--schema FILE")
    if text.startswith("{"):
        return _json(text, "the schema")
    try:
        is_file = Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        is_file = False
    if is_file:
        return _file(Path(text))
    if not any(mark in text for mark in " ,:\n") or text.endswith((".json", ".yaml", ".yml")):
        raise UsageError(f"there is no file {text!r}", hint='--schema FILE, or fields: --schema "name, age int"')
    return shorthand(text)


def _file(path: Path) -> object:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is larger than {_LARGEST // 1_000_000} MB", hint="give a smaller schema")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path} cannot be read: {reason}", hint="check the file") from error
    return _json(text, str(path)) if text.lstrip().startswith(("{", "[")) and path.suffix == ".json" else _yaml(text, path)


def _json(text: str, what: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{what} is not JSON ({where}: {error.msg})", hint="check the brackets and commas there") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what} is not JSON that can be read: {error}", hint="simplify it") from None


def _yaml(text: str, path: Path) -> object:
    """YAML 1.2, of which JSON is a part."""
    import yaml

    from photon.openapi.load import yaml_loader

    try:
        _refuse_depth(text, path)
        return yaml.load(text, yaml_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise UsageError(f"{path} is neither JSON nor YAML{where}", hint="check the indentation there") from None
    except (ValueError, RecursionError, TypeError) as error:
        raise UsageError(f"{path} is not YAML that can be read: {error}", hint="simplify it") from None


def _refuse_depth(text: str, path: Path) -> None:
    """libyaml's composer recurses without a limit: 25,000 open brackets end the whole process."""
    import yaml

    from photon.openapi.load import yaml_loader

    depth = 0
    for event in yaml.parse(text, Loader=yaml_loader()):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise UsageError(f"{path} is nested more than {_DEEPEST} levels deep", hint="simplify it")


def _named(given: str) -> str:
    return "this" if given.strip().startswith("{") else given.strip()
