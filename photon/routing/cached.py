"""Give the answer that was given before, without asking anybody; keep the ones that are new and whole."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from photon.chat import Chunk, FinishReason, ModelInfo, Provider, Request, Usage
from photon.providers.endpoint import Endpoint

if TYPE_CHECKING:
    from photon.records.cache import ResponseCache

_logger = logging.getLogger(__name__)


def cache_key(endpoint: Endpoint, request: Request, versions: Mapping[str, str | int]) -> str:
    """The SHA-256, in hex, of the canonical JSON of everything that shapes the answer of `endpoint` to `request`.

    `versions` are those of the prompt and the notation. The names of the provider and of its key shape nothing.
    """
    shape = {
        "kind": endpoint.kind,
        "url": endpoint.url,
        "model": request.model,
        "identity": dict(endpoint.identity),
        "messages": [[message.role, message.content] for message in request.messages],
        "parameters": asdict(request.parameters),
        "grammar": request.grammar,
        **({"schema": json.dumps(dict(request.schema))} if request.schema is not None else {}),  # with its order of properties
        "versions": dict(versions),
    }
    canonical = json.dumps(shape, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()


class Cached:
    """One endpoint's answers, from `cache` where they are there. Kept is an answer that came to its own end ("stop"), and
    was one: the next try may do better than an empty one.

    refresh: ask even so, and keep the new answer instead.
    """

    def __init__(
        self,
        port: Provider,
        endpoint: Endpoint,
        cache: ResponseCache,
        *,
        refresh: bool = False,
        versions: Mapping[str, str | int],
    ) -> None:
        self._port = port
        self._endpoint = endpoint
        self._cache = cache
        self._refresh = refresh
        self._versions = versions

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`: a kept answer is one chunk of text and one that ends it."""
        from photon.records.cache import StoredAnswer

        key = cache_key(self._endpoint, request, self._versions)
        found = None if self._refresh else self._cache.get(key)
        state = "cache not looked at" if self._refresh else "not in the cache" if found is None else "in the cache"
        _logger.info("%s: %s", self._endpoint.origin, state)
        if found is not None:
            yield Chunk(origin=replace(self._endpoint.origin, cached=True), text=found.text)
            yield Chunk(finish_reason="stop", usage=found.usage)
            return
        heard = _Heard()
        try:
            async with aclosing(self._port.stream(request)) as chunks:
                async for chunk in chunks:
                    heard.hear(chunk)
                    yield chunk
        finally:  # also for a reader who leaves once the answer has ended
            text = "".join(heard.parts)
            if heard.finish_reason == "stop" and text.strip():
                self._cache.put(key, StoredAnswer(text, heard.usage or Usage()))

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says, never cached."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider, and the cache until its next use."""
        self._cache.close()
        await self._port.close()


@dataclass(slots=True)
class _Heard:
    """The answer so far; a switch voids what came before it."""

    parts: list[str] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    usage: Usage | None = None

    def hear(self, chunk: Chunk) -> None:
        if chunk.switch:
            self.parts, self.finish_reason, self.usage = [], None, None
        self.parts.append(chunk.text)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
