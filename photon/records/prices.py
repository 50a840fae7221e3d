"""What a token costs, and what a request did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from photon.chat import Usage
from photon.records.price_table import Price, Row, own_rows, shipped_rows

__all__ = ["ANY_MODEL", "FREE", "Price", "Row", "cost", "price_of", "price_table"]

FREE: Final = Price(input=0.0, output=0.0)
"""Who asks nothing for a token: the model in this process, and a server in the user's own network."""

ANY_MODEL: Final = "*"
"""Stands in a table for every model of a host that has no row of its own."""

_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})")
"""How providers mark one version of a model: gpt-5.4-mini-2026-03-17, claude-haiku-4-5-20251001."""


def price_of(host: str, model: str, *, cloud: bool, own_file: str = "") -> Price | None:
    """What `model` costs at `host`; `FREE` where it is not in the cloud and no row of the user's own says otherwise.

    None is an unknown price, which is not a price of 0. Raises ConfigurationError for an `own_file` that cannot be used.
    """
    found = _found(own_rows(own_file), host, model) if own_file else None
    if found is None and cloud:
        found = _found(shipped_rows(), host, model)
    return found.price if found else (None if cloud else FREE)


def cost(price: Price, usage: Usage) -> float | None:
    """USD for `usage`; 0 for what is free, whatever was counted; None where a count that is needed is unknown.

    In floats: whole numbers times prices, added up and divided once, are off by less than a billionth of a cent.
    """
    if price == FREE:
        return 0.0
    prompt, completion = usage.prompt_tokens, usage.completion_tokens
    if prompt is None or completion is None or (price.up_to is not None and prompt > price.up_to):
        return None
    cached = min(usage.cached_tokens or 0, prompt)
    cached_input = price.input if price.cached_input is None else price.cached_input
    return ((prompt - cached) * price.input + cached * cached_input + completion * price.output) / 1_000_000


def price_table(own_file: str = "") -> tuple[Row, ...]:
    """Every row that is in force: the user's own ones, then the shipped ones that these do not replace.

    Raises ConfigurationError for an `own_file` that cannot be used.
    """
    rows: dict[tuple[str, str], Row] = {}
    for row in (*(own_rows(own_file) if own_file else ()), *shipped_rows()):
        if row.holds:
            rows.setdefault((row.host, row.model.casefold()), row)
    return tuple(rows.values())


def _found(rows: Sequence[Row], host: str, model: str) -> Row | None:
    """The row of just this model; else of the one that it is a dated version of; else of any model of the host."""
    model = model.removeprefix("models/").casefold()  # as Gemini's list of models has them
    here = {row.model.casefold(): row for row in reversed(rows) if row.host == host.casefold() and row.holds}
    undated = next((name for name in here if model.startswith(name) and _DATED.fullmatch(model, len(name))), ANY_MODEL)
    return here.get(model) or here.get(undated)
