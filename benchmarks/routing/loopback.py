"""An OpenAI-compatible server on 127.0.0.1 that answers, or fails in one of many ways, as it is told by the model's name.

``chunks-N`` answers with N pieces; ``sound`` answers; ``shaky`` fails every third time or so, at random from a seed.
It runs in a process of its own, so that it takes no time from who is measured, and notes when each request came.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_SHAKY = 0.35
"""The share of requests to a shaky model that fail."""


@dataclass(frozen=True, slots=True)
class Loopback:
    """A running server. arrivals: when each request came, POSIX seconds, asked for by `stop`."""

    url: str
    _pipe: Connection

    def arrivals(self) -> list[tuple[float, str]]:
        """(when, for which model) of every request so far."""
        self._pipe.send("arrivals")
        found: list[tuple[float, str]] = self._pipe.recv()
        return found


@contextmanager
def loopback(*, seed: int = 1) -> Iterator[Loopback]:
    """A server until the end of the block."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_process, args=(theirs, seed), daemon=True)
    process.start()
    port = ours.recv()
    try:
        yield Loopback(f"http://127.0.0.1:{port}/v1", ours)
    finally:
        with suppress(OSError):
            ours.send("stop")
        process.join(5)
        process.kill()


def _process(pipe: Connection, seed: int) -> None:
    asyncio.run(_serve(pipe, random.Random(seed)))


async def _serve(pipe: Connection, chance: random.Random) -> None:
    arrivals: list[tuple[float, str]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.CancelledError):
            model = await _model(reader)
            arrivals.append((time.time(), model))
            async with asyncio.timeout(30):
                await _played(model, chance)(writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, pipe.recv) == "arrivals":
        pipe.send(arrivals)
    server.close()


async def _model(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return str(json.loads(await reader.readexactly(length))["model"])


def _played(model: str, chance: random.Random) -> Callable[[asyncio.StreamWriter], asyncio.Future[None]]:
    if model.startswith("chunks-"):
        return lambda writer: _tell(writer, int(model.removeprefix("chunks-")))  # type: ignore[return-value]
    if model == "shaky" and chance.random() < _SHAKY:
        return chance.choice(_FAULTS)  # type: ignore[return-value]
    return lambda writer: _tell(writer, 12)  # type: ignore[return-value]


def _event(text: str | None = None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}).encode() + b"\n\n"


async def _tell(writer: asyncio.StreamWriter, pieces: int) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": pieces}}
    body = [_event("word ")] * pieces
    end = [_event(finish="stop"), b"data: " + json.dumps(usage).encode() + b"\n\n", b"data: [DONE]\n\n"]
    writer.write(_HEAD + b"".join([*body, *end]))
    await writer.drain()


def _refusal(status: int, headers: str = "") -> Callable[[asyncio.StreamWriter], object]:
    body = json.dumps({"error": {"message": "as it was told"}}).encode()
    head = f"HTTP/1.1 {status} No\r\ncontent-length: {len(body)}\r\ncontent-type: application/json\r\nconnection: close\r\n"

    async def refuse(writer: asyncio.StreamWriter) -> None:
        writer.write(f"{head}{headers}\r\n".encode() + body)
        await writer.drain()

    return refuse


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _cut(writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + _event("half an "))
    await writer.drain()


async def _stall(writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD + _event("half an "))
    await writer.drain()
    await asyncio.sleep(3)


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


async def _garbage(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n\x00\xff<ht>")
    await writer.drain()


_FAULTS = (
    _reset,
    _cut,
    _stall,
    _silence,
    _garbage,
    _refusal(401),
    _refusal(429),
    _refusal(429, "retry-after-ms: 50\r\n"),
    _refusal(429, "retry-after: 3600\r\n"),
    _refusal(500),
    _refusal(503),
)
