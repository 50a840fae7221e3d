"""The one port: whoever can answer implements it. A cloud API, a GGUF file in this process, a fake, a failover chain."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from photon.chat.chunks import Chunk
from photon.chat.messages import Request
from photon.chat.models import ModelInfo


class Provider(Protocol):
    """Streams answers and lists models.

    `stream` is an async generator: closing it (``aclose``, or cancelling the task that reads it) stops the generation and
    frees the connection. Its first chunk carries the `Origin`; it raises only errors of the tree in `photon.errors`; a
    stream that ends without a `finish_reason` never happens (the provider raises `ProviderUnreachable` instead).
    """

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`. Raises a PhotonError at the point where the answer fails, also after some chunks."""
        ...

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models on offer. Raises a PhotonError when the provider cannot be asked."""
        ...

    async def close(self) -> None:
        """Free connections, memory and threads. The provider is not used after it; closing twice is harmless."""
        ...
