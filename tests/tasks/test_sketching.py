"""The reader of an answer, and the judge that tells the routing whether it was one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sketches import parsed

from photon.chat import Message, Parameters, Request
from photon.errors import UnreadableAnswer
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.sketch.grammar import sketch_grammar
from photon.sketch.lines import Route
from photon.sketch.prompt import sketch_request
from photon.tasks.sketching import AnswerReader, SketchCheck

REQUEST = sketch_request("GET /x", parameters=Parameters())
GENERAL = REQUEST.addressed_to("gpt")
OWN = REQUEST.addressed_to("photon-openapi", prompt_format=PHOTON_SKETCH_FORMAT)
LOOP = "200: { a: int, b: int, a: int, b: int, a: int"


def judged(request: Request, text: str) -> SketchCheck:
    check = SketchCheck(request)
    check.feed(text)
    return check


def test_progress_is_made_only_when_a_line_is_finished() -> None:
    reader = AnswerReader()
    seen = []
    for piece in ("GE", "T /x", "\nsum", "mary: A\n", "\n", "200: {\n", "a: int }", "\n"):
        reader.feed(piece)
        seen.append(reader.progress)
    assert seen == [0, 0, 1, 2, 2, 2, 2, 3]


def test_the_operation_stands_at_the_route_that_was_asked_for_from_its_first_line_on() -> None:
    reader = AnswerReader(route=Route("PUT", "/a/{id}"))
    assert reader.sketch is None
    reader.feed("GET /b/{x}\npath: { x: int }\n")
    assert reader.sketch and (reader.sketch.method, reader.sketch.path, reader.sketch.path_fields) == ("PUT", "/a/{id}", ())
    reading = reader.finish()
    assert reading.sketch.path == "/a/{id}"
    assert reading.repairs == ("wrote PUT /a/{id} as asked, not GET /b/{x}",)


def test_parameters_that_both_paths_have_keep_their_types() -> None:
    reader = AnswerReader(route=Route("GET", "/a/{id}"))
    reader.feed("GET /b/{id}\npath: { id: int }\n")
    assert reader.finish().sketch.path_fields == parsed("GET /a/{id}\npath: { id: int }")[0].path_fields


def test_repairs_name_their_lines() -> None:
    reader = AnswerReader()
    reader.feed("GET /x\n200: integer\n404: gone (")
    assert reader.finish().repairs == ("line 2: read 'integer' as int",)


def test_a_loop_is_closed_where_the_answer_is_read() -> None:
    reader = AnswerReader()
    reader.feed("GET /x\n" + LOOP)
    assert reader.runaway
    assert reader.finish().sketch == parsed("GET /x\n200: { a: int, b: int }")[0]


def test_a_sketch_is_accepted() -> None:
    check = judged(GENERAL, "GET /x\n200: int")
    check.finish("stop")
    assert not check.enough


def test_the_words_put_into_the_models_mouth_belong_to_its_answer() -> None:
    check = judged(OWN, "200: int")
    check.finish("stop")


@pytest.mark.parametrize("text", ["", "Sorry.", "GET /x\n200: ??"])
def test_anything_else_is_unreadable(text: str) -> None:
    check = judged(GENERAL, text)
    with pytest.raises(UnreadableAnswer):
        check.finish("stop")


def test_an_unreadable_line_is_noticed_as_soon_as_it_is_finished() -> None:
    check = SketchCheck(GENERAL)
    check.feed("GET /x\n200: ??")
    with pytest.raises(UnreadableAnswer, match="line 2"):
        check.feed("\n404")


def test_a_loop_is_enough_and_unreadable_the_first_time_only() -> None:
    check = judged(OWN, LOOP)
    assert check.enough
    with pytest.raises(UnreadableAnswer, match="repeats itself"):
        check.finish("stop")
    again = judged(replace(OWN, grammar=sketch_grammar(begun=True)), LOOP)
    assert again.enough
    again.finish("stop")


def test_an_answer_that_was_cut_may_end_in_half_a_line() -> None:
    judged(GENERAL, 'GET /x\n200: { a: "b').finish("length")
    with pytest.raises(UnreadableAnswer):
        judged(GENERAL, 'GET /x\n200: { a: "b').finish("stop")


def test_any_other_model_is_told_what_was_wrong_with_its_own_words() -> None:
    check = judged(GENERAL, "Sorry.")
    again = check.ask_again(GENERAL, UnreadableAnswer("line 1 of the sketch: expected so and so"))
    assert again.messages[:-2] == GENERAL.messages
    assert again.messages[-2] == Message("assistant", "Sorry.")
    assert again.messages[-1].content.startswith("line 1 of the sketch: expected so and so. Write the whole sketch again")


def test_our_own_model_goes_on_after_the_loop_which_is_closed() -> None:
    again = judged(OWN, "summary: A\n" + LOOP).ask_again(OWN, UnreadableAnswer("x"))
    assert again.prefill == "GET /x\nsummary: A\n200: { a: int, b: int }\n"
    assert again.messages[:-1] == OWN.messages[:-1]


def test_components_that_exist_elsewhere_may_be_used() -> None:
    check = SketchCheck(GENERAL, known=("pet",))
    check.feed("GET /x\n200: pet\n")
    check.finish("stop")
    reader = AnswerReader(known=("pet",))
    reader.feed("GET /x\n200: pet\n")
    assert reader.finish().repairs == ()


def test_openapi_may_use_them_too() -> None:
    reader = AnswerReader(known=("pet",))
    reader.feed(
        "/x:\n  get:\n    responses:\n      200:\n        content: {a/json: {schema: {$ref: '#/components/schemas/pet'}}}\n"
    )
    assert reader.finish().sketch == parsed("GET /x\n200: pet", known=("pet",))[0]


def test_json_without_a_line_break_is_read_as_openapi() -> None:
    reader = AnswerReader()
    for char in '{"paths":{"/login":{"post":{"summary":"Log in","responses":{"200":{"description":"OK"}}}}}}':
        reader.feed(char)
    reading = reader.finish()
    assert (reading.sketch.method, reading.sketch.path, reading.sketch.summary) == ("POST", "/login", "Log in")
    assert reading.repairs == ("read OpenAPI instead of a sketch",)
