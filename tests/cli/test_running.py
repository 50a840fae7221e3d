"""What ends a command that waits for a model: its reader leaves, or the program is told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import servers
from servers import delta, serving, sse

ENDLESS = sse(*[delta("word ")] * 2000, pause=0.05)
COMMANDS = {"chat": ["chat", "hello"], "suggest-path": ["suggest-path", "GET /pets"]}


@contextmanager
def asking(*arguments: str, script: servers.Script):
    """A process that waits for an answer, and the server that it waits for."""
    with serving(script) as server:
        env = {**os.environ, "PHOTON_AI_URL": server.url, "PHOTON_AI_FAILOVER": "false"}
        command = [sys.executable, "-m", "photon", "ai", *arguments]
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert server.asked.wait(20)
            time.sleep(0.2)
            yield process, server
        finally:
            process.kill()
            process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="its event loop watches no pipes")
@pytest.mark.parametrize("command", COMMANDS)
def test_when_the_reader_leaves_the_request_ends_at_once_and_without_a_word(command: str) -> None:
    with asking(*COMMANDS[command], script=servers.stalled_before_headers()) as (process, server):
        process.stdout.close()
        assert process.wait(5) == 0
        assert server.hung_up.wait(2)
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="its event loop watches no pipes")
def test_also_in_the_middle_of_an_answer() -> None:
    with asking("chat", "hello", script=ENDLESS) as (process, _):
        process.stdout.close()
        assert process.wait(5) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the signal kills at once there")
def test_a_program_that_is_told_to_end_does_so_in_order() -> None:
    with asking("chat", "hello", script=servers.stalled_before_headers()) as (process, server):
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 143
        assert server.hung_up.wait(2)
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="the signal kills at once there")
@pytest.mark.parametrize("script", [ENDLESS, servers.stalled_before_headers()], ids=["in its answer", "before it"])
def test_also_one_that_is_told_so_again_and_again_as_timeout_1_does(script: servers.Script) -> None:
    with asking("chat", "hello", script=script) as (process, server):
        for _ in range(20):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.005)
        assert process.wait(5) == 143
        assert server.hung_up.wait(2)
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="the signal kills at once there")
def test_the_request_that_was_ended_is_on_record(photon) -> None:
    with asking("chat", "hello", script=ENDLESS) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 143
    assert "answered by stopped" in photon("ai", "log", "show").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the signal kills at once there")
def test_ctrl_c_ends_the_request_at_once() -> None:
    with asking("chat", "hello", script=servers.stalled_before_headers()) as (process, server):
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
        assert server.hung_up.wait(2)
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.skipif(sys.platform == "win32", reason="the signal kills at once there")
def test_ctrl_c_ends_the_wait_for_a_command_that_prints_the_key(tmp_path) -> None:
    begun = tmp_path / "begun"
    command = f"sh -c 'trap \"\" INT; touch {begun}; sleep 30'"
    env = {**os.environ, "PHOTON_AI_PROVIDERS_WORK_KEY_COMMAND": command, "PHOTON_AI_PROVIDERS_WORK_URL": "http://127.0.0.1:9"}
    words = [sys.executable, "-m", "photon", "ai", "chat", "--provider", "work", "--no-failover", "hello"]
    process = subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not begun.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    assert b"Traceback" not in process.communicate()[1]


def test_a_file_is_written_though_nobody_reads_stdout(tmp_path) -> None:
    slow = sse(delta("GET /pets\n"), delta("200: { id: int }[]\n"), delta(finish="stop"), pause=0.3)
    file = tmp_path / "pets.yaml"
    with asking("suggest-path", "GET /pets", "-o", str(file), script=slow) as (process, _):
        process.stdout.close()
        assert process.wait(10) == 0
    assert "responses:" in file.read_text()
