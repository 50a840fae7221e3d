"""The user's own limits of a provider, kept by all processes of this machine together: wait for one's turn, or say how long."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from photon.chat import Chunk, ModelInfo, Provider, Request, Usage
from photon.errors import Fault, RateLimited
from photon.providers.endpoint import Endpoint
from photon.providers.token_estimate import about_prompt_tokens, about_tokens
from photon.settings.validate import masked_url

if TYPE_CHECKING:
    from photon.records.buckets import Turn
    from photon.records.targets import Targets

USUAL_SHARE: Final = 0.25
"""Of the longest answer that a request allows: what is taken for the answer beforehand. Answers end long before that, and
what they really use is settled when they have ended; so the limit is overshot by no more than what is under way."""

USUAL_ANSWER: Final = 256
"""Tokens taken for the answer to a request that sets no limit to it."""

_WORTH_A_WORD: Final = 0.5
"""Seconds of waiting from which on the user is told."""

_logger = logging.getLogger(__name__)


class Limited:
    """Sends a request when its turn has come, by ``endpoint.requests_per_minute`` and ``tokens_per_minute``.

    wait: for the turn; otherwise a request whose turn is not at once fails with RateLimited. So does one whose turn would
    come later than in `longest` seconds (0 is no limit), for nobody would wait for its answer. notice: told why the user waits.
    """

    def __init__(
        self,
        port: Provider,
        endpoint: Endpoint,
        targets: Targets,
        *,
        wait: bool = True,
        longest: float = 0.0,
        notice: Callable[[str], None] = lambda line: None,
    ) -> None:
        from photon.records.buckets import Limits

        self._port = port
        self._endpoint = endpoint
        self._targets = targets
        self._wait = wait
        self._patience = (longest or math.inf) if wait else 0.0
        self._notice = notice
        self._limits = Limits(requests=endpoint.requests_per_minute, tokens=endpoint.tokens_per_minute)
        self._bucket = f"{endpoint.provider} {masked_url(endpoint.url)}".rstrip()

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request` in its turn. Where there are no limits this is the provider's own stream."""
        return self._in_turn(request) if self._limits else self._port.stream(request)

    async def _in_turn(self, request: Request) -> AsyncGenerator[Chunk, None]:
        prompt = about_prompt_tokens(request.messages)
        taken = prompt + _answer(request)
        waited = await self._turn(taken)
        if request.deadline is not None:  # the provider is not to be blamed for the wait
            request = replace(request, deadline=request.deadline + waited)
        used = _Used(prompt)
        try:
            async with aclosing(self._port.stream(request)) as chunks:
                async for chunk in chunks:
                    used.hear(chunk)
                    yield chunk
        finally:
            self._targets.settle(self._bucket, self._limits, taken=taken, used=used.tokens)

    async def _turn(self, tokens: int) -> float:
        """Wait, and say for how many seconds."""
        turn = self._targets.take(self._bucket, self._limits, tokens=tokens, patience=self._patience)
        if turn.wait > self._patience:
            raise self._refused(turn)
        if not turn.wait:
            return 0.0
        _logger.info("%s: %.2f s until its turn, by the limit of %s a minute", self._bucket, turn.wait, turn.unit)
        if turn.wait >= _WORTH_A_WORD:
            self._notice(f"waiting {turn.wait:.1f} s for {self._limit(turn)} (--no-wait fails at once)")
        import asyncio

        try:
            await asyncio.sleep(turn.wait)
        except BaseException:
            self._targets.give_back(self._bucket, self._limits, tokens=tokens)
            raise
        return turn.wait

    def _refused(self, turn: Turn) -> RateLimited:
        name = self._endpoint.provider
        setting = f"ai.providers.{name}.{turn.unit}_per_minute"
        return RateLimited(
            f"{self._limit(turn)} on this machine is reached; the next turn is in {_seconds(turn.wait)}",
            hint=f"raise {setting}, or ai.timeouts.total" if self._wait else f"leave out --no-wait, or raise {setting}",
            fault=Fault.OWN_LIMIT,
            retry_after=turn.wait,
        )

    def _limit(self, turn: Turn) -> str:
        limit = self._limits.each()[turn.unit]
        unit = turn.unit.removesuffix("s") if limit == 1 else turn.unit
        return f"{self._endpoint.provider}'s limit of {limit:,} {unit} a minute"

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says; listing counts as no request."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider, and the shared state until its next use."""
        self._targets.close()
        await self._port.close()


class _Used:
    """The tokens that a request has used so far: as the provider counts them, and until it says so, about."""

    def __init__(self, prompt: int) -> None:
        self._prompt = prompt
        self._parts: list[str] = []
        self._usage = Usage()

    def hear(self, chunk: Chunk) -> None:
        if chunk.text or chunk.reasoning:
            self._parts += chunk.reasoning, chunk.text
        self._usage = chunk.usage or self._usage

    @property
    def tokens(self) -> int:
        prompt, answer = self._usage.prompt_tokens, self._usage.completion_tokens
        return (self._prompt if prompt is None else prompt) + (about_tokens("".join(self._parts)) if answer is None else answer)


def _answer(request: Request) -> int:
    longest = request.parameters.max_tokens
    return USUAL_ANSWER if longest is None else math.ceil(longest * USUAL_SHARE)


def _seconds(wait: float) -> str:
    from photon.records.targets import span

    return f"{wait:.1f} s" if wait < 10 else span(wait)
