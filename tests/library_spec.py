"""A specification of a lending library: versions in its paths, components in several spellings, pages, errors and scopes."""

from __future__ import annotations

from pathlib import Path

from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec

LIBRARY = """\
openapi: 3.1.0
info: { title: Lending library, version: 2.4.0 }
servers:
  - url: https://{region}.library.example/api/v2
    variables: { region: { default: eu } }
security:
  - login: [books.read]
paths:
  /books:
    parameters:
      - { name: page_token, in: query, schema: { type: string } }
    get:
      summary: List books
      operationId: listBooks
      tags: [catalogue]
      responses:
        '200': { description: A page, content: { application/json: { schema: { $ref: '#/components/schemas/book-page' } } } }
        '401': { $ref: '#/components/responses/Failed' }
    post:
      summary: Add a book
      operationId: addBook
      tags: [catalogue]
      security: [{ login: [books.admin] }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/new-book' } } } }
      responses:
        '201': { description: Added, content: { application/json: { schema: { $ref: '#/components/schemas/book' } } } }
        '422': { $ref: '#/components/responses/Failed' }
  /books/{book_id}:
    parameters:
      - { name: book_id, in: path, required: true, schema: { type: string, format: uuid } }
    get:
      summary: Get a book
      security: []
      responses:
        '200': { description: It, content: { application/json: { schema: { $ref: '#/components/schemas/book' } } } }
        '404': { $ref: '#/components/responses/Failed' }
    delete:
      summary: Withdraw a book
      deprecated: true
      security: [{ login: [books.admin] }]
      responses: { '204': { description: Gone } }
  /books/{book_id}/loans:
    parameters:
      - { name: book_id, in: path, required: true, schema: { type: string, format: uuid } }
    get:
      summary: List the loans of a book
      responses:
        '200':
          description: Them
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Loan' } } } }
  /members/{member_id}:
    get:
      summary: Get a member
      parameters:
        - { name: member_id, in: path, required: true, schema: { type: integer } }
      responses:
        '200': { description: Them, content: { application/json: { schema: { $ref: '#/components/schemas/library.Patron' } } } }
  /opening-hours:
    get:
      summary: Get the opening hours
      responses: { '200': { description: Them, content: { application/json: { schema: { type: object } } } } }
components:
  securitySchemes:
    login: { type: oauth2, flows: {} }
  responses:
    Failed:
      description: It failed
      content: { application/problem+json: { schema: { $ref: '#/components/schemas/book-error' } } }
  schemas:
    book-error: { type: object, properties: { title: { type: string } } }
    book-page:
      type: object
      properties:
        items: { type: array, items: { $ref: '#/components/schemas/book' } }
        next_page_token: { type: string }
    new-book: { type: object, required: [title], properties: { title: { type: string }, isbn: { type: string } } }
    book:
      type: object
      required: [id, title]
      properties:
        id: { type: string, format: uuid, description: What it is found by. }
        title: { type: string, maxLength: 200 }
        state: { type: string, enum: [shelved, lent, lost], default: shelved }
        shelf:
          type: object
          properties: { room: { type: string }, place: { type: object, properties: { x: { type: integer } } } }
        loans: { type: array, items: { $ref: '#/components/schemas/Loan' } }
    Loan:
      type: object
      required: [book_id, due]
      properties: { book_id: { type: string, format: uuid }, due: { type: string, format: date } }
    library.Patron: { type: object, properties: { id: { type: integer }, name: { type: string } } }
    Date: { type: object, properties: { day: { type: integer } } }
"""


def library() -> Spec:
    """The specification, read."""
    return spec_of(LIBRARY)


def spec_of(text: str) -> Spec:
    """A specification in YAML, read."""
    return Spec(source_of(text.encode(), Path("openapi.yaml")))


def spec_with(*routes: str, head: str = "") -> Spec:
    """A specification with these operations (``GET /pets``, with a summary after it if there is one) and nothing else."""
    items: dict[str, str] = {}
    for route in routes:
        method, path, *summary = route.split(" ", 2)
        node = f"{{ summary: {summary[0] if summary else '-'}, responses: {{}} }}"
        items[path] = items.get(path, "") + f"    {method.lower()}: {node}\n"
    paths = "".join(f"  {path}:\n{item}" for path, item in items.items())
    return spec_of(f"openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\n{head}paths:\n{paths}")
