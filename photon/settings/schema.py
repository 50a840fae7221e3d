"""What can be configured: one frozen dataclass a table of photon.toml, each field with its default and what it means.

This module is the only list of settings. The loader, ``config explain``, the error messages and photon.toml.example
are all derived from it. A field's metadata: ``doc`` (one line for people), ``minimum``/``maximum`` (inclusive),
``choices``, ``form`` ("url": http or https; "key": the name of a key, never the secret; "header": "Name: value"),
``own`` (why it is never taken from a project's file, which somebody else may have written), and ``accepts``, the Python
types that may stand in a file where they are more than the default's own. A field without ``doc`` is no setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

PROVIDER_KINDS = ("openai", "anthropic", "ollama", "local", "fake")
"""Wire protocols, one module in photon/providers each."""

CASES = ("auto", "camel", "pascal", "snake", "kebab", "constant", "flat")
"""How names may be written: userId, UserId, user_id, user-id, USER_ID, userid."""


def _setting(default: Any, doc: str, **limits: Any) -> Any:
    """A field with its documentation and limits as metadata."""
    return field(default=default, metadata={"doc": doc, **limits})


def _table(factory: Any, doc: str) -> Any:
    return field(default_factory=factory, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. 0 means no limit."""

    connect: float = _setting(5.0, "seconds to reach the provider", minimum=0.0, maximum=600.0)
    first_token: float = _setting(
        60.0, "seconds from the request to the first piece of the answer", minimum=0.0, maximum=3600.0
    )
    idle: float = _setting(20.0, "seconds between two pieces of the answer", minimum=0.0, maximum=3600.0)
    total: float = _setting(
        300.0, "seconds for all of it at one provider, retries and their pauses included", minimum=0.0, maximum=86_400.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and how patiently, one provider is asked again before the next one is tried."""

    attempts: int = _setting(2, "tries at one provider, the first one included", minimum=1, maximum=10)
    max_wait: float = _setting(
        2.0, "the longest pause before a try, in seconds; a longer Retry-After fails over", minimum=0.0, maximum=600.0
    )
    cooldown: float = _setting(
        30.0, "seconds for which a provider that failed is asked last; 0 is never", minimum=0.0, maximum=86_400.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """The answers that were given before."""

    enabled: bool = _setting(True, "answer from the cache what was asked before")
    max_age_days: float = _setting(30.0, "older answers are asked for again", minimum=0.0, maximum=36500.0)
    max_size_mb: float = _setting(64.0, "the oldest answers are dropped above this size", minimum=0.0, maximum=1_000_000.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How OpenAPI is written."""

    openapi: str = _setting("3.1", "the OpenAPI version to write", choices=("3.1", "3.0"))
    scope: str = _setting(
        "fragment",
        "how much to print: the path with its components, the path alone, a whole document",
        choices=("fragment", "path", "document"),
    )
    format: str = _setting("yaml", "the output format", choices=("yaml", "json", "sketch"))
    auth: str = _setting(
        "bearer", "security of an operation that does not say", choices=("none", "bearer", "basic", "apiKey", "oauth2")
    )
    profile: str = _setting(
        "default",
        "the guidelines to follow where there is no specification, or it has no habit",
        choices=("default", "zalando", "azure", "google"),
    )
    properties: str = _setting("auto", "the case of property names; auto is as the specification has them", choices=CASES)
    parameters: str = _setting("auto", "the case of query parameters; auto is as the specification has them", choices=CASES)
    segments: str = _setting("auto", "the case of path segments; auto is as the specification has them", choices=CASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The model in this process (llama.cpp)."""

    threads: int = _setting(0, "threads to compute with; 0 is one for each physical core", minimum=0, maximum=1024)
    gpu_layers: int = _setting(0, "layers to put on the GPU; -1 is all of them", minimum=-1, maximum=10_000)
    context_length: int = _setting(2048, "tokens that prompt and answer may have together", minimum=256, maximum=1_048_576)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is remembered of every request that is made, on this machine only."""

    keep: str = _setting(
        "all",
        "all: prompts, answers, tokens, cost; counts: everything but the texts; nothing",
        choices=("all", "counts", "nothing"),
    )
    max_age_days: float = _setting(90.0, "older requests are forgotten", minimum=0.0, maximum=36500.0)
    max_size_mb: float = _setting(256.0, "the oldest are dropped above this size", minimum=1.0, maximum=1_000_000.0)
    prices: str = _setting("", "a TOML file with prices that win over the shipped ones (photon ai usage --prices shows them)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent, in USD, by the record of this machine. 0 is no limit."""

    daily: float = _setting(0.0, "USD a day (local time)", minimum=0.0, maximum=1_000_000.0)
    monthly: float = _setting(0.0, "USD a calendar month (local time)", minimum=0.0, maximum=1_000_000.0)
    action: str = _setting("stop", "when it is spent: stop asking who costs money, or warn", choices=("stop", "warn"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What Photon says about its own work, for looking into trouble; -v and -vv say it on stderr."""

    file: str = _setting(
        "",
        "append it to this file, one JSON object a line; empty is no file",
        own="whoever uses the project would have that file written to",
    )
    level: str = _setting("info", "how much of it goes there", choices=("info", "debug"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What ``photon ai lint`` looks for. `photon.openapi.lint` knows the rules, and checks their names."""

    rules: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": 'switch rules: ["no-unused-components=off", "operation-description=error"] (photon ai explain lists them)',
            "accepts": (list,),
        },
    )
    fail_on: str = _setting(
        "error",
        "the mildest finding for which the exit code is 1",
        choices=("error", "warning", "info", "never"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedProvider:
    """A provider under ``[ai.providers.NAME]``; an empty string is 'the default of that kind'."""

    kind: str = _setting("openai", "the wire protocol: " + ", ".join(PROVIDER_KINDS) + ", or a plug-in's")
    url: str = _setting("", "the base URL", form="url")
    model: str = _setting("", "the model to ask when none is named")
    key: str = _setting(
        "",
        "the name of the key to send, as in 'photon ai keys set NAME'; the provider's own name if empty",
        form="key",
    )
    key_command: str = _setting(
        "",
        "a command that prints the key, such as 'pass show openai'; only from your own settings, never a project's",
        own="whoever uses the project would run its command",
    )
    headers: tuple[str, ...] = field(
        default=(),
        repr=False,  # a gateway's may be secret
        metadata={"doc": "further headers to send, as 'Name: value'", "accepts": (list,), "form": "header"},
    )
    context_length: int = _setting(
        0, "tokens that prompt and answer may have together; 0 is what is known of the model", minimum=0, maximum=100_000_000
    )
    requests_per_minute: int = _setting(
        0, "how often it may be asked, on this machine; 0 is no limit", minimum=0, maximum=1_000_000
    )
    tokens_per_minute: int = _setting(
        0, "tokens of prompts and answers, on this machine; 0 is no limit", minimum=0, maximum=1_000_000_000
    )


_NO_PROVIDERS: Mapping[str, NamedProvider] = MappingProxyType({})
_NO_URLS: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AI:
    """The ``[ai]`` table.

    project_urls is no setting, but found while loading: the providers whose address a project's photon.toml chose and the
    user did not, for it decides which keys go there; true where the provider itself is the project's, and not the user's.
    """

    provider: str = _setting(
        "auto", "who answers: auto, openai, anthropic, ollama, local, a preset such as groq, or a name from [ai.providers]"
    )
    model: str = _setting("", "the model to ask; empty is the provider's default")
    url: str = _setting("", "the base URL of the provider; empty is the provider's default", form="url")
    spec: str = _setting(
        "", "the project's OpenAPI document, from this file's folder on; what --spec names instead", form="file"
    )
    failover: bool | str | tuple[str, ...] = _setting(
        "auto",
        "who answers instead: auto (local if installed), true (local), false, or a list of providers in order",
        accepts=(bool, str, list),
    )
    reasoning: str = _setting(
        "hide",
        "what a reasoning model thinks before it answers: hide it, or show it dimmed on stderr",
        choices=("hide", "show"),
    )
    temperature: float = _setting(0.0, "0 is always the same answer", minimum=0.0, maximum=2.0)
    max_tokens: int = _setting(1024, "the longest answer, in tokens", minimum=1, maximum=1_048_576)
    timeouts: Timeouts = _table(Timeouts, "how long to wait")
    retry: Retry = _table(Retry, "when to ask again")
    cache: Cache = _table(Cache, "answers kept on this machine")
    record: Record = _table(Record, "what is remembered of requests")
    budget: Budget = _table(Budget, "what may be spent")
    log: Log = _table(Log, "a log file, for looking into trouble")
    style: Style = _table(Style, "how OpenAPI is written")
    lint: Lint = _table(Lint, "what the linter looks for")
    local: Local = _table(Local, "the model in this process")
    providers: Mapping[str, NamedProvider] = _table(lambda: _NO_PROVIDERS, "named providers")
    project_urls: Mapping[str, bool] = field(default_factory=lambda: _NO_URLS, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything, as ``photon.toml`` has it: one table for each group of commands."""

    ai: AI = _table(AI, "the assistant")
