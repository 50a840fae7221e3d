"""Whom Photon can ask, and how each of them is: ready, resting after a failure, without its key; and how the last day went."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from photon.errors import ConfigurationError, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import is_official
from photon.providers.registry import endpoint
from photon.providers.weights import find_weights, llama_is_installed, local_is_installed
from photon.routing.plan import LOCAL, Purpose, plan
from photon.routing.resting import target_name
from photon.settings.keys import has_key, list_keys
from photon.settings.keys.command import key_commands
from photon.settings.presets import PRESETS, key_names_of
from photon.settings.providers import is_provider, who_else
from photon.settings.schema import AI

if TYPE_CHECKING:
    from photon.records.history import Health
    from photon.records.targets import Rest

DAY: Final = 86_400.0
"""Seconds that the statistics look back."""

State = Literal["ready", "resting", "no key", "not installed"]

_PURPOSES: tuple[Purpose, ...] = ("sketch", "chat")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetState:
    """One target. key: where its key was found ("environment OPENAI_API_KEY", "keyring", ...), empty where there is none.

    rest: where it rests. health: of the last day, None where it was not asked.
    """

    endpoint: Endpoint
    state: State
    key: str = ""
    rest: Rest | None = None
    health: Health | None = None


def target_states(ai: AI, *, warn: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> tuple[TargetState, ...]:
    """Every target that the settings name, in the order in which it would be asked: for a suggestion, for chat, then those
    that are configured or have a key, then those that were asked in the last day.

    Nobody is connected to, and no key is read. warn: told of a provider that is configured wrongly, and of a database that
    cannot be used.
    """
    health = _health(ai, warn, environ)
    endpoints = tuple({target_name(each): each for each in _endpoints(ai, health, warn, environ)}.values())
    rests = _rests(ai, endpoints, warn, environ)
    sources = _key_sources(ai, endpoints, environ)
    return tuple(
        _state(each, sources.get(each.key.lower(), ""), rests.get(target_name(each)), health.get(str(each.origin)))
        for each in endpoints
    )


def end_rests(name: str, *, warn: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> int:
    """Let everybody be asked again in the usual order, or only the provider `name`; the number of targets that rested.

    Without a name a damaged file is mended as well. Raises PhotonError where that does not go.
    """
    from photon.records.targets import targets_of

    with closing(targets_of(warn, environ)) as targets:
        return targets.reset(f"{name}/" if name else "")


def checked_name(ai: AI, name: str) -> str:
    """`name`, or ConfigurationError where no provider is called that."""
    if not is_provider(ai, name):
        raise ConfigurationError(f'there is no provider "{name}"', hint=who_else(ai, name))
    return name


def _endpoints(
    ai: AI, asked_lately: Iterable[str], warn: Callable[[str], None], environ: Mapping[str, str]
) -> Iterator[Endpoint]:
    warn = _once(warn)
    for purpose in _PURPOSES:
        try:
            yield from plan(ai, purpose=purpose, environ=environ)
        except ConfigurationError as error:
            warn(error.message)
    for name in _configured(ai, environ):
        try:
            yield endpoint(ai, name, environ=environ)
        except ConfigurationError as error:
            warn(error.message)
    for target in asked_lately:
        name, _, model = target.partition("/")
        with suppress(ConfigurationError):  # it was a provider then
            yield endpoint(ai, name, model=model, environ=environ)


def _once(warn: Callable[[str], None]) -> Callable[[str], None]:
    told: set[str] = set()

    def tell(line: str) -> None:
        if line not in told:
            told.add(line)
            warn(line)

    return tell


def _configured(ai: AI, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The providers with a table of their own, those that have a key, Ollama where it is named, and the local model."""
    names = list(ai.providers)
    names += [name for name in ("openai", "anthropic") if has_key(name, environ)]
    names += [name for name in PRESETS if any(has_key(key, environ) for key in key_names_of(name))]
    names += ["ollama"] * bool(environ.get("OLLAMA_HOST"))
    names += [LOCAL] * local_is_installed()
    return tuple(dict.fromkeys(names))


def _health(ai: AI, warn: Callable[[str], None], environ: Mapping[str, str]) -> Mapping[str, Health]:
    from photon.records.requests import history

    record = history(ai.record, warn, environ)
    if record is None:
        return {}
    with closing(record):
        return record.health(time.time() - DAY)


def _rests(
    ai: AI, endpoints: Iterable[Endpoint], warn: Callable[[str], None], environ: Mapping[str, str]
) -> Mapping[str, Rest]:
    if not ai.retry.cooldown:
        return {}
    from photon.records.targets import targets_of

    with closing(targets_of(warn, environ)) as targets:
        return targets.resting([target_name(each) for each in endpoints])


def _key_sources(ai: AI, endpoints: Iterable[Endpoint], environ: Mapping[str, str]) -> Mapping[str, str]:
    """Where the key by each name would be taken from; nothing is unlocked or run for it."""
    names = {each.key for each in endpoints if each.key}
    entries = list_keys(names, environ, commands=key_commands(ai)) if names else ()
    return {entry.name: entry.source for entry in entries if entry.used}


def _state(each: Endpoint, key: str, rest: Rest | None, health: Health | None) -> TargetState:
    state: State = "ready"
    if each.kind == LOCAL and not _is_installed(each.model):
        state = "not installed"
    elif not key and _wants_key(each):
        state = "no key"
    elif rest:
        state = "resting"
    return TargetState(endpoint=each, state=state, key=key, rest=rest, health=health)


def _wants_key(each: Endpoint) -> bool:
    preset = PRESETS.get(each.provider)
    return bool(each.key) and (is_official(each.url) or bool(preset and preset.cloud and each.cloud))


def _is_installed(model: str) -> bool:
    try:
        find_weights(model)
    except PhotonError:
        return False
    return llama_is_installed()
