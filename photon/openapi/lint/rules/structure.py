"""Rules on the form of every object: keys that it does not have, keys that it must have, values of another type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args

from photon.openapi.lint.rule import Fix, Problem, Subject, Visit, rule
from photon.openapi.lint.rules.objects import SUBJECTS, Field, called, fields_of, required_of
from photon.openapi.source.nodes import Pointer, place_of

_EVERYWHERE: Final = tuple(subject for subject in get_args(Subject) if subject not in ("document", "reference"))

_NAMED_ELSEWHERE: Final = {("response", "schema")}
"""Keys that are wrong where they stand and have a rule of their own, as `nullable` in a schema has."""

_SCHEME_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "apiKey": ("name", "in"),
    "http": ("scheme", "bearerFormat"),
    "oauth2": ("flows", "oauth2MetadataUrl"),
    "openIdConnect": ("openIdConnectUrl",),
    "mutualTLS": (),
}
_SCHEME_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "apiKey": ("name", "in"), "http": ("scheme",), "oauth2": ("flows",), "openIdConnect": ("openIdConnectUrl",),
}  # fmt: skip
_ANY_SCHEME: Final = ("type", "description", "deprecated")

_INNER: Final = ("discriminator", "xml", "external documentation")
"""Objects in a schema that are no subjects."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "count": (int,),
    "mapping": (dict,),
    "list": (list,),
}
_PLAIN: Final = frozenset({*SUBJECTS, *_TYPES, "any"})
_FIELDS: Final = [
    (name, key, field)
    for name in ("document", *_EVERYWHERE)
    for version in ("3.0", "3.1", "3.2")
    for key, field in fields_of(name, version).items()
]
_WITH_PARTS: Final = tuple({key for _, key, field in _FIELDS if field.kind not in _PLAIN})
"""Keys below which stand objects that are no subjects, and are looked at too."""
_LOOKED_INTO: Final = (
    *_WITH_PARTS,
    *{key for name, key, field in _FIELDS if field.kind == "count" or (field.form and name != "schema")},
)
"""Keys of which the type of the value does not tell whether it is right."""
_WORDS: Final = {"string": "a string", "boolean": "true or false", "number": "a number", "count": "a whole number from 0 on",
                 "mapping": "a mapping", "list": "a list"}  # fmt: skip


@rule(
    id="unknown-key",
    subject="document",
    also=_EVERYWHERE,
    alike_unless=_WITH_PARTS,
    severity="error",
    summary="A key that the object does not have.",
    explanation="Tools pass over what they do not know, so a misspelt key does nothing and nobody is told. What OpenAPI does "
    "not have may be written as an extension, with a name that begins with `x-`.",
    wrong="get:\n  sumary: List pets",
    right="get:\n  summary: List pets",
    redocly="struct",
    spectral="oas3-schema",
)
def unknown_key(visit: Visit) -> Iterable[Problem]:
    """Keys that stand in no table. A schema beside a ``$ref`` is told of by no-ref-siblings."""
    if visit.subject == "schema":  # most of every document: no generator for what is right
        known = fields_of("schema", visit.document.version)
        strange = [key for key in visit.value if key not in known and key != "nullable" and not key.startswith("x-")]
        return [_strange("schema", key, visit.document.version, ()) for key in strange if key != "$ref"]
    return [
        _strange(name, key, visit.document.version, at)
        for name, value, at in _objects(visit)
        for key in _strange_keys(name, value, visit.document.version)
    ]


def _strange_keys(name: str, value: Mapping[str, Any], version: str) -> list[str]:
    if name in ("callback", "security requirement"):
        return []
    known: Any = fields_of(name, version)
    if name == "security scheme" and str(value.get("type")) in _SCHEME_KEYS:
        known = {*_SCHEME_KEYS[str(value["type"])], *_ANY_SCHEME} & known.keys()
    return [key for key in value if key not in known and not key.startswith("x-") and (name, key) not in _NAMED_ELSEWHERE]


def _strange(name: str, key: str, version: str, at: Pointer) -> Problem:
    from difflib import get_close_matches

    known = fields_of(name, version)
    later = next((other for other in ("3.1", "3.2") if version < other and key in fields_of(name, other)), "")
    near = get_close_matches(key[:60], known, 1, 0.75)
    hint = f": OpenAPI {later} has it" if later else f": did you mean {near[0]!r}?" if near and key not in known else ""
    return Problem(f"{called(name)} has no key {key!r}{hint}", (*at, key))


@rule(
    id="missing-key",
    subject="document",
    also=tuple(each for each in _EVERYWHERE if each != "schema"),
    alike_unless=_WITH_PARTS,
    severity="error",
    summary="A key that the object must have is missing.",
    explanation="OpenAPI requires it, and tools rely on it: without a title and a version there is no document to publish, "
    "without a name no parameter.",
    wrong="info:\n  title: Pets",
    right="info:\n  title: Pets\n  version: 1.0.0",
    redocly="struct",
    spectral="oas3-schema",
)
def missing_key(visit: Visit) -> Iterator[Problem]:
    """Required keys; those with a rule of their own (a response's description, a parameter's schema) are not among them."""
    version = visit.document.version
    for name, value, at in _objects(visit):
        for key in _required(name, value, version):
            if key not in value:
                yield Problem(f"{called(name)} must have {key!r}", at)


def _required(name: str, value: Mapping[str, Any], version: str) -> tuple[str, ...]:
    required = required_of(name, version)
    if name == "security scheme":
        return (*required, *_SCHEME_REQUIRED.get(str(value.get("type")), ()))
    if name == "document":
        sections = ("paths",) if version == "3.0" else ("paths", "webhooks", "components")
        return required if any(each in value for each in sections) else (*required, "paths")
    return required


@rule(
    id="value-type",
    subject="document",
    also=_EVERYWHERE,
    alike_unless=_LOOKED_INTO,
    severity="error",
    summary="A value of another type than the key takes.",
    explanation="A list where a mapping belongs, a number where a string belongs: what is read from it is not what was meant. "
    "YAML makes numbers of `1.0` and booleans of `true` unless they stand in quotes.",
    wrong="info:\n  title: Pets\n  version: 1.0",
    right='info:\n  title: Pets\n  version: "1.0"',
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def value_type(visit: Visit) -> Iterable[Problem]:
    """Each value against the table. A number or boolean where a string belongs is mended as it is spelled."""
    if visit.subject == "schema":
        return _schema_types(visit)
    return [problem for name, value, at in _objects(visit) for problem in _mistyped(visit, name, value, at)]


def _schema_types(visit: Visit) -> list[Problem]:
    known = fields_of("schema", visit.document.version)
    found: list[Problem] = []
    for key, value in visit.value.items():
        field = known.get(key)
        if field is None or field.kind == "any":
            continue
        if field.form == "" and field.kind in _INNER and isinstance(value, Mapping):
            found += _mistyped(visit, field.kind, value, (key,))
        elif not _right(value, field, visit.document.version, key):
            found.append(_wrong(visit, (key,), value, field))
    return found


def _mistyped(visit: Visit, name: str, value: Mapping[str, Any], at: Pointer) -> Iterator[Problem]:
    version = visit.document.version
    if name == "security requirement":
        for scheme, scopes in value.items():
            if not isinstance(scopes, list):
                yield Problem(f"{scheme!r} takes a list of scopes", (*at, scheme), on_key=False)
        return
    known = fields_of(name, version)
    for key, inner in value.items():
        field = known.get(key)
        if field is None or field.kind == "any":
            continue
        if not _right(inner, field, version):
            yield _wrong(visit, (*at, key), inner, field)
        elif field.form and not key.startswith("x-"):
            yield from _mistyped_items(visit, (*at, key), inner, field)


def _mistyped_items(visit: Visit, at: Pointer, value: Any, field: Field) -> Iterator[Problem]:
    free = field.kind not in ("path item", "response")
    pairs: Any = enumerate(value) if field.form == "[" else value.items()
    one = Field("", field.kind, False)
    for key, item in pairs:
        if not _right(item, one, visit.document.version) and (free or not str(key).startswith("x-")):
            yield _wrong(visit, (*at, key), item, one)


def _right(value: Any, field: Field, version: str, key: str | int = "") -> bool:
    if field.form:
        return isinstance(value, list if field.form == "[" else dict)
    kind = field.kind
    if kind == "schema":
        return isinstance(value, dict) or (isinstance(value, bool) and (version != "3.0" or key == "additionalProperties"))
    if kind == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _TYPES.get(kind, (dict,)))


def _wrong(visit: Visit, at: Pointer, value: Any, field: Field) -> Problem:
    wanted = "a list" if field.form == "[" else "a mapping" if field.form else _WORDS.get(field.kind, "a mapping")
    fixes: tuple[Fix, ...] = ()
    if not field.form and field.kind == "string" and isinstance(value, int | float):
        fixes = (Fix("set", (*visit.pointer, *at), _spelled(visit, at, value)),)
    return Problem(f"{at[-1]!r} takes {wanted}, not {_described(value)}", at, on_key=False, fixes=fixes)


def _spelled(visit: Visit, at: Pointer, value: Any) -> str:
    """A scalar as it stands in the text: ``1.10`` is not 1.1."""
    place = place_of(visit.source.root, (*visit.pointer, *at))
    text = visit.source.text[slice(*place)] if place else ""
    return text if text and "\n" not in text and "*" not in text else str(value)


def _described(value: Any) -> str:
    kinds = ((bool, "a boolean"), (int | float, "a number"), (str, "a string"), (list, "a list"), (Mapping, "a mapping"))
    return next((words for kind, words in kinds if isinstance(value, kind)), "nothing")


def _objects(visit: Visit) -> Iterator[tuple[str, Mapping[str, Any], Pointer]]:
    """(kind, value, pointer from the visit's) of an object and of those in it that are no subject of their own."""
    stack: list[tuple[str, Mapping[str, Any], Pointer]] = [(visit.subject, visit.value, ())]
    version = visit.document.version
    while stack:
        name, value, at = stack.pop()
        yield name, value, at
        for key, field in _parts(name, version):
            inner = value.get(key)
            if not inner:
                continue
            if field.form == "" and isinstance(inner, Mapping):
                stack.append((field.kind, inner, (*at, key)))
            elif field.form == "{" and isinstance(inner, Mapping):
                stack += [(field.kind, item, (*at, key, each)) for each, item in inner.items() if _is_object(item)]
            elif field.form == "[" and isinstance(inner, list):
                stack += [(field.kind, item, (*at, key, each)) for each, item in enumerate(inner) if _is_object(item)]


@cache
def _parts(name: str, version: str) -> tuple[tuple[str, Field], ...]:
    """The fields that hold objects which are no subjects."""
    return tuple((key, field) for key, field in fields_of(name, version).items() if field.kind not in _PLAIN)


def _is_object(item: Any) -> bool:
    return isinstance(item, dict) and "$ref" not in item
