"""Sketches to test with: as hypothesis makes them up, with hostile names and texts, and as a model streams them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from photon.sketch.model import (
    METHODS,
    Array,
    Auth,
    AuthScheme,
    Component,
    Constant,
    Content,
    Default,
    Enum,
    Field,
    Map,
    Nullable,
    Object,
    Ref,
    Response,
    Scalar,
    Sketch,
    Type,
)
from photon.sketch.parse import Repair, SketchParser
from photon.sketch.text import clean
from photon.sketch.unions import alike, united

# A machine that is busy is slow now and then; what must be fast has a test with a bound of its own.
settings.register_profile("photon", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("photon")

COMPONENTS = ("User", "Order", "Line.Item", "A-b_c", "X2")

HOSTILE = (
    "yes", "null", "~", "'", '"', "a: b", "# c", "{", "}", "]", "- x", "&a", "*a", "!!str", "%", "@", "`", "|", ">", "1e3",
    "0x1F", "2024-01-01", "12:30", "é", "日本語", "👩\u200d💻", "a\u2028b", "\u00a0", "../../etc/passwd", "${jndi}", "\\",
    "\\n", "<script>", "a=b", "a,b", "...", "//", "/", "?", "x?", "=", "filter[status]", "$ref", "x-y", "@type", "a/)",
    "no\u0085pe", "\ufeff",
)  # fmt: skip

_any_text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12) | st.sampled_from(HOSTILE)
names = _any_text.map(clean).filter(bool)
texts = _any_text.map(lambda text: " ".join(clean(text).split())).filter(bool)


def parsed(text: str, *, known: Iterable[str] = ()) -> tuple[Sketch, list[Repair]]:
    """The sketch that `text` is, and what was mended in it."""
    parser = SketchParser(known=frozenset(known))
    parser.feed(text)
    return parser.finish(), parser.repairs


def mended(text: str, *, known: Iterable[str] = ()) -> tuple[Sketch, list[str]]:
    """The same with the repairs as people see them."""
    sketch, repairs = parsed(text, known=known)
    return sketch, [str(repair) for repair in repairs]


def type_of(text: str) -> Type:
    """The type that `text` is, which needs no mending."""
    sketch, repairs = parsed(f"GET /x\n200: {text}\n", known=("pet",))
    assert repairs == []
    content = sketch.responses[0].content
    assert content and content.type is not None
    return content.type


# -- strategies -------------------------------------------------------------------------------------------------------

_limits = st.tuples(st.none() | st.integers(0, 99), st.none() | st.integers(100, 10**6))
_measured = st.builds(
    lambda name, limits, pattern: Scalar(name, limits[0], limits[1], pattern),
    st.sampled_from(("string", "email", "uri", "password", "jwt", "bytes")),
    _limits,
    st.none() | st.sampled_from(("^[A-Z]{3}$", r"^\d+\/\d+$", "[^)]", r"\w+@\w+", "", "a|b", r"\(", '"')),
)
_numeric = st.builds(lambda limits: Scalar("int", *limits), _limits) | st.builds(
    lambda low, high: Scalar("number", low, high),
    st.none() | st.sampled_from((-5, -0.5, 0, 0.25)),
    st.none() | st.sampled_from((1, 1.5, 10**9)),
)
_plain = st.sampled_from(
    [Scalar(name) for name in ("bool", "any", "object", "uuid", "ipv4", "ipv6", "date", "datetime", "time", "duration")]
)
_numbers = st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).filter(lambda value: value != 0)
constants: st.SearchStrategy[Sequence[Constant]] = (
    st.lists(texts, min_size=1, max_size=3) | st.lists(_numbers, min_size=1, max_size=3) | st.lists(st.booleans(), min_size=1)
)
_leaves: st.SearchStrategy[Type] = (
    _measured | _numeric | _plain | constants.map(lambda values: Enum(alike(values))) | st.sampled_from(COMPONENTS).map(Ref)
)


def _fields_of(kinds: st.SearchStrategy[Type], most: int = 3) -> st.SearchStrategy[tuple[Field, ...]]:
    lists = st.lists(st.tuples(names, kinds, st.booleans(), st.none() | texts), max_size=most, unique_by=lambda each: each[0])
    return lists.map(lambda found: tuple(_field(*each) for each in found))


def _field(name: str, kind: Type, optional: bool, description: str | None) -> Field:
    return Field(name, kind, optional, _default(kind) if optional else None, description)


def _default(kind: Type) -> Default | None:
    match kind:
        case Enum(values):
            return Default(values[-1])
        case Nullable():
            return Default(None)
        case Array(_, None, _):
            return Default(())
        case Scalar("int" | "number", low, _):
            return Default(low) if low is not None else None
        case Scalar("string", None, None, None):
            return Default("a, b = {c}")
    return None


def _grown(kinds: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return (
        st.builds(lambda inner, limits: Array(inner, *limits), kinds, _limits)
        | kinds.map(Map)
        | kinds.filter(lambda kind: kind != Scalar("any")).map(
            lambda kind: kind if isinstance(kind, Nullable) else Nullable(kind)
        )
        | st.lists(kinds, min_size=2, max_size=3).map(united)
        | _fields_of(kinds).filter(bool).map(Object)
    )


types: st.SearchStrategy[Type] = st.recursive(_leaves, _grown, max_leaves=6)
fields = _fields_of(types)
_objects = _fields_of(types).filter(bool).map(Object)
_media_types = st.none() | st.sampled_from(("application/pdf", "text/csv", "image/png", "application/vnd.x-1+xml", "audio/*"))
contents = (
    st.builds(lambda kind: Content("json", kind), types)
    | st.builds(lambda kind: Content("form", kind), _objects)
    | st.builds(lambda kind: Content("multipart", kind), _objects)
    | st.builds(
        lambda kind, media_type: Content(kind, media_type=media_type), st.sampled_from(("binary", "text")), _media_types
    )
    | st.builds(lambda kind: Content("sse", kind), st.none() | types)
)
_words = st.from_regex(r"[A-Za-z][A-Za-z0-9_.:-]{0,8}", fullmatch=True)
auths = (
    st.sampled_from(get_args(AuthScheme)).map(Auth)
    | st.lists(_words, max_size=3, unique=True).map(lambda scopes: Auth("oauth2", scopes=tuple(scopes)))
    | st.builds(
        lambda name, location: Auth("apiKey", name=name, location=location),
        st.none() | st.sampled_from(("X-Token", "key", "header", "in", "query", "Cookie")),
        st.sampled_from(("header", "query", "cookie")),
    )
)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path template with distinct parameters."""
    literal = st.from_regex(r"[A-Za-z0-9_.~-]{1,8}", fullmatch=True)
    parameter = st.sampled_from(("id", "user_id", "a.b", "x-y")).map(lambda name: "{" + name + "}")
    segments = draw(st.lists(literal | parameter, max_size=5))
    return "/" + "/".join(part for place, part in enumerate(segments) if part[0] != "{" or part not in segments[:place])


@st.composite
def _responses(draw: st.DrawFn) -> tuple[Response, ...]:
    statuses = draw(st.lists(st.sampled_from(("200", "201", "204", "302", "2XX", "404", "422", "5XX", "default")), unique=True))
    return tuple(draw(_response(status)) for status in statuses)


def _response(status: str) -> st.SearchStrategy[Response]:
    if status[0] in "45d":
        return st.builds(lambda text: Response(status, description=text), st.none() | texts)
    return st.builds(
        lambda content, headers, text: Response(status, content, headers, text),
        st.none() | contents,
        _fields_of(types, 2),
        st.none() | texts,
    )


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Anything that the parser could have read."""
    path = draw(paths())
    in_path = [Field(name, draw(_plain)) for name in re.findall(r"\{([^{}]+)\}", path) if draw(st.booleans())]
    tags = draw(st.lists(st.sampled_from(("users", "Two words", "ünïcode", "a:b")), max_size=2, unique=True))
    return Sketch(
        method=draw(st.sampled_from(METHODS)),
        path=path,
        summary=draw(st.none() | texts),
        description=draw(st.none() | texts),
        operation_id=draw(st.none() | st.from_regex(r"[a-z_]\w{0,9}", fullmatch=True).filter(str.isascii)),
        tags=tuple(tags),
        deprecated=draw(st.booleans()),
        auth=draw(st.none() | auths),
        path_fields=tuple(in_path),
        query=draw(fields),
        header=draw(_fields_of(types, 2)),
        cookie=draw(_fields_of(types, 2)),
        body=draw(st.none() | contents),
        responses=draw(_responses()),
        components=tuple(
            Component(name, draw(types)) for name in draw(st.lists(st.sampled_from(COMPONENTS), max_size=3, unique=True))
        ),
    )


ALPHABET = (
    "GET /x\n", "POST /login", "\n", "\n", "\r\n", " ", "  ", "summary: ", "description: ", "id: ", "tags: ", "auth: ",
    "bearer", "apiKey(", "oauth2(", "path: ", "query: ", "header: ", "cookie: ", "body: ", "form ", "multipart ", "binary(",
    "text(", "sse(", "200: ", "204: -", "404: ", "default: ", "User = ", "User", "user", "{", "}", "{ ", " }", "[", "]",
    "[]", "(", ")", "<", ">", "map<", "Array<", "string", "int", "int(1..5)", "(..", "..)", "(/", "/)", "/", "|", " | ",
    "null", "true", "=", " = ", ":", ": ", ",", ", ", "?", '"', "a", "'", "`", "```", "\\", "#", "//", "...", "1", "-1.5",
    "1e999", "9" * 50, "headers ", "é", "😀", "\x1b", "\u2028", "\t", "openapi: 3.1.0\n", "paths:\n", "  /x:\n",
    "    get:\n", "-", "*", "&a ", "*a", "!!python/object:os.system ",
)  # fmt: skip
"""What a model may stumble over: every word and mark of the notation, and some of YAML's."""

babble = st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join)
