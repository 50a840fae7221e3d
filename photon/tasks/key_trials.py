"""Whether keys work: each provider that sends one is asked something cheap, all at the same time."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from photon.chat import Message, ModelInfo, Parameters, Provider, Request
from photon.errors import CredentialsError, Fault, PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.settings.keys import find_key, key_source, list_keys, variable
from photon.settings.keys.command import key_commands
from photon.settings.presets import key_names_of
from photon.settings.providers import key_names, provider_names, provider_settings
from photon.settings.schema import AI

PATIENCE = 20.0
"""Seconds for a trial, on top of the time to connect."""

_QUESTION = (Message("user", "Say OK."),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one provider said to one key.

    provider: empty where none sends the key. source: where the key was found, as in `Key.source`. answer: one line for
    people. total_ms: milliseconds, None where nobody was asked. error: why the key is not known to work, None where it is.
    """

    key: str
    source: str
    provider: str = ""
    answer: str = ""
    total_ms: float | None = None
    error: PhotonError | None = None


async def try_keys(ai: AI, names: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> tuple[Trial, ...]:
    """Try the keys by these `names`, else every key that is there. What goes wrong is in the trial and not raised."""
    commands = key_commands(ai)
    wanted = tuple(name.lower() for name in names) or _there(ai, commands, environ)
    trials = []
    for key in dict.fromkeys(wanted):
        source = key_source(key, environ, command=commands.get(key, ""))
        senders = _senders(ai, key) if source else ()
        if senders:
            _fetch(key, environ, commands.get(key, ""))
        trials += [_try(ai, name, Trial(key=key, source=source, provider=name), environ) for name in senders]
        if not senders:
            trials.append(_untried(key, source))
    return tuple(await asyncio.gather(*trials))


def _fetch(key: str, environ: Mapping[str, str], command: str) -> None:
    """One key after the other, before anybody is asked: a command may wait for a person, and a trial must not wait with it."""
    with suppress(PhotonError):  # the trial will meet it again, and tell it
        find_key(key, environ, command=command)


def _there(ai: AI, commands: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(entry.name for entry in list_keys(key_names(ai), environ, commands=commands) if entry.used)


def _senders(ai: AI, key: str) -> tuple[str, ...]:
    """The providers that would send the key."""
    return tuple(name for name in provider_names(ai) if key in _sent_by(ai, name))


def _sent_by(ai: AI, name: str) -> tuple[str, ...]:
    """The names of the keys that the provider may send, for a preset may look for several."""
    own, usual = provider_settings(ai, name).key.lower(), key_names_of(name)
    return usual if own == usual[0] else (own,)


async def _untried(key: str, source: str) -> Trial:
    if source:
        error = CredentialsError(f"no provider sends the key {key}", hint="photon ai keys list", fault=Fault.NO_KEY)
    else:
        hint = f"photon ai keys set {key}, or set {variable(key)}"
        error = CredentialsError(f"there is no key {key}", hint=hint, fault=Fault.NO_KEY)
    return Trial(key=key, source=source, error=error)


async def _try(ai: AI, name: str, trial: Trial, environ: Mapping[str, str]) -> Trial:
    from photon.providers.registry import connect, endpoint

    begun = None
    try:
        target = replace(endpoint(ai, name, purpose="chat", environ=environ), key=trial.key)
        provider = connect(target, ai, environ)
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(ai.timeouts.connect + PATIENCE):
                answer = await _ask(provider, target, ai, environ)
        finally:
            await provider.close()
    except TimeoutError:
        error: PhotonError = ProviderUnreachable(f"{name} did not answer in time", fault=Fault.TOTAL_TIMEOUT)
        return _ended(replace(trial, error=error), begun)
    except PhotonError as error:
        return _ended(replace(trial, error=error), begun)
    return _ended(replace(trial, answer=answer), begun)


def _ended(trial: Trial, begun: float | None) -> Trial:
    return trial if begun is None else replace(trial, total_ms=1000 * (time.perf_counter() - begun))


async def _ask(provider: Provider, target: Endpoint, ai: AI, environ: Mapping[str, str]) -> str:
    """The models cost nothing. Where they are listed for anybody, or not at all, a token is asked for instead."""
    try:
        models = await provider.models()
    except CredentialsError:
        raise
    except PhotonError:
        models = ()
    if models and await _refuses_anybody(target, ai, environ):
        return f"accepted; it offers {len(models)} model{'s' * (len(models) > 1)}"
    model = _model(target, models)
    await ask_briefly(provider, model)
    return f"accepted; {model} answered"


async def ask_briefly(provider: Provider, model: str, *, max_tokens: int = 1) -> None:
    """Ask for so many tokens, and wait for the first one. Raises what the provider raises."""
    request = Request(model=model, messages=_QUESTION, parameters=Parameters(max_tokens=max_tokens))
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            if chunk.text or chunk.reasoning or chunk.finish_reason:
                return


async def _refuses_anybody(target: Endpoint, ai: AI, environ: Mapping[str, str]) -> bool:
    """Whether the same question without a key is refused, so that it was the key that counted."""
    from photon.providers.registry import connect

    try:
        anybody = connect(replace(target, key=""), ai, environ)
        try:
            await anybody.models()
        finally:
            await anybody.close()
    except CredentialsError:
        return True
    except PhotonError:
        return False
    return False


def _model(target: Endpoint, models: Sequence[ModelInfo]) -> str:
    """The one that is asked otherwise, too, where the server has it or does not say."""
    ids = [model.id for model in models]
    known = not ids or target.model in ids or f"{target.model}:latest" in ids
    return target.model if known else ids[0]
