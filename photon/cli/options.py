"""What several commands take from their command line: the options, the settings these override, and the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from photon.cli.completion import complete_model, complete_provider
from photon.cli.terminal import Terminal
from photon.errors import UsageError

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


def words_of(words: Sequence[str]) -> str:
    """The arguments as one text. Raises UsageError where they are no text: bytes of a shell that does not speak UTF-8."""
    text = " ".join(words)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError("the request is not UTF-8 text", hint="check the encoding of your terminal (locale)") from error
    return text


def piped_text(terminal: Terminal) -> str:
    """All that is piped in, empty where stdin is closed. Raises UsageError where it is no text."""
    try:
        return terminal.stdin.read() if terminal.stdin and not terminal.stdin.closed else ""
    except UnicodeDecodeError as error:
        raise UsageError("what is piped in is not UTF-8 text", hint="iconv -t utf-8 converts it") from error


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
