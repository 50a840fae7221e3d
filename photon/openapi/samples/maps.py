"""Finds the objects whose keys are data: ids, dates, or many names with the same kind of thing behind each."""

from __future__ import annotations

import re

from photon.openapi.samples.shape import Shape, make_map

_ID = re.compile(
    r"\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{8,}|\d{4}-\d\d(?:-\d\d)?(?:T.*)?"
    r"|[A-Za-z]{1,12}[_-](?=[A-Za-z]*\d)[A-Za-z0-9]{4,}|[\w.+-]+@[\w.-]+|(?:\d{1,3}\.){3}\d{1,3}|(?:/|https?://)\S+",
    re.ASCII | re.IGNORECASE,
)
"""What no field is called: numbers, UUIDs, hashes, dates, ids with a prefix (``cus_9s6XK``), addresses, paths."""
_CURRENCIES = frozenset(
    """
    AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN MYR NGN NOK NZD
    PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
    """.split()
)
"""ISO 4217: of the currencies those in which prices are mostly told."""
_LANGUAGE = re.compile(
    r"(?:ar|bg|cs|da|de|el|en|es|et|fi|fr|he|hi|hr|hu|it|ja|ko|lt|lv|nb|nl|pl|pt|ro|ru|sk|sl|sv|th|tr|uk|vi|zh)"
    r"(?:[-_][A-Z][A-Za-z]{1,3})?"
)
"""BCP 47: of the languages those that are no English word and no common field (``id``, ``is``, ``no``)."""
_SPARSE = 12
"""So many different keys, none of which more than half of the objects have, are data: fields come in most objects."""
_ALIKE = 8
"""So many keys with objects of the very same fields behind them are data."""


def find_maps(root: Shape) -> None:
    """Make every object with free keys a map, outer ones first, so that the values of a map are looked at as one place."""
    waiting, seen = [root.canonical], {root.canonical}
    while waiting:
        shape = waiting.pop()
        if shape.fields and (_has_ids(shape) or _has_codes(shape) or _is_sparse(shape) or _is_alike(shape)):
            make_map(shape)
        new = {each for _, each in shape.inner()} - seen
        seen |= new
        waiting += new


def _has_ids(shape: Shape) -> bool:
    """All keys are ids, and what is behind them is of one kind. A single key is enough only where it is beyond doubt."""
    if not all(_ID.fullmatch(name) for name in shape.fields):
        return False
    return len(_kinds(shape)) <= 1 and (len(shape.fields) > 1 or len(next(iter(shape.fields))) >= 8)


def _has_codes(shape: Shape) -> bool:
    """All keys are currencies, or all are languages, several of them, and what is behind them is of one kind."""
    names = shape.fields.keys()
    return len(names) > 1 and len(_kinds(shape)) <= 1 and (names <= _CURRENCIES or all(map(_LANGUAGE.fullmatch, names)))


def _is_sparse(shape: Shape) -> bool:
    rare = all(2 * member.often <= shape.objects for member in shape.fields.values())
    return len(shape.fields) >= _SPARSE and rare and len(_kinds(shape)) == 1


def _is_alike(shape: Shape) -> bool:
    inner = [member.shape.canonical for member in shape.fields.values()]
    names = {frozenset(each.fields) for each in inner}
    return len(inner) >= _ALIKE and _kinds(shape) == {frozenset(("object",))} and len(names) == 1 and len(*names) > 1


def _kinds(shape: Shape) -> set[frozenset[str]]:
    """The kinds of value behind the keys; where there was only null behind one, it fits any."""
    return {kinds for member in shape.fields.values() if (kinds := member.shape.canonical.kinds())}
