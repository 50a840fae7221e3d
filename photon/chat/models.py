"""What is known about models, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The profile of a model: facts that are known without asking it, and that the rest of Photon goes by.

    chat: follows free conversation. prefill: continues an assistant message in the last place. grammar: its answer can be
    held to a GBNF grammar. schema: its answer can be held to a JSON Schema. tools: it can call functions. system: it takes a
    system message. streams: it answers piece by piece. sampling: it takes temperature and top_p (reasoning models do not).
    context_length: tokens that prompt and answer have together, None where unknown. token_limit: the name of the
    parameter that limits the answer. prompt_format: the name of the exact prompt format it was fine-tuned on, None for a
    general model.
    """

    chat: bool = True
    prefill: bool = False
    grammar: bool = False
    schema: bool = False
    tools: bool = False
    system: bool = True
    streams: bool = True
    sampling: bool = True
    context_length: int | None = None
    token_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    prompt_format: str | None = None

    def names(self) -> tuple[str, ...]:
        """The abilities as words, for people and for JSON: of 'chat', 'sketch', 'prefill', 'grammar' those that hold."""
        words = {"chat": self.chat, "sketch": bool(self.prompt_format), "prefill": self.prefill, "grammar": self.grammar}
        return tuple(word for word, holds in words.items() if holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """One model that a provider offers. context_length in tokens, size in bytes; None where the provider does not say."""

    id: str
    provider: str
    context_length: int | None = None
    size: int | None = None
    capabilities: Capabilities = Capabilities()
