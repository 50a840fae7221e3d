"""Where the cursor stands in a document that somebody is writing, and what is mended so that it can be read at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_documents import DOCUMENTS

from photon.errors import InvalidSpec
from photon.openapi.cursor import Standing, standing
from photon.openapi.source.source import Position, Source, source_of
from photon.openapi.splice.edits import Edit, edited

HEAD = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /users:
    get:
      summary: List users
      responses: {'200': {description: OK}}
  /users/{id}:
"""
TAIL = """
  /zoo:
    get: {responses: {}}
components: {}
"""


def at_mark(text: str, path: str = "openapi.yaml") -> Standing:
    """Where the cursor stands, which is the bar in the text."""
    before, _, after = text.partition("|")
    position = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
    return standing((before + after).encode(), Path(path), position)


@pytest.mark.parametrize("tail", ["", TAIL])
@pytest.mark.parametrize(
    ("half", "method", "written"),
    [
        ("|", "GET", []),
        ("    |", "GET", []),
        ("    g|", "GET", []),
        ("    pu|", "PUT", []),
        ("    put|", "PUT", []),
        ("    delete:|", "DELETE", []),
        ("    patch:\n      |", "PATCH", []),
        ("    get:\n      sum|", "GET", []),
        ("    get:\n      summary: Get a user\n      oper|", "GET", ["summary"]),
        ("    get:\n      summary: Get|\n      tags: [users]", "GET", ["summary", "tags"]),
        ("    get:\n      summary: Get a user\n    po|", "POST", []),
        ("    get:\n      summary: Get a user\n    |", "PUT", []),
        ("    get:\n      summary: Get a user\n|", "GET", ["summary"]),
        ("    get:\n      summary: Get a user\n      responses:\n        20|", "GET", ["summary", "responses"]),
        ("    get:\n      summary: Get a user\n      responses:\n        '20|", "GET", ["summary", "responses"]),
        ("    get:\n      tags: [a,|", "GET", []),
        ("    get:\n      parameters:\n        - |", "GET", ["parameters"]),
        ("    get:\n      description: >\n        Long\n        text|", "GET", ["description"]),
        ("    parameters: []\n    get: {}\n    |", "GET", []),
    ],
)
def test_the_operation_is_found_around_half_a_line(half: str, method: str, written: list[str], tail: str) -> None:
    found = at_mark(HEAD + half + tail)
    assert (found.path, found.method, list(found.written)) == ("/users/{id}", method, written)


def test_on_the_line_of_a_path_the_next_method_is_meant() -> None:
    assert at_mark(HEAD.replace("/users:", "/us|ers:")).method == "POST"


def test_a_path_without_its_colon_is_given_it() -> None:
    found = at_mark(HEAD + "    get: {}\n  /users/{id}/ro|les" + TAIL)
    assert (found.path, found.method) == ("/users/{id}/roles", "GET")
    assert found.mend and found.mend.text == ":"


@pytest.mark.parametrize(
    "half", ['"summary": "See",|', '"summary": "See",\n    |', '"summary": "See",\n    "op|', '"summary": "See"|']
)
def test_in_json_no_comma_and_no_quote_is_in_the_way(half: str) -> None:
    text = '{"openapi": "3.1.0", "info": {},\n "paths": {\n  "/a": {\n   "get": {\n    ' + half + "\n   }\n  }\n }\n}\n"
    found = at_mark(text, "openapi.json")
    assert (found.path, found.method, dict(found.written)) == ("/a", "GET", {"summary": "See"})
    assert found.file.text == text.replace("|", "")


@pytest.mark.parametrize("where", ["open|api", "pa|ths", "comp|onents", "info|"])
def test_outside_of_the_paths_there_is_nothing_to_complete(where: str) -> None:
    text = HEAD + "    get: {}" + TAIL
    with pytest.raises(InvalidSpec, match="is in no path") as raised:
        at_mark(text.replace(where.replace("|", ""), where, 1))
    assert "below 'paths'" in raised.value.hint


def test_a_line_that_is_not_there_and_a_fault_elsewhere_are_told() -> None:
    with pytest.raises(InvalidSpec, match="has 9 lines, not 400"):
        standing(HEAD.encode(), None, Position(400, 1))
    with pytest.raises(InvalidSpec, match=r"openapi\.yaml:2:"):
        at_mark((HEAD + "    ge|t: {}\n").replace("{title", "{{title"))


def test_edits_of_what_was_mended_make_the_same_text_of_the_file() -> None:
    found = at_mark(HEAD + "    get:\n      summary: Get a user\n      oper|" + TAIL)
    text = found.source.text
    for edits in (
        [Edit(len(text), len(text), "x-end: 1\n")],
        [Edit(0, 7, "x-begin")],
        [Edit(at := text.index("  /zoo"), at, "#\n")],
    ):
        assert edited(found.file.text, found.in_the_file(edits)) == edited(text, edits)
    assert "oper" in found.file.text and "oper" not in text.partition("Get a user")[2].partition("/zoo")[0]


def test_an_edit_of_what_the_mend_put_there_is_one_with_it() -> None:
    text = '{"openapi": "3.1.0", "info": {}, "paths": {"/a": {\n"get":|\n}}}'
    found = at_mark(text, "openapi.json")
    start = found.source.text.index("{}", found.source.text.index('"get"'))
    (edit,) = found.in_the_file([Edit(start, start + 2, '{"summary": "See"}')])
    assert edited(found.file.text, [edit]) == text.replace("|", ' {"summary": "See"}')


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_hostile_document_gives_a_place_or_an_error(name: str) -> None:
    data = DOCUMENTS[name]()
    for position in (Position(1, 1), Position(5, 3), Position(max(1, data.count(b"\n") // 2), 9)):
        try:
            found = standing(data, Path("openapi.yaml"), position)
        except InvalidSpec:
            continue
        assert found.path.startswith("/")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", TAIL])
@pytest.mark.parametrize(
    ("half", "mended"),
    [
        ('summary: "Get a us|', 'summary: "Get a us"'),
        ("summary: Get: a user|", "summary: 'Get: a user'"),
        ("description: @users don't|", "description: '@users don''t'"),
    ],
)
def test_words_of_the_user_are_quoted_and_not_taken_out(half: str, mended: str, tail: str, newline: str) -> None:
    found = at_mark(f"{HEAD}    get:\n      {half}{tail}".replace("\n", newline))
    assert mended in found.source.text and (found.path, found.method) == ("/users/{id}", "GET")
    assert list(found.written) == [half.partition(":")[0]]


def test_a_tab_that_an_editor_put_there_is_not_in_the_way() -> None:
    found = at_mark(HEAD + "    get:\n      summary: Get a user\n\t|" + TAIL)
    assert dict(found.written) == {"summary": "Get a user"} and "\t" not in found.source.text


@pytest.mark.parametrize("item", ["- na|", "- $re|", "- 1|"])
def test_half_a_word_among_the_parameters_is_taken_out(item: str) -> None:
    found = at_mark(f"{HEAD}    get:\n      parameters:\n        {item}\n      summary: Get a user{TAIL}")
    assert dict(found.written) == {"parameters": None, "summary": "Get a user"}
    kept = at_mark(f"{HEAD}    get:\n      parameters:\n        - name: li|mit{TAIL}")
    assert kept.mend is None, "an item that is a mapping is no half word"


@pytest.mark.parametrize("half", ['"/zoo": |', '"/zoo|', '"/zoo": |\n'])
@pytest.mark.parametrize("after", ["", '\n  ,"/b": {}'])
def test_a_path_in_json_that_has_nothing_yet_is_meant_and_not_the_one_before_it(half: str, after: str) -> None:
    text = '{"openapi": "3.1.0", "info": {},\n "paths": {\n  "/a": {"get": {}},\n  ' + half + after + "\n }\n}\n"
    found = at_mark(text, "openapi.json")
    assert (found.path, found.method) == ("/zoo", "GET")


def test_what_looks_like_a_path_in_a_text_is_none() -> None:
    lines = (
        "      description: |\n        Some\n        /zoo:\n        paths:\n          {  no yaml\n      operationId: getUser¦"
    )
    text = HEAD + "    get:\n" + lines + TAIL
    before, _, after = text.partition("¦")
    found = standing((before + after).encode(), None, Position(before.count("\n") + 1, 8))
    assert (found.path, found.mend) == ("/users/{id}", None) and "no yaml" in found.written["description"]


def test_a_large_document_is_read_once_however_it_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(data: bytes, path: Path | None) -> Source:
        read.append(len(data))
        return source_of(data, path)

    monkeypatch.setattr("photon.openapi.half_written.source_of", counted)
    many = "".join(f"  /p{number}:\n    get: {{responses: {{}}}}\n" for number in range(200))
    for half in ("    get:\n      oper|", "    get:\n      tags: [|", '    get:\n      x: "|', "    po|"):
        read.clear()
        assert at_mark(f"{HEAD}{half}\n{many}").path == "/users/{id}"
        assert len([size for size in read if size > 4_000]) == 1, half
