"""What is asked for without showing what is typed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from photon.cli.terminal import Terminal
from photon.errors import UsageError
from photon.settings.asking import a_person_is_asked


def ask_hidden(terminal: Terminal, question: str) -> str:
    """What was typed. Raises UsageError where nothing was, KeyboardInterrupt at Ctrl-C."""
    from getpass import getpass

    try:
        with a_person_is_asked():
            return getpass(question, stream=terminal.err)
    except EOFError:
        raise UsageError("nothing was entered") from None


def ask_if_anybody(terminal: Terminal, question: str) -> str | None:
    """What a person at `terminal` typed, also one who pipes something in; None where nobody is there."""
    return ask_hidden(terminal, question) if terminal.asking or (terminal.talkative and _has_keyboard()) else None


def _has_keyboard() -> bool:
    with suppress(OSError), Path("/dev/tty").open("rb"):
        return True
    return False
