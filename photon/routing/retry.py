"""Ask the same provider again where that is likely to help and nobody has read anything yet."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from photon.chat import Chunk, ModelInfo, Provider, Request
from photon.errors import PhotonError, ProviderUnreachable, RateLimited
from photon.settings.schema import Retry

FIRST_PAUSE = 0.5
"""Seconds before the second try; each further pause is twice as long."""


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class Retried:
    """Tries up to ``settings.attempts`` times, as long as no word of an answer has been passed on.

    Asked again: a rate limit that asks for no longer pause than ``settings.max_wait``, and an unreachable provider whose
    failure is transient (a 5xx, a reset connection). A used-up quota, a refused connection, a bad certificate and a
    timeout are raised at once: a second try only makes the user wait twice.
    """

    def __init__(self, port: Provider, settings: Retry, *, sleep: Callable[[float], Awaitable[None]] = _sleep) -> None:
        self._port = port
        self._settings = settings
        self._sleep = sleep

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`; raises the error of the last try."""
        attempt = 1
        while True:
            spoken = False
            try:
                async with aclosing(self._port.stream(request)) as chunks:
                    async for chunk in chunks:
                        spoken = spoken or bool(chunk.text or chunk.finish_reason)
                        yield chunk
                return
            except PhotonError as error:
                pause = pause_after(error, attempt, self._settings.max_wait)
                if spoken or pause is None or attempt >= self._settings.attempts:
                    raise
            await self._sleep(pause)
            attempt += 1

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says, asked once."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


def pause_after(error: PhotonError, attempt: int, max_wait: float) -> float | None:
    """Seconds to wait after failure number `attempt` (from 1) before the next try; None where trying again is no use.

    A Retry-After is kept exactly. Otherwise the pause doubles from `FIRST_PAUSE` and is spread by a quarter either way,
    so that many clients do not return in step.
    """
    if isinstance(error, RateLimited):
        if error.quota or (error.retry_after is not None and error.retry_after > max_wait):
            return None
        if error.retry_after is not None:
            return max(0.0, error.retry_after)
    elif not (isinstance(error, ProviderUnreachable) and error.transient):
        return None
    import random

    return min(max_wait, FIRST_PAUSE * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25))
