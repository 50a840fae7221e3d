"""``photon ai log``: the real record in the test's own folder, written by hand or by the real commands."""

from __future__ import annotations

import io
import json
import os
import re
import time
from datetime import datetime
from pathlib import Path

import pytest
import servers
import typer
from entries import NOW, entry, exchange, failed
from rich.cells import cell_len
from screens import Photon, seen
from servers import serving, sse

from photon.chat import Message, Origin, Parameters
from photon.cli.log import log_app
from photon.cli.options import settings_flags
from photon.cli.terminal import Terminal
from photon.errors import Fault, PhotonError, ProviderUnreachable, UnreadableAnswer, UsageError
from photon.records.requests import History, history
from photon.settings.paths import history_file
from photon.settings.schema import Record

FAKE = Origin("fake", "fake")
SKETCH = "DELETE /users/{id}\nsummary: Remove a user\nauth: bearer\n204: -\n404: User not found\n"


@pytest.fixture
def record() -> History:
    found = history(Record(), pytest.fail)
    assert found is not None
    return found


def log(*arguments: str, interactive: bool = False, width: int = 80, asking: bool = False) -> tuple[str, str]:
    """stdout and stderr of the command."""
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, interactive=interactive, width=width, asking=asking)
    log_app(list(arguments), obj=terminal, standalone_mode=False)
    return out.getvalue(), err.getvalue()


def path_entry(**facts: object):
    """DELETE /users/{id}, asked of our own model, in its own words and in a style that is not the default."""
    tuned = (Message("system", "tuned"), Message("user", "DELETE /users/{id}"), Message("assistant", "DELETE /users/{id}\n"))
    details = {"rendering": {"version": "3.0", "scope": "path", "known": []}, "format": "json", "context": {}}
    given = {"command": "suggest-path", "messages": tuned, "details": details, "attempts": (exchange(FAKE, cost=0.0),)}
    return entry("DELETE /users/{id}", **{"answer": SKETCH} | given | facts)


def test_a_pipe_gets_a_line_for_each_request_the_newest_first(record):
    record.add(entry("What\nis   422?"))
    record.add(failed())
    record.add(entry("stopped", "", cancelled=True, origin=None, finish_reason=None, attempts=(exchange(cost=None),)))
    lines = [line.split("\t") for line in log()[0].splitlines()]
    assert lines[0] == ["id", "when", "command", "answered by", "tokens", "cost", "time", "request"]
    when = datetime.fromtimestamp(NOW).strftime("%Y-%m-%d %H:%M")
    assert lines[1] == ["3", when, "chat", "stopped", "10+5", "unknown", "1.00 s", "stopped"]
    assert lines[2] == ["2", when, "chat", "! stalled", "", "unknown", "1.00 s", "And 409?"]
    assert lines[3] == ["1", when, "chat", "openai/gpt-5", "10+5", "$0.25", "1.00 s", "What is 422?"]
    assert log("list") == log()


def test_what_is_free_says_so(record):
    record.add(entry(attempts=(exchange(FAKE, cost=0.0),)))
    assert "\tfree\t" in log()[0]


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("question", ["a long question about many things ", "質問です"])
def test_a_terminal_gets_one_line_a_request(record, width, question):
    record.add(entry(question * 50))
    out, _ = log(interactive=True, width=width)
    header, line = out.splitlines()
    assert cell_len(line.rstrip()) <= width
    assert line.startswith("1 ")
    assert "…" in line
    assert ("tokens" in header) == (width == 140)


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("-n", "2"), [3, 2]),
        (("--errors",), [2]),
        (("--provider", "fake"), [3]),
        (("--model", "gpt-5"), [2, 1]),
        (("--since", "7d"), [3]),
        (("--until", "2023-12-01"), [2, 1]),
        (("list", "--since", "2023-01-01", "-n", "1"), [3]),
        (("search", "409"), [2]),
        (("search", "what", "--since", "2022-01-01", "-n", "9"), [1]),
        (("search", 'quote"d', "--", "-x"), []),
    ],
    ids=str,
)
def test_a_listing_is_narrowed_down(record, arguments, ids):
    record.add(entry())
    record.add(failed())
    record.add(entry("today", started=datetime.now().timestamp(), attempts=(exchange(FAKE),)))
    at = arguments.index("--") if "--" in arguments else len(arguments)
    out, _ = log(*arguments[:at], "--json", *arguments[at:])
    assert [each["id"] for each in json.loads(out)] == ids


def test_nothing_found_is_said_on_stderr_and_no_failure(record, photon: Photon):
    done = photon("ai", "log")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no such request is in the record\n")
    done = photon("ai", "log", "search", "unicorn")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no request has all of these words\n")
    assert not record.path.exists()


def test_options_before_a_command_are_refused_for_they_would_do_nothing(photon: Photon):
    done = photon("ai", "log", "-n", "3", "search", "pets")
    assert done.returncode == 2
    assert "options stand behind the command: photon ai log search" in done.stderr


def test_show_tells_all_of_one_request_with_its_attempts(record):
    refused = exchange(fault=Fault.REFUSED, error="nobody listens", cost=None)
    record.add(entry(attempts=(refused, exchange(FAKE))))
    out, _ = log("show", "1")
    for fact in ("answered by fake/fake", "temperature 0.0, max_tokens 100", "10+5", "$0.25", "\nsystem\n  Be brief.\n"):
        assert fact in out
    assert "\nanswer\n  Unprocessable content.\n" in out
    attempts = [line.split("\t") for line in out.partition("\nattempts\n")[2].splitlines()]
    assert [attempt[1:] for attempt in attempts[1:]] == [
        ["openai/gpt-5", "api.openai.com", "", "unknown", "", "0.90 s", "connection refused: nobody listens"],
        ["fake/fake", "api.openai.com", "10+5", "$0.25", "0.10 s", "0.90 s", "stop"],
    ]


def test_show_alone_shows_the_newest_one(record):
    record.add(entry("first"))
    record.add(failed("second"))
    assert "id          2" in log("show")[0]
    assert "error       openai said nothing for 20 s" in log("show")[0]


def test_json_has_every_field_of_a_request(record):
    record.add(path_entry(switches=1))
    found = json.loads(log("show", "--json")[0])
    assert found == json.loads(log("--json")[0])[0] == json.loads(log("export")[0])
    assert found["request"] == "DELETE /users/{id}"
    assert found["answered_by"] == {"provider": "fake", "model": "fake"}
    assert (found["started"], found["cost_usd"], found["fault"]) == ("2023-11-14T22:13:20.000Z", 0.0, None)
    assert found["usage"] == {"prompt_tokens": 10, "completion_tokens": 5, "cached_tokens": None}
    assert found["messages"][0] == {"role": "system", "content": "tuned"}
    assert found["attempts"][0]["timings_ms"] == {"first_token": 100.0, "total": 900.0}
    assert found["details"]["format"] == "json"


@pytest.mark.parametrize("command", ["show", "last", "replay"])
def test_a_request_that_is_not_there_is_an_error_that_says_how_to_find_one(record, command):
    record.add(entry())
    with pytest.raises(UsageError, match="there is no request 7") as caught:
        log(command, "7")
    assert "photon ai log" in caught.value.hint


def test_last_prints_the_answer_of_a_chat_as_it_was(record):
    record.add(entry("first", "**the** first answer\n"))
    record.add(entry("second", "**the** second answer"))
    record.add(failed())
    assert log("last") == ("**the** second answer\n", "")
    assert log("last", "1") == ("**the** first answer\n", "")


def test_last_renders_a_chat_in_a_terminal_and_lets_no_escape_sequence_through(record):
    record.add(entry("q", "* **bold** \x1b[31mred"))
    assert log("last", interactive=True)[0] == "• **bold** [31mred\n"
    assert log("last", "--raw", interactive=True)[0] == "* **bold** [31mred\n"


def test_last_prints_a_path_in_the_style_it_was_asked_in(record):
    record.add(path_entry())
    document = json.loads(log("last")[0])
    assert document["/users/{id}"]["delete"]["summary"] == "Remove a user"
    assert log("last", "--raw")[0] == SKETCH


@pytest.mark.parametrize(
    "style", [["--format", "json"], ["--scope", "document", "--openapi", "3.0"], ["--format", "sketch"], []]
)
def test_last_prints_what_suggest_path_printed_to_the_byte(photon: Photon, style):
    printed = photon("ai", "suggest-path", "--provider", "fake", *style, "POST /login with JWT response")
    assert printed.returncode == 0, printed.stderr
    again = photon("ai", "log", "last")
    assert (again.stdout, again.returncode) == (printed.stdout, 0)


def test_last_says_when_there_is_no_answer_or_it_makes_no_path(record):
    with pytest.raises(UsageError, match="there is no answer in the record"):
        log("last")
    record.add(failed())
    with pytest.raises(UsageError, match="request 1 has no answer"):
        log("last", "1")
    record.add(path_entry(answer="I am sorry."))
    with pytest.raises(UnreadableAnswer) as caught:
        log("last")
    assert caught.value.hint == "photon ai log last 2 --raw prints it as it is"


@pytest.mark.parametrize("command", ["last", "replay"])
def test_what_was_kept_without_its_texts_is_not_made_up(command):
    counting = history(Record(keep="counts"), pytest.fail)
    assert counting is not None
    counting.add(entry())
    with pytest.raises(UsageError, match="of request 1 the counts are kept, but not the texts"):
        log(command, "1")
    assert "(not kept)" in log()[0]
    assert json.loads(log("--json")[0])[0]["messages"] is None


def test_replay_puts_a_path_in_the_words_of_the_other_model(record, monkeypatch):
    record.add(path_entry(parameters=Parameters(temperature=0.5, max_tokens=77)))
    with serving(sse(*servers.text_events(SKETCH))) as server:
        monkeypatch.setenv("PHOTON_AI_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
        out, err = log("replay", "1", "--provider", "openai", "--model", "gpt-x")
    sent = server.requests[0].json
    assert (sent["model"], sent["temperature"]) == ("gpt-x", 0.5)
    assert 77 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
    assert "sketch notation" in sent["messages"][0]["content"]
    assert sent["messages"][-1]["content"].startswith("DELETE /users/{id}")
    assert list(json.loads(out)) == ["/users/{id}"], "in the style of then"
    assert err.startswith("openai/gpt-x · ")


def test_replay_asks_a_chat_again_with_all_that_was_said(record, monkeypatch):
    said = (Message("system", "Be brief."), Message("user", "one"), Message("assistant", "1"), Message("user", "two"))
    record.add(entry("two", "2", messages=said))
    with serving(sse(*servers.text_events("zwei"))) as server:
        monkeypatch.setenv("PHOTON_AI_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
        out, _ = log("replay")
    sent = server.requests[0].json
    assert sent["model"] == "gpt-5", "the same model, where no other is named"
    assert [message["content"] for message in sent["messages"]] == ["Be brief.", "one", "1", "two"]
    assert out == "zwei\n"


def test_a_replay_is_a_request_that_is_recorded_too_and_can_be_replayed(record):
    record.add(path_entry())
    first = json.loads(log("replay", "1", "--json", "-q")[0])
    assert (first["replay_of"], first["answered_by"]) == (1, {"provider": "fake", "model": "fake"})
    again, last = json.loads(log("replay", "2", "--json")[0]), record.last()
    assert last is not None
    assert (last.id, last.entry.command, last.entry.details["format"]) == (3, "suggest-path", "json")
    assert again["document"] == first["document"]


def test_nobody_else_answers_a_replay(record, monkeypatch):
    record.add(entry())
    monkeypatch.setenv("PHOTON_AI_URL", f"http://127.0.0.1:{servers.dead_port()}/v1")
    monkeypatch.setenv("PHOTON_AI_FAILOVER", "fake")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    with pytest.raises(ProviderUnreachable):
        log("replay")


def test_export_writes_one_line_of_json_a_request_whatever_is_in_it(record, tmp_path):
    odd = "two\nlines, \u2028 a separator, \x85, \ud83d, \0, \x1b[31m, 漢字 🎉"
    for number in range(120):
        record.add(entry(f"{number} {odd}", odd, started=time.time()))
    file = tmp_path / "all.jsonl"
    assert log("export", str(file)) == ("", f"wrote 120 requests to {file}\n")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(1, 121))
    assert json.loads(lines[0])["answer"] == odd.replace("\ud83d", "?").replace("\0", "\ufffd")
    assert log("export")[0] == file.read_text(encoding="utf-8")
    assert os.name == "nt" or file.stat().st_mode & 0o77 == 0


def test_an_export_that_cannot_be_written_changes_nothing(record, tmp_path):
    record.add(entry())
    with pytest.raises(PhotonError, match="cannot write"):
        log("export", str(tmp_path / "missing" / "all.jsonl"))
    assert list(tmp_path.glob("**/*.jsonl*")) == []


def test_export_to_a_reader_who_leaves_is_no_failure(record, photon: Photon):
    record.add(entry())
    assert photon("ai", "log", "export", "/dev/full").returncode == 1
    assert log("export", "--since", "1h")[0] == ""


def test_clear_asks_first_and_needs_yes_where_nobody_can_answer(record, monkeypatch):
    record.add(entry())
    with pytest.raises(UsageError, match="1 request would be forgotten for good") as caught:
        log("clear", "--all")
    assert caught.value.hint == "add --yes"
    monkeypatch.setattr(typer, "confirm", lambda question, err: not err)
    assert log("clear", "--all", asking=True) == ("", "nothing was forgotten\n")
    assert record.count() == 1
    assert log("clear", "--all", "--yes") == ("", "forgot 1 request\n")
    assert record.count() == 0


def test_a_person_is_asked_before_anything_is_forgotten(record):
    record.add(entry("first"))
    record.close()
    from screens import in_terminal

    with in_terminal("ai", "log", "clear", "--all") as screen:
        screen.expect("Forget 1 request for good")
        screen.sendline("y")
        screen.expect("forgot 1 request")
    assert record.count() == 0


@pytest.mark.parametrize("before", ["30", "30d", "2024-01-01"])
def test_clear_before_forgets_what_is_older(record, before):
    record.add(entry("old"))
    record.add(entry("new", started=datetime.now().timestamp()))
    assert log("clear", "--before", before, "--yes")[1] == "forgot 1 request\n"
    assert [kept.entry.question for kept in record.export()] == ["new"]


@pytest.mark.parametrize("arguments", [(), ("--all", "--before", "30d")])
def test_clear_wants_to_know_what(arguments):
    with pytest.raises(UsageError, match="what shall be forgotten"):
        log("clear", *arguments)


def test_clear_mends_a_damaged_record(record, photon: Photon):
    record.path.parent.mkdir(parents=True)
    record.path.write_bytes(os.urandom(5000))
    done = photon("ai", "log", "clear", "--all", "--yes")
    assert done.returncode == 0
    assert history_file().exists()
    assert record.add(entry()) == 1
    assert [path.name for path in record.path.parent.glob("*.corrupt")] == []


def test_path_says_where_it_is():
    assert log("path") == (f"{history_file()}\n", "")


@pytest.mark.parametrize("word", ["on", "off"])
def test_who_looks_for_a_switch_is_told_the_setting(word):
    with pytest.raises(UsageError, match=r"ai\.record\.keep") as caught:
        log(word)
    assert "[ai.record] in " in caught.value.hint


def test_a_broken_settings_file_keeps_nobody_from_reading_the_record(record, photon: Photon, isolated: Path):
    record.add(entry())
    (isolated / "photon.toml").write_text("this is = not [toml")
    done = photon("ai", "log")
    assert (done.returncode, done.stdout.count("\n")) == (0, 2)


def test_no_log_keeps_the_counts_of_a_request_and_log_its_texts(photon: Photon, record):
    ask = ("ai", "chat", "--provider", "fake", "--no-cache", "-q")
    for flags in (["--no-log"], ["--log"]):
        assert photon(*ask, *flags, "a secret plan", env={"PHOTON_AI_RECORD_KEEP": "all"}).returncode == 0
    assert [kept.texts for kept in record.newest(9)] == [True, False]


def test_no_log_does_not_begin_to_count_where_nothing_is_kept(monkeypatch):
    assert settings_flags(log=False) == {"ai.record.keep": "counts"}
    monkeypatch.setenv("PHOTON_AI_RECORD_KEEP", "nothing")
    assert settings_flags(log=False) == {}
    assert settings_flags(log=True) == {"ai.record.keep": "all"}


def test_what_the_real_commands_ask_is_in_the_log(photon: Photon):
    photon("ai", "suggest-path", "--provider", "fake", "POST /login with JWT response")
    photon("ai", "chat", "--provider", "fake", "What is 422?")
    listed = [line.split("\t") for line in photon("ai", "log").stdout.splitlines()[1:]]
    assert [(line[2], line[3], line[7]) for line in listed] == [
        ("chat", "fake/fake", "What is 422?"),
        ("suggest-path", "fake/fake", "POST /login with JWT response"),
    ]


def test_a_person_sees_a_table(record):
    record.add(entry())
    record.close()
    shown = seen("ai", "log")
    assert shown.code == 0
    assert re.search(r"1 +2023-11-1\d \d\d:\d\d +openai/gpt-5 +What is 422\?", shown.plain)


@pytest.mark.parametrize("command", [(), ("list",), ("search",), ("show",), ("last",), ("replay",), ("export",), ("clear",)])
def test_help_explains_with_an_example(photon: Photon, command):
    done = photon("ai", "log", *command, "--help")
    assert done.returncode == 0
    assert "photon ai log" in done.stdout
