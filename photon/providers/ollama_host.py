"""OLLAMA_HOST in all the forms that Ollama itself takes, as the URL to connect to."""

from __future__ import annotations

import ipaddress
import re

from photon.errors import ConfigurationError

_PORTS = {"http": "80", "https": "443"}
_ANYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where a server listens when it listens everywhere, as an address that a client can connect to."""


def parse_ollama_host(value: str) -> str:
    """The base URL, always with a port, without a slash at the end; idempotent.

    The rules are those of Ollama's ``envconfig.Host``: spaces and quotes around the value are dropped; no scheme is http on
    port 11434, while ``http://`` means port 80 and ``https://`` port 443; a port that cannot be is replaced by the default;
    a path is kept. Raises ConfigurationError for a scheme other than http and https, or a host with characters in it that
    no host has.
    """
    value = value.strip().strip("\"'").strip()
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = ("https", "ollama.com:443") if value == "ollama.com" else ("http", value)
    default = _PORTS.get(scheme.lower(), "11434") if separator else "11434"
    hostport, _, path = rest.partition("/")
    host, port = _split(hostport)
    host = _ANYWHERE.get(host, host)
    if scheme.lower() not in _PORTS or not _plausible(host, path):
        raise ConfigurationError(
            "the address of ollama is not one that can be connected to",
            hint="write OLLAMA_HOST or its url like http://localhost:11434",
        )
    shown = f"[{host}]" if ":" in host else host
    path = path.strip("/")
    return f"{scheme.lower()}://{shown}:{_sound(port) or default}" + (f"/{path}" if path else "")


def _split(hostport: str) -> tuple[str, str]:
    """Host and port, '' where absent; an IPv6 address comes with or, when it has no port, without brackets."""
    bare = hostport.strip("[]")
    try:
        return str(ipaddress.ip_address(bare)), ""
    except ValueError:
        host, _, port = hostport.rpartition(":") if ":" in hostport else (hostport, "", "")
        return host.strip("[]"), port


def _plausible(host: str, path: str) -> bool:
    """No spaces, queries, users or quotes, and colons in IPv6 addresses only; what such a host is then, DNS decides."""
    if ":" in host:
        return all(character in "0123456789abcdef:." for character in host) and not set(path) & set(" ?#")
    return re.fullmatch(r"[\w.-]+", host) is not None and re.fullmatch(r"[^\s?#\"<>]*", path) is not None


def _sound(port: str) -> str:
    return str(int(port)) if port.isascii() and port.isdecimal() and int(port) <= 65535 else ""
