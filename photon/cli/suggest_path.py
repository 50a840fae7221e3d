"""``photon ai suggest-path``: the main job."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
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
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.chat import Parameters
    from photon.cli.inspection import Inspector
    from photon.settings.schema import AI
    from photon.tasks.suggest_path import Event, PathRequest, Suggestion

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
    manner = _Manner(
        refresh=refresh,
        wait=wait,
        show=stream and terminal.interactive and output is None and not as_json,
        as_json=as_json,
        output=output,
        inspector=_inspector(ai, terminal, refresh=refresh, mute=as_json) if inspect else None,
    )
    try:
        suggestion = _run(wanted, ai, terminal, manner)
        _deliver(suggestion, terminal, manner)
        _tell(suggestion, terminal, explain=explain)
    finally:
        if manner.inspector:
            manner.inspector.report()
    if refresh:
        _forget_replays(ai)
    elif request and request != ["-"] and output is None and not (as_json or explain or terminal.steady or suggestion.switches):
        _keep_for_replay(suggestion, ai, terminal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How it is asked, and where the answer goes. show: print the lines as they come."""

    refresh: bool
    wait: bool
    show: bool
    as_json: bool
    output: Path | None
    inspector: Inspector | None


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


def _run(wanted: PathRequest, ai: AI, terminal: Terminal, manner: _Manner) -> Suggestion:
    from photon.cli.running import run_until_done

    return run_until_done(_ask(wanted, ai, terminal, manner), None if manner.output else terminal.out)


async def _ask(wanted: PathRequest, ai: AI, terminal: Terminal, manner: _Manner) -> Suggestion:
    from photon.tasks.suggest_path import suggest_path, who_answers

    provider = who_answers(wanted, ai, refresh=manner.refresh, wait=manner.wait, warn=terminal.warn, notice=terminal.note)
    provider = manner.inspector.over(provider) if manner.inspector else provider
    try:
        events = suggest_path(wanted, provider, _parameters(ai))
        return await _show(events, terminal, show=manner.show, reasoning=ai.reasoning == "show")
    finally:
        await provider.close()


async def _show(events: AsyncGenerator[Event, None], terminal: Terminal, *, show: bool, reasoning: bool) -> Suggestion:
    """Print the lines as they come, if `show`; say on stderr who failed, and with `reasoning` what the model thinks; return
    the result, which is always the last event."""
    from photon.chat import Origin, Switch
    from photon.cli.provenance import Failures
    from photon.cli.reasoning import Thoughts
    from photon.cli.yaml_colours import coloured
    from photon.tasks.suggest_path import Afresh, Lines, Reasoning, Suggestion

    with terminal.spinner("asking") as spinner, Thoughts(terminal, spinner, wanted=reasoning) as thoughts:
        failures = Failures(terminal, spinner)
        async with aclosing(events):
            async for event in events:
                if not isinstance(event, Reasoning):
                    thoughts.end()
                match event:
                    case Reasoning(text):
                        thoughts.hear(text)
                    case Switch():
                        failures.hear(event)
                    case Origin():
                        failures.tell(event)
                    case Lines(lines) if show:
                        spinner.stop()
                        terminal.write("".join(coloured(line, terminal) + "\n" for line in lines))
                    case Afresh() if show:
                        terminal.rule("the lines above do not hold; here is the whole answer")
                    case Suggestion():
                        return event
    raise AssertionError("suggest_path ends with a Suggestion")


def _deliver(suggestion: Suggestion, terminal: Terminal, manner: _Manner) -> None:
    """Put the result where it was asked for: a file, stdout, or one JSON envelope there."""
    if manner.output is not None:
        from photon.settings.files import write_atomically

        write_atomically(manner.output, suggestion.text)
        terminal.note(f"wrote {manner.output}")
    if manner.as_json:
        terminal.write(_envelope(suggestion, manner.inspector))
    elif manner.output is None and not manner.show:
        terminal.write(_payload(suggestion, terminal))


def _payload(suggestion: Suggestion, terminal: Terminal) -> str:
    from photon.cli.yaml_colours import coloured

    return "".join(coloured(line, terminal) + "\n" for line in suggestion.text.splitlines())


def _envelope(suggestion: Suggestion, inspector: Inspector | None) -> str:
    import json
    from dataclasses import asdict

    from photon.cli.provenance import provenance

    facts = {
        "document": suggestion.document,
        "sketch": suggestion.sketch,
        **provenance(suggestion.answered_by, suggestion.switches, suggestion.usage, suggestion.attempts),
        "repairs": list(suggestion.repairs),
        "notes": list(suggestion.notes),
        "timings_ms": asdict(suggestion.timings),
        **({"inspection": inspector.facts()} if inspector else {}),
    }
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _tell(suggestion: Suggestion, terminal: Terminal, *, explain: bool) -> None:
    """Who answered and with how many repairs, in one line; with `explain` what each of them was, and how fast it went."""
    line = _credits(suggestion, milliseconds=suggestion.timings.total)
    if explain:
        for what, lines in (("mended", suggestion.repairs), ("assumed", suggestion.notes)):
            for each in lines:
                terminal.note(f"{what}: {each}")
        if speed := _speed(suggestion):
            line += f" · {speed}"
    terminal.note(line)


def _credits(suggestion: Suggestion, *, milliseconds: int) -> str:
    from photon.cli.provenance import credits_line

    found = suggestion
    line = credits_line(found.answered_by, found.switches, found.usage, milliseconds, found.attempts)
    count = len(suggestion.repairs)
    return line + f" · {count} repair" + "s" * (count > 1) if count else line


def _keep_for_replay(suggestion: Suggestion, ai: AI, terminal: Terminal) -> None:
    """Let the same command line print the same at once, the next time."""
    import sys

    from photon.chat import Origin
    from photon.cli.replay import remember
    from photon.providers.weights import find_weights
    from photon.records.cache import StoredAnswer, response_cache
    from photon.routing.plan import plan
    from photon.settings.paths import files_looked_at
    from photon.settings.providers import provider_settings

    if not ai.cache.enabled:
        return
    origin = suggestion.answered_by
    if plan(ai, purpose="sketch")[0].origin != replace(origin, cached=False):
        return  # the first one rests, and shall be asked when it does no longer
    is_local = provider_settings(ai, origin.provider).kind == "local"
    again = replace(suggestion, answered_by=Origin(origin.provider, origin.model, cached=True))
    kept = remember(
        sys.argv[1:],
        out=_payload(suggestion, terminal),
        err=terminal.noted(_credits(again, milliseconds=0)),
        files=(*files_looked_at(), *(find_weights(origin.model).files if is_local else ())),
        max_age_s=ai.cache.max_age_days * 86_400,
    )
    if kept:
        response_cache(ai.cache, lambda _: None).put(kept[0], StoredAnswer(kept[1]))


def _forget_replays(ai: AI) -> None:
    """The answer is a new one: nothing that was made of the old one is printed again."""
    from photon.cli.replay import PREFIX
    from photon.records.cache import response_cache

    response_cache(ai.cache, lambda _: None).drop(PREFIX)


def _speed(suggestion: Suggestion) -> str:
    """Time to the first token, and tokens a second from there on; empty for an answer from the cache."""
    first, tokens = suggestion.timings.first_token, suggestion.usage.completion_tokens
    if first is None or not tokens or suggestion.answered_by.cached or suggestion.timings.total <= first:
        return ""
    rate = tokens / (suggestion.timings.total - first) * 1000
    return f"first token after {first / 1000:.2f} s, {rate:.0f} tokens/s"
