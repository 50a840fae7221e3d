"""What a model is told of the user's specification: our own in the words of its training, any other in more of them."""

from __future__ import annotations

from photon.chat import Message, Parameters
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.token_estimate import about_prompt_tokens
from photon.sketch.prompt import OWN_PATHS, OWN_TYPES, SpecContext, sketch_request

WHOLE = SpecContext(
    types=("Pet", "Order"),
    paths=("GET /pets", "POST /pets"),
    schemas=("Pet = { id: int, name: string }", "Order = { pet: Pet }"),
    conventions=("properties are in snake_case", "errors: 401, 404"),
)


def own(text: str, context: SpecContext) -> tuple[Message, ...]:
    request = sketch_request(text, parameters=Parameters(), context=context)
    return request.addressed_to("photon-openapi", prompt_format=PHOTON_SKETCH_FORMAT).messages


def taught(text: str, context: SpecContext) -> str:
    return sketch_request(text, parameters=Parameters(), context=context).addressed_to("gpt").messages[-1].content


def test_our_own_model_is_told_names_alone_in_the_lines_of_its_training() -> None:
    assert own("list pets", WHOLE)[1].content == "list pets\ntypes: Pet, Order\npaths: GET /pets, POST /pets"


def test_our_own_model_is_told_no_more_names_than_it_was_trained_with() -> None:
    many = SpecContext(types=tuple(f"Type{n}" for n in range(20)), paths=tuple(f"GET /path{n}" for n in range(20)))
    _, types, paths = own("list pets", many)[1].content.splitlines()
    assert types == "types: " + ", ".join(f"Type{n}" for n in range(OWN_TYPES))
    assert paths == "paths: " + ", ".join(f"GET /path{n}" for n in range(OWN_PATHS))


def test_endless_names_leave_room_for_the_answer_of_our_own_model() -> None:
    endless = SpecContext(types=tuple("T" * 64 for _ in range(9)), paths=tuple(f"GET /{'segment/' * 30}{n}" for n in range(9)))
    assert about_prompt_tokens(own("list pets", endless)) < 400


def test_another_model_is_told_the_fields_and_conventions_before_the_first_line() -> None:
    assert taught("GET /pets/{id}", WHOLE).splitlines() == [
        "GET /pets/{id}",
        "types: Pet, Order",
        "paths: GET /pets, POST /pets",
        "these types exist already, do not define them again:",
        "Pet = { id: int, name: string }",
        "Order = { pet: Pet }",
        "conventions of this API: properties are in snake_case; errors: 401, 404",
        "(the first line is: GET /pets/{id})",
    ]


def test_what_a_specification_does_not_have_is_not_mentioned() -> None:
    assert taught("list pets", SpecContext()) == "list pets"
    assert own("list pets", SpecContext())[1].content == "list pets"
