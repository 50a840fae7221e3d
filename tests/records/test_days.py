"""Days and months on the user's clock, also on those days that have 23 or 25 hours, and where midnight is skipped."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from photon.records.days import begin_of, day_begin, days_between, month_begin

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock's zone cannot be set here")


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def change(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    before = os.environ.get("TZ")
    yield change
    monkeypatch.setenv("TZ", before) if before else monkeypatch.delenv("TZ", raising=False)
    time.tzset()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "now", "day", "month"),
    [
        ("UTC", "2026-03-29T12:00", "2026-03-29T00:00", "2026-03-01T00:00"),
        ("UTC", "2026-03-01T00:00", "2026-03-01T00:00", "2026-03-01T00:00"),
        ("UTC", "2026-02-28T23:59:59", "2026-02-28T00:00", "2026-02-01T00:00"),
        # 23 hours: clocks went forward at 02:00; the month began in winter time
        ("Europe/Berlin", "2026-03-29T21:59", "2026-03-28T23:00", "2026-02-28T23:00"),
        ("Europe/Berlin", "2026-03-29T22:01", "2026-03-29T22:00", "2026-02-28T23:00"),
        # 25 hours, both times in the hour that comes twice
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-24T22:00", "2026-09-30T22:00"),
        ("Europe/Berlin", "2026-10-25T01:30", "2026-10-24T22:00", "2026-09-30T22:00"),
        ("Europe/Berlin", "2026-10-25T22:30", "2026-10-24T22:00", "2026-09-30T22:00"),
        ("Europe/Berlin", "2026-10-25T23:00", "2026-10-25T23:00", "2026-09-30T22:00"),
        # it is the next month there already, and the last one still
        ("Pacific/Kiritimati", "2026-04-30T10:30", "2026-04-30T10:00", "2026-04-30T10:00"),
        ("Pacific/Honolulu", "2026-05-01T09:30", "2026-04-30T10:00", "2026-04-01T10:00"),
        ("Asia/Kathmandu", "2026-05-01T00:00", "2026-04-30T18:15", "2026-04-30T18:15"),
        # midnight does not exist: clocks go from 00:00 to 01:00
        ("Africa/Cairo", "2026-04-24T10:00", "2026-04-23T22:00", "2026-03-31T22:00"),
        # midnight comes twice: clocks go from 01:00 to 00:00
        ("America/Havana", "2026-11-01T12:00", "2026-11-01T04:00", "2026-11-01T04:00"),
        ("America/Havana", "2026-11-01T05:30", "2026-11-01T04:00", "2026-11-01T04:00"),
    ],
)
def test_day_and_month_begin_at_local_midnight(in_zone, zone, now, day, month):
    in_zone(zone)
    assert (day_begin(at(now)), month_begin(at(now))) == (at(day), at(month))


def test_days_between_holds_both_ends_and_the_29th_of_february():
    days = days_between(date(2028, 2, 27), date(2028, 3, 1))
    assert [day.isoformat() for day in days] == ["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"]
    assert days_between(date(2028, 3, 1), date(2028, 2, 1)) == []


def test_a_day_of_25_hours_is_that_long(in_zone):
    in_zone("Europe/Berlin")
    assert begin_of(date(2026, 10, 26)) - begin_of(date(2026, 10, 25)) == 25 * 3600
