"""The response cache: answers that were given before, in one SQLite file that two processes may use at once.

Nothing that is wrong with the file stops a command: then nothing is found, nothing is kept, and the user is told once.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photon.chat import Usage
from photon.records.database import STRICT, Layout, size_of
from photon.records.store import Store
from photon.settings.schema import Cache

LAYOUT = Layout(
    version=1,
    upgrades=(
        f"""
        CREATE TABLE IF NOT EXISTS answers (
            key TEXT NOT NULL PRIMARY KEY,
            text TEXT NOT NULL,
            prompt_tokens INTEGER,
            completion_tokens INTEGER,
            created REAL NOT NULL,
            used REAL NOT NULL,
            hits INTEGER NOT NULL
        ) {STRICT};
        CREATE INDEX IF NOT EXISTS answers_by_age ON answers (created);
        CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used)
        """,
    ),
    name="the cache",
    loss="no answer is kept",
    mend="photon ai cache clear",
    folder="PHOTON_CACHE_DIR",
)

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

    A `get` where there is no file makes none. What happens when the file cannot be used, and to whom `warnings` go: `Store`.
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
        self._store = Store(path, LAYOUT, warnings=warnings)

    def get(self, key: str) -> StoredAnswer | None:
        """The answer kept under `key`, None when there is none young enough."""
        return self._store.attempt(lambda database: self._find(database, key), otherwise=None, create=False)

    def has(self, key: str) -> bool:
        """Whether `get` would find an answer. Asking does not count as using it."""

        def look(database: sqlite3.Connection) -> bool:
            return database.execute(_FIND, (key, self._clock(), self._max_age_s)).fetchone() is not None

        return self._store.attempt(look, otherwise=False, create=False)

    def put(self, key: str, answer: StoredAnswer) -> None:
        """Keep `answer` under `key`; not one that is larger than the whole cache, is no UTF-8, or repeats a secret."""
        from photon.settings.redaction import without_own_secrets

        if without_own_secrets(answer.text) != answer.text:
            return
        try:
            size = len(answer.text.encode())
        except UnicodeEncodeError:
            return
        if size < self._max_size_bytes:
            self._store.attempt(lambda database: self._keep(database, key, answer), otherwise=None)

    def drop(self, prefix: str) -> None:
        """Forget what is kept under keys that begin with `prefix`, which has no wildcards in it."""
        drop = "DELETE FROM answers WHERE key GLOB ?"
        self._store.attempt(lambda database: database.execute(drop, (f"{prefix}*",)), otherwise=None, create=False)

    def stats(self) -> CacheStats:
        """What is kept now."""
        counted = self._store.attempt(lambda database: database.execute(_COUNT).fetchone(), otherwise=None, create=False)
        entries, oldest, newest, hits = counted or (0, None, None, 0)
        size = size_of(self.path)
        return CacheStats(path=self.path, entries=entries, bytes=size, oldest=oldest, newest=newest, hits=hits)

    def clear(self) -> int:
        """Forget everything, also what was set aside as damaged; the number of answers that were there.

        Raises PhotonError where the file can be neither emptied nor removed.
        """
        there = self.stats().entries
        self._store.clear("answers")
        return there

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        self._store.close()

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


def response_cache(settings: Cache, warnings: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> ResponseCache:
    """The cache of this user (``PHOTON_CACHE_DIR``, else the system's cache folder) within the limits of `settings`."""
    from photon.settings.paths import answers_file

    return ResponseCache(
        answers_file(environ),
        max_age_s=settings.max_age_days * 86_400,
        max_size_bytes=settings.max_size_mb * 1_000_000,
        warnings=warnings,
    )
