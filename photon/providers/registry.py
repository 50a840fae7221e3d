"""From the settings to an endpoint, and from an endpoint to a provider that is connected to it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from photon.chat import Capabilities, Provider
from photon.errors import ConfigurationError, CredentialsError, Fault, PhotonError
from photon.providers.consent import check_consent, needs_key
from photon.providers.endpoint import Endpoint
from photon.providers.ollama_host import parse_ollama_host
from photon.providers.profiles import (
    ANTHROPIC_URL,
    DEFAULT_MODELS,
    OPENAI_URL,
    SERVER_MODEL,
    Purpose,
    capabilities,
    is_openai,
)
from photon.settings.headers import parsed
from photon.settings.presets import PRESETS, key_names_of
from photon.settings.providers import provider_settings
from photon.settings.redaction import remember_headers, remember_url
from photon.settings.schema import AI, PROVIDER_KINDS, NamedProvider

if TYPE_CHECKING:
    from photon.settings.keys import Key

_logger = logging.getLogger(__name__)

_AT_HOME: Final = (".local", ".lan", ".localhost", ".internal", ".home.arpa")
"""Ends of names that are never a company's: multicast DNS, RFC 6761, RFC 8375, and what routers and offices use."""


def endpoint(
    ai: AI, name: str, *, purpose: Purpose = "sketch", model: str | None = None, environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """Where a request to the provider `name` goes, from the settings alone: nothing is connected, loaded or read but file
    facts. model: instead of what the settings say. The model is empty where nobody but the user could name one.

    Raises ConfigurationError for a name that is no provider, for an address that cannot be one, and where there is none.
    """
    settings = provider_settings(ai, name)
    url = _url(name, settings, environ)
    asked = model or settings.model or _default_model(name, settings.kind, url, purpose)
    return Endpoint(
        provider=name,
        kind=settings.kind,
        model=asked,
        url=url,
        key=_key_name(name, settings.key, environ),
        cloud=is_cloud(url) or _is_anywhere(settings.kind, url),
        capabilities=_known(ai, settings, asked, url),
        identity=_identity(ai, settings.kind, asked),
        headers=parsed(settings.headers),
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
    )


def connect(endpoint: Endpoint, ai: AI, environ: Mapping[str, str] = os.environ) -> Provider:
    """A provider for `endpoint`; the client library is imported and the key fetched now, the server is not yet asked.

    A key goes to the URL of its own provider and nowhere else: an endpoint names one, or none. Raises CredentialsError
    where a company's key is missing, where a key would travel unencrypted, and where a key or the user's headers would go to
    an address that only a project's file names; MissingExtra, ConfigurationError for a bad URL or a broken plug-in.
    """
    remember_url(endpoint.url)
    remember_headers(endpoint.headers)
    secret = None if endpoint.kind in ("local", "fake") else _secret(endpoint, ai, environ)
    return provider_for(endpoint, ai, secret=secret)


def provider_for(endpoint: Endpoint, ai: AI, *, secret: str | None, transport: Any = None) -> Provider:
    """The provider of the endpoint's kind, with the key that it sends. transport: an httpx (or, for the openai SDK, httpx2)
    transport that takes the place of the network.
    """
    match endpoint.kind:
        case "openai":
            from photon.providers.openai import OpenAIProvider

            return OpenAIProvider(endpoint, key=secret, timeouts=ai.timeouts, transport=transport)
        case "anthropic":
            from photon.providers.anthropic import AnthropicProvider

            think = ai.reasoning == "show"
            return AnthropicProvider(endpoint, key=secret, timeouts=ai.timeouts, think=think, transport=transport)
        case "ollama":
            from photon.providers.ollama import OllamaProvider

            return OllamaProvider(endpoint, key=secret, timeouts=ai.timeouts, transport=transport)
        case "local":
            from photon.providers.local import LocalProvider

            return LocalProvider(endpoint, local=ai.local)
        case "fake":
            from photon.providers.fake import FakeProvider

            return FakeProvider(name=endpoint.provider, model=endpoint.model)
        case _:
            from photon.providers.plugged import connect_plugin

            return connect_plugin(endpoint, key=secret, timeouts=ai.timeouts)


def is_cloud(url: str) -> bool:
    """Whether what is sent to `url` leaves this machine's network, judged by its host alone: a public address or name.

    What is written so that it only looks like a name of the own network counts as public: 134744072 and 0x8080808 are 8.8.8.8
    to a resolver, and other full stops than ASCII's become one on the way.
    """
    host = (urlsplit(url).hostname or "").removesuffix(".")
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        disguised = not host.isascii() or re.fullmatch(r"\d+|0x[0-9a-f]*", host) is not None
        return disguised or ("." in host and not host.endswith(_AT_HOME))
    return (getattr(address, "ipv4_mapped", None) or address).is_global


def _url(name: str, settings: NamedProvider, environ: Mapping[str, str]) -> str:
    match settings.kind:
        case "openai" if name in PRESETS:
            return _preset_url(name, settings.url.rstrip("/"))
        case "openai":
            return (settings.url or OPENAI_URL).rstrip("/")
        case "anthropic":
            return (settings.url or ANTHROPIC_URL).rstrip("/")
        case "ollama":
            return parse_ollama_host(settings.url or environ.get("OLLAMA_HOST", ""))
        case "local" | "fake":
            return ""
        case _:
            return settings.url.rstrip("/")


def _preset_url(name: str, url: str) -> str:
    if not url:
        raise ConfigurationError(f"there is no address for {name}", hint=PRESETS[name].where)
    return url if urlsplit(url).path else url + PRESETS[name].path


def _is_anywhere(kind: str, url: str) -> bool:
    """A plug-in that was given no address may ask anybody."""
    return not url and kind not in PROVIDER_KINDS


def _key_name(provider: str, named: str, environ: Mapping[str, str]) -> str:
    """The key that the settings name; of several that a preset looks for, the first that there is."""
    names = key_names_of(provider)
    if named != names[0] or len(names) == 1:
        return named
    from photon.settings.keys import has_key

    return next((name for name in names if has_key(name, environ)), named)


def _default_model(name: str, kind: str, url: str, purpose: Purpose) -> str:
    """A server that is not OpenAI's has other models than OpenAI; most with one model answer to any name."""
    if name in PRESETS and PRESETS[name].deployments:
        return ""
    other = kind not in DEFAULT_MODELS or (kind == "openai" and not is_openai(url))
    return SERVER_MODEL if other else DEFAULT_MODELS[kind][purpose]


def _known(ai: AI, settings: NamedProvider, model: str, url: str) -> Capabilities:
    """The facts of the model. Its context is as long as the settings say, and a local model's no longer than it was trained."""
    known = capabilities(settings.kind, model, url)
    if settings.kind == "local":
        from photon.providers.weights import usable_context

        known = replace(known, context_length=usable_context(model, ai.local.context_length))
    return replace(known, context_length=settings.context_length) if settings.context_length else known


def _identity(ai: AI, kind: str, model: str) -> dict[str, str | int]:
    """The facts of a local model's files; none where they are not there, which connecting and asking will say. Of a model at
    Anthropic, that it was asked to think aloud."""
    if kind != "local":
        return {"thinking": "aloud"} if kind == "anthropic" and ai.reasoning == "show" else {}
    from photon.providers.weights import find_weights

    with suppress(PhotonError, OSError):
        return find_weights(model).identity()
    return {}


def _secret(endpoint: Endpoint, ai: AI, environ: Mapping[str, str]) -> str | None:
    from photon.settings.keys import find_key
    from photon.settings.keys.command import key_command_of

    command = key_command_of(ai, endpoint.provider)
    key = find_key(endpoint.key, environ, command=command) if endpoint.key else None
    _logger.info("%s: %s", endpoint.provider, f"key {key.name} from {key.source}" if key else "no key")
    check_key(endpoint, ai, key)
    return key.secret if key else None


def check_key(endpoint: Endpoint, ai: AI, key: Key | None) -> None:
    """Raises CredentialsError where `key` may not be sent to `endpoint`, or where there is none and it wants one."""
    from photon.settings.keys.rules import variable

    mend = f"photon ai keys set {endpoint.key}, or set {variable(endpoint.key)}"
    if key is None and needs_key(endpoint):
        raise CredentialsError(f"there is no key for {endpoint.provider}", hint=mend, fault=Fault.NO_KEY)
    if key and endpoint.cloud and urlsplit(endpoint.url).scheme == "http":
        raise CredentialsError(
            f"the key of {endpoint.provider} is not sent without encryption to {urlsplit(endpoint.url).hostname}",
            hint="write the url with https://",
            fault=Fault.NO_KEY,
        )
    check_consent(endpoint, ai, key)
