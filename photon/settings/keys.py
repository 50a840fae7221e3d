"""Keys: from the environment, so that CI can override, then from the operating system's keyring.

A keyring cannot be asked what it holds, and importing it costs 40 ms (measured on Linux); so a file beside the user's
settings, keys.json, lists the names of what was stored there, and never a secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from photon.errors import CredentialsError, UsageError
from photon.settings.catalogue import screaming
from photon.settings.files import make_folder, write_atomically
from photon.settings.paths import KEY_INDEX, config_dir

SERVICE: Final = "photon"
"""The name under which Photon's keys stand in the keyring."""

_LONGEST: Final = 4096
_HINTABLE: Final = 20
"""Keys shorter than this show nothing of themselves: four characters would be too much of them."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found: "environment OPENAI_API_KEY" or "keyring". Its repr is masked."""

    name: str
    secret: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as it may be shown. `masked` is for example "sk-…a1b2"; of a short or unreadable key it shows nothing."""

    name: str
    source: str
    masked: str


def variable(name: str) -> str:
    """The environment variable of a key: OPENAI_API_KEY for "openai", MY_VLLM_API_KEY for "my-vllm"."""
    return f"{screaming(name)}_API_KEY"


def find_key(name: str, environ: Mapping[str, str] = os.environ) -> Key | None:
    """The key `name` (upper and lower case are the same), or None where there is none.

    A blank variable counts as not set. Raises CredentialsError where the key cannot be sent, or the keyring not be read.
    """
    if found := environ.get(variable(name), "").strip():
        return Key(name, _sendable(found, f"the key in {variable(name)}"), f"environment {variable(name)}")
    if name.lower() not in _stored(environ):
        return None
    with _keyring(name):
        import keyring

        secret = keyring.get_password(SERVICE, name.lower())
    return Key(name, _sendable(secret, f"the key {name} in the keyring"), "keyring") if secret else None


def has_key(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `find_key` would look for the key somewhere; cheap, and asks no keyring."""
    return bool(environ.get(variable(name), "").strip()) or name.lower() in _stored(environ)


def store_key(name: str, secret: str, environ: Mapping[str, str] = os.environ) -> None:
    """Put a key into the keyring, in place of one by that name. Blanks around it (a newline from a pipe) are dropped.

    Raises UsageError for a name or a secret that cannot be one, CredentialsError without a usable keyring.
    """
    name, secret = check_name(name), _storable(secret)
    with _keyring(name, secret):
        import keyring

        keyring.set_password(SERVICE, name, secret)
        kept = keyring.get_password(SERVICE, name) == secret
    if not kept:  # the null keyring takes everything and keeps nothing
        raise CredentialsError("the keyring of this machine does not keep keys", hint=_hint(name))
    _remember([*_stored(environ), name], environ)


def remove_key(name: str, environ: Mapping[str, str] = os.environ) -> None:
    """Take a key out of the keyring. Raises UsageError where none is stored by that name."""
    name = name.lower()
    if name not in _stored(environ):
        hint = f"unset {variable(name)}" if environ.get(variable(name)) else "photon ai keys list"
        raise UsageError(f"no key {name!r} is stored", hint=hint)
    with _keyring(name):
        import keyring
        from keyring.errors import NoKeyringError, PasswordDeleteError

        with suppress(PasswordDeleteError, NoKeyringError):  # gone already, and that is what was asked for
            keyring.delete_password(SERVICE, name)
    _remember([other for other in _stored(environ) if other != name], environ)


def list_keys(known: Iterable[str] = ("openai", "ollama"), environ: Mapping[str, str] = os.environ) -> tuple[KeyEntry, ...]:
    """The keys that are there, by name: those stored, and those of the names in `known` that the environment has.

    Where both have one, the environment's comes first and is the one that is used.
    """
    stored = _stored(environ)
    entries = []
    for name in sorted({*(name.lower() for name in known), *stored}):
        if secret := environ.get(variable(name), "").strip():
            entries.append(KeyEntry(name, f"environment {variable(name)}", masked(secret)))
        if name in stored:
            entries.append(KeyEntry(name, "keyring", _masked_in_keyring(name)))
    return tuple(entries)


def masked(secret: str) -> str:
    """At most the last four characters of a secret, and the sk- in front that many keys have."""
    if len(secret) < _HINTABLE:
        return "…"
    return f"{'sk-' if secret.startswith('sk-') else ''}…{secret[-4:]}"


def check_name(name: str) -> str:
    """`name` in lower case, or UsageError where it cannot name a key."""
    if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= 32):
        raise UsageError("a key's name is made of at most 32 letters, digits, - and _", hint="photon ai keys set openai")
    return name.lower()


def _storable(secret: str) -> str:
    try:
        return _sendable(secret.strip(), "the key")
    except CredentialsError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _sendable(secret: str, what: str) -> str:
    """A key goes into an HTTP header, which takes one line of visible ASCII."""
    if not secret:
        raise CredentialsError(f"{what} is empty", hint="paste the key, or pipe it: photon ai keys set NAME < file")
    if not (secret.isascii() and secret.isprintable() and " " not in secret) or len(secret) > _LONGEST:
        raise CredentialsError(f"{what} is not one line of letters, digits and signs", hint="copy it again, only the key")
    return secret


def _masked_in_keyring(name: str) -> str:
    try:
        with _keyring(name):
            import keyring

            return masked(keyring.get_password(SERVICE, name) or "")
    except CredentialsError:
        return "… (the keyring cannot be read)"


@contextmanager
def _keyring(name: str, secret: str = "") -> Iterator[None]:
    """Whatever the keyring of the platform raises, as a CredentialsError without the secret.

    Backends raise their libraries' own exceptions (D-Bus, COM, a missing module), not only keyring's, so all are caught.
    """
    try:
        yield
    except Exception as error:
        from keyring.errors import NoKeyringError

        if isinstance(error, NoKeyringError):
            message = "this machine has no keyring"
        else:
            why = (str(error).splitlines() or [""])[0] or type(error).__name__
            message = f"the keyring cannot be used: {why.replace(secret, '…') if secret else why}"
        raise CredentialsError(message, hint=_hint(name)) from None


def _hint(name: str) -> str:
    return f"set the environment variable {variable(name)}"


def _index(environ: Mapping[str, str]) -> Path:
    return config_dir(environ) / KEY_INDEX


def _stored(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names in the index; a damaged one counts as empty, and the next key that is stored writes it anew."""
    try:
        text = _index(environ).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    import json

    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _remember(names: Iterable[str], environ: Mapping[str, str]) -> None:
    import json

    path = _index(environ)
    make_folder(path.parent)
    write_atomically(path, json.dumps(sorted(set(names))) + "\n")
