"""The user's own limits: whose turn it is not, waits and is told so, or fails at once."""

import asyncio
import re
import time
from contextlib import closing
from dataclasses import replace

import pytest
from listening import QUESTION, Endless, endpoint, heard

from photon.chat import Chunk, Message, Parameters, Request, Usage
from photon.errors import Fault, ProviderUnreachable, RateLimited
from photon.providers.fake import FakeProvider
from photon.providers.token_estimate import about_prompt_tokens
from photon.records.buckets import Limits
from photon.records.targets import targets_of
from photon.routing.classify import Action, classify
from photon.routing.limited import USUAL_ANSWER, Limited

PROMPT = about_prompt_tokens(QUESTION.messages)


@pytest.fixture
def targets():
    with closing(targets_of(pytest.fail)) as opened:
        yield opened


def limited(targets, port, *, requests=0, tokens=0, **options):
    target = endpoint("groq", requests_per_minute=requests, tokens_per_minute=tokens)
    return Limited(port, target, targets, **options)


def level(targets, *, requests=0, tokens=0):
    """What is left of a minute's worth: what the next one must wait for, turned around."""
    database = targets._store._opened()
    return dict(database.execute("SELECT unit, level FROM buckets").fetchall())


def talker(*, prompt=None, completion=None, text="POST /login"):
    """Says a text and what it counted."""

    class Talker(FakeProvider):
        async def stream(self, request):
            yield Chunk(text=text)
            yield Chunk(finish_reason="stop", usage=Usage(prompt_tokens=prompt, completion_tokens=completion))

    return Talker()


async def test_without_limits_the_stream_is_the_providers_own_and_no_file_is_made(targets):
    endless = Endless()
    stream = limited(targets, endless).stream(QUESTION)
    assert stream.ag_code is Endless.stream.__code__
    await stream.aclose()
    assert not targets.path.exists()


async def test_what_the_limit_allows_is_sent_at_once_and_without_a_word(targets):
    port = limited(targets, FakeProvider(["a", "b"]), requests=2, notice=pytest.fail)
    assert [(await heard(port)).text for _ in range(2)] == ["a", "b"]


async def test_the_next_one_waits_for_its_turn_and_the_user_is_told(targets):
    said = []
    port = limited(targets, FakeProvider(["one"]), requests=60, notice=said.append)
    for _ in range(60):
        targets.take(port._bucket, Limits(requests=60))
    begun = time.monotonic()
    assert (await heard(port)).text == "one"
    assert 0.5 <= time.monotonic() - begun < 3
    (line,) = said
    assert re.fullmatch(r"waiting (1.0|0.[5-9]) s for groq's limit of 60 requests a minute \(--no-wait fails at once\)", line)


async def test_the_wait_for_ones_own_limit_is_not_taken_from_the_providers_time(targets):
    provider = FakeProvider(["a", "b"])
    port = limited(targets, provider, requests=600)
    deadline = asyncio.get_running_loop().time() + 60
    for _ in range(2):
        targets.take(port._bucket, Limits(requests=600), tokens=0)
    for _ in range(600):
        targets.take(port._bucket, Limits(requests=600))
    await heard(port, replace(QUESTION, deadline=deadline))
    assert provider.requests[0].deadline > deadline + 0.1


async def test_without_waiting_it_fails_at_once_and_nothing_is_taken(targets):
    port = limited(targets, FakeProvider(["a"] * 9), requests=1, wait=False)
    await heard(port)
    for _ in range(3):
        begun = time.monotonic()
        with pytest.raises(RateLimited) as caught:
            await heard(port)
        assert time.monotonic() - begun < 0.5
    assert caught.value.message == "groq's limit of 1 request a minute on this machine is reached; the next turn is in 60 s"
    assert caught.value.hint == "leave out --no-wait, or raise ai.providers.groq.requests_per_minute"
    assert caught.value.fault is Fault.OWN_LIMIT
    assert 55 < caught.value.retry_after <= 60
    assert classify(caught.value).action is Action.FAIL_OVER


async def test_a_turn_that_comes_after_the_time_for_everything_is_refused_at_once(targets):
    port = limited(targets, FakeProvider(["a"] * 9), requests=2, longest=25.0, notice=pytest.fail)
    await heard(port)
    await heard(port)
    with pytest.raises(RateLimited, match=r"limit of 2 requests a minute .* in 30 s") as caught:
        await heard(port)
    assert caught.value.hint == "raise ai.providers.groq.requests_per_minute, or ai.timeouts.total"


async def test_who_is_cancelled_while_waiting_gives_its_turn_back(targets):
    provider = FakeProvider(["a"])
    port = limited(targets, provider, requests=1, tokens=5000)
    await heard(port)
    before = level(targets)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await heard(port)
    after = level(targets)
    assert after["requests"] == pytest.approx(before["requests"], abs=0.02)
    assert after["tokens"] == pytest.approx(before["tokens"], abs=50)
    assert len(provider.requests) == 1


async def test_tokens_are_taken_beforehand_and_settled_by_what_the_provider_counted(targets):
    port = limited(targets, talker(prompt=70, completion=30), tokens=60_000)
    stream = port.stream(QUESTION)
    await anext(stream)
    assert level(targets)["tokens"] == pytest.approx(60_000 - PROMPT - USUAL_ANSWER, abs=1)
    async for _ in stream:
        pass
    assert level(targets)["tokens"] == pytest.approx(60_000 - 100, abs=100)


@pytest.mark.parametrize(("longest", "share"), [(1024, 256), (10, 3), (None, USUAL_ANSWER)])
async def test_a_quarter_of_the_longest_answer_is_taken_for_it(targets, longest, share):
    request = Request(model="", messages=QUESTION.messages, parameters=Parameters(max_tokens=longest))
    stream = limited(targets, Endless(), tokens=600_000_000).stream(request)
    await anext(stream)
    left = targets._store._opened().execute("SELECT level FROM buckets").fetchone()[0]
    assert left == 600_000_000 - PROMPT - share
    await stream.aclose()


async def test_where_the_provider_counts_nothing_it_is_counted_about(targets):
    port = limited(targets, talker(text="word " * 3000), tokens=6000)
    await heard(port)
    assert level(targets)["tokens"] == pytest.approx(6000 - PROMPT - 3000, abs=30)


async def test_who_fails_has_used_its_prompt(targets):
    port = limited(targets, FakeProvider([ProviderUnreachable("down")]), tokens=6000)
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    assert level(targets)["tokens"] == pytest.approx(6000 - PROMPT, abs=30)


async def test_who_uses_more_than_was_taken_lets_the_next_one_wait(targets):
    port = limited(targets, talker(prompt=3000, completion=5000), tokens=6000, wait=False)
    await heard(port)
    with pytest.raises(RateLimited, match="limit of 6,000 tokens a minute"):
        await heard(port)


async def test_many_at_once_go_one_after_the_other(targets):
    limit = 1200
    port = limited(targets, FakeProvider(["a"] * 20), requests=limit)
    for _ in range(limit):
        targets.take(port._bucket, Limits(requests=limit))
    begun, ends = time.monotonic(), []

    async def ask():
        await heard(port)
        ends.append(time.monotonic() - begun)

    await asyncio.gather(*(ask() for _ in range(20)))
    assert len(ends) == 20
    assert 0.6 < ends[-1] < 3
    assert all(end >= number / (limit / 60) - 0.7 for number, end in enumerate(ends, start=1))


async def test_two_providers_by_the_same_name_at_different_addresses_have_a_limit_each(targets):
    for url in ("http://one.lan", "http://two.lan"):
        target = endpoint("work", url=url, requests_per_minute=1)
        assert (await heard(Limited(FakeProvider(["a"]), target, targets, wait=False))).text == "a"


async def test_leaving_stops_the_provider_at_once_and_closing_closes_it(targets):
    endless = Endless()
    port = limited(targets, endless, requests=5, tokens=9)
    stream = port.stream(Request(model="", messages=(Message("user", "x"),)))
    await anext(stream)
    await stream.aclose()
    await port.close()
    assert (endless.stopped, endless.closed) == (True, True)
    assert [info.id for info in await port.models()] == ["endless"]
