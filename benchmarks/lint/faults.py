"""The fault matrix: each fault planted alone in a clean document, and who of three sees it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.lint.judges import HERE, Problem, _redocly, _spectral, install
from photon.openapi.lint.engine import lint
from photon.openapi.source.source import source_of

sys.path.insert(0, str(HERE.parents[1] / "tests"))
from planted_faults import FAULTS, clean, planted

_VERSION = "3.1.0"
_MARK = {"error": "E", "warning": "w", "info": "i", "hint": "i"}


def report() -> str:
    """A table of the faults with what each judge says beyond what it has against the clean document: E error, w warning, i
    remark, · nothing. Raises JudgeFailed."""
    install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "clean.yaml").write_text(clean(_VERSION), encoding="utf-8")
        for number, fault in enumerate(FAULTS):
            (folder / f"fault{number:02}.yaml").write_text(planted(fault, _VERSION)[0], encoding="utf-8")
        files = sorted(file.name for file in folder.glob("*.yaml"))
        theirs = [*_redocly(files, folder), *_spectral(files, folder)]
        ours = [problem for file in files for problem in _photon(folder / file)]
    lines = ["| fault | Photon | Redocly | Spectral | our rule |", "| --- | --- | --- | --- | --- |"]
    for number, fault in enumerate(FAULTS):
        marks = (_mark([*theirs, *ours], f"fault{number:02}.yaml", judge) for judge in ("Photon", "Redocly", "Spectral"))
        lines.append(f"| {fault.name} | {' | '.join(marks)} | {fault.rule} |")
    alarms = [f"{each.judge} {each.rule}" for each in [*theirs, *ours] if each.file == "clean.yaml"]
    return "\n".join([*lines, "", f"In the clean document: {', '.join(alarms) or 'nothing'}"])


def _photon(file: Path) -> list[Problem]:
    found = lint(source_of(file.read_bytes(), file))
    return [Problem(file.name, "Photon", each.rule, each.severity, each.message) for each in found]


def _mark(problems: list[Problem], file: str, judge: str) -> str:
    """The worst that the judge says of the file and not of the clean document."""
    known = {(each.rule, each.message) for each in problems if each.judge == judge and each.file == "clean.yaml"}
    said = [each for each in problems if each.judge == judge and each.file == file and (each.rule, each.message) not in known]
    marks = {_MARK[each.severity] for each in said}
    return next((mark for mark in "Ewi" if mark in marks), "·")
