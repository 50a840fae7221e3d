"""No more than a minute's worth at once, and no more a minute after that, whoever asks."""

import json
import subprocess
import sys
from contextlib import closing

import pytest

from photon.records.buckets import Limits
from photon.records.targets import Targets

THIRTY = Limits(requests=30)
TOKENS = Limits(tokens=6000)


@pytest.fixture
def targets(tmp_path, clock):
    with closing(Targets(tmp_path / "targets.sqlite3", clock=clock, warnings=pytest.fail)) as opened:
        yield opened


def waits(targets, count, limits=THIRTY, **options):
    return [targets.take("groq", limits, **options).wait for _ in range(count)]


def test_a_minutes_worth_is_there_at_once_and_the_rest_comes_one_by_one(targets):
    assert waits(targets, 33) == [0.0] * 30 + [2.0, 4.0, 6.0]


def test_the_bucket_fills_while_time_passes_but_never_above_the_brim(targets, clock):
    waits(targets, 30)
    clock.now += 4
    assert waits(targets, 3) == [0.0, 0.0, 2.0]
    clock.now += 3600
    assert waits(targets, 31) == [0.0] * 30 + [2.0]


def test_tokens_are_counted_as_requests_are_and_the_longer_wait_is_told(targets):
    limits = Limits(requests=60, tokens=6000)
    assert targets.take("groq", limits, tokens=6000).wait == 0
    turn = targets.take("groq", limits, tokens=50)
    assert (turn.wait, turn.unit) == (0.5, "tokens")
    waits(targets, 58, limits)
    assert (targets.take("groq", limits).unit, targets.take("other", limits).wait) == ("requests", 0.0)


def test_who_asks_for_more_than_a_minute_has_goes_when_the_bucket_is_full_and_those_after_it_wait(targets, clock):
    assert targets.take("groq", TOKENS, tokens=9000).wait == 0.0
    assert targets.take("groq", TOKENS, tokens=100).wait == pytest.approx(31.0)
    clock.now += 31
    assert targets.take("groq", TOKENS, tokens=9000).wait == pytest.approx(60.0)


def test_without_patience_only_what_is_there_is_taken(targets, clock):
    waits(targets, 29)
    assert waits(targets, 4, patience=0.0) == [0.0, 2.0, 2.0, 2.0]
    clock.now += 2.0
    assert waits(targets, 2, patience=0.0) == [0.0, 2.0]
    assert waits(targets, 3, patience=4.0) == [2.0, 4.0, 6.0]
    assert waits(targets, 1, patience=4.0) == [6.0]


def test_what_was_not_sent_is_given_back(targets):
    limits = Limits(requests=30, tokens=6000)
    waits(targets, 30, limits, tokens=200)
    targets.give_back("groq", limits, tokens=200)
    assert waits(targets, 2, limits, tokens=200) == [0.0, 2.0]


def test_giving_back_fills_no_more_than_the_bucket(targets):
    waits(targets, 1)
    for _ in range(5):
        targets.give_back("groq", THIRTY)
    assert waits(targets, 31)[-1] == 2.0


def test_what_was_really_used_is_settled(targets):
    targets.take("groq", TOKENS, tokens=3000)
    targets.settle("groq", TOKENS, taken=3000, used=1000)
    assert targets.take("groq", TOKENS, tokens=5000).wait == 0.0
    targets.settle("groq", TOKENS, taken=5000, used=5600)
    assert targets.take("groq", TOKENS, tokens=100).wait == pytest.approx(7.0)


@pytest.mark.parametrize("senseless", [10**15, 10**400], ids=["15 digits", "400 digits"])
def test_a_senseless_number_of_tokens_locks_nobody_out_for_longer_than_ten_minutes(targets, senseless):
    for _ in range(3):
        targets.settle("groq", TOKENS, taken=0, used=senseless)
    assert targets.take("groq", TOKENS, tokens=6000).wait == pytest.approx(660.0)
    assert targets.take("other", TOKENS, tokens=senseless).wait == 0.0
    assert targets.take("other", TOKENS).wait == pytest.approx(540.0)
    targets.settle("other", TOKENS, taken=senseless, used=0)
    assert targets.take("other", TOKENS, tokens=6000).wait == 0.0


def test_the_queue_of_those_who_wait_may_be_longer_than_that(targets):
    assert waits(targets, 400)[-1] == pytest.approx(740.0)
    targets.settle("groq", THIRTY, taken=0, used=10)
    targets.give_back("groq", THIRTY)
    assert waits(targets, 1) == [pytest.approx(740.0)]


def test_a_take_that_is_refused_writes_nothing(targets, clock):
    waits(targets, 30)
    before = targets._store._opened().execute("SELECT * FROM buckets").fetchall()
    clock.now += 1
    assert waits(targets, 1, patience=0.0) == [1.0]
    assert targets._store._opened().execute("SELECT * FROM buckets").fetchall() == before


def test_who_is_refused_after_the_clock_was_put_back_is_not_refused_for_longer(targets, clock):
    waits(targets, 30)
    clock.now -= 3600
    assert waits(targets, 1, patience=0.0) == [2.0]
    clock.now += 2
    assert waits(targets, 1, patience=0.0) == [0.0]


def test_settling_leaves_the_requests_alone(targets):
    limits = Limits(requests=1, tokens=6000)
    targets.take("groq", limits, tokens=3000)
    targets.settle("groq", limits, taken=3000, used=0)
    assert targets.take("groq", limits).unit == "requests"


def test_a_limit_that_was_changed_holds_from_now_on(targets):
    waits(targets, 30)
    assert waits(targets, 1, Limits(requests=60)) == [1.0]
    assert waits(targets, 1, Limits(requests=6), patience=0.0) == [20.0]
    fresh = [
        targets.take("other", Limits(requests=100)).wait,
        *(targets.take("other", Limits(requests=2)).wait for _ in range(3)),
    ]
    assert fresh == [0.0, 0.0, 0.0, 30.0]


def test_a_clock_that_was_put_back_fills_nothing_and_locks_nobody_out(targets, clock):
    waits(targets, 30)
    clock.now -= 3600
    assert waits(targets, 1) == [2.0]
    clock.now += 4
    assert waits(targets, 2) == [0.0, 2.0]


def test_buckets_that_have_long_been_full_are_forgotten(targets, clock):
    waits(targets, 1)
    clock.now += 8 * 86_400
    targets.take("other", THIRTY)
    assert targets._store._opened().execute("SELECT bucket FROM buckets").fetchall() == [("other",)]


PROCESS = """
import json, sys, time
from pathlib import Path
from photon.records.buckets import Limits
from photon.records.targets import Targets
path, limit, count, now, patience = Path(sys.argv[1]), *map(float, sys.argv[2:])
targets = Targets(path, clock=(lambda: now) if now else time.time, warnings=sys.exit)
sys.stdin.read()
starts = []
for _ in range(int(count)):
    wait = targets.take("groq", Limits(requests=int(limit)), patience=patience).wait
    starts.append([time.time(), wait])
print(json.dumps(starts))
"""


def from_eight_processes(path, *, limit, count, now=0.0, patience=1e9):
    """(time, wait) of each take; all processes begin when all of them are there. now: their clock, which stands still."""
    arguments = [sys.executable, "-c", PROCESS, *map(str, (path, limit, count, now, patience))]
    running = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for process in running:
        process.stdin.close()
        process.stdin = None
    done = [process.communicate(timeout=60) for process in running]
    assert [err for _, err in done] == [""] * 8
    return [tuple(take) for out, _ in done for take in json.loads(out)]


def test_eight_processes_at_once_get_exactly_what_there_is(tmp_path):
    takes = from_eight_processes(tmp_path / "targets.sqlite3", limit=100, count=40, now=1e9, patience=0.0)
    assert [wait for _, wait in takes].count(0.0) == 100


def test_eight_processes_at_once_are_put_into_one_queue(tmp_path):
    takes = from_eight_processes(tmp_path / "targets.sqlite3", limit=60, count=25, now=1e9)
    assert sorted(round(wait, 6) for _, wait in takes) == [0.0] * 60 + [float(second) for second in range(1, 141)]


def test_by_the_real_clock_no_more_starts_than_the_bucket_gives(tmp_path):
    limit = 600
    starts = sorted(moment + wait for moment, wait in from_eight_processes(tmp_path / "t.sqlite3", limit=limit, count=100))
    assert len(starts) == 800
    for number, start in enumerate(starts):
        given = limit + (start - starts[0]) * limit / 60
        assert number + 1 <= given + 1.5, "what was taken after the first start, and a take between two readings of the clock"
    assert starts[-1] - starts[0] == pytest.approx(200 * 60 / limit, abs=2.0), "and nobody waits longer than need be"
