"""Who would be asked for a request, in which order, in which words, and who would answer from the cache: nobody is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photon.chat import Request
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import Purpose
from photon.routing.addressed import addressed
from photon.routing.cached import cache_key
from photon.routing.order import in_order
from photon.routing.plan import plan
from photon.routing.resting import target_name
from photon.settings.schema import AI

if TYPE_CHECKING:
    from photon.records.targets import Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One target of a request. request: in this target's words. cached: its answer is kept, so that nothing would be sent.
    rest: it failed lately and is asked after those that did not.
    """

    endpoint: Endpoint
    request: Request
    cached: bool = False
    rest: Rest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a request would be made, as `photon.routing.chain.chain` is told it: what for, of which versions of the prompt,
    with or without the cache."""

    purpose: Purpose
    versions: Mapping[str, str | int]
    use_cache: bool = True
    refresh: bool = False


def prospects(
    ai: AI, request: Request, circumstances: Circumstances, environ: Mapping[str, str] = os.environ
) -> tuple[Prospect, ...]:
    """The targets of `request` in the order in which they would be asked; at least one. Raises what `plan` raises."""
    endpoints = plan(ai, purpose=circumstances.purpose, environ=environ)
    asked = [(endpoint, addressed(request, endpoint)) for endpoint in endpoints]
    kept = _kept(asked, ai, circumstances, environ)
    rests = _rests([endpoint for endpoint in endpoints if endpoint not in kept], ai, environ) if len(endpoints) > 1 else {}
    found = [
        Prospect(endpoint=endpoint, request=own, cached=endpoint in kept, rest=rests.get(str(endpoint.origin)))
        for endpoint, own in asked
    ]
    return tuple(in_order(found, lambda each: each.rest))


def _kept(
    asked: Sequence[tuple[Endpoint, Request]], ai: AI, circumstances: Circumstances, environ: Mapping[str, str]
) -> list[Endpoint]:
    """Those whose answer is in the cache, and would be taken from there."""
    if circumstances.refresh or not (circumstances.use_cache and ai.cache.enabled):
        return []
    from photon.records.cache import response_cache

    with closing(response_cache(ai.cache, _silently, environ)) as cache:
        return [endpoint for endpoint, own in asked if cache.has(cache_key(endpoint, own, circumstances.versions))]


def _rests(endpoints: Sequence[Endpoint], ai: AI, environ: Mapping[str, str]) -> Mapping[str, Rest]:
    """Those that failed lately, by the name of their origin."""
    if not ai.retry.cooldown:
        return {}
    from photon.records.targets import targets_of

    with closing(targets_of(_silently, environ)) as targets:
        found = targets.resting([target_name(endpoint) for endpoint in endpoints])
    return {str(each.origin): found[name] for each in endpoints if (name := target_name(each)) in found}


def _silently(line: str) -> None:
    """What is wrong with these files is said by whoever really asks."""
