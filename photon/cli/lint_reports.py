"""Findings for programs: one JSON object, GitHub's workflow commands, SARIF 2.1.0."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from photon import __version__
from photon.cli.lint_text import file_in_repository, one_line, shown_file
from photon.sketch.text import escaped

if TYPE_CHECKING:
    from photon.errors import PhotonError
    from photon.openapi.lint.finding import Finding
    from photon.openapi.lint.rule import Rule
    from photon.tasks.linting import Linted

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def json_report(results: Sequence[Linted]) -> str:
    """One object: the findings, a line each, their counts, and the files that could not be read."""
    findings = [finding for result in results for finding in result.findings]
    counts = Counter(finding.severity for finding in findings)
    rest = {
        "summary": {
            **{severity: counts[severity] for severity in ("error", "warning", "info")},
            "fixable": sum(bool(finding.fixes) for finding in findings),
            "fixable_unsafely": sum(bool(finding.fixes) and not finding.safe for finding in findings),
            "fixed": sum(len(result.fixed) for result in results),
        },
        "unreadable": [
            {"file": result.name, "message": result.error.message, "hint": result.error.hint}
            for result in results
            if result.error
        ],
    }
    lines = ",\n".join(f"    {json.dumps(as_object(finding), ensure_ascii=False)}" for finding in findings)
    listed = f"[\n{lines}\n  ]" if findings else "[]"
    return escaped(f'{{\n  "findings": {listed},\n{json.dumps(rest, indent=2, ensure_ascii=False)[2:]}\n')


def as_object(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it. Lines and columns count from 1; the end is behind the last character."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": shown_file(finding),
        "line": finding.start.line if finding.start else None,
        "column": finding.start.column if finding.start else None,
        "end_line": finding.end.line if finding.end else None,
        "end_column": finding.end.column if finding.end else None,
        "pointer": finding.json_pointer,
        "fixable": bool(finding.fixes),
        "fix": ("safe" if finding.safe else "unsafe") if finding.fixes else None,
    }


def github_report(results: Sequence[Linted]) -> str:
    """Workflow commands (GitHub Actions), which become annotations of a pull request: files from the repository's root."""
    findings = [finding for result in results for finding in result.findings]
    files = _files(findings)
    lines = [_command(finding, files[finding.source.path]) for finding in findings]
    lines += [
        f"::error file={_property(file_in_repository(Path(result.name)))}::{one_line(result.error.message).translate(_DATA)}\n"
        for result in results
        if result.error
    ]
    return "".join(lines)


def _files(findings: Iterable[Finding]) -> dict[Path | None, str]:
    """What each file is called."""
    paths = {finding.source.path for finding in findings}
    return {path: file_in_repository(path) if path else "<stdin>" for path in paths}


def _property(value: str) -> str:
    return one_line(value).translate(_PROPERTY)


def _command(finding: Finding, file: str) -> str:
    facts = {"file": file}
    if finding.start and finding.end:
        facts |= {"line": str(finding.start.line), "endLine": str(finding.end.line)}
        if finding.start.line == finding.end.line:  # columns are for a range within one line
            facts |= {"col": str(finding.start.column), "endColumn": str(finding.end.column)}
    facts["title"] = finding.rule
    written = ",".join(f"{name}={_property(value)}" for name, value in facts.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{one_line(finding.message).translate(_DATA)}\n"


def sarif_report(results: Sequence[Linted]) -> str:
    """One run in SARIF 2.1.0 (OASIS): the rules that found something, and the findings."""
    from photon.openapi.lint.selection import known_rules

    findings = [finding for result in results for finding in result.findings]
    rules = [known_rules()[name] for name in sorted({finding.rule for finding in findings})]
    files = _files(findings)
    index = {rule.id: place for place, rule in enumerate(rules)}
    failures = [_sarif_failure(result.name, result.error) for result in results if result.error]
    run = {
        "tool": {"driver": {"name": "photon", "version": __version__, "rules": [_sarif_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failures, "toolExecutionNotifications": failures}],
        "results": [_sarif_result(finding, index[finding.rule], _uri(files[finding.source.path])) for finding in findings],
    }
    report = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return escaped(json.dumps(report, indent=2, ensure_ascii=False)) + "\n"


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    others = [f"{tool}: {name}" for tool, name in (("Redocly", rule.redocly), ("Spectral", rule.spectral)) if name]
    example = f"Wrong:\n\n```yaml\n{rule.wrong.rstrip()}\n```\n\nRight:\n\n```yaml\n{rule.right.rstrip()}\n```\n"
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.explanation},
        "help": {
            "text": f"{rule.explanation}\n\nphoton ai explain {rule.id}",
            "markdown": f"{rule.explanation}\n\n{example}" + "".join(f"\n- {other}" for other in others),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity], "enabled": rule.on},
        "properties": {"tags": ["openapi"]},
    }


def _sarif_result(finding: Finding, index: int, uri: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if finding.start and finding.end:
        place["region"] = {
            "startLine": finding.start.line,
            "startColumn": finding.start.column,
            "endLine": finding.end.line,
            "endColumn": finding.end.column,
        }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(finding.message)},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": finding.json_pointer}]},
        ],
    }


def _sarif_failure(name: str, error: PhotonError) -> dict[str, Any]:
    """Why a file could not be linted."""
    place = {"artifactLocation": {"uri": _uri("<stdin>" if name == "-" else file_in_repository(Path(name)))}}
    return {"level": "error", "message": {"text": _plain(error.message)}, "locations": [{"physicalLocation": place}]}


def _plain(message: str) -> str:
    """A message of which nothing is taken for a placeholder or a link (SARIF 2.1.0, 3.11.5 and 3.11.6).

    Braces that are none stay single, against the letter of 3.11.5: viewers, CodeQL's among them, would show ``/pets/{{id}}``.
    """
    message = _PLACEHOLDER.sub(r"{{\1}}", message)
    return re.sub(r"[\\\[\]]", r"\\\g<0>", message) if "](" in message else message


def _uri(file: str) -> str:
    """A relative URI reference for a file of the repository, from its root, as code scanning wants it; else a file URI."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
