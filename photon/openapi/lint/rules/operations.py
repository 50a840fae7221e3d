"""Rules on operations: their names, what is said about them, what they answer, and what they may not have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import list_in, mapping_in, text_in
from photon.openapi.naming import operation_id

_URL_SAFE: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]*")
_SUCCESS: Final = re.compile(r"[23]([0-9]{2}|XX)", re.IGNORECASE)
_CLIENT_ERROR: Final = re.compile(r"4([0-9]{2}|XX)", re.IGNORECASE)


def _is_path(visit: Visit) -> bool:
    return visit.document.operation_at(visit).kind == "path"


@rule(
    id="operation-operationId",
    subject="operation",
    severity="warning",
    summary="An operation has no operationId.",
    explanation="Code generators name the method after it, and links and documentation point to it. Without one they make up "
    "a name, each its own. The fix derives it from method and path, as `photon ai suggest-path` does.",
    wrong="get:\n  summary: List pets",
    right="get:\n  operationId: listPets\n  summary: List pets",
    redocly="operation-operationId",
    spectral="operation-operationId",
    fixable=True,
)
def operation_operation_id(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths: nobody calls a webhook or a callback by its name."""
    if visit.value.get("operationId") or not _is_path(visit):
        return
    operation = visit.document.operation_at(visit)
    name = _unused(operation_id(operation.method.upper(), operation.path), visit.document)
    fixes = (Fix("set", (*visit.pointer, "operationId"), name),) if name else ()
    yield Problem(f"{operation.route} has no operationId", fixes=fixes)


def _unused(name: str, document: LintDocument) -> str:
    """The name, unless another operation has it or would be given it too: empty then."""
    return "" if name in document.operation_ids or _derived(document)[name] > 1 else name


@lru_cache(maxsize=1)
def _derived(document: LintDocument) -> Counter[str]:
    """How many operations without an operationId would get each name."""
    nameless = (each for each in document.operations if not each.operation_id and each.kind == "path")
    return Counter(operation_id(each.method.upper(), each.path) for each in nameless)


@lru_cache(maxsize=1)
def _tags(document: LintDocument) -> frozenset[str]:
    return frozenset(document.tags)


@rule(
    id="operation-operationId-unique",
    subject="operation",
    keys=("operationId",),
    severity="error",
    summary="Two operations have the same operationId.",
    explanation="The name is how code refers to an operation; of two with one name, generated clients lose one.",
    wrong="/pets: {get: {operationId: list}}\n/owners: {get: {operationId: list}}",
    right="/pets: {get: {operationId: listPets}}\n/owners: {get: {operationId: listOwners}}",
    redocly="operation-operationId-unique",
    spectral="operation-operationId-unique",
)
def operation_operation_id_unique(visit: Visit) -> Iterator[Problem]:
    """Told at each but the first, webhooks and callbacks among them."""
    name = text_in(visit.value, "operationId")
    owners = visit.document.operation_ids.get(name, []) if name else []
    if len(owners) > 1 and owners[0].node is not visit.value:
        yield Problem(f"the operationId {name!r} is that of {owners[0].route} already", ("operationId",), on_key=False)


@rule(
    id="operation-operationId-url-safe",
    subject="operation",
    keys=("operationId",),
    severity="error",
    summary="An operationId holds a character that has no place in a URL.",
    explanation="Documentation makes anchors of operationIds and generators make names of them. Letters, digits, `_` and `-` "
    "do.",
    wrong="get:\n  operationId: list pets",
    right="get:\n  operationId: listPets",
    redocly="operation-operationId-url-safe",
    spectral="operation-operationId-valid-in-url",
)
def operation_operation_id_url_safe(visit: Visit) -> Iterator[Problem]:
    """RFC 3986, sections 2.2 and 2.3."""
    name = text_in(visit.value, "operationId")
    if not _URL_SAFE.fullmatch(name):
        yield Problem(f"the operationId {name!r} holds characters that are not safe in a URL", ("operationId",), on_key=False)


@rule(
    id="operation-summary",
    subject="operation",
    severity="error",
    summary="An operation has no summary.",
    explanation="The summary is the operation's title in every documentation and in the lists of every client. A few words "
    "do: `List pets`.",
    wrong="get:\n  operationId: listPets",
    right="get:\n  summary: List pets\n  operationId: listPets",
    redocly="operation-summary",
)
def operation_summary(visit: Visit) -> Iterator[Problem]:
    """A summary of nothing but white space is none."""
    if not text_in(visit.value, "summary").strip() and not _mistyped(visit, "summary"):
        yield Problem(f"{visit.document.operation_at(visit).route} has no summary")


def _mistyped(visit: Visit, key: str) -> bool:
    """Whether value-type tells of it already."""
    return key in visit.value and not isinstance(visit.value[key], str)


@rule(
    id="operation-description",
    subject="operation",
    severity="info",
    summary="An operation has no description.",
    explanation="A description is where side effects, limits and permissions are told. Spectral warns of every operation "
    "without one; here it is a remark, because a summary says all there is to say of many.",
    wrong="delete:\n  summary: Delete a pet",
    right="delete:\n  summary: Delete a pet\n  description: Its visits are kept for the statistics.",
    spectral="operation-description",
)
def operation_description(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths."""
    if not text_in(visit.value, "description").strip() and not _mistyped(visit, "description") and _is_path(visit):
        yield Problem(f"{visit.document.operation_at(visit).route} has no description")


@rule(
    id="operation-responses",
    subject="operation",
    severity="error",
    summary="An operation says nothing on what it answers.",
    explanation="Without a response nobody can write a client. OpenAPI 3.0 requires one; since 3.1 it may be left out, which "
    "is meant for documents that are put together from parts, and neither Redocly nor Spectral tells you there.",
    wrong="get:\n  summary: List pets",
    right="get:\n  summary: List pets\n  responses:\n    '200':\n      description: The pets",
    redocly="struct",
    spectral="oas3-schema",
)
def operation_responses(visit: Visit) -> Iterator[Problem]:
    """No ``responses``, or nothing in it."""
    found = visit.value.get("responses")
    if not found and (found is None or isinstance(found, dict)):
        at = ("responses",) if "responses" in visit.value else ()
        yield Problem(f"{visit.document.operation_at(visit).route} has no responses", at)


@rule(
    id="operation-2xx-response",
    subject="operation",
    keys=("responses",),
    severity="warning",
    summary="An operation has no response for success.",
    explanation="Say what the client gets when all goes well. A redirect counts, and so does `default` where it is the only "
    "response.",
    wrong="responses:\n  '404':\n    description: No such pet",
    right="responses:\n  '200':\n    description: The pet\n  '404':\n    description: No such pet",
    redocly="operation-2xx-response",
    spectral="operation-success-response",
)
def operation_2xx_response(visit: Visit) -> Iterator[Problem]:
    """101 counts as well: it is the success of an operation that changes to a WebSocket. An empty list has its own rule."""
    codes = _codes(visit)
    if codes and not any(_SUCCESS.fullmatch(code) or code in ("default", "101") for code in codes) and _is_path(visit):
        yield Problem(f"{visit.document.operation_at(visit).route} has no response for success", ("responses",))


@rule(
    id="operation-4xx-response",
    subject="operation",
    keys=("responses",),
    severity="warning",
    summary="An operation has no response for a client's mistake.",
    explanation="A request can be malformed, forbidden, or for something that is not there: say what the client gets then. "
    "`default` beside a response for success covers every other code and does.",
    wrong="responses:\n  '200':\n    description: The pet",
    right="responses:\n  '200':\n    description: The pet\n  '404':\n    description: No such pet",
    redocly="operation-4xx-response",
)
def operation_4xx_response(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths; ``default`` counts (OpenAPI 3.1, section 4.8.16: the responses not listed)."""
    codes = _codes(visit)
    covered = any(_CLIENT_ERROR.fullmatch(code) or code == "default" for code in codes)
    if codes and not covered and _is_path(visit):
        yield Problem(f"{visit.document.operation_at(visit).route} has no 4xx response", ("responses",))


def _codes(visit: Visit) -> list[str]:
    return [code for code in mapping_in(visit.value, "responses") if not code.startswith("x-")]


@rule(
    id="no-request-body-on-get",
    subject="operation",
    keys=("requestBody",),
    severity="warning",
    summary="A GET, HEAD, DELETE or TRACE operation has a request body.",
    explanation="HTTP gives such a body no meaning (RFC 9110, section 9.3), so proxies, caches and client libraries drop it "
    "or refuse the request. Use query parameters, or POST where the query is too long for them.",
    wrong="get:\n  requestBody:\n    content: {}",
    right="get:\n  parameters:\n    - {name: status, in: query, schema: {type: string}}",
)
def no_request_body_on_get(visit: Visit) -> Iterator[Problem]:
    """By the method that the operation stands under."""
    if visit.key in ("get", "head", "delete", "trace"):
        yield Problem(f"a {visit.key.upper()} request has no body that could be relied on", ("requestBody",))


@rule(
    id="operation-tags",
    subject="operation",
    severity="warning",
    summary="An operation has no tag.",
    explanation="Documentation groups operations by tag and generators make classes of them; what has none ends up in a heap "
    "called `default`.",
    wrong="get:\n  summary: List pets",
    right="get:\n  tags: [pets]\n  summary: List pets",
    spectral="operation-tags",
)
def operation_tags(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths."""
    found = visit.value.get("tags")
    if not found and (found is None or isinstance(found, list)) and _is_path(visit):
        yield Problem(f"{visit.document.operation_at(visit).route} has no tag", ("tags",) if "tags" in visit.value else ())


@rule(
    id="operation-tag-defined",
    subject="operation",
    keys=("tags",),
    severity="warning",
    summary="An operation's tag is not in the list of the document's tags.",
    explanation="The list at the root gives each tag its description and its place. A tag that is missing there is mostly one "
    "that is misspelt. The fix adds it to the list.",
    wrong="tags:\n  - name: pets\npaths:\n  /pets:\n    get:\n      tags: [pet]",
    right="tags:\n  - name: pets\npaths:\n  /pets:\n    get:\n      tags: [pets]",
    redocly="operation-tag-defined",
    spectral="operation-tag-defined",
    fixable=True,
)
def operation_tag_defined(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths. Told of each place; to add the tag once mends them all."""
    known = _tags(visit.document)
    for index, tag in enumerate(list_in(visit.value, "tags")):
        if isinstance(tag, str) and tag not in known and _is_path(visit):
            fixes = _added_tag(visit.document, tag)
            yield Problem(f"the tag {tag!r} is not in the document's list of tags", ("tags", index), False, fixes)


def _added_tag(document: LintDocument, tag: str) -> tuple[Fix, ...]:
    listed = document.root.get("tags")
    if listed is None or listed == []:
        return (Fix("set", ("tags",), [{"name": tag}]),)
    return (Fix("add", ("tags",), {"name": tag}),) if isinstance(listed, list) else ()


@rule(
    id="no-duplicate-operation-tag",
    subject="operation",
    keys=("tags",),
    severity="warning",
    summary="An operation has one tag twice.",
    explanation="Documentation shows the operation twice in the same group then. The fix takes the second away.",
    wrong="get:\n  tags: [pets, pets]",
    right="get:\n  tags: [pets]",
    fixable=True,
)
def no_duplicate_operation_tag(visit: Visit) -> Iterator[Problem]:
    """Told at the later one."""
    seen: set[str] = set()
    for index, tag in enumerate(list_in(visit.value, "tags")):
        if isinstance(tag, str) and tag in seen:
            fix = Fix("remove", (*visit.pointer, "tags", index))
            yield Problem(f"the tag {tag!r} stands twice", ("tags", index), False, (fix,))
        elif isinstance(tag, str):
            seen.add(tag)


@rule(
    id="operation-singular-tag",
    subject="operation",
    keys=("tags",),
    severity="info",
    summary="An operation has more than one tag.",
    explanation="Documentation shows it once in each group. Some teams want that, so the rule is off unless you switch it on.",
    wrong="get:\n  tags: [pets, animals]",
    right="get:\n  tags: [pets]",
    redocly="operation-singular-tag",
    spectral="operation-singular-tag",
    on=False,
)
def operation_singular_tag(visit: Visit) -> Iterator[Problem]:
    """Two tags or more."""
    if len(list_in(visit.value, "tags")) > 1:
        yield Problem(f"{visit.document.operation_at(visit).route} has {len(visit.value['tags'])} tags", ("tags",))


@rule(
    id="no-callbacks-in-callbacks",
    subject="operation",
    keys=("callbacks",),
    severity="warning",
    summary="A callback, or a webhook, has callbacks of its own.",
    explanation="Hardly a tool follows them there, and whoever receives the request learns of them from nowhere else.",
    wrong="callbacks:\n  paid:\n    '{$request.body#/url}':\n      post:\n        callbacks: {}",
    right="callbacks:\n  paid:\n    '{$request.body#/url}':\n      post:\n        responses: {}",
    spectral="oas3-callbacks-in-callbacks",
)
def no_callbacks_in_callbacks(visit: Visit) -> Iterator[Problem]:
    """Spectral has a rule for each of the two."""
    kind = visit.document.operation_at(visit).kind
    if kind in ("callback", "webhook"):
        yield Problem(f"a {kind} has no callbacks of its own", ("callbacks",))


@rule(
    id="no-servers-in-webhook",
    subject="operation",
    also=("path item",),
    keys=("servers",),
    severity="warning",
    summary="A webhook has servers.",
    explanation="The request goes to an address that the client gave when it subscribed, not to one that the document could "
    "name.",
    wrong="webhooks:\n  petSold:\n    post:\n      servers: [{url: https://pets.test}]",
    right="webhooks:\n  petSold:\n    post:\n      summary: A pet was sold",
    spectral="oas3_1-servers-in-webhook",
    versions=("3.1", "3.2"),
)
def no_servers_in_webhook(visit: Visit) -> Iterator[Problem]:
    """At the webhook and at its operations."""
    if visit.pointer[:1] == ("webhooks",) and len(visit.pointer) <= 3:
        yield Problem("a webhook is sent to the address that the subscriber gave, to none of these servers", ("servers",))
