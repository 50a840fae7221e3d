"""A budget stops who costs money, and nobody else."""

import json
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import servers
from listening import QUESTION, Endless, endpoint, heard

from photon.chat import Provider
from photon.errors import BudgetExceeded, ConfigurationError, Fault
from photon.providers.endpoint import Endpoint
from photon.providers.fake import FakeProvider
from photon.records.requests import History
from photon.routing.budgeted import Budgeted, budgeting
from photon.routing.classify import Action, classify
from photon.routing.cost import costs
from photon.routing.failover import Failover
from photon.routing.recorded import Recorded
from photon.routing.watched import Watched
from photon.settings.paths import history_file
from photon.settings.schema import AI, Budget, Record

CLOUD = endpoint("openai", model="gpt-5.4-mini", url="https://api.openai.com/v1", cloud=True)
UNPRICED = endpoint("other", model="m", url="https://llm.example.com/v1", cloud=True)
LOCAL = endpoint("local", kind="local")


@dataclass
class Purse:
    """What was spent today, and this month."""

    today: float | None = 0.0
    month: float | None = 0.0
    asked: list[float] = field(default_factory=list)
    closed: bool = False

    def spent(self, since: float) -> float | None:
        self.asked.append(since)
        return self.today if time.time() - since < 86_400 and self.today is not None else self.month

    def close(self) -> None:
        self.closed = True


def budgeted(
    budget: Budget, today: float | None = 0.0, *, priced: bool = True, provider: Provider | None = None
) -> tuple[Budgeted, list[str]]:
    warned: list[str] = []
    port = provider or FakeProvider(["an answer"] * 9, name="openai")
    purse = Purse(today, today)
    return Budgeted(port, CLOUD, budget, spending=purse, priced=priced, warn=warned.append), warned


async def test_who_has_money_left_is_answered():
    port, warned = budgeted(Budget(daily=1.0), 0.99)
    assert (await heard(port)).text == "an answer"
    assert warned == []


@pytest.mark.parametrize("spent", [1.0, 1.03, 0.1 * 3 + 0.7, sum([0.1] * 10)])
async def test_a_spent_budget_stops_before_anybody_is_asked(spent):
    provider = FakeProvider(["an answer"])
    port, _ = budgeted(Budget(daily=1.0), spent, provider=provider)
    with pytest.raises(BudgetExceeded) as caught:
        await heard(port)
    assert caught.value.message == f"today's budget of $1.00 is spent (${spent:.2f})"
    assert "ai.budget.daily" in caught.value.hint and "photon ai usage" in caught.value.hint
    assert (await heard(provider)).text == "an answer", "its first answer is still to come"


async def test_the_month_has_a_limit_of_its_own():
    port, _ = budgeted(Budget(monthly=20.0), 20.4)
    with pytest.raises(BudgetExceeded, match=r"this month's budget of \$20.00 is spent \(\$20.40\)") as caught:
        await heard(port)
    assert "ai.budget.monthly" in caught.value.hint


async def test_a_spent_budget_is_no_trouble_of_the_target_and_others_may_answer():
    port, _ = budgeted(Budget(daily=1.0), 2.0)
    chain = Failover([(CLOUD, port), (LOCAL, FakeProvider(["for free"], name="local"))])
    answer = await heard(chain)
    assert answer.text == "for free"
    assert [switch.reason for switch in answer.switches] == ["today's budget of $1.00 is spent ($2.00)"]
    verdict = classify(BudgetExceeded("spent"))
    assert (verdict.action, verdict.cools) == (Action.FAIL_OVER, False)
    assert BudgetExceeded("spent").fault is Fault.BUDGET


async def test_with_warn_everybody_is_asked():
    port, warned = budgeted(Budget(daily=1.0, action="warn"), 2.0)
    assert (await heard(port)).text == "an answer"
    assert warned == ["today's budget of $1.00 is spent; openai is asked all the same"]


async def test_a_record_that_cannot_be_read_stops_who_costs_money():
    port, _ = budgeted(Budget(daily=1.0), None)
    with pytest.raises(BudgetExceeded, match="cannot be read") as caught:
        await heard(port)
    assert "ai.budget.action" in caught.value.hint
    port, warned = budgeted(Budget(daily=1.0, action="warn"), None)
    assert (await heard(port)).text == "an answer"
    assert warned == []


async def test_an_unknown_price_is_asked_and_said():
    port, warned = budgeted(Budget(daily=1.0), priced=False)
    assert (await heard(port)).text == "an answer"
    assert len(warned) == 1
    assert "openai/gpt-5.4-mini is unknown" in warned[0] and "ai.record.prices" in warned[0]


async def test_an_unknown_price_is_stopped_too_once_the_budget_is_spent():
    port, _ = budgeted(Budget(daily=1.0), 1.0, priced=False)
    with pytest.raises(BudgetExceeded):
        await heard(port)


async def test_a_limit_is_only_looked_at_where_it_is_set():
    purse = Purse()
    port = Budgeted(FakeProvider(["x"]), CLOUD, Budget(daily=1.0), spending=purse, priced=True, warn=pytest.fail)
    await heard(port)
    assert len(purse.asked) == 1


async def test_leaving_and_closing_reach_the_provider_and_the_record():
    endless, purse = Endless(), Purse()
    port = Budgeted(endless, CLOUD, Budget(daily=1.0), spending=purse, priced=True, warn=pytest.fail)
    stream = port.stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    await port.close()
    assert (endless.stopped, endless.closed, purse.closed) == (True, True, True)
    assert [model.id for model in await port.models()] == ["endless"]


# The settings


def test_without_a_limit_nothing_is_put_around_anything():
    provider = FakeProvider()
    assert budgeting(AI(record=Record(keep="nothing")), pytest.fail)(provider, CLOUD) is provider


def test_who_is_free_has_no_budget():
    put = budgeting(AI(budget=Budget(daily=1.0)), pytest.fail)
    provider = FakeProvider()
    assert put(provider, LOCAL) is provider
    assert put(provider, endpoint("ollama", kind="ollama", url="http://localhost:11434")) is provider
    assert isinstance(put(provider, CLOUD), Budgeted)
    assert isinstance(put(provider, UNPRICED), Budgeted)


def test_a_budget_without_a_record_is_refused():
    with pytest.raises(ConfigurationError, match=r'ai\.record\.keep is "nothing"') as caught:
        budgeting(AI(budget=Budget(monthly=1.0), record=Record(keep="nothing")), pytest.fail)
    assert '"counts"' in caught.value.hint


def test_a_budget_with_a_bad_file_of_prices_is_refused(tmp_path):
    (tmp_path / "prices.toml").write_text("[[price]]\nhost = 1\n")
    ai = AI(budget=Budget(daily=1.0), record=Record(prices=str(tmp_path / "prices.toml")))
    with pytest.raises(ConfigurationError, match=r"prices\.toml:2: host must be"):
        budgeting(ai, pytest.fail)(FakeProvider(), CLOUD)


async def test_each_thing_is_said_once():
    warned: list[str] = []
    put = budgeting(AI(budget=Budget(daily=1.0)), warned.append)
    first, second = (put(FakeProvider(["x"] * 3), UNPRICED) for _ in range(2))
    with closing_port(first), closing_port(second):
        await heard(first)
        await heard(first)
        await heard(second)
    assert len(warned) == 1


def closing_port(port: Provider):
    assert isinstance(port, Budgeted)
    return closing(port._spending)


# With a real record


def counted(ai: AI, target: Endpoint, port: Provider) -> Recorded:
    """`port` under the budget of `ai`, with what it costs in the record."""
    record = History(history_file(), max_age_s=1e9, max_size_bytes=1e9)
    under = budgeting(ai, pytest.fail)(Watched(port, target, told=lambda attempt, error: None, cost=costs()), target)
    return Recorded(Failover([(target, under)]), [target], command="chat", record=record)


async def test_what_was_spent_is_counted_from_the_record():
    ai = AI(budget=Budget(daily=0.0001))
    provider = FakeProvider(["an answer"] * 9, name="openai")  # 5 tokens in the prompt, 3 in the answer: $0.00001725
    answered = 0
    with pytest.raises(BudgetExceeded):
        for _ in range(9):
            await heard(counted(ai, CLOUD, provider))
            answered += 1
    assert answered == 6, "six are $0.0001035"


ASKER = """
import asyncio, json, sys
from photon.chat import Message, Request
from photon.errors import BudgetExceeded
from photon.routing.chain import chain
from photon.settings.load import load

async def main():
    port = chain(load().settings.ai, command="chat", purpose="chat", use_cache=False, warn=sys.exit)
    answered = 0
    try:
        while answered < 200:
            async for chunk in port.stream(Request(model="", messages=(Message("user", "hello"),))):
                pass
            answered += 1
    except BudgetExceeded as error:
        print(json.dumps([answered, error.message]))
    await port.close()

asyncio.run(main())
"""


def test_eight_processes_share_one_budget_and_overshoot_it_by_no_more_than_was_in_flight(isolated: Path):
    processes, limit, each = 8, 0.05, 0.001  # a thousand tokens at a dollar a million
    (isolated / "prices.toml").write_text('[[price]]\nhost = "127.0.0.1"\nmodel = "m"\ninput = 1\noutput = 0\n')
    answer = servers.ndjson(servers.said("hi"), servers.done(prompt_eval_count=1000, eval_count=3))
    with servers.serving(answer) as server:
        (isolated / "photon.toml").write_text(
            f'[ai]\nprovider = "paid"\nfailover = false\n[ai.budget]\ndaily = {limit}\n'
            f'[ai.record]\nprices = "{(isolated / "prices.toml").as_posix()}"\n'
            f'[ai.providers.paid]\nkind = "ollama"\nurl = "{server.url}"\nmodel = "m"\n'
        )
        command = [sys.executable, "-c", ASKER]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        told = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    answered = sum(answers for answers, _ in told)
    assert answered == len(server.requests)
    assert limit <= answered * each + 1e-9, "nobody was stopped too early"
    assert answered * each <= limit + processes * each + 1e-9
    assert all(message.startswith("today's budget of $0.05 is spent") for _, message in told)
