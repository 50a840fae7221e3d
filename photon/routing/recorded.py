"""Remember each request that was made, with every exchange that it took. What came from the cache asked nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol

from photon.chat import Attempt, Chunk, FinishReason, Message, ModelInfo, Origin, Provider, Request
from photon.errors import PhotonError
from photon.providers.endpoint import Endpoint
from photon.records.history import Entry
from photon.routing.addressed import in_its_words

_NO_LENGTHS: Mapping[Origin, int] = MappingProxyType({})


class Record(Protocol):
    """What keeps the entries: `photon.records.requests.History`."""

    def add(self, entry: Entry) -> object: ...
    def close(self) -> None: ...


class Recorded:
    """Hands `record` an `Entry` when a request that asked somebody has ended, in whatever way.

    The messages that are kept are those that were sent to who answered, in that one's words. command: what the user ran.
    lengths: see `photon.routing.fitted`.
    """

    def __init__(
        self,
        port: Provider,
        endpoints: Sequence[Endpoint],
        *,
        command: str,
        record: Record,
        lengths: Mapping[Origin, int] = _NO_LENGTHS,
    ) -> None:
        self._port = port
        self._endpoints: Mapping[Origin, Endpoint] = {endpoint.origin: endpoint for endpoint in endpoints}
        self._command = command
        self._record = record
        self._lengths = lengths

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`."""
        heard = _Heard()
        try:
            async with aclosing(self._port.stream(replace(request, on_attempt=heard.attempts.append))) as chunks:
                async for chunk in chunks:
                    heard.hear(chunk)
                    yield chunk
        except PhotonError as error:
            heard.error = error
            raise
        except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
            heard.cancelled = heard.finish_reason is None
            raise
        finally:
            if request.on_attempt:
                for attempt in heard.attempts:
                    request.on_attempt(attempt)
            if heard.attempts or heard.error:
                self._record.add(self._entry(request, heard))

    def _entry(self, request: Request, heard: _Heard) -> Entry:
        answered_by = heard.origin if heard.error is None and heard.finish_reason else None
        asked = answered_by or (heard.attempts[-1].origin if heard.attempts else None)
        return Entry(
            command=self._command,
            messages=self._messages(request, asked),
            parameters=request.parameters,
            asked=request.asked,
            details=_with_schema(request),
            started=heard.started,
            total_ms=1000 * (time.perf_counter() - heard.begun),
            attempts=tuple(heard.attempts),
            origin=answered_by,
            answer="".join(heard.parts),
            finish_reason=heard.finish_reason,
            first_token_ms=heard.first_token_ms,
            switches=heard.switches,
            fault=heard.error.fault if heard.error else "",
            error=heard.error.message if heard.error else "",
            cancelled=heard.cancelled,
        )

    def _messages(self, request: Request, asked: Origin | None) -> tuple[Message, ...]:
        endpoint = self._endpoints.get(asked) if asked else None
        if asked is None or endpoint is None:
            return request.messages
        return in_its_words(request, endpoint, length=self._lengths.get(asked)).messages

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider, and the record until its next use."""
        self._record.close()
        await self._port.close()


def _with_schema(request: Request) -> Mapping[str, Any]:
    """The schema belongs to what must be known to ask the same again: the words about it are made for each model."""
    return request.details if request.schema is None else {**request.details, "schema": dict(request.schema)}


@dataclass(slots=True)
class _Heard:
    """The answer so far; a switch voids what came before it."""

    started: float = field(default_factory=time.time)
    begun: float = field(default_factory=time.perf_counter)
    attempts: list[Attempt] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    origin: Origin | None = None
    finish_reason: FinishReason | None = None
    first_token_ms: float | None = None
    switches: int = 0
    error: PhotonError | None = None
    cancelled: bool = False

    def hear(self, chunk: Chunk) -> None:
        if chunk.switch:
            self.parts.clear()
            self.finish_reason = None
            self.switches += 1
        self.origin = chunk.origin or self.origin
        if chunk.text:
            if self.first_token_ms is None:
                self.first_token_ms = 1000 * (time.perf_counter() - self.begun)
            self.parts.append(chunk.text)
        self.finish_reason = chunk.finish_reason or self.finish_reason
