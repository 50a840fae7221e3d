"""Paths as far as they can be compared: without servers' base paths and versions, parameters by place alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from photon.openapi.context.words import words
from photon.openapi.spec import Spec

PARAMETER = "{}"
_PREAMBLE = re.compile(r"api|rest|v\d+(?:[._]\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2}", re.IGNORECASE)
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def base_paths(spec: Spec) -> tuple[str, ...]:
    """The paths of the servers' URLs, the longest first, without a slash at the end; those that are not ``/``."""
    servers = spec.document.get("servers")
    found = (_base_path(server) for server in (servers if isinstance(servers, list) else ()))
    return tuple(sorted(dict.fromkeys(filter(None, found)), key=len, reverse=True))


def _base_path(server: Any) -> str:
    url = server.get("url") if isinstance(server, dict) else None
    if not isinstance(url, str):
        return ""
    variables = server.get("variables")
    url = _VARIABLE.sub(lambda match: _default(variables, match[1]), url)
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:  # an IPv6 address that is none
        return ""


def _default(variables: Any, name: str) -> str:
    """The default of a server variable, which is a word in a URL."""
    found = variables.get(name) if isinstance(variables, dict) else None
    return str(found.get("default", "")) if isinstance(found, dict) else ""


def without_base(path: str, bases: Iterable[str]) -> str:
    """`path` without the servers' base path that it begins with."""
    base = next((base for base in bases if path == base or path.startswith(f"{base}/")), "")
    return path[len(base) :] or "/"


def segments(path: str) -> tuple[str, ...]:
    """The segments to compare, from the first after ``api`` and versions on; a parameter is PARAMETER, a word its stems."""
    found = [segment for segment in path.split("/") if segment]
    while found and _PREAMBLE.fullmatch(found[0]):
        found.pop(0)
    return tuple(map(_segment, found))


def first_word(path: str) -> str:
    """The first segment of a path after ``api`` and versions that is no parameter; the path itself where there is none."""
    found = (each for each in path.split("/") if each and not _PREAMBLE.fullmatch(each) and not each.startswith("{"))
    return next(found, path)


@lru_cache(maxsize=20_000)
def _segment(segment: str) -> str:
    if segment.startswith("{") and segment.endswith("}"):
        return PARAMETER
    return " ".join(words(_VARIABLE.sub("", segment))) or segment


def kinship(asked: Sequence[str], other: Sequence[str]) -> float:
    """How much two paths share, 0 to 1: the segments from the first common one on, as a share of both.

    The first segment asked for may stand deeper in the other: ``/issues/{id}`` in ``/repos/{owner}/{repo}/issues/{id}``.
    """
    if not asked or asked[0] not in other:
        return 1.0 if not asked and not other else 0.0
    start = other.index(asked[0])
    common = 0
    for one, two in zip(asked, other[start:], strict=False):
        if one != two:
            break
        common += 1
    return 2 * common / (len(asked) + len(other))
