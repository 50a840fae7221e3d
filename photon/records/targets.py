"""The state of the targets that all processes of this machine share: who failed and rests, and how much was asked of whom.

Nothing that is wrong with the file stops a command: then nobody rests, no limit holds, and the user is told once.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from photon.errors import Fault
from photon.records import buckets
from photon.records.buckets import AT_ONCE, Limits, Turn
from photon.records.database import STRICT, Layout
from photon.records.store import Store

LAYOUT = Layout(
    version=1,
    upgrades=(
        f"""
        CREATE TABLE IF NOT EXISTS rests (
            target TEXT NOT NULL PRIMARY KEY,
            failed_at REAL NOT NULL,
            until REAL NOT NULL,
            failures INTEGER NOT NULL,
            fault TEXT NOT NULL,
            error TEXT NOT NULL
        ) {STRICT};
        {buckets.SCHEMA} {STRICT}
        """,
    ),
    name="the state of the providers",
    loss="nobody rests after a failure and no rate limit holds",
    mend="photon ai providers reset",
    folder="PHOTON_DATA_DIR",
)

LONGEST_REST: Final = 86_400.0
"""Seconds. A provider that asks for more is asked again after a day all the same, and so is one that has forgotten us."""

_DOUBLINGS: Final = 4
_LONGEST_ERROR: Final = 300
_PATIENCE: Final = 2.0
"""Seconds to wait for another process's lock, which it holds for some 50 microseconds. Longer than for the other databases:
a limit that is not counted would be overshot."""

_SERIES = "SELECT until, failures FROM rests WHERE target = ?"
_REST = "INSERT OR REPLACE INTO rests VALUES (?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM rests WHERE until < ? OR failed_at > ?"
_RESTING = "SELECT target, failed_at, until, failures, fault, error FROM rests WHERE failed_at <= ? AND ? < until"
_IS_IN_SERIES = "SELECT 1 FROM rests WHERE target = ? AND failed_at <= ?"
_END = "DELETE FROM rests WHERE target = ? AND failed_at <= ?"
_END_OF_PROVIDER = "DELETE FROM rests WHERE substr(target, 1, length(?)) = ? AND until > ?"
_EMPTY = "DELETE FROM buckets WHERE substr(bucket || ' ', 1, length(?)) = ?"


@dataclass(frozen=True, slots=True)
class Rest:
    """A target is asked last for a while.

    failed_at, until, seen_at (when this was read): POSIX seconds. failures: how many in a row. fault and error: kind and
    message of the last one.
    """

    seen_at: float
    failed_at: float
    until: float
    failures: int
    fault: str
    error: str

    @property
    def reason(self) -> str:
        """All of it in one line for people."""
        ago, left = self.seen_at - self.failed_at, self.until - self.seen_at
        return f"failed {span(ago)} ago ({self.fault}); asked again in {span(max(1.0, left))}"


class Targets:
    """The database at `path`. Reading makes none. What happens when it cannot be used, and to whom `warnings` go: `Store`.

    A target is named by any text that is the same for all who ask it; so is a bucket.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, warnings: Callable[[str], None] = lambda line: None
    ) -> None:
        self.path = path
        self._clock = clock
        self._store = Store(path, LAYOUT, warnings=warnings, patience=_PATIENCE)

    def failed(
        self, target: str, *, fault: Fault, error: str = "", cooldown_s: float, retry_after: float | None = None
    ) -> None:
        """`target` rests from now on: for `cooldown_s` seconds, twice as long after each further failure in a row, up to 16
        times; for at least as long as it asked for itself (`retry_after`), and at most a day.

        Failures while it rests are one: those of requests that were under way together say no more than the first.
        """
        from photon.settings.redaction import redacted

        line = redacted(error.partition("\n")[0])[:_LONGEST_ERROR].encode(errors="replace").decode()

        def rest(database: sqlite3.Connection) -> None:
            with database:
                database.execute("BEGIN IMMEDIATE")
                now = self._clock()  # behind the lock, so that times stand in the file in their order
                database.execute(_FORGET, (now - LONGEST_REST, now))
                until, failures = database.execute(_SERIES, (target,)).fetchone() or (0.0, 0)
                failures += until <= now
                length = max(cooldown_s * 2.0 ** min(failures - 1, _DOUBLINGS), retry_after or 0.0)
                until = max(until, now + min(length, LONGEST_REST))
                database.execute(_REST, (target, now, until, failures, str(fault), line))

        self._store.attempt(rest, otherwise=None)

    def answered(self, target: str, *, asked_at: float) -> None:
        """`target` answered a request of `asked_at` (POSIX seconds): its rest, and the series of failures, are over.

        Unless it failed later than that. Where there is nothing to end, nothing is written.
        """

        def end(database: sqlite3.Connection) -> None:
            if database.execute(_IS_IN_SERIES, (target, asked_at)).fetchone():
                database.execute(_END, (target, asked_at))

        self._store.attempt(end, otherwise=None, create=False)

    def resting(self, targets: Collection[str]) -> Mapping[str, Rest]:
        """Those of `targets` that rest now."""
        now = self._clock()  # a failure later than now is from before the clock was put back
        none: list[tuple[Any, ...]] = []
        rows = self._store.attempt(
            lambda database: database.execute(_RESTING, (now, now)).fetchall(), otherwise=none, create=False
        )
        return {target: Rest(now, *facts) for target, *facts in rows if target in targets}

    def reset(self, provider: str = "") -> int:
        """End the rests of all targets whose name begins with `provider`, and return how many there were; what was asked of
        them is forgotten, too. Without one, those of all targets; that also mends a damaged file, and raises PhotonError where
        it cannot.
        """
        now = self._clock()
        bucket = f"{provider[:-1]} " if provider.endswith("/") else provider  # "groq/llama url" rests, "groq url" is a bucket

        def end(database: sqlite3.Connection) -> int:
            database.execute(_EMPTY, (bucket, bucket))
            return database.execute(_END_OF_PROVIDER, (provider, provider, now)).rowcount

        ended = self._store.attempt(end, otherwise=0, create=False)
        if not provider:
            self._store.clear("rests", "buckets")
        return ended

    def take(self, bucket: str, limits: Limits, *, tokens: int = 0, patience: float = float("inf")) -> Turn:
        """One request of so many `tokens`, and how long to wait before it is sent. Where that is longer than `patience`
        seconds (0: it has to be there at once), nothing was taken.
        """
        return self._store.attempt(
            lambda database: buckets.take(database, bucket, limits, tokens=tokens, patience=patience, clock=self._clock),
            otherwise=AT_ONCE,
        )

    def give_back(self, bucket: str, limits: Limits, *, tokens: int = 0) -> None:
        """Undo a `take` whose request was not sent."""
        self._put_back(bucket, limits, requests=1, tokens=buckets.counted(limits, tokens))

    def settle(self, bucket: str, limits: Limits, *, taken: int, used: int) -> None:
        """The request for which `taken` tokens were taken has used `used`."""
        if limits.tokens and taken != used:
            unused = buckets.counted(limits, taken) - buckets.counted(limits, used)
            self._put_back(bucket, limits, requests=0, tokens=unused)

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        self._store.close()

    def _put_back(self, bucket: str, limits: Limits, *, requests: int, tokens: int) -> None:
        self._store.attempt(
            lambda database: buckets.put_back(database, bucket, limits, requests=requests, tokens=tokens, clock=self._clock),
            otherwise=None,
        )


def span(seconds: float) -> str:
    """A time for people: "12 s", "5 min", "3 h", "2 days"."""
    for size, name, enough in ((1, "s", 120), (60, "min", 7200), (3600, "h", 172_800)):
        if seconds < enough:
            return f"{max(0, seconds) / size:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"


def targets_of(warnings: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> Targets:
    """The state of this user's targets (``PHOTON_DATA_DIR``, else the system's data folder)."""
    from photon.settings.paths import targets_file

    return Targets(targets_file(environ), warnings=warnings)
