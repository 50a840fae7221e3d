"""The main job: one line of English in, one OpenAPI path out, in events that can be shown while they come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from photon import __version__
from photon.chat import Attempt, Chunk, Origin, Parameters, Provider, Request, Switch, Usage
from photon.openapi.document import Plain, Rendered, Rendering
from photon.openapi.live import AppendOnly
from photon.openapi.schemas import Version
from photon.openapi.yaml_text import yaml_lines
from photon.routing.prospects import Circumstances
from photon.settings import schema as settings
from photon.settings.schema import AI
from photon.sketch.lines import Route
from photon.sketch.model import Sketch
from photon.sketch.prompt import NO_CONTEXT, NOTATION_VERSION, PROMPT_VERSION, SpecContext, find_route, sketch_request
from photon.sketch.stated import Stated
from photon.sketch.text import escaped
from photon.sketch.write import write_sketch
from photon.tasks.judging import judged, load_rules
from photon.tasks.sketching import AnswerReader, Reading, SketchCheck

if TYPE_CHECKING:
    from photon.openapi.lint.finding import Finding
    from photon.openapi.lint.selection import Selection
    from photon.openapi.style.model import Style
    from photon.tasks.spec_in_use import SpecInUse

Format = Literal["yaml", "json", "sketch"]

VERSIONS: dict[str, str | int] = {"notation": NOTATION_VERSION, "prompt": PROMPT_VERSION, "photon": __version__}
"""What the cache must know of the words that the request is put in, and of who reads the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRequest:
    """What the user wants: the line of English, what the spec has already, how to render, and in which format.

    known: names of components that an answer may use. spec: where it is to fit in. style: what to write by where there is no
    specification; None is Photon's own. examples: with an example for every field. describe: with descriptions of fields.
    rules: those of the lint that the answer is held to; None is each that is on by itself. choices: the settings that `style`
    and that of `spec` come of, for the record.
    """

    text: str
    rendering: Rendering = Rendering()
    format: Format = "yaml"
    context: SpecContext = NO_CONTEXT
    known: Collection[str] = ()
    spec: SpecInUse | None = None
    style: Style | None = None
    examples: bool = False
    describe: bool = False
    rules: Selection | None = None
    choices: settings.Style | None = None

    @property
    def stated(self) -> Stated:
        """What the text says in so many words."""
        keeps_case = self.spec is not None or self.style is not None or "_" in "".join(self.context.paths)
        return Stated(self.text, keeps_case=keeps_case)

    @property
    def writer(self) -> Writer:
        """Who makes a document of a sketch: at least the path with its components, which are needed to judge it."""
        rendering = replace(self.rendering, scope="fragment") if self.rendering.scope == "path" else self.rendering
        style = self.spec.style if self.spec else self.style
        if style is None:
            return Plain(rendering)
        from photon.openapi.matching.matcher import Matcher

        return Matcher(self.spec.spec if self.spec else None, style, rendering, stated=self.stated)

    def completed(self, sketch: Sketch) -> Sketch:
        """A sketch, also an unfinished one, with what is asked for and the model may have left out."""
        if not self.describe:
            return sketch
        from photon.openapi.descriptions import described_operation

        return described_operation(sketch)

    def finished(self, sketch: Sketch, writer: Writer | None = None) -> tuple[Rendered, tuple[Finding, ...]]:
        """(the document of a finished sketch, as it is to be shown, what the lint has against it). writer: one of this
        request's that already knows its way about the specification."""
        rendered, findings = judged((writer or self.writer).matched(self.completed(sketch)), self)
        document = rendered.document
        if self.examples:
            from photon.openapi.examples.placing import with_examples

            document = with_examples(document, self.version, resolve=self.spec.component if self.spec else None)
        return replace(rendered, document=self.in_scope(document)), findings

    @property
    def streams(self) -> bool:
        """Whether what is written first is final: examples come last, and JSON is written whole."""
        return self.format != "json" and not self.examples

    @property
    def version(self) -> Version:
        """The OpenAPI version to write."""
        style = self.spec.style if self.spec else self.style
        return style.version if style else self.rendering.version

    def in_scope(self, document: dict[str, Any]) -> dict[str, Any]:
        """What of the writer's document is to be shown."""
        shown: dict[str, Any] = document["paths"] if self.rendering.scope == "path" else document
        return shown

    def check(self, request: Request) -> SketchCheck:
        """The routing's judge of an answer to `request`."""
        return SketchCheck(request, known=self.known or self.context.types)

    def details(self) -> dict[str, Any]:
        """All but the text, as JSON has it, for the record of requests; `photon.tasks.log.path_request` reads it."""
        rendering = asdict(self.rendering) | {"known": sorted(self.rendering.known)}
        found: dict[str, Any] = {"rendering": rendering, "format": self.format, "context": asdict(self.context)}
        found |= {name: True for name in ("examples", "describe") if getattr(self, name)}
        if self.rules:
            found["rules"] = {"switches": dict(self.rules.switches), "only": sorted(self.rules.only)}
        if self.choices:
            found["style"] = asdict(self.choices)
        return found | ({"spec": self.spec.identity} if self.spec else {})


def prescribed(choices: settings.Style) -> Style | None:
    """The style to write by without a specification; None where it is Photon's own, which the plain renderer has."""
    asked = (choices.properties, choices.parameters, choices.segments)
    if choices.profile == "default" and all(case == "auto" for case in asked):
        return None
    from photon.openapi.style.profiles import effective_style

    return effective_style(choices)


def rules_of(choices: settings.Lint) -> Selection | None:
    """The rules of the lint that the settings choose; None where they change none. Raises ConfigurationError."""
    if not choices.rules:
        return None
    from photon.tasks.linting import chosen_rules

    return chosen_rules(choices, (), ())


class Writer(Protocol):
    """Makes a document of a sketch."""

    def matched(self, sketch: Sketch) -> Rendered:
        """Of a finished one."""
        ...

    def begun(self, sketch: Sketch, *, rank: int) -> dict[str, Any]:
        """The beginning of it, of one that is not finished: as far as lines up to `rank` decide it."""
        ...


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the result that are final."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What the model thinks before it answers; no part of the result."""

    text: str


@dataclass(frozen=True, slots=True)
class Afresh:
    """The lines so far do not hold: what follows begins again from the first line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Milliseconds since the task began; first_line is None where nothing was shown before the end."""

    first_token: int | None
    first_line: int | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The result. text is what to print: `document` in the format asked for, with a newline at the end.

    repairs: what was mended in the answer. notes: what code decided where the answer left it open. reused: JSON pointers of
    the components of the specification that it refers to. findings: what the lint has against it. attempts: every exchange
    that it took; none where the answer was in the cache.
    """

    text: str
    document: dict[str, Any]
    sketch: str
    answered_by: Origin
    switches: tuple[Switch, ...]
    repairs: tuple[str, ...]
    notes: tuple[str, ...]
    usage: Usage
    timings: Timings
    attempts: tuple[Attempt, ...] = ()
    reused: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


Event = Switch | Origin | Reasoning | Lines | Afresh | Suggestion


def who_answers(
    wanted: PathRequest,
    ai: AI,
    *,
    warn: Callable[[str], None],
    notice: Callable[[str], None] = lambda line: None,
    use_cache: bool = True,
    refresh: bool = False,
    wait: bool = True,
) -> Provider:
    """Whoever may answer by the settings, for `suggest_path`. The arguments are those of `photon.routing.chain.chain`."""
    from photon.routing.chain import chain

    return chain(
        ai,
        command="suggest-path",
        purpose="sketch",
        check=wanted.check,
        versions=VERSIONS,
        use_cache=use_cache,
        refresh=refresh,
        wait=wait,
        warn=warn,
        notice=notice,
    )


def request_for(wanted: PathRequest, parameters: Parameters) -> Request:
    """What is asked for `wanted`. Raises UsageError for a request that asks for several operations."""
    request = sketch_request(wanted.text, parameters=parameters, context=wanted.context, describe=wanted.describe)
    return replace(request, asked=wanted.text, details=wanted.details())


def circumstances(*, use_cache: bool = True, refresh: bool = False) -> Circumstances:
    """How it is asked: what `who_answers` tells the routing, for those who only look."""
    return Circumstances(purpose="sketch", versions=VERSIONS, use_cache=use_cache, refresh=refresh)


async def suggest_path(wanted: PathRequest, provider: Provider, parameters: Parameters) -> AsyncGenerator[Event, None]:
    """Ask `provider` and yield events as the answer comes; the last one is the Suggestion.

    Origin: who answers from here on. Switch: somebody failed, and the answer begins again. Raises UsageError for a request
    that asks for several operations, and what the provider raises.
    """
    answer = _Answer(wanted, find_route(wanted.text))
    request = replace(request_for(wanted, parameters), on_attempt=answer.attempts.append)
    learning = asyncio.create_task(asyncio.to_thread(load_rules))  # 60 ms, while somebody answers
    async with aclosing(provider.stream(request)) as chunks:
        async for chunk in chunks:
            for event in answer.hear(chunk):
                yield event
    await learning
    for event in answer.finish():
        yield event


@dataclass(slots=True)
class _Answer:
    """What was heard so far, and what of it was shown."""

    wanted: PathRequest
    route: Route | None
    writer: Writer = field(init=False)
    reader: AnswerReader = field(init=False)
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
        self.writer = self.wanted.writer
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
        known = self.wanted.known or self.wanted.context.types
        self.reader = AnswerReader(known=known, route=self.route, stated=self.wanted.stated)
        self.cut, self.usage = False, Usage()

    def _read(self, text: str) -> list[Event]:
        self.first_token = self.first_token or self._elapsed()
        before = self.reader.progress
        self.reader.feed(text)
        if self.reader.progress == before or not self.wanted.streams or (sketch := self.reader.sketch) is None:
            return []
        return self._show(*self.shown.extend(self._lines_begun(sketch)))

    def _show(self, lines: list[str], afresh: bool) -> list[Event]:
        events: list[Event] = [Afresh()] if afresh else []
        if lines:
            self.first_line = self.first_line or self._elapsed()
            events.append(Lines(tuple(lines)))
        return events

    def _lines_begun(self, sketch: Sketch) -> list[str]:
        if self.wanted.format == "sketch":
            return write_sketch(sketch).rstrip("\n").split("\n")
        begun = self.writer.begun(self.wanted.completed(sketch), rank=self.reader.rank)
        lines = list(yaml_lines(self.wanted.in_scope(begun)))
        if self.reader.rank == 0:  # before the first key the operation is still empty
            lines[-1] = lines[-1].removesuffix(" {}")
        return lines

    def finish(self) -> list[Event]:
        """The last events. Raises UnreadableAnswer."""
        reading = self.reader.finish(cut=self.cut)
        rendered, findings = self.wanted.finished(reading.sketch, self.writer)
        lines = self._lines_of(reading.sketch, rendered)
        events = self._show(*self.shown.complete(lines))
        return [*events, self._suggestion(reading, rendered, findings, "".join(line + "\n" for line in lines))]

    def _lines_of(self, sketch: Sketch, rendered: Rendered) -> list[str]:
        match self.wanted.format:
            case "yaml":
                return list(yaml_lines(rendered.document))
            case "sketch":
                return write_sketch(sketch).rstrip("\n").split("\n")
        import json

        return escaped(json.dumps(rendered.document, indent=2, ensure_ascii=False)).split("\n")

    def _suggestion(self, reading: Reading, rendered: Rendered, findings: tuple[Finding, ...], text: str) -> Suggestion:
        total = self._elapsed()
        return Suggestion(
            text=text,
            document=rendered.document,
            sketch=write_sketch(reading.sketch),
            answered_by=self.origin or Origin("unknown", "unknown"),
            switches=tuple(self.switches),
            repairs=reading.repairs,
            notes=rendered.notes,
            usage=self.usage,
            timings=Timings(first_token=self.first_token, first_line=self.first_line, total=total),
            attempts=tuple(self.attempts),
            reused=rendered.reused,
            findings=findings,
        )

    def _elapsed(self) -> int:
        return max(1, round(1000 * (time.perf_counter() - self.started)))
