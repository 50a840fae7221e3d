"""Whole processes, measured from outside: how long they run, and when each line of theirs arrives at a terminal."""

from __future__ import annotations

import os
import pty
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PHOTON = str(Path(sys.executable).with_name("photon"))

_NOT_A_USERS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
"""What changes the speed of Python or of llama.cpp, and no user sets (the first compiles every module at each start)."""


def environment(folder: Path) -> dict[str, str]:
    """That of a user without any configuration or key, whose home is `folder`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_A_USERS and not name.startswith(("PHOTON_", "XDG_")) and not name.endswith("_API_KEY")
    }
    return {**kept, "HOME": str(folder), "TERM": "xterm-256color"}


class Failed(Exception):
    """A measured process ended otherwise than it should, so its time means nothing."""


def run(command: Sequence[str], env: Mapping[str, str], folder: Path) -> float:
    """Seconds of wall time from before the process is started until it has been waited for. Raises Failed."""
    with (folder / "stderr").open("wb") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=dict(env), cwd=folder
        )
        _, status, _ = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command)} ended with {process.returncode}: {(folder / 'stderr').read_text()[-300:]}")
    return seconds


@dataclass(frozen=True, slots=True)
class Watched:
    """Seconds from before the process was started: when each of its lines came, and when it ended."""

    lines: tuple[float, ...]
    total: float


def watch(command: Sequence[str], env: Mapping[str, str], folder: Path) -> Watched:
    """Run `command` in a terminal of its own, stdout and stderr on one pseudo-terminal each. Raises Failed.

    Only stdout's lines are counted; what the spinner draws on stderr is read, so that it never blocks, and dropped.
    """
    (out, out_end), (err, err_end) = pty.openpty(), pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=out_end, stdout=out_end, stderr=err_end, env=dict(env), cwd=folder)
    for end in (out_end, err_end):
        os.close(end)
    lines: list[float] = []
    with selectors.DefaultSelector() as selector:
        for terminal in (out, err):
            selector.register(terminal, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = _read(key.fd)
                if key.fd == out:
                    lines += [time.perf_counter() - started] * data.count(b"\n")
                if not data:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    code = process.wait()
    total = time.perf_counter() - started
    if code or not lines:
        raise Failed(f"{' '.join(command)} ended with {code} after {len(lines)} lines")
    return Watched(tuple(lines), total)


def _read(terminal: int) -> bytes:
    """What has come; nothing once the other end is closed, which Linux reports as an error (EIO)."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
