"""The documents are executed: what the README and the examples show is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from photon.errors import ExitCode
from photon.settings.load import load
from photon.settings.schema import Budget

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of the README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def shell(command: str, cwd: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a line as a user's shell would, with `photon` on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", command], cwd=cwd, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


OFFLINE = ("suggest-path", "suggest-schema", "spec style", "ai lint", "explain", "complete", "describe")
SUGGESTIONS = [
    line.partition("  #")[0].strip()
    for block in blocks("sh")
    for line in block.splitlines()
    if line.split(" ", 2)[0] in ("photon", "echo") and any(f"{word} " in line for word in OFFLINE)
]


@pytest.mark.parametrize("command", SUGGESTIONS)
def test_each_suggestion_of_the_readme_works_offline(command: str, isolated: Path) -> None:
    shutil.copy(ROOT / "examples" / "orders.yaml", isolated / "openapi.yaml")
    done = shell(command, isolated)
    assert done.returncode == 0, done.stderr
    assert done.stdout or list(isolated.iterdir())


def test_the_readme_has_suggestions_to_run() -> None:
    assert len(SUGGESTIONS) >= 5


def test_the_demo_of_the_readme_is_what_the_program_prints(isolated: Path) -> None:
    (demo,) = blocks("console")
    command, _, shown = demo.removeprefix("$ ").partition("\n")
    assert shell(command, isolated).stdout == shown


def test_the_sketch_of_the_readme_is_what_the_model_writes(isolated: Path) -> None:
    (sketch,) = blocks("text")
    assert shell('photon ai suggest-path --format sketch "POST /login with JWT response"', isolated).stdout == sketch


def test_the_exit_codes_of_the_readme_are_those_of_the_program() -> None:
    table = README.partition("## Exit codes")[2].partition("\n## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {int(code) for code in ExitCode}


def test_the_configuration_of_the_readme_loads(isolated: Path) -> None:
    budget, example = blocks("toml")
    (isolated / "photon.toml").write_text(example)
    ai = load().settings.ai
    assert (ai.provider, ai.model, ai.url) == ("ollama", "photon-openapi:latest", "http://localhost:11434")
    (isolated / "photon.toml").write_text(budget)
    assert load().settings.ai.budget == Budget(daily=1.0, monthly=20.0, action="stop")


def test_the_session_runs(isolated: Path) -> None:
    done = shell(f"sh {ROOT / 'examples' / 'session.sh'}", isolated)
    assert done.returncode == 0, done.stderr
    assert "POST /login" in done.stdout and "photon-openapi" in done.stdout


def test_the_job_for_ci_writes_a_file_for_each_wish_and_goes_on_after_one_that_cannot_be_asked(isolated: Path) -> None:
    (isolated / "wishes.txt").write_text("POST /login with JWT response\nGET /a and DELETE /b\n\nDELETE /users/{id}\n")
    done = shell(f"sh {ROOT / 'examples' / 'ci.sh'} wishes.txt out", isolated)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (isolated / "out").iterdir()) == ["1.yaml", "3.yaml"]
    assert list(yaml.safe_load((isolated / "out" / "3.yaml").read_text())["paths"]) == ["/users/{id}"]
    assert "GET /a and DELETE /b" in done.stderr


def test_the_job_for_ci_ends_with_photons_exit_code(isolated: Path) -> None:
    (isolated / "wishes.txt").write_text("POST /login\n")
    (isolated / "photon.toml").write_text("[ai]\nmodle = 1\n")
    assert shell(f"sh {ROOT / 'examples' / 'ci.sh'} wishes.txt out", isolated).returncode == ExitCode.CONFIGURATION


def test_the_library_can_be_used_from_python(isolated: Path) -> None:
    done = shell(f"{sys.executable} {ROOT / 'examples' / 'library.py'} 'DELETE /users/{{id}}'", isolated)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("paths:\n  /users/{id}:\n")
    assert "# /users/{id}: DELETE, by local/photon-openapi" in done.stdout


def test_the_specification_to_extend_is_valid() -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert not list(OpenAPIV31SpecValidator(yaml.safe_load((ROOT / "examples" / "orders.yaml").read_text())).iter_errors())


def test_every_example_is_listed() -> None:
    listed = set(re.findall(r"\]\(([\w.]+)\)", (ROOT / "examples" / "README.md").read_text()))
    assert listed == {path.name for path in (ROOT / "examples").iterdir() if path.name != "README.md"}


def test_every_link_to_a_file_leads_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "training" / "README.md", ROOT / "docs" / "SKETCH.md"]:
        for target in re.findall(r"(?<!\[)\]\((?!https?:)([\w./-]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_dependencies_are_pinned_by_version_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#"))
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    names = {re.split(r"[\[<>=;]", requirement)[0].lower().replace("_", "-") for requirement in wanted} - {"photon-cli"}
    assert names <= {name.lower().replace("_", "-") for name in pinned}


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_makefile_says_what_to_do_with_an_old_python(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = shell(f"make -C {ROOT} demo VENV={tmp_path / 'venv'} PYTHON={old}", tmp_path)
    assert done.returncode != 0 and "PYTHON=python3.12" in done.stderr
