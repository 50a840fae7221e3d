"""From the settings to an endpoint, and from an endpoint to a provider."""

import subprocess
import sys
from types import MappingProxyType

import pytest

from photon.errors import ConfigurationError, CredentialsError
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.registry import connect, endpoint, is_cloud
from photon.settings.schema import AI, NamedProvider


def named(**providers: NamedProvider) -> AI:
    return AI(providers=MappingProxyType(providers))


def test_openai_is_asked_at_its_own_address_with_its_own_key() -> None:
    found = endpoint(AI(), "openai", environ={})
    assert (found.url, found.key, found.cloud, found.kind) == ("https://api.openai.com/v1", "openai", True, "openai")
    assert found.model and found.identity == {}


def test_the_original_designs_example_works_as_written() -> None:
    ai = AI(provider="ollama", model="photon-openapi:latest", url="http://localhost:11434")
    found = endpoint(ai, "ollama", environ={})
    assert (found.url, found.model, found.key, found.cloud) == ("http://localhost:11434", "photon-openapi:latest", "", False)
    assert found.capabilities.prompt_format == PHOTON_SKETCH_FORMAT


def test_the_selected_providers_model_and_url_do_not_leak_to_another_provider() -> None:
    ai = AI(provider="ollama", model="llama3.2:70b", url="http://gpu.lan:11434")
    local = endpoint(ai, "local", environ={})
    assert (local.url, local.model) == ("", "photon-openapi")
    assert endpoint(ai, "openai", environ={}).url == "https://api.openai.com/v1"


def test_ollama_host_is_followed_and_the_settings_win_over_it() -> None:
    environ = {"OLLAMA_HOST": "gpu.lan"}
    assert endpoint(AI(), "ollama", environ=environ).url == "http://gpu.lan:11434"
    assert endpoint(AI(provider="ollama", url="http://other:1"), "ollama", environ=environ).url == "http://other:1"
    assert endpoint(AI(), "ollama", environ={}).url == "http://127.0.0.1:11434"


def test_the_local_model_depends_on_the_purpose() -> None:
    sketch, chat = (endpoint(AI(), "local", purpose=purpose, environ={}) for purpose in ("sketch", "chat"))
    assert (sketch.model, sketch.capabilities.chat) == ("photon-openapi", False)
    assert (chat.model, chat.capabilities.chat) == ("smollm2-135m-instruct", True)
    assert {"base", "base_size", "base_mtime_ns", "adapter"} <= set(sketch.identity)
    assert "adapter" not in chat.identity


def test_a_flag_names_the_model_before_the_settings_do() -> None:
    assert endpoint(AI(provider="openai", model="gpt-x"), "openai", model="gpt-y", environ={}).model == "gpt-y"


def test_a_named_server_has_its_own_url_key_and_model() -> None:
    ai = named(lab=NamedProvider(url="http://lab:8000/v1/", model="qwen"), gate=NamedProvider(url="https://g.io", key="work"))
    lab, gate = endpoint(ai, "lab", environ={}), endpoint(ai, "gate", environ={})
    assert (lab.url, lab.key, lab.model, lab.cloud) == ("http://lab:8000/v1", "lab", "qwen", False)
    assert (gate.key, gate.cloud) == ("work", True)


def test_a_server_that_is_not_openais_is_not_asked_for_openais_model() -> None:
    assert endpoint(named(lab=NamedProvider(url="http://lab:8000")), "lab", environ={}).model == "default"


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        endpoint(AI(), "opnai", environ={})


@pytest.mark.parametrize(
    ("url", "cloud"),
    [
        ("https://api.openai.com/v1", True),
        ("http://8.8.8.8:80", True),
        ("https://[2606:4700::1111]/", True),
        ("https://box.example.com.", True),
        ("http://localhost:1234", False),
        ("http://127.0.0.1:11434", False),
        ("http://[::1]:11434", False),
        ("http://192.168.1.20:8000", False),
        ("http://10.0.0.3", False),
        ("http://[fe80::1%25eth0]:80", False),
        ("http://100.100.1.2", False),
        ("http://gpu:8000", False),
        ("http://gpu.local", False),
        ("http://gpu.lan:8000", False),
        ("", False),
    ],
)
def test_a_cloud_is_where_prompts_leave_the_network(url: str, cloud: bool) -> None:
    assert is_cloud(url) is cloud


def test_openai_without_a_key_names_the_command_that_mends_it() -> None:
    with pytest.raises(CredentialsError) as error:
        connect(endpoint(AI(), "openai", environ={}), AI(), {})
    assert "photon ai keys set openai" in error.value.hint and "OPENAI_API_KEY" in error.value.hint


async def test_a_server_of_ones_own_needs_no_key() -> None:
    provider = connect(endpoint(named(lab=NamedProvider(url="http://lab:8000")), "lab", environ={}), AI(), {})
    await provider.close()


def test_a_key_is_not_sent_unencrypted_over_the_internet() -> None:
    ai = named(gate=NamedProvider(url="http://gate.example.com/v1"))
    with pytest.raises(CredentialsError, match="without encryption") as error:
        connect(endpoint(ai, "gate", environ={}), ai, {"GATE_API_KEY": "sk-secret-secret-secret"})
    assert "sk-secret" not in f"{error.value} {error.value.hint}"


async def test_every_kind_connects() -> None:
    for name in ("openai", "ollama", "local", "fake"):
        provider = connect(endpoint(AI(), name, environ={}), AI(), {"OPENAI_API_KEY": "sk-test"})
        await provider.close()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unknown kind 'telnet'"):
        connect(Endpoint(provider="x", kind="telnet", model="m"), AI(), {})


def test_planning_imports_no_client_library() -> None:
    code = (
        "import sys; from photon.providers.registry import endpoint; from photon.settings.schema import AI;"
        "[endpoint(AI(), name, environ={}) for name in ('openai', 'ollama', 'local', 'fake')];"
        "print(sorted({'openai', 'httpx', 'httpx2', 'llama_cpp', 'numpy', 'keyring', 'asyncio', 'yaml'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
