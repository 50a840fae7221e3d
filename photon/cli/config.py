"""``photon ai config``: what is in force, where it comes from, and a file to begin with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import JsonOption
from photon.cli.terminal import terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.settings.keys import KeyEntry
    from photon.settings.load import Loaded

config_app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@config_app.callback()
def config() -> None:
    """The settings: what is in force, and where it comes from.

    \b
    Examples:
      photon ai config explain
      photon ai config init
    """


@config_app.command("show")
def show(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Print the settings in force as TOML.

    Example: photon ai config show
    """
    from photon.settings.as_toml import as_data, effective_toml
    from photon.settings.load import load

    settings = load().settings
    terminal_of(ctx).write(_json(as_data(settings)) if as_json else effective_toml(settings))


@config_app.command("explain")
def explain(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Say where the value of each setting comes from.

    What a preset such as groq brings is listed where the settings name it. The keys that are there are listed too, masked.

    Example: photon ai config explain
    """
    from photon.settings.keys import list_keys
    from photon.settings.keys.command import key_commands
    from photon.settings.load import load
    from photon.settings.providers import key_names, preset_values

    loaded = load()
    keys = list_keys(key_names(loaded.settings.ai), commands=key_commands(loaded.settings.ai))
    if as_json:
        terminal_of(ctx).write(_json(_explained(loaded, keys)))
        return
    rows = [(key, json.dumps(value, ensure_ascii=False), str(loaded.origins[key])) for key, value in _values(loaded).items()]
    rows += [(key, json.dumps(value), "preset") for key, value in preset_values(loaded.settings.ai).items()]
    rows += [(f"key {entry.name}", entry.masked, entry.source) for entry in keys]
    terminal_of(ctx).table(("setting", "value", "from"), rows)


@config_app.command("path")
def path(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the files and folders that are used here.

    Example: photon ai config path
    """
    places = _places()
    if as_json:
        facts = {name: {"path": str(place), "exists": place.exists()} for name, place in places.items()}
        terminal_of(ctx).write(_json(facts))
        return
    rows = [(name, str(place), "there" if place.exists() else "not there") for name, place in places.items()]
    terminal_of(ctx).table(("what", "path", "state"), rows)


@config_app.command("init")
def init(
    ctx: typer.Context,
    user: Annotated[bool, typer.Option("--user", help="Write your own settings file, for all projects.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write a photon.toml to begin with.

    Every setting is in it, explained and commented out, so that it changes nothing yet.

    Example: photon ai config init
    """
    from photon.settings import paths
    from photon.settings.as_toml import example_toml
    from photon.settings.files import make_folder, write_atomically

    file = paths.user_config_file() if user else Path(paths.PROJECT_FILE)
    if file.exists() and not force:
        hint = f"photon ai config init{' --user' if user else ''} --force (replaces it)"
        raise UsageError(f"{file} is there already", hint=hint)
    make_folder(file.parent)
    write_atomically(file, example_toml(commented=True))
    terminal_of(ctx).note(f"wrote {file}; remove the # before a setting to change it")


def _places() -> Mapping[str, Path]:
    """Where a photon.toml would be, when there is none, is the working folder."""
    from photon.settings import paths

    return {
        "project settings": paths.project_file() or Path(paths.PROJECT_FILE).absolute(),
        "user settings": paths.user_config_file(),
        "cache": paths.cache_dir(),
        "data": paths.data_dir(),
    }


def _values(loaded: Loaded) -> Mapping[str, Any]:
    """The value of every setting by its dotted key, with what may be secret in a URL masked."""
    from photon.settings.as_toml import as_data

    values = {}
    for key in loaded.origins:
        value: Any = as_data(loaded.settings)
        for part in key.split("."):
            value = value[part]
        values[key] = value
    return values


def _explained(loaded: Loaded, keys: tuple[KeyEntry, ...]) -> Mapping[str, Any]:
    from photon.settings.providers import preset_values

    presets = preset_values(loaded.settings.ai)
    return {
        "settings": [
            *({"key": key, "value": value, "origin": str(loaded.origins[key])} for key, value in _values(loaded).items()),
            *({"key": key, "value": value, "origin": "preset"} for key, value in presets.items()),
        ],
        "keys": [{"name": entry.name, "masked": entry.masked, "origin": entry.source} for entry in keys],
    }


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
