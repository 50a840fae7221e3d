"""What of a specification goes into the prompt of a request for an operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from photon.openapi.context.asked import asked
from photon.openapi.context.conventions import conventions
from photon.openapi.context.lines import ComponentLines
from photon.openapi.context.names import SpecNames, names_of
from photon.openapi.context.neighbours import Neighbour, nearest
from photon.openapi.context.relevant import relevant
from photon.openapi.context.routes import base_paths
from photon.openapi.spec import Spec, SpecOperation
from photon.openapi.style.model import Style
from photon.providers.token_estimate import about_tokens
from photon.sketch.prompt import SpecContext, find_route
from photon.sketch.text import clean

_MOST = 8
_PATHS_SHARE = 0.4
_SAMPLES = 3


def context_for(
    spec: Spec, text: str, *, budget: int = 1_500, style: Style | None = None, names: SpecNames | None = None
) -> SpecContext:
    """What of `spec` a model should know for the request `text`, the best first.

    budget: tokens, about, for all of it together. `photon.sketch.prompt` gives our own model the first few types and paths of
    it alone. style: how the specification is written, where it was learned. names: of its components, where they were made
    already. A specification that has nothing in common with the request gives a few of its paths, which show how paths are
    written there. Raises UsageError for a request that asks for several operations.
    """
    route = find_route(text)
    wanted = asked(text, method=route.method if route else None, path=route.path if route else None, bases=base_paths(spec))
    near = nearest(spec, wanted, limit=_MOST)
    names = names or names_of(spec)
    components = relevant(spec, wanted, near, limit=_MOST)
    said = conventions(style, spec, wanted.method) if style else ()
    budget -= _cost(said)
    paths = _fitting((_route(each) for each in _shown(spec, near)), int(_PATHS_SHARE * budget))
    types = _fitting((name for each in components if (name := names.name(each))), budget - _cost(paths))
    lines = ComponentLines(spec, names)
    written = (line for each in components[: len(types)] if (line := lines.line(each)))
    return SpecContext(types, paths, _fitting(written, budget - _cost(paths) - _cost(types)), said)


def _shown(spec: Spec, near: Sequence[Neighbour]) -> tuple[SpecOperation, ...]:
    """The neighbours, or where there are none the first operations of the specification."""
    return tuple(each.operation for each in near) or spec.operations[:_SAMPLES]


def _route(operation: SpecOperation) -> str:
    return " ".join(clean(operation.route).split())


def _fitting(texts: Iterable[str], budget: int) -> tuple[str, ...]:
    """As many of the texts as have room in `budget` tokens; one that is too long is passed over."""
    kept, left = list[str](), budget
    for text in texts:
        cost = _cost((text,))
        if cost <= left:
            kept.append(text)
            left -= cost
    return tuple(kept)


def _cost(texts: Sequence[str]) -> int:
    """Tokens, the comma or line end after each text included."""
    return sum(1 + about_tokens(text) for text in texts)
