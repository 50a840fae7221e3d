"""The whole chain, made from settings, with real providers and a real cache."""

import json
import socket
import subprocess
import sys
import time

import pytest
from listening import QUESTION, heard

from photon.chat import Origin
from photon.errors import CredentialsError, ProviderUnreachable
from photon.providers import registry
from photon.providers.fake import FakeProvider
from photon.routing.chain import chain
from photon.settings.schema import AI, Cache, NamedProvider


@pytest.fixture
def dead_url():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"  # bound but not listening: refused


async def ask(ai, *, use_cache=True, refresh=False, warn=pytest.fail, **options):
    port = chain(ai, command="suggest-path", purpose="sketch", use_cache=use_cache, refresh=refresh, warn=warn, **options)
    try:
        return await heard(port)
    finally:
        await port.close()


async def test_the_next_process_finds_the_answer_in_the_cache():
    first, second = await ask(AI(provider="fake")), await ask(AI(provider="fake"))
    assert first.text == second.text
    assert [origin.cached for origin in first.origins + second.origins] == [False, True]


async def test_without_the_cache_or_when_refreshing_the_answer_is_new():
    await ask(AI(provider="fake"))
    for answer in (
        await ask(AI(provider="fake"), use_cache=False),
        await ask(AI(provider="fake", cache=Cache(enabled=False))),
        await ask(AI(provider="fake"), refresh=True),
    ):
        assert not answer.origins[0].cached


async def test_without_the_cache_no_file_is_made(tmp_path):
    await ask(AI(provider="fake"), use_cache=False)
    await ask(AI(provider="fake", cache=Cache(enabled=False)))
    assert not (tmp_path / "cache").exists()


async def test_new_versions_of_the_prompt_make_a_new_answer():
    await ask(AI(provider="fake"), versions={"prompt": 1})
    assert not (await ask(AI(provider="fake"), versions={"prompt": 2})).origins[0].cached


async def test_a_broken_cache_stops_nothing_and_is_mentioned_once(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "answers.sqlite3").mkdir()
    said = []
    answer = await ask(AI(provider="fake"), warn=said.append)
    assert answer.text.startswith("POST /login")
    assert len(said) == 1


async def test_a_dead_server_is_replaced_by_who_is_on_the_list_and_the_answer_is_kept_under_that_name(dead_url):
    ai = AI(provider="lan", failover=("fake",), providers={"lan": NamedProvider(url=dead_url, model="big")})
    for cached in (False, True):
        answer = await ask(ai)
        assert answer.text.startswith("POST /login")
        assert [switch.failed for switch in answer.switches] == [Origin("lan", "big")]
        assert "refused" in answer.switches[0].reason
        assert (answer.origins[-1].provider, answer.origins[-1].cached) == ("fake", cached)


async def test_a_dead_server_without_anybody_else_is_an_error_and_is_not_waited_for(dead_url):
    begun = time.perf_counter()
    with pytest.raises(ProviderUnreachable, match="refused"):
        await ask(AI(provider="openai", url=dead_url, failover=False))
    assert time.perf_counter() - begun < 3


async def test_a_missing_key_fails_over_before_anybody_is_asked():
    answer = await ask(AI(provider="openai", failover=("fake",)))
    assert "key" in answer.switches[0].reason
    assert answer.origins == [Origin("fake", answer.origins[0].model)]
    with pytest.raises(CredentialsError):
        await ask(AI(provider="openai", failover=False))


async def test_the_local_model_goes_on_from_its_prefill_and_the_answer_is_whole(dead_url):
    from photon.chat import Parameters
    from photon.sketch.prompt import sketch_request

    request = sketch_request("POST /login with JWT response", parameters=Parameters(temperature=0.0, max_tokens=6))
    port = chain(
        AI(provider="openai", url=dead_url), command="suggest-path", purpose="sketch", use_cache=True, warn=pytest.fail
    )
    answer = await heard(port, request)
    await port.close()
    assert [answer.switches[0].failed.provider, answer.origins[-1].provider] == ["openai", "local"]
    assert answer.text.startswith("POST /login\n")
    assert answer.text.count("POST /login") == 1
    assert len(answer.text) > len("POST /login\n")


async def test_providers_are_connected_when_asked_and_closed_with_the_chain(monkeypatch):
    connected = []

    def connect(endpoint, ai, environ):
        connected.append(FakeProvider(name=endpoint.provider))
        return connected[-1]

    monkeypatch.setattr(registry, "connect", connect)
    port = chain(
        AI(provider="openai", failover=("fake",)), command="suggest-path", purpose="sketch", use_cache=False, warn=pytest.fail
    )
    await port.close()
    assert connected == []
    await heard(port, QUESTION)
    assert [provider.closed for provider in connected] == [False]
    await port.close()
    assert [provider.closed for provider in connected] == [True]


HIT = """
import asyncio, json, sys
from photon.chat import Message, Request
from photon.routing.chain import chain
from photon.settings.schema import AI, NamedProvider

async def ask():
    port = chain(AI(provider="mine", providers={"mine": NamedProvider(kind=sys.argv[1])}), purpose="sketch", use_cache=True,
                 warn=print)
    chunks = [chunk async for chunk in port.stream(Request(model="", messages=(Message("user", "hello"),)))]
    await port.close()
    return [chunk.origin.cached for chunk in chunks if chunk.origin]

print(json.dumps([asyncio.run(ask()), sorted(sys.modules)]))
"""


@pytest.mark.parametrize("kind", ["openai", "ollama", "local"])
def test_an_answer_from_the_cache_needs_no_client_library(kind, monkeypatch):
    ai = AI(provider="mine", providers={"mine": NamedProvider(kind=kind)})
    monkeypatch.setattr(registry, "connect", lambda endpoint, ai, environ: FakeProvider())
    import asyncio

    from photon.chat import Message, Request

    port = chain(ai, command="suggest-path", purpose="sketch", use_cache=True, warn=pytest.fail)
    request = Request(model="", messages=(Message("user", "hello"),))
    asyncio.run(heard(port, request))
    asyncio.run(port.close())
    child = subprocess.run([sys.executable, "-c", HIT, kind], capture_output=True, text=True, check=True)
    cached, modules = json.loads(child.stdout)
    assert cached == [True]
    assert {"openai", "httpx", "httpx2", "llama_cpp", "yaml", "keyring", "rich", "random"}.isdisjoint(modules)
