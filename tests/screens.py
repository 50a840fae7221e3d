"""The real program in a real terminal (a pty), as a person sees it.

with in_terminal("ai", "chat", width=40) as screen:
    screen.expect("> ")
    screen.sendline("Hello")

shown = seen("ai", "models")   # runs to its end
assert shown.code == 0 and "local" in shown.plain
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pexpect

Photon = Callable[..., subprocess.CompletedProcess[str]]
"""The fixture `photon`: the program in a process of its own, without a terminal."""

_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\^_])")


@dataclass(frozen=True)
class Shown:
    """What a terminal got, and the exit code. plain: without escape sequences, with the line ends of a file."""

    raw: str
    code: int

    @property
    def plain(self) -> str:
        return _SEQUENCE.sub("", self.raw).replace("\r\n", "\n")

    @property
    def sequences(self) -> set[str]:
        """The escape sequences in it."""
        return set(_SEQUENCE.findall(self.raw))


@contextmanager
def in_terminal(*arguments: str, width: int = 80, redirect: str = "", **env: str) -> Iterator[pexpect.spawn[str]]:
    """The program on a terminal of `width` columns. redirect: for the shell, as ``2>file``."""
    command = f'exec "$0" -m photon "$@" {redirect}'
    screen = pexpect.spawn(
        "/bin/sh",
        ["-c", command, sys.executable, *arguments],
        dimensions=(40, width),
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "TERM": "xterm-256color", **env},  # type: ignore[arg-type]
    )
    try:
        yield screen
    finally:
        screen.close(force=True)


def seen(*arguments: str, width: int = 80, redirect: str = "", **env: str) -> Shown:
    """Run to the end and say what was shown."""
    with in_terminal(*arguments, width=width, redirect=redirect, **env) as screen:
        screen.expect(pexpect.EOF)
        shown = screen.before or ""
        screen.close()
        return Shown(shown, screen.exitstatus if screen.exitstatus is not None else -(screen.signalstatus or 0))
