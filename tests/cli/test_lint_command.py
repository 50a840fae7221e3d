"""``photon ai lint`` as a person and a CI job meet it: lines, reports, fixes, exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from screens import Photon, seen

from photon.cli.app import run
from photon.errors import ExitCode, PhotonError

CLEAN = """\
openapi: 3.1.0
info: {title: Shop, version: "1", description: Orders., license: {name: MIT, identifier: MIT}, contact: {name: Us, url: https://example.org}}
servers: [{url: https://api.shop.test}]
security: []
tags: [{name: orders, description: What is bought.}]
paths:
  /orders:
    get:
      summary: List orders
      description: All of them.
      operationId: listOrders
      tags: [orders]
      responses:
        '200': {description: The orders}
        '400': {description: A wrong request}
"""
FAULTY = CLEAN.replace("  /orders:\n", "  /orders/:   # all\n").replace("      summary: List orders\n", "")
RULES = ("--only", "no-path-trailing-slash,operation-summary")


@pytest.fixture
def faulty(isolated: Path) -> Path:
    (isolated / "openapi.yaml").write_text(FAULTY)
    return isolated / "openapi.yaml"


def test_each_finding_is_a_line_that_an_editor_understands(photon: Photon, faulty: Path) -> None:
    done = photon("ai", "lint", "openapi.yaml", *RULES)
    assert done.stdout == (
        "openapi.yaml:7:3: error no-path-trailing-slash the path '/orders/' ends with a slash\n"
        "openapi.yaml:8:5: error operation-summary GET /orders/ has no summary\n"
    )
    assert done.stderr == "openapi.yaml: 2 errors (1 more with --unsafe-fixes)\n"
    assert done.returncode == ExitCode.FAILURE


def test_a_clean_document_is_no_line_and_0(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(CLEAN)
    done = photon("ai", "lint", "openapi.yaml", "--fail-on", "info")
    assert (done.stdout, done.stderr, done.returncode) == ("", "openapi.yaml: nothing is wrong\n", 0)
    assert photon("ai", "lint", "openapi.yaml", "-q").stderr == ""


def test_the_document_may_be_piped_in(photon: Photon) -> None:
    done = photon("ai", "lint", "-", *RULES, stdin=FAULTY)
    assert done.stdout.splitlines()[1] == "<stdin>:8:5: error operation-summary GET /orders/ has no summary"
    assert done.returncode == ExitCode.FAILURE


def test_the_projects_document_is_meant_where_none_is_named(photon: Photon, faulty: Path) -> None:
    assert photon("ai", "lint").returncode == ExitCode.USAGE
    assert "ai.spec" in photon("ai", "lint").stderr
    Path("photon.toml").write_text('[ai]\nspec = "openapi.yaml"\n')
    assert photon("ai", "lint", *RULES).stdout.count("\n") == 2


@pytest.mark.parametrize(
    ("fail_on", "rule", "code"),
    [
        (None, "operation-summary=error", 1),
        (None, "operation-summary=warning", 0),
        ("warning", "operation-summary=warning", 1),
        ("warning", "operation-summary=info", 0),
        ("info", "operation-summary=info", 1),
        ("never", "operation-summary=error", 0),
        ("info", "operation-summary=off", 0),
    ],
)
def test_the_exit_code_says_whether_anything_is_bad_enough(faulty: Path, fail_on: str | None, rule: str, code: int) -> None:
    given = ["--fail-on", fail_on] if fail_on else []
    assert run(["ai", "lint", "openapi.yaml", "--only", "operation-summary", "--rule", rule, *given]) == code


def test_rules_are_switched_in_the_settings_and_the_command_line_wins(
    faulty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("photon.toml").write_text(
        '[ai.lint]\nrules = ["operation-summary=info", "no-path-trailing-slash=off"]\nfail_on = "info"\n'
    )
    assert run(["ai", "lint", "openapi.yaml", *RULES]) == 1
    assert capsys.readouterr().out == "openapi.yaml:8:5: info operation-summary GET /orders/ has no summary\n"
    assert run(["ai", "lint", "openapi.yaml", *RULES, "--rule", "operation-summary=off"]) == 0
    monkeypatch.setenv("PHOTON_AI_LINT_RULES", "operation-summary=off,no-path-trailing-slash=off")
    assert run(["ai", "lint", "openapi.yaml", *RULES]) == 0


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["--rule", "operation-sumary=off"], "", ExitCode.USAGE, "did you mean operation-summary?"),
        (["--only", "nothing-like-it-at-all"], "", ExitCode.USAGE, "photon ai explain"),
        (["--rule", "operation-summary=loud"], "", ExitCode.USAGE, "off, or error, warning, info"),
        ([], 'rules = ["operation-sumary=off"]', ExitCode.CONFIGURATION, "ai.lint.rules: there is no rule 'operation-sumary'"),
        ([], 'fail_on = "errors"', ExitCode.CONFIGURATION, "did you mean error?"),
        (["--format", "xml"], "", ExitCode.USAGE, "'xml' is not one of"),
        (["--rule", "oas3-schema=off"], "", ExitCode.USAGE, "photon ai explain oas3-schema (lists the "),
        ([""], "", ExitCode.USAGE, "the name of a file is empty"),
    ],
)
def test_a_wrong_wish_is_answered_with_the_way_out(
    photon: Photon, faulty: Path, *, arguments: list[str], settings: str, code: int, said: str
) -> None:
    Path("photon.toml").write_text(f"[ai.lint]\n{settings}\n")
    done = photon("ai", "lint", "openapi.yaml", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr and "Traceback" not in done.stderr


# What cannot be read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "swagger2openapi"),
        ("openapi: 4.0.0\n", "OpenAPI 4.0.0"),
        ("[1, 2]\n", "no OpenAPI document"),
        ("", "no OpenAPI document"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_openapi_3_is_9_and_the_others_are_linted(
    photon: Photon, faulty: Path, text: str | None, said: str
) -> None:
    if text is not None:
        Path("other.yaml").write_text(text)
    done = photon("ai", "lint", "other.yaml", "openapi.yaml", *RULES)
    assert done.returncode == ExitCode.INVALID_SPEC
    assert said in done.stderr and done.stdout.count("openapi.yaml:") == 2


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_folder_and_a_link_to_itself_are_failures_that_say_so(photon: Photon, faulty: Path, form: str) -> None:
    Path("my api").mkdir()
    Path("loop.yaml").symlink_to("loop.yaml")
    done = photon("ai", "lint", "my api", "loop.yaml", "openapi.yaml", "--format", form, *RULES)
    assert done.returncode == ExitCode.INVALID_SPEC and "bug in Photon" not in done.stderr
    assert "photon ai lint 'my api'/*.yaml" in done.stderr and "levels of symbolic links" in done.stderr
    assert "operation-summary" in done.stdout


def test_a_syntax_error_is_a_finding_with_its_place(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text("openapi: 3.1.0\ninfo:\n  title: a: b\n")
    done = photon("ai", "lint", "openapi.yaml", "--excerpt")
    assert re.match(r"openapi\.yaml:3:11: error syntax .+\n  2 \| info:\n  3 \|   title: a: b\n +\| +\^\n", done.stdout)
    assert done.returncode == ExitCode.FAILURE
    assert photon("ai", "lint", "openapi.yaml", "--rule", "syntax=off").returncode == ExitCode.INVALID_SPEC


def test_a_key_that_stands_twice_is_a_finding_and_the_rest_is_linted(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(FAULTY + "tags: []\n")
    done = photon("ai", "lint", "openapi.yaml", "--only", "operation-summary,no-duplicate-keys")
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["operation-summary", "no-duplicate-keys"]


def test_a_part_of_another_document_is_told_about_once(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(
        FAULTY.replace("    get:", "    post: {$ref: x}\n    get:").replace(
            "'400': {description: A wrong request}", "'400': {$ref: parts.yaml}"
        )
    )
    (isolated / "parts.yaml").write_text("content: {}\n")
    done = photon("ai", "lint", "parts.yaml", "openapi.yaml", "./openapi.yaml", "--only", "response-description")
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["parts.yaml"]
    assert done.returncode == ExitCode.FAILURE, "a part alone is no document, and here it is a part"
    assert photon("ai", "lint", "parts.yaml").returncode == ExitCode.INVALID_SPEC


# Fixing


def test_fix_writes_what_is_mended_and_reports_what_is_left(photon: Photon, faulty: Path) -> None:
    faulty.chmod(0o640)
    done = photon("ai", "lint", "openapi.yaml", "--fix", "--unsafe-fixes", *RULES)
    assert faulty.read_text() == FAULTY.replace("/orders/:", "/orders:")
    assert faulty.stat().st_mode & 0o777 == 0o640
    assert done.stdout == "openapi.yaml:8:5: error operation-summary GET /orders has no summary\n"
    assert done.stderr == "openapi.yaml: 1 was mended, 1 error is left\n"
    assert done.returncode == ExitCode.FAILURE


def test_diff_shows_it_and_writes_nothing(photon: Photon, faulty: Path) -> None:
    done = photon("ai", "lint", "openapi.yaml", "--fix", "--diff", "--unsafe-fixes", "--only", "no-path-trailing-slash")
    assert faulty.read_text() == FAULTY
    assert "-  /orders/:   # all\n+  /orders:   # all\n" in done.stdout
    assert done.stderr == "openapi.yaml: all 1 would be mended\n"
    assert done.returncode == ExitCode.FAILURE, "as the file stands, it has a fault"
    patched = subprocess.run(["patch", "-p1"], input=done.stdout, text=True, capture_output=True, check=False)
    assert patched.returncode == 0 and faulty.read_text() == FAULTY.replace("/orders/:", "/orders:")


def test_what_is_piped_in_is_written_mended_to_stdout(photon: Photon) -> None:
    done = photon("ai", "lint", "-", "--fix", "--unsafe-fixes", *RULES, stdin=FAULTY)
    assert done.stdout == FAULTY.replace("/orders/:", "/orders:")
    assert done.stderr.splitlines()[0] == "<stdin>:8:5: error operation-summary GET /orders has no summary"
    assert photon("ai", "lint", "-", "--fix", "--json", stdin=FAULTY).returncode == ExitCode.USAGE


def test_a_folder_that_cannot_be_written_is_told_and_leaves_the_file(photon: Photon, faulty: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    faulty.parent.chmod(0o500)
    try:
        done = photon("ai", "lint", "openapi.yaml", "--fix", "--unsafe-fixes", *RULES)
    finally:
        faulty.parent.chmod(0o700)
    assert faulty.read_text() == FAULTY and "cannot write" in done.stderr and done.returncode == ExitCode.FAILURE
    assert "no-path-trailing-slash" in done.stdout and "mended" not in done.stderr


def test_what_could_not_be_written_is_still_found(faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def fail(change: Any) -> None:
        raise PhotonError("cannot write openapi.yaml: No space left on device")

    monkeypatch.setattr("photon.openapi.splice.change.write_change", fail)
    assert run(["ai", "lint", "openapi.yaml", "--fix", "--unsafe-fixes", *RULES]) == ExitCode.FAILURE
    out, err = capsys.readouterr()
    assert "no-path-trailing-slash" in out and "operation-summary" in out
    assert "cannot write" in err and "mended" not in err and "2 errors" in err


def test_what_clients_would_notice_is_left_unless_asked_for(photon: Photon, faulty: Path) -> None:
    done = photon("ai", "lint", "openapi.yaml", "--fix", "--only", "no-path-trailing-slash")
    assert faulty.read_text() == FAULTY and "(1 more with --unsafe-fixes)" in done.stderr
    faulty.write_text(FAULTY.replace("'400'", "400"))
    done = photon("ai", "lint", "openapi.yaml", "--fix", "--only", "no-path-trailing-slash,status-code-quoted")
    assert faulty.read_text() == FAULTY.replace("'400'", '"400"')
    assert done.stderr == "openapi.yaml: 1 was mended, 1 error is left (1 more with --unsafe-fixes)\n"
    assert "--unsafe-fixes" in photon("ai", "explain", "no-path-trailing-slash").stdout


def test_two_names_of_one_file_are_one_file(photon: Photon, faulty: Path) -> None:
    Path("link.yaml").symlink_to("openapi.yaml")
    done = photon("ai", "lint", "openapi.yaml", "./openapi.yaml", str(faulty), "link.yaml", *RULES)
    assert done.stderr.startswith("openapi.yaml: 2 errors")
    done = photon("ai", "lint", "openapi.yaml", "./openapi.yaml", "link.yaml", "--fix", "--unsafe-fixes", *RULES)
    assert done.stderr == "openapi.yaml: 1 was mended, 1 error is left\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--fix", "--diff", "--format", "sarif"],
        ["--diff", "--json"],
        ["--diff", "--statistics"],
        ["--statistics", "--format", "json"],
        ["--statistics", "--json"],
        ["--json", "--format", "sarif"],
    ],
    ids=" ".join,
)
def test_two_forms_at_once_are_refused(faulty: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert run(["ai", "lint", "openapi.yaml", *options]) == ExitCode.USAGE
    assert not capsys.readouterr().out and run(["ai", "lint", "openapi.yaml", "--json", "--format", "json"]) == 1


def test_a_link_stays_a_link(photon: Photon, faulty: Path) -> None:
    Path("link.yaml").symlink_to("openapi.yaml")
    photon("ai", "lint", "link.yaml", "--fix", "--unsafe-fixes", *RULES)
    assert Path("link.yaml").is_symlink() and "/orders:" in faulty.read_text()


# Reports


def findings(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)


def test_json_is_one_object(photon: Photon, faulty: Path) -> None:
    report = findings(photon("ai", "lint", "openapi.yaml", "no.yaml", "--json", *RULES))
    assert report["summary"] == {"error": 2, "warning": 0, "info": 0, "fixable": 1, "fixable_unsafely": 1, "fixed": 0}
    assert report["findings"][0] == {
        "rule": "no-path-trailing-slash", "severity": "error", "message": "the path '/orders/' ends with a slash",
        "file": "openapi.yaml", "line": 7, "column": 3, "end_line": 7, "end_column": 11, "pointer": "#/paths/~1orders~1",
        "fixable": True, "fix": "unsafe",
    }  # fmt: skip
    assert [each["file"] for each in report["unreadable"]] == ["no.yaml"]


def test_github_gets_annotations_with_everything_escaped(photon: Photon, isolated: Path) -> None:
    odd = isolated / "a,b:c%.yaml"
    odd.write_text(CLEAN.replace("  /orders:\n", '  "/50%/a,b:\\n/":\n'))
    done = photon("ai", "lint", odd.name, "--format", "github", "--only", "no-path-trailing-slash")
    assert done.stdout.startswith("::error file=a%2Cb%3Ac%25.yaml,line=7,endLine=7,col=3,endColumn=")
    assert ",title=no-path-trailing-slash::" in done.stdout and done.stdout.count("\n") == 1
    assert "50%25/a,b:" in done.stdout.partition("slash::")[2]


def test_github_is_told_the_path_from_the_root_of_the_repository(
    faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (faulty.parent / ".git").mkdir()
    deep = faulty.parent / "api"
    deep.mkdir()
    faulty = faulty.rename(deep / "openapi.yaml")
    monkeypatch.chdir(deep)
    run(["ai", "lint", "openapi.yaml", str(faulty), "no.yaml", "--format", "github", *RULES])
    files = re.findall(r"file=([^,:]*)", capsys.readouterr().out)
    assert files == ["api/openapi.yaml", "api/openapi.yaml", "api/no.yaml"]
    run(["ai", "lint", "openapi.yaml", "--format", "sarif", *RULES])
    assert '"uri": "api/openapi.yaml"' in capsys.readouterr().out


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_what_cannot_be_seen_is_escaped_in_json(photon: Photon, isolated: Path, form: str) -> None:
    (isolated / "openapi.yaml").write_text(CLEAN.replace("  /orders:\n", '  "/\\x9bé\\u202e\\u200e/":\n'))
    done = photon("ai", "lint", "openapi.yaml", "--format", form, "--only", "no-path-trailing-slash")
    assert "\\u009b" in done.stdout and done.stdout.replace("\n", "").isprintable() and "é" in done.stdout
    assert "/\x9bé\u202e\u200e/".replace("/", "~1") in json.dumps(findings(done), ensure_ascii=False)


def test_sarif_says_what_code_scanning_needs(photon: Photon, isolated: Path) -> None:
    file = isolated / "my api" / "é.yaml"
    file.parent.mkdir()
    file.write_text(FAULTY)
    report = findings(photon("ai", "lint", str(file), "--format", "sarif", *RULES))
    (run_,) = report["runs"]
    rules, results = run_["tool"]["driver"]["rules"], run_["results"]
    assert report["version"] == "2.1.0" and report["$schema"].endswith("sarif-schema-2.1.0.json")
    assert [rules[each["ruleIndex"]]["id"] for each in results] == [each["ruleId"] for each in results]
    assert all(each["help"]["text"] and each["help"]["markdown"] and each["shortDescription"]["text"] for each in rules)
    place = results[0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "my api/é.yaml" and " " not in place["artifactLocation"]["uri"]
    assert place["region"] == {"startLine": 7, "startColumn": 3, "endLine": 7, "endColumn": 11}
    assert run_["columnKind"] == "unicodeCodePoints" and run_["invocations"][0]["executionSuccessful"] is True
    assert {each["level"] for each in results} <= {"error", "warning", "note"}
    assert findings(photon("ai", "lint", "no.yaml", "--format", "sarif"))["runs"][0]["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "cannot read no.yaml: No such file or directory"},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "no.yaml"}}}],
                }
            ],
        }
    ]


def test_nothing_in_a_sarif_message_is_taken_for_a_link_or_a_placeholder(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(CLEAN.replace("  /orders:\n", '  "/{0}/[a](http://b.test)/{id}/":\n'))
    report = findings(photon("ai", "lint", "openapi.yaml", "--format", "sarif", "--only", "no-path-trailing-slash"))
    (result,) = report["runs"][0]["results"]
    assert result["message"]["text"] == r"the path '/{{0}}/\[a\](http://b.test)/{id}/' ends with a slash"


def test_statistics_count_by_rule(photon: Photon, faulty: Path) -> None:
    lines = photon("ai", "lint", "openapi.yaml", "--statistics", *RULES).stdout.splitlines()
    assert lines[0].split("\t") == ["COUNT", "SEVERITY", "RULE", "FIXABLE", "SUMMARY"]
    assert ["1", "error", "no-path-trailing-slash", "unsafe fix"] in [line.split("\t")[:4] for line in lines]


# In a terminal


def test_a_terminal_shows_few_findings_with_their_place_and_in_colour(faulty: Path) -> None:
    shown = seen("ai", "lint", "openapi.yaml", *RULES)
    assert "\n  7 |   /orders/:   # all\n    |   ^\n" in shown.plain.replace(" \n", "\n")
    assert "\x1b[31m" in shown.sequences and shown.code == 1
    assert not seen("ai", "lint", "openapi.yaml", *RULES, NO_COLOR="1").sequences
    assert " | " not in seen("ai", "lint", "openapi.yaml", "--no-excerpt", *RULES).plain


def test_what_a_terminal_obeys_never_reaches_it(photon: Photon, isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(CLEAN.replace("  /orders:\n", '  "/\\e[31mred\\a\\n\\u202e/":\n'))
    done = photon("ai", "lint", "openapi.yaml", "--excerpt")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.stdout + done.stderr)
    assert all(not line or re.match(r"openapi\.yaml:\d|  ", line) for line in done.stdout.splitlines())


# Cost


def test_nothing_is_imported_that_talks_to_anybody(isolated: Path) -> None:
    (isolated / "openapi.yaml").write_text(CLEAN)
    heavy = ("openai", "httpx", "llama_cpp", "sqlite3", "rich", "jsonschema", "keyring")
    code = (
        "import sys; from photon.cli.app import run; run(['ai', 'lint', 'openapi.yaml']);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_two_at_once_leave_a_file_of_one_of_them(faulty: Path) -> None:
    command = [sys.executable, "-m", "photon", "ai", "lint", "openapi.yaml", "--fix", "--unsafe-fixes", "-q", *RULES]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert {each.wait(60) for each in both} <= {ExitCode.FAILURE, ExitCode.INVALID_SPEC}
    assert faulty.read_text() == FAULTY.replace("/orders/:", "/orders:")


@pytest.mark.parametrize("width", [30, 40, 60, 120])
def test_the_names_of_rules_stay_whole_in_a_narrow_terminal(photon: Photon, width: int) -> None:
    Path("narrow.yaml").write_text("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/pets: {get: {responses: {}}}}\n")
    found = {finding["rule"] for finding in json.loads(photon("ai", "lint", "narrow.yaml", "--json").stdout)["findings"]}
    lines = seen("ai", "lint", "narrow.yaml", "--statistics", width=width, redirect="2>/dev/null").plain.splitlines()
    assert found and found <= {word for line in lines for word in line.split()}
    assert max(map(len, lines)) <= width
