"""What the providers over httpx share: a client, an open response and its lines; what httpx raises is of our tree then."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from photon.providers.connection import LOOPBACK_DIRECT, connect_timeout, unreachable, with_proxies
from photon.providers.endpoint import Endpoint
from photon.providers.streaming import broke_off, lines, not_an_answer
from photon.settings.schema import Timeouts


def client(
    url: str, headers: Mapping[str, str], timeouts: Timeouts, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client for the server at `url`. Its only limit is the one for connecting: the others are kept by who reads.

    Raises ProviderUnreachable where the environment names a proxy that cannot be used.
    """
    return with_proxies(
        lambda trust_env: httpx.AsyncClient(
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(None, connect=timeouts.connect or None),
            follow_redirects=False,
            mounts=LOOPBACK_DIRECT,
            transport=transport,
            trust_env=trust_env,
        ),
        url,
        httpx.InvalidURL,
    )


@asynccontextmanager
async def opened(
    http: httpx.AsyncClient, request: httpx.Request, endpoint: Endpoint, timeouts: Timeouts, *, hint: str = ""
) -> AsyncIterator[httpx.Response]:
    """The open response to `request`, whatever its status. Raises ProviderUnreachable, with `hint` where none fits better."""
    url = str(http.base_url)
    try:
        response = await http.send(request, stream=True)
    except httpx.TimeoutException as error:
        raise connect_timeout(endpoint, url, timeouts) from error
    except (httpx.HTTPError, OSError) as error:
        raise unreachable(endpoint, url, error, hint=hint) from error
    try:
        yield response
    finally:
        await response.aclose()


async def lines_of(response: httpx.Response, endpoint: Endpoint) -> AsyncGenerator[str, None]:
    """The lines of the body. Raises ProviderUnreachable where it breaks off or is no text."""
    try:
        async for line in lines(response.aiter_bytes()):
            yield line
    except (httpx.HTTPError, OSError) as error:
        raise broke_off(endpoint) from error
    except ValueError as error:
        raise not_an_answer(endpoint, "") from error
