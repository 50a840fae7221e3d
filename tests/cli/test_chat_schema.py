"""``photon ai chat --schema``: a JSON document on stdout, or exit code 8."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import Photon
from servers import Script, serving, sse, text_events

from photon.cli.documents import Sheet
from photon.cli.terminal import Terminal

PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"]}
ANN = '{\n  "name": "Ann",\n  "age": 34.0\n}'
FAKE = ("ai", "chat", "--provider", "fake")


def says(text: str) -> Script:
    return sse(*text_events(*text))


def configured(folder: Path, url: str) -> None:
    (folder / "photon.toml").write_text(f'[ai]\nprovider = "openai"\nurl = "{url}"\nmodel = "m"\nfailover = false\n')


def test_a_pipe_gets_the_document_in_one_line(photon: Photon, isolated: Path) -> None:
    (isolated / "person.json").write_text(json.dumps(PERSON))
    run = photon(*FAKE, "--schema", "person.json", "Who?")
    assert (run.returncode, run.stdout) == (0, '{"name":"text","age":0}\n')
    assert "fake/fake" in run.stderr


def test_fields_in_one_line_will_do(photon: Photon) -> None:
    assert photon(*FAKE, "--schema", "name, tags str[]", "-q", "Who?").stdout == '{"name":"text","tags":["text"]}\n'


def test_json_has_the_text_and_what_it_says(photon: Photon) -> None:
    told = json.loads(photon(*FAKE, "--schema", "age int", "--json", stdin="Ann is 34.").stdout)
    assert (told["answer"], told["data"]) == ('{"age": 0}', {"age": 0})
    assert told["finish_reason"] == "stop"


def test_an_answer_without_a_schema_has_no_data(photon: Photon) -> None:
    assert "data" not in json.loads(photon(*FAKE, "--json", "Who?").stdout)


def test_an_answer_that_does_not_match_is_asked_for_again(photon: Photon, isolated: Path) -> None:
    with serving(says('{"name": "Ann"}'), says(f"```json\n{ANN}\n```")) as server:
        configured(isolated, server.url)
        run = photon("ai", "chat", "--schema", json.dumps(PERSON), "Who?")
    assert (run.returncode, run.stdout) == (0, '{"name":"Ann","age":34.0}\n')
    assert "asked twice" in run.stderr
    assert '"age" is missing' in server.requests[1].json["messages"][-1]["content"]


def test_two_answers_that_do_not_match_are_exit_code_8_and_nothing_on_stdout(photon: Photon, isolated: Path) -> None:
    with serving(says('{"name": "Ann", "age": "old"}')) as server:
        configured(isolated, server.url)
        run = photon("ai", "chat", "--schema", json.dumps(PERSON), "Who?")
        assert (run.returncode, run.stdout) == (8, "")
        assert '$.age: "old" is not a whole number' in run.stderr
        assert photon("ai", "chat", "--schema", json.dumps(PERSON), "Who?").returncode == 8  # and it was not cached
    assert len(server.requests) == 4


def test_the_same_question_by_another_schema_is_another_one(photon: Photon) -> None:
    assert photon(*FAKE, "--schema", "a str", "Who?").stdout == '{"a":"text"}\n'
    again = photon(*FAKE, "--schema", "a str", "Who?")
    assert again.stdout == '{"a":"text"}\n' and "from the cache" in again.stderr
    assert photon(*FAKE, "--schema", "b str", "Who?").stdout == '{"b":"text"}\n'
    assert photon(*FAKE, "Who?").stdout == "You said: Who?\n"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("nobody.json", "no file"),
        ('{"type": "strin"}', "$.type"),
        ("age innt", "did you mean int"),
        ('{"$ref": "https://example.com/s.json"}', "nothing is fetched"),
        ("-", "stdin"),
    ],
)
def test_what_is_no_schema_is_a_usage_error(photon: Photon, schema: str, said: str) -> None:
    run = photon(*FAKE, "--schema", schema, "Who?")
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr and "Traceback" not in run.stderr


def test_a_conversation_that_is_kept_holds_the_document(photon: Photon) -> None:
    assert photon(*FAKE, "--session", "s", "--schema", "a str", "Who?").returncode == 0
    kept = photon(*FAKE, "--session", "s", "--schema", "b str", "--json", "And then?")
    assert json.loads(kept.stdout)["data"] == {"b": "text"}


def sheet(text: str, **facts: Any) -> str:
    out = StringIO()
    paper = Sheet(Terminal(out=out, err=StringIO(), **facts))
    paper.feed(text)
    paper.finish()
    return out.getvalue()


def test_a_terminal_gets_it_laid_out_and_without_control_characters() -> None:
    assert sheet(f'{ANN[:-2]}, "x": "\u202e\\u001b[31m"\n}}', interactive=True) == (
        '{\n  "name": "Ann",\n  "age": 34.0,\n  "x": "\\u202e\\u001b[31m"\n}\n'
    )


def test_colours_change_no_character() -> None:
    import re

    text = '{"a \\" b": ["x: 1", -1.5e3, true, null, {}], "c": "\\\\"}'
    coloured = sheet(text, interactive=True, colour=True)
    assert "\x1b[34m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == sheet(text, interactive=True)


def test_a_pipe_that_speaks_utf_8_gets_half_a_surrogate_pair_as_it_was_written() -> None:
    assert sheet('{"a": "\\ud800"}') == '{"a":"\\ud800"}\n'
