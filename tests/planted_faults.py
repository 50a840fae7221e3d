"""A clean document of our own, and every fault that OpenAPI reviewers know, each as one change of its text.

The faults are the rows of the matrix that the lint is measured by. `line` is a regular expression that finds, nearest to the
change, the beginning of the line where the finding must stand.
"""

from __future__ import annotations

import re
from typing import NamedTuple

CLEAN = """\
openapi: VERSION
info:
  title: Kennel
  summary: Dogs and their keepers
  description: Keeps track of dogs and of who looks after them.
  version: 2.3.0
  contact:
    name: The kennel
    email: office@kennel.test
  license:
    name: MIT
    url: https://kennel.test/licence
servers:
  - url: https://api.kennel.test/v2
tags:
  - name: dogs
    description: The dogs
  - name: sessions
    description: Who is logged in
security:
  - bearerAuth: []
paths:
  /dogs:
    get:
      operationId: listDogs
      summary: List dogs
      description: All dogs that are here today.
      tags: [dogs]
      parameters:
        - name: limit
          in: query
          description: How many at most
          schema:
            type: integer
            minimum: 1
            maximum: 100
            default: 20
        - name: state
          in: query
          schema:
            $ref: '#/components/schemas/State'
      responses:
        '200':
          description: The dogs
          content:
            application/json:
              schema:
                type: array
                items:
                  $ref: '#/components/schemas/Dog'
              example:
                - id: 7d4cd2f1-5e6f-4b0e-9a57-2f1a8c1f8f11
                  name: Rex
        '400':
          $ref: '#/components/responses/Problem'
    post:
      operationId: createDog
      summary: Register a dog
      description: The dog gets its kennel at once.
      tags: [dogs]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Dog'
      responses:
        '201':
          description: The dog as it was registered
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Dog'
        '422':
          $ref: '#/components/responses/Problem'
  /dogs/{dogId}:
    parameters:
      - name: dogId
        in: path
        required: true
        schema:
          type: string
          format: uuid
    get:
      operationId: getDog
      summary: Get a dog
      description: One dog with all that is known of it.
      tags: [dogs]
      responses:
        '200':
          description: The dog
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Dog'
        '404':
          $ref: '#/components/responses/Problem'
    delete:
      operationId: deleteDog
      summary: Remove a dog
      description: It found a home.
      tags: [dogs]
      responses:
        '204':
          description: Removed
        '404':
          $ref: '#/components/responses/Problem'
  /login:
    post:
      operationId: login
      summary: Log in
      description: Gives a token for an hour.
      tags: [sessions]
      security: []
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [email, password]
              properties:
                email:
                  type: string
                  format: email
                password:
                  type: string
                  format: password
                  writeOnly: true
      responses:
        '200':
          description: The token
          content:
            application/json:
              schema:
                type: object
                required: [token]
                properties:
                  token:
                    type: string
        '401':
          $ref: '#/components/responses/Problem'
components:
  securitySchemes:
    bearerAuth:
      type: http
      scheme: bearer
  responses:
    Problem:
      description: What went wrong
      content:
        application/problem+json:
          schema:
            $ref: '#/components/schemas/Problem'
  schemas:
    State:
      type: string
      enum: [here, away, adopted]
    Dog:
      type: object
      required: [name]
      properties:
        id:
          type: string
          format: uuid
          readOnly: true
        name:
          type: string
          minLength: 1
        age:
          type: integer
          minimum: 0
          example: 4
        state:
          $ref: '#/components/schemas/State'
        nicknames:
          type: array
          items:
            type: string
    Problem:
      type: object
      required: [title]
      properties:
        title:
          type: string
        status:
          type: integer
"""


class Fault(NamedTuple):
    """One change: `old`, which stands in the clean document, becomes `new`. Empty `new` and `old` would change nothing."""

    name: str
    rule: str
    old: str
    new: str
    line: str
    versions: tuple[str, ...] = ("3.0.3", "3.1.0")


FAULTS = (
    Fault(
        "undeclared path parameter",
        "path-parameters-defined",
        "  /dogs/{dogId}:\n    parameters:\n      - name: dogId\n        in: path\n        required: true\n        schema:\n"
        "          type: string\n          format: uuid\n    get:",
        "  /dogs/{dogId}:\n    get:",
        r"^    get:",
    ),
    Fault(
        "path parameter not required",
        "path-parameter-required",
        "        required: true\n        schema:",
        "        schema:",
        "- name: dogId",
    ),
    Fault("integer status keys", "status-code-quoted", "'204':", "204:", "204:"),
    Fault(
        "$ref to nothing",
        "no-unresolved-refs",
        "'#/components/schemas/State'\n      responses",
        "'#/components/schemas/Status'\n      responses",
        "schemas/Status'",
    ),
    Fault(
        "nullable in 3.1",
        "no-nullable",
        "          minLength: 1",
        "          minLength: 1\n          nullable: true",
        "nullable",
        ("3.1.0",),
    ),
    Fault(
        "response without description",
        "response-description",
        "        '204':\n          description: Removed\n",
        "        '204': {}\n",
        "'204'",
    ),
    Fault(
        "duplicate operationId",
        "operation-operationId-unique",
        "operationId: getDog",
        "operationId: listDogs",
        "operationId: listDogs",
    ),
    Fault("example of the wrong type", "no-invalid-schema-examples", "example: 4", "example: four", "example: four"),
    Fault(
        "GET with a body",
        "no-request-body-on-get",
        "      operationId: getDog\n",
        "      operationId: getDog\n      requestBody:\n        content:\n          application/json:\n"
        "            schema: {type: object}\n",
        "requestBody",
    ),
    Fault(
        "unknown type",
        "schema-type",
        "          type: integer\n          minimum: 0",
        "          type: int\n          minimum: 0",
        "type: int$",
    ),
    Fault(
        "Swagger 2 schema directly in a response",
        "response-schema",
        "          description: Removed\n",
        "          description: Removed\n          schema: {type: object}\n",
        "schema: {type: object}",
    ),
    Fault(
        "in: body parameter",
        "parameter-in",
        "        - name: state\n          in: query\n",
        "        - name: state\n          in: body\n",
        "in: body",
    ),
    Fault(
        "required: true on a property",
        "schema-required",
        "          minLength: 1",
        "          minLength: 1\n          required: true",
        "          required: true",
    ),
    Fault(
        "undefined security scheme", "security-defined", "  - bearerAuth: []", "  - bearer: []\n  - bearerAuth: []", "- bearer:"
    ),
    Fault("nobody says anything on security", "operation-security", "security:\n  - bearerAuth: []\n", "", "^    get:"),
    Fault("trailing slash", "no-path-trailing-slash", "  /login:", "  /login/:", "/login/:"),
    Fault(
        "no 4xx response",
        "operation-4xx-response",
        "        '422':\n          $ref: '#/components/responses/Problem'\n",
        "",
        "^      responses:\n        '201'",
    ),
    Fault("no operationId", "operation-operationId", "      operationId: login\n", "", "    post:\n      summary: Log in"),
    Fault(
        "no responses",
        "operation-responses",
        "      responses:\n        '204':\n          description: Removed\n        '404':\n"
        "          $ref: '#/components/responses/Problem'\n",
        "",
        "^    delete:",
    ),
    Fault(
        "duplicate YAML key",
        "no-duplicate-keys",
        "      summary: Get a dog\n",
        "      summary: Get a dog\n      summary: Get a hound\n",
        "summary: Get a hound",
    ),
    Fault("query string in the path", "path-not-include-query", "  /login:", "  /login?next=home:", "/login[?]"),
    Fault(
        "array without items",
        "array-items",
        "          type: array\n          items:\n            type: string\n",
        "          type: array\n",
        "          type: array\n    Problem",
    ),
    Fault(
        "required names an unknown property",
        "no-required-schema-properties-undefined",
        "required: [name]",
        "required: [nmae]",
        "nmae",
    ),
    Fault("verb in the path", "no-verb-in-path", "  /dogs:", "  /getDogs:", "/getDogs:"),
    Fault("enum value of the wrong type", "no-enum-type-mismatch", "[here, away, adopted]", "[here, away, 3]", "enum:"),
    Fault(
        "unknown key in an operation",
        "unknown-key",
        "      summary: Get a dog\n",
        "      summary: Get a dog\n      sumary: Get a dog\n",
        "sumary",
    ),
    Fault("no summary", "operation-summary", "      summary: Get a dog\n", "", "    get:\n      operationId: getDog"),
    Fault(
        "parameter without schema",
        "parameter-schema",
        "          schema:\n            $ref: '#/components/schemas/State'\n",
        "",
        "- name: state",
    ),
    Fault(
        "colliding /dogs/{dogId} and /dogs/{slug}",
        "no-identical-paths",
        "  /login:\n",
        "  /dogs/{slug}:\n    parameters:\n      - {name: slug, in: path, required: true, schema: {type: string}}\n  /login:\n",
        "/dogs/{slug}:",
    ),
)
"""In the order of the matrix."""


def clean(version: str) -> str:
    """The document without a fault; 3.0 has no summary of the whole."""
    text = CLEAN.replace("VERSION", version)
    return text.replace("  summary: Dogs and their keepers\n", "") if version.startswith("3.0") else text


def planted(fault: Fault, version: str) -> tuple[str, int]:
    """(the text with the fault, the line in which it must be found, from 1). Raises ValueError where it cannot be planted."""
    before = clean(version)
    if before.count(fault.old) < 1:
        raise ValueError(f"{fault.name}: there is no {fault.old!r} to change")
    text = before.replace(fault.old, fault.new, 1)
    place = before.index(fault.old)
    found = min(re.finditer(fault.line, text, re.MULTILINE), key=lambda match: abs(match.start() - place), default=None)
    if found is None:
        raise ValueError(f"{fault.name}: no line matches {fault.line!r}")
    return text, text.count("\n", 0, found.start()) + 1
