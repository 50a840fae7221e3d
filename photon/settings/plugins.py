"""The kinds of providers that other packages bring, by the entry points in their metadata: names only, nothing is imported.

Reading the metadata of everything that is installed costs 30 ms (measured), so it is read only for a name that is not built in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from photon.settings.schema import PROVIDER_KINDS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "photon.providers"
"""The entry-point group. An entry point's name is the kind; docs/PLUGINS.md says what it points to."""


@lru_cache(maxsize=1)
def plugins() -> Mapping[str, EntryPoint]:
    """The entry point of each kind that a package brings; of two by one name, the first on the path. Built-in kinds stay so."""
    from importlib.metadata import distributions

    found: dict[str, EntryPoint] = {}
    for package in distributions():
        with suppress(Exception):  # somebody else's broken metadata, which says nothing that could be used
            for point in package.entry_points.select(group=GROUP):
                found.setdefault(point.name, point)
    for kind in PROVIDER_KINDS:
        found.pop(kind, None)
    return MappingProxyType(found)


def package_of(point: EntryPoint) -> str:
    """The name of the distribution that `point` belongs to, for people."""
    return (point.dist.name if point.dist else "") or point.value.partition(":")[0]
