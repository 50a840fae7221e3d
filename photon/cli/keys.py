"""``photon ai keys``: secrets go into a store of Photon's, and come in by a prompt or a pipe, never by a flag."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photon.cli.options import JsonOption, QuietOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import ConfigurationError, CredentialsError, ExitCode, PhotonError, UsageError

if TYPE_CHECKING:
    from photon.settings.keys import KeyEntry
    from photon.settings.schema import AI
    from photon.tasks.key_trials import Trial

_LONGEST = 8192
"""Characters read from a pipe; a key has some hundred at most, and an endless pipe must not be read forever."""

keys_app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@keys_app.callback()
def keys() -> None:
    """The keys of providers, kept in the system's keyring, or encrypted where there is none.

    A key is looked for in the environment (OPENAI_API_KEY for openai), by the key_command of the settings, in the keyring,
    and in the encrypted store, in this order.

    \b
    Examples:
      photon ai keys set openai
      photon ai keys list
      photon ai keys test
    """


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="openai, ollama, or a provider's name from photon.toml.")]
NamesArgument = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="All keys that are there if left out.")]
StoreOption = Annotated[
    Literal["keyring", "encrypted"] | None,
    typer.Option("--store", help="The system's keyring, or the file that a master password encrypts.", show_default=False),
]
Shell = Literal["sh", "fish", "powershell"]


@keys_app.command("set")
def set_key(ctx: typer.Context, name: NameArgument, store: StoreOption = None) -> None:
    """Store a key, asked for without echo or read from stdin.

    \b
    Examples:
      photon ai keys set openai
      photon ai keys set openai < key.txt
      photon ai keys set openai --store encrypted < key.txt

    It goes into the system's keyring. Where there is none, it is encrypted (AES-256-GCM) with a master password, which is
    asked for or taken from PHOTON_MASTER_PASSWORD, and which the keyring remembers where there is one.
    """
    from photon.settings.keys import check_name, store_key

    terminal = terminal_of(ctx)
    name = check_name(name)
    place, reason = store_key(name, _secret(terminal, name), store=store)
    terminal.note(f"stored the key {name} in the {place}{f', for {reason}' if reason else ''}")
    with suppress(ConfigurationError):  # a broken settings file is another command's matter
        _warn_if_unused(terminal, name, place)


@keys_app.command("list")
def list_all(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the keys that are there, masked, and which one of several by the same name is used.

    Nothing is unlocked for it, and no command is run.

    Example: photon ai keys list
    """
    terminal = terminal_of(ctx)
    entries = _entries(_settings())
    if as_json:
        import json

        from photon.sketch.text import escaped

        facts = [{"name": one.name, "masked": one.masked, "origin": one.source, "used": one.used} for one in entries]
        terminal.write(escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n")
    elif entries:
        rows = [(entry.name, entry.masked, entry.source, "yes" if entry.used else "no") for entry in entries]
        terminal.table(("name", "key", "from", "used"), rows)
    else:
        terminal.note("no keys; photon ai keys set openai stores one")


@keys_app.command("rm")
def remove(ctx: typer.Context, name: NameArgument, store: StoreOption = None) -> None:
    """Take a key out of every store of Photon's that has it, or out of one.

    \b
    Examples:
      photon ai keys rm openai
      photon ai keys rm openai --store encrypted
    """
    from photon.settings.keys import key_source, remove_key

    removed = remove_key(name, store=store)
    terminal = terminal_of(ctx)
    terminal.note(f"removed the key {name.lower()} from the {' and from the '.join(removed)}")
    with suppress(ConfigurationError):
        if left := key_source(name, command=_commands().get(name.lower(), "")):
            terminal.warn(f"{name.lower()} still has a key: {left}")


@keys_app.command("test")
def try_all(ctx: typer.Context, names: NamesArgument = None, as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Ask each provider something cheap with its key, and say what it answered.

    \b
    Examples:
      photon ai keys test
      photon ai keys test openai
      photon ai keys test --json | jq '.[] | select(.ok | not)'

    The list of models is asked for; where anybody gets it, one token. The exit code is 4 when a key was refused.
    """
    import asyncio

    from photon.tasks.key_trials import try_keys

    terminal = terminal_of(ctx)
    with terminal.spinner("asking the providers"):
        trials = asyncio.run(try_keys(_settings(), names or ()))
    if as_json:
        import json

        from photon.sketch.text import escaped

        terminal.write(escaped(json.dumps([_facts(trial) for trial in trials], indent=2, ensure_ascii=False)) + "\n")
    elif trials:
        terminal.table(("key", "from", "provider", "ms", "answer"), [_row(trial) for trial in trials])
    elif not quiet:
        terminal.note("no keys; photon ai keys set openai stores one")
    errors = [trial.error for trial in trials if trial.error]
    for hint in dict.fromkeys(error.hint for error in errors if error.hint and not quiet):
        terminal.note(f"  try: {hint}")
    if errors:
        raise typer.Exit(_worst(errors))


@keys_app.command("change-password")
def change_password(ctx: typer.Context) -> None:
    """Choose another master password, and encrypt the keys in the encrypted store anew.

    Example: photon ai keys change-password
    """
    import os

    from photon.settings.keys.encrypted_store import encrypted_store
    from photon.settings.keys.master_password import VARIABLE

    encrypted_store().change_password()
    terminal = terminal_of(ctx)
    terminal.note("the keys are encrypted with the new master password")
    if os.environ.get(VARIABLE, "").strip():
        terminal.warn(f"{VARIABLE} still has the old one")


@keys_app.command("export-env")
def export_env(
    ctx: typer.Context,
    names: NamesArgument = None,
    shell: Annotated[Shell, typer.Option("--shell", help="Whose language to write.")] = "sh",
    force: Annotated[bool, typer.Option("--force", help="Print the secrets even to a terminal.")] = False,
) -> None:
    """Print the keys as commands that set environment variables, for another program. This prints the secrets.

    \b
    Examples:
      eval "$(photon ai keys export-env openai)"
      photon ai keys export-env --shell fish openai | source
      photon ai keys export-env --shell powershell openai | Invoke-Expression

    It is the only command that does, and refuses to show them in a terminal.
    """
    from photon.settings.keys import find_key, variable

    terminal = terminal_of(ctx)
    if terminal.interactive and not force:
        raise UsageError(
            "export-env prints secrets, and stdout is a terminal", hint='eval "$(photon ai keys export-env)", or --force'
        )
    commands = _commands()
    lines = []
    for name in names or dict.fromkeys(entry.name for entry in _entries(_settings()) if entry.used):
        key = find_key(name, command=commands.get(name.lower(), ""))
        if key is None:
            raise CredentialsError(f"there is no key {name}", hint=f"photon ai keys set {name}")
        lines.append(_exported(shell, variable(name), key.secret))
    terminal.write("".join(lines))


def _exported(shell: Shell, variable: str, secret: str) -> str:
    """One line that sets a variable. In single quotes, sh ends at ', fish knows \\' and \\\\, PowerShell doubles '."""
    match shell:
        case "fish":
            quoted = secret.replace("\\", "\\\\").replace("'", "\\'")
            return f"set -gx {variable} '{quoted}'\n"
        case "powershell":
            quoted = secret.replace("'", "''")
            return f"$env:{variable} = '{quoted}'\n"
        case _:
            from shlex import quote

            return f"export {variable}={quote(secret)}\n"


def _settings() -> AI:
    from photon.settings.load import load

    return load().settings.ai


def _entries(ai: AI) -> tuple[KeyEntry, ...]:
    from photon.settings.keys import list_keys
    from photon.settings.keys.command import key_commands
    from photon.settings.providers import key_names

    return list_keys(key_names(ai), commands=key_commands(ai))


def _commands() -> dict[str, str]:
    from photon.settings.keys.command import key_commands

    return dict(key_commands(_settings()))


def _row(trial: Trial) -> tuple[str, ...]:
    took = "" if trial.total_ms is None else f"{trial.total_ms:.0f}"
    return trial.key, trial.source, trial.provider, took, trial.error.message if trial.error else trial.answer


def _facts(trial: Trial) -> dict[str, object]:
    return {
        "key": trial.key,
        "origin": trial.source or None,
        "provider": trial.provider or None,
        "ok": trial.error is None,
        "answer": trial.error.message if trial.error else trial.answer,
        "fault": str(trial.error.fault) if trial.error else None,
        "total_ms": None if trial.total_ms is None else round(trial.total_ms, 1),
        "exit_code": int(trial.error.exit_code if trial.error else ExitCode.SUCCESS),
    }


def _worst(errors: list[PhotonError]) -> int:
    """A refused key before everything else, for that is what was asked about."""
    codes = [int(error.exit_code) for error in errors]
    return int(ExitCode.CREDENTIALS) if ExitCode.CREDENTIALS in codes else codes[0]


def _secret(terminal: Terminal, name: str) -> str:
    """The key as it was typed without echo, or as the pipe has it."""
    if not terminal.asking:
        return _piped(terminal)
    from photon.cli.passwords import ask_hidden

    return ask_hidden(terminal, f"key for {name}: ")


def _piped(terminal: Terminal) -> str:
    try:
        return terminal.stdin.read(_LONGEST)
    except UnicodeDecodeError:
        raise UsageError("stdin is not text", hint="pipe the key alone: photon ai keys set NAME < key.txt") from None


def _warn_if_unused(terminal: Terminal, name: str, place: str) -> None:
    """A key under a mistyped name would wait forever, and so would one behind another by the same name."""
    from photon.settings.providers import key_names
    from photon.settings.validate import did_you_mean

    ai = _settings()
    known = key_names(ai)
    if name not in {key.lower() for key in known}:
        terminal.warn(f"no provider sends the key {name}; {did_you_mean(name, known, 'the known ones: ' + ', '.join(known))}")
    first = next((entry.source for entry in _entries(ai) if entry.name == name and entry.used), place)
    if first != place:
        terminal.warn(f"it is not used, because there is another one: {first}")
