"""When everything has taken too long."""

import asyncio
import time
from dataclasses import replace

import pytest
from listening import QUESTION, Endless, heard

from photon.chat import Chunk, Origin, Usage
from photon.errors import Fault, ProviderUnreachable
from photon.providers.fake import FakeProvider
from photon.routing.deadline import Timed

WHO = Origin("openai", "gpt")


def due_in(seconds):
    return replace(QUESTION, deadline=asyncio.get_running_loop().time() + seconds)


async def test_an_answer_that_takes_longer_than_everything_may_take_is_ended():
    provider = FakeProvider(["a long answer"], delay=0.05)
    begun = time.perf_counter()
    with pytest.raises(ProviderUnreachable, match=r"openai did not finish its answer within 0.12 s") as caught:
        await heard(Timed(provider, origin=WHO, total=0.12), due_in(0.12))
    assert caught.value.fault is Fault.TOTAL_TIMEOUT
    assert time.perf_counter() - begun < 1


async def test_an_answer_whose_counts_alone_are_late_is_whole():
    script = [Chunk(text="an answer", finish_reason="stop"), Chunk(usage=Usage(completion_tokens=2))]

    class LateCounts(FakeProvider):
        async def stream(self, request):
            async for chunk in super().stream(request):
                yield chunk
                await asyncio.sleep(0.2)

    answer = await heard(Timed(LateCounts([script]), origin=WHO, total=0.1), due_in(0.1))
    assert (answer.text, answer.ends) == ("an answer", ["stop"])


async def test_one_that_ends_in_time_is_passed_on():
    answer = await heard(Timed(FakeProvider(["an answer"]), origin=WHO, total=60), due_in(60))
    assert (answer.text, answer.ends) == ("an answer", ["stop"])


async def test_without_a_deadline_nothing_is_ended():
    assert (await heard(Timed(FakeProvider(["an answer"], delay=0.01), origin=WHO, total=0.001))).text == "an answer"


async def test_a_timeout_of_somebody_else_is_not_taken_for_ours():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await heard(Timed(FakeProvider(["a long answer"], delay=5), origin=WHO, total=60), due_in(60))


async def test_leaving_stops_the_provider_at_once():
    endless = Endless()
    stream = Timed(endless, origin=WHO, total=60).stream(due_in(60))
    await anext(stream)
    await stream.aclose()
    assert endless.stopped
