"""``photon ai log last`` and ``replay`` of what was asked about the user's document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from screens import Photon
from servers import serving, sse, text_events

SPEC = """\
openapi: 3.0.3
info: {title: Library, version: '1'}
security:
  - key: []
paths:
  /books:
    get:
      summary: List books
      operationId: books_list
      responses: {'200': {description: OK}}
  /books/{book_id}:
    get:
      summary: Get a book
      operationId: books_get
      parameters:
        - {name: book_id, in: path, required: true, schema: {type: integer}}
      responses: {'200': {description: OK}}
components:
  schemas:
    book_item:
      type: object
      properties: {book_id: {type: integer}, full_title: {type: string}}
    book_shelf:
      type: object
      properties: {shelf_id: {type: integer}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""
PATH = ("ai", "suggest-path", "--provider", "fake", "--spec", "openapi.yaml")
WANTED = "DELETE /books/{book_id} removes a book"


@pytest.fixture
def spec(isolated: Path) -> Path:
    path = isolated / "openapi.yaml"
    path.write_text(SPEC)
    return path


@pytest.mark.parametrize("flags", [(), ("--examples", "--describe"), ("-f", "json")], ids=["plain", "more", "json"])
def test_last_prints_what_was_printed_in_the_style_of_the_document_from_any_folder(
    photon: Photon, spec: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    printed = photon(*PATH, *flags, WANTED)
    assert "books_delete" in printed.stdout, printed.stderr
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    again = photon("ai", "log", "last")
    assert (again.stdout, again.stderr) == (printed.stdout, "")
    assert f"spec        {spec.resolve()}\n" in photon("ai", "log", "show").stdout


def test_a_profile_is_obeyed_again(photon: Photon) -> None:
    Path("photon.toml").write_text('[ai.style]\nprofile = "zalando"\n')
    sketch = "GET /order-items\nsummary: List order items\nauth: bearer\n200: { createdAt: datetime }[]\n401: No"
    with serving(sse(*text_events(sketch))) as server:
        printed = photon("ai", "suggest-path", "list the order items", env={"PHOTON_AI_URL": server.url})
    Path("photon.toml").unlink()
    assert "created_at" in printed.stdout and photon("ai", "log", "last").stdout == printed.stdout


def test_rules_that_were_off_are_off_again(photon: Photon) -> None:
    sketch = "GET /x\nsummary: Get x.\nauth: none\n200: { a: string }"
    with serving(sse(*text_events(sketch))) as server:
        env = {"PHOTON_AI_URL": server.url}
        printed = photon("ai", "suggest-path", "GET /x", env=env)
        Path("photon.toml").write_text('[ai.lint]\nrules = ["operation-summary=off"]\n')
        assert photon("ai", "log", "last").stdout == printed.stdout


def test_a_document_that_has_changed_is_said_and_what_was_written_into_it_is_no_neighbour(photon: Photon, spec: Path) -> None:
    printed = photon(*PATH, "--write", WANTED)
    again = photon("ai", "log", "last")
    assert "operationId: books_delete\n" in again.stdout and "operationId: books_delete\n" in printed.stdout
    assert "openapi.yaml has changed since" in again.stderr
    assert len(again.stderr.splitlines()) == 1


def test_a_change_in_another_file_of_the_document_is_said_too(photon: Photon, spec: Path) -> None:
    spec.write_text(SPEC.replace("    book_shelf:\n", "    book_shelf: {$ref: schemas/shelf.yaml}\n    book_rack:\n"))
    shelf = spec.parent / "schemas" / "shelf.yaml"
    shelf.parent.mkdir()
    shelf.write_text("type: object\n")
    printed = photon(*PATH, WANTED)
    assert photon("ai", "log", "last").stderr == ""
    shelf.write_text("type: object # ours\n")
    again = photon("ai", "log", "last")
    assert (again.stdout, again.stderr) == (printed.stdout, f"{spec.resolve()} has changed since\n")
    shelf.unlink()
    assert "has changed since" in photon("ai", "log", "last").stderr


def test_a_document_that_is_gone_or_broken_is_said_and_left_out(photon: Photon, spec: Path) -> None:
    photon(*PATH, WANTED)
    spec.write_text("openapi: [")
    broken = photon("ai", "log", "last")
    spec.unlink()
    gone = photon("ai", "log", "last")
    assert (broken.returncode, gone.returncode) == (0, 0) and broken.stdout == gone.stdout
    assert "openapi.yaml is gone" in gone.stderr and "openapi.yaml:1:" in broken.stderr
    assert len(gone.stderr.splitlines()) == 1 and "delete:" in gone.stdout


def test_a_replay_is_asked_and_written_as_the_first_was(photon: Photon, spec: Path) -> None:
    printed = photon(*PATH, WANTED, "--json")
    again = photon("ai", "log", "replay", "--json")
    first, second = json.loads(printed.stdout), json.loads(again.stdout)
    assert second["document"] == first["document"], again.stderr
    spec.unlink()
    assert photon("ai", "log", "replay", "--dry-run").stderr.count("openapi.yaml is gone") == 1


def test_a_schema_is_made_to_fit_again(photon: Photon, spec: Path) -> None:
    asked = "a LendingCard with bookShelf and dueDate"
    with serving(sse(*text_events("LendingCard = { bookShelf: object, dueDate: date }"))) as server:
        command = ("ai", "suggest-schema", "--spec", "openapi.yaml", "--write", asked)
        printed = photon(*command, env={"PHOTON_AI_URL": server.url})
    assert printed.returncode == 0 and "lending_card" in printed.stdout, printed.stderr
    again = photon("ai", "log", "last")
    assert again.stdout == printed.stdout and "has changed since" in again.stderr


def test_what_complete_gave_is_shown_without_the_half_that_it_completed(photon: Photon, spec: Path) -> None:
    half = SPEC.replace("components:", "    delete:\n      summary: Delete a book\ncomponents:", 1)
    spec.write_text(half)
    line = half.splitlines().index("    delete:") + 1
    photon("ai", "complete", "--provider", "fake", "openapi.yaml", "--at", f"{line}:1")
    again = photon("ai", "log", "last")
    assert again.returncode == 0 and "operationId: books_delete\n" in again.stdout, again.stderr
    assert again.stderr == ""


WRITTEN = """\
POST /members/{member_id}/loans
summary: Lend a book
tags: loans
auth: basic
path: { member_id: int }
body: { due_date: date }
201: Loan
Loan = { loan_id: int, reader: Reader }
Reader = { name: string, card: book_shelf }
"""


@pytest.mark.parametrize("asked", ["POST /members/{member_id}/loans", "lend a book"], ids=["named", "free"])
def test_what_write_put_into_the_document_is_printed_as_it_was_shown(photon: Photon, spec: Path, asked: str) -> None:
    tagged = SPEC.replace("paths:", "tags: [{name: books}]\npaths:", 1).replace(
        "      operationId", "      tags: [books]\n      operationId"
    )
    spec.write_text(tagged)
    with serving(sse(*text_events(WRITTEN))) as server:
        command = ("ai", "suggest-path", "--spec", "openapi.yaml", "--write", asked)
        printed = photon(*command, env={"PHOTON_AI_URL": server.url})
    assert "    reader:\n" in printed.stdout and "tags:\n  - name:" in printed.stdout, printed.stdout + printed.stderr
    assert "loans" in spec.read_text()
    assert photon("ai", "log", "last").stdout == printed.stdout
