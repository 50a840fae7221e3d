"""See each exchange with a target to its end, whatever that is, and say what it was."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from photon.chat import Attempt, Chunk, FinishReason, ModelInfo, Origin, Provider, Request, Usage
from photon.errors import PhotonError

_logger = logging.getLogger(__name__)


class Watched:
    """One target, each exchange with which is told to `told` and to the request's own ``on_attempt`` when it has ended.

    A reader who stops after the end of the answer, or in its middle because it had heard enough, is no failure.
    """

    def __init__(self, port: Provider, *, origin: Origin, told: Callable[[Attempt, PhotonError | None], None]) -> None:
        self._port = port
        self._origin = origin
        self._told = told

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`."""
        seen = _Seen(self._origin)
        try:
            async with aclosing(self._port.stream(request)) as chunks:
                async for chunk in chunks:
                    seen.see(chunk)
                    yield chunk
        except PhotonError as failure:
            seen.error = failure
            raise
        except (asyncio.CancelledError, KeyboardInterrupt):
            seen.cancelled = True
            raise
        finally:
            attempt = seen.attempt()
            _logger.debug("%s: %s", self._origin, attempt)
            self._told(attempt, seen.error)
            if request.on_attempt:
                request.on_attempt(attempt)

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


@dataclass(slots=True)
class _Seen:
    """What was seen of the exchange so far."""

    origin: Origin
    started: float = field(default_factory=time.time)
    begun: float = field(default_factory=time.perf_counter)
    first: float | None = None
    usage: Usage = Usage()
    finish_reason: FinishReason | None = None
    error: PhotonError | None = None
    cancelled: bool = False

    def see(self, chunk: Chunk) -> None:
        if self.first is None and (chunk.text or chunk.reasoning):
            self.first = time.perf_counter()
        if chunk.usage:
            self.usage = chunk.usage
        if chunk.finish_reason:
            self.finish_reason = chunk.finish_reason

    def attempt(self) -> Attempt:
        return Attempt(
            origin=self.origin,
            started=self.started,
            total_ms=1000 * (time.perf_counter() - self.begun),
            first_token_ms=None if self.first is None else 1000 * (self.first - self.begun),
            usage=self.usage,
            finish_reason=self.finish_reason,
            fault=self.error.fault if self.error else None,
            error=self.error.message.partition("\n")[0] if self.error else "",
            cancelled=self.cancelled,
        )
