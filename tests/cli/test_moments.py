"""Dates and times ago, as they are typed."""

import sys
import time
from datetime import datetime

import pytest

from photon.cli.moments import local_time, moment, rfc3339
from photon.errors import UsageError

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "ago"), [("30m", 1800), ("24h", 86_400), ("7d", 604_800), ("2w", 1_209_600), (" 1d ", 86_400)]
)
def test_how_long_ago(text, ago):
    assert moment(text, now=NOW) == NOW - ago


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX time zones")
def test_a_date_is_its_first_second_in_local_time(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    assert moment("2026-11-20", now=NOW) == datetime(2026, 11, 20).timestamp() == 1_795_150_800
    assert moment("2026-11-20T10:30", now=NOW) == 1_795_150_800 + 10.5 * 3600
    assert moment("2026-11-20T10:30Z", now=NOW) == 1_795_150_800 + 5.5 * 3600
    assert local_time(1_795_150_800) == "2026-11-20 00:00"
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("text", ["", "7", "d", "yesterday", "2026-13-01", "-7d", "7y", "9999999d", "0001-01-01", "7d\n8"])
def test_anything_else_is_refused_with_examples(text):
    with pytest.raises(UsageError) as caught:
        moment(text, now=NOW)
    assert "7d" in caught.value.hint


def test_machines_get_utc_with_milliseconds():
    assert rfc3339(NOW + 0.0625) == "2023-11-14T22:13:20.062Z"
