"""Hostile documents through the commands that read one: a clear error or an answer, no crash, the file as it was."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_documents import DOCUMENTS

from photon.errors import ExitCode

SECONDS = 60
GIGABYTES = 2.5

COMMANDS = (
    ["ai", "lint", "hostile.yaml"],
    ["ai", "spec", "style", "hostile.yaml"],
    ["ai", "suggest-path", "--provider", "fake", "--spec", "hostile.yaml", "--diff", "DELETE /pets/{id}/toys/{toyId}"],
    ["ai", "suggest-path", "--provider", "fake", "--spec", "hostile.yaml", "--examples", "GET /a"],
)
RUNNING = """
import json, sys
from photon.cli.app import run
print(json.dumps([run(command) for command in json.loads(sys.argv[1])]), file=sys.stderr)
"""
LARGE = [name for name in DOCUMENTS if " MB" in name or name in ("more than is read", "100,000 paths")]
"""Reading these is tested by itself: three commands after each other would only take longer."""


def bounded() -> None:
    """For a child process: no more memory and processor time than these."""
    limit = int(GIGABYTES * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in LARGE])
def test_every_command_answers_or_says_what_is_wrong(name: str, isolated: Path) -> None:
    data = DOCUMENTS[name]()
    file = isolated / "hostile.yaml"
    file.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", RUNNING, json.dumps(COMMANDS)],
        capture_output=True, text=True, preexec_fn=bounded, timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    said, _, codes = done.stderr.rstrip().rpartition("\n")
    assert "Traceback" not in said and "bug in Photon" not in said + done.stdout, (said + done.stdout)[-2_000:]
    assert set(json.loads(codes)) <= {ExitCode.SUCCESS, ExitCode.FAILURE, ExitCode.INVALID_SPEC}
    assert not set(said + done.stdout) & set(map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x202E))), "obeyed"
    assert file.read_bytes() == data
