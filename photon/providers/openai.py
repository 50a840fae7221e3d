"""OpenAI, and every server that speaks its chat completions protocol: vLLM, llama-server, LM Studio, mistral.rs, ...

The SDK makes the request; the stream is read here, because the SDK's own reader swallows ``[DONE]``, and without it an
answer that broke off cannot be told from one whose server never says ``finish_reason``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
import openai
from anyio import EndOfStream

from photon.chat import Chunk, ModelInfo, Request
from photon.errors import PhotonError, ProviderUnreachable
from photon.providers import openai_wire as wire
from photon.providers.connection import (
    LOOPBACK_DIRECT,
    checked_url,
    connect_timeout,
    sendable_key,
    unreachable,
    with_proxies,
)
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import OPENAI_URL, capabilities
from photon.providers.refusals import Refusal
from photon.providers.server_sent import events, parsed
from photon.providers.streaming import broke_off, held, lines, not_an_answer
from photon.providers.think_tags import thoughts_apart
from photon.settings.schema import Timeouts

_Reply = openai.AsyncAPIResponse[Any]
_Ask = Callable[[openai.AsyncOpenAI], AbstractAsyncContextManager[_Reply]]

_NETWORK = (httpx2.HTTPError, OSError, EndOfStream)
"""What reading a body can raise; httpx2 lets some TLS errors through as they are."""


class OpenAIProvider:
    """A `photon.chat.Provider` over the openai SDK.

    key: the secret, None for a server that needs none (then no Authorization header is sent). What a server refuses about
    a model (``stream_options``, ``temperature``, the name of the token limit) is left out once it said so, and remembered.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None,
        timeouts: Timeouts,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint, self._timeouts = endpoint, timeouts
        self._key = sendable_key(key, endpoint)
        self._url = checked_url(endpoint.url or OPENAI_URL, endpoint.provider)
        self._http = with_proxies(
            lambda trust_env: openai.DefaultAsyncHttpxClient(
                timeout=openai.Timeout(None, connect=timeouts.connect or None),
                follow_redirects=False,
                mounts=LOOPBACK_DIRECT,
                transport=transport,
                trust_env=trust_env,
            ),
            self._url,
            httpx2.InvalidURL,
        )
        self._clients = tuple(self._client(base) for base in wire.bases(self._url))
        self._refused: defaultdict[str, set[str]] = defaultdict(set)

    def _client(self, base: str) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(api_key=self._key or "none", base_url=base, max_retries=0, http_client=self._http)

    @property
    def _headers(self) -> dict[str, Any]:
        return {**self._endpoint.headers, **({} if self._key else {"Authorization": openai.Omit()})}

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `photon.chat.Provider`; the request is sent when the first chunk is asked for."""
        return held(
            thoughts_apart(self._answer(request)), endpoint=self._endpoint, model=request.model, timeouts=self._timeouts
        )

    async def _answer(self, request: Request) -> AsyncGenerator[Chunk, None]:
        finished = False
        async with self._chat(request) as reply:
            async for payload, whole in events(self._lines(reply)):
                if payload == "[DONE]":
                    break
                piece = self._read(payload, request.model, whole=whole)
                finished = finished or whole or piece.finish_reason is not None
                yield piece
            else:
                return
        if not finished:
            yield Chunk(finish_reason="stop")

    def _read(self, payload: str, model: str, *, whole: bool) -> Chunk:
        event = parsed(payload)
        if event is None or (whole and not (isinstance(event.get("choices"), list) or event.get("error"))):
            raise not_an_answer(self._endpoint, payload)
        if event.get("error"):
            raise Refusal.mid_stream(event["error"], secret=self._key).error(self._endpoint, model)
        if wire.gave_up(event):
            raise broke_off(self._endpoint)
        piece = wire.chunk(event)
        return replace(piece, finish_reason=piece.finish_reason or "stop") if whole else piece

    async def _lines(self, reply: _Reply) -> AsyncGenerator[str, None]:
        try:
            async for line in lines(reply.iter_bytes()):
                yield line
        except _NETWORK as error:
            raise broke_off(self._endpoint) from error
        except ValueError as error:
            raise not_an_answer(self._endpoint, "") from error

    @asynccontextmanager
    async def _chat(self, request: Request) -> AsyncIterator[_Reply]:
        """The open response to `request`, which is repeated without what the server does not want as long as that helps."""
        refused = self._refused[request.model]
        async with AsyncExitStack() as stack:
            while True:
                body = wire.body(request, self._endpoint.capabilities, refused=refused)
                reply = await self._reply(stack, _asking(body, self._headers))
                if not isinstance(reply, Refusal):
                    break
                name = wire.unwanted(reply, body, refused)
                if name is None:
                    raise reply.error(self._endpoint, request.model)
                refused.add(name)
            yield reply

    async def _reply(self, stack: AsyncExitStack, ask: _Ask) -> _Reply | Refusal:
        """What the server says, at the first base URL that has the route; that base is kept for the next time."""
        refusal = Refusal(status=404)
        for client in self._clients:
            try:
                reply = await stack.enter_async_context(ask(client))
            except openai.APIStatusError as error:
                response = error.response
                refusal = Refusal.read(response.status_code, error.body, response.headers, secret=self._key)
                if refusal.about_route:
                    continue
                return refusal
            except openai.OpenAIError as error:
                raise self._failure(error) from error
            self._clients = (client,)
            return reply
        return refusal

    def _failure(self, error: openai.OpenAIError) -> PhotonError:
        if isinstance(error, openai.APITimeoutError):
            return connect_timeout(self._endpoint, self._url, self._timeouts)
        return unreachable(self._endpoint, self._url, error.__cause__ or error)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `photon.chat.Provider`. Raises ProviderUnreachable too when the list takes over ``ai.timeouts.idle`` seconds."""
        limit = self._timeouts.idle
        try:
            async with asyncio.timeout(limit or None), AsyncExitStack() as stack:
                reply = await self._reply(stack, lambda client: _listing(client, self._headers))
                if isinstance(reply, Refusal):
                    raise reply.error(self._endpoint, self._endpoint.model)
                text = "\n".join([line async for line in self._lines(reply)])
        except TimeoutError as error:
            raise ProviderUnreachable(
                f"{self._endpoint.provider} did not list its models within {limit:g} s",
                hint="raise ai.timeouts.idle if the provider needs longer",
            ) from error
        return self._listed(text)

    def _listed(self, text: str) -> tuple[ModelInfo, ...]:
        listing = parsed(text)
        entries = listing.get("data") if listing else None
        if not isinstance(entries, list):
            raise not_an_answer(self._endpoint, text)
        known = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
        return tuple(self._info(entry) for entry in known)

    def _info(self, entry: dict[str, Any]) -> ModelInfo:
        name = entry["id"]
        known = self._endpoint.capabilities if name == self._endpoint.model else capabilities("openai", name, self._url)
        return ModelInfo(
            id=name,
            provider=self._endpoint.provider,
            context_length=wire.context_length(entry) or known.context_length,
            size=wire.size(entry),
            capabilities=known,
        )

    async def close(self) -> None:
        """See `photon.chat.Provider`."""
        await self._http.aclose()


def _asking(body: dict[str, Any], headers: dict[str, Any]) -> _Ask:
    return lambda client: client.chat.completions.with_streaming_response.create(**body, extra_headers=headers)


def _listing(client: openai.AsyncOpenAI, headers: dict[str, Any]) -> AbstractAsyncContextManager[_Reply]:
    return client.models.with_streaming_response.list(extra_headers=headers)
