"""Whoever answers, asked for documents: one piece of text, the document and nothing around it."""

import pytest

from photon.chat import Chunk, Message, Origin, Request, Switch, Usage
from photon.errors import UnreadableAnswer
from photon.providers.fake import FakeProvider
from photon.routing.guard import Guarded
from photon.tasks.documents import Documents

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
ASKED = Request(model="m", messages=(Message("user", "How many?"),))


async def heard(*answers) -> list[Chunk]:
    provider = FakeProvider(answers)
    port = Documents(Guarded(provider, None, origin=Origin("fake", "m")), SCHEMA)
    chunks = [chunk async for chunk in port.stream(ASKED)]
    assert provider.requests[0].schema == SCHEMA
    await port.close()
    assert provider.closed and await port.models()
    return chunks


async def test_the_document_comes_whole_with_its_end_and_without_its_fence():
    chunks = await heard('```json\n{"n": 3}\n```')
    assert [chunk.text for chunk in chunks if chunk.text] == ['{"n": 3}']
    assert chunks[0].origin == Origin("fake", "m")
    assert (chunks[-1].text, chunks[-1].finish_reason) == ('{"n": 3}', "stop")
    assert isinstance(chunks[-1].usage, Usage)


async def test_nothing_is_left_of_an_answer_that_was_voided():
    chunks = await heard('{"n": "three"}', '{"n": 3}')
    assert "".join(chunk.text for chunk in chunks) == '{"n": 3}'
    assert [chunk.switch for chunk in chunks if chunk.switch] == [
        Switch(Origin("fake", "m"), '$.n: "three" is not a whole number', repeat=True)
    ]


async def test_two_answers_that_do_not_match_are_an_error_without_any_text():
    with pytest.raises(UnreadableAnswer, match="twice"):
        await heard('{"n": "three"}', "{}")
