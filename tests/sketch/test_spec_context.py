"""As much of what is known of the specification as there is room for."""

from __future__ import annotations

import pytest

from photon.chat import Parameters
from photon.providers.token_estimate import about_prompt_tokens
from photon.sketch.prompt import sketch_request
from photon.sketch.spec_context import NO_CONTEXT, SpecContext

MANY = SpecContext(
    types=tuple(f"Thing{n}" for n in range(8)),
    paths=tuple(f"GET /things/{{thingId}}/parts-of-it/{n}" for n in range(8)),
    schemas=tuple(f"Thing{n} = {{ id: int, name: string, colour: string, weight: number }}" for n in range(8)),
    conventions=("properties are in snake_case", "ids are uuid", "errors: 401, 404", "success: 200"),
)


def prompt(context: SpecContext) -> int:
    return about_prompt_tokens(sketch_request("list things", parameters=Parameters(), context=context).messages)


@pytest.mark.parametrize("tokens", [0, 1, 10, 25, 50, 100, 200, 300, 400, 1_000])
def test_the_prompt_is_longer_by_no_more_tokens(tokens: int) -> None:
    assert prompt(MANY.within(tokens)) - prompt(NO_CONTEXT) <= tokens


def test_with_enough_room_everything_stays_and_with_none_nothing() -> None:
    assert MANY.within(1_000) == MANY
    assert MANY.within(0) == MANY.within(-5) == NO_CONTEXT


@pytest.mark.parametrize("tokens", [70, 100, 200, 300])
def test_each_list_is_a_beginning_of_what_it_was(tokens: int) -> None:
    cut = MANY.within(tokens)
    for kept, whole in zip((cut.types, cut.paths, cut.schemas), (MANY.types, MANY.paths, MANY.schemas), strict=True):
        assert kept == whole[: len(kept)]
    assert cut.types and cut.paths and cut.conventions


def test_fields_are_told_only_of_types_that_are_named() -> None:
    cut = SpecContext(types=("A" * 600, "Pet"), schemas=("A" * 600 + " = { id: int }", "Pet = { id: int }")).within(60)
    assert (cut.types, cut.schemas) == (("Pet",), ("Pet = { id: int }",))


def test_one_endless_text_takes_no_room_from_the_others() -> None:
    cut = SpecContext(paths=("GET /" + "a" * 100_000, "GET /b"), conventions=("x" * 100_000, "ids are uuid")).within(200)
    assert (cut.paths, cut.conventions) == (("GET /b",), ("ids are uuid",))


def test_a_request_can_be_narrowed_in_both_its_wordings_and_keeps_everything_else() -> None:
    whole = sketch_request("GET /things list things", parameters=Parameters(seed=3), context=MANY)
    bare = sketch_request("GET /things list things", parameters=Parameters(seed=3))
    assert whole.narrowed(10_000) == whole
    assert (whole.narrowed(0).messages, whole.narrowed(0).tuned) == (bare.messages, bare.tuned)
    assert whole.narrowed(0).narrowed(10_000) == whole
    assert whole.addressed_to("m").narrowed(0).parameters.seed == 3
    assert (bare.within, bare.narrowed(0)) == (None, bare)
