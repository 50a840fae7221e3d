"""How secrets are sealed with a password: scrypt makes a key of it, AES-256-GCM encrypts with that key.

The cost stands beside the data, so that another one can be chosen later.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

COST: Final = (2**17, 8, 1)
"""N, r and p, OWASP's first choice for scrypt (Password Storage Cheat Sheet): 128 MiB and 0.3 s (measured, one core of a
server)."""

_NONCE: Final = 12
"""Bytes, random for each encryption: NIST SP 800-38D, 8.2.2."""

_KNOWN: Final = b"photon"
"""What the verifier encrypts, so that a wrong password is told from a damaged secret."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something encrypted, with the nonce that it was encrypted with."""

    nonce: bytes
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lock:
    """What a password has to fit: scrypt's salt and cost, and the verifier."""

    salt: bytes
    n: int
    r: int
    p: int
    verifier: Sealed

    def is_sound(self) -> bool:
        """Whether the cost is one that Photon may have chosen: a file must not make us take all of the memory."""
        return 2**14 <= self.n <= 2**20 and self.n & (self.n - 1) == 0 and 1 <= self.r <= 16 and 1 <= self.p <= 16


def new_lock(password: str) -> tuple[Lock, bytes]:
    """A lock that `password` opens, with a salt of its own, and the key of 256 bits that it makes."""
    salt = os.urandom(16)
    key = derive(password, salt, *COST)
    return Lock(salt, *COST, verifier=seal(key, _KNOWN, about="verifier")), key


def opened(lock: Lock, password: str) -> bytes | None:
    """The key of 256 bits that `password` makes, None where it is not this lock's."""
    key = derive(password, lock.salt, lock.n, lock.r, lock.p)
    return key if unseal(key, lock.verifier, about="verifier") == _KNOWN else None


def seal(key: bytes, secret: bytes, *, about: str) -> Sealed:
    """`secret` encrypted. about: what it belongs to; it opens again only there, so that two cannot be exchanged."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    return Sealed(nonce, AESGCM(key).encrypt(nonce, secret, about.encode()))


def unseal(key: bytes, sealed: Sealed, *, about: str) -> bytes | None:
    """The secret; None where the key is another one, the data were changed, or they belong to something else."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, about.encode())
    except (InvalidTag, ValueError):  # ValueError: a nonce of a length that there is not
        return None


@lru_cache(maxsize=4)
def derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    """scrypt's key of 256 bits (RFC 7914); remembered, for it is slow by intent."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(password.encode("utf-8", "surrogateescape"))
