"""A reader judges the answer while it passes."""

from dataclasses import replace

import pytest
from listening import QUESTION, Endless, heard

from photon.chat import Chunk, Message, Origin, Request, Switch, Usage
from photon.errors import ProviderUnreachable, UnreadableAnswer
from photon.providers.fake import FakeProvider
from photon.routing.guard import Guarded

ORIGIN = Origin("openai", "gpt")


class NumbersOnly:
    """Reads digits. Enough are five of them, too few are less than two. The repeat begins where the digits ended."""

    def __init__(self, request: Request) -> None:
        self.read = request.prefill
        self.reasons: list[str] = []

    @property
    def enough(self) -> bool:
        return len(self.read) >= 5

    def feed(self, text: str) -> None:
        if not text.isdigit():
            raise UnreadableAnswer(f"{text!r} is no number\nat all")
        self.read += text

    def finish(self, reason) -> None:
        if len(self.read) < 2 or reason == "length":
            raise UnreadableAnswer("too short")

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        question = request.messages[:-1] if request.prefill else request.messages
        return replace(request, messages=(*question, Message("user", error.message), Message("assistant", self.read or "0")))


def guarded(*answers, check=NumbersOnly):
    provider = FakeProvider(answers)
    return Guarded(provider, check, origin=ORIGIN), provider


async def test_what_can_be_read_passes_unchanged():
    script = [Chunk(text="12"), Chunk(text="3", finish_reason="stop"), Chunk(usage=Usage(completion_tokens=2))]
    port, _ = guarded(script)
    assert (await heard(port)).chunks == [replace(script[0], origin=Origin("fake", "")), *script[1:]]


async def test_an_answer_that_is_complete_is_stopped_there_and_then():
    class Counting(Endless):
        async def stream(self, request):
            async for chunk in super().stream(request):
                yield replace(chunk, text="1" if chunk.text else "")

    endless = Counting()
    answer = await heard(Guarded(endless, NumbersOnly, origin=ORIGIN))
    assert (answer.text, answer.ends) == ("11111", ["stop"])


async def test_what_an_unreadable_answer_cost_is_heard_before_it_is_asked_for_again():
    counts = Usage(completion_tokens=1)
    told = []

    class Counted(FakeProvider):
        async def stream(self, request):
            async for chunk in super().stream(request):
                told.append(chunk.usage)
                yield chunk

    provider = Counted([[Chunk(text="1", finish_reason="stop"), Chunk(usage=counts)], ["78"]])
    await heard(Guarded(provider, NumbersOnly, origin=ORIGIN))
    assert told[1] == counts


async def test_an_answer_that_runs_away_is_not_listened_to_for_what_it_cost():
    class RunsAway(NumbersOnly):
        def finish(self, reason):
            if len(self.read) >= 5 and len(answers) == 1:
                raise UnreadableAnswer("it repeats itself")

    answers = []

    class Endlessly(Endless):
        async def stream(self, request):
            answers.append(request)
            yield Chunk(text="12345")
            for _ in range(1000):
                assert len(answers) > 1, "nobody is to ask for more"
                yield Chunk(text="1")

    answer = await heard(Guarded(Endlessly(), RunsAway, origin=ORIGIN))
    assert (len(answers), answer.ends) == (2, ["stop"])


async def test_an_unreadable_answer_is_voided_and_asked_for_once_more():
    port, provider = guarded(["1", "x", "2", "3"], ["7", "8"])
    answer = await heard(port)
    assert answer.switches == [Switch(failed=ORIGIN, reason="'x' is no number", repeat=True)]
    assert answer.text == "178"
    assert "x" not in "".join(chunk.text for chunk in answer.chunks)
    assert provider.requests[1].messages[-2:] == (Message("user", "'x' is no number\nat all"), Message("assistant", "1"))


@pytest.mark.parametrize("first", [["1"], ["12", Chunk(text="3", finish_reason="length")]], ids=["incomplete", "cut off"])
async def test_an_answer_that_ends_too_early_never_seems_finished(first):
    port, _ = guarded(first, ["7", "8"])
    answer = await heard(port)
    assert len(answer.switches) == 1
    assert answer.ends == ["stop"]
    assert answer.text.endswith("78")


async def test_after_a_switch_the_stream_says_again_who_speaks():
    port, _ = guarded(["x"], ["7", "8"])
    chunks = (await heard(port)).chunks
    place = next(place for place, chunk in enumerate(chunks) if chunk.switch)
    assert chunks[place + 1].origin == Origin("fake", "")


async def test_a_second_unreadable_answer_is_an_error():
    port, provider = guarded(["x"], ["1", "y"], ["12"])
    with pytest.raises(UnreadableAnswer, match="'y' is no number"):
        await heard(port)
    assert len(provider.requests) == 2


async def test_the_second_answer_is_read_afresh():
    class Forgetful(NumbersOnly):
        def ask_again(self, request, error):
            return request

    port, _ = guarded(["1234", "x"], ["5", "6", "7"], check=Forgetful)
    assert (await heard(port)).text == "567"


async def test_the_answer_is_whole_with_the_words_put_into_the_models_mouth():
    asked = replace(QUESTION, messages=(*QUESTION.messages, Message("assistant", "12")))
    port, _ = guarded(["3", "4"])
    assert (await heard(port, asked)).text == "1234"
    port, _ = guarded(["3", "x"], ["4"])
    assert (await heard(port, asked)).text == "1234"


@pytest.mark.parametrize("answer", [["x"], "anything at all"])
async def test_without_a_reader_everything_passes(answer):
    port, _ = guarded(answer, check=None)
    assert (await heard(port)).text == "".join(answer)


async def test_other_errors_are_not_the_guards_business():
    port, provider = guarded(["1", ProviderUnreachable("broke off")], ["12"])
    with pytest.raises(ProviderUnreachable):
        await heard(port)
    assert len(provider.requests) == 1


async def test_an_unreadable_answer_stops_the_generation_before_the_repeat():
    endless = Endless()
    stream = Guarded(endless, NumbersOnly, origin=ORIGIN).stream(QUESTION)
    async for chunk in stream:
        if chunk.switch:
            break
    assert endless.stopped
    await stream.aclose()


async def test_leaving_stops_the_provider_at_once():
    endless = Endless()
    stream = Guarded(endless, None, origin=ORIGIN).stream(QUESTION)
    await anext(stream)
    await stream.aclose()
    assert endless.stopped
