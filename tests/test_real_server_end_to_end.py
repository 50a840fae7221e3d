"""The whole program against a real OpenAI-compatible server with a model that is too small for the notation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml
from llama_server import SECRET, needs_llama_server, running
from screens import Photon, in_terminal

from photon.errors import ExitCode

pytestmark = needs_llama_server


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("llama") / "server.log", context=2048) as address:
        yield address


@pytest.fixture
def server(url: str) -> dict[str, str]:
    """The environment in which the server is asked."""
    return {"PHOTON_AI_PROVIDER": "openai", "PHOTON_AI_URL": url, "PHOTON_AI_MODEL": "smol", "OPENAI_API_KEY": SECRET}


def test_its_answer_is_shown_or_the_local_models_with_the_reason(photon: Photon, server: dict[str, str]) -> None:
    done = photon("ai", "suggest-path", "POST /login with JWT response", "--max-tokens", "120", env=server)
    assert done.returncode == ExitCode.SUCCESS, done.stderr
    assert "post" in yaml.safe_load(done.stdout)["paths"]["/login"]
    *why, who = done.stderr.splitlines()
    if who.startswith("local/"):
        assert len(why) == 1 and re.fullmatch(r"photon: openai/smol answered twice, but .*; local/\S+ answers instead", why[0])
    else:
        assert who.startswith("openai/smol · ") and why == []


def test_a_conversation_streams_into_the_terminal(server: dict[str, str]) -> None:
    words = ("ai", "chat", "--no-failover", "--max-tokens", "60", "Write a short story about a lighthouse.")
    pieces = []
    with in_terminal(*words, redirect="2>/dev/null", **server) as screen:
        while screen.isalive() or not pieces:
            pieces.append(screen.read_nonblocking(4096, timeout=60))
            if len(pieces) > 5:
                break
    assert len(pieces) > 5 and len("".join(pieces).split()) > 2


def test_its_models_are_listed(photon: Photon, server: dict[str, str]) -> None:
    done = photon("ai", "models", "--provider", "openai", env=server)
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split("\t")[:2] == ["smol", "openai"]


def test_a_wrong_key_has_its_exit_code(photon: Photon, server: dict[str, str]) -> None:
    env = {**server, "OPENAI_API_KEY": "sk-wrong-0123456789"}
    done = photon("ai", "suggest-path", "GET /pets", "--no-failover", env=env)
    assert (done.returncode, done.stdout) == (ExitCode.CREDENTIALS, "")
    assert "sk-" not in done.stderr and "photon ai keys set openai" in done.stderr
