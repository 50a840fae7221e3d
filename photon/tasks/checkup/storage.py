"""The folders that Photon writes to, and the databases in them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Final

from photon.records.database import files_of
from photon.settings import paths
from photon.tasks.checkup.databases import Examined, examine
from photon.tasks.checkup.finding import Finding, Level
from photon.tasks.checkup.visit import Visit

_ENOUGH_ROOM: Final = 100_000_000
"""Bytes that should be free: the record may grow to 256 MB, the cache to 64."""


async def folders(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether each can be written to, by a temporary file; how much room there is; and who else may look into it."""
    for name, path, loss, level in _places(visit):
        for finding in _folder(name, path, loss, level):
            yield finding


def _places(visit: Visit) -> Iterator[tuple[str, Path, str, Level]]:
    """(name, folder, what follows while it cannot be written, how bad that is). Settings are often read-only on purpose."""
    environ = visit.environ
    yield "config", paths.config_dir(environ), "photon ai keys set and config init --user do not work", "note"
    yield "cache", paths.cache_dir(environ), "no answer is kept", "warning"
    yield "data", paths.data_dir(environ), "no request is recorded, nobody rests after a failure, and no limit holds", "warning"
    if visit.ai.log.file:
        yield "log", Path(visit.ai.log.file).expanduser().absolute().parent, "there is no log file", "warning"


def _folder(name: str, path: Path, loss: str, level: Level) -> Iterator[Finding]:
    there = next(each for each in (path, *path.parents) if os.path.lexists(each))
    another = "name another file in ai.log.file" if name == "log" else f"name another folder in PHOTON_{name.upper()}_DIR"
    mend = f"make {there} writable, or {another}" if there.is_dir() else another
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        yield Finding("folders", level, f"{name} {path} cannot be written ({reason}), so {loss}", mend)
        return
    free = shutil.disk_usage(there).free
    room = f"{free / 1e9:,.1f} GB free" if free >= 1e9 else f"{free / 1e6:.0f} MB free"
    state = "can be written" if there == path else "will be made when it is needed"
    if free < _ENOUGH_ROOM:
        yield Finding("folders", "warning", f"{name} {path}: the disk is nearly full, {room}", "free some space")
    else:
        yield Finding("folders", "ok", f"{name} {path} {state}, {room}")
    if os.name == "posix" and there == path:
        yield from _others(name, path)


def _others(name: str, path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode & 0o777
    if mode & 0o022 and not path.stat().st_mode & 0o1000 and name != "config":  # the settings' folder has its own warning
        yield Finding("folders", "warning", f"others may write to {path} (mode {mode:03o})", f"chmod go-w {path}")
    elif mode & 0o044 and name == "data":
        text = f"others may list {path} (mode {mode:03o}); what is in its files they may not read"
        yield Finding("folders", "note", text, f"chmod 700 {path}")


async def databases(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Whether each SQLite file is intact, and of a version that this Photon knows."""
    found = visit.databases or examine(visit.environ)
    missing = [each.name for each in found if not each.version and not each.trouble and not each.size]
    for each in found:
        if each.name not in missing:
            for finding in _database(each):
                yield finding
        for finding in _set_aside(each):
            yield finding
    if missing:
        yield Finding("databases", "ok", f"not there yet: {', '.join(missing)}")


def _set_aside(each: Examined) -> Iterator[Finding]:
    corrupt = files_of(each.path)[-1]
    if os.path.exists(corrupt):  # noqa: PTH110 - Path.exists raises where the folder is closed
        text = f"{corrupt} is {each.name} as it was when it was found damaged"
        yield Finding("databases", "note", text, f"{each.mend} (removes it)")


def _database(each: Examined) -> Iterator[Finding]:
    if each.busy:
        yield Finding("databases", "note", f"{each.name} {each.path} is in use by another process and was not looked at")
        return
    if each.trouble:
        yield Finding("databases", "failure", f"{each.name} {each.path} cannot be used: {each.trouble}", each.mend)
        return
    if each.version > each.newest:
        text = f"{each.name} {each.path} was written by a newer Photon (version {each.version}) and is not used"
        yield Finding("databases", "warning", text, f"update Photon, or {each.mend} (begins a new one)")
        return
    size = f"{each.size / 1e6:.1f} MB" if each.size >= 1e6 else f"{each.size / 1e3:.0f} kB"
    yield Finding("databases", "ok", f"{each.name} is intact: {each.path.name}, version {each.version}, {size}")
    mode = each.path.stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        text = f"others have access to {each.name} {each.path} (mode {mode:03o})"
        yield Finding("databases", "warning", text, f"chmod 600 {each.path}")
