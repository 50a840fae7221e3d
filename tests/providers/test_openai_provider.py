"""The OpenAI provider against real sockets that behave in every way that servers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import servers
from provider_answers import answer, failure, reasoning, text
from servers import delta, serving, sse, text_events

from photon.chat import Capabilities, Chunk, Message, Origin, Parameters, Request, Usage
from photon.errors import (
    ConfigurationError,
    ContextExceeded,
    CredentialsError,
    Fault,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UsageError,
)
from photon.providers.endpoint import Endpoint
from photon.providers.openai import OpenAIProvider
from photon.providers.profiles import capabilities, is_openai
from photon.settings.schema import Timeouts

KEY = "sk-test-0123456789abcdef"
PATIENT = Timeouts(connect=1.0, first_token=20.0, idle=20.0)
HURRIED = Timeouts(first_token=0.3, idle=0.15)
FIDGETY = Timeouts(first_token=20.0, idle=0.15)


def provider(url: str, *, key: str | None = KEY, timeouts: Timeouts = PATIENT, **endpoint: Any) -> OpenAIProvider:
    known = {"provider": "lan", "kind": "openai", "model": "m", "url": url, "key": "lan-key", **endpoint}
    return OpenAIProvider(Endpoint(**known), key=key, timeouts=timeouts)


def request(text: str = "hi", **parameters: Any) -> Request:
    return Request(model="m", messages=(Message("user", text),), parameters=Parameters(**parameters))


def finish(chunks: list[Chunk]) -> list[str]:
    return [chunk.finish_reason for chunk in chunks if chunk.finish_reason]


def usage(chunks: list[Chunk]) -> list[Usage]:
    return [chunk.usage for chunk in chunks if chunk.usage]


async def test_an_answer_streams_with_its_origin_first_and_late_usage_last() -> None:
    with serving(sse(*text_events("Hel", "lo"))) as server:
        chunks = await answer(provider(server.url))
    assert [chunk.text for chunk in chunks] == ["Hel", "lo", "", ""]
    assert [chunk.origin for chunk in chunks] == [Origin("lan", "m"), None, None, None]
    assert finish(chunks) == ["stop"]
    assert usage(chunks) == [Usage(prompt_tokens=7, completion_tokens=3)]


async def test_the_request_holds_what_was_asked_and_the_key() -> None:
    question = request("hi", temperature=0.0, max_tokens=9, top_p=0.5, seed=3, stop=("END",))
    with serving(sse(*text_events("x"))) as server:
        await answer(provider(server.url), question)
    (sent,) = server.requests
    assert (sent.method, sent.path) == ("POST", "/v1/chat/completions")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.0,
        "max_tokens": 9,
        "top_p": 0.5,
        "seed": 3,
        "stop": ["END"],
    }


async def test_a_server_without_a_key_is_sent_no_authorization(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-not-for-you-either")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-nor-this")
    with serving(sse(*text_events("x"))) as server:
        await answer(provider(server.url, key=None))
    assert "authorization" not in server.requests[0].headers


async def test_the_base_url_of_the_environment_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{servers.dead_port()}")
    with serving(sse(*text_events("x"))) as server:
        assert text(await answer(provider(server.url))) == "x"


async def test_loopback_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{servers.dead_port()}")
    with serving(sse(*text_events("x"))) as server:
        assert text(await answer(provider(server.url))) == "x"


@pytest.mark.parametrize(
    ("given", "route"),
    [
        ("", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/openai/v2", "/openai/v2/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
    ],
)
async def test_the_url_may_end_in_v1_or_not(given: str, route: str) -> None:
    with serving(servers.by_path({route: sse(*text_events("x"))})) as server:
        assert text(await answer(provider(server.url + given))) == "x"


async def test_a_server_without_v1_is_found_and_remembered() -> None:
    routes = {"/chat/completions": sse(*text_events("x")), "/models": servers.status(200, {"data": [{"id": "m"}]})}
    with serving(servers.by_path(routes)) as server:
        asked = provider(server.url)
        assert text([chunk async for chunk in asked.stream(request())]) == "x"
        assert [model.id for model in await asked.models()] == ["m"]
        await asked.close()
    assert [sent.path for sent in server.requests] == ["/v1/chat/completions", "/chat/completions", "/models"]


@pytest.mark.parametrize(
    "refuse",
    [
        servers.refusal(400, "Unsupported parameter", param="stream_options"),
        servers.refusal(400, "Unrecognized request argument supplied: stream_options"),
        servers.status(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}),
        servers.status(400, {"object": "error", "message": "unknown field `stream_options`", "code": 400}),
    ],
)
async def test_a_server_that_rejects_stream_options_is_asked_without_them_from_then_on(refuse: servers.Script) -> None:
    with serving(refuse, sse(*text_events("x", usage=None))) as server:
        asked = provider(server.url)
        for _ in range(2):
            assert text([chunk async for chunk in asked.stream(request())]) == "x"
        await asked.close()
    assert ["stream_options" in sent.json for sent in server.requests] == [True, False, False]


async def test_a_reasoning_model_gets_the_new_token_limit_and_its_own_temperature() -> None:
    refuse_limit = servers.refusal(
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        code="unsupported_parameter",
        param="max_tokens",
    )
    refuse_temperature = servers.refusal(
        400, "Unsupported value: 'temperature' does not support 0 with this model.", code="unsupported_value"
    )
    with serving(refuse_limit, refuse_temperature, sse(*text_events("x"))) as server:
        await answer(provider(server.url), request(max_tokens=9, temperature=0.0))
    last = server.requests[-1].json
    assert last["max_completion_tokens"] == 9
    assert not last.keys() & {"max_tokens", "temperature"}
    assert len(server.requests) == 3


async def test_a_limit_that_is_refused_under_both_names_is_the_users_to_mend() -> None:
    with serving(servers.refusal(400, "max_tokens and max_completion_tokens are too large")) as server:
        error = await failure(provider(server.url), request(max_tokens=9))
    assert type(error) is UsageError
    assert len(server.requests) == 2


async def test_a_grammar_goes_to_a_server_that_takes_one_only() -> None:
    question = Request(model="m", messages=(Message("user", "hi"),), grammar='root ::= "x"')
    with serving(sse(*text_events("x"))) as server:
        await answer(provider(server.url), question)
        await answer(provider(server.url, capabilities=Capabilities(grammar=True)), question)
    assert [sent.json.get("grammar") for sent in server.requests] == [None, 'root ::= "x"']


async def test_odd_chunks_add_nothing_and_harm_nothing() -> None:
    odd: list[Any] = [
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"content": None}}]},
        {"choices": [{"delta": {"content": ["part"]}}], "usage": {"prompt_tokens": "many"}},
        delta(None, reasoning_content="let me think"),
        {"id": "nothing else"},
    ]
    with serving(sse(*odd, *text_events("a\u2028b\x85c"))) as server:
        chunks = await answer(provider(server.url))
    assert text(chunks) == "a\u2028b\x85c"
    assert chunks[0].origin and not chunks[0].text
    assert reasoning(chunks) == "let me think"


async def test_unescaped_line_separators_in_json_do_not_cut_it() -> None:
    event = json.dumps(delta("a\u2028b\u0085c"), ensure_ascii=False)
    with serving(sse(event, *text_events("!"))) as server:
        assert text(await answer(provider(server.url))) == "a\u2028b\u0085c!"


async def test_events_split_anywhere_are_put_together_again() -> None:
    data = b"".join(
        f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n".encode() for event in text_events("Gr\u00fc\u00dfe")
    )
    data = b": a comment\r\n\r\nevent: message\r\n" + data + b"data:[DONE]\r\n\r\n"
    with serving(servers.streamed([bytes([byte]) for byte in data])) as server:
        assert text(await answer(provider(server.url, timeouts=Timeouts()))) == "Gr\u00fc\u00dfe"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
    ],
)
async def test_finish_reasons_are_read_in_the_words_of_every_server(said: str, meant: str) -> None:
    with serving(sse(delta("x"), delta(finish=said))) as server:
        assert finish(await answer(provider(server.url))) == [meant]


async def test_done_without_a_finish_reason_is_a_stop() -> None:
    with serving(sse(delta("x"))) as server:
        assert finish(await answer(provider(server.url))) == ["stop"]


@pytest.mark.parametrize("then", ["end", "cut", "reset"])
async def test_a_stream_that_ends_in_mid_word_broke_off(then: str) -> None:
    with serving(sse(delta("POST /log"), done=False, then=then)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert error.message == "lan broke off in the middle of its answer"


@pytest.mark.parametrize("then", ["end", "cut", "reset", "stall"])
async def test_what_happens_after_the_finish_reason_no_longer_matters(then: str) -> None:
    with serving(sse(delta("x"), delta(finish="stop"), done=False, then=then)) as server:
        assert finish(await answer(provider(server.url, timeouts=FIDGETY))) == ["stop"]


@pytest.mark.parametrize(("said", "meant"), [("length", "length"), (None, "stop")])
async def test_a_whole_answer_to_a_stream_request_is_read(said: str | None, meant: str) -> None:
    body = {
        "choices": [{"message": {"role": "assistant", "content": "whole"}, "finish_reason": said}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
    }
    with serving(servers.status(200, body)) as server:
        chunks = await answer(provider(server.url))
    assert (text(chunks), finish(chunks)) == ("whole", [meant])
    assert usage(chunks) == [Usage(prompt_tokens=1, completion_tokens=2)]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (servers.garbage(), "something that is not an answer"),
        (servers.status(200, {"status": "ok"}), "something that is not an answer"),
        (servers.status(200, {"choices": "text"}), "something that is not an answer"),
        (servers.status(200, []), "something that is not an answer"),
        (sse("not json"), "something that is not an answer"),
        (servers.page(), "a web page"),
        (servers.status(200, b"[" * 100_000), "something that is not an answer"),
    ],
)
async def test_garbage_is_not_an_answer_and_the_hint_is_the_url(script: servers.Script, words: str) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert words in error.message
    assert "url" in error.hint


@pytest.mark.parametrize("script", [servers.status(200, b""), sse(done=False)])
async def test_a_stream_without_anything_is_not_an_answer(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert "before the first word" in error.message


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "overloaded", "type": "server_error"}, ProviderUnreachable),
        ({"message": "slow down", "code": "rate_limit_exceeded"}, RateLimited),
        ({"message": "slow down", "code": 429}, RateLimited),
        ("out of memory", ProviderUnreachable),
    ],
)
async def test_an_error_inside_the_stream_is_the_error_that_it_says(error: Any, kind: type[PhotonError]) -> None:
    with serving(sse(delta("x"), {"error": error})) as server:
        assert type(await failure(provider(server.url))) is kind


async def test_a_dead_port_is_unreachable() -> None:
    port = servers.dead_port()
    error = await failure(provider(f"http://user:secret@127.0.0.1:{port}"))
    assert isinstance(error, ProviderUnreachable)
    assert error.message == f"cannot reach lan at 127.0.0.1:{port}: connection refused"
    assert error.fault is Fault.REFUSED


async def test_a_host_that_does_not_exist_is_unreachable() -> None:
    error = await failure(provider("http://nowhere.invalid:1"))
    assert isinstance(error, ProviderUnreachable)
    assert "nowhere.invalid:1" in error.message
    assert "no host of that name" in error.message


async def test_a_certificate_that_nobody_vouches_for_is_named(tmp_path: Any) -> None:
    with serving(sse(*text_events("x")), tls=servers.self_signed(tmp_path)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert f"127.0.0.1:{server.port}" in error.message
    assert "certificate" in error.message
    assert server.requests == []


async def test_https_to_a_plain_server_says_so() -> None:
    with serving(sse(*text_events("x"))) as server:
        error = await failure(provider(server.url.replace("http", "https")))
    assert "TLS" in error.message
    assert "http" in error.hint


async def test_a_server_that_hangs_up_before_it_answers_is_unreachable() -> None:
    with serving(lambda exchange: exchange.connection.close()) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert error.fault is Fault.RESET


@pytest.mark.parametrize(
    "script",
    [
        servers.stalled_before_headers(),
        sse(done=False, then="stall"),
        sse(delta("", role="assistant"), done=False, then="stall"),
        servers.streamed([b": ping\n\n"] * 100, pause=0.02),
        sse(*[delta(None, role="assistant")] * 100, pause=0.02),
    ],
)
async def test_no_text_within_the_first_token_limit_is_a_timeout(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url, timeouts=HURRIED))
    assert isinstance(error, ProviderUnreachable)
    assert "0.3 s" in error.message
    assert error.fault is Fault.FIRST_TOKEN_TIMEOUT
    assert "ai.timeouts.first_token" in error.hint


async def test_silence_in_the_middle_is_a_timeout() -> None:
    with serving(sse(delta("x"), done=False, then="stall")) as server:
        error = await failure(provider(server.url, timeouts=FIDGETY))
        assert server.hung_up.wait(2)
    assert isinstance(error, ProviderUnreachable)
    assert "0.15 s" in error.message
    assert "ai.timeouts.idle" in error.hint


async def test_an_answer_may_take_longer_than_any_of_its_pieces() -> None:
    with serving(sse(*map(delta, "abcdefgh"), delta(finish="stop"), pause=0.1)) as server:
        chunks = await answer(provider(server.url, timeouts=Timeouts(first_token=0.5, idle=0.5)))
    assert text(chunks) == "abcdefgh"


async def test_zero_means_no_limit() -> None:
    with serving(sse(delta("x"), delta("y"), delta(finish="stop"), pause=0.1)) as server:
        assert text(await answer(provider(server.url, timeouts=Timeouts(connect=0, first_token=0, idle=0)))) == "xy"


async def test_closing_the_stream_closes_the_connection() -> None:
    with serving(sse(delta("x"), done=False, then="stall")) as server:
        asked = provider(server.url, timeouts=Timeouts())
        chunks = asked.stream(request())
        assert (await anext(chunks)).text == "x"
        assert not server.hung_up.is_set()
        await chunks.aclose()
        assert server.hung_up.wait(2)  # blocks the event loop: nothing that runs later can have closed it
        await asked.close()
        await asked.close()


@pytest.mark.parametrize("script", [servers.stalled_before_headers(), sse(delta("x"), done=False, then="stall")])
async def test_cancelling_the_reader_closes_the_connection(script: servers.Script) -> None:
    with serving(script) as server:
        asked = provider(server.url, timeouts=Timeouts())
        reading = asyncio.create_task(answer(asked))
        assert await asyncio.to_thread(server.asked.wait, 2)
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(server.hung_up.wait, 2)


@pytest.mark.parametrize("code", [401, 403])
async def test_a_refused_key_names_the_command_and_is_never_shown(code: int) -> None:
    echo = f"Incorrect API key provided: {KEY}. Also {KEY[:9]}xyz***abc and sk-proj-other_1234. Bye."
    with serving(servers.refusal(code, echo, code="invalid_api_key")) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, CredentialsError)
    assert error.hint == "photon ai keys set lan-key"
    assert error.message.count("[key]") == 3
    assert "sk-" not in error.message


async def test_a_key_cut_short_by_the_server_is_masked_too() -> None:
    with serving(servers.refusal(401, 'The key "gsk_abcd1234..." is not known here')) as server:
        error = await failure(provider(server.url, key="gsk_abcd12345678"))
    assert error.message == "lan refused access (401): The key [key] is not known here"


async def test_a_missing_model_names_the_command_that_lists_models() -> None:
    with serving(servers.refusal(404, "The model `m` does not exist", code="model_not_found")) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ModelNotFound)
    assert error.hint == "photon ai models --provider lan"
    assert len(server.requests) == 1


async def test_a_model_that_this_key_may_not_use_is_a_missing_model() -> None:
    with serving(servers.refusal(403, "Project has no access to model m", code="model_not_found")) as server:
        assert isinstance(await failure(provider(server.url)), ModelNotFound)


@pytest.mark.parametrize("code", [404, 405])
async def test_a_missing_route_points_at_the_url(code: int) -> None:
    with serving(servers.status(code, {"detail": "Not Found"})) as server:
        error = await failure(provider(server.url + "/wrong"))
    assert isinstance(error, ProviderUnreachable)
    assert "url" in error.hint


async def test_an_endless_nest_of_brackets_in_an_error_is_only_an_error() -> None:
    with serving(servers.status(500, b"[" * 100_000)) as server:
        assert isinstance(await failure(provider(server.url)), ProviderUnreachable)


@pytest.mark.parametrize("code", [408, 500, 502, 503, 529])
async def test_a_servers_own_trouble_is_unreachable_and_not_retried_here(code: int) -> None:
    with serving(servers.refusal(code, "the\nengine \x1b[31mstalled")) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert error.message == f"lan answered with an error ({code}): the engine [31mstalled"
    assert error.fault is (Fault.REQUEST_TIMEOUT if code == 408 else Fault.SERVER_ERROR)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "9", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({}, None),
    ],
)
async def test_too_many_requests_says_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    with serving(servers.refusal(429, "Rate limit reached", headers=headers)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.fault) == (seconds, Fault.RATE_LIMIT)


async def test_a_retry_date_is_counted_from_now() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    with serving(servers.too_many_requests(later)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, RateLimited)
    assert error.retry_after == pytest.approx(60, abs=3)


async def test_a_used_up_quota_is_told_from_a_full_minute() -> None:
    with serving(servers.refusal(429, "You exceeded your current quota", code="insufficient_quota")) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, RateLimited)
    assert error.fault is Fault.QUOTA


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        (
            {
                "message": "This model's maximum context length is 4097 tokens."
                " However, your messages resulted in 5360 tokens.",
                "code": "context_length_exceeded",
            },
            (5360, 4097),
        ),
        (
            {
                "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens"
                " (1000 in the messages, 4000 in the completion). Please reduce the length."
            },
            (1000, 96),
        ),
        (
            {
                "message": "'max_tokens' or 'max_completion_tokens' is too large: 4000. This model's maximum context length is"
                " 4096 tokens and your request has 100 input tokens (4000 > 4096 - 100)."
            },
            (100, 96),
        ),
        (
            {
                "message": "This model's maximum context length is 512 tokens. However, you requested 739 tokens"
                " (731 in the messages, 8 in the completion). Please reduce the length of the messages or completion.",
                "param": "messages",
                "code": "context_length_exceeded",
            },
            (731, 512),
        ),
        (
            {"message": "the request exceeds the available context size", "n_prompt_tokens": 900, "n_ctx": 512},
            (900, 512),
        ),
        ({"message": "request (900 tokens) exceeds the available context size (512 tokens), try increasing it"}, (900, 512)),
    ],
)
async def test_a_prompt_over_the_context_has_both_numbers(fields: dict[str, Any], numbers: tuple[int, int]) -> None:
    with serving(servers.status(400, {"error": fields})) as server:
        error = await failure(provider(server.url), request(max_tokens=4000))
    assert isinstance(error, ContextExceeded)
    assert (error.prompt_tokens, error.context_length) == numbers
    assert len(server.requests) == 1


async def test_a_context_error_without_numbers_is_told_in_the_servers_words() -> None:
    with serving(servers.refusal(400, "The prompt is too long", code="context_length_exceeded")) as server:
        error = await failure(provider(server.url))
    assert type(error) is UsageError
    assert "The prompt is too long" in error.message


async def test_any_other_refusal_is_told_in_one_short_line() -> None:
    with serving(servers.refusal(400, "no\n" * 1000)) as server:
        error = await failure(provider(server.url))
    assert type(error) is UsageError
    assert "\n" not in error.message
    assert len(error.message) < 350


async def test_a_redirect_is_not_followed_with_the_prompt_and_the_key() -> None:
    with serving(sse(*text_events("x"))) as other:
        moved = servers.status(307, headers={"location": f"{other.url}/v1/chat/completions"})
        with serving(moved) as server:
            error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert other.url in error.message
    assert other.requests == []


@pytest.mark.parametrize("url", ["localhost:1", "ftp://host", "http://", "http://h:99999", "http://[::1", "http://h/v1?x=1"])
def test_a_url_that_cannot_be_is_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigurationError):
        provider(url)


@pytest.mark.parametrize("key", ["sk-with a space", "sk-with\nline", "sk-ключ"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        provider("http://127.0.0.1:1", key=key)
    assert key not in str(caught.value)


async def test_the_key_is_in_no_representation() -> None:
    asked = provider("http://127.0.0.1:1")
    assert KEY not in repr(asked)
    error = await failure(asked)
    assert KEY not in repr(error) + str(error.__cause__) + repr(error.__cause__)


async def test_models_are_listed_with_what_vendors_add() -> None:
    listing = {
        "object": "list",
        "data": [
            {"id": "m"},
            {"id": "vllm", "max_model_len": 8192},
            {"id": "lmstudio", "max_context_length": 4096},
            {"id": "llama", "meta": {"n_ctx_train": 2048, "size": 98_000_000}},
            {"id": 5},
            "nonsense",
        ],
    }
    with serving(servers.by_path({"/v1/models": servers.status(200, listing)})) as server:
        asked = provider(server.url, capabilities=Capabilities(prefill=True))
        models = await asked.models()
        await asked.close()
    facts = [(model.id, model.provider, model.context_length, model.size) for model in models]
    assert facts == [
        ("m", "lan", None, None),
        ("vllm", "lan", 8192, None),
        ("lmstudio", "lan", 4096, None),
        ("llama", "lan", 2048, 98_000_000),
    ]
    assert [model.capabilities.prefill for model in models] == [True, False, False, False]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (servers.refusal(401, "no"), CredentialsError),
        (servers.page(), ProviderUnreachable),
        (servers.status(200, {"data": "none"}), ProviderUnreachable),
        (servers.stalled_before_headers(), ProviderUnreachable),
        (servers.streamed([b'{"data": ['], then="stall"), ProviderUnreachable),
        (servers.streamed([b'{"data": ['], then="cut"), ProviderUnreachable),
    ],
)
async def test_models_that_cannot_be_listed_are_an_error_of_the_tree(script: servers.Script, kind: type[PhotonError]) -> None:
    with serving(script) as server:
        asked = provider(server.url, timeouts=FIDGETY)
        with pytest.raises(kind):
            await asked.models()
        await asked.close()


def test_openai_itself_is_the_default_and_speaks_the_new_dialect() -> None:
    from photon.providers import openai_wire as wire

    assert wire.bases("") == ("https://api.openai.com/v1",)
    native: Callable[[str], bool] = is_openai
    assert native("") and native("https://eu.api.openai.com/v1") and native("https://x.openai.azure.com/openai/v1")
    assert not native("http://localhost:1234") and not native("https://notopenai.com/v1")
    body = wire.body(request(max_tokens=5), capabilities("openai", "gpt-5.4-mini", "https://api.openai.com/v1"))
    assert body["max_completion_tokens"] == 5
    assert "max_tokens" not in body


async def test_what_the_model_is_known_to_take_no_temperature_gets_none() -> None:
    known = capabilities("openai", "o4-mini", "https://api.openai.com/v1")
    with serving(sse(*text_events("x"))) as server:
        await answer(provider(server.url, capabilities=known), request(temperature=0.0, top_p=0.5, seed=3, max_tokens=9))
    (sent,) = server.requests
    assert not sent.json.keys() & {"temperature", "top_p", "max_tokens"}
    assert (sent.json["seed"], sent.json["max_completion_tokens"]) == (3, 9)


async def test_a_model_without_a_system_role_reads_it_in_front_of_the_first_question() -> None:
    said = [Message("system", "Be brief."), Message("user", "a"), Message("assistant", "b"), Message("user", "c")]
    question = Request(model="m", messages=tuple(said))
    with serving(sse(*text_events("x"))) as server:
        await answer(provider(server.url, capabilities=Capabilities(system=False)), question)
        await answer(
            provider(server.url, capabilities=Capabilities(system=False)), Request(model="m", messages=tuple(said[:1]))
        )
    assert server.requests[0].json["messages"] == [
        {"role": "user", "content": "Be brief.\n\na"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]
    assert server.requests[1].json["messages"] == [{"role": "user", "content": "Be brief."}]


WHOLE = servers.status(
    200, {"choices": [{"message": {"content": "x", "reasoning": "hm"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}}
)


async def test_a_model_that_does_not_stream_is_asked_for_one_piece() -> None:
    with serving(WHOLE) as server:
        chunks = await answer(provider(server.url, capabilities=Capabilities(streams=False)))
    assert [(chunk.text, chunk.reasoning, chunk.finish_reason) for chunk in chunks] == [("x", "hm", "stop")]
    assert server.requests[0].json["stream"] is False
    assert "stream_options" not in server.requests[0].json


async def test_a_server_that_refuses_to_stream_this_model_is_asked_for_one_piece_from_then_on() -> None:
    refuse = servers.refusal(400, "Your organization must be verified to stream this model.", param="stream")
    with serving(refuse, WHOLE) as server:
        asked = provider(server.url)
        for _ in range(2):
            assert text([chunk async for chunk in asked.stream(request())]) == "x"
        await asked.close()
    assert [sent.json["stream"] for sent in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    "events",
    [
        [delta(None, reasoning_content="h"), delta(None, reasoning_content="m"), *text_events("x")],
        [delta(None, reasoning="hm"), *text_events("x")],
        [delta("<think>"), delta("hm</think>\n\nx"), delta(finish="stop")],
        [delta(["no part", {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]), *text_events("x")],  # type: ignore[arg-type] # Mistral's parts
    ],
)
async def test_what_a_model_thinks_is_reasoning_and_no_part_of_the_text(events: list[Any]) -> None:
    with serving(sse(*events)) as server:
        chunks = await answer(provider(server.url))
    assert (reasoning(chunks), text(chunks), finish(chunks)) == ("hm", "x", ["stop"])


async def test_thinking_is_life_and_silence_after_it_is_not() -> None:
    thoughts = [delta(None, reasoning_content="hm")] * 8
    with serving(
        sse(*thoughts, delta("x"), delta(finish="stop"), pause=0.06), sse(*thoughts[:2], then="stall", done=False)
    ) as s:
        assert text(await answer(provider(s.url, timeouts=HURRIED))) == "x"
        error = await failure(provider(s.url, timeouts=HURRIED))
    assert error.fault is Fault.STALLED


@pytest.mark.parametrize(
    ("counts", "cached"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 5}}, 5),
        ({"prompt_tokens_details": {"cached_tokens": 0}}, 0),
        ({"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 3}, 4),
        ({"prompt_tokens_details": None}, None),
    ],
)
async def test_tokens_from_the_providers_own_cache_are_counted(counts: dict[str, Any], cached: int | None) -> None:
    last = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, **counts}}
    with serving(sse(*text_events("x", usage=None), last)) as server:
        chunks = await answer(provider(server.url))
    assert usage(chunks) == [Usage(prompt_tokens=7, completion_tokens=3, cached_tokens=cached)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("model_length", "length"), ("content_filtered", "content_filter"), ("content_filter_error", "content_filter")],
)
async def test_further_words_for_the_same_ends_are_known(said: str, meant: str) -> None:
    with serving(sse(delta("x"), delta(finish=said))) as server:
        assert finish(await answer(provider(server.url))) == [meant]


@pytest.mark.parametrize("said", ["error", "abort", "insufficient_system_resource"])
async def test_an_answer_that_the_server_gave_up_broke_off(said: str) -> None:
    with serving(sse(delta("x"), delta(finish=said))) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert error.fault is Fault.STREAM_CUT


async def test_a_refused_key_in_a_list_is_read_through_the_sdk_and_in_the_stream() -> None:
    said = [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]
    for script in (servers.status(400, said), sse(said), servers.status(200, said)):
        with serving(script) as server:
            assert (await failure(provider(server.url))).fault is Fault.UNAUTHORIZED
