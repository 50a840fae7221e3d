"""Anthropic's Messages API over httpx: Claude at Anthropic itself, or any server that speaks its protocol."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from photon.chat import Chunk, ModelInfo, Request
from photon.errors import ProviderUnreachable
from photon.providers import anthropic_wire as wire
from photon.providers.connection import checked_url, sendable_key
from photon.providers.endpoint import Endpoint
from photon.providers.httpx_connection import client, lines_of, opened
from photon.providers.profiles import ANTHROPIC_URL, capabilities
from photon.providers.refusals import Refusal
from photon.providers.server_sent import events, parsed
from photon.providers.streaming import held, not_an_answer
from photon.settings.schema import Timeouts

_PAGE = 1000
"""Models in one page of the list, the most that can be asked for."""

_PAGES = 20
"""Pages that are read at most: a list that never ends is none."""


class AnthropicProvider:
    """A `photon.chat.Provider` over httpx.

    key: the secret, None for a server that needs none. think: the models that can shall think aloud; else those that can be
    told so answer at once. What a server refuses about a model (a temperature, a way to think) is left out once it said so,
    and remembered.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None,
        timeouts: Timeouts,
        think: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint, self._timeouts, self._think = endpoint, timeouts, think
        self._key = sendable_key(key, endpoint)
        self._url = wire.root(checked_url(endpoint.url or ANTHROPIC_URL, endpoint.provider))
        secret = {"x-api-key": self._key} if self._key else {}
        headers = {"anthropic-version": wire.VERSION, **endpoint.headers, **secret}
        self._http = client(self._url, headers, timeouts, transport)
        self._refused: defaultdict[str, set[str]] = defaultdict(set)

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `photon.chat.Provider`; the request is sent when the first chunk is asked for."""
        return held(self._answer(request), endpoint=self._endpoint, model=request.model, timeouts=self._timeouts)

    async def _answer(self, request: Request) -> AsyncGenerator[Chunk, None]:
        reader = wire.MessageReader()
        async with self._chat(request) as response:
            async for payload, whole in events(lines_of(response, self._endpoint)):
                event = self._event(payload, request.model, whole=whole)
                if event["type"] == "message_stop":
                    break
                if event["type"] != "ping":
                    yield reader.read(event)

    def _event(self, payload: str, model: str, *, whole: bool) -> Mapping[str, Any]:
        event = parsed(payload)
        if event is None or "type" not in event or (whole and event["type"] not in ("message", "error")):
            raise not_an_answer(self._endpoint, payload)
        if event["type"] == "error":
            raise Refusal.mid_stream(event.get("error"), secret=self._key).error(self._endpoint, model)
        return event

    @asynccontextmanager
    async def _chat(self, request: Request) -> AsyncIterator[httpx.Response]:
        """The open response to `request`, which is repeated without what the server does not want as long as that helps."""
        can, refused = self._endpoint.capabilities, self._refused[request.model]
        async with AsyncExitStack() as stack:
            while True:
                body = wire.body(request, can, think=self._think, refused=refused)
                response = await stack.enter_async_context(self._opened("POST", "messages", json=body))
                if response.is_success:
                    break
                refusal = await self._refusal(response)
                name = wire.unwanted(refusal, body)
                if name is None:
                    raise refusal.error(self._endpoint, request.model)
                refused.add(name)
            yield response

    async def _refusal(self, response: httpx.Response) -> Refusal:
        text = "\n".join([line async for line in lines_of(response, self._endpoint)])
        return Refusal.read(response.status_code, text, response.headers, secret=self._key)

    def _opened(self, method: str, route: str, **sent: Any) -> AbstractAsyncContextManager[httpx.Response]:
        """An open response, whatever its status."""
        return opened(self._http, self._http.build_request(method, f"v1/{route}", **sent), self._endpoint, self._timeouts)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `photon.chat.Provider`. Raises ProviderUnreachable too when the list takes over ``ai.timeouts.idle`` seconds."""
        limit = self._timeouts.idle
        try:
            async with asyncio.timeout(limit or None):
                return tuple([self._info(entry) async for entry in self._entries()])
        except TimeoutError as error:
            raise ProviderUnreachable(
                f"{self._endpoint.provider} did not list its models within {limit:g} s",
                hint="raise ai.timeouts.idle if the provider needs longer",
            ) from error

    async def _entries(self) -> AsyncGenerator[Mapping[str, Any], None]:
        """The models of all pages. https://platform.claude.com/docs/en/api/models-list"""
        after: dict[str, str] = {}
        for _ in range(_PAGES):
            page = await self._page({"limit": str(_PAGE), **after})
            for entry in page["data"]:
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    yield entry
            last = page.get("last_id")
            if page.get("has_more") is not True or not isinstance(last, str) or after == {"after_id": last}:
                return
            after = {"after_id": last}

    async def _page(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        async with self._opened("GET", "models", params=query) as response:
            if not response.is_success:
                raise (await self._refusal(response)).error(self._endpoint, self._endpoint.model)
            text = "\n".join([line async for line in lines_of(response, self._endpoint)])
        page = parsed(text)
        if page is None or not isinstance(page.get("data"), list):
            raise not_an_answer(self._endpoint, text)
        return page

    def _info(self, entry: Mapping[str, Any]) -> ModelInfo:
        name, length = entry["id"], entry.get("max_input_tokens")
        known = self._endpoint.capabilities if name == self._endpoint.model else capabilities("anthropic", name, self._url)
        return ModelInfo(
            id=name,
            provider=self._endpoint.provider,
            context_length=length if isinstance(length, int) and length > 0 else known.context_length,
            capabilities=known,
        )

    async def close(self) -> None:
        """See `photon.chat.Provider`."""
        await self._http.aclose()
