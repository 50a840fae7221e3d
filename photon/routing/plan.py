"""Who is asked, in which order, decided from the settings alone: nobody is connected to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from photon.errors import ConfigurationError
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import Purpose
from photon.settings.presets import INFERENCE_SERVER
from photon.settings.providers import provider_settings
from photon.settings.schema import AI

__all__ = ["Purpose", "plan", "primary"]

LOCAL = "local"


def plan(ai: AI, *, purpose: Purpose, environ: Mapping[str, str] = os.environ) -> tuple[Endpoint, ...]:
    """The endpoints to ask, the user's choice first; at least one, no endpoint twice.

    Privacy has a direction: only the local model is ever added here, so a prompt goes to a company's server only when the
    settings name that provider. Raises ConfigurationError for an unknown provider, for one whose model only the user could
    name and did not, and where nobody could answer at all.
    """
    from photon.providers.registry import endpoint

    chosen = replace(ai, provider=primary(ai, environ))
    names = tuple(dict.fromkeys((chosen.provider, *_fallbacks(chosen))))
    if ai.provider == "auto" and names == (LOCAL,) and not _local_is_installed():
        raise _nobody_to_ask()
    distinct: dict[tuple[str, str, str, str], Endpoint] = {}
    for name in names:
        each = endpoint(chosen, name, purpose=purpose, environ=environ)
        if not each.model:
            raise _no_model(name)
        same = distinct.get((each.kind, each.url, each.model, ""))
        account = _account(each, chosen, environ) if same and same.key != each.key else ""
        distinct.setdefault((each.kind, each.url, each.model, account), each)
    return tuple(distinct.values())


def _account(endpoint: Endpoint, ai: AI, environ: Mapping[str, str]) -> str:
    """The name of its key, where there is one: the same model under another key is another account, with a quota of its own."""
    from photon.settings.keys import has_key
    from photon.settings.keys.command import key_command_of

    there = has_key(endpoint.key, environ, command=key_command_of(ai, endpoint.provider)) if endpoint.key else False
    return endpoint.key if there else ""


def primary(ai: AI, environ: Mapping[str, str] = os.environ) -> str:
    """The name of the provider that is asked first.

    "auto" is what the settings imply: a url without a provider is an OpenAI-compatible server, for that is what most
    servers speak; else the inference server that the environment names; else OpenAI when there is a key for it, which may
    be there for other programs; else the local model.
    """
    if ai.provider != "auto":
        return ai.provider
    if not ai.url and provider_settings(ai, INFERENCE_SERVER).url:
        return INFERENCE_SERVER
    from photon.settings.keys import has_key
    from photon.settings.keys.command import key_command_of

    return "openai" if ai.url or has_key("openai", environ, command=key_command_of(ai, "openai")) else LOCAL


def _fallbacks(ai: AI) -> tuple[str, ...]:
    """Who is asked after the user's choice, by name; the choice may be among them."""
    match ai.failover:
        case False:
            return ()
        case True:
            return (LOCAL,)
        case "auto":
            return (LOCAL,) if _local_is_installed() else ()
        case str(name):
            return (name,)
        case names:
            return names


def _local_is_installed() -> bool:
    from photon.providers.weights import local_is_installed

    return local_is_installed()


def _no_model(provider: str) -> ConfigurationError:
    return ConfigurationError(
        f"{provider} knows its models by names of your own, and none is named",
        hint=f"--model NAME, or model in [ai.providers.{provider}]",
    )


def _nobody_to_ask() -> ConfigurationError:
    return ConfigurationError(
        "there is nobody to ask: no provider is configured, there is no OpenAI key, and the local model is not installed",
        hint="photon ai keys set openai, or --provider ollama, or pipx install 'photon-cli[local]'",
    )
