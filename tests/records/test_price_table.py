"""The file of prices: the shipped one is whole, and the user's own is refused at the line that is wrong."""

import re
from datetime import date
from pathlib import Path

import pytest

from photon.errors import ConfigurationError
from photon.providers.profiles import DEFAULT_MODELS
from photon.records.price_table import SHIPPED, own_rows, shipped_rows
from photon.records.prices import price_of

GOOD = 'host = "h.example.com"\nmodel = "m"\ninput = 1\noutput = 2\n'


def refusal(path: Path) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        own_rows(str(path))
    return caught.value


def test_every_shipped_row_says_when_and_where_it_was_read():
    rows = shipped_rows()
    assert len(rows) > 50
    for row in rows:
        assert row.read_on and date(2025, 1, 1) < row.read_on <= date.today(), row
        assert re.fullmatch(r"https://\S+", row.source), row
        assert 0 < row.price.input < row.price.output or row.price.input == row.price.output, row
        assert row.price.cached_input is None or 0 < row.price.cached_input < row.price.input, row
        assert not row.own


def test_no_shipped_row_hides_another():
    keys = [(row.host, row.model.casefold(), row.until) for row in shipped_rows()]
    assert len(set(keys)) == len(keys)


def test_the_shipped_file_would_pass_as_a_users_own():
    own = own_rows(str(SHIPPED))
    assert [(row.host, row.model, row.price) for row in own] == [(row.host, row.model, row.price) for row in shipped_rows()]
    assert all(row.own for row in own)


def test_the_model_that_is_asked_by_default_has_a_price():
    assert price_of("api.openai.com", DEFAULT_MODELS["openai"]["sketch"], cloud=True)


def test_a_file_without_a_folder_lies_beside_the_settings(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "mine.toml").write_text(f"[[price]]\n{GOOD}")
    assert [row.model for row in own_rows("mine.toml")] == ["m"]


def test_a_file_that_is_not_there_is_named_with_the_key_that_names_it(tmp_path):
    error = refusal(tmp_path / "none.toml")
    assert str(tmp_path / "none.toml") in error.message
    assert "ai.record.prices" in error.hint


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (f"[[price]]\n{GOOD}\n[[price]]\n" + GOOD.replace("output = 2", "output = -2"), 11, "output must be USD"),
        (f"# mine\n[[price]]\n{GOOD}cached_inptu = 1\n", 7, "cached_inptu is not known"),
        (f"[[price]]\n{GOOD}input_ = 1\n", 6, "input_ is not known"),
        (f"[[price]]\n{GOOD}date = '2026-01-01'\n", 6, "date must be a date without quotes"),
        (f"[[price]]\n{GOOD}date = 2026-01-01T10:00:00Z\n", 6, "date must be"),
        (f"[[price]]\n{GOOD}up_to = true\n", 6, "up_to must be a whole number"),
        (f"[[price]]\n{GOOD}up_to = 0\n", 6, "up_to must be"),
        (f"[[price]]\n{GOOD}note = ''\n", 6, "note must be"),
        ("[[price]]\n" + GOOD.replace("input = 1", "input = true"), 4, "input must be USD"),
        ("[[price]]\n" + GOOD.replace("input = 1", 'input = "1"'), 4, "input must be USD"),
        ("[[price]]\n" + GOOD.replace("input = 1", "input = nan"), 4, "input must be USD"),
        ("[[price]]\n" + GOOD.replace("input = 1", "input = inf"), 4, "input must be USD"),
        ("[[price]]\n" + GOOD.replace('"m"', '""'), 3, "model must be"),
        (f"\n[[price]]\n{GOOD}\n\n[[price]]\n" + GOOD.replace('model = "m"\n', ""), 9, "model is missing"),
        (f"[price]\n{GOOD}", 1, "price is not known here"),
        (f"[[prices]]\n{GOOD}", 1, "prices is not known here"),
        ("[[price]\n", 1, "is not TOML"),
        (f"[[price]]\n{GOOD}input = 3\n", 6, "is not TOML"),
        ("price = [{ host = 'h', model = 'm', input = 1 }]\n", 1, "output is missing"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(tmp_path, text, line, word):
    path = tmp_path / "prices.toml"
    path.write_text(text)
    error = refusal(path)
    assert error.message.startswith(f"{path}:{line}: ")
    assert word in error.message


def test_a_slip_of_the_pen_is_answered_with_the_right_word(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(f"[[price]]\n{GOOD}cached_imput = 1\n")
    assert "did you mean cached_input?" in refusal(path).hint


def test_a_folder_and_bytes_that_are_no_text_are_refused(tmp_path):
    assert "is not a file" in refusal(tmp_path).message
    path = tmp_path / "prices.toml"
    path.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in refusal(path).message
