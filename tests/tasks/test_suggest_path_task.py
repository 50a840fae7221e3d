"""One line of English in, one OpenAPI path out, in events: over real routing, with scripted models."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from sketches import parsed

from photon.chat import Capabilities, Chunk, Message, Origin, Parameters, Provider, Request, Switch, Usage
from photon.errors import ProviderUnreachable, UnreadableAnswer, UsageError
from photon.openapi.document import Rendering, render
from photon.openapi.yaml_text import yaml_text
from photon.providers.endpoint import Endpoint
from photon.providers.fake import Answer, FakeProvider
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.routing.failover import Failover
from photon.routing.guard import Guarded
from photon.sketch.grammar import sketch_grammar
from photon.sketch.prompt import SpecContext
from photon.tasks.suggest_path import Afresh, Event, Lines, PathRequest, Suggestion, suggest_path

CLOUD = Endpoint(provider="cloud", kind="openai", model="gpt", cloud=True)
OWN = Endpoint(
    provider="local",
    kind="local",
    model="photon-openapi",
    capabilities=Capabilities(chat=False, prefill=True, grammar=True, prompt_format=PHOTON_SKETCH_FORMAT),
)
ASKED = "GET /pets/{petId} returns a pet"
REST = "summary: Get a pet\nauth: none\n200: { id: uuid, name: string }\n404: Pet not found"
WHOLE = f"GET /pets/{{petId}}\n{REST}"
PARAMETERS = Parameters(temperature=0)


class Asked:
    """A chain of scripted models, and what was heard from it."""

    def __init__(self, *members: tuple[Endpoint, Sequence[Answer]], text: str = ASKED, **wanted: Any) -> None:
        self.wanted = PathRequest(text=text, **wanted)
        self.fakes = [FakeProvider(answers, name=endpoint.provider) for endpoint, answers in members]
        links: list[tuple[Endpoint, Provider]] = [
            (endpoint, Guarded(fake, self.wanted.check, origin=endpoint.origin))
            for (endpoint, _), fake in zip(members, self.fakes, strict=True)
        ]
        self.provider = Failover(links)
        self.events: list[Event] = []

    async def heard(self) -> Suggestion:
        async for event in suggest_path(self.wanted, self.provider, PARAMETERS):
            self.events.append(event)
        last = self.events[-1]
        assert isinstance(last, Suggestion)
        assert [event for event in self.events if isinstance(event, Suggestion)] == [last]
        assert self.shown == last.text, "what was shown is the result"
        return last

    @property
    def shown(self) -> str:
        """What stands on the screen of somebody who obeys the events."""
        lines: list[str] = []
        for event in self.events:
            if isinstance(event, Afresh):
                lines = []
            elif isinstance(event, Lines):
                lines += event.lines
        return "".join(f"{line}\n" for line in lines)

    def kinds(self) -> list[str]:
        """The kinds of events in order, those that follow each other once."""
        names = [type(event).__name__ for event in self.events]
        return [name for place, name in enumerate(names) if names[place - 1 : place] != [name]]


def operation(suggestion: Suggestion) -> dict[str, Any]:
    (item,) = suggestion.document["paths"].values()
    (found,) = item.values()
    assert isinstance(found, dict)
    return found


# -- the ordinary way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("endpoint", "answer"), [(CLOUD, WHOLE), (OWN, REST)])
async def test_lines_are_shown_while_the_model_still_writes(endpoint: Endpoint, answer: str) -> None:
    asked = Asked((endpoint, [answer]))
    suggestion = await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Suggestion"]
    assert len([event for event in asked.events if isinstance(event, Lines)]) >= 4
    assert suggestion.answered_by == endpoint.origin
    assert (suggestion.repairs, suggestion.notes, suggestion.switches) == ((), (), ())
    assert suggestion.sketch == f"{WHOLE}\n"
    assert yaml.safe_load(suggestion.text) == suggestion.document


async def test_each_model_is_asked_in_its_own_words() -> None:
    broken = ProviderUnreachable("no network")
    asked = Asked((CLOUD, [broken]), (OWN, [REST]), context=SpecContext(types=("Pet",)))
    await asked.heard()
    cloud, own = (fake.requests[0] for fake in asked.fakes)
    assert cloud.messages[-1].content == f"{ASKED}\ntypes: Pet\n(the first line is: GET /pets/{{petId}})"
    assert own.messages[-2:] == (Message("user", f"{ASKED}\ntypes: Pet"), Message("assistant", "GET /pets/{petId}\n"))
    assert (cloud.model, own.model, cloud.grammar, own.grammar) == ("gpt", "photon-openapi", None, None)


async def test_json_is_shown_at_the_end_and_whole() -> None:
    asked = Asked((CLOUD, [WHOLE]), format="json")
    suggestion = await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Suggestion"]
    assert json.loads(suggestion.text) == suggestion.document


async def test_json_shows_nothing_that_a_terminal_obeys() -> None:
    text = 'GET /pets/{petId}\nquery: { "a\u00a0b"?: string "x\u2028y" }\n200: int'
    suggestion = await Asked((CLOUD, [text]), format="json").heard()
    assert all(char == "\n" or char.isprintable() for char in suggestion.text)
    assert json.loads(suggestion.text) == suggestion.document


async def test_a_sketch_is_shown_line_by_line_in_canonical_spelling() -> None:
    asked = Asked((CLOUD, [WHOLE.replace("uuid", "UUID").replace("auth: none", "auth: NONE")]), format="sketch")
    suggestion = await asked.heard()
    assert suggestion.text == suggestion.sketch == f"{WHOLE}\n"
    assert len([event for event in asked.events if isinstance(event, Lines)]) == 5
    assert suggestion.repairs == ("line 3: read auth 'NONE' as none", "line 4: read 'UUID' as uuid")


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@pytest.mark.parametrize("scope", ["path", "fragment", "document"])
async def test_the_rendering_is_as_it_was_asked_for(version: Any, scope: Any) -> None:
    rendering = Rendering(version=version, scope=scope, default_auth="basic")
    suggestion = await Asked((CLOUD, [WHOLE.replace("auth: none\n", "")]), rendering=rendering).heard()
    assert suggestion.document == render(parsed(suggestion.sketch)[0], rendering).document
    assert "basicAuth" in suggestion.text


async def test_known_types_are_used_and_not_defined() -> None:
    context = SpecContext(types=("pet",))
    rendering = Rendering(known=frozenset(("pet",)))
    suggestion = await Asked((CLOUD, ["GET /pets/{petId}\nauth: none\n200: pet"]), context=context, rendering=rendering).heard()
    assert "#/components/schemas/pet" in suggestion.text
    assert "components" not in suggestion.document


async def test_usage_and_timings_are_told() -> None:
    pieces = [
        "GET /pets/{petId}\n",
        REST,
        Chunk(finish_reason="stop"),
        Chunk(usage=Usage(prompt_tokens=7, completion_tokens=9)),
    ]
    suggestion = await Asked((CLOUD, [pieces])).heard()
    assert suggestion.usage == Usage(prompt_tokens=7, completion_tokens=9)
    timings = suggestion.timings
    assert timings.first_token and timings.first_line and timings.first_token <= timings.first_line <= timings.total < 5_000


async def test_the_usage_is_that_of_who_answered() -> None:
    failed = [Chunk(text="GET /x\n", usage=Usage(prompt_tokens=100)), ProviderUnreachable("broke off")]
    suggestion = await Asked((CLOUD, [failed]), (OWN, [[REST, Chunk(finish_reason="stop")]])).heard()
    assert suggestion.usage == Usage()


# -- what was asked for is kept to ------------------------------------------------------------------------------------


async def test_an_answer_cannot_drift_from_the_route_that_was_asked_for() -> None:
    drifted = "POST /animals/{animalId}\nsummary: Get a pet\nauth: none\npath: { animalId: int }\n200: int"
    asked = Asked((CLOUD, [drifted]))
    suggestion = await asked.heard()
    assert list(suggestion.document["paths"]) == ["/pets/{petId}"]
    assert [each["name"] for each in operation(suggestion)["parameters"]] == ["petId"]
    assert suggestion.repairs == ("wrote GET /pets/{petId} as asked, not POST /animals/{animalId}",)
    assert asked.kinds() == ["Origin", "Lines", "Suggestion"]


async def test_where_no_route_was_asked_for_the_model_chooses() -> None:
    suggestion = await Asked((OWN, ["GET /pets\nauth: none\n200: int"]), text="list the pets").heard()
    assert list(suggestion.document["paths"]) == ["/pets"]


async def test_several_paths_at_once_are_refused_before_anybody_is_asked() -> None:
    asked = Asked((CLOUD, [WHOLE]), text="GET /pets and POST /pets")
    with pytest.raises(UsageError, match="several operations"):
        await asked.heard()
    assert asked.fakes[0].requests == []


# -- an unreadable answer is repeated ---------------------------------------------------------------------------------


async def test_a_general_model_is_told_what_was_wrong_and_writes_it_again() -> None:
    bad = f"{WHOLE}\n409: fine\n201: ???"
    asked = Asked((CLOUD, [bad, WHOLE]))
    suggestion = await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Switch", "Origin", "Suggestion"] or "Afresh" in asked.kinds()
    reason = "line 7 of the sketch: expected a type, found '???'"
    assert suggestion.switches == (Switch(failed=CLOUD.origin, reason=reason, repeat=True),)
    assistant, user = asked.fakes[0].requests[1].messages[-2:]
    assert (assistant.role, user.role) == ("assistant", "user")
    assert bad.startswith(assistant.content) and len(assistant.content) > 50
    assert user.content.startswith(reason)
    assert suggestion.sketch == f"{WHOLE}\n"


async def test_our_own_model_goes_on_after_its_last_good_line_held_to_the_grammar() -> None:
    bad = "summary: Get a pet\nauth: NONE\n200: ???\n404: lost"
    asked = Asked((OWN, [bad, "200: { id: uuid, name: string }\n404: Pet not found"]))
    suggestion = await asked.heard()
    repeat = asked.fakes[0].requests[1]
    assert repeat.messages[-1] == Message("assistant", "GET /pets/{petId}\nsummary: Get a pet\nauth: none\n")
    assert repeat.messages[:-1] == asked.fakes[0].requests[0].messages[:-1]
    assert repeat.grammar == sketch_grammar(begun=True)
    assert asked.kinds() == ["Origin", "Lines", "Switch", "Origin", "Lines", "Suggestion"], "nothing had to be taken back"
    assert suggestion.sketch == f"{WHOLE}\n"


async def test_where_there_was_no_good_line_our_own_model_begins_again() -> None:
    asked = Asked((OWN, ["Certainly!", "GET /pets\nauth: none\n200: int"]), text="list the pets")
    await asked.heard()
    repeat = asked.fakes[0].requests[1]
    assert repeat.messages[-1].role == "user"
    assert repeat.grammar == sketch_grammar(begun=False)


async def test_a_loop_is_closed_and_the_model_goes_on_behind_it() -> None:
    loop = "summary: Get a pet\nauth: none\n200: { id: uuid, name: string, " + "id: uuid, name: string, " * 50
    asked = Asked((OWN, [loop, "404: Pet not found"]))
    suggestion = await asked.heard()
    assert asked.fakes[0].requests[1].messages[-1].content.endswith("\n200: { id: uuid, name: string }\n")
    assert suggestion.switches[0].reason == "the answer repeats itself"
    assert suggestion.sketch == f"{WHOLE}\n"


async def test_a_second_loop_is_closed_and_kept() -> None:
    loop = "200: { id: uuid, name: string, " + "id: uuid, name: string, " * 50
    asked = Asked((OWN, ["auth: none\n" + loop, loop.replace("200", "201")]))
    suggestion = await asked.heard()
    assert list(operation(suggestion)["responses"]) == ["200", "201"]
    assert "the answer broke off in this line" in suggestion.repairs[-1]


async def test_two_unreadable_answers_are_an_error() -> None:
    asked = Asked((CLOUD, ["no", "No!"]))
    with pytest.raises(UnreadableAnswer, match="expected a method and a path"):
        await asked.heard()


async def test_nobody_is_asked_a_third_time_but_the_next_one_is() -> None:
    asked = Asked((CLOUD, ["no", "No!"]), (OWN, [REST]))
    suggestion = await asked.heard()
    assert [(switch.failed.provider, switch.repeat) for switch in suggestion.switches] == [("cloud", True), ("cloud", False)]
    assert suggestion.answered_by == OWN.origin


# -- failing over -----------------------------------------------------------------------------------------------------


async def test_who_takes_over_in_mid_answer_adds_to_what_is_shown_where_both_agree() -> None:
    begun = [f"GET /pets/{{petId}}\n{REST[:30]}", ProviderUnreachable("broke off")]
    asked = Asked((CLOUD, [begun]), (OWN, [REST]))
    suggestion = await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Switch", "Origin", "Lines", "Suggestion"]
    assert suggestion.switches == (Switch(failed=CLOUD.origin, reason="broke off"),)
    assert suggestion.answered_by == OWN.origin


async def test_where_they_disagree_the_result_is_shown_afresh_and_whole() -> None:
    begun = ["GET /pets/{petId}\nsummary: Fetch it\n", "auth: basic\n200: int\n", ProviderUnreachable("broke off")]
    asked = Asked((CLOUD, [begun]), (OWN, [REST]))
    suggestion = await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Switch", "Origin", "Afresh", "Lines", "Suggestion"]
    assert "Fetch it" not in suggestion.text


async def test_lines_in_an_unusual_order_are_shown_afresh_at_the_end() -> None:
    asked = Asked((CLOUD, ["GET /pets/{petId}\n200: int\nsummary: Late\nauth: none"]))
    suggestion = await asked.heard()
    assert "Afresh" in asked.kinds()
    assert operation(suggestion)["summary"] == "Late"


async def test_a_schema_that_admits_anything_takes_nothing_back() -> None:
    asked = Asked((CLOUD, ["GET /pets/{petId}\nsummary: Get a pet\nauth: none\nquery: { filter?: any }\n200: int"]))
    await asked.heard()
    assert asked.kinds() == ["Origin", "Lines", "Suggestion"]


async def test_leaving_early_stops_the_model() -> None:
    stopped: list[bool] = []

    class Endless(FakeProvider):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            try:
                yield Chunk(text="GET /x\n", origin=Origin("fake", "fake"))
                while True:
                    yield Chunk(text="and ")
            finally:
                stopped.append(True)

    events = suggest_path(PathRequest(text="x"), Endless(), PARAMETERS)
    await anext(events)
    await events.aclose()
    assert stopped == [True]


# -- answers in other forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "```yaml\n{}```",
        "Of course! Here is the path you asked for:\n\n```yaml\n{}```\n\nIt returns a pet: by its id.",
        "Here it is:\n\n{}\nTell me if you need more.",
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
async def test_openapi_instead_of_a_sketch_is_rendered_by_the_same_rules(frame: str, as_json: bool) -> None:
    document = render(parsed(WHOLE)[0], Rendering(scope="document")).document
    document["paths"]["/pets/{petId}"]["get"]["responses"]["404"].pop("content")
    text = json.dumps(document, indent=2) + "\n" if as_json else yaml_text(document)
    asked = Asked((CLOUD, [frame.replace("{}", text)]))
    suggestion = await asked.heard()
    assert operation(suggestion) == render(parsed(WHOLE)[0], Rendering()).document["paths"]["/pets/{petId}"]["get"]
    assert suggestion.repairs == ("read OpenAPI instead of a sketch",)
    assert asked.kinds() == ["Origin", "Lines", "Suggestion"]


async def test_openapi_is_pinned_to_the_route_that_was_asked_for_too() -> None:
    text = yaml_text(render(parsed("POST /animals\n200: int")[0], Rendering(scope="document")).document)
    suggestion = await Asked((CLOUD, [text])).heard()
    assert list(suggestion.document["paths"]) == ["/pets/{petId}"]


async def test_openapi_that_cannot_be_read_is_asked_for_again() -> None:
    asked = Asked((CLOUD, ["openapi: 3.1.0\npaths: [", WHOLE]))
    suggestion = await asked.heard()
    assert "neither a sketch nor YAML" in suggestion.switches[0].reason
    assert "Write the whole sketch again" in asked.fakes[0].requests[1].messages[-1].content


async def test_an_answer_that_was_cut_short_is_closed_and_says_so() -> None:
    pieces = [WHOLE.partition(", name")[0] + ", na", Chunk(finish_reason="length")]
    suggestion = await Asked((CLOUD, [pieces])).heard()
    assert suggestion.sketch.endswith("200: { id: uuid }\n")
    assert "line 4: the answer broke off in this line" in suggestion.repairs


async def test_an_answer_that_was_cut_before_its_first_line_is_unreadable() -> None:
    pieces = ["GET /pe", Chunk(finish_reason="length")]
    with pytest.raises(UnreadableAnswer):
        await Asked((CLOUD, [pieces, pieces])).heard()


HOSTILE_ANSWER = """\
GET /pets/{petId}
summary: \x1b]0;owned\x07Get
auth: apiKey(\x1b[31mX)
query: { "\\u001b[2J"?: string = "\\u0000" "line\\nbreak", $ref?: "file:///etc/passwd" }
200: ../../x
Evil = !!python/object/apply:os.system ["id"]
"""


async def test_a_hostile_answer_is_refused_or_harmless() -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        await Asked((CLOUD, [HOSTILE_ANSWER, HOSTILE_ANSWER])).heard()
    assert caught.value.message.isprintable()
    harmless = HOSTILE_ANSWER.replace("../../x", "int").partition("Evil")[0]
    suggestion = await Asked((CLOUD, [harmless]), rendering=Rendering(scope="document")).heard()
    assert all(char == "\n" or char.isprintable() for char in suggestion.text + suggestion.sketch)
    assert list(OpenAPIV31SpecValidator(suggestion.document).iter_errors()) == []
