"""What a token costs, and what a request did."""

from decimal import Decimal

import pytest

from photon.chat import Usage
from photon.records.prices import FREE, Price, cost, price_of, price_table

OPENAI = "api.openai.com"
MINI = Price(input=0.75, cached_input=0.075, output=4.5)


@pytest.fixture
def own(tmp_path):
    """Writes the user's own file of prices and returns its path."""

    def write(*rows: str) -> str:
        path = tmp_path / "prices.toml"
        path.write_text("\n".join(f"[[price]]\n{row}" for row in rows))
        return str(path)

    return write


def test_a_model_costs_what_its_row_says():
    assert price_of(OPENAI, "gpt-5.4-mini", cloud=True) == MINI
    assert price_of("API.OpenAI.com", "GPT-5.4-mini", cloud=True) == MINI


@pytest.mark.parametrize("version", ["gpt-5.4-mini-2026-03-17", "gpt-5.4-mini-20260317"])
def test_a_dated_version_costs_what_its_model_does(version):
    assert price_of(OPENAI, version, cloud=True) == MINI


@pytest.mark.parametrize(
    "other",
    ["gpt-5.4-mini-turbo", "gpt-5.4-min", "gpt-5.4-mini-2026", "gpt-5.4-mini-2026-03-17-beta", "gpt-5", "mini", ""],
)
def test_nothing_else_does(other):
    assert price_of(OPENAI, other, cloud=True) != MINI


def test_the_beginning_of_a_name_is_not_the_name(own):
    rows = own('host = "h.example.com"\nmodel = "big"\ninput = 1\noutput = 2')
    assert price_of("h.example.com", "big-mini", cloud=True, own_file=rows) is None
    assert price_of("h.example.com", "big-mini-2026-03-17", cloud=True, own_file=rows) is None


def test_the_longest_name_wins_and_the_exact_one_before_it(own):
    rows = own(
        'host = "h.example.com"\nmodel = "m-20260101"\ninput = 3\noutput = 3',
        'host = "h.example.com"\nmodel = "m"\ninput = 1\noutput = 1',
        'host = "h.example.com"\nmodel = "m-2026-01-01"\ninput = 2\noutput = 2',
        'host = "h.example.com"\nmodel = "*"\ninput = 9\noutput = 9',
    )
    asked = {"m": 1, "m-2026-02-02": 1, "m-2026-01-01": 2, "m-20260101": 3, "m-2026-01-01-20260101": 2, "something else": 9}
    found = {model: price_of("h.example.com", model, cloud=True, own_file=rows) for model in asked}
    assert {model: price and price.input for model, price in found.items()} == asked


def test_the_same_model_at_another_host_has_another_price_or_none():
    assert price_of("openrouter.ai", "gpt-5.4-mini", cloud=True) is None
    assert price_of("api.groq.com", "openai/gpt-oss-120b", cloud=True) != price_of(
        "api.x.com", "openai/gpt-oss-120b", cloud=True
    )


def test_gemini_is_found_by_the_name_that_it_lists_too():
    host = "generativelanguage.googleapis.com"
    assert price_of(host, "models/gemini-2.5-flash", cloud=True) == price_of(host, "gemini-2.5-flash", cloud=True) is not None


@pytest.mark.parametrize(("host", "model"), [("", "photon-openapi"), ("localhost", "llama3.2"), ("10.0.0.7", "gpt-5.4-mini")])
def test_what_runs_in_the_users_own_network_is_free(host, model):
    assert price_of(host, model, cloud=False) is FREE


def test_a_row_of_the_users_own_wins(own):
    rows = own(
        f'host = "{OPENAI}"\nmodel = "gpt-5.4-mini"\ninput = 7\noutput = 8',
        'host = "10.0.0.7"\nmodel = "*"\ninput = 0.1\noutput = 0.1',
        'host = "api.groq.com"\nmodel = "*"\ninput = 0\noutput = 0',
    )
    assert price_of(OPENAI, "gpt-5.4-mini-2026-03-17", cloud=True, own_file=rows) == Price(input=7, output=8)
    assert price_of("10.0.0.7", "qwen", cloud=False, own_file=rows) == Price(input=0.1, output=0.1)
    assert price_of("api.groq.com", "anything", cloud=True, own_file=rows) == FREE
    assert price_of(OPENAI, "gpt-5.4", cloud=True, own_file=rows) == price_of(OPENAI, "gpt-5.4", cloud=True)
    listed = [row for row in price_table(rows) if (row.host, row.model) == (OPENAI, "gpt-5.4-mini")]
    assert [(row.own, row.price.input) for row in listed] == [(True, 7)]


def test_a_price_holds_to_its_last_day(own):
    gone = 'host = "h.example.com"\nmodel = "m"\ninput = 1\noutput = 1\nuntil = 2020-12-31'
    now = 'host = "h.example.com"\nmodel = "m"\ninput = 2\noutput = 2\nuntil = 2999-12-31'
    then = 'host = "h.example.com"\nmodel = "m"\ninput = 3\noutput = 3'
    rows = own(gone, now, then)
    assert price_of("h.example.com", "m", cloud=True, own_file=rows) == Price(input=2, output=2)
    assert [row.price.input for row in price_table(rows) if row.host == "h.example.com"] == [2]


def exact(price: Price, prompt: int, cached: int, completion: int) -> Decimal:
    def dollars(tokens: int, per_million: float) -> Decimal:
        return tokens * Decimal(str(per_million)) / 1_000_000

    cached_input = price.input if price.cached_input is None else price.cached_input
    return dollars(prompt - cached, price.input) + dollars(cached, cached_input) + dollars(completion, price.output)


@pytest.mark.parametrize("price", [MINI, Price(input=0.05, output=0.08), Price(input=30, cached_input=0, output=180)])
@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 0, 0), (1234, 1024, 77), (99_999, 99_999, 1), (1_000_000, 0, 1_000_000)])
def test_the_arithmetic_is_right_to_a_billionth_of_a_cent(price, counts):
    prompt, cached, completion = counts
    usage = Usage(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)
    assert abs(Decimal(cost(price, usage)) - exact(price, *counts)) < Decimal("1e-11")


def test_cached_tokens_are_a_part_of_the_prompt_and_cheaper():
    usage = Usage(prompt_tokens=2000, cached_tokens=1500, completion_tokens=100)
    assert cost(MINI, usage) == pytest.approx((500 * 0.75 + 1500 * 0.075 + 100 * 4.5) / 1e6)
    assert cost(Price(input=0.75, output=4.5), usage) == pytest.approx((2000 * 0.75 + 100 * 4.5) / 1e6)


def test_a_count_of_cached_tokens_that_cannot_be_is_no_discount_below_nothing():
    assert cost(MINI, Usage(prompt_tokens=10, cached_tokens=99, completion_tokens=0)) == pytest.approx(10 * 0.075 / 1e6)


@pytest.mark.parametrize("usage", [Usage(), Usage(prompt_tokens=5), Usage(completion_tokens=5), Usage(cached_tokens=5)])
def test_without_a_count_the_cost_is_unknown_but_for_what_is_free(usage):
    assert cost(MINI, usage) is None
    assert cost(FREE, usage) == 0


def test_a_prompt_longer_than_the_price_holds_for_costs_nobody_knows_what():
    price = Price(input=1, output=1, up_to=1000)
    assert cost(price, Usage(prompt_tokens=1000, completion_tokens=0)) == pytest.approx(0.001)
    assert cost(price, Usage(prompt_tokens=1001, completion_tokens=0)) is None
