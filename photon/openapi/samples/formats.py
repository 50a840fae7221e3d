"""Which format a string has. Only what is certain: a format is stated where every string that was seen is of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from photon.sketch.defaults import fit_default
from photon.sketch.model import Scalar

_LONGEST = 4_096
"""Characters; of a longer string no format is stated."""
_URI = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`/]|(?:mailto|tel|urn|data):[^\s<>\"{}|\\^`])[^\s<>\"{}|\\^`]*",
    re.ASCII | re.IGNORECASE,
)
"""RFC 3986, and only where a scheme is certainly meant: ``key:value`` is of that syntax, too."""
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
"""HTML's, section 4.10.5.1.5, with a dot in the domain."""
_JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*", re.ASCII)
"""RFC 7519: header and claims are JSON objects, which begin with ``{"`` and so with eyJ in base64url."""
_BASE64 = re.compile(
    r"(?=.*[A-Z])(?=.*[a-z])(?=.*[+/=])(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)"
)
"""RFC 4648, of 16 characters and more, with one that a word or a random id does not have."""


def _of_notation(name: str) -> Callable[[str], bool]:
    kind = Scalar(name)
    return lambda text: fit_default(text, kind, lambda _: None) is not None


_FORMATS: dict[str, Callable[[str], bool]] = {
    **{name: _of_notation(name) for name in ("uuid", "datetime", "date", "time", "duration", "ipv4", "ipv6")},
    "email": lambda text: _EMAIL.fullmatch(text) is not None and text.isascii(),
    "uri": lambda text: text.isascii() and text.isprintable() and _URI.fullmatch(text) is not None,
    "jwt": lambda text: _JWT.fullmatch(text) is not None,
    "bytes": lambda text: _BASE64.fullmatch(text) is not None,
}
"""The notation's word for a format, and whether a string is of it."""


def formats_of(text: str, among: Iterable[str] = tuple(_FORMATS)) -> frozenset[str]:
    """The words of the notation, of those in `among`, for the formats that `text` has."""
    if not 3 <= len(text) <= _LONGEST:
        return frozenset()
    return frozenset(name for name in among if _FORMATS[name](text))
