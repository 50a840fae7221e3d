"""Is everything as it should be, and what to do where it is not: every check in order, each guarded against itself."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from photon.errors import PhotonError
from photon.providers.refusals import one_line
from photon.settings.redaction import redacted
from photon.tasks.checkup.clock import clock
from photon.tasks.checkup.configuration import configuration
from photon.tasks.checkup.finding import LEVELS, Finding, Level, exit_code, of_error, worst
from photon.tasks.checkup.key_stores import keyring, keys
from photon.tasks.checkup.local_model import llama_cpp, weights
from photon.tasks.checkup.machine import extras, python, sqlite
from photon.tasks.checkup.providers import providers
from photon.tasks.checkup.storage import databases, folders
from photon.tasks.checkup.visit import Visit

__all__ = ["CHECKS", "LEVELS", "Finding", "Level", "examine", "exit_code", "worst"]

_logger = logging.getLogger(__name__)

Check = Callable[[Visit], AsyncGenerator[Finding, None]]

CHECKS: Final[tuple[Check, ...]] = (
    python,
    extras,
    sqlite,
    llama_cpp,
    weights,
    configuration,
    providers,
    keyring,
    keys,
    folders,
    databases,
    clock,
)
"""What is looked at, in this order: what comes later stands on what comes before."""

_LONGEST: Final = 600
"""Characters of a line, for a server may say much."""


async def examine(
    *, ask: bool = True, environ: Mapping[str, str] = os.environ, checks: tuple[Check, ...] = CHECKS
) -> AsyncGenerator[Finding, None]:
    """Each finding as soon as it is known, in order, without secrets. Raises nothing, and changes nothing.

    ask: let each provider answer a token, which a company may charge some thousandth of a cent for.
    """
    visit = Visit.begin(ask=ask, environ=environ)
    for check in checks:
        async with aclosing(_guarded(check, visit)) as findings:
            async for finding in findings:
                yield replace(finding, text=_safe(finding.text), mend=_safe(finding.mend))


async def _guarded(check: Check, visit: Visit) -> AsyncGenerator[Finding, None]:
    """The findings of `check`; whatever it raises is one more."""
    subject = check.__name__.replace("_", ".")
    try:
        async with aclosing(check(visit)) as findings:
            async for finding in findings:
                yield finding
    except PhotonError as error:
        yield of_error(subject, error)
    except Exception as error:
        _logger.info("%s: its check failed", subject, exc_info=True)
        what = f"this check itself failed: {type(error).__name__}: {error}"
        yield Finding(subject, "failure", what, "report it, with what photon -v ai doctor says")


def _safe(text: str) -> str:
    return redacted(one_line(text, limit=_LONGEST))
