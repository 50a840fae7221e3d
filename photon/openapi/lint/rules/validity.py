"""Whether a value fits a schema of OpenAPI: what the lint needs of JSON Schema, fast, and bounded on hostile input.

Where it cannot be sure (a dynamic reference, a pattern that Python reads otherwise, too many steps) a value fits.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeGuard

from photon.openapi.lint.rules.parts import frozen, list_in, mapping_in, same, types_of
from photon.openapi.source.nodes import Pointer
from photon.openapi.source.references import Located

if TYPE_CHECKING:
    from photon.openapi.lint.document import LintDocument
    from photon.openapi.source.source import Source

_STEPS: Final = 20_000
_DEPTH: Final = 60
_PARTS: Final = 300
_MOST: Final = 5
"""Misfits that are told of one value."""


class Misfit(NamedTuple):
    """Where a value does not fit, from its root on, and how, as the end of a sentence about it. strange: it is a property
    that the schema allows and does not name."""

    at: Pointer
    message: str
    strange: bool = False


def misfits(
    value: Any, schema: Any, document: LintDocument, source: Source, *, ignored: str = "", strange: bool = False
) -> list[Misfit]:
    """How `value` does not fit `schema`, which stands in `source`; empty where it fits.

    ignored: 'readOnly' in a request, 'writeOnly' in a response: such properties are not required there. strange: also tell of
    properties that no part of the schema names, unless it says that there may be more.
    """
    check = _Check(document, ignored, strange)
    try:
        check.of(value, schema, source, (), 0)
    except _TooMuch:
        return []
    return check.found[:_MOST]


@lru_cache(maxsize=1)
def _fitting(document: LintDocument) -> tuple[set[tuple[int, type, Any]], set[tuple[int, type]]]:
    """(schema, type, value) of what is neither a mapping nor a list and was found to fit, and (schema, type) where every value
    of that type fits. Examples repeat themselves: it is one of these in three of four cases (measured). A schema stands here by
    its identity, which lasts as long as the document."""
    return set(), set()


class _TooMuch(Exception):
    """More steps than a sane example needs."""


class _Check:
    def __init__(self, document: LintDocument, ignored: str, strange: bool) -> None:
        self.found: list[Misfit] = []
        self._document = document
        self._ignored = ignored
        self._strange = strange
        self._steps = 0
        self._old = document.version == "3.0"
        self._fitting, self._open = _fitting(document)

    def of(self, value: Any, schema: Any, source: Source, at: Pointer, depth: int, *, part: bool = False) -> None:
        """part: the schema is one of several that the value must fit, so that others may name its properties."""
        self._steps += 1
        if self._steps > _STEPS or depth > _DEPTH:
            raise _TooMuch
        key = self._key(value, schema, part) if depth else None  # the outermost schema may be made up, and gone soon
        if key is None:
            self._held(value, schema, source, at, depth, part=part)
        elif key not in self._fitting and key[:2] not in self._open:
            before = len(self.found)
            self._held(value, schema, source, at, depth, part=part)
            if len(self.found) == before:
                self._fitting.add(key)
                if value.__class__ in _ALIKE and isinstance(schema, dict) and _LOOKING.isdisjoint(schema):
                    self._open.add(key[:2])

    def _key(self, value: Any, schema: Any, part: bool) -> tuple[Any, ...] | None:
        """What tells the value from others that may not fit as it does; None where it holds others of its own."""
        if isinstance(value, list):
            return None
        if not isinstance(value, dict):
            return id(schema), value.__class__, value
        key = (id(schema), part, self._ignored, tuple(value.items()), tuple(map(type, value.values())))
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def _held(self, value: Any, schema: Any, source: Source, at: Pointer, depth: int, *, part: bool) -> None:
        if schema is False:
            self._misfit(at, "must not be there")
        if not isinstance(schema, dict):
            return
        if isinstance(schema.get("$ref"), str):
            found = self._document.follow(schema, source)
            if isinstance(found, Located) and found.value is not schema:
                self.of(value, found.value, found.source, at, depth + 1, part=part)
            if self._old:
                return
        only = schema.get("type")
        plain = value is not None and isinstance(only, str) and fits_type(value, only)
        if not plain and not self._goes_on(value, schema, at):
            return
        if not _LIMITING.isdisjoint(schema):
            self._limited(value, schema, at)
        if isinstance(value, dict):
            self._object(value, schema, source, at, depth, part=part)
        elif isinstance(value, list):
            self._array(value, schema, source, at, depth)
        if not _COMPOSED.isdisjoint(schema):
            self._composed(value, schema, source, at, depth)

    def _goes_on(self, value: Any, schema: Mapping[str, Any], at: Pointer) -> bool:
        """Whether the type of the value leaves anything else to look at."""
        kinds = types_of(schema)
        if kinds and not any(fits_type(value, kind) for kind in kinds):
            self._misfit(at, f"must be {' or '.join(kinds)}")
            return False
        return value is not None or "null" not in kinds or not self._old

    def _misfit(self, at: Pointer, message: str) -> None:
        self.found.append(Misfit(at, message))

    def _limited(self, value: Any, schema: Mapping[str, Any], at: Pointer) -> None:
        choices = list_in(schema, "enum")
        if choices and len(choices) <= 1000 and not any(same(value, choice) for choice in choices):
            self._misfit(at, f"must be one of {' or '.join(str(each)[:30] for each in choices[:6])}")
        if not self._old and "const" in schema and not same(value, schema["const"]):
            self._misfit(at, f"must be {str(schema['const'])[:40]}")
        if not _LIMITS.isdisjoint(schema):
            self.found += (Misfit(at, message) for message in _limits(value, schema, self._old))

    def _object(
        self, value: dict[str, Any], schema: Mapping[str, Any], source: Source, at: Pointer, depth: int, *, part: bool
    ) -> None:
        properties = mapping_in(schema, "properties")
        for name in self._missing(value, schema):
            if not self._is_ignored(properties.get(name), source):
                self._misfit(at, f"must have {name!r}")
        more = schema.get("additionalProperties")
        patterns = mapping_in(schema, "patternProperties")
        for name, item in value.items():
            if name in properties:
                inner = properties[name]
                if (id(inner), item.__class__) not in self._open:  # else nothing would come of it, as of most of them
                    self.of(item, inner, source, (*at, name), depth + 1)
            elif any(_matches(pattern, name) is not False for pattern in patterns):
                continue
            elif more is False:
                self._misfit((*at, name), "must not be there")
            elif isinstance(more, dict):
                self.of(item, more, source, (*at, name), depth + 1)
            elif self._strange and more is None and not part and name not in self._named(schema, source):
                self.found.append(Misfit((*at, name), f"has {name!r}, which its schema does not name", True))

    def _missing(self, value: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
        names = list_in(schema, "required")
        if names and _has_not_all(value, names):
            yield from (name for name in names if isinstance(name, str) and name not in value)

    def _named(self, schema: Mapping[str, Any], source: Source) -> Container[str]:
        """The properties that the schema names in any of its parts; whatever there is where one of them lets others in."""
        todo: list[tuple[Any, Source]] = [(schema, source)]
        names: set[str] = set()
        for part, file in todo:  # grows while it is gone through
            located = self._document.follow(part, file)
            if len(todo) > _PARTS or not isinstance(located, Located):
                return _Anything()
            for each in (part, located.value) if part is not located.value else (part,):
                if not isinstance(each, dict):
                    continue
                if not _OPEN.isdisjoint(each) and any(each.get(key) not in (None, False) for key in _OPEN):
                    return _Anything()
                names.update(mapping_in(each, "properties"))
                todo += [(inner, located.source) for key in ("allOf", "anyOf", "oneOf") for inner in list_in(each, key)]
        return names if names else _Anything()

    def _is_ignored(self, schema: Any, source: Source) -> bool:
        found = self._document.resolved(schema, source) if self._ignored else None
        return isinstance(found, dict) and found.get(self._ignored) is True

    def _array(self, value: list[Any], schema: Mapping[str, Any], source: Source, at: Pointer, depth: int) -> None:
        first = () if self._old else list_in(schema, "prefixItems")
        for index, item in enumerate(value[:200]):
            inner = first[index] if index < len(first) else schema.get("items")
            self.of(item, inner, source, (*at, index), depth + 1)
        if schema.get("uniqueItems") is True and len(value) <= 200 and len(set(map(frozen, value))) < len(value):
            self._misfit(at, "must not have an item twice")

    def _composed(self, value: Any, schema: Mapping[str, Any], source: Source, at: Pointer, depth: int) -> None:
        for each in list_in(schema, "allOf"):
            self.of(value, each, source, at, depth + 1, part=True)
        for key in ("anyOf", "oneOf"):
            choices = list_in(schema, key)
            fitting = sum(self._fits(value, each, source, at, depth) for each in choices)
            if choices and not fitting:
                self._misfit(at, f"fits none of the schemas in {key}")
            elif key == "oneOf" and fitting > 1:
                self._misfit(at, f"fits {fitting} of the schemas in oneOf")
        other = schema.get("not")
        if isinstance(other, dict) and other and self._fits(value, other, source, at, depth):
            self._misfit(at, "fits the schema in not")

    def _fits(self, value: Any, schema: Any, source: Source, at: Pointer, depth: int) -> bool:
        before = len(self.found)
        self.of(value, schema, source, at, depth + 1, part=True)
        fits = all(each.strange for each in self.found[before:])
        del self.found[before:]
        return fits


_COMPOSED: Final = frozenset(("allOf", "anyOf", "oneOf", "not"))
_LIMITS: Final = frozenset(
    """
    minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format minItems maxItems
    minProperties maxProperties
    """.split()
)
_LIMITING: Final = _LIMITS | {"enum", "const"}
_OPEN: Final = frozenset(
    ("additionalProperties", "patternProperties", "unevaluatedProperties", "if", "not", "dependentSchemas", "$dynamicRef")
)
"""Keys by which a schema may let properties in that it does not name."""


def _has_not_all(value: dict[str, Any], names: Iterable[Any]) -> bool:
    """In C, because nearly every example has them all; True where a name cannot be hashed."""
    try:
        return not all(map(value.__contains__, names))
    except TypeError:
        return True


_ALIKE: Final = frozenset((str, int, bool))
"""Types of which one value fits a schema as another does, if the schema has none of the keys below."""
_LOOKING: Final = _LIMITING | _COMPOSED | {"$ref"}


class _Anything:
    def __contains__(self, name: object) -> bool:
        return True


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def fits_type(value: Any, kind: str) -> bool:
    """Whether a value is of a type, by its name in JSON Schema; true of a type that there is not."""
    if isinstance(value, bool):
        return kind == "boolean" or kind not in _TYPES
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(kind, (object,)))


def _limits(value: Any, schema: Mapping[str, Any], old: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield from _text_limits(value, schema)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number_limits(value, schema, old)
    elif isinstance(value, list):
        yield from _size(len(value), schema, ("minItems", "maxItems", "items"))
    elif isinstance(value, dict):
        yield from _size(len(value), schema, ("minProperties", "maxProperties", "properties"))


def _size(size: int, schema: Mapping[str, Any], names: tuple[str, str, str]) -> Iterator[str]:
    least, most = schema.get(names[0]), schema.get(names[1])
    if isinstance(least, int) and size < least:
        yield f"must have at least {least} {names[2]}"
    if isinstance(most, int) and size > most:
        yield f"must have at most {most} {names[2]}"


def _text_limits(value: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from _size(len(value), schema, ("minLength", "maxLength", "characters"))
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and _matches(pattern, value) is False:
        yield f"must match the pattern {pattern[:60]!r}"
    if isinstance(form, str) and not _has_format(value, form):
        yield f"must have the format {form!r}"


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_limits(value: float, schema: Mapping[str, Any], old: bool) -> Iterator[str]:
    for key, exclusive, sign, word in (
        ("minimum", "exclusiveMinimum", 1, "at least"),
        ("maximum", "exclusiveMaximum", -1, "at most"),
    ):
        bound, strict = schema.get(key), schema.get(exclusive)
        if _is_number(bound):
            outside = value < bound if sign > 0 else value > bound  # never their difference: it may be too large for a float
            if outside or (value == bound and old and strict is True):
                yield f"must be {word} {bound}"
        if not old and _is_number(strict) and (value <= strict if sign > 0 else value >= strict):
            yield f"must be {'above' if sign > 0 else 'below'} {strict}"
    step = schema.get("multipleOf")
    if isinstance(step, int) and isinstance(value, int) and not isinstance(step, bool) and step > 0 and value % step:
        yield f"must be a multiple of {step}"


_TRANSLATED: Final = ((re.compile(r"\(\?<(?![=!])"), "(?P<"), (re.compile(r"\\/"), "/"), (re.compile(r"\\d"), "[0-9]"))
_FOREIGN: Final = re.compile(r"\\[pPkcuxZA]|\(\?[^:=!<P]|\[\^?\]|\$(?!\)|\||\Z)|\[[^\]]*\[|&&|--|~~")
_QUANTIFIED_GROUP: Final = re.compile(r"\)(?:[*+]|\{\d+,)")
_UNBOUNDED: Final = re.compile(r"[*+]|\{\d+,\d*\}")


def _matches(pattern: str, value: str) -> bool | None:
    """Whether a pattern of ECMA-262 is found in `value`; None where Python might say otherwise, or take too long."""
    compiled = _compiled(pattern)
    room = 16 if _QUANTIFIED_GROUP.search(pattern) else 300 if len(_UNBOUNDED.findall(pattern)) <= 3 else 40
    return None if compiled is None or len(value) > room else compiled.search(value) is not None


@lru_cache(maxsize=2000)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if len(pattern) > 500 or _FOREIGN.search(pattern):
        return None
    for old, new in _TRANSLATED:
        pattern = old.sub(new, pattern)
    try:
        return re.compile(re.sub(r"(?<!\\)\$\Z", r"\\Z", pattern), re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return None


_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME: Final = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]\d\d(:?\d\d)?)"
_PATTERNS: Final = {
    "uuid": r"(?i)(urn:uuid:)?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
    "email": r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*",
    "ipv4": r"((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)",
    "time": f"(?i){_TIME}",
    "url": r"(?i)(https?|ftp)://[^\s/?#]+([/?#]\S*)?",
    "uri-reference": r"[^\s<>\"{}|\\^`]*",
    "uri": r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`]*",
}
"""Formats that both judges check. Others (hostname, regex) are let pass. To look at no letter's case takes twice as long."""


def _is_date(value: str) -> bool:
    found = _DATE.fullmatch(value)
    if not found:
        return False
    try:
        date(max(int(found[1]), 1), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def _is_date_time(value: str) -> bool:
    return _is_date(value[:10]) and value[10:11] in ("T", "t", " ") and _pattern_of("time").fullmatch(value[11:]) is not None


@cache
def _pattern_of(form: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[form], re.ASCII)


@lru_cache(maxsize=5000)
def _has_format(value: str, form: str) -> bool:
    """Kept, because examples repeat themselves: the same address in a hundred of them."""
    if form in ("date", "date-time"):
        return _is_date(value) if form == "date" else _is_date_time(value)
    return form not in _PATTERNS or len(value) > 300 or _pattern_of(form).fullmatch(value) is not None
