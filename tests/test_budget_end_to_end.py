"""A budget, against the whole program: what is spent is counted, and then nobody who costs money is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import servers
from screens import Photon
from servers import Server, serving, sse

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

MILLION = 1_000_000


@pytest.fixture
def paid(isolated: Path) -> dict[str, str]:
    """The settings for a server that wants a dollar for each request, and a budget of one a day."""
    prices = isolated / "prices.toml"
    prices.write_text('[[price]]\nhost = "127.0.0.1"\nmodel = "m"\ninput = 1\noutput = 0\n')
    return {
        "PHOTON_AI_PROVIDER": "openai",
        "PHOTON_AI_MODEL": "m",
        "OPENAI_API_KEY": "sk-test-0123456789",
        "PHOTON_AI_RECORD_PRICES": str(prices),
        "PHOTON_AI_BUDGET_DAILY": "1",
    }


@pytest.fixture
def server():
    with serving(sse(*servers.text_events("GET /pets\n200: { id: int }[]", usage=(MILLION, 3)))) as running:
        yield running


def suggest(photon: Photon, server: Server, env: dict[str, str], *options: str):
    return photon("ai", "suggest-path", "--no-cache", *options, "GET /pets", env=env | {"PHOTON_AI_URL": server.url})


def test_the_second_request_is_stopped_and_the_usage_says_why(photon: Photon, server: Server, paid: dict[str, str]) -> None:
    assert suggest(photon, server, paid, "--no-failover").returncode == ExitCode.SUCCESS
    stopped = suggest(photon, server, paid, "--no-failover")
    assert stopped.returncode == ExitCode.RATE_LIMITED
    assert stopped.stderr.splitlines()[0] == "photon: today's budget of $1.00 is spent ($1.00)"
    assert "photon ai usage" in stopped.stderr
    usage = photon("ai", "usage", "--json", env=paid)
    found = json.loads(usage.stdout)
    assert (found["total"]["prompt_tokens"], found["total"]["cost_usd"]) == (MILLION, 1.0)
    assert found["budget"]["limits"] == [{"period": "today", "limit_usd": 1.0, "spent_usd": 1.0}]
    assert len(server.requests) == 1


def test_with_warn_it_is_said_and_asked(photon: Photon, server: Server, paid: dict[str, str]) -> None:
    paid |= {"PHOTON_AI_BUDGET_ACTION": "warn"}
    suggest(photon, server, paid, "--no-failover")
    second = suggest(photon, server, paid, "--no-failover")
    assert second.returncode == ExitCode.SUCCESS
    assert "photon: today's budget of $1.00 is spent; openai is asked all the same" in second.stderr
    assert len(server.requests) == 2


@pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")
def test_who_is_free_goes_on_answering(photon: Photon, server: Server, paid: dict[str, str]) -> None:
    suggest(photon, server, paid)
    second = suggest(photon, server, paid)
    assert second.returncode == ExitCode.SUCCESS
    assert "today's budget of $1.00 is spent ($1.00); local/photon-openapi answers instead" in second.stderr
    assert len(server.requests) == 1


def test_where_the_record_cannot_be_kept_nobody_who_costs_money_is_asked(
    photon: Photon, server: Server, paid: dict[str, str], isolated: Path
) -> None:
    (isolated / "file").write_text("in the way")
    stopped = suggest(photon, server, paid | {"PHOTON_DATA_DIR": str(isolated / "file")}, "--no-failover")
    assert stopped.returncode == ExitCode.RATE_LIMITED
    assert "openai costs money, and what was spent already cannot be read" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert server.requests == []


def test_a_budget_without_a_record_is_a_mistake_in_the_settings(photon: Photon, server: Server, paid: dict[str, str]) -> None:
    refused = suggest(photon, server, paid | {"PHOTON_AI_RECORD_KEEP": "nothing"})
    assert refused.returncode == ExitCode.CONFIGURATION
    assert "ai.record.keep" in refused.stderr
    assert server.requests == []
