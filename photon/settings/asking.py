"""Who can ask a person for a secret: the command line, which says so; in a library or a cron job nobody can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Ask = Callable[[str], str | None]
"""Asks the question without showing what is typed; None where there is nobody to ask."""


def ask_with(ask: Ask | None, make_room: Callable[[], None] | None = None) -> None:
    """From here on `ask` is who asks; None is nobody. make_room: takes off the screen what a question would stand behind."""
    global _ask, _make_room
    _ask, _make_room = ask, make_room


def ask(question: str) -> str | None:
    """What a person answered; None where nobody can be asked."""
    return _ask(question) if _ask else None


@contextmanager
def a_person_is_asked() -> Iterator[None]:
    """While a person is asked something, by us or by another program: the screen is theirs, and Ctrl-C ends it at once.

    asyncio's own handler of Ctrl-C only marks the task, and what waits here would go on waiting.
    """
    import signal
    import threading

    if _make_room:
        _make_room()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if before is not None:  # it was set by somebody else than Python
            signal.signal(signal.SIGINT, before)


_ask: Ask | None = None
_make_room: Callable[[], None] | None = None
