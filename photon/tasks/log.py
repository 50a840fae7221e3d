"""A request of the record, once more: its answer as it was printed then, and the same question put to another model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from photon.chat import Chunk, ModelInfo, Origin, Provider, Request
from photon.errors import InvalidSpec, UnreadableAnswer, UsageError
from photon.openapi.document import Rendering
from photon.records.history import Entry, Kept
from photon.settings import schema as settings
from photon.sketch.prompt import SpecContext, find_route
from photon.tasks.chat import Conversation
from photon.tasks.suggest_path import PathRequest, Suggestion, prescribed, suggest_path
from photon.tasks.suggest_schema import SchemaRequest, suggest_schema

if TYPE_CHECKING:
    from photon.openapi.lint.selection import Selection
    from photon.sketch.lines import Route
    from photon.tasks.spec_in_use import SpecInUse

T = TypeVar("T")
Tell = Callable[[str], None]
"""Hears one line about a specification that is not as it was."""

SUGGEST_PATH = "suggest-path"
SUGGEST_SCHEMA = "suggest-schema"
COMPLETE = "complete"


def target_of(entry: Entry) -> Origin | None:
    """Who answered it, or who was asked first where nobody did; None where the user's own limits let nobody be asked."""
    return entry.origin or next((attempt.origin for attempt in entry.attempts), None)


def request_of(entry: Entry, tell: Tell = lambda line: None) -> PathRequest | SchemaRequest:
    """What was asked of the command of `entry`, of which `is_suggestion` holds. tell: see `path_request`."""
    return schema_request_of(entry, tell) if entry.command == SUGGEST_SCHEMA else path_request(entry, tell)


def path_request(entry: Entry, tell: Tell = lambda line: None) -> PathRequest:
    """What was asked of suggest-path, in the same style.

    The specification is read again from where it was. tell: hears that it has changed since, or cannot be had any more.
    """
    kept = entry.details
    choices = _choices(entry)
    wanted = PathRequest(
        text=entry.question,
        rendering=_made(Rendering, kept.get("rendering")),
        format=kept.get("format", "yaml"),
        context=_made(SpecContext, kept.get("context")),
        examples=bool(kept.get("examples")),
        describe=bool(kept.get("describe")),
        rules=_rules(kept.get("rules")),
        choices=choices,
    )
    spec = _spec(entry, tell)
    if spec is None:
        return replace(wanted, style=prescribed(choices) if choices else None)
    return replace(wanted, spec=spec, known=spec.names.known)


def schema_request_of(entry: Entry, tell: Tell = lambda line: None) -> SchemaRequest:
    """What was asked of suggest-schema, in the same style. tell: see `path_request`."""
    kept = entry.details
    choices, spec = _choices(entry), _spec(entry, tell)
    wanted = SchemaRequest(
        text=entry.question,
        name=kept.get("name"),
        version=kept.get("version", "3.1"),
        format=kept.get("format", "yaml"),
        describe=bool(kept.get("describe")),
        context=_made(SpecContext, kept.get("context")),
        known=frozenset(kept.get("known") or ()),
        spec=spec,
        choices=choices,
    )
    style = spec.style if spec else prescribed(choices) if choices else None
    if style is None:
        return wanted
    from photon.openapi.schema_fit import SchemaFit

    return replace(wanted, fit=SchemaFit(spec.spec if spec else None, style, entry.question, wanted.name))


def _choices(entry: Entry) -> settings.Style | None:
    """The settings of the style that were in force then; None where the record says nothing of them."""
    kept = entry.details.get("style")
    if not isinstance(kept, Mapping):
        return None
    known = {field.name: field.metadata["choices"] for field in fields(settings.Style)}  # a newer Photon may know others
    return _made(settings.Style, {name: value for name, value in kept.items() if value in known.get(name, ())})


def _rules(kept: Mapping[str, Any] | None) -> Selection | None:
    if kept is None:
        return None
    from photon.openapi.lint.selection import Selection

    return Selection(dict(kept.get("switches") or {}), frozenset(kept.get("only") or ()))


def _spec(entry: Entry, tell: Tell) -> SpecInUse | None:
    """The specification that it was asked about, as it is now; None where there was none, or it cannot be had any more."""
    kept = entry.details.get("spec")
    if not isinstance(kept, Mapping):
        return None
    path = Path(str(kept.get("path")))
    if str(path) == "-":
        tell("the specification came through stdin and is not kept: what follows is without it")
        return None
    from photon.tasks.spec_in_use import spec_in_use

    choices = _choices(entry) or settings.Style()
    try:
        found = spec_in_use(path, choices)
    except InvalidSpec as error:
        reason = error.message if path.exists() else f"{path} is gone"
        tell(f"{reason}: what follows is without it")
        return None
    changed = not found.is_still(kept)
    if changed:
        tell(f"{path} has changed since")
    return _before(found, entry, choices) if changed or entry.command == COMPLETE else found


def _before(spec: SpecInUse, entry: Entry, choices: settings.Style) -> SpecInUse:
    """`spec` as it was when it was asked about, as far as the answer tells: without the operation, which is no neighbour of
    itself, and without what --write put there with it, which would be used again instead of being printed."""
    from photon.openapi.spec import Spec
    from photon.tasks.spec_in_use import in_use, without_operation
    from photon.tasks.unwritten import unwritten

    source = spec.spec.source
    if entry.command == COMPLETE:
        route = _route(entry)
        return in_use(Spec(without_operation(source, route.path, route.method)), choices) if route else spec
    if entry.command != SUGGEST_PATH or not (document := _document(spec, entry)):
        return spec
    place = next((path, method) for path, item in document["paths"].items() for method in item)
    less = replace(spec, spec=Spec(unwritten(source, *place)))
    brought = _document(less, entry).get("components", {})
    return in_use(Spec(unwritten(source, *place, brought)), choices)


def _document(spec: SpecInUse, entry: Entry) -> dict[str, Any]:
    """What the answer would be in `spec`; empty for one that cannot be read."""
    from photon.openapi.matching.matcher import Matcher
    from photon.tasks.sketching import AnswerReader

    reader = AnswerReader(known=spec.names.known, route=_route(entry))
    with suppress(UnreadableAnswer):
        reader.feed(entry.answer)
        return Matcher(spec.spec, spec.style, Rendering()).matched(reader.finish(cut=True).sketch).document
    return {}


def _route(entry: Entry) -> Route | None:
    with suppress(UsageError):
        return find_route(entry.question)
    return None


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


async def suggestion(
    entry: Entry, provider: Provider | None = None, wanted: PathRequest | SchemaRequest | None = None
) -> Suggestion:
    """What its command makes of the request: with `provider` asking again, without one of the recorded answer.

    wanted: what `request_of` says, where that is known. Raises what `suggest_path` raises.
    """
    asked, wanted = provider or Told(entry), wanted or request_of(entry)
    if isinstance(wanted, SchemaRequest):
        events = suggest_schema(wanted, asked, entry.parameters)
    else:
        events = suggest_path(wanted, asked, entry.parameters)
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
