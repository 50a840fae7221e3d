"""The unified diff of a text and its edits, made from the edits: no comparison of texts, which takes minutes for 10 MB."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.excerpts import LONG, excerpts, shortened
from photon.openapi.splice.text import line_starts

_QUOTED = re.compile(r'[\x00-\x1f"\\\x7f]')
_NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines `[first:last]` of the old text, counted from 0, that become `new`."""

    first: int
    last: int
    new: list[str]
    edits: Sequence[Edit]


def unified_diff(text: str, edits: Sequence[Edit], name: str, context: int = 3, *, cut: bool = False) -> list[str]:
    """The lines of the diff as git writes it, without LF and colour; empty where nothing changes. `name`: the file's.

    Lines are git's: they end with LF, and a CR before it is a part of them. A text with CR alone is one line. cut: very long
    lines are cut down to what changes, for people; that is no patch any more.
    """
    old = _Lines(text)
    hunks = [hunk for each in _line_edits(old, edits) if (hunk := _trimmed(each, old))]
    if not hunks:
        return []
    lines, shift = [f"--- {_file(f'a/{name}')}", f"+++ {_file(f'b/{name}')}"], 0
    for group in _grouped(hunks, context):
        first, last = max(0, group[0].first - context), min(len(old), group[-1].last + context)
        body = _cut_body(group, old, first, last) if cut else _body(group, old, first, last)
        more = sum(len(hunk.new) - (hunk.last - hunk.first) for hunk in group)
        ranges = f"-{_range(first, last - first)} +{_range(first + shift, last - first + more)}"
        lines += [f"@@ {ranges} @@", *(each for line in body for each in _shown(line))]
        shift += more
    return lines


class _Lines:
    """The lines of a text with their ends, cut out when they are asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = line_starts(text)
        self._count = len(self.starts) - (self.starts[-1] == len(text))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> str:
        return self.text[self.starts[number] : self.start_of(number + 1)]

    def between(self, first: int, last: int) -> list[str]:
        return [self[number] for number in range(first, last)]

    def start_of(self, number: int) -> int:
        """Where a line begins; the end of the text behind the last."""
        return self.starts[number] if number < len(self.starts) else len(self.text)


def _lines(text: str) -> list[str]:
    lines = _Lines(text)
    return lines.between(0, len(lines))


def _line_edits(old: _Lines, edits: Sequence[Edit]) -> list[_Hunk]:
    """The edits as whole lines; those that touch one line together."""
    starts = old.starts
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        first = bisect_right(starts, edit.start) - 1
        ends_at_line = edit.end > edit.start and edit.end in (starts[bisect_right(starts, edit.end) - 1],)
        whole = edit.start == starts[first] and (edit.end == edit.start or ends_at_line) and edit.text[-1:] in ("\n", "")
        last = bisect_right(starts, edit.end) - (1 if whole else 0)
        if groups and first < groups[-1][1]:
            _, before, together = groups[-1]
            groups[-1] = (groups[-1][0], max(before, last), [*together, edit])
        else:
            groups.append((first, max(first, last), [edit]))
    return [_hunk(old, *group) for group in groups]


def _hunk(old: _Lines, first: int, last: int, edits: list[Edit]) -> _Hunk:
    begin, end = old.start_of(first), old.start_of(last)
    moved = [Edit(edit.start - begin, edit.end - begin, edit.text) for edit in edits]
    return _Hunk(first, last, _lines(edited(old.text[begin:end], moved)), edits)


def _trimmed(hunk: _Hunk, old: _Lines) -> _Hunk | None:
    """Without the lines at its beginning and end that stay; the end first: a comma behind a brace then loses no line."""
    first, last, new = hunk.first, min(hunk.last, len(old)), hunk.new
    while last > first and new and old[last - 1] == new[-1]:
        last, new = last - 1, new[:-1]
    while first < last and new and old[first] == new[0]:
        first, new = first + 1, new[1:]
    return replace(hunk, first=first, last=last, new=new) if new or last > first else None


def _grouped(hunks: Sequence[_Hunk], context: int) -> list[list[_Hunk]]:
    groups = [[hunks[0]]]
    for hunk in hunks[1:]:
        if hunk.first - groups[-1][-1].last <= 2 * context:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _body(group: Sequence[_Hunk], old: _Lines, first: int, last: int, *, cut: bool = False) -> list[str]:
    body, here = list[str](), first
    for hunk in group:
        body += [f" {line}" for line in old.between(here, hunk.first)]
        body += _excerpts(old, hunk) if cut and _is_long(old, hunk) else _changed(old, hunk)
        here = hunk.last
    return [*body, *(f" {line}" for line in old.between(here, last))]


def _changed(old: _Lines, hunk: _Hunk) -> list[str]:
    return [*(f"-{line}" for line in old.between(hunk.first, hunk.last)), *(f"+{line}" for line in hunk.new)]


def _is_long(old: _Lines, hunk: _Hunk) -> bool:
    return any(len(line) > LONG for line in old.between(hunk.first, hunk.last))


def _cut_body(group: Sequence[_Hunk], old: _Lines, first: int, last: int) -> list[str]:
    body = _body(group, old, first, last, cut=True)
    return [shortened(line.removesuffix("\n")) + "\n" if line.startswith(" ") else line for line in body]


def _excerpts(old: _Lines, hunk: _Hunk) -> list[str]:
    return [line.removesuffix("\r") + "\n" for line in excerpts(old.text, hunk.edits)]


def _shown(line: str) -> list[str]:
    return [line[:-1]] if line.endswith("\n") else [line, _NO_NEWLINE]


def _file(name: str) -> str:
    """As git writes it: with a tab behind a name with spaces, quoted as in C where something in it would end the line."""
    if not _QUOTED.search(name):
        return f"{name}\t" if " " in name else name
    return '"' + _QUOTED.sub(lambda found: "".join(f"\\{byte:03o}" for byte in found[0].encode()), name) + '"'


def _range(first: int, count: int) -> str:
    """Lines counted from 1; of no lines, the one before."""
    return f"{first + 1 if count else first}" + ("" if count == 1 else f",{count}")
