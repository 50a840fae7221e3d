"""A request with a schema to a real OpenAI-compatible server that knows JSON mode only: llama-cpp-python's own."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from llama_server import SECRET, needs_llama_server, running

from photon.chat import Capabilities, Message, Parameters, Request
from photon.providers.endpoint import Endpoint
from photon.providers.openai import OpenAIProvider
from photon.settings.schema import Timeouts

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "kind": {"enum": ["guest", "host"]}},
    "required": ["name", "age", "kind"],
}


@needs_llama_server
async def test_it_refuses_the_schema_and_answers_by_json_mode(tmp_path: Path) -> None:
    with running(tmp_path / "server.log", context=512) as url:
        at = Endpoint(provider="lan", kind="openai", model="smol", url=url, capabilities=Capabilities(schema=True))
        provider = OpenAIProvider(at, key=SECRET, timeouts=Timeouts())
        asked = Request(
            model="smol",
            messages=(Message("user", "Ann is 34 and comes for dinner. Extract."),),
            parameters=Parameters(temperature=0, max_tokens=80),
            schema=PERSON,
        )
        text = "".join([chunk.text async for chunk in provider.stream(asked)])
        await provider.close()
    Draft202012Validator(PERSON).validate(json.loads(text))
    assert "json_object" in (tmp_path / "server.log").read_text(), "it has refused the other type"
