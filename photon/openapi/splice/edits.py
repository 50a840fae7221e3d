"""Edits of a text: what stands where, and nothing else. Positions are offsets into `Source.text`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """Put `text` in the place of ``[start:end]``; an empty range inserts."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """`text` after all `edits`, of which several may insert at one place (in the given order) but none may overlap.

    Raises ValueError for edits that overlap.
    """
    parts: list[str] = []
    here = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < here:
            raise ValueError(f"edits overlap at {edit.start}")
        parts += (text[here : edit.start], edit.text)
        here = edit.end
    return "".join((*parts, text[here:]))
