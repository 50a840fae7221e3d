"""Reads single statements of the notation: the route, auth, bodies, responses. Line numbers and order are the parser's job."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from photon.sketch.model import METHODS, Auth, AuthScheme, Content, ContentKind, Field, Response, Type
from photon.sketch.types import Repair, TypeReader, Unreadable

_ROUTE = re.compile(rf"^({'|'.join(METHODS)})\s+(\S.*)$", re.IGNORECASE)
_COLON_PARAMETER = re.compile(r"^:([A-Za-z_]\w*)$", re.ASCII)
_ANGLE_PARAMETER = re.compile(r"^<(?:\w+:)?([A-Za-z_]\w*)>$", re.ASCII)
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]", re.ASCII)
_UNSAFE_IN_PATH = re.compile(r"[^\w.~!$&'()*+,;=:@%{}-]", re.ASCII)
_MEDIA_TYPE = re.compile(r"^[a-z]+/[\w.+*-]+$", re.ASCII | re.IGNORECASE)
_WRAPPED = re.compile(r"^(form|multipart|binary|text|sse)\b\s*", re.IGNORECASE)
_HEADERS = re.compile(r"\bheaders\s*(?=\{)", re.IGNORECASE)

_SCHEMES: dict[str, AuthScheme] = {
    "none": "none", "public": "none", "no": "none", "false": "none", "anonymous": "none",
    "bearer": "bearer", "jwt": "bearer", "token": "bearer", "basic": "basic",
    "apikey": "apiKey", "key": "apiKey", "oauth2": "oauth2", "oauth": "oauth2", "oidc": "oauth2",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """The first line of a sketch."""

    method: str
    path: str


def is_route(line: str) -> bool:
    """Whether `line` begins a sketch: a method, then a path or URL."""
    match = _ROUTE.match(line)
    return match is not None and match[2].lstrip("\"'").startswith(("/", "http://", "https://", "{", "<"))


def read_route(line: str, repair: Repair) -> Route:
    """``POST /login``; a URL's host, a query string, ``:id`` and ``<id>`` are repaired. Raises Unreadable."""
    match = _ROUTE.match(line)
    if not match:
        raise Unreadable("a method and a path, such as POST /login")
    path, *rest = re.split(r"\s+(?![^{]*\})", match[2].strip().strip("\"'`"), maxsplit=1)
    if rest:
        repair(f"dropped {rest[0][:40]!r} after the path")
    return Route(match[1].upper(), read_path(path.rstrip(":,") or "/", repair))


def read_path(path: str, repair: Repair) -> str:
    """A path template that OpenAPI accepts: absolute, no query, no trailing slash, every parameter ``{name}`` and unique."""
    if path.startswith(("http://", "https://")):
        repair("dropped the host from the path")
        path = urlsplit(path).path or "/"
    clean = re.split(r"[?#]", path, maxsplit=1)[0]
    if clean != path:
        repair("dropped the query string from the path")
    segments = _unique_parameters([_segment(segment, repair) for segment in clean.split("/") if segment], repair)
    template = "/" + "/".join(segments)
    if template != clean:
        repair(f"wrote the path as {template}")
    return template


def _segment(segment: str, repair: Repair) -> str:
    for pattern in (_COLON_PARAMETER, _ANGLE_PARAMETER):
        if match := pattern.match(segment):
            return "{" + match[1] + "}"
    segment = re.sub(r"\{\s*([^{}]*?)\s*\}", lambda match: "{" + _parameter(match[1]) + "}", segment)
    outside = re.sub(r"\{[\w.-]+\}", "", segment)
    if "{" in outside or "}" in outside:
        repair(f"mended the braces of {segment!r}")
        segment = re.sub(r"\{[\w.-]+\}|[{}]", lambda match: match[0] if len(match[0]) > 1 else "", segment)
    return _UNSAFE_IN_PATH.sub("", segment)


def _parameter(name: str) -> str:
    """A parameter's name without a type (``{id:int}``), an optional mark or a wildcard's star."""
    return _UNSAFE_IN_NAME.sub("", name.partition(":")[0]) or "id"


def _unique_parameters(segments: list[str], repair: Repair) -> list[str]:
    seen: dict[str, int] = {}

    def unique(match: re.Match[str]) -> str:
        name = match[1]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 1:
            return match[0]
        repair(f"renamed a second {{{name}}} in the path")
        return "{" + f"{name}{seen[name]}" + "}"

    return [re.sub(r"\{([\w.-]+)\}", unique, segment) for segment in segments]


def parameter_names(path: str) -> tuple[str, ...]:
    """The names in braces, in order."""
    return tuple(re.findall(r"\{([\w.-]+)\}", path))


def read_auth(text: str, repair: Repair) -> Auth:
    """``none``, ``bearer``, ``apiKey(X-Token)``, ``apiKey(query key)``, ``oauth2(a.read, a.write)``. Raises Unreadable."""
    match = re.match(r"^\s*([A-Za-z][\w -]*?)\s*(?:\(\s*([^)]*)\)?)?\s*$", text)
    scheme = _SCHEMES.get(re.sub(r"[\s_-]", "", match[1]).lower()) if match else None
    if not match or not scheme:
        words = {re.sub(r"[_-]", "", word).lower() for word in re.findall(r"[A-Za-z][\w-]*", text)}
        named = list(dict.fromkeys(found for word, found in _SCHEMES.items() if word in words))
        if not named:
            raise Unreadable("one of none, bearer, basic, apiKey or oauth2 after 'auth:'")
        repair(f"read auth {text.strip()[:40]!r} as {named[0]}")
        return Auth(named[0])
    if match[1] != scheme:
        repair(f"read auth {match[1]!r} as {scheme}")
    arguments = [word for word in re.split(r"[\s,]+", match[2] or "") if word]
    if scheme == "oauth2":
        return Auth(scheme, scopes=tuple(dict.fromkeys(arguments)))
    return _api_key(arguments) if scheme == "apiKey" else Auth(scheme)


def _api_key(arguments: list[str]) -> Auth:
    places = [word.lower().rstrip(":") for word in arguments if word.lower().rstrip(":") in ("header", "query", "cookie")]
    names = [word for word in arguments if word.lower().rstrip(":") not in ("header", "query", "cookie", "in")]
    name = _UNSAFE_IN_NAME.sub("", names[0]) if names else None
    location = places[0] if places else "header"
    return Auth(
        "apiKey", name=name or None, location="query" if location == "query" else "cookie" if location == "cookie" else "header"
    )


def read_content(text: str, repair: Repair, known: Collection[str]) -> Content | None:
    """A body: TYPE, ``form T``, ``multipart T``, ``binary(…)``, ``text(…)`` or ``sse(T)``; None for ``-``; or Unreadable."""
    text = text.strip()
    if text in ("", "-", "none", "null", "empty", "{}") or text.lower().startswith("no content"):
        if text not in ("", "-"):
            repair(f"read {text!r} as no content")
        return None
    if match := _WRAPPED.match(text):
        rest = text[match.end() :]
        if wrapped := _read_wrapped(match[1].lower(), rest, repair, known):
            return wrapped
    return Content("json", _whole_type(text, repair, known))


def _read_wrapped(kind: str, rest: str, repair: Repair, known: Collection[str]) -> Content | None:
    """The content after a kind's word; None where the word is a type of the same name (``binary[]``) after all."""
    if kind in ("binary", "text"):
        match = re.match(r"^(?:\(\s*([^)]*?)\s*\)?)?\s*[)}\]]*$", rest)
        if not match:
            return None
        media_type = match[1] if match[1] and _MEDIA_TYPE.match(match[1]) else None
        if match[1] and not media_type:
            repair(f"dropped {match[1]!r}, which is no media type")
        return Content("binary" if kind == "binary" else "text", media_type=media_type)
    if kind == "sse":
        inner = rest.strip().removeprefix("(").removesuffix(")").strip()
        return Content("sse", _whole_type(inner, repair, known) if inner else None)
    if not rest.startswith(("{", "(")) and not rest[:1].isalpha():
        return None
    wrapped: ContentKind = "form" if kind == "form" else "multipart"
    return Content(wrapped, _whole_type(rest, repair, known))


def _whole_type(text: str, repair: Repair, known: Collection[str]) -> Type:
    reader = TypeReader(text, repair=repair, known=known)
    kind = reader.read_type()
    reader.end()
    return kind


def read_success(status: str, text: str, repair: Repair, known: Collection[str]) -> Response:
    """``200: TYPE``, ``204: -``, each with ``headers {…}`` behind it. Prose becomes the description. Raises Unreadable."""
    body, headers = _split_headers(text, repair, known)
    if _is_prose(body):
        repair(f"read {body[:40]!r} as a description")
        return Response(status, None, headers, body)
    return Response(status, read_content(body, repair, known), headers)


def _split_headers(text: str, repair: Repair, known: Collection[str]) -> tuple[str, tuple[Field, ...]]:
    last = next(reversed(list(_HEADERS.finditer(text))), None)
    body = text[: last.start()] if last else text
    if not last or body.count("{") != body.count("}"):
        return text.strip(), ()
    reader = TypeReader(text[last.end() :], repair=repair, known=known)
    headers = reader.read_fields()
    reader.end()
    return body.strip().rstrip(","), headers


def _is_prose(text: str) -> bool:
    """Words where a type should be: 'OK', 'The created user'."""
    if text.upper() == "OK":
        return True
    return bool(re.match(r"^[A-Za-z][\w'-]*(\s+[\w'-]+)+[.!]?$", text)) and not _WRAPPED.match(text)


def read_error(status: str, text: str, repair: Repair) -> Response:
    """``404: text``: an error and its description; a type in its place is dropped, errors have the project's schema."""
    text = text.strip()
    if text.startswith("{"):
        repair(f"dropped the body of {status}: errors have the project's own schema")
        text = ""
    return Response(status, description=text.strip("\"'") if text not in ("", "-") else None)
