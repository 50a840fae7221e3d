"""Reads YAML into nodes with places, from the events of libyaml's parser.

Not from its composer, whose nodes take ten times as long (measured: 1.9 s instead of 0.15 s for the events of 4 MB) and which
recurses without a limit. Scalars are those of YAML 1.2's core schema: ``no`` and ``2024-05-01`` are strings. Merge keys
(``<<``) are followed, as the tools for OpenAPI do.

A value's place is that of its own text: from its anchor or tag, if it has one, to its last character. A block scalar ends
with its last line, without the line's end; lines that are empty after it belong to it only where it keeps them (``|+``), and
then all but the last line end. (libyaml lets it end where the next token begins.) So no place ends in a comment, and only that
of ``|+`` may end in a line end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from photon.openapi.source.nodes import LINE_END, Duplicate, MapNode, Place, SeqNode, SyntaxFault

MAX_DEPTH = 200
MAX_NODES = 5_000_000
"""Values that a document may have once its aliases are written out; ten documents of 5 MB have fewer."""

_MAX_DIGITS = 4_000
"""More than Python turns into a number at once, which takes time in the square of them."""
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]{1,3000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_place = tuple.__new__
"""Half the time of ``Place(...)``, two hundred thousand times."""
_NUMERIC = frozenset("-+.0123456789")
_TAG = "tag:yaml.org,2002:"


def plain_scalar(text: str) -> Any:
    """What a scalar without quotes means (YAML 1.2.2, section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC or len(text) > _MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text, 8) if text.startswith("0o") else int(text, 16) if text.startswith("0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def compose_yaml(text: str) -> tuple[Any, list[Duplicate]]:
    """(the value of the only document, the keys that stand twice). Raises SyntaxFault."""
    import yaml

    composer = _Composer(text)
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        composer.take(iter(loader.get_event, None))  # yaml.parse asks before each whether there is one
    except yaml.MarkedYAMLError as error:
        unclosed = "end of stream" in (error.problem or "")  # then where it was opened says more
        mark = (error.context_mark if unclosed else None) or error.problem_mark or error.context_mark
        at = min(mark.index, len(text)) if mark else 0
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise SyntaxFault(at, _TAB if text.startswith("\t", at) else said) from None
    except yaml.reader.ReaderError as error:
        raise SyntaxFault(_unreadable(text), f"it holds a character that YAML does not allow ({error.reason})") from None
    return composer.root, composer.duplicates


_TAB = "a tab stands here, with which YAML cannot be indented: write spaces in its place"
_NOT_ALLOWED = "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled where it is needed: it takes 2 ms."""


def _unreadable(text: str) -> int:
    """The first character that YAML does not allow (YAML 1.2.2, section 5.1)."""
    found = re.search(_NOT_ALLOWED, text)
    return found.start() if found else 0


class _Frame:
    """A collection that is not finished. start: where it begins with its anchor and tag. weight: the values in it, with its
    aliases written out; height: the levels below it, the same way."""

    __slots__ = ("anchor", "height", "key", "key_end", "key_start", "merges", "node", "start", "weight")

    def __init__(self, node: MapNode | SeqNode, anchor: str | None, start: int) -> None:
        self.node = node
        self.anchor = anchor
        self.start = start
        self.key: Any = self
        self.key_start = self.key_end = 0
        self.weight = 1
        self.height = 0
        self.merges: list[tuple[Any, int, int]] = []


class _Composer:
    def __init__(self, text: str) -> None:
        self._text = text
        self.root: Any = None
        self.duplicates: list[Duplicate] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._open: set[str] = set()
        self._documents = 0

    def take(self, events: Iterable[Any]) -> None:
        """Every event in its turn."""
        from yaml import events as kinds

        handler_of = {
            kinds.ScalarEvent: self._scalar,
            kinds.MappingStartEvent: self._begin,
            kinds.SequenceStartEvent: self._begin,
            kinds.MappingEndEvent: self._end,
            kinds.SequenceEndEvent: self._end,
            kinds.AliasEvent: self._alias,
            kinds.DocumentStartEvent: self._document,
        }.get
        for event in events:
            handler = handler_of(event.__class__)
            if handler:
                handler(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise SyntaxFault(event.start_mark.index, "there is a second document in the file")

    def _scalar(self, event: Any) -> None:
        value, style = event.value, event.style
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag is not None:
            value = _tagged(event)
        elif not style:  # "" from libyaml, None from PyYAML's own parser
            value = plain_scalar(value)
        if style and style in "|>":
            end = start + _block_scalar_end(self._text[start:end], event.value)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, -1)
        self._put(value, start, end)

    def _begin(self, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise SyntaxFault(event.start_mark.index, f"it is nested more than {MAX_DEPTH} levels deep")
        kind = MapNode if event.__class__.__name__ == "MappingStartEvent" else SeqNode
        if event.anchor:
            self._open.add(event.anchor)
        start, begin = event.start_mark.index, event.end_mark.index
        if event.flow_style or (begin > start and self._text[begin - 1] == "-"):
            begin -= 1  # behind the bracket, or behind the first dash of a list that is not indented
        self._stack.append(_Frame(kind(begin, flow=bool(event.flow_style)), event.anchor, start))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        node = frame.node
        if node.flow:
            node.end = event.end_mark.index
        if frame.merges:
            self._merge(frame)
        if frame.anchor:
            self._open.discard(frame.anchor)
            self._anchors[frame.anchor] = (node, frame.weight, frame.height)
        self._put(node, frame.start, node.end, frame.weight, frame.height)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name in self._open:
            raise SyntaxFault(event.start_mark.index, f"the alias *{name} stands inside of what it repeats")
        if name not in self._anchors:
            raise SyntaxFault(event.start_mark.index, f"there is no anchor &{name} before the alias *{name}")
        value, weight, height = self._anchors[name]
        if len(self._stack) + height >= MAX_DEPTH:
            raise SyntaxFault(event.start_mark.index, f"its aliases, written out, are nested more than {MAX_DEPTH} levels deep")
        self._put(value, event.start_mark.index, event.end_mark.index, weight, height)

    def _put(self, value: Any, start: int, end: int, weight: int = 1, height: int = -1) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.weight += weight
        if frame.weight > MAX_NODES:
            raise SyntaxFault(start, f"its aliases, written out, are more than {MAX_NODES:,} values")
        if height >= frame.height:
            frame.height = height + 1
        node = frame.node
        node.end = end
        if isinstance(node, SeqNode):
            node.append(value)
            node.places.append((start, end))
        elif frame.key is frame:
            frame.key, frame.key_start, frame.key_end = value, start, end
        else:
            key, frame.key = frame.key, frame
            place = _place(Place, (frame.key_start, frame.key_end, start, end))
            if key.__class__ is str and key != "<<" and key not in node:
                node[key] = value
                node.places[key] = place
            else:
                self._unusual(frame, node, key, value, place)

    def _unusual(self, frame: _Frame, node: MapNode, key: Any, value: Any, place: Place) -> None:
        """An entry whose key is no string, or a merge key, or there already."""
        if key == "<<" and isinstance(value, dict | list):
            frame.merges.append((value, place.start, place.end))
            return
        if isinstance(key, dict | list):
            raise SyntaxFault(frame.key_start, "a mapping or a list cannot be a key here")
        name = key if isinstance(key, str) else _spelled(key)
        if name in node.places:
            self.duplicates.append(Duplicate(name, node.places[name].key_start, frame.key_start))
        if not isinstance(key, str):
            node.plain[name] = key
        node[name] = value
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


def _block_scalar_end(text: str, value: str) -> int:
    """How much of `text`, from the indicator of a block scalar to the next token, is its own."""
    header = LINE_END.split(text, maxsplit=1)[0].partition("#")[0]
    last = value.rstrip("\n").rpartition("\n")[2]
    if "+" in header or (last and last.isspace()):  # its last line is one of spaces
        return len(text.removesuffix("\n").removesuffix("\r"))
    end = len(text.rstrip(" \r\n"))
    found = LINE_END.search(text, end)
    return found.start() if found else len(text)


def _spelled(key: Any) -> str:
    """A key that YAML reads as a number, a boolean or null, as JSON would spell it."""
    return {True: "true", False: "false", None: "null"}[key] if key is None or isinstance(key, bool) else str(key)


def _tagged(event: Any) -> Any:
    """A scalar with a tag: the core schema's own are obeyed, every other tag is an application's and left aside."""
    name = str(event.tag).removeprefix(_TAG)
    if name in ("int", "float", "bool", "null"):
        return plain_scalar(event.value)
    return event.value
