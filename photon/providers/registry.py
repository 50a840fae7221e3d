"""From the settings to an endpoint, and from an endpoint to a provider that is connected to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from photon.chat import Provider
from photon.errors import ConfigurationError, CredentialsError, Fault, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.ollama_host import parse_ollama_host
from photon.providers.profiles import DEFAULT_MODELS, OPENAI_URL, SERVER_MODEL, Purpose, capabilities, is_openai
from photon.settings.providers import provider_settings
from photon.settings.schema import AI, PROVIDER_KINDS, NamedProvider

if TYPE_CHECKING:
    from photon.settings.keys import Key

_AT_HOME: Final = (".local", ".lan", ".localhost", ".internal", ".home.arpa")
"""Ends of names that are never a company's: multicast DNS, RFC 6761, RFC 8375, and what routers and offices use."""


def endpoint(
    ai: AI, name: str, *, purpose: Purpose = "sketch", model: str | None = None, environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """Where a request to the provider `name` goes, from the settings alone: nothing is connected, loaded or read but file
    facts. model: instead of what the settings say.

    Raises ConfigurationError for a name that is no provider, or an address that cannot be one.
    """
    settings = provider_settings(ai, name)
    url = _url(settings, environ)
    asked = model or settings.model or _default_model(settings.kind, url, purpose)
    return Endpoint(
        provider=name,
        kind=settings.kind,
        model=asked,
        url=url,
        key=settings.key,
        cloud=is_cloud(url),
        capabilities=capabilities(settings.kind, asked),
        identity=_identity(asked) if settings.kind == "local" else {},
    )


def connect(endpoint: Endpoint, ai: AI, environ: Mapping[str, str] = os.environ) -> Provider:
    """A provider for `endpoint`; the client library is imported and the key fetched now, the server is not yet asked.

    A key goes to the URL of its own provider and nowhere else: an endpoint names one, or none. Raises CredentialsError
    where OpenAI's key is missing, or where a key would travel unencrypted or to an address that only a project's file
    names; MissingExtra, ConfigurationError for a bad URL.
    """
    match endpoint.kind:
        case "openai":
            secret = _secret(endpoint, ai, environ)
            from photon.providers.openai import OpenAIProvider

            return OpenAIProvider(endpoint, key=secret, timeouts=ai.timeouts)
        case "ollama":
            secret = _secret(endpoint, ai, environ)
            from photon.providers.ollama import OllamaProvider

            return OllamaProvider(endpoint, key=secret, timeouts=ai.timeouts)
        case "local":
            from photon.providers.local import LocalProvider

            return LocalProvider(endpoint, local=ai.local)
        case "fake":
            from photon.providers.fake import FakeProvider

            return FakeProvider(name=endpoint.provider, model=endpoint.model)
        case kind:
            raise ConfigurationError(f"{endpoint.provider} is of the unknown kind {kind!r}", hint="photon ai config explain")


def is_cloud(url: str) -> bool:
    """Whether what is sent to `url` leaves this machine's network, judged by its host alone: a public address or name."""
    host = (urlsplit(url).hostname or "").removesuffix(".")
    try:
        return ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return "." in host and not host.endswith(_AT_HOME)


def _url(settings: NamedProvider, environ: Mapping[str, str]) -> str:
    match settings.kind:
        case "openai":
            return (settings.url or OPENAI_URL).rstrip("/")
        case "ollama":
            return parse_ollama_host(settings.url or environ.get("OLLAMA_HOST", ""))
        case _:
            return ""


def _default_model(kind: str, url: str, purpose: Purpose) -> str:
    """A server that is not OpenAI's has other models than OpenAI; most with one model answer to any name."""
    return SERVER_MODEL if kind == "openai" and not is_openai(url) else DEFAULT_MODELS[kind][purpose]


def _identity(model: str) -> dict[str, str | int]:
    """The facts of a local model's files; none where they are not there, which connecting and asking will say."""
    from photon.providers.weights import find_weights

    with suppress(PhotonError, OSError):
        return find_weights(model).identity()
    return {}


def _secret(endpoint: Endpoint, ai: AI, environ: Mapping[str, str]) -> str | None:
    from photon.settings.keys import find_key, variable

    key = find_key(endpoint.key, environ) if endpoint.key else None
    mend = f"photon ai keys set {endpoint.key}, or set {variable(endpoint.key)}"
    if key is None and is_openai(endpoint.url):
        raise CredentialsError(f"there is no key for {endpoint.provider}", hint=mend, fault=Fault.NO_KEY)
    if key and endpoint.cloud and urlsplit(endpoint.url).scheme == "http":
        raise CredentialsError(
            f"the key of {endpoint.provider} is not sent without encryption to {urlsplit(endpoint.url).hostname}",
            hint="write the url with https://",
            fault=Fault.NO_KEY,
        )
    if key and not _is_consented(key, endpoint, ai):
        raise _not_the_users_address(endpoint)
    return key.secret if key else None


def _is_consented(key: Key, endpoint: Endpoint, ai: AI) -> bool:
    """Whether the user had a say in that `key` goes to this address: a repository that was cloned must not collect keys.

    The user named the address, or it is OpenAI's or in the user's own network; or the project brings a provider of its own
    and the user stored a key under just that name. A variable is no consent: NAME_API_KEY may be there for other programs.
    """
    of_project = ai.project_urls.get(endpoint.provider)
    if of_project is None or not endpoint.cloud or is_openai(endpoint.url):
        return True
    return of_project and key.source == "keyring" and key.name.lower() == endpoint.provider.lower() != "openai"


def _not_the_users_address(endpoint: Endpoint) -> CredentialsError:
    name = endpoint.provider if endpoint.provider not in PROVIDER_KINDS else "NAME"
    host = urlsplit(endpoint.url).hostname
    return CredentialsError(
        f"the key {endpoint.key} is not sent to {host}: only the project's photon.toml names that url",
        hint="if you trust it, put the url into your own settings (photon ai config path shows where), or give it a key of its "
        f'own: [ai.providers.{name}] with key = "{name}", and photon ai keys set {name}',
        fault=Fault.NO_KEY,
    )
