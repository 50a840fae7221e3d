"""Every kind of failure, and what follows from it."""

import pytest

from photon.errors import (
    BudgetExceeded,
    ConfigurationError,
    ContextExceeded,
    CredentialsError,
    Fault,
    MissingExtra,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UnreadableAnswer,
    UsageError,
)
from photon.routing.classify import Action, Verdict, classify

RETRY, FAIL_OVER, TELL = Action.RETRY, Action.FAIL_OVER, Action.TELL
TABLE = {
    Fault.NO_HOST: (FAIL_OVER, True),
    Fault.REFUSED: (FAIL_OVER, True),
    Fault.RESET: (RETRY, True),
    Fault.TLS: (FAIL_OVER, True),
    Fault.CERTIFICATE: (FAIL_OVER, True),
    Fault.CONNECT_TIMEOUT: (FAIL_OVER, True),
    Fault.FIRST_TOKEN_TIMEOUT: (FAIL_OVER, True),
    Fault.STALLED: (FAIL_OVER, True),
    Fault.TOTAL_TIMEOUT: (FAIL_OVER, True),
    Fault.CONNECTION: (FAIL_OVER, True),
    Fault.BAD_REQUEST: (TELL, False),
    Fault.FILTERED: (TELL, False),
    Fault.CONTEXT: (FAIL_OVER, False),
    Fault.TOO_LARGE: (FAIL_OVER, False),
    Fault.NO_KEY: (FAIL_OVER, False),
    Fault.UNAUTHORIZED: (FAIL_OVER, False),
    Fault.FORBIDDEN: (FAIL_OVER, False),
    Fault.NO_ROUTE: (FAIL_OVER, False),
    Fault.NO_MODEL: (FAIL_OVER, False),
    Fault.REQUEST_TIMEOUT: (RETRY, True),
    Fault.CONFLICT: (RETRY, False),
    Fault.RATE_LIMIT: (RETRY, True),
    Fault.QUOTA: (FAIL_OVER, True),
    Fault.SERVER_ERROR: (RETRY, True),
    Fault.STREAM_CUT: (RETRY, True),
    Fault.UNREADABLE_BODY: (FAIL_OVER, True),
    Fault.UNREADABLE_ANSWER: (FAIL_OVER, False),
    Fault.BUDGET: (FAIL_OVER, False),
    Fault.OWN_LIMIT: (FAIL_OVER, False),
    Fault.MISSING_EXTRA: (FAIL_OVER, False),
    Fault.CONFIGURATION: (TELL, False),
    Fault.USAGE: (TELL, False),
    Fault.SPEC: (TELL, False),
    Fault.OTHER: (TELL, False),
}


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.value)
def test_what_follows_from_each_kind_of_failure(fault: Fault) -> None:
    action, cools = TABLE[fault]
    assert classify(PhotonError("went wrong", fault=fault)) == Verdict(action, cools=cools)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (PhotonError("what"), Fault.OTHER),
        (UsageError("what"), Fault.USAGE),
        (ContextExceeded("m", prompt_tokens=2, context_length=1), Fault.CONTEXT),
        (ConfigurationError("what"), Fault.CONFIGURATION),
        (MissingExtra("what", "local"), Fault.MISSING_EXTRA),
        (CredentialsError("what"), Fault.UNAUTHORIZED),
        (ProviderUnreachable("what"), Fault.CONNECTION),
        (RateLimited("what"), Fault.RATE_LIMIT),
        (BudgetExceeded("what"), Fault.BUDGET),
        (ModelNotFound("what"), Fault.NO_MODEL),
        (UnreadableAnswer("what"), Fault.UNREADABLE_ANSWER),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_an_error_of_which_no_more_is_known_is_the_most_common_of_its_class(error: PhotonError, fault: Fault) -> None:
    assert error.fault is fault
