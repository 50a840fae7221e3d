"""The one place where the wrappers of the port are put together."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import TYPE_CHECKING

from photon.chat import Chunk, ModelInfo, Provider, Request
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import Purpose
from photon.routing.addressed import addressed
from photon.routing.budgeted import budgeting
from photon.routing.cached import Cached, cache_key
from photon.routing.cost import costs
from photon.routing.deadline import Timed
from photon.routing.failover import Failover
from photon.routing.fitted import Fitted, Lengths
from photon.routing.guard import CheckFactory, Guarded
from photon.routing.limited import Limited
from photon.routing.plan import plan
from photon.routing.recorded import Recorded
from photon.routing.resting import Held, Rests
from photon.routing.retry import Retried
from photon.routing.watched import Watched
from photon.settings.schema import AI
from photon.settings.validate import masked_url

if TYPE_CHECKING:
    from photon.records.cache import ResponseCache
    from photon.records.requests import History
    from photon.records.targets import Targets

_logger = logging.getLogger(__name__)

_NO_VERSIONS: Mapping[str, str | int] = MappingProxyType({})


def chain(
    ai: AI,
    *,
    command: str = "python",
    purpose: Purpose,
    check: CheckFactory | None = None,
    restarts: bool = True,
    versions: Mapping[str, str | int] = _NO_VERSIONS,
    use_cache: bool,
    refresh: bool = False,
    wait: bool = True,
    warn: Callable[[str], None],
    notice: Callable[[str], None] = lambda line: None,
    environ: Mapping[str, str] = os.environ,
) -> Provider:
    """Whoever may answer by the settings `ai`, as one provider whose answers are whole: they begin with the prefill, if any.

    command: what the user ran, for the record. check: makes the reader that judges each answer. restarts: whether an answer
    of which something was passed on may be begun afresh by somebody else. versions: of the prompt and the notation, for
    the cache key. use_cache: look there first and keep new answers, unless the settings switch the cache off. refresh:
    keep, but do not look. wait: for the user's own rate limits; else they fail at once. warn: told in one line, each thing
    at most once, what of Photon's own does not work. notice: told in one line why the user waits. Raises
    ConfigurationError, as `plan` does.
    """
    endpoints = plan(ai, purpose=purpose, environ=environ)
    cache = _cache(ai, warn, environ) if use_cache and ai.cache.enabled else None
    targets = _targets(warn, environ)
    rests = Rests(targets, cooldown=ai.retry.cooldown, held=_held(cache, versions, refresh=refresh))
    cost = costs(ai.record.prices)
    under_budget = budgeting(ai, warn, environ)
    lengths: Lengths = {}

    def link(endpoint: Endpoint) -> Provider:
        port: Provider = Timed(Lazy(endpoint, ai, environ), origin=endpoint.origin, total=ai.timeouts.total)
        port = Watched(port, endpoint, told=rests.told(endpoint), cost=cost)
        port = Limited(port, endpoint, targets, wait=wait, longest=ai.timeouts.total, notice=notice)
        port = Retried(port, ai.retry, origin=endpoint.origin, total=ai.timeouts.total)
        port = under_budget(port, endpoint)
        port = Guarded(port, check, origin=endpoint.origin)
        port = Fitted(port, endpoint, lengths)
        return Cached(port, endpoint, cache, refresh=refresh, versions=versions) if cache else port

    port = Failover([(endpoint, link(endpoint)) for endpoint in endpoints], resting=rests, restarts=restarts)
    record = _record(ai, warn, environ)
    return Recorded(port, endpoints, command=command, record=record, lengths=lengths) if record else port


def _cache(ai: AI, warn: Callable[[str], None], environ: Mapping[str, str]) -> ResponseCache:
    from photon.records.cache import response_cache

    return response_cache(ai.cache, warn, environ)


def _targets(warn: Callable[[str], None], environ: Mapping[str, str]) -> Targets:
    from photon.records.targets import targets_of

    return targets_of(warn, environ)


def _record(ai: AI, warn: Callable[[str], None], environ: Mapping[str, str]) -> History | None:
    from photon.records.requests import history

    return history(ai.record, warn, environ)


def _held(cache: ResponseCache | None, versions: Mapping[str, str | int], *, refresh: bool) -> Held:
    """Whose answer is in the cache, and would be taken from there."""
    if cache is None or refresh:
        return lambda endpoint, request: False
    return lambda endpoint, request: cache.has(cache_key(endpoint, addressed(request, endpoint), versions))


class Lazy:
    """A provider that is connected when it is first asked, so that a cache hit imports no client library."""

    def __init__(self, endpoint: Endpoint, ai: AI, environ: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._ai = ai
        self._environ = environ
        self._provider: Provider | None = None

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Connect if need be and answer. Raises what connecting raises (MissingExtra, CredentialsError), too."""
        where = f" at {masked_url(self._endpoint.url)}" if self._endpoint.url else ""
        _logger.info("%s: asked%s", self._endpoint.origin, where)
        async with aclosing(self._connected().stream(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def models(self) -> tuple[ModelInfo, ...]:
        """Connect if need be and list."""
        return await self._connected().models()

    async def close(self) -> None:
        """Close the provider if it was ever connected."""
        provider, self._provider = self._provider, None
        if provider:
            await provider.close()

    def _connected(self) -> Provider:
        if self._provider is None:
            from photon.providers.registry import connect

            self._provider = connect(self._endpoint, self._ai, self._environ)
        return self._provider
