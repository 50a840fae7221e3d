"""What comes back from a model: a stream of chunks, with who said it, at what cost, and after which failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FinishReason = Literal["stop", "length", "content_filter", "tool_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens counted by the provider. None where it did not say: an unknown count is unknown, not 0.

    cached_tokens: those of the prompt_tokens that the provider read from its own prompt cache (and sells cheaper).
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who answers: the provider by its configured name, the model by the id it was asked for, and whether from the cache."""

    provider: str
    model: str
    cached: bool = False

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class Switch:
    """The stream starts over, because `failed` could not go on.

    reason: one line for people. `repeat` is true when the same provider is asked again, false when another one takes over.
    """

    failed: Origin
    reason: str
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of an answer. Every field may be absent; a consumer handles the fields that are there, in this order.

    switch: all text received before this chunk is void; the answer starts over.
    origin: who speaks from here on; always on the first chunk and after a switch.
    text: new text; never holds the request's prefill.
    reasoning: what the model thinks aloud before it answers; never a part of the answer.
    finish_reason: on the last chunk that belongs to the answer; usage may come with it or after it.
    """

    switch: Switch | None = None
    origin: Origin | None = None
    text: str = ""
    reasoning: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
