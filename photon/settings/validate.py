"""Whether a value may stand under a key; what may not is refused in words that name the right key or value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from photon.settings.catalogue import PROVIDERS, Setting, catalogue, find, is_table, provider_settings_of, tables
from photon.settings.headers import complaint
from photon.settings.presets import PRESETS
from photon.settings.schema import PROVIDER_KINDS

_KINDS_OF_VALUE: Final[dict[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    list: "a list of strings",
}
_NOT_NAMES: Final = ("auto", "true", "false")
_KEY_NAME: Final = r"(?!sk-)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
_SECRETIVE: Final = r"(?i)(^|[_.-])(api_?)?(keys?|token|secret|password)$"
_WORDS: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Rejected(ValueError):
    """A value that cannot stand where it stands; the loader adds where that is."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def check(key: str, value: object) -> Any:
    """`value` as the settings hold it (a list as a tuple, a whole number as a float where one is due), or Rejected."""
    if is_table(key):
        raise Rejected(f"{key} is a table", f"[{key}]")
    if (setting := find(key)) is None:
        raise _unknown(key)
    held = _typed(setting, value)
    for text in (held,) if isinstance(held, str) else held if isinstance(held, tuple) else ():
        _check_string(setting, text)
    if setting.minimum is not None and setting.maximum is not None and not setting.minimum <= held <= setting.maximum:
        raise Rejected(f"{key} is {held}; it goes from {setting.minimum:,.10g} to {setting.maximum:,.10g}")
    return held


def from_text(setting: Setting, text: str) -> object:
    """What an environment variable's text means for `setting`: a list is separated by commas. Raises Rejected."""
    word = text.strip().lower()
    if bool in setting.accepts and word in _WORDS:
        return _WORDS[word]
    if list in setting.accepts:
        between = r",(?=\s*[\w-]+:)" if setting.form == "header" else ","  # a header's value may hold commas
        names = [name.strip() for name in re.split(between, text) if name.strip()]
        return names[0] if len(names) == 1 and str in setting.accepts else names
    if setting.accepts[0] in (int, float):
        try:
            return setting.accepts[0](word)
        except ValueError:
            raise _wrong_type(setting, text) from None
    return text.strip()


def nearest(word: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The candidate that `word` was probably meant to be."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(candidates), n=1, cutoff=cutoff)), None)


def did_you_mean(word: str, candidates: Iterable[str], otherwise: str) -> str:
    """A hint: the nearest candidate as a question, or `otherwise`."""
    found = nearest(word, candidates)
    return f"did you mean {found}?" if found else otherwise


def _unknown(key: str) -> Rejected:
    if key.startswith(f"{PROVIDERS}.") and '"' in key:
        return Rejected(f"{key} is not a provider's name", "a name is made of letters, digits, - and _")
    if re.search(_SECRETIVE, key):
        return Rejected(f"{key} is not a setting: keys do not belong in settings", "photon ai keys set NAME")
    return Rejected(f"{key} is not a setting", _right_key(key))


def _right_key(key: str) -> str:
    """Among its neighbours first, then by the last word anywhere, then by the whole key, which must be very like it."""
    table, _, name = key.rpartition(".")
    known = [*catalogue(), *tables()]
    if table.startswith(f"{PROVIDERS}."):
        known += [setting.key for setting in provider_settings_of(table.rpartition(".")[2])]
    neighbours = {one.rpartition(".")[2]: one for one in known if one.rpartition(".")[0] == table}
    anywhere = {one.rpartition(".")[2]: one for one in reversed(known)}
    for words in (neighbours, anywhere):
        if found := nearest(name, words):
            return f"did you mean {words[found]}?"
    found = nearest(key, known, cutoff=0.8)
    return f"did you mean {found}?" if found else "photon ai config explain (lists every setting)"


def _typed(setting: Setting, value: object) -> Any:
    accepts = setting.accepts
    if float in accepts and type(value) is int and abs(value) < 10**15:
        return float(value)
    if list in accepts and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if type(value) not in accepts or isinstance(value, list):
        raise _wrong_type(setting, value)
    if list in accepts and isinstance(value, str) and value != setting.default:
        return (value,)
    return value


def _wrong_type(setting: Setting, value: object) -> Rejected:
    wanted = " or ".join(_KINDS_OF_VALUE[kind] for kind in setting.accepts)
    example = '["X-Title: our API"]' if setting.form == "header" else _shown(setting.default)
    return Rejected(f"{setting.key} is {_shown(value)}; it must be {wanted}", f"for example {example}")


def _check_string(setting: Setting, value: str) -> None:
    if setting.choices and value not in setting.choices:
        choices = ", ".join(setting.choices)
        hint = did_you_mean(value, setting.choices, "")
        raise Rejected(f"{setting.key} is {_shown(value)}; it can be {choices}", hint)
    if not value.isprintable():
        raise Rejected(f"{setting.key} has control characters in it")
    if setting.form == "url" and value:
        _check_url(setting, value)
    if setting.form == "key" and value and not re.fullmatch(_KEY_NAME, value):
        raise Rejected(f"{setting.key} must be the name of a key, not the key itself", "photon ai keys set NAME")
    if setting.form == "header" and (wrong := complaint(value)):
        raise Rejected(f"{setting.key} {wrong[0]}", wrong[1])
    *_, table, name = setting.key.split(".")
    if setting.key.startswith(PROVIDERS) and table in _NOT_NAMES:
        raise Rejected(f"a provider cannot be named {table}")
    if setting.key.startswith(PROVIDERS) and name == "kind":
        _check_kind(setting, table, value)


def _check_kind(setting: Setting, provider: str, kind: str) -> None:
    """The protocol of a built-in provider or of a preset is its own; any other is built in or a plug-in's."""
    built_in = provider if provider in PROVIDER_KINDS else PRESETS[provider].kind if provider in PRESETS else kind
    if kind != built_in:
        raise Rejected(f"{setting.key} is {_shown(kind)}, but {provider} is built in", "give the provider another name")
    if kind not in PROVIDER_KINDS:
        from photon.settings.plugins import plugins

        if kind not in plugins():
            known = (*PROVIDER_KINDS, *plugins())
            hint = did_you_mean(kind, known, "install the plug-in that brings it (docs/PLUGINS.md)")
            raise Rejected(f"{setting.key} is {_shown(kind)}; it can be {', '.join(known)}", hint)


def _check_url(setting: Setting, value: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", value)
    except ValueError:  # a port that is no number, an unclosed [ of an IPv6 address
        sound = False
    if not sound:
        raise Rejected(
            f"{setting.key} is {_shown(masked_url(value))}; it must be an http or https URL", "http://localhost:11434"
        )


def masked_url(url: str) -> str:
    """`url` without what may be secret in it: user, password and query."""
    return re.sub(r"\?.*", "?…", re.sub(r"(?<=//)[^/]*@", "…@", url))


def _shown(value: object) -> str:
    """`value` as TOML writes it, at most 60 characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple | dict):
        return "a table" if isinstance(value, dict) else "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
