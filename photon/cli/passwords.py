"""What is asked for without showing what is typed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from photon.cli.terminal import Spinner, Terminal
from photon.errors import UsageError


def ask_hidden(terminal: Terminal, question: str) -> str:
    """What was typed. Raises UsageError where nothing was, KeyboardInterrupt at Ctrl-C."""
    from getpass import getpass

    Spinner.hide()
    try:
        with _interruptible():
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


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the question at once; asyncio's own handler only marks the task, and getpass would go on waiting."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if before is not None:  # it was set by somebody else than Python
            signal.signal(signal.SIGINT, before)
