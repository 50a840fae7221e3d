"""What an exchange with a target cost."""

import pytest
from listening import endpoint

from photon.chat import Attempt, Usage
from photon.errors import ConfigurationError, Fault
from photon.records.prices import FREE
from photon.routing.cost import costs, endpoint_price

OPENAI = endpoint("openai", model="gpt-5.4-mini", url="https://api.openai.com/v1", cloud=True)
AT_HOME = endpoint("work", model="gpt-5.4-mini", url="http://10.0.0.7:8000/v1")
LOCAL = endpoint("local", kind="local", model="photon-openapi")
UNKNOWN = endpoint("other", model="m", url="https://llm.example.com/v1", cloud=True)

UNCOUNTED = Usage()


def attempt(*, usage: Usage = UNCOUNTED, fault: Fault | None = None, first_token_ms: float | None = None) -> Attempt:
    return Attempt(origin=OPENAI.origin, started=0, total_ms=1, usage=usage, fault=fault, first_token_ms=first_token_ms)


ANSWERED = attempt(usage=Usage(prompt_tokens=1000, cached_tokens=500, completion_tokens=100), first_token_ms=1)


def test_an_answer_of_a_cloud_costs_what_the_table_says():
    assert costs()(OPENAI, ANSWERED) == pytest.approx((500 * 0.75 + 500 * 0.075 + 100 * 4.5) / 1e6)


@pytest.mark.parametrize("target", [AT_HOME, LOCAL], ids=str)
def test_an_answer_from_ones_own_network_is_free(target):
    assert endpoint_price(target) is FREE
    assert costs()(target, ANSWERED) == 0
    assert costs()(target, attempt(first_token_ms=1, fault=Fault.STREAM_CUT)) == 0


def test_an_unknown_price_makes_an_unknown_cost():
    assert endpoint_price(UNKNOWN) is None
    assert costs()(UNKNOWN, ANSWERED) is None


@pytest.mark.parametrize("target", [OPENAI, UNKNOWN], ids=str)
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.NO_KEY, Fault.UNAUTHORIZED, Fault.RATE_LIMIT, Fault.SERVER_ERROR])
def test_who_was_not_reached_or_said_no_is_not_paid(target, fault):
    assert costs()(target, attempt(fault=fault)) == 0


@pytest.mark.parametrize("fault", [Fault.FIRST_TOKEN_TIMEOUT, Fault.STALLED, Fault.STREAM_CUT, Fault.TOTAL_TIMEOUT])
def test_nobody_knows_what_a_broken_answer_cost(fault):
    assert costs()(OPENAI, attempt(fault=fault, first_token_ms=1)) is None
    assert costs()(OPENAI, attempt(fault=fault)) is None, "it may have begun to think"


def test_an_error_in_mid_answer_leaves_a_bill_of_unknown_height():
    assert costs()(OPENAI, attempt(fault=Fault.SERVER_ERROR, first_token_ms=1)) is None


def test_what_was_counted_is_paid_also_where_it_failed_in_the_end():
    usage = Usage(prompt_tokens=1000, completion_tokens=0)
    assert costs()(OPENAI, attempt(fault=Fault.BAD_REQUEST, usage=usage)) == pytest.approx(0.00075)


def test_an_answer_that_was_left_in_its_middle_has_no_count_and_no_cost():
    assert costs()(OPENAI, attempt(first_token_ms=1)) is None


def test_a_file_of_prices_that_cannot_be_used_is_refused_before_anybody_is_asked(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        costs(str(tmp_path / "none.toml"))


def test_the_users_own_row_prices_a_server_at_home(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text('[[price]]\nhost = "10.0.0.7"\nmodel = "*"\ninput = 1\noutput = 1\n')
    assert costs(str(path))(AT_HOME, ANSWERED) == pytest.approx(1100 / 1e6)
