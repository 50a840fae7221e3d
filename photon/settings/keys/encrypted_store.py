"""Keys in an encrypted file of the user's own, for machines without a keyring: servers, containers, CI.

Names, dates and the masked key are readable without the master password, which `photon ai keys list` need not ask for. The
file is its owner's alone (0600, in a folder with 0700); one that others may read or that is somebody else's is refused, as
ssh does it. A rollback journal and full synchronisation keep it whole through a crash.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from photon.errors import CredentialsError, PhotonError
from photon.settings.keys import master_password
from photon.settings.keys.rules import masked, no_key
from photon.settings.keys.sealing import Lock, Sealed, new_lock, opened, seal, unseal
from photon.settings.paths import encrypted_keys_file

if TYPE_CHECKING:
    import sqlite3

_VERSION: Final = 1
_PATIENCE: Final = 10.0
"""Seconds to wait for another process that writes."""

_TABLES: Final = (
    "CREATE TABLE kdf (one INTEGER PRIMARY KEY CHECK (one = 1), salt BLOB NOT NULL, n INTEGER NOT NULL, r INTEGER NOT NULL, "
    "p INTEGER NOT NULL, nonce BLOB NOT NULL, verifier BLOB NOT NULL)",
    "CREATE TABLE keys (name TEXT PRIMARY KEY, nonce BLOB NOT NULL, ciphertext BLOB NOT NULL, masked TEXT NOT NULL, "
    "created REAL NOT NULL) WITHOUT ROWID",
    f"PRAGMA user_version = {_VERSION}",
)


class EncryptedStore:
    """The file at `path`, which is made when the first key is put there.

    Every method raises CredentialsError where the file cannot be used: others may read it, it is damaged, or it is locked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether there is such a file; false, too, where its folder is closed to us."""
        return os.path.exists(self.path)  # noqa: PTH110 - Path.exists raises where the folder is closed

    def names(self) -> Mapping[str, str]:
        """The keys that are there, by name, masked; asks for no password."""
        if not self.exists():
            return {}
        with self._open() as database:
            return dict(database.execute("SELECT name, masked FROM keys ORDER BY name"))

    def get(self, name: str, environ: Mapping[str, str] = os.environ) -> str | None:
        """The key by that name, None where there is none. Raises CredentialsError without the master password."""
        if not self.exists():
            return None
        with self._open() as database:
            lock = _lock_in(database)
            row = database.execute("SELECT nonce, ciphertext FROM keys WHERE name = ?", (name,)).fetchone()
        if lock is None or row is None:
            return None
        return self._unsealed(_unlock(lock, environ), name, row)

    def put(self, name: str, secret: str, environ: Mapping[str, str] = os.environ) -> None:
        """Keep a key in place of one by that name. The first one chooses the master password.

        Raises CredentialsError without a master password, UsageError for one that cannot be one.
        """
        while True:
            lock = self._lock()
            if lock:
                password, fresh, key = None, lock, _unlock(lock, environ)
            else:
                password = master_password.choose(environ)
                fresh, key = new_lock(password.text)
            self._create()
            with self._writing() as database:
                if _lock_in(database) != lock:
                    continue  # another process was faster, and the password may be another one now
                _set_lock(database, fresh)
                _insert(database, name, key, secret)
            if password:
                master_password.keep(password)
            return

    def remove(self, name: str) -> None:
        """Take a key out; that it is not there is no failure. With the last one the master password is forgotten, too."""
        if not self.exists():
            return
        with self._writing() as database:
            database.execute("DELETE FROM keys WHERE name = ?", (name,))
            database.execute("DELETE FROM kdf WHERE NOT EXISTS (SELECT 1 FROM keys)")

    def change_password(self, environ: Mapping[str, str] = os.environ) -> None:
        """Encrypt every key anew, with a new master password that is asked for.

        Raises CredentialsError where there is nothing to encrypt, or without the old password.
        """
        lock = self._lock()
        if lock is None:
            raise no_key("there are no encrypted keys", hint="photon ai keys set NAME --store encrypted")
        old = _unlock(lock, environ)
        password = master_password.choose(environ, anew=True)
        fresh, new = new_lock(password.text)
        with self._writing() as database:
            if _lock_in(database) != lock:
                raise no_key("another process changed the master password", hint="run it again")
            for name, *row in database.execute("SELECT name, nonce, ciphertext FROM keys").fetchall():
                _insert(database, name, new, self._unsealed(old, name, row))
            _set_lock(database, fresh)
        master_password.keep(password)

    def _lock(self) -> Lock | None:
        if not self.exists():
            return None
        with self._open() as database:
            return _lock_in(database)

    def _unsealed(self, key: bytes, name: str, row: Sequence[bytes]) -> str:
        secret = unseal(key, Sealed(*row), about=_about(name))
        if secret is None:
            raise self._unusable(f"has another key in the place of {name}, or a damaged one")
        return secret.decode()

    def _create(self) -> None:
        """The file and its folder, for their owner alone, where they are missing."""
        try:
            self.path.parent.parent.mkdir(parents=True, exist_ok=True)
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise PhotonError(f"cannot write {self.path}: {error.strerror or error}") from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The database, with its tables where it is new."""
        import sqlite3

        self._check_owner()
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)) as database:
                database.execute("PRAGMA secure_delete = ON")
                version = database.execute("PRAGMA user_version").fetchone()[0]
                if version > _VERSION:
                    raise self._unusable("was written by a newer version of Photon", hint="update Photon")
                if version < _VERSION and os.access(self.path, os.W_OK):
                    _create_tables(database)
                yield database
        except sqlite3.Error as error:
            raise self._sqlite_says(error) from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes into; it is undone where the block raises."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            with database:
                yield database

    def _check_owner(self) -> None:
        """Raises CredentialsError where the file or its folder is not the user's alone. Windows has other means."""
        if os.name != "posix":
            return
        for path, mode in ((self.path.parent, 0o700), (self.path, 0o600)):
            try:
                facts = path.stat()
            except OSError as error:
                raise self._unusable(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
            if facts.st_mode & 0o077:
                hint = f"chmod {mode:o} {path}"
                raise no_key(f"the encrypted keys are not used, because others have access to {path}", hint=hint)
            if facts.st_uid not in (os.geteuid(), 0):
                raise no_key(f"the encrypted keys are not used, because {path} belongs to another user", hint=f"ls -ld {path}")

    def _sqlite_says(self, error: sqlite3.Error) -> CredentialsError:
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return self._unusable("is held by another process", hint="run it again")
        if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or not code.startswith("SQLITE_"):
            return self._unusable("is damaged", hint=f"rm {self.path}, and store the keys again")
        return self._unusable(f"cannot be used: {error}", hint=f"ls -l {self.path}")

    def _unusable(self, how: str, *, hint: str = "") -> CredentialsError:
        return no_key(f"the encrypted store {self.path} {how}", hint=hint or "photon ai keys set NAME stores a key anew")


def encrypted_store(environ: Mapping[str, str] = os.environ) -> EncryptedStore:
    """The user's own."""
    return EncryptedStore(encrypted_keys_file(environ))


def _unlock(lock: Lock, environ: Mapping[str, str]) -> bytes:
    """The key that the master password makes. One that was typed is left with the keyring."""
    if not lock.is_sound():
        raise no_key("the encrypted store names a cost that Photon never chose", hint="remove it, and store the keys again")
    tried = False
    for password in master_password.candidates(environ):
        tried = True
        if key := opened(lock, password.text):
            master_password.keep(password)
            return key
    raise master_password.wrong(environ) if tried else master_password.unknown()


def _create_tables(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    with database:
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:  # else another process has just done it
            for statement in _TABLES:
                database.execute(statement)


def _lock_in(database: sqlite3.Connection) -> Lock | None:
    row = database.execute("SELECT salt, n, r, p, nonce, verifier FROM kdf").fetchone()
    if row is None:
        return None
    salt, n, r, p, nonce, verifier = row
    return Lock(salt, n, r, p, Sealed(nonce, verifier))


def _set_lock(database: sqlite3.Connection, lock: Lock) -> None:
    values = (lock.salt, lock.n, lock.r, lock.p, lock.verifier.nonce, lock.verifier.ciphertext)
    database.execute("INSERT OR REPLACE INTO kdf VALUES (1, ?, ?, ?, ?, ?, ?)", values)


def _insert(database: sqlite3.Connection, name: str, key: bytes, secret: str) -> None:
    sealed = seal(key, secret.encode(), about=_about(name))
    values = (name, sealed.nonce, sealed.ciphertext, masked(secret), time.time())
    database.execute("INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)", values)


def _about(name: str) -> str:
    return f"key {name}"
