"""Which models there are: every configured provider is asked, all at the same time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from photon.chat import ModelInfo, Origin
from photon.errors import PhotonError, ProviderUnreachable
from photon.providers.weights import local_is_installed
from photon.routing.plan import Purpose, plan, primary
from photon.settings.keys import has_key
from photon.settings.presets import PRESETS, key_names_of
from photon.settings.schema import AI

PATIENCE = 5.0
"""Seconds that a provider gets to list its models, on top of the time to connect."""

_PURPOSES: tuple[Purpose, ...] = ("sketch", "chat")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model on offer. default_for: the purposes for which it is asked when no model is named."""

    info: ModelInfo
    default_for: tuple[Purpose, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether it is asked for anything when no model is named."""
        return bool(self.default_for)


@dataclass(frozen=True, slots=True)
class ModelListing:
    """What the providers offer, in the order in which they were asked, and which of them could not say."""

    models: tuple[ListedModel, ...]
    failures: tuple[tuple[str, PhotonError], ...] = ()


async def list_models(ai: AI, *, provider: str | None = None, environ: Mapping[str, str] = os.environ) -> ModelListing:
    """Ask `provider`, or else every provider that the settings, the keys and this machine suggest; of the presets only those
    that the settings name or that there is a key for. Ports of this machine are not tried out.

    Ollama is asked in any case, for it needs no configuration; that it does not run is a failure only where it was
    configured. Raises ConfigurationError for a provider that there is not.
    """
    ai = replace(ai, provider=primary(ai, environ))
    names = (provider,) if provider else _candidates(ai, environ)
    answers = await asyncio.gather(*(_offer(ai, name, environ) for name in names))
    defaults = _defaults(ai, environ)
    models, failures = [], []
    for name, offered in zip(names, answers, strict=True):
        if not isinstance(offered, PhotonError):
            models += [ListedModel(info, _default_for(name, info.id, defaults)) for info in offered]
        elif provider or name != "ollama" or _ollama_is_configured(ai, environ):
            failures.append((name, offered))
    return ModelListing(tuple(models), tuple(failures))


def _candidates(ai: AI, environ: Mapping[str, str]) -> tuple[str, ...]:
    names = [ai.provider, *_listed_fallbacks(ai), *ai.providers]
    names += [name for name in ("openai", "anthropic") if has_key(name, environ)]
    names += [
        name
        for name, preset in PRESETS.items()
        if preset.cloud and preset.url and any(has_key(key, environ) for key in key_names_of(name))
    ]
    if local_is_installed():
        names.append("local")
    return tuple(dict.fromkeys([*names, "ollama"]))


def _listed_fallbacks(ai: AI) -> tuple[str, ...]:
    return ai.failover if isinstance(ai.failover, tuple) else ()


def _ollama_is_configured(ai: AI, environ: Mapping[str, str]) -> bool:
    named = (ai.provider, *_listed_fallbacks(ai), *ai.providers)
    return bool(environ.get("OLLAMA_HOST")) or "ollama" in named


async def _offer(ai: AI, name: str, environ: Mapping[str, str]) -> tuple[ModelInfo, ...] | PhotonError:
    """What the provider `name` offers, or why it cannot say."""
    from photon.providers.registry import connect, endpoint

    deadline = ai.timeouts.connect + PATIENCE
    try:
        connected = connect(endpoint(ai, name, purpose="chat", environ=environ), ai, environ)
        try:
            async with asyncio.timeout(deadline):
                return await connected.models()
        finally:
            await connected.close()
    except PhotonError as error:
        return error
    except TimeoutError:
        return ProviderUnreachable(f"{name} did not list its models within {deadline:g} s", hint="raise ai.timeouts.connect")


def _defaults(ai: AI, environ: Mapping[str, str]) -> dict[Purpose, Origin]:
    """Who is asked first for each purpose; nobody where the settings leave nobody."""
    found: dict[Purpose, Origin] = {}
    for purpose in _PURPOSES:
        try:
            found[purpose] = plan(ai, purpose=purpose, environ=environ)[0].origin
        except PhotonError:
            continue
    return found


def _default_for(provider: str, model: str, defaults: Mapping[Purpose, Origin]) -> tuple[Purpose, ...]:
    """Ollama lists ``NAME:latest`` for what is asked for as ``NAME``."""
    return tuple(
        purpose
        for purpose, origin in defaults.items()
        if origin.provider == provider and model in (origin.model, f"{origin.model}:latest")
    )
