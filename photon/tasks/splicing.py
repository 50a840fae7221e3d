"""A rendered suggestion as a change of the user's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change
from photon.openapi.splice.operation import Addition, add_operation


def change_of(document: Mapping[str, Any], spec: Spec, *, replace: bool = False) -> Change:
    """The proved change that puts the only operation of `document`, with its components and tags, into `spec`.

    document: with ``paths``, and maybe ``components`` and ``tags``. Raises what `add_operation` raises.
    """
    (path, item), *_ = document["paths"].items()
    (method, operation), *_ = item.items()
    components = document.get("components", {})
    addition = Addition(path, method, operation, components, tuple(document.get("tags", ())))
    return add_operation(spec, addition, replace=replace)


def lines_changed(change: Change) -> tuple[int, int]:
    """(lines that are new, lines that are gone), over all files of the change."""
    lines = change.diff(context=0)
    heads = ("+++ ", "--- ")
    new = sum(line.startswith("+") and not line.startswith(heads) for line in lines)
    return new, sum(line.startswith("-") and not line.startswith(heads) for line in lines)
