"""How a connection failed, in one line for people; the same words whichever HTTP library was asked."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator, Sequence
from socket import gaierror
from typing import TypeVar
from urllib.parse import urlsplit

from photon.errors import ConfigurationError, CredentialsError, Fault, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.refusals import one_line
from photon.settings.schema import Timeouts

Client = TypeVar("Client")

LOOPBACK_DIRECT = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}
"""Mounts for an httpx client: this machine is never asked through a proxy, whatever HTTP_PROXY says."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_PROXIES = ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")

_ELSEWHERE = "check the network and the url (photon ai config explain), or use --provider local"

_BROKEN = ("ReadError", "WriteError", "RemoteProtocolError")
"""The names, in httpx and httpx2, of what happens to a connection that was made: asking again may help."""


def with_proxies(build: Callable[[bool], Client], url: str, invalid_url: type[Exception]) -> Client:
    """The HTTP client for `url` that `build` makes, told whether it shall heed the environment.

    Raises ProviderUnreachable where the environment names a proxy that no client can be made for; this machine is not asked
    through one, so a client for it is made all the same. invalid_url: what the library raises for a broken URL.
    """
    try:
        return build(True)
    except (ImportError, ValueError, invalid_url) as error:
        direct = build(False)  # raises what is not the proxy's fault
        if urlsplit(url).hostname in _LOOPBACK:
            return direct
        names = [name for name in _PROXIES if os.environ.get(name)]
        which = " or ".join(names) or "the system's settings"
        hint = f"unset {' '.join(names)}" if names else "mend the system's settings"
        if isinstance(error, ImportError):
            raise ProviderUnreachable(
                f"cannot reach {address(url)}: the proxy in {which} is a SOCKS proxy, and support for it is not installed",
                hint=f"pip install 'httpx[socks]', or {hint}",
                fault=Fault.CONNECTION,
            ) from error
        raise ProviderUnreachable(
            f"cannot reach {address(url)}: the proxy in {which} is not one that can be used",
            hint=f"write it like http://proxy.example:3128, or {hint}",
            fault=Fault.CONNECTION,
        ) from error


def checked_url(url: str, provider: str) -> str:
    """`url` without slashes at the end. Raises ConfigurationError unless it is http(s) with a host, no query, no fragment."""
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
        parts.port  # noqa: B018 - the property raises ValueError for a port that cannot be
    except ValueError:
        sound = False
    if not sound:
        raise ConfigurationError(
            f"the url of '{provider}' is not one that can be connected to",
            hint="write it like http://localhost:8080/v1 (photon ai config explain says where it comes from)",
        )
    return url.strip().rstrip("/")


def sendable_key(key: str | None, endpoint: Endpoint) -> str | None:
    """`key` as a header can carry it. Raises CredentialsError for one with spaces, control or non-ASCII characters."""
    key = (key or "").strip()
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise CredentialsError(
            f"the key for {endpoint.provider} holds characters that no key has",
            hint=f"photon ai keys set {endpoint.key or endpoint.provider}",
        )
    return key or None


def address(url: str) -> str:
    """Host and port as they stand in `url`; never the user and password that may stand there too."""
    return one_line(urlsplit(url).netloc.rpartition("@")[2], limit=100)


def unreachable(endpoint: Endpoint, url: str, error: BaseException, *, hint: str = "") -> ProviderUnreachable:
    """`error`, raised by an HTTP library before an answer began, with the reason found in its causes."""
    causes = list(_causes(error))
    fault, reason, mend = _reason(causes)
    return ProviderUnreachable(
        f"cannot reach {endpoint.provider} at {address(url)}: {reason}", hint=mend or hint or _ELSEWHERE, fault=fault
    )


def connect_timeout(endpoint: Endpoint, url: str, timeouts: Timeouts) -> ProviderUnreachable:
    """No connection within ``ai.timeouts.connect`` seconds."""
    return ProviderUnreachable(
        f"cannot reach {endpoint.provider} at {address(url)}: no connection within {timeouts.connect:g} s",
        hint="raise ai.timeouts.connect if the network needs longer",
        fault=Fault.CONNECT_TIMEOUT,
    )


def _reason(causes: Sequence[BaseException]) -> tuple[Fault, str, str]:
    """What kind of failure it is, why, and what mends it. A certificate outranks the reset that came with it, so it is searched
    for first."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            untrusted = f"its certificate is not trusted ({one_line(cause.verify_message)})"
            return Fault.CERTIFICATE, untrusted, "name the certificate authority in SSL_CERT_FILE, if you trust it"
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return Fault.TLS, "no secure connection (TLS) could be made", "check whether the url begins with https or http"
        if isinstance(cause, gaierror):
            return Fault.NO_HOST, "no host of that name was found", ""
        if isinstance(cause, ConnectionRefusedError):
            return Fault.REFUSED, "connection refused", ""
        if isinstance(cause, ConnectionResetError):
            return Fault.RESET, "the connection was reset", ""
    texts = [one_line(str(cause)) for cause in causes if str(cause)]
    broken = any(type(cause).__name__ in _BROKEN for cause in causes)
    return Fault.RESET if broken else Fault.CONNECTION, texts[0].rstrip(".") if texts else "the connection failed", ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it; anyio puts one error for each address of a host into a group."""
    current: BaseException | None = error
    while current is not None:
        yield current
        if isinstance(current, BaseExceptionGroup):
            for inner in current.exceptions:
                yield from _causes(inner)
        current = current.__cause__ or current.__context__
