"""The linter's engine: what it walks, what it calls, what it says of each place; the rules themselves have their own tests."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from photon.errors import InvalidSpec, UsageError
from photon.openapi.lint.document import LintDocument, names_in
from photon.openapi.lint.engine import lint
from photon.openapi.lint.finding import Finding
from photon.openapi.lint.mending import mended
from photon.openapi.lint.rule import RULES, Fix, Problem, Visit, rule
from photon.openapi.lint.selection import Selection, known_rules, rule_called, selection
from photon.openapi.source.nodes import MapNode
from photon.openapi.source.source import Source, read_source, source_of

SHOP = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
security: []
tags: [{name: orders}]
paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {$ref: "#/components/parameters/Page"}
    get:
      operationId: getOrder
      parameters: [{name: page, in: query, schema: {type: string}}]
      responses:
        "200":
          description: An order
          headers: {X-Rate: {schema: {type: integer}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
      callbacks:
        paid:
          "{$request.body#/url}":
            post: {operationId: paid, responses: {}}
webhooks:
  shipped: {post: {operationId: shipped, responses: {}}}
components:
  parameters: {Page: {name: page, in: query, schema: {type: integer}}}
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Order: {type: object, properties: {lines: {type: array, items: {$ref: "#/components/schemas/Line"}}}}
    Line: {type: object, properties: {"$ref": {type: string}, x-note: {type: string}}}
    Unused: {type: object, properties: {more: {$ref: "#/components/schemas/Forgotten"}}}
    Forgotten: {type: string}
    x-secret: {type: string}
  x-internal: {schemas: {Nothing: {type: string}}}
"""

Rules = Callable[..., None]


def source(text: str, name: str = "openapi.yaml") -> Source:
    return source_of(text.encode(), Path(name))


def textless(value: dict[str, Any]) -> Source:
    """A document that stands in no file, as a suggestion that is judged before it is written."""
    root = MapNode(0, flow=False)
    root.update(value)
    return Source(None, "", False, "json", root)


def document(text: str = SHOP) -> LintDocument:
    return LintDocument(source(text))


def written(*, version: str = "3.1.0", **sections: str) -> str:
    """A document with these sections, in flow style."""
    return f'openapi: {version}\ninfo: {{title: x, version: "1"}}\n' + "".join(
        f"{key}: {text}\n" for key, text in sections.items()
    )


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Selection]:
    """Registers a rule called ``own`` for this test; returns the selection of it alone."""
    known_rules()

    def register(subject: str, check: Callable[[Visit], Iterator[Problem]], **facts: Any) -> Selection:
        monkeypatch.delitem(RULES, "own", raising=False)
        about = {"severity": "warning", "summary": "", "explanation": "", "wrong": "", "right": "", **facts}
        rule(id="own", subject=subject, **about)(check)
        return Selection(only=frozenset({"own"}))

    yield register
    RULES.pop("own", None)


def said(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{finding.start} {finding.severity} {finding.message}" for finding in findings]


# The walk


def test_every_object_is_visited_where_openapi_says_that_it_stands() -> None:
    counts = Counter(visit.subject for visit in document().visits)
    assert counts == {
        "document": 1, "info": 1, "tag": 1, "path item": 3, "operation": 3, "parameter": 3, "reference": 4, "response": 1,
        "header": 1, "media type": 1, "schema": 12, "security scheme": 1,
    }  # fmt: skip


def test_names_that_look_like_extensions_or_references_are_names_among_properties_and_components() -> None:
    places = {visit.pointer[1:] for visit in document().of("schema") if visit.pointer[0] == "components"}
    assert ("schemas", "Line", "properties", "$ref") in places
    assert ("schemas", "Line", "properties", "x-note") in places
    assert ("schemas", "x-secret") in places
    assert not any("Nothing" in place for place in places), "an extension is nobody's business"


def test_a_reference_is_no_schema_in_3_0_and_is_both_in_3_1_where_something_stands_beside_it() -> None:
    schemas = '{schemas: {A: {$ref: "#/components/schemas/B", description: x}, B: {type: string}}}'
    found = {
        version: [visit.subject for visit in document(written(version=version, components=schemas)).visits][2:]
        for version in ("3.0.3", "3.1.0")
    }
    assert found == {"3.0.3": ["reference", "schema"], "3.1.0": ["reference", "schema", "schema"]}


def test_keywords_of_a_later_version_are_not_followed() -> None:
    schema = "{schemas: {A: {prefixItems: [{type: string}]}}}"
    assert len(document(written(version="3.0.3", components=schema)).of("schema")) == 1
    assert len(document(written(version="3.1.0", components=schema)).of("schema")) == 2
    assert len(document(written(version="3.2.0", paths="{/a: {additionalOperations: {LINK: {}}}}")).of("operation")) == 1


def test_a_visit_knows_what_it_stands_in() -> None:
    media = document().of("media type")[0]
    operation, item = media.within("operation"), media.within("path item")
    assert (media.key, operation and operation.key, item and item.key) == ("application/json", "get", "/orders/{id}")
    assert media.within("tag") is None
    assert media.resolved(media.value["schema"])["type"] == "object"


@pytest.mark.parametrize("wrong", ["[]", "3", "x", "null", "true", "[[1]]", "{a: 1}", "[1, null]", "{a: [{}]}"])
def test_a_value_of_any_wrong_type_is_walked_around(wrong: str) -> None:
    for key in ("info", "servers", "paths", "webhooks", "components", "security", "tags"):
        lint(source(written(**{key: wrong})))
    for place in ("get", "parameters", "servers", "$ref"):
        lint(source(written(paths=f"{{/a: {{{place}: {wrong}}}}}")))
    for place in ("parameters", "requestBody", "responses", "callbacks", "security", "servers", "tags", "operationId"):
        lint(source(written(paths=f"{{/a: {{get: {{{place}: {wrong}}}}}}}")))
    for place in ("properties", "items", "allOf", "type", "enum", "required", "discriminator", "$ref", "additionalProperties"):
        lint(source(written(components=f"{{schemas: {{A: {{{place}: {wrong}}}}}}}")))
    for kind in ("schemas", "responses", "parameters", "requestBodies", "headers", "securitySchemes", "links", "callbacks"):
        found = lint(source(written(components=f"{{{kind}: {{A: {wrong}}}}}")))
        assert not [finding for finding in found if "bug" in finding.message]


def test_references_in_a_circle_end() -> None:
    ways = {"A": "B", "B": "A", "C": "C"}
    named = ", ".join(f'{name}: {{$ref: "#/components/schemas/{other}"}}' for name, other in ways.items())
    circle = f"{{schemas: {{{named}}}}}"
    found = document(written(components=circle))
    assert len(found.of("reference")) == 3
    assert found.resolved({"$ref": "#/components/schemas/A"}) is None
    lint(found.source)


def test_aliases_that_blow_up_are_refused_in_bounded_time() -> None:
    levels = "\n".join(f"    L{n}: &l{n} {{anyOf: [{', '.join([f'*l{n - 1}'] * 8)}]}}" for n in range(1, 7))
    text = written() + "components:\n  schemas:\n    L0: &l0 {type: string}\n" + levels
    begun = time.perf_counter()
    with pytest.raises(InvalidSpec, match="aliases, written out"):
        lint(source(text))
    assert time.perf_counter() - begun < 20


def test_nesting_as_deep_as_it_is_read_is_walked_without_recursion() -> None:
    deep = "{schemas: {A: " + "{items: " * 180 + "{}" + "}" * 180 + "}}"
    assert len(document(written(components=deep)).of("schema")) == 181
    lint(source(written(components=deep)))


# Several files


@pytest.fixture
def split(isolated: Path) -> Path:
    (isolated / "parts").mkdir()
    (isolated / "openapi.yaml").write_text(
        written(paths='{"/orders/{id}": {$ref: "parts/orders.yaml#/order"}}', components="{schemas: {Size: {type: integer}}}")
    )
    (isolated / "parts" / "orders.yaml").write_text(
        "order:\n  get:\n    operationId: getOrder\n    responses:\n      '200':\n        description: ok\n        content:\n"
        "          application/json:\n            schema: {$ref: 'models.yaml#/Order'}\n"
    )
    (isolated / "parts" / "models.yaml").write_text(
        "Order:\n  type: object\n  properties:\n    self: {$ref: '#/Order'}\n"
        "    size: {$ref: '../openapi.yaml#/components/schemas/Size'}\n"
        "    twice: 1\n    twice: 2\nNobody:\n  type: object\n"
    )
    return isolated / "openapi.yaml"


def test_files_that_are_referred_to_are_walked_where_a_reference_leads(split: Path) -> None:
    found = LintDocument(read_source(split))
    places = [(visit.source.name.rpartition("/")[2], visit.subject, visit.pointer) for visit in found.visits]
    assert ("orders.yaml", "operation", ("order", "get")) in places
    assert ("models.yaml", "schema", ("Order",)) in places
    assert not any("Nobody" in pointer for _, _, pointer in places)
    assert [file.name.rpartition("/")[2] for file in found.references.files] == ["openapi.yaml", "orders.yaml", "models.yaml"]


def test_an_operation_in_another_file_belongs_to_the_path_that_refers_to_it(split: Path) -> None:
    (operation,) = LintDocument(read_source(split)).operations
    assert (operation.kind, operation.route, operation.operation_id) == ("path", "GET /orders/{id}", "getOrder")


def test_an_operation_may_be_a_file_of_its_own(isolated: Path) -> None:
    """OpenAPI does not say so, and large public specifications do it."""
    (isolated / "list.yaml").write_text("operationId: list\nresponses: {}\n")
    (isolated / "openapi.yaml").write_text(written(paths='{"/a/{b}": {get: {$ref: list.yaml}}}'))
    found = LintDocument(read_source(isolated / "openapi.yaml"))
    (operation,) = found.operations
    assert (operation.route, operation.operation_id) == ("GET /a/{b}", "list")
    assert found.operation_at(found.of("operation")[0]) is operation
    assert not [finding for finding in lint(found.source) if "bug in Photon" in finding.message]


def test_a_component_that_only_another_file_needs_is_used(split: Path) -> None:
    assert LintDocument(read_source(split)).used_components == {("schemas", "Size")}


def test_a_finding_has_the_file_that_it_stands_in(split: Path, own: Callable[..., Selection]) -> None:
    check = own("schema", lambda visit: iter([Problem("seen")] if visit.value.get("type") == "object" else []))
    (finding,) = lint(read_source(split), check)
    assert (Path(finding.file).name, str(finding.start), finding.json_pointer) == ("models.yaml", "1:1", "#/Order")


def test_a_key_that_stands_twice_is_found_in_every_file(split: Path) -> None:
    (finding,) = lint(read_source(split), selection([], ["no-duplicate-keys"]))
    assert (Path(finding.file).name, str(finding.start), str(finding.end)) == ("models.yaml", "7:5", "7:10")
    assert finding.message == "the key 'twice' stands twice: first in line 6"


# Lookups


def test_operations_are_those_of_paths_webhooks_and_callbacks() -> None:
    assert [(each.kind, each.method, each.path, each.operation_id) for each in document().operations] == [
        ("path", "get", "/orders/{id}", "getOrder"),
        ("callback", "post", "{$request.body#/url}", "paid"),
        ("webhook", "post", "shipped", "shipped"),
    ]
    assert set(document().operation_ids) == {"getOrder", "paid", "shipped"}


def test_an_operation_has_its_own_parameters_and_the_inherited_ones_that_it_does_not_replace() -> None:
    parameters = document().operations[0].parameters
    assert [(each.name, each.location, each.inherited, each.node["schema"]["type"]) for each in parameters] == [
        ("page", "query", False, "string"),
        ("id", "path", True, "string"),
    ]


def test_what_only_unused_components_need_is_not_used() -> None:
    found = document()
    assert found.used_components == {("schemas", "Order"), ("schemas", "Line"), ("parameters", "Page")}


def test_a_discriminator_uses_what_it_maps_to_and_what_extends_its_schema() -> None:
    schemas = """{schemas: {
      Pet: {discriminator: {propertyName: kind, mapping: {cat: Cat, dog: "#/components/schemas/Dog"}}},
      Cat: {type: object}, Dog: {type: object}, Stone: {type: object},
      Fish: {allOf: [{$ref: "#/components/schemas/Pet"}]}}}"""
    paths = '{/a: {get: {responses: {"200": {content: {a/b: {schema: {$ref: "#/components/schemas/Pet"}}}}}}}}'
    found = document(written(paths=paths, components=schemas.replace("\n", " ")))
    assert {name for _, name in found.used_components} == {"Pet", "Cat", "Dog", "Fish"}


def test_a_security_scheme_is_used_where_it_is_required() -> None:
    schemes = "{securitySchemes: {a: {type: http, scheme: basic}, b: {type: http, scheme: basic}}}"
    assert document(written(components=schemes, security="[{a: []}]")).used_components == {("securitySchemes", "a")}


def test_names_in_a_template() -> None:
    assert names_in("/a/{b}/{c}-{d}/{}") == ("b", "c", "d", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "is Swagger 2.0"),
        ("openapi: 4.0.0\n", "is OpenAPI 4.0.0"),
        ("hello: world\n", "it has no 'openapi' key"),
        ("- a\n", "it has no 'openapi' key"),
        ("", "it has no 'openapi' key"),
        ("openapi: [3]\n", "is"),
    ],
)
def test_what_is_no_openapi_3_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSpec, match=said) as raised:
        lint(source(text))
    assert raised.value.hint


# Findings


def test_a_finding_stands_at_the_key_or_at_the_value_or_at_what_is_nearest(own: Callable[..., Selection]) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        yield Problem("key", ("type",))
        yield Problem("value", ("type",), on_key=False)
        yield Problem("missing", ("format", "x"))
        yield Problem("itself")

    text = written() + "components:\n  schemas:\n    Size:\n      type: integer\n"
    assert said(lint(source(text), own("schema", check))) == [
        "5:5 warning itself",
        "5:5 warning missing",
        "6:7 warning key",
        "6:13 warning value",
    ]


def test_findings_are_in_the_order_of_the_text_and_each_is_told_once(own: Callable[..., Selection]) -> None:
    text = written() + "components:\n  schemas:\n    B: &b {type: object, properties: {x: {type: string}}}\n    A: *b\n"
    found = lint(source(text), own("schema", lambda visit: iter([Problem("seen"), Problem("seen")])))
    assert [str(finding.start) for finding in found] == ["5:5", "5:39", "6:5"]


def test_a_rule_is_called_at_its_subjects_and_keys_and_versions(own: Callable[..., Selection]) -> None:
    seen: list[str] = []

    def check(visit: Visit) -> Iterator[Problem]:
        seen.append(f"{visit.subject} {visit.key}")
        yield from ()

    text = written(components="{schemas: {A: {type: string}, B: {enum: [1]}}, parameters: {C: {enum: 1}}}")
    lint(source(text), own("schema", check, also=("parameter",), keys=("enum", "const")))
    lint(source(text), own("schema", check, versions=("3.0",)))
    assert sorted(seen) == ["parameter C", "schema B"]


def test_a_rule_that_breaks_is_told_once_and_keeps_no_other_from_its_work(own: Callable[..., Selection]) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        yield Problem(str(1 // len(visit.value.get("properties", ()))))

    own("schema", check)
    found = lint(source(SHOP), Selection(only=frozenset({"own", "no-duplicate-keys"})))
    bugs = [finding for finding in found if "this is a bug in Photon" in finding.message]
    assert len(bugs) == 1 and "the rule own failed here (ZeroDivisionError" in bugs[0].message
    assert len(found) > 1, "it goes on where it works"


def test_no_rule_breaks_on_the_document_of_these_tests() -> None:
    assert not [finding for finding in lint(source(SHOP)) if "bug in Photon" in finding.message]


# Selection


def test_rules_are_switched_and_get_another_severity(own: Callable[..., Selection]) -> None:
    own("info", lambda visit: iter([Problem("seen")]))
    text = source(written())
    severities = {
        word: [finding.severity for finding in lint(text, selection([f"own={word}"])) if finding.rule == "own"]
        for word in ("off", "error", "warn", "info")
    }
    assert severities == {"off": [], "error": ["error"], "warn": ["warning"], "info": ["info"]}
    assert [finding.rule for finding in lint(text, selection(["own=error", "own=off"], []))].count("own") == 0, "the last wins"


def test_a_rule_that_is_off_by_itself_is_on_where_it_is_named(own: Callable[..., Selection]) -> None:
    only = own("info", lambda visit: iter([Problem("seen")]), on=False)
    text = source(written())
    assert "own" not in {finding.rule for finding in lint(text)}
    assert [finding.severity for finding in lint(text, only)] == ["warning"]
    assert "own" in {finding.rule for finding in lint(text, selection(["own=info"]))}


@pytest.mark.parametrize(
    ("switch", "message", "hint"),
    [
        ("no-duplicate-key=off", "there is no rule 'no-duplicate-key'", "did you mean no-duplicate-keys?"),
        ("zzz=off", "there is no rule 'zzz'", "photon ai explain (lists every rule)"),
        ("syntax", "'syntax' does not say what the rule shall be", "syntax=off, or error, warning, info"),
        ("syntax=maybe", "the rule syntax cannot be 'maybe'", "syntax=off, or error, warning, info"),
    ],
)
def test_a_switch_that_cannot_be_names_the_way_out(switch: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        selection([switch])
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_another_tools_name_of_a_rule_is_told_as_such(own: Callable[..., Selection]) -> None:
    from photon.openapi.lint.selection import foreign_names

    own("info", lambda visit: iter(()), redocly="their-rule", spectral="their-rule")
    foreign_names.cache_clear()
    with pytest.raises(UsageError, match="their-rule is Redocly's and Spectral's name") as raised:
        rule_called("their-rule")
    assert raised.value.hint == "own"
    foreign_names.cache_clear()


# Comments


COMMENTED = """\
components:
  schemas:
    # photon: ignore own
    # (it is known)
    A: {type: string}
    B: {type: string} # photon: ignore other, own
    C: {type: string} # photon: ignore other
    D: {type: string} # photon: ignore
    E: {type: string, description: "# photon:ignored"}
    F: {type: string}
"""


def test_a_comment_on_the_line_or_above_it_silences_a_rule_there(own: Callable[..., Selection]) -> None:
    found = lint(source(written() + COMMENTED), own("schema", lambda visit: iter([Problem("seen")])))
    assert [finding.pointer[-1] for finding in found] == ["C", "E", "F"]


# Values without a text


def test_a_value_is_linted_and_mended_without_any_text(own: Callable[..., Selection]) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        if "nullable" in visit.value:
            kind = [visit.value.get("type"), "null"]
            fixes = (Fix("remove", (*visit.pointer, "nullable")), Fix("set", (*visit.pointer, "type"), kind))
            yield Problem("no nullable", ("nullable",), fixes=fixes)

    only = own("schema", check)
    value: dict[str, Any] = {
        "openapi": "3.1.0",
        "components": {"schemas": {"A": {"type": "string", "nullable": True}, "B": {"items": {"nullable": False}}}},
    }
    found = lint(textless(value), only)
    assert [(finding.start, finding.json_pointer) for finding in found] == [
        (None, "#/components/schemas/A/nullable"),
        (None, "#/components/schemas/B/items/nullable"),
    ]
    new = mended(value, found)
    assert new["components"]["schemas"] == {"A": {"type": ["string", "null"]}, "B": {"items": {"type": [None, "null"]}}}
    assert value["components"]["schemas"]["A"] == {"type": "string", "nullable": True}, "what was given is as it was"
    assert lint(textless(new), only) == ()


def test_a_value_of_one_operation_is_linted_in_a_moment() -> None:
    schema = {"type": "object", "properties": {f"field{n}": {"type": "string"} for n in range(20)}}
    content = {"application/json": {"schema": schema}}
    operation = {"summary": "x", "operationId": "x", "responses": {"200": {"description": "ok", "content": content}}}
    value = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/a": {"post": operation}}}
    lint(textless(value))
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        lint(textless(value))
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.02, "measured: 2 ms"


def test_of_two_fixes_at_one_place_the_first_is_applied(own: Callable[..., Selection]) -> None:
    def check(visit: Visit) -> Iterator[Problem]:
        yield Problem("a", fixes=(Fix("set", ("info", "title"), "first"),))
        yield Problem("b", fixes=(Fix("set", ("info", "title"), "second"), Fix("set", ("info", "version"), "2")))
        yield Problem("c", fixes=(Fix("remove", ("info", "nothing")),))
        yield Problem("d", fixes=(Fix("rename", ("info", "version"), "title"),))

    value = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}}
    assert mended(value, lint(textless(value), own("info", check)))["info"] == {"title": "first", "version": "1"}
