"""What a suggestion brought along is taken out of the document again, and what others need stays."""

from __future__ import annotations

import pytest

from photon.openapi.source.source import source_of
from photon.tasks.unwritten import unwritten

SPEC = """\
openapi: 3.1.0
tags:
  - name: books
  - name: loans
  - name: unused
paths:
  /books/{id}:
    get:
      tags: [books]
      security: [{key: []}]
      responses: {'200': {$ref: '#/components/responses/Book'}}
  /books/{id}/loans:
    post:
      tags: [loans, books]
      security: [{key: []}, {token: []}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Loan'}}}}
      responses: {'404': {$ref: '#/components/responses/Gone'}}
components:
  responses:
    Book: {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}}
    Gone: {description: Gone}
  schemas:
    Book: {properties: {next: {$ref: '#/components/schemas/Book'}}}
    Loan: {properties: {book: {$ref: '#/components/schemas/Book'}, by: {$ref: '#/components/schemas/Reader'}}}
    Reader: {properties: {loans: {$ref: '#/components/schemas/Loan'}, at: {$ref: '#/components/schemas/Place'}}}
    Place: {type: string}
    Shelf: {properties: {at: {$ref: '#/components/schemas/Place'}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: bearer}
"""


def less(text: str = SPEC, path: str = "/books/{id}/loans", method: str = "POST") -> dict:
    return unwritten(source_of(text.encode(), None), path, method).mapping


def test_the_operation_goes_with_what_only_it_needs_directly_or_over_others() -> None:
    left = less()
    assert "post" not in left["paths"]["/books/{id}/loans"]
    assert list(left["components"]["schemas"]) == ["Book", "Place", "Shelf"]
    assert list(left["components"]["responses"]) == ["Book"]
    assert list(left["components"]["securitySchemes"]) == ["key"]
    assert [tag["name"] for tag in left["tags"]] == ["books", "unused"]


def test_the_path_may_have_other_names_of_its_parameters() -> None:
    assert less(path="/books/{book_id}/loans") == less()


def test_what_the_suggestion_only_uses_was_there_before() -> None:
    new = {"schemas": {"Loan": {"type": "object", "properties": {"by": {}}}, "Reader": {"type": "object", "description": "-"}}}
    left = unwritten(source_of(SPEC.encode(), None), "/books/{id}/loans", "POST", new).mapping
    assert list(left["components"]["schemas"]) == ["Book", "Reader", "Place", "Shelf"]
    assert list(left["components"]["securitySchemes"]) == ["key", "token"]


@pytest.mark.parametrize(("path", "method"), [("/shelves", "GET"), ("/books/{id}", "PUT")], ids=str)
def test_a_document_without_the_operation_stays_as_it_is(path: str, method: str) -> None:
    source = source_of(SPEC.encode(), None)
    assert unwritten(source, path, method) is source


def test_a_section_that_would_be_empty_goes_too() -> None:
    text = SPEC.replace("    Book: {description", "    Gone2: {description").replace("responses/Book'", "responses/Gone2'")
    left = unwritten(source_of(text.encode(), None), "/books/{id}", "GET")
    left = unwritten(left, "/books/{id}/loans", "POST").mapping
    assert list(left["components"]) == ["schemas"] and list(left["components"]["schemas"]) == ["Place", "Shelf"]


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.1.0\ntags: 5\ncomponents: []\npaths: {/books/{id}/loans: {post: {tags: x, security: [3], a: [{$ref: 4}]}}}",
        "openapi: 3.1.0\npaths: {/books/{id}/loans: {post: []}}",
        "openapi: 3.1.0\npaths: [1]",
        "openapi: 3.1.0\ncomponents: {schemas: [], responses: {A: 4}}\n"
        "paths: {'/books/{id}/loans': {post: {tags: [t], x: {$ref: '#/components/responses/A'}}}}\ntags: [t, 4, {name: t}]",
    ],
    ids=str,
)
def test_a_document_that_is_wrong_everywhere_is_no_trouble(text: str) -> None:
    less(text.replace("/books/{id}/loans: {", "'/books/{id}/loans': {"))


def test_aliases_within_aliases_are_looked_at_once() -> None:
    lines = ["openapi: 3.1.0", "x0: &x0 {a: 1}"]
    lines += [f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]" for n in range(1, 16)]
    operation = "{'/books/{id}/loans': {post: {x: {$ref: '#/components/schemas/A'}}}}"
    less("\n".join([*lines, f"paths: {operation}", "components: {schemas: {A: {}}}"]))
