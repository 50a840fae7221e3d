"""Rests and rate limits in the whole program: what one process meets, the next one knows."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pexpect
import pytest
import servers
from screens import Photon, in_terminal
from servers import refusal, serving, sse

from photon.errors import ExitCode

SKETCH = "GET /pets\n200: { id: int }[]"
ANSWER = sse(*servers.text_events(SKETCH))
ASK = ("ai", "suggest-path", "--no-cache")


@pytest.fixture
def configure(isolated: Path):
    """Two providers by name, `first` before `second`; further lines of their tables."""

    def write(first: str, second: str, *lines: str) -> None:
        text = ['[ai]\nprovider = "first"\nfailover = ["second"]', "[ai.retry]\nmax_wait = 0.1"]
        text += [f'[ai.providers.second]\nurl = "{second}"', f'[ai.providers.first]\nurl = "{first}"', *lines]
        (isolated / "photon.toml").write_text("\n".join(text))

    return write


def listed(photon: Photon, name: str) -> dict[str, object]:
    found = json.loads(photon("ai", "providers", "--json").stdout)["providers"]
    return next(each for each in found if each["provider"] == name)


def test_who_failed_is_passed_over_by_the_next_process_until_it_is_reset(photon: Photon, configure) -> None:
    with serving(refusal(500, "boom")) as broken, serving(ANSWER) as sound:
        configure(broken.url, sound.url)
        assert photon(*ASK, "GET /pets").returncode == 0
        tried = len(broken.requests)
        done = photon(*ASK, "GET /pets")
        assert (done.returncode, len(broken.requests)) == (0, tried)
        assert "failed" in done.stderr
        assert "(server error); asked again in" in done.stderr
        assert "second/default answers instead" in done.stderr
        assert (listed(photon, "first")["state"], listed(photon, "second")["state"]) == ("resting", "ready")
        assert photon("ai", "providers", "reset", "first").returncode == 0
        photon(*ASK, "GET /pets")
        assert len(broken.requests) > tried


def test_a_server_that_asks_for_an_hour_gets_it(photon: Photon, configure) -> None:
    with serving(servers.too_many_requests("3600")) as busy, serving(ANSWER) as sound:
        configure(busy.url, sound.url)
        photon(*ASK, "GET /pets")
    rest = listed(photon, "first")["rest"]
    assert isinstance(rest, dict)
    assert rest["fault"] == "rate limit"
    assert 3500 < datetime.fromisoformat(rest["until"]).timestamp() - time.time() <= 3600


def test_an_answer_that_is_kept_is_given_although_its_target_rests(photon: Photon, configure) -> None:
    with serving(ANSWER, refusal(500, "boom")) as first, serving(ANSWER) as second:
        configure(first.url, second.url)
        ask = ("ai", "suggest-path", "--temperature", "0")
        photon(*ask, "GET /pets")
        photon(*ask, "GET /cats")
        assert listed(photon, "first")["state"] == "resting"
        done = photon(*ask, "--json", "GET /pets")
        assert json.loads(done.stdout)["answered_by"]["provider"] == "first"
        assert json.loads(done.stdout)["cached"] is True


def test_without_waiting_the_limit_ends_in_its_exit_code_and_nothing_is_sent(photon: Photon, configure) -> None:
    with serving(ANSWER) as server:
        configure(server.url, server.url, "requests_per_minute = 1")
        assert photon(*ASK, "--no-failover", "GET /pets").returncode == 0
        done = photon(*ASK, "--no-failover", "--no-wait", "GET /pets")
        assert done.returncode == ExitCode.RATE_LIMITED
        assert "first's limit of 1 request a minute on this machine is reached; the next turn is in" in done.stderr
        assert "leave out --no-wait, or raise ai.providers.first.requests_per_minute" in done.stderr
        assert len(server.requests) == 1


def test_without_waiting_the_next_target_answers(photon: Photon, configure) -> None:
    with serving(ANSWER) as first, serving(ANSWER) as second:
        configure(first.url, second.url, "requests_per_minute = 1")
        for _ in range(2):
            assert photon(*ASK, "--no-wait", "GET /pets").returncode == 0
        assert (len(first.requests), len(second.requests)) == (1, 1)


def test_eight_processes_share_one_limit(photon: Photon, configure) -> None:
    with serving(ANSWER) as server:
        configure(server.url, server.url, "requests_per_minute = 3")
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda _: photon(*ASK, "--no-failover", "--no-wait", "GET /pets"), range(8)))
        assert sorted(each.returncode for each in done) == [0] * 3 + [ExitCode.RATE_LIMITED] * 5
        assert len(server.requests) == 3


def test_in_a_terminal_the_wait_is_told_and_ctrl_c_ends_it(photon: Photon, configure) -> None:
    with serving(ANSWER) as server:
        configure(server.url, server.url, "requests_per_minute = 1")
        photon(*ASK, "--no-failover", "GET /pets")
        with in_terminal(*ASK, "--no-failover", "GET /pets", width=120) as screen:
            screen.expect(r"waiting \d+\.\d s for first's limit of 1 request a minute \(--no-wait fails at once\)")
            screen.sendintr()
            screen.expect(pexpect.EOF)
            screen.close()
            assert screen.exitstatus == ExitCode.CANCELLED
        assert len(server.requests) == 1
        done = photon(*ASK, "--no-failover", "--no-wait", "GET /pets")
        wait = float(done.stderr.partition("the next turn is in ")[2].partition(" ")[0])
        assert wait <= 60, "who gave up gave its turn back"
