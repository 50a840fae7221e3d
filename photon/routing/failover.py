"""Ask one target after the other, until somebody answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Protocol

from photon.chat import Chunk, ModelInfo, Provider, Request, Switch
from photon.errors import ContextExceeded, Fault, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.token_estimate import about_prompt_tokens
from photon.routing.addressed import addressed
from photon.routing.classify import Action, classify
from photon.routing.order import Rest, in_order

Member = tuple[Endpoint, Provider]

_logger = logging.getLogger(__name__)


class Resting(Protocol):
    """Says which of the targets rest when `request` comes, by their name (``str(endpoint.origin)``)."""

    def __call__(self, targets: Sequence[Endpoint], request: Request) -> Mapping[str, Rest]: ...


def _nobody_rests(targets: Sequence[Endpoint], request: Request) -> Mapping[str, Rest]:
    return {}


class Failover:
    """Streams from the first member that answers; members are asked in order, each in its own words.

    The request's model is a placeholder: every member is sent its own model, the messages tuned for it, and the grammar
    only where it honours one. Members that rest are asked last, the least recently failed first.

    restarts: whether another member may start an answer over of which something was passed on already. Where that is not
    wanted, for somebody has read the beginning, the error is raised.
    """

    def __init__(self, members: Sequence[Member], *, resting: Resting = _nobody_rests, restarts: bool = True) -> None:
        if not members:
            raise ValueError("a failover chain has at least one member")
        self._members = tuple(members)
        self._resting = resting
        self._restarts = restarts

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`, with a `Switch` where a member failed or rests and another takes over, also in mid-answer.

        An error that nobody else could do better at is raised at once. When all have failed, the first member's error is
        raised, since that is the one the user chose, with what the others said added to it. A request that was too long
        for one member is not put to those that are known to have no longer a context.
        """
        members, rests = self._in_order(request)
        _logger.info("asked in this order: %s", ", ".join(str(endpoint.origin) for endpoint, _ in members))
        for endpoint, rest in rests:
            _logger.info("%s is asked last: %s", endpoint.origin, rest.reason)
            yield Chunk(switch=Switch(failed=endpoint.origin, reason=rest.reason))
        failures: list[tuple[Endpoint, PhotonError]] = []
        while members:
            (endpoint, provider), *members = members
            spoken = False
            try:
                async with aclosing(provider.stream(addressed(request, endpoint))) as chunks:
                    async for chunk in chunks:
                        spoken = (spoken or bool(chunk.text)) and not chunk.switch
                        yield chunk
                return
            except PhotonError as error:
                if classify(error).action is Action.TELL or (spoken and not self._restarts):
                    raise
                failures.append((endpoint, error))
                members = _with_room(members, endpoint, error, request)
                _logger.info(
                    "%s: %s; %s", endpoint.origin, error.message, "the next one is asked" if members else "nobody is left"
                )
            if members:
                reason = failures[-1][1].message.partition("\n")[0]
                yield Chunk(switch=Switch(failed=endpoint.origin, reason=reason))
        raise _summed_up(_as_listed(failures, self._members))

    def _in_order(self, request: Request) -> tuple[list[Member], list[tuple[Endpoint, Rest]]]:
        """The members as they are to be asked, and those that a rested one stands in front of."""
        if len(self._members) == 1:
            return list(self._members), []
        rests = self._resting([endpoint for endpoint, _ in self._members], request)
        members = in_order(self._members, lambda member: rests.get(str(member[0].origin)))
        first, _ = members[0]
        if str(first.origin) in rests:
            return members, []
        ahead = self._members.index(members[0])
        return members, [(endpoint, rests[str(endpoint.origin)]) for endpoint, _ in self._members[:ahead]]

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models of all members, in order."""
        return tuple([model for _, provider in self._members for model in await provider.models()])

    async def close(self) -> None:
        """Close every member, also when closing one of them fails."""
        async with AsyncExitStack() as stack:
            for _, provider in reversed(self._members):
                stack.push_async_callback(provider.close)


def _with_room(members: Sequence[Member], asked: Endpoint, error: PhotonError, request: Request) -> list[Member]:
    """`members` without those whose context is known to be no longer than the one of `asked` that was too short, unless they
    are asked in fewer words, for which they have room."""
    too_short = error.context_length if isinstance(error, ContextExceeded) else asked.capabilities.context_length
    if error.fault is not Fault.CONTEXT or too_short is None:
        return list(members)
    sent = about_prompt_tokens(addressed(request, asked).messages)

    def has_room(endpoint: Endpoint) -> bool:
        length = endpoint.capabilities.context_length
        if length is None or length > too_short:
            return True
        return about_prompt_tokens(addressed(request, endpoint).messages) < min(sent, length)

    return [member for member in members if has_room(member[0])]


def _as_listed(
    failures: Sequence[tuple[Endpoint, PhotonError]], members: Sequence[Member]
) -> list[tuple[Endpoint, PhotonError]]:
    places = {endpoint.origin: place for place, (endpoint, _) in enumerate(members)}
    return sorted(failures, key=lambda failure: places[failure[0].origin])


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
