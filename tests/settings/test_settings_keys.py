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
from photon.settings.keys import Key, KeyEntry, find_key, has_key, list_keys, masked, remove_key, store_key

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


def test_the_index_has_names_and_no_secret(memory_keyring: MemoryKeyring, index: Path) -> None:
    store_key("openai", SECRET)
    store_key("my-vllm", SECRET)
    store_key("openai", SECRET)
    assert json.loads(index.read_text()) == ["my-vllm", "openai"]


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
        KeyEntry("openai", "keyring", "sk-…a1b2"),
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
            store_key("openai", SECRET)
        assert (caught.value.message, caught.value.hint) == (complaint, "set the environment variable OPENAI_API_KEY")
        assert not index.exists()

    def test_a_key_stored_before_is_an_error_when_it_is_needed_and_a_line_when_it_is_listed(
        self, memory_keyring: MemoryKeyring
    ) -> None:
        store_key("openai", SECRET)
        keyring.set_keyring(fail.Keyring())
        assert has_key("openai")
        with pytest.raises(CredentialsError, match="this machine has no keyring"):
            find_key("openai")
        assert list_keys() == (KeyEntry("openai", "keyring", "… (the keyring cannot be read)"),)

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
        code = "from photon.settings.keys import store_key; store_key('openai', 'x' * 20)"
        environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "nowhere.Keyring"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environ)
        last = done.stderr.strip().splitlines()[-1]
        assert last == "photon.errors.CredentialsError: the keyring cannot be used: No module named 'nowhere'"


def test_has_key_imports_no_keyring(memory_keyring: MemoryKeyring) -> None:
    store_key("openai", SECRET)
    code = "import sys; from photon.settings.keys import has_key; print(has_key('openai'), 'keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
