"""From the settings to an endpoint, and from an endpoint to a provider."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from types import MappingProxyType

import keyring
import pytest
from keyring.backend import KeyringBackend

from photon.errors import ConfigurationError, CredentialsError
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.registry import connect, endpoint, is_cloud
from photon.settings.keys import store_key
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
    assert (found.url, found.model, found.key, found.cloud) == (
        "http://localhost:11434",
        "photon-openapi:latest",
        "ollama",
        False,
    )
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
        ("http://134744072/v1", True),  # 8.8.8.8, to a resolver
        ("http://0x08080808/v1", True),
        ("https://evil\u3002com/v1", True),
        ("http://[::ffff:8.8.8.8]/v1", True),
        ("http://[::ffff:192.168.1.20]/v1", False),
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


GATE = "https://gate.example.com/v1"
SECRET = "sk-secret-secret-secret"


def of_a_project(url: str = GATE, *, key: str = "", own: bool = True, name: str = "gate") -> AI:
    """Settings with a provider whose address a cloned repository chose."""
    return AI(
        providers=MappingProxyType({name: NamedProvider(kind="openai", url=url, key=key)}),
        project_urls=MappingProxyType({name: own}),
    )


@pytest.mark.parametrize(
    ("ai", "name"),
    [
        (AI(provider="openai", url=GATE, project_urls=MappingProxyType({"openai": False})), "openai"),
        (of_a_project(key="openai"), "gate"),
        (of_a_project(key="gate"), "gate"),
        (of_a_project(name="openai"), "openai"),
    ],
)
def test_a_key_of_the_environment_is_not_sent_where_only_a_project_says(ai: AI, name: str) -> None:
    environ = {"OPENAI_API_KEY": SECRET, "GATE_API_KEY": SECRET}
    with pytest.raises(CredentialsError, match=r"not sent to gate\.example\.com") as error:
        connect(endpoint(ai, name, environ=environ), ai, environ)
    assert "photon ai config path" in error.value.hint and "photon ai keys set" in error.value.hint
    assert SECRET not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://gpu.lan:8000",
        "http://192.168.1.5",
        "https://api.openai.com/v1",
        "https://mine.openai.azure.com/openai/v1",
    ],
)
async def test_a_key_is_sent_to_openai_and_to_the_users_own_network_whoever_chose_the_address(url: str) -> None:
    ai = of_a_project(url, key="openai")
    await connect(endpoint(ai, "gate", environ={}), ai, {"OPENAI_API_KEY": SECRET}).close()


@pytest.mark.parametrize(
    "url", ["https://api.openai.com.evil.example", "https://evilopenai.com", "https://api.openai.com@evil.io"]
)
def test_a_host_that_only_looks_like_openais_gets_no_key(url: str) -> None:
    ai = of_a_project(url, key="openai")
    with pytest.raises(CredentialsError, match="is not sent to"):
        connect(endpoint(ai, "gate", environ={}), ai, {"OPENAI_API_KEY": SECRET})


async def test_a_key_that_was_stored_for_the_projects_own_provider_is_sent_there(stored: Callable[[str], None]) -> None:
    stored("gate")
    ai = of_a_project()
    await connect(endpoint(ai, "gate", environ={}), ai).close()


@pytest.mark.parametrize("ai", [of_a_project(own=False), of_a_project(key="work")], ids=["redirected", "another key"])
def test_a_stored_key_does_not_follow_a_project_elsewhere(stored: Callable[[str], None], ai: AI) -> None:
    stored("gate")
    stored("work")
    with pytest.raises(CredentialsError, match=r"only the project's photon\.toml names that url"):
        connect(endpoint(ai, "gate", environ={}), ai)


async def test_a_projects_server_that_needs_no_key_is_asked_without_one() -> None:
    ai = of_a_project()
    await connect(endpoint(ai, "gate", environ={}), ai, {}).close()


@pytest.fixture
def stored() -> Iterator[Callable[[str], None]]:
    """Stores a key in a keyring that is kept in memory."""
    before, passwords = keyring.get_keyring(), dict[tuple[str, str], str]()

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return passwords.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            passwords[service, username] = password

    keyring.set_keyring(Memory())
    yield lambda name: store_key(name, SECRET)
    keyring.set_keyring(before)


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


@pytest.mark.parametrize(
    ("name", "variable"), [("groq", "GROQ_API_KEY"), ("gemini", "GEMINI_API_KEY"), ("deepseek", "DEEPSEEK_API_KEY")]
)
def test_a_preset_without_a_key_names_the_variable_that_mends_it(name: str, variable: str) -> None:
    with pytest.raises(CredentialsError, match=f"there is no key for {name}") as error:
        connect(endpoint(AI(), name, environ={}), AI(), {})
    assert f"photon ai keys set {name}" in error.value.hint and variable in error.value.hint


@pytest.mark.parametrize("name", ["lmstudio", "vllm", "llama-server", "mistralrs"])
async def test_a_preset_at_home_needs_no_key(name: str) -> None:
    found = endpoint(AI(), name, environ={})
    assert (found.model, found.cloud) == ("default", False)
    await connect(found, AI(), {}).close()


@pytest.mark.parametrize(
    ("name", "environ", "key"),
    [
        ("gemini", {}, "gemini"),
        ("gemini", {"GOOGLE_API_KEY": "g" * 20}, "google"),
        ("gemini", {"GOOGLE_API_KEY": "g" * 20, "GEMINI_API_KEY": "h" * 20}, "gemini"),
        ("azure", {"AZURE_OPENAI_API_KEY": "g" * 20}, "azure-openai"),
        ("azure", {"AZURE_API_KEY": "g" * 20, "AZURE_OPENAI_API_KEY": "h" * 20}, "azure"),
    ],
)
def test_of_a_presets_keys_the_first_that_there_is_goes(name: str, environ: dict[str, str], key: str) -> None:
    ai = named(azure=NamedProvider(url="https://mine.openai.azure.com"))
    assert endpoint(ai, name, environ=environ).key == key


def test_a_key_that_the_settings_name_is_the_one() -> None:
    assert endpoint(named(gemini=NamedProvider(key="work")), "gemini", environ={"GOOGLE_API_KEY": "g" * 20}).key == "work"


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("https://mine.openai.azure.com", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/openai/v1/", "https://mine.openai.azure.com/openai/v1"),
        ("https://gateway.example.com/azure", "https://gateway.example.com/azure"),
    ],
)
def test_azure_is_asked_over_its_v1_api_and_has_no_model_of_its_own(url: str, full: str) -> None:
    found = endpoint(named(azure=NamedProvider(url=url)), "azure", environ={})
    assert (found.url, found.model) == (full, "")


@pytest.mark.parametrize(
    ("name", "variable"), [("azure", "AZURE_OPENAI_ENDPOINT"), ("inference-server", "INFERENCE_SERVER_BASE_URL")]
)
def test_a_preset_whose_address_is_everybodys_own_says_where_to_put_it(name: str, variable: str) -> None:
    with pytest.raises(ConfigurationError, match=f"there is no address for {name}") as error:
        endpoint(AI(), name, environ={})
    assert variable in error.value.hint


def test_headers_context_and_limits_of_the_settings_come_with_the_endpoint() -> None:
    settings = NamedProvider(
        url="http://lab:1", headers=("X-A: 1",), context_length=99, requests_per_minute=2, tokens_per_minute=3
    )
    found = endpoint(named(lab=settings), "lab", environ={})
    assert (found.headers, found.capabilities.context_length) == ({"X-A": "1"}, 99)
    assert (found.requests_per_minute, found.tokens_per_minute) == (2, 3)
