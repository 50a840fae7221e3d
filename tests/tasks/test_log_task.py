"""Requests of the record, asked and answered once more."""

import pytest
from entries import entry, exchange, failed

from photon.chat import Message, Origin
from photon.errors import Fault, UnreadableAnswer, UsageError
from photon.openapi.document import Rendering
from photon.providers.fake import FakeProvider
from photon.records.history import Kept
from photon.sketch.prompt import SpecContext
from photon.tasks.chat import Conversation
from photon.tasks.log import conversation, path_request, request_of, suggestion, target_of, with_texts
from photon.tasks.suggest_path import PathRequest

STYLE = Rendering(version="3.0", scope="document", default_auth="apiKey", known=frozenset({"Pet", "Owner"}))
WANTED = PathRequest(text="GET /pets", rendering=STYLE, format="sketch", context=SpecContext(types=("Pet",), paths=("GET /",)))


def asked(wanted=WANTED, answer="GET /pets\n200: Pet[]", **facts):
    return entry(wanted.text, answer, **{"command": "suggest-path", "details": wanted.details()} | facts)


def test_a_request_for_a_path_is_made_again_from_its_record():
    assert path_request(asked()) == WANTED


def test_what_the_record_does_not_say_or_says_in_words_of_a_newer_photon_is_the_default():
    assert path_request(asked(details={})) == PathRequest(text="GET /pets")
    newer = {"rendering": {"version": "3.0", "colour": "blue"}, "mood": "good"}
    assert path_request(asked(details=newer)).rendering == Rendering(version="3.0")


async def test_a_recorded_answer_is_read_again_without_asking_anybody():
    found = await suggestion(asked())
    assert found.text == "GET /pets\n200: Pet[]\n"
    assert (found.answered_by, found.usage.completion_tokens) == (Origin("openai", "gpt-5"), 5)


async def test_an_answer_that_was_cut_off_is_read_as_such():
    found = await suggestion(asked(answer="GET /pets\n200: Pet[]\n404: No", finish_reason="length"))
    assert "404" not in found.text


async def test_another_model_answers_in_the_style_of_then():
    other = FakeProvider(["GET /pets\n200: Pet[]\n401: Who are you"], name="other")
    found = await suggestion(asked(), other)
    assert "401" in found.text
    assert other.requests[0].messages[-1].content.startswith("GET /pets\ntypes: Pet")


async def test_an_answer_that_says_nothing_of_a_path_is_an_error():
    with pytest.raises(UnreadableAnswer):
        await suggestion(asked(answer="I am sorry."))


def test_a_conversation_is_what_was_said():
    said = (Message("system", "Be brief."), Message("user", "one"), Message("assistant", "1"), Message("user", "two"))
    assert conversation(entry(messages=said)) == Conversation(system="Be brief.", messages=said[1:])
    assert conversation(entry(messages=said[1:])) == Conversation(messages=said[1:])


def test_the_target_is_who_answered_else_who_was_asked_first():
    local = Origin("local", "photon-openapi")
    assert target_of(entry(attempts=(exchange(local, fault=Fault.NO_KEY), exchange()))) == Origin("openai", "gpt-5")
    assert target_of(failed(attempts=(exchange(local, fault=Fault.NO_KEY), exchange(fault=Fault.STALLED)))) == local
    assert target_of(failed(attempts=(), origin=None)) is None


def test_texts_that_were_not_kept_are_not_made_up():
    assert with_texts(Kept(1, entry())) == entry()
    with pytest.raises(UsageError, match="of request 7"):
        with_texts(Kept(7, entry(), texts=False))


@pytest.mark.parametrize(
    "kept",
    [
        {"style": {"profile": "of tomorrow", "mood": 1}},
        {"style": 5},
        {"spec": 3},
        {"spec": {}},
        {"rules": {"switches": {"x": "y"}}},
    ],
    ids=str,
)
@pytest.mark.parametrize("command", ["suggest-path", "suggest-schema"])
def test_a_record_that_a_newer_photon_wrote_can_be_read(command, kept):
    found = request_of(entry("GET /pets", "", command=command, details=kept))
    assert (found.text, found.spec) == ("GET /pets", None)


def test_what_cannot_be_had_of_a_specification_is_told_in_one_line(tmp_path):
    told = []
    for path in ("-", str(tmp_path / "gone.yaml"), str(tmp_path)):
        assert (
            request_of(entry("GET /pets", "", command="suggest-path", details={"spec": {"path": path}}), told.append).spec
            is None
        )
    assert [line.endswith("what follows is without it") for line in told] == [True] * 3
    assert "stdin" in told[0] and "is gone" in told[1] and "cannot read" in told[2]
