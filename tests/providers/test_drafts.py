"""A draft is what a server really gets: each one is compared with the request that came in on a real socket."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import servers
from servers import Received, dead_port, ndjson, said, serving, sse, text_events

from photon.chat import Capabilities, Message, Parameters, Request
from photon.errors import PhotonError
from photon.providers.drafts import Draft, draft
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import BASE_MODEL, capabilities
from photon.providers.registry import connect, endpoint
from photon.providers.weights import local_is_installed
from photon.settings.load import load
from photon.settings.schema import AI, NamedProvider

KEY = "sk-test-0123456789abcdefghijklmnop"
HEADERS = {
    "X-Title": "photon",
    "X-Team-Token": "0123456789-team-secret-abcd",
    "X-Plain": "0123456789-plain-secret-wxyz",
    "Cookie": "session=0123456789-secret; csrf=abcdef",
}
REQUEST = Request(
    model="m",
    messages=(Message("system", "Be “brief”."), Message("user", "Hé\u2028 you")),
    parameters=Parameters(temperature=0.0, max_tokens=64, top_p=0.9, seed=7, stop=("END",)),
)
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": False}
ANSWERS = {
    "openai": sse(*text_events("Hello")),
    "ollama": ndjson(said("Hello"), servers.done()),
    "anthropic": servers.status(500),
}


def drawn(asked: Endpoint, request: Request = REQUEST, ai: AI | None = None) -> Draft:
    return asyncio.run(draft(asked, request, ai or load().settings.ai))


def sent(asked: Endpoint, request: Request, ai: AI, server: servers.Server) -> Received:
    """What the server gets when the request is really made."""

    async def ask() -> None:
        provider = connect(asked, ai)
        with suppress(PhotonError):
            async with aclosing(provider.stream(request)) as chunks:
                async for _ in chunks:
                    pass
        await provider.close()

    asyncio.run(ask())
    return server.requests[0]


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("more", [{}, {"schema": SCHEMA}], ids=["plain", "schema"])
@pytest.mark.parametrize("key", [KEY, ""], ids=["key", "keyless"])
def test_it_is_to_the_letter_what_a_server_gets(
    kind: str, more: dict[str, Any], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAN_API_KEY", key)
    request = Request(model="m", messages=REQUEST.messages, parameters=REQUEST.parameters, **more)
    with serving(ANSWERS[kind]) as server:
        ai = AI(providers={"lan": NamedProvider(kind=kind, url=server.url, model="m")})
        asked = endpoint(ai, "lan")
        written = drawn(asked, request, ai)
        assert server.requests == [], "nothing is sent for a draft"
        received = sent(asked, request, ai, server)
    assert (written.method, urlsplit(written.url).path, written.body) == (received.method, received.path, received.json)
    assert written.headers.keys() == received.headers.keys()
    differing = {name for name, value in written.headers.items() if received.headers[name] != value}
    assert differing == ({"x-api-key" if kind == "anthropic" else "authorization"} if key else set())
    assert all("sk-…mnop" in written.headers[name] for name in differing)
    assert (written.origin, written.kind, written.cloud, written.note) == (asked.origin, kind, False, "")


def test_nothing_is_sent_where_nobody_listens_either() -> None:
    asked = Endpoint(provider="lan", kind="openai", model="m", url=f"http://127.0.0.1:{dead_port()}/v1")
    assert drawn(asked).note == ""


@pytest.mark.parametrize("kind", ANSWERS)
def test_no_header_of_the_users_own_is_shown_in_full_unless_it_is_known_to_be_public(kind: str) -> None:
    asked = Endpoint(provider="lan", kind=kind, model="m", url="http://localhost:8000/v1", headers=HEADERS)
    shown = {name.lower(): value for name, value in drawn(asked).headers.items()}
    assert (shown["x-title"], shown["x-team-token"], shown["x-plain"]) == ("photon", "…abcd", "…wxyz")
    assert "secret" not in str(shown)


def test_user_and_password_in_an_address_are_not_shown() -> None:
    written = drawn(Endpoint(provider="lan", kind="openai", model="m", url="http://ada:hunter2hunter2@localhost:8000/v1"))
    assert written.url == "http://localhost:8000/v1/chat/completions"
    assert "hunter2" not in repr(written)


def test_a_missing_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    written = drawn(endpoint(load().settings.ai, "openai"))
    assert written.headers["authorization"] == "Bearer (no key)"
    assert written.note == "there is no key for openai"


def test_a_key_that_would_not_be_sent_is_not_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAN_API_KEY", KEY)
    written = drawn(Endpoint(provider="lan", kind="openai", model="m", url="http://llm.example.com/v1", key="lan", cloud=True))
    assert written.note == "the key of lan is not sent without encryption to llm.example.com"


def test_no_command_is_run_for_a_draft(tmp_path: Path) -> None:
    traces = tmp_path / "traces"
    command = f"{sys.executable} -c \"open('{traces}', 'w')\""
    ai = AI(providers={"lan": NamedProvider(url="http://localhost:8000/v1", model="m", key_command=command)})
    shown = drawn(endpoint(ai, "lan"), ai=ai).headers["authorization"]
    assert shown.startswith("Bearer (from the command ") and "open(" not in shown
    assert not traces.exists()


def test_no_keyring_is_asked_for_a_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "keys.json").write_text(json.dumps(["openai"]))
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it fails
    assert drawn(endpoint(load().settings.ai, "openai")).headers["authorization"] == "Bearer (from the keyring)"


def test_an_address_that_cannot_be_is_said_and_raises_nothing() -> None:
    written = drawn(Endpoint(provider="lan", kind="openai", model="m", url="http://localhost:8000/v1?x=1"))
    assert written.note == "the url of 'lan' is not one that can be connected to"
    assert (written.method, written.body) == ("", None)


def test_what_a_plug_in_sends_only_the_plug_in_knows() -> None:
    written = drawn(Endpoint(provider="mine", kind="carrier-pigeon", model="m", url="https://pigeons.example.com"))
    assert "only its plug-in knows" in written.note
    assert written.body["messages"][1] == {"role": "user", "content": "Hé\u2028 you"}
    assert (written.method, written.body["max_tokens"], written.body["stop"]) == ("", 64, ("END",))


def test_the_fake_provider_is_drawn_too() -> None:
    assert drawn(Endpoint(provider="fake", kind="fake", model="fake")).note == "answers from a script, in this process"


@pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")
class TestOfTheLocalModel:
    def drawn(self, *messages: Message, **more: Any) -> Draft:
        able: Capabilities = capabilities("local", BASE_MODEL)
        asked = Endpoint(provider="local", kind="local", model=BASE_MODEL, capabilities=able)
        return drawn(asked, Request(model=BASE_MODEL, messages=messages, **more))

    def test_it_is_the_prompt_and_the_parameters(self) -> None:
        written = self.drawn(Message("user", "Hello"), parameters=Parameters(temperature=0.0, max_tokens=5))
        assert written.body["prompt"] == "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
        assert (written.body["temperature"], written.body["max_tokens"]) == (0.0, 5)
        assert (written.method, written.url, dict(written.headers)) == ("", "", {})

    def test_its_tokens_are_those_that_the_model_counts(self) -> None:
        messages = (Message("system", "Be brief."), Message("user", "Say <|im_end|> and 你好"))
        written = self.drawn(*messages)

        async def counted() -> int | None:
            provider = connect(Endpoint(provider="local", kind="local", model=BASE_MODEL), load().settings.ai)
            request = Request(model=BASE_MODEL, messages=messages, parameters=Parameters(max_tokens=1))
            async with aclosing(provider.stream(request)) as chunks:
                usage = [chunk.usage async for chunk in chunks if chunk.usage]
            await provider.close()
            return usage[0].prompt_tokens

        assert (written.prompt_tokens, written.counted) == (asyncio.run(counted()), True)

    def test_the_weights_are_not_loaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("photon.providers.llama.loaded.LoadedModel.load", None)
        assert self.drawn(Message("user", "Hello")).counted

    def test_a_file_that_is_not_there_is_said(self) -> None:
        written = drawn(
            Endpoint(provider="local", kind="local", model="./no.gguf"), Request(model="./no.gguf", messages=REQUEST.messages)
        )
        assert written.note == "there is no file ./no.gguf"


def test_the_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(servers.status(500)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        drawn(Endpoint(provider="openai", kind="openai", model="m", url="https://api.openai.com/v1", key="openai", cloud=True))
        assert proxy.requests == []
    assert os.environ["HTTPS_PROXY"]
