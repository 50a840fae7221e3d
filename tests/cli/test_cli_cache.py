"""``photon ai cache stats`` and ``photon ai cache clear``."""

import json
import os

import pytest
from typer.testing import CliRunner

from photon.chat import Usage
from photon.cli.cache import cache_app
from photon.errors import PhotonError
from photon.records.cache import ResponseCache, StoredAnswer, response_cache
from photon.settings.schema import Cache


@pytest.fixture
def cache() -> ResponseCache:
    return response_cache(Cache(), pytest.fail)


def run(*arguments: str):
    return CliRunner().invoke(cache_app, list(arguments))


def fill(cache, answers=3):
    for number in range(answers):
        cache.put(str(number), StoredAnswer("POST /login", Usage(prompt_tokens=1)))
    cache.get("0")
    cache.close()


def test_stats_of_an_empty_cache_are_zeros_and_make_no_file(cache):
    result = run("stats", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "path": str(cache.path),
        "answers": 0,
        "bytes": 0,
        "oldest": None,
        "newest": None,
        "hits": 0,
    }
    assert not cache.path.exists()


def test_stats_count_answers_bytes_and_hits(cache):
    fill(cache)
    facts = json.loads(run("stats", "--json").stdout)
    assert (facts["answers"], facts["hits"]) == (3, 1)
    assert facts["bytes"] == cache.path.stat().st_size
    assert facts["oldest"] <= facts["newest"]
    assert facts["oldest"].endswith("Z")


def test_stats_for_people_name_file_number_and_size(cache):
    fill(cache)
    lines = dict(line.split(maxsplit=1) for line in run("stats").stdout.splitlines())
    assert list(lines) == ["path", "answers", "size", "oldest", "newest", "hits"]
    assert (lines["path"], lines["answers"], lines["hits"]) == (str(cache.path), "3", "1")
    assert lines["size"].endswith(" kB")


def test_stats_of_a_damaged_cache_warn_on_stderr_and_go_on(cache):
    cache.path.parent.mkdir()
    cache.path.write_bytes(os.urandom(5000))
    result = run("stats", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["answers"] == 0
    assert result.stderr.count("\n") == 1
    assert "photon ai cache clear" in result.stderr


def test_clear_says_on_stderr_what_it_removed(cache):
    fill(cache)
    size = cache.path.stat().st_size
    result = run("clear")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"removed 3 answers, {size / 1000:.0f} kB\n"
    assert cache.stats().entries == 0


def test_clear_is_content_with_an_empty_cache(cache):
    result = run("clear")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "the cache was empty\n")
    assert not cache.path.exists()
    fill(cache)
    run("clear")
    assert run("clear").stderr == "the cache was empty\n"


@pytest.mark.parametrize("content", [b"no database", os.urandom(50_000)], ids=["text", "noise"])
def test_clear_mends_a_damaged_cache(cache, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    result = run("clear")
    assert result.exit_code == 0
    assert result.stderr == "the cache could not be read and is a new one now\n"
    fill(cache)
    assert cache.stats().entries == 3
    assert sorted(path.name for path in cache.path.parent.iterdir() if path.suffix == ".corrupt") == []


def test_clear_of_what_is_no_file_says_what_to_do(cache):
    cache.path.mkdir(parents=True)
    (cache.path / "mine.txt").touch()
    error = run("clear").exception
    assert isinstance(error, PhotonError)
    assert "move it away" in error.message


@pytest.mark.parametrize("command", [(), ("stats",), ("clear",)])
def test_help_explains_with_an_example(command):
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "cache" in result.stdout
