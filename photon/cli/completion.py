"""Shell completion: provider and model names, from the settings alone; nobody is asked and nothing slow is imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from photon.errors import PhotonError

if TYPE_CHECKING:
    from photon.settings.schema import AI


def complete_provider(incomplete: str) -> list[str]:
    """The providers that ``--provider`` takes: the built-in ones, the presets, and those of the settings files."""
    from photon.settings.providers import provider_names

    ai = _settings()
    asked_for_by_tests_only = {"fake"} - set(ai.providers)
    return _starting(incomplete, ["auto", *(name for name in provider_names(ai) if name not in asked_for_by_tests_only)])


def complete_model(incomplete: str) -> list[str]:
    """The models that can be named without asking anybody: the two local ones and those of the settings files."""
    from photon.providers.profiles import BASE_MODEL, PHOTON_MODEL

    ai = _settings()
    return _starting(incomplete, [PHOTON_MODEL, BASE_MODEL, ai.model, *(named.model for named in ai.providers.values())])


def _starting(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name and name.startswith(incomplete)]


def _settings() -> AI:
    """The ``[ai]`` table, or the defaults: a broken settings file is told when a command runs, not at the Tab key."""
    from photon.settings.load import load
    from photon.settings.schema import AI

    try:
        return load(flags={}, environ=os.environ, cwd=Path.cwd()).settings.ai
    except (PhotonError, OSError):
        return AI()
