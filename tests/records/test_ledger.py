"""Sums over the record of requests."""

import os
import sqlite3
import time
from contextlib import closing

import pytest
from requests_made import keep, made

from photon.errors import Fault
from photon.records.database import open_database
from photon.records.request_tables import EXCHANGE_COLUMNS, has_fts5, layout
from photon.records.usage import Ledger, Tally

NOON = 1_774_785_600.0  # 2026-03-29T12:00Z
EVER = {"since": 0.0, "until": 1e12}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.sqlite3"


@pytest.fixture
def ledger(path, warned):
    with closing(Ledger(path, warnings=warned.append)) as opened:
        yield opened


def test_a_record_that_is_not_there_has_no_requests_and_is_not_made_by_looking(ledger, path):
    assert ledger.tallies(("day",), **EVER) == ()
    assert ledger.tallies((), **EVER) == (((), Tally()),)
    assert not path.exists()


def test_sums_add_up_what_is_known_and_count_what_is_not(ledger, path):
    keep(
        path,
        made(at=NOON, cost=0.25, prompt_tokens=100, completion_tokens=10, cached_tokens=60),
        made(at=NOON, cost=0.5, prompt_tokens=200, completion_tokens=20),
        made(at=NOON, cost=None, prompt_tokens=300),
        made(at=NOON, cost=0.0, provider="local"),
        made(at=NOON, cost=0.0, fault=Fault.REFUSED),
    )
    (((), total),) = ledger.tallies((), **EVER)
    assert total == Tally(
        requests=5, prompt_tokens=600, completion_tokens=30, cached_tokens=60, cost=0.75, unpriced=1, free=1, uncounted=2
    )


def test_an_unknown_price_is_no_price_of_zero(ledger, path):
    keep(path, made(at=NOON, cost=None, provider="work"), made(at=NOON, cost=0.0, provider="local"))
    sums = dict(ledger.tallies(("provider",), **EVER))
    assert (sums[("work",)].cost, sums[("work",)].unpriced, sums[("work",)].free) == (None, 1, 0)
    assert (sums[("local",)].cost, sums[("local",)].unpriced, sums[("local",)].free) == (0.0, 0, 1)
    assert sums[("local",)].prompt_tokens is None, "an unknown count is not 0 either"


def test_sums_are_made_by_anything_and_all_of_it(ledger, path):
    day = 86_400.0
    keep(
        path,
        made(at=NOON, provider="openai", model="a", cost=1.0),
        made(at=NOON, provider="openai", model="b", cost=2.0),
        made(at=NOON, provider="work", model="a", cost=4.0),
        made(at=NOON - day, provider="openai", model="a", cost=8.0),
    )

    def costs(*by):
        return {keys: tally.cost for keys, tally in ledger.tallies(by, **EVER)}

    assert list(costs("day").values()) == [8.0, 7.0]
    assert costs("provider") == {("openai",): 11.0, ("work",): 4.0}
    assert costs("model") == {("a",): 13.0, ("b",): 2.0}
    assert costs("provider", "model") == {("openai", "a"): 9.0, ("openai", "b"): 2.0, ("work", "a"): 4.0}
    assert len(costs("day", "provider", "model")) == 4


def test_the_end_of_the_time_is_not_in_it(ledger, path):
    keep(path, *(made(at=NOON + second, cost=1.0) for second in range(4)))
    (((), total),) = ledger.tallies((), since=NOON + 1, until=NOON + 3)
    assert total.requests == 2


def test_models_are_picked_by_a_part_of_their_name_in_any_case_and_without_wildcards(ledger, path):
    keep(path, *(made(at=NOON, model=model) for model in ("gpt-5", "GPT-5-mini", "llama%", "llama")))
    counted = {part: ledger.tallies((), **EVER, model=part)[0][1].requests for part in ("gpt-5", "mini", "%", "_", "zzz")}
    assert counted == {"gpt-5": 2, "mini": 1, "%": 1, "_": 0, "zzz": 0}


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock's zone cannot be set here")
def test_days_are_those_of_the_users_clock(ledger, path, monkeypatch):
    keep(path, *(made(at=NOON + hours * 3600) for hours in (-13, 9.9, 10.1)))
    try:
        monkeypatch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        days = [keys[0] for keys, _ in ledger.tallies(("day",), **EVER)]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert days == ["2026-03-29", "2026-03-30"], "23:00Z is past midnight in winter time, 21:54Z is before it in summer time"


def test_what_was_spent_is_the_known_cost_since_then(ledger, path):
    keep(path, made(at=NOON - 1, cost=8.0), made(at=NOON, cost=0.25), made(at=NOON + 9, cost=None), made(at=NOON + 9, cost=0.5))
    assert ledger.spent(NOON) == 0.75
    assert ledger.spent(NOON + 1e6) == 0


def test_a_new_record_begins_with_nothing_spent(ledger, path):
    assert ledger.spent(0) == 0
    assert path.exists(), "for the first request to be kept in it"


def test_what_others_spend_is_seen_at_once(ledger, path):
    assert ledger.spent(0) == 0
    keep(path, made(at=NOON, cost=0.25))
    assert ledger.spent(0) == 0.25


def test_a_record_that_cannot_be_used_does_not_say_what_was_spent(path, warned, tmp_path):
    path.mkdir(parents=True)
    with closing(Ledger(path, warnings=warned.append)) as ledger:
        assert ledger.spent(0) is None
        assert ledger.spent(0) is None
    assert len(warned) == 1 and "is a folder" in warned[0]


def test_a_record_that_another_process_holds_does_not_say_it_this_time(path, warned, monkeypatch):
    monkeypatch.setattr("photon.records.usage._PATIENCE", 0.05)
    keep(path, made(at=NOON, cost=0.25))
    with closing(Ledger(path, warnings=warned.append)) as ledger:
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            assert ledger.spent(0) is None
        assert ledger.spent(0) == 0.25
    assert len(warned) == 1 and "another process" in warned[0]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_record_that_may_not_be_written_does_not_say_it_for_it_would_always_say_the_same(path, warned):
    keep(path, made(at=NOON, cost=0.25))
    path.chmod(0o400)
    with closing(Ledger(path, warnings=warned.append)) as ledger:
        assert ledger.spent(0) is None
    assert len(warned) == 1 and "cannot be used" in warned[0]


def test_a_damaged_record_is_begun_anew_and_said_so(path, warned):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and it is long enough to look like one" * 100)
    with closing(Ledger(path, warnings=warned.append)) as ledger:
        assert ledger.spent(0) == 0
    assert len(warned) == 1 and "was damaged" in warned[0]


def test_a_month_of_a_hundred_thousand_requests_is_summed_up_in_milliseconds(path, ledger):
    with closing(open_database(path, layout(indexed=has_fts5()))) as database:
        row = ("openai", "m", "openai", "h", 100.0, 500.0, 1500, 90, None, 0.001, "stop", "", "", 0)
        rows = ((number, NOON + number, *row) for number in range(100_000))
        database.execute("BEGIN")
        places = ", ".join("?" * (2 + len(row)))
        database.executemany(f"INSERT INTO exchanges (request, {EXCHANGE_COLUMNS}) VALUES ({places})", rows)
        database.execute("COMMIT")
    assert ledger.spent(NOON) == pytest.approx(100)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        ledger.spent(NOON)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.05, "4 ms on an idle machine"
