"""One exchange with one target: what the record, the budget and the inspector know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photon.chat.chunks import FinishReason, Origin, Usage
from photon.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to one target, from its first byte to its end, whatever that was.

    started: POSIX seconds. first_token_ms and total_ms: milliseconds from there; first_token_ms is None where no text came.
    fault and error: what went wrong, in one line for people; None and empty where the answer came to its end, also where
    whoever read it had heard enough. cancelled: the user, or a closed pipe, ended it. kind: the wire protocol. host: where
    it went, such as "api.openai.com"; empty for a model in this process. cost in USD: 0 where it is free or was refused,
    None where it, or a count of tokens, is unknown.
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
    kind: str = ""
    host: str = ""
    cost: float | None = None

    @property
    def answered(self) -> bool:
        """Whether anything came back of an answer."""
        return self.finish_reason is not None or self.first_token_ms is not None


def total_cost(attempts: Sequence[Attempt]) -> float | None:
    """USD of `attempts` together. No attempts cost nothing; None where that of one which gave any answer is unknown, and
    where nothing is known at all."""
    if any(attempt.cost is None and attempt.answered for attempt in attempts):
        return None
    known = [attempt.cost for attempt in attempts if attempt.cost is not None]
    return sum(known) if known or not attempts else None
