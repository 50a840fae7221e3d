"""Ollama's native protocol: ``/api/chat`` as NDJSON, ``/api/tags`` and ``/api/show``.

Protocol: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from photon.chat import Capabilities, Chunk, FinishReason, ModelInfo, Request, Usage
from photon.errors import PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.httpx_connection import client, lines_of, opened
from photon.providers.ollama_host import parse_ollama_host
from photon.providers.profiles import capabilities
from photon.providers.refusals import Refusal, one_line
from photon.providers.streaming import held, not_an_answer
from photon.providers.think_tags import thoughts_apart
from photon.settings.schema import Timeouts

DEFAULT_CONTEXT = 4096
"""Tokens that Ollama gives a model unless told otherwise (OLLAMA_CONTEXT_LENGTH); a longer prompt is cut without a word."""

CHARACTERS_PER_TOKEN = 3
"""A low guess, so that the tokens of a prompt are guessed high."""

ANSWER_TOKENS = 1024
"""Room left for an answer of no stated length."""

_AT_ONCE = 4
"""Models that are asked about at the same time."""


class OllamaProvider:
    """A `photon.chat.Provider` over httpx. ``endpoint.url`` takes every form of OLLAMA_HOST.

    key: for ollama.com, or a proxy in front of an Ollama; None for an Ollama itself, which wants none.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None = None,
        timeouts: Timeouts,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint, self._timeouts = endpoint, timeouts
        self._key = key
        self._url = parse_ollama_host(endpoint.url)
        headers = {**endpoint.headers, **({"Authorization": f"Bearer {key}"} if key else {})}
        self._http = client(self._url, headers, timeouts, transport)

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `photon.chat.Provider`; the request is sent when the first chunk is asked for."""
        return held(
            thoughts_apart(self._answer(request)), endpoint=self._endpoint, model=request.model, timeouts=self._timeouts
        )

    async def _answer(self, request: Request) -> AsyncGenerator[Chunk, None]:
        async with self._opened("POST", "api/chat", model=request.model, body=chat_body(request)) as response:
            async for line in lines_of(response, self._endpoint):
                if line.strip():
                    yield self._read(line, request.model)

    def _read(self, line: str, model: str) -> Chunk:
        event = _parsed(line)
        if event is None or not event.keys() & {"message", "done", "error"}:
            raise not_an_answer(self._endpoint, line)
        if event.get("error"):
            raise Refusal.mid_stream(event["error"], secret=self._key).error(self._endpoint, model, pull=_pull(model))
        return chunk(event)

    @asynccontextmanager
    async def _opened(
        self, method: str, path: str, *, model: str = "", body: Mapping[str, Any] | None = None
    ) -> AsyncIterator[httpx.Response]:
        """An open response with status 200; everything else is raised as an error of our tree."""
        request = self._http.build_request(method, path, json=body)
        async with opened(self._http, request, self._endpoint, self._timeouts, hint="ollama serve") as response:
            if not response.is_success:
                text = "\n".join([line async for line in lines_of(response, self._endpoint)])
                refusal = Refusal.read(response.status_code, text, response.headers, secret=self._key)
                raise refusal.error(self._endpoint, model, pull=_pull(model))
            yield response

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `photon.chat.Provider`. Raises ProviderUnreachable too when the list takes over ``ai.timeouts.idle`` seconds;
        what ``/api/show`` does not tell is unknown."""
        limit = self._timeouts.idle
        try:
            async with asyncio.timeout(limit or None):
                listing = await self._json("GET", "api/tags")
                entries = listing.get("models")
                if not isinstance(entries, list):
                    raise not_an_answer(self._endpoint, "")
                turns = asyncio.Semaphore(_AT_ONCE)
                known = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
                return tuple(await asyncio.gather(*(self._info(entry, turns) for entry in known)))
        except TimeoutError as error:
            raise ProviderUnreachable(
                f"{self._endpoint.provider} did not list its models within {limit:g} s",
                hint="raise ai.timeouts.idle if the provider needs longer",
            ) from error

    async def _info(self, entry: Mapping[str, Any], turns: asyncio.Semaphore) -> ModelInfo:
        name, size = entry["name"], entry.get("size")
        async with turns:
            try:
                shown = await self._json("POST", "api/show", {"model": name})
            except PhotonError:
                shown = {}
        return ModelInfo(
            id=name,
            provider=self._endpoint.provider,
            context_length=context_length(shown.get("model_info")),
            size=size if isinstance(size, int) else None,
            capabilities=self._abilities(name, shown.get("capabilities")),
        )

    def _abilities(self, name: str, shown: object) -> Capabilities:
        """What is known of the model, less conversation for one that only embeds."""
        known = self._endpoint.capabilities if name == self._endpoint.model else capabilities("ollama", name)
        return replace(known, chat=known.chat and (not isinstance(shown, list) or "completion" in shown))

    async def _json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        async with self._opened(method, path, body=body) as response:
            text = "\n".join([line async for line in lines_of(response, self._endpoint)])
        parsed = _parsed(text)
        if parsed is None:
            raise not_an_answer(self._endpoint, text)
        return parsed

    async def close(self) -> None:
        """See `photon.chat.Provider`."""
        await self._http.aclose()


def chat_body(request: Request) -> dict[str, Any]:
    """The JSON for ``/api/chat``. A trailing assistant message is continued by Ollama as it is."""
    parameters = request.parameters
    options = {
        "temperature": parameters.temperature,
        "num_predict": parameters.max_tokens,
        "top_p": parameters.top_p,
        "seed": parameters.seed,
        "stop": list(parameters.stop) or None,
        "num_ctx": context_wanted(request),
    }
    return {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "stream": True,
        **({"format": dict(request.schema)} if request.schema is not None else {}),
        "options": {name: value for name, value in options.items() if value is not None},
    }


def context_wanted(request: Request) -> int | None:
    """The context to ask for, in tokens, a power of two; None while Ollama's default has room.

    Ollama drops the beginning of a prompt that is too long and answers what is left. Asking for more than the model was
    loaded with makes Ollama load it again, so only a request that needs more asks.
    """
    characters = sum(len(message.content) for message in request.messages)
    needed = characters // CHARACTERS_PER_TOKEN + (request.parameters.max_tokens or ANSWER_TOKENS)
    return 1 << (needed - 1).bit_length() if needed > DEFAULT_CONTEXT else None


def chunk(event: Mapping[str, Any]) -> Chunk:
    """One NDJSON object. ``thinking`` is what the model thinks; ``prompt_eval_count`` is absent when the prompt was cached."""
    text, reasoning = _said(event, "content"), _said(event, "thinking")
    if not event.get("done"):
        return Chunk(text=text, reasoning=reasoning)
    finish: FinishReason = "length" if event.get("done_reason") == "length" else "stop"
    prompt, completion = event.get("prompt_eval_count"), event.get("eval_count")
    usage = Usage(
        prompt_tokens=prompt if isinstance(prompt, int) else None,
        completion_tokens=completion if isinstance(completion, int) else None,
    )
    return Chunk(text=text, reasoning=reasoning, finish_reason=finish, usage=usage)


def _said(event: Mapping[str, Any], field: str) -> str:
    message = event.get("message")
    text = message.get(field) if isinstance(message, Mapping) else None
    return text if isinstance(text, str) else ""


def context_length(model_info: object) -> int | None:
    """Tokens, from ``<architecture>.context_length``."""
    if not isinstance(model_info, Mapping):
        return None
    value = model_info.get(f"{model_info.get('general.architecture')}.context_length")
    return value if isinstance(value, int) else None


def _pull(model: str) -> str:
    return f"ollama pull {one_line(model, limit=100)}"


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None
