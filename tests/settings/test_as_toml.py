import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from photon.settings.as_toml import effective_toml, example_toml
from photon.settings.catalogue import catalogue
from photon.settings.load import Loaded, load
from photon.settings.schema import AI, NamedProvider, Settings

Load = Callable[..., Loaded]
EXAMPLE = Path(__file__).parents[2] / "photon.toml.example"


def test_the_example_file_is_what_the_schema_says() -> None:
    assert EXAMPLE.read_text() == example_toml()


def test_the_example_sets_every_setting_and_loads_to_the_defaults(loaded: Load, isolated: Path) -> None:
    given = loaded(EXAMPLE.read_text())
    assert given.settings == Settings()
    of_the_project = {key for key, setting in catalogue().items() if not setting.own}
    assert {key for key, origin in given.origins.items() if origin.source == "project"} == of_the_project


def test_the_example_explains_every_setting() -> None:
    for setting in catalogue().values():
        assert f"# {setting.doc}" in EXAMPLE.read_text()


def test_the_commented_example_sets_nothing_and_is_the_example_once_uncommented() -> None:
    text = example_toml(commented=True)
    assert not any(tomllib.loads(text)["ai"][table] for table in tomllib.loads(text)["ai"])
    own, _, named = text.partition("\n# named providers")
    assert re.sub(r"(?m)^#(?! )", "", own) + "\n# named providers" + named == example_toml()


def test_the_named_provider_of_the_example_works_once_uncommented(loaded: Load) -> None:
    given = loaded(re.sub(r"(?m)^#(?! )", "", example_toml())).settings.ai
    assert given.providers["my-server"] == NamedProvider(
        kind="openai", url="http://localhost:8080/v1", model="qwen2.5-coder", key="my-server"
    )


@pytest.mark.parametrize(
    "ai",
    [
        AI(),
        AI(provider="gpu", failover=("ollama", "local"), providers={"gpu": NamedProvider(url="http://x", model='q"\\')}),
        AI(failover=False, temperature=0.1, model="schön"),
    ],
)
def test_effective_settings_load_to_themselves(ai: AI, isolated: Path) -> None:
    (isolated / "photon.toml").write_text(effective_toml(Settings(ai=ai)), encoding="utf-8")
    assert load().settings == Settings(ai=ai)


def test_passwords_in_urls_are_masked() -> None:
    named = {"x": NamedProvider(url="https://token@host/v1?key=hidden")}
    text = effective_toml(Settings(ai=AI(url="http://me:password@host:1/v1", providers=named)))
    assert 'url = "http://…@host:1/v1"' in text
    assert not any(secret in text for secret in ("password", "token@", "hidden"))
