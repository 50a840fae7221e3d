"""What is known of models by their id."""

import pytest

from photon.providers.profiles import DEFAULT_MODELS, PHOTON_SKETCH_FORMAT, capabilities
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
