"""What follows from a failure: ask the same target again, ask another one, or tell the user. One pure function, one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from photon.errors import Fault, PhotonError


class Action(StrEnum):
    """RETRY: the same request may succeed a moment later; when it does not, as FAIL_OVER. FAIL_OVER: another target may
    answer. TELL: nobody else would do better, or nobody else should be asked."""

    RETRY = "retry"
    FAIL_OVER = "fail over"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Verdict:
    """action: what to do now. cools: the target itself is in trouble, so it is asked last for a while."""

    action: Action
    cools: bool = False


_RETRY, _RETRY_COOLS = Verdict(Action.RETRY), Verdict(Action.RETRY, cools=True)
_FAIL_OVER, _FAIL_OVER_COOLS = Verdict(Action.FAIL_OVER), Verdict(Action.FAIL_OVER, cools=True)
_TELL = Verdict(Action.TELL)

VERDICTS: Mapping[Fault, Verdict] = MappingProxyType(
    {
        # Who refuses a connection, or has no trusted certificate, will not change that within the second.
        Fault.NO_HOST: _FAIL_OVER_COOLS,
        Fault.REFUSED: _FAIL_OVER_COOLS,
        Fault.TLS: _FAIL_OVER_COOLS,
        Fault.CERTIFICATE: _FAIL_OVER_COOLS,
        Fault.CONNECTION: _FAIL_OVER_COOLS,
        Fault.RESET: _RETRY_COOLS,
        # The user has waited once already.
        Fault.CONNECT_TIMEOUT: _FAIL_OVER_COOLS,
        Fault.FIRST_TOKEN_TIMEOUT: _FAIL_OVER_COOLS,
        Fault.STALLED: _FAIL_OVER_COOLS,
        Fault.TOTAL_TIMEOUT: _FAIL_OVER_COOLS,
        # The target is sound, the request is not for it.
        Fault.CONTEXT: _FAIL_OVER,
        Fault.TOO_LARGE: _FAIL_OVER,
        Fault.NO_MODEL: _FAIL_OVER,
        Fault.UNREADABLE_ANSWER: _FAIL_OVER,
        # The user mends these, and then expects the target to be asked at once.
        Fault.NO_KEY: _FAIL_OVER,
        Fault.UNAUTHORIZED: _FAIL_OVER,
        Fault.FORBIDDEN: _FAIL_OVER,
        Fault.NO_ROUTE: _FAIL_OVER,
        Fault.MISSING_EXTRA: _FAIL_OVER,
        Fault.BUDGET: _FAIL_OVER,
        Fault.OWN_LIMIT: _FAIL_OVER,
        Fault.REQUEST_TIMEOUT: _RETRY_COOLS,
        Fault.CONFLICT: _RETRY,
        Fault.RATE_LIMIT: _RETRY_COOLS,
        Fault.QUOTA: _FAIL_OVER_COOLS,
        Fault.SERVER_ERROR: _RETRY_COOLS,
        Fault.STREAM_CUT: _RETRY_COOLS,
        Fault.UNREADABLE_BODY: _FAIL_OVER_COOLS,
        # Somebody else's content policy is not gone around, and a request that cannot be stays one.
        Fault.BAD_REQUEST: _TELL,
        Fault.FILTERED: _TELL,
        Fault.CONFIGURATION: _TELL,
        Fault.USAGE: _TELL,
        Fault.SPEC: _TELL,
        Fault.OTHER: _TELL,
    }
)


def classify(error: PhotonError) -> Verdict:
    """What follows from `error`, by its fault alone."""
    return VERDICTS[error.fault]
