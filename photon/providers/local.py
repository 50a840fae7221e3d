"""The model in this process: llama.cpp on a thread of its own, behind the port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import perf_counter

from photon.chat import Chunk, ModelInfo, Request
from photon.errors import MissingExtra, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.llama.cores import physical_cores
from photon.providers.llama.loaded import LoadedModel
from photon.providers.llama.loading import Cancelled
from photon.providers.profiles import capabilities
from photon.providers.think_tags import thoughts_apart
from photon.providers.weights import Weights, find_weights, llama_is_installed, own_models, usable_context
from photon.settings.schema import Local

_logger = logging.getLogger(__name__)

_HandOver = Callable[[Chunk | None], None]


class LocalProvider:
    """A `photon.chat.Provider` over llama.cpp.

    A request's model is one of our own ('photon-openapi', 'smollm2-135m-instruct') or the path of a GGUF file. One model is
    kept in memory, the last one that was asked. Requests that come at the same time are answered one after the other.
    Closing a stream stops the generation within one token, and the reading of a long prompt in its middle.
    """

    def __init__(self, endpoint: Endpoint, *, local: Local) -> None:
        self._endpoint, self._settings = endpoint, local
        self._worker: ThreadPoolExecutor | None = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama")
        self._loaded: LoadedModel | None = None
        self._running: set[Event] = set()

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Raises MissingExtra, ModelNotFound, ContextExceeded, UsageError, ConfigurationError for an unusable file."""
        return thoughts_apart(self._chunks(request))

    async def _chunks(self, request: Request) -> AsyncGenerator[Chunk, None]:
        if self._worker is None:
            raise RuntimeError("the provider is closed")
        weights = weights_of(request.model)
        # Not bounded: an answer never has more chunks than the context has tokens.
        chunks: asyncio.Queue[Chunk | None] = asyncio.Queue()
        loop, cancelled = asyncio.get_running_loop(), Event()

        def hand_over(chunk: Chunk | None) -> None:
            try:
                loop.call_soon_threadsafe(chunks.put_nowait, chunk)
            except RuntimeError:  # the loop is closed: nobody listens
                cancelled.set()

        self._running.add(cancelled)
        job = self._worker.submit(self._answer, weights, request, cancelled, hand_over)
        job.add_done_callback(lambda _: hand_over(None))
        try:
            # Before the model is loaded: whoever reads can show what is certain without it.
            yield Chunk(origin=replace(self._endpoint.origin, model=request.model))
            while (chunk := await chunks.get()) is not None:
                yield chunk
            job.result()
        except Cancelled as cancellation:  # by close(): a reader who stops gets no further than the loop
            raise ProviderUnreachable("the local model was closed in the middle of an answer") from cancellation
        finally:
            cancelled.set()
            self._running.discard(cancelled)

    def _answer(self, weights: Weights, request: Request, cancelled: Event, hand_over: _HandOver) -> None:
        """On the worker thread."""
        if cancelled.is_set():
            raise Cancelled
        for chunk in self._model(weights, cancelled).answer(request, cancelled):
            hand_over(chunk)

    def _model(self, weights: Weights, cancelled: Event) -> LoadedModel:
        if self._loaded is None or self._loaded.weights != weights:
            self._unload()
            begun = perf_counter()
            self._loaded = LoadedModel.load(weights, self._settings, cancelled)
            threads = self._settings.threads or physical_cores()
            took = 1000 * (perf_counter() - begun)
            _logger.info("%s: %s loaded in %.0f ms, %d threads", weights.model, weights.base.name, took, threads)
        return self._loaded

    def _unload(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded:
            loaded.close()

    async def models(self) -> tuple[ModelInfo, ...]:
        """Our own models, and the file that the endpoint names. Nothing is loaded. Raises MissingExtra, ModelNotFound."""
        named = weights_of(self._endpoint.model)
        own = own_models()
        return tuple(self._info(weights) for weights in ((named, *own) if named not in own else own))

    def _info(self, weights: Weights) -> ModelInfo:
        return ModelInfo(
            id=weights.model,
            provider=self._endpoint.provider,
            context_length=usable_context(weights.model, self._settings.context_length),
            size=weights.size,
            capabilities=capabilities("local", weights.model),
        )

    async def close(self) -> None:
        """Stop what is running, free the model and end the thread."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        for cancelled in self._running:
            cancelled.set()
        try:
            await asyncio.wrap_future(worker.submit(self._unload))
        finally:
            worker.shutdown()


def weights_of(model: str) -> Weights:
    """The files of `model`. Raises MissingExtra, ModelNotFound."""
    if not llama_is_installed():
        raise MissingExtra("the local model", "local")
    return find_weights(model)
