"""Where a new path belongs: without the servers' base path, with the prefix that the others have."""

from __future__ import annotations

from photon.openapi.matching.surroundings import Surroundings, segments
from photon.openapi.style.model import Style


def fitted_path(path: str, around: Surroundings, style: Style) -> tuple[str, tuple[str, ...]]:
    """(the path as it stands under ``paths``, one line for each thing that was changed or looks odd)."""
    if not around.operations:
        return path, ()
    for base in style.base_paths:
        if path.startswith(f"{base}/") and not any(each.path.startswith(f"{base}/") for each in around.operations):
            short = path.removeprefix(base)
            return short, (f"left out {base}, which the servers' URLs end with: {short}",)
    return _with_prefix(path, around)


def _with_prefix(path: str, around: Surroundings) -> tuple[str, tuple[str, ...]]:
    """The prefix of all paths is put before one without it only where it leads to a resource that exists."""
    own = segments(path)
    prefix = next(iter(around.paths.values())).split("/")[1 : 1 + around.common_prefix]
    plain = segments("/" + "/".join(prefix)).plain
    if not prefix or own.plain[: len(prefix)] == plain or not own.plain or any("{" in each for each in prefix):
        return path, ()
    whole = (*plain, own.plain[0])
    if len(own.plain) > 1 and any(known[: len(whole)] == whole and len(known) > len(whole) for known in around.paths):
        long = "/" + "/".join((*prefix, *own.written))
        return long, (f"put /{'/'.join(prefix)} before the path, where {own.plain[0]} is: {long}",)
    return path, (f"every other path begins with /{'/'.join(prefix)}",)
