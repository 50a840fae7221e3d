"""What all checks of one visit know: the settings, the databases, and what servers said the time is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from photon.errors import ConfigurationError, PhotonError
from photon.settings.schema import AI

if TYPE_CHECKING:
    from photon.settings.load import Loaded
    from photon.tasks.checkup.databases import Examined


@dataclass(frozen=True, slots=True)
class ServerTime:
    """What a server's Date header says. ahead: seconds by which it is later than this machine's clock. cloud: a company's."""

    host: str
    ahead: float
    cloud: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """ai: the settings, the defaults where they cannot be read, which `trouble` then says. loaded: with their origins.

    ask: whether providers are asked for a token. databases: as they were found before anything else was looked at, for whoever
    opens a damaged one begins it anew. times: filled by the check of the providers.
    """

    environ: Mapping[str, str]
    ai: AI
    loaded: Loaded | None
    trouble: PhotonError | None
    ask: bool
    databases: tuple[Examined, ...]
    times: list[ServerTime] = field(default_factory=list)

    @classmethod
    def begin(cls, *, ask: bool, environ: Mapping[str, str] = os.environ) -> Visit:
        """Read the settings and look at the databases. Raises nothing."""
        loaded, trouble = _settings(environ)
        ai = loaded.settings.ai if loaded else AI()
        databases: tuple[Examined, ...] = ()
        with suppress(Exception):  # whatever it is, the check of the databases looks again and says it
            from photon.tasks.checkup.databases import examine

            databases = examine(environ)
        return cls(environ=environ, ai=ai, loaded=loaded, trouble=trouble, ask=ask, databases=databases)


def _settings(environ: Mapping[str, str]) -> tuple[Loaded | None, PhotonError | None]:
    try:
        from photon.settings.load import load

        return load(environ=environ), None
    except PhotonError as error:
        return None, error
    except Exception as error:
        return None, ConfigurationError(f"the settings cannot be read: {type(error).__name__}: {error}")
