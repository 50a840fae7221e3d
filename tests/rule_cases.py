"""For every rule of the lint a wrong and a right document: what is set where in the clean one.

A place is a pointer with spaces between its parts; a value is YAML, ``-`` takes the place away.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any, NamedTuple

import yaml
from planted_faults import clean


class Case(NamedTuple):
    """wrong, right: by place, what is put there. also: rules that the wrong document breaks as a matter of course."""

    rule: str
    wrong: dict[str, str]
    right: dict[str, str]
    version: str = "3.1.0"
    also: frozenset[str] = frozenset()


GET = "paths /dogs get"
DOG = "components schemas Dog"
AGE = f"{DOG} properties age"
NAME = f"{DOG} properties name"
STATE = "components schemas State"
LIMIT = f"{GET} parameters 0"
OK = f"{GET} responses 200"
JSON = f"{OK} content application/json"
SCHEME = "components securitySchemes bearerAuth"
OAUTH = (
    "{type: oauth2, flows: {FLOW: {authorizationUrl: 'https://a.test/a', tokenUrl: 'https://a.test/t', scopes: {dogs: Dogs}}}}"
)
CODE = OAUTH.replace("FLOW", "authorizationCode")
IMPLICIT = "{type: oauth2, flows: {implicit: {authorizationUrl: 'https://a.test/a', scopes: {dogs: Dogs}}}}"
OPERATION = (
    "{operationId: OID, summary: S, description: D, tags: [dogs],"
    " responses: {'200': {description: D}, '404': {description: D}}}"
)


def _operation(name: str) -> str:
    return OPERATION.replace("OID", name)


def _paths(*names: str, key: str = "get") -> dict[str, str]:
    """Further paths with one clean operation each, the parameters of which are declared."""
    found = {}
    for number, name in enumerate(names):
        declared = [part.split("}")[0] for part in name.split("{")[1:]]
        parameters = ", ".join(
            f"{{name: {each}, in: path, required: true, schema: {{type: string}}}}" for each in dict.fromkeys(declared) if each
        )
        found[f"paths {name}"] = f"{{parameters: [{parameters}], {key}: {_operation(f'more{number}')}}}"
    return found


def _webhook(extra: str = "") -> str:
    return f"{{hook: {{post: {{operationId: hook, summary: S, {extra} responses: {{'200': {{description: D}}}}}}}}}}"


CALLBACK = (
    "{paid: {'{$request.body#/url}': {post: {operationId: paid, summary: S, CALLBACKS responses: {'200': {description: D}}}}}}"
)

CASES = (
    # form
    Case("unknown-key", {"info contct": "{}"}, {"info x-contct": "{}"}),
    Case("unknown-key", {f"{AGE} minimun": "1"}, {f"{AGE} x-minimun": "1"}),
    Case("unknown-key", {f"{SCHEME} in": "header"}, {f"{SCHEME} bearerFormat": "JWT"}),
    Case("unknown-key", {"webhooks": "{}"}, {"x-webhooks": "{}"}, "3.0.3"),
    Case("missing-key", {"info version": "-"}, {"info version": "1.0.0"}),
    Case("missing-key", {f"{SCHEME} scheme": "-"}, {f"{SCHEME} scheme": "basic"}),
    Case("missing-key", {f"{GET} externalDocs": "{description: D}"}, {f"{GET} externalDocs": "{url: 'https://a.test'}"}),
    Case("value-type", {"info version": "1.0"}, {"info version": "'1.0'"}),
    Case("value-type", {f"{GET} tags": "dogs"}, {f"{GET} tags": "[dogs]"}),
    Case("value-type", {f"{NAME} minLength": "-1"}, {f"{NAME} minLength": "0"}),
    Case("value-type", {f"{DOG} properties nicknames items": "[]"}, {f"{DOG} properties nicknames items": "{}"}),
    # paths
    Case("path-starts-with-slash", _paths("cats"), _paths("/cats")),
    Case("no-path-trailing-slash", _paths("/cats/"), _paths("/cats")),
    Case("path-not-include-query", _paths("/cats?a=b"), _paths("/cats")),
    Case("no-fragment-in-path", _paths("/cats#x"), _paths("/cats")),
    Case("path-template", _paths("/cats/a}"), _paths("/cats/{a}")),
    Case("path-declaration-must-exist", _paths("/cats/{}"), _paths("/cats/{a}")),
    Case("no-repeated-path-parameter", _paths("/cats/{a}/kittens/{a}"), _paths("/cats/{a}/kittens/{b}")),
    Case("no-empty-path-segment", _paths("/cats//a"), _paths("/cats/a")),
    Case("no-identical-paths", _paths("/cats/{a}", "/cats/{b}"), _paths("/cats/{a}", "/cats/named/{b}")),
    Case("no-ambiguous-paths", _paths("/{a}/kittens", "/cats/{b}"), _paths("/cats/me", "/cats/{b}")),
    Case("path-parameters-defined", {"paths /dogs/{dogId} parameters": "-"}, {}),
    Case(
        "path-parameter-in-path",
        {"paths /dogs get parameters 2": "{name: a, in: path, required: true, schema: {type: string}}"},
        {"paths /dogs get parameters 2": "{name: a, in: query, required: true, schema: {type: string}}"},
    ),
    # operations
    Case("operation-operationId", {f"{GET} operationId": "-"}, {f"{GET} operationId": "dogs"}),
    Case("operation-operationId-unique", {f"{GET} operationId": "login"}, {f"{GET} operationId": "loginAgain"}),
    Case("operation-operationId-url-safe", {f"{GET} operationId": "list dogs"}, {f"{GET} operationId": "list.dogs"}),
    Case("operation-summary", {f"{GET} summary": "' '"}, {f"{GET} summary": "Dogs"}),
    Case("operation-description", {f"{GET} description": "-"}, {f"{GET} description": "Dogs"}),
    Case("operation-responses", {f"{GET} responses": "{}"}, {}),
    Case("operation-2xx-response", {OK: "-"}, {OK: "-", f"{GET} responses 303": "{description: See the other}"}),
    Case("operation-2xx-response", {OK: "-"}, {OK: "-", f"{GET} responses default": "{description: Whatever}"}),
    Case(
        "operation-4xx-response",
        {f"{GET} responses 400": "-"},
        {f"{GET} responses 400": "-", f"{GET} responses default": "{description: D}"},
    ),
    Case(
        "no-request-body-on-get", {f"{GET} requestBody": "{content: {text/plain: {}}}"}, {"paths /login put": _operation("x")}
    ),
    Case("operation-tags", {f"{GET} tags": "-"}, {f"{GET} tags": "[dogs]"}),
    Case("operation-tag-defined", {f"{GET} tags": "[dogs, hounds]"}, {f"{GET} tags": "[dogs, sessions]"}),
    Case("no-duplicate-operation-tag", {f"{GET} tags": "[dogs, dogs]"}, {f"{GET} tags": "[dogs]"}),
    Case("operation-singular-tag", {f"{GET} tags": "[dogs, sessions]"}, {f"{GET} tags": "[dogs]"}),
    Case(
        "no-callbacks-in-callbacks",
        {f"{GET} callbacks": CALLBACK.replace("CALLBACKS", "callbacks: {},")},
        {f"{GET} callbacks": CALLBACK.replace("CALLBACKS", "")},
    ),
    Case("no-servers-in-webhook", {"webhooks": _webhook("servers: [{url: 'https://a.test'}],")}, {"webhooks": _webhook()}),
    # parameters
    Case("parameter-in", {f"{LIMIT} in": "body"}, {f"{LIMIT} in": "cookie"}),
    Case("parameter-schema", {f"{LIMIT} schema": "-"}, {f"{LIMIT} schema": "{}"}),
    Case("parameter-schema", {f"{OK} headers": "{A: {}}"}, {f"{OK} headers": "{A: {schema: {}}}"}),
    Case(
        "parameter-schema-or-content",
        {f"{LIMIT} content": "{text/plain: {}}"},
        {f"{LIMIT} schema": "-", f"{LIMIT} content": "{text/plain: {}}"},
    ),
    Case("path-parameter-required", {"paths /dogs/{dogId} parameters 0 required": "false"}, {}),
    Case(
        "operation-parameters-unique",
        {f"{LIMIT} name": "state"},
        {f"{LIMIT} name": "state", f"{LIMIT} in": "header"},
    ),
    Case(
        "no-ignored-header-parameter",
        {f"{LIMIT} in": "header", f"{LIMIT} name": "accept"},
        {f"{LIMIT} in": "header", f"{LIMIT} name": "accept-language"},
    ),
    Case("parameter-style", {f"{LIMIT} style": "simple"}, {f"{LIMIT} style": "form"}),
    Case(
        "no-example-and-examples", {f"{LIMIT} example": "3", f"{LIMIT} examples": "{a: {value: 3}}"}, {f"{LIMIT} example": "3"}
    ),
    Case(
        "no-example-value-and-externalValue",
        {f"{LIMIT} examples": "{a: {summary: S}}"},
        {f"{LIMIT} examples": "{a: {value: 3}}"},
    ),
    Case(
        "parameter-description",
        {},
        {f"{GET} parameters": "[]", "paths /dogs/{dogId} parameters 0 description": "D"},
        also=frozenset({"no-unused-components"}),
    ),
    # responses
    Case(
        "status-code-quoted",
        {f"{GET} responses": "{200: {description: D}, '400': {description: D}}"},
        {f"{GET} responses": "{'200': {description: D}, '400': {description: D}}"},
    ),
    Case("status-code", {f"{GET} responses 4xx": "{description: D}"}, {f"{GET} responses 4XX": "{description: D}"}),
    Case("response-description", {f"{OK} description": "-"}, {f"{OK} description": "''"}),
    Case("response-schema", {f"{OK} schema": "{}"}, {}),
    Case(
        "no-content-without-body",
        {"paths /dogs/{dogId} delete responses 204 content": "{text/plain: {}}"},
        {"paths /dogs/{dogId} delete responses 202": "{description: D, content: {text/plain: {}}}"},
    ),
    Case("media-type-name", {f"{OK} content json": "{schema: {}}"}, {f"{OK} content application/*": "{schema: {}}"}),
    Case(
        "request-body-content",
        {"paths /dogs post requestBody content": "{}"},
        {"paths /dogs post requestBody content": "{text/plain: {}}"},
    ),
    Case("media-type-schema", {f"{OK} content application/hal+json": "{}"}, {f"{OK} content text/csv": "{}"}),
    Case(
        "no-ignored-response-header",
        {f"{OK} headers": "{content-type: {schema: {}}}"},
        {f"{OK} headers": "{content-length: {schema: {}}}"},
    ),
    Case("link-operation", {f"{OK} links": "{a: {operationId: nobody}}"}, {f"{OK} links": "{a: {operationId: login}}"}),
    # schemas
    Case("schema-type", {f"{AGE}": "{type: date}"}, {f"{AGE}": "{type: string, format: date}"}),
    Case("schema-type", {f"{AGE}": "{type: [string, nil]}"}, {f"{AGE}": "{type: [string, 'null']}"}),
    Case("no-type-list", {f"{AGE}": "{type: [string, 'null']}"}, {f"{AGE}": "{type: string, nullable: true}"}, "3.0.3"),
    Case("no-nullable", {f"{AGE} nullable": "true"}, {f"{AGE} type": "[integer, 'null']"}),
    Case("nullable-type-sibling", {f"{AGE}": "{nullable: true}"}, {f"{AGE}": "{nullable: true, type: integer}"}, "3.0.3"),
    Case("array-items", {f"{DOG} properties nicknames items": "-"}, {f"{DOG} properties nicknames items": "true"}),
    Case(
        "no-schema-type-mismatch",
        {f"{NAME} properties": "{}"},
        {f"{NAME}": "{type: object, properties: {}}"},
        also=frozenset({"no-invalid-media-type-examples"}),
    ),
    Case(
        "schema-required",
        {f"{NAME} required": "true"},
        {f"{DOG} required": "[name, age]"},
        also=frozenset({"no-invalid-media-type-examples"}),
    ),
    Case(
        "no-required-schema-properties-undefined",
        {"components schemas Problem required": "[titel]"},
        {"components schemas Problem required": "[status]"},
    ),
    Case("no-read-only-write-only", {f"{AGE} readOnly": "true", f"{AGE} writeOnly": "true"}, {f"{AGE} readOnly": "true"}),
    Case("no-deprecated-xml-attribute", {f"{AGE} xml": "{attribute: true}"}, {f"{AGE} xml": "{nodeType: attribute}"}, "3.2.0"),
    Case("no-deprecated-schema-example", {f"{AGE} example": "4"}, {f"{AGE} example": "-", f"{AGE} examples": "[4]"}),
    # bounds
    Case("exclusive-bound", {f"{AGE} exclusiveMinimum": "true"}, {f"{AGE}": "{type: integer, exclusiveMinimum: 0}"}),
    Case("exclusive-bound", {f"{AGE} exclusiveMinimum": "0"}, {f"{AGE} exclusiveMinimum": "true"}, "3.0.3"),
    Case("no-mixed-number-range-constraints", {f"{AGE} exclusiveMinimum": "0"}, {f"{AGE} exclusiveMaximum": "9"}),
    Case(
        "range-order",
        {f"{LIMIT} schema": "{type: integer, minimum: 3, maximum: 2}"},
        {f"{LIMIT} schema": "{type: integer, minimum: 2, maximum: 2}"},
    ),
    Case("range-order", {f"{AGE} multipleOf": "0"}, {f"{AGE} multipleOf": "2"}),
    Case("keyword-type", {f"{AGE} minLength": "1"}, {f"{AGE} maximum": "40"}),
    # values
    Case("no-enum-type-mismatch", {f"{STATE} enum": "[here, 3]"}, {f"{STATE} enum": "[here, '3']"}),
    Case("no-enum-type-mismatch", {f"{STATE}": "{type: string, const: 3}"}, {f"{STATE}": "{type: string, const: here}"}),
    Case("no-duplicated-enum-values", {f"{STATE} enum": "[here, away, here]"}, {f"{STATE} enum": "[here, away, Here]"}),
    Case("no-duplicated-enum-values", {f"{STATE}": "{enum: [1, 1.0]}"}, {f"{STATE}": "{enum: [1, true]}"}),
    Case("no-empty-enum", {f"{STATE} enum": "[]"}, {f"{STATE} enum": "[here]"}),
    Case("no-invalid-default", {f"{LIMIT} schema default": "many"}, {f"{LIMIT} schema default": "100"}),
    Case("pattern-syntax", {f"{NAME} pattern": "'[a-z'"}, {f"{NAME} pattern": "'(?<first>[A-Z])'"}),
    Case(
        "no-pattern-delimiters",
        {f"{AGE}": "{type: string, pattern: '/^[a-z]+$/'}"},
        {f"{AGE}": "{type: string, pattern: '^/[a-z]+/$'}"},
    ),
    # examples
    Case("no-invalid-schema-examples", {f"{AGE} example": "old"}, {f"{AGE} example": "7"}),
    Case("no-invalid-schema-examples", {f"{AGE} examples": "[3, -1]"}, {f"{AGE} examples": "[3, 1]"}),
    Case("no-invalid-media-type-examples", {f"{JSON} example": "[{age: 3}]"}, {f"{JSON} example": "[{name: Rex, age: 3}]"}),
    Case(
        "no-invalid-media-type-examples",
        {f"{JSON} example": "-", f"{JSON} examples": "{a: {value: {}}}"},
        {f"{JSON} example": "-", f"{JSON} examples": "{a: {value: []}}"},
    ),
    Case("no-invalid-parameter-examples", {f"{LIMIT} example": "0"}, {f"{LIMIT} example": "1"}),
    Case(
        "no-undeclared-example-properties",
        {f"{JSON} example": "[{name: Rex, colour: black}]"},
        {f"{JSON} example": "[{name: Rex, colour: black}]", f"{DOG} additionalProperties": "true"},
    ),
    # composition
    Case(
        "no-illogical-composition-keywords",
        {f"{AGE}": "{oneOf: [{type: integer}]}"},
        {f"{AGE}": "{oneOf: [{type: integer}, {type: string}]}"},
    ),
    Case(
        "no-illogical-composition-keywords",
        {f"{AGE}": "{anyOf: [{type: integer}, {type: integer}]}"},
        {f"{AGE}": "{allOf: [{type: integer}], title: Age}"},
    ),
    Case(
        "discriminator-property",
        {f"{DOG} discriminator": "{propertyName: breed}"},
        {f"{DOG} discriminator": "{propertyName: name}"},
    ),
    Case(
        "discriminator-mapping",
        {f"{DOG} discriminator": "{propertyName: name, mapping: {rex: Hound}}"},
        {f"{DOG} discriminator": "{propertyName: name, mapping: {rex: Dog}}"},
    ),
    # references
    Case(
        "no-unresolved-refs",
        {f"{AGE}": "{$ref: '#/components/schemas/Age'}"},
        {f"{AGE}": "{$ref: '#/components/schemas/State'}"},
    ),
    Case(
        "no-unresolved-refs",
        {"components schemas Age": "{$ref: '#/components/schemas/Age'}", f"{AGE}": "{$ref: '#/components/schemas/Age'}"},
        {},
    ),
    Case(
        "ref-kind", {f"{AGE}": "{$ref: '#/components/responses/Problem'}"}, {f"{AGE}": "{$ref: '#/components/schemas/Problem'}"}
    ),
    Case(
        "no-ref-siblings",
        {f"{AGE}": "{$ref: '#/components/schemas/State', description: D}"},
        {f"{AGE}": "{allOf: [{$ref: '#/components/schemas/State'}], description: D}"},
        "3.0.3",
    ),
    Case("no-ref-siblings", {f"{GET} responses 400 content": "{}"}, {f"{GET} responses 400 description": "D"}),
    Case(
        "no-unused-components",
        {"components schemas Cat": "{}"},
        {"components schemas Cat": "{}", f"{AGE}": "{$ref: '#/components/schemas/Cat'}"},
    ),
    Case(
        "spec-components-invalid-map-name",
        {
            "components responses Bad request": "{description: D}",
            f"{GET} responses 400": "{$ref: '#/components/responses/Bad request'}",
        },
        {
            "components responses Bad.request": "{description: D}",
            f"{GET} responses 400": "{$ref: '#/components/responses/Bad.request'}",
        },
    ),
    # security
    Case("security-defined", {f"{GET} security": "[{bearer: []}]"}, {f"{GET} security": "[{bearerAuth: []}, {}]"}),
    Case(
        "operation-security",
        {
            "security": "-",
            "paths /dogs post security": "[bearerAuth: []]",
            "paths /dogs/{dogId} get security": "[]",
            "paths /dogs/{dogId} delete security": "[]",
        },
        {"security": "[]", f"{GET} security": "[bearerAuth: []]"},
    ),
    Case(
        "security-scopes-defined",
        {SCHEME: CODE, "security": "[bearerAuth: [cats]]"},
        {SCHEME: CODE, "security": "[bearerAuth: [dogs]]"},
    ),
    Case("no-scopes-without-oauth", {"security": "[bearerAuth: [dogs]]"}, {"security": "[bearerAuth: []]"}, "3.0.3"),
    Case("security-scheme-type", {SCHEME: "{type: basic}"}, {SCHEME: "{type: http, scheme: basic}"}),
    Case(
        "no-api-key-in-query",
        {SCHEME: "{type: apiKey, name: key, in: query}"},
        {SCHEME: "{type: apiKey, name: key, in: header}"},
    ),
    Case(
        "no-basic-auth-over-http",
        {SCHEME: "{type: http, scheme: basic}", "servers": "[{url: 'http://a.test'}]"},
        {SCHEME: "{type: http, scheme: basic}"},
        also=frozenset({"no-server-without-tls"}),
    ),
    Case("no-outdated-oauth-flow", {SCHEME: IMPLICIT}, {SCHEME: CODE}),
    # information
    Case("info-description", {"info description": "-", "info summary": "-"}, {"info description": "-"}),
    Case("info-license", {"info license": "-"}, {}),
    Case("info-license-strict", {"info license": "{name: MIT}"}, {"info license": "{name: MIT, identifier: MIT}"}),
    Case("info-contact", {"info contact": "-"}, {}),
    Case("no-empty-servers", {"servers": "[]"}, {"servers": "[{url: /}]"}),
    Case("no-server-trailing-slash", {"servers 0 url": "https://a.test/"}, {"servers 0 url": "https://a.test"}),
    Case("no-server-example", {"servers 0 url": "https://api.example.com"}, {"servers 0 url": "https://api.example.test"}),
    Case("no-server-without-tls", {"servers 0 url": "http://a.test"}, {"servers 0 url": "https://a.test"}),
    Case(
        "no-undefined-server-variable",
        {"servers 0 url": "https://{a}.test"},
        {"servers 0": "{url: 'https://{a}.test', variables: {a: {default: b}}}"},
    ),
    Case("no-undefined-server-variable", {"servers 0 variables": "{a: {default: b}}"}, {}),
    Case(
        "no-server-variables-empty-enum",
        {"servers 0": "{url: 'https://{a}.test', variables: {a: {default: b, enum: [c]}}}"},
        {"servers 0": "{url: 'https://{a}.test', variables: {a: {default: b, enum: [b]}}}"},
    ),
    Case(
        "no-duplicate-servers",
        {"servers": "[{url: 'https://a.test'}, {url: 'https://a.test'}]"},
        {"servers": "[{url: 'https://a.test'}, {url: 'https://b.test'}]"},
    ),
    Case("no-duplicated-tag-names", {"tags 1 name": "dogs"}, {}, also=frozenset({"operation-tag-defined"})),
    Case("tag-description", {"tags 1 description": "-"}, {}),
    Case(
        "no-unused-tags",
        {"tags 2": "{name: cats, description: D}"},
        {"tags 2": "{name: cats, description: D}", f"{GET} tags": "[cats]"},
    ),
    Case("spec-no-invalid-tag-parents", {"tags 1 parent": "cats"}, {"tags 1 parent": "dogs"}, "3.2.0"),
    Case(
        "spec-no-invalid-tag-parents",
        {"tags 1 parent": "dogs", "tags 0 parent": "sessions"},
        {"tags 1 parent": "dogs"},
        "3.2.0",
    ),
    Case("no-unsafe-markdown", {f"{GET} description": "a <script>"}, {f"{GET} description": "a script"}),
    # style
    Case("no-verb-in-path", _paths("/getCats"), _paths("/cats/{id}/cancel", "/logout", "/search", "/cats/{id}/list-price")),
    Case(
        "path-casing",
        _paths("/big-cats", "/tom-cats", "/wild-cats", "/old-cats", "/fat_cats"),
        _paths("/big-cats", "/tom-cats", "/wild-cats", "/old-cats", "/cats"),
    ),
    Case(
        "operation-id-casing",
        {f"{GET} operationId": "list_dogs", **_paths("/cats")},
        {f"{GET} operationId": "listAllDogs", **_paths("/cats")},
    ),
    Case(
        "property-casing",
        {f"{DOG} properties": "{name: {}, birthDate: {}, homeTown: {}, lastVisit: {}, next_visit: {}}"},
        {f"{DOG} properties": "{name: {}, birthDate: {}, homeTown: {}, lastVisit: {}, nextVisit: {}}"},
        also=frozenset({"no-undeclared-example-properties", "no-unused-components"}),
    ),
    Case(
        "schema-casing",
        {
            f"{DOG} properties nicknames items": "{$ref: '#/components/schemas/nick_name'}",
            "components schemas nick_name": "{}",
            "components schemas BigDog": "{}",
            "components schemas TomDog": "{}",
            "components schemas OldDog": "{}",
        },
        {},
        also=frozenset({"no-unused-components"}),
    ),
    Case(
        "parameter-casing",
        {
            f"{GET} parameters 2": "{name: bigDog, in: query, schema: {}}",
            f"{GET} parameters 3": "{name: oldDog, in: query, schema: {}}",
            f"{GET} parameters 4": "{name: fatDog, in: query, schema: {}}",
            f"{GET} parameters 5": "{name: wild_dog, in: query, schema: {}}",
        },
        {},
    ),
    Case(
        "collection-plural",
        _paths("/cats/{a}", "/birds/{a}", "/horses/{a}", "/cow/{a}"),
        _paths("/cats/{a}", "/birds/{a}", "/horses/{a}", "/cows/{a}"),
    ),
    Case("no-file-extension-in-path", _paths("/cats.json"), _paths("/.well-known/cats.json")),
    Case("no-leading-path-parameter", _paths("/{a}/cats/b"), _paths("/cats/{a}")),
    Case(
        "tags-alphabetical", {"tags 0 name": "walks", f"{GET} tags": "[walks]"}, {}, also=frozenset({"operation-tag-defined"})
    ),
)


def document(places: dict[str, str], version: str) -> str:
    """The clean document with each value at its place, as YAML."""
    root = root_of(places, version)
    return str(yaml.dump(root, Dumper=_DUMPER, sort_keys=False)).replace("Bad_request", "Bad request")


def root_of(places: dict[str, str], version: str) -> dict[str, Any]:
    """The same as a value, with `Bad_request` for the name that has a space."""
    root: dict[str, Any] = copy.deepcopy(_clean_root(version))
    for place, text in places.items():
        _set(root, place.replace("Bad request", "Bad_request").split(" "), text)
    return root


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@cache
def _clean_root(version: str) -> dict[str, Any]:
    return yaml.load(clean(version), Loader=_LOADER)  # type: ignore[no-any-return]


def _set(node: Any, parts: list[str], text: str) -> None:
    *way, last = (int(part) if part.isdigit() and len(part) == 1 else part for part in parts)
    for part in way:
        node = node[part]
    if text == "-":
        del node[last]
    elif isinstance(node, list) and last == len(node):
        node.append(yaml.load(text, Loader=_LOADER))
    else:
        node[last] = yaml.load(text, Loader=_LOADER)
