"""``photon ai suggest-path`` as a person or a script uses it; the fake provider where it does not matter who answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import servers
import yaml
from openapi_spec_validator import validate
from screens import Photon
from servers import ndjson, said, serving, sse, text_events

from photon.errors import ExitCode
from photon.providers.weights import local_is_installed

needs_local = pytest.mark.skipif(not local_is_installed(), reason="the local model is not installed")

FAKE = ("ai", "suggest-path", "--provider", "fake")
SKETCH = "GET /pets\nsummary: List pets\n200: Pet[]\nPet = { id: int, born?: date | null }"


@needs_local
def test_with_nothing_configured_the_local_model_answers_and_then_the_cache(photon: Photon) -> None:
    first, again = (photon("ai", "suggest-path", "POST /login with JWT response") for _ in range(2))
    operation = yaml.safe_load(first.stdout)["paths"]["/login"]["post"]
    assert {"summary", "operationId", "requestBody", "responses"} <= operation.keys()
    assert first.stdout == again.stdout
    assert first.stderr.startswith("local/photon-openapi · ") and "tokens" in first.stderr
    assert again.stderr.startswith("local/photon-openapi · from the cache · ")


@needs_local
def test_the_flags_of_the_original_design_choose_the_local_model(photon: Photon) -> None:
    done = photon("ai", "suggest-path", "GET /pets", "--model", "photon-openapi", "--provider", "local")
    assert "/pets" in yaml.safe_load(done.stdout)["paths"] and done.stderr.startswith("local/photon-openapi")


def test_the_file_of_the_original_design_asks_ollama(photon: Photon) -> None:
    Path("photon.toml").write_text(
        '[ai]\nprovider = "ollama"\nmodel = "photon-openapi:latest"\nurl = "http://localhost:11434"\n'
    )
    with serving(ndjson(said("\nsummary: List pets\n"), said("200: { id: int }[]"), servers.done())) as server:
        env = {"PHOTON_AI_URL": f"http://localhost:{server.port}"}
        done = photon("ai", "suggest-path", "GET /pets", "--no-failover", env=env)
    assert yaml.safe_load(done.stdout)["paths"]["/pets"]["get"]["summary"] == "List pets"
    assert done.stderr.startswith("ollama/photon-openapi:latest · ")
    assert server.requests[0].json["model"] == "photon-openapi:latest"
    assert server.requests[0].json["messages"][0]["content"] == "You write OpenAPI operation sketches."


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["POST /login with JWT"], ""),
        (["POST", "/login", "with", "JWT"], ""),
        (["-"], "POST /login with JWT\n"),
        ([], "POST /login with JWT"),
        ([], "\ufeffPOST /login\r\nwith JWT\r\n"),
        (["POST /login 🎉 wïth JWT"], ""),
        ([], "POST /login 🎉 wïth JWT"),
        (["--", "POST /login", "--with-jwt"], ""),
    ],
)
def test_the_request_comes_from_the_arguments_or_a_pipe(photon: Photon, arguments: list[str], stdin: str) -> None:
    done = photon(*FAKE, *arguments, stdin=stdin)
    assert list(yaml.safe_load(done.stdout)["paths"]) == ["/login"], done.stderr


@pytest.mark.parametrize("words", [[], ["-"], [""], ["  ", "\t"]])
def test_no_request_is_misuse_and_is_shown_how_to_ask(photon: Photon, words: list[str]) -> None:
    done = photon(*FAKE, *words, stdin=" \n")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == 'photon: there is no request\n  try: photon ai suggest-path "POST /login with JWT response"\n'


def shell(line: str, *, stdin: bytes | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A line for the shell, in which $0 is Python."""
    return subprocess.run(
        ["/bin/sh", "-c", line, sys.executable],
        input=stdin,
        capture_output=True,
        env={**os.environ, **env},
        timeout=120,
        check=False,
    )


ASK = '"$0" -m photon ai suggest-path --provider fake'


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
def test_what_is_no_text_is_refused_whatever_the_locale(locale: str) -> None:
    for done in (shell(ASK, stdin=b"GET /caf\xe9", LC_ALL=locale), shell(f"{ASK} 'GET /caf\udce9'", LC_ALL=locale)):
        assert (done.returncode, done.stdout) == (ExitCode.USAGE, b"")
        assert b"is not UTF-8 text" in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_traceback(closed: str) -> None:
    done = shell(f"{ASK} 'GET /pets' {closed}")
    assert done.returncode == ExitCode.SUCCESS
    assert b"Traceback" not in done.stderr and b"Error" not in done.stderr


def test_a_closed_stdin_and_no_request_is_misuse() -> None:
    done = shell(f"{ASK} <&-")
    assert done.returncode == ExitCode.USAGE and b"there is no request" in done.stderr


def test_a_reader_that_has_gone_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "photon", *FAKE, "GET /pets"]
    with os.fdopen(writing, "wb") as stdout:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (ExitCode.SUCCESS, "")


@pytest.mark.parametrize(("request_", "code"), [("GET /pets", ExitCode.SUCCESS), ("", ExitCode.USAGE)])
def test_that_nobody_hears_the_talk_changes_nothing(request_: str, code: ExitCode) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "photon", *FAKE, request_]
    with os.fdopen(writing, "wb") as stderr:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("paths:")) == (code, code is ExitCode.SUCCESS)


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    done = shell(f"{{ {ASK} 'GET /pets'; echo $? >&2; }} | head -c 1")
    assert done.stdout == b"p"
    assert done.stderr.splitlines()[-1] == b"0" and b"Traceback" not in done.stderr and b"Broken" not in done.stderr


@pytest.mark.parametrize("arguments", ["ai suggest-path --provider fake x", "--help", "--version", "ai config show"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")
def test_a_full_disk_behind_stdout_is_a_failure_in_one_line(arguments: str) -> None:
    done = shell(f'"$0" -m photon {arguments} >/dev/full')
    assert done.returncode == ExitCode.FAILURE
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr


def test_stdout_has_the_result_and_stderr_the_talk(photon: Photon) -> None:
    loud, quiet = photon(*FAKE, "GET /pets"), photon(*FAKE, "-q", "GET /pets")
    assert yaml.safe_load(loud.stdout)["paths"] and loud.stderr.count("\n") == 1
    assert (quiet.stdout, quiet.stderr) == (loud.stdout, "")


def test_explain_says_what_was_mended_and_how_fast_it_went(photon: Photon) -> None:
    with serving(sse(*text_events("GET /pets\n200: { id: integer, }\n404"))) as server:
        env = {"PHOTON_AI_URL": server.url, "PHOTON_AI_MODEL": "m"}
        done = photon("ai", "suggest-path", "--explain", "--no-failover", "GET /pets", env=env)
    *lines, who = done.stderr.splitlines()
    assert lines and all(line.startswith(("mended: line ", "assumed: ", "photon: GET /pets has no ")) for line in lines), lines
    assert who.startswith("openai/m · ") and "repair" in who and "first token after" in who


def test_json_is_one_object_with_all_that_is_known(photon: Photon) -> None:
    done = photon(*FAKE, "--json", "GET /pets")
    found = json.loads(done.stdout)
    assert list(found) == [
        *("document", "sketch", "answered_by", "cached", "failovers", "repeats", "usage", "cost_usd"),
        *("repairs", "notes", "reused", "findings", "timings_ms"),
    ]
    assert found["document"] == yaml.safe_load(photon(*FAKE, "GET /pets").stdout)
    assert found["sketch"].startswith("GET /pets\n")
    assert found["answered_by"] == {"provider": "fake", "model": "fake"}
    assert (found["cached"], found["failovers"], found["repeats"], found["repairs"]) == (False, [], 0, [])
    assert found["usage"]["completion_tokens"] > 0
    assert found["cost_usd"] == 0
    assert found["timings_ms"]["total"] >= found["timings_ms"]["first_token"] > 0


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_a_whole_document_is_valid_openapi_of_the_version_asked_for(photon: Photon, version: str) -> None:
    with serving(sse(*text_events(SKETCH))) as server:
        env = {"PHOTON_AI_URL": server.url}
        done = photon("ai", "suggest-path", "--openapi", version, "--scope", "document", "GET /pets", env=env)
    document = yaml.safe_load(done.stdout)
    assert document["openapi"].startswith(version)
    validate(document)


def test_the_scopes_hold_one_another(photon: Photon) -> None:
    def read(scope: str) -> dict[str, object]:
        found = yaml.safe_load(photon(*FAKE, "--scope", scope, "GET /pets").stdout)
        assert isinstance(found, dict)
        return found

    path, fragment, document = map(read, ("path", "fragment", "document"))
    assert fragment["paths"] == path
    assert document.items() >= fragment.items() and {"openapi", "info"} <= document.keys()


def test_the_formats_say_the_same(photon: Photon) -> None:
    as_yaml, as_json, sketch = (photon(*FAKE, "-f", form, "GET /pets").stdout for form in ("yaml", "json", "sketch"))
    assert yaml.safe_load(as_yaml) == json.loads(as_json)
    assert sketch.splitlines()[0] == "GET /pets"


def test_a_file_gets_the_bytes_that_stdout_would(photon: Photon) -> None:
    Path("pets.yaml").write_text("before")
    done = photon(*FAKE, "-o", "pets.yaml", "GET /pets")
    assert (done.stdout, done.stderr.splitlines()[0]) == ("", "wrote pets.yaml")
    assert Path("pets.yaml").read_text() == photon(*FAKE, "GET /pets").stdout
    assert [path.name for path in Path().iterdir()] == ["pets.yaml"]


def test_a_failure_leaves_an_existing_file_as_it_was(photon: Photon) -> None:
    Path("pets.yaml").write_text("before")
    with serving(sse(servers.delta("GET /pets\nsumm"), done=False, then="cut")) as server:
        done = photon("ai", "suggest-path", "--no-failover", "-o", "pets.yaml", "GET /pets", env={"PHOTON_AI_URL": server.url})
    assert done.returncode == ExitCode.UNREACHABLE
    assert Path("pets.yaml").read_text() == "before"
    assert [path.name for path in Path().iterdir()] == ["pets.yaml"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("folder", "Is a directory"),
        ("file/x.yaml", "Not a directory"),
        ("/proc/x.yaml", "No such file or directory"),
        pytest.param(
            *("/dev/full", "No space left on device"),
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full"),
        ),
    ],
)
def test_a_file_that_cannot_be_written_is_a_failure_in_one_line(photon: Photon, file: str, why: str) -> None:
    Path("folder").mkdir()
    Path("file").touch()
    done = photon(*FAKE, "-o", file, "GET /pets")
    assert (done.returncode, done.stdout) == (ExitCode.FAILURE, "")
    assert done.stderr.splitlines()[0] == f"photon: cannot write {file}: {why}"


def cached(photon: Photon, *options: str) -> bool:
    found = json.loads(photon(*FAKE, "--json", *options, "GET /pets").stdout)["cached"]
    assert isinstance(found, bool)
    return found


def test_the_second_time_the_answer_comes_from_the_cache_unless_it_shall_not(photon: Photon) -> None:
    assert [cached(photon, *options) for options in ([], [], ["--refresh"], ["--no-cache"], [])] == [
        *(False, True, False, False, True),
    ]
    assert cached(photon, "--format", "sketch", "--scope", "path"), "rendering does not shape the answer"
    assert not cached(photon, "--temperature", "0.5")


def test_without_the_cache_nothing_is_kept(photon: Photon, tmp_path: Path) -> None:
    photon(*FAKE, "--no-cache", "GET /pets")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_a_cache_that_cannot_be_is_one_line_and_no_failure(photon: Photon, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    folder = "/proc/nowhere" if place == "nowhere" else str(tmp_path / "file")
    done = photon(*FAKE, "GET /pets", env={"PHOTON_CACHE_DIR": folder})
    assert done.returncode == ExitCode.SUCCESS and yaml.safe_load(done.stdout)["paths"]
    why, who = done.stderr.splitlines()
    assert why.startswith(f"photon: the cache {folder}") and who.startswith("fake/fake")


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_settings_and_data_in_an_impossible_place_are_no_settings_and_no_data(
    photon: Photon, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    folder = "/proc/nowhere" if place == "nowhere" else str(tmp_path / "file")
    done = photon(*FAKE, "GET /pets", env={"PHOTON_CONFIG_DIR": folder, "PHOTON_DATA_DIR": folder})
    assert done.returncode == ExitCode.SUCCESS and yaml.safe_load(done.stdout)["paths"]
    why, who = done.stderr.splitlines()
    assert why.startswith(f"photon: the record of requests {folder}") and who.startswith("fake/fake")


def test_a_damaged_cache_is_one_line_and_no_failure(photon: Photon, tmp_path: Path) -> None:
    photon(*FAKE, "GET /pets")
    (file,) = (tmp_path / "cache").glob("*.sqlite3")
    for log in (tmp_path / "cache").glob("*.sqlite3-*"):
        log.unlink()  # SQLite could read everything out of its write-ahead log, and sometimes does
    file.write_bytes(b"this is no database, by no means" * 300)
    done = photon(*FAKE, "GET /pets")
    assert done.returncode == ExitCode.SUCCESS and yaml.safe_load(done.stdout)["paths"]
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 2
    assert photon(*FAKE, "GET /pets").returncode == ExitCode.SUCCESS


def test_several_processes_at_once_share_the_cache() -> None:
    command = [sys.executable, "-m", "photon", *FAKE, "GET /pets"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(command, text=True, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in running]
    assert {code for _, _, code in ended} == {0}
    assert len({out for out, _, _ in ended}) == 1
    assert all(err.startswith("fake/fake · ") and err.count("\n") == 1 for _, err, _ in ended), ended


def test_one_path_at_a_time(photon: Photon) -> None:
    done = photon(*FAKE, "GET /pets and POST /pets")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert "several operations" in done.stderr and "one path at a time" in done.stderr
