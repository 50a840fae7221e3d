"""``photon ai log``: what was asked, who answered, at what cost; and the answers again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photon.cli.options import DryRunOption, InspectOption, JsonOption, ModelOption, ProviderOption, QuietOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from photon.records.history import Kept
    from photon.records.requests import History, Wanted

_LIMIT = 20

log_app = typer.Typer(add_completion=False, rich_markup_mode=None)

LimitOption = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", min=1, max=1_000_000, help=f"How many at most; {_LIMIT} by default.")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="WHEN", help="Asked since then: 2026-11-20, 7d, 24h or 30m ago.")
]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="WHEN", help="Asked before then.")]
OfProviderOption = Annotated[str | None, typer.Option("--provider", "-p", metavar="NAME", help="Those that it was asked.")]
OfModelOption = Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", help="Those that it was asked.")]
ErrorsOption = Annotated[bool, typer.Option("--errors", "-e", help="Those that failed.")]
NumberArgument = Annotated[
    int | None,
    typer.Argument(
        metavar="[ID]", min=1, max=2**63 - 1, help="Its number in the list; the newest one by default.", show_default=False
    ),
]


@log_app.callback(invoke_without_command=True)
@log_app.command("list", help="List requests, the newest first, as 'photon ai log' does.\n\nExample: photon ai log list -n 5")
def list_requests(
    ctx: typer.Context,
    *,
    limit: LimitOption = _LIMIT,
    since: SinceOption = None,
    until: UntilOption = None,
    provider: OfProviderOption = None,
    model: OfModelOption = None,
    errors: ErrorsOption = False,
    as_json: JsonOption = False,
) -> None:
    """The requests that were made from this machine, the newest first.

    \b
    Examples:
      photon ai log
      photon ai log --since 7d --errors
      photon ai log search "pet store"
      photon ai log show 12
      photon ai log last > login.yaml
      photon ai log replay 12 --model llama3.2
      photon ai log export --since 2026-11-01 november.jsonl
      photon ai log clear --before 30d

    What the cache answered asked nobody, and is not in it. Keys are masked. [ai.record] in your settings says what is kept,
    and for how long: keep = "all", "counts" or "nothing".
    """
    given = (limit != _LIMIT, since, until, provider, model, errors, as_json)
    if ctx.invoked_subcommand is not None:
        if any(given):
            ctx.fail(f"options stand behind the command: photon ai log {ctx.invoked_subcommand} ...")
        return
    wanted = _wanted(since, until, provider=provider, model=model, errors=errors)
    _print(_history(ctx).newest(limit, wanted), terminal_of(ctx), as_json=as_json, none="no such request is in the record")


@log_app.command("search")
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Each of them; in quotes, several side by side.")],
    *,
    limit: LimitOption = _LIMIT,
    since: SinceOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find requests by words of the question or of the answer.

    \b
    Examples:
      photon ai log search invoice paged
      photon ai log search "sign in" --since 7d
    """
    wanted = _wanted(since, until, words=words)
    _print(_history(ctx).newest(limit, wanted), terminal_of(ctx), as_json=as_json, none="no request has all of these words")


@log_app.command("show")
def show(ctx: typer.Context, number: NumberArgument = None, as_json: JsonOption = False) -> None:
    """Show all that is known of one request: what was sent, what came back, and every attempt.

    \b
    Examples:
      photon ai log show
      photon ai log show 12 --json
    """
    from photon.cli import log_view

    terminal, kept = terminal_of(ctx), _one(ctx, number)
    if as_json:
        terminal.write(log_view.as_json(log_view.as_object(kept)))
    else:
        log_view.print_whole(kept, terminal)


@log_app.command("last")
def last(
    ctx: typer.Context,
    number: NumberArgument = None,
    raw: Annotated[bool, typer.Option("--raw", help="As the model gave it, not as the command printed it.")] = False,
) -> None:
    """Print the last answer again, as its command printed it. Nobody is asked.

    \b
    Examples:
      photon ai log last
      photon ai log last 12 > login.yaml
    """
    from photon.cli.log_replay import print_answer

    history = _history(ctx)
    kept = _one(ctx, number) if number is not None else history.last(_wanted(answered=True))
    if kept is None:
        raise UsageError("there is no answer in the record", hint="photon ai log lists what there is")
    print_answer(kept, terminal_of(ctx), raw=raw)


@log_app.command("replay")
def replay(
    ctx: typer.Context,
    number: NumberArgument = None,
    *,
    provider: ProviderOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    inspect: InspectOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask the same again, in the same style and with the same parameters, by default the same model.

    \b
    Examples:
      photon ai log replay 12 --model gpt-4.1
      photon ai log replay --provider local

    Nobody else answers when this one cannot, and the answer is a new one, also when the cache knows one.
    """
    from dataclasses import replace

    from photon.cli.log_replay import ask_again, look_ahead

    found = terminal_of(ctx)
    terminal = replace(found, quiet=found.quiet or quiet, steady=found.steady or inspect)
    if dry_run:
        look_ahead(_one(ctx, number), terminal, provider, model, as_json=as_json)
    else:
        ask_again(_one(ctx, number), terminal, provider, model, as_json=as_json, inspect=inspect)


@log_app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Whole or not at all; stdout by default.")] = None,
    *,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Write the requests as JSONL: one JSON object a line, the oldest first, each with its attempts.

    \b
    Examples:
      photon ai log export requests.jsonl
      photon ai log export --since 7d | jq -r .request
    """
    from photon.cli.log_view import as_line

    terminal = terminal_of(ctx)
    lines = (as_line(kept) for kept in _history(ctx).export(_wanted(since, until)))
    if file is None or str(file) == "-":
        for line in lines:
            terminal.write(line)
        return
    count = _write(lines, file)
    terminal.note(f"wrote {_counted(count)} to {file}")


@log_app.command("clear")
def clear(
    ctx: typer.Context,
    *,
    before: Annotated[
        str | None, typer.Option("--before", metavar="WHEN", help="What is older: a date, 30d, 24h, or a number of days.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything, also a damaged record.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget requests, with their attempts: what they cost no longer counts for the budget either.

    \b
    Examples:
      photon ai log clear --before 30d
      photon ai log clear --all --yes
    """
    if everything == (before is not None):
        raise UsageError("what shall be forgotten?", hint="photon ai log clear --all, or --before 30d")
    terminal, history = terminal_of(ctx), _history(ctx)
    until = None if before is None else _moment(f"{before}d" if before.isdigit() else before)
    count = history.count(_wanted(until=until))
    if not yes and count and not _agreed(terminal, count):
        terminal.note("nothing was forgotten")
        return
    gone = history.clear() if until is None else history.delete(until)
    history.close()
    terminal.note(f"forgot {_counted(gone)}")


@log_app.command("path")
def path(ctx: typer.Context) -> None:
    """Print where the record is kept.

    Example: sqlite3 "$(photon ai log path)" "SELECT model, sum(cost) FROM exchanges GROUP BY model"
    """
    from photon.settings.paths import history_file

    terminal_of(ctx).write(f"{history_file()}\n")


@log_app.command("off", hidden=True)
@log_app.command("on", hidden=True)
def switch() -> None:
    """What is recorded is a setting.

    Example: photon ai config explain
    """
    from photon.settings.paths import home_shortened, user_config_file

    raise UsageError(
        "what is recorded is a setting, ai.record.keep",
        hint=f'keep = "all", "counts" or "nothing" under [ai.record] in {home_shortened(user_config_file())}; '
        "--no-log leaves out the texts of one request",
    )


def _history(ctx: typer.Context) -> History:
    """The record with the default limits, so that a broken settings file keeps nobody from reading it. A
    record that cannot be read is no empty record: PhotonError."""
    from photon.records.requests import history
    from photon.settings.schema import Record

    found = history(Record(), terminal_of(ctx).warn, strict=True)
    assert found is not None, "the default is to keep"
    return found


def _one(ctx: typer.Context, number: int | None) -> Kept:
    """The request of that number, the newest one without. Raises UsageError where there is none."""
    history = _history(ctx)
    kept = history.last() if number is None else history.get(number)
    if kept is None:
        what = "nothing is recorded" if number is None else f"there is no request {number} in the record"
        raise UsageError(what, hint="photon ai log lists the newest, photon ai log search finds others")
    return kept


def _wanted(
    since: str | None = None,
    until: str | float | None = None,
    *,
    provider: str | None = None,
    model: str | None = None,
    words: Sequence[str] = (),
    errors: bool = False,
    answered: bool = False,
) -> Wanted:
    from photon.records.requests import Wanted

    if len(words) > 100:
        raise UsageError("that are more words than can be searched for", hint="the rarest two or three are enough")
    return Wanted(
        since=_moment(since) if since else None,
        until=_moment(until) if isinstance(until, str) else until,
        provider=provider,
        model=model,
        words=tuple(word.encode(errors="replace").decode() for word in words if word.strip()),
        errors=errors,
        answered=answered,
    )


def _moment(text: str) -> float:
    from photon.cli.moments import moment

    return moment(text, now=time.time())


def _print(found: Sequence[Kept], terminal: Terminal, *, as_json: bool, none: str) -> None:
    from photon.cli import log_view

    if as_json:
        terminal.write(log_view.as_json([log_view.as_object(each) for each in found]))
    elif found:
        log_view.print_list(found, terminal)
    else:
        terminal.note(none)
        _tell_if_off(terminal)


def _tell_if_off(terminal: Terminal) -> None:
    """Who finds nothing may have switched the record off; broken settings are another command's matter."""
    from photon.settings.load import load

    with suppress(ConfigurationError):
        if load().settings.ai.record.keep == "nothing":
            terminal.note('nothing is recorded, by your settings: ai.record.keep is "nothing"')


def _write(lines: Iterator[str], file: Path) -> int:
    """Write the lines, whole or not at all; how many there are. Raises PhotonError where it cannot be written."""
    from photon.settings.files import written_atomically

    count = 0
    with written_atomically(file, mode=0o600) as out:
        for line in lines:
            out.write(line.encode())
            count += 1
    return count


def _agreed(terminal: Terminal, count: int) -> bool:
    """Whether the user means it. Raises UsageError where nobody can be asked."""
    if not terminal.asking:
        raise UsageError(f"{_counted(count)} would be forgotten for good", hint="add --yes")
    return typer.confirm(f"Forget {_counted(count)} for good?", err=True)


def _counted(requests: int) -> str:
    return "1 request" if requests == 1 else f"{requests} requests"
