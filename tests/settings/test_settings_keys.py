import json
import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked
from memory_keyring import MemoryKeyring

from photon.errors import CredentialsError, UsageError
from photon.settings import keys
from photon.settings.keys import Key, KeyEntry, find_key, has_key, key_source, list_keys, masked, remove_key, store_key
from photon.settings.redaction import redacted

SECRET = "sk-proj-0123456789abcdefa1b2"


@pytest.fixture
def index(isolated: Path) -> Path:
    return isolated.parent / "config" / "keys.json"


class Trouble(MemoryKeyring):
    """A backend that fails as the given exception does."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


def test_a_stored_key_is_found_again_under_any_case(memory_keyring: MemoryKeyring) -> None:
    store_key("OpenAI", f" {SECRET}\r\n")
    assert memory_keyring.passwords == {("photon", "openai"): SECRET}
    assert find_key("openai") == Key("openai", SECRET, "keyring")
    assert has_key("OPENAI")


def test_the_environment_wins_over_the_keyring(memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    store_key("openai", SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment\n")
    assert find_key("openai") == Key("openai", "from-the-environment", "environment OPENAI_API_KEY")


@pytest.mark.parametrize(("name", "variable"), [("my-vllm", "MY_VLLM_API_KEY"), ("x2", "X2_API_KEY")])
def test_the_variable_of_a_key_is_its_name_in_capitals(name: str, variable: str) -> None:
    found = find_key(name, {variable: SECRET})
    assert found is not None
    assert found.source == f"environment {variable}"
    assert has_key(name, {variable: SECRET})


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_variable_counts_as_not_set(blank: str) -> None:
    assert find_key("openai", {"OPENAI_API_KEY": blank}) is None
    assert not has_key("openai", {"OPENAI_API_KEY": blank})


@pytest.mark.parametrize(
    "secret", ["two\nlines-of-a-key", "null\0byte-in-a-key", "schlüssel-of-a-door", "two words", "x" * 5000]
)
def test_what_cannot_be_sent_is_refused_without_repeating_it(memory_keyring: MemoryKeyring, secret: str, index: Path) -> None:
    with pytest.raises(UsageError) as stored:
        store_key("openai", secret)
    with pytest.raises(CredentialsError) as found:
        find_key("openai", {"OPENAI_API_KEY": secret})
    assert secret not in stored.value.message + found.value.message
    assert "OPENAI_API_KEY" in found.value.message
    assert not index.exists()


@pytest.mark.parametrize("secret", ["", " \n"])
def test_a_blank_key_is_not_stored(memory_keyring: MemoryKeyring, secret: str) -> None:
    with pytest.raises(UsageError, match="the key is empty"):
        store_key("openai", secret)


@pytest.mark.parametrize("name", ["", "a b", "../x", "a.b", "x" * 33, "ä"])
def test_a_name_that_cannot_be_one_is_refused(memory_keyring: MemoryKeyring, name: str) -> None:
    with pytest.raises(UsageError, match="a key's name"):
        store_key(name, SECRET)


def test_the_index_has_names_and_masked_keys_and_no_secret(memory_keyring: MemoryKeyring, index: Path) -> None:
    store_key("openai", SECRET)
    store_key("my-vllm", "short")
    store_key("openai", SECRET)
    assert json.loads(index.read_text()) == {"my-vllm": "…", "openai": "sk-…a1b2"}


def test_an_index_of_names_alone_is_understood(memory_keyring: MemoryKeyring, index: Path) -> None:
    memory_keyring.passwords["photon", "openai"] = SECRET
    index.parent.mkdir()
    index.write_text('["openai"]')
    assert find_key("openai") == Key("openai", SECRET, "keyring")
    assert list_keys() == (KeyEntry("openai", "keyring", "…"),)


def test_no_name_is_lost_when_many_processes_store_keys_at_once(index: Path, tmp_path: Path) -> None:
    code = "import sys; from photon.settings.keys import store_key; store_key(sys.argv[1], 'x' * 20, store='keyring')"
    environ = {
        **os.environ,
        "PYTHON_KEYRING_BACKEND": "file_keyring.Keyring",
        "PYTHONPATH": str(Path(__file__).parent.parent / "cli"),
    }
    running = [
        subprocess.Popen([sys.executable, "-c", code, f"key-{n}"], env={**environ, "FILE_KEYRING": str(tmp_path / f"{n}.json")})
        for n in range(8)
    ]
    assert [process.wait(60) for process in running] == [0] * 8
    assert sorted(json.loads(index.read_text())) == [f"key-{n}" for n in range(8)]


@pytest.mark.parametrize("damage", [b"{", b"\xff\xff", b'{"a": 1}', b"3", b"[" * 100_000])
def test_a_damaged_index_counts_as_empty_and_is_written_anew(memory_keyring: MemoryKeyring, index: Path, damage: bytes) -> None:
    index.parent.mkdir()
    index.write_bytes(damage)
    assert not has_key("openai")
    store_key("openai", SECRET)
    assert has_key("openai")


def test_a_removed_key_is_gone(memory_keyring: MemoryKeyring) -> None:
    store_key("openai", SECRET)
    remove_key("OpenAI")
    assert memory_keyring.passwords == {}
    assert find_key("openai") is None
    assert not has_key("openai")


def test_a_key_that_somebody_else_took_from_the_keyring_can_still_be_removed(memory_keyring: MemoryKeyring) -> None:
    store_key("openai", SECRET)
    memory_keyring.passwords.clear()
    assert find_key("openai") is None
    remove_key("openai")
    assert not has_key("openai")


def test_a_key_that_is_not_stored_cannot_be_removed() -> None:
    with pytest.raises(UsageError, match="no key 'openai' is stored") as caught:
        remove_key("openai", {"OPENAI_API_KEY": SECRET, **os.environ})
    assert caught.value.hint == "unset OPENAI_API_KEY"


def test_keys_are_listed_masked_the_one_that_is_used_first(
    memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_key("openai", SECRET)
    store_key("elsewhere", "0123456789abcdef")
    monkeypatch.setenv("OPENAI_API_KEY", "0123456789abcdefghij9999")
    monkeypatch.setenv("STRIPE_API_KEY", SECRET)
    assert list_keys() == (
        KeyEntry("elsewhere", "keyring", "…"),
        KeyEntry("openai", "environment OPENAI_API_KEY", "…9999"),
        KeyEntry("openai", "keyring", "sk-…a1b2", used=False),
    )
    monkeypatch.delenv("OPENAI_API_KEY")
    assert [entry.name for entry in list_keys(["stripe"])] == ["elsewhere", "openai", "stripe"]


@pytest.mark.parametrize(
    ("secret", "shown"),
    [(SECRET, "sk-…a1b2"), ("0123456789abcdefghij", "…ghij"), ("0123456789abcdefghi", "…"), ("short", "…"), ("", "…")],
)
def test_a_mask_shows_the_last_four_of_a_long_key_and_nothing_of_a_short_one(secret: str, shown: str) -> None:
    assert masked(secret) == shown


def test_a_key_hides_its_secret_in_its_repr() -> None:
    key = Key("openai", SECRET, "keyring")
    assert "0123" not in f"{key!r} {key} {[key]}"


class TestWithoutAUsableKeyring:
    @pytest.mark.parametrize(
        ("backend", "complaint"),
        [
            (fail.Keyring(), "this machine has no keyring"),
            (null.Keyring(), "the keyring of this machine does not keep keys"),
            (Trouble(KeyringLocked("it is locked\nsecond line")), "the keyring cannot be used: it is locked"),
            (Trouble(InitError("no D-Bus")), "the keyring cannot be used: no D-Bus"),
            (Trouble(OSError(2, "no socket")), "the keyring cannot be used: [Errno 2] no socket"),
            (Trouble(RuntimeError()), "the keyring cannot be used: RuntimeError"),
            (Trouble(ValueError(f"bad value {SECRET}")), "the keyring cannot be used: bad value …"),
        ],
    )
    def test_storing_says_which_variable_to_set(
        self, memory_keyring: object, backend: object, complaint: str, index: Path
    ) -> None:
        keyring.set_keyring(backend)  # type: ignore[arg-type]
        with pytest.raises(CredentialsError) as caught:
            store_key("openai", SECRET, store="keyring")
        assert (caught.value.message, caught.value.hint) == (complaint, "set the environment variable OPENAI_API_KEY")
        with pytest.raises(CredentialsError) as anywhere:
            store_key("openai", SECRET)
        assert anywhere.value.message == f"{complaint}, and the encrypted keys need their master password"
        assert "set PHOTON_MASTER_PASSWORD" in anywhere.value.hint
        assert "set OPENAI_API_KEY" in anywhere.value.hint
        assert not index.exists()
        assert not has_key("openai")

    def test_a_key_stored_before_is_an_error_when_it_is_needed_and_still_listed(self, memory_keyring: MemoryKeyring) -> None:
        store_key("openai", SECRET)
        keys.lookup._fetched.clear()
        keyring.set_keyring(fail.Keyring())
        assert has_key("openai")
        with pytest.raises(CredentialsError, match="this machine has no keyring"):
            find_key("openai")
        assert list_keys() == (KeyEntry("openai", "keyring", "sk-…a1b2"),)

    def test_a_key_stored_before_can_be_forgotten_where_there_is_no_keyring_any_more(
        self, memory_keyring: MemoryKeyring
    ) -> None:
        store_key("openai", SECRET)
        keyring.set_keyring(fail.Keyring())
        remove_key("openai")
        assert not has_key("openai")

    def test_a_key_that_was_never_stored_is_just_not_there(self, memory_keyring: object) -> None:
        keyring.set_keyring(fail.Keyring())
        assert find_key("openai") is None
        assert list_keys() == ()

    def test_a_backend_that_does_not_exist_is_told_in_one_line(self) -> None:
        code = "from photon.settings.keys import store_key; store_key('openai', 'x' * 20, store='keyring')"
        environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "nowhere.Keyring"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environ)
        last = done.stderr.strip().splitlines()[-1]
        assert last == "photon.errors.CredentialsError: the keyring cannot be used: No module named 'nowhere'"


def test_has_key_and_the_list_import_no_keyring_and_nothing_that_encrypts(memory_keyring: MemoryKeyring) -> None:
    store_key("openai", SECRET)
    code = (
        "import sys; from photon.settings.keys import has_key, list_keys; "
        "print(has_key('openai'), len(list_keys()), {'keyring', 'cryptography', 'sqlite3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True 1 set()\n"


def test_a_key_is_fetched_once_in_the_life_of_a_process(memory_keyring: MemoryKeyring) -> None:
    store_key("openai", SECRET)
    first = find_key("openai")
    memory_keyring.passwords.clear()
    assert find_key("openai") == first
    remove_key("openai")
    assert find_key("openai") is None


def test_what_was_found_or_stored_is_masked_from_then_on(memory_keyring: MemoryKeyring) -> None:
    find_key("some", {"SOME_API_KEY": "0f9c2e81-found-in-the-environment"})
    store_key("other", "0f9c2e82-stored")
    assert redacted("0f9c2e81-found-in-the-environment 0f9c2e82-stored") == "[key] [key]"


class TestTheOrder:
    @pytest.fixture(autouse=True)
    def everywhere(self, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
        """A key by the same name in each place."""
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
        store_key("some", "in-the-encrypted-store", store="encrypted")
        store_key("some", "in-the-keyring")
        monkeypatch.setenv("SOME_API_KEY", "in-the-environment")

    def test_is_environment_command_keyring_encrypted_store(self, monkeypatch: pytest.MonkeyPatch) -> None:
        command = f"{sys.executable} -c 'print(\"in-a-command\")'"
        found = [find_key("some", command=command)]
        monkeypatch.delenv("SOME_API_KEY")
        found.append(find_key("some", command=command))
        found.append(find_key("some"))
        assert remove_key("some", store="keyring") == ("keyring",)
        found.append(find_key("some"))
        program = Path(sys.executable).name
        assert [(key.secret, key.source) for key in found if key] == [
            ("in-the-environment", "environment SOME_API_KEY"),
            ("in-a-command", f"command {program}"),
            ("in-the-keyring", "keyring"),
            ("in-the-encrypted-store", "encrypted store"),
        ]
        assert [key.stored for key in found if key] == [False, False, True, True]

    def test_is_the_order_of_the_list_and_of_the_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entries = list_keys(["some"], commands={"some": "pass show x"})
        assert [(entry.source, entry.used) for entry in entries] == [
            ("environment SOME_API_KEY", True),
            ("command pass", False),
            ("keyring", False),
            ("encrypted store", False),
        ]
        assert key_source("some", command="pass show x") == "environment SOME_API_KEY"
        monkeypatch.delenv("SOME_API_KEY")
        assert key_source("some", command="pass show x") == "command pass"
        assert key_source("some") == "keyring"
        remove_key("some", store="keyring")
        assert key_source("some") == "encrypted store"
        remove_key("some")
        assert key_source("some") == ""

    def test_gives_way_where_the_keyring_cannot_be_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SOME_API_KEY")
        keyring.set_keyring(fail.Keyring())
        assert find_key("some") == Key("some", "in-the-encrypted-store", "encrypted store")

    def test_removing_takes_it_from_every_store(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SOME_API_KEY")
        assert remove_key("some") == ("keyring", "encrypted store")
        assert not has_key("some")


def test_without_a_keyring_a_key_goes_to_the_encrypted_store(
    memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(fail.Keyring())
    monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
    assert store_key("openai", SECRET) == ("encrypted store", "this machine has no keyring")
    assert find_key("openai") == Key("openai", SECRET, "encrypted store")
