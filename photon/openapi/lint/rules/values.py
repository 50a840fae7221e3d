"""Rules on the values in schemas: enums, constants, defaults, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from photon.openapi.lint.rule import Fix, Problem, Visit, rule
from photon.openapi.lint.rules.parts import frozen, list_in, types_of
from photon.openapi.lint.rules.validity import fits_type, misfits

_SHOWN: Final = 40
_NEVER: Final = ("missing ), unterminated", "unterminated character set", "unbalanced parenthesis", "nothing to repeat")
"""What Python's compiler says where ECMA-262 (with the flag u) does not allow the pattern either."""


@rule(
    id="no-enum-type-mismatch",
    subject="schema",
    keys=("enum", "const"),
    severity="error",
    summary="A value of an enum is of another type than the schema.",
    explanation="No value is valid then, or fewer than it seems: YAML makes a number of `404` and a boolean of `true` unless "
    "they stand in quotes. The fix puts them there where the schema is a string.",
    wrong="type: string\nenum: [low, 2]",
    right="type: string\nenum: [low, '2']",
    redocly="no-enum-type-mismatch",
    spectral="typed-enum",
    fixable=True,
)
def no_enum_type_mismatch(visit: Visit) -> Iterator[Problem]:
    """Of enum and, since 3.1, const."""
    types = types_of(visit.value)
    if not types:
        return
    values = list_in(visit.value, "enum")
    for index, value in enumerate(() if "string" in types and _are_texts(values) else values):
        if not any(fits_type(value, kind) for kind in types):
            spelled = types == ("string",) and isinstance(value, int | float) and not isinstance(value, bool)
            fixes = (Fix("set", (*visit.pointer, "enum", index), str(value)),) if spelled else ()
            yield Problem(f"{str(value)[:_SHOWN]!r} is no {' or '.join(types)}", ("enum", index), False, fixes)
    if "const" in visit.value and not any(fits_type(visit.value["const"], kind) for kind in types):
        yield Problem(f"{str(visit.value['const'])[:_SHOWN]!r} is no {' or '.join(types)}", ("const",), on_key=False)


@rule(
    id="no-duplicated-enum-values",
    subject="schema",
    keys=("enum",),
    severity="warning",
    summary="An enum has a value twice.",
    explanation="It says nothing more, and generators trip over two constants of one name. The fix takes the second away.",
    wrong="enum: [cat, dog, cat]",
    right="enum: [cat, dog]",
    redocly="no-duplicated-enum-values",
    spectral="duplicated-entry-in-enum",
    fixable=True,
)
def no_duplicated_enum_values(visit: Visit) -> Iterator[Problem]:
    """Told at each later one. 1 and 1.0 are the same, 1 and true are not."""
    seen: set[object] = set()
    values = list_in(visit.value, "enum")
    if _are_texts(values) and len(set(values)) == len(values):  # almost every one there is
        return
    for index, value in enumerate(values):
        key = frozen(value)
        if key in seen:
            fix = Fix("remove", (*visit.pointer, "enum", index))
            yield Problem(f"the enum has {str(value)[:_SHOWN]!r} already", ("enum", index), False, (fix,))
        seen.add(key)


def _are_texts(values: Iterable[object]) -> bool:
    return {str}.issuperset(map(type, values))


@rule(
    id="no-empty-enum",
    subject="schema",
    keys=("enum",),
    severity="error",
    summary="An enum has no values.",
    explanation="Nothing is one of no values, so nothing is valid. List the values, or leave the enum away.",
    wrong="type: string\nenum: []",
    right="type: string\nenum: [cat, dog]",
    spectral="oas3-schema",
)
def no_empty_enum(visit: Visit) -> Iterator[Problem]:
    """A JSON Schema of draft 4 forbids it, later ones advise against it."""
    if visit.value["enum"] == []:
        yield Problem("the enum has no values", ("enum",))


@rule(
    id="no-invalid-default",
    subject="schema",
    keys=("default",),
    severity="error",
    summary="A default does not fit its own schema.",
    explanation="The default is what a server takes where the client says nothing, so it must be a value that the client "
    "could have said.",
    wrong="type: integer\ndefault: ten",
    right="type: integer\ndefault: 10",
    spectral="oas3-valid-schema-example",
)
def no_invalid_default(visit: Visit) -> Iterator[Problem]:
    """``default: null`` is let pass: many write it to say that there is none."""
    value = visit.value["default"]
    if value is not None:
        for misfit in misfits(value, visit.value, visit.document, visit.source):
            yield Problem(f"the default {misfit.message}", ("default", *misfit.at), on_key=False)


@rule(
    id="pattern-syntax",
    subject="schema",
    keys=("pattern",),
    severity="error",
    summary="A pattern is no regular expression.",
    explanation="OpenAPI takes the regular expressions of JavaScript (ECMA-262). Of one that cannot be compiled, validators "
    "and generators give up on the whole schema.",
    wrong="type: string\npattern: '^[a-z+$'",
    right="type: string\npattern: '^[a-z]+$'",
)
def pattern_syntax(visit: Visit) -> Iterator[Problem]:
    """Only what no dialect allows: the brackets do not match, or a quantifier has nothing before it."""
    pattern = visit.value["pattern"]
    if isinstance(pattern, str) and len(pattern) <= 1000:
        try:
            re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern))
        except (re.error, RecursionError, OverflowError) as error:
            said = getattr(error, "msg", "")
            if any(said.startswith(each) for each in _NEVER):
                yield Problem(f"the pattern is no regular expression: {said}", ("pattern",), on_key=False)


@rule(
    id="no-pattern-delimiters",
    subject="schema",
    keys=("pattern",),
    severity="warning",
    summary="A pattern stands between slashes.",
    explanation="The slashes are how JavaScript writes a regular expression in code. In a document they are characters that "
    "the value must have.",
    wrong="type: string\npattern: /^[a-z]+$/",
    right="type: string\npattern: ^[a-z]+$",
    fixable=True,
)
def no_pattern_delimiters(visit: Visit) -> Iterator[Problem]:
    """A slash before ``^`` or behind ``$``, between which nothing can ever match; flags have no place in OpenAPI."""
    pattern = visit.value["pattern"]
    found = re.fullmatch(r"/(\^.*|.*\$)/([gimsuy]*)", pattern[:1000]) if isinstance(pattern, str) else None
    if found:
        fixes = () if found[2] else (Fix("set", (*visit.pointer, "pattern"), found[1]),)
        yield Problem("the slashes around the pattern are part of it", ("pattern",), False, fixes)
