"""One provider as the settings see it: a built-in kind, a preset, one from ``[ai.providers]``, or a plug-in's kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from photon.errors import ConfigurationError
from photon.settings.catalogue import key_part
from photon.settings.presets import PRESETS, key_names_of
from photon.settings.schema import AI, PROVIDER_KINDS, NamedProvider
from photon.settings.validate import did_you_mean

_WITHOUT_KEYS = ("local", "fake")
"""The kinds that ask no server, which might want a key."""


def provider_names(settings: AI) -> tuple[str, ...]:
    """Every provider that can be asked by name: the built-in kinds, the presets, then those of ``[ai.providers]``.

    The kinds of plug-ins are names, too, and left out, for finding them takes a while.
    """
    return tuple(dict.fromkeys((*PROVIDER_KINDS, *PRESETS, *settings.providers)))


def is_provider(settings: AI, name: str) -> bool:
    """Whether `name` can be asked, as a plug-in's kind for one."""
    return name in provider_names(settings) or name in _plugins()


def is_built_in(name: str) -> bool:
    """Whether `name` means the same for everybody; the keys of such providers are the user's own."""
    name = name.lower()
    return name in PROVIDER_KINDS or name in PRESETS or any(name in preset.keys for preset in PRESETS.values())


def provider_settings(settings: AI, name: str) -> NamedProvider:
    """Kind, URL, model and name of the key of the provider `name`; url and model are empty for the kind's default.

    ``[ai].url`` and ``[ai].model`` belong to the selected provider, ``[ai].provider``, and win there over its own table,
    which wins over the preset of its name. Raises ConfigurationError for a name that is no provider, 'auto' included.
    """
    if not is_provider(settings, name):
        raise ConfigurationError(f'there is no provider "{name}"', hint=who_else(settings, name))
    own = settings.providers.get(name) or NamedProvider(kind=kind_of(name))
    if name == settings.provider:
        own = replace(own, url=settings.url or own.url, model=settings.model or own.model)
    if preset := PRESETS.get(name):
        own = replace(own, kind=preset.kind, url=own.url or preset.url, model=own.model or preset.model)
    return replace(own, key="" if own.kind in _WITHOUT_KEYS else own.key or key_names_of(name)[0])


def kind_of(name: str, *, url: str = "") -> str:
    """The wire protocol of a provider whose settings do not say: its own name where that is one.

    Anybody else speaks like OpenAI; where an `url` is given, plug-ins are not even looked for.
    """
    if name in PRESETS:
        return PRESETS[name].kind
    return name if name in PROVIDER_KINDS or (not url and name in _plugins()) else NamedProvider().kind


def who_else(settings: AI, name: str) -> str:
    """A hint for a name that is no provider: the nearest that is one, or all of them."""
    names = tuple(dict.fromkeys((*provider_names(settings), *_plugins())))
    return did_you_mean(name, names, f"one of {', '.join(names)}, or a table [ai.providers.{key_part(name)}]")


def key_names(settings: AI) -> tuple[str, ...]:
    """The names of the keys that some provider would send."""
    keys = [provider_settings(settings, name).key for name in (*PROVIDER_KINDS, *settings.providers)]
    return tuple(dict.fromkeys(filter(None, [*keys, *(key for name in PRESETS for key in key_names_of(name))])))


def preset_values(settings: AI) -> Mapping[str, str]:
    """What presets say of the providers that the settings name, by dotted key, where the settings do not say it themselves."""
    return dict(_preset_values(settings))


def _preset_values(settings: AI) -> Iterator[tuple[str, str]]:
    listed = settings.failover if isinstance(settings.failover, tuple) else ()
    for name in dict.fromkeys((settings.provider, *listed, *settings.providers)):
        if preset := PRESETS.get(name):
            selected, own = name == settings.provider, settings.providers.get(name) or NamedProvider()
            given = {
                "url": own.url or (settings.url if selected else ""),
                "model": own.model or (settings.model if selected else ""),
            }
            for field, value in (("url", preset.url), ("model", preset.model)):
                if value and not given[field]:
                    yield f"ai.providers.{name}.{field}", value


def _plugins() -> Mapping[str, object]:
    from photon.settings.plugins import plugins

    return plugins()
