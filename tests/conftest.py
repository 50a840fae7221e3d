"""What every test stands on: folders of its own, no keys, no network beyond loopback, and the real program as a process."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Photon = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the person who runs the tests: no settings, no keys, no cache; an empty working folder, which is returned."""
    for name in list(os.environ):
        if (
            name.startswith(("PHOTON_", "XDG_", "OPENAI_", "INFERENCE_SERVER_", "AZURE_OPENAI_"))
            or name.endswith("_API_KEY")
            or name == "OLLAMA_HOST"
        ):
            monkeypatch.delenv(name)
    for name in ("COLUMNS", "LINES"):  # what runs the tests may say how wide its own terminal is
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # for code that is handed an environment without the three below
    for folder in ("config", "cache", "data"):
        monkeypatch.setenv(f"PHOTON_{folder.upper()}_DIR", str(tmp_path / folder))
    monkeypatch.setattr("photon.settings.redaction._remembered", set())
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """Ctrl-C means something: a shell that runs the tests in the background has it ignored, by every child process too."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> None:
    """No test reaches the network: a connection to anywhere but this machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise OSError(f"a test tried to reach {address[0]}")
        return connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture
def photon(isolated: Path) -> Photon:
    """Run the real program in a process of its own, without a terminal, and wait for it.

    Keyword arguments: `stdin` is what is piped in (nothing, and closed, by default); `env` is added to the environment.
    """

    def run(
        *arguments: str, stdin: str = "", env: dict[str, str] | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "photon", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            timeout=timeout,
            check=False,
        )

    return run
