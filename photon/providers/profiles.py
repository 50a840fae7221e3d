"""What is known of models by their id, as data: what they can do, and which one is asked when nobody named one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from photon.chat import Capabilities

Purpose = Literal["sketch", "chat"]
"""What the answer is for: an operation sketch, or free conversation."""

OPENAI_URL: Final = "https://api.openai.com/v1"
ANTHROPIC_URL: Final = "https://api.anthropic.com"
PHOTON_SKETCH_FORMAT: Final = "photon-sketch-1"
"""The prompt format that our own adapter was trained on."""

PHOTON_MODEL: Final = "photon-openapi"
"""Our own model: the base with the shipped adapter. It writes sketches and nothing else."""

BASE_MODEL: Final = "smollm2-135m-instruct"
"""The base alone, for conversation."""

# openai: small, and it does not reason unless told to, so the first token comes at once and temperature 0 is accepted; the
# newer and cheaper "luna" models reason by default, and gpt-5-mini and gpt-4.1-mini are being switched off.
# anthropic: the small and fast one of the current models; it can be told not to think before it answers.
# https://platform.claude.com/docs/en/models/haiku-5-5/overview (2026-11)
# ollama: has no default of its own; llama3.2 is small enough for any laptop, and a missing model is answered with the
# 'ollama pull' that mends it.
DEFAULT_MODELS: Final[Mapping[str, Mapping[Purpose, str]]] = MappingProxyType(
    {
        "local": {"sketch": PHOTON_MODEL, "chat": BASE_MODEL},
        "openai": {"sketch": "gpt-5.4-mini", "chat": "gpt-5.4-mini"},
        "anthropic": {"sketch": "claude-haiku-5-5", "chat": "claude-haiku-5-5"},
        "ollama": {"sketch": "llama3.2", "chat": "llama3.2"},
        "fake": {"sketch": "fake", "chat": "fake"},
    }
)

SERVER_MODEL: Final = "default"
"""What an OpenAI-compatible server is asked for when nobody named a model: one that serves a single model takes any name."""


class _Row(NamedTuple):
    """What holds for the models whose id begins with one of `models`, asked over the wire protocol `kind` at one of `hosts` or
    of their subdomains; an empty tuple is any."""

    kind: str
    hosts: tuple[str, ...]
    models: tuple[str, ...]
    facts: Mapping[str, Any]


def _row(kind: str, *models: str, at: tuple[str, ...] = (), **facts: Any) -> _Row:
    return _Row(kind, at, models, facts)


_OPENAI: Final = ("openai.com", "openai.azure.com")
_WITHOUT_SYSTEM: Final = (
    "o1-mini",
    "o1-preview",
    "gemma-2",
    "gemma-7b",
    "mistral-7b-instruct-v0.1",
    "mistral-7b-instruct-v0.2",
)

# Later rows win over earlier ones. Looked up in November 2026:
# OpenAI: https://developers.openai.com/api/docs/models/compare and the page of each model. What reasons unless told not to
#   takes no temperature; gpt-5.1, 5.2 and 5.4 do not reason unless told to (guides/latest-model, "parameter compatibility").
# Anthropic: https://platform.claude.com/docs/en/models/overview, the migration guide of each model (sampling and prefill), and
#   build-with-claude/structured-outputs (generally available from Claude Opus 4.1 and the 4.5 models on).
# Other servers: the de facto protocol has response_format with json_schema (llama-server, vLLM, LM Studio, mistral.rs, Mistral,
#   Together, OpenRouter, Gemini), and who refuses it is asked without it. DeepSeek knows JSON without a schema only
#   (https://api-docs.deepseek.com/guides/json_mode), Groq a schema for some models (https://console.groq.com/docs/structured-outputs).
# The chat templates of the models without a system role raise an error where there is a system message.
_ROWS: Final = (
    _row("local", prefill=True, grammar=True, schema=True),
    _row("ollama", schema=True),
    _row("openai", schema=True),
    _row("openai", *_WITHOUT_SYSTEM, system=False),
    _row("openai", at=("api.deepseek.com", "api.groq.com"), schema=False),
    _row("openai", "gpt-oss", at=("api.groq.com",), schema=True),
    _row("openai", at=_OPENAI, tools=True, token_limit="max_completion_tokens"),
    _row("openai", "gpt-3.5-turbo", context_length=16_385, schema=False),
    _row("openai", "gpt-4", context_length=8_192, schema=False),
    _row("openai", "gpt-4-turbo", context_length=128_000, schema=False),
    _row("openai", "gpt-4o", context_length=128_000, schema=True),
    _row("openai", "gpt-4.1", context_length=1_047_576, schema=True),
    _row("openai", "o1", "o3", "o4", context_length=200_000, sampling=False),
    _row("openai", "o1-mini", "o1-preview", context_length=128_000, schema=False),
    _row("openai", "gpt-5", context_length=400_000, sampling=False),
    _row("openai", "gpt-5.1", "gpt-5.2", "gpt-5.4", sampling=True),
    _row("openai", "gpt-5.4", "gpt-5.5", "gpt-5.6", context_length=1_050_000),
    _row("openai", "gpt-5.4-mini", "gpt-5.4-nano", context_length=400_000),
    _row("openai", "gpt-5.1-codex", "gpt-5.2-codex", "gpt-5.3-codex", "gpt-5.2-pro", "gpt-5.4-pro", sampling=False),
    _row("openai", "gpt-5-chat", "gpt-5.1-chat", "gpt-5.2-chat", "gpt-5.3-chat", context_length=128_000),
    _row("openai", "gpt-5-chat", sampling=True),
    _row("anthropic", tools=True, schema=True, sampling=False, context_length=1_000_000),
    _row("anthropic", "claude-3", "claude-opus-4", "claude-sonnet-4", "claude-haiku-4", sampling=True, context_length=200_000),
    _row("anthropic", "claude-3", "claude-opus-4-0", "claude-opus-4-2", "claude-sonnet-4-0", "claude-sonnet-4-2", schema=False),
    _row("anthropic", "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-sonnet-4-6", context_length=1_000_000),
    _row("anthropic", "claude-opus-4-7", "claude-opus-4-8", sampling=False),
)

_SKETCHER: Final = {"chat": False, "prompt_format": PHOTON_SKETCH_FORMAT}
_OURS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {"local": _SKETCHER, "ollama": {**_SKETCHER, "prefill": True}, "openai": _SKETCHER}
)
"""Our own model, by the protocol that it is asked over; Ollama's /api/chat continues a trailing assistant message."""


def family(model: str) -> str:
    """The id without namespace and tag, in lower case: 'photon-openapi' for 'me/photon-openapi:latest'."""
    return model.rsplit("/", 1)[-1].split(":", 1)[0].lower()


def capabilities(kind: str, model: str, url: str = "") -> Capabilities:
    """What `model` can do when it is asked over the wire protocol `kind` at `url`; where nothing is known, the defaults."""
    name = family(model)
    facts: dict[str, Any] = {}
    for row in _ROWS:
        if row.kind == kind and (not row.models or name.startswith(row.models)) and (not row.hosts or _is_at(url, row.hosts)):
            facts |= row.facts
    if name == PHOTON_MODEL:
        facts |= _OURS.get(kind, {})
    return Capabilities(**facts)


def _is_at(url: str, hosts: tuple[str, ...]) -> bool:
    return f".{urlsplit(url).hostname or ''}".endswith(tuple(f".{host}" for host in hosts))


def is_openai(url: str) -> bool:
    """OpenAI itself, on its own hosts or on Azure's."""
    return _is_at(url or OPENAI_URL, _OPENAI)


def is_official(url: str) -> bool:
    """Built in: the maker's own address of a protocol that Photon speaks, OpenAI's or Anthropic's."""
    return _is_at(url, (*_OPENAI, "anthropic.com"))
