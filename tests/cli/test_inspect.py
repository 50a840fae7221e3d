"""``--inspect``: what was sent, and what came back, from whom, how fast, at what cost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import servers
import yaml
from screens import Photon, in_terminal, seen
from servers import Script, Server, dead_port, serving, sse, text_events

from photon.errors import ExitCode

KEY = "sk-canary-0123456789abcdefghij"
SKETCH = "GET /pets\nsummary: List pets\n200: { id: int }[]"
ASK = ("ai", "suggest-path", "GET /pets", "--inspect")
CACHED = {"prompt_tokens": 700, "completion_tokens": 30, "prompt_tokens_details": {"cached_tokens": 512}}
TROUBLE = servers.status(503, {"error": {"message": "overloaded"}})


def answer(*, usage: dict[str, Any] | None = None) -> Script:
    events = [*text_events("GET /pets\n", "summary: List pets\n", "200: { id: int }[]", usage=None)]
    return sse(*events, *([{"choices": [], "usage": usage}] if usage else []), pause=0.01)


def lan(server: Server, **more: str) -> dict[str, str]:
    return {"PHOTON_AI_PROVIDERS_LAN_URL": server.url, "PHOTON_AI_PROVIDERS_LAN_MODEL": "m", "LAN_API_KEY": KEY, **more}


def report(stderr: str) -> list[str]:
    """The lines on what came back, with times as N."""
    lines = [re.sub(r"\d+\.\d\d s|\d+ tokens/s", "N", line) for line in stderr.splitlines()]
    return [line for line in lines if re.match(r"# (\d\.|asked again|the next|N|no answer|\S+: from the cache)", line)]


def test_the_payload_is_untouched_and_the_talk_is_complete(photon: Photon) -> None:
    with serving(answer(usage=CACHED)) as server:
        done = photon(*ASK, "-p", "lan", "--no-failover", env=lan(server))
    assert yaml.safe_load(done.stdout)["paths"]["/pets"]
    assert f"POST {server.url}/v1/chat/completions\n" in done.stderr and "authorization: Bearer sk-…ghij\n" in done.stderr
    assert '"model": "m"' in done.stderr
    assert report(done.stderr) == [
        "# 1. lan/m: first token after N · N in all · N · 700 prompt tokens (512 of them cached), 30 of answer · free",
        "# N in all",
    ]
    assert KEY not in done.stdout + done.stderr


def test_retries_and_failovers_are_all_told(photon: Photon) -> None:
    with serving(TROUBLE) as bad, serving(answer(usage=CACHED)) as good:
        env = lan(
            bad, PHOTON_AI_FAILOVER="lan,spare", PHOTON_AI_PROVIDERS_SPARE_URL=good.url, PHOTON_AI_PROVIDERS_SPARE_MODEL="n"
        )
        done = photon(*ASK, "-p", "lan", env=env)
    assert len(bad.requests) == 2
    lines = report(done.stderr)
    assert [line.split(":")[0] for line in lines] == [
        "# 1. lan/m", "# asked again after N", "# 2. lan/m", "# the next one is asked after N", "# 3. spare/n",
        "# N in all · 1 retry, 1 failover · free together",
    ]  # fmt: skip
    assert "server error: " in lines[0] and "server error" not in lines[4]


def test_it_is_told_also_where_nobody_answers(photon: Photon) -> None:
    env = {"PHOTON_AI_PROVIDERS_LAN_URL": f"http://127.0.0.1:{dead_port()}", "PHOTON_AI_PROVIDERS_LAN_MODEL": "m"}
    done = photon(*ASK, "-p", "lan", "--no-failover", env=env)
    assert (done.returncode, done.stdout) == (ExitCode.UNREACHABLE, "")
    assert report(done.stderr)[-1] == "# no answer · N in all"
    assert "connection refused" in report(done.stderr)[0]
    assert done.stderr.splitlines()[-2].startswith("photon: cannot reach lan")


def test_an_answer_from_the_cache_asked_nobody_and_is_not_replayed(photon: Photon) -> None:
    with serving(answer()) as server:
        asked = photon("ai", "suggest-path", "GET /pets", "-p", "lan", "--no-failover", env=lan(server))
        assert asked.returncode == 0, asked.stderr
        done = [photon(*ASK, "-p", "lan", "--no-failover", env=lan(server)) for _ in range(2)]
        assert len(server.requests) == 1
    for each in done:
        assert "# the answer is in the cache: nobody is asked\n" in each.stderr
        assert report(each.stderr) == ["# lan/m: from the cache, nobody was asked · N in all"]


def test_quiet_silences_the_talk_but_not_what_was_asked_for(photon: Photon) -> None:
    with serving(answer()) as server:
        done = photon(*ASK, "-q", "-p", "lan", "--no-failover", env=lan(server))
    assert report(done.stderr) and "lan/m · " not in done.stderr


def test_scripts_find_it_in_the_envelope(photon: Photon) -> None:
    with serving(TROUBLE, answer(usage=CACHED)) as server:
        done = photon(*ASK, "--json", "-p", "lan", "--no-failover", env=lan(server))
    (inspection,) = json.loads(done.stdout)["inspection"]
    assert inspection["targets"][0]["url"] == f"{server.url}/v1/chat/completions"
    failed, answered = inspection["attempts"]
    assert (failed["fault"], failed["first_token_ms"], failed["cost_usd"]) == ("server error", None, 0)
    assert answered["usage"] == {"prompt_tokens": 700, "completion_tokens": 30, "cached_tokens": 512}
    assert 0 < answered["first_token_ms"] < answered["total_ms"] and answered["tokens_per_second"] > 0
    assert (inspection["retries"], inspection["failovers"], inspection["cached"], inspection["cost_usd"]) == (1, 0, False, 0)
    assert len(inspection["pauses_ms"]) == 1
    assert "#" not in done.stderr, "what is in the envelope is not said twice"


def test_where_there_is_no_envelope_it_is_told_as_text(photon: Photon) -> None:
    with serving(servers.status(400, {"error": {"message": "no"}})) as server:
        done = photon(*ASK, "--json", "-p", "lan", "--no-failover", env=lan(server))
    assert done.stdout == "" and report(done.stderr)[-1] == "# no answer · N in all"


def test_without_being_asked_for_nothing_of_it_is_there(photon: Photon) -> None:
    done = photon("ai", "suggest-path", "GET /pets", "-p", "fake", "--json")
    assert "inspection" not in json.loads(done.stdout)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_chat_is_inspected_too(photon: Photon, as_json: bool) -> None:
    with serving(sse(*text_events("Hello", " there"))) as server:
        done = photon("ai", "chat", "Hi", "--inspect", *(["--json"] * as_json), "-p", "lan", "--no-failover", env=lan(server))
    if as_json:
        assert json.loads(done.stdout)["inspection"][0]["attempts"][0]["usage"]["prompt_tokens"] == 7
    else:
        assert done.stdout == "Hello there\n"
        assert report(done.stderr)[0].startswith("# 1. lan/m: first token after N")


def test_each_answer_of_a_session_is_inspected() -> None:
    with in_terminal("ai", "chat", "-p", "fake", "--inspect") as screen:
        for _ in range(2):
            screen.expect("> ")
            screen.sendline("Hello")
            screen.expect("# 1. fake/fake: .* in all")
        screen.sendeof()


def test_lines_of_the_answer_stay_whole_on_one_screen() -> None:
    shown = seen(*ASK, "-p", "fake")
    lines = shown.plain.splitlines()
    first, last = lines.index("paths:"), next(place for place, line in enumerate(lines) if "# 1. fake/fake" in line)
    assert not any(line.startswith("#") for line in lines[first:last])
    assert "\x1b[?25l" not in shown.sequences, "no spinner moves among them"


@pytest.mark.parametrize("command", [("suggest-path", "GET /pets"), ("chat", "Hello")], ids=["suggest-path", "chat"])
def test_a_request_of_the_record_is_planned_and_inspected_too(photon: Photon, command: tuple[str, str]) -> None:
    with serving(answer(usage=CACHED)) as server:
        photon("ai", *command, "-p", "lan", "--no-failover", env=lan(server))
        replay = ("ai", "log", "replay", "--json")
        planned = photon(*replay, "--dry-run", env=lan(server))
        assert len(server.requests) == 1, planned.stderr
        again = photon(*replay, "--inspect", env=lan(server))
    then, now = (request.json for request in server.requests)
    assert json.loads(planned.stdout)[0]["body"] == then == now
    assert json.loads(again.stdout)["inspection"][0]["attempts"][0]["provider"] == "lan"
