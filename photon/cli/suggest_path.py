"""``photon ai suggest-path``: the main job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from photon.cli.choosing import can_choose, choose, joined
from photon.cli.options import (
    CacheOption,
    DryRunOption,
    FailoverOption,
    InspectOption,
    JsonOption,
    LogOption,
    MaxTokensOption,
    ModelOption,
    NoSpecOption,
    ProviderOption,
    QuietOption,
    ReasoningOption,
    RefreshOption,
    SpecOption,
    StreamOption,
    TemperatureOption,
    WaitOption,
    piped_text,
    settings_flags,
    words_of,
)
from photon.cli.splicing import DiffOption, Splicing, WriteOption, without_spec
from photon.cli.suggestion_view import Manner, deliver, envelopes, show, tell
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    spec: SpecOption = None,
    no_spec: NoSpecOption = False,
    write: WriteOption = False,
    diff: DiffOption = False,
    replace_there: Annotated[
        bool, typer.Option("--replace", help="With --write or --diff: put it in the place of an operation that is there.")
    ] = False,
    examples: Annotated[
        bool, typer.Option("--examples", help="Add an example for every field, valid against its schema.")
    ] = False,
    describe: Annotated[bool, typer.Option("--describe", help="Ask for a description of every field.")] = False,
    alternatives: Annotated[
        int, typer.Option("--alternatives", metavar="N", min=1, max=9, help="Several different ones, to choose from.")
    ] = 1,
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
      photon ai suggest-path --spec openapi.yaml --diff "GET /users/{id}/orders"
      photon ai suggest-path --spec openapi.yaml --write "cancel an order"
      photon ai suggest-path --alternatives 3 "search products"
      photon ai suggest-path --dry-run "GET /pets"   # what would be sent, to whom

    The path goes to stdout, who gave it to stderr. One path at a time. With --spec it is written in the style of your
    document, with its components, parameters and errors; --write puts it there and changes no other line.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=True) if quiet else found
    text = _request(request or [], terminal)
    flags = settings_flags(
        provider=provider, model=model, failover=failover, cache=cache, log=log, temperature=temperature, max_tokens=max_tokens,
        openapi=openapi, scope=scope, format=output_format, reasoning=reasoning, spec=spec,
    )  # fmt: skip
    from photon.cli.logs import settings_for

    ai = without_spec(settings_for(flags, terminal)) if no_spec else settings_for(flags, terminal)
    splicing = Splicing(write=write, diff=diff, replace=replace_there)
    splicing.check(ai, output=output, as_json=as_json, piped=not request or request == ["-"])
    if splicing.wanted and alternatives > 1 and not can_choose(terminal):
        raise UsageError("one of the alternatives has to be picked, and nobody is asked here", hint="leave out --alternatives")
    wanted = _wanted(text, ai, splicing, examples=examples, describe=describe)
    if splicing.wanted and wanted.spec:
        from photon.tasks.splicing import refuse_operation

        refuse_operation(wanted.spec.spec, text, replace=replace_there)  # before anybody is asked, which costs money
    if dry_run:
        _look_ahead(wanted, ai, terminal, refresh=refresh, as_json=as_json)
        return
    terminal = replace(terminal, steady=terminal.steady or inspect)
    manner = Manner(
        refresh=refresh,
        wait=wait,
        show=stream and terminal.interactive and output is None and not (as_json or diff or alternatives > 1),
        as_json=as_json,
        output=output,
        inspector=_inspector(ai, terminal, refresh=refresh, mute=as_json) if inspect else None,
    )
    try:
        suggestions = _run(wanted, ai, terminal, manner, alternatives)
        suggestion = suggestions[0]
        if len(suggestions) < alternatives:
            terminal.note(f"only {len(suggestions)} different {'ones' if len(suggestions) > 1 else 'one'} came")
        if alternatives > 1 and (as_json or not can_choose(terminal)):
            _deliver_all(suggestions, wanted, terminal, manner, explain=explain)
            return
        if len(suggestions) > 1:
            suggestion = choose(suggestions, terminal)
        if not diff:
            deliver(suggestion, terminal, manner)
        tell(suggestion, terminal, explain=explain)
        if splicing.wanted and wanted.spec:
            splicing.put(suggestion.document, wanted.spec.spec, terminal)
    finally:
        if manner.inspector:
            manner.inspector.report()
    if refresh:
        from photon.cli.replay_keeping import forget_replays

        forget_replays(ai)
    elif (
        alternatives == 1
        and _is_repeatable(request, ai)
        and output is None
        and not (as_json or explain or terminal.steady or splicing.wanted)
    ):
        from photon.cli.replay_keeping import keep_for_replay

        keep_for_replay(suggestion, ai, terminal, files=wanted.spec.files if wanted.spec else ())


def _is_repeatable(request: list[str] | None, ai: AI) -> bool:
    """Whether the command line says all that there is to it: nothing of it comes through stdin."""
    return bool(request) and request != ["-"] and ai.spec != "-"


def _request(words: list[str], terminal: Terminal) -> str:
    """The request from the arguments, or from stdin. Raises UsageError when there is none."""
    piped = words == ["-"] or (not words and not terminal.asking)
    text = piped_text(terminal) if piped else words_of(words)
    if not text.strip():
        raise UsageError("there is no request", hint=_EXAMPLE)
    return text


def _wanted(text: str, ai: AI, splicing: Splicing, *, examples: bool, describe: bool) -> PathRequest:
    from photon.openapi.document import Rendering
    from photon.tasks.suggest_path import PathRequest, prescribed, rules_of

    style: Any = ai.style  # its choices are the literals of Rendering, checked where the settings are loaded
    rendering = Rendering(version=style.openapi, scope="fragment" if splicing.wanted else style.scope, default_auth=style.auth)
    wanted = PathRequest(text=text, rendering=rendering, format=style.format, examples=examples, describe=describe)
    wanted = replace(wanted, rules=rules_of(ai.lint), choices=ai.style)
    if not ai.spec:
        return replace(wanted, style=prescribed(style))
    from photon.tasks.spec_in_use import spec_in_use

    spec = spec_in_use(Path(ai.spec), style)
    return replace(wanted, spec=spec, known=spec.names.known, context=spec.context(text))


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


def _deliver_all(
    suggestions: Sequence[Suggestion], wanted: PathRequest, terminal: Terminal, manner: Manner, *, explain: bool
) -> None:
    """All alternatives to a file or to stdout, for whoever reads that: in the same shape however many came."""
    text = envelopes(suggestions, manner.inspector) if manner.as_json else joined(suggestions, wanted.format)
    if manner.output is None:
        terminal.write(text)
    else:
        from photon.settings.files import write_atomically

        write_atomically(manner.output, text)
        terminal.note(f"wrote {manner.output}")
    for each in suggestions:
        tell(each, terminal, explain=explain)


def _run(wanted: PathRequest, ai: AI, terminal: Terminal, manner: Manner, count: int) -> tuple[Suggestion, ...]:
    from photon.cli.running import run_until_done

    return run_until_done(_ask(wanted, ai, terminal, manner, count), None if manner.output else terminal.out)


async def _ask(wanted: PathRequest, ai: AI, terminal: Terminal, manner: Manner, count: int) -> tuple[Suggestion, ...]:
    from photon.tasks.alternatives import alternatives
    from photon.tasks.suggest_path import suggest_path, who_answers

    provider = who_answers(wanted, ai, refresh=manner.refresh, wait=manner.wait, warn=terminal.warn, notice=terminal.note)
    provider = manner.inspector.over(provider) if manner.inspector else provider
    try:
        parameters = _parameters(ai)
        many = count > 1
        events = alternatives(wanted, provider, parameters, count) if many else suggest_path(wanted, provider, parameters)
        return await show(events, terminal, show=manner.show, reasoning=ai.reasoning == "show")
    finally:
        await provider.close()
