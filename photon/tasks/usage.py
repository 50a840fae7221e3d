"""What was used and what it cost, over some days, and how much of the budget that is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from photon.errors import UsageError
from photon.records.days import begin_of, day_begin, days_between, month_begin
from photon.records.usage import By, Ledger, Tally, ledger
from photon.settings.schema import AI

DAYS = 30
"""How many days there are in a report when nobody says, today included."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sum. keys: what it is of, in the order of the report's `by`."""

    keys: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Spent:
    """One limit of the budget in USD, and what was spent of it, None where the record does not say."""

    period: str
    limit: float
    spent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sums of the local days from `first` to `last`, both included. days: every one of them, also those without requests.

    budget: the limits that are set.
    """

    by: tuple[By, ...]
    first: date
    last: date
    lines: tuple[Line, ...]
    total: Tally
    days: tuple[tuple[date, Tally], ...]
    budget: tuple[Spent, ...] = ()


def usage_report(
    ai: AI,
    *,
    by: Sequence[By],
    first: date,
    last: date,
    model: str = "",
    warn: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
    now: float | None = None,
) -> Report:
    """Sum up what the record has of models with `model` in their name.

    Lines are in order of their day where there is one, the dearest first where not. warn: told in one line what is wrong
    with the record. Raises PhotonError where it is there and cannot be read, UsageError where the first day is after the last.
    """
    if first > last:
        raise UsageError(f"{first} is after {last}", hint="--since is the first day, --until the last")
    record = ledger(warn, environ, strict=True)
    try:
        since, until = begin_of(first), begin_of(last + timedelta(days=1))
        lines = [Line(*line) for line in record.tallies(by, since=since, until=until, model=model)]
        if "day" not in by:
            lines.sort(key=lambda line: (-(line.tally.cost or 0), -line.tally.requests))
        ((_, total),) = record.tallies((), since=since, until=until, model=model)
        by_day = {keys[0]: tally for keys, tally in record.tallies(("day",), since=since, until=until, model=model)}
        return Report(
            by=tuple(by),
            first=first,
            last=last,
            lines=tuple(lines),
            total=total,
            days=tuple((day, by_day.get(day.isoformat(), Tally())) for day in days_between(first, last)),
            budget=_budget(ai, record, time.time() if now is None else now),
        )
    finally:
        record.close()


def _budget(ai: AI, record: Ledger, now: float) -> tuple[Spent, ...]:
    limits = (("today", ai.budget.daily, day_begin(now)), ("this month", ai.budget.monthly, month_begin(now)))
    return tuple(Spent(period, limit, record.spent(begin)) for period, limit, begin in limits if limit)
