"""What stands between <think> and </think> at the beginning of an answer is no part of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest

from photon.chat import Chunk, Origin, Usage
from photon.providers.think_tags import thoughts_apart

END = Chunk(finish_reason="stop", usage=Usage(completion_tokens=3))


async def streamed(chunks: Sequence[Chunk]) -> AsyncGenerator[Chunk, None]:
    for chunk in chunks:
        yield chunk


async def apart(*texts: str, end: Chunk = END) -> tuple[str, str]:
    """(reasoning, text) of an answer in these pieces."""
    chunks = [chunk async for chunk in thoughts_apart(streamed([*[Chunk(text=text) for text in texts], end]))]
    assert (chunks[-1].finish_reason, chunks[-1].usage) == (end.finish_reason, end.usage)
    return "".join(chunk.reasoning for chunk in chunks), "".join(chunk.text for chunk in chunks)


@pytest.mark.parametrize(
    ("answer", "reasoning", "text"),
    [
        ("<think>hm</think>yes", "hm", "yes"),
        ("\n <think>\nhm\n\nso\n</think>\n\n  yes\n", "hm\n\nso", "yes\n"),
        ("<think></think>\n\nyes", "", "yes"),
        ("<think>\n\n</think>\n\nyes", "", "yes"),
        ("<think>a < b </thin </think>yes", "a < b </thin", "yes"),
        ("<think>a</think>b</think><think>c</think>", "a", "b</think><think>c</think>"),
        ("<think>never done </thi", "never done </thi", ""),
        ("use <think> tags </think>", "", "use <think> tags </think>"),
        ("  indented <think>x</think>", "", "  indented <think>x</think>"),
        ("<thinking>x", "", "<thinking>x"),
        ("<thin", "", "<thin"),
        ("<", "", "<"),
        (" \n", "", " \n"),
        ("", "", ""),
    ],
)
async def test_only_what_an_answer_begins_with_is_a_thought_however_the_pieces_are_cut(
    answer: str, reasoning: str, text: str
) -> None:
    for size in (1, 2, 3, 5, 8, 100):
        pieces = [answer[start : start + size] for start in range(0, len(answer), size)]
        thought, said = await apart(*pieces)
        assert (thought.strip(), said) == (reasoning, text)


async def test_thoughts_come_while_they_are_thought() -> None:
    chunks = [Chunk(text=text) for text in ("<think>", "first", " second", "</think>", "yes")]
    seen = [(chunk.reasoning, chunk.text) async for chunk in thoughts_apart(streamed([*chunks, END]))]
    assert seen == [("", ""), ("first", ""), (" second", ""), ("", ""), ("", "yes"), ("", "")]


async def test_an_answer_in_one_piece_is_taken_apart_too() -> None:
    assert await apart(end=Chunk(text="<think>hm</think>yes", finish_reason="length")) == ("hm", "yes")
    assert await apart(end=Chunk(text="<thi", finish_reason="length")) == ("", "<thi")


async def test_what_the_server_told_apart_already_stays_so() -> None:
    chunks = [Chunk(origin=Origin("a", "b"), reasoning="hm"), Chunk(text="yes"), END]
    assert [chunk async for chunk in thoughts_apart(streamed(chunks))] == chunks


async def test_closing_it_closes_what_it_reads() -> None:
    closed = []

    async def endless() -> AsyncGenerator[Chunk, None]:
        try:
            while True:
                yield Chunk(text="x")
        finally:
            closed.append(True)

    chunks = thoughts_apart(endless())
    await anext(chunks)
    await chunks.aclose()
    assert closed == [True]
