"""Runs the rules: one walk, each rule at its subject, and what they say as findings in the order of the text."""

from __future__ import annotations

import gc
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.finding import Finding, placed
from photon.openapi.lint.ignored import Ignored
from photon.openapi.lint.processes import shared_out
from photon.openapi.lint.reading import DUPLICATE, duplicate_keys
from photon.openapi.lint.rule import Problem, Rule, Severity, Visit
from photon.openapi.lint.selection import Selection
from photon.openapi.source.source import Source

_logger: Final = logging.getLogger(__name__)
_MANY: Final = 8_000
"""Visits from which on a second process is worth its start; at 5,000 it is just paid for (measured)."""
_BUG: Final = "this is a bug in Photon"
_LONGEST: Final = 400
"""Characters of a message: it may quote a value of the document, which has any length."""


def lint(source: Source, selection: Selection | None = None) -> tuple[Finding, ...]:
    """Everything that the rules of `selection` (each that is on by itself if None) have against the specification whose root is
    `source`, its other files included; by file, the root first, then by place.

    A rule that breaks is a finding under its own id, once, and the others go on. Raises InvalidSpec where `source` is no
    OpenAPI 3 document or repeats itself endlessly.
    """
    return lint_document(LintDocument(source), selection or Selection())


def lint_document(document: LintDocument, selection: Selection, *, processes: int = 1) -> tuple[Finding, ...]:
    """As `lint`, of a document whose lookups may be used again. processes: how many may share the work; those of a small
    document never do."""
    collects = gc.isenabled()
    gc.disable()  # a hundred thousand visits, none of them garbage before the end
    try:
        found: dict[tuple[Any, ...], Finding] = {}
        for finding in _findings(document, selection, processes):
            found.setdefault(_identity(finding), finding)
    finally:
        if collects:
            gc.enable()
    files = {id(file): number for number, file in enumerate(document.references.files)}
    ignored = Ignored()
    kept = (finding for finding in found.values() if not ignored.by_comment(finding))
    return tuple(sorted(kept, key=lambda each: (files.get(id(each.source), 0), each.start or (0, 0), each.rule, each.message)))


def _identity(finding: Finding) -> tuple[Any, ...]:
    """What stands under two anchors is one place in the text, and a reader needs to be told once; of a bug too, though two
    processes came upon it."""
    if finding.message.startswith(_BUG):
        return finding.rule, _BUG
    return finding.rule, id(finding.source), finding.start or finding.pointer, finding.message


def _findings(document: LintDocument, selection: Selection, processes: int) -> Iterator[Finding]:
    run = _Run(document, selection)
    visits = document.visits
    if processes > 1 and len(visits) >= _MANY:
        yield from _by_several(run, visits, processes)
    else:
        yield from run.over(visits)
    if twice := selection.severity(DUPLICATE):
        for file in document.references.files:
            yield from duplicate_keys(file, twice)


def _by_several(run: _Run, visits: Sequence[Visit], processes: int) -> Iterator[Finding]:
    """The same by several processes. A finding travels without its file: that of its visit, which the walk has read."""
    files = list({id(visit.source): visit.source for visit in visits}.values())
    numbers = {id(file): number for number, file in enumerate(files)}

    def work(part: int, parts: int) -> list[tuple[int, tuple[Any, ...]]]:
        size = -(-len(visits) // parts)
        return [(numbers[id(each.source)], _packed(each)) for each in run.over(visits[part * size : (part + 1) * size])]

    for found in shared_out(processes, work):
        for number, (rule, severity, message, *places) in found:
            yield Finding(rule, severity, message, files[number], *places)


def _packed(finding: Finding) -> tuple[Any, ...]:
    return finding.rule, finding.severity, finding.message, finding.pointer, finding.start, finding.end, finding.fixes


class _Run:
    """The rules that are on, with what is known so far of where they need not be called."""

    def __init__(self, document: LintDocument, selection: Selection) -> None:
        self._tables = _tables(document, selection)
        self._broken: set[str] = set()

    def over(self, visits: Iterable[Visit]) -> Iterator[Finding]:
        tables = self._tables
        for visit in visits:
            table = tables.get(visit.subject)
            turns = table.turns(visit) if table else None
            if not turns:
                continue
            silent = []
            for turn in turns:
                problems = self._problems(turn.rule, visit)
                for problem in problems:
                    yield _finding(turn.rule, turn.severity, visit, problem)
                if turn.once and not problems:
                    silent.append(turn)
            for turn in silent:
                turns.remove(turn)

    def _problems(self, rule: Rule, visit: Visit) -> list[Problem]:
        try:
            return list(rule.check(visit))
        except Exception as error:  # a rule is code over a document of any shape: its bug must not hide what others found
            if rule.id in self._broken:
                return []
            self._broken.add(rule.id)
            return [_bug(rule, visit, error)]


class _Turn(NamedTuple):
    """A rule that is called at objects of one shape. once: not again, after it had nothing to say."""

    rule: Rule
    severity: Severity
    once: bool


class _Table:
    """The rules about one subject. Most look at a few keys that most objects do not have: those are not even called there.
    And most schemas are like many others: three of four calls are spared by it (measured, in 5.7 MB)."""

    def __init__(self) -> None:
        self._rules: list[tuple[Rule, Severity]] = []
        self._turns: dict[tuple[Any, ...], list[_Turn]] = {}

    def add(self, rule: Rule, severity: Severity) -> None:
        self._rules.append((rule, severity))

    def turns(self, visit: Visit) -> list[_Turn]:
        """The rules that have something to look for in an object with these keys and types of values, and this ``type`` or
        target."""
        value = visit.value
        if visit.subject == "reference":
            shape = (*value, value["$ref"], visit.expected, id(visit.source))
        else:
            kind = value.get("type")
            shape = (*value, *map(type, value.values()), kind if kind.__class__ is str else None)
        found = self._turns.get(shape)
        if found is None:
            found = self._turns[shape] = [
                _Turn(rule, severity, _is_told_by_shape(rule, visit))
                for rule, severity in self._rules
                if not rule.keys or not value.keys().isdisjoint(rule.keys)
            ]
        return found


def _is_told_by_shape(rule: Rule, visit: Visit) -> bool:
    if rule.alike_unless is None:
        return False
    several = isinstance(visit.value.get("type"), dict | list)
    return not several and visit.value.keys().isdisjoint(rule.alike_unless)


def _tables(document: LintDocument, selection: Selection) -> dict[str, _Table]:
    found: defaultdict[str, _Table] = defaultdict(_Table)
    for rule, severity in selection.chosen():
        for subject in (rule.subject, *rule.also) if document.version in rule.versions else ():
            found[subject].add(rule, severity)
    return found


def _bug(rule: Rule, visit: Visit, error: Exception) -> Problem:
    _logger.error("the rule %s failed at %s", rule.id, visit.pointer, exc_info=error)
    return Problem(f"{_BUG}: the rule {rule.id} failed here ({type(error).__name__}: {str(error)[:200]})")


def _finding(rule: Rule, severity: Severity, visit: Visit, problem: Problem) -> Finding:
    pointer = (*visit.pointer, *problem.at)
    start, end = placed(visit.source, pointer, on_key=problem.on_key)
    message = problem.message if len(problem.message) <= _LONGEST else f"{problem.message[:_LONGEST]}…"
    return Finding(rule.id, severity, message, visit.source, pointer, start, end, problem.fixes)
