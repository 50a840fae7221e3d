"""Free conversation: one question, its answer as a stream, and what is remembered of both."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from photon.chat import Attempt, Chunk, FinishReason, Message, Origin, Parameters, Provider, Request, Switch, Usage
from photon.errors import ContextExceeded, Fault, PhotonError
from photon.providers.token_estimate import about_tokens
from photon.records.conversations import Conversation
from photon.routing.prospects import Circumstances
from photon.settings.schema import AI

if TYPE_CHECKING:
    from photon.openapi.spec import Spec

__all__ = ["Conversation", "Reply", "Subject", "answered", "asked", "chat", "subject_for"]

CUT = " […]"
"""The end of an answer that was stopped half-way, in what is remembered of it."""


_SHARE = 0.3
_MOST, _LEAST, _UNKNOWN_CONTEXT = 12_000, 150, 8_192
"""Tokens. A third of a context leaves room for what was said and for the answer; more than the most costs money and says
little; with less than the least nothing but the name of the API is told; a server that does not tell its context has this."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The specification that a conversation is about. budget: how many tokens of a prompt it may take, about."""

    spec: Spec
    budget: int

    def told(self, conversation: Conversation) -> str:
        """What is said of it for the last question of `conversation`; the question before it counts for a little."""
        from photon.openapi.context.question import about

        earlier, last = _last_questions(conversation)
        return about(self.spec, last, budget=self.budget, earlier=earlier)

    def fitting(self, conversation: Conversation) -> tuple[str, ...]:
        """The routes of the operations that fit the last question, the best first."""
        from photon.openapi.context.question import fitting

        earlier, last = _last_questions(conversation)
        return fitting(self.spec, last, earlier=earlier)

    def narrowed(self, conversation: Conversation, context_length: int | None) -> Subject | None:
        """As much of it as a context of so many tokens has room for, half of what was told where that is unknown; None where
        that was no more already."""
        told = min(self.budget, about_tokens(self.told(conversation)))
        budget = budget_for(context_length) if context_length else told // 2
        return replace(self, budget=budget) if _LEAST <= budget < told else None


def _last_questions(conversation: Conversation) -> tuple[str, str]:
    """(the question before the last one, the last one); empty where there is none."""
    questions = [message.content for message in conversation.messages if message.role == "user"]
    earlier, last = ("", "", *questions)[-2:]
    return earlier, last


def budget_for(context_length: int | None) -> int:
    """The tokens that a specification may take of a context of so many."""
    return min(_MOST, round(_SHARE * (context_length or _UNKNOWN_CONTEXT)))


def subject_for(spec: Spec | None, ai: AI) -> Subject | None:
    """`spec` as a subject for whoever is asked first by the settings. Raises what `plan` raises."""
    if spec is None:
        return None
    from photon.routing.plan import plan

    return Subject(spec, budget_for(plan(ai, purpose="chat")[0].capabilities.context_length))


def asked(conversation: Conversation, question: str) -> Conversation:
    """`conversation` with one more question in the last place."""
    return replace(conversation, messages=(*conversation.messages, Message("user", question)))


def answered(conversation: Conversation, answer: str, *, cut: bool = False) -> Conversation:
    """`conversation` with the answer to its last question; ``cut`` marks one that was stopped half-way."""
    said = answer.rstrip() + CUT if cut else answer
    return replace(conversation, messages=(*conversation.messages, Message("assistant", said)))


def request_for(
    conversation: Conversation, parameters: Parameters, *, model: str = "", subject: Subject | None = None
) -> Request:
    """What is asked for the last question of `conversation`. What is said of the subject is of this request alone: the next
    question has other parts of it, and none of them is remembered."""
    system = "\n\n".join(filter(None, (conversation.system, subject.told(conversation) if subject else "")))
    return Request(model=model, messages=_with_system(system, conversation.messages), parameters=parameters)


def circumstances(ai: AI, *, refresh: bool = False) -> Circumstances:
    """How it is asked. An answer that is not greedy is another one each time, and is not kept."""
    return Circumstances(purpose="chat", versions={}, use_cache=ai.temperature == 0, refresh=refresh)


async def chat(
    provider: Provider,
    conversation: Conversation,
    parameters: Parameters,
    *,
    model: str = "",
    subject: Subject | None = None,
    left_out: Callable[[int], None] = lambda _: None,
    on_attempt: Callable[[Attempt], None] | None = None,
) -> AsyncGenerator[Chunk, None]:
    """Answer the last question of `conversation`.

    A conversation that is longer than the context of everybody who can be reached is told less of its `subject`, then loses
    its oldest turns, never the question: ``left_out`` is told how many messages the model does not get to see;
    ``on_attempt`` of every exchange that it takes. Raises a PhotonError; ContextExceeded, first or among its ``others``, when
    the question alone is too long.
    """
    messages = conversation.messages
    while True:
        request = request_for(replace(conversation, messages=messages), parameters, model=model, subject=subject)
        request = replace(request, on_attempt=on_attempt)
        spoken = False
        try:
            async with aclosing(provider.stream(request)) as chunks:
                async for chunk in chunks:
                    spoken = (spoken or bool(chunk.text)) and not chunk.switch
                    yield chunk
            return
        except PhotonError as error:
            share = _share_with_room(error)
            if share is None or spoken:
                raise
            longest = _longest(error)
            if subject and (narrower := subject.narrowed(conversation, longest.context_length if longest else None)):
                subject = narrower
                continue
            shorter = _without_oldest(messages, keep=share)
            if len(shorter) == len(messages):
                raise
            messages = shorter
            left_out(len(conversation.messages) - len(messages))


def _share_with_room(error: PhotonError) -> float | None:
    """The share of the conversation for which somebody would have room, by the longest context that was too short; a half
    where nobody said how long it is, None where that was not the failure."""
    if longest := _longest(error):
        return 0.9 * longest.context_length / max(1, longest.prompt_tokens)
    return 0.5 if any(each.fault is Fault.CONTEXT for each in (error, *error.others)) else None


def _longest(error: PhotonError) -> ContextExceeded | None:
    """Of those whose context was too short, and who said how long it is, the one with the longest."""
    told = [each for each in (error, *error.others) if isinstance(each, ContextExceeded)]
    return max(told, key=lambda each: each.context_length, default=None)


def _with_system(system: str, messages: Sequence[Message]) -> tuple[Message, ...]:
    return (Message("system", system), *messages) if system else tuple(messages)


def _without_oldest(messages: tuple[Message, ...], *, keep: float) -> tuple[Message, ...]:
    """`messages` without the oldest turns, at least one, until at most the share ``keep`` of the text is left."""
    room = keep * sum(len(message.content) for message in messages)
    starts = [place for place, message in enumerate(messages) if message.role == "user" and place > 0]
    for start in starts:
        if sum(len(message.content) for message in messages[start:]) <= room:
            return messages[start:]
    return messages[starts[-1] :] if starts else messages


@dataclass(slots=True)
class Reply:
    """What was heard of an answer so far: its text, who gave it, after which failures, at what cost, how fast.

    Times are seconds of the monotonic clock; ``first_text`` is None until there is text.
    """

    origin: Origin | None = None
    usage: Usage = Usage()
    finish_reason: FinishReason | None = None
    switches: list[Switch] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    first_text: float | None = None
    _parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The answer without what a failed provider said before it was replaced."""
        return "".join(self._parts)

    def hear(self, chunk: Chunk) -> None:
        """Take in the next chunk of the stream."""
        if chunk.switch:
            self.switches.append(chunk.switch)
            self._parts.clear()
            self.usage, self.first_text = Usage(), None
        self.origin = chunk.origin or self.origin
        if chunk.text:
            self.first_text = self.first_text or time.perf_counter()
            self._parts.append(chunk.text)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage

    def timings(self) -> dict[str, int | None]:
        """Milliseconds since the question was put: to the first text, and until now."""
        first = None if self.first_text is None else round(1000 * (self.first_text - self.started))
        return {"first_text": first, "total": round(1000 * (time.perf_counter() - self.started))}
