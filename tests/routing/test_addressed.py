"""A request as a target is asked it: no longer than its context has room for."""

from dataclasses import replace

import pytest
from shop_spec import WANTED, shop_text, spec_of_json

from photon.chat import Capabilities, Message, Parameters, Request
from photon.openapi.context.request import MOST_TOKENS, context_for
from photon.openapi.style.learn import learn
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.token_estimate import about_prompt_tokens
from photon.routing import addressed as module
from photon.routing.addressed import addressed
from photon.sketch.prompt import sketch_request

SHOP = spec_of_json(shop_text())
CONTEXT = context_for(SHOP, WANTED, style=learn(SHOP))


def asked(longest: int | None = 1024) -> Request:
    return sketch_request(WANTED, parameters=Parameters(max_tokens=longest), context=CONTEXT)


def target(length: int | None = None, *, kind: str = "openai", own: bool = False) -> Endpoint:
    can = Capabilities(context_length=length, prompt_format=PHOTON_SKETCH_FORMAT if own else None)
    return Endpoint(provider="lan", kind=kind, model="m", url="http://127.0.0.1:1", capabilities=can)


def said(request: Request) -> str:
    return next(each.content for each in reversed(request.messages) if each.role == "user")


def schemas(request: Request) -> int:
    return sum(" = {" in line for line in said(request).splitlines())


WITHOUT = about_prompt_tokens(sketch_request(WANTED, parameters=Parameters()).messages)


def test_the_shop_says_enough_to_be_cut() -> None:
    assert about_prompt_tokens(asked().messages) - WITHOUT > 1_000
    assert len(CONTEXT.schemas) >= 6


@pytest.mark.parametrize("length", [32_768, 200_000, 1_050_000, None])
def test_a_large_context_is_told_everything_and_no_more_than_is_worth_it(length: int | None) -> None:
    assert addressed(asked(), target(length)).messages == asked().messages
    assert about_prompt_tokens(asked().messages) - WITHOUT <= MOST_TOKENS + 20


@pytest.mark.parametrize("length", [256, 512, 1_024, 1_536, 2_048, 2_560, 3_072, 4_096, 8_192])
@pytest.mark.parametrize("longest", [None, 100, 1_024, 4_096])
def test_prompt_and_answer_have_room_together_in_a_small_one(length: int, longest: int | None) -> None:
    sent = addressed(asked(longest), target(length))
    prompt = about_prompt_tokens(sent.messages)
    if length < 1.15 * WITHOUT + 256:  # not even without the specification
        assert prompt == WITHOUT
    else:
        assert prompt + min(longest or 256, 256) <= length
        assert prompt + (sent.parameters.max_tokens or 0) <= length


def test_the_smaller_the_context_the_less_is_told_of_the_best_first() -> None:
    told = [addressed(asked(), target(length)) for length in (1_024, 2_048, 3_072, 4_096)]
    counts = [schemas(each) for each in told]
    assert counts[0] == 0 < counts[1] < counts[2] <= counts[3]
    assert all("Return = {" in said(each) for each in told[1:])
    assert all("types: Return, Order" in said(each) and "\npaths: GET /orders/" in said(each) for each in told[1:])


def test_what_the_user_asks_and_the_lesson_are_never_cut() -> None:
    sent = addressed(asked(), target(64))
    assert sent.messages[:-1] == asked().messages[:-1]
    assert said(sent) == f"{WANTED}\n(the first line is: GET /orders/{{orderId}}/returns)"


def test_a_long_request_takes_its_room_from_the_specification() -> None:
    long = sketch_request(f"{WANTED} {'with one more word ' * 60}", parameters=Parameters(max_tokens=1024), context=CONTEXT)
    assert schemas(addressed(long, target(2_560))) < schemas(addressed(asked(), target(2_560)))


def test_an_answer_is_limited_only_where_it_has_no_room() -> None:
    assert addressed(asked(), target(8_192)).parameters.max_tokens == 1_024
    assert addressed(asked(), target(None)).parameters.max_tokens == 1_024
    assert 256 <= (addressed(asked(), target(2_048)).parameters.max_tokens or 0) < 1_024
    assert addressed(asked(100), target(1_024)).parameters.max_tokens == 100


def test_an_ollama_of_which_nothing_is_known_is_not_made_to_load_its_model_again() -> None:
    from photon.providers.ollama import DEFAULT_CONTEXT, context_wanted

    assert module._UNKNOWN_CONTEXT == DEFAULT_CONTEXT
    sent = addressed(asked(), target(kind="ollama"))
    assert schemas(sent) >= 4
    assert context_wanted(sent) is None


def test_our_own_model_is_told_the_same_as_in_its_training_and_less_where_there_is_no_room() -> None:
    usual = addressed(asked(), target(2_048, own=True))
    assert usual.messages == asked().tuned[PHOTON_SKETCH_FORMAT]
    assert usual.parameters == asked().parameters
    small = addressed(asked(), target(256, own=True))
    assert 0 < len(said(small).splitlines()) <= 3
    assert about_prompt_tokens(small.messages) < about_prompt_tokens(usual.messages)
    assert about_prompt_tokens(small.messages) + (small.parameters.max_tokens or 0) <= 256


def test_a_context_that_the_target_told_itself_counts_more_than_what_was_known() -> None:
    assert addressed(asked(), target(32_768), length=2_048) == addressed(asked(), target(2_048))


def test_any_other_request_stays_as_it_is() -> None:
    plain = Request(model="", messages=(Message("user", "word " * 5_000),), parameters=Parameters(max_tokens=1024))
    assert addressed(plain, target(256)) == replace(plain, model="m")
