"""What the request states holds in the result, whatever the model wrote; and what merely looks like it changes nothing."""

from __future__ import annotations

import pytest

from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.stated import Stated
from photon.sketch.write import write_sketch


def sketch(text: str) -> Sketch:
    parser = SketchParser()
    parser.feed(text)
    return parser.finish()


def completed(request: str, *lines: str) -> str:
    """The canonical text of a sketch of these lines, completed by what `request` states."""
    result, _ = Stated(request).complete(sketch("\n".join(["POST /things", "summary: A thing", *lines])))
    return write_sketch(result)


@pytest.mark.parametrize(
    ("request_text", "line", "expected"),
    [
        ("a deep pan pizza, note optional", "body: { note: string }", "body: { note?: string }"),
        ("with optional note", "body: { note: string }", "body: { note?: string }"),
        ("note (text, optional), size", "body: { note: string, size: int }", "body: { note?: string, size: int }"),
        ("q required, page", "query: { q?: string, page?: int }", "query: { q: string, page?: int }"),
        ("size small/large default small", 'body: { size: "small" | "large" }', 'body: { size?: "small" | "large" = "small" }'),
        ("limit defaults to 25", "query: { limit?: int }", "query: { limit?: int = 25 }"),
        ("page_size per page", "query: { pageSize?: int }", "query: { page_size?: int }"),
        ("who made it", "body: { made_by: string }", "body: { madeBy: string }"),
        ("who made it", "query: { sort_by?: string }", "query: { sortBy?: string }"),
        ("kind (oak, elm, yew)", 'body: { kind: "oak" | "elm" | "fir" }', 'body: { kind: "oak" | "elm" | "yew" }'),
        ("kind oak, elm or yew", 'body: { kind: "oak" | "elm" }', 'body: { kind: "oak" | "elm" | "yew" }'),
        ("kind one of oak|elm", 'body: { kind: "oak" | "eml" }', 'body: { kind: "oak" | "elm" }'),
        (
            "topics array (a.made, a.sold, a.gone)",
            "body: { topics: string[] }",
            'body: { topics: ("a.made" | "a.sold" | "a.gone")[] }',
        ),
        ("body is an array of {id, qty}", "body: { are: { id: uuid, qty: int }[] }", "body: { id: uuid, qty: int }[]"),
        ("body: plain array of strings", "body: { names: string[] }", "body: string[]"),
        (
            "multipart with file and title",
            "body: { file: binary, title: string }",
            "body: multipart { file: binary, title: string }",
        ),
        ("as a form post", "body: { to: string }", "body: form { to: string }"),
        ("text/csv body", "body: { rows: string }", "body: text(text/csv)"),
        ("a pdf comes back", "200: binary", "200: binary(application/pdf)"),
        ("server sent events of prices", "200: { price: number }", "200: sse({ price: number })"),
        ("answers 202", "201: { id: uuid }", "202: { id: uuid }"),
        ("just 204", "200: { ok: bool }", "204: -"),
        ("423 if somebody else edits it", "200: -", "423:"),
        ("no auth needed", "auth: bearer", "auth: none"),
        ("sign the guest book, public", "auth: bearer", "auth: none"),
    ],
)
def test_what_is_stated_holds(request_text: str, line: str, expected: str) -> None:
    assert expected in completed(request_text, line).splitlines()


@pytest.mark.parametrize(
    ("request_text", "line"),
    [
        ("with item_id", "body: { made_by: string }"),
        ("the webhook of a bank", "body: { made_by: string }"),
        ("sign in", "200: { access_token: jwt, expires_in: int }"),
        ("max 200 per page", "201: { id: uuid }"),
        ("title up to 204 characters", "200: { id: uuid }"),
        ("returns 201 or 202", "200: { id: uuid }"),
        ("a price of 404 usd", "200: { id: uuid }"),
        ("costs 200", "200: { id: uuid }"),
        ("visibility private, public or unlisted", "auth: bearer"),
        ("add a public key", "auth: bearer"),
        ("comment required on reject", "body: { comment?: string }"),
        ("parent code optional, code", "body: { code: string }"),
        ("name and comment optional", "body: { name: string }"),
        ("start a multipart upload", "body: { key: string }"),
        ("png or jpeg", "200: binary"),
        ("status (the state, in words)", "body: { status: string[] }"),
        ("now or later", 'body: { now: "yes" | "no" }'),
        ("?order=time&cursor= order default time", "query: { cursor?: string }"),
        ("id uuid", "query: { id: uuid }"),
    ],
)
def test_what_only_looks_stated_changes_nothing(request_text: str, line: str) -> None:
    assert line in completed(request_text, line).splitlines()


def test_the_stated_type_of_a_path_parameter_holds() -> None:
    result, _ = Stated("GET /years/{year}/{month} year int, month is int").complete(sketch("GET /years/{year}/{month}\n200: -"))
    assert "path: { year: int, month: int }" in write_sketch(result)


def test_beside_a_spec_in_snake_case_names_stay_so() -> None:
    original = sketch("POST /things\nbody: { made_by: string }\n200: -")
    assert Stated("who made it", keeps_case=True).complete(original) == (original, ())


def test_each_change_is_told() -> None:
    original = sketch("POST /things\nauth: bearer\nbody: { note: string }\n200: -")
    _, changes = Stated("note optional, no auth, 409 if it exists").complete(original)
    assert changes == (
        "added 409, which the request names",
        "wrote the auth as the request states it",
        "wrote the body as the request states it",
    )


def test_a_request_that_states_nothing_leaves_the_sketch_as_it_is() -> None:
    original = sketch("GET /things\nsummary: List\nauth: bearer\nquery: { page?: int = 1 }\n200: string[]\n401: No")
    assert Stated("all the things there are").complete(original) == (original, ())


def test_two_fields_that_get_one_name_stay_one() -> None:
    text = completed("with page_size", "query: { page_size?: int, pageSize?: int }")
    assert "query: { page_size?: int }" in text
