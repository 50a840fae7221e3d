from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from photon.chat import Message
from photon.errors import PhotonError, UsageError
from photon.records.conversations import Conversation, conversation_file, load_conversation, save_conversation

TALK = Conversation("login-api", "Be brief.", (Message("user", "Héllo?\nyes"), Message("assistant", "漢字 🎉")))


@pytest.fixture(autouse=True)
def _own_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHOTON_DATA_DIR", str(tmp_path / "data"))


def test_a_kept_conversation_comes_back_as_it_was() -> None:
    save_conversation(TALK)
    assert load_conversation("login-api") == TALK


def test_a_name_that_was_never_kept_is_an_empty_conversation() -> None:
    assert load_conversation("new") == Conversation("new")


def test_only_the_owner_may_read_what_was_said() -> None:
    path = save_conversation(TALK)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "../x", "a b", "x" * 65, "é", "a\n", "a\0b", "C:x", "a\\b"])
def test_a_name_that_is_no_plain_file_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a session") as caught:
        load_conversation(name)
    assert "--session" in caught.value.hint
    with pytest.raises(UsageError):
        save_conversation(Conversation(name))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not JSON at line 1"),
        ('{"version": 1,\n "na', "not JSON at line 2"),
        ("[]", "damaged"),
        ('{"messages": []}', "'system'"),
        ('{"system": "", "messages": [{"role": "tool", "content": ""}]}', "'tool'"),
        ('{"system": "", "messages": [{"role": "user", "content": 5}]}', "a text is expected where int is"),
        ("[" * 100_000, "damaged"),
    ],
)
def test_a_damaged_file_is_named_with_what_mends_it(content: str, said: str) -> None:
    path = conversation_file("hurt")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(PhotonError) as caught:
        load_conversation("hurt")
    assert str(path) in caught.value.message
    assert said in caught.value.message
    assert f"rm '{path}'" in caught.value.hint
    assert path.read_text() == content


def test_a_file_that_is_not_text_is_damaged_too() -> None:
    path = conversation_file("binary")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PhotonError, match="damaged"):
        load_conversation("binary")


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(PhotonError) as caught:
        save_conversation(TALK)
    assert "PHOTON_DATA_DIR" in caught.value.hint


WRITER = """
import sys
from photon.chat import Message
from photon.records.conversations import Conversation, save_conversation
for _ in range(100):
    save_conversation(Conversation("shared", sys.argv[1], (Message("user", sys.argv[1] * 20_000),)))
"""


def test_two_processes_at_once_never_leave_a_mixture() -> None:
    save_conversation(Conversation("shared"))
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, letter]) for letter in "ab"]
    while any(writer.poll() is None for writer in writers):
        seen = load_conversation("shared")
        assert all({*message.content} == {*seen.system} for message in seen.messages)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [path.name for path in conversation_file("shared").parent.iterdir()] == ["shared.json"]
    assert json.loads(conversation_file("shared").read_text())["version"] == 1
