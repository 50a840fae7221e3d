"""Scalars and keys as text: plain where every reader agrees on it, else in the quotes that the file uses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from photon.openapi.yaml_text import scalar

if TYPE_CHECKING:
    from photon.openapi.splice.layout import Layout

_FLOW_MARKS = frozenset(",[]{}:")
_BLANK_FIRST = re.compile(r"[ \t\n]")


def plain_fits(text: str) -> bool:
    """Whether a string needs no quotes in block style."""
    if not text.isascii():
        text = "".join("x" if char.isalpha() else char for char in text)
    return scalar(text) == text


def key_text(name: str, layout: Layout, *, quote: str = "", flow: bool = False) -> str:
    """A key: in `quote` where its neighbours are, status codes always in quotes (OpenAPI 3.1, section 4.8.16)."""
    if layout.json:
        return json.dumps(name, ensure_ascii=layout.ascii)
    if name.isdigit():
        return quoted(name, quote or layout.code_quote)
    if quote:
        return quoted(name, quote)
    return name if plain_fits(name) and not (flow and _FLOW_MARKS & set(name)) else quoted(name, layout.quote)


def scalar_text(value: Any, layout: Layout, *, flow: bool = False) -> str:
    """A scalar on one line."""
    if layout.json:
        return json.dumps(value, ensure_ascii=layout.ascii)
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):  # noqa: PLR0124 - that is NaN
        return {"inf": ".inf", "-inf": "-.inf"}.get(repr(value), ".nan")
    if value is None or isinstance(value, bool | int | float):
        return scalar(value)
    text = str(value)
    plain = not layout.quotes_values and plain_fits(text) and not (flow and _FLOW_MARKS & set(text))
    return text if plain else quoted(text, layout.quote)


def quoted(text: str, quote: str) -> str:
    """A string in the quotes `quote`; in double ones where only those can hold it."""
    if not text.isprintable():
        return scalar(text)
    return json.dumps(text, ensure_ascii=False) if quote == '"' else "'" + text.replace("'", "''") + "'"


def literal_lines(value: Any) -> list[str] | None:
    """The header and the lines of a string of several lines as a block scalar (``|``); None where it cannot be one."""
    if not isinstance(value, str) or "\n" not in value or _BLANK_FIRST.match(value) or value.endswith("\n\n"):
        return None
    lines = value.removesuffix("\n").split("\n")
    if not all(line.replace("\t", "").isprintable() for line in lines) or not lines[-1].strip():
        return None
    return ["|" if value.endswith("\n") else "|-", *lines]
