"""The chart fits, tells the highest day, and hides none."""

from datetime import date, timedelta

import pytest

from photon.cli.usage_chart import chart

TODAY = date(2026, 11, 20)


def days(*values: float):
    return [(TODAY - timedelta(days=len(values) - 1 - place), value) for place, value in enumerate(values)]


def dollars(value: float) -> str:
    return f"${value:.2f}"


def test_bars_are_as_high_as_their_day():
    assert chart(days(0, 1, 2, 4), label=dollars, width=40) == [
        "$4.00 │         ██",
        "      │         ██",
        "      │      ██ ██",
        "      │   ██ ██ ██",
        "    0 └────────────",
        "       11-17  11-20",
    ]


def test_a_locale_without_blocks_gets_plain_characters():
    lines = chart(days(0, 1, 3, 8), label=dollars, width=40, height=2, blocks=False)
    assert lines == ["$8.00 |         ##", "      |   .. :: ##", "    0 +------------", "       11-17  11-20"]
    assert "".join(lines).isascii()


@pytest.mark.parametrize("width", [20, 21, 33, 40, 80, 200])
@pytest.mark.parametrize("number", [2, 7, 30, 31, 365, 4000])
def test_it_fits_into_every_width(width, number):
    lines = chart(days(*(value % 17 for value in range(number))), label=dollars, width=width)
    assert max(map(len, lines)) <= width
    assert {len(line) for line in lines[-2:-1]} == {max(map(len, lines))}
    assert lines[-1].endswith("11-20" if number < 365 else "2026-11")


def test_in_a_narrow_terminal_a_bar_stands_for_several_days():
    wide, narrow = (chart(days(*[1.0] * 30), label=dollars, width=width) for width in (80, 20))
    assert wide[0].startswith("$1.00") and narrow[0].startswith("$3.00")


def test_the_smallest_value_is_seen_and_nothing_is_not():
    lines = chart(days(0.0001, 0, 100), label=dollars, width=40)
    assert lines[3] == "        │▁▁    ██"


def test_of_nothing_there_is_no_chart():
    assert chart(days(0, 0, 0), label=dollars, width=40) == []


def test_the_highest_day_fills_the_chart_whatever_it_is():
    for top in (1e-9, 0.3, 1e9):
        assert "█" in chart(days(0, top), label=lambda value: "top", width=40)[0]
