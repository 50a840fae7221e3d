"""The SQLite file under the response cache: how it is opened, and what can be wrong with it, in words for people."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

SCHEMA_VERSION = 1
"""Kept in the file's ``user_version``. A file with a higher one belongs to a newer Photon and is left alone."""

_PATIENCE = 0.5
"""Seconds to wait for another process's lock. A put holds it for about a millisecond; the user waits for an answer."""

_STRICT = "STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""
"""Older systems (RHEL 9 has SQLite 3.34) have no STRICT tables."""

_SCHEMA = f"""
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS answers (
        key TEXT NOT NULL PRIMARY KEY,
        text TEXT NOT NULL,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        created REAL NOT NULL,
        used REAL NOT NULL,
        hits INTEGER NOT NULL
    ) {_STRICT};
    CREATE INDEX IF NOT EXISTS answers_by_age ON answers (created);
    CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used);
    PRAGMA user_version = {SCHEMA_VERSION};
    COMMIT;
"""


_CUT_SHORT = (sqlite3.SQLITE_READONLY_DBMOVED, sqlite3.SQLITE_IOERR_DELETE_NOENT, sqlite3.SQLITE_IOERR_SHORT_READ)
"""What SQLite says when its files are removed or emptied while they are open."""


class NewerSchemaError(Exception):
    """The file was written by a newer Photon."""


def open_database(path: Path) -> sqlite3.Connection:
    """The database at `path`, made if it is not there: the folder for its owner alone (0700), the file too (0600).

    Raises sqlite3.Error, OSError or NewerSchemaError. SQLite gives its ``-wal`` and ``-shm`` files the mode of the file.
    """
    if path.is_dir():
        raise IsADirectoryError(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # one that exists is not opened here: closing it would end SQLite's locks on it (POSIX)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        _prepare(database, path.parent)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, folder: Path) -> None:
    """Settings of this connection; the schema if the file is new."""
    database.execute("PRAGMA synchronous = NORMAL")
    if _version(database) < SCHEMA_VERSION:
        with _alone_in(folder):  # the change to WAL does not wait for others, it fails
            if _version(database) < SCHEMA_VERSION:
                database.execute("PRAGMA auto_vacuum = FULL")
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(_SCHEMA)


def _version(database: sqlite3.Connection) -> int:
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
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
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as database:
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


def trouble(error: Exception, path: Path) -> str:
    """One line for people: what is wrong with the cache at `path`, what follows, and what mends it."""
    if isinstance(error, NewerSchemaError):
        return f"the cache {path} was written by a newer Photon and is not used; 'photon ai cache clear' starts a new one"
    if isinstance(error, IsADirectoryError):
        return f"the cache {path} is a folder, so no answer is kept; move it away"
    if is_damage(error):
        return f"the cache {path} is damaged, so no answer is kept; 'photon ai cache clear' removes it"
    if is_busy(error):
        return f"the cache {path} is held by another process and was not used this time"
    if _code(error) == sqlite3.SQLITE_FULL:
        return f"the cache {path} cannot grow (the disk is full), so no answer is kept; 'photon ai cache clear' frees space"
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return (
        f"the cache {path} cannot be used ({reason}), so no answer is kept; "
        f"make {path.parent} writable, set PHOTON_CACHE_DIR, or run 'photon ai cache clear'"
    )
