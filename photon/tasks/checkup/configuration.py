"""The settings: whether they load, from where, and what in them deserves a look."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from photon.errors import ConfigurationError, ExitCode, PhotonError
from photon.routing.plan import Purpose, plan
from photon.settings import paths
from photon.settings.headers import masked_header
from photon.settings.keys.command import key_commands, program
from photon.settings.load import Loaded
from photon.settings.schema import AI, NamedProvider
from photon.settings.validate import did_you_mean
from photon.tasks.checkup.finding import Finding, of_error
from photon.tasks.checkup.visit import Visit

_SUBJECT: Final = "configuration"
_PURPOSES: Final[Mapping[Purpose, str]] = {"sketch": "suggestions", "chat": "chat"}
_VARIABLES: Final = ("PHOTON_CONFIG_DIR", "PHOTON_CACHE_DIR", "PHOTON_DATA_DIR", "PHOTON_DEBUG", "PHOTON_MASTER_PASSWORD")
"""Those that are no settings. A mistyped PHOTON_AI_ variable keeps the settings from loading."""


async def configuration(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether the settings load, which files they are in, and who is asked by them."""
    if visit.trouble:
        yield of_error(_SUBJECT, visit.trouble)
        yield Finding(_SUBJECT, "note", "what follows is looked at with the default settings")
    if visit.loaded:
        yield Finding(_SUBJECT, "ok", _sources(visit.loaded))
    for finding in (*_variables(visit), *_permissions(visit), *_commands(visit), *_prices(visit), *_spec(visit)):
        yield finding
    for finding in _plans(visit):
        yield finding


def _sources(loaded: Loaded) -> str:
    files: dict[Path, str] = {}
    variables: dict[str, None] = {}
    for origin in loaded.origins.values():
        if origin.document:
            files[origin.document.path] = "project" if origin.source == "project" else "your own"
        elif origin.source == "environment":
            variables[origin.name] = None
    parts = [f"{paths.home_shortened(path)} ({whose})" for path, whose in files.items()]
    return (
        f"loads, from {', '.join([*parts, *variables])}" if parts or variables else "the defaults, for no file says otherwise"
    )


def _variables(visit: Visit) -> Iterator[Finding]:
    for name in sorted(visit.environ):
        if name.startswith("PHOTON_") and not name.startswith("PHOTON_AI_") and name not in _VARIABLES:
            text, hint = f"the variable {name} means nothing to Photon", did_you_mean(name, _VARIABLES, "")
            yield Finding(_SUBJECT, "warning" if hint else "note", text, hint, ExitCode.CONFIGURATION)


def _permissions(visit: Visit) -> Iterator[Finding]:
    """Who may write the user's settings may have a command run (key_command); a secret header is for nobody else to read."""
    if os.name != "posix":
        return
    file = paths.user_config_file(visit.environ)
    for path in (file.parent, file):
        if _mode(path) & 0o022:
            text = f"others may write to {path}, and so choose your providers and run a key_command"
            yield Finding(_SUBJECT, "warning", text, f"chmod go-w {path}", ExitCode.CONFIGURATION)
    secretive = any(masked_header(each) != each for one in visit.ai.providers.values() for each in one.headers)
    if secretive and _mode(file) & 0o044:
        text = f"others may read {file}, and there are headers in your settings that may be secret"
        yield Finding(_SUBJECT, "warning", text, f"chmod 600 {file}", ExitCode.CONFIGURATION)


def _mode(path: Path) -> int:
    """The permissions of `path`, 0 where it is not there or its folder is closed to us."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0


def _commands(visit: Visit) -> Iterator[Finding]:
    for key, command in key_commands(visit.ai).items():
        try:
            name = program(command)
        except ConfigurationError as error:
            yield replace(of_error(_SUBJECT, error), text=f"{error.message} (of the key {key})")
        else:
            yield Finding(_SUBJECT, "note", f"the key {key} comes from the command {name}, which is run for it")


def with_sound_commands(ai: AI) -> AI:
    """`ai` without each key_command that is no command line, which would keep all the other keys from being listed."""
    return replace(ai, providers={name: _with_sound_command(each) for name, each in ai.providers.items()})


def _with_sound_command(provider: NamedProvider) -> NamedProvider:
    try:
        program(provider.key_command or "none")
    except ConfigurationError:
        return replace(provider, key_command="")
    return provider


def _prices(visit: Visit) -> Iterator[Finding]:
    """The user's own table, if there is one."""
    if visit.ai.record.prices:
        from photon.records.prices import price_table

        try:
            price_table(visit.ai.record.prices)
        except PhotonError as error:
            yield of_error(_SUBJECT, error)


def _spec(visit: Visit) -> Iterator[Finding]:
    """The project's OpenAPI document, if the settings name one: each command that may use it reads it."""
    if not visit.ai.spec or visit.ai.spec == "-":
        return
    from photon.openapi.spec import read_spec

    try:
        spec = read_spec(Path(visit.ai.spec))
    except PhotonError as error:
        mend = "set ai.spec to your OpenAPI document, or take it out; --no-spec leaves it aside"
        yield Finding(_SUBJECT, "warning", f"ai.spec is of no use: {error.message}", mend, ExitCode.CONFIGURATION)
    else:
        name = paths.home_shortened(Path(visit.ai.spec))
        yield Finding(_SUBJECT, "ok", f"ai.spec is {name}, OpenAPI {spec.version}, {_counted(len(spec.operations))}")


def _counted(operations: int) -> str:
    return "1 operation" if operations == 1 else f"{operations} operations"


def _plans(visit: Visit) -> Iterator[Finding]:
    """Who is asked for each purpose, or why nobody is."""
    errors = {each.message: each for each in plans(visit).values() if isinstance(each, PhotonError)}
    yield from (of_error(_SUBJECT, error) for error in errors.values())
    asked: dict[str, list[str]] = {}
    for purpose, planned in plans(visit).items():
        if not isinstance(planned, PhotonError):
            asked.setdefault(_in_words(planned), []).append(_PURPOSES[purpose])
    for order, purposes in asked.items():
        yield Finding(_SUBJECT, "ok", f"for {' and '.join(purposes)} {order}")


def plans(visit: Visit) -> Mapping[Purpose, tuple[str, ...] | PhotonError]:
    """For each purpose who is asked, in order, as "provider/model"; else why nobody can be."""
    found: dict[Purpose, tuple[str, ...] | PhotonError] = {}
    for purpose in _PURPOSES:
        try:
            found[purpose] = tuple(str(each.origin) for each in plan(visit.ai, purpose=purpose, environ=visit.environ))
        except PhotonError as error:
            found[purpose] = error
    return found


def _in_words(names: Sequence[str]) -> str:
    first, *others = names
    return f"{first} is asked" + (f", then {', then '.join(others)}" if others else " alone")
