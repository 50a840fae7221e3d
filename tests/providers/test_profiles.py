"""What is known of models by their id."""

import pytest

from photon.chat import Capabilities
from photon.providers.profiles import (
    ANTHROPIC_URL,
    DEFAULT_MODELS,
    OPENAI_URL,
    PHOTON_SKETCH_FORMAT,
    capabilities,
    is_official,
    is_openai,
)
from photon.settings.schema import PROVIDER_KINDS


@pytest.mark.parametrize("model", ["photon-openapi", "photon-openapi:latest", "me/photon-openapi:latest", "Photon-OpenAPI:q4"])
def test_our_model_is_known_under_every_name_that_a_registry_gives_it(model: str) -> None:
    known = capabilities("ollama", model)
    assert (known.prompt_format, known.chat, known.prefill, known.grammar) == (PHOTON_SKETCH_FORMAT, False, True, False)


@pytest.mark.parametrize("model", ["photon-openapi-2", "my-photon-openapi", "photon-openapi.gguf", "gpt-5.4-mini", "llama3.2"])
def test_any_other_model_is_a_general_one(model: str) -> None:
    known = capabilities("openai", model)
    assert (known.prompt_format, known.chat, known.prefill, known.grammar) == (None, True, False, False)


def test_a_general_model_takes_a_prefill_and_a_grammar_only_in_this_process() -> None:
    assert capabilities("local", "smollm2-135m-instruct").names() == ("chat", "prefill", "grammar")
    assert capabilities("ollama", "llama3.2").names() == ("chat",)


def test_our_model_behind_an_openai_compatible_server_gets_no_prefill() -> None:
    assert capabilities("openai", "photon-openapi").names() == ("sketch",)


def test_every_kind_of_provider_has_a_model_for_each_purpose() -> None:
    assert set(DEFAULT_MODELS) == set(PROVIDER_KINDS)
    assert all(models["sketch"] and models["chat"] for models in DEFAULT_MODELS.values())
    assert capabilities("local", DEFAULT_MODELS["local"]["sketch"]).prompt_format == PHOTON_SKETCH_FORMAT
    assert capabilities("local", DEFAULT_MODELS["local"]["chat"]).chat


@pytest.mark.parametrize(
    ("model", "sampling", "context_length"),
    [
        ("gpt-5.4-mini", True, 400_000),
        ("gpt-5.4-mini-2026-03-17", True, 400_000),
        ("gpt-5.4", True, 1_050_000),
        ("gpt-5.4-pro", False, 1_050_000),
        ("gpt-5.6-luna", False, 1_050_000),
        ("gpt-5", False, 400_000),
        ("gpt-5-mini", False, 400_000),
        ("gpt-5-chat-latest", True, 128_000),
        ("gpt-5.2-codex", False, 400_000),
        ("gpt-4.1-nano", True, 1_047_576),
        ("gpt-4o-mini", True, 128_000),
        ("gpt-4", True, 8_192),
        ("o3-mini", False, 200_000),
        ("o4-mini", False, 200_000),
        ("a-fine-tuned-one", True, None),
    ],
)
def test_each_of_openais_models_has_its_facts(model: str, sampling: bool, context_length: int | None) -> None:
    known = capabilities("openai", model, OPENAI_URL)
    assert (known.sampling, known.context_length) == (sampling, context_length)
    assert (known.token_limit, known.tools, known.prefill, known.grammar) == ("max_completion_tokens", True, False, False)


@pytest.mark.parametrize(
    ("model", "sampling", "schema", "context_length"),
    [
        ("claude-haiku-5-5", False, True, 1_000_000),
        ("claude-opus-5-5", False, True, 1_000_000),
        ("claude-model-of-tomorrow", False, True, 1_000_000),
        ("claude-opus-4-7", False, True, 1_000_000),
        ("claude-sonnet-4-6", True, True, 1_000_000),
        ("claude-haiku-4-5-20251001", True, True, 200_000),
        ("claude-opus-4-1", True, True, 200_000),
        ("claude-sonnet-4-20250514", True, False, 200_000),
        ("claude-3-haiku-20240307", True, False, 200_000),
    ],
)
def test_each_of_anthropics_models_has_its_facts(model: str, sampling: bool, schema: bool, context_length: int) -> None:
    known = capabilities("anthropic", model, ANTHROPIC_URL)
    assert (known.sampling, known.schema, known.context_length) == (sampling, schema, context_length)
    assert (known.prefill, known.grammar, known.tools, known.system) == (False, False, True, True)


@pytest.mark.parametrize(
    ("url", "model", "schema", "token_limit"),
    [
        ("http://localhost:8080/v1", "default", True, "max_tokens"),
        ("https://openrouter.ai/api/v1", "openai/gpt-5.4-mini", True, "max_tokens"),
        ("https://api.groq.com/openai/v1", "openai/gpt-oss-20b", True, "max_tokens"),
        ("https://api.groq.com/openai/v1", "llama-3.3-70b-versatile", False, "max_tokens"),
        ("https://api.deepseek.com", "deepseek-flash", False, "max_tokens"),
        ("https://mine.openai.azure.com/openai/v1", "my-deployment", True, "max_completion_tokens"),
        ("https://notopenai.com/v1", "gpt-5.4-mini", True, "max_tokens"),
    ],
)
def test_a_server_has_facts_of_its_own(url: str, model: str, schema: bool, token_limit: str) -> None:
    known = capabilities("openai", model, url)
    assert (known.schema, known.token_limit) == (schema, token_limit)


def test_the_facts_of_a_model_hold_wherever_it_is_asked() -> None:
    known = capabilities("openai", "openai/gpt-5-mini:free", "https://openrouter.ai/api/v1")
    assert (known.sampling, known.context_length) == (False, 400_000)
    assert not capabilities("openai", "google/gemma-2-9b-it", "http://localhost:8000/v1").system
    assert capabilities("openai", "gemma-3-27b-it", "http://localhost:8000/v1").system


def test_nothing_is_known_of_a_protocol_that_a_plug_in_brings() -> None:
    assert capabilities("somebodys", "gpt-5", "https://somebody.example") == Capabilities()


def test_only_the_makers_own_hosts_are_official() -> None:
    assert is_official(OPENAI_URL) and is_official(ANTHROPIC_URL) and is_official("https://x.openai.azure.com/openai/v1")
    assert not is_official("") and not is_official("http://localhost:1") and not is_official("https://notanthropic.com")
    assert is_openai("") and not is_openai(ANTHROPIC_URL)
