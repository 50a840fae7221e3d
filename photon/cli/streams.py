"""Standard input, output and error as the process was given them, before and after everything else."""

from __future__ import annotations

import io
import os
import sys


def prepare_standard_streams() -> None:
    """Three open streams that speak UTF-8, whatever the shell closed and the locale says. Called before all else.

    A closed descriptor would be given to the next file that is opened, the cache for one, and be printed into. Piped bytes
    that are no UTF-8 must be an error: some locales read them as half characters that nobody can write.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name, descriptor, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - stays open as long as the program
    for stream, errors in ((sys.stdin, "strict"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper) and not _is_prepared(stream, errors):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def _is_prepared(stream: io.TextIOWrapper, errors: str) -> bool:
    """Doing it a second time would write what could not be written before, to a full disk for one, and fail as it did."""
    return stream.errors == errors and (stream.isatty() or stream.encoding.lower() == "utf-8")


def settle_standard_streams() -> None:
    """Write what is still to be written. What cannot be (a full disk, a reader that has gone) goes nowhere.

    Whoever wrote it has dealt with that; Python would end the program with 120 instead of its own exit code.
    """
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
