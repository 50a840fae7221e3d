"""Texts are asked for operation by operation, read with care, and kept in batches."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from photon.chat import Message, Parameters, Request
from photon.errors import CredentialsError, InvalidSpec, ProviderUnreachable, UnreadableAnswer
from photon.openapi.gaps import KINDS, Kind
from photon.openapi.spec import read_spec
from photon.providers.fake import Answer, FakeProvider
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.tasks.describe import Batches, Describing, Outcome, TextsCheck, read_lines

SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /users:
    get:
      summary: List users.
      operationId: listUsers
      responses: {'200': {description: OK}}
    post:
      operationId: createUser
      tags: [users]
      parameters: [{name: dry, in: query}]
      responses: {'201': {description: Made}}
  /orders/{id}/cancel:
    post:
      operationId: cancelOrder
      responses: {'204': {description: Gone}}
"""
WHOLE = "summary: Create a user\ndescription: Adds one.\nparameter dry: Whether nothing is kept"


@pytest.fixture
def path(isolated: Path) -> Path:
    file = isolated / "openapi.yaml"
    file.write_text(SPEC)
    return file


def described(work: Describing, *answers: Answer) -> tuple[list[Outcome], FakeProvider]:
    fake = FakeProvider(answers)

    async def all_of_it() -> list[Outcome]:
        return [outcome async for outcome in work.outcomes(fake, Parameters())]

    return asyncio.run(all_of_it()), fake


def work_on(path: Path, *, only: tuple[Kind, ...] = KINDS, limit: int | None = None, own: bool = False) -> Describing:
    return Describing(read_spec(path), only=only, limit=limit, own=own)


# -- asking -----------------------------------------------------------------------------------------------------------


def test_one_operation_is_asked_for_with_what_is_known_and_summaries_of_others(path: Path) -> None:
    outcomes, fake = described(work_on(path), "description: All.", WHOLE, "summary: Cancel an order")
    question = fake.requests[1].messages[-1].content
    assert question.startswith("POST /users\noperationId: createUser\ntags: users\nparameters: dry (query)\n")
    assert "GET /users: List users." in question
    assert question.endswith("Write these lines:\nsummary: …\ndescription: …\nparameter dry: …")
    assert [(text.key, text.value) for text in outcomes[1].texts] == [
        ("summary", "Create a user."),
        ("description", "Adds one."),
        ("description", "Whether nothing is kept"),
    ], "with the full stop of the other summaries"


def test_our_own_model_is_asked_for_summaries_alone_with_the_answer_begun(path: Path) -> None:
    work = work_on(path, own=True)
    outcomes, fake = described(work, *["POST /x\nsummary: Make an user\n200: -"] * 2)
    tuned = fake.requests[0].tuned[PHOTON_SKETCH_FORMAT]
    assert tuned[-2:] == (Message("user", "POST /users create user"), Message("assistant", "POST /users\nsummary:"))
    assert [text.value for outcome in outcomes for text in outcome.texts] == ["Make a user.", "Make a user."]
    assert work.left_out == 4


def test_a_description_that_speaks_of_other_operations_does_not_stop_it(path: Path) -> None:
    path.write_text(SPEC.replace("      operationId: createUser\n", "      description: Like POST /a, then PUT /b\n"))
    _, fake = described(work_on(path, own=True), *["POST /x\nsummary: Do\n"] * 2)
    assert fake.requests[0].tuned[PHOTON_SKETCH_FORMAT][-2].content == "POST /users"


def test_one_that_fails_is_told_and_the_others_go_on(path: Path) -> None:
    outcomes, _ = described(work_on(path), "description: All.", UnreadableAnswer("no"), "summary: Cancel")
    assert [type(each.error) for each in outcomes] == [type(None), UnreadableAnswer, type(None)]


@pytest.mark.parametrize("error", [ProviderUnreachable("gone"), CredentialsError("no key")])
def test_a_provider_that_is_gone_ends_it(path: Path, error: ProviderUnreachable | CredentialsError) -> None:
    with pytest.raises(type(error)):
        described(work_on(path), "description: All.", error)


def test_what_code_knows_needs_nobody(path: Path) -> None:
    path.write_text(SPEC.replace("      operationId: cancelOrder\n", ""))
    outcomes, fake = described(work_on(path, only=("operationId",)))
    assert not fake.requests and [text.value for text in outcomes[0].texts] == ["cancelOrder"]


def test_a_limit_counts_operations(path: Path) -> None:
    assert len(work_on(path, limit=1).gaps) == 1


def test_our_own_model_is_told_the_first_sentence_alone(path: Path) -> None:
    told = "Adds [one user](https://example.com/a.b). It may take a while."
    path.write_text(SPEC.replace("      operationId: createUser\n", f"      description: {told}\n"))
    _, fake = described(work_on(path, own=True), *["POST /x\nsummary: Do\n"] * 2)
    assert fake.requests[0].tuned[PHOTON_SKETCH_FORMAT][-2].content == "POST /users Adds one user"


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "summary: Get it",
        "**Summary:** Get it",
        '- summary: "Get it"',
        "Sure!\n\n`summary`: Get it\n",
        "summary: \x07Ge\u202et it",
        "summary:   Get   it  \nsummary: Another",
    ],
)
def test_an_answer_is_read_in_many_spellings(answer: str) -> None:
    assert read_lines(answer, ("summary",)) == {"summary": "Get it"}


@pytest.mark.parametrize("answer", ["", "summary:", "summary: …", "I cannot do that", "description: x", "summary"])
def test_an_answer_without_the_line_has_nothing(answer: str) -> None:
    assert read_lines(answer, ("summary",)) == {}


def test_what_is_too_long_is_cut_at_a_word() -> None:
    found = read_lines("summary: " + "word " * 100 + "\ndescription: " + "x" * 5000, ("summary", "description"))
    assert found["summary"].endswith("word") and len(found["summary"]) <= 120 and len(found["description"]) == 600


def test_the_check_stops_our_own_model_behind_its_summary_and_no_other(path: Path) -> None:
    gap = work_on(path).gaps[1]
    request = work_on(path).request(gap, ("summary",), Parameters())
    own = TextsCheck(request.addressed_to("m", prompt_format=PHOTON_SKETCH_FORMAT))
    own.feed(" Create a user")
    assert not own.enough
    own.feed("\nauth:")
    assert own.enough
    other = TextsCheck(request)
    other.feed("summary: Create a user\n")
    assert not other.enough
    other.finish("stop")


def test_the_check_says_what_is_missing_and_when_it_never_ends(path: Path) -> None:
    request = work_on(path).request(work_on(path).gaps[1], ("summary", "description"), Parameters())
    check = TextsCheck(request)
    check.feed("I am a model")
    with pytest.raises(UnreadableAnswer, match="no line 'summary: …'") as raised:
        check.finish("stop")
    again: Request = check.ask_again(request, raised.value)
    assert again.messages[-1].content.startswith("the answer has no line") and TextsCheck(again)._wanted == (
        "summary",
        "description",
    )
    with pytest.raises(UnreadableAnswer, match="too long"):
        check.feed("x" * 20_000)


# -- keeping ----------------------------------------------------------------------------------------------------------


def test_batches_are_written_one_after_the_other_and_a_second_run_finds_what_is_left(path: Path) -> None:
    work = work_on(path)
    outcomes, _ = described(work, "description: All.", WHOLE, "summary: Cancel an order")
    batches = Batches(work.order, write=True, size=1, seconds=0)
    for outcome in outcomes[:2]:
        assert len(batches.add(outcome.texts)) == 1
    assert yaml.safe_load(path.read_text())["paths"]["/users"]["post"]["summary"] == "Create a user."
    assert batches.written == 4
    assert [gap.operation.path for gap in work_on(path).gaps] == ["/orders/{id}/cancel"]


def test_a_file_that_was_changed_meanwhile_is_left_alone(path: Path) -> None:
    work = work_on(path)
    outcomes, _ = described(work, "description: All.", WHOLE, "summary: Cancel an order")
    path.write_text(SPEC + "x-mine: 1\n")
    batches = Batches(work.order, write=True)
    assert batches.add(outcomes[0].texts) == []
    with pytest.raises(InvalidSpec, match="changed meanwhile"):
        batches.flush()
    assert path.read_text() == SPEC + "x-mine: 1\n"


def test_without_writing_there_is_one_change_of_all(path: Path) -> None:
    work = work_on(path)
    outcomes, _ = described(work, "description: All.", WHOLE, "summary: Cancel an order")
    batches = Batches(work.order, write=False, size=1, seconds=0)
    assert [batches.add(outcome.texts) for outcome in outcomes] == [[], [], []]
    (change,) = batches.flush()
    assert len([line for line in change.diff(0) if line.startswith("+ ")]) == 5 and path.read_text() == SPEC
    assert batches.flush() == []
