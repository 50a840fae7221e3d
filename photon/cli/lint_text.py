"""Findings for people: a line each, with the place in the text where there is room, counts, and what can be done."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from photon.cli.terminal import Terminal, harmless
from photon.settings.paths import name_in_repository

if TYPE_CHECKING:
    from photon.openapi.lint.finding import Finding

_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[34m"}
_BOLD, _DIM, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
FEW = 10
"""So many findings are shown with their place in the text where nobody said how; more of them are lines, for an overview."""


def shown_file(finding: Finding) -> str:
    """The file's name: below the working folder from there on, else as it is."""
    path = finding.source.path
    return finding.file if path is None else _below(os.getcwd(), path)  # noqa: PTH109 - a fifth of the time, for each finding


@lru_cache(maxsize=100)  # there are few files, and thousands of findings in one
def _below(here: str, path: Path) -> str:
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)


def file_in_repository(path: Path) -> str:
    """The file's name from the root of its repository, or from the working folder; else the whole path."""
    return name_in_repository(path) or str(path.absolute())


def finding_line(finding: Finding, *, colour: bool = False) -> str:
    """``openapi.yaml:7:5: error operation-summary the operation has no summary``, without a line end."""
    where = f":{finding.start}" if finding.start else f":{finding.json_pointer}"
    file, message = harmless(shown_file(finding)), one_line(finding.message)
    if not colour:
        return f"{file}{where}: {finding.severity} {finding.rule} {message}"
    severity = f"{_COLOURS[finding.severity]}{finding.severity}{_END}"
    return f"{_BOLD}{file}{_END}{_DIM}{where}:{_END} {severity} {_BOLD}{finding.rule}{_END} {message}"


def finding_lines(findings: Iterable[Finding], terminal: Terminal, *, excerpts: bool, colour: bool) -> str:
    """The text of several findings. excerpts: each with its place in the text, and a blank line behind it."""
    parts = []
    for finding in findings:
        parts.append(finding_line(finding, colour=colour) + "\n")
        if excerpts and (shown := finding.excerpt):
            parts.append(_indented(shown, finding, terminal, colour=colour) + "\n")
    return "".join(parts)


def _indented(shown: str, finding: Finding, terminal: Terminal, *, colour: bool) -> str:
    lines = [f"  {harmless(line)}"[: terminal.width] for line in shown.splitlines()]
    if colour:
        *text, caret = lines
        lines = [*(f"{_DIM}{line}{_END}" for line in text), f"{_COLOURS[finding.severity]}{caret}{_END}"]
    return "\n".join(lines) + "\n"


def one_line(text: str) -> str:
    """`text`, which may quote the document, without line ends and what a terminal obeys."""
    return harmless(" ".join(text.split()))


def counted(findings: Sequence[Finding]) -> str:
    """``2 errors, 1 warning``; empty where there are none."""
    found: Counter[str] = Counter(finding.severity for finding in findings)
    words = {"error": "error", "warning": "warning", "info": "note"}
    return ", ".join(number(found[severity], word) for severity, word in words.items() if found[severity])


def number(count: int, word: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def statistics(findings: Sequence[Finding]) -> list[tuple[str, str, str, str, str]]:
    """(count, severity, rule, whether --fix mends some, what it is about) of each rule that found something, the most first."""
    from photon.openapi.lint.selection import known_rules

    counts = Counter((finding.severity, finding.rule) for finding in findings)
    mended = {finding.rule: "fixable" if finding.safe else "unsafe fix" for finding in findings if finding.fixes}
    return [
        (str(count), severity, rule, mended.get(rule, ""), known_rules()[rule].summary)
        for (severity, rule), count in counts.most_common()
    ]
