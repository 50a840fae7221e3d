"""Turns one line of English into a request for a sketch: in the exact words our own model was trained on, and taught to others.

The format of our own model is fixed by its training; the wording for others may change, and `PROMPT_VERSION` with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from photon.chat import Message, Parameters, Request
from photon.errors import UsageError
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.sketch.lines import LONGEST_ROUTE, Route, read_route
from photon.sketch.spec_context import EXISTING, HELD, NO_CONTEXT, SpecContext, told

__all__ = [
    "NOTATION_VERSION", "NO_CONTEXT", "OWN_PATHS", "OWN_TYPES", "PROMPT_VERSION", "SpecContext", "find_route", "is_tuned",
    "sketch_request",
]  # fmt: skip

NOTATION_VERSION = 1
PROMPT_VERSION = 1

OWN_TYPES: Final = 4
OWN_PATHS: Final = 3
"""What our own model is told of a spec at most: in its training requests had 2 to 4 names of types, and 2 to 4 paths."""
_OWN_LINE: Final = 400
"""Characters of all the names or paths together: a tenth of its context of 2,048 tokens."""

_OWN_SYSTEM = Message("system", "You write OpenAPI operation sketches.")
_METHODS = "get|post|put|patch|delete|head|options|trace"
_PATH = r"(?:https?://[^\s/]+)?/[^\s\"'`]*|(?:api|v\d+)/[^\s\"'`]+|[\w-]+(?:/[\w-]+)*/\{[^\s\"'`]+"
"""A URL, a path, or one without its first slash, where a version or a parameter shows that it is one."""
_ROUTE = re.compile(rf"(?<![\w/{{-])(?P<method>{_METHODS})\s*:?\s+[\"'`(]?(?P<path>{_PATH})", re.IGNORECASE)
_JOINT_METHODS = re.compile(
    rf"(?<![\w/])(?:{_METHODS})(?:\s*(?:,|/|&|\+|and|or)\s*(?:{_METHODS}))+\s*:?\s+[\"'`(]?/", re.IGNORECASE
)
_JOINED = re.compile(r"(?:[,;&+\n.]|\b(?:and|then|plus|also))\s*(?:an?\s+|the\s+)?[\"'`(]?$", re.IGNORECASE)


def find_route(request: str) -> Route | None:
    """The method and path that the request names, first or in mid-sentence, in any case; the query string dropped.

    Raises UsageError when the request asks for several operations, or its path is too long.
    """
    routes = _routes(request)
    if len(routes) > 1:
        listed = " and ".join(f"{route.method} {route.path}" for route in routes[:3])
        raise UsageError(f"the request names several operations: {listed}", hint="ask for one path at a time, one command each")
    if match := _JOINT_METHODS.search(request):
        raise UsageError(
            f"the request names several methods: {match[0].rstrip('/').strip()}",
            hint="ask for one method at a time, one command each",
        )
    return routes[0] if routes else None


def _routes(request: str) -> list[Route]:
    """The distinct routes asked for; a route that the sentence only refers to ('the Location of GET /jobs/{id}') is none."""
    routes: list[Route] = []
    for match in _ROUTE.finditer(request):
        if routes and not _JOINED.search(request[: match.start()]):
            continue
        line = f"{match['method']} {_without_punctuation(match['path'])}"
        if len(line) > LONGEST_ROUTE:
            raise UsageError(f"the path in the request is too long: more than {LONGEST_ROUTE:,} characters", hint="shorten it")
        route = read_route(line, lambda _: None)
        if route not in routes:
            routes.append(route)
    return routes


def _without_punctuation(path: str) -> str:
    """`path` without the sentence's own marks at its end."""
    path = path.rstrip(",.;:!?")
    while path.endswith(")") and path.count(")") > path.count("("):
        path = path[:-1]
    return path.rstrip(",.;:!?") or "/"


def sketch_request(text: str, *, parameters: Parameters, context: SpecContext = NO_CONTEXT, describe: bool = False) -> Request:
    """The request for one operation. The model's name is left open. Raises UsageError for several operations.

    context: may be left out in part, or as a whole, where it has no room (`Request.within`). describe: ask for a description
    of every field; our own model was never taught any.
    """
    route = find_route(text)
    asked = f"{text.strip()}\n{_DESCRIBE}" if describe else text
    names = SpecContext(context.types[:OWN_TYPES], context.paths[:OWN_PATHS])

    def worded(whole: SpecContext, names: SpecContext) -> Request:
        tuned = {PHOTON_SKETCH_FORMAT: _tuned(text, route, names)}
        return Request(model="", messages=_taught(asked, route, whole), tuned=tuned, parameters=parameters)

    return told(worded, context, names)


def is_tuned(request: Request) -> bool:
    """Whether `request` is in the words of our own model."""
    return request.messages[0] == _OWN_SYSTEM


def _tuned(text: str, route: Route | None, names: SpecContext) -> tuple[Message, ...]:
    """The exact words of the training, with the first line put into the model's mouth where it is certain."""
    known = SpecContext(_within(names.types), _within(names.paths))
    question = "\n".join([" ".join(text.split()), *_context_lines(known)])
    messages = (_OWN_SYSTEM, Message("user", question))
    return (*messages, Message("assistant", f"{route.method} {route.path}\n")) if route else messages


def _within(names: tuple[str, ...]) -> tuple[str, ...]:
    """The first of `names`, as long as they have room beside the request and its answer; the first always."""
    lengths = accumulate(map(len, names))
    return tuple(
        name for place, (name, length) in enumerate(zip(names, lengths, strict=True)) if not place or length <= _OWN_LINE
    )


def _context_lines(context: SpecContext) -> list[str]:
    named: Sequence[tuple[str, tuple[str, ...]]] = (("types", context.types), ("paths", context.paths))
    return [f"{key}: {', '.join(names)}" for key, names in named if names]


def _taught(text: str, route: Route | None, context: SpecContext) -> tuple[Message, ...]:
    """The notation, three worked examples, then the request."""
    question = "\n".join([text.strip(), *_context_lines(context), *_details(context)])
    if route:
        question += f"\n(the first line is: {route.method} {route.path})"
    return (Message("system", _LESSON), *_EXAMPLES, Message("user", question))


def _details(context: SpecContext) -> list[str]:
    """What our own model was never taught to read."""
    schemas = (EXISTING, *context.schemas) if context.schemas else ()
    held = (f"{HELD}{'; '.join(context.conventions)}",) if context.conventions else ()
    return [*schemas, *held]


_DESCRIBE = (
    "Describe every field in a few words: a quoted text after its type, before any default, as in "
    '{ age?: int(0..150) "In whole years" }.'
)

_LESSON = """\
You design HTTP APIs. Answer each request with one operation in the sketch notation below: no prose, no code fence, no YAML.

METHOD /path/{id}            first line; plural nouns, camelCase names unless the request uses others
summary: text                one short line in the imperative
auth: bearer                 none | bearer | basic | apiKey(X-Header) | oauth2(scope.a, scope.b)
path: { id: int }            only path parameters that are not strings
query: { page?: int = 1 }    then header: {…} and cookie: {…}; "?" marks optional, "= value" a default
body: TYPE                   JSON; or: body: form TYPE, body: multipart TYPE, body: binary(audio/wav), body: text(text/csv)
200: TYPE                    success; "-" for no content; binary(application/pdf), text(text/csv) or sse(Event) for others;
                             headers { Location: uri } may follow
404: User not found          each error: status and a short description, no body
Name = { … }                 after the responses: a schema for each capitalised name used, unless listed under "types:"

Types: string int number bool uuid date datetime time duration email uri password jwt binary bytes ipv4 ipv6 object any,
T[], map<T>, { field?: T }, "a" | "b", Name, T | null, int(1..5), string(3..64), string(/^[A-Z]{3}$/), T[](1..10).
Keep this order of lines. Put every object on one line. Include the errors a caller must handle (401 with auth, 404 with an
id, 422 with a body)."""

_EXAMPLES = (
    Message("user", "POST /sessions sign in with email and password, returns tokens\n(the first line is: POST /sessions)"),
    Message(
        "assistant",
        """\
POST /sessions
summary: Sign in
auth: none
body: { email: email, password: password }
201: { accessToken: jwt, refreshToken: string, expiresIn: int }
401: Invalid email or password
422: Validation failed
429: Too many attempts""",
    ),
    Message("user", "list the invoices of a customer, filter by status, paged"),
    Message(
        "assistant",
        """\
GET /customers/{customerId}/invoices
summary: List the invoices of a customer
auth: bearer
path: { customerId: uuid }
query: { status?: "draft" | "open" | "paid" | "void", page?: int(1..) = 1, limit?: int(1..100) = 20 }
200: { data: Invoice[], page: int, limit: int, total: int }
401: Authentication required
404: Customer not found
Invoice = { id: uuid, number: string, status: "draft" | "open" | "paid" | "void", total: number, dueDate: date }""",
    ),
    Message("user", "PUT /users/{userId}/avatar upload a png or jpeg\n(the first line is: PUT /users/{userId}/avatar)"),
    Message(
        "assistant",
        """\
PUT /users/{userId}/avatar
summary: Replace the avatar of a user
auth: bearer
path: { userId: uuid }
body: multipart { file: binary }
204: -
401: Authentication required
404: User not found
413: Image too large
415: Unsupported image type""",
    ),
)
