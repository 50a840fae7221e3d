"""Which component a body or an answer is about, by the word of the operations that are kindred to the new one."""

from __future__ import annotations

import json
import random
import textwrap
import time
from typing import Any

import pytest
from library_spec import spec_of

from photon.openapi.document import Rendering
from photon.openapi.matching import Matcher
from photon.openapi.spec import Spec
from photon.openapi.style.learn import learn
from photon.openapi.style.profiles import effective_style
from photon.settings.schema import Style
from photon.sketch.parse import SketchParser
from photon.sketch.stated import Stated


def operation(spec: Spec, sketch: str, asked: str = "") -> dict[str, Any]:
    """The operation that becomes of `sketch` in `spec`."""
    parser = SketchParser()
    parser.feed(textwrap.dedent(sketch).strip() + "\n")
    matcher = Matcher(spec, effective_style(Style(), learn(spec)), Rendering(), stated=Stated(asked, keeps_case=True))
    item = next(iter(matcher.matched(parser.finish()).document["paths"].values()))
    found: dict[str, Any] = next(iter(item.values()))
    return found


def answer(spec: Spec, sketch: str, asked: str = "", status: str = "200") -> Any:
    """The schema of the answer."""
    return operation(spec, sketch, asked)["responses"][status]["content"]["application/json"]["schema"]


def body(spec: Spec, sketch: str, asked: str = "") -> Any:
    """The schema of the body."""
    return operation(spec, sketch, asked)["requestBody"]["content"]["application/json"]["schema"]


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def holding(schema: Any) -> dict[str, Any]:
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def a_spec(operations: dict[str, tuple[Any, Any]], *more: str, schemas: dict[str, Any] | None = None) -> Spec:
    """A specification of (schema of the body, schema of the answer) by ``METHOD /path``. more: schemas that nothing uses."""
    paths: dict[str, dict[str, Any]] = {}
    for route, (taken, given) in operations.items():
        method, path = route.split()
        node: dict[str, Any] = {"responses": {"200": holding(given)} if given else {"204": {"description": "Done"}}}
        if taken:
            node["requestBody"] = holding(taken)
        paths.setdefault(path, {})[method.lower()] = node
    used = {part.partition('"')[0] for part in json.dumps(paths).split("#/components/schemas/")[1:]}
    each = {name: {"type": "object", "properties": {f"of{name}": {"type": "string"}}} for name in sorted({*used, *more})}
    document = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}
    return spec_of(json.dumps(document | {"components": {"schemas": {**each, **(schemas or {})}}}))


def animals(**changes: Any) -> dict[str, tuple[Any, Any]]:
    """Three collections with items, each with full and short forms in the habits of one author."""
    found: dict[str, tuple[Any, Any]] = {}
    for plural, name in (("dogs", "Dog"), ("cats", "Cat"), ("goats", "Goat")):
        found |= {
            f"GET /{plural}": (None, many(f"{name}Short")),
            f"POST /{plural}": (ref(f"New{name}"), ref(f"{name}Full")),
            f"GET /{plural}/{{id}}": (None, ref(f"{name}Full")),
            f"PUT /{plural}/{{id}}": (ref(f"New{name}"), ref(f"{name}Full")),
        }
    return found | changes


def test_a_new_thing_is_answered_with_what_its_item_is() -> None:
    spec = a_spec({**animals(), "GET /kittens/{id}": (None, ref("Feline"))})
    assert answer(spec, "POST /kittens\nbody: NewCat\n200: CatFull") == ref("Feline")


def test_an_item_is_what_the_other_methods_of_its_path_answer_with() -> None:
    spec = a_spec({**animals(), "PUT /kittens/{id}": (ref("NewCat"), ref("Feline"))})
    assert answer(spec, "GET /kittens/{id}\n200: CatShort") == ref("Feline")


def test_the_same_list_below_another_thing_holds_the_same() -> None:
    lists = {f"GET /{owner}/{{id}}/visits": (None, many("Appointment")) for owner in ("dogs", "cats", "goats", "vets")}
    assert answer(a_spec({**animals(), **lists}), "GET /owners/{id}/visits\n200: DogFull") == many("Appointment")


def test_components_are_named_after_the_path_as_elsewhere() -> None:
    spec = a_spec(animals(), "NewSheepdog", "SheepdogFull", "SheepdogShort")
    assert body(spec, "POST /sheepdogs\nbody: Dog\n200: Dog") == ref("NewSheepdog")
    assert answer(spec, "POST /sheepdogs\nbody: Dog\n200: Dog") == ref("SheepdogFull")
    assert answer(spec, "GET /sheepdogs\n200: Dog[]") == many("SheepdogShort")


def test_what_is_done_to_a_thing_is_named_after_both() -> None:
    calls: dict[str, tuple[Any, Any]] = {
        f"POST /dogs/{{id}}/{verb}": (ref(f"Dog{verb.capitalize()}Request"), ref("DogFull"))
        for verb in ("walk", "feed", "wash", "train")
    }
    spec = a_spec({**animals(), **calls}, "CatWalkRequest", "CatFull")
    assert body(spec, "POST /cats/{id}/walk\nbody: NewCat\n200: CatShort") == ref("CatWalkRequest")
    assert answer(spec, "POST /cats/{id}/walk\nbody: NewCat\n200: CatShort") == ref("CatFull")


def test_a_habit_that_the_specification_has_not_is_not_followed() -> None:
    """Items are something else than what is made here, every time."""
    different: dict[str, tuple[Any, Any]] = {
        f"GET /{plural}/{{id}}": (None, ref(f"{name}Sheet")) for plural, name in (("dogs", "D"), ("cats", "C"), ("goats", "G"))
    }
    receipts: dict[str, tuple[Any, Any]] = {f"POST /{plural}": (None, ref("Receipt")) for plural in ("dogs", "cats", "goats")}
    spec = a_spec({**different, **receipts, "GET /owls/{id}": (None, ref("Feathers"))})
    assert answer(spec, "POST /owls\n200: Receipt") == ref("Receipt")


def test_fields_that_the_user_states_are_written_and_no_component_without_them() -> None:
    spec = a_spec({**animals(), "GET /kittens/{id}": (None, ref("Feline"))})
    written = answer(spec, "POST /kittens\n200: { whiskers: int, mood: string }", "create a kitten with whiskers and mood")
    assert set(written["properties"]) == {"whiskers", "mood"}


def test_a_component_that_the_user_names_is_used() -> None:
    spec = a_spec({**animals(), "GET /kittens/{id}": (None, ref("Feline"))})
    assert answer(spec, "POST /kittens\n200: CatShort", "POST /kittens gives a CatShort") == ref("CatShort")


def test_a_name_that_is_a_word_of_the_language_is_not_the_users_choice() -> None:
    spec = a_spec({**animals(), "GET /kittens/{id}": (None, ref("Feline"))}, "Kitten")
    assert answer(spec, "POST /kittens\n200: CatShort", "make a Kitten") == ref("Feline")


def test_a_plural_is_a_list_where_plurals_are_lists() -> None:
    lists: dict[str, tuple[Any, Any]] = {f"GET /zoo/{name}": (None, many("Beast")) for name in ("lions", "bears", "apes")}
    spec = a_spec(lists, "Whale")
    assert answer(spec, "GET /sea/whales\n200: Whale") == many("Whale")
    assert answer(spec, "GET /sea/whale\n200: Whale") == ref("Whale")


def test_a_list_that_stands_in_an_envelope_stays_in_it_and_is_cut_into_pages() -> None:
    page = {"type": "object", "properties": {"data": many("Toy"), "next": {"type": "string"}}}
    paths: dict[str, Any] = {}
    for owner in ("dogs", "cats", "goats"):
        cursor = {"name": "cursor", "in": "query", "schema": {"type": "string"}}
        paths[f"/{owner}/{{id}}/toys"] = {"get": {"parameters": [cursor], "responses": {"200": holding(page)}}}
    document = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths}
    schemas = {name: {"type": "object", "properties": {"x": {"type": "string"}}} for name in ("Toy", "Owl")}
    spec = spec_of(json.dumps(document | {"components": {"schemas": schemas}}))
    found = operation(spec, "GET /owls/{id}/toys\n200: Owl")
    assert found["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"] == many("Toy")
    assert [each["name"] for each in found["parameters"] if each["in"] == "query"] == ["cursor"]


def test_lists_of_errors_beside_a_thing_make_no_list_of_it() -> None:
    with_errors = {"type": "object", "properties": {"data": ref("Dog"), "errors": many("Problem")}}
    paths: dict[str, tuple[Any, Any]] = {f"GET /{name}/{{id}}": (None, with_errors) for name in ("dogs", "cats", "goats")}
    written = answer(a_spec(paths), "GET /owls/{id}\n200: Dog")
    assert written == ref("Dog") or written["properties"]["data"] == ref("Dog")


def test_a_deletion_is_answered_as_deletions_are() -> None:
    gone: dict[str, tuple[Any, Any]] = {f"DELETE /{name}/{{id}}": (None, ref("Gone")) for name in ("dogs", "cats", "goats")}
    spec = a_spec({**animals(), **gone})
    assert answer(spec, "DELETE /owls/{id}\n204: -") == ref("Gone")


def test_a_deletion_without_an_answer_stays_so_where_that_is_usual() -> None:
    gone: dict[str, tuple[Any, Any]] = {f"DELETE /{name}/{{id}}": (None, None) for name in ("dogs", "cats", "goats")}
    assert list(operation(a_spec({**animals(), **gone}), "DELETE /owls/{id}\n204: -")["responses"]) == ["204"]


def test_an_answer_in_a_component_around_a_list_is_that_component() -> None:
    holders = {
        f"{name}s": {"type": "object", "properties": {f"{name}s": many(name), "warnings": many("Warning")}}
        for name in ("Dog", "Cat", "Goat")
    }
    paths: dict[str, tuple[Any, Any]] = {}
    for name in ("Dog", "Cat", "Goat"):
        paths |= {f"{method} /{name}s/{{id}}": (None, ref(f"{name}s")) for method in ("GET", "POST")}
    del paths["GET /Goats/{id}"]
    spec = a_spec(paths, "Dog", "Cat", "Goat", "Warning", schemas=holders)
    assert answer(spec, "GET /Goats/{id}\n200: Goat") == ref("Goats")


def test_nothing_in_a_document_makes_it_fail() -> None:
    junk = (
        None,
        7,
        "x",
        [],
        {},
        [{}],
        {"$ref": 3},
        {"$ref": "#/components/schemas/DogFull"},
        True,
        [["a"]],
        {"type": ["array"]},
    )
    chance = random.Random(5)
    base = json.dumps(dict(a_spec(animals()).document))
    for _ in range(60):
        document = json.loads(base)
        places = list(_places(document["paths"])) + list(_places(document["components"]))
        for _ in range(chance.choice((1, 4, 20))):
            holder, key = chance.choice(places)
            holder[key] = chance.choice(junk)
        spec = spec_of(json.dumps(document))
        for sketch in ("GET /dogs\n200: DogFull", "PUT /cats/{id}\nbody: NewCat\n200: Cat", "DELETE /dogs/{id}\n204: -"):
            operation(spec, sketch)


def _places(node: Any) -> Any:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield node, key
        yield from _places(value)


@pytest.mark.parametrize("count", [3000])
def test_thousands_of_operations_take_no_time_to_speak_of(count: int) -> None:
    paths: dict[str, tuple[Any, Any]] = {f"GET /things{place}/{{id}}/parts": (None, many("Part")) for place in range(count)}
    spec = a_spec(paths)
    started = time.perf_counter()
    assert answer(spec, "GET /owls/{id}/parts\n200: Owl") == many("Part")
    assert time.perf_counter() - started < 5
