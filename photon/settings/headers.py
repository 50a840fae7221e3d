"""Headers of one's own, as the settings have them: "Name: value"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}"
"""A token of RFC 9110, 5.6.2."""

_OF_KEYS: Final = ("authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key")
_OF_THE_WIRE: Final = (
    "host",
    "content-length",
    "content-type",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "accept",
)
_SECRETIVE: Final = r"(?i)key|token|secret|password|auth|cookie|signature|credential"


def complaint(header: str) -> tuple[str, str] | None:
    """What is wrong with `header` and what to do instead, in words that do not repeat its value; None for a sound one."""
    name, colon, value = header.partition(":")
    name = name.strip()
    if not colon or not re.fullmatch(_NAME, name):
        return "must be a header as 'Name: value'", "for example 'X-Title: our API'"
    if name.lower() in _OF_KEYS:
        return f"has the header {name}: keys do not belong in settings", "photon ai keys set NAME"
    if name.lower() in _OF_THE_WIRE:
        return f"has the header {name}, which Photon sets itself", "leave it out"
    if not (value.isascii() and value.isprintable()) or len(value) > 4096:
        return f"has the header {name} with a value that is not one line of ASCII", "percent-encode what is not ASCII"
    return None


def parsed(headers: Iterable[str]) -> Mapping[str, str]:
    """The headers by name, of those that `complaint` has none about. The last of one name wins."""
    found = {}
    for header in headers:
        name, _, value = header.partition(":")
        found[name.strip()] = value.strip()
    return found


def masked_header(header: str) -> str:
    """`header` without its value where its name says that the value is a secret."""
    name, colon, _ = header.partition(":")
    return f"{name}: …" if colon and re.search(_SECRETIVE, name) else header
