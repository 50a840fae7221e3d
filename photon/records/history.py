"""What was asked, who answered, what it cost: every request that was made, in one SQLite file in the data folder."""

from __future__ import annotations

from dataclasses import dataclass

from photon.chat import Attempt, FinishReason, Message, Origin, Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One attempt with its price. cost in USD: 0 where it is free, None where it, or a count of tokens, is unknown."""

    attempt: Attempt
    kind: str
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request as the user put it, with all that was done to answer it.

    command: "suggest-path", "chat", ... started: POSIX seconds; total_ms, first_token_ms: milliseconds since then.
    origin: who answered, None where nobody did. answer: empty where nobody did, the beginning where it was cut off.
    switches: how often the answer was begun afresh. fault, error: what the user was told, empty where there was an answer.
    """

    command: str
    messages: tuple[Message, ...]
    parameters: Parameters
    started: float
    total_ms: float
    exchanges: tuple[Exchange, ...]
    origin: Origin | None = None
    answer: str = ""
    finish_reason: FinishReason | None = None
    first_token_ms: float | None = None
    switches: int = 0
    fault: str = ""
    error: str = ""
    cancelled: bool = False
