"""A proved change of one file: its new text, the diff, and how it is written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photon.errors import InvalidSpec, PhotonError
from photon.openapi.source.source import MAX_BYTES, Source
from photon.openapi.splice.difference import unified_diff
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.proof import prove
from photon.settings.file_lock import locked
from photon.settings.files import make_folder, write_atomically
from photon.settings.paths import data_dir, name_in_repository

_BOM = "\ufeff"
_LOCKS = 64
"""Files to lock, among which all documents are shared out: two that meet wait for each other and lose nothing by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The text of a file after `edits`, of which is proved that it means what was wanted.

    text: without the byte order mark. others: changes of other files that belong to it.
    """

    source: Source
    text: str = field(repr=False)
    edits: tuple[Edit, ...] = ()
    others: tuple[Change, ...] = ()

    @property
    def data(self) -> bytes:
        """The bytes of the file after the change."""
        return (_BOM + self.text if self.source.bom else self.text).encode()

    def diff(self, context: int = 3, *, cut: bool = False) -> list[str]:
        """The lines of a unified diff with git's headers, each without its LF (a CR before it stays) and without colour.

        This is the user's text, unfiltered, byte order mark included: git and patch apply it to the file as it was read.
        cut: very long lines (minified JSON) are cut down to what changes, for people; nothing applies that.
        """
        bom = _BOM if self.source.bom else ""
        edits = [Edit(edit.start + len(bom), edit.end + len(bom), edit.text) for edit in self.edits]
        lines = unified_diff(bom + self.source.text, edits, _name(self.source.path), context, cut=cut)
        return [*lines, *(line for other in self.others for line in other.diff(context, cut=cut))]


def _name(path: Path | None) -> str:
    """How the file is called in a diff: from its repository's root or the working folder; else by its bare name."""
    return "<stdin>" if path is None else name_in_repository(path) or path.name


def changed(source: Source, edits: Sequence[Edit], expected: Any) -> Change:
    """The change that `edits` make, proved: the new text is read again, and its value is `expected`.

    expected: the whole document's value (`photon.openapi.splice.expected` makes it). Every byte outside of the edits stays by
    construction. Raises InvalidSpec where the new text cannot be read or means anything else.
    """
    try:
        text = edited(source.text, edits)
    except ValueError:
        raise InvalidSpec(f"{source.name} cannot be changed in two ways at one place") from None
    if len(text) > MAX_BYTES:
        raise InvalidSpec(f"{source.name} would be larger than {MAX_BYTES // 2**20} MiB")
    prove(source, tuple(edits), text, expected)
    return Change(source, text, tuple(edits))


def write_change(change: Change) -> None:
    """Put the new text into the file, whole or not at all; mode and symbolic links stay. Other files of the change first.

    A new file takes the old one's place, so another hard link to it keeps the old text. Of two processes that change one file
    at the same time the second finds it changed. Raises InvalidSpec where a file is not as it was read (changed or removed
    meanwhile) or came through stdin, PhotonError where it cannot be written.
    """
    changes = [*change.others, change]
    with _alone(each.source.path for each in changes if each.source.path):
        for each in changes:
            _still_there(each.source)
        for each in changes:
            if each.edits and each.source.path:
                write_atomically(each.source.path, each.data)


@contextmanager
def _alone(paths: Iterable[Path]) -> Iterator[None]:
    """No other process of this user's writes these files through Photon meanwhile. The locks lie among Photon's own files;
    where there can be none (a home that is read-only) it goes without."""
    digests = (hashlib.sha256(os.fsencode(os.path.realpath(path))).digest() for path in paths)
    names = sorted({f"{digest[0] % _LOCKS:02}.lock" for digest in digests})  # in one order, or two could wait for each other
    folder = data_dir() / "locks"
    with ExitStack() as held:
        if _can_lock(folder, names):
            for name in names:
                held.enter_context(locked(folder / name))
        yield


def _can_lock(folder: Path, names: Sequence[str]) -> bool:
    try:
        make_folder(folder)
        for name in names:
            (folder / name).open("ab").close()
    except (OSError, PhotonError):
        return False
    return True


def _still_there(source: Source) -> None:
    path = source.path
    if path is None:
        raise InvalidSpec("what comes through stdin cannot be written back", hint="name the file, or use --diff")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InvalidSpec(f"{path} was removed meanwhile, nothing is written", hint="run the command again") from None
    except OSError as error:
        raise InvalidSpec(f"cannot read {path} again: {error.strerror or error}, nothing is written") from error
    if hashlib.sha256(data).hexdigest() != source.digest:
        raise InvalidSpec(f"{path} was changed meanwhile, nothing is written", hint="run the command again")
