"""Reads single statements of the notation: the route, auth, bodies, responses. Line numbers and order are the parser's job."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from photon.sketch.model import METHODS, Auth, AuthScheme, Content, ContentKind, Response, Type
from photon.sketch.scan import Repair, Unreadable
from photon.sketch.text import one_line
from photon.sketch.types import TypeReader

_ROUTE = re.compile(rf"^({'|'.join(METHODS)})\s+(\S.*)$", re.IGNORECASE)
_COLON_PARAMETER = re.compile(r"^:([A-Za-z_]\w*)$", re.ASCII)
_ANGLE_PARAMETER = re.compile(r"^<(?:\w+:)?([A-Za-z_]\w*)>$", re.ASCII)
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]", re.ASCII)
_UNSAFE_IN_PATH = re.compile(r"[^\w.~!$&'()*+,;=:@%{}-]", re.ASCII)
_MEDIA_TYPE = re.compile(r"^[a-z]+/[\w.+*-]+$", re.ASCII | re.IGNORECASE)
_NOTHING = re.compile(r"(?:-|none|null|empty|no content|\{\s*\})(?=\s*(?:\Z|\"|,?\s*headers\s*:?\s*\{))", re.IGNORECASE)
_RAW = re.compile(r"(binary|text)\b(?!\s*[\[|?])\s*(?:\(([^()\n]*)\)?)?", re.IGNORECASE)
_WRAPPED = re.compile(r"sse\b|(?:form|multipart)\b(?=\s*[\w({\[])", re.IGNORECASE)
_KIND = re.compile(r"(?:form|multipart|binary|text|sse)\b", re.IGNORECASE)
_PROSE = re.compile(r"^[A-Za-z][\w'-]*(?:\s+[\w'-]+)+[.!]?$")
LONGEST_ROUTE = 1_000
"""Characters of a method and a path."""
_HEADERS = re.compile(r"headers\s*:?\s*(?=\{)", re.IGNORECASE)

_SCHEMES: dict[str, AuthScheme] = {
    "none": "none", "public": "none", "no": "none", "false": "none", "anonymous": "none",
    "bearer": "bearer", "jwt": "bearer", "token": "bearer", "basic": "basic",
    "apikey": "apiKey", "key": "apiKey", "oauth2": "oauth2", "oauth": "oauth2", "oidc": "oauth2",
}  # fmt: skip


_WRAPPED_KINDS: dict[str, ContentKind] = {"form": "form", "multipart": "multipart", "sse": "sse"}
_PLACES: dict[str, Literal["header", "query", "cookie"]] = {"header": "header", "query": "query", "cookie": "cookie"}


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
    if not match or len(line) > LONGEST_ROUTE:
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
    template = "/" + "/".join(filter(None, segments))
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
    safe = _UNSAFE_IN_PATH.sub(lambda match: quote(match[0]) if not match[0].isascii() else "", segment)
    return _COLON_PARAMETER.sub(r"{\1}", safe)


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


def read_tags(text: str) -> tuple[str, ...]:
    """``a, b``, each once, without brackets and quotes around them."""
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.strip(" []\"'").split()) for tag in text.split(",")))))


def read_auth(text: str, repair: Repair) -> Auth:
    """``none``, ``bearer``, ``apiKey(X-Token)``, ``apiKey(query key)``, ``oauth2(a.read, a.write)``. Raises Unreadable."""
    text = " ".join(text.split())
    word, _, arguments = text.partition("(")
    scheme = _SCHEMES.get(re.sub(r"[\s_-]", "", word).lower())
    if not scheme or ")" in arguments[:-1]:
        return Auth(_named_scheme(text, repair))
    if word.strip() != scheme:
        repair(f"read auth {word.strip()!r} as {scheme}")
    listed = [each for each in re.split(r"[\s,]+", arguments.removesuffix(")")) if each]
    if scheme == "oauth2":
        return Auth(scheme, scopes=tuple(dict.fromkeys(listed)))
    return _api_key(listed) if scheme == "apiKey" else Auth(scheme)


def _named_scheme(text: str, repair: Repair) -> AuthScheme:
    """The first scheme that a sentence names."""
    words = (word.replace("_", "").replace("-", "").lower() for word in re.findall(r"[A-Za-z][\w-]*", text, re.ASCII))
    named = next((_SCHEMES[word] for word in words if word in _SCHEMES), None)
    if not named:
        raise Unreadable("one of none, bearer, basic, apiKey or oauth2 after 'auth:'")
    repair(f"read auth {text[:40]!r} as {named}")
    return named


def _api_key(words: list[str]) -> Auth:
    """``X-Token``, ``query key``, ``query: key``, ``X-Token in header``; after a place that comes first stands the name."""
    cleaned = [_UNSAFE_IN_NAME.sub("", word) for word in words]
    location, names = next(((word.lower(), cleaned[1:]) for word in cleaned[:1] if word.lower() in _PLACES), ("", cleaned))
    if not location:
        location = next((word.lower() for word in names if word.lower() in _PLACES), "header")
        names = [word for word in names if word.lower() not in (*_PLACES, "in")]
    return clean_api_key(next(filter(None, names), ""), location)


def clean_api_key(name: str, location: str) -> Auth:
    """The scheme with a name that HTTP and the notation can carry, in the header where `location` is no place."""
    return Auth("apiKey", name=_UNSAFE_IN_NAME.sub("", name) or None, location=_PLACES.get(location, "header"))


def read_content(text: str, repair: Repair, known: Collection[str]) -> Content | None:
    """A body: TYPE, ``form T``, ``multipart T``, ``binary(…)``, ``text(…)`` or ``sse(T)``; None for ``-``; or Unreadable."""
    reader = TypeReader(text, repair=repair, known=known)
    content = _read_body(reader, repair)
    reader.end()
    return content


def _read_body(reader: TypeReader, repair: Repair) -> Content | None:
    if not reader.rest:
        return None
    if match := reader.match(_NOTHING):
        if match[0] != "-":
            repair(f"read {match[0]!r} as no content")
        return None
    if match := reader.match(_RAW):
        return _raw(match, repair)
    if match := reader.match(_WRAPPED):
        wrapped = _WRAPPED_KINDS[match[0].lower()]
        return Content(wrapped, _read_event(reader) if wrapped == "sse" else reader.read_type())
    return Content("json", reader.read_type())


def _raw(match: re.Match[str], repair: Repair) -> Content:
    named = (match[2] or "").strip()
    media_type = named if _MEDIA_TYPE.match(named) else None
    if named and not media_type:
        repair(f"dropped {named[:40]!r}, which is no media type")
    return Content("binary" if match[1].lower() == "binary" else "text", media_type=media_type)


def _read_event(reader: TypeReader) -> Type | None:
    """What stands in ``sse(Event)``; None where nothing does."""
    if not reader.accept("("):
        return None if not reader.rest or reader.rest.startswith(('"', "headers")) else reader.read_type()
    return None if reader.accept(")") or not reader.rest else reader.closed(reader.read_type(), ")")


def read_success(status: str, text: str, repair: Repair, known: Collection[str]) -> Response:
    """``200: TYPE``, ``204: -``, each with a quoted description and ``headers {…}`` behind it. Raises Unreadable."""
    text = text.strip()
    if _is_prose(text) and not _NOTHING.match(text):
        repair(f"read {text[:40]!r} as a description")
        return Response(status, description=text)
    reader = TypeReader(text, repair=repair, known=known)
    content = _read_body(reader, repair)
    description = one_line(reader.read_text() or "")
    reader.accept(",")
    headers = reader.read_fields() if reader.match(_HEADERS) else ()
    reader.end()
    return Response(status, content, headers, description)


def _is_prose(text: str) -> bool:
    """Words where a type should be: 'OK', 'The created user'."""
    return text.upper() == "OK" or (_PROSE.match(text) is not None and not _KIND.match(text))


def read_error(status: str, text: str, repair: Repair) -> Response:
    """``404: text``: an error and its description; a type in its place is dropped, errors have the project's schema."""
    text = text.strip()
    if text.startswith("{"):
        repair(f"dropped the body of {status}: errors have the project's own schema")
        text = ""
    return Response(status, description=one_line(text) if text != "-" else None)
