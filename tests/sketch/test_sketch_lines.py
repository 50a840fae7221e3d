"""Single statements: the first line, auth, bodies and responses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sketches import HOSTILE, mended, parsed

from photon.sketch.lines import Route, is_route, parameter_names, read_auth, read_path, read_route
from photon.sketch.model import Auth, Content, Field, Object, Ref, Response, Scalar
from photon.sketch.scan import Unreadable


def quietly(repairs: list[str]) -> None:
    assert repairs == []


@pytest.mark.parametrize(
    ("written", "path", "repaired"),
    [
        ("/", "/", False),
        ("/users/{id}", "/users/{id}", False),
        ("/users/{user-id}.json", "/users/{user-id}.json", False),
        ("/{a}{b}:cancel", "/{a}{b}:cancel", False),
        ("/a/%20b", "/a/%20b", False),
        ("/users/:id", "/users/{id}", True),
        ("/users/<int:id>", "/users/{id}", True),
        ("/users/{ id }", "/users/{id}", True),
        ("/users/{id:int}", "/users/{id}", True),
        ("/users/{}", "/users/{id}", True),
        ("/users/{id", "/users/id", True),
        ("/users/{{id}}", "/users/{id}", True),
        ("/a/{id}/b/{id}", "/a/{id}/b/{id2}", True),
        ("/users/", "/users", True),
        ("//users//all", "/users/all", True),
        ("users", "/users", True),
        ("https://api.example.com/v1/users?x=1", "/v1/users", True),
        ("/users?page=1#top", "/users", True),
        ("/cafés/日本", "/caf%C3%A9s/%E6%97%A5%E6%9C%AC", True),
        ('/us"ers\\', "/users", True),
        ("/\\", "/", True),
    ],
)
def test_a_path_becomes_a_template_that_openapi_accepts(written: str, path: str, repaired: bool) -> None:
    repairs: list[str] = []
    assert read_path(written, repairs.append) == path
    assert bool(repairs) == repaired


@given(st.lists(st.sampled_from((*HOSTILE, "/", "{", "}", "a", ":id", "<x>", "{id}", "{id}")), max_size=12).map("".join))
def test_any_path_is_a_sound_template_and_mending_it_again_changes_nothing(text: str) -> None:
    path = read_path(text, lambda _: None)
    assert path.startswith("/") and path.isascii() and "//" not in path
    names = parameter_names(path)
    assert len(set(names)) == len(names) == path.count("{") == path.count("}")
    assert read_path(path, lambda _: None) == path


@pytest.mark.parametrize(
    ("line", "route"),
    [
        ("POST /login", Route("POST", "/login")),
        ("get   /x", Route("GET", "/x")),
        ("GET /x:", Route("GET", "/x")),
        ('GET "/x"', Route("GET", "/x")),
        ("TRACE /{a b}", Route("TRACE", "/{ab}")),
        ("GET /x - lists the x", Route("GET", "/x")),
    ],
)
def test_the_first_line_is_a_method_and_a_path(line: str, route: Route) -> None:
    assert is_route(line)
    assert read_route(line, lambda _: None) == route


@pytest.mark.parametrize("line", ["GET", "FETCH /x", "GET users", "/x", "GETTING /x", "get it done"])
def test_other_lines_are_no_first_line(line: str) -> None:
    assert not is_route(line)


def test_what_follows_the_path_is_dropped_and_counted() -> None:
    assert mended("GET /x HTTP/1.1\n")[1] == ["line 1: dropped 'HTTP/1.1' after the path"]


@pytest.mark.parametrize(
    ("text", "auth", "repaired"),
    [
        ("none", Auth("none"), False),
        ("bearer", Auth("bearer"), False),
        ("oauth2(a.read, a.write, a.read)", Auth("oauth2", ("a.read", "a.write")), False),
        ("apiKey", Auth("apiKey"), False),
        ("apiKey(X-Token)", Auth("apiKey", name="X-Token"), False),
        ("apiKey(query key)", Auth("apiKey", name="key", location="query"), False),
        ("apiKey(query)", Auth("apiKey", location="query"), False),
        ("apiKey(header query)", Auth("apiKey", name="query"), False),
        ("apiKey(cookie: session)", Auth("apiKey", name="session", location="cookie"), False),
        ("apiKey(X-Token in header)", Auth("apiKey", name="X-Token"), False),
        ("Bearer", Auth("bearer"), True),
        ("API key(X-Token)", Auth("apiKey", name="X-Token"), True),
        ("public", Auth("none"), True),
        ("Bearer token (JWT) required", Auth("bearer"), True),
        ("required, basic", Auth("basic"), True),
        ("apiKey(X\x00-Töken", Auth("apiKey", name="X-Tken"), False),
    ],
)
def test_auth_is_read(text: str, auth: Auth, repaired: bool) -> None:
    repairs: list[str] = []
    assert read_auth(text, repairs.append) == auth
    assert bool(repairs) == repaired


@pytest.mark.parametrize("text", ["", "magic", "(bearer", "yes"])
def test_unknown_auth_is_refused(text: str) -> None:
    if text == "(bearer":
        assert read_auth(text, lambda _: None) == Auth("bearer")
        return
    with pytest.raises(Unreadable, match="one of none, bearer"):
        read_auth(text, lambda _: None)


OBJECT = Object((Field("a", Scalar("int")),))


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("User", Content("json", Ref("User"))),
        ("{ a: int }", Content("json", OBJECT)),
        ("form { a: int }", Content("form", OBJECT)),
        ("form User", Content("form", Ref("User"))),
        ("multipart { a: int }", Content("multipart", OBJECT)),
        ("Multipart{ a: int }", Content("multipart", OBJECT)),
        ("binary", Content("binary")),
        ("binary(audio/wav)", Content("binary", media_type="audio/wav")),
        ("text( text/csv )", Content("text", media_type="text/csv")),
        ("sse(User)", Content("sse", Ref("User"))),
        ("sse { a: int }", Content("sse", OBJECT)),
        ("sse", Content("sse")),
        ("-", None),
        ("", None),
    ],
)
def test_a_body_is_read(text: str, content: Content | None) -> None:
    sketch, repairs = parsed(f"POST /x\nbody: {text}\n")
    assert (sketch.body, repairs) == (content, [])


@pytest.mark.parametrize("text", ["none", "{}", "{ }", "null", "No content"])
def test_no_content_in_other_words_is_mended(text: str) -> None:
    sketch, repairs = parsed(f"POST /x\nbody: {text}\n200: {text}\n")
    assert (sketch.body, sketch.responses[0].content, len(repairs)) == (None, None, 2)


@pytest.mark.parametrize("text", ["binary[]", "binary | null", "text[]"])
def test_the_word_of_a_body_can_be_a_type_after_all(text: str) -> None:
    sketch, _ = parsed(f"POST /x\nbody: {text}\n")
    assert sketch.body and sketch.body.kind == "json" and sketch.body.type


def test_a_media_type_that_is_none_is_dropped_and_counted() -> None:
    sketch, repairs = mended("GET /x\n200: binary(PDF)\n")
    assert sketch.responses[0].content == Content("binary")
    assert repairs == ["line 2: dropped 'PDF', which is no media type"]


@pytest.mark.parametrize(
    ("line", "response"),
    [
        ("204: -", Response("204")),
        (
            "201: User headers { Location: uri }",
            Response("201", Content("json", Ref("User")), (Field("Location", Scalar("uri")),)),
        ),
        ("302: - headers { Location: uri }", Response("302", None, (Field("Location", Scalar("uri")),))),
        ('200: User "The user"', Response("200", Content("json", Ref("User")), description="The user")),
        ('204: - "Gone now"', Response("204", description="Gone now")),
        (
            '200: binary(image/png) "The picture"',
            Response("200", Content("binary", media_type="image/png"), description="The picture"),
        ),
        ("2xx: User", Response("2XX", Content("json", Ref("User")))),
        ("404: User not found", Response("404", description="User not found")),
        ("404:", Response("404")),
        ("404: -", Response("404")),
        ("5XX: It broke (again): {x}", Response("5XX", description="It broke (again): {x}")),
        ("default: Anything else", Response("default", description="Anything else")),
        ('409: "Taken"', Response("409", description="Taken")),
    ],
)
def test_a_response_is_read(line: str, response: Response) -> None:
    sketch, repairs = parsed(f"GET /x\n{line}\n")
    assert (sketch.responses, repairs) == ((response,), [])


@pytest.mark.parametrize(
    ("line", "response"),
    [
        ("200: OK", Response("200", description="OK")),
        ("200: The created user.", Response("200", description="The created user.")),
        (
            "200: User, headers: { ETag: string }",
            Response("200", Content("json", Ref("User")), (Field("ETag", Scalar("string")),)),
        ),
        ("422: { message: string }", Response("422")),
        ("422: {\n  message: string\n}", Response("422")),
    ],
)
def test_a_response_in_other_words_is_mended(line: str, response: Response) -> None:
    sketch, repairs = parsed(f"GET /x\n{line}\n")
    assert sketch.responses == (response,)
    assert len(repairs) == (0 if "headers" in line else 1)


@pytest.mark.parametrize(
    ("text", "name"), [("listUsers", "listUsers"), ("list-users", "listUsers"), ("42 users.list", "usersList"), ("日本", None)]
)
def test_an_operation_id_is_an_identifier(text: str, name: str | None) -> None:
    assert parsed(f"GET /x\nid: {text}\n")[0].operation_id == name


def test_tags_are_listed_once() -> None:
    assert parsed('GET /x\ntags: [a, "b  c", a, ]\n')[0].tags == ("a", "b c")
