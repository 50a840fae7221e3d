"""Rules on security: schemes that are not there, scopes, operations that nobody said anything about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from photon.openapi.lint.rule import Problem, Visit, rule
from photon.openapi.lint.rules.parts import list_in, mapping_in, text_in

_TYPES: Final = ("apiKey", "http", "oauth2", "openIdConnect")
_OUTDATED: Final = {"implicit": "authorizationCode with PKCE", "password": "authorizationCode with PKCE"}


@rule(
    id="security-defined",
    subject="security requirement",
    severity="error",
    summary="A security scheme is required that is not defined.",
    explanation="The name must be one under `components/securitySchemes`; of another, no tool knows how to send it.",
    wrong="security:\n  - token: []\ncomponents:\n  securitySchemes:\n    bearerAuth: {type: http, scheme: bearer}",
    right="security:\n  - bearerAuth: []\ncomponents:\n  securitySchemes:\n    bearerAuth: {type: http, scheme: bearer}",
    redocly="security-defined",
    spectral="oas3-operation-security-defined",
)
def security_defined(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.2 takes a URI of a scheme as well."""
    for name in visit.value:
        if name not in visit.document.security_schemes and not (visit.document.version == "3.2" and "/" in name):
            yield Problem(f"there is no security scheme {name!r}", (name,))


@rule(
    id="operation-security",
    subject="operation",
    severity="error",
    summary="Neither the operation nor the document says anything on security.",
    explanation="A reader cannot tell whether the operation is open to everybody or whether somebody forgot. Write `security` "
    "once at the root; `security: []` says that it is open.",
    wrong="paths:\n  /pets:\n    get:\n      summary: List pets",
    right="security: []\npaths:\n  /pets:\n    get:\n      summary: List pets",
    redocly="security-defined",
)
def operation_security(visit: Visit) -> Iterator[Problem]:
    """Only operations of paths; an empty list is an answer."""
    if "security" in visit.value or "security" in visit.document.root:
        return
    operation = visit.document.operation_at(visit)
    if operation.kind == "path":
        yield Problem(f"neither {operation.route} nor the document says anything on security")


@rule(
    id="security-scopes-defined",
    subject="security requirement",
    severity="warning",
    summary="A scope is required that the scheme does not define.",
    explanation="The scopes of an OAuth scheme stand under its flows, with what they allow. A scope that is missing there is "
    "one that nobody can ask for, or one that is misspelt.",
    wrong="security:\n  - oauth: [pets:writ]",
    right="security:\n  - oauth: [pets:write]",
    redocly="security-scopes-defined",
    spectral="oas3-operation-security-defined",
)
def security_scopes_defined(visit: Visit) -> Iterator[Problem]:
    """Of OAuth schemes: those of OpenID Connect are its server's to tell."""
    for name, scopes in visit.value.items():
        scheme = visit.document.security_schemes.get(name)
        if scheme is None or scheme.get("type") != "oauth2" or not isinstance(scopes, list):
            continue
        known = _scopes(visit, scheme)
        for index, scope in enumerate(scopes):
            if isinstance(scope, str) and scope not in known:
                yield Problem(f"the scheme {name!r} has no scope {scope!r}", (name, index), on_key=False)


def _scopes(visit: Visit, scheme: Mapping[str, Any]) -> set[str]:
    flows = (flow for flow in mapping_in(scheme, "flows").values() if isinstance(flow, dict))
    return {scope for flow in flows for scope in mapping_in(flow, "scopes")}


@rule(
    id="no-scopes-without-oauth",
    subject="security requirement",
    severity="warning",
    summary="Scopes are required of a scheme that has none.",
    explanation="Only OAuth and OpenID Connect have scopes: for the other schemes OpenAPI 3.0 requires an empty list. Since "
    "3.1 it may hold names of roles, which is why the rule is about 3.0.",
    wrong="security:\n  - apiKey: [admin]",
    right="security:\n  - apiKey: []",
    spectral="oas3-operation-security-defined",
    versions=("3.0",),
)
def no_scopes_without_oauth(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.0, section 4.8.30."""
    for name, scopes in visit.value.items():
        scheme = visit.document.security_schemes.get(name, {})
        if scheme.get("type") in ("apiKey", "http") and scopes and isinstance(scopes, list):
            yield Problem(f"the scheme {name!r} has no scopes", (name,))


@rule(
    id="security-scheme-type",
    subject="security scheme",
    keys=("type", "in"),
    severity="error",
    summary="A security scheme is of an unknown type, or an API key in an unknown place.",
    explanation="The types are apiKey, http, oauth2, openIdConnect and, since 3.1, mutualTLS; what Swagger 2 called `basic` "
    "is `type: http` with `scheme: basic`. An API key is in `query`, `header` or `cookie`.",
    wrong="basicAuth:\n  type: basic",
    right="basicAuth:\n  type: http\n  scheme: basic",
    redocly="struct",
    spectral="oas3-schema",
)
def security_scheme_type(visit: Visit) -> Iterator[Problem]:
    """Both are told as errors of the form by the others."""
    kind, place = text_in(visit.value, "type"), text_in(visit.value, "in")
    known = _TYPES if visit.document.version == "3.0" else (*_TYPES, "mutualTLS")
    if kind and kind not in known:
        yield Problem(f"{kind!r} is no type of security scheme: {', '.join(known)}", ("type",), on_key=False)
    if kind == "apiKey" and place and place not in ("query", "header", "cookie"):
        yield Problem(f"an API key is in query, header or cookie, not in {place!r}", ("in",), on_key=False)


@rule(
    id="no-api-key-in-query",
    subject="security scheme",
    keys=("in",),
    severity="info",
    summary="An API key travels in the URL.",
    explanation="URLs end up in the logs of servers and proxies, in histories and in Referer headers, and the key with them. "
    "A header keeps it out of there.",
    wrong="apiKey:\n  type: apiKey\n  in: query\n  name: key",
    right="apiKey:\n  type: apiKey\n  in: header\n  name: X-API-Key",
)
def no_api_key_in_query(visit: Visit) -> Iterator[Problem]:
    """RFC 6750, section 5.3, on tokens."""
    if visit.value["in"] == "query" and visit.value.get("type") == "apiKey":
        yield Problem(f"the API key {visit.key!r} is part of the URL, which gets logged", ("in",), on_key=False)


@rule(
    id="no-basic-auth-over-http",
    subject="security scheme",
    keys=("scheme",),
    severity="info",
    summary="Passwords travel in clear text: basic authentication over http.",
    explanation="Basic authentication hides nothing; with a server at `http://` everybody on the way reads the password.",
    wrong="servers: [{url: http://api.pets.test}]\ncomponents: {securitySchemes: {basic: {type: http, scheme: basic}}}",
    right="servers: [{url: https://api.pets.test}]\ncomponents: {securitySchemes: {basic: {type: http, scheme: basic}}}",
)
def no_basic_auth_over_http(visit: Visit) -> Iterator[Problem]:
    """By the document's servers."""
    servers = (text_in(server, "url") for server in list_in(visit.document.root, "servers") if isinstance(server, dict))
    if text_in(visit.value, "scheme").lower() == "basic" and any(url.startswith("http://") for url in servers):
        yield Problem(f"the scheme {visit.key!r} sends passwords, and a server has no TLS", ("scheme",), on_key=False)


@rule(
    id="no-outdated-oauth-flow",
    subject="security scheme",
    keys=("flows",),
    severity="info",
    summary="An OAuth flow is one that should not be used any more.",
    explanation="The best current practice for OAuth (RFC 9700, section 2.1.2 and 2.4) advises against the implicit and the "
    "password flow: tokens leak from URLs, and passwords get into the client's hands. Use authorizationCode with "
    "PKCE.",
    wrong="flows:\n  implicit: {authorizationUrl: https://pets.test/auth, scopes: {}}",
    right="flows:\n  authorizationCode:\n    authorizationUrl: https://pets.test/auth\n    tokenUrl: https://pets.test/token\n"
    "    scopes: {}",
)
def no_outdated_oauth_flow(visit: Visit) -> Iterator[Problem]:
    """The two that RFC 9700 names."""
    for name in mapping_in(visit.value, "flows"):
        if name in _OUTDATED:
            yield Problem(f"the {name} flow is outdated: use {_OUTDATED[name]}", ("flows", name))
