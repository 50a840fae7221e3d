"""A provider that answers from a script: for our tests, for yours, and for trying things out without any model.

fake = FakeProvider(["GET /pets\\n200: { id: int }[]"])
fake = FakeProvider([ProviderUnreachable("no network"), "the second answer"])
fake = FakeProvider([["GET /pe", ProviderUnreachable("broke off")]])
fake = FakeProvider(lambda request: request.messages[-1].content.upper())
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

from photon.chat import Chunk, ModelInfo, Origin, Request, Usage
from photon.errors import PhotonError, UsageError

Piece = Chunk | str | PhotonError
Answer = str | PhotonError | Sequence[Piece]
"""A str streams in small pieces, a PhotonError is raised, a sequence is streamed piece by piece as it is."""

_PIECE = 4
"""Characters in a piece of a streamed str, about one token."""

_OPERATION = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(/[\w/{}.~-]*)", re.IGNORECASE)

_SCHEMA = re.compile(r"\(the answer begins: (\w+) = \{\)")
"""So the request for a component schema ends."""


def canned(request: Request) -> str:
    """A small document of the request's schema; else a fixed sketch for the schema, or for the method and path, that are
    asked for, when the system message is about sketches; else an echo."""
    if request.schema is not None:
        import json

        from photon.providers.schema.example import example

        return json.dumps(example(request.schema), ensure_ascii=False)
    question = next((message.content for message in reversed(request.messages) if message.role == "user"), "")
    if not any(message.role == "system" and "sketch" in message.content.lower() for message in request.messages):
        return f"You said: {question[:200]}"
    if begun := _SCHEMA.search(question):
        return f'{begun[1]} = {{ id: uuid, name: string, status?: "active" | "archived" }}'
    found = _OPERATION.search(question)
    method, path = (found[1].upper(), found[2].rstrip(".")) if found else ("GET", "/examples")
    body = "body: { name: string }\n" if method in ("POST", "PUT", "PATCH") else ""
    success = "204: -" if method in ("DELETE", "HEAD", "OPTIONS") else "200: { id: uuid, name: string }"
    sketch = f"{method} {path}\nsummary: An example from the fake provider\n{body}{success}\n400: Invalid request"
    return sketch.removeprefix(request.prefill)


class FakeProvider:
    """A `photon.chat.Provider` that gives `answers` in their order, or what a function makes of the request.

    requests: what was asked, in order. delay: seconds before each piece. An answer whose script ends without a
    finish_reason gets ``stop`` and a `Usage` that counts words and pieces. Without `answers` it gives `canned` ones.
    Raises UsageError when it is asked more often than it has answers.
    """

    def __init__(
        self,
        answers: Sequence[Answer] | Callable[[Request], Answer] = canned,
        *,
        name: str = "fake",
        model: str = "fake",
        delay: float = 0,
    ) -> None:
        self._answers, self._name, self._model, self._delay = answers, name, model, delay
        self.requests: list[Request] = []
        self.closed = False

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """See `photon.chat.Provider`."""
        self.requests.append(request)
        origin: Origin | None = Origin(self._name, request.model)
        pieces, finished = _pieces(self._next(request)), False
        for piece in pieces:
            await asyncio.sleep(self._delay)
            if isinstance(piece, PhotonError):
                raise piece
            chunk = piece if isinstance(piece, Chunk) else Chunk(text=piece)
            finished = finished or chunk.finish_reason is not None
            yield replace(chunk, origin=chunk.origin or origin)
            origin = None
        if not finished:
            words = sum(len(message.content.split()) for message in request.messages)
            usage = Usage(prompt_tokens=words, completion_tokens=len(pieces))
            yield Chunk(origin=origin, finish_reason="stop", usage=usage)

    def _next(self, request: Request) -> Answer:
        if callable(self._answers):
            return self._answers(request)
        asked = len(self.requests)
        if asked > len(self._answers):
            raise UsageError(f"the fake provider '{self._name}' has {len(self._answers)} answers and was asked {asked} times")
        return self._answers[asked - 1]

    async def models(self) -> tuple[ModelInfo, ...]:
        """Its one model."""
        return (ModelInfo(id=self._model, provider=self._name),)

    async def close(self) -> None:
        """See `photon.chat.Provider`; sets ``closed``."""
        self.closed = True


def _pieces(answer: Answer) -> Sequence[Piece]:
    if isinstance(answer, str):
        return [answer[start : start + _PIECE] for start in range(0, len(answer), _PIECE)]
    return [answer] if isinstance(answer, PhotonError) else answer
