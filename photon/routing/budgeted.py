"""Ask who costs money only as long as the user's budget lasts."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Final, Protocol

from photon.chat import Chunk, ModelInfo, Provider, Request
from photon.errors import BudgetExceeded, ConfigurationError
from photon.providers.endpoint import Endpoint
from photon.settings.schema import AI, Budget

_ROUNDING: Final = 1e-9
"""USD by which a sum of floats may be off: ten times ten cents are a dollar."""


class Spending(Protocol):
    """What was spent: `photon.records.usage.Ledger`."""

    def spent(self, since: float) -> float | None:
        """USD since a moment (POSIX seconds), None where nobody knows."""
        ...

    def close(self) -> None:
        """Free the file until the next use."""
        ...


class Budgeted:
    """One target that costs money, asked while less is spent than `budget` allows.

    What is counted is what the record says was spent, by all processes of this machine: a budget is overshot by the requests
    that are under way when it is reached, and by no other. priced: whether the price is known, so that what the target is
    asked counts. warn: told in one line what the user should know, also if it was said before.
    """

    def __init__(
        self,
        port: Provider,
        endpoint: Endpoint,
        budget: Budget,
        *,
        spending: Spending,
        priced: bool,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._port = port
        self._endpoint = endpoint
        self._budget = budget
        self._spending = spending
        self._priced = priced
        self._warn = warn
        self._clock = clock

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`. Raises BudgetExceeded, before anybody is asked, where the budget is spent and says stop."""
        self._check()
        async with aclosing(self._port.stream(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says; to list models costs nothing."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider, and the record until its next use."""
        self._spending.close()
        await self._port.close()

    def _check(self) -> None:
        from photon.records.days import day_begin, month_begin

        now, budget = self._clock(), self._budget
        if budget.daily:
            self._check_limit(budget.daily, day_begin(now), "today's budget", "ai.budget.daily")
        if budget.monthly:
            self._check_limit(budget.monthly, month_begin(now), "this month's budget", "ai.budget.monthly")
        if not self._priced:
            self._warn(
                f"the price of {self._endpoint.origin} is unknown, so it does not count against the budget; "
                "a file named by ai.record.prices can say it"
            )

    def _check_limit(self, limit: float, begin: float, name: str, key: str) -> None:
        stops = self._budget.action == "stop"
        spent = self._spending.spent(begin)
        if spent is None and stops:
            raise self._unknown()
        if spent is None or spent < limit - _ROUNDING:
            return
        if stops:
            raise BudgetExceeded(
                f"{name} of ${limit:,.2f} is spent (${spent:,.2f})",
                hint=f"raise {key}; photon ai usage shows what was spent",
            )
        self._warn(f"{name} of ${limit:,.2f} is spent; {self._endpoint.provider} is asked all the same")

    def _unknown(self) -> BudgetExceeded:
        return BudgetExceeded(
            f"{self._endpoint.provider} costs money, and what was spent already cannot be read from the record",
            hint='photon ai usage says what is wrong with it; ai.budget.action = "warn" asks all the same',
        )


def budgeting(
    ai: AI, warn: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> Callable[[Provider, Endpoint], Provider]:
    """What puts a target under the budget of the settings `ai`; one that is free, and every one where there is no budget,
    stays as it is.

    warn: told each thing once. Raises ConfigurationError for a budget that the record cannot keep, and for a file of prices
    that cannot be used.
    """
    budget = ai.budget
    if not budget.daily and not budget.monthly:
        return lambda port, endpoint: port
    _check_record(ai)
    from photon.records.prices import FREE
    from photon.records.usage import ledger
    from photon.routing.cost import endpoint_price

    told: set[str] = set()
    spending = ledger(warn, environ)

    def warn_once(line: str) -> None:
        if line not in told:
            told.add(line)
            warn(line)

    def put(port: Provider, endpoint: Endpoint) -> Provider:
        price = endpoint_price(endpoint, ai.record.prices)
        if price == FREE:
            return port
        return Budgeted(port, endpoint, budget, spending=spending, priced=price is not None, warn=warn_once)

    return put


def _check_record(ai: AI) -> None:
    if ai.record.keep == "nothing":
        raise ConfigurationError(
            'ai.budget needs the record of what was spent, and ai.record.keep is "nothing"',
            hint='ai.record.keep = "counts" keeps no texts; or take the limits out of ai.budget',
        )
