"""Ask one after the other, until somebody answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

from photon.chat import Chunk, ModelInfo, Provider, Request, Switch
from photon.errors import PhotonError
from photon.providers.endpoint import Endpoint


class Failover:
    """Streams from the first member that answers; members are asked in order, each in its own words.

    The request's model is a placeholder: every member is sent its own model, the messages tuned for it, and the grammar
    only where it honours one.
    """

    def __init__(self, members: Sequence[tuple[Endpoint, Provider]]) -> None:
        if not members:
            raise ValueError("a failover chain has at least one member")
        self._members = tuple(members)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`, with a `Switch` where a member failed and another takes over, also in mid-answer.

        An error that does not fail over is raised at once. When all have failed, the first member's error is raised, since
        that is the one the user chose, with what the others said added to it.
        """
        failures: list[tuple[Endpoint, PhotonError]] = []
        for place, (endpoint, provider) in enumerate(self._members, start=1):
            try:
                async with aclosing(provider.stream(_addressed(request, endpoint))) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except PhotonError as error:
                if not error.fails_over:
                    raise
                failures.append((endpoint, error))
            if place < len(self._members):
                reason = failures[-1][1].message.partition("\n")[0]
                yield Chunk(switch=Switch(failed=endpoint.origin, reason=reason))
        raise _summed_up(failures)

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models of all members, in order."""
        return tuple([model for _, provider in self._members for model in await provider.models()])

    async def close(self) -> None:
        """Close every member, also when closing one of them fails."""
        async with AsyncExitStack() as stack:
            for _, provider in reversed(self._members):
                stack.push_async_callback(provider.close)


def _addressed(request: Request, endpoint: Endpoint) -> Request:
    can = endpoint.capabilities
    addressed = request.addressed_to(endpoint.model, prompt_format=can.prompt_format)
    return addressed if can.grammar else replace(addressed, grammar=None)


def _summed_up(failures: Sequence[tuple[Endpoint, PhotonError]]) -> PhotonError:
    """The first error, in one line with the others', which it carries; its hint, then theirs."""
    _, first = failures[0]
    others = failures[1:]
    first.message = "; ".join(
        [first.message, *(f"{endpoint.provider} cannot answer either: {e.message}" for endpoint, e in others)]
    )
    hints = dict.fromkeys(error.hint for _, error in failures if error.hint)
    first.hint = ", or ".join(hints)
    first.args = (first.message,)
    first.others = tuple(error for _, error in others)
    return first
