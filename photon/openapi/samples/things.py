"""Finds the objects that stand at several places of the samples, and names each: they become components of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from photon.openapi.naming import singular, words
from photon.openapi.samples.shape import Shape, unite

_GENERIC = frozenset(
    """
    id name title type kind label slug key code value description url href link self status state created updated date
    createdat updatedat created_at updated_at createddate updateddate uuid count total position order index text
    """.split()
)
"""Fields that things of all sorts have: what has no other ones in common need not be the same thing."""
_SPECIFIC = 2
"""So many fields that are not generic make two objects of the same fields the same thing, whatever they are called."""
_COMPARED = 300
"""So many places are compared with each other; in larger samples those behind them keep their own schemas."""
_WRAPPERS = frozenset(
    "data items results values entries records content list rows elements nodes edges objects payload result".split()
)
"""Names of fields that say nothing of what is in them."""
_LISTINGS = ("list", "page", "response", "result", "results", "collection", "listing", "search", "envelope")
_TELLTALES: tuple[tuple[str, frozenset[str]], ...] = (
    ("Address", frozenset(("street", "city"))), ("Address", frozenset(("line1", "city"))),
    ("Address", frozenset(("city", "zip"))), ("Address", frozenset(("city", "country"))),
    ("Money", frozenset(("amount", "currency"))),
    ("GeoPoint", frozenset(("lat", "lng"))), ("GeoPoint", frozenset(("lat", "lon"))),
    ("GeoPoint", frozenset(("latitude", "longitude"))), ("Dimensions", frozenset(("width", "height"))),
    ("Period", frozenset(("from", "to"))), ("Period", frozenset(("start", "end"))),
)  # fmt: skip
"""What an object with these fields is, where the names of its places do not agree."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an object stands: in which object (None is the root's own place), in which of its fields, one or many there."""

    parent: Shape | None
    field: str
    many: bool
    thing: Shape


def find_things(root: Shape, name: str, taken: Iterable[str] = ()) -> dict[Shape, str]:
    """The name of every object that becomes a component, the root's first where it is one. Places are merged on the way.

    name: of the root. taken: names that mean something else already.
    """
    while _unite_one_round(list(_places(root))):
        pass
    places = list(_places(root))
    edges = Counter(place.thing for place in places)
    things = [thing for thing in edges if edges[thing] > 1 or any(each.many for each in places if each.thing is thing)]
    names: dict[Shape, str] = {}
    used = {name, *taken}
    top = root.canonical
    if is_object(top):
        names[top] = name
    for thing in things:
        if thing not in names:
            names[thing] = _unused(_name(thing, [each for each in places if each.thing is thing], names, name), used)
            used.add(names[thing])
    return names


def is_object(shape: Shape) -> bool:
    """Whether it has named fields."""
    return bool(shape.fields) and shape.entries is None


def _places(root: Shape) -> Iterator[_Place]:
    """Every way to an object with fields, outer ones first, in the order of the samples; an object comes once for each."""
    top = root.canonical
    waiting: list[_Place] = [_Place(None, "", False, top)]
    seen = {top}
    while waiting:
        place = waiting.pop(0)
        if (is_object(place.thing) and place.parent is not None) or (is_object(place.thing) and place.many):
            yield place
        if place.parent is not None and place.thing in seen:
            continue
        seen.add(place.thing)
        owner = place.thing if is_object(place.thing) else place.parent
        for field, inner in place.thing.inner():
            many = not field or (place.many and not is_object(place.thing))
            waiting.append(_Place(owner, field or place.field, many, inner))


def _unite_one_round(places: list[_Place]) -> bool:
    """Merge the places of the same things; False where there are none any more."""
    changed = False
    for one, other in combinations(places[:_COMPARED], 2):
        first, second = one.thing.canonical, other.thing.canonical
        if first is not second and _fit(first, second) and (_last_word(one) == _last_word(other) or _are_alike(first, second)):
            unite(first, second)
            changed = True
    for place in places:  # a tree: the thing has a field of the name under which it stands itself
        thing, parent = place.thing.canonical, place.parent.canonical if place.parent else None
        if parent is not None and parent is not thing and place.field in thing.fields and _fit(parent, thing):
            unite(parent, thing)
            changed = True
    return changed


def _are_alike(one: Shape, other: Shape) -> bool:
    """Whether they have the same fields, some of which not everything has."""
    specific = [name for name in one.fields if name.lower() not in _GENERIC]
    return one.fields.keys() == other.fields.keys() and len(specific) >= _SPECIFIC


def _fit(one: Shape, other: Shape) -> bool:
    """Whether at least half of the fields are the same, two of them at least, and those of the same kinds."""
    shared = one.fields.keys() & other.fields.keys()
    if len(shared) < 2 or 2 * len(shared) < len(one.fields.keys() | other.fields.keys()):
        return False
    pairs = [(one.fields[name].shape.canonical.kinds(), other.fields[name].shape.canonical.kinds()) for name in shared]
    return all(mine == its or not mine or not its for mine, its in pairs)


def _last_word(place: _Place) -> str:
    found = words(place.field)
    return singular(found[-1]) if found else ""


def _name(thing: Shape, places: list[_Place], names: dict[Shape, str], root: str) -> str:
    """The words that the places have in common at the end; what its fields tell; else the first place's name."""
    lists = [[*words(place.field)[:-1], _last_word(place)] for place in places if words(place.field)]
    common = _common_end(lists)
    if common and len({tuple(each) for each in lists}) > 1 and common[0] not in _WRAPPERS:
        return _pascal(common)
    telling = next((name for name, fields in _TELLTALES if fields <= thing.fields.keys()), None)
    if telling and len({tuple(each) for each in lists}) > 1:
        return telling
    first = places[0]
    owner = names.get(first.parent, root) if first.parent else root
    if not lists or {*words(first.field)} <= _WRAPPERS or lists[0][0] == "by":
        return item_name(owner)
    return _pascal(lists[0])


def item_name(listing: str) -> str:
    """What is in a ``UserList``, a ``UserPage`` or ``Users``: a User; in a Cart: a CartItem."""
    found = words(listing)
    if len(found) > 1 and found[-1] in _LISTINGS:
        return _pascal([*found[:-2], singular(found[-2])])
    single = _pascal([*found[:-1], singular(found[-1])]) if found else "Item"
    return single if single.lower() != listing.lower() else f"{listing}Item"


def _common_end(lists: list[list[str]]) -> list[str]:
    common: list[str] = []
    for column in zip(*(reversed(each) for each in lists), strict=False):
        if len(set(column)) > 1:
            break
        common.insert(0, column[0])
    return common


def _pascal(parts: Iterable[str]) -> str:
    name = "".join(part[:1].upper() + part[1:] for part in parts).lstrip("0123456789")
    return name or "Item"


def _unused(name: str, used: set[str]) -> str:
    from photon.sketch.types import is_reserved

    if is_reserved(name):
        name = f"{name}Object"
    candidates = (name, *(f"{name}{number}" for number in range(2, 10_000)))
    return next(each for each in candidates if each not in used)
