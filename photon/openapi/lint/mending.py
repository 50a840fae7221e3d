"""Fixes, as they change plain values; and the lint of a document that stands in no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from photon.openapi.lint.engine import lint
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.rule import Fix
from photon.openapi.lint.selection import Selection
from photon.openapi.source.nodes import MapNode, Pointer
from photon.openapi.source.source import Source


def lint_value(document: Mapping[str, Any], selection: Selection | None = None) -> tuple[Finding, ...]:
    """As `lint`, of a whole document as dicts and lists. The findings have pointers, and no line. Raises InvalidSpec."""
    root = MapNode(0, flow=False)
    root.update(document)
    return lint(Source(None, "", False, "json", root), selection)


def mended(document: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, Any]:
    """`document` with everything that `findings` know a fix for; where two are about the same place, the first. What it shares
    with `document` is not changed. Lint it again to see what is left, or what can be mended now."""
    whole: dict[str, Any] = dict(document)
    claims = Claims(whole)
    for finding in findings:
        if finding.fixes and claims.take(finding.fixes):
            whole = applied(whole, finding.fixes)
    return whole


def applied(value: Any, fixes: Iterable[Fix]) -> Any:
    """`value` after `fixes`, in their order. Raises ValueError for one whose place does not exist."""
    for fix in fixes:
        value = _applied(value, fix)
    return value


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
    """Which places fixes are going to change, so that no two change the same one, or one what is inside of another's."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._taken: set[Pointer] = set()
        self._around: set[Pointer] = set()

    def take(self, fixes: Iterable[Fix]) -> bool:
        """True where all of them are possible beside those that were taken before, which they then are too."""
        places = [self._place(fix) for fix in fixes]
        if any(self._is_taken(place) for place in places) or not self._possible(fixes):
            return False
        self._taken.update(places)
        self._around.update(place[:length] for place in places for length in range(len(place) + 1))
        return True

    def _place(self, fix: Fix) -> Pointer:
        """An item that comes or goes moves all that are behind it: then the whole list is the place."""
        moves = isinstance(fix.at[-1:][0], int) and (fix.action == "remove" or not exists(self._root, fix.at))
        return fix.at[:-1] if moves else fix.at

    def _is_taken(self, place: Pointer) -> bool:
        return place in self._around or any(place[:length] in self._taken for length in range(len(place)))

    def _possible(self, fixes: Iterable[Fix]) -> bool:
        try:
            applied(self._root, fixes)
        except ValueError:
            return False
        return True
