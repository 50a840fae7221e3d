"""An operation of a specification is a sketch, over all its files, and what a sketch says survives OpenAPI."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from sketches import parsed, sketches

from photon.openapi.document import Rendering, render
from photon.openapi.read import read_operation, sketch_of
from photon.openapi.schemas import Version
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec, read_spec
from photon.openapi.yaml_text import yaml_text
from photon.sketch.model import Auth, Enum, Field, Object, Ref, Scalar, Sketch
from photon.sketch.write import write_sketch

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"


def sketch(text: str) -> Sketch:
    """The first operation of a document."""
    spec = Spec(source_of((HEAD + text).encode(), Path("api.yaml")))
    return sketch_of(spec, spec.operations[0])


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@given(original=sketches())
def test_a_sketch_that_went_through_openapi_once_goes_through_it_unchanged(version: Version, original: Sketch) -> None:
    text = yaml_text(render(original, Rendering(version=version, scope="document")).document)
    once = read_operation(text)
    again = read_operation(yaml_text(render(once, Rendering(version=version, scope="document")).document))
    assert again == once
    assert parsed(write_sketch(once)) == (once, [])


@pytest.mark.parametrize("version", ["3.1", "3.0"])
@given(original=sketches())
def test_the_users_specification_is_read_as_a_models_answer_is(version: Version, original: Sketch) -> None:
    text = yaml_text(render(original, Rendering(version=version, scope="document")).document)
    spec = Spec(source_of(text.encode(), None))
    (operation,) = spec.operations
    assert sketch_of(spec, operation) == read_operation(text)


def test_what_is_referred_to_is_read_from_the_file_in_which_it_stands(tmp_path: Path) -> None:
    files = {
        "api.yaml": HEAD
        + "security: [{key: []}]\n"
        + "paths:\n  /users/{id}: {$ref: 'paths/user.yaml'}\n"
        + "components:\n"
        + "  securitySchemes: {key: {$ref: 'parts/security.yaml#/key'}}\n"
        + "  schemas: {User: {$ref: 'schemas/user.yaml'}}\n",
        "paths/user.yaml": (
            "parameters:\n"
            "  - {name: id, in: path, required: true, schema: {$ref: '../parts/types.yaml#/Id'}}\n"
            "  - {name: verbose, in: query, schema: {type: boolean}}\n"
            "put:\n"
            "  parameters:\n"
            "    - {name: verbose, in: query, required: true, schema: {type: string}}\n"
            "    - {$ref: '../parts/parameters.yaml#/Trace'}\n"
            "  requestBody: {$ref: '../parts/bodies.yaml'}\n"
            "  responses:\n"
            "    '200': {$ref: '../parts/responses.yaml#/Ok'}\n"
            "    '404': {description: No such user}\n"
        ),
        "parts/types.yaml": "Id: {type: string, format: uuid}\n",
        "parts/parameters.yaml": "Trace: {name: X-Trace, in: header, content: {a/b: {schema: {$ref: 'types.yaml#/Id'}}}}\n",
        "parts/bodies.yaml": "content: {application/json: {schema: {$ref: '../schemas/user.yaml'}}}\n",
        "parts/responses.yaml": (
            "Ok:\n  description: Here\n  headers: {X-Rate: {$ref: '#/Rate'}}\n"
            "  content: {application/json: {schema: {type: array, items: {$ref: '../api.yaml#/components/schemas/User'}}}}\n"
            "Rate: {schema: {type: integer}}\n"
        ),
        "parts/security.yaml": "key: {type: apiKey, in: query, name: token}\n",
        "schemas/user.yaml": (
            "type: object\nrequired: [role]\nproperties:\n"
            "  role: {$ref: '#/x-roles/any'}\n  friend: {$ref: 'user.yaml'}\n"
            "x-roles: {any: {enum: [a, b]}}\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    spec = read_spec(tmp_path / "api.yaml")
    found = sketch_of(spec, spec.operations[0])
    assert write_sketch(found) == (
        "PUT /users/{id}\n"
        "auth: apiKey(query token)\n"
        "path: { id: Id }\n"
        "query: { verbose: string }\n"
        "header: { X-Trace?: Id }\n"
        "body: User\n"
        '200: User2[] "Here" headers { X-Rate?: int }\n'
        "404: No such user\n"
        "Id = uuid\n"
        'User = { role: "a" | "b", friend?: User }\n'
        "User2 = User\n"
    )


def test_a_component_has_a_name_that_the_notation_can_define() -> None:
    found = sketch(
        "paths: {/x: {get: {responses: {'200': {description: OK, content: {application/json: {schema: {properties: {\n"
        "  a: {$ref: '#/components/schemas/user'}, b: {$ref: '#/components/schemas/Empty'},\n"
        "  c: {$ref: '#/components/schemas/User'}, d: {$ref: '#/components/schemas/a~1b'},\n"
        "  e: {$ref: '#/components/schemas/none'}}}}}}}}}}\n"
        "components: {schemas: {user: {type: string}, User: {type: integer}, Empty: {type: object}, a/b: {enum: [1]}}}\n"
    )
    names = ("User", "EmptySchema", "User2", "Ab", "NoneSchema")
    content = found.responses[0].content
    assert content
    assert content.type == Object(tuple(Field(key, Ref(name), True) for key, name in zip("abcde", names, strict=True)))
    assert [component.type for component in found.components] == [
        Scalar("string"), Scalar("object"), Scalar("int"), Enum((1,)),
    ]  # fmt: skip
    assert parsed(write_sketch(found)) == (found, [])


def test_security_is_that_of_the_operation_or_of_the_document() -> None:
    schemes = "components: {securitySchemes: {t: {type: http, scheme: basic}, o: {type: oauth2}}}\nsecurity: [{t: []}]\n"
    for own, auth in (("", Auth("basic")), ("security: []", Auth("none")), ("security: [{o: [a]}]", Auth("oauth2", ("a",)))):
        assert sketch(f"{schemes}paths: {{/x: {{get: {{{own}}}}}}}\n").auth == auth


def test_a_part_of_something_is_copied_and_not_named() -> None:
    found = sketch(
        "paths: {/x: {get: {responses: {'200': {description: OK, content: {application/json:\n"
        "  {schema: {$ref: '#/components/schemas/User/properties/name'}}}}}}}}\n"
        "components: {schemas: {User: {properties: {name: {type: string, maxLength: 9}}}}}\n"
    )
    assert write_sketch(found) == "GET /x\n200: string(..9)\n"
