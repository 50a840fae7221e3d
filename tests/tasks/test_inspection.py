"""What came back, added up; and what may come, priced."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest

from photon.chat import Attempt, Chunk, Message, Parameters, Request, Usage
from photon.errors import Fault, PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.fake import FakeProvider
from photon.routing.cost import costs
from photon.routing.watched import Watched
from photon.settings.schema import AI
from photon.tasks.inspection import Circumstances, Inspected, Outlook, Round, outlook, pause_between

CLOUD = Endpoint(provider="openai", kind="openai", model="gpt-5.4-mini", url="https://api.openai.com/v1", cloud=True)
LAN = Endpoint(provider="lan", kind="openai", model="m", url="http://localhost:8000")
USAGE = Usage(prompt_tokens=1000, completion_tokens=100, cached_tokens=400)
ASK = Request(model="m", messages=(Message("user", "Hello"),), parameters=Parameters(max_tokens=100))


def attempt(endpoint: Endpoint, *, started: float = 0.0, **facts: object) -> Attempt:
    return Attempt(**{"origin": endpoint.origin, "started": started, "total_ms": 500.0, **facts})  # type: ignore[arg-type]


def expected(endpoint: Endpoint) -> Outlook:
    from photon.providers.drafts import Draft

    return Outlook(endpoint=endpoint, draft=Draft(origin=endpoint.origin, kind=endpoint.kind))


def gone(*attempts: Attempt) -> Round:
    return Round((expected(CLOUD), expected(LAN)), attempts=list(attempts))


def test_cached_tokens_are_cheaper_and_the_own_network_is_free() -> None:
    cost_of = costs()
    assert cost_of(CLOUD, attempt(CLOUD, usage=USAGE)) == pytest.approx((600 * 0.75 + 400 * 0.075 + 100 * 4.5) / 1e6)
    assert cost_of(LAN, attempt(LAN, usage=USAGE)) == 0
    assert gone(attempt(CLOUD, cost=0.25), attempt(LAN, cost=0.0)).cost == 0.25


def test_one_unknown_cost_makes_the_sum_unknown() -> None:
    assert gone(attempt(CLOUD, cost=0.25), attempt(CLOUD, first_token_ms=3.0)).cost is None
    assert gone(attempt(CLOUD)).cost is None


@pytest.mark.parametrize(
    ("asked", "retries", "failovers"),
    [([], 0, 0), ([CLOUD], 0, 0), ([CLOUD, CLOUD], 1, 0), ([CLOUD, LAN], 0, 1), ([CLOUD, CLOUD, LAN, LAN], 2, 1)],
)
def test_the_same_target_again_is_a_retry_and_another_a_failover(
    asked: Sequence[Endpoint], retries: int, failovers: int
) -> None:
    this = gone(*map(attempt, asked))
    assert (this.retries, this.failovers) == (retries, failovers)


def test_a_pause_is_from_the_end_to_the_next_beginning() -> None:
    assert pause_between(attempt(LAN, started=10.0), attempt(LAN, started=10.75)) == pytest.approx(250)
    assert pause_between(attempt(LAN, started=10.0), attempt(LAN, started=9.0)) == 0, "a clock that was put back"


async def test_the_outlook_prices_the_prompt_and_the_longest_answer() -> None:
    ai = AI(provider="openai", model="gpt-5.4-mini", failover=False)
    (found,) = await outlook(ai, ASK, Circumstances(purpose="chat", versions={}), environ={})
    assert found.prompt_cost == pytest.approx(found.draft.prompt_tokens * 0.75 / 1e6)
    assert (found.answer_cost, found.longest_answer, found.free) == (pytest.approx(100 * 4.5 / 1e6), 100, False)


async def test_an_answer_without_a_limit_has_no_price() -> None:
    ai = AI(provider="openai", model="gpt-5.4-mini", failover=False)
    (found,) = await outlook(
        ai, Request(model="", messages=ASK.messages), Circumstances(purpose="chat", versions={}), environ={}
    )
    assert found.prompt_cost and found.answer_cost is None


async def listen(provider: FakeProvider) -> tuple[Round, list[Attempt]]:
    """What was inspected, and what the request's own listener was told."""
    shown: list[Sequence[Outlook]] = []
    told: list[Attempt] = []

    async def foresee(request: Request) -> tuple[Outlook, ...]:
        return (expected(LAN),)

    watched = Watched(provider, LAN, told=lambda attempt, error: None)
    inspected = Inspected(watched, foresee=foresee, before=shown.append)
    with suppress(PhotonError):
        async for _ in inspected.stream(Request(model="m", messages=ASK.messages, on_attempt=told.append)):
            assert len(shown) == 1, "it is shown before the first word"
    return inspected.rounds[0], told


async def test_a_round_hears_the_answer_to_its_end() -> None:
    this, told = await listen(FakeProvider([[Chunk(origin=LAN.origin, text="Hi"), Chunk(finish_reason="stop")]]))
    assert (this.origin, this.error, len(this.attempts), told) == (LAN.origin, None, 1, this.attempts)
    assert this.first_token_ms is not None and this.total_ms is not None and this.first_token_ms <= this.total_ms


async def test_a_round_keeps_the_error_too() -> None:
    this, told = await listen(FakeProvider([ProviderUnreachable("gone", fault=Fault.REFUSED)]))
    assert str(this.error) == "gone" and this.total_ms is not None
    assert [attempt.fault for attempt in this.attempts] == [Fault.REFUSED] and told == this.attempts
