import json
import os
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from photon.cli.config import config_app
from photon.errors import ConfigurationError, UsageError
from photon.settings.as_toml import example_toml
from photon.settings.catalogue import catalogue
from photon.settings.load import load
from photon.settings.schema import Settings

SECRET = "sk-proj-0123456789abcdefa1b2"


@pytest.fixture
def work(isolated: Path) -> Path:
    return isolated


def config(*arguments: str) -> Result:
    return CliRunner().invoke(config_app, arguments)


def test_show_prints_the_effective_settings_as_toml(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (work / "photon.toml").write_text('[ai]\nprovider = "ollama"\nfailover = ["local"]\n')
    monkeypatch.setenv("PHOTON_AI_MAX_TOKENS", "7")
    shown = tomllib.loads(config("show").stdout)
    assert (shown["ai"]["provider"], shown["ai"]["failover"], shown["ai"]["max_tokens"]) == ("ollama", ["local"], 7)
    assert json.loads(config("show", "--json").stdout) == shown


def test_what_show_prints_is_a_settings_file_that_says_the_same(work: Path) -> None:
    (work / "photon.toml").write_text('[ai]\nprovider = "x"\n[ai.providers.x]\nurl = "http://x/v1"\n')
    before = load().settings
    (work / "photon.toml").write_text(config("show").stdout)
    assert load().settings == before


def test_explain_lists_every_setting_with_its_value_and_origin(work: Path) -> None:
    (work / "photon.toml").write_text('[ai]\n\nprovider = "x"\n[ai.providers.x]\nmodel = "m"\n')
    header, *lines = config("explain").stdout.splitlines()
    rows = {key: (value, origin) for key, value, origin in (line.split("\t") for line in lines)}
    assert header == "setting\tvalue\tfrom"
    assert set(rows) == {*catalogue(), "ai.providers.x.model"}
    assert rows["ai.provider"] == ('"x"', f"{work / 'photon.toml'}:3")
    assert rows["ai.providers.x.model"] == ('"m"', f"{work / 'photon.toml'}:5")
    assert rows["ai.timeouts.connect"] == ("5.0", "default")


def test_explain_lists_the_known_keys_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert "key openai\tsk-…a1b2\tenvironment OPENAI_API_KEY\n" in config("explain").stdout
    assert json.loads(config("explain", "--json").stdout)["keys"] == [
        {"name": "openai", "masked": "sk-…a1b2", "origin": "environment OPENAI_API_KEY"}
    ]


def test_explain_as_json_has_values_in_their_types() -> None:
    settings = json.loads(config("explain", "--json").stdout)["settings"]
    assert {"key": "ai.cache.enabled", "value": True, "origin": "default"} in settings
    assert [one["key"] for one in settings] == list(catalogue())


@pytest.mark.parametrize("command", [["show"], ["show", "--json"], ["explain"], ["explain", "--json"]])
def test_no_secret_is_ever_printed(command: list[str], work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    (work / "photon.toml").write_text(f'[ai]\nurl = "http://me:{SECRET}@host/v1?key={SECRET}"\n')
    output = config(*command).output
    assert "host/v1" in output
    assert "0123456789" not in output


def test_path_says_which_files_are_there(work: Path) -> None:
    (work / "photon.toml").touch()
    below = work / "api"
    below.mkdir()
    os.chdir(below)
    rows = {name: (path, state) for name, path, state in (row.split("\t") for row in config("path").stdout.splitlines())}
    assert rows["project settings"] == (str(work / "photon.toml"), "there")
    assert rows["user settings"] == (str(work.parent / "config" / "config.toml"), "not there")
    facts = json.loads(config("path", "--json").stdout)
    assert facts["project settings"] == {"path": str(work / "photon.toml"), "exists": True}
    assert facts["cache"] == {"path": str(work.parent / "cache"), "exists": False}


def test_path_works_with_a_broken_settings_file(work: Path) -> None:
    (work / "photon.toml").write_text("[ai")
    assert config("path").exit_code == 0
    assert isinstance(config("show").exception, ConfigurationError)


def test_init_writes_an_example_that_changes_nothing_and_says_so_on_stderr(work: Path) -> None:
    done = config("init")
    assert (work / "photon.toml").read_text() == example_toml(commented=True)
    assert (done.stdout, done.stderr) == ("", "wrote photon.toml; remove the # before a setting to change it\n")
    assert load().settings == Settings()


def test_init_for_the_user_makes_the_folder_too(work: Path) -> None:
    config("init", "--user")
    assert (work.parent / "config" / "config.toml").read_text() == example_toml(commented=True)
    assert list(work.iterdir()) == []


def test_init_replaces_a_file_only_when_forced(work: Path) -> None:
    (work / "photon.toml").write_text("# mine\n")
    refused = config("init").exception
    assert isinstance(refused, UsageError)
    assert refused.hint == "photon ai config init --force (replaces it)"
    assert (work / "photon.toml").read_text() == "# mine\n"
    assert config("init", "--force").exit_code == 0
    assert (work / "photon.toml").read_text() == example_toml(commented=True)


@pytest.mark.parametrize("command", ["show", "explain", "path", "init"])
def test_every_help_page_has_an_example(command: str) -> None:
    assert f"photon ai config {command}" in config(command, "--help").stdout
