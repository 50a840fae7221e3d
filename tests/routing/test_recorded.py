"""What is kept of each request that asked somebody."""

import asyncio
from dataclasses import replace

import pytest
from listening import QUESTION, endpoint, heard

from photon.chat import Capabilities, Message, Origin, Request, Usage
from photon.errors import BudgetExceeded, Fault, ProviderUnreachable
from photon.providers.fake import FakeProvider
from photon.records.history import Entry
from photon.routing.failover import Failover
from photon.routing.recorded import Recorded
from photon.routing.watched import Watched

CLOUD, LOCAL = endpoint("openai"), endpoint("local")
DOWN = ProviderUnreachable("no connection", fault=Fault.REFUSED)


class Keeping:
    """A record in a list."""

    def __init__(self, kept: list[Entry]) -> None:
        self.add = kept.append

    def close(self) -> None:
        pass


def recorded(*members, restarts=True):
    kept: list[Entry] = []
    watched = [
        (each, Watched(provider, each, told=lambda attempt, error: None, cost=lambda who, _: 0.5 if who is CLOUD else 0.0))
        for each, provider in members
    ]
    chain = Failover(watched, restarts=restarts)
    endpoints = [each for each, _ in members]
    return Recorded(chain, endpoints, command="chat", record=Keeping(kept)), kept


async def test_an_answer_is_kept_with_its_question_and_its_price():
    port, kept = recorded((CLOUD, FakeProvider(["an answer"], name="openai")))
    await heard(port)
    (entry,) = kept
    assert (entry.command, entry.messages, entry.answer) == ("chat", QUESTION.messages, "an answer")
    assert (entry.origin, entry.finish_reason, entry.error) == (Origin("openai", "openai-model"), "stop", "")
    (attempt,) = entry.attempts
    assert (attempt.cost, attempt.kind, entry.cost) == (0.5, "openai", 0.5)
    assert attempt.usage == Usage(prompt_tokens=5, completion_tokens=3)
    assert entry.first_token_ms is not None
    assert entry.first_token_ms <= entry.total_ms


async def test_every_exchange_on_the_way_is_kept_and_only_the_answer_that_held():
    port, kept = recorded((CLOUD, FakeProvider([["half an ", DOWN]])), (LOCAL, FakeProvider(["whole"], name="local")))
    await heard(port)
    (entry,) = kept
    assert (entry.answer, entry.origin, entry.switches) == ("whole", LOCAL.origin, 1)
    assert [(each.origin.provider, each.fault) for each in entry.attempts] == [
        ("openai", Fault.REFUSED),
        ("local", None),
    ]


async def test_a_failure_is_kept_with_what_had_come():
    port, kept = recorded((CLOUD, FakeProvider([["half an ", DOWN]])), restarts=False)
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    (entry,) = kept
    assert (entry.answer, entry.origin, entry.fault, entry.error) == ("half an ", None, Fault.REFUSED, "no connection")


async def test_a_cancelled_request_is_kept_as_such():
    port, kept = recorded((CLOUD, FakeProvider(["an answer"], delay=0.02)))
    task = asyncio.create_task(heard(port))
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept[0].cancelled
    assert kept[0].origin is None


async def test_what_nobody_was_asked_for_is_not_kept():
    class FromTheCache(FakeProvider):
        """Answers without being watched, as the cache does."""

    kept: list[Entry] = []
    port = Recorded(FromTheCache(["known"]), [CLOUD], command="chat", record=Keeping(kept))
    await heard(port)
    assert kept == []


async def test_kept_are_the_words_that_were_sent_to_who_answered():
    tuned = (Message("user", "POST /login"), Message("assistant", "POST /login\n"))
    own = endpoint("local", capabilities=Capabilities(prompt_format="photon-sketch-1"))
    port, kept = recorded((own, FakeProvider(["200"], name="local")))
    await heard(port, Request(model="", messages=QUESTION.messages, tuned={"photon-sketch-1": tuned}))
    assert kept[0].messages == tuned


async def test_two_requests_at_once_are_kept_apart():
    port, kept = recorded((CLOUD, FakeProvider(["one", "two"], delay=0.01)))
    answers = await asyncio.gather(heard(port), heard(port))
    assert {entry.answer for entry in kept} == {answer.text for answer in answers} == {"one", "two"}
    assert [len(entry.attempts) for entry in kept] == [1, 1]


async def test_a_reader_who_leaves_before_the_end_is_kept_as_a_cancelled_request():
    port, kept = recorded((CLOUD, FakeProvider(["an answer of some length"])))
    stream = port.stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert (kept[0].cancelled, kept[0].origin) == (True, None)


async def test_the_users_own_words_and_the_host_are_kept_but_no_name_or_password():
    named = endpoint("lan", url="http://me:secret@192.168.0.7:8080/v1")
    port, kept = recorded((named, FakeProvider(["an answer"], name="lan")))
    await heard(port, replace(QUESTION, asked="my own words", details={"format": "json"}))
    (entry,) = kept
    assert (entry.asked, entry.details) == ("my own words", {"format": "json"})
    assert entry.attempts[0].host == "192.168.0.7:8080"


async def test_a_request_that_the_users_own_limits_stopped_is_kept_with_its_error():
    class Stopped(FakeProvider):
        """Is not watched, as nobody is asked."""

    kept: list[Entry] = []
    port = Recorded(Stopped([BudgetExceeded("spent")]), [CLOUD], command="chat", record=Keeping(kept))
    with pytest.raises(BudgetExceeded):
        await heard(port)
    (entry,) = kept
    assert (entry.attempts, entry.fault, entry.messages) == ((), Fault.BUDGET, QUESTION.messages)
