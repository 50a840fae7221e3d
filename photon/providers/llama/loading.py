"""Model files into memory, by llama.cpp."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any, Final

from photon.errors import ConfigurationError
from photon.providers.llama.cores import physical_cores
from photon.providers.llama.library import complaints
from photon.providers.weights import Weights
from photon.settings.schema import Local

BATCH: Final = 512
"""Tokens that llama.cpp is given at once."""


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


def read_model(llama: Any, weights: Weights, settings: Local, cancelled: Event) -> Any:
    go_on = llama.llama_progress_callback(lambda _progress, _: not cancelled.is_set())
    parameters = llama.llama_model_default_params()
    parameters.n_gpu_layers = settings.gpu_layers
    parameters.progress_callback = go_on
    with complaints() as causes:
        model = llama.llama_model_load_from_file(os.fsencode(weights.base), parameters)
    if cancelled.is_set():
        free(llama, model, None)
        raise Cancelled
    if not model:
        raise _unusable(weights.base, causes)
    if llama.llama_model_has_encoder(model) or not llama.llama_model_has_decoder(model):
        free(llama, model, None)
        raise _unusable(weights.base, ["it is not a model that continues text"])
    return model


def read_vocabulary(llama: Any, weights: Weights) -> Any:
    """The model's file without its weights: tokens and chat template, in 80 ms for our own models (measured)."""
    parameters = llama.llama_model_default_params()
    parameters.vocab_only = True
    with complaints() as causes:
        model = llama.llama_model_load_from_file(os.fsencode(weights.base), parameters)
    if not model:
        raise _unusable(weights.base, causes)
    return model


def new_context(llama: Any, weights: Weights, model: Any, settings: Local, length: int) -> Any:
    """Flash attention is left at llama.cpp's choice, 'auto': 6 % more tokens a second than without it, measured."""
    parameters = llama.llama_context_default_params()
    parameters.n_ctx = length
    parameters.n_batch = parameters.n_ubatch = BATCH
    parameters.n_threads = parameters.n_threads_batch = settings.threads or physical_cores()
    parameters.no_perf = True
    with complaints() as causes:
        context = llama.llama_init_from_model(model, parameters)
    if not context or not llama.llama_get_memory(context):
        free(llama, None, context)
        raise ConfigurationError(
            f"{weights.model} cannot be run with {length} tokens of context: {next(iter(causes), 'not enough memory')}",
            hint="lower ai.local.context_length",
        )
    return context


def put_adapter_on(llama: Any, weights: Weights, model: Any, context: Any) -> None:
    """llama.cpp frees an adapter together with its model."""
    if weights.adapter is None:
        return
    with complaints() as causes:
        adapter = llama.llama_adapter_lora_init(model, os.fsencode(weights.adapter))
    adapters = (llama.llama_adapter_lora_p_ctypes * 1)(adapter) if adapter else None
    if adapters is None or llama.llama_set_adapters_lora(context, adapters, 1, (ctypes.c_float * 1)(1.0)):
        raise _unusable(weights.adapter, causes)


def _unusable(file: Path, causes: Sequence[str]) -> ConfigurationError:
    reason = next(iter(causes), "llama.cpp does not say why")
    return ConfigurationError(
        f"{file} is not a model that can be used: {reason}",
        hint="get the file again, or choose another model (photon ai models)",
    )


def free(llama: Any, model: Any, context: Any) -> None:
    if context:
        llama.llama_free(context)
    if model:
        llama.llama_model_free(model)
