"""llama.cpp in a process of its own: a build that does not fit the processor ends its process, and that must not be ours."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from photon.errors import PhotonError
from photon.settings.schema import AI, Local

_ROOT: Final = Path(__file__).parents[3]
COMPILED_HERE: Final = "pip install --force-reinstall --no-cache-dir --no-binary llama-cpp-python llama-cpp-python"
"""Compiles llama.cpp on the machine that it is for."""

_CODE: Final = "import sys; sys.path.append({root!r}); from photon.tasks.checkup.llama_child import main; main()"


async def facts_of_library(patience: float) -> Mapping[str, Any]:
    """system: llama.cpp's line about the processor's features. offload: whether it can use a GPU. Raises PhotonError, also
    where the process crashes or takes longer than `patience` seconds."""
    return await _in_child({"job": "library"}, patience)


async def answer_of(model: str, local: Local, patience: float) -> float:
    """Seconds from the question to the first token of `model`, its loading included. Raises as `facts_of_library`."""
    facts = await _in_child({"job": "answer", "model": model, "local": asdict(local)}, patience)
    return float(facts["seconds"])


async def _in_child(job: Mapping[str, Any], patience: float) -> Mapping[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # the working folder is a user's, whose modules are not ours
        "-c",
        _CODE.format(root=str(_ROOT)),
        json.dumps(job),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(patience):
            said, _ = await child.communicate()
    except TimeoutError:
        raise PhotonError(
            f"llama.cpp did not answer within {patience:g} s", hint="run it again, or try another model"
        ) from None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    return _read(said, child.returncode or 0)


def _read(said: bytes, code: int) -> Mapping[str, Any]:
    if code:
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        raise PhotonError(
            f"llama.cpp crashes on this machine ({how}): its build does not fit the processor or the system",
            hint=COMPILED_HERE,
        )
    facts: Mapping[str, Any] = json.loads(said.splitlines()[-1])
    if "error" in facts:
        raise _Told(facts["error"], facts["hint"], facts["code"])
    return facts


class _Told(PhotonError):
    """An error of the child, with its exit code."""

    def __init__(self, message: str, hint: str, code: int) -> None:
        super().__init__(message, hint=hint)
        from photon.errors import ExitCode

        self.exit_code = ExitCode(code)  # type: ignore[misc] # each has its own


def main() -> None:
    """The child: do the job of the first argument and write one line of JSON to descriptor 1."""
    job = json.loads(sys.argv[1])
    try:
        facts = _library() if job["job"] == "library" else _answer(job["model"], Local(**job["local"]))
    except PhotonError as error:
        facts = {"error": error.message, "hint": error.hint, "code": int(error.exit_code)}
    os.write(1, json.dumps(facts).encode() + b"\n")


def _library() -> dict[str, Any]:
    from photon.providers.llama.library import library

    llama = library()
    system = llama.llama_print_system_info().decode("utf-8", "replace")
    return {"system": system, "offload": bool(llama.llama_supports_gpu_offload())}


def _answer(model: str, local: Local) -> dict[str, Any]:
    from photon.providers.registry import connect, endpoint
    from photon.tasks.key_trials import ask_briefly

    async def asked() -> float:
        ai = AI(local=local)
        provider = connect(endpoint(ai, "local", model=model), ai)
        begun = time.perf_counter()
        try:
            await ask_briefly(provider, model)
            return time.perf_counter() - begun
        finally:
            await provider.close()

    return {"seconds": asyncio.run(asked())}
