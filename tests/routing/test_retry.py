"""When the same provider is asked again, and how soon."""

import time

import pytest
from listening import QUESTION, Endless, heard

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
SLOW_DOWN = RateLimited("too many requests")


class Sleep:
    """Instead of sleeping, remembers how long it should have."""

    def __init__(self):
        self.pauses = []

    async def __call__(self, seconds):
        self.pauses.append(seconds)


def retried(answers, *, attempts=2, max_wait=2.0):
    provider, sleep = FakeProvider(answers), Sleep()
    return Retried(provider, Retry(attempts=attempts, max_wait=max_wait), sleep=sleep), provider, sleep


@pytest.mark.parametrize("trouble", [OVERLOADED, SLOW_DOWN], ids=["503", "429"])
async def test_trouble_that_passes_is_waited_for(trouble):
    port, provider, sleep = retried([trouble, "the answer"])
    assert (await heard(port)).text == "the answer"
    assert len(provider.requests) == 2
    assert 0.375 <= sleep.pauses[0] <= 0.625


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
def test_pauses_double_but_stay_below_the_longest(error):
    pauses = [pause_after(error, attempt, 2.0) for attempt in (1, 2, 3, 9)]
    assert all(0.75 * middle <= pause <= 1.25 * middle for pause, middle in zip(pauses, (0.5, 1.0), strict=False))
    assert 1.5 <= pauses[2] <= 2.0
    assert pauses[3] == 2.0


def test_pauses_are_spread():
    assert len({pause_after(OVERLOADED, 1, 2.0) for _ in range(20)}) > 1


def test_an_error_of_no_kind_is_not_tried_again():
    assert pause_after(PhotonError("what"), 1, 2.0) is None


async def test_leaving_stops_the_provider_at_once():
    endless = Endless()
    stream = Retried(endless, Retry()).stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert endless.stopped


async def test_the_real_pause_is_slept():
    port = Retried(FakeProvider([RateLimited("wait", retry_after=0.05), "the answer"]), Retry())
    begun = time.perf_counter()
    await heard(port)
    assert time.perf_counter() - begun >= 0.05
