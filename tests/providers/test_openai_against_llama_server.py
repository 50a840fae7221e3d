"""The OpenAI provider against a real server: llama-cpp-python's own, as a process, with the real small model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from llama_server import SECRET, needs_llama_server, running

from photon.chat import Message, Origin, Parameters, Request
from photon.errors import CredentialsError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.openai import OpenAIProvider
from photon.settings.schema import Timeouts

pytestmark = needs_llama_server


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("llama") / "server.log", context=512) as address:
        yield address


def provider(url: str, *, key: str | None = SECRET) -> OpenAIProvider:
    return OpenAIProvider(Endpoint(provider="lan", kind="openai", model="smol", url=url), key=key, timeouts=Timeouts())


def request(text: str, *, max_tokens: int) -> Request:
    parameters = Parameters(temperature=0.0, max_tokens=max_tokens)
    return Request(model="smol", messages=(Message("user", text),), parameters=parameters)


async def test_a_real_answer_streams_token_by_token(url: str) -> None:
    asked = provider(url)
    chunks = [chunk async for chunk in asked.stream(request("Say hello to the world in one sentence.", max_tokens=60))]
    await asked.close()
    assert any(character.isalpha() for chunk in chunks for character in chunk.text)
    assert len([chunk for chunk in chunks if chunk.text]) > 3
    assert chunks[0].origin == Origin("lan", "smol")
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]


async def test_the_token_limit_is_kept_and_told(url: str) -> None:
    asked = provider(url)
    chunks = [chunk async for chunk in asked.stream(request("Count to one hundred.", max_tokens=5))]
    await asked.close()
    assert chunks[-1].finish_reason == "length"


async def test_models_are_listed(url: str) -> None:
    asked = provider(url)
    assert [(model.id, model.provider) for model in await asked.models()] == [("smol", "lan")]
    await asked.close()


async def test_a_cancelled_answer_stops_the_generation(url: str) -> None:
    asked = provider(url)
    async with aclosing(asked.stream(request("Write a very long story.", max_tokens=450))) as chunks:
        assert (await anext(chunks)).origin
        started = time.monotonic()
        for _ in range(20):
            assert (await anext(chunks)).text
        pace = (time.monotonic() - started) / 20
    started = time.monotonic()
    assert [chunk async for chunk in asked.stream(request("Hi", max_tokens=1))]
    assert time.monotonic() - started < 200 * pace, "the server went on with the 430 tokens that nobody waits for"
    await asked.close()


async def test_a_prompt_over_the_context_fails_over_though_that_server_only_hangs_up(url: str) -> None:
    asked = provider(url)
    with pytest.raises(ProviderUnreachable, match="before the first word"):
        assert [chunk async for chunk in asked.stream(request("word " * 700, max_tokens=5))]
    await asked.close()


async def test_a_wrong_key_is_refused_and_not_shown(url: str) -> None:
    asked = provider(url, key="sk-wrong-0123456789")
    with pytest.raises(CredentialsError) as caught:
        assert [chunk async for chunk in asked.stream(request("Hi", max_tokens=1))]
    await asked.close()
    assert "sk-" not in caught.value.message
