"""The stream of any provider, held to what the port promises, and the events that it is cut into."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest

from photon.chat import Chunk, Usage
from photon.providers.endpoint import Endpoint
from photon.providers.server_sent import events, parsed
from photon.providers.streaming import GRACE, held
from photon.settings.schema import Timeouts

ENDPOINT = Endpoint(provider="lan", kind="openai", model="m")


async def through(pieces: AsyncGenerator[Chunk, None]) -> list[Chunk]:
    return [chunk async for chunk in held(pieces, endpoint=ENDPOINT, model="m", timeouts=Timeouts())]


@pytest.mark.parametrize("count", [True, -1, 2**53, 10**400, 1.5, "7"])
@pytest.mark.parametrize("sound", [0, 2**53 - 1])
async def test_a_count_that_cannot_be_is_unknown_and_one_that_can_is_kept(count: Any, sound: int) -> None:
    async def pieces() -> AsyncGenerator[Chunk, None]:
        yield Chunk(text="x", finish_reason="stop")
        yield Chunk(usage=Usage(prompt_tokens=count, completion_tokens=sound, cached_tokens=count))

    assert (await through(pieces()))[-1].usage == Usage(completion_tokens=sound)


async def test_empty_events_after_the_finish_do_not_prolong_it() -> None:
    async def pieces() -> AsyncGenerator[Chunk, None]:
        yield Chunk(text="x", finish_reason="stop")
        while True:
            await asyncio.sleep(GRACE / 10)
            yield Chunk()

    async with asyncio.timeout(GRACE * 3):
        assert len(await through(pieces())) == 1


async def payloads(*given: str) -> list[tuple[str, bool]]:
    async def lines() -> AsyncIterator[str]:
        for line in given:
            yield line

    return [event async for event in events(lines())]


async def test_a_byte_order_mark_does_not_hide_the_first_event() -> None:
    assert await payloads('\ufeffdata: {"a": 1}', "", "data: [DONE]") == [('{"a": 1}', False), ("[DONE]", False)]
    assert await payloads('\ufeff{"a": 1}') == [('{"a": 1}', True)]


async def test_an_empty_data_line_is_no_event() -> None:
    assert await payloads("data:", "data: ", "data: {}") == [("{}", False)]


def test_an_object_in_a_list_of_one_is_read_as_that_object() -> None:
    assert parsed('[{"error": "no"}]') == {"error": "no"}
    assert parsed("[{}, {}]") is None
    assert parsed("[1]") is None
