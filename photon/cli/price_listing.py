"""``photon ai usage --prices``: what a token costs, when that was read, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from photon.cli.terminal import Terminal, harmless

if TYPE_CHECKING:
    from photon.records.price_table import Row
    from photon.settings.schema import AI

_COLUMNS = ("model", "host", "input", "cached", "output", "read on", "source")


def show_prices(terminal: Terminal, ai: AI, model: str, *, as_json: bool) -> None:
    """Every price in force whose model has `model` in its name, the user's own first."""
    from photon.records.prices import price_table

    rows = [row for row in price_table(ai.record.prices) if model.casefold() in row.model.casefold()]
    if as_json:
        import json

        from photon.sketch.text import escaped

        terminal.write(escaped(json.dumps([_facts(row) for row in rows], indent=2, ensure_ascii=False)) + "\n")
    elif rows:
        _table(rows, terminal)
        terminal.note("USD for a million tokens; what is not here is unknown, and what runs in your own network is free")
        for row in rows if model else ():
            for remark in _remarks(row):
                terminal.note(f"{row.model}: {remark}")
    else:
        terminal.note(f"no price is known of a model with {model} in its name; a file named by ai.record.prices can say it")


def _table(rows: Sequence[Row], terminal: Terminal) -> None:
    """In a terminal the sources stand below, once each: they are long."""
    sources = list(dict.fromkeys(_source(row) for row in rows))
    places = {source: f"[{place}]" if terminal.interactive else source for place, source in enumerate(sources, 1)}
    terminal.table(_COLUMNS, [[*_cells(row), places[_source(row)]] for row in rows])
    if terminal.interactive:
        terminal.write("\n" + "".join(f"{places[source]} {harmless(source)}\n" for source in sources))


def _cells(row: Row) -> list[str]:
    amounts = (row.price.input, row.price.cached_input, row.price.output)
    return [row.model, row.host, *("-" if each is None else f"{each:g}" for each in amounts), str(row.read_on or "-")]


def _source(row: Row) -> str:
    return " ".join(filter(None, ("your own" if row.own else "", row.source)))


def _remarks(row: Row) -> Iterator[str]:
    if row.price.up_to:
        yield f"for prompts of up to {row.price.up_to:,} tokens; what longer ones cost is unknown here"
    if row.until:
        yield f"until {row.until}"
    if row.note:
        yield row.note


def _facts(row: Row) -> dict[str, Any]:
    return {
        "model": row.model,
        "host": row.host,
        "input": row.price.input,
        "cached_input": row.price.cached_input,
        "output": row.price.output,
        "up_to": row.price.up_to,
        "until": row.until.isoformat() if row.until else None,
        "date": row.read_on.isoformat() if row.read_on else None,
        "source": row.source or None,
        "note": row.note or None,
        "own": row.own,
    }
