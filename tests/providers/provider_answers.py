"""A provider that is asked once, and what it said."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from photon.chat import Chunk, Message, Provider, Request
from photon.errors import PhotonError

ASKED = Request(model="m", messages=(Message("user", "hi"),))


async def answer(asked: Provider, question: Request | None = None) -> list[Chunk]:
    """Everything that it says; it is closed afterwards."""
    try:
        async with aclosing(asked.stream(question or ASKED)) as chunks:
            return [chunk async for chunk in chunks]
    finally:
        await asked.close()


async def failure(asked: Provider, question: Request | None = None) -> PhotonError:
    """The error that it ends with."""
    with pytest.raises(PhotonError) as caught:
        await answer(asked, question)
    return caught.value


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def reasoning(chunks: list[Chunk]) -> str:
    return "".join(chunk.reasoning for chunk in chunks)
