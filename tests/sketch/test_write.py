"""What is written is read back to the same value."""

from __future__ import annotations

import pytest
from hypothesis import given
from sketches import parsed, sketches, type_of, types

from photon.sketch.model import Response, Scalar, Sketch, Type
from photon.sketch.write import write_sketch, write_type

CANONICAL = """\
POST /orders/{id}/items
summary: Add an item
description: Adds one item, or more of it.
id: addItem
tags: orders, items
deprecated: true
auth: oauth2(orders.read, orders.write)
path: { id: int(1..) }
query: { dry?: bool = false, "odd name": string, sort?: "a" | "b" = "a" "How to sort" }
header: { Idempotency-Key: uuid }
cookie: { session?: string(3..64) }
body: { sku: string(/^[A-Z]{3}$/), count?: int(1..100) = 1, notes: (string | null)[](..10) }
201: Item "The new item" headers { Location: uri }
204: -
404: Order not found
default: Something else
Item = { id: uuid, meta: map<(int | bool)[]>, kind: Kind | null }
Kind = "a" | "b"
"""


def test_a_sketch_in_canonical_spelling_is_written_as_it_was_read() -> None:
    sketch, repairs = parsed(CANONICAL)
    assert write_sketch(sketch) == CANONICAL
    assert repairs == []


@given(sketches())
def test_every_sketch_is_read_back_to_the_same_value_without_a_repair(sketch: Sketch) -> None:
    again, repairs = parsed(write_sketch(sketch))
    assert again == sketch
    assert repairs == []


@pytest.mark.parametrize("text", ['"quoted"', "'quoted'", '"', "{x}", "{", "-", "- x", '"a" or "b"', "\\", '"a\\"'])
def test_words_that_look_like_something_else_stay_words(text: str) -> None:
    sketch = Sketch(method="GET", path="/x", summary=text, description=text, responses=(Response("404", description=text),))
    assert parsed(write_sketch(sketch)) == (sketch, [])


@given(types)
def test_every_type_is_read_back_to_the_same_type(kind: Type) -> None:
    written = f"x {write_type(kind)}".removeprefix("x ")
    sketch, repairs = parsed(f"GET /x\nquery: {{ a: {written} }}\n")
    assert sketch.query[0].type == kind
    assert repairs == []


@given(sketches())
def test_a_written_sketch_is_one_statement_a_line_and_shows_nothing_invisible(sketch: Sketch) -> None:
    text = write_sketch(sketch)
    assert not set(text) & {"\x1b", "\x85", "\x9b", "\r", "\t", "\u202e"}
    assert text.endswith("\n") and "\n\n" not in text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Scalar("string", 3, 64, "^a$"), "string(3..64)(/^a$/)"),
        (Scalar("number", None, 1.5), "number(..1.5)"),
        (type_of("(int | null)[]"), "(int | null)[]"),
        (type_of('("a" | "b")[]'), '("a" | "b")[]'),
        (type_of("{}[]"), "object[]"),
    ],
)
def test_a_type_has_one_canonical_spelling(kind: Type, text: str) -> None:
    assert write_type(kind) == text
    assert type_of(text) == kind
