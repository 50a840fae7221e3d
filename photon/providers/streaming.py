"""What every network provider does with its stream: cuts bytes into lines, and holds the answer to the time limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import replace

from photon.chat import Chunk, Usage
from photon.errors import Fault, PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.settings.schema import Timeouts

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes. No honest event is near it; a server that never ends a line must not fill the memory."""

GRACE = 1.0
"""Seconds that a finished answer is waited on for its token counts."""

_MOST_TOKENS = 2**53
"""No honest count is near it, and every database and every JSON reader holds what is below."""

_NOTHING = Chunk()


async def lines(data: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    """The lines of a UTF-8 stream, without their ends (LF or CRLF), the last one also when it has none.

    Not the HTTP library's own line iterator: that one also cuts at U+2028 and other characters that JSON strings may hold.
    Raises ValueError for a line over `LONGEST_LINE`.
    """
    rest = bytearray()
    async for piece in data:
        *ended, tail = piece.split(b"\n")
        for part in ended:
            rest += part
            yield rest.decode("utf-8", "replace").removesuffix("\r")
            rest.clear()
        rest += tail
        if len(rest) > LONGEST_LINE:
            raise ValueError("a line without end")
    if rest:
        yield rest.decode("utf-8", "replace")


async def held(
    pieces: AsyncGenerator[Chunk, None], *, endpoint: Endpoint, model: str, timeouts: Timeouts
) -> AsyncGenerator[Chunk, None]:
    """`pieces` as the port promises them: the origin first, nothing empty, in time, and never without an end.

    The first text or reasoning is due `first_token` seconds after the start, however lively the server seems until then; after
    it every piece is due `idle` seconds after the one before, and all that follows the finish within `GRACE`. Counts that
    cannot be are unknown. Raises ProviderUnreachable when time runs out or when the pieces stop before a finish_reason; what
    goes wrong after a finish_reason no longer matters.
    """
    origin = replace(endpoint.origin, model=model)
    due = _after(timeouts.first_token)
    begun = spoken = finished = False
    async with aclosing(pieces):
        while True:
            try:
                async with asyncio.timeout_at(due) as limit:
                    piece = await anext(pieces)
            except StopAsyncIteration:
                break
            except (TimeoutError, PhotonError) as error:
                if finished:
                    return
                if isinstance(error, PhotonError) or not limit.expired():
                    raise
                raise _too_slow(endpoint, timeouts, begun=begun) from error
            piece = _counted(piece)
            begun = begun or bool(piece.text or piece.reasoning)
            if piece != _NOTHING:
                yield piece if spoken else replace(piece, origin=origin)
                spoken = True
            if piece.finish_reason is not None and not finished:
                finished, due = True, _after(min(GRACE, timeouts.idle or GRACE))
            elif begun and not finished:
                due = _after(timeouts.idle)
    if not finished:
        raise (
            broke_off(endpoint)
            if begun
            else ProviderUnreachable(f"{endpoint.provider} ended its answer before the first word", fault=Fault.STREAM_CUT)
        )


def _counted(piece: Chunk) -> Chunk:
    """`piece` with the token counts that can be ones; a server can say anything."""
    said = piece.usage
    if said is None:
        return piece
    prompt, completion, cached = map(_count, (said.prompt_tokens, said.completion_tokens, said.cached_tokens))
    return replace(piece, usage=Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=cached))


def _count(said: object) -> int | None:
    return said if type(said) is int and 0 <= said < _MOST_TOKENS else None


def _after(seconds: float) -> float | None:
    return asyncio.get_running_loop().time() + seconds if seconds else None


def _too_slow(endpoint: Endpoint, timeouts: Timeouts, *, begun: bool) -> ProviderUnreachable:
    if begun:
        return ProviderUnreachable(
            f"{endpoint.provider} fell silent for {timeouts.idle:g} s in the middle of its answer",
            hint="raise ai.timeouts.idle if the model needs longer",
            fault=Fault.STALLED,
        )
    return ProviderUnreachable(
        f"{endpoint.provider} did not begin to answer within {timeouts.first_token:g} s",
        hint="raise ai.timeouts.first_token if the model needs longer",
        fault=Fault.FIRST_TOKEN_TIMEOUT,
    )


def broke_off(endpoint: Endpoint) -> ProviderUnreachable:
    """The stream ended before the answer did."""
    hint = "try again, or use --provider local"
    return ProviderUnreachable(f"{endpoint.provider} broke off in the middle of its answer", hint=hint, fault=Fault.STREAM_CUT)


def not_an_answer(endpoint: Endpoint, body: str) -> ProviderUnreachable:
    """What came back is no answer in the wire protocol: a login page, another service, a broken proxy."""
    what = "a web page" if body.lstrip()[:1] == "<" else "something that is not an answer"
    return ProviderUnreachable(
        f"{endpoint.provider} sent {what}: this is not the API that was expected there",
        hint=f"check the url of '{endpoint.provider}' (photon ai config explain)",
        fault=Fault.UNREADABLE_BODY,
    )
