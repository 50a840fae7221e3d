"""The effective settings and where each came from: flag > environment > nearest photon.toml > user config > default."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from photon.errors import ConfigurationError
from photon.settings import paths
from photon.settings.catalogue import PROVIDERS, Setting, catalogue, find, is_table, key_part, provider_settings_of, screaming
from photon.settings.document import read
from photon.settings.origin import Origin, Source
from photon.settings.presets import INFERENCE_SERVER, PRESETS, VARIABLES, key_names_of
from photon.settings.providers import is_built_in, is_provider, kind_of, who_else
from photon.settings.schema import PROVIDER_KINDS, NamedProvider, Settings
from photon.settings.validate import Rejected, check, did_you_mean, from_text

_PREFIX: Final = "PHOTON_AI_"
_NAMED_PREFIX: Final = f"{_PREFIX}PROVIDERS_"
_NO_FLAGS: Final[Mapping[str, object]] = MappingProxyType({})
_OF_THE_PROVIDER: Final = ("ai.model", "ai.url")

_Layer = dict[str, tuple[Any, Origin]]
_Table = TypeVar("_Table")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and the origin of each by its dotted key, as ``ai.timeouts.connect``."""

    settings: Settings
    origins: Mapping[str, Origin]


def load(
    *, flags: Mapping[str, object] = _NO_FLAGS, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Loaded:
    """Read all sources. `flags` are by dotted key; None is a flag that was not given. `cwd` defaults to the working folder.

    An empty environment variable counts as not set. Raises ConfigurationError for anything that cannot be, naming the
    place, the key and the nearest right one.
    """
    user = _file("user", paths.user_config_file(environ))
    project = _file("project", paths.project_file(cwd))
    environment, given = _environment(environ, known=[*user, *project]), _flags(flags)
    merged = _located(_merge((user, project, environment, given)))
    settings = _build(Settings, "", merged)
    project_urls = _project_urls(merged, own=user | environment | given)
    settings = replace(settings, ai=replace(settings.ai, providers=_providers(merged), project_urls=project_urls))
    _check_names(settings, merged)
    return Loaded(settings, MappingProxyType({key: origin for key, (_, origin) in merged.items()}))


def _file(source: Source, path: Path | None) -> _Layer:
    if path is None or not os.path.lexists(path):
        return {}
    document = read(path)
    return _checked((value, Origin(source=source, key=key, document=document)) for key, value in _leaves(document.values))


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a file under its dotted key. A named provider without any setting still has its kind."""
    for name, value in table.items():
        key = f"{prefix}{key_part(name)}"
        if not (isinstance(value, dict) and is_table(key)):
            yield key, value
        elif value or not key.startswith(f"{PROVIDERS}."):
            yield from _leaves(value, f"{key}.")
        else:
            yield f"{key}.kind", kind_of(name)


def _environment(environ: Mapping[str, str], *, known: Sequence[str]) -> _Layer:
    """The layer of the variables; `known` are the keys of the files, for the names of the providers there.

    Those that other programs read too come first, so that Photon's own win over them.
    """
    shared = [(text, VARIABLES[name], name) for name, text in environ.items() if name in VARIABLES and text.strip()]
    given = {name: text for name, text in environ.items() if name.startswith(_PREFIX) and text.strip()}
    if not given and not shared:
        return {}
    keys = {setting.variable: setting.key for setting in catalogue().values()}
    for provider in dict.fromkeys((*PRESETS, *_provider_names_in(known))):
        keys |= {setting.variable: setting.key for setting in provider_settings_of(provider)}
    own = [(text, keys.get(name) or _new_provider(name, keys), name) for name, text in given.items()]
    return _checked((text, Origin(source="environment", key=key, name=name)) for text, key, name in (*shared, *own))


def _new_provider(variable: str, known: Mapping[str, str]) -> str:
    """The key set by the variable of a provider that stands in no file, as PHOTON_AI_PROVIDERS_GPU_URL."""
    rest = variable.removeprefix(_NAMED_PREFIX) if variable.startswith(_NAMED_PREFIX) else ""
    for setting in provider_settings_of("x"):
        field = setting.key.rpartition(".")[2]
        provider = rest.removesuffix(f"_{screaming(field)}")
        if provider and provider != rest:
            return f"{PROVIDERS}.{provider.lower()}.{field}"
    raise ConfigurationError(f"{variable} is not a setting", hint=_right_variable(variable, known))


def _right_variable(variable: str, known: Mapping[str, str]) -> str:
    if variable.endswith(("_KEY", "_TOKEN", "_SECRET")):
        return "photon ai keys set NAME, or the variable NAME_API_KEY, as in OPENAI_API_KEY"
    words = {name.removeprefix(_PREFIX): name for name in known}
    found = did_you_mean(variable.removeprefix(_PREFIX), words, "")
    return found.replace("mean ", f"mean {_PREFIX}") or "photon ai config explain (lists every setting)"


def _flags(flags: Mapping[str, object]) -> _Layer:
    return _checked(
        (value, Origin(source="flag", key=key, name=_flag(key, value))) for key, value in flags.items() if value is not None
    )


def _flag(key: str, value: object) -> str:
    setting = find(key)
    name = setting.flag if setting else key
    return name.replace("--", "--no-", 1) if value is False else name


def _checked(given: Iterator[tuple[Any, Origin]]) -> _Layer:
    """One source's values, checked; the first that cannot be is raised, with the number of the others."""
    layer: _Layer = {}
    problems: list[tuple[str, Rejected]] = []
    for value, origin in given:
        setting = find(origin.key)
        try:
            if setting and setting.own and origin.source == "project":
                _check_own(setting, value)
                continue
            text = setting if origin.source == "environment" else None
            layer[origin.key] = check(origin.key, from_text(text, value) if text else value), origin
        except Rejected as rejected:
            problems.append((origin.place, rejected))
    if problems:
        raise _error(*problems[0], more=len(problems) - 1)
    return layer


def _check_own(setting: Setting, value: object) -> None:
    """Raises Rejected for what a project must not decide. The default, as in the example file, decides nothing."""
    if value != setting.default:
        raise Rejected(
            f"{setting.key} may not stand in a project's settings: {setting.own}",
            f"put it into your own settings (photon ai config path shows where), or into {setting.variable}",
        )


def _error(place: str, rejected: Rejected, *, more: int = 0) -> ConfigurationError:
    others = f" (and {more} more {'mistake' if more == 1 else 'mistakes'})" if more else ""
    return ConfigurationError(f"{place}: {rejected.message}{others}", hint=rejected.hint)


def _merge(layers: Sequence[_Layer]) -> _Layer:
    """The layers, lowest first, into one. A model and a URL do not follow to another provider chosen in a higher layer,
    by its name or by the address of the inference server."""
    merged: _Layer = {key: (setting.default, Origin(source="default", key=key)) for key, setting in catalogue().items()}
    for layer in layers:
        before = _selected(merged)
        named = "ai.provider" in layer and layer["ai.provider"][0] != before
        if named or before != _selected(merged | layer) == INFERENCE_SERVER:
            merged |= {key: _reset(key, merged[key][1], before) for key in _OF_THE_PROVIDER}
        merged |= layer
    return merged


def _located(merged: _Layer) -> _Layer:
    """Files named in a settings file are looked for from its folder on, others from the working folder on."""
    for key, setting in catalogue().items():
        value, origin = merged[key]
        if setting.form == "file" and value and origin.document:
            merged[key] = str(origin.document.path.parent / Path(value).expanduser()), origin
    return merged


def _selected(merged: _Layer) -> str:
    """The name of the provider that ``ai.url`` and ``ai.model`` belong to. A url without a provider speaks like OpenAI."""
    provider: str = merged["ai.provider"][0]
    if provider != "auto":
        return provider
    if merged["ai.url"][0]:
        return "openai"
    return INFERENCE_SERVER if _value(merged, INFERENCE_SERVER, "url") else provider


def _reset(key: str, origin: Origin, provider: str) -> tuple[Any, Origin]:
    note = origin.note if origin.source == "default" else f"{origin.place} is for the provider {provider}"
    return catalogue()[key].default, Origin(source="default", key=key, note=note)


def _build(table: type[_Table], prefix: str, merged: _Layer, **defaults: object) -> _Table:
    """A dataclass of the schema from the values under its prefix."""
    values: dict[str, Any] = dict(defaults)
    for field in fields(table):  # type: ignore[arg-type]  # every table is a dataclass
        key = f"{prefix}{field.name}"
        if key in merged:
            values[field.name] = merged[key][0]
        elif field.default_factory is not MISSING and is_dataclass(kind := type(field.default_factory())):
            values[field.name] = _build(kind, f"{key}.", merged)
    return table(**values)


def _providers(merged: _Layer) -> Mapping[str, NamedProvider]:
    return MappingProxyType(
        {
            name: _build(NamedProvider, f"{PROVIDERS}.{name}.", merged, kind=kind_of(name, url=_value(merged, name, "url")))
            for name in _provider_names_in(merged)
        }
    )


def _project_urls(merged: _Layer, *, own: _Layer) -> Mapping[str, bool]:
    """See `AI.project_urls`. `own` is what the user said: an address that stands anywhere in it is the user's.

    A plug-in knows where it asks, so its kind is as good as an address; and another provider's key is as good as another
    address for it.
    """
    vouched = {str(value).rstrip("/") for key, (value, _) in own.items() if key.endswith(".url")}

    def chosen_here(key: str) -> str:
        value, origin = merged.get(key, ("", None))
        return value if origin is not None and origin.source == "project" else ""

    def is_strange(key: str) -> bool:
        return bool(url := chosen_here(key)) and url.rstrip("/") not in vouched

    selected = _selected(merged)
    found = {selected: False} if is_strange("ai.url") else {}
    overridden = {selected} if merged["ai.url"][0] else set()
    for name in _provider_names_in(merged):
        table = f"{PROVIDERS}.{name}"
        elsewhere = name not in overridden and is_strange(f"{table}.url")
        foreign = chosen_here(f"{table}.kind") not in ("", *PROVIDER_KINDS)
        if elsewhere or foreign or chosen_here(f"{table}.key").lower() not in ("", name.lower(), *key_names_of(name)):
            found[name] = name not in _provider_names_in(own) and not is_built_in(name)
    return MappingProxyType(found)


def _value(merged: _Layer, provider: str, field: str) -> str:
    value: str = merged.get(f"{PROVIDERS}.{provider}.{field}", ("",))[0]
    return value


def _provider_names_in(keys: Sequence[str] | _Layer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.split(".")[2] for key in keys if key.startswith(f"{PROVIDERS}.")))


def _check_names(settings: Settings, merged: _Layer) -> None:
    """The names of providers, which may stand in another source than the providers themselves."""
    wanted = [("ai.provider", settings.ai.provider)] if settings.ai.provider != "auto" else []
    if isinstance(settings.ai.failover, tuple):
        wanted += [("ai.failover", name) for name in settings.ai.failover]
    for key, name in wanted:
        if not is_provider(settings.ai, name):
            what = f'{key} names "{name}", which is not a provider'
            raise _error(merged[key][1].place, Rejected(what, who_else(settings.ai, name)))
