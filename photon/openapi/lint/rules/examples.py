"""Rules on examples: each is held against the schema that it is an example of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.rule import Problem, Subject, Visit, rule
from photon.openapi.lint.rules.parts import list_in, mapping_in
from photon.openapi.lint.rules.validity import Misfit, misfits
from photon.openapi.source.nodes import Pointer, value_at
from photon.openapi.source.references import Located
from photon.openapi.source.source import Source

_WRONG = "schema: {type: integer}\nexample: ten"
_RIGHT = "schema: {type: integer}\nexample: 10"
_WHY = (
    "Examples are what people copy and what mock servers answer with. One that does not fit teaches the wrong thing, or the "
    "schema is the one that is wrong."
)


class _Example(NamedTuple):
    """at: where the value stands, from the visit's object on."""

    value: Any
    schema: Any
    at: Pointer


@rule(
    id="no-invalid-schema-examples",
    subject="schema",
    keys=("example", "examples"),
    severity="error",
    summary="An example in a schema does not fit it.",
    explanation=_WHY,
    wrong="type: integer\nexample: ten",
    right="type: integer\nexample: 10",
    redocly="no-invalid-schema-examples",
    spectral="oas3-valid-schema-example",
)
def no_invalid_schema_examples(visit: Visit) -> Iterator[Problem]:
    """``example``, and since 3.1 each of ``examples``."""
    yield from _told(visit)


@rule(
    id="no-invalid-media-type-examples",
    subject="media type",
    keys=("example", "examples"),
    severity="error",
    summary="An example of a body does not fit its schema.",
    explanation=_WHY,
    wrong=_WRONG,
    right=_RIGHT,
    redocly="no-invalid-media-type-examples",
    spectral="oas3-valid-media-example",
)
def no_invalid_media_type_examples(visit: Visit) -> Iterator[Problem]:
    """What is only read is not required in a request, and what is only written not in a response."""
    yield from _told(visit)


@rule(
    id="no-invalid-parameter-examples",
    subject="parameter",
    also=("header",),
    keys=("example", "examples"),
    severity="error",
    summary="An example of a parameter or a header does not fit its schema.",
    explanation=_WHY,
    wrong=f"name: limit\nin: query\n{_WRONG}",
    right=f"name: limit\nin: query\n{_RIGHT}",
    redocly="no-invalid-parameter-examples",
    spectral="oas3-valid-media-example",
)
def no_invalid_parameter_examples(visit: Visit) -> Iterator[Problem]:
    """Redocly looks at parameters alone, Spectral at headers too."""
    yield from _told(visit)


@rule(
    id="no-undeclared-example-properties",
    subject="schema",
    also=("media type", "parameter"),
    keys=("example", "examples"),
    severity="warning",
    summary="An example has a property that its schema does not name.",
    explanation="JSON Schema allows it unless the schema says `additionalProperties: false`, but mostly the two have drifted "
    "apart: a property was renamed in one of them. Redocly tells it as an example that does not fit, Spectral "
    "does not tell it. Say `additionalProperties: true` where more is meant to be there.",
    wrong="type: object\nproperties:\n  name: {type: string}\nexample:\n  nmae: Rex",
    right="type: object\nproperties:\n  name: {type: string}\nexample:\n  name: Rex",
    redocly="no-invalid-media-type-examples",
)
def no_undeclared_example_properties(visit: Visit) -> Iterator[Problem]:
    """Only below a schema that names properties and is no part of a composition, where others may name them."""
    for example, found in _checked(visit):
        for misfit in found:
            if misfit.strange:
                yield Problem(f"the example {misfit.message}", (*example.at, *misfit.at))


def _told(visit: Visit) -> Iterator[Problem]:
    for example, found in _checked(visit):
        for misfit in found:
            if not misfit.strange:
                where = "".join(f".{part}" if isinstance(part, str) else f"[{part}]" for part in misfit.at).lstrip(".")
                place = f" at {where}" if where else ""
                yield Problem(f"the example{place} {misfit.message}", (*example.at, *misfit.at), on_key=False)


def _checked(visit: Visit) -> tuple[tuple[_Example, list[Misfit]], ...]:
    """The examples of an object, each with how it does not fit."""
    return _checked_at(visit.document, visit.source, visit.pointer, visit.subject, _ignored(visit))


@lru_cache(maxsize=1)
def _checked_at(
    document: LintDocument, source: Source, pointer: Pointer, subject: Subject, ignored: str
) -> tuple[tuple[_Example, list[Misfit]], ...]:
    """Kept for the next rule, which asks for the same object."""
    visit = Visit(subject, value_at(source.root, pointer), pointer, document, source)
    examples = _of_schema(visit) if subject == "schema" else _of_body(visit)
    return tuple((each, misfits(each.value, each.schema, document, source, ignored=ignored, strange=True)) for each in examples)


def _of_schema(visit: Visit) -> Iterator[_Example]:
    schema = {key: value for key, value in visit.value.items() if key != "$ref"} if "$ref" in visit.value else visit.value
    if "example" in visit.value:
        yield _Example(visit.value["example"], schema, ("example",))
    for index, value in enumerate(list_in(visit.value, "examples") if visit.document.version != "3.0" else ()):
        yield _Example(value, schema, ("examples", index))


def _of_body(visit: Visit) -> Iterator[_Example]:
    """Those beside a ``schema``. A string for a body that is no JSON is how it is written, not what it means."""
    schema = visit.value.get("schema")
    if not isinstance(schema, dict):
        return
    if "example" in visit.value and not _is_serialised(visit, visit.value["example"]):
        yield _Example(visit.value["example"], schema, ("example",))
    for name, item in mapping_in(visit.value, "examples").items():
        found = visit.document.follow(item, visit.source, (*visit.pointer, "examples", name))
        if not isinstance(found, Located):
            continue
        value = found.value
        if isinstance(value, dict) and "value" in value and not _is_serialised(visit, value["value"]):
            own = found.source is visit.source and found.pointer == (*visit.pointer, "examples", name)
            yield _Example(value["value"], schema, ("examples", name, "value") if own else ("examples", name))


def _is_serialised(visit: Visit, value: Any) -> bool:
    return visit.subject == "media type" and isinstance(value, str) and "json" not in visit.key.lower()


def _ignored(visit: Visit) -> str:
    if visit.within("request body") is not None:
        return "readOnly"
    return "writeOnly" if visit.within("response") is not None else ""
