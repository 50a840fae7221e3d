"""The folders and files of the settings. An environment variable wins, else the platform's own convention.

Importing platformdirs costs 4 ms once Typer is there (measured on Linux), so it is imported when a folder is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PROJECT_FILE: Final = "photon.toml"
KEY_INDEX: Final = "keys.json"
"""The names of the keys that were stored in the keyring, in the user's settings folder."""


def config_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the user's settings: PHOTON_CONFIG_DIR, else for example ~/.config/photon. It may not exist yet."""
    if chosen := _chosen(environ, "PHOTON_CONFIG_DIR"):
        return chosen
    from platformdirs import user_config_path

    return user_config_path("photon", appauthor=False)


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of what can be made again: PHOTON_CACHE_DIR, else for example ~/.cache/photon. It may not exist yet."""
    if chosen := _chosen(environ, "PHOTON_CACHE_DIR"):
        return chosen
    from platformdirs import user_cache_path

    return user_cache_path("photon", appauthor=False)


def answers_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The response cache, whether it exists or not."""
    return cache_dir(environ) / "answers.sqlite3"


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of what the user made: PHOTON_DATA_DIR, else for example ~/.local/share/photon. It may not exist yet."""
    if chosen := _chosen(environ, "PHOTON_DATA_DIR"):
        return chosen
    from platformdirs import user_data_path

    return user_data_path("photon", appauthor=False)


def targets_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The state of the targets that all processes share (rests after failures, rate limits), whether it exists or not."""
    return data_dir(environ) / "targets.sqlite3"


def history_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The record of requests, whether it exists or not."""
    return data_dir(environ) / "history.sqlite3"


def encrypted_keys_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The keys of machines without a keyring, whether it exists or not; alone in its folder, which others cannot enter."""
    return data_dir(environ) / "keys" / "keys.sqlite3"


def user_config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's own settings file, whether it exists or not."""
    return config_dir(environ) / "config.toml"


def project_file(start: Path | None = None) -> Path | None:
    """The nearest photon.toml in `start` (default: the working folder) or above it; None where there is none.

    Something else by that name, such as a folder or a dangling link, is found too: reading it says what is wrong.
    """
    try:
        folder = (start or Path.cwd()).absolute()
    except FileNotFoundError:  # the working folder was deleted
        return None
    candidates = (parent / PROJECT_FILE for parent in (folder, *folder.parents))
    return next((path for path in candidates if os.path.lexists(path)), None)


def files_looked_at(start: Path | None = None, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Every file that can change the settings, also those that do not exist: the user's, and each photon.toml up to the one
    that is found (or to the root).
    """
    folder = (start or Path.cwd()).absolute()
    found = project_file(folder)
    candidates = [parent / PROJECT_FILE for parent in (folder, *folder.parents)]
    upto = candidates.index(found) + 1 if found else len(candidates)
    keys = (config_dir(environ) / KEY_INDEX, encrypted_keys_file(environ))
    return (user_config_file(environ), *keys, *candidates[:upto])


def name_in_repository(path: Path) -> str | None:
    """The file that `path` leads to, as a diff and a code host name it: with slashes, from the root of the git repository it
    is in, else from the working folder; None where it is in neither."""
    real = Path(os.path.realpath(path))
    root = next((folder for folder in real.parents if (folder / ".git").exists()), None) or Path(os.path.realpath("."))
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else None


def home_shortened(path: Path) -> str:
    """`path` for people, with ~ for the home folder."""
    home = Path("~").expanduser()
    return f"~{os.sep}{path.relative_to(home)}" if path != home and path.is_relative_to(home) else str(path)


def _chosen(environ: Mapping[str, str], variable: str) -> Path | None:
    """The folder named by `variable`; an empty variable names none."""
    value = environ.get(variable)
    return Path(value).expanduser().absolute() if value else None
