"""Values as text in the layout of a file: as the lines of a YAML block, or in braces and brackets (YAML flow style, JSON)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from photon.openapi.source.source import Source
from photon.openapi.splice.layout import Layout, layout_of
from photon.openapi.splice.scalars import key_text, literal_lines, scalar_text

_FLOW_WIDTH = 100
"""Lists on one line are not longer than this."""


def block_entry(key: str, value: Any, pad: str, layout: Layout) -> Iterator[str]:
    """The lines of one entry of a block mapping; `key` as it is written."""
    return block_after(f"{pad}{key}:", value, pad, layout)


def block_after(head: str, value: Any, pad: str, layout: Layout) -> Iterator[str]:
    """`head`, which ends in a colon, with the value behind it or in the lines below."""
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, pad + layout.step, layout)
    elif isinstance(value, list | tuple) and value and not (line := _flow_list(value, layout)):
        yield head
        for item in value:
            yield from block_item(item, pad + " " * layout.dash, layout)
    elif literal := literal_lines(value):
        yield f"{head} {literal[0]}"
        yield from _indented(literal[1:], pad + layout.step)
    elif isinstance(value, list | tuple) and value:
        yield f"{head} {line}"
    else:
        yield f"{head} {flow_text(value, layout)}"


def block_item(item: Any, pad: str, layout: Layout) -> Iterator[str]:
    """The lines of one item of a block list, with its dash at `pad`."""
    gap = " " * ((layout.gap if isinstance(item, Mapping) else layout.scalar_gap) - 1)
    inner = f"{pad} {gap}"
    if isinstance(item, Mapping) and item:
        first, *rest = _mapping(item, inner, layout)
        yield f"{pad}-{gap}{first.removeprefix(inner)}"
        yield from rest
    elif literal := literal_lines(item):
        yield f"{pad}-{gap}{literal[0]}"
        yield from _indented(literal[1:], inner)
    else:
        yield f"{pad}-{gap}{flow_text(item, layout)}"


def _mapping(value: Mapping[str, Any], pad: str, layout: Layout) -> Iterator[str]:
    for key, child in value.items():
        yield from block_entry(key_text(str(key), layout), child, pad, layout)


def _indented(lines: list[str], pad: str) -> Iterator[str]:
    return (f"{pad}{line}" if line else "" for line in lines)


def _flow_list(value: Any, layout: Layout) -> str:
    """A list of scalars on one line where the file writes them so; empty where not."""
    if not layout.flow_lists or any(isinstance(item, Mapping | list | tuple) for item in value):
        return ""
    text = flow_text(value, layout)
    return text if len(text) <= _FLOW_WIDTH else ""


def flow_text(value: Any, layout: Layout) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        entries = (flow_entry(str(key), child, layout) for key, child in value.items())
        return "{" + layout.comma.join(entries) + "}"
    if isinstance(value, list | tuple):
        return "[" + layout.comma.join(flow_text(item, layout) for item in value) + "]"
    return scalar_text(value, layout, flow=True)


def flow_entry(key: str, value: Any, layout: Layout) -> str:
    """A key and its value on one line, without braces."""
    return key_text(key, layout, flow=True) + layout.colon + flow_text(value, layout)


def spread_text(value: Any, pad: str, layout: Layout) -> str:
    """A value in braces over several lines; `pad` is the white space before the line on which it begins."""
    inner = pad + layout.step
    if isinstance(value, Mapping) and value:
        parts = [spread_entry(key_text(str(key), layout, flow=True), child, inner, layout) for key, child in value.items()]
        return _enclosed("{", parts, "}", pad, layout)
    if isinstance(value, list | tuple) and value:
        if line := _flow_list(value, layout):
            return line
        return _enclosed("[", [inner + spread_text(item, inner, layout) for item in value], "]", pad, layout)
    return flow_text(value, layout)


def spread_entry(key: str, value: Any, pad: str, layout: Layout) -> str:
    """An entry of a mapping in braces, from the beginning of its line on; `key` as it is written."""
    colon = layout.colon if layout.spread else ": "
    return f"{pad}{key}{colon}{spread_text(value, pad, layout)}"


def _enclosed(opening: str, parts: list[str], closing: str, pad: str, layout: Layout) -> str:
    newline = layout.newline
    return f"{opening}{newline}" + f",{newline}".join(parts) + f"{newline}{pad}{closing}"


def written_value(source: Source, key: str, value: Any) -> str:
    """An entry as it would be written in the file, from its first column on; over several lines even where JSON is minified."""
    layout = layout_of(source)
    if layout.json or source.mapping.flow:
        return spread_entry(key_text(key, layout, flow=True), value, "", layout).replace("\r\n", "\n") + "\n"
    return "".join(line + "\n" for line in block_entry(key_text(key, layout), value, "", layout))
