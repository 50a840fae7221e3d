"""What of the specification reaches a server: as much as its context has room for, in a failover to each what is its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from screens import Photon
from servers import Exchange, Script, Server, done, ndjson, refusal, said, serving, sse, text_events
from shop_spec import WANTED, shop_text

from photon.providers.weights import local_is_installed

SKETCH = "GET /orders/{orderId}/returns\nsummary: List the returns of an order\n200: Return[]\n404: Order not found\n"
ANSWER = sse(*text_events(SKETCH))
needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


@pytest.fixture
def ask(isolated: Path) -> tuple[str, ...]:
    (isolated / "shop.json").write_text(shop_text(), encoding="utf-8")
    return ("ai", "suggest-path", WANTED, "--spec", "shop.json", "--format", "sketch")


def lan(*servers: Server | tuple[Server, int], kind: str = "openai") -> dict[str, str]:
    """Settings for servers that are asked one after the other, each perhaps with the length of its context."""
    env = {"PHOTON_AI_PROVIDER": "s0", "PHOTON_AI_FAILOVER": ",".join(f"s{n}" for n in range(1, len(servers))) or "false"}
    for number, each in enumerate(servers):
        server, length = each if isinstance(each, tuple) else (each, 0)
        name = f"PHOTON_AI_PROVIDERS_S{number}"
        env |= {f"{name}_URL": server.url, f"{name}_MODEL": "m", f"{name}_KIND": kind}
        if length:
            env[f"{name}_CONTEXT_LENGTH"] = str(length)
    return env


def characters(body: Any) -> int:
    return sum(len(message["content"]) for message in body["messages"])


def question(server: Server, place: int = -1) -> str:
    text: str = server.requests[place].json["messages"][-1]["content"]
    return text


def schemas(server: Server, place: int = -1) -> int:
    return sum(" = {" in line for line in question(server, place).splitlines())


def counting(length: int, *, words: str = "") -> Script:
    """A server that has room for `length` tokens, prompt and answer together, and says so as vLLM does, or in `words`."""

    def answer(exchange: Exchange) -> None:
        body = exchange.request.json
        prompt, longest = characters(body) // 4, body.get("max_tokens") or 0
        if prompt + longest <= length:
            ANSWER(exchange)
            return
        told = (
            f"This model's maximum context length is {length} tokens. However, you requested {prompt + longest} tokens "
            f"({prompt} in the messages, {longest} in the completion). Please reduce the length of the messages or completion."
        )
        refusal(400, words or told, code="" if words else "context_length_exceeded")(exchange)

    return answer


def test_a_server_with_a_large_context_is_told_everything(photon: Photon, ask: tuple[str, ...]) -> None:
    with serving(counting(32_768)) as server:
        result = photon(*ask, env=lan((server, 32_768)))
    assert (result.returncode, result.stdout) == (0, SKETCH), result.stderr
    assert schemas(server) >= 6
    assert server.requests[0].json["max_tokens"] == 1024


@pytest.mark.parametrize("length", [1_536, 2_048, 4_096])
def test_a_server_with_a_small_one_is_told_less_and_answers_at_once(photon: Photon, ask: tuple[str, ...], length: int) -> None:
    with serving(counting(length)) as server:
        result = photon(*ask, env=lan((server, length)))
    assert (result.returncode, result.stdout) == (0, SKETCH), result.stderr
    assert len(server.requests) == 1
    assert "types: Return" in question(server)
    assert "asked twice" not in result.stderr


@pytest.mark.parametrize("words", ["", "prompt is too long"], ids=["with numbers", "without"])
def test_one_that_nobody_described_is_asked_again_with_less(photon: Photon, ask: tuple[str, ...], words: str) -> None:
    with serving(counting(2_048, words=words)) as server:
        result = photon(*ask, "--json", env=lan(server))
    assert result.returncode == 0, result.stderr
    sizes = [characters(each.json) for each in server.requests]
    assert 2 <= len(sizes) <= 4
    assert sizes[-1] < sizes[0]
    envelope = json.loads(result.stdout)
    assert (envelope["failovers"], envelope["repeats"]) == ([], len(sizes) - 1)


def test_the_record_has_the_words_that_were_answered(photon: Photon, ask: tuple[str, ...]) -> None:
    with serving(counting(2_048)) as server:
        assert photon(*ask, env=lan(server)).returncode == 0
    kept = json.loads(photon("ai", "log", "show", "1", "--json").stdout)
    assert kept["messages"][-1]["content"] == question(server)


def test_in_a_failover_each_is_told_what_it_has_room_for(photon: Photon, ask: tuple[str, ...]) -> None:
    gone = refusal(500, "broken")
    with serving(gone) as large, serving(gone) as middle, serving(counting(1_536)) as small:
        env = lan((large, 128_000), (middle, 2_048), (small, 1_536)) | {"PHOTON_AI_RETRY_ATTEMPTS": "1"}
        result = photon(*ask, env=env)
    assert (result.returncode, result.stdout) == (0, SKETCH), result.stderr
    told = [schemas(server) for server in (large, middle, small)]
    assert told[0] > told[1] >= told[2]
    assert len(question(large)) > len(question(middle)) > len(question(small))
    assert len(small.requests) == 1


@needs_local
def test_where_the_request_has_no_room_even_alone_our_own_model_with_fewer_words_has(
    photon: Photon, ask: tuple[str, ...]
) -> None:
    with serving(counting(600)) as server:
        result = photon(*ask, env=lan((server, 600)) | {"PHOTON_AI_FAILOVER": "local"})
    assert result.returncode == 0, result.stderr
    assert "local" in result.stderr
    assert len(server.requests) <= 2


def test_a_dry_run_shows_what_each_would_be_told(photon: Photon, ask: tuple[str, ...]) -> None:
    with serving(counting(2_048)) as server:
        planned = photon(*ask, "--dry-run", env=lan((server, 2_048)))
        assert server.requests == []
        assert photon(*ask, env=lan((server, 2_048))).returncode == 0
    assert json.loads(planned.stdout.split("\n\n")[1]) == server.requests[0].json


def test_an_answer_to_a_shortened_prompt_is_kept_for_the_next_time(photon: Photon, ask: tuple[str, ...]) -> None:
    with serving(counting(2_048)) as server:
        for _ in range(2):
            assert photon(*ask, env=lan(server)).stdout == SKETCH
    assert len(server.requests) == 2


def test_an_ollama_is_not_made_to_load_its_model_with_another_context(photon: Photon, ask: tuple[str, ...]) -> None:
    with serving(ndjson(said(SKETCH), done())) as server:
        result = photon(*ask, env=lan(server, kind="ollama"))
    assert (result.returncode, result.stdout) == (0, SKETCH), result.stderr
    assert schemas(server) >= 4
    assert "num_ctx" not in server.requests[0].json["options"]
