"""The tables of the record, and how a request is written into their columns and read from them again.

requests: one row for each, with nothing in it that anybody wrote but what an error says. texts: the questions and answers,
apart, so that they can be left out, and be dropped first. exchanges: one row for each attempt; they outlive their request
to the end of the month, for the budget. words: an index of the texts for the search, where SQLite has FTS5.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, replace
from functools import cache
from typing import Any, Final, get_args

from photon.chat import Attempt, FinishReason, Message, Origin, Parameters, Role, Usage
from photon.errors import Fault
from photon.records.database import STRICT, Layout
from photon.records.history import Entry, Kept

_TABLES: Final = f"""
    CREATE TABLE IF NOT EXISTS requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        started REAL NOT NULL,
        command TEXT NOT NULL,
        provider TEXT,
        model TEXT,
        parameters TEXT NOT NULL,
        finish_reason TEXT,
        first_token_ms REAL,
        total_ms REAL NOT NULL,
        switches INTEGER NOT NULL,
        fault TEXT NOT NULL,
        error TEXT NOT NULL,
        cancelled INTEGER NOT NULL
    ) {STRICT};
    CREATE INDEX IF NOT EXISTS requests_by_time ON requests (started);
    CREATE TABLE IF NOT EXISTS texts (
        request INTEGER PRIMARY KEY,
        bytes INTEGER NOT NULL,
        asked TEXT NOT NULL,
        messages TEXT NOT NULL,
        details TEXT NOT NULL,
        answer TEXT NOT NULL
    ) {STRICT};
    CREATE INDEX IF NOT EXISTS texts_by_size ON texts (request, bytes);
    CREATE TABLE IF NOT EXISTS exchanges (
        request INTEGER NOT NULL,
        started REAL NOT NULL,
        provider TEXT NOT NULL,
        model TEXT NOT NULL,
        kind TEXT NOT NULL,
        host TEXT NOT NULL,
        first_token_ms REAL,
        total_ms REAL NOT NULL,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        cached_tokens INTEGER,
        cost REAL,
        finish_reason TEXT,
        fault TEXT NOT NULL,
        error TEXT NOT NULL,
        cancelled INTEGER NOT NULL
    ) {STRICT};
    CREATE INDEX IF NOT EXISTS exchanges_by_request ON exchanges (request);
    CREATE INDEX IF NOT EXISTS exchanges_by_time ON exchanges (started, cost)
"""

_INDEX: Final = """;
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
        asked, answer, content = 'texts', content_rowid = 'request', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER IF NOT EXISTS texts_are_indexed AFTER INSERT ON texts BEGIN
        INSERT INTO words (rowid, asked, answer) VALUES (new.request, new.asked, new.answer);
    END;
    CREATE TRIGGER IF NOT EXISTS texts_leave_the_index AFTER DELETE ON texts BEGIN
        INSERT INTO words (words, rowid, asked, answer) VALUES ('delete', old.request, old.asked, old.answer);
    END
"""


@cache
def has_fts5() -> bool:
    """Whether this SQLite can index texts; the one that comes with Python nearly always can."""
    with closing(sqlite3.connect(":memory:")) as database, suppress(sqlite3.Error):
        database.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        return True
    return False


def layout(*, indexed: bool) -> Layout:
    """The tables of a new record, with or without the index. One that was begun without stays so."""
    return Layout(
        version=1,
        upgrades=(_TABLES + _INDEX if indexed else _TABLES,),
        name="the record of requests",
        loss="no request is recorded",
        mend="photon ai log clear --all",
        folder="PHOTON_DATA_DIR",
    )


REQUEST_COLUMNS: Final = (
    "started, command, provider, model, parameters, finish_reason, first_token_ms, total_ms, switches, fault, error, cancelled"
)
TEXT_COLUMNS: Final = "asked, messages, details, answer"
EXCHANGE_COLUMNS: Final = (
    "started, provider, model, kind, host, first_token_ms, total_ms, prompt_tokens, completion_tokens, cached_tokens, cost, "
    "finish_reason, fault, error, cancelled"
)

Row = Sequence[Any]


def request_row(entry: Entry, error: str) -> Row:
    """`entry` in the order of REQUEST_COLUMNS. error: what may be kept of its error."""
    origin = (entry.origin.provider, entry.origin.model) if entry.origin else (None, None)
    given = {name: value for name, value in asdict(entry.parameters).items() if value not in (None, ())}
    outcome = (entry.finish_reason, entry.first_token_ms, entry.total_ms, entry.switches)
    return (entry.started, entry.command, *origin, _json(given), *outcome, str(entry.fault), error, int(entry.cancelled))


def text_row(entry: Entry, clean: Callable[[str], str]) -> Row:
    """`entry` in the order of TEXT_COLUMNS, every text of it cleaned."""
    messages = [[message.role, clean(message.content)] for message in entry.messages]
    return clean(entry.question), _json(messages), _json(_cleaned(entry.details, clean)), clean(entry.answer)


def exchange_row(attempt: Attempt, error: str) -> Row:
    """`attempt` in the order of EXCHANGE_COLUMNS. error: what may be kept of its error."""
    usage = attempt.usage
    target = (attempt.origin.provider, attempt.origin.model, attempt.kind, attempt.host)
    tokens = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    outcome = (attempt.finish_reason, str(attempt.fault or ""), error, int(attempt.cancelled))
    return (attempt.started, *target, attempt.first_token_ms, attempt.total_ms, *tokens, attempt.cost, *outcome)


def kept(number: int, request: Row, texts: Row, exchanges: Sequence[Row]) -> Kept:
    """A request from its columns; those of `texts` are None where they were not kept."""
    started, command, provider, model, parameters, finish_reason, first, total, switches, fault, error, cancelled = request
    asked, messages, details, answer = texts
    entry = Entry(
        command=command,
        asked=asked or "",
        messages=tuple(_message(each) for each in json.loads(messages or "[]")),
        details=json.loads(details or "{}"),
        parameters=_parameters(json.loads(parameters)),
        started=started,
        total_ms=total,
        attempts=tuple(_attempt(each) for each in exchanges),
        origin=Origin(provider, model) if provider is not None else None,
        answer=answer or "",
        finish_reason=_finish_reason(finish_reason),
        first_token_ms=first,
        switches=switches,
        fault=fault,
        error=error,
        cancelled=bool(cancelled),
    )
    return Kept(number, entry, texts=answer is not None)


def _attempt(row: Row) -> Attempt:
    started, provider, model, kind, host, first, total, prompt, completion, cached, cost, reason, fault, error, cancelled = row
    return Attempt(
        origin=Origin(provider, model),
        started=started,
        total_ms=total,
        first_token_ms=first,
        usage=Usage(prompt_tokens=prompt, completion_tokens=completion, cached_tokens=cached),
        finish_reason=_finish_reason(reason),
        fault=_fault(fault),
        error=error,
        cancelled=bool(cancelled),
        kind=kind,
        host=host,
        cost=cost,
    )


def _message(pair: Sequence[str]) -> Message:
    role, content = pair
    return Message(next((known for known in _ROLES if known == role), "user"), content)


def _parameters(given: dict[str, Any]) -> Parameters:
    """Those that this Photon knows; a newer one may have kept more."""
    known = {name: value for name, value in given.items() if name in Parameters.__dataclass_fields__}
    read = Parameters(**known)
    return replace(read, stop=tuple(read.stop))


def _fault(word: str) -> Fault | None:
    with suppress(ValueError):
        return Fault(word) if word else None
    return Fault.OTHER


def _finish_reason(word: str | None) -> FinishReason | None:
    return next((known for known in _FINISH_REASONS if known == word), None)


_ROLES: tuple[Role, ...] = get_args(Role)
_FINISH_REASONS: tuple[FinishReason, ...] = get_args(FinishReason)


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    match value:
        case str():
            return clean(value)
        case list() | tuple():
            return [_cleaned(each, clean) for each in value]
        case Mapping():
            return {clean(name): _cleaned(each, clean) for name, each in value.items()}
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
