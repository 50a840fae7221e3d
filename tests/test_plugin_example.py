"""The worked example of docs/PLUGINS.md, installed into a folder of its own and used by the real program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from plugins import install, install_project

from photon.errors import ExitCode

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "script_provider"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs of these tests are shell scripts")

Photon = Callable[..., subprocess.CompletedProcess[str]]
SKETCH = "GET /pets\\nsummary: All pets\\n200: { id: int }[]"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the example is installed; the program finds it there."""
    folder = install_project(EXAMPLE, to=tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PHOTON_SCRIPTS_DIR", str(tmp_path / "scripts"))
    (tmp_path / "scripts").mkdir()
    return folder


def program(site: Path, name: str, text: str) -> None:
    """An executable in the folder of the programs."""
    file = site.parent / "scripts" / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_its_name_is_all_that_it_takes(photon: Photon, site: Path) -> None:
    program(site, "pets", f"printf '{SKETCH}'")
    done = photon("ai", "suggest-path", "--provider", "script", "--model", "pets", "GET /pets")
    assert (done.returncode, done.stdout.splitlines()[:2]) == (0, ["paths:", "  /pets:"]), done.stderr
    assert "script/pets" in done.stderr


def test_it_can_stand_in_the_settings_under_another_name(photon: Photon, site: Path, isolated: Path) -> None:
    program(site, "pets", f"printf '{SKETCH}'")
    (isolated / "photon.toml").write_text('[ai]\nprovider = "far"\n[ai.providers.far]\nkind = "script"\nmodel = "pets"\n')
    assert "  /pets:" in photon("ai", "suggest-path", "GET /pets").stdout


def test_its_programs_are_its_models_and_the_only_one_needs_no_name(photon: Photon, site: Path) -> None:
    program(site, "pets", f"printf '{SKETCH}'")
    listed = json.loads(photon("ai", "models", "--provider", "script", "--json").stdout)
    assert [model["id"] for model in listed["models"]] == ["pets"]
    assert photon("ai", "suggest-path", "--provider", "script", "GET /pets").returncode == 0


def test_the_program_gets_the_conversation_and_the_key(photon: Photon, site: Path) -> None:
    program(site, "spy", f"cat > {site}/asked; printf %s \"$PHOTON_KEY\" > {site}/key; printf '{SKETCH}'")
    photon("ai", "suggest-path", "--provider", "script", "GET /pets", env={"SCRIPT_API_KEY": "secret-0123456789"})
    asked = json.loads((site / "asked").read_text())
    assert asked["messages"][-1]["role"] == "user" and "GET /pets" in asked["messages"][-1]["content"]
    assert (site / "key").read_text() == "secret-0123456789"


def test_a_program_that_fails_says_why_and_somebody_else_may_answer(photon: Photon, site: Path) -> None:
    program(site, "sad", "echo first >&2; echo 'the gate is closed' >&2; exit 3")
    done = photon("ai", "suggest-path", "--provider", "script", "--no-failover", "GET /pets")
    assert done.returncode == ExitCode.UNREACHABLE
    assert done.stderr.splitlines()[0] == "photon: sad of script failed: the gate is closed"
    instead = photon("ai", "suggest-path", "--provider", "script", "GET /pets", env={"PHOTON_AI_FAILOVER": "fake"})
    assert instead.returncode == 0 and "fake/fake answers instead" in instead.stderr


@pytest.mark.parametrize("model", ["nobody", "../../bin/sh", "/bin/sh"])
def test_a_model_is_never_more_than_a_name_in_the_folder(photon: Photon, site: Path, model: str) -> None:
    program(site, "pets", f"printf '{SKETCH}'")
    done = photon("ai", "suggest-path", "--provider", "script", "--model", model, "--no-failover", "GET /pets")
    assert done.returncode == ExitCode.MODEL_NOT_FOUND
    assert "try: --model pets" in done.stderr


def test_a_program_that_is_not_heard_out_is_ended_with_all_that_it_started(photon: Photon, site: Path) -> None:
    program(site, "slow", f"sleep 60 & echo $! > {site}/child; wait")
    env = {"PHOTON_AI_TIMEOUTS_FIRST_TOKEN": "0.5"}
    done = photon("ai", "suggest-path", "--provider", "script", "--no-failover", "GET /pets", env=env)
    assert done.returncode == ExitCode.UNREACHABLE and "did not begin to answer" in done.stderr
    child = Path("/proc") / (site / "child").read_text().strip()
    deadline = time.monotonic() + 5
    while child.exists() and " Z " not in (child / "stat").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.exists() or " Z " in (child / "stat").read_text()


def test_an_answer_from_the_cache_does_not_import_it(photon: Photon, site: Path) -> None:
    program(site, "pets", f"printf '{SKETCH}'")
    ask = ("ai", "suggest-path", "--provider", "script", "GET /pets")
    first = photon(*ask)
    (site / "photon_script.py").write_text("raise RuntimeError('imported')")
    again = photon(*ask, "--scope", "fragment")
    assert (again.returncode, again.stdout) == (0, first.stdout), again.stderr
    assert "from the cache" in again.stderr


def test_help_completion_and_another_provider_do_not_import_it(photon: Photon, site: Path) -> None:
    (site / "photon_script.py").write_text("raise RuntimeError('imported')")
    for arguments in (["ai", "--help"], ["ai", "models", "--provider", "fake"], ["ai", "config", "explain"]):
        assert photon(*arguments).returncode == 0
    completing = {"_PHOTON_COMPLETE": "complete_bash", "COMP_WORDS": "photon ai models --provider o", "COMP_CWORD": "4"}
    assert "openrouter" in photon(env=completing).stdout


def test_one_that_is_broken_is_one_line_and_with_debug_a_traceback(photon: Photon, tmp_path: Path) -> None:
    site = install(
        "photon-broken", {"photon_broken.py": "import nowhere_to_be_found"}, {"bad": "photon_broken:x"}, to=tmp_path / "s"
    )
    ask, env = ("ai", "suggest-path", "--provider", "bad", "GET /pets"), {"PYTHONPATH": str(site)}
    done = photon(*ask, env=env)
    assert done.returncode == ExitCode.CONFIGURATION
    assert done.stderr.startswith("photon: the plug-in photon-broken, which brings bad, cannot be used: ModuleNotFoundError")
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == 2
    assert "photon_broken.py" in photon(*ask, "--debug", env=env).stderr


def test_a_mistyped_kind_is_told_the_plug_ins_too(photon: Photon, site: Path, isolated: Path) -> None:
    (isolated / "photon.toml").write_text('[ai.providers.far]\nkind = "scrpt"\n')
    done = photon("ai", "config", "show")
    assert done.returncode == ExitCode.CONFIGURATION and "did you mean script?" in done.stderr


def test_the_example_says_what_it_is() -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["photon.providers"] == {"script": "photon_script:ScriptProvider"}
    assert project["dependencies"] == ["photon-cli"]


def test_the_document_leads_to_what_there_is() -> None:
    for document in (ROOT / "docs" / "PLUGINS.md", ROOT / "docs" / "PROVIDERS.md", EXAMPLE / "README.md"):
        text = document.read_text()
        for target in re.findall(r"\]\((?!https?:)([\w./-]+)\)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
    text = (ROOT / "docs" / "PLUGINS.md").read_text()
    for module, name in re.findall(r"`(photon\.[a-z_.]+)\.([A-Z]\w+)`", text):
        done = subprocess.run([sys.executable, "-c", f"from {module} import {name}"], check=False)
        assert done.returncode == 0, f"{module}.{name}"
