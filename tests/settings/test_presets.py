"""Providers that are known by name."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from photon.settings.load import load
from photon.settings.presets import PRESETS, VARIABLES, is_own_host, key_names_of
from photon.settings.providers import is_built_in, key_names, preset_values, provider_names, provider_settings
from photon.settings.schema import AI, PROVIDER_KINDS, NamedProvider

COMPANIES = [name for name, preset in PRESETS.items() if preset.cloud]
AT_HOME = [name for name in PRESETS if name not in COMPANIES]
DOCS = Path(__file__).parents[2] / "docs" / "PROVIDERS.md"


def test_every_preset_can_be_asked_by_its_name_alone() -> None:
    assert set(PRESETS) <= set(provider_names(AI()))
    assert not set(PRESETS) & set(PROVIDER_KINDS)


@pytest.mark.parametrize("name", COMPANIES)
def test_a_companys_address_is_encrypted_and_its_key_belongs_there_and_nowhere_else(name: str) -> None:
    preset = PRESETS[name]
    if not preset.url:
        return
    assert urlsplit(preset.url).scheme == "https"
    for key in key_names_of(name):
        assert is_own_host(key, preset.url)
        assert not is_own_host(key, preset.url.replace("https:", "http:"))
        assert not is_own_host(key, f"https://{urlsplit(preset.url).hostname}.evil.example/v1")
        assert not is_own_host(key, f"https://{urlsplit(preset.url).hostname}@evil.example/v1")
    assert not is_own_host("openai", preset.url)


@pytest.mark.parametrize("name", AT_HOME)
def test_a_server_at_home_is_on_this_machine_and_nobodys_own_host(name: str) -> None:
    assert urlsplit(PRESETS[name].url or "http://localhost").hostname == "localhost"
    assert not is_own_host(name, PRESETS[name].url)


def test_the_settings_of_a_preset_change_it_in_part() -> None:
    ai = AI(providers={"groq": NamedProvider(model="big", requests_per_minute=30)})
    assert provider_settings(ai, "groq") == NamedProvider(
        url="https://api.groq.com/openai/v1", model="big", key="groq", requests_per_minute=30
    )


def test_a_selected_preset_takes_the_model_and_the_url_of_the_ai_table() -> None:
    found = provider_settings(AI(provider="groq", model="m", url="http://127.0.0.1:1/v1"), "groq")
    assert (found.model, found.url) == ("m", "http://127.0.0.1:1/v1")
    assert provider_settings(AI(provider="mistral", model="m"), "groq").model == PRESETS["groq"].model


def test_the_keys_of_presets_are_known_names() -> None:
    assert {"groq", "gemini", "google", "azure", "azure-openai", "inference-server", "openai"} <= set(key_names(AI()))


@pytest.mark.parametrize("name", ["openai", "groq", "GROQ", "google", "azure-openai", "inference-server"])
def test_what_is_built_in_means_the_same_for_everybody(name: str) -> None:
    assert is_built_in(name)
    assert not is_built_in("my-groq")


def test_only_what_the_settings_leave_to_a_preset_is_its_value() -> None:
    ai = AI(provider="groq", model="mine", failover=("mistral", "local"), providers={"vllm": NamedProvider(url="http://x")})
    assert preset_values(ai) == {
        "ai.providers.groq.url": "https://api.groq.com/openai/v1",
        "ai.providers.mistral.url": "https://api.mistral.ai/v1",
        "ai.providers.mistral.model": "mistral-small-latest",
    }
    assert preset_values(AI()) == {}


def test_the_document_lists_every_preset_as_it_is() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", DOCS.read_text().partition("## Presets")[2], re.MULTILINE))
    assert list(rows) == list(PRESETS)
    for name, preset in PRESETS.items():
        address, model, keys = rows[name].split(" | ")
        assert preset.url in address
        assert preset.deployments or (preset.model or "default") in model
        if preset.cloud:
            assert re.findall(r"\w+_API_KEY", keys) == [
                f"{key.upper().replace('-', '_')}_API_KEY" for key in key_names_of(name)
            ]
    assert all(variable in DOCS.read_text() for variable in VARIABLES)


def test_the_configuration_of_the_document_loads(isolated: Path) -> None:
    text = DOCS.read_text()
    (isolated / "photon.toml").write_text("\n".join(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)))
    ai = load().settings.ai
    assert provider_settings(ai, "groq").requests_per_minute == 30
    assert provider_settings(ai, "work").headers == ("X-Team: platform",)
