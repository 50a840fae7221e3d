"""Free conversation: one question, its answer as a stream, and what is remembered of both."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from photon.chat import Attempt, Chunk, FinishReason, Message, Origin, Parameters, Provider, Request, Switch, Usage
from photon.errors import ContextExceeded, Fault, PhotonError
from photon.records.conversations import Conversation
from photon.routing.prospects import Circumstances
from photon.settings.schema import AI

__all__ = ["Conversation", "Reply", "answered", "asked", "chat"]

CUT = " […]"
"""The end of an answer that was stopped half-way, in what is remembered of it."""


def asked(conversation: Conversation, question: str) -> Conversation:
    """`conversation` with one more question in the last place."""
    return replace(conversation, messages=(*conversation.messages, Message("user", question)))


def answered(conversation: Conversation, answer: str, *, cut: bool = False) -> Conversation:
    """`conversation` with the answer to its last question; ``cut`` marks one that was stopped half-way."""
    said = answer.rstrip() + CUT if cut else answer
    return replace(conversation, messages=(*conversation.messages, Message("assistant", said)))


def request_for(conversation: Conversation, parameters: Parameters, *, model: str = "") -> Request:
    """What is asked for the last question of `conversation`."""
    return Request(model=model, messages=_with_system(conversation.system, conversation.messages), parameters=parameters)


def circumstances(ai: AI, *, refresh: bool = False) -> Circumstances:
    """How it is asked. An answer that is not greedy is another one each time, and is not kept."""
    return Circumstances(purpose="chat", versions={}, use_cache=ai.temperature == 0, refresh=refresh)


async def chat(
    provider: Provider,
    conversation: Conversation,
    parameters: Parameters,
    *,
    model: str = "",
    left_out: Callable[[int], None] = lambda _: None,
    on_attempt: Callable[[Attempt], None] | None = None,
) -> AsyncGenerator[Chunk, None]:
    """Answer the last question of `conversation`.

    A conversation that is longer than the context of everybody who can be reached loses its oldest turns, never the
    question: ``left_out`` is told how many messages the model does not get to see; ``on_attempt`` of
    every exchange that it takes. Raises a PhotonError; ContextExceeded,
    first or among its ``others``, when the question alone is too long.
    """
    messages = conversation.messages
    while True:
        request = request_for(replace(conversation, messages=messages), parameters, model=model)
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
            shorter = _without_oldest(messages, keep=share)
            if len(shorter) == len(messages):
                raise
            messages = shorter
            left_out(len(conversation.messages) - len(messages))


def _share_with_room(error: PhotonError) -> float | None:
    """The share of the conversation for which somebody would have room, by the longest context that was too short; a half
    where nobody said how long it is, None where that was not the failure."""
    found = [each for each in (error, *error.others) if each.fault is Fault.CONTEXT]
    told = [each for each in found if isinstance(each, ContextExceeded)]
    if told:
        longest = max(told, key=lambda each: each.context_length)
        return 0.9 * longest.context_length / max(1, longest.prompt_tokens)
    return 0.5 if found else None


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
