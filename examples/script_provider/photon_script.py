"""A provider for Photon whose models are programs: each executable in a folder of yours is a model, by its file name.

A program gets the request as one JSON object on stdin and writes its answer to stdout, piece by piece if it likes. It exits
with 0, or says on stderr what went wrong. So whatever can be started in a shell can answer: another command-line tool, a model
behind ssh, a gateway that no protocol of Photon's fits.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from codecs import getincrementaldecoder
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from photon.chat import Chunk, ModelInfo, Request
from photon.errors import ModelNotFound, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.settings.schema import Timeouts

UNNAMED = "default"
"""The model that Photon asks a plug-in for when nobody named one."""


class ScriptProvider:
    """A `photon.chat.Provider`. Its programs stand in the folder PHOTON_SCRIPTS_DIR, or else in ~/.photon-scripts.

    The model's name may come from the settings of a repository that was cloned, so it is never more than a name in that
    folder, and nothing of it reaches a shell. The key, if there is one, is in the program's environment as PHOTON_KEY.
    """

    def __init__(self, endpoint: Endpoint, *, key: str | None, timeouts: Timeouts) -> None:
        self._endpoint, self._key = endpoint, key
        self._folder = Path(os.environ.get("PHOTON_SCRIPTS_DIR") or Path.home() / ".photon-scripts")

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Start the program and pass on what it writes. Whoever stops listening ends the program and all that it started."""
        program = self._program(request.model)
        process = await self._started(program)
        asking = asyncio.create_task(_ask(process, request))
        complaining = asyncio.create_task(_last_line(process))
        decoder = getincrementaldecoder("utf-8")("replace")
        try:
            while piece := await process.stdout.read(4096):
                yield Chunk(text=decoder.decode(piece))
            if await process.wait():
                why = await complaining or f"exit code {process.returncode}"
                raise ProviderUnreachable(f"{program.name} of {self._endpoint.provider} failed: {why}")
            yield Chunk(text=decoder.decode(b"", final=True), finish_reason="stop")
        finally:
            for task in (asking, complaining):
                task.cancel()
            await _end(process)

    async def models(self) -> tuple[ModelInfo, ...]:
        """The programs in the folder."""
        return tuple(ModelInfo(id=name, provider=self._endpoint.provider) for name in self._programs())

    async def close(self) -> None:
        """Nothing is kept between two requests."""

    def _programs(self) -> dict[str, Path]:
        if not self._folder.is_dir():
            return {}
        return {path.name: path for path in sorted(self._folder.iterdir()) if path.is_file() and os.access(path, os.X_OK)}

    def _program(self, model: str) -> Path:
        programs = self._programs()
        if model == UNNAMED and len(programs) == 1:
            (model,) = programs
        if model not in programs:
            what = "no model is named" if model == UNNAMED else f"there is no program {model}"
            known = f"--model {' or '.join(programs)}" if programs else f"put an executable into {self._folder}"
            raise ModelNotFound(f"{self._endpoint.provider}: {what} in {self._folder}", hint=known)
        return programs[model]

    async def _started(self, program: Path) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        environment = {**os.environ, **({"PHOTON_KEY": self._key} if self._key else {})}
        try:
            return await asyncio.create_subprocess_exec(
                program, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, start_new_session=True
            )
        except OSError as error:  # no right to run it, or a first line that names no interpreter
            raise ProviderUnreachable(f"{program.name} of {self._endpoint.provider} cannot be run: {error.strerror}") from error


async def _ask(process: asyncio.subprocess.Process, request: Request) -> None:
    """Write the request; a program that does not read it is free not to."""
    parameters = request.parameters
    question = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": parameters.temperature,
        "max_tokens": parameters.max_tokens,
        "stop": list(parameters.stop),
    }
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(question).encode())
        await process.stdin.drain()
        process.stdin.close()


async def _last_line(process: asyncio.subprocess.Process) -> str:
    """The last line of stderr, all of which is read, so that the program never waits for a reader."""
    tail = b""
    while piece := await process.stderr.read(4096):
        tail = (tail + piece)[-4096:]
    lines = tail.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the program, and what it started, if it still runs."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        await process.wait()
