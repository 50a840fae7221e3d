"""One provider as the settings see it: a built-in one, or one from ``[ai.providers]``."""

from __future__ import annotations

from dataclasses import replace

from photon.errors import ConfigurationError
from photon.settings.schema import AI, PROVIDER_KINDS, NamedProvider
from photon.settings.validate import did_you_mean

_WITH_KEYS = ("openai", "ollama")
"""The kinds that speak to a server, which may want a key."""


def provider_names(settings: AI) -> tuple[str, ...]:
    """Every provider that can be asked by name: the built-in ones, then those of ``[ai.providers]``."""
    return tuple(dict.fromkeys((*PROVIDER_KINDS, *settings.providers)))


def provider_settings(settings: AI, name: str) -> NamedProvider:
    """Kind, URL, model and name of the key of the provider `name`; url and model are empty for the kind's default.

    ``[ai].url`` and ``[ai].model`` belong to the selected provider, ``[ai].provider``, and win there over its own table.
    Raises ConfigurationError for a name that is no provider, 'auto' included.
    """
    names = provider_names(settings)
    if name not in names:
        hint = did_you_mean(name, names, f"one of {', '.join(names)}, or a table [ai.providers.{name}]")
        raise ConfigurationError(f'there is no provider "{name}"', hint=hint)
    own = settings.providers.get(name) or NamedProvider(kind=name)
    if name == settings.provider:
        own = replace(own, url=settings.url or own.url, model=settings.model or own.model)
    return replace(own, key=(own.key or name) if own.kind in _WITH_KEYS else "")


def key_names(settings: AI) -> tuple[str, ...]:
    """The names of the keys that some provider would send."""
    keys = (provider_settings(settings, name).key for name in provider_names(settings))
    return tuple(dict.fromkeys(filter(None, keys)))
