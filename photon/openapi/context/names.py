"""What the components of a specification are called in a sketch, and which one a name of a sketch means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from photon.openapi.spec import Spec
from photon.sketch.types import is_ambiguous

_PLAIN = re.compile(r"[A-Z][A-Za-z0-9_]{0,63}", re.ASCII)
_READABLE = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_PART = re.compile(r"[A-Za-z0-9]+")


class SpecNames:
    """The component schemas of a specification, by two names: the specification's, and the one in the notation.

    A name of capitals and letters is the same in both. Any other (``full-repository``, ``microsoft.graph.user``,
    ``Page«Pet»``) is put together of its parts (``FullRepository``, ``User``, ``PagePet``), as it was in the training of our
    own model: of the last dotted part alone where that is clear. No two components share a name.
    """

    def __init__(self, components: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        self._components: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        listed = [name for name in components if isinstance(name, str)]
        for component in (*filter(_is_plain, listed), *(name for name in listed if not _is_plain(name))):
            name = self._free_name(component)
            self._names[component] = name
            self._components[name] = component

    def _free_name(self, component: str) -> str:
        if _is_plain(component):
            return component
        short, full = _put_together(component.rpartition(".")[2]), _put_together(component)
        found = next((name for name in (short, full) if name not in self._components), full)
        while found in self._components:
            self._numbers[full] = self._numbers.get(full, 1) + 1
            found = f"{full}{self._numbers[full]}"
        return found

    def name(self, component: str) -> str | None:
        """What a sketch calls the component; None where the specification has no such component."""
        return self._names.get(component)

    def component(self, name: str) -> str | None:
        """The component that a sketch means by `name`: the one of that name, or the only one that differs in case and
        separators alone; None where there is none."""
        if name in self._components:
            return self._components[name]
        return name if name in self._names else self._alike.get(_folded(name))

    @cached_property
    def known(self) -> frozenset[str]:
        """Every name by which a sketch may refer to a component."""
        readable = (name for name in self._names if _READABLE.fullmatch(name) and not is_ambiguous(name))
        return frozenset((*self._components, *readable))

    @cached_property
    def _alike(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for component in self._names:
            found.setdefault(_folded(component), []).append(component)
        return {folded: same[0] for folded, same in found.items() if len(same) == 1 and folded}


def names_of(spec: Spec) -> SpecNames:
    """The names of the component schemas of `spec`."""
    return SpecNames(spec.components("schemas"))


def _is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and not is_ambiguous(name)


def _put_together(component: str) -> str:
    name = "".join(part[0].upper() + part[1:] for part in _PART.findall(component)).lstrip("0123456789")[:64]
    name = name[:1].upper() + name[1:] or "Unnamed"
    return f"{name}Schema" if is_ambiguous(name) else name


def _folded(name: str) -> str:
    return "".join(_PART.findall(name)).lower()
