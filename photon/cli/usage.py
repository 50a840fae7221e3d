"""``photon ai usage``: tokens and cost by day, provider and model, and what a token costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.money import money
from photon.cli.options import JsonOption, QuietOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.records.usage import By, Tally
    from photon.settings.schema import AI
    from photon.tasks.usage import Report

_COUNTS = ("requests", "prompt", "cached", "completion")
_NARROW = 60
"""Columns below which a terminal has room for no more than who, how often and how much."""

_VERY_NARROW = 32
"""Columns below which there is no room for how often, nor for the year of a day."""

_OLDEST = date(1970, 1, 2)
"""The first day that the clocks of all zones and systems can count."""


def usage_command(
    ctx: typer.Context,
    *,
    model: Annotated[str, typer.Argument(metavar="[MODEL]", help="Only models with this in their name.")] = "",
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="WHAT", help="day, provider or model; several are combined.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="The first day, as 2026-03-29.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day; today by default.")] = None,
    days: Annotated[
        int | None, typer.Option("--days", metavar="N", min=1, max=36_500, help="So many days; 30 by default.")
    ] = None,
    prices: Annotated[bool, typer.Option("--prices", help="Show what a token costs instead, and where that was read.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sum up the tokens and the cost of what was asked.

    \b
    Examples:
      photon ai usage
      photon ai usage --by provider --by model --days 7
      photon ai usage --since 2026-03-01 --json | jq .total.cost_usd
      photon ai usage --prices gpt-5

    Counted is every request that went to a provider, by the record on this machine (photon ai log), at the prices of its
    day. A model in your own network is free. A price that Photon does not know is unknown, and not 0: a file of prices
    that ai.record.prices names can say it. What may be spent is set by ai.budget.
    """
    from photon.settings.load import load

    terminal = terminal_of(ctx)
    terminal = replace(terminal, quiet=terminal.quiet or quiet)
    ai = load().settings.ai
    if prices:
        from photon.cli.price_listing import show_prices

        show_prices(terminal, ai, model, as_json=as_json)
    else:
        _show_usage(terminal, ai, _period(since, until, days), _dimensions(by), model, as_json=as_json)


def _show_usage(
    terminal: Terminal, ai: AI, period: tuple[date, date], by: tuple[By, ...], model: str, *, as_json: bool
) -> None:
    from photon.tasks.usage import usage_report

    first, last = period
    report = usage_report(ai, by=by, first=first, last=last, model=model, warn=terminal.warn)
    if as_json:
        import json

        from photon.sketch.text import escaped

        terminal.write(escaped(json.dumps(_as_object(report, ai), indent=2, ensure_ascii=False)) + "\n")
        return
    if report.lines:
        _table(report, terminal)
        _draw(report, terminal)
    elif ai.record.keep == "nothing":
        terminal.note('nothing is recorded: ai.record.keep is "nothing"')
    else:
        terminal.note(f"no requests are recorded from {first} to {last}")
    if report.total.uncounted:
        terminal.note(f"{_requests(report.total.uncounted)} did not come to say how many tokens it took")
    if report.budget:
        terminal.note(", ".join(f"{money(each.spent)} of {money(each.limit)} {each.period}" for each in report.budget))


def _dimensions(by: Sequence[str] | None) -> tuple[By, ...]:
    from photon.records.usage import DIMENSIONS
    from photon.settings.validate import did_you_mean

    for word in by or ():
        if word not in DIMENSIONS:
            raise UsageError(f"usage has no sums by {word}", hint=did_you_mean(word, DIMENSIONS, ", ".join(DIMENSIONS)))
    return tuple(each for each in DIMENSIONS if each in (by or ("day",)))


def _period(since: str | None, until: str | None, days: int | None) -> tuple[date, date]:
    """The first day and the last. Raises UsageError for what is no date, and where both ways of saying it are used."""
    from photon.tasks.usage import DAYS

    if since and days:
        raise UsageError("--since and --days both say where it begins", hint="give one of them")
    last = min(_day(until, "--until"), date.today()) if until else date.today()
    first = _day(since, "--since") if since else last - timedelta(days=(days or DAYS) - 1)
    return max(first, _OLDEST), last


def _day(text: str, option: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text} is not a date", hint=f"{option} {date.today()}") from error
    if day < _OLDEST:
        raise UsageError(f"{option} {text} is not a day on which anything was asked", hint=f"{option} {date.today()}")
    return day


def _table(report: Report, terminal: Terminal) -> None:
    """In a terminal aligned, with the sum of all below; in a pipe the lines alone, so that they can be added up."""
    lines = [(line.keys, line.tally) for line in report.lines]
    if terminal.interactive and len(lines) > 1:
        lines.append((("all", *[""] * (len(report.by) - 1)), report.total))
    narrow = terminal.interactive and terminal.width < _NARROW
    if narrow and terminal.width < _VERY_NARROW:
        lines = [(tuple(_without_year(key) for key in keys), tally) for keys, tally in lines]
    rows = [[*keys, *_counts(tally, people=terminal.interactive), _cost(tally, short=narrow)] for keys, tally in lines]
    columns = [*report.by, *_COUNTS, "cost"]
    if narrow:
        kept = len(report.by) + (terminal.width >= _VERY_NARROW)
        columns, rows = [*columns[:kept], columns[-1]], [[*row[:kept], row[-1]] for row in rows]
    if terminal.interactive:
        _align(columns, rows, begin=len(report.by))
    terminal.table(columns, rows)


def _without_year(key: str) -> str:
    return re.sub(r"^\d{4}-(?=\d\d-\d\d$)", "", key)


def _counts(tally: Tally, *, people: bool) -> list[str]:
    counts = (tally.requests, tally.prompt_tokens, tally.cached_tokens, tally.completion_tokens)
    return ["-" if count is None else f"{count:,}" if people else str(count) for count in counts]


def _align(columns: list[str], rows: list[list[str]], *, begin: int) -> None:
    """Numbers to the right, by spaces, for a table knows only text."""
    for place in range(begin, len(columns) - 1):
        wide = max(len(columns[place]), *(len(row[place]) for row in rows))
        columns[place] = columns[place].rjust(wide)
        for row in rows:
            row[place] = row[place].rjust(wide)


def _draw(report: Report, terminal: Terminal) -> None:
    from photon.cli.usage_chart import chart

    if not terminal.interactive or len(report.days) < 2:
        return
    costly = bool(report.total.cost)
    values = [(day, (tally.cost or 0.0) if costly else _tokens(tally)) for day, tally in report.days]
    encoding = getattr(terminal.out, "encoding", None) or "utf-8"
    lines = chart(
        values,
        label=money if costly else lambda value: f"{value:,.0f}",
        width=terminal.width,
        blocks=encoding.lower().replace("-", "") == "utf8",
    )
    if lines:
        bars = "\n".join(lines)
        heading = "cost by day" if costly else "tokens by day"
        terminal.write(f"\n{heading}\n" + (f"\x1b[36m{bars}\x1b[0m\n" if terminal.colour else f"{bars}\n"))


def _tokens(tally: Tally) -> float:
    return float((tally.prompt_tokens or 0) + (tally.completion_tokens or 0))


def _cost(tally: Tally, *, short: bool = False) -> str:
    """What a sum cost: "$0.42", "free", "unknown (2 requests)", or what is known of it and for how many requests it is not."""
    if tally.unpriced and tally.cost:
        return f"{money(tally.cost)}+?" if short else f"{money(tally.cost)} + {tally.unpriced} unknown"
    if tally.unpriced:
        return "unknown" if short else f"unknown ({_requests(tally.unpriced)})"
    return "free" if tally.free and not tally.cost else money(tally.cost or 0.0)


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number:,} requests"


def _as_object(report: Report, ai: AI) -> dict[str, Any]:
    return {
        "since": report.first.isoformat(),
        "until": report.last.isoformat(),
        "by": list(report.by),
        "rows": [dict(zip(report.by, line.keys, strict=True)) | _facts(line.tally) for line in report.lines],
        "total": _facts(report.total),
        "budget": {
            "action": ai.budget.action,
            "limits": [{"period": each.period, "limit_usd": each.limit, "spent_usd": each.spent} for each in report.budget],
        },
    }


def _facts(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.requests,
        "prompt_tokens": tally.prompt_tokens,
        "cached_tokens": tally.cached_tokens,
        "completion_tokens": tally.completion_tokens,
        "cost_usd": tally.cost,
        "free_requests": tally.free,
        "unpriced_requests": tally.unpriced,
        "uncounted_requests": tally.uncounted,
    }
