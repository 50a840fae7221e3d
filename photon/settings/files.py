"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from photon.errors import PhotonError


def write_atomically(path: Path, content: str | bytes, *, mode: int = 0o666) -> None:
    """Write `content` (text as UTF-8) to `path`, by a temporary name in the same folder, fsync and rename.

    A symbolic link stays a link and its target is replaced; an existing file keeps its permissions, a new one gets
    `mode` less the umask. What is not a regular file (/dev/stdout, a named pipe) is written to directly, for a rename
    would destroy it. Missing folders are not created. Raises PhotonError when the file cannot be written; then nothing
    has changed.
    """
    data = content.encode() if isinstance(content, str) else content
    with written_atomically(path, mode=mode) as file:
        file.write(data)


@contextmanager
def written_atomically(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write to, which becomes `path` at the end of the block as `write_atomically` has it; not where that raises."""
    try:
        direct = path.exists() and not path.is_file() and not path.is_dir()
        with path.open("wb") if direct else _replacement(Path(os.path.realpath(path)), mode) as file:
            yield file
    except OSError as error:
        hint = f"mkdir -p {path.parent}" if isinstance(error, FileNotFoundError) else ""
        raise PhotonError(f"cannot write {path}: {error.strerror or error}", hint=hint) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are missing. Raises PhotonError when that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PhotonError(f"cannot make the folder {path}: {error.strerror or error}") from error


@contextmanager
def _replacement(target: Path, mode: int) -> Iterator[BinaryIO]:
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}")
    binary = getattr(os, "O_BINARY", 0)  # on Windows a descriptor translates line ends without it
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, mode), "wb") as file:  # noqa: PTH123 - a descriptor has no path
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
