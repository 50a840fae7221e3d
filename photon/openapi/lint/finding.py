"""What the lint says: one problem at one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from photon.openapi.lint.rule import RULES, Fix, Severity
from photon.openapi.source.nodes import Pointer, place_of, written
from photon.openapi.source.source import Position, Source, excerpt


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a file. rule: the id. pointer: from the root of the file `source`. start, end: line and column, both from
    1, the end behind the last character; None where the values came from no text. fixes: what mends it, all of them or none.
    shown: the excerpt, where it is not in `source`.
    """

    rule: str
    severity: Severity
    message: str
    source: Source = field(repr=False, compare=False)
    pointer: Pointer
    start: Position | None
    end: Position | None
    fixes: tuple[Fix, ...] = ()
    shown: str = field(default="", repr=False, compare=False)

    @property
    def safe(self) -> bool:
        """Whether mending it changes nothing that a client of the API sees."""
        rule = RULES.get(self.rule)
        return rule is None or rule.safe

    @property
    def excerpt(self) -> str:
        """The place in the text, two lines and a caret; empty where the values came from no text."""
        return self.shown or (excerpt(self.source, self.start) if self.start and self.source.text else "")

    @property
    def file(self) -> str:
        """The file's name as it was given; ``<stdin>`` where there is none."""
        return self.source.name

    @property
    def json_pointer(self) -> str:
        """``#/paths/~1users/get``."""
        return written(self.pointer)


def placed(source: Source, pointer: Pointer, *, on_key: bool) -> tuple[Position, Position] | tuple[None, None]:
    """Where to show `pointer`: at its key (the value where it has none), or at the nearest that exists around it."""
    if not source.text:
        return None, None
    whole = len(pointer)
    for length in range(whole, -1, -1):
        found = place_of(source.root, pointer[:length], key=on_key or length < whole)
        if found is not None:
            return source.position(found[0]), source.position(found[1])
    return Position(1, 1), Position(1, 1)
