"""The parser: incremental, forgiving where the meaning is certain, exact about the line where it is not."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sketches import ALPHABET, babble, mended, parsed, sketches

from photon.errors import UnreadableAnswer
from photon.sketch.model import Component, Object, Ref, Scalar, Sketch
from photon.sketch.parse import RANKS, SketchParser
from photon.sketch.write import write_sketch

LOGIN = """\
POST /login
summary: Log in
auth: none
body: { email: email, password: password }
200: { accessToken: jwt }
401: Invalid email or password
"""


def refused(text: str, *, cut: bool = False) -> str:
    """The message with which the parser refuses `text`."""
    parser = SketchParser()
    with pytest.raises(UnreadableAnswer) as caught:
        parser.feed(text)
        if cut:
            parser.cut()
        parser.finish()
    return caught.value.message


def cut_off(text: str) -> tuple[Sketch, list[str]]:
    """What is left of an answer that broke off."""
    parser = SketchParser()
    parser.feed(text)
    parser.cut()
    return parser.finish(), [str(repair) for repair in parser.repairs]


# -- as it streams ----------------------------------------------------------------------------------------------------


def test_each_finished_line_is_in_the_sketch_at_once() -> None:
    parser = SketchParser()
    seen = []
    for line in LOGIN.splitlines(keepends=True):
        parser.feed(line)
        assert parser.sketch
        seen.append((RANKS[parser.rank], parser.lines_read, len(parser.sketch.responses)))
    assert seen == [
        ("route", 1, 0),
        ("summary", 2, 0),
        ("auth", 3, 0),
        ("body", 4, 0),
        ("response", 5, 1),
        ("response", 6, 2),
    ]


def test_an_unfinished_line_is_not_in_the_sketch_yet() -> None:
    parser = SketchParser()
    parser.feed("POST /login\nsummary: Log")
    assert parser.sketch == Sketch(method="POST", path="/login")
    parser.feed(" in\n")
    assert parser.sketch == Sketch(method="POST", path="/login", summary="Log in")


def test_before_the_first_line_there_is_no_sketch() -> None:
    parser = SketchParser()
    parser.feed("POST /lo")
    assert (parser.sketch, parser.rank) == (None, -1)


def test_the_last_line_needs_no_line_end() -> None:
    assert parsed(LOGIN.rstrip("\n")) == parsed(LOGIN)


def test_windows_line_ends_change_nothing() -> None:
    assert parsed(LOGIN.replace("\n", "\r\n")) == parsed(LOGIN)


def heard(pieces: list[str]) -> tuple[object, ...]:
    """All that can be seen of a parser that was fed in these pieces."""
    parser = SketchParser()
    try:
        for piece in pieces:
            parser.feed(piece)
        if parser.runaway:
            parser.cut()
        sketch = parser.finish()
    except UnreadableAnswer as error:
        return error.message, parser.repairs, parser.runaway
    return sketch, parser.repairs, parser.runaway, parser.rank, parser.lines_read


@given(sketches(), st.integers(1, 9))
def test_a_sketch_in_pieces_is_the_sketch_at_once(sketch: Sketch, size: int) -> None:
    text = write_sketch(sketch)
    assert heard([text[start : start + size] for start in range(0, len(text), size)]) == heard([text])


@given(babble, st.lists(st.integers(0, 400), max_size=8))
def test_any_text_in_pieces_is_the_text_at_once(text: str, cuts: list[int]) -> None:
    text = "GET /x\n200: { " + text
    points = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(points)]
    assert heard(pieces) == heard([text]) == heard(list(text))


# -- any text ---------------------------------------------------------------------------------------------------------

beginnings = st.sampled_from(("", "GET /x\n", "GET /x\nbody: ", "GET /x\nquery: { ", "GET /x\n200: "))


@given(beginnings, babble | st.text(max_size=200), st.booleans())
def test_any_text_is_read_or_refused_in_words(beginning: str, text: str, cut: bool) -> None:
    parser = SketchParser()
    try:
        parser.feed(beginning + text)
        if cut:
            parser.cut()
        sketch = parser.finish()
    except UnreadableAnswer as error:
        assert error.message.startswith("line ") and "expected" in error.message
        return
    assert parsed(write_sketch(sketch))[0] == sketch


HUGE = {
    "one long line": "GET /x\nsummary: " + "word " * 40_000,
    "a long line before the sketch": "word " * 40_000,
    "spaces in auth": "GET /x\nauth: a" + " " * 2_900 + "!",
    "spaces in a status": "GET /x\n200 a" + " " * 2_900 + "x",
    "spaces in a path": "GET /a" + " a" * 50_000 + "}",
    "spaces in a media type": "GET /x\nbody: binary(" + " " * 2_900 + ")x",
    "brackets": "GET /x\n200: " + "[" * 100_000,
    "braces": "GET /x\n200: " + "{ a: " * 40_000,
    "unions": "GET /x\n200: " + "A | " * 50_000,
    "arrays of arrays": "GET /x\n200: string" + "[]" * 1_400,
    "commas": "GET /x\n200: ?" + "," * 100_000,
    "quotes": "GET /x\n200: {" + "'\"" * 60_000,
    "patterns": "GET /x\n200: string(" + "/ " * 60_000,
    "lines": "GET /x\n" + "404: Not found\n" * 12_000,
    "an endless object": "GET /x\n200: {\n" + "a: string,\n" * 15_000,
    "digits": "GET /x\n200: int(0.." + "9" * 190_000,
    "an escape": "GET /x\nsummary: " + "\x1b[2J" * 40_000,
}


@pytest.mark.parametrize("pieces", [1, 200_000])
@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_huge_and_crooked_answers_end_within_seconds(text: str, pieces: int) -> None:
    parser, start = SketchParser(), time.perf_counter()
    try:
        for place in range(0, len(text), pieces):
            parser.feed(text[place : place + pieces])
        parser.cut()
        parser.finish()
    except UnreadableAnswer:
        pass
    assert time.perf_counter() - start < 3


def test_an_ordinary_answer_costs_a_few_milliseconds() -> None:
    line = "Item = { " + ", ".join(f'field{number}?: string(1..64) = "a"' for number in range(25)) + " }\n"
    text = LOGIN + line.replace("Item", "One")
    pieces = [text[start : start + 4] for start in range(0, len(text), 4)]
    assert len(pieces) > 200
    costs = []
    for _ in range(3):
        start = time.perf_counter()
        heard(pieces)
        costs.append(time.perf_counter() - start)
    assert min(costs) < 0.03


@pytest.mark.parametrize("word", ALPHABET)
def test_a_sketch_survives_any_word_after_it(word: str) -> None:
    try:
        sketch, _ = parsed(LOGIN + "\n" + word)
    except UnreadableAnswer as error:
        assert error.message.startswith("line ")
    else:
        assert sketch.responses[:2] == parsed(LOGIN)[0].responses


# -- errors name their line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 of the sketch: expected a method and a path, such as POST /login"),
        ("I can't do that.", "line 1 of the sketch: expected a method and a path, such as POST /login"),
        ("GET /x\n200: ?", "line 2 of the sketch: expected a type, found '?'"),
        ("GET /x\n\n200: { a: }\n", "line 3 of the sketch: expected a type, found '}'"),
        ("GET /x\nauth: magic", "line 2 of the sketch: expected one of none, bearer, basic, apiKey or oauth2 after 'auth:'"),
        ("GET /x\n200: User !!", "line 2 of the sketch: expected nothing after the type, found '!!'"),
        (
            "GET /x\nheaders {",
            "line 2 of the sketch: expected summary, auth, query, body, a status code, Name = {…} or the like",
        ),
        ("GET /x\nGET /y\n", "line 2 of the sketch: expected one operation, found a second one: GET /y"),
        ("GET /x\n200: {\n  a: {\n    b: %\n  }\n}\n", "line 2 of the sketch: expected a type, found '%"),
    ],
)
def test_an_error_says_the_line_and_what_was_expected_there(text: str, message: str) -> None:
    assert refused(text).startswith(message)


def test_an_error_shows_no_more_than_a_glimpse_of_the_answer() -> None:
    assert len(refused("GET /x\n200: ?" + "\x1bx" * 1_000)) < 150
    assert "\x1b" not in refused("GET /x\n200: ?\x9b\x1b")


@pytest.mark.parametrize("nested", ["{ a: " * 30, "[" * 30, "(" * 30, "map<" * 30, "string" + "[]" * 30])
def test_nesting_without_end_is_refused(nested: str) -> None:
    assert "expected at most 24 levels of nesting" in refused(f"GET /x\n200: {nested}")


def test_twenty_levels_are_read() -> None:
    sketch, repairs = parsed("GET /x\n200: " + "{ a: " * 20 + "int" + " }" * 20)
    assert repairs == []
    assert sum(isinstance(kind, Object) for kind in sketch.types()) == 20


def test_too_many_lines_are_refused() -> None:
    assert "expected at most 500 lines" in refused("GET /x\n" + "\n" * 600)


# -- prose, fences, unusual layout ------------------------------------------------------------------------------------


def test_prose_and_fences_around_the_sketch_are_dropped_and_counted() -> None:
    answer = f"Sure! Here is the sketch:\n\n```text\n{LOGIN}```\n\nIt returns: a token.\nLet me know!"
    sketch, repairs = mended(answer)
    assert sketch == parsed(LOGIN)[0]
    assert repairs == [
        "line 1: dropped text before the sketch",
        "line 3: dropped a code fence",
        "line 10: dropped a code fence",
        "line 12: dropped text after the sketch",
        "line 13: dropped text after the sketch",
    ]


def test_prose_after_the_responses_needs_no_fence() -> None:
    sketch, repairs = mended(LOGIN + "\nThis endpoint logs the user in.\n404: not part of it\n")
    assert sketch == parsed(LOGIN)[0]
    assert repairs == ["line 8: dropped text after the sketch", "line 9: dropped text after the sketch"]


@pytest.mark.parametrize("first", ["**POST /login**", "`POST /login`", "# POST /login", "- POST /login", "post /login"])
def test_a_decorated_first_line_is_read(first: str) -> None:
    assert parsed(first)[0] == Sketch(method="POST", path="/login")


def test_decoration_belongs_to_the_words_of_a_summary() -> None:
    assert parsed("GET /x\nsummary: Courses on C# and `C`\n")[0].summary == "Courses on C# and `C`"
    assert parsed('GET /x\nsummary: Say "hi"\n')[0].summary == 'Say "hi"'
    assert parsed('GET /x\nsummary: "Say hi"\n')[0].summary == "Say hi"


OVER_LINES = """\
GET /x
query: {
  page?: int = 1, // the page
  limit?: int   # at most 100
}
200: {
  data: {
    id: uuid,
    tags: string[]
  }[],
  total: int
}
404: Not found (or gone
User = {
id: uuid,
id2: uuid
}
"""


def test_objects_over_several_lines_are_read() -> None:
    sketch, repairs = mended(OVER_LINES)
    flat = """GET /x\nquery: { page?: int = 1, limit?: int }\n200: { data: { id: uuid, tags: string[] }[], total: int }
404: Not found (or gone\nUser = { id: uuid, id2: uuid }\n"""
    assert sketch == parsed(flat)[0]
    assert repairs == ["line 2: dropped a comment"] * 2


def test_a_bracket_in_words_opens_nothing() -> None:
    parser = SketchParser()
    parser.feed("GET /x\nsummary: List (the {best\n200: int\n404: Not [found\n")
    assert parser.lines_read == 4


def test_an_object_that_is_never_closed_ends_where_the_next_line_begins() -> None:
    sketch, repairs = mended("GET /x\n200: { id: uuid\n404: Not found\n")
    assert [response.status for response in sketch.responses] == ["200", "404"]
    assert repairs == ["line 2: closed a '}' that was left open"]


def test_a_bracket_in_a_string_or_a_pattern_opens_nothing() -> None:
    text = 'GET /x\nquery: { a?: "{" | "(", b?: string(/^[{]+$/), c?: int "see (", d?: string(/[(]a\\/b/) }\n200: int\n'
    sketch, repairs = parsed(text)
    assert (len(sketch.query), len(sketch.responses), repairs) == (4, 1, [])


def test_other_words_for_the_same_line_are_read_and_counted() -> None:
    sketch, repairs = mended("GET /x\nTitle: A\nsecurity: basic\nHeaders: { X: int }\nresponse 200 OK: int\ntype User = {}\n")
    assert sketch == parsed("GET /x\nsummary: A\nauth: basic\nheader: { X: int }\n200: int\nUser = {}\n")[0]
    assert repairs == ["line 2: read 'Title' as summary", "line 3: read 'security' as auth", "line 4: read 'Headers' as header"]


# -- the first wins ---------------------------------------------------------------------------------------------------


def test_of_two_lines_of_a_kind_the_first_wins() -> None:
    text = "GET /x\nsummary: A\nsummary: B\n200: int\n200: string\nUser = int\nUser = string\nGET /x\n"
    sketch, repairs = mended(text)
    assert sketch == parsed("GET /x\nsummary: A\n200: int\nUser = int\n")[0]
    assert repairs == [
        "line 3: dropped a second 'summary'",
        "line 5: dropped a second '200'",
        "line 7: dropped a second 'User'",
        "line 8: dropped a second first line",
    ]


def test_a_second_operation_after_a_whole_one_is_dropped() -> None:
    sketch, repairs = mended(LOGIN + "GET /other\n200: int\n")
    assert sketch == parsed(LOGIN)[0]
    assert repairs == ["line 7: dropped a second first line", "line 8: dropped text after the sketch"]


def test_types_of_parameters_that_the_path_does_not_have_are_dropped() -> None:
    sketch, repairs = mended("GET /pets/{id}\npath: { id: int, petId: int }\n")
    assert [field.name for field in sketch.path_fields] == ["id"]
    assert repairs == ["line 2: dropped the path parameter 'petId', which the path does not have"]


# -- what a terminal would obey ---------------------------------------------------------------------------------------


def test_control_characters_are_dropped_and_counted() -> None:
    sketch, repairs = mended("GET /x\nsummary: A\x1b[31mB\x9b\x00\u202eC\n404: \ud800no\n")
    assert (sketch.summary, sketch.responses[0].description) == ("A[31mBC", "\ufffdno")
    assert repairs == ["line 2: dropped control characters", "line 3: dropped control characters"]


def test_escapes_in_strings_cannot_bring_them_back() -> None:
    sketch, _ = parsed('GET /x\nquery: { "a\\u001bb"?: "c\\u009bd" = "c\\u009bd" "e\\u202ef\\ud800" }\n')
    field = sketch.query[0]
    assert (field.name, field.description) == ("ab", "ef\ufffd")
    assert write_sketch(sketch) == 'GET /x\nquery: { ab?: "cd" = "cd" "ef\ufffd" }\n'


def test_emoji_in_two_halves_are_one_again() -> None:
    parser = SketchParser()
    for piece in ("GET /x\nsummary: so ", "\ud83d", "\ude00", " 👩\u200d💻\n"):
        parser.feed(piece)
    assert parser.finish().summary == "so 😀 👩\u200d💻"


# -- loops and answers that break off ---------------------------------------------------------------------------------


def test_one_repeated_field_is_a_slip_of_which_the_first_wins() -> None:
    sketch, repairs = mended("GET /x\n200: { id: uuid, name: string, id: int, at: date }\n404: No\n")
    assert sketch == parsed("GET /x\n200: { id: uuid, name: string, at: date }\n404: No\n")[0]
    assert repairs == ["line 2: dropped a second 'id'"]


@pytest.mark.parametrize(
    ("begun", "repetition", "kept"),
    [
        ("200: { id: uuid, a: int, ", "id: uuid, a: int, ", "200: { id: uuid, a: int }"),
        ("200: { x: { a: int, b: int, ", "a: int, ", "200: { x: { a: int, b: int } }"),
        ('query: { k?: "a" | "b" | ', '"b" | ', 'query: { k?: "a" | "b" }'),
        ('Kind = "a" | "b" | ', '"a" | "b" | ', 'Kind = "a" | "b"'),
        ('Kind = string(/[{:]/) | ("a" | ', '"a" | ', 'Kind = string(/[{:]/) | "a"'),
        ("200: {\n  id: uuid,\n", "  id: uuid,\n", "200: { id: uuid }"),
    ],
)
def test_a_loop_is_stopped_closed_and_counted(begun: str, repetition: str, kept: str) -> None:
    parser = SketchParser()
    parser.feed(f"GET /x\n{begun}")
    repetitions = 0
    while not parser.runaway and repetitions < 10:
        parser.feed(repetition)
        repetitions += 1
    assert repetitions <= 2
    parser.feed("}\n404: this is not read any more\n")
    parser.cut()
    assert parser.finish() == parsed(f"GET /x\n{kept}\n")[0]
    assert "line 2: the answer broke off in this line" in map(str, parser.repairs)


@pytest.mark.parametrize(
    "line",
    [
        "200: { a: { id: uuid, n: int }, b: { id: uuid, n: int }, c: { id: uuid, n: int } }",
        'query: { a?: "x" | "y", b?: "x" | "y", c?: "x" | "y" }',
        "query: { a?: uri = http://a.b:80, b?: uri = http://a.b:80, c?: uri = http://a.b:80 }",
        'query: { a?: string "b: b: b:", c?: string(/a: a: a:/) }',
        "summary: a: b | a | a | a { a: a: a:",
        'Kind = "a" | "b" | "c" | ("a" | "b" | "c")[] | map<"a" | "b" | "c">',
        "query: { filter[a]?: int, filter[b]?: int, filter[c]?: int }",
    ],
)
def test_likeness_is_no_loop(line: str) -> None:
    parser = SketchParser()
    parser.feed(f"GET /x\n{line}\n")
    assert not parser.runaway


def test_a_line_that_never_ends_is_a_loop() -> None:
    parser = SketchParser()
    parser.feed("GET /x\nUser = { " + "".join(f"a{number}: string, " for number in range(1_000)))
    assert parser.runaway
    parser.cut()
    sketch = parser.finish()
    assert isinstance(sketch.components[0].type, Object)
    assert 100 < len(sketch.components[0].type.fields) < 300


def test_an_object_over_many_lines_may_be_long() -> None:
    fields = "".join(f"  aFieldWithALongName{number}: string(1..64),\n" for number in range(150))
    sketch, repairs = parsed(f"GET /x\n200: {{\n{fields}}}\n")
    assert len(fields) > 5_000
    assert (repairs, sketch.responses[0].content and len(sketch.responses[0].content.type.fields)) == ([], 150)  # type: ignore[union-attr] # an object


@pytest.mark.parametrize(
    ("begun", "kept"),
    [
        ("200: { id: uuid, na", "200: { id: uuid }"),
        ("200: { id: uuid, name: str", "200: { id: uuid }"),
        ('200: { id: uuid, kind: "a" | "b', '200: { id: uuid, kind: "a" }'),
        ("200: { data: { id: uuid, name: string", "200: { data: { id: uuid } }"),
        ("200: {\n  id: uuid,\n  name", "200: { id: uuid }"),
        ("404: Not found in the cata", "404: Not found in the"),
        ("summary: List", ""),
        ("200:", ""),
        ("40", ""),
        ("Us", ""),
        ("User = User", "User = User"),
    ],
)
def test_of_a_line_that_broke_off_whole_elements_are_kept(begun: str, kept: str) -> None:
    sketch, repairs = cut_off(f"GET /x\n{begun}")
    assert sketch == parsed(f"GET /x\n{kept}\n")[0]
    assert repairs[-1] == "line 2: the answer broke off in this line"


def test_an_answer_that_broke_off_after_a_whole_line_is_whole() -> None:
    assert cut_off(LOGIN) == (parsed(LOGIN)[0], [])


def test_an_answer_that_broke_off_before_its_first_line_is_none() -> None:
    assert "a method and a path" in refused("POST", cut=True)


# -- OpenAPI instead --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.1.0\n",
        "```yaml\npaths:\n  /x:\n",
        '{"paths": {',
        "Here it is:\n/login:\n  post:\n",
        "responses:\n",
    ],
)
def test_openapi_is_noticed_and_kept_as_it_is(text: str) -> None:
    parser = SketchParser()
    parser.feed(text + "more: { of: it\n" * 1_000)
    assert parser.is_openapi
    assert parser.text.startswith(text)
    assert parser.sketch is None


def test_json_on_one_line_is_neither_too_long_nor_a_loop() -> None:
    parser = SketchParser()
    parser.feed('{"paths": {' + '"a": {"type": "x", "type": "x", "type": "x"}, ' * 500 + "\n")
    assert parser.is_openapi and not parser.runaway
    assert len(parser.text) > 20_000


# -- names that exist elsewhere ---------------------------------------------------------------------------------------


def test_a_known_component_may_have_any_name() -> None:
    sketch, repairs = parsed("GET /x\n200: pet[]\n201: Date\n", known=("pet", "Date"))
    assert [kind for kind in sketch.types() if isinstance(kind, Ref)] == [Ref("pet"), Ref("Date")]
    assert repairs == []


def test_an_unknown_lower_case_word_is_a_string() -> None:
    sketch, repairs = mended("GET /x\nUser = { name: fancyname[] }\n")
    assert sketch.components == (Component("User", parsed("GET /x\n200: { name: string[] }")[0].responses[0].content.type),)  # type: ignore[union-attr, arg-type] # there is one
    assert repairs == ["line 2: read the unknown type 'fancyname' as string"]
    assert Scalar("string") in set(sketch.types())
