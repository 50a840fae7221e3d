"""The fake answers from its script, and like a real provider in every other way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from photon.chat import Chunk, Message, ModelInfo, Origin, Provider, Request, Usage
from photon.errors import ProviderUnreachable, UsageError
from photon.providers.fake import FakeProvider


def request(*messages: Message) -> Request:
    return Request(model="fake", messages=messages or (Message("user", "one two three"),))


def sketch_request(text: str, prefill: str = "") -> Request:
    messages = [Message("system", "You write OpenAPI operation sketches."), Message("user", text)]
    return request(*messages, *([Message("assistant", prefill)] if prefill else []))


async def answer(fake: Provider, question: Request | None = None) -> list[Chunk]:
    return [chunk async for chunk in fake.stream(question or request())]


def text(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


async def test_a_string_streams_in_small_pieces_with_origin_finish_and_usage() -> None:
    chunks = await answer(FakeProvider(["Hello, world"], name="left"))
    assert [chunk.text for chunk in chunks] == ["Hell", "o, w", "orld", ""]
    assert [chunk.origin for chunk in chunks] == [Origin("left", "fake"), None, None, None]
    assert (chunks[-1].finish_reason, chunks[-1].usage) == ("stop", Usage(prompt_tokens=3, completion_tokens=3))


async def test_an_empty_answer_still_says_who_gave_it() -> None:
    (only,) = await answer(FakeProvider([""]))
    assert (only.origin, only.finish_reason) == (Origin("fake", "fake"), "stop")


async def test_answers_come_in_their_order_and_requests_are_kept() -> None:
    fake = FakeProvider(["first", "second"])
    asked = [request(Message("user", word)) for word in "ab"]
    assert [text(await answer(fake, question)) for question in asked] == ["first", "second"]
    assert fake.requests == asked


async def test_an_error_in_the_script_is_raised_in_its_place() -> None:
    fake = FakeProvider([ProviderUnreachable("down"), ["GET /pe", ProviderUnreachable("broke off")], "well again"])
    with pytest.raises(ProviderUnreachable, match="down"):
        await answer(fake)
    heard: list[Chunk] = []
    with pytest.raises(ProviderUnreachable, match="broke off"):
        async for chunk in fake.stream(request()):
            heard.append(chunk)
    assert text(heard) == "GET /pe"
    assert text(await answer(fake)) == "well again"


async def test_chunks_in_the_script_are_streamed_as_they_are() -> None:
    last = Chunk(text="!", finish_reason="length", usage=Usage(completion_tokens=1))
    chunks = await answer(FakeProvider([["Hi", last]]))
    assert chunks == [Chunk(origin=Origin("fake", "fake"), text="Hi"), last]


async def test_a_function_answers_the_request() -> None:
    assert text(await answer(FakeProvider(lambda question: question.messages[-1].content.upper()))) == "ONE TWO THREE"


async def test_more_questions_than_answers_is_an_error_that_counts_them() -> None:
    fake = FakeProvider(["only"])
    await answer(fake)
    with pytest.raises(UsageError, match="1 answers and was asked 2 times"):
        await answer(fake)


async def test_a_delay_comes_before_each_piece_and_can_be_cancelled() -> None:
    started = time.monotonic()
    await answer(FakeProvider(["12345678"], delay=0.02))
    assert time.monotonic() - started >= 0.04
    reading = asyncio.create_task(answer(FakeProvider(["x"], delay=60)))
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_it_lists_its_model_and_closes() -> None:
    fake = FakeProvider(name="left", model="small")
    assert await fake.models() == (ModelInfo(id="small", provider="left"),)
    await fake.close()
    await fake.close()
    assert fake.closed


@pytest.mark.parametrize(
    ("asked", "first_line"),
    [
        ("POST /login with JWT response", "POST /login"),
        ("please write delete /users/{id}.", "DELETE /users/{id}"),
        ("GET /users?limit=5\npaths: GET /pets", "GET /users"),
        ("list all users", "GET /examples"),
    ],
)
async def test_without_a_script_it_sketches_the_operation_that_is_asked_for(asked: str, first_line: str) -> None:
    lines = text(await answer(FakeProvider(), sketch_request(asked))).splitlines()
    assert lines[0] == first_line
    assert lines[-1].startswith("400: ")


async def test_a_prefilled_sketch_is_continued_and_not_repeated() -> None:
    whole = text(await answer(FakeProvider(), sketch_request("POST /login")))
    rest = text(await answer(FakeProvider(), sketch_request("POST /login", prefill="POST /login\n")))
    assert "POST /login\n" + rest == whole


async def test_without_a_script_a_question_is_echoed() -> None:
    assert text(await answer(FakeProvider(), request(Message("user", "POST /login?")))) == "You said: POST /login?"
