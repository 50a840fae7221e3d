"""The options that several commands share, each defined once, and the settings that they override."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from photon.cli.completion import complete_model, complete_provider

ProviderOption = Annotated[
    str | None,
    typer.Option(
        "--provider",
        "-p",
        metavar="NAME",
        help="Who answers: auto, openai, ollama, local, or a name from photon.toml.",
        autocompletion=complete_provider,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME",
        help="The model to ask (photon ai models lists them).",
        autocompletion=complete_model,
    ),
]
FailoverOption = Annotated[
    bool | None,
    typer.Option("--failover/--no-failover", help="Let the local model answer when the provider cannot.", show_default=False),
]
TemperatureOption = Annotated[
    float | None, typer.Option("--temperature", "-t", metavar="0..2", help="0 is always the same answer.")
]
MaxTokensOption = Annotated[int | None, typer.Option("--max-tokens", metavar="N", help="The longest answer, in tokens.")]
CacheOption = Annotated[
    bool | None,
    typer.Option("--cache/--no-cache", help="Answer from the cache what was asked before.", show_default=False),
]
RefreshOption = Annotated[bool, typer.Option("--refresh", help="Ask again, and keep the new answer in the cache.")]
StreamOption = Annotated[
    bool, typer.Option("--stream/--no-stream", help="Show the answer while it is written.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")]

_KEYS = {
    "provider": "ai.provider",
    "model": "ai.model",
    "failover": "ai.failover",
    "temperature": "ai.temperature",
    "max_tokens": "ai.max_tokens",
    "cache": "ai.cache.enabled",
    "openapi": "ai.style.openapi",
    "scope": "ai.style.scope",
    "format": "ai.style.format",
    "auth": "ai.style.auth",
}


def settings_flags(**options: object) -> Mapping[str, object]:
    """The settings that the given options override, by dotted key; an option that is None was not given."""
    return {_KEYS[name]: value for name, value in options.items() if value is not None}
