"""Fixes, as they change plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from photon.openapi.lint.finding import Finding
from photon.openapi.lint.rule import Fix
from photon.openapi.source.nodes import Pointer


def mended(document: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, Any]:
    """`document` with everything that `findings` know a fix for; where two are about the same place, the first. What it shares
    with `document` is not changed. Lint it again to see what is left, or what can be mended now."""
    claims = Claims(document)
    taken = [fix for finding in findings if finding.fixes and claims.take(finding.fixes) for fix in finding.fixes]
    return dict(applied(document, taken))


def applied(value: Any, fixes: Iterable[Fix]) -> Any:
    """`value` after `fixes`, in their order, but for items that go: they go last, from the back, so that each place is that of
    the list as it was. Raises ValueError for one whose place does not exist."""
    for fix in sorted(fixes, key=lambda fix: (1, -int(fix.at[-1])) if _takes_item(fix) else (0, 0)):
        value = _applied(value, fix)
    return value


def _takes_item(fix: Fix) -> bool:
    return fix.action == "remove" and bool(fix.at) and isinstance(fix.at[-1], int)


def exists(root: Any, at: Pointer) -> bool:
    """True where there is a value at `at`, null included."""
    for part in at:
        known = part in root if isinstance(root, Mapping) else isinstance(root, list) and part in range(len(root))
        if not known:
            return False
        root = root[part]
    return True


def _applied(root: Any, fix: Fix) -> Any:
    """Copies what stands above the place, and nothing else."""
    if not fix.at or not exists(root, fix.at[:-1]):
        raise ValueError(f"there is nothing to {fix.action} at {fix.at}")
    above = [root]
    for part in fix.at[:-1]:
        above.append(above[-1][part])
    new = _entry(above.pop(), fix)
    for node, part in zip(reversed(above), reversed(fix.at[:-1]), strict=True):
        copy = dict(node) if isinstance(node, Mapping) else list(node)
        copy[part] = new  # type: ignore[index] # a key of a mapping, an index of a list: `exists` saw it
        new = copy
    return new


def _entry(node: Any, fix: Fix) -> Any:
    """`node`, in which the last part of the fix's place is a key or an index, after it."""
    last = fix.at[-1]
    if fix.action == "add" and exists(node, (last,)) and isinstance(node[last], list):
        return _entry(node, Fix("set", fix.at, [*node[last], fix.value]))
    if isinstance(node, Mapping) and isinstance(last, str):
        match fix.action:
            case "set":
                return {**node, last: fix.value}
            case "remove" if last in node:
                return {key: value for key, value in node.items() if key != last}
            case "rename" if last in node and (fix.value == last or fix.value not in node):
                return {fix.value if key == last else key: value for key, value in node.items()}
    elif isinstance(node, list) and isinstance(last, int) and 0 <= last <= len(node):
        if fix.action == "set":
            return [*node[:last], fix.value, *node[last + 1 :]]
        if fix.action == "remove" and last < len(node):
            return [*node[:last], *node[last + 1 :]]
    raise ValueError(f"there is nothing to {fix.action} at {fix.at}")


class Claims:
    """Which places fixes are going to change, so that no two change the same one, or one what is inside of another's. One list
    may take several new items, or lose several that do not stand side by side (their commas would be one and the same)."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._taken: set[Pointer] = set()
        self._around: set[Pointer] = set()
        self._added: dict[Pointer, set[str]] = {}
        self._removed: dict[Pointer, set[int]] = {}

    def take(self, fixes: Sequence[Fix]) -> bool:
        """True where all of them are possible beside those that were taken before, which they then are too."""
        places = [self._place(fix) for fix in fixes]
        free = not any(self._is_taken(place) for place in places)
        if not (free or self._goes_with_others(fixes)) or not self._possible(fixes):
            return False
        self._taken.update(places)
        self._around.update(place[:length] for place in places for length in range(len(place) + 1))
        if len(fixes) == 1:
            self._remember(fixes[0])
        return True

    def _remember(self, fix: Fix) -> None:
        if fix.action == "add":
            self._added.setdefault(fix.at, set()).add(repr(fix.value))
        elif _takes_item(fix):
            self._removed.setdefault(fix.at[:-1], set()).add(int(fix.at[-1]))

    def _goes_with_others(self, fixes: Sequence[Fix]) -> bool:
        """Whether it is one that adds to a list to which others add something else, or takes an item as others do."""
        if len(fixes) != 1:
            return False
        (fix,) = fixes
        if fix.action == "add":
            return fix.at in self._added and repr(fix.value) not in self._added[fix.at]
        if not _takes_item(fix) or fix.at[:-1] not in self._removed:
            return False
        at = int(fix.at[-1])
        return self._removed[fix.at[:-1]].isdisjoint((at - 1, at, at + 1))

    def _place(self, fix: Fix) -> Pointer:
        """An item that comes or goes moves all that are behind it: then the whole list is the place."""
        moves = _takes_item(fix) or (bool(fix.at) and isinstance(fix.at[-1], int) and not exists(self._root, fix.at))
        return fix.at[:-1] if moves else fix.at

    def _is_taken(self, place: Pointer) -> bool:
        return place in self._around or any(place[:length] in self._taken for length in range(len(place)))

    def _possible(self, fixes: Iterable[Fix]) -> bool:
        try:
            applied(self._root, fixes)
        except ValueError:
            return False
        return True
