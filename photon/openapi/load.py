"""Finds the OpenAPI document in what a model answered, in YAML or JSON, and loads it.

The text is untrusted: no tags, no aliases, limited size and depth. (libyaml's composer recurses without a limit: 25,000 open
brackets end the whole process.) Scalars are YAML 1.2's: ``no`` and ``2024-05-01`` are strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from photon.errors import UnreadableAnswer

_MAX_LENGTH = 200_000
_MAX_DEPTH = 60
_FENCED = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_BEGIN = re.compile(
    r"""^[ \t]*(?:\{|["']?(?:openapi|swagger|paths|info|operationId|requestBody|responses)["']?[ \t]*:|["']?/\S*:[ \t]*$)""",
    re.MULTILINE,
)
_OF_YAML = re.compile(r"""\s|$|[}\]"'#/-]|[\w.$-]+\s*:""")
"""How a line of a document begins; a sentence after it does not."""


def load_document(text: str) -> Mapping[str, Any]:
    """The document as mappings, lists and scalars. Raises UnreadableAnswer."""
    source = _without_prose(text)
    if len(source) > _MAX_LENGTH:
        raise UnreadableAnswer(f"the answer is longer than {_MAX_LENGTH:,} characters")
    document = _json(source) if source.startswith("{") else None
    if document is None:
        document = _yaml(source)
    if not isinstance(document, Mapping):
        raise UnreadableAnswer("the answer is neither a sketch nor an OpenAPI document")
    return document


def _without_prose(text: str) -> str:
    """The first fenced block that holds a document, or the lines from the one that begins it."""
    fenced = next((match[1] for match in _FENCED.finditer(text) if _BEGIN.search(match[1])), None)
    source = text if fenced is None else fenced
    begin = _BEGIN.search(source)
    source = source[begin.start() :] if begin else source
    return source.lstrip() if source.lstrip().startswith("{") else "\n".join(_lines_of_yaml(source))


def _lines_of_yaml(source: str) -> Iterator[str]:
    for line in source.split("\n"):
        if not _OF_YAML.match(line):
            return
        yield line


def _json(source: str) -> Any:
    """The JSON value at the beginning; None where it is none after all."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(source)[0]
    except (ValueError, RecursionError):
        return None


def _yaml(source: str) -> Any:
    import yaml

    try:
        _refuse_dangers(source)
        return yaml.load(source, yaml_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" in line {line + 1}" if line is not None else ""
        raise UnreadableAnswer(f"the answer is neither a sketch nor YAML{where}") from None


def _refuse_dangers(source: str) -> None:
    import yaml

    depth = 0
    for event in yaml.parse(source, Loader=yaml_loader()):
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableAnswer("the answer is YAML with aliases, which are not followed")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise UnreadableAnswer(f"the answer is nested more than {_MAX_DEPTH} levels deep")


@cache
def yaml_loader() -> Any:
    """PyYAML's safe loader, the fast one where it is there, with the scalars of YAML 1.2's core schema."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    for name, pattern, first in (
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
        ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ):
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(rf"(?:{pattern})\Z"), first)
    return loader
