"""Paths as far as they can be compared: without servers' base paths and versions, parameters by place alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from photon.openapi.context.words import words
from photon.openapi.naming import without_keys

PARAMETER = "{}"
_PREAMBLE = re.compile(r"api|rest|v\d+(?:[._]\d+)*(?:(?:alpha|beta)\d*)?|\d{4}-\d{2}-\d{2}", re.IGNORECASE)
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def without_base(path: str, bases: Iterable[str]) -> str:
    """`path` without the servers' base path that it begins with."""
    base = next((base for base in bases if path == base or path.startswith(f"{base}/")), "")
    return path[len(base) :] or "/"


def segments(path: str) -> tuple[str, ...]:
    """The segments to compare, from the first after ``api`` and versions on; a parameter is PARAMETER, a word its stems."""
    found = [segment for segment in without_keys(path).split("/") if segment]
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
