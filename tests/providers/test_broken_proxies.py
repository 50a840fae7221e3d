"""A proxy in the environment that no HTTP client can be made for."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from provider_answers import answer, text
from servers import serving, sse, text_events

from photon.errors import Fault, ProviderUnreachable
from photon.providers.anthropic import AnthropicProvider
from photon.providers.endpoint import Endpoint
from photon.providers.openai import OpenAIProvider
from photon.settings.schema import Timeouts

Made = Callable[[str], object]


def openai(url: str) -> OpenAIProvider:
    return OpenAIProvider(Endpoint(provider="lan", kind="openai", model="m", url=url), key=None, timeouts=Timeouts())


def anthropic(url: str) -> AnthropicProvider:
    return AnthropicProvider(Endpoint(provider="lan", kind="anthropic", model="m", url=url), key=None, timeouts=Timeouts())


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setitem(sys.modules, "socksio", None)


@pytest.mark.parametrize("made", [openai, anthropic])
@pytest.mark.parametrize(
    ("proxy", "mend"),
    [
        ("socks5://me:secret@127.0.0.1:1", "pip install 'httpx[socks]'"),
        ("ftp://me:secret@proxy.example", "unset ALL_PROXY"),
        ("http://proxy.example:port", "unset ALL_PROXY"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch, made: Made, proxy: str, mend: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ProviderUnreachable) as caught:
        made("http://lan.example:8080")
    assert caught.value.fault is Fault.CONNECTION
    assert "ALL_PROXY" in caught.value.message
    assert "secret" not in caught.value.message
    assert mend in caught.value.hint


async def test_this_machine_is_asked_whatever_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with serving(sse(*text_events("x"))) as server:
        assert text(await answer(openai(server.url))) == "x"
