"""Real providers on real sockets, asked all at once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from photon.errors import ConfigurationError, ProviderUnreachable
from photon.providers.weights import local_is_installed
from photon.settings.schema import AI, NamedProvider, Timeouts
from photon.tasks import models as task
from photon.tasks.models import ModelListing, list_models

OPENAI_MODELS = {"object": "list", "data": [{"id": "gpt-x", "object": "model", "created": 1, "owned_by": "x"}]}
OLLAMA_MODELS = {
    "models": [{"name": "llama3:latest", "model": "llama3:latest", "size": 4_700_000_000, "digest": "d", "details": {}}]
}
DEAD = "http://127.0.0.1:9"

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")


class Lister(ThreadingHTTPServer):
    """An OpenAI-compatible server and an Ollama in one, that takes its time."""

    pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Lister

    def do_GET(self) -> None:
        time.sleep(self.server.pause)
        content = json.dumps(OLLAMA_MODELS if self.path == "/api/tags" else OPENAI_MODELS).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        with suppress(OSError):  # a client that has given up
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002


@pytest.fixture
def lister() -> Iterator[Lister]:
    server = Lister(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ids(listing: ModelListing) -> dict[str, str]:
    return {model.info.id: model.info.provider for model in listing.models}


def named(**providers: NamedProvider) -> AI:
    """Settings with `providers`, the first of which is the selected one."""
    return AI(provider=next(iter(providers)), providers=providers)


async def test_a_url_without_a_provider_is_asked(lister: Lister) -> None:
    assert ids(await list_models(AI(url=f"{lister.url}/v1")))["gpt-x"] == "openai"


async def test_every_configured_provider_is_listed(lister: Lister) -> None:
    ai = named(lab=NamedProvider(url=f"{lister.url}/v1"), hall=NamedProvider(kind="ollama", url=lister.url))
    found = ids(await list_models(ai))
    assert (found["gpt-x"], found["llama3:latest"]) == ("lab", "hall")


@needs_local
async def test_the_local_models_are_listed_without_any_configuration() -> None:
    listing = await list_models(AI())
    assert {"photon-openapi": ("sketch",), "smollm2-135m-instruct": ("chat",)}.items() <= {
        model.info.id: model.default_for for model in listing.models
    }.items()


async def test_a_dead_provider_does_not_hide_the_living_ones(lister: Lister) -> None:
    ai = named(dead=NamedProvider(url=DEAD), lab=NamedProvider(url=f"{lister.url}/v1"))
    listing = await list_models(ai)
    assert ids(listing)["gpt-x"] == "lab"
    assert [(name, type(error)) for name, error in listing.failures] == [("dead", ProviderUnreachable)]


async def test_providers_are_asked_at_the_same_time(lister: Lister) -> None:
    lister.pause = 0.5
    started = time.perf_counter()
    await list_models(named(**{f"p{number}": NamedProvider(kind="ollama", url=lister.url) for number in range(6)}))
    assert time.perf_counter() - started < 2.0


async def test_a_provider_that_never_answers_is_given_up(lister: Lister, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "PATIENCE", 0.1)
    lister.pause = 2.0
    ai = AI(
        provider="slow",
        timeouts=Timeouts(connect=0.2),
        providers={"slow": NamedProvider(url=f"{lister.url}/v1")},
    )
    listing = await list_models(ai, provider="slow")
    assert isinstance(listing.failures[0][1], ProviderUnreachable)


async def test_an_ollama_that_does_not_run_is_no_failure_unless_it_was_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ollama" not in [name for name, _ in (await list_models(AI())).failures]
    monkeypatch.setenv("OLLAMA_HOST", DEAD)
    for ai in (AI(), AI(failover=("ollama",))):
        assert "ollama" in [name for name, _ in (await list_models(ai, environ=os.environ)).failures]


async def test_only_the_provider_that_was_asked_for_is_asked(lister: Lister) -> None:
    ai = named(lab=NamedProvider(url=f"{lister.url}/v1"), dead=NamedProvider(url=DEAD))
    listing = await list_models(ai, provider="lab")
    assert (ids(listing), listing.failures) == ({"gpt-x": "lab"}, ())


async def test_the_default_is_the_model_that_would_be_asked(lister: Lister) -> None:
    ai = named(hall=NamedProvider(kind="ollama", url=lister.url, model="llama3"))
    listing = await list_models(ai, provider="hall")
    assert [(model.info.id, model.default_for) for model in listing.models] == [("llama3:latest", ("sketch", "chat"))]
    other = await list_models(named(hall=NamedProvider(kind="ollama", url=lister.url, model="other")), provider="hall")
    assert [model.is_default for model in other.models] == [False]


async def test_a_provider_that_there_is_not_is_a_configuration_error() -> None:
    listing = await list_models(AI(), provider="nobody")
    assert isinstance(listing.failures[0][1], ConfigurationError)


async def test_a_preset_is_asked_where_there_is_a_key_for_it(lister: Lister) -> None:
    ai = AI(providers={"groq": NamedProvider(url=f"{lister.url}/v1")})
    assert ids(await list_models(ai))["gpt-x"] == "groq"
    asked = task._candidates(AI(provider="local"), {"GROQ_API_KEY": "k" * 20, "GOOGLE_API_KEY": "k" * 20})
    assert [name for name in asked if name not in ("local", "ollama")] == ["groq", "gemini"]


async def test_no_port_is_tried_out_and_nobody_without_a_key_is_asked() -> None:
    environ = {"VLLM_API_KEY": "k" * 20, "AZURE_API_KEY": "k" * 20}
    assert set(task._candidates(AI(provider="local"), environ)) == {"local", "ollama"}


async def test_a_deployment_that_was_not_named_is_no_reason_not_to_list_them(lister: Lister) -> None:
    ai = AI(providers={"azure": NamedProvider(url=f"{lister.url}/v1")})
    assert ids(await list_models(ai, provider="azure")) == {"gpt-x": "azure"}
