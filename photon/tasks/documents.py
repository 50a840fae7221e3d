"""Whoever answers, asked for JSON documents of one schema."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from photon.chat import Chunk, ModelInfo, Provider, Request


class Documents:
    """A provider each of whose answers is one piece of text: a JSON document that matches `schema`, and nothing around it.

    port: routes requests, as `photon.routing.chain` makes it; it validates what comes.
    """

    def __init__(self, port: Provider, schema: Mapping[str, Any]) -> None:
        self._port, self._schema = port, schema

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Answer `request`. Raises UsageError for a schema that is none, UnreadableAnswer where two answers did not match."""
        from photon.routing.structured import read_document

        parts: list[str] = []
        async with aclosing(self._port.stream(replace(request, schema=self._schema))) as chunks:
            async for chunk in chunks:
                if chunk.switch:
                    parts.clear()
                parts.append(chunk.text)
                if chunk.finish_reason:  # whatever it is: a document that could be read is whole
                    yield replace(chunk, text=read_document("".join(parts)).text, finish_reason="stop")
                else:
                    yield replace(chunk, text="")

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()
