"""Reads an operation as a sketch: one that a model answered as OpenAPI, so that it is rendered by the same rules, or one of the
user's specification.

Both are untrusted: nothing is fetched, size and depth are limited. Of a model's document only its own components are followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from photon.errors import UnreadableAnswer
from photon.openapi.load import load_document
from photon.openapi.operation import reason
from photon.openapi.read_bundle import Bundle
from photon.openapi.read_schema import Components, read_default, read_schema, words
from photon.openapi.spec import Spec, SpecOperation
from photon.sketch.lines import clean_api_key, parameter_names, read_path, read_tags
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
from photon.sketch.text import clean, identifier

_MEDIA_TYPE = re.compile(r"[a-z]+/[\w.+*-]+", re.ASCII)
_MAX_COMPONENTS = 100
_LONGEST_PATH = 1_000
_KINDS: dict[str, ContentKind] = {
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/event-stream": "sse",
}


def read_operation(text: str, *, known: AbstractSet[str] = frozenset()) -> Sketch:
    """The first operation of an OpenAPI document or fragment, in YAML or JSON, with prose around it or without.

    known: component schemas that exist elsewhere. Raises UnreadableAnswer.
    """
    document = load_document(text)
    components = Components(_mapping(document.get("components")), known)
    path, method, item = _first_operation(document)
    path = read_path(path[:_LONGEST_PATH], lambda _: None)
    own = _mapping(item[method])
    parameters = [*_listed(own.get("parameters")), *_listed(item.get("parameters"))]
    operation = {"security": document.get("security"), **own, "parameters": parameters}
    return _sketch(method, path, operation, components)


def sketch_of(spec: Spec, operation: SpecOperation) -> Sketch:
    """An operation of the user's specification, over all its files, as far as the notation can say it (docs/SKETCH.md).

    A component schema has its own name, with what the notation cannot write left out of it and a capital first (``user`` is
    User; a second one of the same name is User2). Nothing fails: what cannot be read is left out.
    """
    bundle = Bundle(spec)
    schemes = {name: spec.resolved(scheme) for name, scheme in spec.components("securitySchemes").items()}
    components = Components({"schemas": bundle, "securitySchemes": schemes}, known=bundle.keys())
    path = read_path(operation.path[:_LONGEST_PATH], lambda _: None)
    inherited = {"security": spec.document.get("security")}
    return _sketch(operation.method, path, {**inherited, **bundle.operation(operation)}, components)


def _sketch(method: str, path: str, operation: Mapping[str, Any], components: Components) -> Sketch:
    """operation: with what it inherits, its own parameters first."""
    resolved = [components.resolved(parameter, "parameters") for parameter in _listed(operation.get("parameters"))]
    sketch = Sketch(
        method=method.upper(),
        path=path,
        summary=words(operation.get("summary")),
        description=words(operation.get("description")),
        operation_id=identifier(str(operation.get("operationId") or "")),
        tags=read_tags(
            ",".join(clean(tag).replace(",", " ") for tag in _listed(operation.get("tags")) if isinstance(tag, str))
        ),
        deprecated=operation.get("deprecated") is True,
        auth=_auth(operation.get("security"), components),
        path_fields=tuple(each for each in _parameters(resolved, "path", components) if each.name in parameter_names(path)),
        query=tuple(_parameters(resolved, "query", components)),
        header=tuple(_parameters(resolved, "header", components)),
        cookie=tuple(_parameters(resolved, "cookie", components)),
        body=_content(components.resolved(operation.get("requestBody"), "requestBodies"), components),
        responses=tuple(_responses(_mapping(operation.get("responses")), components)),
    )
    return _with_components(sketch, components)


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
        name = clean(str(parameter.get("name") or ""))
        if parameter.get("in") == place and name and name not in seen:
            seen.add(name)
            yield _field(name, parameter, components, required=place == "path" or parameter.get("required") is True)


def _field(name: str, holder: Mapping[str, Any], components: Components, *, required: bool) -> Field:
    """A parameter or header, whose schema stands in `holder` (in Swagger 2 style: is `holder`)."""
    source = _mapping(holder.get("schema")) or _first_schema(holder) or holder
    kind = read_schema(source, components)
    default = read_default(source, kind)
    return Field(name, kind, not required or default is not None, default, words(holder.get("description")))


def _first_schema(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a parameter that is written as a media type."""
    media = next(iter(_mapping(holder.get("content")).values()), None)
    return _mapping(_mapping(media).get("schema"))


def _content(holder: Mapping[str, Any], components: Components) -> Content | None:
    """The first media type of a request body or response."""
    media = _mapping(holder.get("content"))
    if not media:
        return None
    named, holder = next(iter(media.items()))
    media_type = str(named).partition(";")[0].strip().lower()
    clean_type = media_type if _MEDIA_TYPE.fullmatch(media_type) else None
    schema = _mapping(_mapping(holder).get("schema"))
    if _is_raw(schema):
        return Content("binary", media_type=clean_type)
    if media_type in _KINDS:
        return Content(_KINDS[media_type], read_schema(schema, components))
    if media_type.endswith("json") or media_type == "*/*":
        return Content("json", read_schema(schema, components))
    is_text = schema.get("type") == "string" or media_type.startswith("text/")
    return Content("text" if is_text else "binary", media_type=clean_type)


def _is_raw(schema: Mapping[str, Any]) -> bool:
    """Whether a schema says 'bytes as they are', in the words of 3.1 or of 3.0."""
    if schema.get("format") == "binary":
        return True
    return (
        "contentMediaType" in schema and schema.get("type") is None and "contentEncoding" not in schema and "$ref" not in schema
    )


def _responses(responses: Mapping[str, Any], components: Components) -> Iterator[Response]:
    seen: set[str] = set()
    for status, value in responses.items():
        code = str(status).upper() if str(status).lower() != "default" else "default"
        if code in seen or not re.fullmatch(r"[1-5]([0-9]{2}|XX)|default", code):
            continue
        seen.add(code)
        holder = components.resolved(value, "responses")
        said = words(holder.get("description"))
        description = said if said != reason(code) else None
        if code[0] in "45d":
            yield Response(code, description=description)
            continue
        headers = {
            name: components.resolved(header, "headers")
            for original, header in _mapping(holder.get("headers")).items()
            if (name := clean(str(original)))
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
        return clean_api_key(str(scheme.get("name") or ""), str(scheme.get("in")))
    if "oauth" in words or "openid" in words:
        named = dict.fromkeys(re.sub(r"[\s,()]", "", clean(scope)) for scope in _listed(scopes) if isinstance(scope, str))
        return Auth("oauth2", scopes=tuple(filter(None, named)))
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
