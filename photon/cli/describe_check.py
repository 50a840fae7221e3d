"""``photon ai describe --check``: what texts a specification lacks, for CI. No model, no network."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from photon.cli.terminal import Terminal, harmless
from photon.errors import ExitCode
from photon.openapi.gaps import Kind, Missing, gaps, missing
from photon.sketch.text import escaped
from photon.tasks.kept_spec import kept_spec


def tell_missing(file: Path, kinds: Sequence[Kind], terminal: Terminal, *, as_json: bool) -> None:
    """A line for each text of `kinds` that is missing, or all as one JSON object. Raises Exit with code 1 where there is one,
    and InvalidSpec."""
    spec = kept_spec(file)
    lacking = gaps(spec, kinds)
    found = [each for gap in lacking for each in missing(gap)]
    counts = Counter(each.kind for each in found)
    total = len(spec.operations)
    if as_json:
        facts = {
            "missing": [_as_object(each) for each in found],
            "counts": {kind: counts[kind] for kind in kinds},
            "operations": total,
            "lacking": len(lacking),
        }
        terminal.write(escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n")
    else:
        terminal.write("".join(map(_line, found)))
    if not found:
        terminal.note(f"{spec.source.name} lacks nothing in {_counted(total, 'operation')}")
        return
    said = ", ".join(_counted(counts[kind], kind) for kind in kinds if counts[kind])
    terminal.note(f"{len(lacking)} of {_counted(total, 'operation')} lack{'s' * (len(lacking) == 1)} something: {said}")
    raise typer.Exit(ExitCode.FAILURE)


def _line(each: Missing) -> str:
    """``openapi.yaml:7:5: GET /users: response 404 has no description``."""
    what = f"{each.operation}: {each.where}" if each.where else each.operation
    return f"{harmless(each.source.name)}:{each.position}: {harmless(' '.join(what.split()))} has no {each.kind}\n"


def _as_object(each: Missing) -> dict[str, Any]:
    """Line and column count from 1. in: what of the operation lacks it, null where that is the operation itself."""
    return {
        "operation": each.operation,
        "in": each.where or None,
        "lacks": each.kind,
        "file": each.source.name,
        "line": each.position.line,
        "column": each.position.column,
    }


def _counted(count: int, name: str) -> str:
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return f"{count} {name if count == 1 else plural}"
