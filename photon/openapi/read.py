"""Reads an operation that came back as OpenAPI instead of a sketch, so that it is rendered by the same rules.

The document is untrusted: only its own components are followed, nothing is fetched, size and depth are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from photon.errors import UnreadableAnswer
from photon.openapi.read_schema import Components, read_schema
from photon.sketch.defaults import fit_default
from photon.sketch.lines import read_path
from photon.sketch.model import (
    METHODS,
    Auth,
    Component,
    Content,
    ContentKind,
    Field,
    Ref,
    Response,
    Sketch,
    Type,
    walk,
)

_FENCED = re.compile(r"(?:```|~~~)[a-z]*[ \t]*\n(.*?)(?:\n(?:```|~~~)|\Z)", re.DOTALL)
_MAX_LENGTH = 200_000
_MAX_COMPONENTS = 100
_KINDS: dict[str, ContentKind] = {
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/event-stream": "sse",
}


def read_operation(text: str) -> Sketch:
    """The first operation of an OpenAPI document or fragment, in YAML or JSON. Raises UnreadableAnswer."""
    document = _load(text)
    components = Components(_mapping(document.get("components")))
    path, method, item = _first_operation(document)
    operation = _mapping(item[method])
    parameters = [*_listed(item.get("parameters")), *_listed(operation.get("parameters"))]
    resolved = [components.resolved(parameter, "parameters") for parameter in parameters]
    sketch = Sketch(
        method=method.upper(),
        path=read_path(path, lambda _: None),
        summary=_line(operation.get("summary")),
        description=_line(operation.get("description")),
        operation_id=re.sub(r"\W", "", str(operation.get("operationId") or "")) or None,
        tags=tuple(tag for tag in _listed(operation.get("tags")) if isinstance(tag, str)),
        deprecated=operation.get("deprecated") is True,
        auth=_auth(operation.get("security", document.get("security")), components),
        path_fields=tuple(_parameters(resolved, "path", components)),
        query=tuple(_parameters(resolved, "query", components)),
        header=tuple(_parameters(resolved, "header", components)),
        cookie=tuple(_parameters(resolved, "cookie", components)),
        body=_content(components.resolved(operation.get("requestBody"), "requestBodies"), components),
        responses=tuple(_responses(_mapping(operation.get("responses")), components)),
    )
    return _with_components(sketch, components)


def _load(text: str) -> Mapping[str, Any]:
    import yaml

    fenced = _FENCED.search(text)
    source = (fenced[1] if fenced else text)[:_MAX_LENGTH]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(source, loader)  # JSON is YAML, too
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" in line {line + 1}" if line is not None else ""
        raise UnreadableAnswer(f"the answer is neither a sketch nor YAML{where}") from None
    if not isinstance(document, Mapping):
        raise UnreadableAnswer("the answer is neither a sketch nor an OpenAPI document")
    return document


def _first_operation(document: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    paths = _mapping(document.get("paths")) or document
    for path, item in paths.items():
        for method in _mapping(item):
            if str(path).startswith("/") and str(method).upper() in METHODS:
                return str(path), method, item
    raise UnreadableAnswer("the answer looks like OpenAPI, but has no path with an operation")


def _parameters(parameters: list[Mapping[str, Any]], place: str, components: Components) -> Iterator[Field]:
    seen: set[str] = set()
    for parameter in parameters:
        name = parameter.get("name")
        if parameter.get("in") == place and isinstance(name, str) and name not in seen:
            seen.add(name)
            yield _field(name, parameter, components, required=place == "path" or parameter.get("required") is True)


def _field(name: str, holder: Mapping[str, Any], components: Components, *, required: bool) -> Field:
    """A parameter or header, whose schema stands in `holder` (in Swagger 2 style: is `holder`)."""
    source = _mapping(holder.get("schema")) or holder
    kind = read_schema(source, components)
    value = source.get("default")
    default = fit_default(value, kind, lambda _: None) if isinstance(value, str | int | float | bool) else None
    return Field(name, kind, not required or default is not None, default, _line(holder.get("description")))


def _content(holder: Mapping[str, Any], components: Components) -> Content | None:
    """The first media type of a request body or response."""
    media = _mapping(holder.get("content"))
    if not media:
        return None
    media_type = str(next(iter(media)))
    schema = _mapping(_mapping(media[media_type]).get("schema"))
    if media_type in _KINDS:
        return Content(_KINDS[media_type], read_schema(schema, components))
    if media_type.endswith("json") or media_type == "*/*":
        return Content("json", read_schema(schema, components))
    return Content("text" if media_type.startswith("text/") else "binary", media_type=media_type)


def _responses(responses: Mapping[str, Any], components: Components) -> Iterator[Response]:
    for status, value in responses.items():
        code = str(status).upper() if str(status).lower() != "default" else "default"
        if not re.fullmatch(r"[1-5](\d\d|XX)|default", code):
            continue
        holder = components.resolved(value, "responses")
        description = _line(holder.get("description"))
        if code[0] in "45d":
            yield Response(code, description=description)
            continue
        headers = {
            str(name): components.resolved(header, "headers") for name, header in _mapping(holder.get("headers")).items()
        }
        fields = tuple(_field(name, header, components, required=False) for name, header in headers.items())
        yield Response(code, _content(holder, components), fields, description)


def _auth(security: Any, components: Components) -> Auth | None:
    if security is None:
        return None
    requirement = next((each for each in _listed(security) if isinstance(each, Mapping) and each), None)
    if requirement is None:
        return Auth("none")
    name, scopes = next(iter(requirement.items()))
    scheme = components.resolved({"$ref": f"#/components/securitySchemes/{name}"}, "securitySchemes")
    words = f"{scheme.get('type', '')} {scheme.get('scheme', '')} {'' if scheme else name}".lower()
    if "apikey" in words or "api_key" in words:
        name = str(scheme["name"]) if scheme.get("name") else None
        place = scheme.get("in")
        return Auth("apiKey", name=name, location="query" if place == "query" else "cookie" if place == "cookie" else "header")
    if "oauth" in words or "openid" in words:
        return Auth("oauth2", scopes=tuple(scope for scope in _listed(scopes) if isinstance(scope, str)))
    return Auth("basic" if "basic" in words else "bearer")


def _with_components(sketch: Sketch, components: Components) -> Sketch:
    """The sketch with every component it reaches, in reading order."""
    found: dict[str, Component] = {}
    queue = [kind.name for kind in sketch.types() if isinstance(kind, Ref)]
    while queue and len(found) < _MAX_COMPONENTS:
        name = queue.pop(0)
        schema = components.schema(name)
        if name in found or schema is None:
            continue
        kind: Type = read_schema(schema, components)
        found[name] = Component(name, kind)
        queue.extend(inner.name for inner in walk(kind) if isinstance(inner, Ref))
    return replace(sketch, components=tuple(found.values()))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _line(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None
