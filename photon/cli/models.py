"""``photon ai models``: what each configured provider offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from photon.cli.options import JsonOption, ProviderOption, QuietOption, settings_flags
from photon.cli.terminal import Terminal, terminal_of

if TYPE_CHECKING:
    from photon.routing.plan import Purpose
    from photon.tasks.models import ListedModel, ModelListing

_COLUMNS = ("model", "provider", "context", "size", "can", "default for")
_NARROW = 72
"""Columns below which a terminal has room for no more than the names and the mark of the default."""


def models_command(
    ctx: typer.Context, *, provider: ProviderOption = None, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """List the models of every configured provider.

    \b
    Examples:
      photon ai models
      photon ai models --provider ollama
      photon ai models --json | jq -r '.models[].id'

    A * marks the model that is asked when none is named. A provider that does not answer is one line on stderr.
    """
    import asyncio
    import os

    from photon.settings.load import load
    from photon.tasks.models import list_models

    terminal = terminal_of(ctx)
    terminal = replace(terminal, quiet=terminal.quiet or quiet)
    demanded = None if provider == "auto" else provider
    ai = load(flags=settings_flags(provider=provider)).settings.ai
    with terminal.spinner("asking the providers"):
        listing = asyncio.run(list_models(ai, provider=demanded, environ=os.environ))
    if as_json:
        import json

        from photon.sketch.text import escaped

        terminal.write(escaped(json.dumps(as_object(listing), indent=2, ensure_ascii=False)) + "\n")
    elif listing.models:
        _table(listing.models, terminal)
    _tell_failures(listing, terminal.warn)
    if not listing.models and not listing.failures:
        terminal.note(f"{demanded or 'no provider'} offers no models")
    elif not listing.models:
        raise listing.failures[0][1]


def _table(models: Sequence[ListedModel], terminal: Terminal) -> None:
    if terminal.interactive and terminal.width < _NARROW:
        rows = [[each.info.id, each.info.provider, "*" * each.is_default] for each in models]
        terminal.table(("model", "provider", ""), rows)
    else:
        terminal.table(_COLUMNS, [_row(model) for model in models])


def _tell_failures(listing: ModelListing, warn: Callable[[str], None]) -> None:
    """One line for each provider that could not say; the first is left to be raised when nobody could."""
    for name, error in listing.failures if listing.models else listing.failures[1:]:
        warn(error.message if name in error.message else f"{name}: {error.message}")


def _row(model: ListedModel) -> list[str]:
    info = model.info
    context = "" if info.context_length is None else str(info.context_length)
    default = f"* {', '.join(map(_command, model.default_for))}" if model.is_default else ""
    return [info.id, info.provider, context, human_size(info.size), ", ".join(info.capabilities.names()), default]


def _command(purpose: Purpose) -> str:
    return "suggest-path" if purpose == "sketch" else purpose


def human_size(size: int | None) -> str:
    """Bytes for people, in decimal units as disks and downloads have them; empty for an unknown size."""
    if size is None:
        return ""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def as_object(listing: ModelListing) -> dict[str, object]:
    """The listing for ``--json``; null for what a provider does not say."""
    return {
        "models": [
            {
                "id": model.info.id,
                "provider": model.info.provider,
                "context_length": model.info.context_length,
                "size": model.info.size,
                "capabilities": list(model.info.capabilities.names()),
                "default": model.is_default,
                "default_for": list(map(_command, model.default_for)),
            }
            for model in listing.models
        ],
        "failures": [
            {"provider": name, "error": error.message, "exit_code": int(error.exit_code)} for name, error in listing.failures
        ],
    }
