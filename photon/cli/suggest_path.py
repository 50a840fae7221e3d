"""``photon ai suggest-path``: the main job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from photon.cli.options import (
    CacheOption,
    DryRunOption,
    FailoverOption,
    InspectOption,
    JsonOption,
    LogOption,
    MaxTokensOption,
    ModelOption,
    ProviderOption,
    QuietOption,
    ReasoningOption,
    RefreshOption,
    StreamOption,
    TemperatureOption,
    WaitOption,
    piped_text,
    settings_flags,
    words_of,
)
from photon.cli.suggestion_view import Manner, deliver, show, tell
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.chat import Parameters
    from photon.cli.inspection import Inspector
    from photon.settings.schema import AI
    from photon.tasks.suggest_path import PathRequest, Suggestion

_EXAMPLE = 'photon ai suggest-path "POST /login with JWT response"'


def suggest_path_command(
    ctx: typer.Context,
    request: Annotated[
        list[str] | None,
        typer.Argument(metavar="REQUEST", help="What you want, in a line of English; '-' or nothing reads stdin."),
    ] = None,
    *,
    provider: ProviderOption = None,
    model: ModelOption = None,
    openapi: Annotated[
        Literal["3.1", "3.0"] | None, typer.Option("--openapi", help="The OpenAPI version to write; 3.1 by default.")
    ] = None,
    scope: Annotated[
        Literal["fragment", "path", "document"] | None,
        typer.Option(
            "--scope", help="The path with its components (fragment, the default), the path alone, or a whole document."
        ),
    ] = None,
    output_format: Annotated[
        Literal["yaml", "json", "sketch"] | None, typer.Option("--format", "-f", help="The output format; yaml by default.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, whole or not at all.")
    ] = None,
    failover: FailoverOption = None,
    cache: CacheOption = None,
    refresh: RefreshOption = False,
    log: LogOption = None,
    stream: StreamOption = True,
    as_json: JsonOption = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say on stderr what was assumed and mended, who answered, and how fast.")
    ] = False,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    dry_run: DryRunOption = False,
    inspect: InspectOption = False,
    reasoning: ReasoningOption = None,
    wait: WaitOption = True,
    quiet: QuietOption = False,
) -> None:
    """From one line of English to an OpenAPI path.

    \b
    Examples:
      photon ai suggest-path "POST /login with JWT response"
      photon ai suggest-path "list invoices of a customer, filter by status, paged"
      photon ai suggest-path -o login.yaml "POST /login with JWT response"
      echo "PUT /users/{id}/avatar upload a png" | photon ai suggest-path --json
      photon ai suggest-path --provider ollama --model llama3.2 "DELETE /users/{id}"
      photon ai suggest-path --dry-run "GET /pets"   # what would be sent, to whom

    The path goes to stdout, who gave it to stderr. One path at a time.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=True) if quiet else found
    text = _request(request or [], terminal)
    flags = settings_flags(
        provider=provider, model=model, failover=failover, cache=cache, log=log, temperature=temperature, max_tokens=max_tokens,
        openapi=openapi, scope=scope, format=output_format, reasoning=reasoning,
    )  # fmt: skip
    from photon.cli.logs import settings_for

    ai = settings_for(flags, terminal)
    wanted = _wanted(text, ai)
    if dry_run:
        _look_ahead(wanted, ai, terminal, refresh=refresh, as_json=as_json)
        return
    terminal = replace(terminal, steady=terminal.steady or inspect)
    manner = Manner(
        refresh=refresh,
        wait=wait,
        show=stream and terminal.interactive and output is None and not as_json,
        as_json=as_json,
        output=output,
        inspector=_inspector(ai, terminal, refresh=refresh, mute=as_json) if inspect else None,
    )
    try:
        suggestion = _run(wanted, ai, terminal, manner)
        deliver(suggestion, terminal, manner)
        tell(suggestion, terminal, explain=explain)
    finally:
        if manner.inspector:
            manner.inspector.report()
    if refresh:
        from photon.cli.replay_keeping import forget_replays

        forget_replays(ai)
    elif request and request != ["-"] and output is None and not (as_json or explain or terminal.steady or suggestion.switches):
        from photon.cli.replay_keeping import keep_for_replay

        keep_for_replay(suggestion, ai, terminal)


def _request(words: list[str], terminal: Terminal) -> str:
    """The request from the arguments, or from stdin. Raises UsageError when there is none."""
    piped = words == ["-"] or (not words and not terminal.asking)
    text = piped_text(terminal) if piped else words_of(words)
    if not text.strip():
        raise UsageError("there is no request", hint=_EXAMPLE)
    return text


def _wanted(text: str, ai: AI) -> PathRequest:
    from photon.openapi.document import Rendering
    from photon.tasks.suggest_path import PathRequest

    style: Any = ai.style  # its choices are the literals of Rendering, checked where the settings are loaded
    rendering = Rendering(version=style.openapi, scope=style.scope, default_auth=style.auth)
    return PathRequest(text=text, rendering=rendering, format=style.format)


def _look_ahead(wanted: PathRequest, ai: AI, terminal: Terminal, *, refresh: bool, as_json: bool) -> None:
    """Print what would be sent."""
    import asyncio

    from photon.cli.inspection import dry_run
    from photon.tasks.suggest_path import circumstances, request_for

    request = request_for(wanted, _parameters(ai))
    asyncio.run(dry_run(ai, request, circumstances(refresh=refresh), terminal, as_json=as_json))


def _inspector(ai: AI, terminal: Terminal, *, refresh: bool, mute: bool) -> Inspector:
    from photon.cli.inspection import Inspector
    from photon.tasks.suggest_path import circumstances

    return Inspector(terminal, ai, circumstances(refresh=refresh), mute=mute)


def _parameters(ai: AI) -> Parameters:
    from photon.chat import Parameters

    return Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)


def _run(wanted: PathRequest, ai: AI, terminal: Terminal, manner: Manner) -> Suggestion:
    from photon.cli.running import run_until_done

    return run_until_done(_ask(wanted, ai, terminal, manner), None if manner.output else terminal.out)


async def _ask(wanted: PathRequest, ai: AI, terminal: Terminal, manner: Manner) -> Suggestion:
    from photon.tasks.suggest_path import suggest_path, who_answers

    provider = who_answers(wanted, ai, refresh=manner.refresh, wait=manner.wait, warn=terminal.warn, notice=terminal.note)
    provider = manner.inspector.over(provider) if manner.inspector else provider
    try:
        events = suggest_path(wanted, provider, _parameters(ai))
        return await show(events, terminal, show=manner.show, reasoning=ai.reasoning == "show")
    finally:
        await provider.close()
