import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from photon.errors import PhotonError
from photon.settings.files import make_folder, write_atomically, written_atomically


def test_a_file_is_written_as_utf_8_and_nothing_else_is_left_behind(isolated: Path) -> None:
    write_atomically(isolated / "a.yaml", "café\n")
    write_atomically(isolated / "a.yaml", "né\n")
    write_atomically(isolated / "b.bin", b"\xff")
    assert (isolated / "a.yaml").read_bytes() == "né\n".encode()
    assert sorted(path.name for path in isolated.iterdir()) == ["a.yaml", "b.bin"]


def test_a_file_keeps_its_permissions_and_a_new_one_follows_the_umask(isolated: Path) -> None:
    kept = isolated / "kept"
    kept.touch()
    kept.chmod(0o604)
    before = os.umask(0o027)
    try:
        write_atomically(kept, "x")
        write_atomically(isolated / "new", "x")
        write_atomically(isolated / "private", "x", mode=0o600)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in isolated.iterdir()}
    assert modes == {"kept": 0o604, "new": 0o640, "private": 0o600}


def test_a_link_stays_a_link_to_the_new_content(isolated: Path) -> None:
    (isolated / "real").write_text("old")
    (isolated / "link").symlink_to("real")
    write_atomically(isolated / "link", "new")
    assert (isolated / "link").is_symlink()
    assert (isolated / "real").read_text() == "new"


def test_a_device_or_pipe_is_written_to_and_not_replaced() -> None:
    code = "from pathlib import Path; from photon.settings.files import write_atomically as w; w(Path('/dev/stdout'), 'x')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"x"


def test_a_failed_write_names_the_reason_and_the_mend_and_leaves_nothing(isolated: Path) -> None:
    with pytest.raises(PhotonError, match="No such file or directory") as caught:
        write_atomically(isolated / "no" / "file", "x")
    assert caught.value.hint == f"mkdir -p {isolated / 'no'}"
    (isolated / "folder").mkdir()
    with pytest.raises(PhotonError, match="Is a directory"):
        write_atomically(isolated / "folder", "x")
    assert [path.name for path in isolated.iterdir()] == ["folder"]


def test_a_folder_that_cannot_be_made_is_told(isolated: Path) -> None:
    make_folder(isolated / "a" / "b")
    make_folder(isolated / "a" / "b")
    (isolated / "file").touch()
    with pytest.raises(PhotonError, match="cannot make the folder"):
        make_folder(isolated / "file" / "below")


def test_a_file_that_is_written_piece_by_piece_appears_when_it_is_whole_or_not_at_all(isolated: Path) -> None:
    path = isolated / "a.jsonl"
    path.write_text("before")
    with written_atomically(path) as file:
        file.write(b"one\n")
        assert path.read_text() == "before"
        file.write(b"two\n")
    assert path.read_text() == "one\ntwo\n"
    with pytest.raises(KeyboardInterrupt), written_atomically(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert [(each.name, each.read_text()) for each in isolated.iterdir()] == [("a.jsonl", "one\ntwo\n")]
