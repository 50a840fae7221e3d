"""What is known about models, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model can do, known without asking it.

    chat: follows free conversation. prefill: continues an assistant message in the last place. grammar: its answer can be
    held to a GBNF grammar. prompt_format: the name of the exact prompt format it was fine-tuned on, None for a general model.
    """

    chat: bool = True
    prefill: bool = False
    grammar: bool = False
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
