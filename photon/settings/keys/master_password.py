"""The password of the encrypted store: PHOTON_MASTER_PASSWORD, else what the OS keyring keeps, else the user is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from photon.errors import CredentialsError, UsageError
from photon.settings.asking import ask
from photon.settings.keys import keyring_store
from photon.settings.keys.rules import no_key
from photon.settings.redaction import remember_secret

VARIABLE: Final = "PHOTON_MASTER_PASSWORD"
ENTRY: Final = "master password"
"""Its place in the keyring. A key's name has no blank, so no key stands there."""

SHORTEST: Final = 8
"""Characters of a new password: NIST SP 800-63B, 5.1.1.1. Shorter ones could not be masked in logs either."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Password:
    """A master password. typed: a person has just been asked for it."""

    text: str = field(repr=False)
    typed: bool = False


def candidates(environ: Mapping[str, str] = os.environ) -> Iterator[Password]:
    """Passwords to try, the likeliest first, each fetched when it is its turn; none where nobody knows one.

    The variable is the only one where it is set: who sets it wants to hear that it is wrong, and no question.
    """
    if given := environ.get(VARIABLE, "").strip():
        yield _password(given)
        return
    with suppress(CredentialsError):
        if kept := keyring_store.read(ENTRY):
            yield _password(kept)
    question = "master password of Photon's keys: "
    for _ in range(_TRIES):
        if not (typed := ask(question)):
            return
        yield _password(typed, typed=True)
        question = "that is not it; master password of Photon's keys: "


def choose(environ: Mapping[str, str] = os.environ, *, anew: bool = False) -> Password:
    """A new password: the variable's (not where it is to be chosen `anew`), else what is typed twice.

    Raises UsageError for one that is too short or was typed in two ways, CredentialsError where nobody can be asked.
    """
    given = "" if anew else environ.get(VARIABLE, "").strip()
    if not (text := given or ask("a new master password, which encrypts Photon's keys on this machine: ")):
        raise unknown()
    if len(text) < SHORTEST:
        raise UsageError(f"a master password has at least {SHORTEST} characters", hint="several words are easy to remember")
    if not given and text != ask("the same again: "):
        raise UsageError("the two passwords differ", hint="run it again; nothing was changed")
    return _password(text, typed=not given)


def keep(password: Password) -> None:
    """Leave a password that was typed with the OS keyring, where there is one, so that nobody is asked again."""
    if password.typed:
        with suppress(CredentialsError):
            keyring_store.write(ENTRY, password.text)


def unknown() -> CredentialsError:
    """The error where nobody knows the password."""
    return no_key("the encrypted keys need their master password", hint=f"set {VARIABLE}, or run it in a terminal")


def wrong(environ: Mapping[str, str] = os.environ) -> CredentialsError:
    """The error where none of the candidates fits."""
    hint = "type the one that they were stored with; without it photon ai keys rm NAME removes them"
    if environ.get(VARIABLE, "").strip():
        return no_key(f"{VARIABLE} is not the master password of the encrypted keys", hint=hint.replace("type", "set it to"))
    return no_key("that is not the master password of the encrypted keys", hint=hint)


def _password(text: str, *, typed: bool = False) -> Password:
    remember_secret(text)
    return Password(text, typed)
