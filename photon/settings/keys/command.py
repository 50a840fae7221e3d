"""A key from a command of the user's own, such as a password manager's: ``key_command = "pass show openai"``."""

from __future__ import annotations

import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from photon.errors import ConfigurationError, CredentialsError
from photon.settings.asking import a_person_is_asked
from photon.settings.keys.rules import no_key, sendable
from photon.settings.schema import AI

PATIENCE: Final = 60.0
"""Seconds; a password manager may have to ask its user for a passphrase first."""

_LONGEST: Final = 65_536
"""Bytes that are read. A note in a password manager may be long, but what prints without end is no note."""


def key_commands(ai: AI) -> Mapping[str, str]:
    """The command for each key that has one, by the key's name in lower case."""
    return {(each.key or name).lower(): each.key_command for name, each in ai.providers.items() if each.key_command}


def key_command_of(ai: AI, provider: str) -> str:
    """The command for the key of `provider`, empty for none."""
    own = ai.providers.get(provider)
    return own.key_command if own else ""


def program(command: str) -> str:
    """The name of the program in `command`, the only part of it that messages show: an argument may be private."""
    words = _words(command)
    return PurePath(words[0]).name


def run_key_command(command: str, *, patience: float = PATIENCE) -> str:
    """The first line that `command` prints.

    It runs without a shell and without our stdin; its stderr is the user's, for pinentry and the like ask there. Raises
    CredentialsError where that does not end in a key, ConfigurationError where `command` is no command line.
    """
    words, name = _words(command), program(command)
    try:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no file name"
        raise _failed(name, f"cannot be run: {why[:1].lower()}{why[1:]}") from None
    printed, code = _outcome(process, name, patience)
    if code in (-signal.SIGINT, 128 + signal.SIGINT):
        raise KeyboardInterrupt
    if code:
        raise _failed(name, f"failed with exit code {code}" if code > 0 else f"was ended by signal {-code}")
    first = printed.decode("utf-8", "replace").strip().partition("\n")[0].strip()
    if not first:
        raise _failed(name, "printed nothing")
    return sendable(first, f"what the key command {name} printed")


def _outcome(process: subprocess.Popen[bytes], name: str, patience: float) -> tuple[bytes, int]:
    """What was printed, and the exit code. A thread reads, so that neither silence nor an endless output is waited for."""
    printed: list[bytes] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda out: printed.append(out.read(_LONGEST)), args=(process.stdout,), daemon=True)
    until = time.monotonic() + patience
    reader.start()
    try:
        with a_person_is_asked():
            reader.join(patience)
        if printed and len(printed[0]) == _LONGEST:
            raise _failed(name, "prints more than a key")
        return printed[0], process.wait(max(0.0, until - time.monotonic()))
    except (subprocess.TimeoutExpired, IndexError):
        raise _failed(name, f"did not end within {patience:g} s") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ConfigurationError(f"a key_command is no command line: {str(error).lower()}", hint="close its quotes") from None
    if not words:
        raise ConfigurationError("a key_command is empty", hint="photon ai config explain")
    return words


def _failed(name: str, how: str) -> CredentialsError:
    return no_key(f"the key command {name} {how}", hint="run it yourself to see why; photon ai config explain shows it")
