"""Work that processes share is done whole whatever becomes of one of them, and the lint finds the same with one or several."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photon.openapi.lint import processes
from photon.openapi.lint.document import LintDocument
from photon.openapi.lint.engine import lint_document
from photon.openapi.lint.processes import processes_at_hand, shared_out
from photon.openapi.lint.rule import RULES, Problem, Visit, rule
from photon.openapi.lint.selection import Selection, known_rules
from photon.openapi.source.source import Source, source_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there are processes forked")

PARENT = os.getpid()


def large(schemas: int = 3_000) -> Source:
    """A document of some 9,000 visits with a fault here and there."""
    named: dict[str, Any] = {
        f"Part{number}": {
            "type": "object" if number % 50 else "objekt",
            "required": ["id"] if number % 70 else [],
            "properties": {"id": {"type": "string"}, "size": {"type": "integer", "example": 3 if number % 90 else "large"}},
        }
        for number in range(schemas)
    }
    paths = {f"/parts/{number}": {"get": {"responses": {"200": {}}}} for number in range(50)}
    value = {"openapi": "3.0.3", "info": {"title": "Parts", "version": "1"}, "paths": paths, "components": {"schemas": named}}
    return source_of(json.dumps(value, indent=1).encode(), None)


def told(source: Source, number: int) -> list[tuple[Any, ...]]:
    return [
        (each.rule, each.severity, each.message, each.pointer, each.start, each.end, each.fixes, each.source is source)
        for each in lint_document(LintDocument(source), Selection(), processes=number)
    ]


def test_several_find_what_one_finds() -> None:
    source = large()
    alone = told(source, 1)
    assert len({rule for rule, *_ in alone}) > 6
    assert told(source, 2) == told(source, 3) == alone


def test_a_small_document_is_nobody_elses_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    assert told(large(20), 4)


@pytest.fixture
def broken_rule() -> Iterator[None]:
    known_rules()

    @rule(id="broken", subject="schema", severity="error", summary="a", explanation="a", wrong="a", right="a")
    def broken(visit: Visit) -> list[Problem]:
        raise ZeroDivisionError(str(os.getpid()))

    yield
    del RULES["broken"]


@pytest.mark.usefixtures("broken_rule")
def test_a_bug_that_several_come_upon_is_told_once() -> None:
    assert [rule for rule, *_ in told(large(), 3)].count("broken") == 1


@pytest.mark.parametrize("number", [1, 2, 4])
def test_each_part_is_done_once_and_kept_in_order(number: int) -> None:
    found = shared_out(number, lambda part, parts: (part, parts))
    assert found == [(part, len(found)) for part in range(len(found))]


def test_both_work() -> None:
    def work(part: int, parts: int) -> int:
        time.sleep(0.01)
        return os.getpid()

    assert len(set(shared_out(2, work))) == 2


def fails_away(way: str, part: int, parts: int) -> tuple[int, int]:
    if os.getpid() != PARENT:
        if way == "raises":
            raise ValueError(part)
        if way == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if way == "exits":
            sys.exit(3)
        if way == "does not pickle":
            return lambda: part  # type: ignore[return-value]
        time.sleep(0.002)
    return part, os.getpid()


@pytest.mark.parametrize("way", ["raises", "killed", "exits", "does not pickle"])
def test_what_a_child_does_not_finish_is_done_here(way: str) -> None:
    found = shared_out(3, lambda part, parts: fails_away(way, part, parts))
    assert found == [(part, PARENT) for part in range(len(found))]


def test_an_error_of_the_work_is_raised_here() -> None:
    def work(part: int, parts: int) -> int:
        if part == 5:
            raise ValueError("five")
        return part

    with pytest.raises(ValueError, match="five"):
        shared_out(2, work)


def test_nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No open file, no child, neither after an end nor after an interruption."""

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def interrupted(part: int, parts: int) -> int:
        if os.getpid() == PARENT:
            raise KeyboardInterrupt
        time.sleep(60)
        return part

    before = open_files()
    shared_out(4, lambda part, parts: part)
    with pytest.raises(KeyboardInterrupt):
        shared_out(4, interrupted)
    assert open_files() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_child_whose_parent_was_killed_stops_after_its_part(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import os, sys, time; from photon.openapi.lint.processes import shared_out\n"
        "parent = os.getpid()\n"
        "def work(part, parts):\n"
        f"    open({str(log)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "    if os.getpid() == parent: time.sleep(60)\n"
        "    time.sleep(0.05)\n"
        "shared_out(2, work)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 20
    while len(set(read_lines(log))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    (child,) = set(read_lines(log)) - {str(process.pid)}
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{child}").exists() and read_lines(log).count(child) < 20, "of 23 parts"


def read_lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def test_ctrl_c_at_the_moment_of_the_fork_never_unwinds_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would go on as a second parent, and clean up after the first."""
    fork = os.fork

    def interrupted() -> int:
        process = fork()
        os.kill(os.getpid(), signal.SIGINT)  # to each of the two
        return process

    monkeypatch.setattr(os, "fork", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shared_out(2, lambda part, parts: part)
    assert os.getpid() == PARENT
    assert os.waitpid(-1, 0)[1] == signal.SIGINT, "which the caller reaps when it ends"


def test_where_no_process_can_be_had_this_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert shared_out(2, lambda part, parts: part) == list(range(24))


def test_nothing_is_forked_beside_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.threading, "active_count", lambda: 2)
    assert processes_at_hand() == 1


def test_an_interrupted_lint_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C reaches the children too; none of them says anything, and the command ends as one that was interrupted."""
    file = tmp_path / "large.json"
    file.write_text(large(60_000).text)
    command = [sys.executable, "-m", "photon", "ai", "lint", str(file), "--statistics"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 30
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and not (children.exists() and children.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    if process.returncode != 1:  # else it was done before: one processor, or a fast machine
        assert (process.returncode, out) == (130, "")
        assert "Traceback" not in err
