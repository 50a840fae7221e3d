"""What of a specification goes into the prompt of a request for an operation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from photon.openapi.context.asked import asked
from photon.openapi.context.conventions import conventions
from photon.openapi.context.lines import ComponentLines
from photon.openapi.context.names import SpecNames, names_of
from photon.openapi.context.neighbours import Neighbour, nearest
from photon.openapi.context.relevant import relevant
from photon.openapi.spec import Spec, SpecOperation
from photon.openapi.style.model import Style
from photon.openapi.style.paths import base_paths
from photon.sketch.prompt import SpecContext, find_route
from photon.sketch.text import clean

MOST_TOKENS = 1_500
"""What a specification is worth in any prompt. Of 200 operations of 20 real specifications, taken out and asked for again, 93 %
of the components that they use are told with their fields in so many (90 % in 750, 65 % in 300), and no more in twice as many;
16 components instead of 8 are 94 %, for a third more tokens. Whoever runs a model on a processor waits seconds for each
thousand."""
_MOST = 8
_SAMPLES = 3
_LONGEST_PATH = 240
_PATH = re.compile(r"/\S*")


def context_for(
    spec: Spec, text: str, *, budget: int = MOST_TOKENS, style: Style | None = None, names: SpecNames | None = None
) -> SpecContext:
    """What of `spec` a model should know for the request `text`, the best first.

    budget: tokens, about, for all of it together; a target with less room is told less of it, see
    `photon.routing.addressed`. style: how the specification is written, where it was learned. names: of its components, where
    they were made already. A specification that has nothing in common with the request gives a few of its paths, which show
    how paths are written there. Raises UsageError for a request that asks for several operations.
    """
    route = find_route(text)
    wanted = asked(text, method=route.method if route else None, path=route.path if route else None, bases=base_paths(spec))
    near = nearest(spec, wanted, limit=_MOST)
    names = names or names_of(spec)
    components = relevant(spec, wanted, near, limit=_MOST)
    lines = ComponentLines(spec, names)
    found = SpecContext(
        types=tuple(name for each in components if (name := names.name(each))),
        paths=tuple(filter(None, map(_route, _shown(spec, near)))),
        schemas=tuple(line for each in components if (line := lines.line(each))),
        conventions=conventions(style, spec, wanted.method) if style else (),
    )
    return found.within(budget)


def _shown(spec: Spec, near: Sequence[Neighbour]) -> tuple[SpecOperation, ...]:
    """The neighbours, or where there are none the first operations of the specification."""
    return tuple(each.operation for each in near) or spec.operations[:_SAMPLES]


def _route(operation: SpecOperation) -> str:
    """Empty for a path that is no example to anybody: one that is very long, or has white space or control characters in it."""
    path = operation.path
    is_plain = len(path) <= _LONGEST_PATH and _PATH.fullmatch(path) and clean(path) == path
    return f"{operation.method} {path}" if is_plain else ""
