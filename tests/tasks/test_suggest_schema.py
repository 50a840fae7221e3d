"""One line of English in, one component schema out, in events: over real routing, with scripted models."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from photon.chat import Capabilities, Message, Parameters, Provider
from photon.errors import ProviderUnreachable, UnreadableAnswer
from photon.openapi.schema_fit import SchemaFit
from photon.openapi.style.model import NameCases, Style
from photon.providers.endpoint import Endpoint
from photon.providers.fake import Answer, FakeProvider
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.routing.failover import Failover
from photon.routing.guard import Guarded
from photon.sketch.prompt import SpecContext
from photon.tasks.suggest_path import Afresh, Event, Lines, Suggestion
from photon.tasks.suggest_schema import SchemaRequest, request_for, suggest_schema

CLOUD = Endpoint(provider="cloud", kind="openai", model="gpt", cloud=True)
OWN = Endpoint(
    provider="local",
    kind="local",
    model="photon-openapi",
    capabilities=Capabilities(chat=False, prefill=True, grammar=True, prompt_format=PHOTON_SKETCH_FORMAT),
)
ASKED = "a User with email, roles and an optional avatar"
WHOLE = "User = { email: email, roles: string[], avatar?: uri }"
REST = " email, roles: string[], avatar?: uri }\n201: { id: uuid }\n401: Authentication required"


class Asked:
    """A chain of scripted models, and what was heard from it."""

    def __init__(self, *members: tuple[Endpoint, Sequence[Answer]], text: str = ASKED, **wanted: Any) -> None:
        self.wanted = SchemaRequest(text=text, **wanted)
        self.fakes = [FakeProvider(answers, name=endpoint.provider) for endpoint, answers in members]
        links: list[tuple[Endpoint, Provider]] = [
            (endpoint, Guarded(fake, self.wanted.check, origin=endpoint.origin))
            for (endpoint, _), fake in zip(members, self.fakes, strict=True)
        ]
        self.provider = Failover(links)
        self.events: list[Event] = []

    async def heard(self) -> Suggestion:
        async for event in suggest_schema(self.wanted, self.provider, Parameters(temperature=0)):
            self.events.append(event)
        last = self.events[-1]
        assert isinstance(last, Suggestion)
        shown: list[str] = []
        for event in self.events:
            shown = [] if isinstance(event, Afresh) else [*shown, *event.lines] if isinstance(event, Lines) else shown
        assert "".join(f"{line}\n" for line in shown) == last.text, "what was shown is the result"
        return last


def heard(*answers: Answer, endpoint: Endpoint = CLOUD, **wanted: Any) -> Suggestion:
    return asyncio.run(Asked((endpoint, answers), **wanted).heard())


def test_what_is_told_of_the_specification_may_be_left_out_and_nothing_else() -> None:
    context = SpecContext(types=("Role", "Team"), schemas=("Role = { id: int }",))
    request = request_for(SchemaRequest(text=ASKED, describe=True, context=context), Parameters())
    said = request.messages[-1].content
    assert said.startswith(f"{ASKED}\nwith a description of every field\ntypes: Role, Team\n")
    assert request.tuned[PHOTON_SKETCH_FORMAT][1].content.endswith("\ntypes: Role, Team")
    bare = request.narrowed(0)
    assert bare.messages[-1].content.splitlines() == [*said.splitlines()[:2], said.splitlines()[-1]]
    assert "types:" not in bare.tuned[PHOTON_SKETCH_FORMAT][1].content
    assert bare.tuned[PHOTON_SKETCH_FORMAT][-1] == request.tuned[PHOTON_SKETCH_FORMAT][-1]
    assert request_for(SchemaRequest(text=ASKED), Parameters()).within is None


@pytest.mark.parametrize(("endpoint", "answer"), [(CLOUD, WHOLE), (OWN, REST)])
def test_our_own_model_and_every_other_give_the_same_schema(endpoint: Endpoint, answer: str) -> None:
    found = heard(answer, endpoint=endpoint)
    assert yaml.safe_load(found.text) == found.document
    assert found.document == {
        "components": {
            "schemas": {
                "User": {
                    "type": "object",
                    "required": ["email", "roles"],
                    "properties": {
                        "email": {"type": "string", "format": "email"},
                        "roles": {"type": "array", "items": {"type": "string"}},
                        "avatar": {"type": "string", "format": "uri"},
                    },
                }
            }
        }
    }
    assert (found.sketch, found.repairs, found.notes) == (f"{WHOLE}\n", (), ())


async def test_each_model_is_asked_in_its_own_words_and_our_own_is_stopped_behind_the_body() -> None:
    asked = Asked((CLOUD, [ProviderUnreachable("no network")]), (OWN, [REST]))
    found = await asked.heard()
    cloud, own = (fake.requests[0].messages for fake in asked.fakes)
    assert cloud[-1].content == f"{ASKED}\n(the answer begins: User = {{)"
    assert own[0].content == "You write OpenAPI operation sketches."
    assert own[1].content == "POST /users create a user with email, roles, optional avatar"
    assert own[2] == Message("assistant", "POST /users\nsummary: Create a user\nauth: bearer\nbody: { email:")
    assert found.answered_by.provider == "local" and found.usage.completion_tokens is None


@pytest.mark.parametrize(
    "answer",
    [
        f"Here you go:\n\n```\n{WHOLE}\n```\nHope it helps!",
        "user = { email: email, roles: string[], avatar?: uri }",
        "type User = {\n  email: email,\n  roles: string[],\n  avatar?: uri\n}",
        "POST /users\nbody: { email: email, roles: string[], avatar?: uri }\n201: -",
        '{"type": "object", "required": ["email", "roles"], "properties": {"email": {"type": "string", "format": "email"}, '
        '"roles": {"type": "array", "items": {"type": "string"}}, "avatar": {"type": "string", "format": "uri"}}}',
        "```yaml\ncomponents:\n  schemas:\n    User:\n      type: object\n      required: [email, roles]\n      properties:\n"
        "        email: {type: string, format: email}\n        roles: {type: array, items: {type: string}}\n"
        "        avatar: {type: string, format: uri}\n```",
        "User:\n  type: object\n  properties:\n    email: {type: string, format: email}\n"
        "    roles: {type: array, items: {type: string}}\n    avatar: {type: string, format: uri}",
    ],
)
def test_whatever_it_comes_back_as_is_read(answer: str) -> None:
    assert heard(answer).sketch == f"{WHOLE}\n"


def test_what_the_request_lists_is_there_as_it_is_listed() -> None:
    text = (
        "an Order with due date, status (open, paid), rating 1 to 5, nullable note, items (sku, quantity), active default true"
    )
    found = heard("Order = { due: date, status: string, created: datetime, rating: int, activ: bool }", text=text)
    assert found.sketch == (
        'Order = { dueDate: date, status: "open" | "paid", rating: int(1..5), note: string | null, '
        "items: { sku: string, quantity: int }[], active?: bool = true }\n"
    )
    assert "left out created, which the request does not list" in found.repairs
    assert "added note, which the request names" in found.repairs


def test_further_components_follow_and_one_that_is_missing_is_noted() -> None:
    found = heard("Order = { lines: Line[], customer: Customer }\nLine = { sku: string }\nUnused = { a: int }", text="an Order")
    assert list(found.document["components"]["schemas"]) == ["Order", "Line", "Customer"]
    assert found.notes == (
        "Customer is used but not defined: wrote an empty object, fill it in",
        "left out Unused, which nothing uses",
    )


def test_finished_components_are_shown_while_the_model_still_writes() -> None:
    asked = Asked((CLOUD, ["Order = { lines: Line[] }\nLine = { sku: Code }\nCode = { a: int }"]), text="an Order")
    asyncio.run(asked.heard())
    assert len([event for event in asked.events if isinstance(event, Lines)]) == 3
    assert not [event for event in asked.events if isinstance(event, Afresh)]


@pytest.mark.parametrize("name", ["Problem", "Error"])
def test_any_name_may_be_asked_for(name: str) -> None:
    found = heard(f"{name} = {{ code: string }}", text="code", name=name)
    assert list(found.document["components"]["schemas"]) == [name]


def test_an_unreadable_answer_is_asked_for_again_with_what_was_wrong() -> None:
    asked = Asked((CLOUD, ["User = { email: }}}{{ (", WHOLE]))
    assert asyncio.run(asked.heard()).sketch == f"{WHOLE}\n"
    again = asked.fakes[0].requests[1]
    assert again.messages[-1].content.startswith("line 1 of the schema: expected") and again.grammar is not None


@pytest.mark.parametrize("answer", ["", "I cannot do that.", "{}", "[1]", "type: string"])
def test_what_is_no_schema_at_all_is_an_error(answer: str) -> None:
    with pytest.raises(UnreadableAnswer, match="answered twice"):
        heard(answer, answer, text="a User")


def test_a_loop_is_closed_where_it_begins() -> None:
    found = heard(
        " string, a: int, a: int, a: int, a: int, a: int" + ", a: int" * 100, endpoint=OWN, text="a User with name and tags"
    )
    assert found.sketch == "User = { name: string, tags: string[] }\n"


def test_every_field_is_described_where_that_is_asked_for() -> None:
    answer = 'User = { email: email "Where to write to", createdAt: datetime, active: bool, companyId: uuid }'
    found = heard(answer, text="a User", describe=True)
    properties = found.document["components"]["schemas"]["User"]["properties"]
    assert {name: each["description"] for name, each in properties.items()} == {
        "email": "Where to write to",
        "createdAt": "When the user was created",
        "active": "Whether the user is active",
        "companyId": "Identifier of the company",
    }


def test_a_style_without_a_specification_decides_the_case() -> None:
    style = Style(names=NameCases(properties="snake"))
    found = heard(WHOLE.replace("avatar", "avatarUrl"), text="a User", fit=SchemaFit(None, style, "a User"))
    assert found.sketch == "User = { email: email, roles: string[], avatar_url?: uri }\n"


@pytest.mark.parametrize("form", ["yaml", "json", "sketch"])
def test_nothing_that_a_terminal_obeys_is_shown(form: Any) -> None:
    found = heard('User = { "a\x1b[31mb": string "x\x9by", c: "d\u202ee" }', text="a User", format=form)
    assert all(char == "\n" or char.isprintable() for char in found.text)
