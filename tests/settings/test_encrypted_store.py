import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import keyring
import pytest
from keyring.backends import fail
from memory_keyring import MemoryKeyring

from photon.errors import CredentialsError, Fault, PhotonError, UsageError
from photon.settings.asking import ask_with
from photon.settings.keys import sealing
from photon.settings.keys.encrypted_store import EncryptedStore, encrypted_store
from photon.settings.paths import encrypted_keys_file, files_looked_at

SECRET = "sk-proj-0123456789abcdefa1b2"
PASSWORD = "correct horse"
KNOWN = {"PHOTON_MASTER_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", (2**14, 8, 1))


@pytest.fixture(autouse=True)
def no_keyring(memory_keyring: MemoryKeyring) -> MemoryKeyring:
    """A machine without a keyring; a test that wants one puts `memory_keyring` back."""
    keyring.set_keyring(fail.Keyring())
    return memory_keyring


@pytest.fixture
def store() -> EncryptedStore:
    return encrypted_store()


class Person:
    """Somebody who types the given answers, one for each question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, question: str) -> str | None:
        self.questions.append(question)
        return self.answers.pop(0) if self.answers else None


@pytest.fixture
def person() -> Iterator[Person]:
    somebody = Person()
    ask_with(somebody)
    yield somebody
    ask_with(None)


def edit(store: EncryptedStore, statement: str) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as database:
        database.execute(statement)


class TestAFileOfKeys:
    def test_gives_back_what_was_put_there(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        store.put("other", "short", KNOWN)
        assert store.get("openai", KNOWN) == SECRET
        assert store.get("other", KNOWN) == "short"
        assert store.get("third", KNOWN) is None

    def test_is_not_made_by_looking(self, store: EncryptedStore) -> None:
        assert store.names() == {}
        assert store.get("openai", KNOWN) is None
        store.remove("openai")
        assert not store.path.exists()
        assert not store.path.parent.exists()

    def test_tells_names_and_masked_keys_without_the_password(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        store.put("other", "short", KNOWN)
        assert store.names() == {"openai": "sk-…a1b2", "other": "…"}

    def test_has_no_secret_in_it(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        data = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
        assert b"0123456789" not in data
        assert PASSWORD.encode() not in data

    def test_keeps_the_last_key_by_a_name(self, store: EncryptedStore) -> None:
        store.put("openai", "first-key", KNOWN)
        store.put("openai", SECRET, KNOWN)
        assert store.get("openai", KNOWN) == SECRET

    def test_forgets_a_removed_key_and_with_the_last_one_the_password(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        store.put("other", SECRET, KNOWN)
        store.remove("openai")
        with pytest.raises(CredentialsError):
            store.put("openai", SECRET, {"PHOTON_MASTER_PASSWORD": "another password"})
        store.remove("other")
        assert store.names() == {}
        store.put("openai", SECRET, {"PHOTON_MASTER_PASSWORD": "another password"})
        assert store.names() == {"openai": "sk-…a1b2"}

    def test_overwrites_what_was_removed(self, store: EncryptedStore) -> None:
        store.put("a-name-to-look-for", SECRET, KNOWN)
        store.remove("a-name-to-look-for")
        assert b"a-name-to-look-for" not in store.path.read_bytes()

    def test_is_a_witness_of_replayed_answers(self) -> None:
        assert encrypted_keys_file() in files_looked_at()


class TestTheMasterPassword:
    def test_that_is_wrong_is_one_line(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        with pytest.raises(CredentialsError) as caught:
            store.get("openai", {"PHOTON_MASTER_PASSWORD": "wrong horse"})
        assert caught.value.message == "PHOTON_MASTER_PASSWORD is not the master password of the encrypted keys"
        assert caught.value.fault is Fault.NO_KEY

    def test_that_nobody_knows_is_one_line(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        with pytest.raises(CredentialsError) as caught:
            store.get("openai", {})
        assert caught.value.message == "the encrypted keys need their master password"
        assert caught.value.hint == "set PHOTON_MASTER_PASSWORD, or run it in a terminal"

    def test_is_asked_for_twice_when_it_is_chosen(self, store: EncryptedStore, person: Person) -> None:
        person.answers = [PASSWORD, PASSWORD]
        store.put("openai", SECRET, {})
        assert store.get("openai", KNOWN) == SECRET
        assert len(person.questions) == 2

    def test_that_was_typed_in_two_ways_stores_nothing(self, store: EncryptedStore, person: Person) -> None:
        person.answers = [PASSWORD, "correct house"]
        with pytest.raises(UsageError, match="the two passwords differ"):
            store.put("openai", SECRET, {})
        assert not store.path.exists()

    @pytest.mark.parametrize("environ", [{}, {"PHOTON_MASTER_PASSWORD": "1234567"}])
    def test_that_is_short_is_refused(self, store: EncryptedStore, person: Person, environ: dict[str, str]) -> None:
        person.answers = ["1234567", "1234567"]
        with pytest.raises(UsageError, match="at least 8 characters"):
            store.put("openai", SECRET, environ)

    def test_may_be_mistyped_twice(self, store: EncryptedStore, person: Person) -> None:
        store.put("openai", SECRET, KNOWN)
        person.answers = ["wrong", "wrong again", PASSWORD]
        assert store.get("openai", {}) == SECRET

    def test_may_not_be_mistyped_three_times(self, store: EncryptedStore, person: Person) -> None:
        store.put("openai", SECRET, KNOWN)
        person.answers = ["wrong", "wrong again", "wrong still", PASSWORD]
        with pytest.raises(CredentialsError, match="that is not the master password"):
            store.get("openai", {})

    def test_is_not_asked_for_where_the_variable_is_set(self, store: EncryptedStore, person: Person) -> None:
        store.put("openai", SECRET, KNOWN)
        person.answers = [PASSWORD]
        with pytest.raises(CredentialsError):
            store.get("openai", {"PHOTON_MASTER_PASSWORD": "wrong horse"})
        assert person.questions == []

    def test_that_was_typed_is_kept_in_the_keyring_where_no_key_can_stand(
        self, store: EncryptedStore, person: Person, memory_keyring: MemoryKeyring
    ) -> None:
        keyring.set_keyring(memory_keyring)
        person.answers = [PASSWORD, PASSWORD]
        store.put("openai", SECRET, {})
        assert memory_keyring.passwords == {("photon", "master password"): PASSWORD}
        ask_with(None)
        assert store.get("openai", {}) == SECRET

    def test_of_the_variable_is_not_kept(self, store: EncryptedStore, memory_keyring: MemoryKeyring) -> None:
        keyring.set_keyring(memory_keyring)
        store.put("openai", SECRET, KNOWN)
        assert memory_keyring.passwords == {}

    def test_in_the_keyring_that_is_old_leads_to_a_question(
        self, store: EncryptedStore, person: Person, memory_keyring: MemoryKeyring
    ) -> None:
        keyring.set_keyring(memory_keyring)
        memory_keyring.passwords["photon", "master password"] = "an old one"
        store.put("openai", SECRET, KNOWN)
        person.answers = [PASSWORD]
        assert store.get("openai", {}) == SECRET
        assert memory_keyring.passwords["photon", "master password"] == PASSWORD

    def test_can_be_changed(self, store: EncryptedStore, person: Person) -> None:
        store.put("openai", SECRET, KNOWN)
        store.put("other", "another-key", KNOWN)
        person.answers = ["battery staple", "battery staple"]
        store.change_password(KNOWN)
        new = {"PHOTON_MASTER_PASSWORD": "battery staple"}
        assert [store.get(name, new) for name in store.names()] == [SECRET, "another-key"]
        with pytest.raises(CredentialsError):
            store.get("openai", KNOWN)

    def test_cannot_be_changed_where_there_is_none(self, store: EncryptedStore) -> None:
        with pytest.raises(CredentialsError, match="there are no encrypted keys"):
            store.change_password(KNOWN)


class TestTheFile:
    def test_is_its_owners_alone_whatever_the_umask(self, store: EncryptedStore) -> None:
        before = os.umask(0)
        try:
            store.put("openai", SECRET, KNOWN)
        finally:
            os.umask(before)
        assert store.path.stat().st_mode & 0o777 == 0o600
        assert store.path.parent.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o601])
    def test_that_others_have_access_to_is_refused_until_it_is_mended(self, store: EncryptedStore, mode: int) -> None:
        store.put("openai", SECRET, KNOWN)
        store.path.chmod(mode)
        for use in (lambda: store.get("openai", KNOWN), store.names, lambda: store.put("x", SECRET, KNOWN)):
            with pytest.raises(CredentialsError) as caught:
                use()
            assert caught.value.hint == f"chmod 600 {store.path}"
        store.path.chmod(0o600)
        assert store.get("openai", KNOWN) == SECRET

    def test_in_a_folder_that_others_have_access_to_is_refused(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        store.path.parent.chmod(0o755)
        with pytest.raises(CredentialsError) as caught:
            store.names()
        assert caught.value.hint == f"chmod 700 {store.path.parent}"

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    def test_of_somebody_else_is_refused(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        os.chown(store.path, 12345, 12345)
        with pytest.raises(CredentialsError, match="belongs to another user"):
            store.get("openai", KNOWN)

    @pytest.mark.parametrize("damage", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
    def test_that_is_damaged_is_told_and_left_alone(self, store: EncryptedStore, damage: bytes) -> None:
        store.put("openai", SECRET, KNOWN)
        store.path.write_bytes(damage)
        with pytest.raises(CredentialsError, match="is damaged") as caught:
            store.get("openai", KNOWN)
        assert caught.value.hint.startswith(f"rm {store.path}")
        assert store.path.read_bytes() == damage

    def test_of_a_newer_photon_is_told(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        edit(store, "PRAGMA user_version = 9")
        with pytest.raises(CredentialsError, match="was written by a newer version"):
            store.names()

    def test_whose_rows_were_exchanged_is_told(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        store.put("other", "another-key", KNOWN)
        other = "SELECT nonce, ciphertext FROM keys WHERE name = 'other'"
        edit(store, f"UPDATE keys SET (nonce, ciphertext) = ({other}) WHERE name = 'openai'")
        with pytest.raises(CredentialsError, match="has another key in the place of openai"):
            store.get("openai", KNOWN)
        assert store.get("other", KNOWN) == "another-key"

    def test_that_names_a_mad_cost_is_refused_before_memory_is_taken(self, store: EncryptedStore) -> None:
        store.put("openai", SECRET, KNOWN)
        edit(store, "UPDATE kdf SET n = 1073741824")
        with pytest.raises(CredentialsError, match="a cost that Photon never chose"):
            store.get("openai", KNOWN)

    def test_that_cannot_be_made_is_told(self, store: EncryptedStore) -> None:
        store.path.parent.parent.mkdir(parents=True)
        store.path.parent.write_text("no folder")
        with pytest.raises(PhotonError, match="cannot write"):
            store.put("openai", SECRET, KNOWN)

    def test_that_another_process_writes_to_is_waited_for(self, store: EncryptedStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("photon.settings.keys.encrypted_store._PATIENCE", 0.05)
        store.put("openai", SECRET, KNOWN)
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(CredentialsError, match="is held by another process"):
                store.put("x", SECRET, KNOWN)


PUTTING = """
import sys
from photon.settings.keys import sealing
sealing.COST = (2**14, 8, 1)
from photon.settings.keys.encrypted_store import encrypted_store
for name in sys.argv[1:]:
    encrypted_store().put(name, "key-of-" + name)
    print(name, flush=True)
"""


def putting(*names: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PUTTING, *names], env={**os.environ, **KNOWN}, stdout=subprocess.PIPE, text=True
    )


def test_many_processes_that_begin_the_file_at_once_lose_no_key(store: EncryptedStore) -> None:
    running = [putting(f"a{n}", f"b{n}") for n in range(6)]
    assert [process.wait(60) for process in running] == [0] * 6
    assert {name: store.get(name, KNOWN) for name in store.names()} == {
        f"{letter}{n}": f"key-of-{letter}{n}" for n in range(6) for letter in "ab"
    }


def test_a_process_that_is_killed_while_it_writes_leaves_every_finished_key(store: EncryptedStore) -> None:
    finished = set()
    for turn in range(5):
        process = putting(*(f"{turn}-{n}" for n in range(2000)))
        assert process.stdout is not None
        finished.add(process.stdout.readline().strip())
        time.sleep(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        finished |= set(process.stdout.read().split())
        process.wait()
        kept = store.names()
        assert finished <= set(kept)
        assert all(store.get(name, KNOWN) == f"key-of-{name}" for name in kept)
    assert len(finished) > 5
