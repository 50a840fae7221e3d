"""What goes wrong with the record on somebody's disk: the answer is not disturbed, and the user is told once."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import entries
import pytest
from closed_folders import without_rights
from entries import entry

from photon.errors import PhotonError
from photon.records.requests import History, Wanted


@pytest.fixture
def warned():
    return []


@pytest.fixture
def open_record(tmp_path, warned):
    def opened(path=tmp_path / "data" / "history.sqlite3", **limits):
        return History(path, **{"max_age_s": 1e9, "max_size_bytes": 1e9} | limits, warnings=warned.append)

    return opened


def noise(path):
    path.write_bytes(os.urandom(50_000))


def truncated(path):
    os.truncate(path, path.stat().st_size // 3)


def scrambled(path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 8192))


def half_written(path):
    path.write_text("not a database")


@pytest.mark.parametrize("damage", [noise, truncated, scrambled, half_written])
def test_a_damaged_record_is_set_aside_and_a_new_one_begun_with_one_warning(open_record, warned, damage):
    record = open_record()
    for number in range(100):
        record.add(entry(f"question {number} " * 30))
    record.close()
    damage(record.path)
    assert record.add(entry("after it")) is not None
    assert record.add(entry("and another")) is not None
    assert [kept.entry.question for kept in record.newest(2)] == ["and another", "after it"]
    assert len(warned) == 1
    assert str(record.path) in warned[0]
    assert "photon ai log clear --all" in warned[0]
    assert record.path.with_name("history.sqlite3.corrupt").exists()
    record.clear()
    assert not record.path.with_name("history.sqlite3.corrupt").exists()


def test_a_record_of_a_newer_photon_is_left_as_it_is(open_record, warned):
    record = open_record()
    record.add(entry())
    record.close()
    with closing(sqlite3.connect(record.path)) as database:
        database.execute("PRAGMA user_version = 99")
    later = open_record()
    assert later.add(entry()) is None
    assert list(later.export()) == []
    assert "newer Photon" in warned[0]
    with closing(sqlite3.connect(record.path)) as database:
        assert database.execute("SELECT count(*) FROM requests").fetchone() == (1,)


def test_a_folder_in_the_place_of_the_file_is_not_touched(open_record, warned):
    record = open_record()
    record.path.mkdir(parents=True)
    assert record.add(entry()) is None
    assert warned == [f"the record of requests {record.path} is a folder, so no request is recorded; move it away"]
    with pytest.raises(PhotonError, match="is a folder"):
        record.clear()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody can reach; pytest's own are for their owner only."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("filled", [True, False], ids=["with a record", "empty"])
def test_a_folder_without_the_right_to_write_costs_one_warning(open_record, warned, folder, filled):
    record = open_record(folder / "history.sqlite3")
    if filled:
        record.add(entry())
        record.close()
        record.path.chmod(0o444)
    folder.chmod(0o555)
    with without_rights():
        assert [record.add(entry()) for _ in range(3)] == [None] * 3
        record.close()
    assert len(warned) == 1
    assert "PHOTON_DATA_DIR" in warned[0]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_what_is_in_a_folder_that_cannot_be_written_is_read_all_the_same(open_record, warned, folder):
    record = open_record(folder / "history.sqlite3")
    record.add(entry("What is 422?"))
    record.close()
    record.path.chmod(0o444)
    folder.chmod(0o555)
    with without_rights():
        assert [kept.entry.question for kept in record.newest(5)] == ["What is 422?"]
        record.close()
    assert warned == []


def test_who_asks_for_the_record_alone_is_told_when_it_cannot_be_read(tmp_path):
    (tmp_path / "history.sqlite3").mkdir()
    record = History(tmp_path / "history.sqlite3", max_age_s=1e9, max_size_bytes=1e9, strict=True)
    with pytest.raises(PhotonError, match="is a folder"):
        record.newest(5)


FULL = """
import resource, signal, sys
from pathlib import Path
import entries
from photon.records.requests import History
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
record = History(Path(sys.argv[1]), max_age_s=1e9, max_size_bytes=1e9, warnings=print)
for number in range(200):
    record.add(entries.entry(f"question {number} " * 100))
record.close()
print("done")
"""


def started(program, *arguments):
    """A process that has this folder's modules at hand."""
    path = os.pathsep.join([str(Path(entries.__file__).parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_disk_that_takes_no_more_stops_nothing_and_damages_nothing(open_record, warned):
    record = open_record()
    out, err = started(FULL, record.path).communicate(timeout=60)
    warning, done = out.splitlines()
    assert str(record.path) in warning
    assert "no request is recorded" in warning
    assert (done, err) == ("done", "")
    assert record.count() > 5
    assert warned == []


def test_a_record_that_another_process_holds_is_waited_for(open_record, warned):
    record = open_record()
    record.add(entry())
    holds = "import sqlite3, sys, time; d = sqlite3.connect(sys.argv[1], isolation_level=None); d.execute('BEGIN IMMEDIATE'); "
    other = started(holds + "print('held', flush=True); time.sleep(0.7); d.execute('ROLLBACK')", record.path)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    begun = time.perf_counter()
    assert record.add(entry("afterwards")) is not None
    assert time.perf_counter() - begun > 0.3
    assert other.communicate(timeout=10) == ("", "")
    assert warned == []


ADDS = """
import asyncio, sys
from pathlib import Path
import entries
from photon.records.requests import History
record = History(Path(sys.argv[1]), max_age_s=1e9, max_size_bytes=float(sys.argv[4]), warnings=print)
async def add(number):
    await asyncio.sleep(0)
    assert record.add(entries.entry(f"{sys.argv[2]} number {number} " * 20, "an answer " * 50))
async def main():
    for start in range(0, int(sys.argv[3]), 50):
        await asyncio.gather(*(add(number) for number in range(start, start + 50)))
        print("going", flush=True)
asyncio.run(main())
"""


def test_eight_processes_with_fifty_requests_at_a_time_lose_none(open_record, warned):
    record = open_record()
    children = [started(ADDS, record.path, name, 100, 1e9) for name in "abcdefgh"]
    assert [child.communicate(timeout=60) for child in children] == [("going\ngoing\n", "")] * 8
    assert record.count() == 800
    assert len({kept.entry.question for kept in record.export()}) == 800
    assert warned == []


def test_a_process_killed_while_it_writes_and_trims_leaves_a_sound_record(open_record, warned):
    record = open_record()
    for round_ in range(20):
        child = started(ADDS, record.path, f"round{round_}", 1_000_000, 400_000)
        assert child.stdout is not None
        assert child.stdout.readline() == "going\n"
        time.sleep(0.003 * round_)
        child.kill()
        child.communicate()
        with closing(sqlite3.connect(record.path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            database.execute("INSERT INTO words (words) VALUES ('integrity-check')")
            torn = "SELECT count(*) FROM requests WHERE NOT EXISTS (SELECT 1 FROM exchanges WHERE request = id)"
            assert database.execute(torn).fetchone() == (0,)
    assert record.add(entry("after all of it")) is not None
    assert record.count(Wanted(words=("after all",))) == 1
    assert record.count(Wanted(words=("round19",))) > 0
    assert warned == []
