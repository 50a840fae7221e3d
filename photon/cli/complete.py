"""``photon ai complete``: the rest of the operation in which the cursor stands."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import (
    CacheOption,
    DryRunOption,
    FailoverOption,
    JsonOption,
    LogOption,
    MaxTokensOption,
    ModelOption,
    ProviderOption,
    QuietOption,
    ReasoningOption,
    RefreshOption,
    TemperatureOption,
    WaitOption,
    settings_flags,
)
from photon.cli.splicing import DiffOption, Splicing, WriteOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.chat import Parameters
    from photon.openapi.source.source import Position
    from photon.openapi.splice.change import Change
    from photon.settings.schema import AI
    from photon.tasks.complete import Completed, Unfinished
    from photon.tasks.suggest_path import Suggestion


def complete_command(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Your OpenAPI document, half written as it is; '-' reads stdin.")
    ],
    *,
    at: Annotated[str, typer.Option("--at", metavar="LINE:COL", help="Where the cursor stands, both counted from 1.")],
    write: WriteOption = False,
    diff: DiffOption = False,
    as_json: JsonOption = False,
    provider: ProviderOption = None,
    model: ModelOption = None,
    failover: FailoverOption = None,
    cache: CacheOption = None,
    refresh: RefreshOption = False,
    log: LogOption = None,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    dry_run: DryRunOption = False,
    reasoning: ReasoningOption = None,
    wait: WaitOption = True,
    quiet: QuietOption = False,
) -> None:
    """The rest of the operation in which the cursor stands.

    \b
    Examples:
      photon ai complete openapi.yaml --at 42:7          # the text to insert
      photon ai complete openapi.yaml --at 42:7 --diff
      photon ai complete openapi.yaml --at 42:7 --write
      photon ai complete - --at 42:7 --json -q           # for editors

    Proposed are the keys that the operation lacks, the statuses of its responses and the parameters of its path, in the style
    of your document. What you wrote stays, but for an unfinished line. The document may be unreadable at the cursor, and
    nowhere else. --json has `edits` (line and column of start and end, and the text), which make all of the change.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=True) if quiet else found
    position = _position(at)
    if write and str(file) == "-":
        raise UsageError("what comes through stdin cannot be written back", hint="name the file, or use --diff or --json")
    if diff and as_json:
        raise UsageError("--diff and --json would both be printed", hint="--json has the same change, as edits")
    flags = settings_flags(
        provider=provider, model=model, failover=failover, cache=cache, log=log, temperature=temperature, max_tokens=max_tokens,
        reasoning=reasoning,
    )  # fmt: skip
    from photon.cli.logs import settings_for
    from photon.tasks.complete import completed, read_half_written, unfinished

    ai = settings_for(flags, terminal)
    half = unfinished(read_half_written(file), None if str(file) == "-" else file, position)
    if dry_run and not half.is_whole:
        _look_ahead(half, ai, terminal, refresh=refresh, as_json=as_json)
        return
    suggestion = None if half.is_whole else _asked(half, ai, terminal, refresh=refresh, wait=wait)
    result = completed(half, suggestion) if suggestion else None
    if as_json:
        terminal.write(_envelope(half, result, suggestion))
    if result is None or suggestion is None:
        terminal.note(f"{half.route} lacks nothing")
        return
    if not (as_json or diff or write):
        _show(result, terminal)
    Splicing(write=write, diff=diff).deliver(result.change, terminal)
    _tell(result, suggestion, terminal, bare=not (write or diff or as_json))


def _position(text: str) -> Position:
    from photon.openapi.source.source import Position

    found = re.fullmatch(r"\s*(\d{1,9})(?::(\d{1,9}))?\s*", text, re.ASCII)
    if found is None or int(found[1]) == 0:
        raise UsageError(f"{text!r} is no place in a file", hint="--at LINE:COL, both counted from 1")
    return Position(int(found[1]), max(1, int(found[2] or 1)))


def _look_ahead(half: Unfinished, ai: AI, terminal: Terminal, *, refresh: bool, as_json: bool) -> None:
    """Print what would be sent."""
    import asyncio

    from photon.cli.inspection import dry_run
    from photon.tasks.complete import completion_request, request_for
    from photon.tasks.suggest_path import circumstances

    request = request_for(half, completion_request(half, ai), _parameters(ai))
    asyncio.run(dry_run(ai, request, circumstances(refresh=refresh), terminal, as_json=as_json))


def _parameters(ai: AI) -> Parameters:
    from photon.chat import Parameters

    return Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)


def _asked(half: Unfinished, ai: AI, terminal: Terminal, *, refresh: bool, wait: bool) -> Suggestion:
    from photon.cli.running import run_until_done

    return run_until_done(_ask(half, ai, terminal, refresh=refresh, wait=wait), terminal.out)


async def _ask(half: Unfinished, ai: AI, terminal: Terminal, *, refresh: bool, wait: bool) -> Suggestion:
    from photon.cli.suggestion_view import show
    from photon.tasks.complete import completion_request, who_completes
    from photon.tasks.suggest_path import suggest_path

    wanted = completion_request(half, ai)
    provider = who_completes(half, wanted, ai, refresh=refresh, wait=wait, warn=terminal.warn, notice=terminal.note)
    try:
        events = suggest_path(wanted, provider, _parameters(ai))
        return (await show(events, terminal, show=False, reasoning=ai.reasoning == "show"))[0]
    finally:
        await provider.close()


def _show(result: Completed, terminal: Terminal) -> None:
    """The text for the operation, coloured where it is YAML and the terminal wants that."""
    from photon.cli.yaml_colours import coloured

    if terminal.colour and result.change.source.format == "yaml":
        terminal.write("".join(coloured(line, terminal) + "\n" for line in result.text.splitlines()))
    else:
        terminal.write(result.text)


def _tell(result: Completed, suggestion: Suggestion, terminal: Terminal, *, bare: bool) -> None:
    from photon.cli.suggestion_view import credits_of

    if bare and result.places > 1:
        terminal.note(f"this is the whole operation: it lacked something in {result.places} places, which --diff shows")
    if bare and result.elsewhere:
        terminal.note(f"with --write also: {', '.join(result.elsewhere)}")
    credit = credits_of(suggestion, milliseconds=suggestion.timings.total)
    terminal.note(f"lacked: {', '.join(result.lacked)} · {credit}")


def _envelope(half: Unfinished, result: Completed | None, suggestion: Suggestion | None) -> str:
    import json

    from photon.cli.provenance import provenance
    from photon.sketch.text import escaped

    facts: dict[str, Any] = {
        "operation": half.route,
        "lacked": list(result.lacked) if result else [],
        "elsewhere": list(result.elsewhere) if result else [],
        "edits": [each for change in _changes(result) for each in _edits(change)],
        "document": suggestion.document if suggestion else None,
    }
    told = suggestion
    if told:
        facts |= provenance(told.answered_by, told.switches, told.usage, told.attempts)
    return escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n"


def _changes(result: Completed | None) -> list[Change]:
    return [result.change, *result.change.others] if result else []


def _edits(change: Change) -> list[dict[str, Any]]:
    """Each with its file, and line and column (counted from 1, in characters) of where it starts and ends."""
    at = change.source.position
    return [
        {
            "file": change.source.name,
            "start": {"line": at(edit.start).line, "column": at(edit.start).column},
            "end": {"line": at(edit.end).line, "column": at(edit.end).column},
            "text": edit.text,
        }
        for edit in change.edits
    ]
