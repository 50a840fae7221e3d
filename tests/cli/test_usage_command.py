"""``photon ai usage``: what was used, what it cost, and what a token costs."""

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from io import StringIO

import pexpect
import pytest
from requests_made import keep, made
from typer.testing import CliRunner

from photon.cli.app import ai_app
from photon.cli.money import money
from photon.cli.terminal import Terminal
from photon.errors import ConfigurationError, Fault, UsageError
from photon.settings.paths import history_file

NOON = datetime.combine(date.today(), datetime.min.time()).timestamp() + 43_200
DAY = 86_400


class Asked:
    def __init__(self, *arguments: str, **facts: object) -> None:
        self.terminal = Terminal(out=StringIO(), err=StringIO(), **facts)
        self.result = CliRunner().invoke(ai_app, ["usage", *arguments], obj=self.terminal)
        self.out, self.err = self.terminal.out.getvalue(), self.terminal.err.getvalue()

    @property
    def rows(self):
        return [line.split("\t") for line in self.out.splitlines()]


@pytest.fixture
def record():
    keep(
        history_file(),
        made(at=NOON, cost=0.25, model="gpt-5.4-mini", prompt_tokens=1000, completion_tokens=100, cached_tokens=600),
        made(at=NOON, cost=0.0003, model="gpt-5.4-mini", prompt_tokens=2000, completion_tokens=200),
        made(at=NOON, cost=0.0, provider="local", model="photon-openapi", prompt_tokens=500, completion_tokens=50),
        made(at=NOON - DAY, cost=None, provider="work", model="llama", prompt_tokens=7, completion_tokens=3),
        made(at=NOON - 3 * DAY, cost=0.0, fault=Fault.REFUSED, model="gpt-5.4-mini"),
        made(at=NOON - 40 * DAY, cost=5.0, model="gpt-5.4-mini", prompt_tokens=1, completion_tokens=1),
    )


def day(ago: int) -> str:
    return (date.today() - timedelta(days=ago)).isoformat()


def test_by_day_it_sums_up_the_last_thirty_days(record):
    asked = Asked()
    assert asked.rows == [
        ["day", "requests", "prompt", "cached", "completion", "cost"],
        [day(3), "1", "-", "-", "-", "$0.00"],
        [day(1), "1", "7", "-", "3", "unknown (1 request)"],
        [day(0), "3", "3500", "600", "350", "$0.25"],
    ]
    assert asked.err == ""


def test_by_provider_the_dearest_comes_first_and_each_says_what_it_cost(record):
    costs = {row[0]: row[-1] for row in Asked("--by", "provider").rows[1:]}
    assert costs == {"openai": "$0.25", "work": "unknown (1 request)", "local": "free"}
    assert next(iter(costs)) == "openai"


def test_sums_are_combined_in_one_order_however_they_are_asked_for(record):
    asked = Asked("--by", "model", "--by", "provider", "--days", "60")
    assert asked.rows[0][:2] == ["provider", "model"]
    assert asked.rows[1] == ["openai", "gpt-5.4-mini", "4", "3001", "600", "301", "$5.25"]


def test_what_is_known_and_what_is_not_stand_side_by_side(record):
    keep(history_file(), made(at=NOON, cost=None, provider="openai"))
    assert Asked("--by", "provider").rows[1][-1] == "$0.25 + 1 unknown"


def test_days_and_dates_say_which_days(record):
    assert [row[0] for row in Asked("--days", "2").rows[1:]] == [day(1), day(0)]
    assert [row[0] for row in Asked("--since", day(45), "--until", day(2)).rows[1:]] == [day(40), day(3)]
    assert [row[0] for row in Asked("--until", day(1), "--days", "3").rows[1:]] == [day(3), day(1)]


def test_all_the_days_that_there_were_are_not_too_many(record):
    for asked in (
        Asked("--days", "36500", interactive=True),
        Asked("--since", "1970-01-02", "--until", "9999-12-31", "--json"),
    ):
        assert asked.result.exit_code == 0
        assert "Traceback" not in asked.err


def test_a_part_of_a_name_picks_the_models(record):
    assert [row[1] for row in Asked("llama").rows[1:]] == ["1"]


def test_json_has_the_sums_with_an_unknown_cost_as_null(record):
    found = json.loads(Asked("--by", "provider", "--json").out)
    assert (found["since"], found["until"], found["by"]) == (day(29), day(0), ["provider"])
    by_provider = {row["provider"]: row for row in found["rows"]}
    assert by_provider["work"]["cost_usd"] is None and by_provider["work"]["unpriced_requests"] == 1
    assert by_provider["local"]["cost_usd"] == 0 and by_provider["local"]["free_requests"] == 1
    assert found["total"]["cost_usd"] == pytest.approx(0.2503)
    assert found["total"]["requests"] == sum(row["requests"] for row in found["rows"]) == 5
    assert found["budget"] == {"action": "stop", "limits": []}


def test_a_budget_says_how_much_of_it_is_spent(record, monkeypatch):
    monkeypatch.setenv("PHOTON_AI_BUDGET_DAILY", "1")
    assert Asked().err == "$0.25 of $1.00 today\n"
    monkeypatch.setenv("PHOTON_AI_BUDGET_MONTHLY", "20")
    assert re.fullmatch(r"\$0.25 of \$1.00 today, \$\d\.\d\d of \$20.00 this month\n", Asked().err)
    assert Asked("-q").err == ""
    limits = json.loads(Asked("--json").out)["budget"]["limits"]
    assert limits[0] == {"period": "today", "limit_usd": 1.0, "spent_usd": pytest.approx(0.2503)}


def test_answers_that_were_not_counted_are_told_of(record):
    keep(history_file(), made(at=NOON, cost=None))
    assert Asked().err == "1 request did not come to say how many tokens it took\n"


def test_of_nothing_it_says_so_and_makes_no_file(monkeypatch):
    asked = Asked()
    assert (asked.out, asked.err) == ("", f"no requests are recorded from {day(29)} to {day(0)}\n")
    assert not history_file().exists()
    assert json.loads(Asked("--json").out)["rows"] == []
    monkeypatch.setenv("PHOTON_AI_RECORD_KEEP", "nothing")
    assert "ai.record.keep" in Asked().err


def test_a_damaged_record_is_one_line_on_stderr_and_no_failure():
    history_file().parent.mkdir(parents=True)
    history_file().write_bytes(os.urandom(50_000))
    asked = Asked("--json")
    assert asked.result.exit_code == 0
    assert json.loads(asked.out)["total"]["requests"] == 0
    assert asked.err.count("\n") == 1 and "photon ai log clear" in asked.err


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--by", "dya"], "no sums by dya", "did you mean day?"),
        (["--since", "yesterday"], "--since yesterday is not a date", "--since "),
        (["--until", "2026-02-30"], "--until 2026-02-30 is not a date", "--until "),
        (["--since", "2026-02-02", "--days", "3"], "--since and --days both", "one of them"),
        (["--since", "2026-02-02", "--until", "2026-02-01"], "2026-02-02 is after 2026-02-01", "--since is the first day"),
        (["--until", "0001-01-05"], "--until 0001-01-05 is not a day on which", "--until "),
        (["--since", "9999-12-31"], "9999-12-31 is after ", "--since "),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message, hint):
    error = Asked(*arguments).result.exception
    assert isinstance(error, UsageError)
    assert message in error.message and hint in error.hint


# In a terminal


@pytest.mark.parametrize("width", [20, 31, 40, 59, 60, 80, 200])
def test_in_a_terminal_it_fits_with_a_sum_and_a_chart(record, width):
    asked = Asked(interactive=True, width=width)
    lines = asked.out.splitlines()
    assert max(map(len, lines)) <= width
    assert "cost by day" in lines
    assert any(line.startswith("all") for line in lines)
    assert "█" in asked.out and "\x1b" not in asked.out


def test_numbers_are_grouped_and_stand_right(record):
    lines = Asked("--by", "provider", interactive=True, width=100).out.splitlines()
    assert lines[0].split() == ["provider", "requests", "prompt", "cached", "completion", "cost"]
    assert lines[1].split() == ["openai", "3", "3,000", "600", "300", "$0.25"]
    assert lines[1].index("3,000") + 5 == lines[0].index("prompt") + 6


def test_colour_is_only_where_it_is_wanted(record):
    assert "\x1b[36m" in Asked(interactive=True, colour=True).out
    assert "\x1b" not in Asked(interactive=True, colour=False).out


def test_where_nothing_cost_anything_the_chart_is_of_tokens():
    keep(history_file(), made(at=NOON, provider="local", prompt_tokens=900, completion_tokens=100))
    out = Asked(interactive=True).out
    assert "tokens by day" in out and "1,000 │" in out


def test_a_terminal_that_speaks_no_utf_8_gets_a_plain_chart(record, monkeypatch):
    env = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "TERM": "xterm", "NO_COLOR": "1"}
    child = pexpect.spawn(sys.executable, ["-m", "photon", "ai", "usage"], env=env, dimensions=(40, 40), timeout=60)
    child.expect(pexpect.EOF)
    assert b"cost by day" in child.before and b"#" in child.before
    assert child.before.isascii() and b"\\u" not in child.before


def test_hidden_control_characters_do_not_reach_the_terminal():
    keep(history_file(), made(at=NOON, model="evil\x1b[2Jmodel"))
    for facts in ({}, {"interactive": True}):
        assert "\x1b" not in Asked("--by", "model", **facts).out


# Prices


def test_prices_are_listed_with_their_day_and_their_source():
    rows = {row[0]: row for row in Asked("--prices", "gpt-5.4-mini").rows}
    assert rows["gpt-5.4-mini"][1:6] == ["api.openai.com", "0.75", "0.075", "4.5", "2026-03-18"]
    assert rows["gpt-5.4-mini"][6].startswith("https://")


def test_the_users_own_prices_win_and_say_so(tmp_path, monkeypatch):
    own = tmp_path / "prices.toml"
    own.write_text('[[price]]\nhost = "api.openai.com"\nmodel = "gpt-5.4-mini"\ninput = 9\noutput = 9\n')
    monkeypatch.setenv("PHOTON_AI_RECORD_PRICES", str(own))
    asked = Asked("--prices", "gpt-5.4-mini")
    assert asked.rows[1] == ["gpt-5.4-mini", "api.openai.com", "9", "-", "9", "-", "your own"]
    assert [row[1] for row in asked.rows[1:]].count("api.openai.com") == 1
    found = json.loads(Asked("--prices", "gpt-5.4-mini", "--json").out)[0]
    assert (found["own"], found["input"], found["cached_input"], found["date"]) == (True, 9, None, None)
    own.write_text("[[price]]\n")
    monkeypatch.setenv("PHOTON_AI_RECORD_PRICES", f"{tmp_path}/../{tmp_path.name}/prices.toml")
    error = Asked("--prices").result.exception
    assert isinstance(error, ConfigurationError) and "prices.toml:1: host is missing" in error.message


def test_what_limits_a_price_is_said_with_it():
    asked = Asked("--prices", "claude-haiku-5-5")
    assert "for prompts of up to 100,000 tokens" in asked.err


def test_in_a_terminal_the_sources_stand_below():
    out = Asked("--prices", "claude-", interactive=True, width=100).out
    assert "[1] https://" in out
    assert max(map(len, out.splitlines())) <= 100


def test_of_an_unknown_model_no_price_is_known():
    asked = Asked("--prices", "nobodys-model")
    assert asked.out == "" and "no price is known" in asked.err
    assert json.loads(Asked("--prices", "nobodys-model", "--json").out) == []


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (None, "unknown"),
        (0, "$0.00"),
        (1e-9, "<$0.0001"),
        (0.00004, "<$0.0001"),
        (0.00031, "$0.0003"),
        (0.00994, "$0.0099"),
        (0.00995, "$0.01"),
        (0.42, "$0.42"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_is_written_as_far_as_it_says_something(usd, text):
    assert money(usd) == text


def test_the_help_has_examples_and_imports_no_database():
    probe = "import sys; from photon.cli.app import run; run(['ai', 'usage', '--help']); print('sqlite3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert "photon ai usage --prices gpt-5" in done.stdout
    assert done.stdout.rstrip().endswith("False")
