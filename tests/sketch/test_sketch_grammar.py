"""The grammar admits what the parser reads, and holds the real model to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sketches import parsed

from photon.chat import Message, Parameters, Provider, Request
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.registry import connect, endpoint
from photon.providers.weights import local_is_installed
from photon.settings.schema import AI
from photon.sketch.grammar import sketch_grammar
from photon.sketch.prompt import sketch_request

needs_llama = pytest.mark.skipif(not local_is_installed(), reason="the 'local' extra is not installed")


@pytest.fixture(scope="module")
def model() -> Iterator[Provider]:
    """Our own model on this machine, loaded once."""
    ai = AI()
    provider = connect(endpoint(ai, "local"), ai)
    yield provider
    asyncio.run(provider.close())


def answer(model: Provider, request: Request) -> str:
    async def ask() -> str:
        return "".join([chunk.text async for chunk in model.stream(request)])

    return asyncio.run(ask())


@needs_llama
@pytest.mark.parametrize("begun", [False, True])
def test_llama_cpp_accepts_the_grammar(begun: bool) -> None:
    from llama_cpp import LlamaGrammar

    assert LlamaGrammar.from_string(sketch_grammar(begun=begun), verbose=False)


@needs_llama
def test_the_real_model_held_to_the_grammar_writes_a_sketch_without_a_repair(model: Provider) -> None:
    request = sketch_request(
        "GET /orders/{orderId} returns one order, 404 when there is none", parameters=Parameters(temperature=0, max_tokens=200)
    ).addressed_to("photon-openapi", prompt_format=PHOTON_SKETCH_FORMAT)
    held = Request(
        model=request.model, messages=request.messages, parameters=request.parameters, grammar=sketch_grammar(begun=True)
    )
    text = answer(model, held)
    sketch, repairs = parsed(request.prefill + text)
    assert repairs == []
    assert {response.status for response in sketch.responses} >= {"200", "404"}
    assert not text.endswith("\n"), "the last line has no line end"


@needs_llama
def test_without_a_first_line_the_grammar_makes_the_model_write_one(model: Provider) -> None:
    messages = (Message("system", "You write OpenAPI operation sketches."), Message("user", "tell me a joke"))
    parameters = Parameters(temperature=0, max_tokens=24)
    text = answer(
        model, Request(model="photon-openapi", messages=messages, parameters=parameters, grammar=sketch_grammar(begun=False))
    )
    assert re.match(r"[A-Z]+ /\S*\n", text)


def test_the_grammar_bounds_every_word() -> None:
    assert not re.search(r"\][*+]", sketch_grammar(begun=False))


def test_every_rule_is_defined_once_and_used() -> None:
    grammar = sketch_grammar(begun=False)
    defined = re.findall(r"^(\w+) ::=", grammar, re.MULTILINE)
    assert len(defined) == len(set(defined))
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{[\d,]+\}', " ", grammar)
    used = {word for line in bare.split("\n") for word in re.findall(r"[a-z]+", line.partition("::=")[2])}
    assert used | {"root"} == set(defined)


def test_the_grammar_knows_every_kind_of_line() -> None:
    grammar = sketch_grammar(begun=True)
    page = (Path(__file__).parents[2] / "docs" / "SKETCH.md").read_text(encoding="utf-8")
    for word in re.findall(r"^\| `([a-z]+:)` \|", page, re.MULTILINE):
        assert f'"{word} ' in grammar
