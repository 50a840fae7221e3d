"""Where a value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from photon.settings.document import Document
from photon.settings.paths import home_shortened

Source = Literal["default", "user", "project", "environment", "flag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the value of `key` comes from; ``str(origin)`` says it to people.

    name: the flag or the variable. document: the file. note: why a default stands although a lower source said otherwise.
    """

    source: Source
    key: str
    name: str = ""
    document: Document | None = None
    note: str = ""

    def __str__(self) -> str:
        if self.source == "project" and self.document:
            return self._in_file(str(self.document.path))
        words = {"user": "user config", "project": ""}.get(self.source, self.source)
        return " ".join(filter(None, (words, self.place, self.note and f"({self.note})")))

    @property
    def place(self) -> str:
        """The file and line, counted from 1, or the variable, or the flag: the beginning of an error message."""
        return self._in_file(_near(self.document.path)) if self.document else self.name

    def _in_file(self, path: str) -> str:
        line = self.document.line(self.key) if self.document else None
        return f"{path}:{line}" if line else path


def _near(path: Path) -> str:
    """A file of the working folder by its name, any other with ~ for the home folder."""
    try:
        return path.name if path.parent == Path.cwd() else home_shortened(path)
    except FileNotFoundError:  # the working folder was deleted
        return home_shortened(path)
