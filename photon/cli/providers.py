"""``photon ai providers``: whom Photon can ask, and how each of them is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.completion import complete_provider
from photon.cli.options import JsonOption
from photon.cli.terminal import Terminal, terminal_of

if TYPE_CHECKING:
    from photon.tasks.providers import TargetState

_COLUMNS = ("provider", "kind", "model", "host", "key", "state", "first token", "answered", "last error")
_MIDDLING = ("provider", "model", "state", "first token", "answered")
_NARROW = ("provider", "model", "state")
_WIDE_ENOUGH = ((132, _COLUMNS), (78, _MIDDLING), (0, _NARROW))
"""From how many columns of a terminal on there is room for which of ours; a pipe has room for all. Errors for which there is
none stand below, where they can be read."""

providers_app = typer.Typer(invoke_without_command=True, add_completion=False, rich_markup_mode=None)


@providers_app.callback()
def providers(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show whom Photon can ask, and how each of them is.

    \b
    Examples:
      photon ai providers
      photon ai providers --json | jq '.providers[] | select(.state != "ready")'
      photon ai providers reset groq

    In the order in which they are asked. Who failed rests: it is asked last for a while. Latency (the median) and answers are
    those of the last day. Nobody is connected to for this.
    """
    if ctx.invoked_subcommand:
        return
    from photon.settings.load import load
    from photon.tasks.providers import target_states

    terminal = terminal_of(ctx)
    states = target_states(load().settings.ai, warn=terminal.warn)
    if as_json:
        import json

        from photon.sketch.text import escaped

        facts = {"providers": [_facts(state) for state in states]}
        terminal.write(escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n")
    else:
        _table(states, terminal)


@providers_app.command("reset")
def reset(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Only this provider; all of them by default.", autocompletion=complete_provider),
    ] = None,
) -> None:
    """Let those that rest after a failure be asked again.

    Without NAME this also mends a damaged file of their state.

    \b
    Examples:
      photon ai providers reset
      photon ai providers reset groq
    """
    from photon.tasks.providers import checked_name, end_rests

    terminal = terminal_of(ctx)
    if name is not None:
        from photon.settings.load import load

        checked_name(load().settings.ai, name)
    trouble: list[str] = []
    ended = end_rests(name or "", warn=trouble.append)
    if trouble and name is None:
        terminal.note("the state of the providers could not be read and is a new one now")
    elif trouble:
        terminal.warn(trouble[0])
    elif ended:
        terminal.note(f"{ended} that rested may be asked again")
    else:
        terminal.note(f"{name or 'nobody'} {'does not rest' if name else 'rests'}")


def _table(states: Sequence[TargetState], terminal: Terminal) -> None:
    width = terminal.width if terminal.interactive else 132
    columns: Sequence[str] = next(columns for enough, columns in _WIDE_ENOUGH if width >= enough)
    now = time.time()
    cells = [_cells(state, now) for state in states]
    terminal.table(columns, [[each[column] for column in columns] for each in cells])
    for each in cells if "last error" not in columns else ():
        if each["last error"]:
            terminal.note(f"{each['provider']}: {each['last error']}")


def _cells(state: TargetState, now: float) -> dict[str, str]:
    health, rest, endpoint = state.health, state.rest, state.endpoint
    return {
        "provider": endpoint.provider,
        "kind": endpoint.kind,
        "model": endpoint.model,
        "host": _host(endpoint.url),
        "key": state.key or ("none" if endpoint.key else ""),
        "state": f"resting until {_clock(rest.until)}" if state.state == "resting" and rest else state.state,
        "first token": _latency(health.median_first_token_ms if health else None),
        "answered": f"{100 * health.succeeded / health.requests:.0f} % of {health.requests}" if health else "",
        "last error": _last_error(state, now),
    }


def _facts(state: TargetState) -> dict[str, Any]:
    from photon.cli.moments import rfc3339
    from photon.settings.validate import masked_url

    health, rest, endpoint = state.health, state.rest, state.endpoint
    failed_at, error = _error(state)
    return {
        "provider": endpoint.provider,
        "kind": endpoint.kind,
        "model": endpoint.model,
        "url": masked_url(endpoint.url) or None,
        "key": state.key or None,
        "state": state.state,
        "rest": {"until": rfc3339(rest.until), "failures": rest.failures, "fault": rest.fault} if rest else None,
        "requests": health.requests if health else 0,
        "succeeded": health.succeeded if health else 0,
        "median_first_token_ms": _rounded(health.median_first_token_ms if health else None),
        "median_total_ms": _rounded(health.median_total_ms if health else None),
        "last_error": error or None,
        "last_error_at": rfc3339(failed_at) if failed_at else None,
    }


def _error(state: TargetState) -> tuple[float | None, str]:
    """The later one of the record's and the rest's last error, for the record may keep nothing, or not the text."""
    health, rest = state.health, state.rest
    recorded = (health.last_error_at, health.last_error) if health and health.last_error_at else (None, "")
    resting = (rest.failed_at, rest.error or rest.fault) if rest else (None, "")
    return max(resting, recorded, key=lambda error: error[0] or 0.0)


def _last_error(state: TargetState, now: float) -> str:
    from photon.records.targets import span

    moment, error = _error(state)
    return f"{span(now - moment)} ago: {error}" if moment else ""


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")


def _latency(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 1)


def _clock(moment: float) -> str:
    """The time of day, in local time."""
    return time.strftime("%H:%M:%S", time.localtime(moment))
