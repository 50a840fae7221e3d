"""A small bar chart of characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " ...:::##"
"""What stands for nothing to eight eighths of a character's height."""


def chart(
    days: Sequence[tuple[date, float]],
    *,
    label: Callable[[float], str],
    width: int,
    height: int = 4,
    blocks: bool = True,
) -> list[str]:
    """A line of bars from the first day to the last, at most `width` columns wide, with the highest value and the two dates
    beside it; nothing where all values are 0.

    Where there are more days than columns, a bar stands for several. blocks: the characters for eighths may be used.
    """
    room = max(1, width - len(label(sum(value for _, value in days))) - 2)  # no bar is higher than all of them together
    together = -(-len(days) // room)
    values = [sum(value for _, value in days[place : place + together]) for place in range(0, len(days), together)]
    top = max(values)
    if top <= 0:
        return []
    each = max(1, min(3, room // len(values)))
    heights = [max(1, round(8 * height * value / top)) if value > 0 else 0 for value in values]
    title = label(top)
    corner, side, floor, glyphs = ("└", "│", "─", _BLOCKS) if blocks else ("+", "|", "-", _PLAIN)
    lines = [
        f"{title if level == height - 1 else '':>{len(title)}} {side}" + _row(heights, level, each, glyphs)
        for level in reversed(range(height))
    ]
    lines.append(f"{'0':>{len(title)}} {corner}{floor * (each * len(values))}")
    lines.append(_dates(days[0][0], days[-1][0], indent=len(title) + 2, wide=each * len(values)))
    return [line.rstrip() for line in lines]


def _row(heights: Sequence[int], level: int, each: int, glyphs: str) -> str:
    """The bars at `level`, counted from 0 at the bottom; they touch only where there is no room for a gap."""
    bar, gap = max(1, each - 1), " " * (each > 1)
    return "".join(glyphs[min(8, max(0, height - 8 * level))] * bar + gap for height in heights)


def _dates(first: date, last: date, *, indent: int, wide: int) -> str:
    form = "%m-%d" if first.year == last.year else "%Y-%m"
    left, right = first.strftime(form), last.strftime(form)
    if first == last or wide < len(left) + len(right) + 1:
        return " " * indent + right
    return " " * indent + left + right.rjust(wide - len(left))
