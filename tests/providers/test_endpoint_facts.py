"""What an endpoint knows of its model, and Anthropic as one that is asked."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from photon.errors import CredentialsError, Fault
from photon.providers.anthropic import AnthropicProvider
from photon.providers.registry import connect, endpoint
from photon.settings.schema import AI, Local, NamedProvider

SECRET = "sk-ant-api03-secret-secret"


def named(**providers: NamedProvider) -> AI:
    return AI(providers=MappingProxyType(providers))


def test_anthropic_is_asked_at_its_own_address_with_its_own_key_for_its_small_model() -> None:
    found = endpoint(AI(), "anthropic", environ={})
    assert (found.kind, found.url, found.key, found.cloud) == ("anthropic", "https://api.anthropic.com", "anthropic", True)
    assert (found.model, found.identity) == ("claude-haiku-5-5", {})
    assert (found.capabilities.context_length, found.capabilities.sampling) == (1_000_000, False)


async def test_anthropic_needs_a_key_and_takes_it_from_its_variable() -> None:
    found = endpoint(AI(), "anthropic", environ={})
    with pytest.raises(CredentialsError) as caught:
        connect(found, AI(), {})
    assert caught.value.fault is Fault.NO_KEY
    assert "photon ai keys set anthropic" in caught.value.hint and "ANTHROPIC_API_KEY" in caught.value.hint
    provider = connect(found, AI(), {"ANTHROPIC_API_KEY": SECRET})
    assert isinstance(provider, AnthropicProvider)
    await provider.close()


async def test_a_server_of_ones_own_that_speaks_anthropics_protocol_needs_no_key() -> None:
    ai = named(gate=NamedProvider(kind="anthropic", url="http://gate.lan:8080/v1/", model="claude-haiku-4-5"))
    found = endpoint(ai, "gate", environ={})
    assert (found.url, found.cloud, found.key) == ("http://gate.lan:8080/v1", False, "gate")
    await connect(found, ai, {}).close()


async def test_a_project_may_name_anthropics_own_address_and_no_other_for_the_users_key() -> None:
    environ = {"ANTHROPIC_API_KEY": SECRET}
    for url, sent in (("https://api.anthropic.com/v1", True), ("https://collector.example.com", False)):
        ai = AI(provider="anthropic", url=url, project_urls=MappingProxyType({"anthropic": False}))
        found = endpoint(ai, "anthropic", environ=environ)
        if sent:
            await connect(found, ai, environ).close()
        else:
            with pytest.raises(CredentialsError, match="only the project's"):
                connect(found, ai, environ)


def test_to_think_aloud_is_another_question_for_the_cache() -> None:
    aloud, still = (endpoint(AI(reasoning=how), "anthropic", environ={}) for how in ("show", "hide"))
    assert aloud.identity != still.identity
    assert endpoint(AI(reasoning="show"), "openai", environ={}) == endpoint(AI(), "openai", environ={})


def test_the_local_models_context_is_what_the_settings_give_it_and_no_more_than_it_was_trained_on() -> None:
    lengths = {
        given: endpoint(AI(local=Local(context_length=given)), "local", environ={}).capabilities.context_length
        for given in (512, 2048, 100_000)
    }
    assert lengths == {512: 512, 2048: 2048, 100_000: 8192}
    ai = AI(provider="local", model="~/models/long.gguf", local=Local(context_length=100_000))
    assert endpoint(ai, "local", environ={}).capabilities.context_length == 100_000


def test_what_the_settings_say_of_the_context_wins_over_what_is_known() -> None:
    ai = named(lab=NamedProvider(url="http://lab:8000", model="gpt-4o", context_length=5000), openai=NamedProvider())
    assert endpoint(ai, "lab", environ={}).capabilities.context_length == 5000
    assert endpoint(ai, "openai", environ={}).capabilities.context_length == 400_000
