"""Writes YAML line by line, in one fixed style: two spaces, block collections, quotes only where a reader could err.

Written here, not by a library, because lines are printed while the model still writes: what is out never changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/$_(](?:[A-Za-z0-9 _./$@+(){},'-]|:(?=[A-Za-z0-9/]))*(?<! )")
"""Strings that need no quotes in block style: no indicator first, no colon before a space or the end, no hash."""
_RESERVED = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"))
"""What YAML 1.1 or 1.2 readers take for a boolean or null ('none' is quoted for people's sake)."""
_NUMERIC = re.compile(r"^[-+.]?(?:\d|0x|0o|\.(?:inf|nan))", re.IGNORECASE)

_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def yaml_lines(value: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    """The lines of a block mapping, each without its newline."""
    pad = "  " * indent
    for key, child in value.items():
        yield from _entry(f"{pad}{scalar(key)}:", child, indent)


def yaml_text(value: Mapping[str, Any]) -> str:
    """The whole document, with a newline at the end."""
    return "".join(line + "\n" for line in yaml_lines(value))


def _entry(start: str, child: Any, indent: int) -> Iterator[str]:
    """A key or a dash in `start`, then its value on the same line or on the following ones."""
    if isinstance(child, Mapping) and child:
        yield start
        yield from yaml_lines(child, indent + 1)
    elif isinstance(child, list) and child:
        yield start
        for item in child:
            yield from _item(item, indent + 1)
    elif isinstance(child, str) and _is_prose(child):
        yield from _literal(start, child, indent + 1)
    else:
        yield f"{start} {_flow(child)}"


def _is_prose(text: str) -> bool:
    """Whether every reader gets the lines of `text` back from a literal block, whose indentation the first of them decides."""
    lines = text.split("\n")
    if len(lines) < 2 or not lines[0] or lines[0][0] == " " or not lines[-1]:
        return False
    return all(line.isprintable() and not line.endswith(" ") for line in lines)


def _literal(start: str, text: str, indent: int) -> Iterator[str]:
    """Lines without an end after the last one."""
    yield f"{start} |-"
    yield from ("  " * indent + line if line else "" for line in text.split("\n"))


def _item(item: Any, indent: int) -> Iterator[str]:
    pad = "  " * indent
    if isinstance(item, Mapping) and item:
        first, *rest = yaml_lines(item, indent + 1)
        yield f"{pad}- {first.lstrip()}"
        yield from rest
    elif isinstance(item, str) and _is_prose(item):
        yield from _literal(f"{pad}-", item, indent + 1)
    elif isinstance(item, list) and item:
        yield f"{pad}- {json.dumps(item, ensure_ascii=False)}"
    else:
        yield f"{pad}- {_flow(item)}"


def _flow(value: Any) -> str:
    """A scalar or an empty collection."""
    if isinstance(value, Mapping):
        return "{}"
    return "[]" if isinstance(value, list) else scalar(value)


def scalar(value: Any) -> str:
    """One scalar: plain where every YAML reader agrees on it, else in single quotes, else (control characters) in double."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED and not _NUMERIC.match(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _number(value: float) -> str:
    """YAML 1.1 knows no exponent without a fraction."""
    mantissa, mark, exponent = repr(value).partition("e")
    return f"{mantissa}.0e{exponent}" if mark and "." not in mantissa else repr(value)


def _escaped(char: str) -> str:
    """One character between double quotes; JSON's pairs of surrogates mean nothing to YAML."""
    if char in '\\"':
        return "\\" + char
    if char.isprintable():
        return char
    if char in _ESCAPES:
        return _ESCAPES[char]
    return (
        f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
    )
