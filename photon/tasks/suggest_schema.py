"""One line of English in, one component schema out, in events that can be shown while they come."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from photon import __version__
from photon.chat import Attempt, Chunk, Origin, Parameters, Provider, Request, Switch, Usage
from photon.openapi.completed import completed
from photon.openapi.components import render_components
from photon.openapi.descriptions import described_by_name
from photon.openapi.document import Rendered
from photon.openapi.live import AppendOnly
from photon.openapi.schemas import Version
from photon.openapi.yaml_text import yaml_lines
from photon.routing.prospects import Circumstances
from photon.settings import schema as settings
from photon.settings.schema import AI
from photon.sketch.listed import Listed, listed, written_name
from photon.sketch.model import Component
from photon.sketch.prompt import NO_CONTEXT, NOTATION_VERSION, SpecContext
from photon.sketch.schema_prompt import SCHEMA_PROMPT_VERSION, schema_request
from photon.sketch.text import escaped
from photon.sketch.write import write_type
from photon.tasks.schema_answers import SchemaCheck, SchemaReader
from photon.tasks.suggest_path import Afresh, Event, Format, Lines, Reasoning, Suggestion, Timings

if TYPE_CHECKING:
    from photon.tasks.spec_in_use import SpecInUse

VERSIONS: dict[str, str | int] = {"notation": NOTATION_VERSION, "schema prompt": SCHEMA_PROMPT_VERSION, "photon": __version__}
"""What the cache must know of the words that the request is put in, and of who reads the answer."""
COMMAND = "suggest-schema"

Fit = Callable[[tuple[Component, ...]], tuple[tuple[Component, ...], tuple[str, ...]]]
"""Makes components fit the user's specification; with one line for each thing that was decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRequest:
    """What the user wants: the line of English, the name (None is what the line says), how to render, what the spec has.

    describe: a description for every field. known: names of the spec's components, which are not written again.
    spec, choices: what `fit` was made of, the specification and the settings of the style, for the record.
    """

    text: str
    name: str | None = None
    version: Version = "3.1"
    format: Format = "yaml"
    describe: bool = False
    context: SpecContext = NO_CONTEXT
    known: frozenset[str] = frozenset()
    fit: Fit | None = field(default=None, compare=False, repr=False)
    spec: SpecInUse | None = field(default=None, compare=False, repr=False)
    choices: settings.Style | None = None

    @property
    def asked(self) -> Listed:
        """What code understands of the line."""
        found = listed(self.text)
        return replace(found, name=written_name(self.name)) if self.name else found

    def check(self, request: Request) -> SchemaCheck:
        """The routing's judge of an answer to `request`."""
        return SchemaCheck(request, name=self.asked.name, known=self.known)

    def details(self) -> dict[str, Any]:
        """All but the text, as JSON has it, for the record of requests; `photon.tasks.log.schema_request_of` reads it."""
        found: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "format": self.format,
            "describe": self.describe,
            "context": asdict(self.context),
            "known": sorted(self.known),
        }
        if self.choices:
            found["style"] = asdict(self.choices)
        return found | ({"spec": self.spec.identity} if self.spec else {})


def who_answers(
    wanted: SchemaRequest,
    ai: AI,
    *,
    warn: Callable[[str], None],
    notice: Callable[[str], None] = lambda line: None,
    use_cache: bool = True,
    refresh: bool = False,
    wait: bool = True,
) -> Provider:
    """Whoever may answer by the settings, for `suggest_schema`. The arguments are those of `photon.routing.chain.chain`."""
    from photon.routing.chain import chain

    return chain(
        ai,
        command=COMMAND,
        purpose="sketch",
        check=wanted.check,
        versions=VERSIONS,
        use_cache=use_cache,
        refresh=refresh,
        wait=wait,
        warn=warn,
        notice=notice,
    )


def request_for(wanted: SchemaRequest, parameters: Parameters) -> Request:
    """What is asked for `wanted`."""
    request = schema_request(wanted.text, wanted.asked, parameters=parameters, context=wanted.context, describe=wanted.describe)
    return replace(request, asked=wanted.text, details=wanted.details())


def circumstances(*, use_cache: bool = True, refresh: bool = False) -> Circumstances:
    """How it is asked: what `who_answers` tells the routing, for those who only look."""
    return Circumstances(purpose="sketch", versions=VERSIONS, use_cache=use_cache, refresh=refresh)


async def suggest_schema(wanted: SchemaRequest, provider: Provider, parameters: Parameters) -> AsyncGenerator[Event, None]:
    """Ask `provider` and yield events as the answer comes; the last one is the Suggestion.

    Origin: who answers from here on. Switch: somebody failed, and the answer begins again. Raises what the provider raises.
    """
    answer = _Answer(wanted)
    request = replace(request_for(wanted, parameters), on_attempt=answer.attempts.append)
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            for event in answer.hear(chunk):
                yield event
    for event in answer.finish():
        yield event


@dataclass(slots=True)
class _Answer:
    """What was heard so far, and what of it was shown."""

    wanted: SchemaRequest
    reader: SchemaReader = field(init=False)
    shown: AppendOnly = field(default_factory=AppendOnly)
    started: float = field(default_factory=time.perf_counter)
    first_token: int | None = None
    first_line: int | None = None
    origin: Origin | None = None
    switches: list[Switch] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    usage: Usage = Usage()
    cut: bool = False

    def __post_init__(self) -> None:
        self._begin()

    def hear(self, chunk: Chunk) -> list[Event]:
        """The events that the next chunk of the stream means."""
        events: list[Event] = []
        if chunk.switch:
            self._begin()
            self.shown.void()
            self.switches.append(chunk.switch)
            events.append(chunk.switch)
        if chunk.origin:
            self.origin = chunk.origin
            events.append(chunk.origin)
        if chunk.reasoning:
            events.append(Reasoning(chunk.reasoning))
        if chunk.text:
            events += self._read(chunk.text)
        self.cut = self.cut or chunk.finish_reason == "length"
        self.usage = chunk.usage or self.usage
        return events

    def _begin(self) -> None:
        self.reader = SchemaReader(name=self.wanted.asked.name, known=self.wanted.known)
        self.cut, self.usage = False, Usage()

    def _read(self, text: str) -> list[Event]:
        """Show what is finished, unless the rest may still change it: where a specification must be met, or a name found."""
        self.first_token = self.first_token or self._elapsed()
        before = self.reader.progress
        self.reader.feed(text)
        waits = self.wanted.format == "json" or self.wanted.fit or self.wanted.asked.name is None
        if self.reader.progress == before or waits or not (found := self.reader.components):
            return []
        if found[0].name != self.wanted.asked.name:
            return []
        schemas, *_ = self._made(found)
        used = render_components(schemas, self.wanted.version, self.wanted.known).document["components"]["schemas"]
        return self._show(*self.shown.extend(self._lines(schemas, _only(used, {each.name for each in schemas}))))

    def _made(self, found: tuple[Component, ...]) -> tuple[tuple[Component, ...], tuple[str, ...], tuple[str, ...]]:
        """(the components as they are rendered, what was mended, what was decided)."""
        schemas, changes = completed(found, self.wanted.asked)
        if self.wanted.describe:
            schemas = described_by_name(schemas)
        if self.wanted.fit is None:
            return schemas, changes, ()
        schemas, decided = self.wanted.fit(schemas)
        return schemas, changes, decided

    def _show(self, lines: list[str], afresh: bool) -> list[Event]:
        events: list[Event] = [Afresh()] if afresh else []
        if lines:
            self.first_line = self.first_line or self._elapsed()
            events.append(Lines(tuple(lines)))
        return events

    def finish(self) -> list[Event]:
        """The last events. Raises UnreadableAnswer."""
        reading = self.reader.finish(cut=self.cut)
        schemas, changes, decided = self._made(reading.components)
        rendered = render_components(schemas, self.wanted.version, self.wanted.known)
        rendered = replace(rendered, notes=(*decided, *rendered.notes))
        lines = self._lines(schemas, rendered.document)
        events = self._show(*self.shown.complete(lines))
        text = "".join(line + "\n" for line in lines)
        return [*events, self._suggestion(rendered, schemas, text, (*reading.repairs, *changes))]

    def _lines(self, schemas: tuple[Component, ...], document: dict[str, Any]) -> list[str]:
        return lines_of(schemas, document, self.wanted.format)

    def _suggestion(
        self, rendered: Rendered, schemas: tuple[Component, ...], text: str, repairs: tuple[str, ...]
    ) -> Suggestion:
        return Suggestion(
            text=text,
            document=rendered.document,
            sketch=written(schemas),
            answered_by=self.origin or Origin("unknown", "unknown"),
            switches=tuple(self.switches),
            repairs=repairs,
            notes=rendered.notes,
            usage=self.usage,
            timings=Timings(first_token=self.first_token, first_line=self.first_line, total=self._elapsed()),
            attempts=tuple(self.attempts),
        )

    def _elapsed(self) -> int:
        return max(1, round(1000 * (time.perf_counter() - self.started)))


def _only(schemas: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The document of those schemas that are finished: what is only referred to so far may still be defined."""
    return {"components": {"schemas": {name: each for name, each in schemas.items() if name in names}}}


def written(schemas: tuple[Component, ...]) -> str:
    """The components in the notation, one a line, with a newline at the end."""
    return "".join(f"{each.name} = {write_type(each.type)}\n" for each in schemas)


def lines_of(schemas: tuple[Component, ...], document: dict[str, Any], form: Format) -> list[str]:
    """The lines of the result in the format asked for, without their ends."""
    match form:
        case "yaml":
            return list(yaml_lines(document))
        case "sketch":
            return written(schemas).rstrip("\n").split("\n")
    import json

    return escaped(json.dumps(document, indent=2, ensure_ascii=False)).split("\n")
