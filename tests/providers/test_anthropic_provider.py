"""Anthropic's Messages API: the shapes of its cloud over mocked HTTP, and everything about time and bytes over real sockets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import servers
from provider_answers import answer, failure, reasoning, text
from pytest_httpx import HTTPXMock
from servers import serving, sse

from photon.chat import Capabilities, Message, Origin, Parameters, Request, Role, Usage
from photon.errors import (
    ContextExceeded,
    CredentialsError,
    Fault,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UsageError,
)
from photon.providers.anthropic import AnthropicProvider
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import ANTHROPIC_URL, capabilities
from photon.settings.schema import Timeouts

KEY = "sk-ant-api03-0123456789abcdef"
PATIENT = Timeouts(connect=1.0, first_token=20.0, idle=20.0)
HURRIED = Timeouts(first_token=0.3, idle=0.15)
FIDGETY = Timeouts(first_token=20.0, idle=0.15)
HAIKU = "claude-haiku-5-5"


def provider(
    url: str = "", *, key: str | None = KEY, timeouts: Timeouts = PATIENT, think: bool = False, **endpoint: Any
) -> AnthropicProvider:
    known = {"provider": "anthropic", "kind": "anthropic", "model": "m", "url": url, "key": "anthropic", **endpoint}
    return AnthropicProvider(Endpoint(**known), key=key, timeouts=timeouts, think=think)


def claude(model: str, url: str, **more: Any) -> AnthropicProvider:
    return provider(url, model=model, capabilities=capabilities("anthropic", model, url), **more)


def request(*said: tuple[Role, str], model: str = "m", schema: dict[str, Any] | None = None, **parameters: Any) -> Request:
    messages = tuple(Message(role, text) for role, text in said or [("user", "hi")])
    return Request(model=model, messages=messages, schema=schema, parameters=Parameters(**parameters))


# What is said on the wire, as https://platform.claude.com/docs/en/build-with-claude/streaming shows it


def start(**usage: int) -> dict[str, Any]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": None}
    return {"type": "message_start", "message": {**message, "usage": {"input_tokens": 25, "output_tokens": 1, **usage}}}


def block(kind: str = "text", index: int = 0) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}}


def piece(words: str, *, index: int = 0) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": words}}


def thought(words: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": words}}


def ending(reason: str = "end_turn", **usage: int) -> list[dict[str, Any]]:
    last = {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 15, **usage}}
    return [{"type": "content_block_stop", "index": 0}, last, {"type": "message_stop"}]


PING = {"type": "ping"}
HELLO = [start(), block(), PING, piece("Hel"), piece("lo"), *ending()]


def streaming(*events: dict[str, Any], then: str = "end", pause: float = 0) -> servers.Script:
    """With the ``event:`` lines that Anthropic sends, and no [DONE]."""
    pieces = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    return servers.streamed(pieces, then=then, pause=pause)


def refused(status: int, kind: str, message: str, **headers: str) -> servers.Script:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return servers.status(status, body, headers=headers)


async def test_an_answer_streams_with_its_origin_first_and_its_usage_last() -> None:
    with serving(streaming(*HELLO)) as server:
        chunks = await answer(provider(server.url))
    assert [chunk.text for chunk in chunks if chunk.text] == ["Hel", "lo"]
    assert [chunk.origin for chunk in chunks if chunk.origin] == [Origin("anthropic", "m")] == [chunks[0].origin]
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
    assert chunks[-1].usage == Usage(prompt_tokens=25, completion_tokens=15)


async def test_the_request_to_anthropic_itself_is_as_its_reference_says(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(text="".join(f"data: {json.dumps(event)}\n\n" for event in HELLO))
    question = request(
        ("system", "Be brief."), ("user", "hi"), model="claude-haiku-4-5", temperature=0.0, max_tokens=9, stop=("END",)
    )
    await answer(claude("claude-haiku-4-5", ANTHROPIC_URL), question)
    (sent,) = httpx_mock.get_requests()
    assert str(sent.url) == "https://api.anthropic.com/v1/messages"
    assert (sent.headers["x-api-key"], sent.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in sent.headers
    assert json.loads(sent.content) == {
        "model": "claude-haiku-4-5",
        "max_tokens": 9,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "temperature": 0.0,
        "stop_sequences": ["END"],
    }


async def test_the_default_model_is_asked_at_once_and_without_a_temperature() -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(claude(HAIKU, server.url), request(model=HAIKU, temperature=0.0, top_p=0.5, seed=3))
    assert server.requests[0].json == {
        "model": HAIKU,
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "thinking": {"type": "disabled"},
    }


@pytest.mark.parametrize(
    ("model", "at_once", "aloud"),
    [
        (HAIKU, {"thinking": {"type": "disabled"}}, True),
        ("claude-sonnet-5", {"thinking": {"type": "disabled"}}, True),
        ("claude-sonnet-5-5", {"thinking": {"type": "between_tools"}}, True),
        ("claude-opus-5-5", {"output_config": {"effort": "low"}}, True),
        ("claude-opus-4-7", {}, True),
        ("claude-haiku-4-5-20251001", {}, False),
        ("somebody-elses", {}, False),
    ],
)
async def test_a_model_thinks_aloud_where_that_is_wanted_and_else_as_little_as_it_can(
    model: str, at_once: dict[str, Any], aloud: bool
) -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(claude(model, server.url), request(model=model))
        await answer(claude(model, server.url, think=True), request(model=model))
    said = [{name: sent.json[name] for name in ("thinking", "output_config") if name in sent.json} for sent in server.requests]
    assert said == [at_once, {"thinking": {"type": "adaptive", "display": "summarized"}} if aloud else {}]


async def test_what_it_thinks_is_reasoning_and_no_part_of_the_text() -> None:
    signature = {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "EqQB"}}
    thinking = [start(), block("thinking"), thought("h"), thought("m"), signature, {"type": "content_block_stop", "index": 0}]
    with serving(streaming(*thinking, block(index=1), piece("x", index=1), *ending())) as server:
        chunks = await answer(provider(server.url))
    assert (reasoning(chunks), text(chunks)) == ("hm", "x")


async def test_the_prompt_s_tokens_are_those_read_afresh_and_those_of_the_cache() -> None:
    cached = start(input_tokens=10, cache_read_input_tokens=200, cache_creation_input_tokens=30)
    with serving(streaming(cached, block(), piece("x"), *ending(cache_read_input_tokens=200))) as server:
        chunks = await answer(provider(server.url))
    assert chunks[-1].usage == Usage(prompt_tokens=240, completion_tokens=15, cached_tokens=200)
    assert chunks[0].usage == Usage(
        prompt_tokens=240, cached_tokens=200
    )  # of an answer that breaks off, at least this is known


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "length"),
        ("refusal", "content_filter"),
        ("tool_use", "tool_calls"),
        ("something_new", "stop"),
    ],
)
async def test_each_stop_reason_has_its_meaning(said: str, meant: str) -> None:
    with serving(streaming(start(), block(), piece("x"), *ending(said))) as server:
        chunks = await answer(provider(server.url))
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == [meant]


@pytest.mark.parametrize(
    ("said", "system", "turns"),
    [
        ([("system", "a"), ("system", "b"), ("user", "x")], "a\n\nb", ["user: x"]),
        ([("user", "x"), ("system", "late"), ("user", "y")], "late", ["user: x\n\ny"]),
        ([("user", "x"), ("assistant", ""), ("user", "y"), ("assistant", "z")], None, ["user: x\n\ny", "assistant: z"]),
        ([("assistant", "x"), ("user", "y")], None, ["user: …", "assistant: x", "user: y"]),
        ([("system", "Say hello.")], "Say hello.", ["user: Say hello."]),
        ([("user", "  ")], None, ["user: …"]),
    ],
)
async def test_a_conversation_of_any_form_becomes_turns(
    said: list[tuple[Role, str]], system: str | None, turns: list[str]
) -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(provider(server.url), request(*said))
    sent = server.requests[0].json
    assert sent.get("system") == system
    assert [f"{turn['role']}: {turn['content']}" for turn in sent["messages"]] == turns


async def test_a_temperature_over_one_and_top_p_beside_it_are_put_as_the_api_takes_them() -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(provider(server.url), request(temperature=1.7))
        await answer(provider(server.url), request(temperature=0.2, top_p=0.9))
    said = [{name: sent.json.get(name) for name in ("temperature", "top_p")} for sent in server.requests]
    assert said == [{"temperature": 1.0, "top_p": None}, {"temperature": None, "top_p": 0.9}]


SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "tags": {
            "type": "array",
            "items": {"oneOf": [{"type": "string", "format": "slug"}, {"type": "integer", "minimum": 1}]},
        },
    },
    "required": ["name"],
}


async def test_a_schema_is_sent_in_the_form_that_can_be_enforced() -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(claude("claude-opus-5-5", server.url), request(model="claude-opus-5-5", schema=SCHEMA))
    assert server.requests[0].json["output_config"] == {
        "effort": "low",
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "tags": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
                },
                "required": ["name"],
                "additionalProperties": False,
            },
        },
    }


@pytest.mark.parametrize(
    ("model", "schema"),
    [
        ("claude-3-haiku-20240307", SCHEMA),
        (HAIKU, {"type": "object", "additionalProperties": {"type": "string"}}),
        (HAIKU, {"type": "object", "properties": {"any": {"type": "object"}}}),
    ],
)
async def test_a_schema_that_cannot_be_enforced_is_put_in_words(model: str, schema: dict[str, Any]) -> None:
    with serving(streaming(*HELLO)) as server:
        await answer(claude(model, server.url), request(model=model, schema=schema))
    assert "output_config" not in server.requests[0].json
    assert json.dumps(schema, separators=(",", ":")) in server.requests[0].json["system"]


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("`temperature` is deprecated for this model.", "temperature"),
        ("`temperature` and `top_p` cannot both be specified for this model.", "temperature"),
        ('"thinking.type.disabled" is not supported for this model. Use "output_config.effort".', "thinking"),
        ("output_config.format: Extra inputs are not permitted", "output_config"),
        ("output_config.format.schema: recursive schemas are not supported", "output_config"),
    ],
)
async def test_what_the_server_refuses_of_a_model_is_left_out_from_then_on(message: str, gone: str) -> None:
    can = Capabilities(schema=True)
    with serving(refused(400, "invalid_request_error", message), streaming(*HELLO)) as server:
        asked = provider(server.url, capabilities=can, model=HAIKU)
        for _ in range(2):
            chunks = [chunk async for chunk in asked.stream(request(model=HAIKU, temperature=0.0, schema=SCHEMA))]
            assert text(chunks) == "Hello"
        await asked.close()
    assert [gone in sent.json for sent in server.requests] == [True, False, False]
    assert all(sent.json.keys() >= {"thinking", "temperature", "output_config"} - {gone} for sent in server.requests)


@pytest.mark.parametrize(
    ("status", "kind", "message", "error", "fault"),
    [
        (400, "invalid_request_error", "messages: bad", UsageError, Fault.BAD_REQUEST),
        (400, "invalid_request_error", "Output blocked by content filtering policy", UsageError, Fault.FILTERED),
        (400, "invalid_request_error", "Your credit balance is too low to access the API.", RateLimited, Fault.QUOTA),
        (400, "invalid_request_error", "You have reached your specified API usage limits.", RateLimited, Fault.QUOTA),
        (401, "authentication_error", "invalid x-api-key", CredentialsError, Fault.UNAUTHORIZED),
        (402, "billing_error", "no means of payment", RateLimited, Fault.QUOTA),
        (403, "permission_error", "not yours", CredentialsError, Fault.FORBIDDEN),
        (404, "not_found_error", "model: claude-nothing", ModelNotFound, Fault.NO_MODEL),
        (404, "not_found_error", "Not Found", ProviderUnreachable, Fault.NO_ROUTE),
        (413, "request_too_large", "Request exceeds the maximum size", UsageError, Fault.TOO_LARGE),
        (429, "rate_limit_error", "too fast", RateLimited, Fault.RATE_LIMIT),
        (500, "api_error", "Internal server error", ProviderUnreachable, Fault.SERVER_ERROR),
        (504, "timeout_error", "too slow", ProviderUnreachable, Fault.SERVER_ERROR),
        (529, "overloaded_error", "Overloaded", ProviderUnreachable, Fault.SERVER_ERROR),
    ],
)
async def test_each_error_of_the_api_is_one_of_our_tree_whether_it_comes_at_once_or_in_the_stream(
    status: int, kind: str, message: str, error: type[PhotonError], fault: Fault
) -> None:
    in_stream = {"type": "error", "error": {"type": kind, "message": message}}
    with serving(refused(status, kind, message), streaming(start(), block(), piece("x"), in_stream)) as server:
        failures = [await failure(provider(server.url)), await failure(provider(server.url))]
    assert [(type(each), each.fault) for each in failures] == [(error, fault)] * 2


async def test_too_many_requests_and_overload_say_when_to_come_back() -> None:
    slow = refused(429, "rate_limit_error", "slow down", **{"retry-after": "7"})
    busy = refused(529, "overloaded_error", "Overloaded", **{"retry-after": "3"})
    with serving(slow, busy) as server:
        limited, overloaded = await failure(provider(server.url)), await failure(provider(server.url))
    assert isinstance(limited, RateLimited) and limited.retry_after == 7
    assert isinstance(overloaded, ProviderUnreachable) and overloaded.retry_after == 3


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("prompt is too long: 212345 tokens > 200000 maximum", (212345, 200000)),
        (
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length",
            (188240, 178667),
        ),
        ("input length and `max_tokens` exceed context limit: 300000 + 100 > 200000", (300000, 200000)),
    ],
)
async def test_a_prompt_over_the_context_has_both_numbers(message: str, numbers: tuple[int, int]) -> None:
    with serving(refused(400, "invalid_request_error", message)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ContextExceeded)
    assert (error.prompt_tokens, error.context_length) == numbers
    assert len(server.requests) == 1


async def test_a_refused_key_names_the_command_and_is_never_shown() -> None:
    with serving(refused(401, "authentication_error", f"invalid x-api-key {KEY} {KEY[:12]}...")) as server:
        asked = provider(server.url)
        assert KEY not in repr(asked)
        error = await failure(asked)
    assert error.hint == "photon ai keys set anthropic"
    assert "sk-ant" not in error.message + repr(error) + repr(error.__cause__)


async def test_a_server_without_a_key_is_sent_none() -> None:
    with serving(streaming(*HELLO)) as server:
        assert text(await answer(provider(server.url, key=None))) == "Hello"
    assert "x-api-key" not in server.requests[0].headers


def test_a_key_that_no_header_can_carry_is_refused_without_showing_it() -> None:
    with pytest.raises(CredentialsError) as caught:
        provider("http://127.0.0.1:1", key="sk-ant\n1234")
    assert "sk-ant" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "route"),
    [
        ("", "/v1/messages"),
        ("/v1", "/v1/messages"),
        ("/v1/", "/v1/messages"),
        ("/v1/messages", "/v1/messages"),
        ("/anthropic", "/anthropic/v1/messages"),
    ],
)
async def test_the_url_may_end_in_v1_or_not(given: str, route: str) -> None:
    with serving(servers.by_path({route: streaming(*HELLO)})) as server:
        assert text(await answer(provider(server.url + given))) == "Hello"


async def test_a_whole_answer_is_read_when_the_model_or_the_server_does_not_stream() -> None:
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}, "odd"]
    usage = {"input_tokens": 3, "output_tokens": 2}
    body = {"type": "message", "role": "assistant", "content": content, "stop_reason": "max_tokens", "usage": usage}
    with serving(servers.status(200, body)) as server:
        for can in (Capabilities(streams=False), Capabilities()):
            chunks = await answer(provider(server.url, capabilities=can))
            assert [(chunk.text, chunk.reasoning, chunk.finish_reason) for chunk in chunks] == [("Hello", "hm", "length")]
            assert chunks[0].usage == Usage(prompt_tokens=3, completion_tokens=2)
    assert [sent.json["stream"] for sent in server.requests] == [False, True]


async def test_odd_events_add_nothing_and_harm_nothing() -> None:
    odd: list[dict[str, Any]] = [
        {"type": "something_new", "data": 1},
        {"type": "content_block_delta"},
        {"type": "content_block_delta", "delta": {"type": "input_json_delta", "partial_json": "{"}},
        {"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "x"}},
        {"type": "message_start", "message": None},
        {"type": "message_delta", "delta": {"stop_reason": None}, "usage": None},
    ]
    with serving(streaming(*odd, *HELLO)) as server:
        assert text(await answer(provider(server.url))) == "Hello"


async def test_events_split_anywhere_are_put_together_again() -> None:
    event = json.dumps(piece("Gr\u00fc\u00dfe\u2028"), ensure_ascii=False)
    data = "".join(f"data: {each}\r\n\r\n" for each in [json.dumps(start()), event, *map(json.dumps, ending())]).encode()
    with serving(servers.streamed([bytes([byte]) for byte in data])) as server:
        assert text(await answer(provider(server.url, timeouts=Timeouts()))) == "Gr\u00fc\u00dfe\u2028"


@pytest.mark.parametrize("script", [servers.garbage(), servers.page(), servers.status(200, {"status": "ok"}), sse("not json")])
async def test_garbage_is_not_an_answer_and_the_hint_is_the_url(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url))
    assert error.fault is Fault.UNREADABLE_BODY
    assert "url" in error.hint


@pytest.mark.parametrize("then", ["end", "cut", "reset"])
async def test_a_stream_that_ends_in_mid_word_broke_off(then: str) -> None:
    with serving(streaming(start(), block(), piece("POST /log"), then=then)) as server:
        error = await failure(provider(server.url))
    assert error.message == "anthropic broke off in the middle of its answer"


async def test_a_dead_port_and_a_redirect_are_unreachable() -> None:
    port = servers.dead_port()
    error = await failure(provider(f"http://127.0.0.1:{port}"))
    assert error.message == f"cannot reach anthropic at 127.0.0.1:{port}: connection refused"
    with serving(servers.status(307, headers={"location": "http://elsewhere.invalid/"})) as server:
        error = await failure(provider(server.url))
    assert error.fault is Fault.NO_ROUTE


@pytest.mark.parametrize(
    "script", [servers.stalled_before_headers(), streaming(start(), block("thinking"), *[PING] * 100, pause=0.02)]
)
async def test_pings_are_no_answer(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url, timeouts=HURRIED))
    assert error.fault is Fault.FIRST_TOKEN_TIMEOUT


async def test_silence_in_the_middle_is_a_timeout_pings_or_not() -> None:
    with serving(streaming(start(), block(), piece("x"), *[PING] * 100, pause=0.05)) as server:
        error = await failure(provider(server.url, timeouts=FIDGETY))
    assert error.fault is Fault.STALLED


async def test_thinking_is_life() -> None:
    with serving(streaming(start(), *[thought("hm")] * 8, piece("x"), *ending(), pause=0.06)) as server:
        assert text(await answer(provider(server.url, timeouts=HURRIED))) == "x"


@pytest.mark.parametrize("script", [servers.stalled_before_headers(), streaming(start(), piece("x"), then="stall")])
async def test_cancelling_the_reader_closes_the_connection(script: servers.Script) -> None:
    with serving(script) as server:
        reading = asyncio.create_task(answer(provider(server.url, timeouts=Timeouts())))
        assert await asyncio.to_thread(server.asked.wait, 2)
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(server.hung_up.wait, 2)


async def test_models_are_listed_from_all_pages(httpx_mock: HTTPXMock) -> None:
    first = {"data": [{"id": HAIKU, "max_input_tokens": 900_000}, {"id": 5}], "has_more": True, "last_id": HAIKU}
    second = {"data": [{"id": "claude-haiku-4-5"}], "has_more": False, "last_id": "claude-haiku-4-5"}
    httpx_mock.add_response(url="https://api.anthropic.com/v1/models?limit=1000", json=first)
    httpx_mock.add_response(url=f"https://api.anthropic.com/v1/models?limit=1000&after_id={HAIKU}", json=second)
    asked = provider()
    models = await asked.models()
    await asked.close()
    assert [(model.id, model.context_length) for model in models] == [(HAIKU, 900_000), ("claude-haiku-4-5", 200_000)]
    assert all(sent.headers["x-api-key"] == KEY for sent in httpx_mock.get_requests())


async def test_a_list_of_models_that_never_ends_is_left() -> None:
    with serving(servers.status(200, {"data": [{"id": "m"}], "has_more": True, "last_id": "m"})) as server:
        asked = provider(server.url)
        assert {model.id for model in await asked.models()} == {"m"}
        await asked.close()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        (refused(401, "authentication_error", "no"), Fault.UNAUTHORIZED),
        (servers.page(), Fault.UNREADABLE_BODY),
        (servers.stalled_before_headers(), Fault.CONNECTION),
    ],
)
async def test_models_that_cannot_be_listed_are_an_error_of_the_tree(script: servers.Script, fault: Fault) -> None:
    with serving(script) as server:
        asked = provider(server.url, timeouts=FIDGETY)
        with pytest.raises(PhotonError) as caught:
            await asked.models()
        await asked.close()
    assert caught.value.fault is fault


@pytest.mark.parametrize("last", [{}, {"usage": {}}, {"usage": {"input_tokens": 25}}])
async def test_the_first_word_on_an_answer_s_tokens_is_not_taken_for_the_last(last: dict[str, Any]) -> None:
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, **last}
    with serving(streaming(start(), block(), piece("x"), end, {"type": "message_stop"})) as server:
        chunks = await answer(provider(server.url))
    assert chunks[-1].usage == Usage(prompt_tokens=25)
