"""Where keys are kept: the system's keyring, the encrypted store, and which keys there are, by name."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from typing import Final

from photon.errors import CredentialsError, ExitCode, PhotonError
from photon.settings.keys import keyring_store, list_keys
from photon.settings.keys.command import key_commands
from photon.settings.keys.encrypted_store import encrypted_store
from photon.settings.providers import key_names
from photon.tasks.checkup.configuration import with_sound_commands
from photon.tasks.checkup.finding import Finding, of_error
from photon.tasks.checkup.visit import Visit

_PATIENCE: Final = 10.0
"""Seconds for the keyring: a locked one asks its user, who may not be there."""

_NOBODYS_KEY: Final = "photon-doctor"
"""A name under which no key stands; reading it says whether the keyring can be read."""


async def keyring(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Which one it is, and whether it can be read. Nothing is written to it."""
    stored = keyring_store.names(visit.environ)
    name, trouble = _backend()
    if not trouble:
        yield Finding("keyring", "ok", f"{name} can be read")
    elif stored:
        text = f"{trouble}, and it has {', '.join(stored)}"
        hint = f"unlock it, or set the variable NAME_API_KEY, or photon ai keys set {next(iter(stored))} --store encrypted"
        yield Finding("keyring", "failure", text, hint, ExitCode.CREDENTIALS)
    else:
        yield Finding("keyring", "note", f"{trouble}; keys are kept in a file that a master password encrypts")


def _backend() -> tuple[str, str]:
    """The name of the keyring, and why it is not used. On a thread that is left behind where the keyring does not answer."""
    said: list[tuple[str, str]] = []

    def look() -> None:
        try:
            import keyring

            backend = keyring.get_keyring()
            name = f"{type(backend).__module__}.{type(backend).__qualname__}"
            keyring_store.read(_NOBODYS_KEY)
            said.append((name, "the null keyring keeps nothing" if name == "keyring.backends.null.Keyring" else ""))
        except CredentialsError as error:
            said.append(("", error.message))
        except Exception as error:
            said.append(("", f"the keyring cannot be used: {type(error).__name__}: {error}"))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return said[0] if said else ("", f"the keyring did not answer within {_PATIENCE:g} s; it may be locked")


async def keys(visit: Visit) -> AsyncGenerator[Finding, None]:
    """The encrypted store, and the names of all keys that are there. Nothing is unlocked and no command is run."""
    store = encrypted_store(visit.environ)
    try:
        encrypted = store.names()
    except PhotonError as error:
        yield of_error("keys", error)
    else:
        if encrypted:
            yield Finding("keys", "ok", f"the encrypted store is yours alone and has {', '.join(encrypted)}")
    commands = key_commands(with_sound_commands(visit.ai))
    entries = list_keys(key_names(visit.ai), visit.environ, commands=commands)
    used = [f"{entry.name} ({entry.source})" for entry in entries if entry.used]
    if used:
        yield Finding("keys", "ok", f"there {'is' if len(used) == 1 else 'are'} {', '.join(used)}")
    else:
        yield Finding("keys", "note", "there are none, which the local model and an Ollama of your own do not need")
    for entry in entries:
        if not entry.used and entry.name != "?":
            first = next((each.source for each in entries if each.used and each.name == entry.name), "another place")
            yield Finding("keys", "note", f"{entry.name} in {entry.source} is not used, for it is in {first}, too")
