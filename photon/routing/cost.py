"""What each exchange with a target cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from photon.chat import Attempt, Usage
from photon.errors import Fault
from photon.providers.endpoint import Endpoint

if TYPE_CHECKING:
    from photon.records.prices import Price

_NOT_BILLED: Final = frozenset(Fault) - {
    Fault.FIRST_TOKEN_TIMEOUT,
    Fault.STALLED,
    Fault.TOTAL_TIMEOUT,
    Fault.STREAM_CUT,
    Fault.UNREADABLE_BODY,
    Fault.UNREADABLE_ANSWER,
    Fault.FILTERED,
    Fault.OTHER,
}
"""Failures with which nobody began to answer: the target was never reached, or said no. It is unknown what the others cost."""


def endpoint_price(endpoint: Endpoint, own_file: str = "") -> Price | None:
    """What a token costs at `endpoint`: `FREE` for a model in this process and in the user's own network; None is unknown.

    Raises ConfigurationError for an `own_file` (``ai.record.prices``) that cannot be used.
    """
    from photon.records.prices import price_of

    return price_of(urlsplit(endpoint.url).hostname or "", endpoint.model, cloud=endpoint.cloud, own_file=own_file)


def costs(own_file: str = "") -> Callable[[Endpoint, Attempt], float | None]:
    """What says the USD of one exchange: 0 where it was free or not answered, None where the price or a count is unknown.

    Raises ConfigurationError, at once, for an `own_file` that cannot be used. The shipped prices are read when they are
    needed: not for a target that is free.
    """
    if own_file:
        from photon.records.price_table import own_rows

        own_rows(own_file)

    def cost_of(endpoint: Endpoint, attempt: Attempt) -> float | None:
        refused = attempt.fault in _NOT_BILLED and attempt.first_token_ms is None and attempt.usage == Usage()
        if refused or not (endpoint.cloud or own_file):
            return 0.0
        from photon.records.prices import cost

        price = endpoint_price(endpoint, own_file)
        return None if price is None else cost(price, attempt.usage)

    return cost_of
