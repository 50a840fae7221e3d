"""How a file is laid out: what its indentation, quotes and separators are, by counting some of its places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any
from weakref import WeakKeyDictionary

from photon.openapi.source.nodes import MapNode, SeqNode
from photon.openapi.source.source import Source
from photon.openapi.splice.scalars import plain_fits
from photon.openapi.splice.text import before_on_line, blank_of, column_of, is_alone

_SAMPLE = 800
"""Collections of a section that are looked at; the habits of a file do not change behind them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The habits of one file.

    json: JSON, no YAML. step: one more level of indentation. dash: columns from a key to the dashes of its list. gap,
    scalar_gap: columns from a dash to a mapping, to a scalar. quote: of strings that need one. code_quote: of status codes as
    keys. quotes_values: strings stand in quotes even where they need none. flow_lists: lists of scalars stand on one line.
    spread: collections in braces are written over several lines. colon, comma: the separators on one line. ascii: other
    characters are escaped.
    """

    json: bool
    newline: str
    step: str = "  "
    dash: int = 2
    gap: int = 2
    scalar_gap: int = 2
    quote: str = "'"
    code_quote: str = "'"
    quotes_values: bool = False
    flow_lists: bool = False
    spread: bool = True
    colon: str = ": "
    comma: str = ", "
    ascii: bool = False


_known: WeakKeyDictionary[Source, Layout] = WeakKeyDictionary()


def layout_of(source: Source) -> Layout:
    """The habits of a file; remembered as long as the source is."""
    if source not in _known:
        _known[source] = _learned(source)
    return _known[source]


def _learned(source: Source) -> Layout:
    nodes = list(_sampled(source.root))
    text, json = source.text, source.format == "json"
    colon, comma = _separators(nodes, text)
    escapes = json and text.isascii() and re.search(r"\\u[0-9a-fA-F]{4}", text) is not None
    flow = json or source.mapping.flow
    step, dash, gap, scalar_gap = (_flow_step(nodes, text), 2, 2, 2) if flow else _indentation(nodes, text)
    return Layout(
        json, source.newline, step, dash, gap, scalar_gap, *_quotes(nodes, text),
        flow_lists=_flow_lists(nodes, text), spread=not flow or _is_spread(source.root, text),
        colon=colon, comma=comma, ascii=escapes,
    )  # fmt: skip


def _sampled(root: Any) -> Iterable[MapNode | SeqNode]:
    """Some collections of the document: all sections have their share, and paths and components a large one."""
    if not isinstance(root, MapNode):
        return
    yield root
    for name, child in root.items():
        yield from islice(_below(child), _SAMPLE if name in ("paths", "components") else _SAMPLE // 20)


def _below(root: Any) -> Iterable[MapNode | SeqNode]:
    """Depth first, so that few entries of the large collections are looked at, and each after what holds it: places in JSON
    are found from there."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, MapNode | SeqNode) and node.places:
            yield node
            stack += reversed(list(islice(node.values() if isinstance(node, MapNode) else node, 20)))


def _usual(found: Counter[Any], default: Any) -> Any:
    return found.most_common(1)[0][0] if found else default


def _indentation(nodes: list[MapNode | SeqNode], text: str) -> tuple[str, int, int, int]:
    """(the indentation from mapping to mapping, columns from a key to the dashes of its list, from a dash to its item)."""
    steps, dashes, gaps, scalar_gaps = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for node in nodes:
        if isinstance(node, MapNode) and not node.flow:
            for key, place in islice(node.places.items(), 5):
                child = node[key]
                if not isinstance(child, MapNode | SeqNode) or child.flow or not child or text.startswith("*", place.start):
                    continue
                key_column = column_of(text, place.key_start)
                if isinstance(child, MapNode):
                    first = next(iter(child.places.values()))
                    steps[column_of(text, first.key_start) - key_column] += 1
                else:
                    dash = text.rfind("-", 0, child.places[0][0] + 1)
                    if text[dash + 1 : child.places[0][0]].isspace():
                        dashes[column_of(text, dash) - key_column] += 1
                        (gaps if isinstance(child[0], MapNode) else scalar_gaps)[child.places[0][0] - dash] += 1
    step = _usual(steps, 2)
    return (
        " " * (step if step > 0 else 2),
        max(0, _usual(dashes, step)),
        max(2, _usual(gaps, 2)),
        max(2, _usual(scalar_gaps, 2)),
    )


def _quotes(nodes: list[MapNode | SeqNode], text: str) -> tuple[str, str, bool]:
    """(of strings, of status codes, whether strings have them that need none)."""
    quotes, codes, needless = Counter[str](), Counter[str](), Counter[bool]()
    for node in nodes:
        if not isinstance(node, MapNode):
            continue
        for key, place in islice(node.places.items(), 20):
            if key.isdigit() and text[place.key_start] in "'\"":
                codes[text[place.key_start]] += 1
            value, mark = node[key], text[place.start : place.start + 1]
            if isinstance(value, str) and mark not in ("|", ">", "*", "&", "!", ""):
                if mark in "'\"":
                    quotes[mark] += 1
                if plain_fits(value):
                    needless[mark in "'\""] += 1
    quote = _usual(quotes, "'")
    return quote, _usual(codes, quote), (needless[True] > 9 * needless[False])


def _flow_lists(nodes: list[MapNode | SeqNode], text: str) -> bool:
    """Whether most lists of two scalars or more stand on one line."""
    found = Counter[bool]()
    for node in nodes:
        if isinstance(node, SeqNode) and len(node) > 1 and not any(isinstance(item, dict | list) for item in node):
            found[node.flow and "\n" not in text[node.start : node.places[1][0]]] += 1
    return found[True] > found[False]


def _is_spread(node: Any, text: str) -> bool:
    """Whether the root is written over several lines; an empty one gets them."""
    return not (isinstance(node, MapNode) and node) or any(
        "\n" in text[node.start : place.key_start] for place in islice(node.places.values(), 1)
    )


def _flow_step(nodes: list[MapNode | SeqNode], text: str) -> str:
    """What the first mapping that is written over several lines adds to the white space before the line of its brace."""
    steps = Counter[str]()
    for node in nodes:
        if isinstance(node, MapNode) and node.flow and node.places and len(steps) < 5:
            first = next(iter(node.places.values())).key_start
            if not is_alone(text, first) or "\n" not in text[node.start : first]:
                continue
            line, pad = before_on_line(text, first), blank_of(before_on_line(text, node.start))
            if line.startswith(pad) and len(line) > len(pad):
                steps[line[len(pad) :]] += 1
    return str(_usual(steps, "  "))


def _separators(nodes: list[MapNode | SeqNode], text: str) -> tuple[str, str]:
    """The colon and the comma of collections in braces, with the blanks around them."""
    colons, commas = Counter[str](), Counter[str]()
    for node in nodes:
        if isinstance(node, MapNode) and node.flow:
            places = list(islice(node.places.values(), 5))
            for place, following in zip_longest(places, places[1:]):
                colon = text[place.key_end : place.start]
                if colon.strip() == ":" and "\n" not in colon:
                    colons[colon] += 1
                comma = text[place.end : following.key_start] if following else ""
                if comma.strip() == "," and "\n" not in comma:
                    commas[comma] += 1
    colon = str(_usual(colons, ": "))
    return colon, str(_usual(commas, ", " if colon != ":" else ","))
