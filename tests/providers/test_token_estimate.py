"""How many tokens there are, about: held against the real tokenizer of the local model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import photon.routing.failover
from photon.chat import Message, Parameters
from photon.providers.token_estimate import TURN, about_prompt_tokens, about_tokens
from photon.providers.weights import local_is_installed, own_models
from photon.sketch.prompt import sketch_request

SPEC = {"paths": {"/pets/{id}": {"get": {"summary": "List", "responses": {"200": {"description": "OK", "content": {}}}}}}}
TEXTS = {
    "prose": "Failover may go from cloud to local; never from local to cloud unless the user listed it. Answers are honest: "
    "which model answered, whether from the cache, after which failover, and with how many repairs.",
    "code": Path(photon.routing.failover.__file__).read_text(encoding="utf-8"),
    "json": json.dumps(SPEC, indent=2),
    "notation": "\n".join(message.content for message in sketch_request("POST /login", parameters=Parameters()).messages),
    "a request": "list the invoices of a customer, filter by status, paged",
}


@pytest.fixture(scope="module")
def counted() -> Iterator[Callable[[str], int]]:
    if not local_is_installed():
        pytest.skip("the local model is not installed")
    from photon.providers.llama.library import library
    from photon.providers.llama.loading import free, read_vocabulary
    from photon.providers.llama.tokenizer import Tokenizer

    llama, weights = library(), own_models()[0]
    model = read_vocabulary(llama, weights)
    tokenizer = Tokenizer(llama, model, weights)
    frame = len(tokenizer.prompt([Message("user", "")]))
    yield lambda text: len(tokenizer.prompt([Message("user", text)])) - frame
    free(llama, model, None)


@pytest.mark.parametrize("kind", TEXTS)
def test_it_is_off_by_less_than_a_seventh(kind: str, counted: Callable[[str], int]) -> None:
    assert about_tokens(TEXTS[kind]) == pytest.approx(counted(TEXTS[kind]), rel=1 / 7)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), (" ", 0), ("word", 1), ("列出客户", 4), ("🎉", 1), ("1234567890", 4)])
def test_short_texts(text: str, tokens: int) -> None:
    assert about_tokens(text) == tokens


def test_each_message_has_a_frame() -> None:
    assert about_prompt_tokens([Message("system", ""), Message("user", "word")]) == 2 * TURN + 1


def test_a_long_text_is_counted_in_no_time() -> None:
    assert about_tokens("a" * 1_000_000 + " " * 1_000_000 + os.linesep * 1000) > 100_000
