"""Several different suggestions for one request."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from photon.chat import Parameters, Provider
from photon.errors import UnreadableAnswer
from photon.tasks.suggest_path import Event, PathRequest, Suggestion, suggest_path

_MORE: Final = 2
"""Questions beyond one for each suggestion wanted: a model may say the same again, and each costs money."""
_IN_VAIN: Final = 2
"""Answers in a row that are nothing new: then there is nothing new to be had."""
_COOLEST: Final = 0.5
_WARMEST: Final = 1.2
"""Sampling temperatures between which a model says something else and is still to the point (tried with our own)."""


async def alternatives(
    wanted: PathRequest, provider: Provider, parameters: Parameters, count: int
) -> AsyncGenerator[Event, None]:
    """The events of one question after the other, with a `Suggestion` for each answer that is not like one before it.

    The first is what `suggest_path` gives; the others are asked for at temperatures that rise, each its own, so that the cache
    knows them apart and the same command prints the same again. There may be fewer than `count`: nobody is asked on after two
    answers in a row that are nothing new. Raises what `suggest_path` raises; an answer that cannot be read is nothing new,
    but for the first.
    """
    seen: set[str] = set()
    in_vain, tries = 0, count + _MORE
    for number in range(tries):
        before = len(seen)
        warmth = parameters.temperature if number == 0 else _warmth(number, tries)
        try:
            events = suggest_path(wanted, provider, replace(parameters, temperature=warmth))
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Suggestion):
                        shape = json.dumps(event.document.get("paths", event.document))
                        if shape in seen:
                            continue
                        seen.add(shape)
                    yield event
        except UnreadableAnswer:
            if not seen:
                raise
        in_vain = 0 if len(seen) > before else in_vain + 1
        if len(seen) == count or in_vain == _IN_VAIN:
            return


def _warmth(number: int, tries: int) -> float:
    return round(_COOLEST + (_WARMEST - _COOLEST) * number / max(1, tries - 1), 3)
