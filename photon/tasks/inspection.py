"""What would be sent and what it may cost; and, for a request that was made, what came back, from whom, how fast."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import pairwise

from photon.chat import Attempt, Chunk, ModelInfo, Origin, Provider, Request, Switch, Usage, total_cost
from photon.errors import PhotonError
from photon.providers.drafts import Draft, draft
from photon.providers.endpoint import Endpoint
from photon.routing.prospects import Circumstances, Prospect, prospects
from photon.settings.schema import AI

__all__ = ["Circumstances", "Inspected", "Outlook", "Round", "outlook", "pause_between"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One target before it is asked. cached: its answer is kept, and it would not be asked. rest: why it is asked late.

    prompt_cost: USD, by the estimate of the prompt's tokens. answer_cost: USD of the longest answer that is allowed
    (`longest_answer` tokens, None for no limit). Both are None where the price is unknown, 0 where it is `free`.
    """

    endpoint: Endpoint
    draft: Draft
    cached: bool = False
    rest: str = ""
    free: bool = False
    prompt_cost: float | None = None
    answer_cost: float | None = None
    longest_answer: int | None = None


async def outlook(
    ai: AI, request: Request, circumstances: Circumstances, *, environ: Mapping[str, str] = os.environ
) -> tuple[Outlook, ...]:
    """Who would be asked for `request`, in this order, and what each would be sent. Nothing is sent.

    Raises what `photon.routing.plan.plan` raises, and ConfigurationError for a price file that cannot be used.
    """
    found = []
    for prospect in prospects(ai, request, circumstances, environ):
        written = await draft(prospect.endpoint, prospect.request, ai, environ)
        found.append(_priced(prospect, written, ai))
    return tuple(found)


def _priced(prospect: Prospect, written: Draft, ai: AI) -> Outlook:
    from photon.records.prices import FREE, cost
    from photon.routing.cost import endpoint_price

    price, longest = endpoint_price(prospect.endpoint, ai.record.prices), prospect.request.parameters.max_tokens
    answer = Usage(prompt_tokens=0, completion_tokens=longest)
    return Outlook(
        endpoint=prospect.endpoint,
        draft=written,
        cached=prospect.cached,
        rest=prospect.rest.reason if prospect.rest else "",
        free=price == FREE,
        prompt_cost=cost(price, Usage(prompt_tokens=written.prompt_tokens, completion_tokens=0)) if price else None,
        answer_cost=cost(price, answer) if price else None,
        longest_answer=longest,
    )


@dataclass(slots=True)
class Round:
    """One request that was made, as it went. Times in milliseconds since `begun`, a reading of ``time.perf_counter``."""

    outlooks: tuple[Outlook, ...]
    begun: float = field(default_factory=time.perf_counter)
    attempts: list[Attempt] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    origin: Origin | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None
    error: PhotonError | None = None

    def hear(self, chunk: Chunk) -> None:
        """The next chunk of the answer."""
        if chunk.switch:
            self.switches.append(chunk.switch)
        self.origin = chunk.origin or self.origin
        if self.first_token_ms is None and (chunk.text or chunk.reasoning):
            self.first_token_ms = self._elapsed()

    def end(self, error: PhotonError | None) -> None:
        """The answer has ended, in whatever way."""
        self.error, self.total_ms = error, self._elapsed()

    def _elapsed(self) -> float:
        return 1000 * (time.perf_counter() - self.begun)

    @property
    def retries(self) -> int:
        """How often the same target was asked once more."""
        return sum(one.origin == after.origin for one, after in pairwise(self.attempts))

    @property
    def failovers(self) -> int:
        """How often another target was asked instead."""
        return max(0, len(self.attempts) - 1 - self.retries)

    @property
    def cost(self) -> float | None:
        """USD of all attempts, as `total_cost` has it."""
        return total_cost(self.attempts)


def pause_between(one: Attempt, after: Attempt) -> float:
    """Milliseconds from the end of `one` to the beginning of the attempt after it."""
    return max(0.0, 1000 * (after.started - one.started) - one.total_ms)


class Inspected:
    """A `photon.chat.Provider` whose requests are looked at on their way: `before` each is sent, and while it is answered.

    rounds: what was asked so far, the last one last. foresee: makes the outlook of a request.
    """

    def __init__(
        self,
        port: Provider,
        *,
        foresee: Callable[[Request], Awaitable[tuple[Outlook, ...]]],
        before: Callable[[Sequence[Outlook]], None],
    ) -> None:
        self._port = port
        self._foresee = foresee
        self._before = before
        self.rounds: list[Round] = []

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`."""
        outlooks = await self._foresee(request)
        self._before(outlooks)
        this = Round(outlooks)
        self.rounds.append(this)
        failure: PhotonError | None = None

        def tell(attempt: Attempt) -> None:
            this.attempts.append(attempt)
            if request.on_attempt:
                request.on_attempt(attempt)

        try:
            async with aclosing(self._port.stream(replace(request, on_attempt=tell))) as chunks:
                async for chunk in chunks:
                    this.hear(chunk)
                    yield chunk
        except PhotonError as error:
            failure = error
            raise
        finally:
            this.end(failure)

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()
