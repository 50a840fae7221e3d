"""A sketch that HTTP or OpenAPI cannot have is changed before it is rendered, with a note for each change."""

from __future__ import annotations

import pytest
from hypothesis import given
from sketches import parsed, sketches

from photon.openapi.sound import default_response, sound
from photon.sketch.model import Sketch


def changed(text: str) -> tuple[Sketch, tuple[str, ...]]:
    return sound(parsed(text)[0])


@given(sketches())
def test_a_sound_sketch_stays_as_it_is(sketch: Sketch) -> None:
    once, _ = sound(sketch)
    assert sound(once) == (once, ())


def test_headers_that_openapi_says_elsewhere_are_left_out() -> None:
    sketch, notes = changed("GET /x\nheader: { accept: string, Authorization: string, Content-Type: string, X-Id: uuid }\n")
    assert [field.name for field in sketch.header] == ["X-Id"]
    assert len(notes) == 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "TRACE"])
def test_a_body_where_there_can_be_none_moves_to_the_query(method: str) -> None:
    text = f'{method} /x\nquery: {{ q: int }}\nbody: {{ q: string, a?: int[], b: {{ c: int }}, d: "x" | null }}\n'
    sketch, notes = changed(text)
    assert [field.name for field in sketch.query] == ["q", "a", "d"]
    assert sketch.body is None
    assert notes == (f"a {method} request has no body: moved its fields to the query",)


def test_a_body_with_nothing_to_move_is_left_out() -> None:
    assert changed("GET /x\nbody: User\n")[1] == ("a GET request has no body: left it out",)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_keep_their_body(method: str) -> None:
    sketch, notes = changed(f"{method} /x\nbody: User\n")
    assert sketch.body and notes == ()


@pytest.mark.parametrize(
    ("line", "method"), [("204: User", "GET"), ("304: User", "GET"), ("200: User", "HEAD"), ("101: User", "GET")]
)
def test_a_response_that_never_has_content_has_none(line: str, method: str) -> None:
    sketch, _ = changed(f"{method} /x\n{line}\n")
    assert sketch.responses[0].content is None


@pytest.mark.parametrize(
    ("method", "status"), [("POST", "201"), ("DELETE", "204"), ("PUT", "204"), ("GET", "200"), ("HEAD", "200")]
)
def test_the_success_that_most_probably_was_meant(method: str, status: str) -> None:
    assert default_response(method).status == status
