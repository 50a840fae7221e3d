from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import typer

from photon.cli.completion import complete_model, complete_provider
from photon.cli.models import human_size, models_command
from photon.cli.options import settings_flags
from photon.cli.terminal import Terminal
from photon.errors import ConfigurationError, ProviderUnreachable
from photon.settings.load import load
from photon.settings.presets import PRESETS

DEAD = '[ai.providers.dead]\nurl = "http://127.0.0.1:9/v1"\nmodel = "dead-model"\n'


def models(*arguments: str, interactive: bool = False, width: int = 80) -> tuple[str, str]:
    """stdout and stderr of the command."""
    out, err = io.StringIO(), io.StringIO()
    app = typer.Typer()
    app.command()(models_command)
    app(list(arguments), obj=Terminal(out=out, err=err, interactive=interactive, width=width), standalone_mode=False)
    return out.getvalue(), err.getvalue()


def test_a_pipe_gets_a_header_and_a_line_for_each_model() -> None:
    out, err = models("--provider", "fake")
    assert out == "model\tprovider\tcontext\tsize\tcan\tdefault for\nfake\tfake\t\t\tchat\t* suggest-path, chat\n"
    assert err == ""


@pytest.mark.parametrize("width", [40, 120])
def test_a_terminal_gets_a_table_that_fits(width: int) -> None:
    out, _ = models("--provider", "fake", interactive=True, width=width)
    assert "fake" in out
    assert max(map(len, out.splitlines())) <= width


def test_a_dead_provider_is_one_line_on_stderr_and_no_failure() -> None:
    Path("photon.toml").write_text(DEAD + "[ai.providers.fake]\n")
    out, err = models()
    assert "fake\tfake" in out
    assert [line for line in err.splitlines() if "dead" in line] == [
        "photon: cannot reach dead at 127.0.0.1:9: connection refused"
    ]


def test_the_failure_of_a_provider_that_was_demanded_is_raised() -> None:
    Path("photon.toml").write_text(DEAD)
    with pytest.raises(ProviderUnreachable, match="dead"):
        models("--provider", "dead")


def test_a_provider_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--provider"):
        models("--provider", "nobody")


def test_json_has_null_for_what_is_unknown_and_the_failures_too() -> None:
    Path("photon.toml").write_text(DEAD + "[ai.providers.fake]\n")
    found = json.loads(models("--json")[0])
    fake = next(model for model in found["models"] if model["id"] == "fake")
    assert (fake["size"], fake["context_length"], fake["capabilities"]) == (None, None, ["chat"])
    assert [(failure["provider"], failure["exit_code"]) for failure in found["failures"]] == [("dead", 5)]


@pytest.mark.parametrize(
    ("size", "shown"), [(None, ""), (0, "0 B"), (999, "999 B"), (98_300_000, "98 MB"), (4_700_000_000, "4.7 GB")]
)
def test_a_size_is_shown_in_decimal_units(size: int | None, shown: str) -> None:
    assert human_size(size) == shown


def test_provider_names_are_completed_from_the_settings() -> None:
    Path("photon.toml").write_text(DEAD)
    assert complete_provider("") == ["auto", "openai", "anthropic", "ollama", "local", *PRESETS, "dead"]
    assert complete_provider("o") == ["openai", "ollama", "openrouter"]


def test_model_names_are_completed_from_the_settings() -> None:
    Path("photon.toml").write_text(DEAD)
    assert complete_model("") == ["photon-openapi", "smollm2-135m-instruct", "dead-model"]


def test_a_broken_settings_file_does_not_break_completion() -> None:
    Path("photon.toml").write_text("[ai\n")
    assert "local" in complete_provider("")
    assert "photon-openapi" in complete_model("p")


def test_every_shared_option_overrides_a_setting_that_there_is() -> None:
    given = {
        "provider": "fake",
        "model": "m",
        "failover": False,
        "temperature": 0.5,
        "max_tokens": 7,
        "cache": False,
        "openapi": "3.0",
        "scope": "path",
        "format": "json",
        "auth": "none",
    }
    ai = load(flags=settings_flags(**given)).settings.ai
    assert (ai.provider, ai.model, ai.failover, ai.temperature, ai.max_tokens) == ("fake", "m", False, 0.5, 7)
    assert (ai.cache.enabled, ai.style.openapi, ai.style.scope, ai.style.format, ai.style.auth) == (
        *(False, "3.0", "path"),
        *("json", "none"),
    )


def test_an_option_that_was_not_given_overrides_nothing() -> None:
    assert settings_flags(provider=None, failover=None, temperature=0.0) == {"ai.temperature": 0.0}
