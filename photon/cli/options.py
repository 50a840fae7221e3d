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
        help="Who answers: auto, openai, anthropic, ollama, local, a preset such as groq, or a name from photon.toml.",
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
LogOption = Annotated[
    bool | None,
    typer.Option(
        "--log/--no-log", help="Record the texts of this request, or its counts alone (photon ai log).", show_default=False
    ),
]
StreamOption = Annotated[
    bool, typer.Option("--stream/--no-stream", help="Show the answer while it is written.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, to whom, at what cost; send nothing.")]
InspectOption = Annotated[
    bool, typer.Option("--inspect", help="Show on stderr what is sent, and what came back: tokens, time, cost, retries.")
]
ReasoningOption = Annotated[
    bool | None,
    typer.Option(
        "--reasoning/--no-reasoning", help="Show on stderr, dimmed, what a reasoning model thinks.", show_default=False
    ),
]
SchemaOption = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="FILE",
        help='Answer with JSON of this JSON Schema: a file, {...}, or fields like "name, age int".',
    ),
]
SpecOption = Annotated[
    str | None,
    typer.Option("--spec", metavar="FILE", help="Your OpenAPI document, to write in its style; ai.spec sets it for a project."),
]
NoSpecOption = Annotated[bool, typer.Option("--no-spec", help="Leave the project's document (ai.spec) aside.")]
WaitOption = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait", help="Wait for the turn where your own rate limit is reached, or fail at once.", show_default=False
    ),
]
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
    "reasoning": "ai.reasoning",
    "cache": "ai.cache.enabled",
    "log": "ai.record.keep",
    "openapi": "ai.style.openapi",
    "scope": "ai.style.scope",
    "format": "ai.style.format",
    "auth": "ai.style.auth",
    "spec": "ai.spec",
}


_VALUES: Mapping[tuple[str, object], object] = {
    ("reasoning", True): "show",
    ("reasoning", False): "hide",
    ("log", True): "all",
    ("log", False): "counts",
}
"""Settings of more than two words for which there is a flag that is given or not."""


def settings_flags(**options: object) -> Mapping[str, object]:
    """The settings that the given options override, by dotted key; an option that is None was not given.

    Raises UsageError for a ``--spec`` without a name, which an unset variable of the shell leaves.
    """
    if not str(options.get("spec") or "-").strip() or options.get("spec") == "":
        raise UsageError("--spec names no file", hint="--spec openapi.yaml, or --no-spec")
    if options.get("log") is False and _nothing_is_kept():  # then --no-log is no reason to begin with it
        options["log"] = None
    return {_KEYS[name]: _VALUES.get((name, value), value) for name, value in options.items() if value is not None}


def _nothing_is_kept() -> bool:
    from photon.settings.load import load

    return load().settings.ai.record.keep == "nothing"
