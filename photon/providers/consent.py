"""Where the user's keys and headers may go: a repository that was cloned must not collect them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from photon.errors import CredentialsError, Fault
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import is_official
from photon.settings.presets import is_own_host
from photon.settings.providers import is_built_in
from photon.settings.schema import AI

if TYPE_CHECKING:
    from photon.settings.keys import Key


def needs_key(endpoint: Endpoint) -> bool:
    """Whether a company answers there that answers to nobody without a key."""
    return is_official(endpoint.url) or is_own_host(endpoint.key, endpoint.url)


def check_consent(endpoint: Endpoint, ai: AI, key: Key | None) -> None:
    """Raises CredentialsError where `key`, or the headers of the user's own settings, would go to an address that only a
    project's file names.
    """
    of_project = _chosen_by_project(endpoint, ai)
    if of_project is None:
        return
    if key and not (of_project and _is_for_this_address(key, endpoint)):
        raise _not_the_users_address(endpoint, f"the key {endpoint.key} is not sent")
    if endpoint.headers and not of_project:
        raise _not_the_users_address(endpoint, f"the headers of {endpoint.provider} are not sent")


def _chosen_by_project(endpoint: Endpoint, ai: AI) -> bool | None:
    """None where the user had a say in the address: named it, or the provider whose own host it is, or has it in the own
    network. Else whether the provider itself is the project's.
    """
    of_project = ai.project_urls.get(endpoint.provider)
    return None if of_project is None or not endpoint.cloud or needs_key(endpoint) else of_project


def _is_for_this_address(key: Key, endpoint: Endpoint) -> bool:
    """Whether the user stored the key under just the name of the project's provider. A variable is no consent:
    NAME_API_KEY may be there for other programs; and a key of a provider that is built in belongs to that one."""
    name = endpoint.provider.lower()
    return key.stored and key.name.lower() == name and not is_built_in(name)


def _not_the_users_address(endpoint: Endpoint, what: str) -> CredentialsError:
    name = endpoint.provider if not is_built_in(endpoint.provider) else "NAME"
    host = urlsplit(endpoint.url).hostname or f"the plug-in {endpoint.kind}"
    return CredentialsError(
        f"{what} to {host}: only the project's photon.toml names that url",
        hint="if you trust it, put the url into your own settings (photon ai config path shows where), or give it a key of its "
        f'own: [ai.providers.{name}] with key = "{name}", and photon ai keys set {name}',
        fault=Fault.NO_KEY,
    )
