"""Server-sent events as OpenAI's and Anthropic's protocols use them: a JSON object in each ``data:`` line."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from typing import Any


async def events(lines: AsyncIterable[str]) -> AsyncGenerator[tuple[str, bool], None]:
    """The payload of each ``data:`` line that has one, with False; or, when the body is no event stream, all of it at the end,
    with True.

    The servers in question send one event a line, so a line is not held back until the blank one after it.
    """
    rest, streaming, mark = [], False, "\ufeff"
    async for given in lines:
        line, mark = given.removeprefix(mark), ""
        if line.startswith("data:"):
            streaming = True
            if payload := line[5:].strip():
                yield payload, False
        elif not streaming and not line.startswith((":", "event:", "id:", "retry:")):
            rest.append(line)
    whole = "\n".join(rest).strip()
    if whole and not streaming:
        yield whole, True


def parsed(payload: str) -> Mapping[str, Any] | None:
    """The JSON object in `payload`, None if it is none; Gemini puts its errors into a list of one."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, Mapping) else None
