"""Rules on responses, their status codes and what they carry, and on request bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Final

from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import mapping_in, text_in

_STATUS: Final = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\s*(?:;.*)?", re.ASCII)
_RANGES: Final = {"1": "Information", "2": "Success", "3": "Redirection", "4": "Client error", "5": "Server error"}


@rule(
    id="status-code-quoted",
    subject="operation",
    keys=("responses",),
    severity="error",
    summary="A status code is a number, not a string.",
    explanation="Keys are strings in OpenAPI, and YAML makes a number of `200`. Many tools forgive it; some lose the "
    "response. Write `'200'`, as the fix does.",
    wrong="responses:\n  200:\n    description: The pets",
    right="responses:\n  '200':\n    description: The pets",
    spectral="parser",
    fixable=True,
)
def status_code_quoted(visit: Visit) -> Iterator[Problem]:
    """In YAML only: JSON has no other keys than strings."""
    responses = mapping_in(visit.value, "responses")
    for code in getattr(responses, "plain", ()):
        if code in responses:
            fix = Fix("rename", (*visit.pointer, "responses", code), code)
            yield Problem(f"the status code {code} must stand in quotes", ("responses", code), fixes=(fix,))


@rule(
    id="status-code",
    subject="operation",
    keys=("responses",),
    severity="error",
    summary="A response stands under what is no status code.",
    explanation="Responses stand under a code of three digits from 100 to 599, a whole range such as `4XX` (in capitals), or "
    "`default`.",
    wrong="responses:\n  ok:\n    description: The pets",
    right="responses:\n  '200':\n    description: The pets",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def status_code(visit: Visit) -> Iterator[Problem]:
    """A range in small letters is mended."""
    responses = mapping_in(visit.value, "responses")
    for code in responses:
        if not _STATUS.fullmatch(code) and not code.startswith("x-"):
            right = code.upper() if _STATUS.fullmatch(code.upper()) else "default" if code.lower() == "default" else ""
            fixes = (Fix("rename", (*visit.pointer, "responses", code), right),) if right and right not in responses else ()
            yield Problem(f"{code!r} is no status code", ("responses", code), fixes=fixes)


@rule(
    id="response-description",
    subject="response",
    alike_unless=(),
    severity="error",
    summary="A response has no description.",
    explanation="OpenAPI 3.0 and 3.1 require one. A few words do: `The pet`, `No such pet`. The fix writes what HTTP calls "
    "the status code.",
    wrong="'404': {}",
    right="'404':\n  description: No such pet",
    redocly="struct",
    spectral="oas3-schema",
    versions=("3.0", "3.1"),
    fixable=True,
)
def response_description(visit: Visit) -> Iterator[Problem]:
    """An empty one is one: OpenAPI asks for the key."""
    if "description" not in visit.value:
        named = _reason(visit.key) if visit.pointer[-2:-1] == ("responses",) and visit.pointer[0] != "components" else ""
        fixes = (Fix("set", (*visit.pointer, "description"), named),) if named else ()
        yield Problem(f"the response {visit.key!r} has no description", fixes=fixes)


def _reason(code: str) -> str:
    """``Not Found``; the class of the code where it has no name of its own."""
    if code == "default":
        return "Any other response"
    if code.isdigit() and int(code) in set(HTTPStatus):
        return HTTPStatus(int(code)).phrase
    return _RANGES.get(code[:1], "") if _STATUS.fullmatch(code.upper()) else ""


@rule(
    id="response-schema",
    subject="response",
    keys=("schema",),
    severity="error",
    summary="A response has a schema of its own, as in Swagger 2.",
    explanation="Since OpenAPI 3 the schema stands below the media type that it describes: `content: {application/json: "
    "{schema: …}}`. Where it stood before, tools pass over it.",
    wrong="'200':\n  description: The pet\n  schema:\n    type: object",
    right="'200':\n  description: The pet\n  content:\n    application/json:\n      schema:\n        type: object",
    redocly="struct",
    spectral="oas3-schema",
)
def response_schema(visit: Visit) -> Iterator[Problem]:
    """No fix, because the media type is the author's to choose."""
    yield Problem("a response has its schema under 'content', below a media type", ("schema",))


@rule(
    id="no-content-without-body",
    subject="response",
    keys=("content",),
    severity="warning",
    summary="A response that cannot have a body has a content.",
    explanation="204, 205, 304 and the 1xx responses end with their headers (RFC 9110, section 6.4.1). Use 200 where there is "
    "something to send.",
    wrong="'204':\n  description: Deleted\n  content:\n    application/json: {}",
    right="'204':\n  description: Deleted",
)
def no_content_without_body(visit: Visit) -> Iterator[Problem]:
    """Only what stands under the code itself: a component may be used under several."""
    bare = visit.key in ("204", "205", "304") or (visit.key[:1] == "1" and len(visit.key) == 3)
    if bare and visit.pointer[-2:-1] == ("responses",) and visit.value["content"]:
        yield Problem(f"a response {visit.key} has no body", ("content",))


@rule(
    id="media-type-name",
    subject="request body",
    also=("response",),
    keys=("content",),
    severity="warning",
    summary="A content stands under what is no media type.",
    explanation="The keys of `content` are media types: a type, a slash and a subtype, as in `application/json`.",
    wrong="content:\n  json:\n    schema: {type: object}",
    right="content:\n  application/json:\n    schema: {type: object}",
)
def media_type_name(visit: Visit) -> Iterator[Problem]:
    """RFC 6838, section 4.2; ``*`` as in OpenAPI's ranges."""
    for name in mapping_in(visit.value, "content"):
        if not _MEDIA_TYPE.fullmatch(name) and not name.startswith("x-"):
            yield Problem(f"{name!r} is no media type", ("content", name))


@rule(
    id="request-body-content",
    subject="request body",
    keys=("content",),
    severity="warning",
    summary="A request body has no media type.",
    explanation="An empty `content` says that there is a body and nothing about it. Name the media type and its schema, or "
    "leave the body away.",
    wrong="requestBody:\n  content: {}",
    right="requestBody:\n  content:\n    application/json:\n      schema: {type: object}",
)
def request_body_content(visit: Visit) -> Iterator[Problem]:
    """A body without a ``content`` at all is told of by missing-key."""
    if visit.value["content"] == {}:
        yield Problem("the request body has no media type", ("content",))


@rule(
    id="media-type-schema",
    subject="media type",
    severity="info",
    summary="A media type has no schema.",
    explanation="Generators give such a body no type at all. For a file, `schema: {type: string, format: binary}` says so in "
    "3.0; since 3.1 an empty schema does.",
    wrong="content:\n  application/json: {}",
    right="content:\n  application/json:\n    schema:\n      $ref: '#/components/schemas/Pet'",
)
def media_type_schema(visit: Visit) -> Iterable[Problem]:
    """Of JSON alone: text and files speak for themselves."""
    if "schema" in visit.value or "itemSchema" in visit.value or "json" not in visit.key.lower():
        return ()
    return (Problem(f"{visit.key} has no schema"),)


@rule(
    id="no-ignored-response-header",
    subject="response",
    keys=("headers",),
    severity="info",
    summary="A response describes its Content-Type as a header.",
    explanation="It follows from the media type under `content`, and OpenAPI has it ignored among the headers.",
    wrong="headers:\n  Content-Type:\n    schema: {type: string}",
    right="content:\n  application/json: {}",
)
def no_ignored_response_header(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.1, section 4.8.17.1."""
    for name in mapping_in(visit.value, "headers"):
        if name.lower() == "content-type":
            yield Problem("a header Content-Type is ignored: the media type under content says it", ("headers", name))


@rule(
    id="link-operation",
    subject="response",
    keys=("links",),
    severity="error",
    summary="A link leads to no operation.",
    explanation="A link names an operation by its `operationId`, or by an `operationRef`: one of the two, and one that is "
    "there.",
    wrong="links:\n  pet:\n    operationId: getPet",
    right="links:\n  pet:\n    operationId: getPetById",
)
def link_operation(visit: Visit) -> Iterator[Problem]:
    """References among links are not followed."""
    for name, link in mapping_in(visit.value, "links").items():
        if not isinstance(link, dict) or "$ref" in link:
            continue
        wanted = text_in(link, "operationId")
        if ("operationId" in link) == ("operationRef" in link):
            yield Problem(f"the link {name!r} must have an operationId or an operationRef", ("links", name))
        elif wanted and wanted not in visit.document.operation_ids:
            yield Problem(f"no operation has the operationId {wanted!r}", ("links", name, "operationId"), on_key=False)
