"""Where something new stands among what is there: by the file's own order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from photon.sketch.model import METHODS

_TEMPLATE = re.compile(r"\{[^{}]*\}")
_ROOT_ORDER = (
    "openapi", "$self", "info", "jsonSchemaDialect", "externalDocs", "servers", "security", "tags", "paths", "webhooks",
    "components",
)  # fmt: skip
"""The order of most documents (that of OpenAPI 3.1, section 4.8.1, with tags before paths)."""


class Spot(NamedTuple):
    """Behind the key `after`, or before the key `before`; at the end where both are None."""

    after: str | None = None
    before: str | None = None


END = Spot()


def template_of(path: str) -> str:
    """A path without the names of its parameters: two paths with one template are the same to OpenAPI."""
    return _TEMPLATE.sub("{}", path)


def path_spot(names: Iterable[str], path: str) -> Spot:
    """Sorted where the paths are; else behind the last of those with which it has most segments in common; else at the end."""
    paths = [name for name in names if name.startswith("/")]
    if not paths:
        return END
    if key := _order(paths, (str, str.lower, _segments, template_of)):
        return _sorted_spot(paths, path, key)
    common = [_common(template_of(name), template_of(path)) for name in paths]
    nearest = max(common)
    last = max(index for index, count in enumerate(common) if count == nearest)
    return Spot(after=paths[last])


def name_spot(names: Sequence[str], name: str) -> Spot:
    """Sorted where the names are, else at the end."""
    key = _order(names, (str, str.lower))
    return _sorted_spot(names, name, key) if key else END


def method_spot(names: Sequence[str], method: str, items: Iterable[Any]) -> Spot:
    """Among the methods of a path item, in the order that most path items of the file have. All are in small letters."""
    methods = [name for name in names if name.upper() in METHODS]
    order = _pairs(items)
    for other in methods:
        if _stands_before(method, other, order):
            return Spot(before=other)
    return Spot(after=methods[-1]) if methods else END


def root_spot(names: Sequence[str], name: str) -> Spot:
    """Behind the last of the keys that mostly stand before it."""
    rank = _ROOT_ORDER.index(name)
    earlier = [other for other in names if other in _ROOT_ORDER[:rank]]
    return Spot(after=earlier[-1]) if earlier else END


def _order(names: Sequence[str], keys: Iterable[Callable[[str], Any]]) -> Callable[[str], Any] | None:
    """The key by which the names are sorted; None where they are not, or are too few to tell."""
    if len(names) < 3:
        return None
    return next((key for key in keys if all(key(one) <= key(other) for one, other in pairwise(names))), None)


def _sorted_spot(names: Sequence[str], name: str, key: Callable[[str], Any]) -> Spot:
    behind = next((other for other in names if key(other) > key(name)), None)
    return Spot(before=behind) if behind is not None else Spot(after=names[-1])


def _segments(path: str) -> list[str]:
    return path.lower().split("/")


def _common(one: str, other: str) -> int:
    """How many segments two paths have in common from the beginning."""
    count = 0
    for left, right in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


def _pairs(items: Iterable[Any]) -> Counter[tuple[str, str]]:
    """How often one method stands somewhere before another."""
    found: Counter[tuple[str, str]] = Counter()
    for item in items:
        if isinstance(item, Mapping):
            found.update(combinations([name for name in item if name.upper() in METHODS], 2))
    return found


def _stands_before(method: str, other: str, order: Counter[tuple[str, str]]) -> bool:
    here, there = order[method, other], order[other, method]
    if here != there:
        return here > there
    return METHODS.index(method.upper()) < METHODS.index(other.upper())
