"""Ask the same target again where that is likely to help and nobody has read anything yet."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from photon.chat import Chunk, ModelInfo, Origin, Provider, Request
from photon.errors import PhotonError
from photon.routing.classify import Action, classify
from photon.settings.schema import Retry

FIRST_PAUSE = 0.5
"""Seconds; the longest pause before the second try. Before each further try it may be twice as long."""

_logger = logging.getLogger(__name__)


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class Retried:
    """Tries up to ``settings.attempts`` times, as long as no word of an answer has been passed on, and within `total` seconds
    for all tries and their pauses (0 is no limit): no pause goes beyond them, and what is under way then is ended by `Timed`.

    Which failures are tried again is decided by `photon.routing.classify`; how soon, by `pause_after`.
    """

    def __init__(
        self,
        port: Provider,
        settings: Retry,
        *,
        origin: Origin,
        total: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = _sleep,
    ) -> None:
        self._port = port
        self._settings = settings
        self._origin = origin
        self._total = total
        self._sleep = sleep

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`, whose deadline is set here; raises the error of the last try."""
        import asyncio

        clock = asyncio.get_running_loop().time
        if self._total:
            due = clock() + self._total
            request = replace(request, deadline=due if request.deadline is None else min(due, request.deadline))
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
                if spoken or pause is None or attempt >= self._settings.attempts or _ends(request, clock() + pause):
                    raise
                _logger.info("%s: %s; asked again in %.2f s", self._origin, error.message, pause)
            await self._sleep(pause)
            attempt += 1

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says, asked once."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


def _ends(request: Request, moment: float) -> bool:
    return request.deadline is not None and moment >= request.deadline


def pause_after(error: PhotonError, attempt: int, max_wait: float) -> float | None:
    """Seconds to wait after failure number `attempt` (from 1) before the next try; None where trying again is no use.

    A Retry-After is kept exactly, and one that is longer than `max_wait` is not waited for. Otherwise the pause is drawn
    from 0 up to a bound that doubles from `FIRST_PAUSE`: exponential backoff with full jitter, so that many clients do not
    return in step (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    """
    if classify(error).action is not Action.RETRY:
        return None
    asked_for: float | None = getattr(error, "retry_after", None)
    if asked_for is not None:
        return max(0.0, asked_for) if asked_for <= max_wait else None
    import random

    return random.uniform(0.0, min(max_wait, FIRST_PAUSE * 2.0 ** (attempt - 1)))
