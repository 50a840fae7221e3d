"""Reads samples: one JSON document, or several one after the other (JSON Lines, the output of ``jq``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from photon.errors import InvalidSpec
from photon.openapi.source.source import MAX_BYTES, Source, excerpt

_SPACE = re.compile(r"[ \t\n\r\x1e]*")
"""With the record separator of JSON text sequences (RFC 7464)."""


class _Unusual(Exception):
    """A constant that JSON does not have, or a key that is there twice; the decoder does not tell where."""


def read_samples(data: bytes, path: Path | None) -> Iterator[Any]:
    """The documents in `data`, which came from `path` (None is stdin), one at a time, so that not all need be in memory.

    Raises InvalidSpec, with line and column, where it is no JSON, holds NaN, Infinity or a key twice, is nested too deeply or
    larger than MAX_BYTES; and where there is no document at all.
    """
    import json

    text = _text(data, path)
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused)
    at = _after_space(text, 0)
    if at == len(text):
        raise InvalidSpec(f"{_name(path)} is empty", hint="give a JSON document: --from user.json")
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            message = f"is no JSON: {error.msg[0].lower()}{error.msg[1:]}"
            raise _fault(text, path, error.pos, message) from None
        except _Unusual as unusual:
            raise _located(text, path, at, str(unusual)) from None
        except RecursionError:
            raise _fault(text, path, at, "is nested too deeply") from None
        except ValueError:  # more digits than Python turns into a number
            raise _located(text, path, at, "a number has too many digits") from None
        yield value
        at = _after_space(text, end)


def _text(data: bytes, path: Path | None) -> str:
    if len(data) > MAX_BYTES:
        raise InvalidSpec(
            f"{_name(path)} is larger than {MAX_BYTES // 2**20} MiB", hint="a part of it is enough: head -n 1000 samples.jsonl"
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidSpec(f"{_name(path)} is UTF-16, not UTF-8", hint="iconv -f UTF-16 -t UTF-8 converts it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidSpec(f"{_name(path)}:{line} is not UTF-8 text", hint="iconv -t UTF-8 converts it") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        again = next(key for key, often in Counter(key for key, _ in pairs).items() if often > 1)
        raise _Unusual(f"the key {again[:60]!r} stands twice in one object")
    return found


def _refused(constant: str) -> Any:
    raise _Unusual(f"{constant} is no JSON")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _located(text: str, path: Path | None, at: int, message: str) -> InvalidSpec:
    """The error at the place that the slower reader, which knows places, finds in the document that begins at `at`."""
    import json

    from photon.openapi.source.json_text import compose_json
    from photon.openapi.source.nodes import SyntaxFault

    try:
        _, end = json.JSONDecoder(parse_int=str).raw_decode(text, at)
        _, duplicates = compose_json(text[at:end])
        return _fault(text, path, at + duplicates[0].again if duplicates else at, message)
    except SyntaxFault as fault:
        return _fault(text, path, at + fault.offset, message)
    except (ValueError, RecursionError):
        return _fault(text, path, at, message)


def _fault(text: str, path: Path | None, offset: int, message: str) -> InvalidSpec:
    source = Source(path, text, False, "json", None)
    position = source.position(min(offset, len(text)))
    return InvalidSpec(
        f"{source.name}:{position} {message}",
        hint="check it with: jq . FILE",
        excerpt=excerpt(source, position),
        line=position.line,
        column=position.column,
    )


def _name(path: Path | None) -> str:
    return str(path) if path else "<stdin>"
