"""A SQLite file of the records: how it is opened, and what can be wrong with it, in words for people."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PATIENCE: Final = 0.5
"""Seconds to wait for another process's lock. A write holds it for about a millisecond; the user waits for an answer."""

STRICT: Final = "STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""
"""For the end of CREATE TABLE. Older systems (RHEL 9 has SQLite 3.34) have no STRICT tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a database holds, and the words for people when it cannot be used.

    version: kept in the file's ``user_version``; a file with a higher one belongs to a newer Photon and is left alone.
    upgrades: SQL scripts, the n-th of which (from 1) leads from version n-1 to n; as many as `version`.
    name: "the cache". loss: what follows while it cannot be used, "no answer is kept". mend: the command that begins a new
    one. folder: the variable that names another folder.
    """

    version: int
    upgrades: tuple[str, ...]
    name: str
    loss: str
    mend: str
    folder: str


_CUT_SHORT = (sqlite3.SQLITE_READONLY_DBMOVED, sqlite3.SQLITE_IOERR_DELETE_NOENT, sqlite3.SQLITE_IOERR_SHORT_READ)
"""What SQLite says when its files are removed or emptied while they are open."""


class NewerSchemaError(Exception):
    """The file was written by a newer Photon."""


def open_database(path: Path, layout: Layout, *, patience: float = PATIENCE) -> sqlite3.Connection:
    """The database at `path`, made if it is not there: the folder for its owner alone (0700), the file too (0600).

    Raises sqlite3.Error, OSError or NewerSchemaError. SQLite gives its ``-wal`` and ``-shm`` files the mode of the file.
    patience: seconds to wait for another process's lock.
    """
    if path.is_dir():
        raise IsADirectoryError(path)
    if path.exists() and not os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return _read_only(path, layout)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # one that exists is not opened here: closing it would end SQLite's locks on it (POSIX)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    database = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        _prepare(database, path.parent, layout)
    except BaseException:
        database.close()
        raise
    return database


def _read_only(path: Path, layout: Layout) -> sqlite3.Connection:
    """The database in a folder where SQLite may not put its ``-wal`` and ``-shm``: what is in the file can be read all the
    same, and to write is refused."""
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        _version(database, layout)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, folder: Path, layout: Layout) -> None:
    """Settings of this connection; the schema if the file is new or older."""
    database.execute("PRAGMA synchronous = NORMAL")
    if _version(database, layout) < layout.version:
        with _alone_in(folder):  # the change to WAL does not wait for others, it fails
            found = _version(database, layout)
            if found == 0:
                database.execute("PRAGMA auto_vacuum = FULL")
                database.execute("PRAGMA journal_mode = WAL")
            for step in range(found, layout.version):
                database.executescript(f"BEGIN IMMEDIATE; {layout.upgrades[step]}; PRAGMA user_version = {step + 1}; COMMIT;")


def _version(database: sqlite3.Connection, layout: Layout) -> int:
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > layout.version:
        raise NewerSchemaError
    return version


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep out other processes that make or replace a database in `folder`, where the system can (not on Windows)."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def files_of(path: Path) -> tuple[Path, ...]:
    """Every file that belongs to the database at `path`, there or not; the last is the damaged one that was set aside."""
    return tuple(path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", ".corrupt"))


def size_of(path: Path) -> int:
    """Bytes that the database at `path` keeps on disk; not its ``-shm``, which lives as long as the connection."""
    size = 0
    for file in files_of(path):
        with suppress(OSError):
            size += 0 if file.name.endswith("-shm") else file.stat().st_size
    return size


def set_aside(path: Path) -> None:
    """Copy the damaged database to ``.corrupt`` and empty it, so that it is a new one. Raises OSError.

    Emptied rather than renamed: a process that has it open would otherwise meet the ``-wal`` of its successor under the
    name of its own. Does nothing where another process has emptied it already.
    """
    import shutil

    file, wal, shm, corrupt = files_of(path)
    with _alone_in(path.parent):
        if file.exists() and not _is_sound(file):
            shutil.copyfile(file, corrupt)
            corrupt.chmod(0o600)
            wal.unlink(missing_ok=True)
            shm.unlink(missing_ok=True)
            os.truncate(file, 0)


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error as error:
        return not is_damage(error)


def is_damage(error: Exception) -> bool:
    """The file is not a database, is no longer a sound one, or was just emptied as such by another process."""
    return getattr(error, "sqlite_errorcode", 0) in _CUT_SHORT or _code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def is_busy(error: Exception) -> bool:
    """Another process holds the lock; the next try may succeed."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: Exception) -> int:
    """SQLite's primary result code (https://sqlite.org/rescode.html): the low byte. 0 for errors without one."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def trouble(error: Exception, path: Path, layout: Layout) -> str:
    """One line for people: what is wrong with the database at `path`, what follows, and what mends it."""
    what, loss, mend = f"{layout.name} {path}", layout.loss, f"'{layout.mend}'"
    if isinstance(error, NewerSchemaError):
        return f"{what} was written by a newer Photon and is not used; {mend} starts a new one"
    if isinstance(error, IsADirectoryError):
        return f"{what} is a folder, so {loss}; move it away"
    if is_damage(error):
        return f"{what} is damaged, so {loss}; {mend} removes it"
    if is_busy(error):
        return f"{what} is held by another process and was not used this time"
    if _code(error) == sqlite3.SQLITE_FULL:
        return f"{what} cannot grow (the disk is full), so {loss}; {mend} frees space"
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    closed = isinstance(error, PermissionError) or _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
    otherwise = f"or set {layout.folder}" if closed else f"set {layout.folder}, or run {mend}"
    return f"{what} cannot be used ({reason}), so {loss}; make {path.parent} writable, {otherwise}"
