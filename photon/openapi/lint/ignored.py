"""Switches in the text: ``# photon: ignore RULE`` at the end of a line, or on a line of its own above it."""

from __future__ import annotations

import re
from typing import Final

from photon.openapi.lint.finding import Finding
from photon.openapi.source.source import Source

_MARK: Final = re.compile(r"#[ \t]*photon:[ \t]*ignore\b(?P<rules>[^#\r\n]*)")
_EVERY: Final = frozenset({"*"})


class Ignored:
    """Which findings a comment asks to be silent about. A comment without ids is about every rule."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, frozenset[str]]] = {}

    def by_comment(self, finding: Finding) -> bool:
        """True where the line of the finding has such a comment, or the comments directly above it."""
        if finding.start is None:
            return False
        source = finding.source
        if id(source) not in self._lines:
            self._lines[id(source)] = _marked(source) if source.format == "yaml" else {}
        rules = self._lines[id(source)].get(finding.start.line, frozenset())
        return "*" in rules or finding.rule in rules


def _marked(source: Source) -> dict[int, frozenset[str]]:
    """The ids that each line is silent about. A comment on a line of its own is about the next line that is no comment."""
    found: dict[int, frozenset[str]] = {}
    for mark in _MARK.finditer(source.text):
        line, column = source.position(mark.start())
        if not source.line(line)[: column - 1].strip():
            line = _next_line(source, line)
        elif not source.text[mark.start() - 1].isspace():
            continue  # a # in the middle of a word begins no comment
        rules = frozenset(re.split(r"[\s,]+", mark["rules"].strip())) - {""}
        found[line] = found.get(line, frozenset()) | (rules or _EVERY)
    return found


def _next_line(source: Source, line: int) -> int:
    while line < len(source.text):
        line += 1
        try:
            text = source.line(line).strip()
        except IndexError:
            break
        if text and not text.startswith("#"):
            break
    return line
