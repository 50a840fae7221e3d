"""Requests as the record has them, made up for the tests."""

from pathlib import Path

from photon.chat import Attempt, Origin, Parameters, Usage
from photon.errors import Fault
from photon.records.history import Entry
from photon.records.requests import History


def made(
    *, at: float, provider: str = "openai", model: str = "m", cost: float | None = 0.0, fault: Fault | None = None, **usage: int
) -> Entry:
    """A request that began `at` (POSIX seconds) and took one exchange."""
    answered = None if fault else 100.0
    attempt = Attempt(
        origin=Origin(provider, model),
        started=at,
        total_ms=500.0,
        first_token_ms=answered,
        usage=Usage(**usage),
        finish_reason=None if fault else "stop",
        fault=fault,
        kind="openai",
        cost=cost,
    )
    return Entry(command="chat", messages=(), parameters=Parameters(), started=at, total_ms=500.0, attempts=(attempt,))


def history(path: Path) -> History:
    return History(path, max_age_s=1e12, max_size_bytes=1e9)


def keep(path: Path, *entries: Entry) -> None:
    record = history(path)
    for entry in entries:
        assert record.add(entry), "the record keeps it"
    record.close()
