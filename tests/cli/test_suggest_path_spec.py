"""``photon ai suggest-path --spec``: in the style of the user's document, and into it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
import yaml
from screens import Photon
from servers import serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

SPEC = """\
openapi: 3.0.3
info: {title: Library, version: '1'} # ours
tags:
  - name: Books
security:
  - key: []
paths:
  /books:
    get: # the first
      summary: List books
      operationId: books_list
      tags: [Books]
      responses:
        '200':
          description: OK
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Book'}}
        '401': {$ref: '#/components/responses/Unauthorized'}

  /books/{book_id}:
    get:
      summary: Get a book
      operationId: books_get
      tags: [Books]
      parameters:
        - {$ref: '#/components/parameters/book_id'}
      responses:
        '200':
          description: OK
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
        '401': {$ref: '#/components/responses/Unauthorized'}
        '404': {$ref: '#/components/responses/NotFound'}
components:
  schemas:
    Book:
      type: object
      properties:
        book_id: {type: integer}
        full_title: {type: string}
  parameters:
    book_id: {name: book_id, in: path, required: true, schema: {type: integer}}
  responses:
    Unauthorized: {description: Not you}
    NotFound: {description: No such thing}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""
SKETCH = "DELETE /books/{book_id}\nsummary: Delete a book\nauth: bearer\n204: -\n401: No\n404: No such book"
FAKE = ("ai", "suggest-path", "--provider", "fake")
WANTED = "DELETE /books/{book_id} removes a book"


@pytest.fixture
def spec(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_bytes(SPEC.encode())
    return path


def lost(before: str, after: str) -> list[str]:
    """The lines of `before` that are not in `after`, in their order."""
    rest = iter(after.splitlines())
    return [line for line in before.splitlines() if not any(line == other for other in rest)]


def test_the_suggestion_is_written_as_its_neighbours_are(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "--spec", "openapi.yaml", WANTED)
    operation = yaml.safe_load(done.stdout)["paths"]["/books/{book_id}"]["delete"]
    assert operation["operationId"] == "books_delete" and operation["tags"] == ["Books"] and "security" not in operation
    assert operation["parameters"] == [{"$ref": "#/components/parameters/book_id"}]
    assert operation["responses"]["404"] == {"$ref": "#/components/responses/NotFound"}


def test_the_diff_has_the_new_lines_and_nothing_else(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "--spec", "openapi.yaml", "--diff", WANTED)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("--- a/") and not [line for line in lines[2:] if line.startswith("-")]
    assert "+    delete:" in lines and spec.read_text() == SPEC


def test_writing_keeps_every_line_and_the_mode(photon: Photon, spec: Path) -> None:
    spec.chmod(0o640)
    done = photon(*FAKE, "--spec", "openapi.yaml", "--write", WANTED)
    after = spec.read_text()
    assert done.returncode == 0 and not lost(SPEC, after), done.stderr
    assert "delete" in yaml.safe_load(after)["paths"]["/books/{book_id}"]
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert "wrote openapi.yaml: " in done.stderr and done.stdout.startswith("paths:")


def test_an_operation_that_is_there_is_refused_with_both_versions_shown(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "--spec", "openapi.yaml", "--write", "GET /books")
    assert done.returncode == ExitCode.INVALID_SPEC and spec.read_text() == SPEC
    assert "there is" in done.stderr and "the new one" in done.stderr and "--replace" in done.stderr


def test_replacing_changes_that_operation_alone_and_keeps_its_id(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "--spec", "openapi.yaml", "--write", "--replace", "GET /books")
    before, after = yaml.safe_load(SPEC), yaml.safe_load(spec.read_text())
    assert done.returncode == 0, done.stderr
    assert after["paths"]["/books"]["get"]["operationId"] == "books_list"
    assert after["paths"]["/books/{book_id}"] == before["paths"]["/books/{book_id}"]


def test_the_project_names_its_document_once_for_all(photon: Photon, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("photon.toml").write_text('[ai]\nspec = "openapi.yaml"\n')
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    assert "books_delete" in photon(*FAKE, WANTED).stdout
    assert "books_delete" not in photon(*FAKE, "--no-spec", WANTED).stdout


def test_the_document_may_come_through_stdin(photon: Photon, spec: Path) -> None:
    assert "books_delete" in photon(*FAKE, "--spec", "-", WANTED, stdin=SPEC).stdout
    refused = photon(*FAKE, "--spec", "-", "--write", WANTED, stdin=SPEC)
    assert refused.returncode == ExitCode.USAGE and "stdin" in refused.stderr


@pytest.mark.parametrize("flag", ["--write", "--diff"])
def test_without_a_document_there_is_nothing_to_write_into(photon: Photon, flag: str) -> None:
    done = photon(*FAKE, flag, WANTED)
    assert done.returncode == ExitCode.USAGE and flag in done.stderr and "--spec" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('swagger: "2.0"\n', "Swagger 2.0"),
        ("paths: [", "openapi.yaml:1:"),
        ("openapi: 3.1.0\nopenapi: 3.1.0\n", "twice"),
        ("hello", "no OpenAPI document"),
        ("\x00", "openapi.yaml:1:1"),
        ("openapi: 3.1.0\npaths: {" + "[" * 5_000, "nested"),
    ],
    ids=["swagger", "syntax", "duplicate", "text", "binary", "deep"],
)
def test_a_document_that_cannot_be_used_is_a_clear_error(photon: Photon, spec: Path, text: str, said: str) -> None:
    spec.write_text(text)
    done = photon(*FAKE, "--spec", "openapi.yaml", "--write", WANTED)
    assert (done.returncode, done.stdout) == (ExitCode.INVALID_SPEC, "")
    assert said in done.stderr and "Traceback" not in done.stderr and spec.read_text() == text


def test_a_document_that_is_not_there_is_named(photon: Photon) -> None:
    done = photon(*FAKE, "--spec", "nowhere.yaml", WANTED)
    assert done.returncode == ExitCode.INVALID_SPEC and "nowhere.yaml" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_leaves_the_document_as_it_is(photon: Photon, spec: Path) -> None:
    spec.parent.chmod(0o500)
    try:
        done = photon(*FAKE, "--spec", "openapi.yaml", "--write", WANTED)
    finally:
        spec.parent.chmod(0o700)
    assert done.returncode == ExitCode.FAILURE and spec.read_text() == SPEC


def test_other_models_are_told_the_components_and_the_conventions(photon: Photon, spec: Path) -> None:
    with serving(sse(*text_events(SKETCH))) as server:
        done = photon("ai", "suggest-path", "--spec", "openapi.yaml", WANTED, "--json", env={"PHOTON_AI_URL": server.url})
    told = server.requests[0].json["messages"][-1]["content"]
    assert "Book = { book_id?: int, full_title?: string }" in told and "snake_case" in told
    envelope = json.loads(done.stdout)
    assert "#/components/responses/NotFound" in envelope["reused"] and envelope["findings"] == []


def test_the_same_command_prints_the_same_until_the_document_changes(photon: Photon, spec: Path) -> None:
    command = ("ai", "suggest-path", "--spec", "openapi.yaml", "GET /authors/{author_id}")
    with serving(*[sse(*text_events("GET /authors/{author_id}\nsummary: Get an author\n200: { name: string }"))] * 4) as server:
        env = {"PHOTON_AI_URL": server.url}
        first, again = photon(*command, env=env), photon(*command, env=env)
        spec.write_text(SPEC.replace("books_get", "books_read"))
        changed = photon(*command, env=env)
    assert first.stdout == again.stdout and "from the cache" in again.stderr
    assert changed.stdout != first.stdout and "authors_read" in changed.stdout


def test_examples_and_descriptions_are_added_by_code(photon: Photon) -> None:
    sketch = "POST /users\nsummary: Create a user\nauth: none\nbody: { email: email, age?: int(18..99) }\n201: { id: uuid }"
    with serving(sse(*text_events(sketch))) as server:
        done = photon(
            "ai", "suggest-path", "--examples", "--describe", "POST /users", env={"PHOTON_AI_URL": server.url}
        )  # fmt: skip
    body = yaml.safe_load(done.stdout)["paths"]["/users"]["post"]["requestBody"]["content"]["application/json"]
    assert "@" in body["example"]["email"] and 18 <= body["example"]["age"] <= 99
    assert body["schema"]["properties"]["email"]["description"] == "Email address of the user"
    assert "Describe every field" in server.requests[0].json["messages"][-1]["content"]


def test_profiles_decide_where_there_is_no_document(photon: Photon) -> None:
    Path("photon.toml").write_text('[ai.style]\nprofile = "zalando"\n')
    sketch = "GET /order-items\nsummary: List order items\nauth: bearer\n200: { createdAt: datetime }[]\n401: No"
    with serving(sse(*text_events(sketch))) as server:
        done = photon("ai", "suggest-path", "list the order items", env={"PHOTON_AI_URL": server.url})
    assert "created_at" in done.stdout and "cursor" in done.stdout and "application/problem+json" in done.stdout


def test_alternatives_differ_and_a_pipe_gets_all_of_them(photon: Photon) -> None:
    answers = [
        "GET /search\nsummary: Search\n200: { hits: string[] }",
        "GET /search\nsummary: Search\n200: { hits: string[] }",
        "GET /search\nsummary: Search everything\n200: { results: string[], total: int }",
    ]
    with serving(*[sse(*text_events(answer)) for answer in answers]) as server:
        done = photon("ai", "suggest-path", "--alternatives", "2", "GET /search", env={"PHOTON_AI_URL": server.url})
    found = list(yaml.safe_load_all(done.stdout))
    assert [each["paths"]["/search"]["get"]["summary"] for each in found] == ["Search", "Search everything"]
    assert len({request.json.get("temperature") for request in server.requests}) == 3


def test_one_of_several_cannot_be_written_where_nobody_picks(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "--spec", "openapi.yaml", "--write", "--alternatives", "2", WANTED)
    assert done.returncode == ExitCode.USAGE and spec.read_text() == SPEC


@needs_local
def test_the_local_model_writes_into_a_document(photon: Photon, spec: Path) -> None:
    done = photon("ai", "suggest-path", "--spec", "openapi.yaml", "--write", "POST /books adds a book")
    after = spec.read_text()
    assert done.returncode == 0 and not lost(SPEC, after), done.stderr
    operation = yaml.safe_load(after)["paths"]["/books"]["post"]
    assert operation["tags"] == ["Books"] and operation["operationId"].startswith("books_")
    assert operation["responses"]["401"] == {"$ref": "#/components/responses/Unauthorized"}
