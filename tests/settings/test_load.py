import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from photon.errors import ConfigurationError
from photon.settings.load import Loaded, load
from photon.settings.schema import NamedProvider, Settings

Load = Callable[..., Loaded]

ORIGINAL_DESIGN = """
[ai]
provider = "ollama"
model = "photon-openapi:latest"
url = "http://localhost:11434"
"""


def origin(loaded: Loaded, key: str) -> str:
    return str(loaded.origins[key])


def test_without_any_source_the_settings_are_the_defaults() -> None:
    loaded = load()
    assert loaded.settings == Settings()
    assert {str(each) for each in loaded.origins.values()} == {"default"}


def test_an_empty_file_and_an_empty_table_change_nothing(loaded: Load) -> None:
    assert loaded(project="", user="[ai]\n[ai.timeouts]\n[ai.providers]\n").settings == Settings()


def test_the_file_of_the_original_design_works_as_written(loaded: Load) -> None:
    ai = loaded(ORIGINAL_DESIGN).settings.ai
    assert (ai.provider, ai.model, ai.url) == ("ollama", "photon-openapi:latest", "http://localhost:11434")


def test_the_flags_of_the_original_design_win_over_its_file_and_drop_its_url(loaded: Load) -> None:
    ai = loaded(ORIGINAL_DESIGN, provider="local", model="photon-openapi").settings.ai
    assert (ai.provider, ai.model, ai.url) == ("local", "photon-openapi", "")


def test_a_url_without_a_provider_stays_when_openai_is_named_whose_protocol_it_speaks(loaded: Load) -> None:
    ai = loaded('[ai]\nurl = "http://lan:8000"\nmodel = "m"', provider="openai").settings.ai
    assert (ai.url, ai.model) == ("http://lan:8000", "m")
    assert loaded('[ai]\nurl = "http://lan:8000"', provider="ollama").settings.ai.url == ""


GATE = '[ai.providers.gate]\nurl = "https://gate.example.com/v1"\n'
URL = '[ai]\nprovider = "openai"\nurl = "https://gate.example.com/v1"\n'


@pytest.mark.parametrize(
    ("project", "user", "environ", "expected"),
    [
        (URL, "", {}, {"openai": False}),
        (URL.replace('provider = "openai"\n', ""), "", {}, {"openai": False}),
        (GATE, "", {}, {"gate": True}),
        (GATE, '[ai.providers.gate]\nmodel = "m"', {}, {"gate": False}),
        (GATE, '[ai.providers.gate]\nurl = "https://elsewhere.example.com"', {}, {"gate": False}),
        (GATE, GATE, {}, {}),
        (URL, GATE.replace("/v1", "/v1/"), {}, {}),
        ("", URL + GATE, {}, {}),
        (GATE, "", {"PHOTON_AI_PROVIDERS_GATE_URL": "https://gate.example.com"}, {}),
        (URL, "", {"PHOTON_AI_URL": "https://other.example.com"}, {}),
        (URL.replace("openai", "gate") + GATE, "", {}, {"gate": False}),
        ('[ai.providers.gate]\nmodel = "m"', "", {}, {}),
    ],
)
def test_an_address_is_the_projects_where_only_the_project_names_it(
    loaded: Load, project: str, user: str, environ: dict[str, str], expected: dict[str, bool]
) -> None:
    assert loaded(project, user, environ).settings.ai.project_urls == expected


def test_whose_an_address_is_cannot_be_set(loaded: Load) -> None:
    with pytest.raises(ConfigurationError, match=r"ai\.project_urls is not a setting"):
        loaded("[ai.project_urls]\nopenai = false")


@pytest.mark.parametrize("sources", range(5))
def test_flag_wins_over_environment_over_project_over_user_over_default(loaded: Load, sources: int, isolated: Path) -> None:
    expected = [
        (1024, "default"),
        (2, f"user config {isolated.parent / 'config' / 'config.toml'}:3"),
        (3, f"{isolated / 'photon.toml'}:2"),
        (4, "environment PHOTON_AI_MAX_TOKENS"),
        (5, "flag --max-tokens"),
    ]
    given = loaded(
        user="[ai]\n\nmax_tokens = 2" if sources >= 1 else "",
        project="[ai]\nmax_tokens = 3" if sources >= 2 else "",
        environ={"PHOTON_AI_MAX_TOKENS": "4"} if sources >= 3 else {},
        max_tokens=5 if sources >= 4 else None,
    )
    assert (given.settings.ai.max_tokens, origin(given, "ai.max_tokens")) == expected[sources]


def test_the_nearest_project_file_upwards_is_read(isolated: Path) -> None:
    (isolated / "photon.toml").write_text("[ai]\nmax_tokens = 1")
    (isolated / "api").mkdir()
    (isolated / "api" / "photon.toml").write_text("[ai]\nmax_tokens = 2")
    (isolated / "api" / "v1").mkdir()
    assert load(cwd=isolated / "api" / "v1").settings.ai.max_tokens == 2
    assert load(cwd=isolated).settings.ai.max_tokens == 1


def test_a_flag_that_was_not_given_is_none_and_changes_nothing(loaded: Load) -> None:
    assert loaded(provider=None, failover=None).settings == Settings()


def test_an_empty_variable_counts_as_not_set(loaded: Load) -> None:
    assert loaded(environ={"PHOTON_AI_MODEL": "", "PHOTON_AI_MAX_TOKENS": " "}).settings == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("PHOTON_AI_PROVIDER", "ollama", "provider", "ollama"),
        ("PHOTON_AI_TEMPERATURE", "0.5", "temperature", 0.5),
        ("PHOTON_AI_TEMPERATURE", "1", "temperature", 1.0),
        ("PHOTON_AI_FAILOVER", "ollama, local", "failover", ("ollama", "local")),
        ("PHOTON_AI_FAILOVER", "ollama", "failover", ("ollama",)),
        ("PHOTON_AI_FAILOVER", "False", "failover", False),
        ("PHOTON_AI_FAILOVER", "on", "failover", True),
        ("PHOTON_AI_FAILOVER", "auto", "failover", "auto"),
    ],
)
def test_variables_are_read_in_the_type_of_their_setting(
    loaded: Load, variable: str, text: str, key: str, value: object
) -> None:
    assert getattr(loaded(environ={variable: text}).settings.ai, key) == value


@pytest.mark.parametrize(("text", "value"), [("0", False), ("no", False), ("TRUE", True), ("1", True)])
def test_a_switch_understands_the_usual_words(loaded: Load, text: str, value: bool) -> None:
    assert loaded(environ={"PHOTON_AI_CACHE_ENABLED": text}).settings.ai.cache.enabled is value


def test_every_setting_has_a_variable_that_reaches_it(loaded: Load) -> None:
    from photon.settings.catalogue import catalogue

    for setting in catalogue().values():
        text = "ollama" if setting.key == "ai.provider" else str(setting.default) or "http://x"
        given = loaded(environ={setting.variable: text})
        assert origin(given, setting.key) == f"environment {setting.variable}"


@pytest.mark.parametrize(
    "variable", ["OLLAMA_HOST", "OPENAI_API_KEY", "PHOTON_DATA_DIR", "PHOTON_DEBUG", "PHOTON_KEYS_PASSPHRASE", "PHOTONICS_AI_X"]
)
def test_variables_that_are_not_settings_are_left_alone(loaded: Load, variable: str) -> None:
    assert loaded(environ={variable: "127.0.0.1:11434"}).settings == Settings()


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ('"auto"', "auto"),
        ("true", True),
        ("false", False),
        ('"ollama"', ("ollama",)),
        ('["ollama", "local"]', ("ollama", "local")),
    ],
)
def test_failover_is_a_switch_auto_or_providers_in_order(loaded: Load, value: str, held: object) -> None:
    assert loaded(f"[ai]\nfailover = {value}").settings.ai.failover == held


def test_named_providers_are_read_from_files_and_may_be_selected_from_another(loaded: Load) -> None:
    given = loaded(project='[ai]\nprovider = "gpu"', user='[ai.providers.gpu]\nurl = "http://gpu:8000/v1"\nmodel = "m"')
    assert given.settings.ai.providers == {"gpu": NamedProvider(url="http://gpu:8000/v1", model="m")}


def test_a_variable_changes_one_setting_of_a_named_provider_and_keeps_the_others(loaded: Load) -> None:
    given = loaded('[ai.providers.my-gpu]\nmodel = "m"', environ={"PHOTON_AI_PROVIDERS_MY_GPU_URL": "http://gpu/v1"})
    assert given.settings.ai.providers == {"my-gpu": NamedProvider(url="http://gpu/v1", model="m")}
    assert origin(given, "ai.providers.my-gpu.url") == "environment PHOTON_AI_PROVIDERS_MY_GPU_URL"


def test_variables_alone_can_name_a_provider(loaded: Load) -> None:
    environ = {"PHOTON_AI_PROVIDERS_GPU_URL": "http://gpu/v1", "PHOTON_AI_PROVIDER": "gpu"}
    assert loaded(environ=environ).settings.ai.providers == {"gpu": NamedProvider(url="http://gpu/v1")}


def test_a_built_in_provider_under_providers_keeps_its_protocol(loaded: Load) -> None:
    given = loaded('[ai.providers.ollama]\nurl = "http://gpu:11434"')
    assert given.settings.ai.providers["ollama"].kind == "ollama"


def test_a_named_provider_without_settings_is_one_all_the_same(loaded: Load) -> None:
    assert loaded('[ai]\nprovider = "x"\n[ai.providers.x]').settings.ai.providers == {"x": NamedProvider()}


class TestAnotherProviderChosenAbove:
    def test_drops_model_and_url_of_the_one_below_and_says_so(self, loaded: Load, isolated: Path) -> None:
        given = loaded(ORIGINAL_DESIGN, provider="local")
        assert (given.settings.ai.model, given.settings.ai.url) == ("", "")
        assert origin(given, "ai.url") == "default (photon.toml:5 is for the provider ollama)"

    def test_keeps_what_is_set_beside_it_or_above(self, loaded: Load) -> None:
        environ = {"PHOTON_AI_PROVIDER": "openai", "PHOTON_AI_URL": "http://localhost:8080/v1"}
        ai = loaded(ORIGINAL_DESIGN, environ=environ, model="m").settings.ai
        assert (ai.provider, ai.url, ai.model) == ("openai", "http://localhost:8080/v1", "m")

    def test_keeps_model_and_url_when_it_is_the_same_provider(self, loaded: Load) -> None:
        ai = loaded(ORIGINAL_DESIGN, provider="ollama").settings.ai
        assert (ai.model, ai.url) == ("photon-openapi:latest", "http://localhost:11434")

    def test_drops_a_user_model_also_when_only_the_project_file_chooses(self, loaded: Load) -> None:
        given = loaded(project='[ai]\nprovider = "local"', user='[ai]\nmodel = "gpt-4o"')
        assert given.settings.ai.model == ""
        assert origin(given, "ai.model").endswith("config.toml:2 is for the provider auto)")

    def test_leaves_everything_else_alone(self, loaded: Load) -> None:
        assert loaded("[ai]\nmax_tokens = 7\nprovider = 'ollama'", provider="local").settings.ai.max_tokens == 7


def message(load: Load, *sources: str, **more: object) -> tuple[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        load(*sources, **more)
    return caught.value.message, caught.value.hint


def test_an_unknown_key_is_refused_with_file_line_key_and_the_nearest_right_one(loaded: Load) -> None:
    assert message(loaded, "[ai]\n\n[ai.timeouts]\n\n\n\nconect = 3") == (
        "photon.toml:7: ai.timeouts.conect is not a setting",
        "did you mean ai.timeouts.connect?",
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('provider = "ollama"', "did you mean ai.provider?"),
        ("[ai]\ntimeout = 4", "did you mean ai.timeouts?"),
        ("[ai]\nthreds = 4", "did you mean ai.local.threads?"),
        ("[ai]\ncache_enabled = true", "did you mean ai.cache.enabled?"),
        ("[ai.providers.gpu]\nurk = 'x'", "did you mean ai.providers.gpu.url?"),
        ("[ai]\ncolor = 1", "photon ai config explain (lists every setting)"),
        ('"ai.provider" = "ollama"', "did you mean ai.provider?"),
        ("[ai.timeouts]\nconnect.seconds = 3", "for example 5.0"),
    ],
)
def test_the_hint_is_the_nearest_right_key(loaded: Load, text: str, hint: str) -> None:
    assert message(loaded, text)[1] == hint


def test_of_several_mistakes_the_first_is_told_and_the_others_are_counted(loaded: Load) -> None:
    first, _ = message(loaded, "[ai]\nmax_tokens = 'x'\nmodle = 'm'\ntemperature = 9")
    assert first == 'photon.toml:2: ai.max_tokens is "x"; it must be a whole number (and 2 more mistakes)'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("max_tokens = true", "ai.max_tokens is true; it must be a whole number"),
        ("max_tokens = 1.5", "ai.max_tokens is 1.5; it must be a whole number"),
        ("max_tokens = 0", "ai.max_tokens is 0; it goes from 1 to 1,048,576"),
        ("temperature = true", "ai.temperature is true; it must be a number"),
        ("temperature = 2.1", "ai.temperature is 2.1; it goes from 0 to 2"),
        ("temperature = nan", "ai.temperature is nan; it goes from 0 to 2"),
        ("temperature = -inf", "ai.temperature is -inf; it goes from 0 to 2"),
        ("model = 3", "ai.model is 3; it must be a string"),
        ("model = 1979-05-27", "ai.model is 1979-05-27; it must be a string"),
        ('model = "a\\u001b[31m"', "ai.model has control characters in it"),
        ("timeouts = 4", "ai.timeouts is a table"),
        ("timeouts = [{connect = 1}]", "ai.timeouts is a table"),
        ("style.format = 'yml'", 'ai.style.format is "yml"; it can be yaml, json, sketch'),
        ("cache.enabled = 1", "ai.cache.enabled is 1; it must be true or false"),
        ("failover = 3", "ai.failover is 3; it must be true or false or a string or a list of strings"),
        ("failover = [1]", "ai.failover is a list; it must be true or false or a string or a list of strings"),
        ("failover = ['auto']", 'ai.failover names "auto", which is not a provider'),
        ("failover = ['ollama', 'gpu']", 'ai.failover names "gpu", which is not a provider'),
        ("provider = 'olama'", 'ai.provider names "olama", which is not a provider'),
        ("url = 'localhost:11434'", 'ai.url is "localhost:11434"; it must be an http or https URL'),
        ("url = 'http://'", 'ai.url is "http://"; it must be an http or https URL'),
        ("url = 'http://x:y/'", 'ai.url is "http://x:y/"; it must be an http or https URL'),
        ("url = 'http://[::1'", 'ai.url is "http://[::1"; it must be an http or https URL'),
        ("url = 'http://a b/'", 'ai.url is "http://a b/"; it must be an http or https URL'),
        ("providers.auto.url = 'http://x'", "a provider cannot be named auto"),
        ("providers.ollama.kind = 'openai'", 'ai.providers.ollama.kind is "openai", but ollama is built in'),
        ("providers.'a.b'.url = 'http://x'", 'ai.providers."a.b" is not a provider\'s name'),
    ],
)
def test_an_impossible_value_is_refused_with_its_place(loaded: Load, line: str, complaint: str) -> None:
    assert message(loaded, f"[ai]\n{line}")[0] == f"photon.toml:2: {complaint}"


def test_a_whole_number_is_accepted_where_a_number_is_due(loaded: Load) -> None:
    connect = loaded("[ai.timeouts]\nconnect = 3").settings.ai.timeouts.connect
    assert connect == 3.0
    assert type(connect) is float


@pytest.mark.parametrize(
    ("environ", "complaint", "hint"),
    [
        (
            {"PHOTON_AI_TIMEOUT_CONNECT": "3"},
            "PHOTON_AI_TIMEOUT_CONNECT is not a setting",
            "did you mean PHOTON_AI_TIMEOUTS_CONNECT?",
        ),
        (
            {"PHOTON_AI_MAX_TOKENS": "many"},
            'PHOTON_AI_MAX_TOKENS: ai.max_tokens is "many"; it must be a whole number',
            "for example 1024",
        ),
        (
            {"PHOTON_AI_PROVIDER": "opnai"},
            'PHOTON_AI_PROVIDER: ai.provider names "opnai", which is not a provider',
            "did you mean openai?",
        ),
        (
            {"PHOTON_AI_STYLE_FORMAT": "yml"},
            'PHOTON_AI_STYLE_FORMAT: ai.style.format is "yml"; it can be yaml, json, sketch',
            "did you mean yaml?",
        ),
    ],
)
def test_a_variable_that_cannot_be_is_refused_by_its_name(
    loaded: Load, environ: dict[str, str], complaint: str, hint: str
) -> None:
    assert message(loaded, environ=environ) == (complaint, hint)


def test_a_flag_that_cannot_be_is_refused_by_its_name(loaded: Load) -> None:
    assert message(loaded, temperature=9.0)[0] == "--temperature: ai.temperature is 9.0; it goes from 0 to 2"
    assert message(loaded, provider="opnai") == (
        '--provider: ai.provider names "opnai", which is not a provider',
        "did you mean openai?",
    )


def test_a_switch_that_was_turned_off_is_named_as_it_was_typed(loaded: Load) -> None:
    given = loaded(failover=False, cache__enabled=False)
    assert origin(given, "ai.failover") == "flag --no-failover"
    assert origin(given, "ai.cache.enabled") == "flag --no-cache"


SECRET = "sk-proj-0123456789abcdefghij"


@pytest.mark.parametrize(
    "text",
    [
        f'[ai]\napi_key = "{SECRET}"',
        f'[ai]\nopenai_api_key = "{SECRET}"',
        f'[ai.providers.x]\nkey = "{SECRET}"',
        f'[ai.providers.x]\nkey = "{SECRET.removeprefix("sk-") * 3}"',
        f'[ai]\nurl = "ftp://me:{SECRET}@host/"',
        f'[ai]\nurl = "ftp://host/?key={SECRET}"',
    ],
)
def test_a_secret_in_a_file_is_refused_and_never_repeated(loaded: Load, text: str) -> None:
    what, hint = message(loaded, text)
    assert "0123456789" not in what + hint
    assert "photon ai keys set NAME" in hint or "…" in what


def test_a_key_in_a_wrong_variable_is_sent_to_the_right_one(loaded: Load) -> None:
    what, hint = message(loaded, environ={"PHOTON_AI_API_KEY": SECRET})
    assert "0123456789" not in what + hint
    assert "OPENAI_API_KEY" in hint


def test_names_of_providers_are_checked_over_all_sources_and_refused_where_they_stand(loaded: Load, isolated: Path) -> None:
    what, hint = message(loaded, user='[ai]\nfailover = ["gpuu"]', project='[ai.providers.gpu]\nurl = "http://x"')
    assert what.endswith('config.toml:2: ai.failover names "gpuu", which is not a provider')
    assert hint == "did you mean gpu?"


def test_a_deleted_working_folder_is_no_reason_to_fail(tmp_path: Path) -> None:
    code = "import os; os.rmdir(os.getcwd()); from photon.settings.load import load; print(load().settings.ai.provider)"
    (tmp_path / "gone").mkdir()
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "gone", capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("auto\n", "")


def test_loading_imports_nothing_heavy(isolated: Path) -> None:
    """tomllib alone is allowed, and only where there is a file; difflib comes with Typer and is not counted."""
    code = "import sys; from photon.settings.load import load; load(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ))
    heavy = {"tomllib", "keyring", "platformdirs", "tomli_w", "json", "openai", "httpx", "yaml", "rich", "asyncio", "typer"}
    assert heavy.isdisjoint(re.split(r"\s+", done.stdout))
