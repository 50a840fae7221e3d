"""A sketch is written as the user's specification has it: what exists is used again, what is new looks like the rest."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from photon.openapi.context.names import names_of
from photon.openapi.document import Rendered, Rendering, render
from photon.openapi.matching import Matcher
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.profiles import PROFILES
from photon.openapi.yaml_text import yaml_lines, yaml_text
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.stated import Stated

SPEC = """
openapi: 3.0.3
info: { title: Kennel, version: '1' }
servers: [{ url: https://kennel.test/api/v2 }]
security: [{ token: [] }]
tags: [{ name: Dogs }, { name: Vet visits }, { name: Owners }]
paths:
  /dogs:
    get:
      tags: [Dogs]
      summary: List all dogs.
      operationId: dogs_list
      parameters:
        - $ref: '#/components/parameters/cursor'
        - $ref: '#/components/parameters/page_size'
        - { name: breed_name, in: query, description: Only this breed, schema: { type: string } }
      responses:
        '200':
          description: The dogs
          content:
            application/json:
              schema:
                type: object
                required: [dogs]
                properties:
                  dogs: { type: array, items: { $ref: '#/components/schemas/dog' } }
                  next_cursor: { type: string }
        '401': { $ref: '#/components/responses/unauthorized' }
    post:
      tags: [Dogs]
      summary: Add a dog.
      operationId: dogs_create
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/new_dog' } } } }
      responses:
        '200': { description: The dog, content: { application/json: { schema: { $ref: '#/components/schemas/dog' } } } }
        '401': { $ref: '#/components/responses/unauthorized' }
        '422':
          description: The dog is not valid
          content: { application/vnd.kennel.error+json: { schema: { $ref: '#/components/schemas/failure' } } }
  /dogs/{dog_id}:
    parameters: [{ $ref: '#/components/parameters/dog_id' }]
    get:
      tags: [Dogs]
      summary: Fetch a dog.
      operationId: dogs_get
      responses:
        '200': { description: The dog, content: { application/json: { schema: { $ref: '#/components/schemas/dog' } } } }
        '401': { $ref: '#/components/responses/unauthorized' }
        '404': { $ref: '#/components/responses/not_found' }
    delete:
      tags: [Dogs]
      summary: Remove a dog.
      operationId: dogs_delete
      security: [{ admin: [dogs.write] }]
      responses:
        '204': { description: Gone }
        '401': { $ref: '#/components/responses/unauthorized' }
        '404': { $ref: '#/components/responses/not_found' }
  /dogs/{dog_id}/visits:
    get:
      tags: [Vet visits]
      summary: List the visits of a dog.
      operationId: visits_list
      parameters:
        - $ref: '#/components/parameters/dog_id'
        - $ref: '#/components/parameters/cursor'
        - $ref: '#/components/parameters/page_size'
      responses:
        '200':
          description: The visits
          content:
            application/json:
              schema:
                type: object
                required: [visits]
                properties:
                  visits: { type: array, items: { $ref: '#/components/schemas/visit' } }
                  next_cursor: { type: string }
        '401': { $ref: '#/components/responses/unauthorized' }
        '404': { $ref: '#/components/responses/not_found' }
  /status:
    get:
      tags: [Owners]
      summary: Tell whether the kennel is open.
      operationId: status_get
      security: []
      responses:
        '200': { description: Open, content: { application/json: { schema: { type: object } } } }
components:
  parameters:
    cursor: { name: cursor, in: query, schema: { type: string } }
    page_size: { name: page_size, in: query, schema: { type: integer } }
    dog_id: { name: dog_id, in: path, required: true, schema: { type: integer } }
  responses:
    unauthorized:
      description: No token
      content: { application/vnd.kennel.error+json: { schema: { $ref: '#/components/schemas/failure' } } }
    not_found:
      description: Not here
      content: { application/vnd.kennel.error+json: { schema: { $ref: '#/components/schemas/failure' } } }
  schemas:
    failure: { type: object, properties: { error_code: { type: string }, error_text: { type: string } } }
    dog:
      type: object
      properties:
        dog_id: { type: integer }
        full_name: { type: string }
        breed_name: { type: string }
        born_on: { type: string, format: date }
    new_dog: { type: object, properties: { full_name: { type: string }, breed_name: { type: string } } }
    visit: { type: object, properties: { visit_id: { type: integer }, vet_name: { type: string }, held_on: { type: string } } }
  securitySchemes:
    token: { type: http, scheme: bearer }
    admin:
      type: oauth2
      flows: { clientCredentials: { tokenUrl: https://kennel.test/token, scopes: { dogs.write: Change dogs } } }
"""


def spec_of(text: str) -> Spec:
    return Spec(source_of(textwrap.dedent(text).encode(), Path("openapi.yaml")))


KENNEL = spec_of(SPEC)
STYLE = learn(KENNEL)


def sketch_of(text: str) -> Sketch:
    parser = SketchParser(known=names_of(KENNEL).known)
    parser.feed(textwrap.dedent(text).strip() + "\n")
    return parser.finish()


def matched(text: str, *, asked: str = "", spec: Spec | None = None) -> Rendered:
    chosen = spec or KENNEL
    style = STYLE if spec is None else learn(chosen)
    return Matcher(chosen, style, Rendering(), stated=Stated(asked, keeps_case=True)).matched(sketch_of(text))


def operation_of(rendered: Rendered) -> tuple[str, str, dict[str, Any]]:
    path, item = next(iter(rendered.document["paths"].items()))
    method, operation = next(iter(item.items()))
    return path, method, operation


def written(text: str, *, asked: str = "", spec: Spec | None = None) -> dict[str, Any]:
    return operation_of(matched(text, asked=asked, spec=spec))[2]


WALKS = """
    GET /dogs/{dog_id}/walks
    summary: List the walks of a dog
    auth: basic
    query: { page?: int = 1, limit?: int = 20, walkedBy?: string }
    200: { data: Walk[], page: int, limit: int, total: int }
    401: Authentication required
    404: Dog not found
    418: I am a teapot
    Walk = { walkId: int, startedAt: datetime, walkedBy: string }
"""


def test_the_operation_has_the_names_tag_and_identifier_of_its_neighbours() -> None:
    operation = written(WALKS)
    assert operation["operationId"] == "walks_list"
    assert operation["tags"] in (["Vet visits"], ["Dogs"])
    assert operation["summary"] == "List the walks of a dog."


def test_new_names_have_the_case_of_the_specification() -> None:
    rendered = matched(WALKS)
    assert rendered.document["components"] == {
        "schemas": {
            "walk": {
                "type": "object",
                "required": ["walk_id", "started_at", "walked_by"],
                "properties": {
                    "walk_id": {"type": "integer"},
                    "started_at": {"type": "string", "format": "date-time"},
                    "walked_by": {"type": "string"},
                },
            }
        }
    }
    assert "walked_by" in [each.get("name") for each in operation_of(rendered)[2]["parameters"]]


def test_a_name_that_the_user_typed_stays_as_it_is() -> None:
    operation = written(WALKS, asked="GET /dogs/{dog_id}/walks list walks, filter by walkedBy")
    assert "walkedBy" in [each.get("name") for each in operation["parameters"]]


def test_a_list_has_the_pages_and_the_envelope_of_the_other_lists() -> None:
    operation = written(WALKS)
    references = [each.get("$ref", "").rpartition("/")[2] for each in operation["parameters"]]
    assert references == ["dog_id", "", "cursor", "page_size"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {
        "type": "object",
        "required": ["walks"],
        "properties": {
            "walks": {"type": "array", "items": {"$ref": "#/components/schemas/walk"}},
            "next_cursor": {"type": "string"},
        },
    }


def test_errors_are_the_components_that_the_neighbours_refer_to_and_no_others() -> None:
    responses = written(WALKS)["responses"]
    assert list(responses) == ["200", "401", "404"]
    assert responses["404"] == {"$ref": "#/components/responses/not_found"}


def test_an_error_that_the_request_names_has_the_error_body_of_the_specification() -> None:
    responses = written(WALKS, asked="GET /dogs/{dog_id}/walks list walks, 418 for teapots")["responses"]
    assert responses["418"] == {
        "description": "I am a teapot",
        "content": {"application/vnd.kennel.error+json": {"schema": {"$ref": "#/components/schemas/failure"}}},
    }


def test_security_is_what_the_neighbours_require_and_is_not_said_again() -> None:
    assert "security" not in written(WALKS)


def test_a_writing_neighbour_counts_for_an_operation_that_writes() -> None:
    operation = written("DELETE /dogs/{dog_id}/photo\nsummary: Remove the photo of a dog\nauth: bearer\n204: -")
    assert operation["security"] == [{"admin": ["dogs.write"]}]


def test_what_is_said_to_be_public_is_public() -> None:
    assert written(WALKS, asked="GET /dogs/{dog_id}/walks list walks, no auth")["security"] == []


def test_a_scheme_that_is_named_and_missing_is_added() -> None:
    rendered = matched(WALKS, asked="GET /dogs/{dog_id}/walks with basic auth")
    assert operation_of(rendered)[2]["security"] == [{"basicAuth": []}]
    assert rendered.document["components"]["securitySchemes"] == {"basicAuth": {"type": "http", "scheme": "basic"}}
    assert "added the security scheme basicAuth" in rendered.notes


def test_a_scheme_that_is_named_has_the_name_that_it_has_there() -> None:
    assert written(WALKS, asked="GET /dogs/{dog_id}/walks with a bearer token")["security"] == [{"token": []}]


@pytest.mark.parametrize("name", ["Dog", "dog", "DogDto", "Dogs", "DogResponse"])
def test_a_component_that_exists_is_referred_to_by_any_spelling(name: str) -> None:
    rendered = matched(f"PUT /dogs/{{dog_id}}\nsummary: Replace\nbody: {name}\n200: {name}")
    operation = operation_of(rendered)[2]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/dog"}
    assert "components" not in rendered.document
    assert "#/components/schemas/dog" in rendered.reused


def test_a_component_of_the_same_shape_is_used_in_place_of_an_object() -> None:
    rendered = matched(
        "GET /puppies/{id}\nsummary: Get\n200: { dogId: int, fullName: string, breedName: string, bornOn: date }"
    )
    schema = operation_of(rendered)[2]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/dog"}


def test_another_thing_of_a_taken_name_gets_a_name_of_its_own() -> None:
    rendered = matched(
        "POST /kites\nsummary: Fly\nbody: Visit\n201: Visit\nVisit = { wind: int, height: int, kite: string }",
        asked="POST /kites with a visit of wind, height and kite",
    )
    assert list(rendered.document["components"]["schemas"]) == ["visit2"]
    assert "the specification has another visit: named the new schema visit2" in rendered.notes


def test_the_success_status_is_the_usual_one_unless_the_request_states_another() -> None:
    text = "POST /dogs/{dog_id}/walks\nsummary: Walk\nbody: { minutes: int }\n201: { minutes: int }"
    assert "200" in written(text)["responses"]
    assert "201" in written(text, asked="POST /dogs/{dog_id}/walks answers 201")["responses"]


def test_what_the_path_item_declares_is_not_declared_again() -> None:
    operation = written("PATCH /dogs/{dog_id}\nsummary: Change a dog\nbody: { fullName?: string }\n200: Dog")
    assert "parameters" not in operation


def test_an_existing_template_is_never_written_with_another_parameter() -> None:
    rendered = matched("PATCH /dogs/{id}\nsummary: Change a dog\n200: Dog", asked="PATCH /dogs/{id}")
    assert operation_of(rendered)[0] == "/dogs/{dog_id}"
    assert any("/dogs/{dog_id}" in note for note in rendered.notes)


def test_the_base_path_of_the_servers_is_no_part_of_the_path() -> None:
    rendered = matched("GET /api/v2/dogs/{dog_id}/walks\nsummary: List walks\n200: -", asked="GET /api/v2/dogs/{dog_id}/walks")
    assert operation_of(rendered)[0] == "/dogs/{dog_id}/walks"
    assert rendered.notes[0].startswith("left out /api/v2")


def test_the_keys_stand_in_the_order_of_the_specification() -> None:
    assert list(written(WALKS)) == ["tags", "summary", "operationId", "parameters", "responses"]


def test_a_specification_without_tags_and_identifiers_gets_none() -> None:
    bare = spec_of("""
        openapi: 3.1.0
        info: { title: t, version: '1' }
        paths:
          /a: { get: { summary: Get a, responses: { '200': { description: ok } } } }
          /b: { get: { summary: Get b, responses: { '200': { description: ok } } } }
    """)
    operation = written("GET /c\nsummary: Get c\nauth: bearer\n200: -", spec=bare)
    assert list(operation) == ["summary", "responses"]


def test_what_comes_out_is_valid_together_with_the_specification() -> None:
    rendered = matched(WALKS).document
    whole = {**KENNEL.document, "paths": {**KENNEL.document["paths"], **rendered["paths"]}}
    parts = {kind: {**each, **rendered["components"].get(kind, {})} for kind, each in KENNEL.document["components"].items()}
    assert [error.message for error in OpenAPIV30SpecValidator({**whole, "components": parts}).iter_errors()] == []


SKETCHES = [
    WALKS,
    "POST /dogs/{dog_id}/walks\nsummary: Walk\nbody: Walk\n201: Walk\n401: No\nWalk = { minutes: int, at: datetime }",
    "PATCH /dogs/{dog_id}\nsummary: Change a dog\nbody: { fullName?: string }\n200: Dog\n404: No",
    "GET /kites\nsummary: List kites\nauth: none\n200: Kite[]\nKite = { wind: int }",
]


@pytest.mark.parametrize("text", SKETCHES)
def test_what_is_shown_after_each_line_is_the_beginning_of_the_end(text: str) -> None:
    matcher = Matcher(KENNEL, STYLE, Rendering(), stated=Stated("x", keeps_case=True))
    whole = list(yaml_lines(matcher.matched(sketch_of(text)).document))
    parser = SketchParser()
    shown = 0
    for line in textwrap.dedent(text).strip().splitlines(keepends=True):
        parser.feed(line)
        if parser.sketch is None:
            continue
        begun = list(yaml_lines(matcher.begun(parser.sketch, rank=parser.rank)))
        if begun[-1].endswith(" {}"):
            begun[-1] = begun[-1].removesuffix(" {}")
        assert whole[: len(begun)] == begun
        shown = len(begun)
    assert shown > 3


@pytest.mark.parametrize("profile", PROFILES)
def test_without_a_specification_the_profile_decides_and_nothing_dangles(profile: str) -> None:
    rendered = Matcher(None, PROFILES[profile], Rendering(scope="document"), stated=Stated("x")).matched(sketch_of(WALKS))
    text = yaml_text(rendered.document)
    for name in {line.partition("#/components/schemas/")[2].strip("' ") for line in text.splitlines() if "#/comp" in line}:
        assert name in rendered.document["components"]["schemas"]


def test_the_default_profile_writes_what_is_written_without_any() -> None:
    text = "POST /login\nsummary: Log in\nauth: none\nbody: { email: email }\n200: { accessToken: jwt }\n401: Wrong password"
    fitted = Matcher(None, PROFILES["default"], Rendering(), stated=Stated("x")).matched(sketch_of(text))
    assert yaml_text(fitted.document) == yaml_text(render(sketch_of(text), Rendering()).document)


@pytest.mark.parametrize(
    "broken",
    [
        "paths: { /a: { get: { tags: 3, security: x, parameters: { a: b }, responses: [1], summary: [2] } } }",
        "paths: { /a: { get: { responses: { '200': { $ref: '#/nowhere' }, '404': 7 } } } }",
        "paths: { /a: { get: { parameters: [3, { $ref: '#/x' }, { name: 3 }], requestBody: { content: [] } } } }",
        "components: { schemas: { a: { allOf: [{ $ref: '#/components/schemas/a' }] }, b: 3 }, securitySchemes: [] }",
        "paths: { /a: { get: { tags: [{ a: b }], responses: { default: { content: { x: 3 } } } } } }\nsecurity: 1\ntags: [3]",
    ],
)
def test_a_document_that_is_wrong_everywhere_breaks_nothing(broken: str) -> None:
    spec = spec_of("openapi: 3.1.0\ninfo: { title: t, version: '1' }\n" + broken)
    assert operation_of(matched(WALKS, spec=spec))[0] == "/dogs/{dog_id}/walks"
