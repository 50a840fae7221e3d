"""Which token comes next: the likeliest, or one drawn at random, held to a grammar or not."""

from __future__ import annotations

import ctypes
from array import array
from types import TracebackType
from typing import Any, Final, Self

from photon.chat import Parameters
from photon.errors import UsageError
from photon.providers.llama.library import complaints, let_through, stderr_aside

_TOP_K: Final = 40
_TOP_P: Final = 0.95
_MIN_P: Final = 0.05
"""llama.cpp's own defaults, for an answer that is not greedy."""

_IMPOSSIBLE: Final = float("-inf")


class Sampler:
    """Reads the logits of the last evaluated position of a context. A context manager: leaving it frees its memory.

    Greedy where the temperature is None or 0. A grammar is only asked about the token that was chosen without it, and about
    all of them where it rejects that one, as llama.cpp's own programs do it: that is faster than asking about all always.
    Raises UsageError for a grammar that is not GBNF.
    """

    def __init__(self, llama: Any, vocab: Any, parameters: Parameters, grammar: str | None) -> None:
        self._llama, self._vocab = llama, vocab
        self._size = llama.llama_vocab_n_tokens(vocab)
        self._grammar = _grammar(llama, vocab, grammar) if grammar else None
        self._chain = _chain(llama, parameters)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._llama.llama_sampler_free(self._chain)
        if self._grammar:
            self._llama.llama_sampler_free(self._grammar)

    def choose(self, context: Any) -> int | None:
        """The next token's id; None where the answer ends: an end-of-generation token, or nothing that the grammar admits."""
        token: int | None = self._llama.llama_sampler_sample(self._chain, context, -1)
        if self._grammar and not self._admits(token):
            token = self._admitted(context)
        if token is None or self._llama.llama_vocab_is_eog(self._vocab, token):
            return None
        if self._grammar:  # never with a token that it does not admit: llama.cpp would end the process
            self._llama.llama_sampler_accept(self._grammar, token)
        return token

    def _admits(self, token: int | None) -> bool:
        one = (self._llama.llama_token_data * 1)((token, 1.0, 0.0))
        self._apply(self._grammar, one)
        return bool(one[0].logit != _IMPOSSIBLE)

    def _admitted(self, context: Any) -> int | None:
        """The choice among all the tokens that the grammar admits."""
        memory = bytearray(ctypes.sizeof(self._llama.llama_token_data) * self._size)
        candidates = (self._llama.llama_token_data * self._size).from_buffer(memory)
        logits = self._llama.llama_get_logits_ith(context, -1)
        scores = memoryview(memory).cast("f")[1::3]  # a candidate is (int32 id, float logit, float p)
        memoryview(memory).cast("i")[0::3] = array("i", range(self._size))
        scores[:] = array("f", ctypes.string_at(logits, 4 * self._size))
        self._apply(self._grammar, candidates)
        if max(scores) == _IMPOSSIBLE:
            return None
        chosen = self._apply(self._chain, candidates)
        return int(chosen.data[chosen.selected].id)

    def _apply(self, sampler: Any, candidates: Any) -> Any:
        tokens = self._llama.llama_token_data_array(data=candidates, size=len(candidates), selected=-1, sorted=False)
        self._llama.llama_sampler_apply(sampler, ctypes.byref(tokens))
        return tokens


def _chain(llama: Any, parameters: Parameters) -> Any:
    settings = llama.llama_sampler_chain_default_params()
    settings.no_perf = True
    chain = llama.llama_sampler_chain_init(settings)
    for sampler in _samplers(llama, parameters):
        llama.llama_sampler_chain_add(chain, sampler)
    return chain


def _samplers(llama: Any, parameters: Parameters) -> list[Any]:
    if not parameters.temperature:
        return [llama.llama_sampler_init_greedy()]
    top_p = _TOP_P if parameters.top_p is None else parameters.top_p
    return [
        llama.llama_sampler_init_top_k(_TOP_K),
        llama.llama_sampler_init_top_p(top_p, 1),
        llama.llama_sampler_init_min_p(_MIN_P, 1),
        llama.llama_sampler_init_temp(parameters.temperature),
        llama.llama_sampler_init_dist(_seed(llama, parameters.seed)),
    ]


def _seed(llama: Any, seed: int | None) -> int:
    """Within 32 bits; llama.cpp takes the highest number as 'draw one at random'."""
    highest: int = llama.LLAMA_DEFAULT_SEED
    return highest if seed is None else seed % highest


def _grammar(llama: Any, vocab: Any, gbnf: str) -> Any:
    with complaints() as logged, stderr_aside() as said:
        grammar = llama.llama_sampler_init_grammar(vocab, gbnf.encode(), b"root")
    if not grammar:
        printed = "".join(said).partition("\n")[0].removeprefix("parse: error parsing grammar: ")
        reason = printed or next(iter(logged), "it is not GBNF")
        raise UsageError(f"the grammar cannot be used: {reason}", hint="mend the grammar, or ask without one")
    let_through("".join(said))
    return grammar
