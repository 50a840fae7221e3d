"""What was used and what it cost, summed up from the record of requests."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from photon.records.request_tables import has_fts5, layout
from photon.records.store import Store

By = Literal["day", "provider", "model"]
"""What sums are made by: the local day of a request ("2026-03-29"), who was asked, which model."""

DIMENSIONS: Final[tuple[By, ...]] = get_args(By)
_PATIENCE: Final = 5.0
"""Seconds to wait for other processes that write: who is impatient does not know what was spent."""

_COLUMNS: Final[Mapping[By, str]] = {
    "day": "date(started, 'unixepoch', 'localtime')",
    "provider": "provider",
    "model": "model",
}
_SUMS: Final = """
    count(*), sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(cost),
    count(*) FILTER (WHERE cost IS NULL), count(*) FILTER (WHERE cost = 0 AND fault = ''),
    count(*) FILTER (WHERE first_token_ms IS NOT NULL AND (prompt_tokens IS NULL OR completion_tokens IS NULL))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Sums over requests, each of which is one exchange with one target.

    Tokens and cost (USD) are sums of what is known, None where nothing is. unpriced: how many requests there are whose cost
    is unknown. free: how many that cost nothing and were answered. uncounted: how many were answered without saying how
    many tokens it took.
    """

    requests: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None
    unpriced: int = 0
    free: int = 0
    uncounted: int = 0


class Ledger:
    """The sums of the record at `path`. What happens when the file cannot be used, and to whom `warnings` go: `Store`."""

    def __init__(self, path: Path, *, warnings: Callable[[str], None] = lambda line: None, strict: bool = False) -> None:
        self._store = Store(path, layout(indexed=has_fts5()), warnings=warnings, patience=_PATIENCE, strict=strict)
        self._writable = False

    def spent(self, since: float) -> float | None:
        """USD of what was asked since then (POSIX seconds), as far as the price is known. None where the record can be
        neither read nor written, so that nobody knows.
        """
        return self._store.attempt(lambda database: self._spent(database, since), otherwise=None)

    def tallies(
        self, by: Sequence[By], *, since: float, until: float, model: str = ""
    ) -> Sequence[tuple[tuple[str, ...], Tally]]:
        """Sums for each combination of what `by` names, in its order, of all that was asked from `since` on and before
        `until` (POSIX seconds) of models with `model` in their name. Without any `by` one sum of all, also of nothing.
        """
        columns = [_COLUMNS[each] for each in by]
        grouped = f"GROUP BY {', '.join(columns)} ORDER BY {', '.join(columns)}" if by else ""
        wanted = "started >= ? AND started < ? AND instr(lower(model), lower(?))"
        query = f"SELECT {', '.join([*columns, _SUMS])} FROM exchanges WHERE {wanted} {grouped}"
        rows = self._store.attempt(
            lambda database: database.execute(query, (since, until, model)).fetchall(), otherwise=None, create=False
        )
        if rows is None:
            return () if by else (((), Tally()),)
        return tuple((tuple(row[: len(by)]), _tally(row[len(by) :])) for row in rows)

    def close(self) -> None:
        """Close the file. The next use opens it again; closing twice is harmless."""
        self._store.close()

    def _spent(self, database: sqlite3.Connection, since: float) -> float:
        if not self._writable:  # a record that keeps nothing would say for ever that nothing was spent
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            self._writable = True
        return float(database.execute("SELECT total(cost) FROM exchanges WHERE started >= ?", (since,)).fetchone()[0])


def _tally(row: Sequence[int | float | None]) -> Tally:
    requests, prompt, completion, cached, cost, unpriced, free, uncounted = row
    return Tally(
        requests=int(requests or 0),
        prompt_tokens=_count(prompt),
        completion_tokens=_count(completion),
        cached_tokens=_count(cached),
        cost=cost,
        unpriced=int(unpriced or 0),
        free=int(free or 0),
        uncounted=int(uncounted or 0),
    )


def _count(tokens: float | None) -> int | None:
    return None if tokens is None else int(tokens)


def ledger(warnings: Callable[[str], None], environ: Mapping[str, str] = os.environ, *, strict: bool = False) -> Ledger:
    """The ledger of this user (``PHOTON_DATA_DIR``, else the system's data folder). strict: as of `Store`."""
    from photon.settings.paths import history_file

    return Ledger(history_file(environ), warnings=warnings, strict=strict)
