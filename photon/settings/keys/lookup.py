"""Keys, in the order in which they are looked for: the environment, so that CI can override; the command that the user's
settings name; the operating system's keyring; the encrypted store of machines without one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from photon.errors import CredentialsError, UsageError
from photon.settings.keys import keyring_store
from photon.settings.keys.encrypted_store import encrypted_store
from photon.settings.keys.rules import check_name, masked, no_key, sendable, storable, variable
from photon.settings.redaction import remember_secret

__all__ = [
    "Key",
    "KeyEntry",
    "StoreName",
    "check_name",
    "find_key",
    "has_key",
    "key_source",
    "list_keys",
    "masked",
    "remove_key",
    "store_key",
    "variable",
]

StoreName = Literal["keyring", "encrypted"]
"""Where Photon keeps keys itself."""

KEYRING: Final = "keyring"
ENCRYPTED: Final = "encrypted store"
STORES: Final[Mapping[StoreName, str]] = MappingProxyType({"keyring": KEYRING, "encrypted": ENCRYPTED})
_NO_COMMANDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found: "environment OPENAI_API_KEY", "command pass", "keyring" or "encrypted store".

    Its repr is masked.
    """

    name: str
    secret: str = field(repr=False)
    source: str

    @property
    def stored(self) -> bool:
        """Whether the user gave it to Photon under this very name."""
        return self.source in (KEYRING, ENCRYPTED)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as it may be shown. `masked` is for example "sk-…a1b2"; of a short or unknown key it shows nothing.

    used: of several by that name, this is the one that is sent.
    """

    name: str
    source: str
    masked: str
    used: bool = True


def find_key(name: str, environ: Mapping[str, str] = os.environ, *, command: str = "") -> Key | None:
    """The key `name` (upper and lower case are the same), or None where there is none. command: the ``key_command`` of the
    provider that sends it.

    A blank variable counts as not set. What the environment does not have is fetched once in the life of the process. Raises
    CredentialsError where the key cannot be sent, or where it is cannot be read.
    """
    if found := environ.get(variable(name), "").strip():
        key = Key(name, sendable(found, f"the key in {variable(name)}"), f"environment {variable(name)}")
        remember_secret(key.secret)
        return key
    place = (name.lower(), command, keyring_store.index(environ), encrypted_store(environ).path)
    fetched = _fetched.get(place) or _fetch(name, environ, command)
    if fetched:
        remember_secret(fetched.secret)
        _fetched[place] = fetched
    return fetched


_fetched: dict[tuple[str, str, Path, Path], Key] = {}


def key_source(name: str, environ: Mapping[str, str] = os.environ, *, command: str = "") -> str:
    """Where `find_key` would look for the key, in the words of `Key.source`; empty for nowhere.

    Cheap: asks no keyring, no command and no password. The encrypted store also where it turns out that it cannot be read.
    """
    if environ.get(variable(name), "").strip():
        return f"environment {variable(name)}"
    if command:
        from photon.settings.keys.command import program

        return f"command {program(command)}"
    if name.lower() in keyring_store.names(environ):
        return KEYRING
    try:
        return ENCRYPTED if name.lower() in encrypted_store(environ).names() else ""
    except CredentialsError:
        return ENCRYPTED


def has_key(name: str, environ: Mapping[str, str] = os.environ, *, command: str = "") -> bool:
    """Whether `find_key` would look for the key somewhere; as cheap as `key_source`."""
    return bool(key_source(name, environ, command=command))


def store_key(
    name: str, secret: str, environ: Mapping[str, str] = os.environ, *, store: StoreName | None = None
) -> tuple[str, str]:
    """Keep a key in place of one by that name: in `store`, else in the keyring, else (no keyring) in the encrypted store.

    Blanks around it (a newline from a pipe) are dropped. Returns where it is now ("keyring" or "encrypted store"), and why
    not in the keyring, empty where that was not tried. Raises UsageError for a name or a secret that cannot be one,
    CredentialsError where no store takes it.
    """
    name, secret = check_name(name), storable(secret)
    remember_secret(secret)
    _fetched.clear()
    reason = ""
    if store != "encrypted":
        try:
            keyring_store.put(name, secret, environ)
            return KEYRING, ""
        except CredentialsError as error:
            if store == "keyring":
                raise
            reason = error.message
    try:
        encrypted_store(environ).put(name, secret, environ)
    except CredentialsError as error:
        message = f"{reason}, and {error.message}" if reason else error.message
        raise no_key(message, hint=f"{error.hint}; or set {variable(name)}" if reason else error.hint) from None
    return ENCRYPTED, reason


def remove_key(name: str, environ: Mapping[str, str] = os.environ, *, store: StoreName | None = None) -> tuple[str, ...]:
    """Take a key out of `store`, else out of every store that has it; where it was. Raises UsageError where none has it."""
    name = name.lower()
    encrypted = encrypted_store(environ)
    in_keyring = store != "encrypted" and name in keyring_store.names(environ)
    is_encrypted = store != "keyring" and name in encrypted.names()
    if not (in_keyring or is_encrypted):
        hint = f"unset {variable(name)}" if environ.get(variable(name)) else "photon ai keys list"
        raise UsageError(f"no key {name!r} is stored{f' in the {STORES[store]}' if store else ''}", hint=hint)
    _fetched.clear()
    if in_keyring:
        keyring_store.remove(name, environ)
    if is_encrypted:
        encrypted.remove(name)
    return (KEYRING,) * in_keyring + (ENCRYPTED,) * is_encrypted


def list_keys(
    known: Iterable[str] = ("openai", "ollama"),
    environ: Mapping[str, str] = os.environ,
    *,
    commands: Mapping[str, str] = _NO_COMMANDS,
) -> tuple[KeyEntry, ...]:
    """The keys that are there, by name: those stored, those of the `commands` (see `key_commands`), and those of the names in
    `known` that the environment has. Nothing is unlocked or run for it.

    Of several by one name, the first is the one that is used.
    """
    from photon.settings.keys.command import program

    in_keyring, encrypted, trouble = keyring_store.names(environ), *_encrypted_names(environ)
    entries: list[KeyEntry] = []
    for name in sorted({*(name.lower() for name in known), *commands, *in_keyring, *encrypted}):
        places = []
        if secret := environ.get(variable(name), "").strip():
            places.append((f"environment {variable(name)}", masked(secret)))
        if name in commands:
            places.append((f"command {program(commands[name])}", "…"))
        places += [(place, names[name]) for place, names in ((KEYRING, in_keyring), (ENCRYPTED, encrypted)) if name in names]
        entries += [KeyEntry(name, source, shown, used=not at) for at, (source, shown) in enumerate(places)]
    return (*entries, *trouble)


def _encrypted_names(environ: Mapping[str, str]) -> tuple[Mapping[str, str], tuple[KeyEntry, ...]]:
    try:
        return encrypted_store(environ).names(), ()
    except CredentialsError as error:
        return {}, (KeyEntry("?", ENCRYPTED, f"… ({error.message}; try: {error.hint})", used=False),)


def _fetch(name: str, environ: Mapping[str, str], command: str) -> Key | None:
    """From the command; else from the keyring, which gives way to the encrypted store where it cannot be read, as over ssh."""
    if command:
        from photon.settings.keys.command import program, run_key_command

        return Key(name, run_key_command(command), f"command {program(command)}")
    encrypted = encrypted_store(environ)
    elsewhere = name.lower() in encrypted.names()
    secret = None
    if name.lower() in keyring_store.names(environ):
        with suppress(CredentialsError) if elsewhere else nullcontext():
            secret = keyring_store.get(name.lower())
    if secret:
        return Key(name, sendable(secret, f"the key {name} in the keyring"), KEYRING)
    secret = encrypted.get(name.lower(), environ) if elsewhere else None
    return Key(name, sendable(secret, f"the key {name} in the encrypted store"), ENCRYPTED) if secret else None
