"""Which answers are kept, and when they are given again."""

import hashlib
from dataclasses import fields, replace

import pytest
from listening import QUESTION, Endless, endpoint, heard

from photon.chat import Chunk, Message, Origin, Parameters, Switch, Usage
from photon.errors import ProviderUnreachable
from photon.providers.fake import FakeProvider
from photon.records.cache import ResponseCache
from photon.routing.cached import Cached, cache_key

OPENAI = endpoint("openai", url="https://api.openai.com/v1", key="openai", identity={"size": 1})
VERSIONS = {"notation": 1, "prompt": 1}
ASKED = replace(QUESTION, model="gpt", parameters=Parameters(temperature=0.0, max_tokens=100))


@pytest.fixture
def cache(tmp_path):
    return ResponseCache(tmp_path / "answers.sqlite3", max_age_s=1000, max_size_bytes=1e6)


@pytest.fixture
def ask(cache):
    async def asked(*answers, request=ASKED, refresh=False, at=OPENAI, versions=VERSIONS):
        """The answer, and whether the provider was asked."""
        provider = FakeProvider(answers, name=at.provider)
        answer = await heard(Cached(provider, at, cache, refresh=refresh, versions=versions), request)
        return answer, bool(provider.requests)

    return asked


async def test_the_second_time_the_answer_comes_from_the_cache_with_its_usage(ask):
    first, _ = await ask(
        [Chunk(text="POST "), Chunk(text="/login"), Chunk(finish_reason="stop"), Chunk(usage=Usage(prompt_tokens=3))]
    )
    again, asked = await ask()
    assert not asked
    assert again.text == first.text == "POST /login"
    assert again.origins == [Origin("openai", "openai-model", cached=True)]
    assert again.ends == ["stop"]
    assert again.chunks[-1].usage == Usage(prompt_tokens=3)


async def test_an_answer_is_kept_under_the_name_the_provider_has_now(ask):
    await ask("POST /login")
    again, asked = await ask(at=replace(OPENAI, provider="work", key="work"))
    assert not asked
    assert again.origins == [Origin("work", "openai-model", cached=True)]


async def test_refreshing_asks_and_keeps_the_new_answer(ask):
    await ask("old")
    fresh, asked = await ask("new", refresh=True)
    assert asked
    assert fresh.origins == [Origin("openai", "gpt")]
    assert (await ask())[0].text == "new"


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls"])
async def test_an_answer_that_did_not_come_to_its_own_end_is_not_kept(ask, reason):
    await ask([Chunk(text="half", finish_reason=reason)])
    assert (await ask("whole"))[1]


@pytest.mark.parametrize("nothing", ["", " \n"])
async def test_an_empty_answer_is_not_kept(ask, nothing):
    await ask([Chunk(text=nothing, finish_reason="stop")])
    assert (await ask("something"))[1]


async def test_an_answer_that_broke_off_is_not_kept(ask):
    with pytest.raises(ProviderUnreachable):
        await ask(["half", ProviderUnreachable("broke off")])
    assert (await ask("whole"))[1]


async def test_of_a_repeated_answer_only_the_last_is_kept(ask):
    switch = Chunk(switch=Switch(failed=OPENAI.origin, reason="unreadable", repeat=True))
    await ask([Chunk(text="bad", finish_reason="stop"), switch, "good", Chunk(finish_reason="stop")])
    assert (await ask())[0].text == "good"


async def test_an_answer_that_was_voided_and_never_came_again_is_not_kept(ask):
    switch = Chunk(switch=Switch(failed=OPENAI.origin, reason="unreadable", repeat=True))
    with pytest.raises(ProviderUnreachable):
        await ask([Chunk(text="bad", finish_reason="stop"), switch, ProviderUnreachable("gone")])
    assert (await ask("good"))[1]


async def test_a_finished_answer_is_kept_also_when_nobody_waits_for_the_token_counts(cache, ask):
    stream = Cached(FakeProvider(["POST /login"]), OPENAI, cache, versions=VERSIONS).stream(ASKED)
    async for chunk in stream:
        if chunk.finish_reason:
            break
    await stream.aclose()
    assert (await ask())[0].text == "POST /login"


async def test_leaving_stops_the_provider_and_keeps_nothing(cache, ask):
    endless = Endless()
    stream = Cached(endless, OPENAI, cache, versions=VERSIONS).stream(ASKED)
    await anext(stream)
    await anext(stream)
    await stream.aclose()
    assert endless.stopped
    assert cache.stats().entries == 0


def key(at=OPENAI, request=ASKED, versions=VERSIONS):
    return cache_key(at, request, versions)


SHAPING = {
    "kind": {"at": replace(OPENAI, kind="ollama")},
    "url": {"at": replace(OPENAI, url="http://127.0.0.1:8080/v1")},
    "identity": {"at": replace(OPENAI, identity={"size": 2})},
    "no identity": {"at": replace(OPENAI, identity={})},
    "model": {"request": replace(ASKED, model="gpt-2")},
    "word": {"request": replace(ASKED, messages=(*ASKED.messages[:-1], Message("user", "POST /logout")))},
    "composed letter": {"request": replace(ASKED, messages=(*ASKED.messages[:-1], Message("user", "POST /logiń")))},
    "decomposed letter": {"request": replace(ASKED, messages=(*ASKED.messages[:-1], Message("user", "POST /login\u0301")))},
    "role": {"request": replace(ASKED, messages=(ASKED.messages[0], replace(ASKED.messages[1], role="assistant")))},
    "turn": {"request": replace(ASKED, messages=(*ASKED.messages, Message("assistant", "POST")))},
    "grammar": {"request": replace(ASKED, grammar="root ::= x")},
    "temperature": {"request": replace(ASKED, parameters=replace(ASKED.parameters, temperature=0.5))},
    "max_tokens": {"request": replace(ASKED, parameters=replace(ASKED.parameters, max_tokens=101))},
    "top_p": {"request": replace(ASKED, parameters=replace(ASKED.parameters, top_p=0.9))},
    "seed": {"request": replace(ASKED, parameters=replace(ASKED.parameters, seed=1))},
    "stop": {"request": replace(ASKED, parameters=replace(ASKED.parameters, stop=("\n",)))},
    "notation": {"versions": VERSIONS | {"notation": 2}},
    "prompt": {"versions": VERSIONS | {"prompt": 2}},
}


def test_whatever_shapes_the_answer_changes_the_key():
    keys = {name: key(**change) for name, change in SHAPING.items()}
    assert len({key(), *keys.values()}) == len(SHAPING) + 1


def test_every_sampling_parameter_shapes_the_answer():
    assert {field.name for field in fields(Parameters)} <= SHAPING.keys()


@pytest.mark.parametrize("change", [{"provider": "work"}, {"key": "work"}, {"cloud": True}])
def test_the_names_of_provider_and_key_do_not_change_the_key(change):
    assert key(replace(OPENAI, **change)) == key()


def test_the_order_of_facts_does_not_change_the_key():
    one, other = {"size": 1, "name": "a"}, {"name": "a", "size": 1}
    assert key(replace(OPENAI, identity=one)) == key(replace(OPENAI, identity=other))


def test_the_key_is_the_hash_of_canonical_json():
    canonical = (
        '{"grammar":null,"identity":{"size":1},"kind":"openai",'
        '"messages":[["system","You write sketches."],["user","POST /café"]],"model":"gpt",'
        '"parameters":{"max_tokens":100,"seed":null,"stop":[],"temperature":0.0,"top_p":null},'
        '"url":"https://api.openai.com/v1","versions":{"notation":1,"prompt":1}}'
    )
    request = replace(ASKED, messages=(ASKED.messages[0], Message("user", "POST /café")))
    assert key(request=request) == hashlib.sha256(canonical.encode()).hexdigest()


def test_text_from_a_broken_command_line_has_a_key():
    assert len(key(request=replace(ASKED, messages=(Message("user", "caf\udce9"),)))) == 64
