"""Where a day and a month begin on the user's clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def day_begin(now: float) -> float:
    """POSIX seconds of the midnight at which the local day of `now` began; where clocks skip it, of the moment they do."""
    return begin_of(datetime.fromtimestamp(now).date())


def month_begin(now: float) -> float:
    """POSIX seconds of the beginning of the local calendar month of `now`."""
    return begin_of(datetime.fromtimestamp(now).date().replace(day=1))


def begin_of(day: date) -> float:
    """POSIX seconds of the local midnight with which `day` begins."""
    return datetime(day.year, day.month, day.day).timestamp()


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
