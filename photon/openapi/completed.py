"""Puts together what a request lists and what a model made of it: every field that is listed is there, as it is listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from photon.openapi.named_types import is_certain, type_by_name
from photon.openapi.naming import singular, words
from photon.sketch.defaults import fit_default
from photon.sketch.listed import Listed, ListedField
from photon.sketch.model import Array, Component, Default, Enum, Field, Map, Nullable, Number, Object, Scalar, Type
from photon.sketch.scan import NUMBER, number
from photon.sketch.types import MEASURED

_COLLECTIONS = frozenset("items lines entries elements records attachments tags roles members participants".split())
"""Plurals that are no count."""
_PLURAL_TEXTS = frozenset("notes terms instructions remarks comments contents thanks directions conditions credentials".split())
"""Plurals that are one text."""


@dataclass(slots=True)
class _Changes:
    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def completed(components: Sequence[Component], asked: Listed) -> tuple[tuple[Component, ...], tuple[str, ...]]:
    """(the components, the first one with every field that is `asked` for, one line for each change that matters).

    Fields that are not listed go where the list was understood as a whole: the request says what it wants.
    """
    if not asked.fields or not components:
        return tuple(components), ()
    first, *others = components
    told = _Changes()
    given = first.type.fields if isinstance(first.type, Object) else ()
    fields = _merged(asked.fields, given, told, extras=not asked.whole)
    return (replace(first, type=Object(fields)), *others), tuple(told.lines)


def _merged(asked: Sequence[ListedField], given: Sequence[Field], told: _Changes, *, extras: bool) -> tuple[Field, ...]:
    left = list(given)
    pairs: list[tuple[ListedField, Field | None]] = []
    for same in (_same_name, _similar_name):
        for each in asked:
            if any(each is listed for listed, _ in pairs):
                continue
            match = next((candidate for candidate in left if same(each.name, candidate.name)), None)
            if match is not None:
                left.remove(match)
                pairs.append((each, match))
    answers = {listed.name: match for listed, match in pairs}
    fields = []
    for each in asked:
        match = answers.get(each.name)
        if match is None:
            told(f"added {each.name}, which the request names")
        fields.append(_field(each, match, told))
    if not extras:
        for extra in left:
            told(f"left out {extra.name}, which the request does not list")
        return tuple(fields)
    names = {each.name for each in fields}
    return (*fields, *(each for each in left if each.name not in names))


def _field(asked: ListedField, given: Field | None, told: _Changes) -> Field:
    kind = _type(asked, given.type if given else None, told)
    default = given.default if given else None
    if asked.default is not None:
        default = fit_default(asked.default, kind, lambda _: None) or default
    elif default and not _still_fits(default, kind):
        default = None
    optional = asked.optional or default is not None
    return Field(
        asked.name, Nullable(kind) if asked.nullable else kind, optional, default, given.description if given else None
    )


def _still_fits(default: Default, kind: Type) -> bool:
    return fit_default(default.value, kind, lambda _: None) == default


def _type(asked: ListedField, given: Type | None, told: _Changes) -> Type:
    nullable = isinstance(given, Nullable) and not asked.optional
    inner = given.inner if isinstance(given, Nullable) else given
    kind = _present(asked, inner, told)
    return Nullable(kind) if nullable and not asked.nullable else kind


def _present(asked: ListedField, given: Type | None, told: _Changes) -> Type:
    many = asked.many or isinstance(given, Array) or (given is None and _is_many(asked.name))
    if asked.fields:
        inner = given.items if isinstance(given, Array) else given
        known = inner.fields if isinstance(inner, Object) else ()
        made: Type = Object(_merged(asked.fields, known, _Changes(), extras=False))
        return Array(made) if many or _is_many(asked.name) else made
    if asked.values:
        listed = Enum(asked.values)
        return Array(listed) if many or _is_many(asked.name) else listed
    if (asked.default or "").lower() in ("true", "false") and given in (None, Scalar("string")):
        return Scalar("bool")
    if asked.type:
        kind: Type = given if asked.type == "object" and isinstance(given, Map) else _limited(Scalar(asked.type), asked)
        return Array(kind) if asked.many else kind
    if given is None:
        given = type_by_name(asked.name)
    elif given == Scalar("string") and (is_certain(asked.name) or _is_list(asked.name)):
        given = type_by_name(asked.name)
        told(f"made {asked.name} what its name says, no string")
    if given in (Scalar("int"), Scalar("object")) and words(asked.name)[-1:] and words(asked.name)[-1] in _COLLECTIONS:
        given = Array(Scalar("object"))
        told(f"made {asked.name} a list, as its name says")
    if asked.many and not isinstance(given, Array):
        given = Array(given)
    return _limited(given, asked)


def _is_many(name: str) -> bool:
    """Whether the name is a plural; what is the same in both numbers (species) is none."""
    found = words(name)
    return bool(found) and singular(found[-1]) != found[-1]


def _is_list(name: str) -> bool:
    """Whether a field of that name is a list even where a model says string."""
    return _is_many(name) and words(name)[-1] not in _PLURAL_TEXTS and isinstance(type_by_name(name), Array)


def _limited(kind: Type, asked: ListedField) -> Type:
    """With the limits that the request states; one that it does not state is the kind's own. Raises nothing."""
    if not (isinstance(kind, Scalar) and (asked.low or asked.high)):
        return kind
    low, high = (_number(text) if text else None for text in (asked.low, asked.high))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return kind
    stated = [limit for limit in (low, high) if limit is not None]
    whole = all(isinstance(limit, int) for limit in stated)
    if kind.name in ("int", "number") or (kind == Scalar("string") and not asked.type and len(stated) == 2):
        return Scalar("int" if whole and kind.name != "number" else "number", low, high)
    return replace(kind, minimum=low, maximum=high) if kind.name in MEASURED and whole and min(stated) >= 0 else kind


def _number(text: str) -> Number | None:
    return number(text) if NUMBER.fullmatch(text) else None


def _same_name(one: str, other: str) -> bool:
    return _folded(one) == _folded(other)


def _similar_name(one: str, other: str) -> bool:
    """``discountPercentage`` and ``discountPercent``, ``releaseYear`` and ``year``, ``departureTime`` and ``departsAt``."""
    mine, its = words(one), words(other)
    if not mine or not its:
        return False
    if _folded(one).startswith(_folded(other)) or _folded(other).startswith(_folded(one)):
        return min(len(_folded(one)), len(_folded(other))) >= 4
    if set(its) <= set(mine) or set(mine) <= set(its):
        return True
    stem = 5
    return mine[0][:stem] == its[0][:stem] and len(mine[0]) >= stem and len(mine) == len(its)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
