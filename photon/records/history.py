"""What was asked, who answered, what it cost: the values of the record, which `photon.records.requests` keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from photon.chat import Attempt, FinishReason, Message, Origin, Parameters, Usage, total_cost

_NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request as the user put it, with all that was done to answer it.

    command: "suggest-path", "chat", ... started: POSIX seconds; total_ms, first_token_ms: milliseconds since then.
    asked: the user's own words, of which the task made the messages; empty where they are the last message.
    details: what the task must know besides to ask the same again and to read the answer, as JSON has it.
    origin: who answered, None where nobody did. answer: empty where nobody did, the beginning where it was cut off.
    switches: how often the answer was begun afresh. fault, error: what the user was told, empty where there was an answer.
    """

    command: str
    messages: tuple[Message, ...]
    parameters: Parameters
    started: float
    total_ms: float
    attempts: tuple[Attempt, ...]
    asked: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: _NO_DETAILS)
    origin: Origin | None = None
    answer: str = ""
    finish_reason: FinishReason | None = None
    first_token_ms: float | None = None
    switches: int = 0
    fault: str = ""
    error: str = ""
    cancelled: bool = False

    @property
    def question(self) -> str:
        """What the user asked, in their own words."""
        return self.asked or next((each.content for each in reversed(self.messages) if each.role == "user"), "")

    @property
    def usage(self) -> Usage:
        """The tokens of all attempts together; None where none of them was counted."""
        counted = [attempt.usage for attempt in self.attempts]
        return Usage(
            prompt_tokens=_sum(usage.prompt_tokens for usage in counted),
            completion_tokens=_sum(usage.completion_tokens for usage in counted),
            cached_tokens=_sum(usage.cached_tokens for usage in counted),
        )

    @property
    def cost(self) -> float | None:
        """USD of all attempts together, as `total_cost` has it."""
        return total_cost(self.attempts)


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry in the record. id: counts up from 1, and is never given twice. texts: whether questions and answers were
    kept, which ``ai.record.keep = "counts"`` and the limits of size leave out.
    """

    id: int
    entry: Entry
    texts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one target has done. What the user cancelled is not counted.

    requests: exchanges with it, of which `succeeded` came to their end. Medians in milliseconds, of those; None where there
    are none. last_error: one line for people, empty for none; last_error_at: POSIX seconds.
    """

    requests: int
    succeeded: int
    median_first_token_ms: float | None = None
    median_total_ms: float | None = None
    last_error: str = ""
    last_error_at: float | None = None


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
