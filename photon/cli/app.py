"""The command tree, and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import Abort, TyperException

from photon import __version__
from photon.cli.streams import prepare_standard_streams
from photon.cli.terminal import ReaderLeft, Spinner, Terminal, harmless
from photon.errors import ExitCode, PhotonError
from photon.settings.asking import ask_with

_AI_COMMANDS = {
    "suggest-path": "photon.cli.suggest_path:suggest_path_command",
    "suggest-schema": "photon.cli.suggest_schema:suggest_schema_command",
    "complete": "photon.cli.complete:complete_command",
    "describe": "photon.cli.describe:describe_command",
    "chat": "photon.cli.chat:chat_command",
    "lint": "photon.cli.lint:lint_command",
    "explain": "photon.cli.explain:explain_command",
    "spec": "photon.cli.spec:spec_app",
    "models": "photon.cli.models:models_command",
    "providers": "photon.cli.providers:providers_app",
    "keys": "photon.cli.keys:keys_app",
    "config": "photon.cli.config:config_app",
    "cache": "photon.cli.cache:cache_app",
    "doctor": "photon.cli.doctor:doctor_command",
    "log": "photon.cli.log:log_app",
    "usage": "photon.cli.usage:usage_command",
}
"""Where each command is defined. Only the one that runs is imported: measured, all of them cost more than Typer itself."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are needed."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = dict.fromkeys(_AI_COMMANDS)  # type: ignore[assignment] # the names are for 'did you mean'

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None where there is none."""
        place = _AI_COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            group = typer.main.get_command(found)
            group.name = cmd_name
            return group
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(found)
        return typer.main.get_command(single)


class RootGroup(TyperGroup):
    """The commands themselves stand below ``photon ai``; who forgets the ``ai`` is told so."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Raises UsageError for a command that there is not."""
        if args and args[0] in _AI_COMMANDS:
            ctx.fail(f"No such command '{args[0]}'. Did you mean 'ai {args[0]}'?")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="photon",
    cls=RootGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
ai_app = typer.Typer(cls=LazyGroup, no_args_is_help=True, rich_markup_mode=None)


@ai_app.callback()
def ai() -> None:
    """The assistant: suggest OpenAPI paths, chat, and what belongs to it.

    \b
    Examples:
      photon ai suggest-path "POST /login with JWT response"
      photon ai chat "When is 422 better than 400?"
      photon ai config explain
    """


app.add_typer(ai_app, name="ai")


def _print_version(wanted: bool) -> None:
    if wanted:
        Terminal(out=sys.stdout).write(f"photon {__version__}\n")
        raise typer.Exit


@app.callback()
def photon(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error; works behind any command.")] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Log to stderr what is done, -vv in detail; works behind any command.",
        ),
    ] = 0,
) -> None:
    """From one line of English to a valid, lint-clean OpenAPI path.

    \b
    Examples:
      photon ai suggest-path "POST /login with JWT response"
      photon ai suggest-path "list invoices of a customer, paged" > invoices.yaml
      photon ai suggest-path --provider ollama --model llama3.2 "DELETE /users/{id}"
      photon ai models

    Answers come from OpenAI, Ollama, any OpenAI-compatible server, or offline from a small model of Photon's own.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Nothing that goes wrong leaves here as a traceback, but for --debug."""
    rest, debug, verbosity = _set_apart(arguments)
    prepare_standard_streams()
    terminal = replace(Terminal.detect(), steady=verbosity > 0)
    if verbosity:
        from photon.cli.logs import log_to_stderr

        log_to_stderr(terminal, verbosity)
    ask_with(partial(_ask_on, terminal), make_room=Spinner.hide)
    try:
        code = typer.main.get_command(app).main(rest, prog_name="photon", standalone_mode=False, obj=terminal)
        return code if isinstance(code, int) else ExitCode.SUCCESS
    except KeyboardInterrupt:
        return _cancelled(terminal)
    except (Abort, EOFError):
        return _cancelled(terminal)
    except (ReaderLeft, BrokenPipeError):
        return ExitCode.SUCCESS  # whoever read has gone, which is no failure
    except Exception as error:
        if debug:
            import traceback

            from photon.settings.redaction import redacted

            terminal.say(redacted(traceback.format_exc()))
        return _failed(error, rest, terminal)


def _ask_on(terminal: Terminal, question: str) -> str | None:
    from photon.cli.passwords import ask_if_anybody

    return ask_if_anybody(terminal, question)


_ANYWHERE = {"--debug": 0, "--verbose": 1, **{f"-{'v' * count}": count for count in range(1, 10)}}
"""The switches that work behind any command, with the verbosity that each adds."""


def _set_apart(arguments: Sequence[str]) -> tuple[list[str], bool, int]:
    """The arguments without the switches of `_ANYWHERE` before ``--``; whether --debug was there (or PHOTON_DEBUG is set),
    and the verbosity."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    apart = [argument for argument in arguments[:end] if argument in _ANYWHERE]
    rest = [argument for argument in arguments[:end] if argument not in _ANYWHERE]
    debug = "--debug" in apart or os.environ.get("PHOTON_DEBUG", "") not in ("", "0")
    return [*rest, *arguments[end:]], debug, sum(_ANYWHERE[argument] for argument in apart)


def _failed(error: Exception, arguments: Sequence[str], terminal: Terminal) -> int:
    match error:
        case PhotonError():
            terminal.fail(error)
            return error.exit_code
        case typer.Exit():
            return error.exit_code
        case TyperException():
            return _misused(error, arguments, terminal)
        case OSError():
            terminal.fail(PhotonError(_operating_system_says(error), hint="add --debug for where it happened"))
            return ExitCode.FAILURE
    what = f"{type(error).__name__}: {error}".rstrip(": ").replace("\n", " ")[:300]
    terminal.fail(PhotonError(f"this is a bug in Photon: {what}", hint="add --debug for the traceback, and report it"))
    return ExitCode.FAILURE


def _misused(error: TyperException, arguments: Sequence[str], terminal: Terminal) -> int:
    """A command line that Typer refuses. Without any arguments its message is the help page."""
    context = getattr(error, "ctx", None)
    message = harmless(error.format_message() if hasattr(error, "format_message") else str(error))
    if type(error).__name__ == "NoArgsIsHelpError":
        terminal.say(message + "\n")
        return ExitCode.USAGE
    command = context.command_path if context else _command_in(arguments)
    terminal.fail(PhotonError(message.replace("\n", " "), hint=f"{command} --help"))
    return ExitCode.USAGE


def _command_in(arguments: Sequence[str]) -> str:
    """The command that `arguments` begin with, for an error that does not say where it happened."""
    depth = 2 if len(arguments) > 1 and arguments[1] in _AI_COMMANDS else 1
    return " ".join(["photon", *arguments[:depth]]) if arguments[:1] == ["ai"] else "photon"


def _operating_system_says(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _cancelled(terminal: Terminal) -> int:
    if terminal.talkative:
        terminal.say("\n")
    return ExitCode.CANCELLED
