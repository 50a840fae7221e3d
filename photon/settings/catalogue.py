"""The schema as a flat list: every setting under its dotted key, as in ``ai.timeouts.connect``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any, Final

from photon.settings.schema import NamedProvider, Settings

PROVIDERS: Final = "ai.providers"
"""The table of named providers, the only one whose keys the schema does not list."""

_NAMED: Final = r"ai\.providers\.([A-Za-z0-9_-]+)(?:\.([a-z_]+))?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: the metadata of its field in the schema, under its dotted key.

    accepts: Python types. own: why it is taken from the user's own file, variable or flag only, never from a project's file.
    """

    key: str
    default: Any
    doc: str
    accepts: tuple[type, ...]
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    form: str = ""
    own: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that sets it: PHOTON_AI_TIMEOUTS_CONNECT for ``ai.timeouts.connect``."""
        return f"PHOTON_{screaming(self.key)}"

    @property
    def flag(self) -> str:
        """The flag that sets it, where a command has one: its last word, and its table's for ``enabled``."""
        *_, table, name = self.key.split(".")
        return "--" + (table if name == "enabled" else name).replace("_", "-")


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Setting]:
    """Every setting but those of named providers, by its dotted key, in the schema's order."""
    return {setting.key: setting for setting in _walk(Settings, "")}


@lru_cache(maxsize=1)
def tables() -> Mapping[str, str]:
    """The dotted names of all tables, as ``ai.timeouts``, with what each is about."""
    return dict(_walk_tables(Settings, ""))


def find(key: str) -> Setting | None:
    """The setting under a dotted key, which may be a named provider's; None where there is no such setting."""
    if not key.startswith(PROVIDERS) or not (named := re.fullmatch(_NAMED, key)):
        return catalogue().get(key)
    return next((setting for setting in provider_settings_of(named[1]) if setting.key == key), None)


def is_table(key: str) -> bool:
    """True for the dotted name of a table, which may be a named provider's."""
    named = re.fullmatch(_NAMED, key) if key.startswith(PROVIDERS) else None
    return key in tables() or bool(named and named[2] is None)


def provider_settings_of(name: str) -> tuple[Setting, ...]:
    """The settings of the provider in ``[ai.providers.NAME]``."""
    return tuple(_walk(NamedProvider, f"{PROVIDERS}.{name}."))


def screaming(text: str) -> str:
    """`text` as a part of an environment variable's name: my-vllm is MY_VLLM."""
    return re.sub(r"[^A-Z0-9]", "_", text.upper())


def key_part(name: str) -> str:
    """One part of a dotted key as TOML writes it, so that a dot inside a name never looks like a table."""
    if name and name.isascii() and f"_{name.replace('-', '_')}".isidentifier():
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def settings_in(table: Any) -> Iterator[Field[Any]]:
    """The fields of a table of the schema, or of its class, that are settings or tables of them."""
    return (field for field in fields(table) if "doc" in field.metadata)


def _walk(table: type, prefix: str) -> Iterator[Setting]:
    for field in settings_in(table):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if is_dataclass(default):
            yield from _walk(type(default), f"{prefix}{field.name}.")
        elif not isinstance(default, Mapping):
            yield _setting(field, f"{prefix}{field.name}", default)


def _walk_tables(table: type, prefix: str) -> Iterator[tuple[str, str]]:
    for field in settings_in(table):
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if is_dataclass(default) or isinstance(default, Mapping):
            yield f"{prefix}{field.name}", field.metadata["doc"]
        if is_dataclass(default):
            yield from _walk_tables(type(default), f"{prefix}{field.name}.")


def _setting(field: Field[Any], key: str, default: Any) -> Setting:
    facts = dict(field.metadata)
    return Setting(key=key, default=default, accepts=facts.pop("accepts", (type(default),)), **facts)
