"""Several suggestions for one request: how many are asked for, at which temperatures, and when it is enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from photon.chat import Parameters
from photon.errors import ProviderUnreachable, UnreadableAnswer
from photon.providers.fake import Answer, FakeProvider
from photon.tasks.alternatives import alternatives
from photon.tasks.suggest_path import PathRequest, Suggestion

WANTED = PathRequest(text="GET /search")


def said(word: str) -> str:
    return f"GET /search\nsummary: Search {word}\nauth: none\n200: {{ {word}: string }}"


async def came(fake: FakeProvider, count: int) -> list[str]:
    """The summaries of what came, each with its first word taken off."""
    events = alternatives(WANTED, fake, Parameters(temperature=0.1), count)
    found = [event async for event in events if isinstance(event, Suggestion)]
    return [each.document["paths"]["/search"]["get"]["summary"].removeprefix("Search ") for each in found]


@pytest.mark.parametrize(
    ("answers", "count", "different", "asked"),
    [
        ("abc", 3, "abc", 3),
        ("abac", 3, "abc", 4),
        ("abbaacd", 3, "ab", 4),
        ("aaa", 3, "a", 3),
        ("aaa", 9, "a", 3),
        ("aabbcc", 4, "abc", 6),
        ("a", 1, "a", 1),
    ],
    ids=["all differ", "one repeat", "two repeats in a row", "only one", "of many", "every other one", "a single one"],
)
async def test_it_is_asked_until_there_are_enough_or_nothing_new_comes(
    answers: str, count: int, different: str, asked: int
) -> None:
    fake = FakeProvider([said(word) for word in answers])
    assert await came(fake, count) == list(different)
    assert len(fake.requests) == asked <= count + 2


async def test_each_is_asked_at_a_temperature_of_its_own_that_rises_the_first_at_the_users() -> None:
    fake = FakeProvider([said(word) for word in "abcd"])
    await came(fake, 4)
    warmth = [request.parameters.temperature or 0 for request in fake.requests]
    assert warmth[0] == 0.1 and warmth == sorted(set(warmth)) and warmth[1] > 0.5 and warmth[-1] <= 1.2


async def test_an_answer_that_cannot_be_read_is_nothing_new_but_the_first_is_an_error() -> None:
    later = FakeProvider([said("a"), "I am sorry.", said("b")])
    assert (await came(later, 2), len(later.requests)) == (["a", "b"], 3)
    with pytest.raises(UnreadableAnswer):
        await came(FakeProvider(["I am sorry.", said("a")]), 2)


async def test_a_provider_that_goes_ends_it_with_what_came_until_then() -> None:
    gone: Sequence[Answer] = [said("a"), ProviderUnreachable("gone")]
    found: list[Suggestion] = []
    with pytest.raises(ProviderUnreachable):
        async for event in alternatives(WANTED, FakeProvider(gone), Parameters(), 2):
            found += [event] if isinstance(event, Suggestion) else []
    assert len(found) == 1
