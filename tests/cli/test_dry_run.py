"""``--dry-run``: all of what would be sent, and nothing sent."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import servers
import yaml
from screens import Photon, seen
from servers import Server, dead_port, serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

KEY = "sk-canary-0123456789abcdefghij"
ASK = ("ai", "suggest-path", "POST /login with JWT response")
OPENAI = {"OPENAI_API_KEY": KEY, "HTTPS_PROXY": f"http://127.0.0.1:{dead_port()}"}
"""Whoever breaks --dry-run does not reach OpenAI by it: `loopback_only` does not hold in processes of their own."""

SKETCH = "GET /pets\nsummary: List pets\n200: { id: int }[]"

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


def lan(server: Server, **more: str) -> dict[str, str]:
    return {"PHOTON_AI_PROVIDERS_LAN_URL": server.url, "PHOTON_AI_PROVIDERS_LAN_MODEL": "m", "LAN_API_KEY": KEY, **more}


@pytest.mark.parametrize("command", [ASK, ("ai", "chat", "Hello")], ids=["suggest-path", "chat"])
def test_it_prints_the_very_request_and_sends_nothing(photon: Photon, command: tuple[str, ...]) -> None:
    with serving(sse(*text_events(SKETCH))) as server:
        env = lan(server)
        planned = photon(*command, "-p", "lan", "--no-failover", "--dry-run", env=env)
        assert server.requests == []
        really = photon(*command, "-p", "lan", "--no-failover", env=env)
    (received,) = server.requests
    assert (planned.returncode, planned.stderr, really.returncode) == (0, "nothing was sent\n", 0)
    head, body, *_ = planned.stdout.split("\n\n")
    assert head.splitlines()[:2] == ["# lan/m", f"POST {server.url}{received.path}"]
    assert json.loads(body) == received.json
    headers = dict(line.split(": ", 1) for line in head.splitlines()[2:])
    assert headers == {**received.headers, "authorization": "Bearer sk-…ghij"}
    assert KEY not in planned.stdout + planned.stderr


def test_it_says_tokens_cost_and_who_would_be_asked_next(photon: Photon) -> None:
    env = {**OPENAI, "PHOTON_AI_FAILOVER": "ollama,fake"}
    lines = photon(*ASK, "-p", "openai", "-m", "gpt-5.4-mini", "--dry-run", env=env).stdout.splitlines()
    (expected,) = [line for line in lines if "prompt tokens" in line]
    assert expected.startswith("# about 79") and "prompt tokens ($0.0006), " in expected
    assert expected.endswith("an answer of up to 1024 tokens (up to $0.0046)")
    assert lines[-2:] == [
        "# if it cannot answer: ollama/llama3.2 at http://127.0.0.1:11434/api/chat (free)",
        "# if it cannot answer: fake/fake, in this process (free; answers from a script, in this process)",
    ]


def test_an_unknown_price_is_unknown(photon: Photon) -> None:
    planned = photon(*ASK, "-p", "openai", "-m", "gpt-99-unheard-of", "--no-failover", "--dry-run", env=OPENAI)
    assert "tokens; the price is unknown\n" in planned.stdout


def test_scripts_get_a_list_of_all_targets_in_full(photon: Photon) -> None:
    with serving(servers.status(500)) as server:
        env = lan(server, PHOTON_AI_FAILOVER="lan,openai,fake", PHOTON_AI_PROVIDER="lan", HTTPS_PROXY=OPENAI["HTTPS_PROXY"])
        done = photon(*ASK, "--dry-run", "--json", env=env)
        assert server.requests == []
    targets: list[dict[str, Any]] = json.loads(done.stdout)
    assert [target["provider"] for target in targets] == ["lan", "openai", "fake"]
    first, openai, _ = targets
    assert (first["method"], first["url"], first["cloud"]) == ("POST", f"{server.url}/v1/chat/completions", False)
    assert first["headers"]["authorization"] == "Bearer sk-…ghij" and first["body"]["model"] == "m"
    assert (first["prompt_cost_usd"], first["max_answer_cost_usd"], first["cached"]) == (0, 0, False)
    assert (openai["note"], openai["headers"]["authorization"], openai["cloud"]) == (
        "there is no key for openai",
        "Bearer (no key)",
        True,
    )
    assert 0 < openai["prompt_cost_usd"] < openai["max_answer_cost_usd"]
    assert openai["prompt_tokens_estimated"] is True and openai["max_tokens"] == 1024
    assert KEY not in done.stdout + done.stderr


@needs_local
def test_of_the_local_model_it_is_the_exact_prompt(photon: Photon) -> None:
    done = photon(*ASK, "-p", "local", "--dry-run")
    assert done.stdout.endswith(
        "<|im_start|>system\nYou write OpenAPI operation sketches.<|im_end|>\n"
        "<|im_start|>user\nPOST /login with JWT response<|im_end|>\n<|im_start|>assistant\nPOST /login\n"
        "\n# 32 prompt tokens, an answer of up to 1024 tokens: free\n\n"
    )


def test_it_says_when_the_answer_would_come_from_the_cache_and_is_not_replayed(photon: Photon) -> None:
    with serving(sse(*text_events(SKETCH))) as server:
        env = lan(server)
        planned = ("ai", "suggest-path", "GET /pets", "-p", "lan", "--no-failover", "--dry-run")
        before = photon(*planned, env=env)
        photon(*planned[:-1], env=env)
        after, refreshed = photon(*planned, env=env), photon(*planned, "--refresh", env=env)
        assert len(server.requests) == 1
    assert [("the answer is in the cache" in done.stdout) for done in (before, after, refreshed)] == [False, True, False]
    assert yaml.safe_load(photon(*planned[:-1], env=env).stdout)["paths"], (
        "and what was answered before is replayed, not the plan"
    )


def test_nothing_is_written(photon: Photon, isolated: Path, tmp_path: Path) -> None:
    with serving(servers.status(500)) as server:
        photon(*ASK, "-p", "lan", "--no-failover", "--dry-run", "-o", "out.yaml", env=lan(server))
        photon("ai", "chat", "-p", "lan", "--session", "s", "--dry-run", "Hello", env=lan(server))
    assert list(isolated.iterdir()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_conversation_is_planned_with_what_was_said_before(photon: Photon) -> None:
    photon("ai", "chat", "-p", "fake", "--session", "s", "First")
    done = photon("ai", "chat", "-p", "fake", "--session", "s", "--system", "Be brief", "--dry-run", "--json", "Second")
    (target,) = json.loads(done.stdout)[:1]
    assert [message["role"] for message in target["body"]["messages"]] == ["system", "user", "assistant", "user"]


def test_a_session_is_not_planned() -> None:
    shown = seen("ai", "chat", "--dry-run")
    assert shown.code == ExitCode.USAGE and "--dry-run needs a question" in shown.plain


def test_whoever_reads_only_the_beginning_is_no_failure(photon: Photon) -> None:
    shown = seen(*ASK, "-p", "fake", "--dry-run", redirect="| head -1")
    assert set(shown.plain.splitlines()) <= {"# fake/fake, in this process", "nothing was sent"}


def test_text_in_a_terminal_cannot_move_its_cursor() -> None:
    shown = seen("ai", "chat", "-p", "fake", "--dry-run", "a\x1b]0;owned\x07b\u202ec")
    assert "\x1b]0;" not in shown.raw and "\u202e" not in shown.raw


def test_it_does_not_take_long(photon: Photon) -> None:
    begun = time.monotonic()
    photon(*ASK, "-p", "local", "--dry-run")
    assert time.monotonic() - begun < 10
