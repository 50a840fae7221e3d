"""Lint files: which rules are on, what they find in each file, what can be mended. No model is asked."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from photon.errors import ConfigurationError, InvalidSpec, UsageError
from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.engine import lint_document
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.processes import processes_at_hand
from photon.openapi.lint.reading import SYNTAX, syntax_finding
from photon.openapi.lint.selection import SEVERITIES, Selection, selection
from photon.openapi.source.source import Source, read_source, read_stdin_source

if TYPE_CHECKING:
    from photon.openapi.splice.change import Change
    from photon.settings.schema import Lint


@dataclass(frozen=True, slots=True)
class Linted:
    """One file on the command line, and those that it refers to (`files`, itself first, as it was read).

    findings: what is left after fixing. fixed: what was mended. changes: the new texts, which nobody has written yet.
    error: why it could not be read, or is no OpenAPI 3 document.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    files: tuple[Source, ...] = ()
    error: InvalidSpec | None = None


def chosen_rules(settings: Lint, switches: Sequence[str], only: Sequence[str]) -> Selection:
    """The rules that the settings and the command line choose; the command line wins. Raises UsageError for an unknown rule or
    severity there, ConfigurationError for one in the settings."""
    try:
        selection(settings.rules)
    except UsageError as error:
        raise ConfigurationError(f"ai.lint.rules: {error.message}", hint=error.hint) from None
    return selection([*settings.rules, *switches], only)


def lint_files(names: Iterable[str], chosen: Selection, *, fix: bool = False, unsafe: bool = False) -> list[Linted]:
    """Each file linted, once whatever it is called; ``-`` is stdin. One that cannot be read does not keep the others from it.

    fix: mend what can be mended, with `unsafe` also where a client of the API sees the difference.
    A file that is a part of another one here is told about once, and is no failure for being no document by itself.
    """
    different = {name if name == "-" else os.path.realpath(name): name for name in reversed(list(names))}
    results = [_linted(name, chosen, fix=fix, unsafe=unsafe) for name in reversed(different.values())]
    parts = {os.path.realpath(file.path) for result in results for file in result.files[1:] if file.path}
    told: set[tuple[object, ...]] = set()
    return [
        replace(result, findings=tuple(_not_told(result.findings, told)))
        for result in results
        if not (result.error and result.name != "-" and os.path.realpath(result.name) in parts)
    ]


def unwritten(result: Linted, paths: Collection[Path], chosen: Selection) -> Linted:
    """`result` where its changes of the files at `paths` could not be written: what there is, linted again."""
    now = _linted(result.name, chosen, fix=False)
    return replace(now, fixed=tuple(finding for finding in result.fixed if finding.source.path not in paths))


def _linted(name: str, chosen: Selection, *, fix: bool, unsafe: bool = False) -> Linted:
    try:
        source = read_stdin_source() if name == "-" else read_source(Path(name))
    except InvalidSpec as error:
        if name != "-" and Path(name).is_dir():
            error.hint = f"photon ai lint {shlex.quote(str(Path(name)))}/*.yaml (its documents by name)"
        return _unreadable(name, error, chosen)
    try:
        if not fix:
            document = LintDocument(source)
            return Linted(name, lint_document(document, chosen, processes=processes_at_hand()), files=document.references.files)
        from photon.openapi.lint.fixing import fixed

        done = fixed(source, chosen, unsafe=unsafe)
        return Linted(name, done.left, done.fixed, done.changes, done.files)
    except InvalidSpec as error:
        return Linted(name, error=error)


def _unreadable(name: str, error: InvalidSpec, chosen: Selection) -> Linted:
    """A syntax error has a place, and is a finding; whatever else kept the file from being read is a failure."""
    severity = chosen.severity(SYNTAX)
    if not error.line or not severity:
        return Linted(name, error=error)
    return Linted(name, (syntax_finding(error, None if name == "-" else Path(name), severity),))


def _not_told(findings: Iterable[Finding], told: set[tuple[object, ...]]) -> Iterator[Finding]:
    files: dict[str, object] = {}
    for finding in findings:
        name = finding.file
        if name not in files:
            files[name] = os.path.realpath(finding.source.path) if finding.source.path else name
        key = (files[name], finding.start, finding.rule, finding.message)
        if key not in told:
            told.add(key)
            yield finding


def fails(findings: Iterable[Finding], fail_on: str) -> bool:
    """True where one of them is at least as severe as `fail_on`: error, warning, info, or never."""
    if fail_on == "never":
        return False
    severities = [str(severity) for severity in SEVERITIES]
    enough = severities[: severities.index(fail_on) + 1]
    return any(finding.severity in enough for finding in findings)
