"""What the response cache keeps, for how long, and how much of it."""

import stat
import sys
import time
from pathlib import Path

import pytest

from photon.chat import Usage
from photon.records.cache import ResponseCache, StoredAnswer, response_cache
from photon.settings.schema import Cache

LOGIN = StoredAnswer("POST /login\n200 {token: string}\n", Usage(prompt_tokens=31, completion_tokens=17))


def test_an_answer_comes_back_as_it_was_kept_also_for_the_next_process(open_cache):
    first = open_cache()
    first.put("login", LOGIN)
    first.close()
    assert open_cache().get("login") == LOGIN


@pytest.mark.parametrize("text", ["", "naïve 日本語 🚀", "a\x00b", "two\r\nlines\n", "é vs e\u0301"])
def test_text_is_kept_to_the_last_character(open_cache, text):
    cache = open_cache()
    cache.put("key", StoredAnswer(text))
    found = cache.get("key")
    assert found is not None
    assert found.text == text


def test_an_answer_that_repeats_a_key_is_not_kept(open_cache, monkeypatch):
    monkeypatch.setenv("WORK_API_KEY", "canary-0123456789")
    cache = open_cache()
    cache.put("key", StoredAnswer("your key is canary-0123456789, keep it safe"))
    cache.put("other", StoredAnswer("use a header such as Authorization: Bearer sk-0123456789abcdef"))
    assert cache.get("key") is None
    assert cache.get("other") is not None, "an example of a key is none"


def test_an_answer_is_found_within_five_milliseconds_also_when_the_file_must_be_opened(open_cache):
    cache = open_cache()
    for number in range(200):
        cache.put(str(number), StoredAnswer("POST /login\n" * 50))
    seconds = []
    for number in range(20):
        cache.close()
        begun = time.perf_counter()
        assert cache.get(str(number)) is not None
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.005


def test_unknown_token_counts_stay_unknown(open_cache):
    cache = open_cache()
    cache.put("key", StoredAnswer("text"))
    assert cache.get("key").usage == Usage()


def test_a_newer_answer_takes_the_place_of_the_old_one(open_cache):
    cache = open_cache()
    cache.put("login", StoredAnswer("old"))
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN
    assert cache.stats().entries == 1


def test_looking_into_a_cache_that_is_not_there_makes_no_file(open_cache, tmp_path, warned):
    cache = open_cache()
    assert cache.get("login") is None
    assert cache.stats().entries == 0
    assert cache.clear() == 0
    assert not (tmp_path / "cache").exists()
    assert warned == []


def test_an_answer_is_given_until_it_is_too_old(open_cache, clock):
    cache = open_cache(max_age_s=60)
    cache.put("login", LOGIN)
    clock.now += 59
    assert cache.get("login") == LOGIN
    clock.now += 1
    assert cache.get("login") is None


def test_an_answer_from_a_clock_that_was_far_ahead_is_not_kept_for_ever(open_cache, clock):
    cache = open_cache(max_age_s=60)
    clock.now += 1000
    cache.put("login", LOGIN)
    clock.now -= 1000
    assert cache.get("login") is None


def test_an_answer_that_is_too_old_is_removed_when_another_is_kept(open_cache, clock):
    cache = open_cache(max_age_s=60)
    cache.put("old", LOGIN)
    clock.now += 61
    cache.put("new", LOGIN)
    assert cache.stats().entries == 1


def test_above_its_size_the_cache_drops_the_answers_used_longest_ago(open_cache, clock):
    cache = open_cache(max_size_bytes=200_000)
    for number in range(300):
        clock.now += 1
        cache.put(f"answer {number}", StoredAnswer("x" * 1000))
        assert cache.get("answer 0") is not None
    assert cache.get("answer 299") is not None
    assert cache.get("answer 1") is None
    cache.close()
    assert cache.stats().bytes <= 200_000
    assert cache.stats().entries > 100


def test_an_answer_larger_than_the_cache_pushes_nobody_out(open_cache):
    cache = open_cache(max_size_bytes=50_000)
    cache.put("login", LOGIN)
    cache.put("huge", StoredAnswer("x" * 60_000))
    assert cache.get("huge") is None
    assert cache.get("login") == LOGIN


def test_a_cache_of_size_zero_keeps_nothing(open_cache, warned):
    cache = open_cache(max_size_bytes=0)
    cache.put("login", LOGIN)
    assert cache.get("login") is None
    assert warned == []


def test_an_answer_with_half_a_surrogate_pair_is_not_kept_and_harms_nothing(open_cache, warned):
    cache = open_cache()
    cache.put("broken", StoredAnswer("\ud83d"))
    cache.put("login", LOGIN)
    assert cache.get("broken") is None
    assert cache.get("login") == LOGIN
    assert warned == []


def test_the_statistics_count_answers_hits_and_bytes_on_disk(open_cache, clock, tmp_path):
    cache = open_cache()
    oldest = clock.now
    cache.put("a", LOGIN)
    clock.now += 10
    cache.put("b", LOGIN)
    cache.get("a")
    cache.get("a")
    cache.get("missing")
    stats = cache.stats()
    on_disk = sum(file.stat().st_size for file in (tmp_path / "cache").iterdir() if not file.name.endswith("-shm"))
    assert (stats.entries, stats.hits, stats.oldest, stats.newest) == (2, 2, oldest, oldest + 10)
    assert stats.bytes == on_disk > 0
    assert stats.path == tmp_path / "cache" / "answers.sqlite3"


def test_clearing_says_how_many_answers_there_were_and_leaves_none(open_cache):
    cache = open_cache()
    cache.put("a", LOGIN)
    cache.put("b", LOGIN)
    assert cache.clear() == 2
    assert cache.get("a") is None
    cache.put("c", LOGIN)
    assert cache.get("c") == LOGIN


def test_a_cleared_cache_holds_no_trace_of_the_answers(open_cache, tmp_path):
    cache = open_cache()
    for number in range(50):
        cache.put(str(number), StoredAnswer("confidential " * 100))
    cache.clear()
    assert not any(b"confidential" in file.read_bytes() for file in (tmp_path / "cache").iterdir())


def test_a_closed_cache_opens_again_when_it_is_used(open_cache):
    cache = open_cache()
    cache.put("login", LOGIN)
    cache.close()
    cache.close()
    assert cache.get("login") == LOGIN


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_answers_are_private_in_a_private_folder(open_cache, tmp_path):
    cache = open_cache()
    cache.put("login", LOGIN)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "cache").iterdir()}
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
    assert set(modes) == {"answers.sqlite3", "answers.sqlite3-wal", "answers.sqlite3-shm"}
    assert set(modes.values()) == {0o600}


def test_the_users_cache_is_in_the_cache_folder_with_the_limits_of_the_settings(tmp_path: Path, warned: list[str]):
    cache = response_cache(Cache(max_age_days=0), warned.append, {"PHOTON_CACHE_DIR": str(tmp_path / "mine")})
    cache.put("login", LOGIN)
    assert isinstance(cache, ResponseCache)
    assert cache.path.parent == tmp_path / "mine"
    assert cache.path.exists()
    assert cache.get("login") is None
