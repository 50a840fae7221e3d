"""A change is written whole or not at all, never over somebody else's, and shown as git shows it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from photon.cli.diffs import write_diff
from photon.cli.terminal import Terminal
from photon.errors import ExitCode, InvalidSpec, PhotonError
from photon.openapi.source.source import Source, read_source, source_of
from photon.openapi.splice.change import Change, _alone, changed, write_change
from photon.openapi.splice.edits import Edit, edited
from photon.openapi.splice.entries import entry_added, value_replaced
from photon.openapi.splice.expected import with_entry, with_value

TEXT = "a: 1\nb: 2\nc:\n  d: 1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def change_of(source: Source) -> Change:
    return changed(source, [entry_added(source, ("c",), "e", 2)], with_entry(source.root, ("c",), "e", 2))


def test_the_file_gets_the_new_text_and_keeps_its_mode(file: Path) -> None:
    file.chmod(0o640)
    write_change(change_of(read_source(file)))
    assert file.read_text(encoding="utf-8") == TEXT + "  e: 2\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_one(file: Path) -> None:
    link = file.with_name("link.yaml")
    link.symlink_to(file)
    write_change(change_of(read_source(link)))
    assert link.is_symlink()
    assert "e: 2" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("meanwhile", ["changed", "removed"])
def test_a_file_that_is_another_meanwhile_is_left_alone(file: Path, meanwhile: str) -> None:
    change = change_of(read_source(file))
    file.unlink() if meanwhile == "removed" else file.write_text("mine: 1\n", encoding="utf-8")
    with pytest.raises(InvalidSpec, match=meanwhile) as error:
        write_change(change)
    assert error.value.exit_code == ExitCode.INVALID_SPEC
    assert error.value.hint == "run the command again"
    assert not file.exists() if meanwhile == "removed" else file.read_text(encoding="utf-8") == "mine: 1\n"


def test_of_several_files_none_is_written_where_one_is_another_meanwhile(file: Path) -> None:
    other = file.with_name("other.yaml")
    other.write_text(TEXT, encoding="utf-8")
    first, second = (change_of(read_source(each)) for each in (file, other))
    file.write_text("mine: 1\n", encoding="utf-8")
    with pytest.raises(InvalidSpec):
        write_change(Change(first.source, first.text, first.edits, (second,)))
    assert other.read_text(encoding="utf-8") == TEXT


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_an_error_and_the_file_stays(file: Path) -> None:
    change = change_of(read_source(file))
    file.parent.chmod(0o500)
    try:
        with pytest.raises(PhotonError, match="cannot write"):
            write_change(change)
    finally:
        file.parent.chmod(0o700)
    assert file.read_text(encoding="utf-8") == TEXT


def test_a_full_disk_is_an_error_and_the_file_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = change_of(read_source(file))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PhotonError, match="No space left on device"):
        write_change(change)
    assert [each.name for each in file.parent.iterdir() if each.is_file()] == ["openapi.yaml"]
    assert file.read_text(encoding="utf-8") == TEXT


def test_stdin_cannot_be_written_back() -> None:
    with pytest.raises(InvalidSpec, match="stdin"):
        write_change(change_of(source_of(TEXT.encode(), None)))


def test_an_edit_that_does_something_else_is_not_accepted() -> None:
    source = source_of(TEXT.encode(), Path("a.yaml"))
    for edit in (Edit(0, 4, "a: 3"), Edit(0, 0, "'"), Edit(0, 0, "b: 1\n"), Edit(0, len(TEXT), "{}")):
        with pytest.raises(InvalidSpec, match="left as it is"):
            changed(source, [edit], source.root)


@pytest.mark.parametrize(
    ("old", "edits"),
    [
        ("a\nb\nc\n", [Edit(2, 4, "x\n")]),
        ("a\nb\nc\n", [Edit(0, 0, "x\n")]),
        ("a\nb\nc", [Edit(5, 5, "\nx")]),
        ("a\nb\nc\n", [Edit(6, 6, "x\n")]),
        ("a\nb\nc\n", [Edit(0, 6, "")]),
        ("".join(f"{n}\n" for n in range(60)), [Edit(10, 12, "x\n"), Edit(60, 60, "y"), Edit(140, 146, "")]),
        ("a\r\nb\r\n", [Edit(3, 3, "x\r\n")]),
        ("one line", [Edit(0, 3, "1")]),
        ("a\nb\nb\nb\n", [Edit(4, 4, "b\n")]),
        ("", [Edit(0, 0, "new\n")]),
    ],
)
def test_the_diff_is_one_that_git_can_apply(old: str, edits: list[Edit], tmp_path: Path) -> None:
    new = edited(old, edits)
    (tmp_path / "file.txt").write_bytes(old.encode())
    change = Change(Source(Path("file.txt"), old, False, "yaml", None), new, tuple(edits))
    lines = change.diff()
    assert lines[:2] == ["--- a/file.txt", "+++ b/file.txt"]
    if not old:
        return  # git wants another header for a new file
    patch = ("\n".join(lines) + "\n").encode()
    subprocess.run(["patch", "-p1", "--binary", "-o", "patched"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "patched").read_bytes().decode() == new
    subprocess.run(["git", "apply", "--unidiff-zero", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / "file.txt").read_bytes().decode() == new


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.replace("\n", "\r\n", 1),
        TEXT.rstrip("\n"),
        f"# \u200e\u202e\x85\n{TEXT}",
    ],
    ids=["CRLF", "CR", "mixed", "no newline at the end", "unseen"],
)
def test_a_diff_in_a_pipe_applies_byte_for_byte(text: str, bom: str, isolated: Path) -> None:
    file = isolated / "my file.yaml"
    file.write_bytes((bom + text).encode())
    source = read_source(file)
    change = changed(source, [value_replaced(source, ("b",), 7)], with_value(source.root, ("b",), 7))
    out = io.StringIO(newline="")
    write_diff(change.diff(), Terminal(out=out, colour=True))
    for command in (["git", "apply", "--check", "-"], ["patch", "-p1", "--binary"]):
        subprocess.run(command, cwd=isolated, input=out.getvalue().encode(), check=True)
    assert file.read_bytes() == change.data


def test_a_terminal_is_shown_lines_and_nothing_that_it_obeys(isolated: Path) -> None:
    out = io.StringIO(newline="")
    write_diff(["--- a/x", "+++ b/x", "@@ -1 +1 @@", "-a\rb\r", "+a\x1b[2J\u202e\r"], Terminal(out=out, interactive=True))
    assert out.getvalue() == "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n-b\n+a[2J\n"


def diff_head(path: Path) -> list[str]:
    source = read_source(path)
    return changed(source, [value_replaced(source, ("b",), 7)], with_value(source.root, ("b",), 7)).diff()[:2]


def test_a_diff_names_the_file_as_its_repository_does(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = isolated / "api" / "v1"
    deep.mkdir(parents=True)
    (isolated / "base.yaml").write_text(TEXT)
    (deep / 'a"\tb.yaml').write_text(TEXT)
    assert diff_head(Path("base.yaml")) == diff_head(isolated / "base.yaml") == ["--- a/base.yaml", "+++ b/base.yaml"]
    assert diff_head(deep / 'a"\tb.yaml')[0] == '--- "a/api/v1/a\\042\\011b.yaml"'
    monkeypatch.chdir(deep)
    assert diff_head(Path("../../base.yaml"))[0] == "--- a/base.yaml", "neither in a repository nor below the working folder"
    (isolated / "api" / "x.yaml").write_text(TEXT)
    (isolated / ".git").mkdir()
    assert diff_head(Path("../x.yaml"))[0] == diff_head(isolated / "api" / "x.yaml")[0] == "--- a/api/x.yaml"


_WRITER = """
import sys
from pathlib import Path
from photon.openapi.source.source import read_source
from photon.openapi.splice.change import changed, write_change
from photon.openapi.splice.entries import entry_added
from photon.openapi.splice.expected import with_entry
from photon.errors import InvalidSpec
source = read_source(Path("a.yaml"))
change = changed(source, [entry_added(source, (), sys.argv[1], 1)], with_entry(source.root, (), sys.argv[1], 1))
print("read", flush=True)
sys.stdin.readline()
try:
    write_change(change)
except InvalidSpec as error:
    sys.exit(error.message)
"""


def test_of_processes_that_write_at_once_none_undoes_the_others_work(isolated: Path) -> None:
    """Each has read the same file; one may write it, and the others say that they did not."""
    for _ in range(5):
        Path("a.yaml").write_text(TEXT)
        names = [f"new{number}" for number in range(4)]
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", _WRITER, name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in names
        ]
        for writer in writers:
            assert writer.stdout and writer.stdin and writer.stdout.readline() == "read\n"
        for writer in writers:
            assert writer.stdin
            writer.stdin.write("go\n")
            writer.stdin.flush()
        said = [writer.communicate()[1] for writer in writers]
        written = [name for name, writer in zip(names, writers, strict=True) if writer.returncode == 0]
        root = read_source(Path("a.yaml")).root
        assert [name for name in names if name in root] == written and len(written) == 1
        assert all("was changed meanwhile" in each for each in said if each)
    assert [path.name for path in isolated.iterdir()] == ["a.yaml"]


def test_a_process_that_writes_waits_for_one_that_does(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides is the file once the lock is held, not as it was when the wait began."""
    Path("a.yaml").write_text(TEXT)
    source = read_source(Path("a.yaml"))
    change = changed(source, [value_replaced(source, ("b",), 7)], with_value(source.root, ("b",), 7))
    told: list[str] = []

    def write() -> None:
        try:
            write_change(change)
        except InvalidSpec as error:
            told.append(error.message)

    with _alone([Path("a.yaml")]):
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.2)
        assert writer.is_alive() and Path("a.yaml").read_text() == TEXT
        Path("a.yaml").write_text("b: 9\n")
    writer.join(10)
    assert told == ["a.yaml was changed meanwhile, nothing is written"] and Path("a.yaml").read_text() == "b: 9\n"


def test_without_a_folder_of_its_own_photon_writes_too(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.yaml").write_text(TEXT)
    Path("file").write_text("")
    monkeypatch.setenv("PHOTON_DATA_DIR", str(isolated / "file" / "data"))
    source = read_source(Path("a.yaml"))
    write_change(changed(source, [value_replaced(source, ("b",), 7)], with_value(source.root, ("b",), 7)))
    assert read_source(Path("a.yaml")).root["b"] == 7


def test_a_json_entry_behind_the_last_shows_no_lost_line() -> None:
    source = source_of(json.dumps({"paths": {"/a": {"get": {"x": 1}}}}, indent=2).encode(), Path("a.json"))
    value = {"get": {"y": 2}}
    change = changed(source, [entry_added(source, ("paths",), "/b", value)], with_entry(source.root, ("paths",), "/b", value))
    assert not any(line.startswith("-") for line in change.diff()[2:])


def test_nothing_changed_is_an_empty_diff() -> None:
    source = source_of(TEXT.encode(), Path("a.yaml"))
    edit = value_replaced(source, ("b",), 2)
    assert changed(source, [edit], with_value(source.root, ("b",), 2)).diff() == []
