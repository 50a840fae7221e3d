"""Block style: which lines an entry has, and how lines are added to them, taken out and replaced."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

from photon.openapi.source.nodes import MapNode, Place, SeqNode
from photon.openapi.source.source import Source
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.layout import Layout
from photon.openapi.splice.rendering import block_after, block_entry, block_item
from photon.openapi.splice.scalars import key_text
from photon.openapi.splice.spot import ends_open, entry_start, keeps_blank_lines, own_places, refusal
from photon.openapi.splice.text import before_on_line, blank_of, column_of, is_alone, line_end, line_start, next_line


def block_entry_added(
    source: Source, node: MapNode, key: str, value: Any, layout: Layout, *, after: str | None, before: str | None
) -> Edit:
    """A new entry of a block mapping that has entries of its own."""
    text, own = source.text, own_places(node)
    pad = _pad(source, own)
    written = key_text(key, layout, quote=_key_quote(text, own))
    lines = list(block_entry(written, value, pad, layout))
    blank = _blank_between(text, own)
    names = list(own)
    if before is not None and before != names[0]:
        after, before = names[names.index(before) - 1], None
    if before is not None:
        at = entry_start(text, own[before])
        if not is_alone(text, at):  # on the line of a dash
            return Edit(at, at, source.newline.join([lines[0].lstrip(" "), *lines[1:], pad]))
        return _lines_before(source, comments_start(text, at), [*lines, *[""] * blank])
    last = after if after is not None else names[-1]
    return _lines_after(source, node[last], own[last], lines, blank)


def block_item_added(source: Source, node: SeqNode, value: Any, layout: Layout, before: int | None) -> Edit:
    """A new item of a block list that has items, before the item `before` or at the end."""
    text, own = source.text, _items(source.text, node)
    if not is_alone(text, own[0].key_start):
        raise refusal(source, own[0].key_start, "a list that begins on the line of another's dash is not added to")
    lines = list(block_item(value, before_on_line(text, own[0].key_start), layout))
    blank = _blank_between(text, dict(enumerate(own)))
    if before is not None:
        return _lines_before(source, comments_start(text, own[before].key_start), [*lines, *[""] * blank])
    return _lines_after(source, node[-1], own[-1], lines, blank)


def _items(text: str, node: SeqNode) -> list[Place]:
    """The places of the items, with their dashes for keys."""
    return [Place(dash := dash_of(text, start), dash + 1, start, end) for start, end in node.places]


def block_replaced(source: Source, mark: int, place: Place, value: Any, layout: Layout, *, item: bool) -> Edit:
    """Another value behind the colon or the dash at `mark`."""
    mark_end, pad = mark + 1, pad_of(source.text, mark if item else place.key_start)
    text, newline = source.text, source.newline
    lines = list(block_item(value, pad, layout)) if item else list(block_after("", value, pad, layout))
    first, rest = lines[0].removeprefix(f"{pad}-") if item else lines[0], lines[1:]
    end = max(mark_end, _content_end(text, place))
    below = "\n" in text[mark_end : place.start]
    if below and not first and is_alone(text, place.start):
        return Edit(line_start(text, place.start), end, newline.join(rest))
    comment = text[mark_end : line_end(text, mark_end)].rstrip() if below else text[end : line_end(text, end)]
    if rest or (below and comment):
        stop = end if below else line_end(text, end)
        return Edit(mark_end, stop, newline.join([first + comment, *rest]))
    if not below and place.end > place.start:
        return Edit(place.start, end, first.lstrip(" "))  # what stands between the colon and the value stays
    return Edit(mark_end, end, first)


def block_removed(source: Source, node: MapNode | SeqNode, part: str | int, place: Place) -> Edit:
    """An entry or an item taken out of a block collection that has others, with the comments directly above it."""
    text = source.text
    key_start = dash_of(text, place.start) if isinstance(node, SeqNode) else entry_start(text, place)
    if not is_alone(text, key_start):
        following = _following(text, node, key_start)
        if following is None:
            raise refusal(source, key_start, "the only entry on the line of a dash is not taken out")
        return Edit(key_start, following, "")
    start = comments_start(text, key_start)
    end = entry_end(text, node[part], place, column_of(text, key_start))  # type: ignore[index] # the part fits the node
    previous = _previous(text, node, key_start)
    if previous is None:
        end = _blank_below(text, end)
    elif not keeps_blank_lines(text, *previous):
        start = _blank_above(text, start)
    if end == len(text) and not text.endswith("\n"):
        start -= len(source.newline)  # the file goes on to end without a line end
    return Edit(max(start, 0), end, "")


def entry_end(text: str, value: Any, place: Place, column: int) -> int:
    """Where the line after an entry begins; comments below it that stand deeper than `column` belong to it."""
    if keeps_blank_lines(text, value, place):
        at = next_line(text, max(place.end - 1, place.start))
        return _blank_below(text, at)
    at = next_line(text, _content_end(text, place))
    here = at
    while here < len(text):
        line = text[here : line_end(text, here)]
        stripped = line.lstrip(" \t")
        if stripped and not (stripped.startswith("#") and len(line) - len(stripped) > column):
            break
        here = next_line(text, here)
        at = here if stripped else at
    return at


def comments_start(text: str, at: int) -> int:
    """Where the line of `at` begins, or the first of the comments directly above it at its own indentation."""
    start, pad = line_start(text, at), before_on_line(text, at)
    while start > 0:
        above = line_start(text, start - 1)
        line = text[above:start]
        if not line.startswith(f"{pad}#"):
            break
        start = above
    return start


def _content_end(text: str, place: Place) -> int:
    """The end of a value; that of a block scalar without the blank lines below it."""
    end = max(place.end, place.key_end)
    while end > place.start and text[end - 1] in " \t\r\n":
        end -= 1
    return end


def _pad(source: Source, own: dict[str, Place]) -> str:
    text = source.text
    first = next(iter(own.values())).key_start if own else 0
    if not own:
        raise refusal(source, first, "the mapping has no entries but those of a merge key")
    for place in islice(own.values(), 3):
        if is_alone(text, begin := entry_start(text, place)):
            return before_on_line(text, begin)
    if set(before_on_line(text, first)) <= set(" -"):
        return " " * column_of(text, first)
    raise refusal(source, first, "the mapping stands on the line of what it belongs to")


def _key_quote(text: str, own: dict[str, Place]) -> str:
    """The quotes around the keys of the mapping, where all of them have the same."""
    marks = {text[place.key_start] for place in own.values()}
    mark = marks.pop() if len(marks) == 1 else ""
    return mark if mark in ("'", '"') else ""


def _blank_between(text: str, own: dict[Any, Place]) -> int:
    """1 where most entries are parted by a blank line, else 0."""
    starts = list(islice(own.values(), 50))
    parted = [_blank_above(text, at := comments_start(text, entry_start(text, place))) < at for _, place in pairwise(starts)]
    return int(sum(parted) * 2 > len(parted))


def _blank_above(text: str, start: int) -> int:
    """Where the blank lines above the line at `start` begin; `start` where there are none."""
    while start > 0:
        above = line_start(text, start - 1)
        if text[above:start].strip():
            break
        start = above
    return start


def _blank_below(text: str, at: int) -> int:
    while at < len(text) and not text[at : line_end(text, at)].strip():
        at = next_line(text, at)
    return at


def _lines_before(source: Source, at: int, lines: list[str]) -> Edit:
    return Edit(at, at, "".join(line + source.newline for line in lines))


def _lines_after(source: Source, value: Any, place: Place, lines: list[str], blank: int) -> Edit:
    """`lines` behind the entry or item at `place`, whose key or dash is the beginning of the place."""
    text, newline = source.text, source.newline
    at = entry_end(text, value, place, column_of(text, place.key_start))
    kept = keeps_blank_lines(text, value, place)
    if at < len(text) or text.endswith("\n"):
        return _lines_before(source, at, [*[""] * (0 if kept else blank), *lines])
    if place.end == len(text) and ends_open(text, value, place):
        raise refusal(
            source, place.key_start, "the file ends inside of this text without a line end", "add a line end to the file"
        )
    return Edit(at, at, "".join(newline + line for line in [*[""] * blank, *lines]))


def dash_of(text: str, start: int) -> int:
    """The dash of the item that begins at `start`; only white space and comments may stand between them."""
    dash = text.rfind("-", 0, start)
    while dash > 0 and not all(_is_silent(line) for line in text[dash + 1 : start].split("\n")):
        dash = text.rfind("-", 0, dash)
    return dash


def _is_silent(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _previous(text: str, node: MapNode | SeqNode, at: int) -> tuple[Any, Place] | None:
    """The entry or item before that at `at`; None where it is the first."""
    if isinstance(node, MapNode):
        found = [(node[key], place) for key, place in own_places(node).items() if place.key_start < at]
    else:
        found = [each for each in zip(node, _items(text, node), strict=True) if each[1].key_start < at]
    return found[-1] if found else None


def _following(text: str, node: MapNode | SeqNode, at: int) -> int | None:
    """Where the entry behind that at `at` begins; None where it is the last."""
    own = own_places(node).values() if isinstance(node, MapNode) else _items(text, node)
    return next((place.key_start for place in own if place.key_start > at), None)


def pad_of(text: str, at: int) -> str:
    """The indentation of the entry or dash at `at`, as blanks, whatever stands before it on its line."""
    before = before_on_line(text, at)
    return before if not before.strip(" \t") else blank_of(before) + " " * len(before.lstrip(" \t"))
