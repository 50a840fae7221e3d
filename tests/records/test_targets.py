"""Who failed rests for a while, and everybody on this machine knows."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from photon.errors import Fault
from photon.records.buckets import Limits
from photon.records.targets import LONGEST_REST, Targets, span, targets_of

GROQ = "groq/llama https://api.groq.com/openai/v1"


@pytest.fixture
def targets(tmp_path, clock):
    with closing(Targets(tmp_path / "data" / "targets.sqlite3", clock=clock, warnings=pytest.fail)) as opened:
        yield opened


def fail(targets, target=GROQ, *, cooldown_s=30.0, retry_after=None, error="cannot be reached"):
    targets.failed(target, fault=Fault.REFUSED, error=error, cooldown_s=cooldown_s, retry_after=retry_after)


def rest_of(targets, target=GROQ):
    """Seconds for which the target still rests, None where it does not."""
    rest = targets.resting([target]).get(target)
    return rest and rest.until - rest.seen_at


def test_who_failed_rests_until_the_time_is_over(targets, clock):
    fail(targets)
    clock.now += 29.9
    assert rest_of(targets) == pytest.approx(0.1)
    clock.now += 0.1
    assert rest_of(targets) is None


def test_only_those_who_were_asked_about_are_told_of(targets):
    fail(targets)
    fail(targets, "other/m")
    assert set(targets.resting([GROQ, "sound/m"])) == {GROQ}


def test_the_reason_is_a_line_for_people(targets, clock):
    fail(targets)
    clock.now += 12
    rest = targets.resting([GROQ])[GROQ]
    assert rest.reason == "failed 12 s ago (connection refused); asked again in 18 s"
    assert (rest.failures, rest.error) == (1, "cannot be reached")


def test_each_further_failure_in_a_row_doubles_the_rest_up_to_sixteen_times(targets, clock):
    lengths = []
    for _ in range(7):
        fail(targets)
        lengths.append(rest_of(targets))
        clock.now += lengths[-1]
    assert lengths == [30, 60, 120, 240, 480, 480, 480]


def test_failures_of_requests_that_were_under_way_together_are_one(targets, clock):
    for _ in range(50):
        fail(targets)
        clock.now += 0.1
    assert rest_of(targets) == pytest.approx(29.9)
    assert targets.resting([GROQ])[GROQ].failures == 1


def test_who_is_tried_while_it_rests_and_fails_rests_from_then_on(targets, clock):
    fail(targets)
    clock.now += 20
    fail(targets)
    assert rest_of(targets) == 30


def test_an_answer_ends_the_rest_and_the_series(targets, clock):
    fail(targets)
    clock.now += 31
    fail(targets)
    targets.answered(GROQ, asked_at=clock.now + 1)
    assert rest_of(targets) is None
    fail(targets)
    assert rest_of(targets) == 30


def test_an_answer_to_a_request_from_before_the_failure_ends_nothing(targets, clock):
    fail(targets)
    targets.answered(GROQ, asked_at=clock.now - 5)
    assert rest_of(targets) == 30


@pytest.mark.parametrize(
    ("asked_for", "rests"), [(5.0, 30.0), (90.0, 90.0), (10 * LONGEST_REST, LONGEST_REST), (0.0, 30.0), (-1.0, 30.0)]
)
def test_a_target_that_asks_for_a_longer_rest_gets_it_but_no_more_than_a_day(targets, asked_for, rests):
    fail(targets, retry_after=asked_for)
    assert rest_of(targets) == rests


def test_a_later_failure_never_shortens_a_rest(targets, clock):
    fail(targets, retry_after=600)
    clock.now += 10
    fail(targets)
    assert rest_of(targets) == 590


def test_a_failure_from_the_future_is_from_before_the_clock_was_put_back_and_counts_no_more(targets, clock):
    fail(targets)
    clock.now -= 3600
    assert rest_of(targets) is None
    fail(targets)
    assert rest_of(targets) == 30


def test_a_series_is_forgotten_a_day_after_its_last_rest(targets, clock):
    fail(targets)
    clock.now += LONGEST_REST + 31
    fail(targets, "other/m")
    fail(targets)
    assert rest_of(targets) == 30


def test_only_the_first_line_of_an_error_is_kept_and_not_much_of_it(targets):
    fail(targets, error="no\udcff" + "o" * 5000 + "\nsecond line")
    assert targets.resting([GROQ])[GROQ].error == "no?" + "o" * 297


def test_looking_makes_no_file(targets):
    assert targets.resting([GROQ]) == {}
    targets.answered(GROQ, asked_at=0.0)
    assert targets.reset() == 0
    assert not targets.path.parent.exists()


def test_an_answer_of_a_sound_target_writes_nothing_and_waits_for_nobody(targets, clock):
    fail(targets, "other/m")
    with closing(sqlite3.connect(targets.path, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        targets.answered(GROQ, asked_at=clock.now)
        assert time.monotonic() - begun < 0.3


def test_a_reset_ends_the_rests_of_one_provider_or_of_all(targets):
    for target in (GROQ, "groq/other", "groq2/llama"):
        fail(targets, target)
    assert targets.reset("groq/") == 2
    assert set(targets.resting([GROQ, "groq/other", "groq2/llama"])) == {"groq2/llama"}
    assert targets.reset() == 1
    assert targets.resting(["groq2/llama"]) == {}


@pytest.mark.parametrize(("provider", "full"), [("groq/", {"groq", "groq url"}), ("", {"groq", "groq url", "groq2 url"})])
def test_a_reset_fills_the_buckets_of_one_provider_or_of_all(targets, provider, full):
    buckets, limits = ("groq", "groq url", "groq2 url"), Limits(requests=1)
    for bucket in buckets:
        targets.take(bucket, limits)
    targets.reset(provider)
    assert {bucket for bucket in buckets if targets.take(bucket, limits).wait == 0} == full


def test_another_process_knows_at_once(tmp_path):
    with closing(targets_of(pytest.fail)) as targets:
        assert targets.path.parent == tmp_path / "data"
        fail_there = (
            "from photon.errors import Fault; from photon.records.targets import targets_of;"
            f"targets_of(print).failed({GROQ!r}, fault=Fault.QUOTA, cooldown_s=60)"
        )
        assert subprocess.run([sys.executable, "-c", fail_there], check=True, capture_output=True).stdout == b""
        assert 50 < rest_of(targets) <= 60
        assert targets.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0.4, "0 s"), (119, "119 s"), (300, "5 min"), (10_800, "3 h"), (200_000, "2 days")],
)
def test_a_time_is_told_in_the_unit_that_people_would_use(seconds, words):
    assert span(seconds) == words
