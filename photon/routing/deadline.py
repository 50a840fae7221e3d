"""End an exchange that takes longer than everything may take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from photon.chat import Chunk, ModelInfo, Origin, Provider, Request
from photon.errors import Fault, ProviderUnreachable


class Timed:
    """One target, whose exchanges end at the request's ``deadline``. total: how many seconds that gave, for people."""

    def __init__(self, port: Provider, *, origin: Origin, total: float) -> None:
        self._port = port
        self._origin = origin
        self._total = total

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`. Raises ProviderUnreachable at its deadline; without one this is the target's own stream."""
        return self._port.stream(request) if request.deadline is None else self._in_time(request, request.deadline)

    async def _in_time(self, request: Request, deadline: float) -> AsyncGenerator[Chunk, None]:
        finished = False
        async with aclosing(self._port.stream(request)) as chunks:
            while True:
                try:
                    async with asyncio.timeout_at(deadline) as limit:
                        chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                except TimeoutError as error:
                    if not limit.expired():
                        raise
                    if finished:  # only its counts are late
                        return
                    raise self._too_long() from error
                finished = finished or chunk.finish_reason is not None
                yield chunk

    def _too_long(self) -> ProviderUnreachable:
        return ProviderUnreachable(
            f"{self._origin.provider} did not finish its answer within {self._total:g} s",
            hint="raise ai.timeouts.total if the model needs longer",
            fault=Fault.TOTAL_TIMEOUT,
        )

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says; listing has limits of its own."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()
