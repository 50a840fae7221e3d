"""The Ollama provider: shapes over mocked HTTP, and everything about time and bytes over real sockets."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import servers
from provider_answers import answer, failure, text
from pytest_httpx import HTTPXMock
from servers import done, ndjson, said, serving

from photon.chat import Capabilities, Message, Origin, Parameters, Request, Usage
from photon.errors import (
    ConfigurationError,
    CredentialsError,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UsageError,
)
from photon.providers.endpoint import Endpoint
from photon.providers.ollama import OllamaProvider
from photon.providers.ollama_host import parse_ollama_host
from photon.settings.schema import Timeouts

PATIENT = Timeouts(connect=1.0, first_token=20.0, idle=20.0)
HURRIED = Timeouts(first_token=0.3, idle=0.15)
FIDGETY = Timeouts(first_token=20.0, idle=0.15)
HERE = "http://127.0.0.1:11434"


def provider(url: str = "", *, timeouts: Timeouts = PATIENT, **endpoint: Any) -> OllamaProvider:
    return OllamaProvider(
        Endpoint(**{"provider": "ollama", "kind": "ollama", "model": "m", "url": url, **endpoint}), timeouts=timeouts
    )


def request(text: str = "hi", **parameters: Any) -> Request:
    return Request(model="m", messages=(Message("user", text),), parameters=Parameters(**parameters))


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ("example.com", "http://example.com:11434"),
        ("http://example.com", "http://example.com:80"),
        ("https://example.com", "https://example.com:443"),
        ("HTTPS://example.com", "https://example.com:443"),
        ("example.com:1234", "http://example.com:1234"),
        ("https://example.com:1234", "https://example.com:1234"),
        (":1234", "http://127.0.0.1:1234"),
        ("example.com:", "http://example.com:11434"),
        ("http://localhost:11434/", "http://localhost:11434"),
        ("https://example.com/ollama/", "https://example.com:443/ollama"),
        ("example.com:1234/a/b", "http://example.com:1234/a/b"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:1234", "http://127.0.0.1:1234"),
        ("[::]:1234", "http://[::1]:1234"),
        ("::", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:1234", "http://[::1]:1234"),
        ("[2001:db8::1]:80", "http://[2001:db8::1]:80"),
        ('"example.com"', "http://example.com:11434"),
        (" 'example.com:1234' ", "http://example.com:1234"),
        ("example.com:66000", "http://example.com:11434"),
        ("example.com:-1", "http://example.com:11434"),
        ("https://example.com:port", "https://example.com:443"),
        ("ollama.com", "https://ollama.com:443"),
    ],
)
def test_every_form_of_ollama_host_is_understood_as_ollama_does(given: str, meant: str) -> None:
    assert parse_ollama_host(given) == meant
    assert parse_ollama_host(meant) == meant


@pytest.mark.parametrize("given", ["ftp://example.com", "a b", "example.com/?x=1", "user:pw@example.com:1", "a\nb"])
def test_what_cannot_be_an_address_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="ollama") as caught:
        parse_ollama_host(given)
    assert "11434" in caught.value.hint


async def test_the_request_is_ollamas_own(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(text=json.dumps(done()))
    await answer(provider(), request("hi", temperature=0.0, max_tokens=9, top_p=0.5, seed=3, stop=("END",)))
    (sent,) = httpx_mock.get_requests()
    assert str(sent.url) == f"{HERE}/api/chat"
    assert json.loads(sent.content) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "options": {"temperature": 0.0, "num_predict": 9, "top_p": 0.5, "seed": 3, "stop": ["END"]},
    }


@pytest.mark.parametrize(("characters", "context"), [(3_000, None), (9_000, None), (12_000, 8192), (60_000, 32768)])
async def test_a_prompt_that_ollama_would_cut_asks_for_the_context_that_it_needs(
    httpx_mock: HTTPXMock, characters: int, context: int | None
) -> None:
    httpx_mock.add_response(text=json.dumps(done()))
    await answer(provider(), request("x" * characters, max_tokens=1024))
    assert json.loads(httpx_mock.get_requests()[0].content)["options"].get("num_ctx") == context


async def test_a_prefill_is_sent_as_it_is(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(text=json.dumps(done()))
    question = Request(model="m", messages=(Message("user", "hi"), Message("assistant", "GET /pets\n")))
    await answer(provider(capabilities=Capabilities(prefill=True)), question)
    messages = json.loads(httpx_mock.get_requests()[0].content)["messages"]
    assert messages[-1] == {"role": "assistant", "content": "GET /pets\n"}


async def test_the_path_of_the_url_is_kept(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url="https://proxy.invalid/ollama/api/chat", text=json.dumps(done()))
    assert await answer(provider("https://proxy.invalid/ollama/"))


@pytest.mark.parametrize(
    ("last", "finish", "usage"),
    [
        (done(prompt_eval_count=7, eval_count=3), "stop", Usage(prompt_tokens=7, completion_tokens=3)),
        (done(eval_count=3), "stop", Usage(completion_tokens=3)),
        (done("length", prompt_eval_count=7, eval_count=3), "length", Usage(prompt_tokens=7, completion_tokens=3)),
        ({"done": True}, "stop", Usage()),
        ({"done": True, "message": {"content": "!"}}, "stop", Usage()),
    ],
)
async def test_the_last_object_tells_why_it_ended_and_what_it_cost(last: dict[str, Any], finish: str, usage: Usage) -> None:
    with serving(ndjson(said("Hel"), said("lo"), last)) as server:
        chunks = await answer(provider(server.url))
    assert text(chunks).startswith("Hello")
    assert chunks[0].origin == Origin("ollama", "m")
    assert (chunks[-1].finish_reason, chunks[-1].usage) == (finish, usage)


async def test_thinking_is_not_part_of_the_answer() -> None:
    thinking = {"message": {"role": "assistant", "content": "", "thinking": "hm"}, "done": False}
    odd = {"message": None, "done": False}
    for told in ([thinking, odd, said("x")], [said("<think>h"), said("m</th"), said("ink>\n\nx")]):
        with serving(ndjson(*told, done())) as server:
            chunks = await answer(provider(server.url))
        assert ("".join(chunk.reasoning for chunk in chunks), text(chunks)) == ("hm", "x")


async def test_objects_split_anywhere_are_put_together_again() -> None:
    objects = [said("Gr\u00fc"), said("\u00dfe\u2028"), done()]
    data = b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in objects)
    with serving(servers.streamed([bytes([byte]) for byte in data])) as server:
        assert text(await answer(provider(server.url, timeouts=Timeouts()))) == "Gr\u00fc\u00dfe\u2028"


@pytest.mark.parametrize("then", ["end", "cut", "reset"])
async def test_a_stream_that_ends_in_mid_word_broke_off(then: str) -> None:
    with serving(ndjson(said("POST /log"), then=then)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert error.message == "ollama broke off in the middle of its answer"


async def test_an_error_line_in_the_middle_is_told() -> None:
    with serving(ndjson(said("x"), {"error": "llama runner process has terminated"})) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert "llama runner process has terminated" in error.message


@pytest.mark.parametrize("script", [servers.garbage(), servers.page(), servers.status(200, {"status": "ok"})])
async def test_garbage_is_not_an_answer_and_the_hint_is_the_url(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert "url" in error.hint


async def test_an_unknown_model_names_the_command_that_pulls_it() -> None:
    with serving(servers.status(404, {"error": "model 'm' not found"})) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ModelNotFound)
    assert error.hint == "ollama pull m"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, UsageError),
        (401, CredentialsError),
        (404, ProviderUnreachable),
        (429, RateLimited),
        (500, ProviderUnreachable),
        (503, ProviderUnreachable),
    ],
)
async def test_every_status_has_its_error(code: int, kind: type[PhotonError]) -> None:
    with serving(servers.status(code, {"error": "something else"})) as server:
        assert type(await failure(provider(server.url))) is kind


async def test_nobody_at_the_port_gives_the_command_that_starts_ollama() -> None:
    port = servers.dead_port()
    error = await failure(provider(f"127.0.0.1:{port}"))
    assert isinstance(error, ProviderUnreachable)
    assert error.message == f"cannot reach ollama at 127.0.0.1:{port}: connection refused"
    assert error.hint == "ollama serve"


async def test_a_connection_that_takes_too_long_names_its_limit(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectTimeout(""))
    error = await failure(provider())
    assert isinstance(error, ProviderUnreachable)
    assert "1 s" in error.message
    assert "ai.timeouts.connect" in error.hint


async def test_a_certificate_that_nobody_vouches_for_is_named(tmp_path: Any) -> None:
    with serving(ndjson(done()), tls=servers.self_signed(tmp_path)) as server:
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert "certificate" in error.message
    assert f"127.0.0.1:{server.port}" in error.message


@pytest.mark.parametrize("script", [servers.stalled_before_headers(), ndjson(then="stall"), ndjson(said(""), then="stall")])
async def test_no_text_within_the_first_token_limit_is_a_timeout(script: servers.Script) -> None:
    with serving(script) as server:
        error = await failure(provider(server.url, timeouts=HURRIED))
        assert await asyncio.to_thread(server.hung_up.wait, 2)
    assert isinstance(error, ProviderUnreachable)
    assert "ai.timeouts.first_token" in error.hint


async def test_silence_in_the_middle_is_a_timeout() -> None:
    with serving(ndjson(said("x"), then="stall")) as server:
        error = await failure(provider(server.url, timeouts=FIDGETY))
    assert isinstance(error, ProviderUnreachable)
    assert "ai.timeouts.idle" in error.hint


async def test_closing_the_stream_closes_the_connection() -> None:
    with serving(ndjson(said("x"), then="stall")) as server:
        asked = provider(server.url, timeouts=Timeouts())
        chunks = asked.stream(request())
        assert (await anext(chunks)).text == "x"
        assert not server.hung_up.is_set()
        await chunks.aclose()
        assert server.hung_up.wait(2)  # blocks the event loop: nothing that runs later can have closed it
        await asked.close()
        await asked.close()


@pytest.mark.parametrize("script", [servers.stalled_before_headers(), ndjson(said("x"), then="stall")])
async def test_cancelling_the_reader_closes_the_connection(script: servers.Script) -> None:
    with serving(script) as server:
        reading = asyncio.create_task(answer(provider(server.url, timeouts=Timeouts())))
        assert await asyncio.to_thread(server.asked.wait, 2)
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await asyncio.to_thread(server.hung_up.wait, 2)


async def test_a_redirect_is_not_followed_to_another_host() -> None:
    with (
        serving(ndjson(said("x"), done())) as other,
        serving(servers.status(307, headers={"location": other.url + "/api/chat"})) as server,
    ):
        error = await failure(provider(server.url))
    assert isinstance(error, ProviderUnreachable)
    assert other.url in error.message
    assert other.requests == []


@pytest.mark.parametrize("key", ["sk-ollama-0123456789", None])
async def test_a_key_is_sent_where_there_is_one_and_is_never_shown(key: str | None) -> None:
    with serving(servers.status(401, {"error": f"invalid key {key}"})) as server:
        endpoint = Endpoint(provider="ollama", kind="ollama", model="m", url=server.url)
        error = await failure(OllamaProvider(endpoint, key=key, timeouts=PATIENT))
    assert server.requests[0].headers.get("authorization") == (f"Bearer {key}" if key else None)
    assert isinstance(error, CredentialsError) and "sk-" not in f"{error.message} {error.hint}"


async def test_loopback_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{servers.dead_port()}")
    with serving(ndjson(said("x"), done())) as server:
        assert text(await answer(provider(server.url))) == "x"


def shown(exchange: servers.Exchange) -> None:
    """``/api/show`` of a server that cannot show one of its models."""
    details = {
        "m": {"model_info": {"general.architecture": "llama", "llama.context_length": 8192}, "capabilities": ["completion"]},
        "embed": {"model_info": {"general.architecture": "bert", "bert.context_length": 512}, "capabilities": ["embedding"]},
        "odd": {"model_info": [], "capabilities": "all"},
    }
    name = exchange.request.json["model"]
    if name in details:
        exchange.reply(200, json.dumps(details[name]).encode())
    else:
        exchange.reply(500, b"{}")


async def test_models_come_with_size_context_and_abilities_where_ollama_tells() -> None:
    tags = [{"name": "m", "size": 5}, {"name": "embed", "size": 6}, {"name": "odd"}, {"name": "broken", "size": 7}, {"x": 1}]
    routes = {"/api/tags": servers.status(200, {"models": tags}), "/api/show": shown}
    with serving(servers.by_path(routes)) as server:
        asked = provider(server.url, capabilities=Capabilities(prefill=True))
        models = await asked.models()
        await asked.close()
    facts = [(model.id, model.context_length, model.size, model.capabilities.chat) for model in models]
    assert facts == [("m", 8192, 5, True), ("embed", 512, 6, False), ("odd", None, None, True), ("broken", None, 7, True)]
    assert [model.capabilities.prefill for model in models] == [True, False, False, False]


async def test_a_server_without_models_has_none() -> None:
    with serving(servers.status(200, {"models": []})) as server:
        asked = provider(server.url)
        assert await asked.models() == ()
        await asked.close()


@pytest.mark.parametrize(
    "script",
    [
        servers.garbage(),
        servers.page(),
        servers.status(200, {"models": None}),
        servers.status(500),
        servers.stalled_before_headers(),
        servers.streamed([b'{"models": ['], then="cut"),
    ],
)
async def test_models_that_cannot_be_listed_are_unreachable(script: servers.Script) -> None:
    with serving(script) as server:
        asked = provider(server.url, timeouts=FIDGETY)
        with pytest.raises(ProviderUnreachable):
            await asked.models()
        await asked.close()
