"""The same command line in the same circumstances: its answer again, before anything else is even imported.

What ccache calls the direct mode. The response cache knows what was asked of a model; to ask it, the command line has to be
parsed, the settings loaded, the prompt built and the answer rendered, which is 70 of the 110 ms that a hit took (measured).
So a plain `suggest-path` also keeps its output, under a hash of the command line and of every variable that Photon reads,
with *witnesses*: the files that it depended on, also those that were not there, by size and time. If any differs, or anything
at all is wrong here, the command runs as always. Entries live in the file of the response cache and end with its limits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from photon import __version__
from photon.cli.streams import prepare_standard_streams

_COMMAND = ["ai", "suggest-path"]
_FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
_MANNERS = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS")
PREFIX = "replay:"
"""Of the keys in the response cache; what begins so is not counted as an answer."""

Witness = tuple[str, int | None, int | None]
"""A file: its path, size in bytes and time of change in nanoseconds, both None where it is not there."""


def replay(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Print what this command line printed before, if it is known and all its witnesses still say the same."""
    if list(arguments[:2]) != _COMMAND:
        return False
    prepare_standard_streams()
    try:
        found = _find(key_of(arguments, environ), environ)
        return found is not None and _print(found)
    except Exception:  # whatever it is, the command itself will meet it and say it
        return False


def _print(entry: Mapping[str, Any]) -> bool:
    with suppress(BrokenPipeError):  # whoever read has gone, which is no failure
        sys.stdout.write(entry["out"])
        sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.write(entry["err"])
        sys.stderr.flush()
    return True


def remember(
    arguments: Sequence[str], *, out: str, err: str, files: Iterable[str | os.PathLike[str]], max_age_s: float
) -> tuple[str, str] | None:
    """(the key, the entry) to keep for this command line; None where it is another command's. The request stands in it.

    files: what the output depends on beyond the command line. out, err: what a replay prints.
    """
    import json
    import time

    if list(arguments[:2]) != _COMMAND:
        return None
    witnesses = [_witness(os.fspath(file)) for file in (*files, *_own_folders())]
    entry = {"out": out, "err": err, "until": time.time() + max_age_s, "witnesses": witnesses}
    return key_of(arguments, os.environ), json.dumps(entry, ensure_ascii=False)


def key_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """A hash of the command line, the working folder, every variable that Photon reads, and what is a terminal.

    Of a secret only its presence counts. Raises OSError where the working folder or a standard stream is gone.
    """
    import hashlib

    seen = sorted((name, _told(name, value)) for name, value in environ.items() if _is_read(name))
    streams = [os.isatty(1), os.isatty(2), os.get_terminal_size(2).columns if os.isatty(2) else 0]
    circumstances = repr((__version__, list(arguments), os.getcwd(), seen, streams))
    return PREFIX + hashlib.sha256(circumstances.encode("utf-8", "surrogateescape")).hexdigest()


def _is_read(name: str) -> bool:
    known = name in _FOLDERS or name in _MANNERS or name.endswith("_API_KEY")
    return known or name.startswith(("PHOTON_", "OPENAI_", "OLLAMA_", "INFERENCE_SERVER_", "AZURE_OPENAI_"))


def _told(name: str, value: str) -> str:
    return str(bool(value)) if name.endswith("_API_KEY") else value


def _find(key: str, environ: Mapping[str, str]) -> dict[str, Any] | None:
    import json
    import sqlite3
    import time

    from photon.settings.paths import answers_file

    path = answers_file(environ)
    if not path.exists():
        return None
    database = sqlite3.connect(path, timeout=0.05, isolation_level=None)
    try:
        row = database.execute("SELECT text FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        entry: dict[str, Any] = json.loads(row[0])
        if time.time() > float(entry["until"]) or any(_witness(seen[0]) != tuple(seen) for seen in entry["witnesses"]):
            return None
        database.execute("UPDATE answers SET used = ?, hits = hits + 1 WHERE key = ?", (time.time(), key))
        return entry
    finally:
        database.close()


def _witness(path: str) -> Witness:
    try:
        facts = os.stat(path)
    except OSError:
        return path, None, None
    return path, facts.st_size, facts.st_mtime_ns


def _own_folders() -> list[str]:
    """The folders of Photon's own code: a file that is replaced there changes its folder's time."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = []
    for folder, inner, _ in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith("_")]
        found.append(folder)
    return found
