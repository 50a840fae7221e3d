"""JSON whose inner places are found when somebody asks for them.

The standard decoder, which is written in C, reads a value in a tenth of the composer's time and does not tell where anything
in it stands. So the composer takes the outermost levels and leaves the values below them to the decoder. A mapping or list in
there finds the places of its own entries when it is asked: it steps over each value with the decoder again, which tells where
the value ends, and so each child learns where it begins. Whoever comes down from the root, as `place_of` does, pays for the
containers on the way alone (measured: 0.1 s for the two thousand findings in 5.7 MB, which the composer takes 0.4 s to read).

The composer decides what is right: whatever the decoder does not read, or would read otherwise, the composer reads instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from json import JSONDecoder
from types import MappingProxyType
from typing import Any, Never

from photon.openapi.source.json_composer import MAX_DEPTH, MAX_DIGITS, PLAIN_KEY, Composer
from photon.openapi.source.nodes import Duplicate, MapNode, SeqNode, SyntaxFault

_OUTER = 3
"""Levels that the composer takes: the root, its sections, and the path items."""
_HALF = re.compile(r"\\u[dD](?:[89abAB]..(?!\\u[dD][c-fC-F])|[c-fC-F](?<!\\u[dD][89abAB]..\\u[dD].))")
"""Half a surrogate pair: the first without the second, or the second without the first."""
_ROOM = 4
"""Times the text's length that may be stepped over; then everything is located at once, in linear time."""


def compose_json(text: str) -> tuple[Any, list[Duplicate]]:
    """(the value, the keys that stand twice). Raises SyntaxFault."""
    if not _HALF.search(text):  # the decoder lets it pass
        try:
            return _Reader(text).document()
        except (SyntaxFault, ValueError, RecursionError):
            pass
    return Composer(text).document()


class _Lazy:
    """A container that knows its places once it is asked for them. `_known` finds them."""

    __slots__ = ()
    flow = True
    _known: _Places

    def __getattr__(self, name: str) -> Any:
        if name not in ("start", "end", "places"):
            raise AttributeError(name)
        if name == "places":
            self._known.locate(self)
        else:
            self._known.locate_all()
        return object.__getattribute__(self, name)


class _LazyMap(_Lazy, MapNode):
    __slots__ = ("_known",)
    __init__ = dict.__init__  # what a MapNode sets, __getattr__ finds
    plain = MappingProxyType[str, Any]({})  # type: ignore[assignment] # JSON has no other keys

    def key_place(self, key: str) -> tuple[int, int] | None:
        return self._known.key(self, key) if key in self else None


class _LazyList(_Lazy, SeqNode):
    __slots__ = ("_known",)
    __init__ = list.__init__


class _Places:
    """Finds the places of what the decoder read from `text`."""

    def __init__(self, text: str) -> None:
        self.root: Any = None
        self._text = text
        self._stepper = _Stepper(text)
        self._keys: dict[int, _Keys] = {}

    def key(self, node: _LazyMap, key: str) -> tuple[int, int]:
        """Where one key of a mapping stands. Its value then knows where it begins. What comes behind it is not looked at: it
        is often the most (measured: a third of the time)."""
        if self._stepper.stepped > _ROOM * len(self._text):
            return node.places[key][:2]
        keys = self._keys.get(id(node))
        if keys is None:
            keys = self._keys[id(node)] = _Keys(self._stepper, node.start)
        start, end, value = keys.up_to(key)
        if isinstance(child := node[key], MapNode | SeqNode):
            child.start = value
        return start, end

    def locate(self, node: Any) -> None:
        """The places of the entries of one container, and so where each of its children begins."""
        start = node.start
        if self._stepper.stepped > _ROOM * len(self._text):
            self.locate_all()
        else:
            _give(node, self._stepper.container(start))

    def locate_all(self) -> None:
        """All places there are, as the composer has them."""
        known, _ = Composer(self._text).document()
        stack: list[tuple[Any, Any]] = [(self.root, known)]
        while stack:
            node, known = stack.pop()
            node.start, node.end = known.start, known.end
            _give(node, known)
            stack += [(child, known[key]) for key, child in _entries(node) if isinstance(child, MapNode | SeqNode)]


def _give(node: Any, known: Any) -> None:
    """The places of `known`, which has the same entries, and so where the children stand."""
    node.places = known.places
    for key, child in _entries(node):
        if isinstance(child, MapNode | SeqNode):
            child.start, child.end = known.places[key][-2:]


def _entries(node: Any) -> Iterable[tuple[Any, Any]]:
    return node.items() if isinstance(node, dict) else enumerate(node)


class _Stepper(Composer):
    """Composes one container and steps over what is in it. stepped: over how many characters, so far."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.stepped = 0
        self._decode = JSONDecoder().raw_decode

    def container(self, start: int) -> Any:
        """What begins at `start`, with the places of its entries."""
        return super().value(start, 0)[0]

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """(anything, where the value that begins at `at` ends)."""
        _, end = self._decode(self._text, at)
        self.stepped += end - at
        return None, end

    def entry(self, at: int) -> tuple[str, int, int]:
        """(the key that begins at `at`, where it ends, where its value begins)."""
        if found := PLAIN_KEY.match(self._text, at):
            return found[1], found.end(1) + 1, found.end()
        return self._key(at)

    def behind(self, at: int) -> int:
        """Where the next key begins, behind the value that begins at `at`."""
        return self._after(self.value(at, 0)[1], "}")[1]


class _Keys:
    """The keys of one mapping as far as somebody asked for them."""

    def __init__(self, stepper: _Stepper, start: int) -> None:
        """start: of the mapping."""
        self._stepper = stepper
        self._known: dict[str, tuple[int, int, int]] = {}
        self._value = start

    def up_to(self, key: str) -> tuple[int, int, int]:
        """Where `key`, which the mapping has, begins and ends, and where its value begins."""
        stepper = self._stepper
        while key not in self._known:
            here = stepper.behind(self._value) if self._known else stepper.space(self._value + 1)
            name, end, self._value = stepper.entry(here)
            self._known[name] = here, end, self._value
        return self._known[key]


class _Reader(Composer):
    """Composes the outer levels and has the rest decoded. Raises SyntaxFault, ValueError or RecursionError at what it had
    better leave to the composer."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._known = _Places(text)
        hooks: Any = {"parse_int": _whole, "parse_float": _broken, "parse_constant": _no_number}
        self._levels: dict[int, int] = {}
        self._decode = JSONDecoder(object_pairs_hook=self._mapped, **hooks).raw_decode

    def document(self) -> tuple[Any, list[Duplicate]]:
        root, duplicates = super().document()
        self._known.root = root
        return root, duplicates

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        if depth < _OUTER:
            return super().value(at, depth)
        value, end = self._decode(self._text, at)
        if value.__class__ is list:
            value = self._listed(value)
        if isinstance(value, MapNode | SeqNode):
            value.start, value.end = at, end
        return value, end

    def _mapped(self, pairs: list[tuple[str, Any]]) -> _LazyMap:
        node: _LazyMap = _LazyMap(pairs)
        if len(node) != len(pairs):
            raise ValueError("a key stands twice")
        node._known = self._known
        if not _NESTING.isdisjoint(map(type, node.values())):  # it is in one of three (measured)
            self._settle(node)
        return node

    def _listed(self, items: list[Any]) -> _LazyList:
        node: _LazyList = _LazyList(items)
        node._known = self._known
        if not _NESTING.isdisjoint(map(type, items)):
            self._settle(node)
        return node

    def _settle(self, node: Any) -> None:
        """Makes nodes of the lists that the decoder left in it. Raises ValueError where it may be nested too deep."""
        levels = self._levels
        deepest = 1
        for key, value in _entries(node):
            child = value
            if value.__class__ is list:
                child = node[key] = self._listed(value)
            elif value.__class__ is not _LazyMap:
                continue
            if (deep := levels.get(id(child), 1)) > deepest:
                deepest = deep
        if deepest > _DEEPEST:
            raise ValueError("it is nested too deep")
        levels[id(node)] = deepest + 1


_NESTING = frozenset((_LazyMap, list))
_DEEPEST = MAX_DEPTH - _OUTER - 2


def _whole(digits: str) -> int:
    return int(_few(digits))


def _broken(digits: str) -> float:
    return float(_few(digits))


def _few(digits: str) -> str:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return digits


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is no number in JSON")
