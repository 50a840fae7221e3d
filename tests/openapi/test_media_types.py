"""Bodies and answers in several media types, where the neighbours have them so."""

from __future__ import annotations

import textwrap
from typing import Any

from library_spec import spec_of

from photon.openapi.document import Rendering
from photon.openapi.matching import Matcher
from photon.openapi.style.learn import learn
from photon.openapi.style.profiles import effective_style
from photon.settings.schema import Style
from photon.sketch.parse import SketchParser

HEAD = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n"
COMPONENTS = "components:\n  schemas:\n" + "".join(
    f"    {name}: {{ type: object, properties: {{ {name.lower().replace('-', '_')}: {{ type: string }} }} }}\n"
    for name in ("Lamp", "Lamp-hal", "Room", "Room-hal", "LampInput", "Fault")
)
LAMP, LAMP_HAL = {"$ref": "#/components/schemas/Lamp"}, {"$ref": "#/components/schemas/Lamp-hal"}


def one(name: str) -> str:
    return f"{{ $ref: '#/components/schemas/{name}' }}"


def many(name: str) -> str:
    return f"{{ type: array, items: {one(name)} }}"


def content(**schemas: str) -> str:
    """json, hal, xml, csv by schema."""
    kinds = {"json": "application/json", "hal": "application/hal+json", "xml": "application/xml", "csv": "text/csv"}
    return "{ " + ", ".join(f"{kinds[name]}: {{ schema: {schema} }}" for name, schema in schemas.items()) + " }"


def answering(answer: str, body: str = "") -> str:
    request = f"requestBody: {{ content: {body} }}, " if body else ""
    return f"{request}responses: {{ '200': {{ description: OK, content: {answer} }} }}"


def suggested(paths: dict[str, str], sketch: str) -> dict[str, Any]:
    """The operation of `sketch` in a specification of these operations, by ``method path``."""
    items: dict[str, str] = {}
    for route, node in paths.items():
        method, path = route.split()
        items[path] = items.get(path, "") + f"    {method}: {{ {node} }}\n"
    spec = spec_of(HEAD + "".join(f"  {path}:\n{item}" for path, item in items.items()) + COMPONENTS)
    parser = SketchParser()
    parser.feed(textwrap.dedent(sketch).strip() + "\n")
    document = Matcher(spec, effective_style(Style(), learn(spec)), Rendering()).matched(parser.finish()).document
    found: dict[str, Any] = next(iter(next(iter(document["paths"].values())).values()))
    return found


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    return {media_type: each["schema"] for media_type, each in operation["responses"]["200"]["content"].items()}


HAL = {
    "get /lamps": answering(content(hal=many("Lamp-hal"), json=many("Lamp"))),
    "get /lamps/{id}": answering(content(hal=one("Lamp-hal"), json=one("Lamp"))),
    "get /rooms/{id}": answering(content(hal=one("Room-hal"), json=one("Room"))),
}


def test_each_media_type_has_its_own_schema_of_the_thing() -> None:
    found = answer_of(suggested(HAL, "GET /lamps/{id}/twin\n200: Lamp"))
    assert found == {"application/hal+json": LAMP_HAL, "application/json": LAMP}
    assert list(found) == ["application/hal+json", "application/json"]


def test_a_list_holds_the_things_of_its_media_type() -> None:
    found = answer_of(suggested(HAL, "GET /rooms/{id}/lamps\n200: Lamp[]"))
    assert found == {
        "application/hal+json": {"type": "array", "items": LAMP_HAL},
        "application/json": {"type": "array", "items": LAMP},
    }


def test_what_has_no_schema_of_its_own_in_the_others_is_written_in_one_media_type() -> None:
    found = answer_of(suggested(HAL, "GET /lamps/{id}/wiring\n200: { volts: int, wires: string[], colour: string }"))
    assert len(found) == 1


def test_where_each_has_the_same_schema_in_all_so_has_the_new_one() -> None:
    body = content(json=one("LampInput"), xml=one("LampInput"))
    paths = {
        "post /lamps": answering(content(json=one("Lamp")), body),
        "put /lamps/{id}": answering(content(json=one("Lamp")), body),
    }
    found = suggested(paths, "POST /lamps/{id}/wiring\nbody: { volts: int, wires: string[], colour: string }\n200: Lamp")
    written = found["requestBody"]["content"]
    assert list(written) == ["application/json", "application/xml"]
    assert written["application/json"] == written["application/xml"]
    assert answer_of(found) == {"application/json": LAMP}


def test_one_neighbour_with_another_media_type_or_one_neighbour_alone_is_no_habit() -> None:
    mixed = {**HAL, "get /lamps/{id}/colour": answering(content(json=one("Lamp")))}
    assert len(answer_of(suggested(mixed, "GET /lamps/{id}/twin\n200: Lamp"))) == 1
    alone = {"get /lamps/{id}": HAL["get /lamps/{id}"]}
    assert len(answer_of(suggested(alone, "GET /lamps/{id}/twin\n200: Lamp"))) == 1


def test_a_medium_of_another_form_is_left_to_its_owner() -> None:
    paths = {
        f"get {path}": answering(content(json=many("Lamp"), csv="{ type: string }")) for path in ("/lamps", "/rooms/lamps")
    }
    assert answer_of(suggested(paths, "GET /halls/lamps\n200: Lamp[]")) == {
        "application/json": {"type": "array", "items": LAMP}
    }


def test_a_list_beside_a_single_thing_tells_nothing_of_either() -> None:
    paths = {f"get {path}": answering(content(json=many("Lamp"), hal=one("Lamp-hal"))) for path in ("/lamps", "/rooms/lamps")}
    assert len(answer_of(suggested(paths, "GET /halls/lamps\n200: Lamp[]"))) == 1


def test_contents_of_wrong_types_do_no_harm() -> None:
    broken = "{ application/json: [], application/hal+json: { schema: 3 } }"
    paths = {"get /lamps": answering(broken), "get /lamps/{id}": answering(broken), "get /rooms": answering("[]")}
    assert len(answer_of(suggested(paths, "GET /lamps/{id}/twin\n200: Lamp"))) == 1
