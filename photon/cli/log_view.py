"""How requests of the record look: one line each, one in full, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from photon.chat import Attempt, Usage
from photon.cli.moments import local_time, rfc3339
from photon.cli.money import money
from photon.cli.terminal import Terminal, harmless
from photon.records.history import Entry, Kept
from photon.sketch.text import escaped

_COLUMNS = ("id", "when", "command", "answered by", "tokens", "cost", "time", "request")
_NARROWER = ((120, _COLUMNS), (60, ("id", "when", "answered by", "request")), (0, ("id", "answered by", "request")))
"""From how many columns of a terminal on there is room for what."""
_LONGEST = 200
"""Characters of a request in a listing that is piped."""


def print_list(found: Sequence[Kept], terminal: Terminal) -> None:
    """A line each. In a pipe all columns, the request cut at 200 characters; in a terminal what there is room for."""
    columns = next(names for width, names in _NARROWER if terminal.width >= width) if terminal.interactive else _COLUMNS
    rows = [[cells[name] for name in columns] for cells in map(_cells, found)]
    terminal.table(columns, _fitted([list(columns), *rows], terminal)[1:])


def _fitted(rows: Sequence[list[str]], terminal: Terminal) -> list[list[str]]:
    """`rows` with the last cell cut so that each is one line."""
    taken = sum(2 + max(len(row[place]) for row in rows) for place in range(len(rows[0]) - 1))
    if not terminal.interactive:
        return [[*row[:-1], _cut(row[-1], _LONGEST, len)] for row in rows]
    from rich.cells import cell_len

    room = max(12, terminal.width - taken)
    return [[*row[:-1], _cut(row[-1], room, cell_len)] for row in rows]


def _cut(text: str, room: int, width: Callable[[str], int]) -> str:
    """`text` on one line that is no wider than `room`."""
    line = " ".join(harmless(text[: 4 * room]).split())
    if width(line) <= room:
        return line
    while width(line) >= room:
        line = line[:-1]
    return line.rstrip() + "…"


def _cells(kept: Kept) -> dict[str, str]:
    entry = kept.entry
    return {
        "id": str(kept.id),
        "when": local_time(entry.started),
        "command": entry.command,
        "answered by": _outcome(entry),
        "tokens": _tokens(entry.usage),
        "cost": _cost(entry.cost),
        "time": _seconds(entry.total_ms),
        "request": entry.question if kept.texts else "(not kept)",
    }


def _outcome(entry: Entry) -> str:
    """Who answered, or why nobody did."""
    if entry.origin:
        return str(entry.origin)
    return "stopped" if entry.cancelled else f"! {entry.fault or 'no answer'}"


def _tokens(usage: Usage) -> str:
    """Those of the prompt and of the answer, as 312+72; empty where neither was counted."""
    both = (usage.prompt_tokens, usage.completion_tokens)
    return "" if both == (None, None) else "+".join("?" if count is None else str(count) for count in both)


def _cost(cost: float | None) -> str:
    return "free" if cost == 0 else money(cost)


def _seconds(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds / 1000:.2f} s"


def print_whole(kept: Kept, terminal: Terminal) -> None:
    """All that is known of one request."""
    terminal.write(harmless("".join(f"{name:12}{value}\n" for name, value in _facts(kept))))
    entry = kept.entry
    for message in entry.messages:
        terminal.write(_section(message.role, message.content))
    if kept.texts:
        terminal.write(_section("answer", entry.answer or "(none)"))
    terminal.write("\nattempts\n")
    columns = ("when", "asked", "at", "tokens", "cost", "first token", "time", "outcome")
    terminal.table(columns, [_attempt(attempt) for attempt in entry.attempts])


def _section(name: str, text: str) -> str:
    body = "".join(f"  {line}\n" for line in harmless(text).splitlines())
    return f"\n{name}\n{body}"


def _facts(kept: Kept) -> Iterator[tuple[str, str]]:
    entry = kept.entry
    yield "id", str(kept.id)
    yield "when", rfc3339(entry.started)
    yield "command", entry.command
    yield "answered by", _outcome(entry)
    if entry.error:
        yield "error", entry.error
    given = {name: value for name, value in asdict(entry.parameters).items() if value not in (None, ())}
    yield "parameters", ", ".join(f"{name} {value}" for name, value in given.items()) or "(the provider's own)"
    yield "tokens", _tokens(entry.usage) or "?"
    yield "cost", _cost(entry.cost)
    yield "time", _seconds(entry.total_ms)
    if entry.finish_reason not in (None, "stop"):
        yield "ended by", str(entry.finish_reason)
    if kept.texts and entry.asked not in [message.content for message in entry.messages]:
        yield "request", " ".join(entry.asked.split())
    if isinstance(spec := entry.details.get("spec"), Mapping):
        yield "spec", str(spec.get("path"))
    if not kept.texts:
        yield "texts", "(not kept)"


def _attempt(attempt: Attempt) -> list[str]:
    target = [local_time(attempt.started), str(attempt.origin), attempt.host or attempt.kind]
    spent = [_tokens(attempt.usage), _cost(attempt.cost), _seconds(attempt.first_token_ms), _seconds(attempt.total_ms)]
    return [*target, *spent, _ending(attempt)]


def _ending(attempt: Attempt) -> str:
    if attempt.fault:
        return f"{attempt.fault}: {attempt.error}" if attempt.error else str(attempt.fault)
    return "stopped" if attempt.cancelled else str(attempt.finish_reason or "ended by its reader")


def as_object(kept: Kept) -> dict[str, Any]:
    """One request with its attempts, for ``--json`` and ``log export``. Costs in USD; null for what is unknown."""
    entry = kept.entry
    return {
        "id": kept.id,
        "started": rfc3339(entry.started),
        "command": entry.command,
        "request": entry.question if kept.texts else None,
        "messages": [asdict(message) for message in entry.messages] if kept.texts else None,
        "answer": entry.answer if kept.texts else None,
        "answered_by": _answered_by(entry),
        "finish_reason": entry.finish_reason,
        "parameters": asdict(entry.parameters),
        "details": dict(entry.details),
        "usage": asdict(entry.usage),
        "cost_usd": entry.cost,
        "timings_ms": {"first_text": entry.first_token_ms, "total": entry.total_ms},
        "switches": entry.switches,
        "fault": entry.fault or None,
        "error": entry.error or None,
        "cancelled": entry.cancelled,
        "attempts": [_attempt_object(attempt) for attempt in entry.attempts],
    }


def _answered_by(entry: Entry) -> dict[str, str] | None:
    return {"provider": entry.origin.provider, "model": entry.origin.model} if entry.origin else None


def _attempt_object(attempt: Attempt) -> dict[str, Any]:
    return {
        "started": rfc3339(attempt.started),
        "provider": attempt.origin.provider,
        "model": attempt.origin.model,
        "kind": attempt.kind,
        "host": attempt.host or None,
        "usage": asdict(attempt.usage),
        "cost_usd": attempt.cost,
        "timings_ms": {"first_token": attempt.first_token_ms, "total": attempt.total_ms},
        "finish_reason": attempt.finish_reason,
        "fault": attempt.fault,
        "error": attempt.error or None,
        "cancelled": attempt.cancelled,
    }


def as_line(kept: Kept) -> str:
    """One request as a line of JSON."""
    return escaped(json.dumps(as_object(kept), ensure_ascii=False, separators=(",", ":"))) + "\n"


def as_json(value: object) -> str:
    """For ``--json``. What cannot be seen is escaped, for the texts are a model's."""
    return escaped(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"
