import pytest

from photon.errors import ConfigurationError
from photon.settings.providers import key_names, provider_names, provider_settings
from photon.settings.schema import AI, NamedProvider

GPU = NamedProvider(kind="openai", url="http://gpu:8000/v1", model="qwen")
MINE = NamedProvider(kind="ollama", url="http://box:11434", key="team")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai", NamedProvider(kind="openai", key="openai")),
        ("ollama", NamedProvider(kind="ollama", key="ollama")),
        ("local", NamedProvider(kind="local")),
        ("fake", NamedProvider(kind="fake")),
        ("gpu", NamedProvider(kind="openai", url="http://gpu:8000/v1", model="qwen", key="gpu")),
        ("mine", NamedProvider(kind="ollama", url="http://box:11434", key="team")),
    ],
)
def test_a_provider_is_known_by_its_name(name: str, expected: NamedProvider) -> None:
    assert provider_settings(AI(providers={"gpu": GPU, "mine": MINE}), name) == expected


def test_url_and_model_of_the_ai_table_belong_to_the_selected_provider_only() -> None:
    ai = AI(provider="gpu", url="http://other/v1", model="m", providers={"gpu": GPU})
    assert provider_settings(ai, "gpu") == NamedProvider(kind="openai", url="http://other/v1", model="m", key="gpu")
    assert provider_settings(ai, "ollama") == NamedProvider(kind="ollama", key="ollama")


def test_an_empty_url_or_model_leaves_the_providers_own() -> None:
    assert provider_settings(AI(provider="gpu", providers={"gpu": GPU}), "gpu").model == "qwen"


@pytest.mark.parametrize(("name", "hint"), [("olama", "did you mean ollama?"), ("gpuu", "did you mean gpu?")])
def test_an_unknown_provider_is_refused_with_the_nearest_name(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=f'there is no provider "{name}"') as caught:
        provider_settings(AI(providers={"gpu": GPU}), name)
    assert caught.value.hint == hint


def test_auto_is_a_choice_and_no_provider() -> None:
    with pytest.raises(ConfigurationError):
        provider_settings(AI(), "auto")


def test_the_names_of_all_providers_and_of_their_keys() -> None:
    ai = AI(providers={"gpu": GPU, "mine": MINE})
    names, keys = provider_names(ai), key_names(ai)
    assert (*names[:5], *names[-2:]) == ("openai", "anthropic", "ollama", "local", "fake", "gpu", "mine")
    assert keys[:5] == ("openai", "anthropic", "ollama", "gpu", "team")
