"""kill -9 in the middle of writing: the cache, the record, the keys and the settings. Nothing is half-written afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(sys.platform == "win32", reason="a process is forked, and killed by a signal")
def test_two_hundred_killed_writers_leave_nothing_corrupt_or_half_written() -> None:
    command = [sys.executable, "-m", "benchmarks.routing.killed", "--rounds", "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("200 writers were killed")
