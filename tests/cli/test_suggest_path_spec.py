"""``photon ai suggest-path --spec``: in the style of the user's document, and into it."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest
import yaml
from screens import Photon, seen
from servers import serving, sse, text_events

from photon.cli.app import run
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


def test_who_wants_it_quiet_is_told_the_error_alone(photon: Photon, spec: Path) -> None:
    done = photon(*FAKE, "-q", "--spec", "openapi.yaml", "--diff", "GET /books")
    assert done.returncode == ExitCode.INVALID_SPEC
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["photon:", "try:"]


@pytest.mark.parametrize("output", ["openapi.yaml", "./openapi.yaml", "link.yaml", "hard.yaml"])
@pytest.mark.parametrize("command", [("suggest-path", WANTED), ("suggest-schema", "a Pet")], ids=lambda each: each[0])
def test_the_document_is_never_overwritten_by_an_answer(spec: Path, command: tuple[str, str], output: str) -> None:
    Path("link.yaml").symlink_to("openapi.yaml")
    Path("hard.yaml").hardlink_to("openapi.yaml")
    assert run(["ai", command[0], "--provider", "fake", "--spec", "openapi.yaml", "-o", output, command[1]]) == ExitCode.USAGE
    assert spec.read_text() == SPEC


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--spec", "openapi.yaml", "--diff", "-o", "x.yaml"], "--output"),
        (["--spec", "openapi.yaml", "--diff", "--json"], "--json"),
        (["--spec", "openapi.yaml", "--replace"], "--replace"),
        (["--spec", ""], "names no file"),
        (["--spec", " "], "names no file"),
    ],
    ids=["output", "json", "replace", "empty", "blank"],
)
@pytest.mark.parametrize("command", [("suggest-path", WANTED), ("suggest-schema", "a Pet")], ids=lambda each: each[0])
def test_options_that_say_two_things_are_refused_before_anybody_is_asked(
    spec: Path, command: tuple[str, str], options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ai", command[0], "--provider", "fake", *options, command[1]]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert not out and said in err and spec.read_text() == SPEC and not Path("x.yaml").exists()


@pytest.mark.parametrize("command", ["suggest-path", "suggest-schema"])
@pytest.mark.parametrize("words", [[], ["-"]], ids=["nothing", "dash"])
def test_stdin_is_the_request_or_the_document(photon: Photon, command: str, words: list[str]) -> None:
    done = photon("ai", command, "--provider", "fake", "--spec", "-", *words, stdin="GET /books")
    assert done.returncode == ExitCode.USAGE and "stdin cannot be" in done.stderr


def test_json_holds_nothing_that_cannot_be_seen(photon: Photon, spec: Path) -> None:
    spec.write_text(SPEC.replace("Books", '"B\\x9bo\\u202eks"'))
    done = photon(*FAKE, "--spec", "openapi.yaml", "--json", WANTED)
    assert "\\u009bo\\u202e" in done.stdout
    assert done.returncode == 0 and done.stdout.replace("\n", "").isprintable() and json.loads(done.stdout)


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


@pytest.mark.parametrize("answers", ["aaa", "aba"])
def test_the_shape_of_the_alternatives_does_not_depend_on_how_many_came(photon: Photon, answers: str) -> None:
    said = {word: f"GET /search\nsummary: Search {word}\nauth: none\n200: {{ {word}: string }}" for word in "ab"}
    with serving(*[sse(*text_events(said[word])) for word in answers]) as server:
        command = ("ai", "suggest-path", "--alternatives", "3", "--refresh", "GET /search")
        done = photon(*command, "--json", env={"PHOTON_AI_URL": server.url})
        listed = photon(*command, "-f", "json", env={"PHOTON_AI_URL": server.url})
    came = len(set(answers))
    assert len(json.loads(done.stdout)["alternatives"]) == came and isinstance(json.loads(listed.stdout), list)
    assert f"only {came} different one{'s' * (came > 1)} came" in done.stderr


@pytest.mark.parametrize("size", [0, 300_000], ids=["small", "large"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paths: []\n", "paths is no mapping"),
        ("paths: {}\ntags: {a: b}\n", "tags is no list"),
        ("x-paths: &paths {}\npaths: *paths\n", "alias"),
        ("x-item: &item {get: {responses: {}}}\npaths:\n  /books: *item\n", "alias"),
        ("paths:\n  /books: {$ref: gone.yaml}\n", "gone.yaml"),
    ],
    ids=["paths", "tags", "alias of the paths", "alias of the item", "file that is gone"],
)
def test_what_cannot_be_written_is_refused_before_anybody_is_asked(
    photon: Photon, spec: Path, text: str, said: str, size: int
) -> None:
    spec.write_text(f"openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\n{text}#{'-' * size}\n")
    with serving(sse(*text_events("POST /books\nsummary: Add\nauth: none\n204: -"))) as server:
        command = ("ai", "suggest-path", "--spec", "openapi.yaml", "POST /books")
        done = photon(*command, "--write", env={"PHOTON_AI_URL": server.url})
        assert done.returncode == ExitCode.INVALID_SPEC and said in done.stderr and not server.requests
        assert photon(*command, env={"PHOTON_AI_URL": server.url}).returncode == 0


def minified() -> str:
    return json.dumps(yaml.safe_load(SPEC), separators=(",", ":"))


def test_a_minified_document_is_shown_in_parts_to_people_and_whole_to_patch(photon: Photon) -> None:
    Path("openapi.json").write_text(minified())
    command = ("ai", "suggest-path", "--provider", "fake", "--spec", "openapi.json", "--diff", "GET /books/{book_id}/pages")
    piped = photon(*command).stdout
    assert len(piped.splitlines()) == 7 and f"-{minified()}\n" in piped
    shown = seen(*command)
    assert '+  "get":{\n' in shown.plain and "…" in shown.plain
    assert max(map(len, shown.plain.splitlines())) < 90
    wrote = photon(*command[:-2], "--write", command[-1])
    assert re.search(r"wrote openapi\.json: [\d,]+ characters more in 1 line\n", wrote.stderr)
