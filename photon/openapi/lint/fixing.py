"""Applies the fixes to the text, by splice: every other byte stays, and each new text is proved to mean what it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from photon.errors import InvalidSpec
from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.engine import lint_document
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.mending import Claims, applied, exists
from photon.openapi.lint.rounds import composed
from photon.openapi.lint.rule import Fix
from photon.openapi.lint.selection import Selection
from photon.openapi.source.nodes import MapNode, Pointer, place_of, value_at
from photon.openapi.source.source import Source, source_of
from photon.openapi.splice.change import Change, changed
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.entries import entry_added, entry_removed, item_added, key_renamed, value_replaced
from photon.openapi.splice.layout import layout_of
from photon.openapi.splice.scalars import key_text

_ROUNDS: Final = 10
"""A fix may make another possible, or stand in the way of it; each round reads and lints the new text."""
_TRIES: Final = 60
"""New texts that are tried for one file in one round, where fixes that each are possible are not so together."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixing came to. changes: one for each file that is another now, nothing of it written. fixed: what was mended, a
    finding for each. left: what the new texts still have. files: as they are then, the root first."""

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    left: tuple[Finding, ...]
    files: tuple[Source, ...]


class _Mend(NamedTuple):
    """A finding, and the edits that mend it."""

    finding: Finding
    edits: tuple[Edit, ...]


_Name = tuple[str, str, Pointer, str]


def fixed(source: Source, selection: Selection, *, unsafe: bool = False) -> Fixed:
    """Mend what can be mended in the specification whose root is `source`, its other files included. Raises InvalidSpec.

    unsafe: also where a client of the API sees another one afterwards.
    """
    return _Fixing(source, selection, unsafe=unsafe).result()


class _Fixing:
    def __init__(self, source: Source, selection: Selection, *, unsafe: bool) -> None:
        self._selection = selection
        self._unsafe = unsafe
        self._files = [source]
        self._changes: dict[str, Change] = {}
        self._fixed: list[Finding] = []
        self._hopeless: set[_Name] = set()

    def result(self) -> Fixed:
        findings = self._lint()
        for _ in range(_ROUNDS):
            done = [self._mend(place, findings) for place in range(len(self._files))]
            if not any(done):
                break
            findings = self._lint()
        return Fixed(tuple(self._changes.values()), tuple(self._fixed), findings, tuple(self._files))

    def _lint(self) -> tuple[Finding, ...]:
        document = LintDocument(self._files[0], self._files[1:])
        findings = lint_document(document, self._selection)
        self._files = list(document.references.files)
        return findings

    def _mend(self, place: int, findings: Sequence[Finding]) -> bool:
        """True where the file at `place` is another now."""
        source = self._files[place]
        fixable = [each for each in findings if each.source is source and each.fixes and (each.safe or self._unsafe)]
        todo = self._possible(source, fixable)
        change, done = self._tried(source, todo)
        if change is None:
            return False
        mended = {repr(mend.finding.fixes) for mend in done}  # a tag that is added once mends many findings
        self._fixed += [each for each in fixable if repr(each.fixes) in mended]
        self._files[place] = source_of(change.data, source.path)
        self._changes[source.name] = _behind(self._changes.get(source.name), change)
        return True

    def _possible(self, source: Source, findings: Sequence[Finding]) -> list[_Mend]:
        """Those that can be mended at the same time, as far as can be seen."""
        found = []
        claims = Claims(source.root)
        for finding in findings:
            if _name(finding) in self._hopeless or not claims.take(finding.fixes):
                continue
            try:
                found.append(_Mend(finding, tuple(_edit(source, fix) for fix in finding.fixes)))
            except InvalidSpec:
                self._hopeless.add(_name(finding))
        return found

    def _tried(self, source: Source, todo: list[_Mend]) -> tuple[Change | None, list[_Mend]]:
        """The change that mends all, else the first half of them, and so on; one that fails alone is never tried again."""
        now = todo
        for _ in range(_TRIES if todo else 0):
            fixes = [fix for mend in now for fix in mend.finding.fixes]
            try:
                return changed(source, [edit for mend in now for edit in mend.edits], applied(source.root, fixes)), now
            except (InvalidSpec, ValueError):
                if len(now) > 1:
                    now = now[: len(now) // 2]
                    continue
            self._hopeless.add(_name(now[0].finding))
            todo = now = [mend for mend in todo if mend is not now[0]]
            if not todo:
                break
        return None, []


def _behind(before: Change | None, now: Change) -> Change:
    """Both as one change of the file as it was read first."""
    if before is None:
        return now
    return Change(before.source, now.text, composed(before.edits, now.edits, len(before.source.text)))


def _name(finding: Finding) -> _Name:
    return finding.rule, finding.file, finding.pointer, finding.message


def _edit(source: Source, fix: Fix) -> Edit:
    """A fix as a splice. Raises InvalidSpec where the text cannot take it."""
    above, last = fix.at[:-1], fix.at[-1]
    if fix.action == "rename":
        return _quoted_key(source, fix.at) if fix.value == last else key_renamed(source, fix.at, str(fix.value))
    if fix.action in ("remove", "add"):
        return entry_removed(source, fix.at) if fix.action == "remove" else item_added(source, fix.at, fix.value)
    if exists(source.root, fix.at):
        return value_replaced(source, fix.at, fix.value)
    if isinstance(value_at(source.root, above), list):
        return item_added(source, above, fix.value)
    return entry_added(source, above, str(last), fix.value)


def _quoted_key(source: Source, at: Pointer) -> Edit:
    """The same key as a string: ``'200'`` for ``200``. Raises InvalidSpec where it is no key of its own."""
    node = value_at(source.root, at[:-1])
    name = str(at[-1])
    place = place_of(source.root, at, key=True)
    if place is None or not isinstance(node, MapNode) or source.text[slice(*place)] != name:
        raise InvalidSpec(f"{source.name}: the key {name} came by an alias")
    return Edit(*place, key_text(name, layout_of(source), quote=layout_of(source).quote))
