"""One SQLite file whose trouble never stops a command: then nothing is found, nothing is kept, and the user is told once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from photon.errors import PhotonError
from photon.records import database as files
from photon.records.database import Layout

T = TypeVar("T")

_ENOUGH_STARTS = 3
"""Several processes may find the damage at the same moment; the last may see it twice. More is no coincidence."""


class Store:
    """The database at `path`, opened at its first use and shared with other processes.

    `warnings` is called at most once in the life of a store, with one line that names the file and what mends it. A damaged
    file is copied to ``.corrupt`` and begun anew; a file that cannot be used for another reason is left alone.
    patience: seconds to wait for another process's lock. strict: a file that cannot be used raises PhotonError, for those to
    whom it is not beside the point.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        *,
        warnings: Callable[[str], None] = lambda line: None,
        patience: float = files.PATIENCE,
        strict: bool = False,
    ) -> None:
        self.path = path
        self._strict = strict
        self._layout = layout
        self._patience = patience
        self._warnings: Callable[[str], None] | None = warnings
        self._database: sqlite3.Connection | None = None
        self._unusable = False
        self._fresh_starts = 0

    def attempt(self, work: Callable[[sqlite3.Connection], T], *, otherwise: T, create: bool = True) -> T:
        """What `work` makes of the database; `otherwise` where it does not work, or where there is none and `create` is
        false. `work` may run twice: the second time on a database that was begun anew.
        """
        if self._unusable:
            return otherwise
        try:
            there = create or self._database or self.path.exists()
            return work(self._opened()) if there else otherwise
        except (sqlite3.Error, OSError, files.NewerSchemaError) as error:
            self.close()
            if files.is_damage(error) and self._start_anew():
                return self.attempt(work, otherwise=otherwise, create=create)
            self._unusable = not files.is_busy(error)
            if self._strict:
                raise PhotonError(files.trouble(error, self.path, self._layout)) from error
            self._warn(files.trouble(error, self.path, self._layout))
            return otherwise
        except (OverflowError, UnicodeError):  # of a value, and no fault of the file: closing it takes back what was begun
            self.close()
            self._warn(f"{self._layout.name} {self.path} cannot hold one of the values and was not used this time")
            return otherwise

    @property
    def usable(self) -> bool:
        """False once it has turned out that the file cannot be used."""
        return not self._unusable

    def clear(self, *tables: str) -> None:
        """Empty `tables` where the file is sound, so that others may go on using it; remove the files where it is not, and
        in any case what was set aside as damaged. Raises PhotonError where neither goes.
        """
        self.close()
        try:
            self._empty(tables)
            files.files_of(self.path)[-1].unlink(missing_ok=True)
        except IsADirectoryError as error:
            raise PhotonError(files.trouble(error, self.path, self._layout)) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise PhotonError(
                f"{self._layout.name} {self.path} cannot be cleared: {reason}", hint=f"make {self.path.parent} writable"
            ) from error
        self._unusable = False

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        if self._database:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = files.open_database(self.path, self._layout, patience=self._patience)
        return self._database

    def _empty(self, tables: tuple[str, ...]) -> None:
        if not self.path.exists():
            return
        try:
            with closing(files.open_database(self.path, self._layout)) as database, database:
                for table in tables:
                    database.execute(f"DELETE FROM {table}")
        except (sqlite3.Error, files.NewerSchemaError) as error:
            if files.is_busy(error):
                raise PhotonError(f"{self._layout.name} {self.path} is held by another process", hint="run it again") from error
            for file in files.files_of(self.path):
                file.unlink(missing_ok=True)

    def _start_anew(self) -> bool:
        """Set the damaged file aside; false where that does not go, or does not help."""
        if self._fresh_starts == _ENOUGH_STARTS:
            return False
        self._fresh_starts += 1
        try:
            files.set_aside(self.path)
        except OSError:
            return False
        aside = files.files_of(self.path)[-1].name
        self._warn(
            f"{self._layout.name} {self.path} was damaged: a new one was begun, and '{self._layout.mend}' removes {aside}"
        )
        return True

    def _warn(self, line: str) -> None:
        if self._warnings:
            self._warnings(line)
        self._warnings = None
