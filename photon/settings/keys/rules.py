"""What a key and its name may look like, and how much of a key may be shown."""

from __future__ import annotations

from typing import Final

from photon.errors import CredentialsError, Fault, UsageError
from photon.settings.catalogue import screaming

_LONGEST: Final = 4096
_HINTABLE: Final = 20
"""Keys shorter than this show nothing of themselves: four characters would be too much of them."""


def variable(name: str) -> str:
    """The environment variable of a key: OPENAI_API_KEY for "openai", MY_VLLM_API_KEY for "my-vllm"."""
    return f"{screaming(name)}_API_KEY"


def masked(secret: str) -> str:
    """At most the last four characters of a secret, and the sk- in front that many keys have."""
    if len(secret) < _HINTABLE:
        return "…"
    return f"{'sk-' if secret.startswith('sk-') else ''}…{secret[-4:]}"


def check_name(name: str) -> str:
    """`name` in lower case, or UsageError where it cannot name a key."""
    if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 32):
        raise UsageError("a key's name is made of at most 32 letters, digits, - and _", hint="photon ai keys set openai")
    if name.lower().startswith("sk-"):
        raise UsageError("that looks like a key, not like the name of one", hint="photon ai keys set openai asks for the key")
    return name.lower()


def sendable(secret: str, what: str) -> str:
    """A key goes into an HTTP header, which takes one line of visible ASCII. Raises CredentialsError about `what`."""
    if not secret:
        raise no_key(f"{what} is empty", hint="paste the key, or pipe it: photon ai keys set NAME < file")
    if not (secret.isascii() and secret.isprintable() and " " not in secret) or len(secret) > _LONGEST:
        raise no_key(f"{what} is not one line of letters, digits and signs", hint="copy it again, only the key")
    return secret


def storable(secret: str) -> str:
    """`secret` without the blanks around it (a newline from a pipe), or UsageError where it is no key."""
    try:
        return sendable(secret.strip(), "the key")
    except CredentialsError as error:
        raise UsageError(error.message, hint=error.hint) from None


def no_key(message: str, *, hint: str) -> CredentialsError:
    """The error of a key that cannot be had: nobody was asked yet, and somebody else may be."""
    return CredentialsError(message, hint=hint, fault=Fault.NO_KEY)
