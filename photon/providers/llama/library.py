"""llama.cpp's C API (llama.h) through llama-cpp-python's bindings, loaded fast and silent.

Only the bindings are used, not the class `llama_cpp.Llama`: that one points stdout and stderr at /dev/null while it loads,
for the whole process; it imports numpy, jinja2 and diskcache (100 of 125 ms, measured); and it can neither be cancelled
while it reads a prompt nor while it loads.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any, Final

from photon.errors import ConfigurationError, MissingExtra

_loading = threading.Lock()
_ERROR: Final = 4  # GGML_LOG_LEVEL_ERROR
_FUNCTION_NAMES: Final = re.compile(r"^(\w+: )*(error loading model: )?")


class _Complaints(threading.local):
    """What llama.cpp logged as errors on this thread."""

    def __init__(self) -> None:
        self.lines: list[str] = []


_complaints = _Complaints()


def library() -> Any:
    """The module `llama_cpp.llama_cpp`, ready to use.

    Raises MissingExtra where llama-cpp-python is not installed, ConfigurationError where its library cannot be loaded.
    """
    with _loading:
        return _library()


@cache
def _library() -> Any:
    try:
        llama = _bindings()
    except ModuleNotFoundError as error:
        raise MissingExtra("the local model", "local") from error
    except Exception as error:  # whatever ctypes and the bindings raise for a library that does not fit this machine
        reason = " ".join(str(error).split())[:200]
        raise ConfigurationError(
            f"llama.cpp cannot be loaded: {reason}", hint="pip install --force-reinstall --no-cache-dir llama-cpp-python"
        ) from error
    llama.photon_listener = llama.llama_log_callback(_listen)  # kept: C holds only its address
    llama.llama_log_set(llama.photon_listener, ctypes.c_void_p(0))
    llama.llama_backend_init()
    return llama


def _bindings() -> Any:
    """The bindings alone: `llama_cpp` stands in as an empty package meanwhile, so that its ``__init__`` is not run."""
    if "llama_cpp" in sys.modules:
        return import_module("llama_cpp.llama_cpp")
    spec = find_spec("llama_cpp")
    if spec is None:
        raise ModuleNotFoundError("llama_cpp")
    sys.modules["llama_cpp"] = module_from_spec(spec)
    try:
        with _short_spin():
            return import_module("llama_cpp.llama_cpp")
    finally:
        del sys.modules["llama_cpp"]


@contextmanager
def _short_spin() -> Iterator[None]:
    """Let the threads of GNU OpenMP, which reads its environment when it is loaded, wait for each other mostly asleep.

    By default they spin 300,000 times, and where another process wants the same core the one that is waited for cannot run:
    measured on two busy cores, 3 tokens a second by default and 13 with 1,000; on two idle ones 110 with either, 23 with 0.
    """
    if {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys():
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = "1000"
    try:
        yield
    finally:
        del os.environ["GOMP_SPINCOUNT"]


def _listen(level: int, text: bytes, _: object) -> None:
    if level == _ERROR:
        _complaints.lines.append(text.decode("utf-8", "replace"))


@contextmanager
def complaints() -> Iterator[list[str]]:
    """The error lines that llama.cpp logs on this thread within the block, the first the most specific; without its
    function names."""
    _complaints.lines.clear()
    found: list[str] = []
    try:
        yield found
    finally:
        found += [_FUNCTION_NAMES.sub("", line).strip() for line in _complaints.lines]
        _complaints.lines.clear()


@contextmanager
def stderr_aside() -> Iterator[list[str]]:
    """What is written to file descriptor 2 within the block: llama.cpp's grammar parser writes there past its own log.

    What others wrote meanwhile cannot be told apart, so the caller decides whether to let it through.
    """
    said: list[str] = []
    try:
        kept = os.dup(2)
    except OSError:  # stderr is closed
        yield said
        return
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            aside.seek(0)
            said.append(aside.read().decode("utf-8", "replace"))


def let_through(text: str) -> None:
    """Write to file descriptor 2 what was held aside."""
    if text:
        with suppress(OSError):
            os.write(2, text.encode("utf-8", "replace"))
