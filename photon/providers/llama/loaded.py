"""A model in this process, by llama.cpp. Everything here blocks and belongs on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, Self

from photon.chat import Chunk, FinishReason, Request, Usage
from photon.errors import ContextExceeded, ProviderUnreachable
from photon.providers.llama.answer_text import AnswerText
from photon.providers.llama.library import complaints, library
from photon.providers.llama.loading import BATCH, Cancelled, free, new_context, put_adapter_on, read_model
from photon.providers.llama.sampling import Sampler
from photon.providers.llama.tokenizer import Tokenizer
from photon.providers.weights import Weights
from photon.settings.schema import Local

_STOP: FinishReason = "stop"
_LENGTH: FinishReason = "length"


class LoadedModel:
    """A model in memory with one context. ``context_length`` in tokens, at most what the model was trained on."""

    def __init__(self, llama: Any, weights: Weights, model: Any, context: Any, context_length: int) -> None:
        self.weights, self.context_length = weights, context_length
        self._llama, self._model, self._context = llama, model, context
        self._vocab = llama.llama_model_get_vocab(model)
        self._memory = llama.llama_get_memory(context)
        self._tokenizer = Tokenizer(llama, model, weights)
        self._evaluated: list[int] = []

    @classmethod
    def load(cls, weights: Weights, settings: Local, cancelled: Event) -> Self:
        """Read the files into memory. Raises ConfigurationError for a file that is no usable model, and `Cancelled`."""
        llama = library()
        model = read_model(llama, weights, settings, cancelled)
        length = min(settings.context_length, llama.llama_model_n_ctx_train(model) or settings.context_length)
        context = None
        try:
            context = new_context(llama, weights, model, settings, length)
            put_adapter_on(llama, weights, model, context)
            return cls(llama, weights, model, context, length)
        except BaseException:
            free(llama, model, context)
            raise

    def close(self) -> None:
        """Free the memory. The model is not used after it."""
        free(self._llama, self._model, self._context)

    def answer(self, request: Request, cancelled: Event) -> Iterator[Chunk]:
        """The answer's text piece by piece, and at its end the finish_reason with the usage.

        Raises ContextExceeded, UsageError for a grammar or conversation that the model cannot take, ProviderUnreachable
        when llama.cpp fails, and `Cancelled`.
        """
        prompt = self._tokenizer.prompt(request.messages)
        if len(prompt) > self.context_length:
            raise ContextExceeded(request.model, prompt_tokens=len(prompt), context_length=self.context_length)
        room = self.context_length - len(prompt)
        limit = min(room, request.parameters.max_tokens or room)
        text, count, finish = AnswerText(request.parameters.stop), 0, _LENGTH
        with Sampler(self._llama, self._vocab, request.parameters, _grammar(request)) as sampler:
            pending = self._not_yet_evaluated(prompt)
            while count < limit:
                self._evaluate(pending, cancelled)
                token = sampler.choose(self._context)
                if token is None:
                    finish = _STOP
                    break
                count += 1
                if piece := text.feed(self._tokenizer.piece(token)):
                    yield Chunk(text=piece)
                if text.stopped:
                    finish = _STOP
                    break
                pending = [token]
        usage = Usage(prompt_tokens=len(prompt), completion_tokens=count)
        yield Chunk(text=text.finish(), finish_reason=finish, usage=usage)

    def _not_yet_evaluated(self, prompt: list[int]) -> list[int]:
        """What the context does not hold of `prompt`: its end when the conversation goes on, else all of it.

        A shorter common beginning is not reused: tokens that are evaluated in other groups get other logits (up to 0.5
        apart, measured), and a question asked twice at temperature 0 would get two answers.
        """
        known = len(self._evaluated)
        if 0 < known < len(prompt) and prompt[:known] == self._evaluated:
            return prompt[known:]
        self._forget()
        return prompt

    def _forget(self) -> None:
        self._evaluated.clear()
        self._llama.llama_memory_clear(self._memory, True)

    def _evaluate(self, tokens: list[int], cancelled: Event) -> None:
        """Put `tokens` behind those that the context holds. One token takes 10 ms; more can be aborted in the middle."""
        failed = 0
        with _abortable(self._llama, self._context, cancelled if len(tokens) > 1 else None), complaints() as causes:
            for start in range(0, len(tokens), BATCH):
                if cancelled.is_set():
                    raise Cancelled
                batch = tokens[start : start + BATCH]
                ids = (self._llama.llama_token * len(batch))(*batch)
                failed = self._llama.llama_decode(self._context, self._llama.llama_batch_get_one(ids, len(batch)))
                if failed:
                    break
                self._evaluated += batch
        if failed:
            self._forget()
            if cancelled.is_set():
                raise Cancelled
            raise ProviderUnreachable(
                f"llama.cpp failed in the middle of {self.weights.model}: {next(iter(causes), f'code {failed}')}",
                hint="lower ai.local.context_length or ai.local.gpu_layers if memory is short",
            )


def _grammar(request: Request) -> str | None:
    if request.grammar is not None or request.schema is None:
        return request.grammar
    from photon.providers.schema.grammar import schema_grammar

    return schema_grammar(request.schema)


@contextmanager
def _abortable(llama: Any, context: Any, cancelled: Event | None) -> Iterator[None]:
    """llama.cpp asks before each of a graph's 600 nodes whether to go on: 5 to 15 % slower, so not while it generates."""
    if cancelled is None:
        yield
        return
    callback = llama.ggml_abort_callback(lambda _: cancelled.is_set())
    llama.llama_set_abort_callback(context, callback, None)
    try:
        yield
    finally:
        llama.llama_set_abort_callback(context, llama.ggml_abort_callback(), None)
