"""Checks a rendered OpenAPI document against the expectations of one request. The format is described in README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

_TYPES = {"string", "integer", "number", "boolean", "array", "object"}


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation and whether it held."""

    what: str
    held: bool


class Answer:
    """A document with one operation, as the checks look at it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        ((self.path, item),) = document["paths"].items()
        ((method, self.operation),) = item.items()
        self.method = method.upper()

    def resolved(self, schema: Any) -> dict[str, Any]:
        """`schema` without references, allOf merged, and without the null of a nullable one."""
        for _ in range(20):
            if not isinstance(schema, dict):
                return {}
            if "$ref" in schema:
                schema = self._document["components"]["schemas"].get(schema["$ref"].rpartition("/")[2], {})
            elif "allOf" in schema:
                parts = [self.resolved(part) for part in schema["allOf"]]
                schema = {
                    key: value
                    for part in [*parts, {k: v for k, v in schema.items() if k != "allOf"}]
                    for key, value in part.items()
                }
            elif "oneOf" in schema and len(rest := [each for each in schema["oneOf"] if each != {"type": "null"}]) == 1:
                schema = rest[0]
            else:
                return schema
        return {}

    def parameter(self, place: str, names: str) -> dict[str, Any] | None:
        """The first parameter at `place` by one of `names`."""
        fold = str.lower if place == "header" else str
        wanted = {fold(name) for name in names.split("|")}
        parameters = self.operation.get("parameters", [])
        return next((each for each in parameters if each["in"] == place and fold(each["name"]) in wanted), None)

    def content(self, holder: str) -> dict[str, Any]:
        """Media types of ``body`` or of a status."""
        found = self.operation.get("requestBody", {}) if holder == "body" else self.operation["responses"].get(holder, {})
        return dict(found.get("content", {}))

    def schema(self, holder: str) -> dict[str, Any]:
        """The schema of the first media type of ``body`` or of a status."""
        return self.resolved(next(iter(self.content(holder).values()), {}).get("schema", {}))

    def field(self, holder: str, dotted: str) -> tuple[dict[str, Any] | None, bool]:
        """(the schema of a field, None where it is missing; whether it is required)."""
        schema: dict[str, Any] | None = self.schema(holder)
        required = True
        for step in _steps(dotted):
            if schema is None:
                return None, False
            if step == "[]":
                schema = self.resolved(schema["items"]) if "items" in schema else None
                continue
            name = next((name for name in step.split("|") if name in schema.get("properties", {})), None)
            required = name in schema.get("required", [])
            schema = None if name is None else self.resolved(schema["properties"][name])
        return schema, required

    def security(self) -> str:
        """The kind of the first security requirement, 'none' where there is none."""
        requirements = self.operation.get("security", self._document.get("security", []))
        if not requirements or not requirements[0]:
            return "none"
        scheme = self._document["components"]["securitySchemes"][next(iter(requirements[0]))]
        return scheme["scheme"] if scheme["type"] == "http" else scheme["type"]


def _steps(dotted: str) -> list[str]:
    return [step for part in dotted.split(".") for step in re.split(r"(\[\])", part) if step]


def check_all(expect: Mapping[str, Any], document: Mapping[str, Any]) -> list[Check]:
    """Every expectation, in the order of the README."""
    return list(_checks(expect, Answer(document)))


def _checks(expect: Mapping[str, Any], answer: Answer) -> Iterator[Check]:
    if "method" in expect:
        yield Check(f"method {expect['method']}", answer.method == expect["method"])
    if "path" in expect:
        wanted = expect["path"] if isinstance(expect["path"], list) else [expect["path"]]
        yield Check(f"path {' or '.join(wanted)}", any(_same_path(each, answer.path) for each in wanted))
    for key, kind in expect.get("params", {}).items():
        yield from _parameter_checks(key, kind, answer)
    for key, value in expect.get("defaults", {}).items():
        yield Check(f"default {key} = {value!r}", (_schema_at(key, answer) or {}).get("default") == value)
    for key, values in expect.get("enums", {}).items():
        yield Check(f"enum {key} {values}", _enum_at(key, answer) == {str(value) for value in values if value is not None})
    for name, kind in expect.get("body", {}).items():
        yield from _field_checks("body", name, kind, answer)
    for status, fields in expect.get("responses", {}).items():
        yield from _response_checks(status, fields, answer)
    for holder, media_type in [("body", expect.get("body_type")), *expect.get("response_type", {}).items()]:
        if media_type:
            yield Check(f"{holder} as {media_type}", _media_type_matches(media_type, list(answer.content(holder))))
    if "security" in expect:
        yield Check(f"security {expect['security']}", answer.security() == expect["security"])


def _same_path(wanted: str, path: str) -> bool:
    if wanted.startswith("re:"):
        return re.search(wanted[3:], path) is not None
    return wanted == path or ("{}" in wanted and re.sub(r"\{[^}]*\}", "{}", wanted) == re.sub(r"\{[^}]*\}", "{}", path))


def _parameter_checks(key: str, kind: str, answer: Answer) -> Iterator[Check]:
    place, _, name = key.rstrip("!?").partition(".")
    parameter = answer.parameter(place, name)
    yield Check(f"{place} {name}: {kind}", parameter is not None and _is_of_type(kind, answer.resolved(parameter["schema"])))
    if key[-1] in "!?":
        wanted = key[-1] == "!"
        held = parameter is not None and parameter.get("required", False) == wanted
        yield Check(f"{place} {name} {'required' if wanted else 'optional'}", held)


def _field_checks(holder: str, name: str, kind: str, answer: Answer) -> Iterator[Check]:
    bare = name.rstrip("!?")
    schema, required = answer.field(holder, bare)
    yield Check(f"{holder} {bare}: {kind}", schema is not None and _is_of_type(kind, schema))
    if name[-1] in "!?":
        wanted = name[-1] == "!"
        yield Check(f"{holder} {bare} {'required' if wanted else 'optional'}", schema is not None and required == wanted)


def _response_checks(status: str, fields: Mapping[str, Any] | None, answer: Answer) -> Iterator[Check]:
    exists = status in answer.operation["responses"]
    if fields is None:
        yield Check(f"{status} without content", exists and not answer.content(status))
        return
    yield Check(f"{status}", exists)
    for name, kind in fields.items():
        if name == "@list":
            yield Check(f"{status} is a list", _is_list(answer.schema(status), answer))
        else:
            yield from _field_checks(status, name, kind, answer)


def _is_list(schema: dict[str, Any], answer: Answer) -> bool:
    inner = [answer.resolved(each) for each in schema.get("properties", {}).values()]
    return any("array" in _kinds(each) for each in [schema, *inner])


def _schema_at(key: str, answer: Answer) -> dict[str, Any] | None:
    holder, _, name = key.partition(".")
    if holder in ("query", "path", "header", "cookie"):
        parameter = answer.parameter(holder, name)
        return answer.resolved(parameter["schema"]) if parameter else None
    return answer.field(holder, name)[0]


def _enum_at(key: str, answer: Answer) -> set[str] | None:
    schema = _schema_at(key, answer) or {}
    if "items" in schema:
        schema = answer.resolved(schema["items"])
    return {str(value) for value in schema["enum"] if value is not None} if "enum" in schema else None


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds) - {"null"}


def _is_of_type(expression: str, schema: Mapping[str, Any]) -> bool:
    if "oneOf" in schema:
        return any(_is_of_type(expression, each) for each in schema["oneOf"])
    return any(_is_of_one_type(each.strip(), schema) for each in expression.split("|"))


def _is_of_one_type(wanted: str, schema: Mapping[str, Any]) -> bool:
    kind, _, form = wanted.partition("/")
    kinds = _kinds(schema)
    if kind == "any":
        return True
    if form == "binary":
        return schema.get("format") == "binary" or "contentMediaType" in schema or not kinds
    if form:
        return kind in kinds and schema.get("format") == form
    return kind in kinds or (kind == "number" and "integer" in kinds) or (kind == "object" and "additionalProperties" in schema)


def _media_type_matches(expected: str, found: list[str]) -> bool:
    bare = [each.partition(";")[0].strip() for each in found]
    return any(
        fnmatchcase(each, wanted) if wanted != "*/*" else each == wanted for wanted in expected.split("|") for each in bare
    )
