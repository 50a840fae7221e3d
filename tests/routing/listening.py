"""Whom the routing tests ask, and how they listen."""

from collections.abc import AsyncGenerator, Iterable

from photon.chat import Capabilities, Chunk, Message, ModelInfo, Origin, Provider, Request
from photon.providers.endpoint import Endpoint

QUESTION = Request(model="", messages=(Message("system", "You write sketches."), Message("user", "POST /login")))


class Endless:
    """Talks until it is stopped, and remembers that it was."""

    def __init__(self) -> None:
        self.stopped = False
        self.closed = False

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            yield Chunk(origin=Origin("endless", request.model))
            while True:
                yield Chunk(text="and so on, ")
        finally:
            self.stopped = True

    async def models(self) -> tuple[ModelInfo, ...]:
        return (ModelInfo(id="endless", provider="endless"),)

    async def close(self) -> None:
        self.closed = True


class Heard:
    """An answer as a consumer hears it."""

    def __init__(self, chunks: Iterable[Chunk] = ()) -> None:
        self.chunks: list[Chunk] = []
        self.text = ""
        for chunk in chunks:
            self.hear(chunk)

    def hear(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)
        self.text = chunk.text if chunk.switch else self.text + chunk.text

    @property
    def switches(self):
        return [chunk.switch for chunk in self.chunks if chunk.switch]

    @property
    def origins(self):
        return [chunk.origin for chunk in self.chunks if chunk.origin]

    @property
    def ends(self):
        return [chunk.finish_reason for chunk in self.chunks if chunk.finish_reason]


async def heard(provider: Provider, request: Request = QUESTION) -> Heard:
    return Heard([chunk async for chunk in provider.stream(request)])


def endpoint(provider: str = "openai", **facts) -> Endpoint:
    return Endpoint(
        **{"provider": provider, "kind": "openai", "model": f"{provider}-model", "capabilities": Capabilities()} | facts
    )
