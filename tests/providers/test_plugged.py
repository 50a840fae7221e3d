"""Providers that other packages bring: found without being imported, held to the port, and never a traceback."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from plugins import install

from photon.chat import Chunk, Message, Request
from photon.errors import ConfigurationError, CredentialsError, Fault, PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.plugged import connect_plugin
from photon.settings.plugins import plugins
from photon.settings.schema import Timeouts

SECRET = "secret-0123456789"
REQUEST = Request(model="m", messages=(Message("user", "hello"),))
ENDPOINT = Endpoint(provider="mine", kind="echo", model="m", url="http://127.0.0.1:1", headers={"X-A": "1"})

HEAD = """
from photon.chat import Chunk, ModelInfo
from photon.errors import CredentialsError

class Echo:
    def __init__(self, endpoint, *, key, timeouts):
        self.endpoint, self.key = endpoint, key
        self.ended = False

    async def models(self):
        return [ModelInfo(id="m", provider=self.endpoint.provider)]

    async def close(self):
        pass

    async def stream(self, request):
"""
ECHO = '        yield Chunk(text=request.messages[-1].content)\n        yield Chunk(finish_reason="stop")\n'

Installed = Callable[..., Path]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Installs a package photon-echo whose module has the given text, or Echo with the given body of `stream`."""

    def installing(body: str = ECHO, *, text: str = "", kind: str = "echo", place: str = "photon_echo:Echo") -> Path:
        folder = install("photon-echo", {"photon_echo.py": text or HEAD + body}, {kind: place}, to=tmp_path / "site")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, "photon_echo", raising=False)
        plugins.cache_clear()
        return folder

    yield installing
    plugins.cache_clear()
    sys.modules.pop("photon_echo", None)


async def said(*, key: str | None = None, **timeouts: float) -> list[Chunk]:
    """The answer to a greeting."""
    provider = connect_plugin(ENDPOINT, key=key, timeouts=Timeouts(**timeouts))
    return [chunk async for chunk in provider.stream(REQUEST)]


async def test_what_it_streams_is_an_answer_with_an_origin_and_an_end(installed: Installed) -> None:
    installed()
    chunks = await said()
    assert "".join(chunk.text for chunk in chunks) == "hello"
    assert str(chunks[0].origin) == "mine/m" and chunks[-1].finish_reason == "stop"


async def test_its_models_are_listed(installed: Installed) -> None:
    installed()
    provider = connect_plugin(ENDPOINT, key=None, timeouts=Timeouts())
    assert [model.id for model in await provider.models()] == ["m"]
    await provider.close()


def test_nothing_of_it_is_imported_when_its_name_is_looked_up(installed: Installed) -> None:
    installed()
    assert plugins()["echo"].value == "photon_echo:Echo"
    assert "photon_echo" not in sys.modules
    connect_plugin(ENDPOINT, key=None, timeouts=Timeouts())
    assert "photon_echo" in sys.modules


@pytest.mark.parametrize("text", [b"[photon.providers]\njunk\n", b"[photon.providers]\na = \xff\n", b"[photon"])
def test_the_broken_metadata_of_another_package_hides_nobody(installed: Installed, text: bytes) -> None:
    broken = installed() / "broken-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\n")
    (broken / "entry_points.txt").write_bytes(text)
    plugins.cache_clear()
    assert list(plugins()) == ["echo"]


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama", "local", "fake"])
def test_it_cannot_take_the_place_of_a_built_in_kind(installed: Installed, kind: str) -> None:
    installed(kind=kind)
    assert kind not in plugins()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import a_module_that_is_not_there", "ModuleNotFoundError: No module named"),
        ("def Echo(:", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("Other = 1", "AttributeError: "),
        ("Echo = 1", "TypeError: 'int' object is not callable"),
        ("def Echo(endpoint, *, timeouts): ...", "TypeError: Echo() got an unexpected keyword argument 'key'"),
        ("def Echo(endpoint, *, key, timeouts): return 3", "what it connects is no provider"),
        ("def Echo(endpoint, *, key, timeouts): raise ValueError(f'bad {key}')", "ValueError: bad [key]"),
    ],
)
def test_one_that_cannot_be_used_is_one_line_that_names_the_package(installed: Installed, text: str, why: str) -> None:
    installed(text=text)
    with pytest.raises(ConfigurationError) as error:
        connect_plugin(ENDPOINT, key=SECRET, timeouts=Timeouts())
    assert error.value.message.startswith(f"the plug-in photon-echo, which brings echo, cannot be used: {why}")
    assert "\n" not in error.value.message and SECRET not in error.value.message and "--debug" in error.value.hint


async def test_an_error_of_our_own_is_passed_on_as_it_is(installed: Installed) -> None:
    installed("        raise CredentialsError('no key', hint='get one')\n        yield\n")
    with pytest.raises(CredentialsError, match=r"^no key$"):
        await said()


@pytest.mark.parametrize(
    ("body", "message", "fault"),
    [
        ("raise ValueError('a\\nb')", "the plug-in photon-echo failed: ValueError: a b", Fault.OTHER),
        (f"raise KeyError('{SECRET}')", "the plug-in photon-echo failed: KeyError: '[key]'", Fault.OTHER),
        ("raise ConnectionError('gone')", "cannot reach mine: ConnectionError: gone", Fault.CONNECTION),
        ("raise TimeoutError", "cannot reach mine: TimeoutError", Fault.CONNECTION),
        ("yield 'text'", "the plug-in photon-echo failed: TypeError: it streams str, not Chunk", Fault.OTHER),
        ("yield Chunk(text='a'); raise ValueError('late')", "the plug-in photon-echo failed: ValueError: late", Fault.OTHER),
        ("yield Chunk(text='a')", "mine broke off in the middle of its answer", Fault.STREAM_CUT),
        ("return; yield", "mine ended its answer before the first word", Fault.STREAM_CUT),
    ],
)
async def test_what_goes_wrong_in_an_answer_is_told_in_one_line(
    installed: Installed, body: str, message: str, fault: Fault
) -> None:
    installed(f"        {body}\n" + ("" if "yield" in body else "        yield\n"))
    with pytest.raises(PhotonError) as error:
        await said(key=SECRET)
    assert (error.value.message, error.value.fault) == (message, fault)


async def test_a_stream_that_is_no_generator_is_told_too(installed: Installed) -> None:
    installed(text=HEAD.replace("async def stream", "def stream") + "        return [1]\n")
    with pytest.raises(PhotonError, match="the plug-in photon-echo failed"):
        await said()


async def test_it_is_held_to_the_time_limits(installed: Installed) -> None:
    installed("        import asyncio\n        await asyncio.sleep(60)\n        yield Chunk(text='late')\n")
    with pytest.raises(ProviderUnreachable, match="did not begin to answer within"):
        await said(first_token=0.05)


async def test_who_stops_listening_stops_it(installed: Installed) -> None:
    installed("        try:\n            while True: yield Chunk(text='a')\n        finally:\n            self.ended = True\n")
    provider = connect_plugin(ENDPOINT, key=None, timeouts=Timeouts())
    answer: AsyncGenerator[Chunk, None] = provider.stream(REQUEST)
    async with aclosing(answer):
        await anext(answer)
    await asyncio.sleep(0)
    assert provider._provider.ended


def test_a_kind_that_nobody_brings_is_unknown() -> None:
    with pytest.raises(ConfigurationError, match="unknown kind 'echo'"):
        connect_plugin(ENDPOINT, key=None, timeouts=Timeouts())
