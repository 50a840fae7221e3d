"""Who can ask a person for a secret: the command line, which says so; in a library or a cron job nobody can."""

from __future__ import annotations

from collections.abc import Callable

Ask = Callable[[str], str | None]
"""Asks the question without showing what is typed; None where there is nobody to ask."""


def ask_with(ask: Ask | None) -> None:
    """From here on `ask` is who asks; None is nobody."""
    global _ask  # noqa: PLW0603 - one process has one terminal
    _ask = ask


def ask(question: str) -> str | None:
    """What a person answered; None where nobody can be asked."""
    return _ask(question) if _ask else None


_ask: Ask | None = None
