"""What is told of each exchange with a target."""

import asyncio
from dataclasses import replace

import pytest
from listening import QUESTION, Endless, endpoint, heard

from photon.chat import Attempt, Chunk, Usage
from photon.errors import CredentialsError, Fault, ProviderUnreachable
from photon.providers.fake import FakeProvider
from photon.routing.watched import Watched

WHO = endpoint("openai", model="gpt", url="https://me:secret@api.openai.com/v1")


class Told:
    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.errors: list[Exception | None] = []

    def __call__(self, attempt: Attempt, error: Exception | None) -> None:
        self.attempts.append(attempt)
        self.errors.append(error)


def watched(provider, told):
    return Watched(provider, WHO, told=told, cost=lambda endpoint, attempt: 0.5)


async def test_an_answer_is_told_with_its_usage_and_its_times():
    told = Told()
    usage = Usage(prompt_tokens=7, completion_tokens=2, cached_tokens=3)
    script = [Chunk(text="hello"), Chunk(finish_reason="stop"), Chunk(usage=usage)]
    await heard(watched(FakeProvider([script], delay=0.02), told))
    (attempt,) = told.attempts
    assert (attempt.origin, attempt.usage, attempt.finish_reason) == (WHO.origin, usage, "stop")
    assert (attempt.fault, attempt.error, attempt.cancelled, told.errors) == (None, "", False, [None])
    assert (attempt.kind, attempt.host, attempt.cost) == ("openai", "api.openai.com", 0.5)
    assert attempt.first_token_ms is not None
    assert 15 < attempt.first_token_ms < attempt.total_ms


async def test_thinking_aloud_is_a_first_token_too():
    told = Told()
    stream = watched(FakeProvider([[Chunk(reasoning="hm"), Chunk(finish_reason="stop")]]), told).stream(QUESTION)
    assert "".join([chunk.reasoning async for chunk in stream]) == "hm"
    assert told.attempts[0].first_token_ms is not None


async def test_a_failure_is_told_with_its_kind_and_raised():
    told = Told()
    broken = ProviderUnreachable("broke off\nsecond line", fault=Fault.STREAM_CUT)
    with pytest.raises(ProviderUnreachable):
        await heard(watched(FakeProvider([["hel", broken]]), told))
    assert (told.attempts[0].fault, told.attempts[0].error) == (Fault.STREAM_CUT, "broke off")
    assert told.errors == [broken]


async def test_a_reader_who_has_heard_enough_is_no_failure():
    told, endless = Told(), Endless()
    stream = watched(endless, told).stream(QUESTION)
    for _ in range(3):
        await anext(stream)
    await stream.aclose()
    assert (told.attempts[0].fault, told.attempts[0].cancelled) == (None, False)
    assert endless.stopped


async def test_a_cancelled_exchange_is_told_as_such():
    told = Told()
    task = asyncio.create_task(heard(watched(FakeProvider(["hello"], delay=60), told)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.attempts[0].cancelled


async def test_the_request_hears_of_its_own_exchanges_only():
    own: list[Attempt] = []
    provider = watched(FakeProvider(["a", "b"]), Told())
    await asyncio.gather(heard(provider, replace(QUESTION, on_attempt=own.append)), heard(provider))
    assert len(own) == 1


async def test_a_missing_key_is_no_exchange():
    told = Told()
    with pytest.raises(CredentialsError):
        await heard(watched(FakeProvider([CredentialsError("there is no key", fault=Fault.NO_KEY)]), told))
    assert told.attempts == []
