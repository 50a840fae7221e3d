"""``photon ai keys``: secrets go into the operating system's keyring, and come in by a prompt or a pipe, never by a flag."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from photon.cli.options import JsonOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import ConfigurationError, UsageError

_LONGEST = 8192
"""Characters read from a pipe; a key has some hundred at most, and an endless pipe must not be read forever."""

keys_app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@keys_app.callback()
def keys() -> None:
    """The keys of providers, kept in the system's keyring.

    \b
    Examples:
      photon ai keys set openai
      photon ai keys list
    """


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="openai, ollama, or a provider's name from photon.toml.")]


@keys_app.command("set")
def set_key(ctx: typer.Context, name: NameArgument) -> None:
    """Store a key, asked for without echo or read from stdin.

    \b
    Examples:
      photon ai keys set openai
      photon ai keys set openai < key.txt
    """
    from photon.settings.keys import check_name, store_key

    terminal = terminal_of(ctx)
    name = check_name(name)
    store_key(name, _secret(terminal, name))
    terminal.note(f"stored the key {name} in the keyring")
    _warn_if_nobody_sends(terminal, name)


@keys_app.command("list")
def list_all(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the keys that are there, masked.

    Of two keys by one name, the first is used.

    Example: photon ai keys list
    """
    from photon.settings.keys import list_keys
    from photon.settings.load import load
    from photon.settings.providers import key_names

    terminal = terminal_of(ctx)
    entries = list_keys(key_names(load().settings.ai))
    if as_json:
        import json

        facts = [{"name": entry.name, "masked": entry.masked, "origin": entry.source} for entry in entries]
        terminal.write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    elif entries:
        terminal.table(("name", "key", "from"), [(entry.name, entry.masked, entry.source) for entry in entries])
    else:
        terminal.note("no keys; photon ai keys set openai stores one")


@keys_app.command("rm")
def remove(ctx: typer.Context, name: NameArgument) -> None:
    """Take a key out of the keyring.

    Example: photon ai keys rm openai
    """
    from photon.settings.keys import has_key, remove_key, variable

    remove_key(name)
    terminal = terminal_of(ctx)
    terminal.note(f"removed the key {name.lower()} from the keyring")
    if has_key(name):
        terminal.warn(f"{variable(name)} is still set in the environment")


def _secret(terminal: Terminal, name: str) -> str:
    """The key as it was typed without echo, or as the pipe has it."""
    if not terminal.asking:
        return _piped(terminal)
    from getpass import getpass

    try:
        return getpass(f"key for {name}: ", stream=terminal.err)
    except EOFError:
        raise UsageError("no key was entered") from None


def _piped(terminal: Terminal) -> str:
    try:
        return terminal.stdin.read(_LONGEST)
    except UnicodeDecodeError:
        raise UsageError("stdin is not text", hint="pipe the key alone: photon ai keys set NAME < key.txt") from None


def _warn_if_nobody_sends(terminal: Terminal, name: str) -> None:
    """A key under a mistyped name would wait forever; a broken settings file is another command's matter."""
    from photon.settings.load import load
    from photon.settings.providers import key_names
    from photon.settings.validate import did_you_mean

    with suppress(ConfigurationError):
        known = key_names(load().settings.ai)
        if name not in {key.lower() for key in known}:
            terminal.warn(
                f"no provider sends the key {name}; {did_you_mean(name, known, 'the known ones: ' + ', '.join(known))}"
            )
