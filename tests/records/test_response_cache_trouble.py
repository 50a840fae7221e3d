"""What goes wrong with a file on somebody's disk: the cache finds nothing, keeps nothing, and says so once."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from closed_folders import without_rights

from photon.errors import PhotonError
from photon.records.cache import LAYOUT, StoredAnswer
from photon.records.database import open_database

LOGIN = StoredAnswer("POST /login")


def fill(cache, answers=200):
    for number in range(answers):
        cache.put(str(number), StoredAnswer(f"{number} " * 300))
    cache.close()


def text_file(path: Path) -> None:
    path.write_text("this was once a cache\n" * 100)


def noise(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def scrambled(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 8192))


def header_only(path: Path) -> None:
    os.truncate(path, 100)


@pytest.mark.parametrize("damage", [text_file, noise, truncated, scrambled, header_only])
def test_a_damaged_cache_is_set_aside_and_a_new_one_begun_with_one_warning(open_cache, warned, damage):
    cache = open_cache()
    fill(cache)
    damage(cache.path)
    assert cache.get("150") is None
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN
    cache.close()
    assert open_cache().get("login") == LOGIN
    assert len(warned) == 1
    assert str(cache.path) in warned[0]
    assert "photon ai cache clear" in warned[0]
    assert cache.path.with_name("answers.sqlite3.corrupt").exists()


def test_clearing_removes_what_was_set_aside(open_cache):
    cache = open_cache()
    fill(cache)
    noise(cache.path)
    cache.get("1")
    cache.clear()
    assert not cache.path.with_name("answers.sqlite3.corrupt").exists()


@pytest.mark.parametrize("damage", [text_file, noise, truncated, scrambled])
def test_clearing_mends_a_damaged_cache(open_cache, damage, tmp_path):
    fill(open_cache())
    cache = open_cache()
    damage(cache.path)
    cache.clear()
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN
    assert not any(path.name.endswith(".corrupt") for path in (tmp_path / "cache").iterdir())


def test_an_empty_file_is_a_new_cache(open_cache, warned):
    cache = open_cache()
    cache.path.parent.mkdir()
    cache.path.touch()
    assert cache.get("login") is None
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN
    assert warned == []


def test_a_cache_of_a_newer_photon_is_left_as_it_is(open_cache, warned):
    cache = open_cache()
    cache.put("login", LOGIN)
    cache.close()
    with closing(sqlite3.connect(cache.path)) as database:
        database.execute(f"PRAGMA user_version = {LAYOUT.version + 1}")
    assert open_cache().get("login") is None
    cache.put("other", LOGIN)
    assert len(warned) == 2, "one for each of the two caches"
    assert "newer Photon" in warned[0]
    with closing(sqlite3.connect(cache.path)) as database:
        assert database.execute("SELECT key FROM answers").fetchall() == [("login",)]
    assert open_cache().clear() == 0
    cache = open_cache()
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN


def test_a_folder_in_the_place_of_the_file_is_not_touched(open_cache, warned):
    cache = open_cache()
    cache.path.mkdir(parents=True)
    (cache.path / "mine.txt").write_text("mine")
    assert cache.get("login") is None
    cache.put("login", LOGIN)
    assert cache.stats().entries == 0
    assert warned == [f"the cache {cache.path} is a folder, so no answer is kept; move it away"]
    with pytest.raises(PhotonError, match="is a folder"):
        cache.clear()
    assert (cache.path / "mine.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_made_costs_one_warning(open_cache, warned, tmp_path):
    (tmp_path / "file").touch()
    cache = open_cache(tmp_path / "file" / "cache" / "answers.sqlite3")
    for number in range(3):
        assert cache.get(str(number)) is None
        cache.put(str(number), LOGIN)
    assert len(warned) == 1
    assert str(cache.path) in warned[0]
    assert "PHOTON_CACHE_DIR" in warned[0]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody can reach; pytest's own are for their owner only."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("mode", [0o000, 0o500, 0o555], ids=oct)
@pytest.mark.parametrize("filled", [True, False], ids=["with a cache", "empty"])
def test_a_folder_without_the_right_to_write_costs_one_warning(open_cache, warned, folder, mode, filled):
    cache = open_cache(folder / "answers.sqlite3")
    if filled:
        cache.put("login", LOGIN)
        cache.close()
        cache.path.chmod(0o444)
    folder.chmod(mode)
    with without_rights():
        for number in range(3):
            assert cache.get(str(number)) is None
            cache.put(str(number), LOGIN)
        cache.stats()
        cache.close()
    assert len(warned) == 1
    assert str(cache.path) in warned[0]
    assert f"make {folder} writable" in warned[0]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_clearing_without_the_right_to_is_an_error_that_says_so(open_cache, folder):
    cache = open_cache(folder / "answers.sqlite3")
    cache.put("login", LOGIN)
    cache.close()
    cache.path.chmod(0o444)
    folder.chmod(0o555)
    with without_rights(), pytest.raises(PhotonError, match="cannot be cleared: permission denied") as caught:
        cache.clear()
    assert caught.value.hint == f"make {folder} writable"
    assert open_cache(folder / "answers.sqlite3").get("login") == LOGIN


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is the folder in which even root can make nothing")
def test_a_folder_that_cannot_be_written_to_costs_one_warning(open_cache, warned):
    cache = open_cache(Path("/proc/self/answers.sqlite3"))
    cache.put("login", LOGIN)
    assert cache.get("login") is None
    assert len(warned) == 1
    assert "make /proc/self writable" in warned[0]


def test_a_database_that_may_not_grow_gives_its_answers_and_keeps_no_more(open_cache, warned):
    cache = open_cache()
    cache.put("login", LOGIN)
    (pages,) = cache._store._opened().execute("PRAGMA page_count").fetchone()
    cache._store._opened().execute(f"PRAGMA max_page_count = {pages}")
    assert cache.get("login") == LOGIN
    cache.put("large", StoredAnswer("x" * 100_000))
    assert warned == [
        f"the cache {cache.path} cannot grow (the disk is full), so no answer is kept; 'photon ai cache clear' frees space"
    ]
    assert open_cache().get("login") == LOGIN


FULL = """
import resource, signal, sys
from pathlib import Path
from photon.records.cache import ResponseCache, StoredAnswer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
cache = ResponseCache(Path(sys.argv[1]), max_age_s=1e6, max_size_bytes=1e9, clock=lambda: 1.7e9, warnings=print)
for number in range(100):
    cache.put(str(number), StoredAnswer("x" * 1000))
    cache.get(str(number))
cache.close()
print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_disk_that_takes_no_more_stops_nothing_and_damages_nothing(open_cache, tmp_path, warned):
    path = tmp_path / "cache" / "answers.sqlite3"
    child = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    warning, done = child.stdout.splitlines()
    assert str(path) in warning
    assert "photon ai cache clear" in warning
    assert (done, child.stderr) == ("done", "")
    assert open_cache(path).get("0") is not None
    assert warned == []


def test_a_locked_cache_is_passed_over_and_used_again_when_it_is_free(open_cache, warned):
    cache = open_cache()
    cache.put("login", LOGIN)
    with closing(sqlite3.connect(cache.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        cache.put("meanwhile", LOGIN)
        assert cache.get("login") == LOGIN, "reading goes on beside a writer"
        assert len(warned) == 1
        assert "held by another process" in warned[0]
        with pytest.raises(PhotonError, match="held by another process"):
            cache.clear()
        other.execute("ROLLBACK")
    cache.put("after", LOGIN)
    assert cache.get("after") == LOGIN
    assert len(warned) == 1


def test_a_cache_that_another_process_has_for_itself_is_passed_over(open_cache, warned):
    cache = open_cache()
    cache.put("login", LOGIN)
    cache.close()
    with closing(sqlite3.connect(cache.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE answers SET hits = 0")
        assert cache.get("login") is None
        cache.put("other", LOGIN)
        assert len(warned) == 1
        other.execute("ROLLBACK")
    assert cache.get("login") == LOGIN


PUTS = """
import sys
from pathlib import Path
from photon.records.cache import ResponseCache, StoredAnswer
cache = ResponseCache(Path(sys.argv[1]), max_age_s=1e6, max_size_bytes=float(sys.argv[4]), clock=lambda: 1.7e9, warnings=print)
for number in range(int(sys.argv[3])):
    key = f"{sys.argv[2]} {number}"
    cache.put(key, StoredAnswer(key * 200))
    found = cache.get(key)
    assert found and found.text == key * 200, key
    if number == 20:
        sys.stdout.write("going\\n")
        sys.stdout.flush()
"""


def putting(path: Path, name: str, count: int, max_size: float = 1e9) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PUTS, str(path), name, str(count), str(max_size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_several_processes_may_begin_and_use_one_cache_at_once(open_cache, tmp_path):
    path = tmp_path / "cache" / "answers.sqlite3"
    children = [putting(path, name, 100) for name in ("a", "b", "c", "d")]
    assert [child.communicate(timeout=60) for child in children] == [("going\n", "")] * 4
    assert open_cache(path).stats().entries == 400


def test_processes_that_find_one_damaged_cache_go_on_with_one_new_one(open_cache, tmp_path, warned):
    path = tmp_path / "cache" / "answers.sqlite3"
    path.parent.mkdir()
    noise(path)
    children = [putting(path, name, 60) for name in ("a", "b", "c", "d")]
    for child in children:
        out, err = child.communicate(timeout=60)
        assert out.endswith("going\n"), err
    assert open_cache(path).stats().entries == 240
    assert warned == []


def test_a_process_killed_while_it_writes_leaves_a_sound_cache(open_cache, tmp_path, warned):
    path = tmp_path / "cache" / "answers.sqlite3"
    for round_ in range(5):
        child = putting(path, f"round {round_}", 1_000_000, max_size=500_000)
        assert child.stdout is not None
        assert child.stdout.readline() == "going\n"
        child.kill()
        child.communicate()
        with closing(open_database(path, LAYOUT)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    cache = open_cache(path)
    cache.put("login", LOGIN)
    assert cache.get("login") == LOGIN
    assert cache.stats().entries > 20
    assert warned == []
