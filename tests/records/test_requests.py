"""The record of requests: what goes in comes out, without secrets, and only as long and as large as it may be."""

import stat
import sys
import time
from contextlib import closing
from dataclasses import replace
from itertools import count

import pytest
from entries import NOW, ORIGIN, entry, exchange, failed

from photon.chat import Message, Origin, Parameters, Usage
from photon.errors import Fault
from photon.records import request_tables
from photon.records.requests import History, Wanted, history
from photon.settings.schema import Record

DAY = 86_400.0
LAPTOP = Origin("local", "photon-openapi")


@pytest.fixture
def clock():
    class Clock:
        now = NOW

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def warned():
    return []


@pytest.fixture
def open_record(tmp_path, clock, warned):
    def opened(*, max_age_s=1e9, max_size_bytes=1e9, **options):
        path = tmp_path / "data" / "history.sqlite3"
        limits = {"max_age_s": max_age_s, "max_size_bytes": max_size_bytes}
        return History(path, **limits, clock=clock, warnings=warned.append, **options)

    return opened


@pytest.fixture
def record(open_record):
    return open_record()


def on_disk(record):
    """Every byte of every file that belongs to the record."""
    return b"".join(file.read_bytes() for file in record.path.parent.iterdir())


def test_a_request_comes_back_as_it_was_given(record, open_record):
    first = exchange(LAPTOP, fault=Fault.NO_MODEL, error="no such model", cost=None)
    second = exchange(usage=Usage(prompt_tokens=7, completion_tokens=None, cached_tokens=3), cost=None)
    whole = entry(
        attempts=(first, second),
        command="suggest-path",
        asked="GET /pets",
        details={"format": "json", "rendering": {"version": "3.0", "known": ["Pet"]}},
        parameters=Parameters(temperature=0.5, max_tokens=7, top_p=0.9, seed=1, stop=("a", "b")),
        finish_reason="length",
        switches=1,
        cancelled=True,
    )
    number = record.add(whole)
    record.close()
    assert number is not None
    assert open_record().get(number).entry == whole
    assert record.get(number + 1) is None


def test_a_failed_request_comes_back_with_its_error_and_without_anybody_who_answered(record):
    number = record.add(failed())
    kept = record.get(number).entry
    assert (kept, kept.origin, kept.fault) == (failed(), None, "stalled")


def test_the_file_and_its_folder_are_for_their_owner_alone(record):
    record.add(entry())
    if sys.platform != "win32":
        assert stat.S_IMODE(record.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(record.path.parent.stat().st_mode) == 0o700


def test_reading_where_there_is_no_record_makes_none(record):
    assert (record.last(), record.get(1), record.count(), list(record.export()), record.health(0)) == (None, None, 0, [], {})
    assert record.delete(NOW) == record.clear() == 0
    assert not record.path.parent.exists()


def test_ids_count_up_and_are_never_given_twice(record):
    assert [record.add(entry()) for _ in range(3)] == [1, 2, 3]
    record.clear()
    assert record.add(entry()) == 4


def test_the_newest_come_first_and_an_export_begins_with_the_oldest(record):
    for number in range(250):
        record.add(entry(f"question {number}", started=NOW + number))
    assert [kept.entry.question for kept in record.newest(2)] == ["question 249", "question 248"]
    assert [kept.id for kept in record.export()] == list(range(1, 251))
    assert record.last().id == 250


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(since=NOW + 1), [3, 2]),
        (Wanted(until=NOW + 1), [1]),
        (Wanted(since=NOW + 1, until=NOW + 2), [2]),
        (Wanted(provider="local"), [3, 2]),
        (Wanted(model="gpt-5"), [3, 1]),
        (Wanted(provider="LOCAL"), []),
        (Wanted(errors=True), [2]),
        (Wanted(answered=True), [3, 1]),
        (Wanted(words=("pets",), provider="local"), [3]),
    ],
    ids=repr,
)
def test_a_listing_holds_what_is_wanted(record, wanted, found):
    record.add(entry("first"))
    record.add(failed(started=NOW + 1, attempts=(exchange(LAPTOP, fault=Fault.STALLED),)))
    record.add(entry("list pets", started=NOW + 2, attempts=(exchange(LAPTOP, fault=Fault.NO_KEY), exchange())))
    assert [kept.id for kept in record.newest(9, wanted)] == found
    assert [kept.id for kept in record.export(wanted)] == found[::-1]
    assert record.count(wanted) == len(found)


SEARCHES = {
    ("invoices",): [1],
    ("INVOICES", "customer"): [1],
    ("invo",): [1],
    ("list the invoices",): [1],
    ("the list",): [],
    ("invoices", "unicorn"): [],
    ("/customers/{id}",): [1],
    ("café",): [2],
    ("🎉",): [2],
    ("ustome",): [1],
    ('"quoted"',): [2],
    ('"',): [2],
    ("100%",): [2],
    ("%",): [2],
    ("AND",): [3],
    ("NOT",): [3],
    ("NEAR(", "*"): [],
    ("-x", "asked:invoices", "^", "{a b} :"): [],
    ("semi;colon'--",): [3],
    ("answer", "???"): [],
    ("answer", "🎉"): [2],
    ("answer ???",): [],
    ("of a", "--"): [3],
    ("short answer",): [3, 2],
    ("",): [3, 2, 1],
}


@pytest.mark.parametrize("indexed", [True, False], ids=["with the index", "without FTS5"])
@pytest.mark.parametrize(("words", "found"), SEARCHES.items(), ids=map(repr, SEARCHES))
def test_words_are_found_in_questions_and_answers_whatever_they_are(open_record, indexed, words, found):
    record = open_record(indexed=indexed)
    record.add(entry("list the invoices of a Customer", "GET /customers/{id}/invoices"))
    record.add(entry('a "quoted" café 🎉', "100% of a short answer"))
    record.add(entry("AND OR NOT", "semi;colon'-- of a short answer"))
    assert [kept.id for kept in record.newest(9, Wanted(words=words))] == found


def test_the_notation_that_every_model_is_taught_is_not_searched(record):
    record.add(entry("GET /pets", messages=(Message("system", "For example invoices."), Message("user", "GET /pets"))))
    assert record.count(Wanted(words=("invoices",))) == 0


def test_a_record_that_was_begun_without_an_index_is_searched_without_one(open_record):
    plain = open_record(indexed=False)
    plain.add(entry("before"))
    plain.close()
    later = open_record()
    later.add(entry("afterwards"))
    assert later.count(Wanted(words=("before",))) == later.count(Wanted(words=("afterw",))) == 1


def test_an_unfamiliar_sqlite_without_fts5_is_noticed(monkeypatch):
    class Without(request_tables.sqlite3.Connection):
        def execute(self, sql, *values):
            raise request_tables.sqlite3.OperationalError("no such module: fts5")

    assert request_tables.has_fts5.__wrapped__()
    connect = request_tables.sqlite3.connect
    monkeypatch.setattr(request_tables.sqlite3, "connect", lambda path: connect(path, factory=Without))
    assert not request_tables.has_fts5.__wrapped__()


KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


def test_no_key_reaches_the_file_in_any_text(record):
    leaky = exchange(error=f"401 for {KEY}", fault=Fault.UNAUTHORIZED)
    record.add(
        entry(
            f"my key is {KEY}",
            f"so {KEY} it is",
            messages=(Message("system", f"Authorization: Bearer {KEY}"), Message("user", KEY)),
            details={"context": {"types": [KEY], KEY: {"deep": KEY}}},
            error=f"{KEY} was refused",
            attempts=(leaky,),
        )
    )
    record.close()
    assert KEY.encode() not in on_disk(record)
    kept = record.last().entry
    assert "key" in kept.question
    assert KEY[:12] not in repr(kept)


def test_what_is_no_text_is_kept_as_far_as_it_is_one(record):
    odd = "half a \ud83d surrogate, a \0 zero, \u202e turned, \x1b[31m red, and 漢字"
    number = record.add(entry(odd, odd, error=odd))
    kept = record.get(number).entry
    assert kept.answer == odd.replace("\ud83d", "?").replace("\0", "\ufffd")
    assert record.count(Wanted(words=("漢字",))) == 1
    assert record.count(Wanted(words=("zero\0",))) == 1


def test_counts_alone_hold_no_text_but_all_numbers(open_record):
    record = open_record(texts=False)
    number = record.add(entry("a secret plan", "a secret answer", details={"context": "secret"}))
    record.add(failed("secret", error="the secret plan was refused"))
    kept = record.get(number)
    assert not kept.texts
    assert (kept.entry.question, kept.entry.answer, kept.entry.messages) == ("", "", ())
    assert (kept.entry.usage, kept.entry.cost) == (entry().usage, 0.25)
    assert record.last().entry.fault == "stalled"
    record.close()
    assert b"secret" not in on_disk(record)


def test_the_settings_decide_whether_and_what_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("PHOTON_DATA_DIR", str(tmp_path))
    assert history(Record(keep="nothing"), pytest.fail) is None
    with closing(history(Record(keep="counts"), pytest.fail)) as counting:
        counting.add(entry())
    with closing(history(Record(), pytest.fail)) as keeping:
        keeping.add(entry())
        assert [kept.texts for kept in keeping.newest(9)] == [True, False]


def test_what_is_too_old_is_forgotten_within_some_requests(open_record, clock):
    record = open_record(max_age_s=60 * DAY)
    for number in range(10):
        record.add(entry("an old secret", started=NOW + number))
    clock.now = NOW + 61 * DAY
    for _ in range(32):
        record.add(entry("young", started=clock.now))
    assert {kept.entry.question for kept in record.export()} == {"young"}
    assert record.count(Wanted(words=("secret",))) == 0
    assert record.health(0)[str(ORIGIN)].requests == 32


def test_what_this_month_has_cost_is_kept_when_its_requests_are_too_old(open_record, clock):
    clock.now = time.mktime((2023, 11, 20, 12, 0, 0, 0, 0, -1))
    record = open_record(max_age_s=DAY)
    record.add(entry("last month", started=clock.now - 25 * DAY))
    record.add(entry("this month", started=clock.now - 10 * DAY))
    for _ in range(32):
        record.add(entry("today", started=clock.now))
    assert {kept.entry.question for kept in record.export()} == {"today"}
    assert record.health(0)[str(ORIGIN)].requests == 33


@pytest.mark.parametrize("indexed", [True, False], ids=["with the index", "without FTS5"])
def test_a_full_record_drops_the_oldest_texts_and_no_count_of_this_month(open_record, indexed):
    limit = 1_000_000
    record = open_record(max_size_bytes=limit, indexed=indexed)
    for number in range(300):
        record.add(entry(f"question {number}", f"word{number} some words of an answer " * 300))
    assert record.path.stat().st_size <= limit * 1.05
    kept = [each.id for each in record.export() if each.texts]
    assert kept == list(range(kept[0], 301)), "the newest texts, without a gap"
    assert 20 < len(kept) < 200
    assert record.count() == 300
    assert record.health(0)[str(ORIGIN)].requests == 300
    assert record.count(Wanted(words=("word0",))) == 0


def test_a_full_record_without_texts_drops_the_oldest_counts_but_none_of_this_month(open_record, clock):
    record = open_record(max_size_bytes=200_000, texts=False)
    for number in range(800):
        record.add(entry(started=NOW - 60 * DAY + number))
    for number in range(200):
        record.add(entry(started=NOW + number))
    assert record.path.stat().st_size <= 250_000
    assert record.count(Wanted(since=NOW)) == 200
    assert 0 < record.count(Wanted(until=NOW)) < 700


def test_old_counts_make_room_for_new_texts(open_record):
    record = open_record(max_size_bytes=300_000)
    with closing(open_record(max_size_bytes=300_000, texts=False)) as counting:
        for number in range(1000):
            counting.add(entry(started=NOW - 60 * DAY + number))
    for number in range(50):
        record.add(entry(f"question {number}", "some words of an answer " * 40))
    assert [each.texts for each in record.newest(30)] == [True] * 30
    assert record.path.stat().st_size <= 350_000


def test_a_text_that_is_larger_than_the_record_may_be_is_left_out(open_record):
    record = open_record(max_size_bytes=1_000_000)
    record.add(entry("small"))
    number = record.add(entry("large", "x" * 600_000))
    assert not record.get(number).texts
    assert record.get(1).texts


def test_clearing_leaves_no_word_on_the_disk_also_while_others_have_it_open(record, open_record):
    record.add(entry("a secretplan", "a secretanswer"))
    with closing(open_record()) as other:
        assert other.count() == 1
        assert record.clear() == 1
        assert b"secret" not in on_disk(record)
    assert record.count() == 0
    record.close()
    assert b"secret" not in on_disk(record)


def test_deleting_forgets_what_is_older_with_its_words_and_its_attempts(record):
    record.add(entry("a secretplan", started=NOW - 1))
    record.add(entry("a recent question"))
    assert record.delete(NOW) == 1
    assert [kept.entry.question for kept in record.export()] == ["a recent question"]
    assert record.count(Wanted(words=("recent",))) == 1
    assert record.health(0)[str(ORIGIN)].requests == 1
    record.close()
    assert b"secret" not in on_disk(record)


def test_the_health_of_a_target_is_that_of_its_exchanges(record):
    times = iter([(100.0, 1000.0), (300.0, 3000.0), (200.0, 2000.0)])
    for first, total in times:
        record.add(entry(attempts=(exchange(first_token_ms=first, total_ms=total),)))
    broken = exchange(fault=Fault.SERVER_ERROR, error="503", started=NOW + 5, total_ms=2000.0)
    record.add(entry(attempts=(broken, exchange(LAPTOP))))
    record.add(entry(attempts=(exchange(cancelled=True),)))
    record.add(entry(attempts=(exchange(fault=Fault.RESET, started=NOW - 9),)))
    found = record.health(NOW)
    assert set(found) == {"openai/gpt-5", "local/photon-openapi"}
    openai = found["openai/gpt-5"]
    assert (openai.requests, openai.succeeded) == (4, 3)
    assert (openai.median_first_token_ms, openai.median_total_ms) == (200.0, 2000.0)
    assert (openai.last_error, openai.last_error_at) == ("503", NOW + 7)
    laptop = found["local/photon-openapi"]
    assert (laptop.requests, laptop.last_error, laptop.last_error_at) == (1, "", None)


def test_an_exchange_that_ended_before_anything_came_is_no_success(record):
    record.add(entry(attempts=(replace(exchange(first_token_ms=None, total_ms=1.0), finish_reason=None),)))
    record.add(entry(attempts=(exchange(first_token_ms=None), replace(exchange(), finish_reason=None))))
    health = record.health(0)[str(ORIGIN)]
    assert (health.requests, health.succeeded) == (3, 2), "neither an empty answer nor one that was left is none"
    assert (health.median_total_ms, health.last_error, health.last_error_at) == (900.0, "", None)


def test_an_error_whose_words_were_not_kept_is_told_by_its_kind(open_record):
    record = open_record(texts=False)
    record.add(failed())
    health = record.health(0)[str(ORIGIN)]
    assert (health.last_error, health.median_total_ms, health.succeeded) == ("stalled", None, 0)


@pytest.mark.parametrize(
    ("costs", "together"),
    [((0.25, 0.5), 0.75), ((0.0,), 0.0), ((None,), None), ((0.25, None), None)],
)
def test_the_cost_of_a_request_is_unknown_when_that_of_one_answer_is(costs, together):
    assert entry(attempts=tuple(exchange(cost=cost) for cost in costs)).cost == together


def test_who_was_not_reached_costs_nothing_that_is_unknown():
    refused = exchange(fault=Fault.REFUSED, cost=None)
    assert entry(attempts=(refused, exchange(cost=0.5))).cost == 0.5
    assert failed().cost is None


def test_tokens_that_nobody_counted_are_unknown_and_not_0():
    counted, uncounted = exchange(usage=Usage(prompt_tokens=3)), exchange(usage=Usage())
    assert entry(attempts=(counted, uncounted)).usage == Usage(prompt_tokens=3)


def test_the_question_is_the_users_own_words_or_the_last_that_they_said():
    said = (Message("user", "first"), Message("assistant", "yes"), Message("user", "second"), Message("assistant", "GET /"))
    assert entry(messages=said).question == "What is 422?"
    assert replace(entry(messages=said), asked="").question == "second"


def test_what_a_newer_photon_kept_is_read_as_far_as_it_is_known(record):
    number = record.add(entry())
    database = record._store._opened()
    database.execute("""UPDATE requests SET parameters = '{"temperature": 1.0, "magic": 7}', finish_reason = 'magic'""")
    database.execute("UPDATE exchanges SET fault = 'magic'")
    kept = record.get(number).entry
    assert kept.parameters == Parameters(temperature=1.0)
    assert (kept.finish_reason, kept.attempts[0].fault) == (None, Fault.OTHER)


def test_keeping_a_request_takes_less_than_two_milliseconds(record):
    numbers = count()
    record.add(entry())
    times = []
    for _ in range(100):
        begun = time.perf_counter()
        record.add(entry(f"question {next(numbers)} " * 50, "some words of an answer " * 100))
        times.append(time.perf_counter() - begun)
    assert sorted(times)[50] < 0.002
