"""The record of requests: one SQLite file in the data folder that all processes of a user write to and read from.

Nothing that is wrong with the file stops a command or changes an answer: then nothing is kept, and the user is told once.
"""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from photon.records import request_tables as tables
from photon.records.history import Entry, Health, Kept
from photon.records.request_search import EVERYTHING, Condition, Wanted, condition
from photon.records.request_tables import Row
from photon.records.store import Store
from photon.settings.schema import Record

__all__ = ["EVERYTHING", "History", "Wanted", "history"]

_PATIENCE: Final = 5.0
"""Seconds to wait for other processes that write: the answer is there already, and a lost entry is a wrong budget."""

_LOOK_EVERY: Final = 32
"""Requests from one look for those that are too old to the next."""

_PAGE: Final = 100
"""Requests that an export reads at once."""

_WIDTH: Final = tables.REQUEST_COLUMNS.count(",") + 1
_FIND = f"SELECT id, {tables.REQUEST_COLUMNS}, {tables.TEXT_COLUMNS} FROM requests LEFT JOIN texts ON texts.request = id"
_FIND_EXCHANGES = f"SELECT {tables.EXCHANGE_COLUMNS} FROM exchanges WHERE request = ? ORDER BY rowid"
_EXCHANGES_SINCE = (
    "SELECT provider || '/' || model, started + total_ms / 1000, first_token_ms, total_ms, fault, error, finish_reason "
    "FROM exchanges WHERE started >= ? AND NOT cancelled ORDER BY started"
)
_PAGES_IN_USE = (
    "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)


class History:
    """Requests of at most `max_age_s` seconds; above `max_size_bytes` on disk the oldest texts are dropped.

    texts: keep questions and answers, else the counts alone. clock: POSIX seconds. What happens when the file cannot be
    used, and to whom `warnings` go: `Store`. indexed: whether a new file gets an index for the search, where SQLite has
    FTS5. Every text is redacted before it is written. strict: as of `Store`. A read where there is no file makes none.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_age_s: float,
        max_size_bytes: float,
        texts: bool = True,
        clock: Callable[[], float] = time.time,
        warnings: Callable[[str], None] = lambda line: None,
        indexed: bool = True,
        strict: bool = False,
    ) -> None:
        self.path = path
        self._max_age_s = max_age_s
        self._max_size_bytes = max_size_bytes
        self._texts = texts
        self._clock = clock
        self._warnings = warnings
        self._indexed = indexed
        self._strict = strict

    def add(self, entry: Entry) -> int | None:
        """Keep `entry`; its id, None where it could not be kept."""
        clean = _clean if self._texts else _left_out
        request = tables.request_row(entry, clean(entry.error))
        texts = tables.text_row(entry, clean) if self._texts else None
        exchanges = [tables.exchange_row(each, clean(each.error)) for each in entry.attempts]
        return self._store.attempt(lambda database: self._keep(database, request, texts, exchanges), otherwise=None)

    def get(self, number: int) -> Kept | None:
        """The request with that id."""
        return next(iter(self._read(lambda database: _found(database, ("id = ?", (number,)), "LIMIT 1"))), None)

    def last(self, wanted: Wanted = EVERYTHING) -> Kept | None:
        """The newest of those that are wanted."""
        return next(iter(self.newest(1, wanted)), None)

    def newest(self, limit: int, wanted: Wanted = EVERYTHING) -> Sequence[Kept]:
        """At most `limit` of those that are wanted, the newest first."""
        order = f"ORDER BY id DESC LIMIT {limit:d}"
        return self._read(lambda database: _found(database, condition(database, wanted), order))

    def export(self, wanted: Wanted = EVERYTHING) -> Iterator[Kept]:
        """All that are wanted, the oldest first, also those that are added meanwhile."""
        after = 0
        while page := self._read(lambda database, after=after: _page(database, wanted, after)):  # type: ignore[misc] # bound
            yield from page
            after = page[-1].id

    def health(self, since: float) -> Mapping[str, Health]:
        """How each target has done since then (POSIX seconds), by "provider/model"."""
        rows: list[Row] = self._store.attempt(
            lambda database: database.execute(_EXCHANGES_SINCE, (since,)).fetchall(), otherwise=[], create=False
        )
        by_target: dict[str, list[Row]] = {}
        for target, *rest in rows:
            by_target.setdefault(target, []).append(rest)
        return {target: _health(exchanges) for target, exchanges in by_target.items()}

    def count(self, wanted: Wanted = EVERYTHING) -> int:
        """How many are wanted."""
        return self._store.attempt(lambda database: _counted(database, wanted), otherwise=0, create=False)

    def delete(self, before: float) -> int:
        """Forget what was begun before then (POSIX seconds), with all that belongs to it; how many requests there were."""
        gone = self._store.attempt(lambda database: _deleted(database, before), otherwise=0, create=False)
        self._store.attempt(_tidy, otherwise=None, create=False)
        return gone

    def clear(self) -> int:
        """Forget everything, also what was set aside as damaged; the number of requests that were there.

        Raises PhotonError where the file can be neither emptied nor removed.
        """
        there = self.count()
        self._store.clear("texts", "exchanges", "requests")
        self._store.attempt(_tidy, otherwise=None, create=False)
        return there

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        if "_store" in vars(self):
            self._store.close()

    @cached_property
    def _store(self) -> Store:
        """Made at its first use, for an answer from the cache is not recorded."""
        layout = tables.layout(indexed=self._indexed and tables.has_fts5())
        return Store(self.path, layout, warnings=self._warnings, patience=_PATIENCE, strict=self._strict)

    def _read(self, work: Callable[[sqlite3.Connection], Sequence[Kept]]) -> Sequence[Kept]:
        return self._store.attempt(work, otherwise=(), create=False)

    def _keep(self, database: sqlite3.Connection, request: Row, texts: Row | None, exchanges: Sequence[Row]) -> int:
        with database:
            database.execute("BEGIN IMMEDIATE")
            number = _inserted(database, "requests", tables.REQUEST_COLUMNS, request)
            size = sum(len(text.encode()) for text in texts or ())
            if texts and size < self._max_size_bytes / 2:
                _inserted(database, "texts", f"request, bytes, {tables.TEXT_COLUMNS}", (number, size, *texts))
            for exchange in exchanges:
                _inserted(database, "exchanges", f"request, {tables.EXCHANGE_COLUMNS}", (number, *exchange))
            self._trim(database, number)
        return number

    def _trim(self, database: sqlite3.Connection, number: int) -> None:
        """Neither look is one at all of the rows: the first goes by an index, the second asks SQLite for its page count."""
        now = self._clock()
        if number % _LOOK_EVERY == 0:
            too_old = now - self._max_age_s
            _forget(database, too_old, min(too_old, _month_of(now)))
        limit = self._max_size_bytes
        excess = database.execute(_PAGES_IN_USE).fetchone()[0] - limit
        if excess > 0:
            mostly_counts = database.execute("SELECT total(bytes) FROM texts").fetchone()[0] < limit / 4
            if not (mostly_counts and _drop_requests(database, before=_month_of(now))):
                _drop_texts(database, excess + limit / 16)


def history(
    settings: Record, warnings: Callable[[str], None], environ: Mapping[str, str] = os.environ, *, strict: bool = False
) -> History | None:
    """The record of this user (``PHOTON_DATA_DIR``, else the system's folder) within the limits of `settings`.

    None where they say that nothing is kept.
    """
    from photon.settings.paths import history_file

    if settings.keep == "nothing":
        return None
    return History(
        history_file(environ),
        texts=settings.keep == "all",
        max_age_s=settings.max_age_days * 86_400,
        max_size_bytes=settings.max_size_mb * 1_000_000,
        warnings=warnings,
        strict=strict,
    )


def _inserted(database: sqlite3.Connection, table: str, columns: str, row: Row) -> int:
    places = ", ".join("?" * len(row))
    return database.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", row).lastrowid or 0


def _found(database: sqlite3.Connection, which: Condition, order: str) -> list[Kept]:
    text, values = which
    rows = database.execute(f"{_FIND} WHERE {text} {order}", values).fetchall()
    return [
        tables.kept(number, rest[:_WIDTH], rest[_WIDTH:], database.execute(_FIND_EXCHANGES, (number,)).fetchall())
        for number, *rest in rows
    ]


def _page(database: sqlite3.Connection, wanted: Wanted, after: int) -> list[Kept]:
    text, values = condition(database, wanted)
    return _found(database, (f"id > ? AND {text}", (after, *values)), f"ORDER BY id LIMIT {_PAGE}")


def _counted(database: sqlite3.Connection, wanted: Wanted) -> int:
    text, values = condition(database, wanted)
    query = f"SELECT count(*) FROM requests LEFT JOIN texts ON texts.request = id WHERE {text}"
    return int(database.execute(query, values).fetchone()[0])


def _forget(database: sqlite3.Connection, requests: float, exchanges: float) -> int:
    """Drop the requests, and the exchanges, that were begun before these times; how many requests there were."""
    database.execute("DELETE FROM texts WHERE request IN (SELECT id FROM requests WHERE started < ?)", (requests,))
    database.execute("DELETE FROM exchanges WHERE started < ?", (exchanges,))
    return database.execute("DELETE FROM requests WHERE started < ?", (requests,)).rowcount


def _deleted(database: sqlite3.Connection, before: float) -> int:
    with database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("DELETE FROM exchanges WHERE request IN (SELECT id FROM requests WHERE started < ?)", (before,))
        return _forget(database, before, before)


def _drop_texts(database: sqlite3.Connection, room: float) -> None:
    """Drop the oldest texts, `room` bytes of them."""
    last = 0
    for number, size in database.execute("SELECT request, bytes FROM texts ORDER BY request"):
        last, room = number, room - size
        if room <= 0:
            break
    database.execute("DELETE FROM texts WHERE request <= ?", (last,))


def _drop_requests(database: sqlite3.Connection, *, before: float) -> bool:
    """Drop a sixteenth of the requests, the oldest, but none that was begun since then; whether there were any."""
    oldest = "SELECT started FROM requests WHERE started < ? ORDER BY started LIMIT 1 + (SELECT count(*) / 16 FROM requests)"
    last = database.execute(f"SELECT max(started) FROM ({oldest})", (before,)).fetchone()[0]
    if last is None:
        return False
    until = math.nextafter(last, math.inf)
    _forget(database, until, until)
    return True


def _tidy(database: sqlite3.Connection) -> None:
    """Leave nothing on the disk of what was deleted: the index marks words as gone, and the log keeps pages for a while."""
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone():
        database.execute("INSERT INTO words (words) VALUES ('optimize')")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _health(rows: Sequence[Row]) -> Health:
    """Of one target's exchanges: (ended, first_token_ms, total_ms, fault, error, finish_reason), by their start.

    One that ended without a fault before anything came was left by who had asked: no success, and nothing is known to be wrong.
    """
    from statistics import median  # 8 ms to import, with random and fractions, and only listings want it

    good = [row for row in rows if not row[3] and (row[1] is not None or row[5])]
    bad = [row for row in rows if row[3]]
    firsts = [row[1] for row in good if row[1] is not None]
    return Health(
        requests=len(rows),
        succeeded=len(good),
        median_first_token_ms=median(firsts) if firsts else None,
        median_total_ms=median(row[2] for row in good) if good else None,
        last_error=(bad[-1][4] or bad[-1][3]) if bad else "",
        last_error_at=bad[-1][0] if bad else None,
    )


def _month_of(now: float) -> float:
    """When the calendar month of `now` began, in local time; both in POSIX seconds."""
    today = time.localtime(now)
    return time.mktime((today.tm_year, today.tm_mon, 1, 0, 0, 0, 0, 0, -1))


def _clean(text: str) -> str:
    """`text` without secrets, and without what is no text for others that read the file: halves of characters, and NUL."""
    from photon.settings.redaction import redacted

    return redacted(text.encode(errors="replace").decode().replace("\0", "\ufffd"))


def _left_out(text: str) -> str:
    return ""
