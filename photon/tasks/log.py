"""A request of the record, once more: its answer as it was printed then, and the same question put to another model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import fields
from typing import Any, TypeVar

from photon.chat import Chunk, ModelInfo, Origin, Provider, Request
from photon.errors import UsageError
from photon.openapi.document import Rendering
from photon.records.history import Entry, Kept
from photon.sketch.prompt import SpecContext
from photon.tasks.chat import Conversation
from photon.tasks.suggest_path import PathRequest, Suggestion, suggest_path
from photon.tasks.suggest_schema import SchemaRequest, suggest_schema

T = TypeVar("T")

SUGGEST_PATH = "suggest-path"
SUGGEST_SCHEMA = "suggest-schema"
COMPLETE = "complete"


def target_of(entry: Entry) -> Origin | None:
    """Who answered it, or who was asked first where nobody did; None where the user's own limits let nobody be asked."""
    return entry.origin or next((attempt.origin for attempt in entry.attempts), None)


def path_request(entry: Entry) -> PathRequest:
    """What was asked of suggest-path, in the same style."""
    kept = entry.details
    return PathRequest(
        text=entry.question,
        rendering=_made(Rendering, kept.get("rendering")),
        format=kept.get("format", "yaml"),
        context=_made(SpecContext, kept.get("context")),
    )


def schema_request_of(entry: Entry) -> SchemaRequest:
    """What was asked of suggest-schema, in the same style. How it was made to fit a specification is not kept."""
    kept = entry.details
    return SchemaRequest(
        text=entry.question,
        name=kept.get("name"),
        version=kept.get("version", "3.1"),
        format=kept.get("format", "yaml"),
        describe=bool(kept.get("describe")),
        context=_made(SpecContext, kept.get("context")),
        known=frozenset(kept.get("known") or ()),
    )


def is_suggestion(entry: Entry) -> bool:
    """Whether its answer is a path or a schema, of which `suggestion` makes something. Of `complete` it is the whole path.

    The request for descriptions of a schema that code made is a question like any other.
    """
    return entry.command in (SUGGEST_PATH, COMPLETE) or (entry.command == SUGGEST_SCHEMA and bool(entry.details))


def conversation(entry: Entry) -> Conversation:
    """What was said up to the question, which is in the last place."""
    messages = entry.messages
    system = messages[0].content if messages and messages[0].role == "system" else ""
    return Conversation(system=system, messages=messages[1:] if system else messages)


async def suggestion(entry: Entry, provider: Provider | None = None) -> Suggestion:
    """What its command makes of the request: with `provider` asking again, without one of the recorded answer.

    Raises what `suggest_path` raises.
    """
    asked = provider or Told(entry)
    if entry.command == SUGGEST_SCHEMA:
        events = suggest_schema(schema_request_of(entry), asked, entry.parameters)
    else:
        events = suggest_path(path_request(entry), asked, entry.parameters)
    async with aclosing(events):
        found = [event async for event in events]
    result = found[-1]
    assert isinstance(result, Suggestion), "both end with a Suggestion"
    return result


def with_texts(kept: Kept) -> Entry:
    """Its entry. Raises UsageError where the question was not kept, or nobody was asked."""
    if not kept.texts:
        raise UsageError(
            f"of request {kept.id} the counts are kept, but not the texts",
            hint='keep = "all" under [ai.record] in your settings keeps them from now on',
        )
    return kept.entry


class Told:
    """A provider that gives the answer that was recorded, and asks nobody."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer in one piece, whatever `request` is."""
        yield Chunk(origin=target_of(self._entry) or Origin("unknown", "unknown"), text=self._entry.answer)
        yield Chunk(finish_reason=self._entry.finish_reason or "stop", usage=self._entry.usage)

    async def models(self) -> tuple[ModelInfo, ...]:
        """None: it can be asked nothing else."""
        return ()

    async def close(self) -> None:
        """Nothing to free."""


def _made(kind: type[T], facts: Mapping[str, Any] | None) -> T:
    """A value of the dataclass `kind` from what JSON kept of one; what this Photon does not know of is left out."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type] # both are dataclasses
    return kind(**{name: _frozen(name, value) for name, value in (facts or {}).items() if name in known})


def _frozen(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value) if name == "known" else tuple(value)
    return value
