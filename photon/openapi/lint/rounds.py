"""Two rounds of edits, the second of the text that the first made, as one round of edits of the first text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from photon.openapi.splice.edits import Edit


class _Piece(NamedTuple):
    """A range of the first text that stays, or new text (then the range is empty)."""

    start: int
    end: int
    text: str = ""

    def part(self, begin: int, end: int) -> _Piece:
        """What is from `begin` to `end` of it."""
        if self.text:
            return _Piece(self.start, self.start, self.text[begin:end])
        return _Piece(self.start + begin, self.start + end)


def composed(first: Iterable[Edit], second: Iterable[Edit], length: int) -> tuple[Edit, ...]:
    """The edits of a text of `length` characters that do what `first` and then `second` do. Neither may overlap in itself."""
    between = list(_pieces(first, length))
    whole = sum(_length(piece) for piece in between)
    between.reverse()
    here = 0
    parts: list[_Piece] = []
    for piece in _pieces(second, whole):
        _taken(between, piece.start - here)  # what the second round drops
        parts += [piece] if piece.text else _taken(between, piece.end - piece.start)
        here = piece.end
    return tuple(_edits(parts, length))


def _length(piece: _Piece) -> int:
    return len(piece.text) or piece.end - piece.start


def _pieces(edits: Iterable[Edit], length: int) -> Iterator[_Piece]:
    here = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        yield from (_Piece(here, edit.start), _Piece(edit.start, edit.start, edit.text))
        here = edit.end
    yield _Piece(here, length)


def _taken(pieces: list[_Piece], count: int) -> list[_Piece]:
    """The next `count` characters, off the end of `pieces`, which are in reversed order."""
    found = []
    while count:
        piece = pieces.pop()
        if _length(piece) > count:
            pieces.append(piece.part(count, _length(piece)))
            piece = piece.part(0, count)
        found.append(piece)
        count -= _length(piece)
    return found


def _edits(pieces: Iterable[_Piece], length: int) -> Iterator[Edit]:
    """What turns the first text into `pieces`, of which those that stay are in their old order."""
    here, new = 0, ""
    for piece in (*pieces, _Piece(length, length)):
        if piece.text:
            new += piece.text
        elif piece.start < piece.end or piece.start == length:
            if new or piece.start > here:
                yield Edit(here, piece.start, new)
            here, new = piece.end, ""
