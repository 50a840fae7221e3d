"""The response cache: answers that were given before, in one SQLite file that two processes may use at once.

Nothing that is wrong with the file stops a command: then nothing is found, nothing is kept, and the user is told once.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from photon.chat import Usage
from photon.errors import PhotonError
from photon.records import database as files
from photon.settings.schema import Cache

T = TypeVar("T")

_ENOUGH_STARTS = 3
"""Several processes may find the damage at the same moment; the last may see it twice. More is no coincidence."""

_FIND = "SELECT text, prompt_tokens, completion_tokens FROM answers WHERE key = ? AND abs(? - created) < ?"
_TOUCH = "UPDATE answers SET used = ?, hits = hits + 1 WHERE key = ?"
_KEEP = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, 0)"
_EXPIRE = "DELETE FROM answers WHERE created < ?"
_DROP_LEAST_RECENTLY_USED = """
    DELETE FROM answers WHERE key IN
    (SELECT key FROM answers ORDER BY used LIMIT (SELECT 1 + count(*) / 16 FROM answers))
"""
_PAGES_IN_USE = (
    "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
_COUNT = "SELECT count(iif(key GLOB '*:*', NULL, 1)), min(created), max(created), coalesce(sum(hits), 0) FROM answers"
"""A key with a colon is no answer, but what was made of one."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A complete answer as the model gave it (without the prefill), and what it cost then."""

    text: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """What is kept. bytes: on disk, all files together. oldest, newest: POSIX seconds, None when empty."""

    path: Path
    entries: int = 0
    bytes: int = 0
    oldest: float | None = None
    newest: float | None = None
    hits: int = 0


class ResponseCache:
    """Answers by key, no older than `max_age_s` seconds, the least recently used dropped above `max_size_bytes` on disk.

    The file is opened at the first use; a `get` where there is none makes none. `warnings` is called at most once in the
    life of a cache, with one line that names the file and what mends it. A damaged file is copied to ``.corrupt`` and begun
    anew; a file that cannot be used for another reason is left alone.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_age_s: float,
        max_size_bytes: float,
        clock: Callable[[], float] = time.time,
        warnings: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.path = path
        self._max_age_s = max_age_s
        self._max_size_bytes = max_size_bytes
        self._clock = clock
        self._warnings: Callable[[str], None] | None = warnings
        self._database: sqlite3.Connection | None = None
        self._unusable = False
        self._fresh_starts = 0

    def get(self, key: str) -> StoredAnswer | None:
        """The answer kept under `key`, None when there is none young enough."""
        return self._attempt(lambda database: self._find(database, key), otherwise=None, create=False)

    def put(self, key: str, answer: StoredAnswer) -> None:
        """Keep `answer` under `key`. One that is larger than the whole cache, or not encodable as UTF-8, is not kept."""
        try:
            size = len(answer.text.encode())
        except UnicodeEncodeError:
            return
        if size < self._max_size_bytes:
            self._attempt(lambda database: self._keep(database, key, answer), otherwise=None)

    def drop(self, prefix: str) -> None:
        """Forget what is kept under keys that begin with `prefix`, which has no wildcards in it."""
        drop = "DELETE FROM answers WHERE key GLOB ?"
        self._attempt(lambda database: database.execute(drop, (f"{prefix}*",)), otherwise=None, create=False)

    def stats(self) -> CacheStats:
        """What is kept now."""
        counted = self._attempt(lambda database: database.execute(_COUNT).fetchone(), otherwise=None, create=False)
        entries, oldest, newest, hits = counted or (0, None, None, 0)
        size = files.size_of(self.path)
        return CacheStats(path=self.path, entries=entries, bytes=size, oldest=oldest, newest=newest, hits=hits)

    def clear(self) -> int:
        """Forget everything, also what was set aside as damaged; the number of answers that were there.

        Raises PhotonError where the file can be neither emptied nor removed.
        """
        there = self.stats().entries
        self.close()
        try:
            self._empty()
            files.files_of(self.path)[-1].unlink(missing_ok=True)
        except IsADirectoryError as error:
            raise PhotonError(files.trouble(error, self.path)) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise PhotonError(
                f"the cache {self.path} cannot be cleared: {reason}", hint=f"make {self.path.parent} writable"
            ) from error
        self._unusable = False
        return there

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        if self._database:
            with suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _find(self, database: sqlite3.Connection, key: str) -> StoredAnswer | None:
        now = self._clock()
        row = database.execute(_FIND, (key, now, self._max_age_s)).fetchone()
        if row is None:
            return None
        with suppress(sqlite3.OperationalError):  # a lock or a full disk is no reason to withhold the answer
            database.execute(_TOUCH, (now, key))
        text, prompt_tokens, completion_tokens = row
        return StoredAnswer(text, Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))

    def _keep(self, database: sqlite3.Connection, key: str, answer: StoredAnswer) -> None:
        now, usage = self._clock(), answer.usage
        with database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(_KEEP, (key, answer.text, usage.prompt_tokens, usage.completion_tokens, now, now))
            database.execute(_EXPIRE, (now - self._max_age_s,))
            self._shrink(database)

    def _shrink(self, database: sqlite3.Connection) -> None:
        """Drop a sixteenth at a time, so that a full cache is not shrunk at every put."""
        while database.execute(_PAGES_IN_USE).fetchone()[0] > self._max_size_bytes:
            if not database.execute(_DROP_LEAST_RECENTLY_USED).rowcount:
                return

    def _empty(self) -> None:
        """Delete the rows where the file is sound, so that others may go on using it; the files where it is not."""
        if not self.path.exists():
            return
        try:
            with closing(files.open_database(self.path)) as database:
                database.execute("DELETE FROM answers")
        except (sqlite3.Error, files.NewerSchemaError) as error:
            if files.is_busy(error):
                raise PhotonError(f"the cache {self.path} is held by another process", hint="run it again") from error
            for file in files.files_of(self.path):
                file.unlink(missing_ok=True)

    def _attempt(self, work: Callable[[sqlite3.Connection], T], *, otherwise: T, create: bool = True) -> T:
        """What `work` makes of the database; `otherwise` where there is none or it does not work."""
        if self._unusable:
            return otherwise
        try:
            there = create or self._database or self.path.exists()
            return work(self._opened()) if there else otherwise
        except (sqlite3.Error, OSError, files.NewerSchemaError) as error:
            self.close()
            if files.is_damage(error) and self._start_anew():
                return self._attempt(work, otherwise=otherwise, create=create)
            self._unusable = not files.is_busy(error)
            self._warn(files.trouble(error, self.path))
            return otherwise

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = files.open_database(self.path)
        return self._database

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
        self._warn(f"the cache {self.path} was damaged: a new one was begun, and 'photon ai cache clear' removes {aside}")
        return True

    def _warn(self, line: str) -> None:
        if self._warnings:
            self._warnings(line)
        self._warnings = None


def response_cache(settings: Cache, warnings: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> ResponseCache:
    """The cache of this user (``PHOTON_CACHE_DIR``, else the system's cache folder) within the limits of `settings`."""
    from photon.settings.paths import answers_file

    return ResponseCache(
        answers_file(environ),
        max_age_s=settings.max_age_days * 86_400,
        max_size_bytes=settings.max_size_mb * 1_000_000,
        warnings=warnings,
    )
