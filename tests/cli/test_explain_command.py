"""``photon ai explain``: every rule has a page, also under the name that another tool has for it."""

from __future__ import annotations

import json

import pytest
from screens import Photon, seen

from photon.cli.app import run
from photon.errors import ExitCode
from photon.openapi.lint.selection import known_rules


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert run(["ai", "explain", *arguments]) == ExitCode.SUCCESS
    out, err = capsys.readouterr()
    return out, err


def test_a_page_says_what_why_and_how(photon: Photon) -> None:
    done = photon("ai", "explain", "no-duplicate-keys")
    assert done.stdout.startswith(
        "no-duplicate-keys  error\n\nA key stands twice in one mapping.\n\nParsers keep one of the two"
    )
    assert "Wrong\n  get:\n    summary: List pets\n    summary: Find pets\n" in done.stdout
    assert "Right\n  get:\n    summary: List pets\n" in done.stdout
    assert "# photon: ignore no-duplicate-keys" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("name", known_rules())
def test_every_rule_has_a_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    out, err = said(capsys, name)
    rule = known_rules()[name]
    assert out.startswith(f"{name}  {rule.severity}") and err == ""
    assert rule.summary in out and rule.explanation in out
    assert ("mended by --fix" in out) == rule.fixable and ("off unless" in out) == (not rule.on)


@pytest.mark.parametrize("name", ["path-keys-no-trailing-slash", "oas3-unused-component"])
def test_another_tools_name_leads_to_ours(capsys: pytest.CaptureFixture[str], name: str) -> None:
    out, err = said(capsys, name)
    ours = next(rule for rule in known_rules().values() if name in rule.spectral.split())
    assert out.startswith(ours.id) and err == f"{name} is Spectral's name; here it is {ours.id}\n"


def test_a_name_for_many_rules_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "oas3-schema")
    assert len(out.splitlines()) > 3 and out.startswith("RULE\t") and "Spectral's name; here it is" in err


def test_without_a_name_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys)[0].splitlines()
    assert lines[0].split("\t") == ["RULE", "SEVERITY", "FIXABLE", "SUMMARY", "REDOCLY", "SPECTRAL"]
    assert [line.split("\t")[0] for line in lines[1:]] == sorted(known_rules())


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(said(capsys, "--json")[0])
    assert {each["id"] for each in listed} == set(known_rules())
    assert json.loads(said(capsys, "syntax", "--json")[0]) == next(each for each in listed if each["id"] == "syntax")


@pytest.mark.parametrize(
    ("name", "hint"), [("no-duplicate-key", "did you mean no-duplicate-keys?"), ("zzz", "photon ai explain (lists every rule)")]
)
def test_a_name_that_there_is_not_is_answered_with_the_nearest(photon: Photon, name: str, hint: str) -> None:
    done = photon("ai", "explain", name)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == f"photon: there is no rule {name!r}\n  try: {hint}\n"


def test_examples_are_coloured_in_a_terminal_and_no_line_is_too_long() -> None:
    shown = seen("ai", "explain", "no-duplicate-keys", width=60)
    assert shown.sequences and max(len(line) for line in shown.plain.splitlines()) <= 60
    assert not seen("ai", "explain", "no-duplicate-keys", NO_COLOR="1").sequences
    assert max(len(line) for line in seen("ai", "explain", width=50).plain.splitlines()) <= 50


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_list_has_every_name_whole_however_narrow_the_terminal(width: int) -> None:
    lines = seen("ai", "explain", width=width).plain.splitlines()
    assert set(known_rules()) <= {line.split()[0] for line in lines} and max(map(len, lines)) <= width
