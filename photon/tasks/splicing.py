"""A rendered suggestion as a change of the user's document."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from photon.openapi.schema_fit import schemas_added
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change
from photon.openapi.splice.operation import Addition, OperationExists, add_operation, operation_step, tag_steps
from photon.sketch.prompt import find_route

_SMALL: Final = 200_000
"""Characters of a document up to which a change is proved in some 50 ms, which nobody notices before a model is asked."""
_NEW: Final = "photon-tries-whether-it-can"
"""What no document has."""
_TINY: Final[Mapping[str, Any]] = {"responses": {"204": {"description": "-"}}}


def change_of(document: Mapping[str, Any], spec: Spec, *, replace: bool = False) -> Change:
    """The proved change that puts the only operation of `document`, with its components and tags, into `spec`.

    document: with ``paths``, and maybe ``components`` and ``tags``. Raises what `add_operation` raises.
    """
    (path, item), *_ = document["paths"].items()
    (method, operation), *_ = item.items()
    components = document.get("components", {})
    addition = Addition(path, method, operation, components, tuple(document.get("tags", ())))
    return add_operation(spec, addition, replace=replace)


def refuse_operation(spec: Spec, request: str, *, replace: bool = False) -> None:
    """Raises InvalidSpec where the operation that `request` is about cannot be put into `spec`, whatever it will be.

    That it exists is no reason: both versions are to be shown. Raises UsageError for a request of several operations.
    """
    route = find_route(request)
    path, method = (route.path, route.method) if route else (f"/{_NEW}", "GET")
    tiny = Addition(path, method, _TINY, {})
    with suppress(OperationExists):
        if len(spec.source.text) <= _SMALL:
            add_operation(spec, tiny, replace=replace)
        else:
            list(tag_steps(spec, tiny))
            operation_step(spec, tiny, replace=replace)


def refuse_schema(spec: Spec, name: str | None, *, replace: bool = False) -> None:
    """Raises InvalidSpec where a schema, of that name if one is known, cannot be put into `spec`, whatever it will be."""
    if len(spec.source.text) <= _SMALL or (name in spec.components("schemas") and not replace):
        schemas_added(spec, {name or _NEW: {"type": "object"}}, replace=replace)


def extent(change: Change) -> str:
    """How much a change changes, over all of its files: in lines; in characters where lines only became longer or shorter."""
    lines = change.diff(context=0)
    heads = ("+++ ", "--- ")
    new = sum(line.startswith("+") and not line.startswith(heads) for line in lines)
    gone = sum(line.startswith("-") and not line.startswith(heads) for line in lines)
    if new != gone:
        return f"{_counted(new, 'line')} more" + (f", {gone} fewer" if gone else "")
    characters = sum(len(each.text) - len(each.source.text) for each in (change, *change.others))
    return f"{_counted(abs(characters), 'character')} {'more' if characters >= 0 else 'fewer'} in {_counted(new, 'line')}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" + "s" * (count != 1)
