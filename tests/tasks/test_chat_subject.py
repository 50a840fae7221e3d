"""A conversation about a specification: its parts are told with each question, and never remembered."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from library_spec import library

from photon.chat import Message, Parameters, Request
from photon.errors import ContextExceeded, Fault, PhotonError, ProviderUnreachable
from photon.providers.fake import FakeProvider
from photon.providers.token_estimate import about_prompt_tokens
from photon.settings.schema import AI
from photon.tasks.chat import Conversation, Subject, asked, budget_for, chat, request_for, subject_for


def talk(*contents: str, system: str = "") -> Conversation:
    roles = ("user", "assistant")
    return Conversation("", system, tuple(Message(roles[place % 2], content) for place, content in enumerate(contents)))


async def requests(provider: FakeProvider, conversation: Conversation, budget: int) -> list[Request]:
    async with aclosing(chat(provider, conversation, Parameters(), subject=Subject(library(), budget))) as chunks:
        async for _ in chunks:
            pass
    return provider.requests


def test_what_fits_the_last_question_is_told_below_the_users_own_instructions() -> None:
    request = request_for(talk("How do I add a book?", system="Be brief."), Parameters(), subject=Subject(library(), 1_000))
    system, question = request.messages
    assert (system.role, question) == ("system", Message("user", "How do I add a book?"))
    assert system.content.startswith("Be brief.\n\nThe user asks about the API below.")
    assert "POST /books\nsummary: Add a book" in system.content


def test_each_question_has_parts_of_its_own_and_the_conversation_none() -> None:
    first = talk("Tell me about the opening hours")
    second = asked(talk("Tell me about the opening hours", "They open."), "How do I get a member?")
    subject = Subject(library(), 1_000)
    told = [request_for(each, Parameters(), subject=subject).messages[0].content for each in (first, second)]
    assert "GET /opening-hours\nsummary" in told[0]
    assert "GET /members/{member_id}\nsummary" in told[1]
    assert "Operations that fit" not in "".join(message.content for message in second.messages)


def narrow(room: int, error: type[PhotonError] = ContextExceeded) -> FakeProvider:
    """A model with room for so many tokens of a prompt."""

    def reply(request: Request) -> str | PhotonError:
        tokens = about_prompt_tokens(request.messages)
        if tokens <= room:
            return "I see."
        if error is ContextExceeded:
            return ContextExceeded("narrow", prompt_tokens=tokens, context_length=room)
        return error("no room", fault=Fault.CONTEXT)

    return FakeProvider(reply)


@pytest.mark.parametrize("error", [ContextExceeded, ProviderUnreachable])
async def test_where_the_context_is_shorter_than_was_known_less_is_told_and_nothing_is_forgotten(
    error: type[PhotonError],
) -> None:
    provider = narrow(500, error)
    found = await requests(provider, talk("Hello", "Hi", "How do I add a book?"), 4_000)
    assert len(found) > 1
    assert [message.content for message in found[-1].messages[1:]] == ["Hello", "Hi", "How do I add a book?"]
    assert len(found[-1].messages[0].content) < len(found[0].messages[0].content)


async def test_what_still_is_too_long_loses_its_oldest_turns() -> None:
    found = await requests(narrow(500), talk("word " * 900, "Hi", "How do I add a book?"), 4_000)
    assert found[-1].messages[-1].content == "How do I add a book?"
    assert len(found[-1].messages) == 2


async def test_a_question_that_is_too_long_alone_is_refused_after_few_trials() -> None:
    provider = narrow(300)
    with pytest.raises(ContextExceeded):
        await requests(provider, talk("word " * 900), 12_000)
    assert len(provider.requests) < 8


def test_the_budget_is_a_share_of_the_context_and_never_a_fortune() -> None:
    assert budget_for(2_048) == 614
    assert budget_for(None) < 3_000
    assert budget_for(1_000_000) == 12_000


def test_the_budget_is_that_of_whoever_is_asked_first() -> None:
    spec = library()
    assert subject_for(None, AI()) is None
    cloud, local = subject_for(spec, AI(provider="openai", model="gpt-5.4")), subject_for(spec, AI(provider="local"))
    assert cloud
    assert local
    assert (cloud.budget, local.budget) == (12_000, 614)
