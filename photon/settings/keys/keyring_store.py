"""Secrets in the operating system's keyring.

A keyring cannot be asked what it holds, and importing it costs 40 ms (measured on Linux); so a file beside the user's
settings, keys.json, has the name of each key that was stored there, and of the key itself what `masked` shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from photon.settings.file_lock import locked
from photon.settings.files import make_folder, write_atomically
from photon.settings.keys.rules import masked, no_key, variable
from photon.settings.paths import KEY_INDEX, config_dir

SERVICE: Final = "photon"
"""The name under which Photon's secrets stand in the keyring."""


def names(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The keys that were stored, by name, masked. A damaged index counts as empty, and the next key writes it anew."""
    try:
        text = index(environ).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    import json

    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if isinstance(stored, list):  # as earlier versions wrote it
        stored = dict.fromkeys((name for name in stored if isinstance(name, str)), "…")
    return {name: str(shown) for name, shown in stored.items()} if isinstance(stored, dict) else {}


def put(name: str, secret: str, environ: Mapping[str, str] = os.environ) -> None:
    """Keep a key in place of one by that name. Raises CredentialsError without a keyring that keeps it."""
    write(name, secret, hint=_hint(name))
    _change_index(environ, {name: masked(secret)})


def get(name: str) -> str | None:
    """The key by that name, None where somebody took it out. Raises CredentialsError where the keyring cannot be read."""
    return read(name, hint=_hint(name))


def remove(name: str, environ: Mapping[str, str] = os.environ) -> None:
    """Take a key out. That it has gone already, or the keyring with it, is no failure."""
    with _translated(_hint(name)):
        import keyring
        from keyring.errors import NoKeyringError, PasswordDeleteError

        with suppress(PasswordDeleteError, NoKeyringError):
            keyring.delete_password(SERVICE, name)
    _change_index(environ, {name: None})


def read(entry: str, *, hint: str = "") -> str | None:
    """What stands under `entry`. Raises CredentialsError where the keyring cannot be read."""
    with _translated(hint):
        import keyring

        return keyring.get_password(SERVICE, entry)


def write(entry: str, secret: str, *, hint: str = "") -> None:
    """Put `secret` under `entry`. Raises CredentialsError without a keyring that keeps it."""
    with _translated(hint, secret):
        import keyring

        keyring.set_password(SERVICE, entry, secret)
        kept = keyring.get_password(SERVICE, entry) == secret
    if not kept:  # the null keyring takes everything and keeps nothing
        raise no_key("the keyring of this machine does not keep keys", hint=hint)


@contextmanager
def _translated(hint: str, secret: str = "") -> Iterator[None]:
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
        raise no_key(message, hint=hint) from None


def _hint(name: str) -> str:
    return f"set the environment variable {variable(name)}"


def index(environ: Mapping[str, str] = os.environ) -> Path:
    """The file with the names, whether it exists or not."""
    return config_dir(environ) / KEY_INDEX


def _change_index(environ: Mapping[str, str], changes: Mapping[str, str | None]) -> None:
    """Set or (None) drop names. Two processes may do so at once, so it is read again under a lock."""
    import json

    path = index(environ)
    make_folder(path.parent)
    with locked(path.with_name(f".{path.name}.lock")):
        kept = {name: shown for name, shown in sorted({**names(environ), **changes}.items()) if shown is not None}
        write_atomically(path, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
