"""The rooms below the command line are a library: values in, values out, nothing printed, and the same answers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import servers
import yaml
from servers import serving, sse, text_events

from photon.chat import Origin, Parameters
from photon.errors import ProviderUnreachable
from photon.openapi.document import Rendering
from photon.providers.fake import FakeProvider
from photon.routing import chain
from photon.settings.load import load
from photon.tasks.suggest_path import VERSIONS, Lines, PathRequest, Suggestion, suggest_path

SKETCH = "GET /pets\nsummary: List pets\n200: { id: int }[]"


async def result(wanted: PathRequest, provider: object) -> tuple[list[str], Suggestion]:
    """The lines as they came, and the last event."""
    lines: list[str] = []
    async for event in suggest_path(wanted, provider, Parameters()):  # type: ignore[arg-type]
        if isinstance(event, Lines):
            lines += event.lines
    assert isinstance(event, Suggestion)
    return lines, event


async def test_a_path_is_suggested_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = PathRequest(text="GET /pets", rendering=Rendering(scope="path"))
    lines, suggestion = await result(wanted, FakeProvider([SKETCH]))
    assert suggestion.document["/pets"]["get"]["summary"] == "List pets"
    assert "".join(line + "\n" for line in lines) == suggestion.text
    assert yaml.safe_load(suggestion.text) == suggestion.document
    assert capsys.readouterr() == ("", "")


async def test_settings_and_routing_work_without_a_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    warned: list[str] = []
    with serving(sse(*text_events(SKETCH))) as server:
        ai = load(flags={"ai.provider": "openai", "ai.url": server.url, "ai.model": "m", "ai.failover": False}).settings.ai
        wanted = PathRequest(text="GET /pets")
        answers = []
        for _ in range(2):
            provider = chain(ai, purpose="sketch", check=wanted.check, versions=VERSIONS, use_cache=True, warn=warned.append)
            answers.append((await result(wanted, provider))[1])
            await provider.close()
    assert len(server.requests) == 1
    assert [answer.answered_by for answer in answers] == [Origin("openai", "m"), Origin("openai", "m", cached=True)]
    assert answers[0].text == answers[1].text
    assert (warned, capsys.readouterr()) == ([], ("", ""))


async def test_what_goes_wrong_is_raised_as_one_of_our_errors() -> None:
    ai = load(flags={"ai.url": f"http://127.0.0.1:{servers.dead_port()}", "ai.failover": False}).settings.ai
    wanted = PathRequest(text="GET /pets")
    provider = chain(ai, purpose="sketch", check=wanted.check, use_cache=False, warn=lambda line: None)
    with pytest.raises(ProviderUnreachable, match="connection refused"):
        await result(wanted, provider)
    await provider.close()


def test_the_library_does_not_import_the_command_line() -> None:
    code = (
        "import sys, photon.tasks.suggest_path, photon.tasks.chat, photon.tasks.models, photon.settings.load;"
        "print(sorted({'typer', 'rich', 'photon.cli', 'openai', 'llama_cpp'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=os.environ).strip() == "[]"
