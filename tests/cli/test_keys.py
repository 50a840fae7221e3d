import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from servers import Exchange, Server, refusal, serving, status
from typer.testing import CliRunner, Result

from photon.cli.keys import keys_app
from photon.errors import CredentialsError, PhotonError, UsageError
from photon.settings.asking import ask_with
from photon.settings.paths import encrypted_keys_file

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
    monkeypatch.setenv("OPENAI_API_KEY", "short")
    assert keys("list").stdout.splitlines() == [
        "name\tkey\tfrom\tused",
        "ollama\t…ghij\tenvironment OLLAMA_API_KEY\tyes",
        "openai\t…\tenvironment OPENAI_API_KEY\tyes",
        "openai\tsk-…a1b2\tkeyring\tno",
    ]
    last = json.loads(keys("list", "--json").stdout)[2]
    assert last == {"name": "openai", "masked": "sk-…a1b2", "origin": "keyring", "used": False}


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
        "photon: openai still has a key: environment OPENAI_API_KEY",
    ]
    assert json.loads(passwords.read_text()) == {}


def test_a_key_that_is_not_the_one_in_use_is_stored_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert (
        "it is not used, because there is another one: environment OPENAI_API_KEY" in keys("set", "openai", given=SECRET).stderr
    )


class TestWithoutAKeyring:
    @pytest.fixture(autouse=True)
    def no_keyring(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        monkeypatch.setattr("photon.settings.keys.sealing.COST", (2**14, 8, 1))

    def test_a_key_is_encrypted_and_found_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
        done = keys("set", "openai", given=SECRET)
        assert done.stderr == "stored the key openai in the encrypted store, for this machine has no keyring\n"
        assert keys("list").stdout.splitlines()[1] == "openai\tsk-…a1b2\tencrypted store\tyes"
        assert keys("export-env").stdout == f"export OPENAI_API_KEY={SECRET}\n"
        assert keys("rm", "openai").stderr == "removed the key openai from the encrypted store\n"
        assert keys("list").stdout == ""

    def test_and_a_master_password_the_error_names_both_ways_out(self) -> None:
        error = keys("set", "openai", given=SECRET).exception
        assert isinstance(error, CredentialsError)
        assert error.message == "this machine has no keyring, and the encrypted keys need their master password"
        assert "PHOTON_MASTER_PASSWORD" in error.hint
        assert "OPENAI_API_KEY" in error.hint

    def test_the_keyring_can_be_insisted_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
        error = keys("set", "openai", "--store", "keyring", given=SECRET).exception
        assert isinstance(error, CredentialsError)
        assert error.hint == "set the environment variable OPENAI_API_KEY"

    def test_the_password_is_changed_and_a_variable_with_the_old_one_mentioned(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
        keys("set", "openai", given=SECRET)
        ask_with(lambda question: "battery staple")
        done = keys("change-password")
        ask_with(None)
        assert done.stderr.splitlines() == [
            "the keys are encrypted with the new master password",
            "photon: PHOTON_MASTER_PASSWORD still has the old one",
        ]
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "battery staple")
        assert SECRET in keys("export-env").stdout

    def test_a_store_that_others_may_read_is_listed_with_its_mend(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PHOTON_MASTER_PASSWORD", "correct horse")
        keys("set", "openai", given=SECRET)
        encrypted_keys_file().chmod(0o644)
        assert f"chmod 600 {encrypted_keys_file()}" in keys("list").stdout
        error = keys("export-env", "openai").exception
        assert isinstance(error, CredentialsError)
        assert "others have access" in error.message


class TestInATerminal:
    """The real program on a pseudo-terminal."""

    def spawn(self, *arguments: str, **env: str) -> pexpect.spawn:
        return pexpect.spawn(
            sys.executable, ["-m", "photon", "ai", *arguments], timeout=30, encoding="utf-8", env={**os.environ, **env}
        )

    def test_the_master_password_is_asked_for_without_echo_and_again_when_it_is_needed(self) -> None:
        without = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        child = self.spawn("keys", "set", "openai", **without)
        child.expect("key for openai: ")
        child.sendline(SECRET)
        child.expect("a new master password.*: ")
        child.sendline("correct horse")
        child.expect("the same again: ")
        child.sendline("correct horse")
        child.expect(pexpect.EOF)
        assert "stored the key openai in the encrypted store" in child.before
        with serving(status(200, {"data": [{"id": "m"}]})) as server:
            child = self.spawn("models", "--provider", "openai", **without, PHOTON_AI_URL=server.url)
            child.expect("master password of Photon's keys: ")
            child.sendline("mistyped")
            child.expect("that is not it; master password of Photon's keys: ")
            child.sendline("correct horse")
            child.expect(pexpect.EOF)
        assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
        assert "correct horse" not in child.before

    def test_ctrl_c_at_the_question_ends_the_command(self, passwords: Path) -> None:
        index = passwords.parent / "config" / "keys.json"
        index.parent.mkdir()
        env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "PHOTON_MASTER_PASSWORD": "correct horse"}
        subprocess.run(
            [sys.executable, "-m", "photon", "ai", "keys", "set", "openai"],
            input=SECRET,
            text=True,
            env={**os.environ, **env},
            check=True,
            capture_output=True,
        )
        env["PHOTON_MASTER_PASSWORD"] = ""
        child = self.spawn("suggest-path", "--provider", "openai", "--no-failover", "GET /pets", **env)
        child.expect("master password of Photon's keys: ")
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 130
        assert "Traceback" not in child.before

    def test_secrets_are_not_shown_unless_it_is_forced(self) -> None:
        child = self.spawn("keys", "export-env", OPENAI_API_KEY=SECRET)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 2
        assert "0123456789" not in child.before
        child = self.spawn("keys", "export-env", "--force", OPENAI_API_KEY=SECRET)
        child.expect(pexpect.EOF)
        assert SECRET in child.before


class TestExporting:
    SECRET = "a'b\\c$d`e\"f"

    @pytest.fixture(autouse=True)
    def awkward(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", self.SECRET)

    def test_a_shell_understands_what_is_exported(self) -> None:
        script = keys("export-env", "openai").stdout + 'printf %s "$OPENAI_API_KEY"'
        assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, env={}).stdout == self.SECRET

    def test_other_shells_have_their_own_quotes(self) -> None:
        fish, powershell = (keys("export-env", "openai", "--shell", shell).stdout for shell in ("fish", "powershell"))
        assert fish == "set -gx OPENAI_API_KEY 'a\\'b\\\\c$d`e\"f'\n"
        assert powershell == "$env:OPENAI_API_KEY = 'a''b\\c$d`e\"f'\n"

    def test_without_names_every_key_is_exported_that_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OLLAMA_API_KEY", "x")
        names = [line.partition("=")[0] for line in keys("export-env").stdout.splitlines()]
        assert names == ["export OLLAMA_API_KEY", "export OPENAI_API_KEY"]

    def test_a_key_of_a_command_is_exported(self, tmp_path: Path) -> None:
        config = tmp_path / "config" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text('[ai.providers.work]\nurl = "http://localhost/v1"\nkey_command = "echo from-a-command"\n')
        assert keys("export-env", "work").stdout == "export WORK_API_KEY=from-a-command\n"
        assert "work\t…\tcommand echo\tyes\n" in keys("list").stdout

    def test_a_key_that_is_not_there_exports_nothing_at_all(self) -> None:
        done = keys("export-env", "openai", "nobody")
        assert isinstance(done.exception, CredentialsError)
        assert done.stdout == ""


class TestTrying:
    @pytest.fixture
    def server(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
        """Lists its models to whoever has the right key."""

        def guarded(exchange: Exchange) -> None:
            right = exchange.request.headers.get("authorization") == f"Bearer {SECRET}"
            (status(200, {"data": [{"id": "m"}]}) if right else refusal(401, "Incorrect API key"))(exchange)

        with serving(guarded) as running:
            Path("photon.toml").write_text(f'[ai.providers.work]\nurl = "{running.url}"\n')
            yield running

    def test_a_key_that_works_says_so(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WORK_API_KEY", SECRET)
        done = keys("test", "work")
        key, source, provider, ms, answer = done.stdout.splitlines()[1].split("\t")
        assert (key, source, provider, answer) == ("work", "environment WORK_API_KEY", "work", "accepted; it offers 1 model")
        assert ms.isdecimal()
        assert done.exit_code == 0

    def test_a_key_that_is_refused_is_exit_code_4(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WORK_API_KEY", "sk-wrong-0123456789abcdef")
        done = keys("test", "--json")
        (trial,) = json.loads(done.stdout)
        assert (trial["ok"], trial["exit_code"], trial["fault"]) == (False, 4, "unauthorized")
        assert "work refused access (401): Incorrect API key" in trial["answer"]
        assert done.exit_code == 4
        assert "try: photon ai keys set work" in done.stderr

    def test_a_key_that_is_not_there_is_exit_code_4(self) -> None:
        done = keys("test", "openai")
        assert done.exit_code == 4
        assert "there is no key openai" in done.stdout

    def test_without_keys_there_is_nothing_to_try(self) -> None:
        done = keys("test")
        assert (done.exit_code, done.stdout) == (0, "")
        assert "no keys" in done.stderr


def test_removing_what_is_not_there_is_a_usage_error() -> None:
    assert isinstance(keys("rm", "openai").exception, UsageError)


def test_no_error_repeats_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    error = keys("set", "openai", given=f"{SECRET}\nx").exception
    assert isinstance(error, PhotonError)
    assert "0123456789" not in error.message + error.hint


@pytest.mark.parametrize("command", ["set", "list", "rm", "test", "export-env", "change-password"])
def test_every_help_page_has_an_example(command: str) -> None:
    assert f"photon ai keys {command}" in keys(command, "--help").stdout
