"""``photon ai suggest-schema``: a component schema, from a line of English or from samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
from photon.cli.schema_spec import Target, target_of
from photon.cli.splicing import DiffOption, Splicing, WriteOption, without_spec
from photon.cli.suggestion_view import Manner, deliver, show, tell
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.chat import Parameters
    from photon.cli.inspection import Inspector
    from photon.settings.schema import AI
    from photon.tasks.suggest_path import Suggestion
    from photon.tasks.suggest_schema import SchemaRequest

_EXAMPLE = 'photon ai suggest-schema "a User with email, roles and an optional avatar"'


def suggest_schema_command(
    ctx: typer.Context,
    request: Annotated[
        list[str] | None,
        typer.Argument(metavar="REQUEST", help="What you want, in a line of English; '-' or nothing reads stdin."),
    ] = None,
    *,
    samples: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Make it from the JSON in FILE instead, by code; again for further ones."),
    ] = None,
    many: Annotated[bool, typer.Option("--many", help="Each item of a JSON list is a sample.")] = False,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="What the schema is called.")] = None,
    describe: Annotated[bool, typer.Option("--describe", help="Describe every field.")] = False,
    spec: SpecOption = None,
    no_spec: NoSpecOption = False,
    write: WriteOption = False,
    diff: DiffOption = False,
    replace_there: Annotated[
        bool, typer.Option("--replace", help="With --write or --diff: put it in the place of a schema that is there.")
    ] = False,
    provider: ProviderOption = None,
    model: ModelOption = None,
    openapi: Annotated[
        Literal["3.1", "3.0"] | None, typer.Option("--openapi", help="The OpenAPI version to write; 3.1 by default.")
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
    """A component schema from a line of English, or from JSON.

    \b
    Examples:
      photon ai suggest-schema "a User with email, roles and an optional avatar"
      photon ai suggest-schema "Order: id, status (open, paid), total" -f json
      photon ai suggest-schema --spec openapi.yaml --diff "an Invoice with lines"
      curl -s localhost:8000/users/1 | photon ai suggest-schema --name User -
      photon ai suggest-schema --from users.json --many --describe
      photon ai suggest-schema --from a.json --name User --spec openapi.yaml -w

    The schema goes to stdout, who gave it to stderr. From JSON it is made by code, and no model is asked. With --spec it is
    written in the style of your document, with its schemas; --write puts it there and changes no other line.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=True) if quiet else found
    files, text = _given(request or [], samples or [], terminal)
    flags = settings_flags(
        provider=provider, model=model, failover=failover, cache=cache, log=log, temperature=temperature, max_tokens=max_tokens,
        openapi=openapi, format=output_format, reasoning=reasoning, spec=spec,
    )  # fmt: skip
    from photon.cli.logs import settings_for

    ai = without_spec(settings_for(flags, terminal)) if no_spec else settings_for(flags, terminal)
    if ai.spec == "-" and (not request or request == ["-"]) and not samples:
        raise UsageError("stdin cannot be the request and the specification", hint="--spec FILE")
    target = target_of(ai, Splicing(write=write, diff=diff, replace=replace_there), output=output, as_json=as_json)
    terminal = replace(terminal, steady=terminal.steady or inspect)
    manner = Manner(
        refresh=refresh,
        wait=wait,
        show=stream and terminal.interactive and output is None and not (as_json or diff),
        as_json=as_json,
        output=output,
        inspector=None,
    )
    if files or _is_json(text):
        if dry_run:
            raise UsageError("a schema from JSON is made by code: nothing is sent", hint="leave out --dry-run")
        from photon.cli.schema_samples import Wish, from_samples

        piped = None if files else text
        wish = Wish(files=files, piped=piped, name=_schema_name(name, target), many=many, describe=describe)
        from_samples(wish, ai, terminal, manner, target)
        return
    if many:
        raise UsageError("--many is for JSON, and this is a request", hint="--from users.json --many")
    wanted = _wanted(text, ai, target, name=_schema_name(name, target), describe=describe)
    if target.splicing.wanted and target.spec:
        from photon.tasks.splicing import refuse_schema

        refuse_schema(target.spec.spec, wanted.name, replace=replace_there)  # before anybody is asked, which costs money
    if dry_run:
        _look_ahead(wanted, ai, terminal, refresh=refresh, as_json=as_json)
        return
    manner = replace(manner, inspector=_inspector(ai, terminal, refresh=refresh, mute=as_json) if inspect else None)
    try:
        suggestion = _run(wanted, ai, terminal, manner)
        if not diff:
            deliver(suggestion, terminal, manner)
        target.put(suggestion.document, terminal)
        target.tell_alike(suggestion.document, terminal)
        tell(suggestion, terminal, explain=explain)
    finally:
        if manner.inspector:
            manner.inspector.report()


def _given(words: list[str], samples: list[Path], terminal: Terminal) -> tuple[list[Path], str]:
    """(the files with samples, the request or the JSON that is piped in). Raises UsageError where there is neither."""
    if samples:
        return [*samples, *map(Path, words)], ""
    piped = words == ["-"] or (not words and not terminal.asking)
    text = piped_text(terminal) if piped else words_of(words)
    if not text.strip("\ufeff \t\r\n"):
        raise UsageError("there is no request", hint=_EXAMPLE)
    return [], text


def _is_json(text: str) -> bool:
    """Whether this is no request but a sample: no line of English begins so, and none is a number, true, false or null.

    Raises UsageError for what is neither: the page or the headers that a server answered instead.
    """
    import re

    bare = text.strip("\ufeff \t\r\n\x1e")
    if bare.startswith("<"):
        raise UsageError("this is no JSON but a page (HTML or XML)", hint="look at it first: curl -i …")
    if re.match(r"HTTP/\d", bare):
        raise UsageError("this is no JSON: the answer's headers are in front of it", hint="curl -s … without -i")
    return bare[:1] in ("{", "[") or re.fullmatch(r"null|true|false|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", bare) is not None


def _schema_name(name: str | None, target: Target) -> str | None:
    """A name that OpenAPI allows for a component (3.1, Components Object): with a specification any, which may have its own
    ways, else one that begins with a capital. Raises UsageError."""
    import re

    from photon.sketch.types import is_reserved

    if name is None or (re.fullmatch(r"[A-Z][A-Za-z0-9._-]*", name) and not is_reserved(name)):
        return name
    if target.spec:
        if re.fullmatch(r"[A-Za-z0-9._-]+", name):
            return name
        raise UsageError(f"{name!r} is no name for a schema", hint="letters, digits, '.', '-' and '_': --name User")
    raise UsageError(f"{name!r} is no name for a schema", hint="begin with a capital, then letters and digits: --name User")


def _wanted(text: str, ai: AI, target: Target, *, name: str | None, describe: bool) -> SchemaRequest:
    from photon.tasks.suggest_schema import SchemaRequest

    return SchemaRequest(
        text=text.lstrip("\ufeff"),
        name=name,
        version=target.version,
        format=ai.style.format,  # type: ignore[arg-type] # its choices are those of Format, checked where settings are loaded
        describe=describe,
        context=target.context(text, name),
        known=target.known,
        fit=target.fit(text, name),
        spec=target.spec,
        choices=ai.style,
    )


def _look_ahead(wanted: SchemaRequest, ai: AI, terminal: Terminal, *, refresh: bool, as_json: bool) -> None:
    """Print what would be sent."""
    import asyncio

    from photon.cli.inspection import dry_run
    from photon.tasks.suggest_schema import circumstances, request_for

    request = request_for(wanted, _parameters(ai))
    asyncio.run(dry_run(ai, request, circumstances(refresh=refresh), terminal, as_json=as_json))


def _inspector(ai: AI, terminal: Terminal, *, refresh: bool, mute: bool) -> Inspector:
    from photon.cli.inspection import Inspector
    from photon.tasks.suggest_schema import circumstances

    return Inspector(terminal, ai, circumstances(refresh=refresh), mute=mute)


def _parameters(ai: AI) -> Parameters:
    from photon.chat import Parameters

    return Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)


def _run(wanted: SchemaRequest, ai: AI, terminal: Terminal, manner: Manner) -> Suggestion:
    from photon.cli.running import run_until_done

    return run_until_done(_ask(wanted, ai, terminal, manner), None if manner.output else terminal.out)


async def _ask(wanted: SchemaRequest, ai: AI, terminal: Terminal, manner: Manner) -> Suggestion:
    from photon.tasks.suggest_schema import suggest_schema, who_answers

    provider = who_answers(wanted, ai, refresh=manner.refresh, wait=manner.wait, warn=terminal.warn, notice=terminal.note)
    provider = manner.inspector.over(provider) if manner.inspector else provider
    try:
        events = suggest_schema(wanted, provider, _parameters(ai))
        return (await show(events, terminal, show=manner.show, reasoning=ai.reasoning == "show"))[0]
    finally:
        await provider.close()
