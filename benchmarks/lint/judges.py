"""Three judges of OpenAPI documents, each over a whole folder of files: Redocly CLI, Spectral, openapi-spec-validator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
_SPECTRAL_SEVERITIES = ("error", "warning", "info", "hint")
_ENVIRONMENT = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}

Severity = Literal["error", "warning", "info", "hint"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What one judge has against one file. where: the place within it."""

    file: str
    judge: str
    rule: str
    severity: Severity
    message: str
    where: str = ""


class JudgeFailed(Exception):
    """A judge did not do its work, so that its silence would mean nothing."""


def install() -> None:
    """Fetch the two npm packages, in the versions of package.json, into the git-ignored ``node_modules`` beside it.

    No lock file is written, because it would hold the addresses of whatever registry was used; no package's script is run.
    """
    if all((PACKAGES / ".bin" / name).exists() for name in ("redocly", "spectral")):
        return
    print("installing Redocly CLI and Spectral from the npm registry, once", file=sys.stderr)
    options = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "install", *options], cwd=HERE, check=True, stdout=sys.stderr)


def versions() -> dict[str, str]:
    """The judges' names and versions, in the order of the report."""
    pinned = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return {
        "Redocly": pinned["@redocly/cli"],
        "Spectral": pinned["@stoplight/spectral-cli"],
        "openapi-spec-validator": version("openapi-spec-validator"),
    }


def judge(folder: Path) -> list[Problem]:
    """Everything that the three have against the ``*.yaml`` files in `folder`. Raises JudgeFailed."""
    files = sorted(file.name for file in folder.glob("*.yaml"))
    return [*_redocly(files, folder), *_spectral(files, folder), *_validator(files, folder)]


def _redocly(files: Sequence[str], folder: Path) -> Iterator[Problem]:
    """Rules `recommended`. One process for as many files as it gets through: a file that it cannot parse ends its batch.

    It says on stderr which files it came to the end of, so none can be passed over: the first that it does not name is an
    error, and the batch goes on behind it. Measured: 200 files in one process 2 s, in 200 processes 400 s.
    """
    while files:
        done, problems, complaint = _redocly_batch(files, folder)
        yield from problems
        if done < len(files):
            yield Problem(files[done], "Redocly", "cannot-be-read", "error", complaint)
        files = files[done + 1 :]


def _redocly_batch(files: Sequence[str], folder: Path) -> tuple[int, list[Problem], str]:
    """(how many of `files` were judged to their end, the problems of those, what was said on the next one)."""
    command = ["redocly", "lint", "--extends=recommended", "--format=json", "--max-problems=100000", *files]
    output, talk = _run(command, folder)
    done = next((place for place, file in enumerate(files) if f"{file}: validated in" not in talk), len(files))
    problems = [_redocly_problem(each) for report in _json_values(output) for each in report["problems"]]
    complaint = " ".join(talk.rpartition("Failed to parse")[2].split())[:200]
    return done, problems, complaint


def _redocly_problem(found: dict[str, Any]) -> Problem:
    place = found["location"][0]
    severity: Severity = "error" if found["severity"] == "error" else "warning"
    return Problem(place["source"]["ref"], "Redocly", found["ruleId"], severity, found["message"], place.get("pointer", ""))


def _json_values(text: str) -> Iterator[Any]:
    """The values of several JSON texts that stand behind each other."""
    decoder, place = json.JSONDecoder(), 0
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        value, place = decoder.raw_decode(text, place)
        yield value


def _spectral(files: Sequence[str], folder: Path) -> Iterator[Problem]:
    """Rules `spectral:oas`. One process for all files; a file that it cannot parse or does not take for OpenAPI is told."""
    report = folder / "spectral.report.json"
    rules = str(HERE / "spectral.json")
    command = ["spectral", "lint", "--ruleset", rules, "--format=json", "--output", report.name, "--quiet", *files]
    _, talk = _run(command, folder)
    if not report.is_file():
        raise JudgeFailed(f"Spectral wrote no report: {talk.strip()[:400]}")
    for found in json.loads(report.read_text(encoding="utf-8")):
        rule, where = str(found["code"]), "/".join(map(str, found["path"]))
        severity = "error" if rule == "unrecognized-format" else _SPECTRAL_SEVERITIES[found["severity"]]
        file = Path(found.get("source", "(Spectral does not say where)")).name  # for a path with é in it, for example
        yield Problem(file, "Spectral", rule, severity, found["message"], where)  # type: ignore[arg-type]


def _validator(files: Sequence[str], folder: Path) -> Iterator[Problem]:
    """The OpenAPI documents' own JSON Schemas, and what openapi-spec-validator checks beyond them."""
    import yaml
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    judge = "openapi-spec-validator"
    for file in files:
        try:
            document = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
            validator = OpenAPIV31SpecValidator if document["openapi"].startswith("3.1") else OpenAPIV30SpecValidator
            for error in validator(document).iter_errors():
                where = "/".join(map(str, getattr(error, "path", ())))
                yield Problem(file, judge, type(error).__name__, "error", str(error).partition("\n")[0], where)
        except Exception as error:  # whatever it raises for a document that it cannot walk through
            yield Problem(file, judge, "cannot-be-read", "error", f"{type(error).__name__}: {error}".partition("\n")[0])


def _run(command: Sequence[str], folder: Path) -> tuple[str, str]:
    """(stdout, stderr) of one of the npm programs. Their exit status only says whether there were errors."""
    program = str(PACKAGES / ".bin" / command[0])
    done = subprocess.run([program, *command[1:]], cwd=folder, env=_ENVIRONMENT, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr
