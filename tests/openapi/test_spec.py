"""The user's specification: which documents it can be, and its operations over all its files."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from photon.errors import InvalidSpec
from photon.openapi.source.source import source_of
from photon.openapi.spec import Spec, read_spec


def spec(text: str, name: str = "api.yaml") -> Spec:
    return Spec(source_of(text.encode(), Path(name)))


@pytest.mark.parametrize(
    ("stated", "version"),
    [("3.0.3", "3.0"), ("3.1.0", "3.1"), ("3.2.0", "3.2"), ("'3.1.1'", "3.1"), ("3.1", "3.1"), ("3.0.0-rc1", "3.0")],
)
def test_each_version_of_openapi_3_is_known(stated: str, version: str) -> None:
    assert spec(f"openapi: {stated}\n").version == version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "api.yaml is Swagger 2.0, and Photon reads OpenAPI 3"),
        ("swagger: {a: b}\n", "api.yaml is Swagger of no version, and Photon reads OpenAPI 3"),
        ("openapi: 4.0.0\n", "api.yaml is OpenAPI 4.0.0"),
        ("openapi: 3.3.0\n", "api.yaml is OpenAPI 3.3.0"),
        ("openapi: [3.1.0]\n", "api.yaml is OpenAPI of no version"),
        ('openapi: "\\e[31m3.1"\n', "api.yaml is OpenAPI [31m3.1"),
        (f"openapi: {'3' * 500}\n", f"api.yaml is OpenAPI {'3' * 40}"),
        ("openapi:\n", "api.yaml is OpenAPI of no version"),
        ("info: {}\n", "api.yaml is no OpenAPI document: it has no 'openapi' key"),
        ("- openapi: 3.1.0\n", "api.yaml is no OpenAPI document: it has no 'openapi' key"),
        ("openapi 3.1.0\n", "api.yaml is no OpenAPI document: it has no 'openapi' key"),
        ("", "api.yaml is no OpenAPI document: it has no 'openapi' key"),
        ("openapi: 3.1.0\npaths: {}\npaths: {}\n", "api.yaml:3:1 the key 'paths' stands twice: first in line 2"),
    ],
)
def test_everything_else_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        spec(text)
    assert caught.value.message == said
    assert caught.value.hint


def test_operations_are_found_in_the_order_of_the_document_and_in_other_files(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\n"
        "paths:\n"
        "  x-note: {get: {}}\n"
        "  /b:\n    summary: B\n    post: {operationId: b}\n    GET: {}\n    query: {}\n    get: 5\n    parameters: []\n"
        "  /a: {$ref: 'paths/a.yaml'}\n"
        "  /broken: {$ref: 'paths/none.yaml'}\n"
        "  /local: {$ref: '#/components/pathItems/Local'}\n"
        "  /list: [get]\n"
        "components:\n  pathItems:\n    Local: {delete: {operationId: l}}\n",
        encoding="utf-8",
    )
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths/a.yaml").write_text("get: {operationId: a}\ntrace: {operationId: t}\n", encoding="utf-8")
    found = read_spec(tmp_path / "api.yaml")
    assert [operation.route for operation in found.operations] == ["POST /b", "GET /a", "TRACE /a", "DELETE /local"]
    b, a, _, local = found.operations
    assert (b.pointer, b.source) == (("paths", "/b", "post"), found.source)
    assert (a.pointer, a.source.path) == (("get",), tmp_path / "paths/a.yaml")
    assert (local.pointer, local.node) == (("components", "pathItems", "Local", "delete"), {"operationId": "l"})
    assert b.item["summary"] == "B"
    assert found.operations is found.operations


def test_sections_and_components_are_empty_where_they_are_not_what_they_should_be() -> None:
    found = spec("openapi: 3.1.0\npaths: [1]\ncomponents:\n  schemas: 5\n  responses: {A: {description: x}}\n")
    assert found.operations == ()
    assert found.components("schemas") == {}
    assert found.components("responses") == {"A": {"description": "x"}}
    assert found.section("components", "responses", "A", "description") == {}
    assert found.resolved({"$ref": "#/components/responses/A"}) == {"description": "x"}
    assert found.resolved({"$ref": "#/components/responses/B"}) is None
    assert found.resolved_mapping({"$ref": "#/components/schemas"}) == {}
    assert found.resolved(7) == 7


def test_a_minus_is_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"openapi": "3.1.0"}')))
    found = read_spec(Path("-"))
    assert found.version == "3.1"
    assert (found.source.path, found.source.name, found.source.format, found.source.bom) == (None, "<stdin>", "json", True)


def test_a_file_of_the_wrong_name_is_read_by_what_it_begins_with(tmp_path: Path) -> None:
    for name, text, form in (
        ("a.yaml", '{"openapi": "3.0.0"}', "json"),
        ("b.yaml", "{openapi: 3.0.0}", "yaml"),
        ("c", "# c\nopenapi: 3.0.0", "yaml"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_spec(tmp_path / name).source.format == form
    (tmp_path / "d.JSON").write_text("openapi: 3.0.0", encoding="utf-8")
    with pytest.raises(InvalidSpec, match=r"d\.JSON:1:1 a value is missing"):
        read_spec(tmp_path / "d.JSON")
