"""Start-up is designed: what is not needed is not imported. The program says itself, at its exit, what it has imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import servers
from servers import serving, sse

from photon.providers.weights import local_is_installed

HEAVY = {"openai", "httpx", "httpx2", "llama_cpp", "numpy", "openapi_spec_validator", "jsonschema", "jinja2", "keyring", "yaml"}
HEAVY |= {"pydantic"}
TALKATIVE = {"rich", "asyncio", "sqlite3"}
"""Light beside those, but nothing that a help page needs."""

PROBE = """
import atexit, json, runpy, sys
said = sys.stderr
atexit.register(lambda: said.write("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules}))))
runpy.run_module("photon", run_name="__main__")
"""


def imported(*arguments: str, **env: str) -> set[str]:
    """The packages that the program had imported when it ended, which it must have done with exit code 0."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        env=os.environ | env,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("page", [["--version"], ["--help"], ["ai", "--help"]], ids=" ".join)
def test_help_and_version_import_nothing_that_is_slow(page: list[str]) -> None:
    assert imported(*page) & (HEAVY | TALKATIVE) == set()


@pytest.mark.parametrize("command", ["suggest-path", "chat", "models", "providers", "keys", "config", "cache", "log", "doctor"])
def test_the_help_of_a_command_imports_no_client(command: str) -> None:
    assert imported("ai", command, "--help") & HEAVY == set()


def test_an_answer_of_a_server_from_the_cache_imports_no_client() -> None:
    with serving(sse(*servers.text_events("GET /pets\n200: { id: int }[]"))) as server:
        ask = ("ai", "suggest-path", "--provider", "openai", "--no-failover", "-q", "GET /pets")
        env = {"PHOTON_AI_URL": server.url, "PHOTON_AI_MODEL": "m", "OPENAI_API_KEY": "sk-test-0123456789"}
        first, second = imported(*ask, **env), imported(*ask, **env)
    assert len(server.requests) == 1
    assert {"openai", "httpx2"} <= first, "the probe sees what is imported"
    assert second & HEAVY == set()


@pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")
def test_an_answer_of_the_local_model_from_the_cache_does_not_load_it() -> None:
    first, second = (imported("ai", "suggest-path", "GET /pets") for _ in range(2))
    assert first & {"llama_cpp", "openai", "httpx", "httpx2"} == {"llama_cpp"}
    assert second & HEAVY == set()


def test_completing_a_name_imports_no_client() -> None:
    completing = {"_PHOTON_COMPLETE": "complete_bash", "COMP_WORDS": "photon ai suggest-path --provider o", "COMP_CWORD": "4"}
    assert imported(**completing) & (HEAVY | {"asyncio", "sqlite3"}) == set()


OWN = """
import atexit, json, runpy, sys
said = sys.stderr
atexit.register(lambda: said.write("\\n" + json.dumps(sorted(name for name in sys.modules if name.startswith("photon")))))
runpy.run_module("photon", run_name="__main__")
"""


def test_the_first_help_page_needs_next_to_nothing_of_photon_itself() -> None:
    done = subprocess.run([sys.executable, "-c", OWN, "--help"], capture_output=True, text=True, timeout=60, check=True)
    rooms = {name.split(".")[1] for name in json.loads(done.stderr.splitlines()[-1]) if "." in name}
    assert rooms == {"cli", "errors", "settings"}
    modules = {name for name in json.loads(done.stderr.splitlines()[-1]) if name.startswith("photon.settings.")}
    assert modules == {"photon.settings.asking"}
