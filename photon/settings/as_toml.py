"""The settings as TOML: every key with its default for photon.toml.example, and the effective ones for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

from photon.settings.catalogue import PROVIDERS, Setting, catalogue, provider_settings_of, settings_in, tables
from photon.settings.headers import masked_header
from photon.settings.schema import Settings
from photon.settings.validate import masked_url

_HEAD = """\
# Photon's settings. This file is read as photon.toml in the working folder or the nearest folder above it, and as
# config.toml in the user's settings folder. A flag wins over the environment, the environment over photon.toml, and
# photon.toml over the user's file. Each key has a variable: ai.timeouts.connect is PHOTON_AI_TIMEOUTS_CONNECT.
# What is in force, and where it comes from: photon ai config explain
# Keys never stand here: photon ai keys set openai, or the variable OPENAI_API_KEY
"""
_A_NAMED_PROVIDER = {
    "kind": "openai",
    "url": "http://localhost:8080/v1",
    "model": "qwen2.5-coder",
    "key": "my-server",
}


def example_toml(*, commented: bool = False) -> str:
    """Every setting with its documentation and its default, as TOML that loads to the defaults.

    `commented` puts a # before every setting, so that the file changes nothing until somebody changes the file.
    """
    mark = "#" if commented else ""
    lines = [_HEAD]
    table = ""
    for setting in catalogue().values():
        if (place := setting.key.rpartition(".")[0]) != table:
            table = place
            lines.append(f"\n# {tables()[table]}\n[{table}]\n")
        lines += _lines(setting, setting.default, mark)
    return "".join([*lines, *_named_provider()])


def effective_toml(settings: Settings) -> str:
    """`settings` as a settings file that says the same, except that what may be secret in a URL or a header is masked."""
    import tomli_w

    return tomli_w.dumps(as_data(settings))


def as_data(table: Any) -> dict[str, Any]:
    """A table of the schema (all of `Settings`, for one) as dicts, strings, numbers and tuples, its URLs and headers masked.

    An empty table is left out.
    """
    data = {field.name: _plain(field.name, getattr(table, field.name)) for field in settings_in(table)}
    return {name: value for name, value in data.items() if value != {}}


def _plain(name: str, value: Any) -> Any:
    if is_dataclass(value):
        return as_data(value)
    if isinstance(value, Mapping):
        return {key: as_data(one) for key, one in value.items()}
    if name == "headers":
        return tuple(masked_header(header) for header in value)
    return masked_url(value) if name == "url" else value


def _lines(setting: Setting, value: object, mark: str) -> Iterator[str]:
    import tomli_w

    name = setting.key.rpartition(".")[2]
    yield f"# {setting.doc}{_limits(setting)}\n{mark}{tomli_w.dumps({name: value})}"


def _limits(setting: Setting) -> str:
    if setting.choices:
        return f" ({', '.join(setting.choices)})"
    if setting.minimum is not None:
        return f" ({setting.minimum:g} to {setting.maximum:.10g})"
    return ""


def _named_provider() -> Iterator[str]:
    yield f"\n# {tables()[PROVIDERS]}: any server that speaks the protocol of its kind, under a name of your own\n"
    yield f"#[{PROVIDERS}.my-server]\n"
    for setting in provider_settings_of("my-server"):
        yield from _lines(setting, _A_NAMED_PROVIDER.get(setting.key.rpartition(".")[2], setting.default), "#")
