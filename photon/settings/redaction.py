"""What no log, record, message or dry run may show: the keys that this process knows of, and whatever looks like one.

Known secrets are masked wherever they stand, whole or cut short; the shapes below only where they cannot be ordinary words,
for an API's description is full of the words bearer, basic and api-key.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from photon.settings.headers import masked_header

MASK: Final = "[key]"

_SHORTEST: Final = 8
"""Characters. What is shorter is a placeholder of servers that want no key ("none", "EMPTY", "ollama"), and a word, too."""

_TELLING: Final = 12
"""So many first characters of a known secret give it away where a server or a log has cut it short."""

_TOKEN: Final = r"[\w.~+/*=-]"
_LOOKS_SECRET: Final = rf"(?={_TOKEN}*\d){_TOKEN}{{8,}}"
"""A digit is what tells "Authorization: Bearer 4f9c2e81" from "Authorization: required"."""

_SHAPES: Final = tuple(
    (markers, re.compile(pattern, re.IGNORECASE), replacement)
    for markers, pattern, replacement in (
        # The schemes of RFC 6750 and 7617, in a header or in prose, where "Bearer authentication" is no secret
        (("bearer ",), rf"\b(bearer\s+)(?={_TOKEN}*\d){_TOKEN}{{16,}}", rf"\1{MASK}"),
        (("basic ",), rf"\b(basic\s+)(?={_TOKEN}*(?:\d|(?-i:[a-z][A-Z]))){_TOKEN}{{8,}}", rf"\1{MASK}"),
        (
            ("authorization", "api-key", "api_key", "apikey", "auth-token", "access_token"),
            r"((?:authorization|api[_-]?key|auth-token|access_token)[\"']?[ \t]*[:=][ \t]*[\"']?(?:(?:bearer|token)[ \t]+)?)"
            + _LOOKS_SECRET,
            rf"\1{MASK}",
        ),
        (("?key=", "&key="), rf"([?&]key=){_LOOKS_SECRET}", rf"\1{MASK}"),
        # RFC 3986, 3.2.1: a name with a password, or a token in its place
        (("://",), r"(?<=://)(?:[^\s/?#@:\"']{0,256}:[^\s/?#\"']{1,512}|[^\s/?#@:\"']{16,512})@", f"{MASK}@"),
    )
)

_PREFIXES: Final = (
    ("sk-", re.compile(r"\bsk-[\w*-]{8,}")),  # OpenAI, Anthropic, OpenRouter, DeepSeek
    ("gsk_", re.compile(r"\bgsk_\w{16,}")),  # Groq
    ("xai-", re.compile(r"\bxai-\w{16,}")),
    ("hf_", re.compile(r"\bhf_\w{16,}")),  # Hugging Face
    ("AIza", re.compile(r"\bAIza[\w-]{20,}")),  # Google
    ("A", re.compile(r"\bA(?:KI|SI)A[0-9A-Z]{16}\b")),  # AWS
    ("gh", re.compile(r"\bgh[pousr]_\w{20,}")),
    ("github_pat_", re.compile(r"\bgithub_pat_\w{20,}")),
    ("glpat-", re.compile(r"\bglpat-[\w-]{16,}")),
    ("xox", re.compile(r"\bxox[abeoprs]-[\w-]{8,}")),  # Slack
    ("_live_", re.compile(r"\b[rs]k_live_\w{8,}")),  # Stripe
    ("eyJ", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),  # a JWT with its payload (RFC 7519)
)


class Redactor:
    """Masks `secrets`, and what looks like a secret, in any text. Masking twice is masking once."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        worth = {secret.strip() for secret in secrets}
        known = sorted({form for secret in worth for form in _written(secret)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(_recognised, known))) if known else None

    def without_known(self, text: str) -> str:
        """`text` with ``[key]`` in place of each of the secrets, and otherwise as it is."""
        return self._known.sub(MASK, text) if self._known else text

    def redacted(self, text: str) -> str:
        """`text` with ``[key]`` in place of each secret."""
        text = self.without_known(text)
        for marker, pattern in _PREFIXES:
            if marker in text:
                text = pattern.sub(MASK, text)
        lower = text.lower()
        for markers, pattern, replacement in _SHAPES:
            if any(marker in lower for marker in markers):
                text = pattern.sub(replacement, text)
        return text


def redacted(text: str) -> str:
    """`text` without the secrets of this process (its NAME_API_KEY variables, the master password, every key that was found
    and handed to `remember_secret`) and without what looks like somebody else's.
    """
    return _redactor(frozenset(_remembered), _in_environment(os.environ)).redacted(text)


def without_own_secrets(text: str) -> str:
    """`text` without the secrets of this process. What only looks like one stays: an answer may hold an example of a key."""
    return _redactor(frozenset(_remembered), _in_environment(os.environ)).without_known(text)


def remember_secret(secret: str) -> None:
    """From here on `redacted` masks `secret`."""
    _remembered.add(secret)


def remember_url(url: str) -> None:
    """The password in `url`, if there is one, is a secret; also in the header that is sent for it (RFC 7617)."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.password or parts.username:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        remember_secret(password or user)
        remember_secret(b64encode(f"{user}:{password}".encode()).decode())


def remember_headers(headers: Mapping[str, str]) -> None:
    """The values of those `headers` whose names say so are secrets."""
    for name, value in headers.items():
        if masked_header(f"{name}: {value}") != f"{name}: {value}":
            remember_secret(value)


_remembered: set[str] = set()


@lru_cache(maxsize=4)
def _redactor(*secrets: frozenset[str]) -> Redactor:
    return Redactor(frozenset[str]().union(*secrets))


def _in_environment(environ: Mapping[str, str]) -> frozenset[str]:
    names = [name for name in environ if name.endswith("_API_KEY") or name == "PHOTON_MASTER_PASSWORD"]
    return frozenset(environ[name] for name in names)


def _written(secret: str) -> set[str]:
    """The ways in which a secret is written: as it is, in a URL, in JSON and in a repr; none where it is too short."""
    if len(secret) < _SHORTEST:
        return set()
    if secret.replace("-", "").replace("_", "").isalnum():
        return {secret}
    import json
    from urllib.parse import quote

    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def _recognised(secret: str) -> str:
    """A long secret is also recognised by how it begins, which of a short one may be an ordinary word.

    Neither has to stand alone: before it an escape of a URL or of JSON (``%3D``, ``\\n``) may end in a letter.
    """
    if len(secret) < 2 * _SHORTEST:
        return re.escape(secret)
    return rf"{re.escape(secret)}|{re.escape(secret[:_TELLING])}[\w*.…-]*"
