"""What servers say when they say no, in the words of each, and the error that it means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from photon.errors import ContextExceeded, CredentialsError, Fault, PhotonError, ProviderUnreachable, UsageError
from photon.providers.endpoint import Endpoint
from photon.providers.refusals import Refusal, retry_after

ENDPOINT = Endpoint(provider="lan", kind="openai", model="m", url="http://lan.example", key="lan-key")


def refusal(status: int, body: object) -> PhotonError:
    return Refusal.read(status, json.dumps(body), {}).error(ENDPOINT, "m")


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        (
            "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 351353 tokens.",
            (351353, 272000),
        ),
        (
            "Prompt contains 33000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            (33000, 32768),
        ),
        ("Prompt contains 33000 tokens, too large for model with 32768 maximum context length", (33000, 32768)),
        ("The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).", (1196265, 1048575)),
        ("The input token count (1,196,265) exceeds the maximum number of tokens allowed (1,048,575).", (1196265, 1048575)),
        (
            "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens"
            " (39000 of text input, 1000 in the output). Please reduce the length of either one.",
            (39000, 32768),
        ),
        ("maximum context length is 32768 tokens. However, you requested about 40000 tokens", (40000, 32768)),
        (
            "Trying to keep the first 4567 tokens when context the overflows. However, the model is loaded with context length"
            " of only 4096 tokens, which is not enough.",
            (4567, 4096),
        ),
        (
            "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
            (9000, 8192),
        ),
    ],
)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_prompt_that_is_too_long_has_both_numbers_in_the_words_of_every_server(
    said: str, numbers: tuple[int, int], status: int
) -> None:
    error = refusal(status, {"error": {"message": said}})
    assert isinstance(error, ContextExceeded)
    assert (error.prompt_tokens, error.context_length) == numbers


WITHOUT_NUMBERS: list[dict[str, Any]] = [
    {"message": "no", "code": "context_length_exceeded"},
    {"message": "no", "type": "exceed_context_size_error"},
    {"message": "Your input exceeds the context window of this model. Please adjust your input and try again."},
    {"message": "Please reduce the length of the messages or completion."},
    {"message": "The input token count exceeds the maximum number of tokens allowed 1048576."},
    {"message": "Trying to keep the first tokens when context the overflows"},
    {"message": "the request exceeds the available context size, try increasing it"},
    {"message": "prompt too long; exceeded max context length by 4 tokens"},
    {"message": "the input length exceeds the context length"},
]


@pytest.mark.parametrize("fields", WITHOUT_NUMBERS)
def test_a_prompt_that_is_too_long_is_one_without_numbers_too(fields: dict[str, Any]) -> None:
    for error in (refusal(400, {"error": fields}), Refusal.mid_stream(fields).error(ENDPOINT, "m")):
        assert type(error) is UsageError
        assert error.fault is Fault.CONTEXT
        assert fields["message"] in error.message
        assert "longer context" in error.hint


@pytest.mark.parametrize("status", [429, 500, 503])
def test_other_statuses_are_never_about_the_length_of_the_prompt(status: int) -> None:
    said = "This model's maximum context length is 4097 tokens. However, your messages resulted in 5360 tokens."
    assert refusal(status, {"error": {"message": said}}).fault is not Fault.CONTEXT


@pytest.mark.parametrize("count", [True, -1, 2**53, 10**200])
def test_counts_that_cannot_be_are_not_repeated(count: int) -> None:
    error = refusal(400, {"error": {"message": "context size exceeded", "n_prompt_tokens": count, "n_ctx": 512}})
    assert not isinstance(error, ContextExceeded)


@pytest.mark.parametrize("year", ["99999999999", "9" * 30])
def test_a_date_to_come_back_that_no_calendar_has_is_none(year: str) -> None:
    assert retry_after({"retry-after": f"Fri, 31 Dec {year} 23:59:59 GMT"}) is None


def test_an_error_in_a_list_of_one_is_read() -> None:
    said = {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}
    error = refusal(400, [{"error": said}])
    assert isinstance(error, CredentialsError)
    assert error.fault is Fault.UNAUTHORIZED
    assert "API key not valid" in error.message


@pytest.mark.parametrize("code", [200, "200", 302])
def test_a_code_in_a_stream_that_is_no_errors_code_is_the_servers_own_trouble(code: object) -> None:
    error = Refusal.mid_stream({"message": "upstream failed", "code": code}).error(ENDPOINT, "m")
    assert isinstance(error, ProviderUnreachable)
    assert error.fault is Fault.SERVER_ERROR
