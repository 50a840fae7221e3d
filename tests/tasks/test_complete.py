"""What is written of an operation goes into the request for the rest of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from photon.chat import Message, Parameters
from photon.openapi.source.source import Position
from photon.providers.fake import FakeProvider
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.settings.schema import AI
from photon.tasks import complete
from photon.tasks.complete import Unfinished, completed, completion_request, unfinished
from photon.tasks.suggest_path import Suggestion, suggest_path

HEAD = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /users:
    get: {summary: List users, operationId: listUsers, responses: {'200': {description: OK}, '404': {description: No}}}
  /users/{id}:
    get:
"""


def half(below: str) -> Unfinished:
    data = (HEAD + below).encode()
    return unfinished(data, Path("openapi.yaml"), Position(data.count(b"\n") + 1, 80))


@pytest.mark.parametrize(
    ("below", "text"),
    [
        ("", "GET /users/{id}"),
        ("      summary: Get a user", "GET /users/{id}: Get a user"),
        ("      description: |\n        One\n        of them", "GET /users/{id}: One of them"),
        ("      operationId: getUser", "GET /users/{id}: get user"),
        (
            "      summary: Get\n      parameters: [{name: q, in: query}, {name: h, in: header}]",
            "GET /users/{id}: Get, query parameters q",
        ),
        ("      summary: Like GET /a, and POST /b", "GET /users/{id}"),
        ("      summary: [1]", "GET /users/{id}"),
        ("      summary: " + "x" * 1000, "GET /users/{id}: " + "x" * 200),
    ],
)
def test_the_request_says_what_is_there(below: str, text: str) -> None:
    assert half(below).text == text


NAMED = "      summary: S\n      operationId: o\n"
DECLARED = "      parameters: [{name: id}]\n"
ANSWERED = "      responses: {'200': {description: d}, '404': {description: d}}"


@pytest.mark.parametrize(
    ("below", "whole"),
    [
        (NAMED + DECLARED + ANSWERED, True),
        (NAMED + ANSWERED, False),
        ("      summary: S\n" + DECLARED + ANSWERED, False),
        (NAMED + DECLARED + "      responses: {'200': {description: d}, '404': }", False),
        (NAMED + DECLARED + "      responses: {'200': {}}", False),
        (NAMED + "      tags:\n" + DECLARED + ANSWERED, False),
    ],
)
def test_nobody_is_asked_for_what_is_whole(below: str, whole: bool) -> None:
    assert half(below).is_whole is whole


def test_the_half_itself_is_no_example_and_its_id_is_not_taken() -> None:
    here = half("      summary: Get a user\n      operationId: somethingElse\n")
    wanted = completion_request(here, AI())
    assert wanted.spec and [each.route for each in wanted.spec.spec.operations] == ["GET /users"]
    assert [each.route for each in here.spec.operations] == ["GET /users", "GET /users/{id}"]


def suggestion(here: Unfinished, answer: str) -> tuple[Suggestion, FakeProvider]:
    fake = FakeProvider([answer])
    provider = complete._Begun(fake, here.summary)

    async def last() -> Suggestion:
        events = [event async for event in suggest_path(completion_request(here, AI()), provider, Parameters())]
        assert isinstance(events[-1], Suggestion)
        return events[-1]

    return asyncio.run(last()), fake


def test_our_own_model_goes_on_behind_the_summary() -> None:
    here = half("      summary: Get a user\n")
    found, fake = suggestion(here, "GET /users/{id}\nsummary: Get a user\n200: { id: int }\n404: Not there")
    assert fake.requests[0].tuned[PHOTON_SKETCH_FORMAT][-1] == Message("assistant", "GET /users/{id}\nsummary: Get a user\n")
    narrow = fake.requests[0].narrowed(0).tuned[PHOTON_SKETCH_FORMAT]
    assert narrow[-1] == fake.requests[0].tuned[PHOTON_SKETCH_FORMAT][-1]
    assert len(narrow[1].content) < len(fake.requests[0].tuned[PHOTON_SKETCH_FORMAT][1].content)
    done = completed(here, found)
    assert done and done.lacked == ("operationId", "parameters", "responses") and done.places == 1


def test_an_answer_about_another_path_is_put_where_the_cursor_stands() -> None:
    here = half("      summary: Get a user\n")
    done = completed(here, suggestion(here, "GET /people/{userId}\npath: { userId: int }\n200: -")[0])
    assert done and "name: id" in done.text and "userId" not in done.text
