"""Requests for the record, as `photon.routing.recorded` would hand them over."""

from __future__ import annotations

from typing import Any

from photon.chat import Attempt, FinishReason, Message, Origin, Parameters, Usage
from photon.errors import Fault
from photon.records.history import Entry

NOW = 1_700_000_000.0
ORIGIN = Origin("openai", "gpt-5")
COUNTED = Usage(prompt_tokens=10, completion_tokens=5)


def exchange(
    origin: Origin = ORIGIN,
    *,
    started: float = NOW,
    cost: float | None = 0.25,
    usage: Usage = COUNTED,
    fault: Fault | None = None,
    error: str = "",
    total_ms: float = 900.0,
    first_token_ms: float | None = 100.0,
    cancelled: bool = False,
) -> Attempt:
    """One that was answered, unless there is a `fault` or it was `cancelled`."""
    reason: FinishReason | None = None if fault or cancelled else "stop"
    return Attempt(
        origin=origin,
        started=started,
        total_ms=total_ms,
        first_token_ms=None if fault else first_token_ms,
        usage=Usage() if fault else usage,
        finish_reason=reason,
        fault=fault,
        error=error,
        cancelled=cancelled,
        kind="openai",
        host="api.openai.com",
        cost=cost,
    )


def entry(question: str = "What is 422?", answer: str = "Unprocessable content.", **facts: Any) -> Entry:
    """A chat with one question, answered by the target of its last exchange."""
    attempts = facts.pop("attempts", (exchange(started=facts.get("started", NOW)),))
    given = {
        "command": "chat",
        "asked": question,
        "messages": (Message("system", "Be brief."), Message("user", question)),
        "parameters": Parameters(temperature=0.0, max_tokens=100, stop=("\n\n",)),
        "started": NOW,
        "total_ms": 1000.0,
        "first_token_ms": 150.0,
        "attempts": attempts,
        "origin": attempts[-1].origin if attempts else None,
        "answer": answer,
        "finish_reason": "stop",
    }
    return Entry(**given | facts)


def failed(question: str = "And 409?", **facts: Any) -> Entry:
    """One that nobody answered."""
    broken = exchange(fault=Fault.STALLED, error="openai said nothing for 20 s", cost=None, started=facts.get("started", NOW))
    outcome = {"origin": None, "finish_reason": None, "fault": Fault.STALLED, "error": "openai said nothing for 20 s"}
    return entry(question, "", **{"attempts": (broken,)} | outcome | facts)
