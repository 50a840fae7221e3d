"""Reads YAML into nodes with places, from the events of libyaml's parser.

Not from its composer, whose nodes take ten times as long (measured: 1.9 s instead of 0.15 s for the events of 4 MB) and which
recurses without a limit. Scalars are those of YAML 1.2's core schema: ``no`` and ``2024-05-01`` are strings. Merge keys
(``<<``) are followed, as the tools for OpenAPI do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from photon.openapi.source.nodes import Duplicate, MapNode, Place, SeqNode, SyntaxFault

MAX_DEPTH = 200
MAX_NODES = 5_000_000
"""Values that a document may have once its aliases are written out; ten documents of 5 MB have fewer."""

_INT = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMERIC = frozenset("-+.0123456789")
_TAG = "tag:yaml.org,2002:"


def plain_scalar(text: str) -> Any:
    """What a scalar without quotes means (YAML 1.2.2, section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INT.fullmatch(text):
        return int(text, 8) if text.startswith("0o") else int(text, 16) if text.startswith("0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def compose_yaml(text: str) -> tuple[Any, list[Duplicate]]:
    """(the value of the only document, the keys that stand twice). Raises SyntaxFault."""
    import yaml

    composer = _Composer()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise SyntaxFault(min(mark.index, len(text)) if mark else 0, said) from None
    except yaml.reader.ReaderError as error:
        raise SyntaxFault(_unreadable(text), f"it holds a character that YAML does not allow ({error.reason})") from None
    return composer.root, composer.duplicates


_NOT_ALLOWED = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _unreadable(text: str) -> int:
    """The first character that YAML does not allow (YAML 1.2.2, section 5.1)."""
    found = _NOT_ALLOWED.search(text)
    return found.start() if found else 0


class _Frame:
    """A collection that is not finished. weight: the values in it, with its aliases written out."""

    __slots__ = ("anchor", "key", "key_end", "key_start", "merges", "node", "weight")

    def __init__(self, node: MapNode | SeqNode, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Any = self
        self.key_start = self.key_end = 0
        self.weight = 1
        self.merges: list[tuple[Any, int, int]] = []


class _Composer:
    def __init__(self) -> None:
        self.root: Any = None
        self.duplicates: list[Duplicate] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._documents = 0
        self._handlers = {
            "ScalarEvent": self._scalar,
            "MappingStartEvent": self._begin,
            "SequenceStartEvent": self._begin,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
            "AliasEvent": self._alias,
            "DocumentStartEvent": self._document,
        }

    def take(self, event: Any) -> None:
        """The next event."""
        handler = self._handlers.get(type(event).__name__)
        if handler:
            handler(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise SyntaxFault(event.start_mark.index, "there is a second document in the file")

    def _scalar(self, event: Any) -> None:
        value = event.value
        if event.style is None and event.tag is None:
            value = plain_scalar(value)
        elif event.tag not in (None, "!", f"{_TAG}str"):
            value = _tagged(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, event.start_mark.index, event.end_mark.index, 1)

    def _begin(self, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise SyntaxFault(event.start_mark.index, f"it is nested more than {MAX_DEPTH} levels deep")
        kind = MapNode if type(event).__name__ == "MappingStartEvent" else SeqNode
        if event.anchor:
            self._open.add(event.anchor)
        self._stack.append(_Frame(kind(event.start_mark.index, flow=bool(event.flow_style)), event.anchor))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        node = frame.node
        if node.flow:
            node.end = event.end_mark.index
        elif node.places:
            node.end = max(node.end, _last_end(node))
        if frame.merges:
            self._merge(frame)
        if frame.anchor:
            self._open.discard(frame.anchor)
            self._anchors[frame.anchor] = (node, frame.weight)
        self._put(node, node.start, node.end, frame.weight)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name in self._open:
            raise SyntaxFault(event.start_mark.index, f"the alias *{name} stands inside of what it repeats")
        if name not in self._anchors:
            raise SyntaxFault(event.start_mark.index, f"there is no anchor &{name} before the alias *{name}")
        value, weight = self._anchors[name]
        self._put(value, event.start_mark.index, event.end_mark.index, weight)

    def _put(self, value: Any, start: int, end: int, weight: int) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.weight += weight
        if frame.weight > MAX_NODES:
            raise SyntaxFault(start, f"its aliases, written out, are more than {MAX_NODES:,} values")
        node = frame.node
        if isinstance(node, SeqNode):
            node.append(value)
            node.places.append((start, end))
        elif frame.key is frame:
            frame.key, frame.key_start, frame.key_end = value, start, end
        else:
            key, frame.key = frame.key, frame
            self._entry(frame, node, key, value, Place(frame.key_start, frame.key_end, start, end))

    def _entry(self, frame: _Frame, node: MapNode, key: Any, value: Any, place: Place) -> None:
        if key == "<<" and isinstance(value, dict | list):
            frame.merges.append((value, place.start, place.end))
            node.end = max(node.end, place.end)
            return
        if isinstance(key, dict | list):
            raise SyntaxFault(frame.key_start, "a mapping or a list cannot be a key here")
        name = key if isinstance(key, str) else _spelled(key)
        if name in node.places:
            self.duplicates.append(Duplicate(name, node.places[name].key_start, frame.key_start))
        if not isinstance(key, str):
            node.plain[name] = key
        dict.__setitem__(node, name, value)
        node.places[name] = place

    def _merge(self, frame: _Frame) -> None:
        node = frame.node
        assert isinstance(node, MapNode)
        for value, start, end in frame.merges:
            for source in value if isinstance(value, list) else [value]:
                for key, inner in source.items() if isinstance(source, dict) else ():
                    if key not in node:
                        dict.__setitem__(node, key, inner)
                        node.places[key] = Place(start, end, start, end)


def _last_end(node: MapNode | SeqNode) -> int:
    if isinstance(node, SeqNode):
        return node.places[-1][1]
    place = next(reversed(node.places.values()))
    return max(place.end, place.key_end)


def _spelled(key: Any) -> str:
    """A key that YAML reads as a number, a boolean or null, as JSON would spell it."""
    return {True: "true", False: "false", None: "null"}[key] if key is None or isinstance(key, bool) else str(key)


def _tagged(event: Any) -> Any:
    """A scalar with a tag: the core schema's own are obeyed, every other tag is an application's and left aside."""
    name = str(event.tag).removeprefix(_TAG)
    if name in ("int", "float", "bool", "null"):
        return plain_scalar(event.value)
    return event.value


def lines_before(text: str) -> Iterator[int]:
    """The offset of the beginning of each line; a line ends with LF, CR LF or CR (YAML 1.2.2, section 5.4)."""
    yield 0
    for match in re.finditer(r"\r\n?|\n", text):
        yield match.end()
