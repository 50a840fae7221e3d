"""Let a reader judge an answer while it passes: stop it when it is complete, ask once more when it cannot be read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from photon.chat import Chunk, FinishReason, ModelInfo, Origin, Provider, Request, Switch
from photon.errors import UnreadableAnswer


class Check(Protocol):
    """A reader of one answer to one request. Made with the request, it knows the prefill and is fed only what is new."""

    def feed(self, text: str) -> None:
        """The next piece of the answer. Raises UnreadableAnswer as soon as it cannot become what was asked for."""
        ...

    @property
    def enough(self) -> bool:
        """The answer is complete, or has run away: what may still come is not wanted."""
        ...

    def finish(self, reason: FinishReason) -> None:
        """The answer has ended, "stop" also where it was `enough`. Raises UnreadableAnswer when it is not whole."""
        ...

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        """`request` with what was wrong with the answer to it. It may end in another prefill: what was good so far."""
        ...


CheckFactory = Callable[[Request], Check]


class Guarded:
    """Passes on what the check could read. The first unreadable answer is voided and the question repeated, the second
    raises UnreadableAnswer. Without a `check` a request with a schema is held to it, and to any other request everything
    passes.

    The answer that is passed on is whole: it begins with the prefill of the request that it answers. Whoever reads on knows
    neither which words were put into this model's mouth, nor whether the repeat put others there.

    origin: who is asked, for the `Switch` that announces the repeat.
    """

    def __init__(self, port: Provider, check: CheckFactory | None, *, origin: Origin) -> None:
        self._port = port
        self._check = check or _by_schema
        self._origin = origin

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`, with `Switch(repeat=True)` between the two answers where the first could not be read."""
        check = self._check(request)
        try:
            async with aclosing(self._judged(request, check)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        except UnreadableAnswer as error:
            reason = error.message.partition("\n")[0]
            again = check.ask_again(request, error)
        yield Chunk(switch=Switch(failed=self._origin, reason=reason, repeat=True))
        try:
            async with aclosing(self._judged(again, self._check(again))) as chunks:
                async for chunk in chunks:
                    yield chunk
        except UnreadableAnswer as error:
            raise _twice(self._origin, error) from error

    async def _judged(self, request: Request, check: Check) -> AsyncGenerator[Chunk, None]:
        """Each chunk only after the check has read it, so that nothing unreadable and no false end is passed on."""
        prefill = request.prefill
        async with aclosing(self._port.stream(request)) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    check.feed(chunk.text)
                enough = chunk.finish_reason is None and bool(chunk.text) and check.enough
                reason = "stop" if enough else chunk.finish_reason
                if enough:
                    check.finish("stop")
                elif reason:
                    await _finished(check, reason, chunks)
                yield replace(chunk, text=prefill + chunk.text, finish_reason=reason)
                prefill = ""
                if enough:
                    return

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


async def _finished(check: Check, reason: FinishReason, rest: AsyncGenerator[Chunk, None]) -> None:
    """Raises what the check raises, but only when all has come: what the answer cost is counted behind its end."""
    try:
        check.finish(reason)
    except UnreadableAnswer:
        async for _ in rest:
            pass
        raise


def _twice(who: Origin, error: UnreadableAnswer) -> UnreadableAnswer:
    return UnreadableAnswer(
        f"{who} answered twice, but not with what was asked for ({error.message})",
        hint=error.hint or "put the request in other words, or choose another model (photon ai models)",
    )


def _by_schema(request: Request) -> Check:
    if request.schema is None:
        return _Anything()
    from photon.routing.structured import DocumentCheck

    return DocumentCheck(request)


class _Anything:
    """The check that finds nothing to object to."""

    enough = False

    def feed(self, text: str) -> None:
        pass

    def finish(self, reason: FinishReason) -> None:
        pass

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        raise error
