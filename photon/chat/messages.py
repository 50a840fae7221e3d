"""What is said to a model: messages, sampling parameters, and the request that carries both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from photon.chat.attempts import Attempt

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    An assistant message in the last place is a *prefill*: the model continues it, and the stream holds only what is new.
    Only models whose `Capabilities.prefill` is true are sent one.
    """

    role: Role
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How to sample. None leaves the choice to the provider.

    temperature: 0 to 2, 0 is greedy. max_tokens: at least 1, counts completion tokens. stop: up to 4 strings.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


_NOTHING_TUNED: Mapping[str, tuple[Message, ...]] = MappingProxyType({})
_NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to one model.

    messages: the conversation as any instruction-following model understands it, at least one message.
    tuned: the same question in the exact words that a fine-tuned model was trained on, by prompt format
        (`Capabilities.prompt_format`); the model that reads such a format gets these messages instead.
    grammar: GBNF that the answer must match; honoured where `Capabilities.grammar` is true, else ignored.
    schema: JSON Schema (draft 2020-12) of the JSON document that the answer must be; enforced by the provider where
        `Capabilities.schema` is true, and validated in any case.
    on_attempt: told of each exchange that was made for this request, when it has ended; shapes no answer.
    deadline: the time of the event loop's clock, in seconds, at which the answer must have ended; None is no limit.
    within: makes the same request with at most so many tokens, about, of what may be left out of it; None where nothing may.
    asked, details: for the record of requests, and shaping no answer: the user's own words where they are not the last
        message, and what else must be known to ask the same again and to read the answer, as JSON has it.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Parameters = Parameters()
    tuned: Mapping[str, tuple[Message, ...]] = field(default_factory=lambda: _NOTHING_TUNED)
    grammar: str | None = None
    schema: Mapping[str, Any] | None = None
    on_attempt: Callable[[Attempt], None] | None = field(default=None, compare=False, repr=False)
    deadline: float | None = field(default=None, compare=False, repr=False)
    within: Callable[[int], Request] | None = field(default=None, compare=False, repr=False)
    asked: str = field(default="", compare=False, repr=False)
    details: Mapping[str, Any] = field(default_factory=lambda: _NO_DETAILS, compare=False, repr=False)

    def addressed_to(self, model: str, *, prompt_format: str | None = None) -> Request:
        """The same question put to `model`, in the words of its prompt format where there are such."""
        messages = self.tuned.get(prompt_format, self.messages) if prompt_format else self.messages
        return replace(self, model=model, messages=messages, tuned=_NOTHING_TUNED)

    def narrowed(self, tokens: int) -> Request:
        """The same question, addressed to nobody, with at most so many tokens of what may be left out of it."""
        if self.within is None:
            return self
        other = self.within(tokens)
        return replace(self, messages=other.messages, tuned=other.tuned)

    @property
    def prefill(self) -> str:
        """The beginning of the answer that was put into the model's mouth, or an empty string."""
        last = self.messages[-1]
        return last.content if last.role == "assistant" else ""
