"""The two rules that are about the text itself, which the reader applies: it finds what no value tells any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from photon.errors import InvalidSpec
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.rule import Problem, Severity, Visit, rule
from photon.openapi.source.source import Position, Source

SYNTAX: Final = "syntax"
DUPLICATE: Final = "no-duplicate-keys"


@rule(
    id=SYNTAX,
    subject="document",
    severity="error",
    summary="The file is no YAML or JSON.",
    explanation="Nothing else can be checked before the file can be parsed, so this is the only finding for it.",
    wrong="info:\n  title: Pets: the API\n",
    right='info:\n  title: "Pets: the API"\n',
    redocly="struct",
    spectral="parser",
)
def syntax(visit: Visit) -> Iterator[Problem]:
    """Found while reading: a document that is visited was read."""
    yield from ()


@rule(
    id=DUPLICATE,
    subject="document",
    severity="error",
    summary="A key stands twice in one mapping.",
    explanation="Parsers keep one of the two and drop the other silently, and not all of them the same one. "
    "Which one you meant only you know: remove the other.",
    wrong="get:\n  summary: List pets\n  summary: Find pets\n",
    right="get:\n  summary: List pets\n",
    spectral="parser",
)
def no_duplicate_keys(visit: Visit) -> Iterator[Problem]:
    """Found while reading, see `duplicate_keys`."""
    yield from ()


def duplicate_keys(source: Source, severity: Severity) -> Iterator[Finding]:
    """Each key that stands again, where it does so."""
    for duplicate in source.duplicates:
        start = source.position(duplicate.again)
        first = source.position(duplicate.first)
        message = f"the key {duplicate.key!r} stands twice: first in line {first.line}"
        end = Position(start.line, start.column + len(duplicate.key))
        yield Finding(DUPLICATE, severity, message, source, (), start, end)


def syntax_finding(error: InvalidSpec, path: Path | None, severity: Severity) -> Finding:
    """What the reader raised for a file that is no YAML or JSON. `error` has a line."""
    source = Source(path, "", False, "yaml", None)
    start = Position(error.line, error.column)
    message = error.message.removeprefix(f"{source.name}:{start} ")
    return Finding(SYNTAX, severity, message, source, (), start, start, shown=error.excerpt)
