"""How the components of a specification are named after the paths that use them: ``PetRequest``, ``CreatePet``, ``pet-full``.

The name is read as a pattern, with the words of the path taken out; filled with those of another path it says which component
is used there, if that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from photon.openapi import naming

Plain = tuple[str, ...]
Pattern = tuple[str, ...]
"""The words of a name in the singular; ``{last}`` and ``{owner}`` stand for those of the path."""

_LAST, _OWNER = "{last}", "{owner}"


def pattern_of(name: str, plain: Plain) -> Pattern | None:
    """`name`, which is used under a path; None where nothing of the path is in it."""
    words = singulars(name)
    for mark, place in ((_LAST, -1), (_OWNER, -2)):
        part = _literal(plain, place)
        at = next((at for at in range(len(words)) if part and words[at : at + len(part)] == part), None)
        words = words if at is None else (*words[:at], mark, *words[at + len(part) :])
    return words if _LAST in words or _OWNER in words else None


def name_after(pattern: Pattern, plain: Plain, known: Mapping[Pattern, str]) -> str | None:
    """The component that a pattern makes of a path; None where there is none. known: the components by their words."""
    parts = {_LAST: _literal(plain, -1), _OWNER: _literal(plain, -2)}
    filled = [parts.get(each, (each,)) for each in pattern]
    return known.get(tuple(word for each in filled for word in each)) if all(filled) else None


@lru_cache(maxsize=16_384)
def singulars(name: str) -> Pattern:
    """The words of a name in lower case, each in the singular."""
    return tuple(naming.singular(word) for word in naming.words(name))


def _literal(plain: Plain, place: int) -> Pattern:
    """The words of the last literal of a path, or of the one before."""
    literals = [part for part in plain if part != "{}"]
    return singulars(literals[place]) if len(literals) >= -place else ()
