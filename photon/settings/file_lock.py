"""One process at a time, by a lock on a file that is made for it. The lock ends with its process, however that ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from photon.errors import PhotonError

_PAUSE = 0.01
"""Seconds between two tries; neither system can wait for a lock for a limited time."""


@contextmanager
def locked(path: Path, *, patience: float = 10.0) -> Iterator[None]:
    """Hold the lock on `path`, a file in a folder that exists. patience: seconds to wait for whoever else holds it.

    A file system that has no locks (some network drives) is used without. Raises PhotonError where the file cannot be made,
    or the wait is over.
    """
    try:
        file = path.open("ab")
    except OSError as error:
        raise PhotonError(f"cannot write {path}: {error.strerror or error}") from error
    with file:
        until = time.monotonic() + patience
        while not _acquired(file):
            if time.monotonic() > until:
                raise PhotonError(f"{path} is held by another process", hint="run it again")
            time.sleep(_PAUSE)
        yield


if sys.platform == "win32":
    import msvcrt

    def _acquired(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _acquired(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # ENOLCK, EOPNOTSUPP: no locks here
            return True
        return True
