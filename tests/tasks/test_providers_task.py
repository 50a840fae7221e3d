"""Whom Photon can ask, in which order, and how each of them is."""

import os
import time
from contextlib import closing
from dataclasses import replace

import pytest

from photon.chat import Attempt, Message, Origin, Parameters
from photon.errors import ConfigurationError, Fault
from photon.providers import weights
from photon.records.history import Entry
from photon.records.requests import history
from photon.records.targets import targets_of
from photon.settings.schema import AI, NamedProvider, Record, Retry
from photon.tasks import providers
from photon.tasks.providers import checked_name, end_rests, target_states

WORK = NamedProvider(url="http://work.lan/v1", model="llama")
WORK_TARGET = "work/llama http://work.lan/v1"
KEY = "sk-canary-0123456789abcdef"


@pytest.fixture(autouse=True)
def nothing_local(monkeypatch):
    """As where the local model is not installed; the test of that has it back."""
    monkeypatch.setattr(weights, "local_is_installed", lambda: False)
    monkeypatch.setattr(providers, "local_is_installed", lambda: False)


def states(ai, warn=pytest.fail, **environ):
    return target_states(ai, warn=warn, environ=os.environ | environ)


def names(found):
    return [str(state.endpoint.origin) for state in found]


def rest(target=WORK_TARGET):
    with closing(targets_of(pytest.fail)) as targets:
        targets.failed(target, fault=Fault.REFUSED, error="cannot reach it", cooldown_s=300)


def asked(origin, *, first=None, ago=60.0, fault=None, error=""):
    """One exchange that the record has."""
    attempt = Attempt(origin=origin, started=time.time() - ago, total_ms=900, first_token_ms=first, fault=fault, error=error)
    with closing(history(Record(), pytest.fail)) as record:
        record.add(
            Entry(
                command="chat",
                messages=(Message("user", "hello"),),
                parameters=Parameters(),
                started=attempt.started,
                total_ms=900,
                attempts=(attempt,),
            )
        )


def test_who_is_asked_first_stands_first_then_the_failover_then_who_else_is_configured_or_has_a_key():
    ai = AI(
        provider="work",
        failover=("ollama", "groq"),
        providers={"other": NamedProvider(url="http://other.lan"), "work": WORK},
    )
    found = states(ai, OPENAI_API_KEY=KEY, MISTRAL_API_KEY=KEY)
    assert [state.endpoint.provider for state in found] == ["work", "ollama", "groq", "other", "openai", "mistral"]


def test_of_a_key_only_the_place_is_told_and_who_wants_one_and_has_none_is_not_ready():
    ai = AI(provider="openai", failover=("groq", "work", "ollama"), providers={"work": WORK})
    found = states(ai, GROQ_API_KEY=KEY)
    assert [(state.endpoint.provider, state.key, state.state) for state in found] == [
        ("openai", "", "no key"),
        ("groq", "environment GROQ_API_KEY", "ready"),
        ("work", "", "ready"),
        ("ollama", "", "ready"),
    ]
    assert KEY not in repr(found)


def test_who_rests_is_said_to_until_when():
    ai = AI(provider="work", failover=("ollama",), providers={"work": WORK})
    rest()
    work, ollama = states(ai)
    assert (work.state, work.rest.fault, ollama.state) == ("resting", "connection refused", "ready")
    assert 290 < work.rest.until - time.time() <= 300
    assert {state.state for state in states(replace(ai, retry=Retry(cooldown=0)))} == {"ready"}


def test_the_last_day_is_counted():
    for number in range(4):
        asked(Origin("work", "llama"), first=100 + number)
    asked(Origin("work", "llama"), fault=Fault.STALLED, error="it fell silent", ago=30)
    asked(Origin("work", "llama"), fault=Fault.TLS, error="long ago", ago=90_000)
    (work,) = states(AI(provider="work", failover=False, providers={"work": WORK}))
    assert (work.health.requests, work.health.succeeded, work.health.median_first_token_ms) == (5, 4, 101.5)
    assert work.health.last_error == "it fell silent"


def test_who_was_asked_lately_by_another_model_is_listed_too_where_the_provider_is_still_known():
    asked(Origin("work", "llama-70b"))
    asked(Origin("gone", "m"))
    found = states(AI(provider="work", failover=False, providers={"work": WORK}))
    assert names(found) == ["work/llama", "work/llama-70b"]


def test_a_provider_that_is_configured_wrongly_is_a_warning_and_the_others_are_listed():
    said = []
    found = states(AI(provider="azure", failover=False, providers={"work": WORK}), said.append)
    assert names(found) == ["work/llama"]
    assert len(said) == 1
    assert "azure" in said[0]


def test_where_nobody_can_be_asked_the_list_is_empty_and_says_why():
    said = []
    assert states(AI(), said.append) == ()
    assert "there is nobody to ask" in said[0]


def test_the_local_model_that_is_chosen_but_not_there_is_not_installed(monkeypatch):
    monkeypatch.setattr(providers, "llama_is_installed", lambda: False)
    found = states(AI(provider="local", failover=False))
    assert [(state.endpoint.model, state.state) for state in found] == [
        ("photon-openapi", "not installed"),
        ("smollm2-135m-instruct", "not installed"),
    ]


def test_the_local_model_that_is_there_is_ready(monkeypatch):
    monkeypatch.undo()
    if not weights.local_is_installed():
        pytest.skip("the local model is not installed")
    assert {state.state for state in states(AI(provider="local", failover=False))} == {"ready"}


def test_looking_makes_no_file(tmp_path):
    states(AI(provider="work", providers={"work": WORK}))
    assert not (tmp_path / "data").exists()


def test_rests_are_ended_for_one_provider_or_for_all():
    rest()
    rest("works/llama http://work.lan/v1")
    rest("ollama/llama3.2")
    assert end_rests("work", warn=pytest.fail) == 1
    assert end_rests("", warn=pytest.fail) == 2
    assert end_rests("", warn=pytest.fail) == 0


def test_a_name_that_nobody_has_is_refused_with_the_nearest():
    assert checked_name(AI(providers={"work": WORK}), "work") == "work"
    with pytest.raises(ConfigurationError, match='there is no provider "groqq"') as caught:
        checked_name(AI(), "groqq")
    assert caught.value.hint == "did you mean groq?"
