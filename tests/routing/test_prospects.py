"""Who would be asked, found out without asking: it has to be what the chain then does."""

from __future__ import annotations

import time
from contextlib import aclosing, closing

import pytest
import servers
from servers import serving, sse, text_events

from photon.chat import Message, Parameters, Request
from photon.errors import Fault, PhotonError
from photon.records.targets import targets_of
from photon.routing.chain import chain
from photon.routing.prospects import Circumstances, Prospect, prospects
from photon.routing.resting import target_name
from photon.settings.schema import AI, Cache, NamedProvider, Retry
from photon.sketch.prompt import sketch_request

CHAT = Circumstances(purpose="chat", versions={})
REQUEST = Request(model="", messages=(Message("user", "Hello"),), parameters=Parameters(temperature=0.0))


def settings(*urls: str, **more: object) -> AI:
    """One provider for each url: lan0, lan1, ..."""
    named = {f"lan{place}": NamedProvider(url=url, model="m") for place, url in enumerate(urls)}
    return AI(provider="lan0", failover=tuple(named), providers=named, **more)  # type: ignore[arg-type]


def names(found: tuple[Prospect, ...]) -> list[str]:
    return [prospect.endpoint.provider for prospect in found]


async def ask(ai: AI, request: Request = REQUEST) -> None:
    provider = chain(ai, command="chat", purpose="chat", use_cache=True, warn=pytest.fail)
    try:
        async with aclosing(provider.stream(request)) as chunks:
            async for _ in chunks:
                pass
    finally:
        await provider.close()


def test_each_target_is_asked_in_its_own_words() -> None:
    request = sketch_request("POST /login", parameters=Parameters())
    ai = AI(provider="fake", failover=("local",))
    fake, local = prospects(ai, request, Circumstances(purpose="sketch", versions={}))
    assert (fake.request.model, local.request.model) == ("fake", "photon-openapi")
    assert len(fake.request.messages) > len(local.request.messages) == 3
    assert local.request.prefill == "POST /login\n"


async def test_an_answer_that_is_kept_is_said_to_be() -> None:
    with serving(sse(*text_events("Hello"))) as server:
        ai = settings(server.url)
        assert [one.cached for one in prospects(ai, REQUEST, CHAT)] == [False]
        await ask(ai)
        assert [one.cached for one in prospects(ai, REQUEST, CHAT)] == [True]
        await ask(ai)
        assert len(server.requests) == 1, "and the chain does answer from there"


@pytest.mark.parametrize(
    ("circumstances", "cache"),
    [
        (Circumstances(purpose="chat", versions={}, refresh=True), Cache()),
        (Circumstances(purpose="chat", versions={}, use_cache=False), Cache()),
        (Circumstances(purpose="chat", versions={"prompt": "another"}), Cache()),
        (CHAT, Cache(enabled=False)),
    ],
    ids=["refresh", "without cache", "another version", "switched off"],
)
async def test_a_kept_answer_that_would_not_be_taken_does_not_count(circumstances: Circumstances, cache: Cache) -> None:
    with serving(sse(*text_events("Hello"))) as server:
        await ask(settings(server.url))
        assert [one.cached for one in prospects(settings(server.url, cache=cache), REQUEST, circumstances)] == [False]


async def test_to_look_is_not_to_use() -> None:
    from photon.records.cache import response_cache

    with serving(sse(*text_events("Hello"))) as server:
        ai = settings(server.url)
        await ask(ai)
        prospects(ai, REQUEST, CHAT)
        with closing(response_cache(ai.cache, pytest.fail)) as cache:
            assert cache.stats().hits == 0


def test_who_failed_lately_is_asked_last() -> None:
    ai = settings("http://one.lan/v1", "http://two.lan/v1", "http://three.lan/v1")
    endpoints = [prospect.endpoint for prospect in prospects(ai, REQUEST, CHAT)]
    with closing(targets_of(pytest.fail)) as targets:
        for endpoint in (endpoints[1], endpoints[0]):
            targets.failed(target_name(endpoint), fault=Fault.REFUSED, error="connection refused", cooldown_s=60.0)
            time.sleep(0.01)
    found = prospects(ai, REQUEST, CHAT)
    assert names(found) == ["lan2", "lan1", "lan0"]
    assert [bool(prospect.rest) for prospect in found] == [False, True, True]


def test_nobody_rests_where_rests_are_switched_off() -> None:
    ai = settings("http://one.lan/v1", "http://two.lan/v1", retry=Retry(cooldown=0.0))
    first = prospects(ai, REQUEST, CHAT)[0].endpoint
    with closing(targets_of(pytest.fail)) as targets:
        targets.failed(target_name(first), fault=Fault.REFUSED, error="connection refused", cooldown_s=60.0)
    assert names(prospects(ai, REQUEST, CHAT)) == ["lan0", "lan1"]


def test_nothing_is_asked_and_no_file_is_made(tmp_path: object) -> None:
    from photon.settings.paths import answers_file, targets_file

    with serving(servers.status(500)) as server:
        prospects(settings(server.url, server.url + "/v1"), REQUEST, CHAT)
        assert server.requests == []
    assert not answers_file().exists() and not targets_file().exists()


def test_it_raises_what_the_plan_raises() -> None:
    with pytest.raises(PhotonError, match="no provider"):
        prospects(AI(provider="nobody"), REQUEST, CHAT)
