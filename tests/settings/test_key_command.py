import sys
import time
from pathlib import Path

import pytest

from photon.errors import ConfigurationError, CredentialsError, Fault
from photon.settings.keys.command import key_command_of, key_commands, program, run_key_command
from photon.settings.schema import AI, NamedProvider

SECRET = "sk-proj-0123456789abcdefa1b2"


def python(code: str) -> str:
    return f'{sys.executable} -c "{code}"'


def test_the_first_line_is_the_key() -> None:
    assert run_key_command(python(f"print(' {SECRET} '); print('login: me')")) == SECRET


def test_there_is_no_shell(tmp_path: Path) -> None:
    assert run_key_command("echo a;touch$HOME") == "a;touch$HOME"
    assert list(tmp_path.glob("touch*")) == []


def test_it_does_not_read_what_is_piped_into_photon() -> None:
    assert run_key_command(python("import sys; print(len(sys.stdin.read()))")) == "0"


def test_its_stderr_is_the_users(capfd: pytest.CaptureFixture[str]) -> None:
    run_key_command(python("import sys; print('touch your security key', file=sys.stderr); print('k')"))
    assert capfd.readouterr().err == "touch your security key\n"


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("no-such-program show openai", "the key command no-such-program cannot be run: no such file or directory"),
        ("/dev/null", "the key command null cannot be run: permission denied"),
        ("false", "the key command false failed with exit code 1"),
        ("true", "the key command true printed nothing"),
        ("echo ' '", "the key command echo printed nothing"),
        ("echo two words", "what the key command echo printed is not one line of letters, digits and signs"),
        ("yes", "the key command yes prints more than a key"),
    ],
)
def test_what_goes_wrong_is_one_line(command: str, complaint: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        run_key_command(command)
    assert caught.value.message == complaint
    assert caught.value.fault is Fault.NO_KEY


def test_a_failure_repeats_neither_arguments_nor_output() -> None:
    with pytest.raises(CredentialsError) as caught:
        run_key_command(python(f"print('{SECRET}'); raise SystemExit(3)"))
    assert "0123456789" not in caught.value.message + caught.value.hint
    assert "failed with exit code 3" in caught.value.message


@pytest.mark.parametrize("command", ["sleep 30", python("import os, time; os.fork() or time.sleep(30)")])
def test_one_that_does_not_end_is_ended(command: str) -> None:
    begun = time.monotonic()
    with pytest.raises(CredentialsError, match=r"did not end within 0\.2 s"):
        run_key_command(command, patience=0.2)
    assert time.monotonic() - begun < 5


def test_one_that_the_user_interrupts_is_an_interruption() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_key_command(python("import os, signal; os.kill(os.getpid(), signal.SIGINT)"))


@pytest.mark.parametrize("command", ["pass 'show", " "])
def test_what_is_no_command_line_is_an_error_of_the_settings(command: str) -> None:
    with pytest.raises(ConfigurationError):
        run_key_command(command)


def test_commands_are_known_by_provider_and_by_key() -> None:
    ai = AI(providers={"Work": NamedProvider(key_command="a"), "x": NamedProvider(key="Team", key_command="b")})
    assert key_commands(ai) == {"work": "a", "team": "b"}
    assert (key_command_of(ai, "Work"), key_command_of(ai, "openai")) == ("a", "")
    assert program("/usr/bin/op read 'op://x/y'") == "op"
