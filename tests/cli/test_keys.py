import json
import sys
from pathlib import Path

import pexpect
import pytest
from typer.testing import CliRunner, Result

from photon.cli.keys import keys_app
from photon.errors import CredentialsError, PhotonError, UsageError

SECRET = "sk-proj-0123456789abcdefa1b2"


@pytest.fixture(autouse=True)
def passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a keyring of this test's own."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "file_keyring.Keyring")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("FILE_KEYRING", str(tmp_path / "passwords.json"))
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "passwords.json"


def keys(*arguments: str, given: str | bytes = "") -> Result:
    return CliRunner().invoke(keys_app, arguments, input=given)


def test_a_key_from_a_pipe_is_stored_without_its_newline_and_never_printed(passwords: Path) -> None:
    done = keys("set", "openai", given=f"{SECRET}\r\n")
    assert json.loads(passwords.read_text()) == {"photon/openai": SECRET}
    assert (done.stdout, done.stderr) == ("", "stored the key openai in the keyring\n")


def test_a_key_from_the_keyboard_is_asked_for_without_echo(passwords: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-c", "from photon.cli.keys import keys_app; keys_app()", "set", "openai"],
        timeout=20,
        encoding="utf-8",
    )
    child.expect("key for openai: ")
    child.sendline(SECRET)
    child.expect(pexpect.EOF)
    assert "0123456789" not in child.before
    assert "stored the key openai in the keyring" in child.before
    assert json.loads(passwords.read_text()) == {"photon/openai": SECRET}


def test_a_key_is_no_argument_and_no_option() -> None:
    assert keys("set", "openai", SECRET).exit_code == 2
    assert keys("set", "openai", "--key", SECRET).exit_code == 2


@pytest.mark.parametrize("given", ["", "\n", "two\nlines\n", "x" * 100_000, b"\xff\xfe"])
def test_what_is_no_key_is_refused(given: str | bytes, passwords: Path) -> None:
    assert isinstance(keys("set", "openai", given=given).exception, UsageError)
    assert not passwords.exists()


def test_a_name_that_cannot_be_one_is_refused_before_the_key_is_asked_for() -> None:
    assert isinstance(keys("set", "../openai", given=SECRET).exception, UsageError)


def test_a_key_that_no_provider_sends_is_stored_with_a_question() -> None:
    assert "photon: no provider sends the key opnai; did you mean openai?" in keys("set", "opnai", given=SECRET).stderr


def test_a_key_of_a_provider_in_the_settings_is_stored_without_one(tmp_path: Path) -> None:
    (tmp_path / "photon.toml").write_text('[ai.providers.gpu]\nurl = "http://gpu/v1"\n')
    assert keys("set", "gpu", given=SECRET).stderr == "stored the key gpu in the keyring\n"


def test_a_broken_settings_file_keeps_nobody_from_storing_a_key(tmp_path: Path, passwords: Path) -> None:
    (tmp_path / "photon.toml").write_text("[ai")
    assert keys("set", "openai", given=SECRET).exit_code == 0
    assert passwords.exists()


def test_keys_are_listed_masked_with_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    keys("set", "openai", given=SECRET)
    monkeypatch.setenv("OLLAMA_API_KEY", "0123456789abcdefghij")
    assert keys("list").stdout == "name\tkey\tfrom\nollama\t…ghij\tenvironment OLLAMA_API_KEY\nopenai\tsk-…a1b2\tkeyring\n"
    assert json.loads(keys("list", "--json").stdout)[1] == {"name": "openai", "masked": "sk-…a1b2", "origin": "keyring"}


def test_without_any_key_the_list_says_how_to_store_one() -> None:
    done = keys("list")
    assert (done.stdout, done.stderr) == ("", "no keys; photon ai keys set openai stores one\n")
    assert keys("list", "--json").stdout == "[]\n"


def test_a_removed_key_is_gone_and_one_in_the_environment_is_mentioned(
    passwords: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys("set", "openai", given=SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert keys("rm", "openai").stderr.splitlines() == [
        "removed the key openai from the keyring",
        "photon: OPENAI_API_KEY is still set in the environment",
    ]
    assert json.loads(passwords.read_text()) == {}


def test_removing_what_is_not_there_is_a_usage_error() -> None:
    assert isinstance(keys("rm", "openai").exception, UsageError)


def test_without_a_keyring_the_error_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    error = keys("set", "openai", given=SECRET).exception
    assert isinstance(error, CredentialsError)
    assert (error.message, error.hint) == ("this machine has no keyring", "set the environment variable OPENAI_API_KEY")


def test_no_error_repeats_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    error = keys("set", "openai", given=f"{SECRET}\nx").exception
    assert isinstance(error, PhotonError)
    assert "0123456789" not in error.message + error.hint


@pytest.mark.parametrize("command", ["set", "list", "rm"])
def test_every_help_page_has_an_example(command: str) -> None:
    assert f"photon ai keys {command}" in keys(command, "--help").stdout
