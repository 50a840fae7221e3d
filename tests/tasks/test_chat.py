from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from photon.chat import Chunk, Message, Origin, Parameters, Request, Switch, Usage
from photon.errors import ContextExceeded, Fault, ProviderUnreachable, UsageError
from photon.providers.endpoint import Endpoint
from photon.providers.fake import FakeProvider
from photon.routing.failover import Failover
from photon.tasks.chat import Conversation, Reply, answered, asked, chat


async def heard(chunks: AsyncGenerator[Chunk, None]) -> Reply:
    reply = Reply()
    async with aclosing(chunks):
        async for chunk in chunks:
            reply.hear(chunk)
    return reply


def talk(*contents: str, system: str = "") -> Conversation:
    """A conversation of alternating questions and answers."""
    roles = ("user", "assistant")
    messages = tuple(Message(roles[place % 2], content) for place, content in enumerate(contents))
    return Conversation("", system, messages)


async def test_an_answer_is_what_the_provider_streams() -> None:
    reply = await heard(chat(FakeProvider(["422 it is."]), talk("422 or 400?"), Parameters()))
    assert (reply.text, reply.origin, reply.finish_reason) == ("422 it is.", Origin("fake", ""), "stop")


async def test_the_model_gets_the_system_prompt_and_all_that_was_said() -> None:
    fake = FakeProvider(["yes"])
    await heard(chat(fake, talk("a", "b", "c", system="Be brief."), Parameters(temperature=0.5, max_tokens=9)))
    assert fake.requests[0].messages == (
        Message("system", "Be brief."),
        Message("user", "a"),
        Message("assistant", "b"),
        Message("user", "c"),
    )
    assert fake.requests[0].parameters == Parameters(temperature=0.5, max_tokens=9)


def narrow(room: int) -> FakeProvider:
    """A model with room for `room` characters."""

    def reply(request: Request) -> str | ContextExceeded:
        length = sum(len(message.content) for message in request.messages)
        if length > room:
            return ContextExceeded("narrow", prompt_tokens=length, context_length=room)
        return "I see " + " ".join(message.content[0] for message in request.messages)

    return FakeProvider(reply)


def endpoint(name: str) -> Endpoint:
    return Endpoint(provider=name, kind="fake", model="m")


async def test_a_conversation_beyond_the_context_loses_its_oldest_turns_and_says_so() -> None:
    told: list[int] = []
    said = talk("a" * 50, "b" * 50, "c" * 20, "d" * 20, "e" * 10, system="s" * 10)
    reply = await heard(chat(narrow(70), said, Parameters(), left_out=told.append))
    assert reply.text == "I see s c d e"
    assert told == [2]


async def test_what_is_left_begins_with_a_question() -> None:
    fake = narrow(40)
    await heard(chat(fake, talk("a" * 50, "b" * 10, "c" * 20), Parameters()))
    assert [message.role for message in fake.requests[-1].messages] == ["user"]


async def test_a_question_that_is_too_long_alone_is_refused() -> None:
    told: list[int] = []
    with pytest.raises(ContextExceeded):
        await heard(chat(narrow(10), talk("a", "b", "c" * 50), Parameters(), left_out=told.append))
    assert told == [2]


async def test_who_has_too_short_a_context_answers_less_of_it_where_everybody_else_is_away() -> None:
    told: list[int] = []
    away = FakeProvider(lambda request: ProviderUnreachable("no network"))
    everybody = Failover([(endpoint("cloud"), away), (endpoint("small"), narrow(70))])
    said = talk("a" * 50, "b" * 50, "c" * 20, "d" * 20, "e" * 10)
    reply = await heard(chat(everybody, said, Parameters(), left_out=told.append))
    assert (reply.text, told) == ("I see c d e", [2])


async def test_a_question_that_is_too_long_alone_does_not_hide_that_the_others_are_away() -> None:
    everybody = Failover(
        [(endpoint("cloud"), FakeProvider([ProviderUnreachable("no network")])), (endpoint("small"), narrow(10))]
    )
    with pytest.raises(ProviderUnreachable, match=r"no network; small cannot answer either: the prompt is 50 tokens long"):
        await heard(chat(everybody, talk("c" * 50), Parameters()))


async def test_where_nobody_says_how_long_the_context_is_half_of_the_conversation_is_left() -> None:
    told: list[int] = []
    fake = FakeProvider([UsageError("too long", fault=Fault.CONTEXT), "an answer"])
    reply = await heard(chat(fake, talk("a" * 50, "b" * 50, "c" * 20), Parameters(), left_out=told.append))
    assert (reply.text, told) == ("an answer", [2])


async def test_an_answer_that_has_begun_is_not_begun_again_with_less() -> None:
    broken = ContextExceeded("narrow", prompt_tokens=9, context_length=8)
    fake = FakeProvider([["Half an ", broken], "an answer"])
    with pytest.raises(ContextExceeded):
        await heard(chat(fake, talk("a" * 50, "b" * 50, "c" * 20), Parameters()))
    assert len(fake.requests) == 1


async def test_any_other_error_is_raised_as_it_is() -> None:
    with pytest.raises(ProviderUnreachable, match="no network"):
        await heard(chat(FakeProvider([ProviderUnreachable("no network")]), talk("a"), Parameters()))


async def test_leaving_early_stops_the_generation() -> None:
    stopped: list[bool] = []

    class Endless(FakeProvider):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            try:
                while True:
                    yield Chunk(text="x")
            finally:
                stopped.append(True)

    async with aclosing(chat(Endless(), talk("a"), Parameters())) as chunks:
        await anext(chunks)
    assert stopped == [True]


def test_a_switch_voids_what_was_said_before_it() -> None:
    reply = Reply()
    switch = Switch(Origin("openai", "gpt"), "broke off")
    for chunk in (
        Chunk(origin=Origin("openai", "gpt"), text="half an ans", usage=Usage(completion_tokens=3)),
        Chunk(switch=switch),
        Chunk(origin=Origin("local", "smollm2"), text="whole"),
        Chunk(finish_reason="stop"),
    ):
        reply.hear(chunk)
    assert (reply.text, reply.origin, reply.usage) == ("whole", Origin("local", "smollm2"), Usage())
    assert reply.switches == [switch]


def test_usage_may_come_after_the_end() -> None:
    reply = Reply()
    for chunk in (Chunk(text="a"), Chunk(finish_reason="length"), Chunk(usage=Usage(prompt_tokens=1, completion_tokens=2))):
        reply.hear(chunk)
    assert reply.usage == Usage(prompt_tokens=1, completion_tokens=2)


def test_an_answer_that_was_stopped_is_remembered_as_such() -> None:
    said = answered(asked(Conversation("n", "s"), "why?"), "Because ", cut=True)
    assert said == Conversation("n", "s", (Message("user", "why?"), Message("assistant", "Because […]")))
