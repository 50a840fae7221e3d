"""What a model is told of the user's specification, the most useful first, and as much of it as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from photon.chat import Request
from photon.providers.token_estimate import about_tokens

EXISTING: Final = "these types exist already, do not define them again:"
HELD: Final = "conventions of this API: "

_CONVENTIONS_SHARE: Final = 0.25
_PATHS_SHARE: Final = 0.4
"""Of all the tokens; of those that the conventions leave. Names are short: there the rest is for the fields of the types."""


@dataclass(frozen=True, slots=True)
class SpecContext:
    """What the user's spec already has, the most useful first; `photon.openapi.context.request.context_for` chooses it.

    types: names of component schemas, in the notation. paths: neighbours such as 'GET /pets'. schemas: some of the types as
    lines such as 'Pet = { id: int }'. conventions: how the spec is written, in a few words each. Our own model is told a few
    types and paths alone, as it was in its training.
    """

    types: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()

    def within(self, tokens: int) -> SpecContext:
        """The best of it in at most `tokens`, about, the words around it included. A type whose name has no room is not told
        with its fields either, for they are longer."""
        conventions = _fitting(self.conventions, int(_CONVENTIONS_SHARE * tokens), HELD)
        left = tokens - _cost(conventions, HELD)
        paths = _fitting(self.paths, int(_PATHS_SHARE * left), "paths: ")
        left -= _cost(paths, "paths: ")
        types = _fitting(self.types, left, "types: ")
        left -= _cost(types, "types: ")
        return SpecContext(types, paths, _fitting(self.schemas, left, EXISTING), conventions)


NO_CONTEXT: Final = SpecContext()


def told(worded: Callable[[SpecContext, SpecContext], Request], context: SpecContext, own: SpecContext) -> Request:
    """The request that `worded` makes of `context`, and of `own` for our own model; and again, of less of both, for a target
    that has not the room (`Request.within`)."""

    def within(tokens: int) -> Request:
        return worded(context.within(tokens), own.within(tokens))

    return replace(worded(context, own), within=within if context != NO_CONTEXT else None)


def _fitting(texts: Iterable[str], tokens: int, heading: str) -> tuple[str, ...]:
    """As many of the texts as have room below their heading; one that is too long is passed over."""
    kept, left = list[str](), tokens - _cost((heading,))
    for text in texts:
        cost = _cost((text,))
        if cost <= left:
            kept.append(text)
            left -= cost
    return tuple(kept)


def _cost(texts: tuple[str, ...], heading: str = "") -> int:
    """Tokens, the comma or line end after each text included; nothing for a heading above nothing."""
    return sum(1 + about_tokens(text) for text in (heading, *texts) if text) if texts else 0
