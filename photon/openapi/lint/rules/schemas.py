"""Rules on schemas: their types, what goes with a type, and what changed between OpenAPI 3.0 and 3.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import list_in, types_of
from photon.openapi.source.nodes import Pointer, value_at
from photon.openapi.source.references import Located

_TYPES: Final = ("object", "array", "string", "number", "integer", "boolean")
_MEANT: Final = {
    "int": "integer", "long": "integer", "int32": "integer", "int64": "integer", "float": "number", "double": "number",
    "bool": "boolean", "str": "string", "text": "string", "list": "array", "dict": "object", "map": "object",
}  # fmt: skip
_DEPTH: Final = 12
_WIDTH: Final = 40
"""How deep and how wide compositions are searched for a property."""


@rule(
    id="schema-type",
    subject="schema",
    keys=("type",),
    alike_unless=(),
    severity="error",
    summary="A schema has a type that does not exist.",
    explanation="The types are object, array, string, number, integer, boolean and, since 3.1, null. Dates and files are "
    "strings with a format: `type: string`, `format: date`.",
    wrong="type: date",
    right="type: string\nformat: date",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def schema_type(visit: Visit) -> Iterable[Problem]:
    """Capitals and names that other languages have for a type (``int``) are mended."""
    found = visit.value["type"]
    if isinstance(found, str):
        return () if found in _TYPES else _unknown_type(visit, found, ("type",))
    if not isinstance(found, list):
        return (Problem("'type' takes the name of a type", ("type",), on_key=False),)
    if visit.document.version == "3.0":
        return ()
    wrong = ((index, name) for index, name in enumerate(found) if not isinstance(name, str) or name not in _TYPES)
    return [problem for index, name in wrong for problem in _unknown_type(visit, name, ("type", index))]


def _unknown_type(visit: Visit, name: Any, at: tuple[str | int, ...]) -> list[Problem]:
    if name == "null" and visit.document.version != "3.0":
        return []
    word = name.lower() if isinstance(name, str) else ""
    right = word if word in _TYPES else _MEANT.get(word, "")
    hint = ": say 'nullable: true'" if word == "null" else f": {right}" if right else ""
    fixes = (Fix("set", (*visit.pointer, *at), right),) if right else ()
    return [Problem(f"{name!r} is no type{hint}", at, on_key=False, fixes=fixes)]


@rule(
    id="no-type-list",
    subject="schema",
    keys=("type",),
    alike_unless=(),
    severity="error",
    summary="A schema has several types, which OpenAPI 3.0 does not know.",
    explanation="A list of types came with OpenAPI 3.1. In 3.0, `[string, 'null']` is `type: string` with `nullable: true`, "
    "and several types are an `anyOf`.",
    wrong="type: [string, 'null']",
    right="type: string\nnullable: true",
    redocly="struct",
    spectral="oas3-schema",
    versions=("3.0",),
    fixable=True,
)
def no_type_list(visit: Visit) -> Iterator[Problem]:
    """One type with null is mended."""
    found = visit.value["type"]
    if isinstance(found, list):
        names = [name for name in found if name != "null"]
        fixes: tuple[Fix, ...] = ()
        if len(names) == 1 and names[0] in _TYPES and "nullable" not in visit.value:
            fixes = (Fix("set", (*visit.pointer, "type"), names[0]),)
            fixes += (Fix("set", (*visit.pointer, "nullable"), True),) if len(found) > 1 else ()
        yield Problem("OpenAPI 3.0 has one type for each schema", ("type",), fixes=fixes)


@rule(
    id="no-nullable",
    subject="schema",
    keys=("nullable",),
    severity="error",
    summary="A schema is nullable, which OpenAPI 3.1 does not know.",
    explanation="Since 3.1 null is a type: `type: [string, 'null']`. `nullable` is passed over, so that the null it was to "
    "allow is refused.",
    wrong="type: string\nnullable: true",
    right="type: [string, 'null']",
    redocly="struct",
    versions=("3.1", "3.2"),
    fixable=True,
)
def no_nullable(visit: Visit) -> Iterator[Problem]:
    """Mended where the schema has a type; ``nullable: false`` says nothing and goes."""
    at = visit.pointer
    removed = Fix("remove", (*at, "nullable"))
    kind, fixes = visit.value.get("type"), tuple[Fix, ...]()
    if visit.value["nullable"] is False:
        fixes = (removed,)
    elif isinstance(kind, str) and "enum" not in visit.value and "const" not in visit.value:
        fixes = (Fix("set", (*at, "type"), [kind, "null"]), removed)
    yield Problem("OpenAPI 3.1 has no 'nullable': add 'null' to the types", ("nullable",), fixes=fixes)


@rule(
    id="nullable-type-sibling",
    subject="schema",
    keys=("nullable",),
    severity="warning",
    summary="A schema is nullable and has no type.",
    explanation="`nullable` adds null to the type beside it (OpenAPI 3.0.3, proposal 2019-10-31). Without one it adds nothing.",
    wrong="nullable: true",
    right="type: string\nnullable: true",
    redocly="nullable-type-sibling",
    versions=("3.0",),
)
def nullable_type_sibling(visit: Visit) -> Iterator[Problem]:
    """Composition does not count as a type."""
    if "type" not in visit.value and visit.value["nullable"] is True:
        yield Problem("'nullable' does nothing without a 'type' beside it", ("nullable",))


@rule(
    id="array-items",
    subject="schema",
    keys=("type",),
    alike_unless=(),
    severity="error",
    summary="An array does not say what its items are.",
    explanation="Generators need the type of the items. `items: {}` says that they may be anything; OpenAPI 3.0 requires the "
    "key.",
    wrong="type: array",
    right="type: array\nitems:\n  type: string",
    spectral="array-items",
)
def array_items(visit: Visit) -> Iterable[Problem]:
    """Since 3.1 ``prefixItems`` says it too, and so does what ``$ref`` or ``allOf`` adds."""
    value = visit.value
    if value["type"] != "array" and not (isinstance(value["type"], list) and "array" in value["type"]):
        return ()
    if "items" in value or "prefixItems" in value or "$ref" in value:
        return ()
    return (Problem("an array must say what its items are", ("type",)),)


@rule(
    id="no-schema-type-mismatch",
    subject="schema",
    keys=("items", "properties"),
    alike_unless=(),
    severity="error",
    summary="A schema that is no object has properties, or one that is no array has items.",
    explanation="They say nothing there. Either the type is wrong or they stand in the wrong schema.",
    wrong="type: string\nproperties:\n  name: {type: string}",
    right="type: object\nproperties:\n  name: {type: string}",
    redocly="no-schema-type-mismatch",
)
def no_schema_type_mismatch(visit: Visit) -> Iterator[Problem]:
    """By the types that the schema itself has. Of a type that there is not, schema-type tells."""
    types = types_of(visit.value)
    known = bool(types) and {*_TYPES, "null"}.issuperset(types)
    for key, kind in (("items", "array"), ("properties", "object")):
        if key in visit.value and known and kind not in types:
            yield Problem(f"a schema of type {' or '.join(types)} has no {key!r}", (key,))


@rule(
    id="schema-required",
    subject="schema",
    keys=("required",),
    severity="error",
    summary="A schema says `required` of itself, as a boolean.",
    explanation="Which properties are required is a list of their names in the object that has them; `required: true` is for "
    "parameters and request bodies. The fix moves the name there.",
    wrong="type: object\nproperties:\n  name:\n    type: string\n    required: true",
    right="type: object\nrequired: [name]\nproperties:\n  name:\n    type: string",
    redocly="struct",
    spectral="oas3-schema",
    fixable=True,
)
def schema_required(visit: Visit) -> Iterator[Problem]:
    """Anything else than a list of names; an empty list is wrong in 3.0 alone."""
    found = visit.value["required"]
    if isinstance(found, list):
        yield from _wrong_names(visit, found)
    else:
        yield Problem("'required' is a list of names in the object that has them", ("required",), fixes=_moved(visit))


def _wrong_names(visit: Visit, names: list[Any]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if not isinstance(name, str):
            yield Problem("'required' takes names", ("required", index), on_key=False)
    if not names and visit.document.version == "3.0":
        yield Problem("'required' names nothing", ("required",), fixes=(Fix("remove", (*visit.pointer, "required")),))


def _moved(visit: Visit) -> tuple[Fix, ...]:
    removed = Fix("remove", (*visit.pointer, "required"))
    found = visit.value["required"]
    if found is False:
        return (removed,)
    if found is not True or visit.pointer[-2:-1] != ("properties",):
        return ()
    owner = value_at(visit.source.root, visit.pointer[:-2])
    listed = owner.get("required", []) if isinstance(owner, Mapping) else None
    if not isinstance(listed, list):
        return ()
    names = listed if visit.key in listed else [*listed, visit.key]
    return (removed, Fix("set", (*visit.pointer[:-2], "required"), names))


@rule(
    id="no-required-schema-properties-undefined",
    subject="schema",
    keys=("required",),
    severity="warning",
    summary="A property is required that the schema does not have.",
    explanation="Mostly one of the two names is misspelt, or the property was renamed. Whoever generates code gets no field "
    "for it.",
    wrong="type: object\nrequired: [nmae]\nproperties:\n  name: {type: string}",
    right="type: object\nrequired: [name]\nproperties:\n  name: {type: string}",
    redocly="no-required-schema-properties-undefined",
)
def no_required_schema_properties_undefined(visit: Visit) -> Iterator[Problem]:
    """What allOf, every anyOf or every oneOf has counts, and so does what the schema has that this one is a part of."""
    names = list_in(visit.value, "required")
    known = mapping_names(visit.value)
    missing = [(index, name) for index, name in enumerate(names) if isinstance(name, str) and name not in known]
    if not missing:
        return
    wholes = (visit.value, *_wholes(visit))
    for index, name in missing:
        if not any(has_property(visit, whole, name) for whole in wholes):
            yield Problem(f"{name!r} is required, and there is no such property", ("required", index), on_key=False)


def mapping_names(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a schema by name."""
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=1)
def _extensions(document: LintDocument) -> Mapping[tuple[int, Pointer], list[Mapping[str, Any]]]:
    """By the place of a schema, those that have it in their allOf."""
    found: defaultdict[tuple[int, Pointer], list[Mapping[str, Any]]] = defaultdict(list)
    for each in document.references_made:
        if each.pointer[-2:-1] == ("allOf",) and each.parent is not None:
            base = document.target(each.value["$ref"], each.source)
            if isinstance(base, Located):
                found[id(base.source), base.pointer].append(each.parent.value)
    return found


def _wholes(visit: Visit) -> Iterator[Mapping[str, Any]]:
    """The schemas that this one is a branch of, or a base of."""
    yield from _extensions(visit.document).get((id(visit.source), visit.pointer), [])[:_WIDTH]
    here = visit
    while here.parent is not None and here.parent.subject == "schema":
        if here.pointer[-2:-1] not in (("allOf",), ("anyOf",), ("oneOf",)) and here.pointer[-1] not in (
            "not",
            "if",
            "then",
            "else",
        ):
            return
        here = here.parent
        yield here.value


def has_property(visit: Visit, schema: Any, name: str, seen: frozenset[int] = frozenset()) -> bool:
    """Whether a schema has the property itself, through one of its parts or through all of its choices; true where unsure."""
    if len(seen) > _DEPTH:
        return True
    chased = getattr(visit.document.follow(schema, visit.source), "value", None) if isinstance(schema, dict) else None
    for each in (schema, chased) if chased is not schema else (schema,):
        if not isinstance(each, dict) or id(each) in seen:
            continue
        inner = seen | {id(each)}
        if name in mapping_names(each) or any(
            has_property(visit, part, name, inner) for part in list_in(each, "allOf")[:_WIDTH]
        ):
            return True
        for key in ("anyOf", "oneOf"):
            choices = list_in(each, key)[:_WIDTH]
            if choices and all(has_property(visit, choice, name, inner) for choice in choices):
                return True
    return False


@rule(
    id="no-read-only-write-only",
    subject="schema",
    keys=("readOnly",),
    severity="error",
    summary="A property is both read-only and write-only.",
    explanation="It may then stand neither in a request nor in a response. OpenAPI forbids the two together.",
    wrong="type: string\nreadOnly: true\nwriteOnly: true",
    right="type: string\nreadOnly: true",
)
def no_read_only_write_only(visit: Visit) -> Iterator[Problem]:
    """OpenAPI 3.0, section 4.7.24.2."""
    if visit.value["readOnly"] is True and visit.value.get("writeOnly") is True:
        yield Problem("it is both readOnly and writeOnly", ("writeOnly",))


@rule(
    id="no-deprecated-xml-attribute",
    subject="schema",
    keys=("xml",),
    severity="warning",
    summary="An XML attribute is declared in a way that OpenAPI 3.2 deprecates.",
    explanation="Since 3.2 `nodeType: attribute` says it.",
    wrong="type: string\nxml:\n  attribute: true",
    right="type: string\nxml:\n  nodeType: attribute",
    spectral="oas3_2-no-deprecated-xml-attribute",
    versions=("3.2",),
    fixable=True,
)
def no_deprecated_xml_attribute(visit: Visit) -> Iterator[Problem]:
    """Only where it is true."""
    xml = visit.value["xml"]
    if isinstance(xml, dict) and xml.get("attribute") is True:
        rest = {key: value for key, value in xml.items() if key != "attribute"}
        fixes = () if "nodeType" in xml else (Fix("set", (*visit.pointer, "xml"), {"nodeType": "attribute", **rest}),)
        yield Problem("'attribute: true' is 'nodeType: attribute' since OpenAPI 3.2", ("xml", "attribute"), fixes=fixes)


@rule(
    id="no-deprecated-schema-example",
    subject="schema",
    keys=("example",),
    severity="info",
    summary="A schema has an `example`, which OpenAPI 3.1 deprecates.",
    explanation="JSON Schema has `examples`, a list. The old key works on, so the rule is off unless you switch it on.",
    wrong="type: string\nexample: Rex",
    right="type: string\nexamples: [Rex]",
    versions=("3.1", "3.2"),
    on=False,
    fixable=True,
)
def no_deprecated_schema_example(visit: Visit) -> Iterator[Problem]:
    """Mended where there are no examples yet."""
    at = visit.pointer
    fixes = (
        ()
        if "examples" in visit.value
        else (Fix("set", (*at, "examples"), [visit.value["example"]]), Fix("remove", (*at, "example")))
    )
    yield Problem("'example' in a schema is deprecated since OpenAPI 3.1: use 'examples'", ("example",), fixes=fixes)
