"""The SQLite files of Photon, looked at without changing them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

_PATIENCE: Final = 2.0
"""Seconds to wait for another process's lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One database. newest: the version of its tables that this Photon writes. mend: the command that begins a new one.

    trouble: why it cannot be used, empty where it is sound or not there. busy: another process holds it. version: of its
    tables, 0 where it is not there. size: bytes, all its files together.
    """

    name: str
    path: Path
    mend: str
    newest: int = 1
    trouble: str = ""
    busy: bool = False
    version: int = 0
    size: int = 0

    @property
    def sound(self) -> bool:
        """Whether opening it would change nothing, because there is nothing to mend."""
        return not self.trouble and self.version <= self.newest


def examine(environ: Mapping[str, str]) -> tuple[Examined, ...]:
    """All of them: the cache, the record, the state of the providers, and the encrypted keys."""
    from photon.records import cache, request_tables, targets
    from photon.settings import paths

    record = request_tables.layout(indexed=False)
    return tuple(
        _examined(name, path, mend, newest)
        for name, path, mend, newest in (
            ("the cache", paths.answers_file(environ), cache.LAYOUT.mend, cache.LAYOUT.version),
            (record.name, paths.history_file(environ), record.mend, record.version),
            (targets.LAYOUT.name, paths.targets_file(environ), targets.LAYOUT.mend, targets.LAYOUT.version),
            ("the encrypted store of keys", paths.encrypted_keys_file(environ), "", 1),
        )
    )


def _examined(name: str, path: Path, mend: str, newest: int) -> Examined:
    import sqlite3

    from photon.records.database import is_busy, size_of

    known = Examined(name=name, path=path, mend=mend or f"rm {path}, and store the keys again", newest=newest)
    try:
        if not path.exists():
            return known
        if path.is_dir():
            return replace(known, trouble="it is a folder", mend=f"move {path} away")
        trouble, version = _read(path)
        return replace(known, trouble=trouble, version=version, size=size_of(path))
    except OSError as error:
        mend = f"make {path.parent} one that you may use (ls -ld says whose it is)"
        return replace(known, trouble=(error.strerror or str(error)).lower(), mend=mend)
    except sqlite3.Error as error:
        return replace(known, trouble=str(error).lower(), busy=is_busy(error))


def _read(path: Path) -> tuple[str, int]:
    """What SQLite's quick_check complains about, and the version of the tables. An integrity_check would compare every index
    with its table as well, which takes seconds for a large record."""
    import sqlite3

    with closing(_opened(path, "rw")) as database:
        try:
            return _checked(database)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
    with closing(_opened(path, "ro&immutable=1")) as database:  # a folder in which SQLite can put no files beside it
        return _checked(database)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    import sqlite3

    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE)


def _checked(database: sqlite3.Connection) -> tuple[str, int]:
    said = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    return "" if said == "ok" else said, version
