"""A server that the environment alone names is asked first, and the settings say so."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import servers
from servers import by_path, dead_port, serving, sse, status

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

Photon = Callable[..., subprocess.CompletedProcess[str]]
SKETCH = servers.text_events("GET /pets\n200: { id: int }[]")
ASK = ("ai", "suggest-path", "GET /pets")


def test_the_address_is_enough_and_outranks_an_openai_key(photon: Photon) -> None:
    with serving(sse(*SKETCH)) as server:
        env = {"INFERENCE_SERVER_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": "sk-test-0123456789abcdef"}
        done = photon(*ASK, env=env)
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "  /pets:"), done.stderr
    assert "inference-server/default" in done.stderr
    assert server.requests[0].path == "/v1/chat/completions"
    assert "authorization" not in server.requests[0].headers


def test_model_and_key_come_from_the_environment_too(photon: Photon) -> None:
    with serving(sse(*SKETCH)) as server:
        env = {
            "INFERENCE_SERVER_BASE_URL": server.url,
            "INFERENCE_SERVER_MODEL": "qwen",
            "INFERENCE_SERVER_API_KEY": "sk-server-0123456789abcdef",
        }
        photon(*ASK, env=env)
    assert server.requests[0].json["model"] == "qwen"
    assert server.requests[0].headers["authorization"] == "Bearer sk-server-0123456789abcdef"


@pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")
def test_the_local_model_takes_over_when_it_does_not_run(photon: Photon) -> None:
    done = photon(*ASK, env={"INFERENCE_SERVER_BASE_URL": f"http://127.0.0.1:{dead_port()}"})
    assert done.returncode == 0
    assert "cannot reach inference-server" in done.stderr and "local/photon-openapi" in done.stderr


def test_another_address_is_another_circumstance_for_a_replay(photon: Photon) -> None:
    with serving(sse(*SKETCH)) as first, serving(sse(*servers.text_events("GET /pets\n204: -"))) as second:
        one, other = (photon(*ASK, env={"INFERENCE_SERVER_BASE_URL": server.url}).stdout for server in (first, second))
        assert photon(*ASK, env={"INFERENCE_SERVER_BASE_URL": first.url}).stdout == one != other
        assert (len(first.requests), len(second.requests)) == (1, 1)


def test_explain_shows_it(photon: Photon) -> None:
    env = {"INFERENCE_SERVER_BASE_URL": "http://gpu.lan/v1", "INFERENCE_SERVER_API_KEY": "sk-server-0123456789abcdef"}
    shown = photon("ai", "config", "explain", env=env).stdout
    assert 'ai.providers.inference-server.url\t"http://gpu.lan/v1"\tenvironment INFERENCE_SERVER_BASE_URL\n' in shown
    assert "key inference-server\tsk-…cdef\tenvironment INFERENCE_SERVER_API_KEY\n" in shown


def test_its_models_are_listed_without_being_asked_for(photon: Photon) -> None:
    with serving(by_path({"/v1/models": status(200, {"data": [{"id": "qwen"}]})})) as server:
        env = {"INFERENCE_SERVER_BASE_URL": f"{server.url}/v1", "INFERENCE_SERVER_MODEL": "qwen"}
        listed = json.loads(photon("ai", "models", "--json", env=env).stdout)
    found = [model for model in listed["models"] if model["provider"] == "inference-server"]
    assert [(model["id"], model["default"]) for model in found] == [("qwen", True)]


def test_an_address_that_is_none_is_told_by_the_name_of_the_variable(photon: Photon) -> None:
    done = photon(*ASK, env={"INFERENCE_SERVER_BASE_URL": "gpu:8080"})
    assert done.returncode == ExitCode.CONFIGURATION
    assert done.stderr.startswith("photon: INFERENCE_SERVER_BASE_URL: ")


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
def test_headers_of_the_settings_are_sent(photon: Photon, isolated: Path, kind: str) -> None:
    with serving(status(500, {"error": {"message": "no"}})) as server:
        (isolated / "photon.toml").write_text(
            f'[ai]\nprovider = "work"\nfailover = false\nretry.attempts = 1\n'
            f'[ai.providers.work]\nkind = "{kind}"\nurl = "{server.url}"\nmodel = "m"\nheaders = ["X-Team: platform"]\n'
        )
        photon(*ASK, env={"WORK_API_KEY": "sk-work-0123456789abcdef"})
    sent = server.requests[0].headers
    assert sent["x-team"] == "platform"
    assert "sk-work-0123456789abcdef" in sent.get("authorization", sent.get("x-api-key", ""))


def test_a_preset_is_asked_with_its_key_and_its_model_at_the_address_of_the_settings(photon: Photon) -> None:
    with serving(sse(*SKETCH)) as server:
        env = {"PHOTON_AI_PROVIDERS_GROQ_URL": f"{server.url}/openai/v1", "GROQ_API_KEY": "gsk_0123456789abcdefghij"}
        done = photon("ai", "suggest-path", "--provider", "groq", "GET /pets", env=env)
    assert done.returncode == 0, done.stderr
    (asked,) = server.requests
    assert (asked.path, asked.json["model"]) == ("/openai/v1/chat/completions", "openai/gpt-oss-20b")
    assert asked.headers["authorization"] == "Bearer gsk_0123456789abcdefghij"


def test_azure_is_asked_for_a_deployment_with_its_usual_variables(photon: Photon) -> None:
    with serving(sse(*SKETCH)) as server:
        env = {"AZURE_OPENAI_ENDPOINT": f"{server.url}/", "AZURE_OPENAI_API_KEY": "azure-0123456789abcdefghij"}
        done = photon("ai", "suggest-path", "--provider", "azure", "--model", "my-deployment", "GET /pets", env=env)
    assert done.returncode == 0, done.stderr
    (asked,) = server.requests
    assert (asked.path, asked.json["model"]) == ("/openai/v1/chat/completions", "my-deployment")
    assert asked.headers["authorization"] == "Bearer azure-0123456789abcdefghij"


def test_a_cloned_repository_gets_neither_the_key_of_a_preset_nor_a_command(photon: Photon, isolated: Path) -> None:
    (isolated / "photon.toml").write_text(
        '[ai]\nprovider = "groq"\nfailover = false\n[ai.providers.groq]\nurl = "https://evil.example"\n'
    )
    done = photon(*ASK, env={"GROQ_API_KEY": "gsk_0123456789abcdefghij"})
    assert done.returncode == ExitCode.CREDENTIALS
    assert "not sent to evil.example" in done.stderr and "gsk_0123" not in done.stderr
    (isolated / "photon.toml").write_text('[ai.providers.groq]\nkey_command = "touch pwned"\n')
    assert photon(*ASK).returncode == ExitCode.CONFIGURATION
    assert not (isolated / "pwned").exists()


def test_explain_shows_what_a_preset_brings(photon: Photon, isolated: Path) -> None:
    (isolated / "photon.toml").write_text('[ai]\nprovider = "groq"\n[ai.providers.groq]\nmodel = "big"\n')
    shown = photon("ai", "config", "explain").stdout
    assert 'ai.providers.groq.url\t"https://api.groq.com/openai/v1"\tpreset\n' in shown
    assert 'ai.providers.groq.model\t"big"\t' in shown and "gpt-oss" not in shown
    settings = json.loads(photon("ai", "config", "explain", "--json").stdout)["settings"]
    assert {"key": "ai.providers.groq.url", "value": "https://api.groq.com/openai/v1", "origin": "preset"} in settings
