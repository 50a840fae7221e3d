"""When the same provider is asked again, and how soon."""

import asyncio
import random
import time

import pytest
from listening import QUESTION, Endless, heard

from photon.chat import Origin
from photon.errors import (
    CredentialsError,
    Fault,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
)
from photon.providers.fake import FakeProvider
from photon.routing.retry import Retried, pause_after
from photon.settings.schema import Retry

OVERLOADED = ProviderUnreachable("answered with an error (503)", fault=Fault.SERVER_ERROR)
WHO = Origin("fake", "fake")
SLOW_DOWN = RateLimited("too many requests")


class Sleep:
    """Instead of sleeping, remembers how long it should have."""

    def __init__(self):
        self.pauses = []

    async def __call__(self, seconds):
        self.pauses.append(seconds)


def retried(answers, *, attempts=2, max_wait=2.0):
    provider, sleep = FakeProvider(answers), Sleep()
    return Retried(provider, Retry(attempts=attempts, max_wait=max_wait), origin=WHO, sleep=sleep), provider, sleep


@pytest.mark.parametrize("trouble", [OVERLOADED, SLOW_DOWN], ids=["503", "429"])
async def test_trouble_that_passes_is_waited_for(trouble):
    port, provider, sleep = retried([trouble, "the answer"])
    assert (await heard(port)).text == "the answer"
    assert len(provider.requests) == 2
    assert 0 <= sleep.pauses[0] <= 0.5


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnreachable("connection refused"),
        CredentialsError("refused the key"),
        ModelNotFound("no such model"),
        RateLimited("no credit left", fault=Fault.QUOTA),
        RateLimited("no credit left", fault=Fault.QUOTA, retry_after=0),
        RateLimited("come back tomorrow", retry_after=2.01),
    ],
    ids=lambda error: error.message,
)
async def test_trouble_that_stays_is_reported_at_once(error):
    port, provider, sleep = retried([error, "the answer"])
    with pytest.raises(type(error)) as caught:
        await heard(port)
    assert caught.value is error
    assert (len(provider.requests), sleep.pauses) == (1, [])


async def test_the_pause_that_the_server_asks_for_is_kept_to_the_second():
    port, _, sleep = retried([RateLimited("wait", retry_after=1.5), "the answer"])
    assert (await heard(port)).text == "the answer"
    assert sleep.pauses == [1.5]


async def test_after_the_last_try_its_error_is_raised():
    last = ProviderUnreachable("still 503", fault=Fault.SERVER_ERROR)
    port, provider, sleep = retried([OVERLOADED, SLOW_DOWN, last, "never asked for"], attempts=3)
    with pytest.raises(ProviderUnreachable, match="still"):
        await heard(port)
    assert (len(provider.requests), len(sleep.pauses)) == (3, 2)


async def test_one_attempt_means_no_second_one():
    port, provider, _ = retried([OVERLOADED, "the answer"], attempts=1)
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    assert len(provider.requests) == 1


async def test_an_answer_that_has_begun_is_not_begun_again():
    port, provider, _ = retried([["POST /lo", OVERLOADED], "the answer"])
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("error", [OVERLOADED, SLOW_DOWN], ids=["503", "429"])
def test_the_longest_pause_doubles_up_to_the_limit(error, monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    assert [pause_after(error, attempt, 2.0) for attempt in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 2.0]


def test_pauses_are_spread_over_all_of_the_time_from_nothing_on():
    pauses = [pause_after(OVERLOADED, 2, 2.0) for _ in range(200)]
    assert min(pauses) < 0.2
    assert max(pauses) > 0.8


def test_a_server_error_may_ask_for_a_pause_too():
    error = ProviderUnreachable("503", fault=Fault.SERVER_ERROR, retry_after=1.25)
    assert pause_after(error, 1, 2.0) == 1.25
    assert pause_after(error, 1, 1.0) is None


def test_an_error_of_no_kind_is_not_tried_again():
    assert pause_after(PhotonError("what"), 1, 2.0) is None


async def test_leaving_stops_the_provider_at_once():
    endless = Endless()
    stream = Retried(endless, Retry(), origin=WHO).stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert endless.stopped


async def test_the_real_pause_is_slept():
    port = Retried(FakeProvider([RateLimited("wait", retry_after=0.05), "the answer"]), Retry(), origin=WHO)
    begun = time.perf_counter()
    await heard(port)
    assert time.perf_counter() - begun >= 0.05


async def test_no_pause_is_begun_that_ends_after_the_time_for_everything():
    provider = FakeProvider([RateLimited("wait", retry_after=1.5), "never asked for"])
    port = Retried(provider, Retry(), origin=WHO, total=1.0, sleep=Sleep())
    with pytest.raises(RateLimited):
        await heard(port)
    assert len(provider.requests) == 1


async def test_all_tries_share_one_deadline():
    class Asked(FakeProvider):
        """Remembers by when each answer was wanted."""

        def _next(self, request):
            deadlines.append(request.deadline)
            return super()._next(request)

    deadlines = []
    port = Retried(Asked([OVERLOADED, SLOW_DOWN, "x"]), Retry(attempts=3), origin=WHO, total=60, sleep=Sleep())
    before = asyncio.get_running_loop().time()
    await heard(port)
    assert len(deadlines) == 3
    assert len(set(deadlines)) == 1
    assert before + 60 <= deadlines[0] <= asyncio.get_running_loop().time() + 60


async def test_without_a_limit_there_is_no_deadline():
    provider = FakeProvider(["the answer"])
    await heard(Retried(provider, Retry(), origin=WHO))
    assert provider.requests[0].deadline is None
