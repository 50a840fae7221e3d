"""One real operation, there and back: what is the same afterwards, and by kind what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from photon.errors import UnreadableAnswer
from photon.openapi.document import Rendering, render
from photon.openapi.read import sketch_of
from photon.openapi.read_bundle import Bundle
from photon.openapi.spec import Spec, SpecOperation
from photon.sketch.lines import parameter_names
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.write import write_sketch

_KEYWORDS = {
    "not": "not", "patternProperties": "patternProperties", "xml": "xml", "discriminator": "discriminator",
    "readOnly": "readOnly", "example": "examples of schemas", "examples": "examples of schemas", "anyOf": "anyOf, as oneOf",
    "multipleOf": "multipleOf", "uniqueItems": "uniqueItems", "exclusiveMinimum": "exclusive limits",
    "exclusiveMaximum": "exclusive limits", "title": "titles of schemas", "externalDocs": "externalDocs",
    "minProperties": "limits on the number of properties", "maxProperties": "limits on the number of properties",
    "allOf": "allOf, as one object or one of its members", "prefixItems": "prefixItems",
}  # fmt: skip
_KNOWN_FORMATS = frozenset(
    "uuid date date-time time duration email uri url ipv4 ipv6 password jwt byte binary".split()
)  # fmt: skip
LONGEST_LINE = 2_000
_HANDLED = ("summary", "description", "operationId", "tags", "deprecated", "security", "parameters", "requestBody", "responses")


def kept_and_lost(spec: Spec, operation: SpecOperation) -> tuple[set[str], set[str]]:
    """(what came back as it was, the kinds of loss). Raises whatever goes wrong on the way."""
    sketch = sketch_of(spec, operation)
    rendered = render(sketch, Rendering(version=spec.version, scope="fragment")).document
    ((path, item),) = rendered["paths"].items()
    ((method, back),) = item.items()
    original = Bundle(spec).operation(operation)
    kept = {
        name
        for name, same in (
            ("method", method.upper() == operation.method),
            ("path", path == operation.path),
            ("parameters: names, places, required", _parameters(original) == _parameters(back)),
            ("parameters: types", _parameter_types(original) == _parameter_types(back)),
            ("body: whether there is one", ("requestBody" in back) == bool(original.get("requestBody"))),
            ("body: names and types of its fields", _shape(_body(original)) == _shape(_body(back))),
            ("responses: statuses", _statuses(original) == _statuses(back)),
            ("success responses: names and types of fields", _success(original) == _success(back)),
            ("the text: read as the same sketch, without a repair", _is_read_back(sketch)),
        )
        if same
    }  # fmt: skip
    return kept, {*_lost_around(operation, original), *_lost_in_schemas(original), *_lost_of(sketch, original)}


def _is_read_back(sketch: Sketch) -> bool:
    parser = SketchParser()
    try:
        parser.feed(write_sketch(sketch))
        return parser.finish() == sketch and not parser.repairs
    except UnreadableAnswer:
        return False


# -- structure --------------------------------------------------------------------------------------------------------


def _parameters(operation: Mapping[str, Any]) -> set[tuple[str, str, bool]]:
    listed = operation.get("parameters") or []
    return {
        (str(each.get("name")), str(each.get("in")), bool(each.get("required"))) for each in listed if not _is_ignored(each)
    }


def _is_ignored(parameter: Mapping[str, Any]) -> bool:
    """A header that OpenAPI says through media types and security, and ignores as a parameter."""
    return parameter.get("in") == "header" and str(parameter.get("name")).lower() in ("accept", "content-type", "authorization")


def _parameter_types(operation: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    return {
        (str(each.get("name")), str(each.get("in"))): _shape(each.get("schema")) for each in operation.get("parameters") or []
    }


def _body(operation: Mapping[str, Any]) -> Any:
    return _first_schema(operation.get("requestBody"))


def _first_schema(holder: Any) -> Any:
    content = _mapping(_mapping(holder).get("content"))
    return _mapping(next(iter(content.values()), {})).get("schema")


def _statuses(operation: Mapping[str, Any]) -> set[str]:
    return {str(status) for status in _mapping(operation.get("responses")) if not str(status).startswith("x-")}


def _success(operation: Mapping[str, Any]) -> dict[str, Any]:
    responses = _mapping(operation.get("responses")).items()
    return {str(status): _shape(_first_schema(each)) for status, each in responses if str(status)[:1] in ("1", "2", "3")}


def _shape(schema: Any, depth: int = 0) -> Any:  # noqa: PLR0911 - one return a kind of schema reads best
    """Names, types and nesting alone; a reference is itself."""
    if not isinstance(schema, Mapping) or depth > 20:
        return "any"
    if "$ref" in schema:
        return schema["$ref"]
    if len(members := schema.get("allOf") or ()) == 1 and "properties" not in schema:
        return _shape(members[0], depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    if isinstance(schema.get("properties"), Mapping) and schema["properties"]:
        required = schema.get("required") or ()
        return {name: (_shape(each, depth + 1), name in required) for name, each in schema["properties"].items()}
    if kind == "array" or "items" in schema:
        return [_shape(schema.get("items"), depth + 1)]
    if isinstance(schema.get("additionalProperties"), Mapping):
        return ("map", _shape(schema["additionalProperties"], depth + 1))
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            members = [_shape(each, depth + 1) for each in schema[word] if _mapping(each).get("type") != "null"]
            return members[0] if len(members) == 1 else ("one of", *map(str, members))
    return kind or ("enum" in schema and "string") or "any"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


# -- losses -----------------------------------------------------------------------------------------------------------


def _lost_around(operation: SpecOperation, original: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"operation: {key}" for key in operation.node if key not in _HANDLED and not key.startswith("x-"))
    if any(key.startswith("x-") for key in operation.node):
        yield "operation: extensions (x-)"
    if "#" in operation.path or "?" in operation.path:
        yield "path: what stands behind # or ?"
    names = parameter_names(operation.path)
    if len(set(names)) < len(names):
        yield "path: a parameter that stands in it twice (the second is renamed)"
    if operation.path != "/" and operation.path.endswith("/"):
        yield "path: a slash at the end"
    yield from (loss for parameter in original.get("parameters") or [] for loss in _lost_in_parameter(parameter))
    body = _mapping(original.get("requestBody"))
    if body and body.get("required") is not True:
        yield "body: that it is optional"
    yield from (f"body: {what}" for what in _lost_in_content(body))
    if body.get("description"):
        yield "body: its description"
    requirements = operation.node.get("security")
    if isinstance(requirements, list) and (len(requirements) > 1 or any(len(each or {}) > 1 for each in requirements)):
        yield "security: alternatives and combinations but the first"


def _lost_in_parameter(parameter: Mapping[str, Any]) -> Iterator[str]:
    if parameter.get("required") and parameter.get("in") != "path" and "default" in _mapping(parameter.get("schema")):
        yield "parameters: that one with a default is required"
    if _is_ignored(parameter):
        yield "parameters: headers that OpenAPI ignores"
    if parameter.get("style") or "explode" in parameter:
        yield "parameters: style, explode"
    if parameter.get("deprecated"):
        yield "parameters: deprecated"
    if parameter.get("example") is not None or parameter.get("examples"):
        yield "parameters: examples"
    if "content" in parameter:
        yield "parameters: a media type instead of a schema"


def _lost_in_content(holder: Mapping[str, Any]) -> Iterator[str]:
    content = _mapping(holder.get("content"))
    if len(content) > 1:
        yield "media types but the first"
    for name, media in content.items():
        if "example" in _mapping(media) or "examples" in _mapping(media):
            yield "examples"
        if "encoding" in _mapping(media):
            yield "encoding"
        if "json" in name and name.partition(";")[0] != "application/json":
            yield "a media type of its own that is JSON"


def _lost_of(sketch: Sketch, original: Mapping[str, Any]) -> Iterator[str]:
    if not any(status[:1] in ("1", "2", "3") for status in _statuses(original)):
        yield "responses: that there is no success (one is assumed)"
    for status, response in _mapping(original.get("responses")).items():
        if status in ("204", "205", "304") and _mapping(response).get("content"):
            yield "responses: content where HTTP has none (204, 205, 304)"
        if status[:1] in ("4", "5", "d"):
            if _mapping(response).get("content"):
                yield "errors: bodies of their own"
            if _mapping(response).get("headers"):
                yield "errors: headers"
        else:
            yield from (f"success responses: {what}" for what in _lost_in_content(response))
        if _mapping(response).get("links"):
            yield "responses: links"
    if any(len(line) > LONGEST_LINE for line in write_sketch(sketch).splitlines()):
        yield f"as text: a line over {LONGEST_LINE:,} characters, which the parser takes for one without end"
    if len(sketch.components) >= 100:
        yield "components beyond the first hundred"


def _lost_in_schemas(original: Mapping[str, Any]) -> Iterator[str]:
    """In the schemas of the operation itself; component schemas are references."""
    holders = [original.get("requestBody"), *_mapping(original.get("responses")).values()]
    stack = [each.get("schema") for each in original.get("parameters") or []]
    stack += [
        _mapping(media).get("schema") for holder in holders for media in _mapping(_mapping(holder).get("content")).values()
    ]
    while stack:
        schema = stack.pop()
        if isinstance(schema, list):
            stack += schema
        if not isinstance(schema, Mapping):
            continue
        yield from (f"schemas: {name}" for word, name in _KEYWORDS.items() if schema.get(word) not in (None, False, []))
        if isinstance(schema.get("format"), str) and schema["format"] not in _KNOWN_FORMATS:
            yield "schemas: formats without a type of their own (int64, hostname, ...)"
        fields = _mapping(schema.get("properties"))
        if any("default" in _mapping(fields.get(name)) for name in schema.get("required") or () if isinstance(name, str)):
            yield "schemas: that a field with a default is required"
        if fields and isinstance(schema.get("additionalProperties"), Mapping):
            yield "schemas: additionalProperties beside properties"
        if schema.get("additionalProperties") is False:
            yield "schemas: additionalProperties: false"
        stack += [*_mapping(schema.get("properties")).values(), schema.get("items"), schema.get("additionalProperties")]
        stack += [each for word in ("oneOf", "anyOf", "allOf") for each in schema.get(word) or []]
