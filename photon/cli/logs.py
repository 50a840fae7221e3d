"""What Photon says about its own work, for looking into trouble: on stderr with ``-v`` and ``-vv``, and in a file by setting.

Both are redacted: no key stands in them. Prompts and answers are not logged either. ``-vv`` also lets the HTTP libraries
speak, on stderr only. The modules log by the names of their own; here is where it comes out.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from photon.cli.terminal import Terminal, harmless
from photon.settings.load import Loaded, load
from photon.settings.redaction import redacted
from photon.settings.schema import AI, Log

OURS: Final = "photon"

_KNOWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record has. The rest is what a module gave as ``extra``."""

_HEADER: Final = re.compile(
    r"""(b?['"](?:set-cookie|cookie|authorization|[\w-]*api-key)['"][,:] )b?(['"]).*?\2""", re.IGNORECASE
)
"""A header as the debug records of httpcore and the SDKs write one."""


def settings_for(flags: Mapping[str, object], terminal: Terminal) -> AI:
    """The settings of a command that asks a model. From here on the log goes to the file that they name, if any.

    Raises ConfigurationError, as `photon.settings.load.load` does.
    """
    loaded = load(flags=flags)
    ai = loaded.settings.ai
    if ai.log.file:
        log_to_file(ai.log, terminal.warn)
    logging.getLogger("photon.settings").info("files: %s", ", ".join(_files_of(loaded)) or "none")
    return ai


def _files_of(loaded: Loaded) -> list[str]:
    documents = (origin.document for origin in loaded.origins.values())
    return list(dict.fromkeys(str(document.path) for document in documents if document))


def log_to_stderr(terminal: Terminal, verbosity: int) -> None:
    """From here on, records go to stderr, a line each. verbosity: 1 for what happens, 2 for details and other libraries'."""
    handler = _Stderr(terminal)
    handler.setFormatter(LineFormat(terminal))
    _attach(handler, logging.INFO if verbosity == 1 else logging.DEBUG, to=OURS if verbosity == 1 else "")


def log_to_file(settings: Log, warn: Callable[[str], None]) -> None:
    """From here on, Photon's own records are appended to the file, a JSON object a line. It is created for its owner alone.

    There is no rotation: a line is one write to a file that is opened for appending, so lines of several processes do not
    mix, and whoever renames the file (logrotate) loses none. A file that cannot be written is told once, and that is all.
    """
    path = Path(settings.file).expanduser()
    try:
        handler = LogFile(path, warn)
    except OSError as error:
        warn(_unwritable(path, error))
        return
    handler.setFormatter(JsonFormat())
    _attach(handler, logging.DEBUG if settings.level == "debug" else logging.INFO, to=OURS)


def _attach(handler: logging.Handler, level: int, *, to: str) -> None:
    """Let `handler` hear the logger `to` (the root for ""), in place of an older one of its kind."""
    for logger in (logging.getLogger(), logging.getLogger(OURS)):
        for old in [each for each in logger.handlers if type(each) is type(handler)]:
            logger.removeHandler(old)
            old.close()
    handler.setLevel(level)
    for name in {to, OURS}:
        logger = logging.getLogger(name)
        logger.setLevel(min(level, logger.level or level))
    logging.getLogger(to).addHandler(handler)


class _Stderr(logging.Handler):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        self._terminal.say(self.format(record) + "\n")


class LogFile(logging.Handler):
    """The file at `path`, for appending. Raises OSError where it cannot be opened."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        # Without O_NONBLOCK, opening a named pipe waits for somebody to read from it
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        super().__init__()
        self._path, self._warn = path, warn

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line, with one write."""
        try:
            os.write(self._file, (self.format(record) + "\n").encode("utf-8", "replace"))
        except OSError as error:
            logging.getLogger(OURS).removeHandler(self)
            self._warn(_unwritable(self._path, error))

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)
        super().close()


class LineFormat(logging.Formatter):
    """``10:24:06.123 info  routing.retry: ...``, dimmed where there is colour."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._dim = terminal.err_colour

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the record holds."""
        moment = datetime.fromtimestamp(record.created).isoformat(timespec="milliseconds")[11:]
        said = " ⏎ ".join(harmless(part).strip() for part in _said(record).splitlines())
        line = f"{moment} {record.levelname.lower():5} {record.name.removeprefix('photon.')}: {said}"
        return f"\x1b[2m{line}\x1b[0m" if self._dim else line


class JsonFormat(logging.Formatter):
    """``{"ts": "2026-03-01T10:24:06.123Z", "level": "info", "logger": "routing.retry", "message": ..., "pid": ...}`` and what
    the record has beside; times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        from photon.sketch.text import escaped

        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {
            "ts": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name.removeprefix("photon."),
            "message": _said(record),
            "pid": record.process,
            **{name: _plain(value) for name, value in record.__dict__.items() if name not in _KNOWN},
        }
        return escaped(json.dumps(facts, ensure_ascii=False))


def _said(record: logging.LogRecord) -> str:
    """The message, with the traceback if there is one, without secrets."""
    text = record.getMessage()
    if record.exc_info:
        text += "\n" + logging.Formatter().formatException(record.exc_info)
    return _HEADER.sub(r"\1'[hidden]'", redacted(text))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else redacted(str(value))


def _unwritable(path: Path, error: OSError) -> str:
    return (
        f"the log file {path} cannot be written ({(error.strerror or str(error)).lower()}); this run has no log (ai.log.file)"
    )
