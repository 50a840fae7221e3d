"""Run what asks a model: until it has ended, the user stops it, or whoever reads its output has gone."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TextIO, TypeVar

from photon.cli.terminal import ReaderLeft

T = TypeVar("T")


def run_until_done(work: Coroutine[Any, Any, T], out: TextIO | None = None) -> T:
    """What `work` returns. Where `out` is a pipe whose reader goes, the work is cancelled and ReaderLeft raised.

    Otherwise a model would go on answering nobody, at the user's cost. At SIGTERM the program ends with 143, as one does that
    knows nothing of the signal, but in an orderly way: the terminal gets its cursor back.
    """
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, _end)
    return asyncio.run(_while_read(work, out))


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


async def _while_read(work: Coroutine[Any, Any, T], out: TextIO | None) -> T:
    loop = asyncio.get_running_loop()
    task, pipe = loop.create_task(work), _pipe(out)
    left = False

    def leave() -> None:
        nonlocal left
        left = True
        loop.remove_reader(pipe)
        task.cancel()

    with suppress(NotImplementedError, OSError):  # the loop of Windows watches no pipes
        if pipe >= 0:
            loop.add_reader(pipe, leave)  # the writing end becomes "readable" when nobody is at the other one
    try:
        return await task
    except asyncio.CancelledError:
        if left:
            raise ReaderLeft from None
        raise
    finally:
        with suppress(NotImplementedError, OSError, ValueError):
            loop.remove_reader(pipe)


def _pipe(out: TextIO | None) -> int:
    """The descriptor of `out` where that is a pipe, else -1."""
    try:
        descriptor = out.fileno() if out else -1
        return descriptor if descriptor >= 0 and stat.S_ISFIFO(os.fstat(descriptor).st_mode) else -1
    except (OSError, ValueError):
        return -1
