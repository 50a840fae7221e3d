"""The chat completions protocol as bytes: what is sent, to which server in which dialect, and what its events mean.

Protocol: https://platform.openai.com/docs/api-reference/chat. No network here.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from photon.chat import Chunk, FinishReason, Request, Usage
from photon.providers.profiles import OPENAI_URL
from photon.providers.refusals import Refusal

_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""One meaning, two names: OpenAI's reasoning models take only the new one, most other servers know only the old one."""

_NAMED_IN_TEXT = ("stream_options", "temperature", "top_p")
"""Parameters that can be left out and whose names mean nothing else in a sentence; 'stop' and 'seed' might."""

_DISPENSABLE = (*_NAMED_IN_TEXT, "seed", "stop")

_FINISH: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
"""Everything else that servers say (stop, eos, end_turn, ...) is 'stop'."""


def bases(url: str) -> tuple[str, ...]:
    """The base URLs to try, in order. A URL with a path is taken as it is; to one without, ``/v1`` is added first.

    A URL copied together with ``/chat/completions`` loses that part.
    """
    url = (url or OPENAI_URL).rstrip("/").removesuffix("/chat/completions")
    return (url,) if urlsplit(url).path else (f"{url}/v1", url)


def body(request: Request, *, refused: Collection[str] = (), native: bool, grammar: bool) -> dict[str, Any]:
    """The parameters of ``chat.completions.create``, without those that the server `refused` for this model.

    native: the server is OpenAI's. grammar: the server takes llama.cpp's ``grammar``.
    """
    parameters = request.parameters
    limit = "max_completion_tokens" if native else "max_tokens"
    wanted: dict[str, Any] = {
        "temperature": parameters.temperature,
        "top_p": parameters.top_p,
        "seed": parameters.seed,
        "stop": list(parameters.stop) or None,
        _LIMITS[limit] if limit in refused else limit: parameters.max_tokens,
        "stream_options": {"include_usage": True},
        "extra_body": {"grammar": request.grammar} if grammar and request.grammar else None,
    }
    return {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "stream": True,
        **{name: value for name, value in wanted.items() if value is not None and name not in refused},
    }


def unwanted(refusal: Refusal, sent: Mapping[str, Any], refused: Collection[str]) -> str | None:
    """The parameter that a 400 or 422 is about, if the request can be repeated without it or under its other name."""
    if refusal.status not in (400, 422) or refusal.context:
        return None
    for name in (*_DISPENSABLE, *_LIMITS):
        named = refusal.param == name or (
            name in (*_NAMED_IN_TEXT, *_LIMITS) and re.search(rf"\b{name}\b", refusal.message) is not None
        )
        if named and name in sent and _LIMITS.get(name) not in refused:
            return name
    return None


async def events(lines: AsyncIterable[str]) -> AsyncGenerator[tuple[str, bool], None]:
    """The payload of each ``data:`` line, with False; or, when the body is no event stream, all of it at the end, with True.

    The servers in question send one event a line, so a line is not held back until the blank one after it.
    """
    rest, streaming = [], False
    async for line in lines:
        if line.startswith("data:"):
            streaming = True
            yield line[5:].strip(), False
        elif not streaming and not line.startswith((":", "event:", "id:", "retry:")):
            rest.append(line)
    whole = "\n".join(rest).strip()
    if whole and not streaming:
        yield whole, True


def parsed(payload: str) -> Mapping[str, Any] | None:
    """The JSON object in `payload`, None if it is none."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def chunk(event: Mapping[str, Any]) -> Chunk:
    """What a ``chat.completion.chunk`` brings, or a whole ``chat.completion``; fields that are not as they should be are
    not there. ``reasoning_content`` is not part of the answer."""
    choice = _object(_first(event.get("choices")))
    said = _object(choice.get("delta")) or _object(choice.get("message"))
    finish = choice.get("finish_reason")
    return Chunk(
        text=_text(said.get("content")) or _text(said.get("refusal")),
        finish_reason=_FINISH.get(finish.lower(), "stop") if isinstance(finish, str) and finish else None,
        usage=_usage(_object(event.get("usage"))),
    )


def _usage(usage: Mapping[str, Any]) -> Usage | None:
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    counted = Usage(
        prompt_tokens=prompt if isinstance(prompt, int) else None,
        completion_tokens=completion if isinstance(completion, int) else None,
    )
    return None if counted == Usage() else counted


def context_length(model: Mapping[str, Any]) -> int | None:
    """Tokens, from the extras of vLLM (max_model_len), LM Studio and others (context_length), llama-server (meta)."""
    meta = _object(model.get("meta"))
    found = (
        *map(model.get, ("max_model_len", "context_length", "max_context_length")),
        meta.get("n_ctx"),
        meta.get("n_ctx_train"),
    )
    return next((value for value in found if isinstance(value, int) and value > 0), None)


def size(model: Mapping[str, Any]) -> int | None:
    """Bytes, as llama-server says in ``meta``."""
    value = _object(model.get("meta")).get("size")
    return value if isinstance(value, int) else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
