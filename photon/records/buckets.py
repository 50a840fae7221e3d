"""Token buckets: how often, and for how many tokens, a provider may be asked in a minute, counted by all processes.

A bucket holds what may be used at once: at most a minute's worth. It fills continuously, and whoever asks takes from it. This
is the algorithm by which providers count, too (https://platform.claude.com/docs/en/api/rate-limits); over T minutes no more
than T + 1 minutes' worth passes. What is taken may not be there yet: the level goes below zero, and who took it waits for as
long as the bucket needs to fill up to there. So those who wait are served in the order in which they came, and nobody has to
look again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["requests", "tokens"]

MINUTE: Final = 60.0
SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS buckets (
        bucket TEXT NOT NULL,
        unit TEXT NOT NULL,
        level REAL NOT NULL,
        filled_at REAL NOT NULL,
        PRIMARY KEY (bucket, unit)
    )
"""
"""level: what may be used at `filled_at` (POSIX seconds). No row is a full bucket."""

_LEVEL = "SELECT level, filled_at FROM buckets WHERE bucket = ? AND unit = ?"
_FILL = "INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM buckets WHERE filled_at < ?"
_PUT_BACK = "UPDATE buckets SET filled_at = ?1 WHERE filled_at > ?1"
_LONG_FULL: Final = 7 * 86_400.0
_MOST: Final = 10
"""Minutes' worth that one request counts for at most, and that is owed at most: a server that reports a senseless number of
tokens locks nobody out for longer."""
_SOON: Final = 0.001
"""Seconds. What is there within a millisecond is there: the rest is the rounding of floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be used in a minute; 0 is no limit."""

    requests: int = 0
    tokens: int = 0

    def __bool__(self) -> bool:
        return bool(self.requests or self.tokens)

    def each(self) -> Mapping[Unit, int]:
        """The limits that there are, by unit."""
        found: dict[Unit, int] = {"requests": self.requests, "tokens": self.tokens}
        return {unit: limit for unit, limit in found.items() if limit}


@dataclass(frozen=True, slots=True)
class Turn:
    """wait: seconds until the request may be sent. unit: the limit that makes it wait, where it does."""

    wait: float = 0.0
    unit: Unit = "requests"


AT_ONCE: Final = Turn()


def take(
    database: sqlite3.Connection, bucket: str, limits: Limits, *, tokens: int, patience: float, clock: Callable[[], float]
) -> Turn:
    """Take one request of so many `tokens`; nothing is taken where the wait would be longer than `patience` seconds.

    A request of more tokens than a minute has goes when the bucket is full, and those after it wait for the rest.
    """
    amounts: Mapping[Unit, int] = {"requests": 1, "tokens": counted(limits, tokens)}
    turn = AT_ONCE
    with _levels(database, bucket, limits, clock) as levels:
        for unit, limit in limits.each().items():
            wait = (min(amounts[unit], limit) - levels[unit]) * MINUTE / limit
            if wait >= _SOON and wait > turn.wait:
                turn = Turn(wait, unit)
        if turn.wait <= patience:
            for unit in levels:
                levels[unit] -= amounts[unit]
    return turn


def put_back(
    database: sqlite3.Connection,
    bucket: str,
    limits: Limits,
    *,
    requests: int = 0,
    tokens: int = 0,
    clock: Callable[[], float],
) -> None:
    """Put back what was taken and not used; a negative number takes what was used and not taken."""
    amounts: Mapping[Unit, int] = {"requests": requests, "tokens": tokens}
    with _levels(database, bucket, limits, clock) as levels:
        for unit, limit in limits.each().items():
            lowest = min(levels[unit], -_MOST * limit)  # those who wait for their turn may have taken it lower
            levels[unit] = max(lowest, levels[unit] + amounts[unit])


def counted(limits: Limits, tokens: int) -> int:
    """`tokens` as far as they count."""
    return max(0, min(tokens, _MOST * limits.tokens))


@contextmanager
def _levels(
    database: sqlite3.Connection, bucket: str, limits: Limits, clock: Callable[[], float]
) -> Iterator[dict[Unit, float]]:
    """What is in the bucket now, by unit, to be changed in the block; no other process comes between.

    Where nothing is changed nothing is written, so that who asks again and again keeps no bucket from being forgotten.
    """
    with database:
        database.execute("BEGIN IMMEDIATE")
        now = clock()  # behind the lock, so that no other process has filled it up to a later time
        database.execute(_PUT_BACK, (now,))  # a clock that was put back fills nothing, and the bucket fills from now on
        levels = {unit: _level(database, bucket, unit, limit, now) for unit, limit in limits.each().items()}
        before = dict(levels)
        yield levels
        if levels == before:
            return
        for unit, level in levels.items():
            database.execute(_FILL, (bucket, unit, level, now))
        database.execute(_FORGET, (now - _LONG_FULL,))


def _level(database: sqlite3.Connection, bucket: str, unit: Unit, limit: int, now: float) -> float:
    """At most a minute's worth, and a limit that was changed holds from now on."""
    found = database.execute(_LEVEL, (bucket, unit)).fetchone()
    if found is None:
        return float(limit)
    level, filled_at = found
    return float(min(limit, level + limit / MINUTE * (now - filled_at)))
