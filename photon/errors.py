"""Everything that can go wrong, as one tree; each error knows its exit code, its mend and what kind of failure it was.

    PhotonError                 1    something went wrong that is none of the below
    ├── UsageError              2    the request itself cannot be served
    │   └── ContextExceeded     2    the prompt is longer than the model's context
    ├── ConfigurationError      3    a settings file, variable or flag has an impossible value
    │   └── MissingExtra        3    an optional part of Photon is not installed
    ├── CredentialsError        4    no key, or the provider refused it (401, 403)
    ├── ProviderUnreachable     5    no connection, a timeout, a 5xx, a broken stream
    ├── RateLimited             6    429: too many requests, or the quota is used up
    │   └── BudgetExceeded      6    the user's own limit on what may be spent is reached
    ├── ModelNotFound           7    the provider does not have this model
    ├── UnreadableAnswer        8    the model answered, but not with what was asked for
    └── InvalidSpec             9    the user's own document cannot be read, or not be changed as asked

Exit code 130 (128 + SIGINT) is a cancelled command; it has no error class because Python has: KeyboardInterrupt.
What follows from a failure (ask again, ask somebody else, tell the user) is decided by photon.routing.classify alone.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the shell sees in ``$?``. The numbers are part of the public interface and never change meaning."""

    SUCCESS = 0
    FAILURE = 1
    USAGE = 2
    CONFIGURATION = 3
    CREDENTIALS = 4
    UNREACHABLE = 5
    RATE_LIMITED = 6
    MODEL_NOT_FOUND = 7
    UNREADABLE_ANSWER = 8
    INVALID_SPEC = 9
    CANCELLED = 130


class Fault(StrEnum):
    """What kind of failure it was, as finely as it matters for what to do next."""

    NO_HOST = "no host"  # DNS knows no such name
    REFUSED = "connection refused"
    RESET = "connection reset"  # also every other connection that was made and broke before an answer began
    TLS = "tls"
    CERTIFICATE = "certificate"
    CONNECT_TIMEOUT = "connect timeout"
    FIRST_TOKEN_TIMEOUT = "first token timeout"
    STALLED = "stalled"  # silence in the middle of an answer
    TOTAL_TIMEOUT = "total timeout"
    CONNECTION = "connection"  # none of the above
    BAD_REQUEST = "bad request"  # 400, 422 and the other 4xx that have no name here
    FILTERED = "filtered"  # 400: the provider's content policy
    CONTEXT = "context too long"
    TOO_LARGE = "request too large"  # 413
    NO_KEY = "no key"  # found before anybody was asked
    UNAUTHORIZED = "unauthorized"  # 401
    FORBIDDEN = "forbidden"  # 403
    NO_ROUTE = "no such api"  # 404, 405 and redirects: the address is not that of an API
    NO_MODEL = "no such model"  # 404 about the model
    REQUEST_TIMEOUT = "request timeout"  # 408
    CONFLICT = "conflict"  # 409
    RATE_LIMIT = "rate limit"  # 429
    QUOTA = "quota used up"  # 429 where waiting does not help, and 402
    SERVER_ERROR = "server error"  # 5xx
    STREAM_CUT = "stream cut"
    UNREADABLE_BODY = "unreadable body"  # not the wire protocol: a login page, another service
    UNREADABLE_ANSWER = "unreadable answer"
    BUDGET = "budget"
    OWN_LIMIT = "own rate limit"  # the user's own, and --no-wait
    MISSING_EXTRA = "missing extra"
    CONFIGURATION = "configuration"
    USAGE = "usage"
    SPEC = "spec"  # the user's own document
    OTHER = "other"


class PhotonError(Exception):
    """The root of the tree.

    ``message`` says what happened and why in one line; ``hint`` names the command or the key that mends it, or is empty.
    ``fault`` is the kind of failure: the class's own unless a finer one is given.
    ``others`` are the errors of those who were asked after it and could not answer either.
    Foreign exceptions are translated into this tree in the module that calls the foreign library, and nowhere else.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE
    fault: Fault = Fault.OTHER

    def __init__(self, message: str, *, hint: str = "", fault: Fault | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fault = fault or type(self).fault
        self.others: tuple[PhotonError, ...] = ()


class UsageError(PhotonError):
    """The request cannot be served as it was put: nothing to ask, two paths at once, a file that is not there."""

    exit_code = ExitCode.USAGE
    fault = Fault.USAGE


class ContextExceeded(UsageError):
    """The prompt is longer than the model's context. Another model may have a longer one."""

    fault = Fault.CONTEXT

    def __init__(self, model: str, *, prompt_tokens: int, context_length: int, hint: str = "") -> None:
        super().__init__(
            f"the prompt is {prompt_tokens} tokens long and {model} has room for {context_length}",
            hint=hint or "shorten the prompt, or choose a model with a longer context (photon ai models)",
        )
        self.prompt_tokens = prompt_tokens
        self.context_length = context_length


class ConfigurationError(PhotonError):
    """A settings file, an environment variable or a flag holds something that cannot be."""

    exit_code = ExitCode.CONFIGURATION
    fault = Fault.CONFIGURATION


class MissingExtra(ConfigurationError):
    """An optional part of Photon is not installed; the hint is the install command."""

    fault = Fault.MISSING_EXTRA

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the '{extra}' extra, which is not installed",
            hint=f"pipx install 'photon-cli[{extra}]' (or pip install 'photon-cli[{extra}]')",
        )


class CredentialsError(PhotonError):
    """No key was found, or the provider refused it."""

    exit_code = ExitCode.CREDENTIALS
    fault = Fault.UNAUTHORIZED


class ProviderUnreachable(PhotonError):
    """The provider could not be reached, answered with a 5xx, took too long, or broke off in the middle."""

    exit_code = ExitCode.UNREACHABLE
    fault = Fault.CONNECTION

    def __init__(self, message: str, *, hint: str = "", fault: Fault | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint, fault=fault)
        self.retry_after = retry_after
        """Seconds that the provider asked for (a 503 may), None where it named no time."""


class RateLimited(PhotonError):
    """The provider said 429. ``retry_after`` is in seconds, None when the provider named no time.

    Its fault is QUOTA where waiting does not help because the account's credit is used up.
    """

    exit_code = ExitCode.RATE_LIMITED
    fault = Fault.RATE_LIMIT

    def __init__(self, message: str, *, hint: str = "", fault: Fault | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint, fault=fault)
        self.retry_after = retry_after


class BudgetExceeded(RateLimited):
    """What the user allowed to be spent (``[ai.budget]``) is spent. Whoever is free may still answer."""

    fault = Fault.BUDGET


class ModelNotFound(PhotonError):
    """The provider does not have the model that was asked for."""

    exit_code = ExitCode.MODEL_NOT_FOUND
    fault = Fault.NO_MODEL


class UnreadableAnswer(PhotonError):
    """The model answered, but the answer is not what was asked for and cannot be mended with certainty."""

    exit_code = ExitCode.UNREADABLE_ANSWER
    fault = Fault.UNREADABLE_ANSWER


class InvalidSpec(PhotonError):
    """The user's OpenAPI document cannot be read, is of a kind that Photon does not know, or cannot be changed as asked.

    excerpt: the place in the text, several lines, or empty. line and column count from 1; 0 where no place is to blame.
    """

    exit_code = ExitCode.INVALID_SPEC
    fault = Fault.SPEC

    def __init__(self, message: str, *, hint: str = "", excerpt: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.excerpt = excerpt
        self.line = line
        self.column = column
