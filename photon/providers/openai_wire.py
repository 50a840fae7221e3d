"""The chat completions protocol as bytes: what is sent, to which server in which dialect, and what its events mean.

Protocol: https://platform.openai.com/docs/api-reference/chat. No network here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from photon.chat import Capabilities, Chunk, FinishReason, Message, Request, Usage
from photon.providers.profiles import OPENAI_URL
from photon.providers.refusals import Refusal
from photon.providers.schema.openai import answer_format, refused_format
from photon.providers.schema.prompt import instructed

_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""One meaning, two names: OpenAI's reasoning models take only the new one, most other servers know only the old one."""

_NAMED_IN_TEXT = ("stream_options", "temperature", "top_p")
"""Parameters that can be left out and whose names mean nothing else in a sentence; 'stop' and 'seed' might."""

_DISPENSABLE = (*_NAMED_IN_TEXT, "seed", "stop", "stream")
"""``stream`` too: OpenAI refuses to stream some models to organizations that are not verified."""

_FINISH: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}
"""Everything else that servers say (stop, eos, end_turn, ...) is 'stop', but what begins with content_filter."""

_BROKEN = ("error", "abort", "insufficient_system_resource")
"""In place of a finish reason: the server gave up (OpenRouter, Mistral; vLLM; DeepSeek)."""


def bases(url: str) -> tuple[str, ...]:
    """The base URLs to try, in order. A URL with a path is taken as it is; to one without, ``/v1`` is added first.

    A URL copied together with ``/chat/completions`` loses that part.
    """
    url = (url or OPENAI_URL).rstrip("/").removesuffix("/chat/completions")
    return (url,) if urlsplit(url).path else (f"{url}/v1", url)


def body(request: Request, can: Capabilities, *, refused: Collection[str] = ()) -> dict[str, Any]:
    """The parameters of ``chat.completions.create`` that a model which `can` do so much takes, without those that the server
    `refused` for it. A schema that the server cannot be given is put into the prompt."""
    parameters = request.parameters
    form = answer_format(request, can, refused)
    asked = request if form and form["type"] == "json_schema" else instructed(request)
    streams = can.streams and "stream" not in refused
    wanted: dict[str, Any] = {
        "temperature": parameters.temperature if can.sampling else None,
        "top_p": parameters.top_p if can.sampling else None,
        "seed": parameters.seed,
        "stop": list(parameters.stop) or None,
        _LIMITS[can.token_limit] if can.token_limit in refused else can.token_limit: parameters.max_tokens,
        "stream_options": {"include_usage": True} if streams else None,
        "response_format": form,
        "extra_body": {"grammar": request.grammar} if can.grammar and request.grammar else None,
    }
    return {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in _messages(asked, can)],
        "stream": streams,
        **{name: value for name, value in wanted.items() if value is not None and name not in refused},
    }


def _messages(request: Request, can: Capabilities) -> Iterator[Message]:
    """For a model without a system role, what the system messages say stands in front of the first question."""
    aside = "" if can.system else "\n\n".join(message.content for message in request.messages if message.role == "system")
    for message in request.messages:
        if aside and message.role == "user":
            yield Message("user", f"{aside}\n\n{message.content}")
            aside = ""
        elif can.system or message.role != "system":
            yield message
    if aside:
        yield Message("user", aside)


def unwanted(refusal: Refusal, sent: Mapping[str, Any], refused: Collection[str]) -> str | None:
    """The parameter that a 400 or 422 is about, if the request can be repeated without it or under its other name."""
    if form := refused_format(refusal, sent):
        return form
    if refusal.status not in (400, 422) or refusal.too_long:
        return None
    for name in (*_DISPENSABLE, *_LIMITS):
        named = refusal.param == name or (
            name in (*_NAMED_IN_TEXT, *_LIMITS) and re.search(rf"\b{name}\b", refusal.message) is not None
        )
        if named and name in sent and _LIMITS.get(name) not in refused:
            return name
    return None


def chunk(event: Mapping[str, Any]) -> Chunk:
    """What a ``chat.completion.chunk`` brings, or a whole ``chat.completion``; fields that are not as they should be are
    not there.

    What the model thinks is ``reasoning_content`` (DeepSeek, vLLM, llama-server, LM Studio), ``reasoning`` (OpenRouter, newer
    vLLM, Groq), or a part of the content of type ``thinking`` (Mistral).
    """
    choice = _object(_first(event.get("choices")))
    said = _object(choice.get("delta")) or _object(choice.get("message"))
    content = said.get("content")
    return Chunk(
        text=_text(content) or _parts(content, "text") or _text(said.get("refusal")),
        reasoning=_text(said.get("reasoning_content")) or _text(said.get("reasoning")) or _parts(content, "thinking"),
        finish_reason=_finish(_text(choice.get("finish_reason")).lower()),
        usage=_usage(_object(event.get("usage"))),
    )


def gave_up(event: Mapping[str, Any]) -> bool:
    """The event says that the answer ends before its end."""
    return _text(_object(_first(event.get("choices"))).get("finish_reason")).lower() in _BROKEN


def _finish(said: str) -> FinishReason | None:
    if said.startswith("content_filter"):
        return "content_filter"
    return _FINISH.get(said, "stop") if said and said not in _BROKEN else None


def _parts(content: object, kind: str) -> str:
    """The text of the parts of one type, where the content is a list of parts; a ``thinking`` part holds parts again."""
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, Mapping) and part.get("type") == kind]
    return "".join(_text(part.get(kind)) or _parts(part.get(kind), "text") for part in parts)


def _usage(usage: Mapping[str, Any]) -> Usage | None:
    """``prompt_tokens_details.cached_tokens``, or as DeepSeek says it, ``prompt_cache_hit_tokens``."""
    cached = _count(_object(usage.get("prompt_tokens_details")).get("cached_tokens"))
    counted = Usage(
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(usage.get("prompt_cache_hit_tokens")) if cached is None else cached,
    )
    return None if counted == Usage() else counted


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


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
