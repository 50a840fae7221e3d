"""The parts of one long piece of work shared out among processes, where the system can fork one in a millisecond.

A process is forked when everything that the parts need is in memory, so that nothing but results travels. Each takes the next
part from a pipe when it is done with one, this process too, which also does whatever a child did not finish.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple, TypeVar

MOST = 4
"""Processes: each takes memory, and what all of them must do alike does not get shorter."""
_PARTS = 12
"""For each process. A part is told by one byte, so that there may be 256 of them at most."""

R = TypeVar("R")


def processes_at_hand() -> int:
    """How many processes may share the work: as many as this one may use processors, 4 at most; 1 where it cannot fork safely
    (another system than Linux, or threads, of which a child has none)."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST)


def shared_out(processes: int, work: Callable[[int, int], R]) -> list[R]:
    """``work(part, parts)`` for every part, by this process and `processes` - 1 children, in the order of the parts.

    What `work` returns in a child must pickle; a part where it raises there is done again here.
    """
    parts = min(_PARTS * processes, 256) if processes > 1 else 1
    turns, stock = os.pipe()
    os.write(stock, bytes(range(parts)))  # less than a pipe holds
    os.close(stock)
    children: list[_Child] = []
    try:
        for _ in range(processes - 1):
            with suppress(OSError):  # no room for one more process: the others do its share
                children.append(_forked(turns, parts, work))
        done = {part: work(part, parts) for part in _taken(turns)}
        for child in children:
            done |= _results(child.results)
        return [done[part] if part in done else work(part, parts) for part in range(parts)]
    finally:
        os.close(turns)
        for child in children:
            child.end()


class _Child(NamedTuple):
    process: int
    results: BinaryIO

    def end(self) -> None:
        """At once, whether it is done or not."""
        self.results.close()
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.process, 0)


def _forked(turns: int, parts: int, work: Callable[[int, int], R]) -> _Child:
    read, write = os.pipe()
    parent = os.getpid()
    try:
        process = _fork()
    except OSError:
        os.close(read)
        os.close(write)
        raise
    if not process:
        os.close(read)
        _work_for(parent, turns, parts, work, write)
    os.close(write)
    return _Child(process, os.fdopen(read, "rb"))


def _work_for(parent: int, turns: int, parts: int, work: Callable[[int, int], R], write: int) -> None:
    """All that a child does. It never comes back from here, nor cleans up what is its parent's."""
    try:
        done = {}
        for part in _taken(turns):
            if os.getppid() != parent:  # it was killed, and nobody wants the rest
                break
            with suppress(Exception):
                done[part] = work(part, parts)
        with os.fdopen(write, "wb") as results:  # at the end: nobody reads before, and a pipe holds 64 KiB
            pickle.dump(done, results, pickle.HIGHEST_PROTOCOL)
    finally:
        os.kill(os.getpid(), signal.SIGKILL)  # at once; nobody asks how it ended


def _fork() -> int:
    """As ``os.fork``. Ctrl-C just ends the child, at any moment: it must never unwind what is its parent's."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if not process:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        return process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _taken(turns: int) -> Iterator[int]:
    """The parts that this process takes: one byte at a time, until there are no more."""
    while part := os.read(turns, 1):
        yield part[0]


def _results(stream: BinaryIO) -> dict[int, R]:
    """What a child has done, by part; nothing where it came to no end."""
    try:
        found: dict[int, R] = pickle.load(stream)  # from a child of our own, through a pipe that nobody else has
    except (EOFError, pickle.UnpicklingError, OSError):
        return {}
    return found
