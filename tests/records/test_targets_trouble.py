"""What goes wrong with the file: nobody rests, no limit holds, nobody is stopped, and the user is told once."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from closed_folders import without_rights

from photon.errors import Fault, PhotonError
from photon.records.buckets import Limits
from photon.records.targets import Targets

LIMITS = Limits(requests=2, tokens=100)


def use(targets):
    """Everything that is done with the file while a request is on its way."""
    targets.failed("groq/m", fault=Fault.REFUSED, cooldown_s=30)
    turns = [targets.take("groq", LIMITS, tokens=10) for _ in range(3)]
    targets.settle("groq", LIMITS, taken=10, used=5)
    targets.give_back("groq", LIMITS, tokens=10)
    targets.answered("other/m", asked_at=1e12)
    return turns, targets.resting(["groq/m"])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "targets.sqlite3"


@pytest.fixture
def targets(path, warned):
    with closing(Targets(path, warnings=warned.append)) as opened:
        yield opened


@pytest.mark.parametrize(
    "damage",
    [b"this was once a database\n" * 400, os.urandom(40_000), b"SQLite format 3\0" * 6],
    ids=["text", "noise", "heads"],
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path, targets, warned, damage):
    use(targets)
    targets.close()
    path.write_bytes(damage)
    turns, rests = use(targets)
    assert (turns[2].wait > 0, set(rests)) == (True, {"groq/m"})
    assert len(warned) == 1
    assert "photon ai providers reset" in warned[0]
    assert targets.reset() == 1
    assert not path.with_name("targets.sqlite3.corrupt").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
@pytest.mark.parametrize("filled", [True, False])
def test_in_a_folder_that_cannot_be_written_nothing_holds_and_nothing_stops(warned, filled):
    with tempfile.TemporaryDirectory() as folder, closing(Targets(Path(folder) / "t", warnings=warned.append)) as targets:
        if filled:
            use(targets)
            targets.close()
            targets.path.chmod(0o444)
        Path(folder).chmod(0o555)
        with without_rights():
            turns, rests = use(targets)
            targets.close()
        Path(folder).chmod(0o755)
    assert ([turn.wait for turn in turns], rests, len(warned)) == ([0, 0, 0], {}, 1)
    assert "nobody rests" in warned[0]
    assert f"make {folder} writable" in warned[0]


def test_where_a_folder_has_the_name_of_the_file_nothing_holds_and_nothing_stops(path, targets, warned):
    path.mkdir(parents=True)
    turns, rests = use(targets)
    assert ([turn.wait for turn in turns], rests, len(warned)) == ([0, 0, 0], {}, 1)
    with pytest.raises(PhotonError, match="is a folder"):
        targets.reset()


def test_a_file_of_a_newer_photon_is_left_alone(path, targets, warned):
    use(targets)
    targets.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    turns, _ = use(targets)
    assert ([turn.wait for turn in turns], len(warned)) == ([0, 0, 0], 1)
    assert "newer Photon" in warned[0]
    assert path.read_bytes() == before


def test_a_file_that_was_removed_meanwhile_is_made_anew(path, targets):
    use(targets)
    for file in path.parent.iterdir():
        file.unlink()
    use(targets)
    assert use(targets)[0][2].wait > 0


def test_a_process_that_holds_the_lock_for_ever_delays_but_does_not_stop(path, targets, warned):
    use(targets)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert targets.take("groq", LIMITS).wait == 0
        assert 1 < time.monotonic() - begun < 4
        assert set(targets.resting(["groq/m"])) == {"groq/m"}, "reading does not wait for writers"
        other.execute("ROLLBACK")
    assert len(warned) == 1
    assert targets.take("groq", LIMITS).wait > 0, "and the next one counts again"


KILLED = """
import sys
from pathlib import Path
from photon.errors import Fault
from photon.records.buckets import Limits
from photon.records.targets import Targets
targets = Targets(Path(sys.argv[1]), warnings=sys.exit)
number = 0
while True:
    number += 1
    targets.take("groq", Limits(requests=1000, tokens=10**9), tokens=10)
    targets.failed(f"groq/{number}", fault=Fault.REFUSED, cooldown_s=30)
    if number == 5:
        print("under way", flush=True)
"""


def test_who_is_killed_while_writing_leaves_a_sound_file(path, targets):
    rounds, before = 12, 0
    for _ in range(rounds):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
        with process:
            assert process.stdout
            assert process.stdout.readline() == b"under way\n"
            time.sleep(random.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (rests,) = database.execute("SELECT count(*) FROM rests").fetchone()
            assert rests >= max(5, before)
            before = rests
    use(targets)
    assert not Path(f"{path}.corrupt").exists()
