"""Rules on allOf, anyOf, oneOf and on discriminators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from photon.openapi.lint.rule import Problem, Visit, rule
from photon.openapi.lint.rules.parts import frozen, list_in, mapping_in, text_in
from photon.openapi.lint.rules.schemas import has_property

_KEYS: Final = ("allOf", "anyOf", "oneOf")
_ALONE: Final = {
    "allOf": "one schema and nothing beside it, which says no more than that schema",
    "anyOf": "one schema, which is no choice",
    "oneOf": "one schema, which is no choice",
}


@rule(
    id="no-illogical-composition-keywords",
    subject="schema",
    keys=_KEYS,
    severity="warning",
    summary="A composition of schemas says nothing, or one thing twice.",
    explanation="A choice of one schema is no choice, the same schema twice is once too often, and an empty one among the "
    "choices lets everything pass. `allOf` with one `$ref` beside a description is a usual way to describe a "
    "reference, and fine.",
    wrong="oneOf:\n  - $ref: '#/components/schemas/Cat'\n  - $ref: '#/components/schemas/Cat'",
    right="oneOf:\n  - $ref: '#/components/schemas/Cat'\n  - $ref: '#/components/schemas/Dog'",
    redocly="no-illogical-composition-keywords",
)
def no_illogical_composition_keywords(visit: Visit) -> Iterator[Problem]:
    """A discriminator allows a choice of one: there will be more."""
    for key in _KEYS:
        branches = visit.value.get(key)
        if not isinstance(branches, list):
            continue
        if _is_too_short(visit, key, branches):
            yield Problem(f"{key!r} has {_ALONE[key] if branches else 'no schemas'}", (key,))
        outlines = [tuple(sorted(branch)) if isinstance(branch, dict) else None for branch in branches]
        often = Counter(outlines)
        seen: set[Any] = set()
        for index, (branch, outline) in enumerate(zip(branches, outlines, strict=True)):
            if branch == {}:
                yield Problem(f"a schema in {key!r} is empty, so that everything fits it", (key, index), on_key=False)
            same = frozen(branch) if often[outline] > 1 else outline  # a long schema takes time
            if same in seen:
                yield Problem(f"{key!r} has this schema already", (key, index), on_key=False)
            seen.add(same)


def _is_too_short(visit: Visit, key: str, branches: list[Any]) -> bool:
    if key == "allOf":
        inner = visit.resolved(branches[0]) if branches else None
        return not branches or (len(branches) == 1 and len(visit.value) == 1 and not _discriminates(inner))
    return len(branches) < 2 and not _discriminates(visit.value)


def _discriminates(schema: Any) -> bool:
    return isinstance(schema, dict) and isinstance(schema.get("discriminator"), dict)


@rule(
    id="discriminator-property",
    subject="schema",
    keys=("discriminator",),
    severity="warning",
    summary="A discriminator's property is missing in a schema that it tells apart.",
    explanation="The property tells which of the schemas a value follows, so each of them must have it, and require it.",
    wrong="oneOf: [{$ref: '#/components/schemas/Cat'}]\ndiscriminator: {propertyName: kind}  # a Cat has no kind",
    right="oneOf: [{$ref: '#/components/schemas/Cat'}]\ndiscriminator: {propertyName: kind}  # each Cat has a kind",
)
def discriminator_property(visit: Visit) -> Iterator[Problem]:
    """In each schema of a oneOf or anyOf; in the schema itself where others extend it."""
    name = text_in(mapping_in(visit.value, "discriminator"), "propertyName")
    branches = [*list_in(visit.value, "oneOf"), *list_in(visit.value, "anyOf")]
    if not name or has_property(visit, visit.value, name):
        return
    if not branches:
        yield Problem(f"the schema has no property {name!r}", ("discriminator",))
    for branch in branches:
        if isinstance(branch, dict) and not has_property(visit, branch, name):
            called = text_in(branch, "$ref").rpartition("/")[2] or "an inline schema"
            yield Problem(f"{called} has no property {name!r}, by which it is told apart", ("discriminator",))


@rule(
    id="discriminator-mapping",
    subject="schema",
    keys=("discriminator",),
    severity="error",
    summary="A discriminator's mapping leads to nothing.",
    explanation="Each value names a schema: by its reference, or by its name under `components/schemas`.",
    wrong="discriminator:\n  propertyName: kind\n  mapping:\n    cat: '#/components/schemas/Kat'",
    right="discriminator:\n  propertyName: kind\n  mapping:\n    cat: '#/components/schemas/Cat'",
    redocly="no-unresolved-refs",
    spectral="invalid-ref",
)
def discriminator_mapping(visit: Visit) -> Iterator[Problem]:
    """Addresses in the network are not followed."""
    schemas = visit.document.components("schemas")
    for value, name in mapping_in(mapping_in(visit.value, "discriminator"), "mapping").items():
        if not isinstance(name, str) or name in schemas or "://" in name:
            continue
        if not ("/" in name or "#" in name or "." in name) or not hasattr(visit.document.target(name, visit.source), "value"):
            yield Problem(f"{value!r} leads to {name!r}, which is not there", ("discriminator", "mapping", value), on_key=False)
