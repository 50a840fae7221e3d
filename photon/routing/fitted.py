"""Ask a target whose context is shorter than was known once more, with less of what may be left out of the request."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncGenerator, MutableMapping
from contextlib import aclosing

from photon.chat import Chunk, ModelInfo, Origin, Provider, Request, Switch
from photon.errors import ContextExceeded, Fault, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.token_estimate import about_prompt_tokens
from photon.routing.addressed import addressed

_STEP = 0.75
"""Of the prompt that was refused: what is tried next where nobody says how long the context is."""

_TRIES = 4

_logger = logging.getLogger(__name__)

Lengths = MutableMapping[Origin, int]
"""The contexts, in tokens, of those targets that refused a request for its length."""


class Fitted:
    """One endpoint, whose refusal of a request that is too long is not the end where the request can be shorter.

    lengths: where the length that the endpoint turned out to have is kept for the next request.
    """

    def __init__(self, port: Provider, endpoint: Endpoint, lengths: Lengths) -> None:
        self._port = port
        self._endpoint = endpoint
        self._lengths = lengths

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`, which is addressed to the endpoint, with ``Switch(repeat=True)`` before each further try."""
        asked, tries = self._with_room(request), _TRIES
        while True:
            spoken, tries = False, tries - 1
            try:
                async with aclosing(self._port.stream(asked)) as chunks:
                    async for chunk in chunks:
                        spoken = (spoken or bool(chunk.text)) and not chunk.switch
                        yield chunk
                return
            except PhotonError as error:
                shorter = self._shorter(asked, error) if tries and not spoken else None
                if shorter is None:
                    raise
                asked, reason = shorter, error.message.partition("\n")[0]
            _logger.info(
                "%s: %s; asked again with less of the specification (context_length in [ai.providers.%s] saves the first try)",
                self._endpoint.origin, reason, self._endpoint.provider,
            )  # fmt: skip
            yield Chunk(switch=Switch(failed=self._endpoint.origin, reason=reason, repeat=True))

    def _with_room(self, request: Request) -> Request:
        length = self._lengths.get(self._endpoint.origin)
        return addressed(request, self._endpoint, length=length) if length and request.within else request

    def _shorter(self, asked: Request, error: PhotonError) -> Request | None:
        """`asked` with fewer tokens, by what the error says of the context; None where there is nothing to leave out."""
        if error.fault is not Fault.CONTEXT or asked.within is None:
            return None
        origin, sent = self._endpoint.origin, about_prompt_tokens(asked.messages)
        before = self._lengths.get(origin, sys.maxsize)
        told = error.context_length if isinstance(error, ContextExceeded) else 0
        for length in (told, int(_STEP * min(sent, before))):
            shorter = addressed(asked, self._endpoint, length=length) if 0 < length < before else asked
            if about_prompt_tokens(shorter.messages) < sent or (length == told and shorter.parameters != asked.parameters):
                self._lengths[origin] = length
                return shorter
        return None

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()
