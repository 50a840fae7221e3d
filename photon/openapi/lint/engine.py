"""Runs the rules: one walk, each rule at its subject, and what they say as findings in the order of the text."""

from __future__ import annotations

import gc
import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.finding import Finding, placed
from photon.openapi.lint.ignored import Ignored
from photon.openapi.lint.reading import DUPLICATE, duplicate_keys
from photon.openapi.lint.rule import Problem, Rule, Severity, Visit
from photon.openapi.lint.selection import Selection
from photon.openapi.source.source import Source

_logger: Final = logging.getLogger(__name__)


def lint(source: Source, selection: Selection | None = None) -> tuple[Finding, ...]:
    """Everything that the rules of `selection` (each that is on by itself if None) have against the specification whose root is
    `source`, its other files included; by file, the root first, then by place.

    A rule that breaks is a finding under its own id, once, and the others go on. Raises InvalidSpec where `source` is no
    OpenAPI 3 document or repeats itself endlessly.
    """
    return lint_document(LintDocument(source), selection or Selection())


def lint_document(document: LintDocument, selection: Selection) -> tuple[Finding, ...]:
    """As `lint`, of a document whose lookups may be used again."""
    collects = gc.isenabled()
    gc.disable()  # a hundred thousand visits, none of them garbage before the end
    try:
        found = {_identity(finding): finding for finding in _findings(document, selection)}
    finally:
        if collects:
            gc.enable()
    files = {id(file): number for number, file in enumerate(document.references.files)}
    ignored = Ignored()
    kept = (finding for finding in found.values() if not ignored.by_comment(finding))
    return tuple(sorted(kept, key=lambda each: (files.get(id(each.source), 0), each.start or (0, 0), each.rule, each.message)))


def _identity(finding: Finding) -> tuple[Any, ...]:
    """What stands under two anchors is one place in the text, and a reader needs to be told once."""
    return finding.rule, id(finding.source), finding.start or finding.pointer, finding.message


def _findings(document: LintDocument, selection: Selection) -> Iterator[Finding]:
    broken: set[str] = set()
    tables = _tables(document, selection)
    for visit in document.visits:
        table = tables.get(visit.subject)
        for rule, severity in table.rules_for(visit) if table else ():
            try:
                problems = list(rule.check(visit))
            except Exception as error:  # a rule is code over a document of any shape: its bug must not hide what others found
                problems = [] if rule.id in broken else [_bug(rule, visit, error)]
                broken.add(rule.id)
            for problem in problems:
                yield _finding(rule, severity, visit, problem)
    if twice := selection.severity(DUPLICATE):
        for file in document.references.files:
            yield from duplicate_keys(file, twice)


class _Table:
    """The rules about one subject. Most look at a few keys that most objects do not have: those are not even called there."""

    def __init__(self) -> None:
        self.rules: list[tuple[Rule, Severity]] = []
        self._keys: frozenset[str] = frozenset()
        self._chosen: dict[frozenset[str], list[tuple[Rule, Severity]]] = {}

    def add(self, rule: Rule, severity: Severity) -> None:
        self.rules.append((rule, severity))
        self._keys |= frozenset(rule.keys)

    def rules_for(self, visit: Visit) -> list[tuple[Rule, Severity]]:
        """Those that look at no keys in particular, or at one that the object has."""
        has = self._keys.intersection(visit.value)
        if has not in self._chosen:
            self._chosen[has] = [each for each in self.rules if not each[0].keys or not has.isdisjoint(each[0].keys)]
        return self._chosen[has]


def _tables(document: LintDocument, selection: Selection) -> dict[str, _Table]:
    found: defaultdict[str, _Table] = defaultdict(_Table)
    for rule, severity in selection.chosen():
        for subject in (rule.subject, *rule.also) if document.version in rule.versions else ():
            found[subject].add(rule, severity)
    return found


def _bug(rule: Rule, visit: Visit, error: Exception) -> Problem:
    _logger.error("the rule %s failed at %s", rule.id, visit.pointer, exc_info=error)
    return Problem(f"this is a bug in Photon: the rule {rule.id} failed here ({type(error).__name__}: {str(error)[:200]})")


def _finding(rule: Rule, severity: Severity, visit: Visit, problem: Problem) -> Finding:
    pointer = (*visit.pointer, *problem.at)
    start, end = placed(visit.source, pointer, on_key=problem.on_key)
    return Finding(rule.id, severity, problem.message, visit.source, pointer, start, end, problem.fixes)
