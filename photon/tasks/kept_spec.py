"""A specification that a process reads once and keeps to its end."""

from __future__ import annotations

import gc
from pathlib import Path

from photon.openapi.spec import Spec, read_spec


def kept_spec(path: Path) -> Spec:
    """The specification in a file, ``-`` is stdin. Raises InvalidSpec.

    A large one is a million objects, none of them garbage: to look through them costs half a second (measured, 8.6 MB), so
    Python's collector is told to leave them alone.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return read_spec(path)
    finally:
        gc.freeze()
        if collects:
            gc.enable()
