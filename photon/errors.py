"""Everything that can go wrong, as one tree; each error knows its exit code, its mend and whether another provider may help.

    PhotonError                 1    something went wrong that is none of the below
    ├── UsageError              2    the request itself cannot be served
    │   └── ContextExceeded     2    the prompt is longer than the model's context         fails over
    ├── ConfigurationError      3    a settings file, variable or flag has an impossible value
    │   └── MissingExtra        3    an optional part of Photon is not installed            fails over
    ├── CredentialsError        4    no key, or the provider refused it (401, 403)          fails over
    ├── ProviderUnreachable     5    no connection, a timeout, a 5xx, a broken stream       fails over
    ├── RateLimited             6    429: too many requests, or the quota is used up        fails over
    ├── ModelNotFound           7    the provider does not have this model                  fails over
    └── UnreadableAnswer        8    the model answered, but not with what was asked for    fails over

Exit code 130 (128 + SIGINT) is a cancelled command; it has no error class because Python has: KeyboardInterrupt.
"""

from __future__ import annotations

from enum import IntEnum
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
    CANCELLED = 130


class PhotonError(Exception):
    """The root of the tree.

    ``message`` says what happened and why in one line; ``hint`` names the command or the key that mends it, or is empty.
    ``others`` are the errors of those who were asked after it and could not answer either.
    Foreign exceptions are translated into this tree in the module that calls the foreign library, and nowhere else.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE
    fails_over: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.others: tuple[PhotonError, ...] = ()


class UsageError(PhotonError):
    """The request cannot be served as it was put: nothing to ask, two paths at once, a file that is not there."""

    exit_code = ExitCode.USAGE


class ContextExceeded(UsageError):
    """The prompt is longer than the model's context. Another model may have a longer one, so this fails over."""

    fails_over = True

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


class MissingExtra(ConfigurationError):
    """An optional part of Photon is not installed; the hint is the install command."""

    fails_over = True

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the '{extra}' extra, which is not installed",
            hint=f"pipx install 'photon-cli[{extra}]' (or pip install 'photon-cli[{extra}]')",
        )


class CredentialsError(PhotonError):
    """No key was found, or the provider refused it."""

    exit_code = ExitCode.CREDENTIALS
    fails_over = True


class ProviderUnreachable(PhotonError):
    """The provider could not be reached, answered with a 5xx, took too long, or broke off in the middle.

    ``transient`` is true where the same request may well succeed a second later: a 5xx, a connection that was reset. It is
    false where asking again only makes the user wait twice: a refused connection, a bad certificate, a timeout.
    """

    exit_code = ExitCode.UNREACHABLE
    fails_over = True

    def __init__(self, message: str, *, hint: str = "", transient: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.transient = transient


class RateLimited(PhotonError):
    """The provider said 429. ``retry_after`` is in seconds, None when the provider named no time.

    ``quota`` is true where waiting does not help because the account's credit is used up.
    """

    exit_code = ExitCode.RATE_LIMITED
    fails_over = True

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None, quota: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after
        self.quota = quota


class ModelNotFound(PhotonError):
    """The provider does not have the model that was asked for."""

    exit_code = ExitCode.MODEL_NOT_FOUND
    fails_over = True


class UnreadableAnswer(PhotonError):
    """The model answered, but the answer is not what was asked for and cannot be mended with certainty."""

    exit_code = ExitCode.UNREADABLE_ANSWER
    fails_over = True
