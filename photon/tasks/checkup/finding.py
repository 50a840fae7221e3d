"""What a check found: how bad it is, what it is, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from photon.errors import ExitCode, PhotonError

Level = Literal["ok", "note", "warning", "failure"]

LEVELS: Final[tuple[Level, ...]] = ("ok", "note", "warning", "failure")
"""From good to bad. A note is no trouble: something to know, or that could be had besides."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for people. subject: what was looked at, as "python" or a provider's name. mend: what to do, empty for nothing.

    code: the exit code where nothing worse was found; of no meaning for what is no trouble.
    """

    subject: str
    level: Level
    text: str
    mend: str = ""
    code: ExitCode = ExitCode.FAILURE


def of_error(subject: str, error: PhotonError, *, level: Level = "failure") -> Finding:
    """An error of our tree, with its own hint and exit code."""
    code = ExitCode.FAILURE if error.exit_code == ExitCode.USAGE else error.exit_code  # 2 is about doctor's own arguments
    return Finding(subject, level, error.message, error.hint, code)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level that there is, "ok" where there is none."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """That of the first of the worst findings; 0 where there is no trouble."""
    found = tuple(findings)
    level = worst(found)
    if level in ("ok", "note"):
        return ExitCode.SUCCESS
    return next(finding.code for finding in found if finding.level == level)
