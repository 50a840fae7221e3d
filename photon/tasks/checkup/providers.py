"""Each provider: resolves, is reached, lists its models, answers a token. All are asked at the same time, told in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from photon.chat import ModelInfo, Provider
from photon.errors import ConfigurationError, ExitCode, Fault, ModelNotFound, PhotonError, ProviderUnreachable
from photon.providers.connection import LOOPBACK_DIRECT, address, unreachable
from photon.providers.endpoint import Endpoint
from photon.providers.profiles import SERVER_MODEL
from photon.providers.registry import connect
from photon.providers.weights import find_weights
from photon.tasks.checkup.finding import Finding, of_error
from photon.tasks.checkup.llama_child import answer_of
from photon.tasks.checkup.targets import OLLAMA, Case, cases, errors_of_providers
from photon.tasks.checkup.visit import ServerTime, Visit
from photon.tasks.key_trials import ask_briefly

_logger = logging.getLogger(__name__)

PATIENCE: Final = 10.0
"""Seconds for a provider, on top of the time to connect."""

_CLOSING: Final = 2.0
"""Seconds for hanging up."""

_FEW_TOKENS: Final = 16
"""Some servers refuse to begin an answer of fewer; it is read as far as its first piece."""

_WITHOUT_A_LIST: Final = (Fault.NO_ROUTE, Fault.FORBIDDEN, Fault.BAD_REQUEST)
"""Why a list of models may be refused by a provider that answers all the same: it has none, or the key is for answers only."""


async def providers(visit: Visit) -> AsyncGenerator[Finding, None]:
    """Everybody whom `photon ai providers` lists, and an Ollama on this machine."""
    complaints: list[str] = []
    asking = cases(visit, complaints.append)
    errors = errors_of_providers(visit)
    for line in dict.fromkeys(complaints):
        known = errors.get(line) or ConfigurationError(line, hint="photon ai config explain")
        yield of_error("providers", known)
    for case in asking:  # one after the other: a key_command may ask its user something, while nobody's time is running yet
        _connect(case, visit)
    one_model_at_a_time = asyncio.Lock()
    asked = [asyncio.create_task(_guarded(case, visit, one_model_at_a_time)) for case in asking]
    told: set[Finding] = set()
    try:
        for answer in asked:
            for finding in await answer:
                if finding not in told:  # both of our own models want the same extra
                    yield finding
                told.add(finding)
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


def _connect(case: Case, visit: Visit) -> None:
    if case.endpoint.kind == "local":
        return
    try:
        case.port = connect(case.endpoint, visit.ai, visit.environ)
    except PhotonError as error:
        case.error = error
    except Exception as error:
        case.error = PhotonError(f"{case.endpoint.provider} cannot be used: {type(error).__name__}: {error}")


async def _guarded(case: Case, visit: Visit, turn: asyncio.Lock) -> tuple[Finding, ...]:
    name = case.endpoint.provider
    try:
        found = await (_local(case, visit, turn) if case.endpoint.kind == "local" else _remote(case, visit))
    except PhotonError as error:
        found = _failed(case, error)
    except Exception as error:
        _logger.info("%s: its check failed", name, exc_info=True)
        what = f"its check failed: {type(error).__name__}: {error}"
        found = Finding(name, "failure", what, "report it, with what photon -v ai doctor says")
    if case.port:
        with suppress(Exception):  # a plug-in's may fail, or never end
            async with asyncio.timeout(_CLOSING):
                await case.port.close()
    return (found, *_resting(case))


def _failed(case: Case, error: PhotonError) -> Finding:
    if not (case.wanted or case.lately) and isinstance(error, ProviderUnreachable):
        return Finding(OLLAMA, "note", "is not running, which matters only to who wants it", "ollama serve")
    found = of_error(case.endpoint.provider, error, level="failure" if case.wanted else "note")
    return replace(found, text=f"{found.text} ({case.steps} before that)") if case.done else found


def _resting(case: Case) -> Iterator[Finding]:
    if rest := case.state.rest:
        hint = f"photon ai providers reset {case.endpoint.provider} (asks it again at once)"
        yield Finding(case.endpoint.provider, "note", f"is asked last for now: it {rest.reason}", hint)


async def _local(case: Case, visit: Visit, turn: asyncio.Lock) -> Finding:
    model = case.endpoint.model
    find_weights(model)
    if not visit.ask:
        return Finding(case.endpoint.provider, "ok", f"{model} is there; it was not asked")
    async with turn:
        seconds = await answer_of(model, visit.ai.local, _limit(visit))
    return Finding(case.endpoint.provider, "ok", f"{model} loads and answers a token in {seconds:.2f} s")


async def _remote(case: Case, visit: Visit) -> Finding:
    if case.error or case.port is None:
        raise case.error or PhotonError(f"{case.endpoint.provider} cannot be used")
    try:
        async with asyncio.timeout(_limit(visit)):
            await _reach(case, visit)
            models = await _list_models(case, visit, case.port)
            if case.wanted and visit.ask:
                begun = time.perf_counter()
                await ask_briefly(case.port, case.endpoint.model, max_tokens=_FEW_TOKENS)
                case.done.append(f"answers a token in {time.perf_counter() - begun:.2f} s")
            elif case.wanted:
                _look_for(case.endpoint, models)
    except TimeoutError:
        return _too_slow(case, visit)
    key = f", with the key of {case.state.key}" if case.state.key else ""
    return Finding(case.endpoint.provider, "ok", f"{_whom(case)}: {case.steps}{key}{_asked_or_not(case, visit)}")


def _whom(case: Case) -> str:
    """Whom it is about, and why one that the settings do not name is looked at."""
    where = f" at {address(case.endpoint.url)}" if case.endpoint.url else ""
    if case.wanted or case.lately:
        return f"{case.endpoint.model}{where}{', which was asked lately' if case.lately else ''}"
    return f"not configured, but there{where}"


def _asked_or_not(case: Case, visit: Visit) -> str:
    return "" if case.wanted and visit.ask else "; it was not asked"


def _limit(visit: Visit) -> float:
    return visit.ai.timeouts.connect + PATIENCE


def _too_slow(case: Case, visit: Visit) -> Finding:
    limit, name = _limit(visit), case.endpoint.provider
    if any(step.startswith("lists") for step in case.done):
        text = f"{case.endpoint.model} did not answer within {limit:g} s ({case.steps} before that)"
        return Finding(name, "warning", text, "run it again: a large model may still be loading", ExitCode.UNREACHABLE)
    return _failed(case, ProviderUnreachable(f"{name} did not answer within {limit:g} s", hint="raise ai.timeouts.connect"))


async def _reach(case: Case, visit: Visit) -> None:
    """Resolve the name, unless a proxy does; connect, and note what time it is there. Who cannot be connected to is told by the
    provider itself, which may trust other certificates and ask through other proxies than this look does.
    """
    from urllib.request import getproxies, proxy_bypass

    url = case.endpoint.url
    host = urlsplit(url).hostname
    if not host:
        return
    if not getproxies() or proxy_bypass(host):
        try:
            await asyncio.get_running_loop().getaddrinfo(host, urlsplit(url).port or 443)
        except (OSError, UnicodeError) as error:
            raise unreachable(case.endpoint, url, error) from error
        case.done.append("resolves")
    begun = time.perf_counter()
    try:
        date = await _date(url, visit.ai.timeouts.connect)
    except Exception:
        return
    case.done.append(f"is reached in {1000 * (time.perf_counter() - begun):.0f} ms")
    if date is not None:
        visit.times.append(ServerTime(host, date - time.time(), case.endpoint.cloud))


async def _date(url: str, connect_s: float) -> float | None:
    """What the server at `url` says the time is, in POSIX seconds; asked without any key. None where it does not say."""
    from email.utils import parsedate_to_datetime

    import httpx

    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    timeout = httpx.Timeout(connect_s or None)
    async with httpx.AsyncClient(timeout=timeout, mounts=LOOPBACK_DIRECT, follow_redirects=False) as client:
        said = (await client.head(bare)).headers.get("date", "")
    try:
        return parsedate_to_datetime(said).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


async def _list_models(case: Case, visit: Visit, port: Provider) -> tuple[ModelInfo, ...]:
    try:
        models = await port.models()
    except PhotonError as error:
        if error.fault in _WITHOUT_A_LIST and case.wanted and visit.ask:
            case.done.append("lists no models")
            return ()
        raise
    case.done.append(f"lists {len(models)} {'model' if len(models) == 1 else 'models'}")
    return models


def _look_for(each: Endpoint, models: tuple[ModelInfo, ...]) -> None:
    """Raises ModelNotFound where the list does not have the model; a list may have it under a longer name, with its date."""
    if models and each.model != SERVER_MODEL and not any(model.id.startswith(each.model) for model in models):
        hint = f"ollama pull {each.model}" if each.kind == OLLAMA else f"photon ai models --provider {each.provider}"
        raise ModelNotFound(f"{each.provider} does not list the model {each.model}", hint=hint)
