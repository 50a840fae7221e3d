"""Providers that other packages bring: found by the entry points of their kinds, imported when connected, held to the port.

docs/PLUGINS.md is the contract. Whatever foreign comes out of a plug-in becomes an error of our tree here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from photon.chat import Chunk, ModelInfo, Provider, Request
from photon.errors import ConfigurationError, PhotonError, ProviderUnreachable
from photon.providers.endpoint import Endpoint
from photon.providers.refusals import one_line, without_secrets
from photon.providers.streaming import held
from photon.settings.plugins import package_of, plugins
from photon.settings.schema import Timeouts

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Connect(Protocol):
    """What an entry point of the group ``photon.providers`` points to: a function, or a class whose instances are providers."""

    def __call__(self, endpoint: Endpoint, *, key: str | None, timeouts: Timeouts) -> Provider:
        """A provider that asks `endpoint`. key: the secret, None where there is none. May raise errors of `photon.errors`."""
        ...


def connect_plugin(endpoint: Endpoint, *, key: str | None, timeouts: Timeouts) -> Provider:
    """The provider of the endpoint's kind, from the package that brings it, which is imported now.

    Raises ConfigurationError where no package brings the kind, or where it cannot be imported or makes no provider.
    """
    point = plugins().get(endpoint.kind)
    if point is None:
        raise ConfigurationError(
            f"{endpoint.provider} is of the unknown kind {endpoint.kind!r}", hint="photon ai config explain"
        )
    provider = _made(point, endpoint, key=key, timeouts=timeouts)
    if not all(callable(getattr(provider, name, None)) for name in ("stream", "models", "close")):
        raise _broken(point, "what it connects is no provider: it lacks stream, models or close")
    return Plugged(provider, endpoint, package=package_of(point), key=key, timeouts=timeouts)


class Plugged:
    """A plug-in's provider, held to what `photon.chat.Provider` promises: an origin first, an end, in time, our errors only."""

    def __init__(self, provider: Any, endpoint: Endpoint, *, package: str, key: str | None, timeouts: Timeouts) -> None:
        self._provider, self._endpoint, self._timeouts = provider, endpoint, timeouts
        self._package, self._key = package, key

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `photon.chat.Provider`."""
        return held(self._answer(request), endpoint=self._endpoint, model=request.model, timeouts=self._timeouts)

    async def _answer(self, request: Request) -> AsyncGenerator[Chunk, None]:
        with self._translated():
            async with aclosing(self._provider.stream(request)) as chunks:
                async for chunk in chunks:
                    if not isinstance(chunk, Chunk):
                        raise TypeError(f"it streams {type(chunk).__name__}, not Chunk")
                    yield chunk

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `photon.chat.Provider`."""
        with self._translated():
            return tuple(await self._provider.models())

    async def close(self) -> None:
        """See `photon.chat.Provider`."""
        with self._translated():
            await self._provider.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """A connection that failed may fail over, as with any provider; everything else is a fault of the plug-in, and told."""
        try:
            yield
        except PhotonError:
            raise
        except OSError as error:  # TimeoutError and ConnectionError are such
            raise ProviderUnreachable(f"cannot reach {self._endpoint.provider}: {self._said(error)}") from error
        except Exception as error:
            raise PhotonError(
                f"the plug-in {self._package} failed: {self._said(error)}",
                hint="add --debug for the traceback, and report it to the plug-in's author",
            ) from error

    def _said(self, error: Exception) -> str:
        return without_secrets(_named(error), self._key)


def _made(point: EntryPoint, endpoint: Endpoint, *, key: str | None, timeouts: Timeouts) -> Any:
    try:
        connect: Connect = point.load()
        return connect(endpoint, key=key, timeouts=timeouts)
    except PhotonError:
        raise
    except (Exception, SystemExit) as error:  # also a module that ends the program when it is imported
        raise _broken(point, without_secrets(_named(error), key)) from error


def _broken(point: EntryPoint, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"the plug-in {package_of(point)}, which brings {point.name}, cannot be used: {why}",
        hint="add --debug for the traceback, or update or remove the plug-in",
    )


def _named(error: BaseException) -> str:
    return one_line(f"{type(error).__name__}: {error}".rstrip(": "))
