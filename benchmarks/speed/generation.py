"""One fresh process that answers a few prompts and prints, as JSON, how many tokens it wrote in how many seconds.

python -m benchmarks.speed.generation product    # Photon's local provider, behind its port
python -m benchmarks.speed.generation loop       # llama.cpp's C API through llama-cpp-python, and nothing else
python -m benchmarks.speed.generation class      # llama_cpp.Llama.generate, as its documentation shows it

The same model and adapter, prompts, number of threads, batch and context length; greedy. The clock runs from the first token
to the last one of each answer, so neither loading nor reading the prompt counts.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from photon.chat import Parameters, Request
from photon.providers.llama.chat_template import chatml
from photon.providers.llama.cores import physical_cores
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.providers.weights import find_weights
from photon.sketch.prompt import sketch_request

MODEL = "photon-openapi"
CONTEXT, BATCH, LONGEST = 2048, 512, 300
REQUESTS = (
    "POST /orders with items, shipping address and coupon, returns 201 with the order and its total",
    "list invoices of a customer, filter by status and date range, paged",
    "PATCH /users/{id} change name, email, phone, address and avatar url, returns the user",
    "search products by text, category, price range and brand, sorted, with facets",
)


@dataclass(slots=True)
class Count:
    """tokens: all that were written. intervals and seconds: those between two tokens of the same answer."""

    tokens: int = 0
    intervals: int = 0
    seconds: float = 0.0

    def add(self, moments: list[float], tokens: int) -> None:
        """One answer of `tokens` tokens; the first came at the first moment, the last one at the last."""
        self.tokens += tokens
        self.intervals += tokens - 1
        self.seconds += moments[-1] - moments[0]


def main() -> None:
    """Answer, and print the count."""
    match sys.argv[1:]:
        case ["product"]:
            count = asyncio.run(_product())
        case ["loop"]:
            count = _loop()
        case ["class"]:
            count = _class()
        case _:
            sys.exit(__doc__)
    print(json.dumps({"tokens": count.tokens, "rate": count.intervals / count.seconds, "threads": physical_cores()}))


def _requests() -> Iterator[Request]:
    for text in REQUESTS:
        request = sketch_request(text, parameters=Parameters(temperature=0.0, max_tokens=LONGEST))
        yield request.addressed_to(MODEL, prompt_format=PHOTON_SKETCH_FORMAT)


async def _product() -> Count:
    from photon.providers.registry import connect, endpoint
    from photon.settings.schema import AI, Local

    ai = AI(local=Local(context_length=CONTEXT, threads=physical_cores()))
    provider = connect(endpoint(ai, "local", model=MODEL), ai)
    count, tokens = Count(), 0
    for request in _requests():
        moments: list[float] = []
        async for chunk in provider.stream(request):
            if chunk.origin:  # said before the model is loaded; the first token comes with the next chunk
                continue
            moments.append(time.perf_counter())
            ended = chunk.finish_reason == "stop"  # by a token that the usage does not count
            tokens = ended + ((chunk.usage and chunk.usage.completion_tokens) or 0)
        count.add(moments, tokens)
    await provider.close()
    return count


def _loop() -> Count:
    """Evaluate, choose the likeliest, evaluate: the least that anybody can write with llama-cpp-python."""
    import llama_cpp.llama_cpp as llama

    llama.llama_backend_init()
    model, context = _loaded(llama)
    vocab, memory = llama.llama_model_get_vocab(model), llama.llama_get_memory(context)
    sampler = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
    llama.llama_sampler_chain_add(sampler, llama.llama_sampler_init_greedy())
    count = Count()
    for request in _requests():
        llama.llama_memory_clear(memory, True)
        moments: list[float] = []
        pending = _tokenized(llama, vocab, chatml(request.messages))
        while len(moments) < LONGEST:
            tokens = (llama.llama_token * len(pending))(*pending)
            llama.llama_decode(context, llama.llama_batch_get_one(tokens, len(pending)))
            token = llama.llama_sampler_sample(sampler, context, -1)
            moments.append(time.perf_counter())
            if llama.llama_vocab_is_eog(vocab, token):
                break
            pending = [token]
        count.add(moments, len(moments))
    return count


def _loaded(llama: Any) -> tuple[Any, Any]:
    weights = find_weights(MODEL)
    model = llama.llama_model_load_from_file(os.fsencode(weights.base), llama.llama_model_default_params())
    parameters = llama.llama_context_default_params()
    parameters.n_ctx, parameters.n_batch, parameters.n_ubatch = CONTEXT, BATCH, BATCH
    parameters.n_threads = parameters.n_threads_batch = physical_cores()
    context = llama.llama_init_from_model(model, parameters)
    adapter = llama.llama_adapter_lora_init(model, os.fsencode(str(weights.adapter)))
    adapters = (llama.llama_adapter_lora_p_ctypes * 1)(adapter)
    llama.llama_set_adapters_lora(context, adapters, 1, (ctypes.c_float * 1)(1.0))
    return model, context


def _tokenized(llama: Any, vocab: Any, text: str) -> list[int]:
    data = text.encode()
    tokens = (llama.llama_token * (len(data) + 8))()
    found = llama.llama_tokenize(vocab, data, len(data), tokens, len(tokens), False, True)
    return list(tokens[:found])


def _class() -> Count:
    from llama_cpp import Llama

    weights, threads = find_weights(MODEL), physical_cores()
    llama = Llama(
        str(weights.base),
        lora_path=str(weights.adapter),
        n_ctx=CONTEXT,
        n_batch=BATCH,
        n_threads=threads,
        n_threads_batch=threads,
        verbose=False,
    )
    count = Count()
    for request in _requests():
        moments: list[float] = []
        prompt = llama.tokenize(chatml(request.messages).encode(), add_bos=False, special=True)
        for token in llama.generate(prompt, temp=0.0, repeat_penalty=1.0):
            moments.append(time.perf_counter())
            if token == llama.token_eos() or len(moments) == LONGEST:
                break
        count.add(moments, len(moments))
    return count


if __name__ == "__main__":
    main()
