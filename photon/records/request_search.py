"""Which requests are wanted, as the condition of a query. What the user searches for is data, never syntax."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests: all that every given field holds for. A field that is None, empty or false asks nothing.

    since, until: POSIX seconds of their start, `until` excluded. provider, model: of anybody who was asked. words: each of
    them occurs in the question or the answer; several in one string side by side; in any case, and the last may go on.
    errors: those that ended in one. answered: those that were answered to the end.
    """

    since: float | None = None
    until: float | None = None
    provider: str | None = None
    model: str | None = None
    words: tuple[str, ...] = ()
    errors: bool = False
    answered: bool = False


EVERYTHING: Final = Wanted()

Condition = tuple[str, tuple[Any, ...]]
"""An SQL expression over the columns of requests and texts, and its parameters."""

_ASKED = "EXISTS (SELECT 1 FROM exchanges WHERE exchanges.request = id AND exchanges.{} = ?)"
_BY_INDEX = "SELECT rowid FROM words WHERE words MATCH ?"
_OCCURS = "instr(lower(asked || char(10) || answer), lower(?))"


def condition(database: sqlite3.Connection, wanted: Wanted) -> Condition:
    """What `wanted` says, with the index of this database where it has one that knows the words."""
    parts = [*_facts(wanted), *_words(database, wanted.words)]
    texts = " AND ".join(text for text, _ in parts) or "TRUE"
    return texts, tuple(value for _, values in parts for value in values)


def _facts(wanted: Wanted) -> Iterator[Condition]:
    if wanted.since is not None:
        yield "requests.started >= ?", (wanted.since,)
    if wanted.until is not None:
        yield "requests.started < ?", (wanted.until,)
    if wanted.provider:
        yield _ASKED.format("provider"), (wanted.provider,)
    if wanted.model:
        yield _ASKED.format("model"), (wanted.model,)
    if wanted.errors:
        yield "requests.fault != ''", ()
    if wanted.answered:
        yield "requests.provider IS NOT NULL", ()


def _words(database: sqlite3.Connection, words: tuple[str, ...]) -> Iterator[Condition]:
    """By the index. Without one, or where it finds nothing (it knows no middle of a word), by looking at all; so are those
    words that it would pass over (signs, an emoji).
    """
    known = tuple(word for word in words if _is_indexed(word))
    query = " ".join(f'"{_escaped(word)}"*' for word in known)
    if known and _has_index(database) and database.execute(f"{_BY_INDEX} LIMIT 1", (query,)).fetchone():
        yield f"id IN ({_BY_INDEX})", (query,)
        words = tuple(word for word in words if word not in known)
    for word in words:
        yield _OCCURS, (word,)


def _is_indexed(word: str) -> bool:
    """Whether the index knows each part of `word`: its tokens are letters and digits (https://sqlite.org/fts5.html, 4.3.1)."""
    parts = word.split()
    return bool(parts) and all(any(map(str.isalnum, part)) for part in parts)


def _escaped(word: str) -> str:
    """`word` for the inside of an FTS5 string (https://sqlite.org/fts5.html, 3.1), which no operator is recognised in."""
    return word.replace('"', '""').replace("\0", " ")


def _has_index(database: sqlite3.Connection) -> bool:
    return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone() is not None
