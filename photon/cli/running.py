"""Run what asks a model: until it has ended, the user stops it, or whoever reads its output has gone."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO, TypeVar

from photon.cli.terminal import ReaderLeft

T = TypeVar("T")


def run_until_done(work: Coroutine[Any, Any, T], out: TextIO | None = None) -> T:
    """What `work` returns. Where `out` is a pipe whose reader goes, the work is cancelled and ReaderLeft raised.

    Otherwise a model would go on answering nobody, at the user's cost. At SIGTERM the work is cancelled too, and the program
    ends with 143, as one does that knows nothing of the signal, but in an orderly way: the terminal gets its cursor back.
    """
    end = _End()
    _at_sigterm(end.hear)
    try:
        return asyncio.run(_while_read(work, out, end))
    finally:
        _at_sigterm(signal.SIG_IGN if end.heard else _leave)  # what ends is not disturbed: timeout(1) sends two
        if end.heard:
            raise SystemExit(128 + signal.SIGTERM)


def _at_sigterm(handler: signal.Handlers | Callable[[int, object], None]) -> None:
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, handler)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


@dataclass(slots=True)
class _End:
    """SIGTERM while the event loop runs, which an exception out of the handler would leave in the middle of what it does."""

    work: asyncio.Task[Any] | None = None
    heard: bool = False

    def hear(self, number: int, frame: object) -> None:
        """The signal's handler: the work is cancelled, once."""
        if self.work and not self.heard:
            with suppress(RuntimeError):  # the loop has ended just now
                self.work.get_loop().call_soon_threadsafe(self.work.cancel)  # which wakes the loop up
        self.heard = True


async def _while_read(work: Coroutine[Any, Any, T], out: TextIO | None, end: _End) -> T:
    loop = asyncio.get_running_loop()
    task, pipe = loop.create_task(work), _pipe(out)
    end.work, left = task, False
    if end.heard:
        task.cancel()

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
