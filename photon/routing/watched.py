"""See each exchange with a target to its end, whatever that is, and say what it was."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from photon.chat import Attempt, Chunk, FinishReason, ModelInfo, Origin, Provider, Request, Usage
from photon.errors import Fault, PhotonError
from photon.providers.endpoint import Endpoint

Cost = Callable[[Endpoint, Attempt], float | None]
"""USD of one exchange; 0 where it is free, None where it is unknown."""

_NOBODY_ASKED = (Fault.NO_KEY, Fault.MISSING_EXTRA, Fault.CONFIGURATION)

_logger = logging.getLogger(__name__)


class Watched:
    """One target, each exchange with which is told to `told` and to the request's own ``on_attempt`` when it has ended.

    A failure before anybody was asked, such as a missing key, is no exchange. A reader who stops after the end of the
    answer, or in its middle because it had heard enough, is no failure.
    """

    def __init__(
        self,
        port: Provider,
        endpoint: Endpoint,
        *,
        told: Callable[[Attempt, PhotonError | None], None],
        cost: Cost = lambda endpoint, attempt: None,
    ) -> None:
        self._port = port
        self._endpoint = endpoint
        self._told = told
        self._cost = cost

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`."""
        seen = _Seen(self._endpoint.origin)
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
            if seen.error is None or seen.error.fault not in _NOBODY_ASKED:
                self._tell(seen, request)

    def _tell(self, seen: _Seen, request: Request) -> None:
        attempt = replace(seen.attempt(), kind=self._endpoint.kind, host=_host(self._endpoint.url))
        attempt = replace(attempt, cost=self._cost(self._endpoint, attempt))
        _log(attempt)
        self._told(attempt, seen.error)
        if request.on_attempt:
            request.on_attempt(attempt)

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


def _host(url: str) -> str:
    """The host of `url`, with its port where it has one; never a name or a password."""
    return urlsplit(url).netloc.rpartition("@")[2]


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
            _logger.debug("%s: first token after %.0f ms", self.origin, 1000 * (self.first - self.begun))
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


def _log(attempt: Attempt) -> None:
    usage = attempt.usage
    outcome = f"{attempt.fault}: {attempt.error}" if attempt.fault else "cancelled" if attempt.cancelled else "answered"
    facts = {
        "provider": attempt.origin.provider,
        "model": attempt.origin.model,
        "total_ms": round(attempt.total_ms, 1),
        "first_token_ms": None if attempt.first_token_ms is None else round(attempt.first_token_ms, 1),
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "finish_reason": attempt.finish_reason,
        "fault": attempt.fault,
    }
    tokens = "" if usage.completion_tokens is None else f", {usage.prompt_tokens} + {usage.completion_tokens} tokens"
    _logger.info("%s: %s (%.0f ms%s)", attempt.origin, outcome, attempt.total_ms, tokens, extra=facts)
