"""One exchange with one target: what the record, the budget and the inspector know of it."""

from __future__ import annotations

from dataclasses import dataclass

from photon.chat.chunks import FinishReason, Origin, Usage
from photon.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to one target, from its first byte to its end, whatever that was.

    started: POSIX seconds. first_token_ms and total_ms: milliseconds from there; first_token_ms is None where no text came.
    fault and error: what went wrong, in one line for people; None and empty where the answer came to its end, also where
    whoever read it had heard enough. cancelled: the user, or a closed pipe, ended it.
    """

    origin: Origin
    started: float
    total_ms: float
    first_token_ms: float | None = None
    usage: Usage = Usage()
    finish_reason: FinishReason | None = None
    fault: Fault | None = None
    error: str = ""
    cancelled: bool = False
