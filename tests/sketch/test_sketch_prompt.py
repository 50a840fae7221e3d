"""A line of English becomes a question: in the exact words of our own model's training, and taught to all others."""

from __future__ import annotations

import pytest
from sketches import parsed

from photon.chat import Message, Parameters
from photon.errors import UsageError
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.sketch.lines import Route
from photon.sketch.prompt import SpecContext, find_route, is_tuned, sketch_request
from photon.sketch.write import write_sketch

PARAMETERS = Parameters(temperature=0, max_tokens=99)


def own(text: str, context: SpecContext | None = None) -> tuple[Message, ...]:
    """What our own model is told."""
    request = sketch_request(text, parameters=PARAMETERS, context=context or SpecContext())
    return request.addressed_to("photon-openapi", prompt_format=PHOTON_SKETCH_FORMAT).messages


def taught(text: str, context: SpecContext | None = None) -> tuple[Message, ...]:
    """What any other model is told."""
    return sketch_request(text, parameters=PARAMETERS, context=context or SpecContext()).addressed_to("gpt").messages


@pytest.mark.parametrize(
    ("text", "method", "path"),
    [
        ("POST /login with JWT response", "POST", "/login"),
        ("post /login", "POST", "/login"),
        ("a public Get /users/{id} please", "GET", "/users/{id}"),
        ("Add DELETE: /users/:id.", "DELETE", "/users/{id}"),
        ("I need `GET /a?page=1`, paged", "GET", "/a"),
        ('PUT "/a/b" replaces it', "PUT", "/a/b"),
        ("a webhook (POST /hooks)", "POST", "/hooks"),
        ("GET /entities(id)", "GET", "/entities(id)"),
        ("GET https://api.example.com/v1/users", "GET", "/v1/users"),
        ("PATCH /a/, with an ETag", "PATCH", "/a"),
        ("POST /jobs, 202 with the Location of GET /jobs/{id}", "POST", "/jobs"),
        ("GET /a and also GET /a", "GET", "/a"),
        ("HEAD /", "HEAD", "/"),
        ("options  /x!", "OPTIONS", "/x"),
    ],
)
def test_a_method_and_path_in_the_request_are_found(text: str, method: str, path: str) -> None:
    assert find_route(text) == Route(method, path)


@pytest.mark.parametrize(
    "text", ["list all users", "get the users", "a /login path", "widget /x", "", "POST login", "budget /year and so on"]
)
def test_where_there_is_none_nothing_is_pinned(text: str) -> None:
    assert find_route(text) is None
    assert own(text)[-1].role == "user"


@pytest.mark.parametrize(
    "text",
    [
        "GET /a and POST /b",
        "GET /a, DELETE /a/{id}",
        "POST /a; then a GET /b",
        "GET and POST /a",
        "get/post /users",
        "PUT or PATCH /x",
    ],
)
def test_several_operations_at_once_are_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        sketch_request(text, parameters=PARAMETERS)
    assert "names several" in caught.value.message
    assert "one command each" in caught.value.hint


def test_our_own_model_hears_exactly_what_it_was_trained_on() -> None:
    assert own("POST /login  with\n JWT") == (
        Message("system", "You write OpenAPI operation sketches."),
        Message("user", "POST /login with JWT"),
        Message("assistant", "POST /login\n"),
    )


def test_what_the_spec_has_already_is_two_lines_of_the_question() -> None:
    context = SpecContext(types=("Pet", "Order"), paths=("GET /pets",))
    assert own("list pets", context)[-1] == Message("user", "list pets\ntypes: Pet, Order\npaths: GET /pets")
    assert taught("list pets", context)[-1].content.endswith("types: Pet, Order\npaths: GET /pets")


def test_other_models_are_told_the_first_line_and_not_made_to_say_it() -> None:
    messages = taught("POST /login with JWT")
    assert messages[-1] == Message("user", "POST /login with JWT\n(the first line is: POST /login)")
    assert "first line" not in taught("log users in")[-1].content


def test_the_worked_examples_are_canonical_sketches() -> None:
    answers = [message.content for message in taught("x") if message.role == "assistant"]
    assert len(answers) == 3
    for answer in answers:
        sketch, repairs = parsed(answer)
        assert repairs == []
        assert write_sketch(sketch) == answer + "\n"


def test_the_lesson_names_every_built_in_type_and_each_kind_of_line() -> None:
    from photon.sketch.model import SCALARS
    from photon.sketch.parse import RANKS

    lesson = taught("x")[0].content
    words = set(lesson.replace(",", " ").split())
    assert words >= SCALARS
    taught_lines = {"summary", "auth", "path", "query", "header", "cookie", "body"}
    assert all(f"{rank}: " in lesson for rank in taught_lines & set(RANKS))


def test_the_parameters_are_passed_on_and_the_question_says_whose_words_it_is_in() -> None:
    request = sketch_request("POST /login", parameters=PARAMETERS)
    assert (request.parameters, request.grammar) == (PARAMETERS, None)
    assert not is_tuned(request.addressed_to("gpt"))
    assert is_tuned(request.addressed_to("photon-openapi", prompt_format=PHOTON_SKETCH_FORMAT))


def test_a_path_of_a_thousand_letters_is_an_error_of_the_request() -> None:
    assert find_route("GET /" + "x" * 990)
    for request in (f"GET /{'x' * 1000}", f"please add GET /{'{id}/' * 400} for us"):
        with pytest.raises(UsageError, match="too long"):
            find_route(request)
