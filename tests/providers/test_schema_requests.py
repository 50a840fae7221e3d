"""A request with a schema on the wire: what each kind of server is sent, and what follows when it refuses that."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import servers
from servers import refusal, serving, sse, text_events

from photon.chat import Capabilities, Message, Request
from photon.errors import UsageError
from photon.providers.endpoint import Endpoint
from photon.providers.ollama import OllamaProvider
from photon.providers.openai import OpenAIProvider
from photon.providers.schema.openai import json_schema
from photon.providers.schema.prompt import instructed, worded
from photon.settings.schema import Timeouts

PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": False}
ASKED = Request(model="m", messages=(Message("user", "Who?"),), schema=PERSON)
ANSWER = sse(*text_events('{"name": "Ann"}'))
PATIENT = Timeouts(connect=2.0, first_token=20.0, idle=20.0)


def endpoint(kind: str = "openai", url: str = "", *, schema: bool = True) -> Endpoint:
    return Endpoint(provider="lan", kind=kind, model="m", url=url, capabilities=Capabilities(schema=schema))


async def answer_of(url: str, *requests: Request, schema: bool = True) -> str:
    provider = OpenAIProvider(endpoint(url=url, schema=schema), key=None, timeouts=PATIENT)
    try:
        return "".join([chunk.text for request in requests for chunk in [each async for each in provider.stream(request)]])
    finally:
        await provider.close()


async def test_an_openai_server_is_sent_the_schema_as_a_strict_response_format() -> None:
    with serving(ANSWER) as server:
        assert await answer_of(server.url, ASKED) == '{"name": "Ann"}'
    sent = server.requests[0].json
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": PERSON, "strict": True},
    }
    assert sent["messages"] == [{"role": "user", "content": "Who?"}]


async def test_a_request_without_a_schema_has_no_response_format() -> None:
    with serving(ANSWER) as server:
        await answer_of(server.url, replace(ASKED, schema=None))
    assert "response_format" not in server.requests[0].json


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("Invalid parameter: 'response_format' of type 'json_schema' is not supported", {"param": "response_format"}),
        ("This model does not support response format `json_schema`. See supported models", {}),
        ("This response_format type is unavailable now", {}),
        ("Failed to generate JSON. Please adjust your prompt.", {"code": "json_validate_failed"}),
    ],
)
async def test_a_server_without_schemas_is_asked_for_any_json_with_the_schema_in_the_prompt(
    message: str, fields: dict[str, Any]
) -> None:
    with serving(refusal(400, message, **fields), ANSWER) as server:
        assert await answer_of(server.url, ASKED, ASKED) == '{"name": "Ann"}' * 2
    formats = [request.json["response_format"]["type"] for request in server.requests]
    assert formats == ["json_schema", "json_object", "json_object"]  # the refusal is remembered
    assert json.dumps(PERSON, separators=(",", ":")) in server.requests[1].json["messages"][0]["content"]
    assert server.requests[1].json["messages"][0]["role"] == "system"


async def test_a_server_that_knows_no_response_format_at_all_is_asked_without_one() -> None:
    unknown = servers.status(422, {"detail": [{"loc": ["body", "response_format"], "msg": "extra fields not permitted"}]})
    with serving(unknown, unknown, ANSWER) as server:
        assert await answer_of(server.url, ASKED) == '{"name": "Ann"}'
    assert "response_format" not in server.requests[2].json
    assert "JSON Schema" in server.requests[2].json["messages"][0]["content"]


async def test_a_server_that_goes_on_refusing_is_told_of() -> None:
    with (
        serving(refusal(400, "bad response_format", param="response_format")) as server,
        pytest.raises(UsageError, match="bad"),
    ):
        await answer_of(server.url, ASKED)
    assert len(server.requests) == 3


async def test_a_model_that_is_known_to_take_no_schema_is_asked_for_json_at_once() -> None:
    with serving(ANSWER) as server:
        await answer_of(server.url, ASKED, schema=False)
    assert server.requests[0].json["response_format"]["type"] == "json_object"


async def test_json_mode_is_not_asked_for_where_the_answer_is_no_object() -> None:
    with serving(ANSWER) as server:
        await answer_of(server.url, replace(ASKED, schema={"type": "array"}), schema=False)
    assert "response_format" not in server.requests[0].json


async def test_ollama_is_sent_the_schema_as_its_format() -> None:
    with serving(servers.ndjson(servers.said('{"name": "Ann"}'), servers.done())) as server:
        provider = OllamaProvider(endpoint("ollama", server.url), timeouts=PATIENT)
        assert "".join([chunk.text async for chunk in provider.stream(ASKED)]) == '{"name": "Ann"}'
        assert [chunk async for chunk in provider.stream(replace(ASKED, schema=None))]
        await provider.close()
    assert server.requests[0].json["format"] == PERSON
    assert "format" not in server.requests[1].json


CLOSED = PERSON
NESTED = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": PERSON}, "kind": {"type": ["string", "null"], "enum": ["a", None]}},
    "required": ["items", "kind"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (CLOSED, True),
        (NESTED, True),
        ({**CLOSED, "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A person"}, True),
        ({**CLOSED, "$defs": {"n": CLOSED}, "properties": {"name": {"$ref": "#/$defs/n"}}}, True),
        ({key: value for key, value in CLOSED.items() if key != "additionalProperties"}, True),  # closed for the wire
        ({**CLOSED, "additionalProperties": True}, False),
        ({**CLOSED, "required": []}, False),
        ({**CLOSED, "properties": {"name": {"type": "string", "maxLength": 3}}}, False),
        ({**CLOSED, "properties": {"name": {"type": "string", "format": "uri"}}}, False),
        ({**CLOSED, "properties": {"name": {}}}, False),
        ({**CLOSED, "properties": {"name": {"$ref": "#", "description": "beside a reference"}}}, False),
        ({**CLOSED, "allOf": [{}]}, False),
        ({"type": "array", "items": CLOSED}, False),
        ({"anyOf": [CLOSED]}, False),
        ({**CLOSED, "$defs": {"n": {"type": "object"}}}, False),
    ],
)
def test_strict_is_asked_for_where_openai_can_be_strict(schema: dict[str, Any], strict: bool) -> None:
    assert json_schema(schema)["json_schema"]["strict"] is strict


def test_a_schema_that_cannot_be_strict_is_sent_as_it_is() -> None:
    open_ended = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}
    assert json_schema(open_ended)["json_schema"]["schema"] == open_ended


def test_a_property_may_have_the_name_of_a_keyword() -> None:
    schema = {"type": "object", "properties": {"properties": {"type": "string"}}, "required": ["properties"]}
    sent = json_schema(schema)["json_schema"]
    assert sent["strict"] and sent["schema"]["properties"] == {"properties": {"type": "string"}}


def test_the_title_names_the_format() -> None:
    assert json_schema({**PERSON, "title": "A person: who?"})["json_schema"]["name"] == "A_person_who"


def test_the_schema_joins_the_system_message_and_is_not_said_twice() -> None:
    asked = replace(ASKED, messages=(Message("system", "Be brief."), *ASKED.messages))
    once = instructed(asked)
    assert once.messages[0].content.startswith("Be brief.\n\n") and '"properties":{"name"' in once.messages[0].content
    assert instructed(once) == once
    assert instructed(replace(asked, schema=None)).messages == asked.messages


@pytest.mark.parametrize(
    ("asked", "in_words"),
    [
        (endpoint("openai", "https://api.openai.com/v1"), False),
        (endpoint("openai", "https://api.openai.com/v1", schema=False), True),
        (endpoint("anthropic", "https://api.anthropic.com"), False),
        (endpoint("openai", "http://localhost:8080/v1"), True),
        (endpoint("ollama", "http://localhost:11434"), True),
        (endpoint("local"), True),
        (endpoint("fake", schema=False), True),
    ],
)
def test_the_schema_is_in_the_prompt_where_the_provider_does_not_show_it_to_the_model(asked: Endpoint, in_words: bool) -> None:
    assert ("JSON Schema" in worded(ASKED, asked).messages[0].content) is in_words
