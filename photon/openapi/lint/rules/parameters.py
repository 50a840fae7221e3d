"""Rules on parameters and headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import mapping_in, text_in

_LOCATIONS: Final = ("query", "header", "path", "cookie")
_STYLES: Final = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("matrix", "label", "simple"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""OpenAPI 3.1, section 4.8.12.3."""
_IGNORED: Final = ("accept", "content-type", "authorization")


@rule(
    id="parameter-in",
    subject="parameter",
    keys=("in",),
    severity="error",
    summary="A parameter is where OpenAPI 3 has no parameters.",
    explanation="A parameter stands in `query`, `header`, `path` or `cookie` (since 3.2 also `querystring`). What Swagger 2 "
    "called `in: body` and `in: formData` is the operation's `requestBody` now.",
    wrong="parameters:\n  - {name: pet, in: body, schema: {type: object}}",
    right="requestBody:\n  content:\n    application/json:\n      schema: {type: object}",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def parameter_in(visit: Visit) -> Iterator[Problem]:
    """Capitals (``Query``) are mended."""
    place = visit.value["in"]
    allowed = (*_LOCATIONS, "querystring") if visit.document.version == "3.2" else _LOCATIONS
    if isinstance(place, str) and place not in allowed:
        hint = ": describe it as the operation's requestBody" if place in ("body", "formData") else ""
        fixes = (Fix("set", (*visit.pointer, "in"), place.lower()),) if place.lower() in allowed else ()
        yield Problem(f"no parameter is 'in: {place}'{hint}", ("in",), on_key=False, fixes=fixes)


@rule(
    id="parameter-schema",
    subject="parameter",
    also=("header",),
    severity="error",
    summary="A parameter or a header has no schema.",
    explanation="Without a `schema` (or a `content` with one) nobody knows what value it takes: generators refuse it or take "
    "it for a string. Of Swagger 2 it has the type itself, which OpenAPI 3 moved into the schema.",
    wrong="parameters:\n  - {name: limit, in: query}",
    right="parameters:\n  - {name: limit, in: query, schema: {type: integer}}",
    redocly="struct",
    spectral="oas3-schema",
)
def parameter_schema(visit: Visit) -> Iterable[Problem]:
    """``in: body`` has a rule of its own; Spectral and Redocly let a header pass."""
    value = visit.value
    if "schema" in value or "content" in value or value.get("in") in ("body", "formData"):
        return ()
    name = f"the parameter {text_in(value, 'name')!r}" if visit.subject == "parameter" else f"the header {visit.key!r}"
    return (Problem(f"{name} has no schema"),)


@rule(
    id="parameter-schema-or-content",
    subject="parameter",
    also=("header",),
    keys=("content",),
    severity="error",
    summary="A parameter or a header has a schema and a content, or a content of several types.",
    explanation="The value is written in one way: simply, by its `schema`, or as the one media type in `content`.",
    wrong="parameters:\n  - {name: filter, in: query, schema: {type: string}, content: {application/json: {}}}",
    right="parameters:\n  - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}",
    spectral="oas3-schema",
)
def parameter_schema_or_content(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.1, section 4.8.12.2."""
    if "schema" in visit.value:
        yield Problem("it has both a schema and a content, and one value is written in one way", ("content",))
    elif isinstance(visit.value["content"], dict) and len(visit.value["content"]) != 1:
        yield Problem(f"its content must have one media type, and has {len(visit.value['content'])}", ("content",))


@rule(
    id="path-parameter-required",
    subject="parameter",
    keys=("in",),
    severity="error",
    summary="A path parameter is not required.",
    explanation="A path without one of its segments is another path, so OpenAPI wants `required: true` written with each path "
    "parameter.",
    wrong="parameters:\n  - {name: petId, in: path, schema: {type: string}}",
    right="parameters:\n  - {name: petId, in: path, required: true, schema: {type: string}}",
    spectral="path-params",
    fixable=True,
)
def path_parameter_required(visit: Visit) -> Iterator[Problem]:
    """Missing or anything else than true."""
    if visit.value["in"] == "path" and visit.value.get("required") is not True:
        at = ("required",) if "required" in visit.value else ()
        fix = Fix("set", (*visit.pointer, "required"), True)
        yield Problem(f"the path parameter {text_in(visit.value, 'name')!r} must have 'required: true'", at, fixes=(fix,))


@rule(
    id="operation-parameters-unique",
    subject="operation",
    also=("path item",),
    keys=("parameters",),
    severity="error",
    summary="Two parameters have the same name and place.",
    explanation="A parameter is known by its name and where it stands; of two that share both, tools keep one. One of an "
    "operation may replace one of its path.",
    wrong="parameters:\n  - {name: limit, in: query, schema: {type: integer}}\n"
    "  - {name: limit, in: query, schema: {type: string}}",
    right="parameters:\n  - {name: limit, in: query, schema: {type: integer}}",
    redocly="operation-parameters-unique",
    spectral="operation-parameters",
)
def operation_parameters_unique(visit: Visit) -> Iterator[Problem]:
    """References are followed. Names of headers are told apart by their letters, as OpenAPI does."""
    seen: set[tuple[str, str]] = set()
    listed = visit.value["parameters"]
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        node = visit.resolved(item)
        if isinstance(node, dict) and isinstance(node.get("name"), str) and isinstance(node.get("in"), str):
            if (node["name"], node["in"]) in seen:
                message = f"there is a parameter {node['name']!r} in {node['in']} already"
                yield Problem(message, ("parameters", index), on_key=False)
            seen.add((node["name"], node["in"]))


@rule(
    id="no-ignored-header-parameter",
    subject="parameter",
    keys=("in",),
    severity="warning",
    summary="A header parameter is one that OpenAPI ignores.",
    explanation="Accept, Content-Type and Authorization follow from the media types and the security schemes, and parameters "
    "of those names are to be ignored (OpenAPI 3.1, section 4.8.12.2). Describe them there.",
    wrong="parameters:\n  - {name: Authorization, in: header, schema: {type: string}}",
    right="security:\n  - bearerAuth: []",
)
def no_ignored_header_parameter(visit: Visit) -> Iterator[Problem]:
    """Names of headers know no capitals."""
    name = text_in(visit.value, "name")
    if visit.value["in"] == "header" and name.lower() in _IGNORED:
        instead = "security" if name.lower() == "authorization" else "the media types under content"
        yield Problem(f"a parameter {name!r} is ignored: {instead} says it", ("name",), on_key=False)


@rule(
    id="parameter-style",
    subject="parameter",
    keys=("style",),
    severity="error",
    summary="A parameter has a style that its place does not have.",
    explanation="`form` is for query and cookie, `simple` for path and header, `matrix` and `label` for path, the delimited "
    "ones and `deepObject` for query.",
    wrong="parameters:\n  - {name: ids, in: path, required: true, style: form, schema: {type: array, items: {type: string}}}",
    right="parameters:\n  - {name: ids, in: path, required: true, style: simple, schema: {type: array, items: {type: string}}}",
    redocly="struct",
    spectral="oas3-schema",
)
def parameter_style(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.2 has `cookie` besides."""
    style, place = visit.value["style"], visit.value.get("in")
    allowed = _STYLES.get(place) if isinstance(place, str) else None
    if (
        isinstance(style, str)
        and allowed
        and style not in allowed
        and (place, style, visit.document.version) != ("cookie", "cookie", "3.2")
    ):
        yield Problem(f"a parameter in {place} has no style {style!r}: {', '.join(allowed)}", ("style",), on_key=False)


@rule(
    id="no-example-and-examples",
    subject="parameter",
    also=("header", "media type"),
    keys=("example",),
    alike_unless=(),
    severity="error",
    summary="There is an example beside examples.",
    explanation="OpenAPI allows one of the two. Put the single one among the others, with a name.",
    wrong="example: 10\nexamples:\n  large: {value: 100}",
    right="examples:\n  small: {value: 10}\n  large: {value: 100}",
    spectral="oas3-schema",
)
def no_example_and_examples(visit: Visit) -> Iterator[Problem]:
    """Of parameters, headers and media types; in a schema the two are different things."""
    if "examples" in visit.value:
        yield Problem("'example' and 'examples' exclude each other", ("example",))


@rule(
    id="no-example-value-and-externalValue",
    subject="parameter",
    also=("header", "media type", "document"),
    keys=("examples", "components"),
    severity="warning",
    summary="An example has no value, or a value here and one elsewhere.",
    explanation="The example stands in `value` or at the URL in `externalValue`. With neither there is nothing to show, with "
    "both nobody knows which.",
    wrong="examples:\n  small:\n    summary: A small page",
    right="examples:\n  small:\n    summary: A small page\n    value: 10",
    redocly="no-example-value-and-externalValue",
    spectral="oas3-examples-value-or-externalValue",
)
def no_example_value_and_external_value(visit: Visit) -> Iterator[Problem]:
    """Also those of components. OpenAPI 3.2 has dataValue and serializedValue besides."""
    at = ("components", "examples") if visit.subject == "document" else ("examples",)
    holder = mapping_in(visit.value, "components") if visit.subject == "document" else visit.value
    for name, example in mapping_in(holder, "examples").items():
        if isinstance(example, dict) and "$ref" not in example:
            has = [key for key in ("value", "externalValue", "dataValue", "serializedValue") if key in example]
            if not has:
                yield Problem(f"the example {name!r} has no value", (*at, name))
            elif {"value", "externalValue"} <= set(has):
                yield Problem(f"the example {name!r} has both value and externalValue", (*at, name))


@rule(
    id="parameter-description",
    subject="parameter",
    severity="info",
    summary="A parameter has no description.",
    explanation="Names such as `limit` say enough to most readers, so the rule is off unless you switch it on.",
    wrong="parameters:\n  - {name: depth, in: query, schema: {type: integer}}",
    right="parameters:\n  - {name: depth, in: query, description: Levels of subfolders, schema: {type: integer}}",
    redocly="parameter-description",
    spectral="oas3-parameter-description",
    on=False,
)
def parameter_description(visit: Visit) -> Iterator[Problem]:
    """A description of white space is none."""
    if not text_in(visit.value, "description").strip():
        yield Problem(f"the parameter {text_in(visit.value, 'name')!r} has no description")
