"""What a new operation takes from its neighbours, and what is theirs alone."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from library_spec import spec_of

from photon.openapi.document import Rendering
from photon.openapi.matching import Matcher
from photon.openapi.spec import Spec, read_spec
from photon.openapi.style.learn import learn
from photon.openapi.style.profiles import effective_style
from photon.settings.schema import Style
from photon.sketch.parse import SketchParser
from photon.sketch.stated import Stated

HEAD = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n"


def suggested(spec: Spec, sketch: str, *, asked: str = "") -> tuple[str, dict[str, Any]]:
    """(path, operation) of `sketch` in `spec`, written by its style."""
    parser = SketchParser()
    parser.feed(textwrap.dedent(sketch).strip() + "\n")
    matcher = Matcher(spec, effective_style(Style(), learn(spec)), Rendering(), stated=Stated(asked, keeps_case=True))
    path, item = next(iter(matcher.matched(parser.finish()).document["paths"].items()))
    return path, next(iter(item.values()))


def spec_with(*operations: tuple[str, str, str], components: str = "") -> Spec:
    """A specification of (method, path, what stands in the operation in flow style)."""
    items: dict[str, str] = {}
    for method, path, node in operations:
        items[path] = items.get(path, "") + f"    {method}: {{ {node} }}\n"
    return spec_of(HEAD + "".join(f"  {path}:\n{item}" for path, item in items.items()) + components)


def error(schema: str, description: str = "It failed") -> str:
    content = f"{{ application/json: {{ schema: {{ $ref: '#/components/schemas/{schema}' }} }} }}"
    return f"{{ description: {description}, content: {content} }}"


def ok(schema: str) -> str:
    return error(schema, "It worked")


SCHEMAS = "components:\n  schemas:\n" + "".join(
    f"    {name}: {{ type: object, properties: {{ {name}_id: {{ type: string }} }} }}\n"
    for name in ("Fault", "OldFault", "Dogs")
)


def test_what_stands_in_a_deeper_folder_is_referred_to_from_the_root(tmp_path: Path) -> None:
    for folder in ("dogs/answers", "shared"):
        (tmp_path / folder).mkdir(parents=True)
    paths = "".join(f"  /{name}: {{ get: {{ $ref: dogs/list.yml }} }}\n" for name in ("dogs", "cats", "birds", "cows", "eels"))
    (tmp_path / "root.yml").write_text(HEAD + paths)
    (tmp_path / "dogs/list.yml").write_text("responses:\n  '200': { $ref: answers/page.yml }\n")
    (tmp_path / "dogs/answers/page.yml").write_text(
        "description: A page\nheaders: { x-left: { $ref: '../../shared/headers.yml#/left' } }\n"
        "content: { application/json: { schema: { $ref: schema.yml } } }\n"
    )
    (tmp_path / "dogs/answers/schema.yml").write_text(
        "type: object\n"
        "properties: { items: { type: array, items: { type: string } }, links: { $ref: ../../shared/links.yml } }\n"
    )
    (tmp_path / "shared/headers.yml").write_text("left: { schema: { type: integer } }\n")
    (tmp_path / "shared/links.yml").write_text("type: object\n")
    spec = read_spec(tmp_path / "root.yml")
    _, operation = suggested(spec, "GET /goats\n200: { id: int, name: string }[]")
    answer = operation["responses"]["200"]
    assert answer["headers"] == {"x-left": {"$ref": "./shared/headers.yml#/left"}}
    assert answer["content"]["application/json"]["schema"]["properties"]["links"] == {"$ref": "./shared/links.yml"}


@pytest.mark.parametrize("typed", ["/überblick/{id}", "/日本", "/🐕", "/Über-blick/fooBar", "/a%20B"])
def test_a_segment_that_is_escaped_or_typed_keeps_its_case(typed: str) -> None:
    from urllib.parse import quote

    spec = spec_with(*(("get", f"/{name}-things", "responses: {}") for name in ("big", "small", "old", "new", "red")))
    path, _ = suggested(spec, f"GET {quote(typed, safe='/{}%')}\n200: {{ id: int }}", asked=f"GET {typed} get it")
    assert path == quote(typed, safe="/{}%")


def test_an_escaped_segment_of_the_models_own_is_left_alone() -> None:
    spec = spec_with(*(("get", f"/{name}-things", "responses: {}") for name in ("big", "small", "old", "new", "red")))
    assert suggested(spec, "GET /%C3%BCberBlick/otherThings")[0] == "/%C3%BCberBlick/other-things"


def test_what_is_derived_from_an_escaped_segment_is_readable() -> None:
    node = "operationId: list{0}, tags: [{0}], responses: {{}}"
    spec = spec_with(*(("get", f"/{name.lower()}", node.format(name)) for name in ("Dogs", "Cats", "Cows")))
    _, operation = suggested(spec, "GET /%C3%BCbersichten\n200: { id: int }")
    assert (operation["operationId"], operation["tags"]) == ("listUbersichten", ["Übersichten"])


def test_words_extensions_and_examples_of_another_operation_stay_there() -> None:
    def node(name: str) -> str:
        words = f"description: The dog to {name}, x-id: {name}_dog"
        parameter = f"{{ name: dog_id, in: path, required: true, {words}, schema: {{ type: integer, example: 7 }} }}"
        failed = error("Fault", f"The dog can not be {name}")
        return f"parameters: [{parameter}], responses: {{ '200': {ok('Dogs')}, '404': {failed} }}"

    spec = spec_with(
        *(("post", f"/dogs/{{dog_id}}/{name}", node(name)) for name in ("walked", "fed", "washed")), components=SCHEMAS
    )
    _, operation = suggested(spec, "POST /dogs/{dog_id}/brushed\n200: Dogs\n404: No such dog")
    assert operation["parameters"] == [{"name": "dog_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    assert operation["responses"]["404"]["description"] == "No such dog"
    assert operation["responses"]["404"]["content"]["application/json"]["schema"]["$ref"].endswith("/Fault")


def test_words_that_most_neighbours_say_are_a_habit() -> None:
    parameter = "{ name: dog_id, in: path, required: true, description: Which dog, schema: { type: integer } }"
    node = f"parameters: [{parameter}], responses: {{ '404': {error('Fault', 'No such thing')} }}"
    spec = spec_with(*(("post", f"/dogs/{{dog_id}}/{name}", node) for name in ("walk", "feed", "wash")), components=SCHEMAS)
    _, operation = suggested(spec, "POST /dogs/{dog_id}/brush\n204: -\n404: The dog is gone")
    assert operation["parameters"][0]["description"] == "Which dog"
    assert operation["responses"]["404"]["description"] == "No such thing"


def test_the_errors_of_an_operation_have_one_body() -> None:
    spec = spec_with(
        ("get", "/dogs", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"),
        ("post", "/dogs", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"),
        ("get", "/dogs/{id}", f"responses: {{ '200': {ok('Dogs')}, '404': {error('OldFault')} }}"),
        ("put", "/dogs/{id}", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"),
        ("get", "/dogs/{id}/toys", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Dogs')} }}"),
        components=SCHEMAS,
    )
    _, operation = suggested(spec, "POST /dogs/{id}/walks\n200: { far: int }\n400: Bad\n404: Gone", asked="with 400 and 404")
    bodies = {
        status: response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for status, response in operation["responses"].items()
        if status != "200"
    }
    assert bodies == {"400": "Fault", "404": "Fault"}


def test_bodies_that_differ_by_status_everywhere_stay_different() -> None:
    node = f"responses: {{ '400': {error('Fault')}, '404': {error('OldFault')} }}"
    spec = spec_with(*(("get", f"/dogs/{{id}}/{name}", node) for name in ("toys", "bones", "beds")), components=SCHEMAS)
    _, operation = suggested(spec, "GET /dogs/{id}/leads\n200: { far: int }\n400: Bad\n404: Gone")
    found = [operation["responses"][status]["content"]["application/json"]["schema"]["$ref"][-8:] for status in ("400", "404")]
    assert found == ["as/Fault", "OldFault"]


def test_what_a_success_answers_with_is_no_error() -> None:
    spec = spec_with(
        ("get", "/dogs", f"responses: {{ '200': {ok('Dogs')}, '404': {error('Dogs')} }}"),
        ("get", "/cats", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"),
        ("get", "/cows", f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"),
        components=SCHEMAS,
    )
    _, operation = suggested(spec, "GET /dogs/latest\n200: { far: int }\n404: Gone", asked="404 if there is none")
    assert operation["responses"]["404"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Fault"}


def test_where_no_error_is_known_errors_have_no_body() -> None:
    spec = spec_with(*(("get", f"/{name}", "responses: { '200': { description: OK } }") for name in ("a", "b", "c", "d", "e")))
    _, operation = suggested(spec, "GET /f\n200: { id: int }\n404: No such thing")
    assert operation["responses"]["404"] == {"description": "No such thing"}


def test_a_status_that_one_of_many_has_is_written_only_on_request() -> None:
    plain = f"responses: {{ '200': {ok('Dogs')}, '400': {error('Fault')} }}"
    odd = f"responses: {{ '200': {ok('Dogs')}, '401': {error('Fault')} }}"
    spec = spec_with(
        *(("get", f"/{name}", plain) for name in ("a", "b", "c", "d", "e", "f", "g")), ("get", "/z", odd), components=SCHEMAS
    )
    sketch = "GET /m\n200: { id: int }\n400: Bad\n401: Who are you"
    assert list(suggested(spec, sketch)[1]["responses"]) == ["200", "400"]
    assert list(suggested(spec, sketch, asked="with 401")[1]["responses"]) == ["200", "400", "401"]


HOURS = """components:
  schemas:
    Hours: { type: array, items: { $ref: '#/components/schemas/DayHours' } }
    DayHours: { type: object, properties: { date: { type: string }, opens: { type: string } } }
    oidc-custom-sub-repo: { type: object, properties: { use_default: { type: boolean }, keys: { type: string } } }
    badge: { type: object, properties: { label: { type: string }, color: { type: string } } }
    token-grant:
      type: object
      properties: { token: { type: string }, badge: { $ref: '#/components/schemas/badge' } }
"""


def test_one_thing_is_not_answered_with_the_list_of_them() -> None:
    spec = spec_with(("get", "/hours", f"responses: {{ '200': {ok('Hours')} }}"), components=HOURS)
    _, operation = suggested(spec, "GET /hours/{date}\n200: Hours")
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/DayHours"}


def test_a_component_that_shares_one_word_of_many_is_not_meant() -> None:
    spec = spec_with(("get", "/repos/{id}/sub", f"responses: {{ '200': {ok('oidc-custom-sub-repo')} }}"), components=HOURS)
    _, operation = suggested(spec, "GET /repos/{id}/badges\n200: Repo[]")
    assert "oidc" not in str(operation)


def test_a_component_that_holds_a_thing_beside_others_is_no_envelope() -> None:
    spec = spec_with(("post", "/grants", f"responses: {{ '200': {ok('token-grant')} }}"), components=HOURS)
    _, operation = suggested(spec, "GET /badges/{id}\n200: Badge")
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/badge"}


def test_an_identifier_in_the_path_has_the_type_of_the_others() -> None:
    parameter = "{ name: dog_id, in: path, required: true, schema: { type: integer } }"
    spec = spec_with(("get", "/dogs/{dog_id}", f"parameters: [{parameter}], responses: {{}}"))
    for sketch in ("GET /cats/{cat_id}", "GET /cats/{cat_id}\npath: { cat_id: uuid }"):
        assert suggested(spec, sketch)[1]["parameters"][0]["schema"] == {"type": "integer"}
    stated = suggested(spec, "GET /cats/{cat_id}\npath: { cat_id: uuid }", asked="GET /cats/{cat_id}, its id is a UUID")[1]
    assert stated["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    assert suggested(spec, "GET /cats/{name}")[1]["parameters"][0]["schema"] == {"type": "string"}


def scoped(*names: str, scope: str = "{}:read") -> Spec:
    return spec_with(
        *(("get", f"/v2/{name}s", f"security: [{{ token: ['{scope.format(name)}'] }}], responses: {{}}") for name in names),
        components="components: { securitySchemes: { token: { type: oauth2, flows: {} } } }\n",
    )


@pytest.mark.parametrize(
    ("spec", "scopes"),
    [
        (scoped("dog", "cat", "cow", "goat"), ["giraffe:read"]),
        (scoped("dog", "cat", "cow", "goat", scope="animals"), ["animals"]),
        (
            spec_with(
                *(("get", f"/v2/{a}s", f"security: [{{ token: [{b}] }}], responses: {{}}") for a, b in ("dx", "cy", "ez"))
            ),
            [],
        ),
    ],
)
def test_scopes_are_those_of_all_or_in_their_pattern_or_none(spec: Spec, scopes: list[str]) -> None:
    assert suggested(spec, "GET /v2/giraffes\n200: { id: int }[]")[1]["security"] == [{"token": scopes}]


def test_a_new_path_has_the_extension_that_nearly_all_have() -> None:
    spec = spec_with(*(("get", f"/{name}/{{id}}.json", "responses: {}") for name in ("posts", "users", "tags", "groups")))
    path, operation = suggested(spec, "GET /badges/{id}\nsummary: Get a badge")
    assert path == "/badges/{id}.json" and operation["parameters"][0]["name"] == "id"
    assert suggested(spec, "GET /badges/{id}", asked="GET /badges/{id} one badge")[0] == "/badges/{id}"


GRANTED = """\
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials: { tokenUrl: 'https://x.example', scopes: { 'dogs:read': r, 'dogs:write': w, cats.read: r, cats: w } }
"""


@pytest.mark.parametrize(
    ("path", "there", "asked", "scope"),
    [
        ("dogs", "get: dogs:read", "POST", "dogs:write"),
        ("dogs", "post: dogs:write", "GET", "dogs:read"),
        ("cats", "get: cats.read", "DELETE", "cats"),
        ("cats", "delete: cats", "GET", "cats.read"),
        ("cows", "get: cows:read", "POST", "cows:read"),
    ],
)
def test_where_only_readers_are_near_a_writer_has_the_scope_that_lets_it_write(
    path: str, there: str, asked: str, scope: str
) -> None:
    method, own = there.split(": ")
    spec = spec_with((method, f"/{path}", f"security: [{{ oauth: ['{own}'] }}], responses: {{}}"), components=GRANTED)
    assert suggested(spec, f"{asked} /{path}\n200: {{ id: int }}")[1]["security"] == [{"oauth": [scope]}]


@pytest.mark.parametrize("security", ["[null, 7]", "[{ oauth: null }]", "{}", "7", "[[]]", "[{ oauth: [7, null] }]"])
def test_a_neighbours_security_that_is_none_does_no_harm(security: str) -> None:
    spec = spec_with(("get", "/dogs", f"security: {security}, responses: {{}}"), components=GRANTED)
    _, operation = suggested(spec, "POST /dogs\n200: { id: int }")
    assert all(isinstance(each, dict) for each in operation.get("security", []))


# -- descriptions -----------------------------------------------------------------------------------------------------


def described(*texts: str) -> Spec:
    """A specification whose operations have these descriptions; '' for none."""
    nodes = [f"description: {text!r}, responses: {{}}" if text else "responses: {}" for text in texts]
    return spec_with(*(("get", f"/{name}", node) for name, node in zip("abcdefghijklmnopqrst", nodes, strict=False)))


def test_where_every_operation_has_a_description_a_new_one_has_the_summary_as_a_sentence() -> None:
    spec = described(*["Some words."] * 5)
    _, found = suggested(spec, "GET /lamps\nsummary: list the lamps")
    assert found["description"] == "List the lamps."
    _, found = suggested(spec, "GET /lamps\nsummary: Which lamps burn?")
    assert found["description"] == "Which lamps burn?"
    _, found = suggested(spec, "GET /lamps\nsummary: List lamps\ndescription: Those that burn")
    assert found["description"] == "Those that burn"


def test_without_a_summary_the_description_is_made_of_the_one_that_is_written() -> None:
    _, found = suggested(described(*["Some words."] * 5), "GET /lamps")
    assert found["description"] == found["summary"] + "."


@pytest.mark.parametrize("texts", [["Some words."] * 4, ["Some words."] * 8 + ["", ""], [""] * 6, ["   "] * 6])
def test_what_is_no_habit_gives_no_description(texts: list[str]) -> None:
    _, found = suggested(described(*texts), "GET /lamps\nsummary: List lamps")
    assert "description" not in found


# -- pages ------------------------------------------------------------------------------------------------------------


def a_list(*parameters: str, beside: tuple[str, ...] = (), wrapped: bool = False) -> str:
    query = ", ".join(f"{{ name: {name}, in: query, schema: {{ type: integer }} }}" for name in parameters)
    items = "{ type: array, items: { type: object, properties: { id: { type: string } } } }"
    others = "".join(f", {name}: {{ type: object }}" for name in beside)
    schema = f"{{ type: object, properties: {{ data: {items}{others} }} }}" if wrapped else items
    content = f"{{ application/json: {{ schema: {schema} }} }}"
    return f"parameters: [{query}], responses: {{ '200': {{ description: OK, content: {content} }} }}"


HEALTH = ("get", "/health", "responses: {}")


def test_a_list_that_lacks_what_most_are_cut_by_is_no_example() -> None:
    usual = [("get", f"/clubs/{{id}}/{name}", a_list("page", "per_page")) for name in ("lamps", "rooms", "rules", "notes")]
    spec = spec_with(HEALTH, ("get", "/clubs/{id}/members", a_list("page")), *usual)
    _, found = suggested(spec, "GET /clubs/{id}/members/recent\nsummary: Recent members\n200: { id: string, name: string }[]")
    assert [each["name"] for each in found["parameters"] if each["in"] == "query"] == ["page", "per_page"]


def test_a_near_list_that_is_cut_by_more_than_the_others_is_followed() -> None:
    others = [("get", f"/clubs/{{id}}/{name}", a_list("page")) for name in ("lamps", "rooms", "rules", "notes")]
    spec = spec_with(HEALTH, ("get", "/clubs/{id}/members", a_list("page", "per_page")), *others)
    _, found = suggested(spec, "GET /clubs/{id}/members/recent\nsummary: Recent members\n200: { id: string, name: string }[]")
    assert [each["name"] for each in found["parameters"] if each["in"] == "query"] == ["page", "per_page"]


def test_what_a_single_other_list_is_cut_by_is_its_own() -> None:
    others = [("get", f"/clubs/{{id}}/{name}", a_list("page")) for name in ("lamps", "rooms", "rules")]
    spec = spec_with(HEALTH, *others, ("get", "/clubs/{id}/notes", a_list("page", "per_page")))
    _, found = suggested(spec, "GET /clubs/{id}/lamps/old\nsummary: Old lamps\n200: { id: string, name: string }[]")
    assert [each["name"] for each in found["parameters"] if each["in"] == "query"] == ["page"]


def test_the_envelope_is_that_of_a_list_which_is_cut_into_pages_as_half_of_them_are() -> None:
    whole = [("get", path, a_list(beside=("errors",), wrapped=True)) for path in ("/posts", "/posts/stream")]
    paged = [
        ("get", f"/posts/{{id}}/{name}", a_list("limit", "cursor", beside=("errors", "meta"), wrapped=True))
        for name in ("readers", "likers")
    ]
    spec = spec_with(HEALTH, *whole, *paged)
    _, found = suggested(spec, "GET /posts/{id}/quotes\nsummary: Quotes of a post\n200: { id: string, name: string }[]")
    schema = found["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(schema["properties"]) == ["data", "errors", "meta"]
