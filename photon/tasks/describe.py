"""The texts that a specification lacks, asked for operation by operation, and put into its files in batches."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

from photon import __version__
from photon.chat import Attempt, FinishReason, Message, Origin, Parameters, Provider, Request, Usage
from photon.errors import (
    ConfigurationError,
    CredentialsError,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UnreadableAnswer,
    UsageError,
)
from photon.openapi.gaps import KINDS, ByCode, Gap, Kind, Text, gaps
from photon.openapi.matching.manner import Manner
from photon.openapi.matching.surroundings import Surroundings
from photon.openapi.naming import words
from photon.openapi.source.source import Source, source_of
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change, write_change
from photon.openapi.splice.texts import stands_once, with_texts
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.settings.schema import AI
from photon.sketch.prompt import NOTATION_VERSION, find_route, is_tuned, sketch_request
from photon.sketch.text import clean, one_line

COMMAND = "describe"
VERSIONS: dict[str, str | int] = {"notation": NOTATION_VERSION, "describe prompt": 1, "photon": __version__}

_LONGEST = {"summary": 120, "description": 600, "parameter": 300}
"""Characters of a text; what a model writes beyond that is cut at a word."""
_OWN_SUMMARY = 80
_LONGEST_ANSWER = 20_000
_EXAMPLES = 3
_ENDS = (ProviderUnreachable, CredentialsError, RateLimited, ModelNotFound, ConfigurationError)
"""What will be so for the next operation, too."""

_AN = re.compile(r"\ban (?=us(?:er|age|e\b)|uni[a-z]*|one\b|eu|url\b)", re.IGNORECASE)
"""Our own model writes 'an user', by the letter."""

_SYSTEM = Message(
    "system",
    "You document HTTP APIs. Answer with the lines that are asked for, each as 'key: text' on one line, and nothing else: no "
    "Markdown, no quotes. A summary is short and imperative, without the path. A description is one or two plain sentences "
    "that say what a caller must know and only what follows from what is given.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one operation. texts: what it gets. error: why a model gave nothing. attempts: of which exchanges."""

    gap: Gap
    texts: tuple[Text, ...]
    error: PhotonError | None = None
    origin: Origin | None = None
    usage: Usage = Usage()
    attempts: tuple[Attempt, ...] = ()


class Describing:
    """One specification whose gaps are filled.

    shared: routes of operations that lack something which cannot be filled, for it stands in several places at once.
    only: kinds of texts. limit: operations at most, None is all. own: our own model is asked, which writes summaries alone.
    """

    def __init__(self, spec: Spec, *, only: Collection[Kind] = KINDS, limit: int | None = None, own: bool) -> None:
        self.spec = spec
        self.own = own
        self._code = ByCode(spec)
        self._manner = Manner(Surroundings(spec))
        pairs = [(gap, _changeable(gap)) for gap in gaps(spec, only)]
        self.shared = tuple(gap.operation.route for gap, rest in pairs if rest.count < gap.count)
        found = [rest for _, rest in pairs if rest.count]
        self.gaps = tuple(gap for gap in found if not own or _by_own(gap))[:limit]
        self.left_out = sum(_beyond_own(gap) for gap in found) if own else 0

    @property
    def order(self) -> tuple[str, ...]:
        """In which the keys of an operation stand."""
        return self._manner.keys

    async def outcomes(self, provider: Provider, parameters: Parameters) -> AsyncGenerator[Outcome, None]:
        """One for each gap, in order. Raises what makes no sense to go on after: a provider that is gone, a wrong key."""
        for gap in self.gaps:
            by_code = self._code.texts(gap)
            wanted = self._wanted(gap, by_code)
            if not wanted:
                yield Outcome(gap, by_code)
                continue
            answer = _Answer(wanted)
            try:
                await answer.hear(provider, replace(self.request(gap, wanted, parameters), on_attempt=answer.attempts.append))
            except _ENDS:
                if by_code:
                    yield Outcome(gap, by_code)
                raise
            except PhotonError as error:
                yield Outcome(gap, by_code, error, attempts=tuple(answer.attempts))
                continue
            texts = (*by_code, *self._texts(gap, answer.found))
            yield Outcome(gap, texts, None, answer.origin, answer.usage, tuple(answer.attempts))

    def _wanted(self, gap: Gap, known: Sequence[Text]) -> tuple[str, ...]:
        """The lines that a model is asked for."""
        if self.own:
            return ("summary",) if "summary" in gap.kinds else ()
        done = {text.pointer for text in known if "parameters" in text.pointer}
        parameters = (name for name, pointer in gap.parameters.items() if pointer not in done)
        kinds = (kind for kind in ("summary", "description") if kind in gap.kinds)
        return (*kinds, *(f"parameter {one_line(clean(name))}" for name in parameters))

    def _texts(self, gap: Gap, found: Mapping[str, str]) -> Iterator[Text]:
        if (summary := found.get("summary")) and "summary" in gap.kinds:
            short = _cut(summary, _OWN_SUMMARY) if self.own else summary
            yield gap.text("summary", self._manner.summary(_AN.sub("a ", short)))
        if (description := found.get("description")) and "description" in gap.kinds:
            yield gap.text("description", description)
        for name in gap.parameters:
            if value := found.get(f"parameter {one_line(clean(name))}"):
                yield gap.parameter(name, value)

    # -- asking -------------------------------------------------------------------------------------------------------

    def request(self, gap: Gap, wanted: Sequence[str], parameters: Parameters) -> Request:
        """What is asked for one operation. wanted: the lines of the answer."""
        node, here = gap.operation.node, gap.operation
        facts = [here.route]
        for key in ("summary", "description", "operationId", "tags"):
            if text := _plain(node.get(key)):
                facts.append(f"{key}: {text}")
        if listed := self._parameters(gap):
            facts.append(f"parameters: {listed}")
        if examples := self._examples(gap):
            facts.append("summaries of other operations: " + "; ".join(examples))
        asked = "\n".join([*facts, "", "Write these lines:", *(f"{key}: …" for key in wanted)])
        return Request(
            model="",
            messages=(_SYSTEM, Message("user", asked)),
            tuned={PHOTON_SKETCH_FORMAT: _tuned(gap, parameters)},
            parameters=parameters,
            asked=f"{', '.join(wanted)} of {here.route}",
        )

    def _parameters(self, gap: Gap) -> str:
        listed = gap.operation.node.get("parameters")
        found = [self.spec.resolved_mapping(each, gap.operation.source) for each in listed] if isinstance(listed, list) else []
        return ", ".join(f"{_plain(each.get('name'))} ({_plain(each.get('in'))})" for each in found[:30] if each.get("name"))

    def _examples(self, gap: Gap) -> list[str]:
        """Summaries that are there, of the nearest paths first."""
        first = gap.operation.path.split("/")[1:2]
        with_one = [each for each in self.spec.operations[:600] if _plain(each.node.get("summary"))]
        near = sorted(with_one, key=lambda each: (each.path.split("/")[1:2] != first, each.method != gap.operation.method))
        return [f"{each.route}: {_plain(each.node['summary'])}" for each in near[:_EXAMPLES]]


def _changeable(gap: Gap) -> Gap:
    """What of it can be put into the file: what stands in several places at once (anchors, aliases) cannot."""
    here = gap.operation
    kinds = frozenset(kind for kind in gap.kinds if stands_once(gap.text(kind, "")))
    parameters = {name: pointer for name, pointer in gap.parameters.items() if stands_once(gap.parameter(name, ""))}
    places = {status: (*here.pointer, "responses", status) for status in gap.responses}
    responses = tuple(
        status for status, place in places.items() if stands_once(Text(here.source, place, "description", "", "description"))
    )
    return Gap(here, kinds, parameters, responses)


def _by_own(gap: Gap) -> bool:
    """Whether code or our own model can give any of it."""
    in_path = {part[1:-1] for part in gap.operation.path.split("/")}
    return bool(gap.kinds & {"summary", "operationId"} or gap.responses or in_path & gap.parameters.keys())


def _beyond_own(gap: Gap) -> int:
    in_path = {part[1:-1] for part in gap.operation.path.split("/")}
    return ("description" in gap.kinds) + len(gap.parameters.keys() - in_path)


def _plain(value: object) -> str:
    """A text of the document in one line for a prompt; a list of them joined."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value[:10])))
    return " ".join(clean(value).split())[:300] if isinstance(value, str) else ""


def _first_sentence(text: str) -> str:
    """The first sentence without links, empty where it is no short one: our own model repeats it as the summary."""
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)?", r"\1", text)
    first = re.split(r"(?<=\w)[.:](?:\s|$)", bare, maxsplit=1)[0]
    return first if len(first) <= _OWN_SUMMARY else ""


def _tuned(gap: Gap, parameters: Parameters) -> tuple[Message, ...]:
    """In the words of our own model: what is known as one line of English, and the answer begun up to its summary."""
    here = gap.operation
    said = " ".join(words(_plain(here.node.get("operationId")))) or _first_sentence(_plain(here.node.get("description")))
    text = f"{here.route} {said}".strip()
    try:
        find_route(text)
    except UsageError:  # the description speaks of other operations
        text = here.route
    messages = sketch_request(text, parameters=parameters).tuned[PHOTON_SKETCH_FORMAT]
    if messages[-1].role != "assistant":
        messages = (*messages, Message("assistant", f"{here.route}\n"))
    return (*messages[:-1], Message("assistant", f"{messages[-1].content}summary:"))


@dataclass(slots=True)
class _Answer:
    """The answer for one operation, while it comes."""

    wanted: Sequence[str]
    text: str = ""
    origin: Origin | None = None
    usage: Usage = Usage()
    attempts: list[Attempt] = field(default_factory=list)

    async def hear(self, provider: Provider, request: Request) -> None:
        async with aclosing(provider.stream(request)) as chunks:
            async for chunk in chunks:
                if chunk.switch:
                    self.text = ""
                self.text += chunk.text
                self.origin, self.usage = chunk.origin or self.origin, chunk.usage or self.usage

    @property
    def found(self) -> dict[str, str]:
        return read_lines(self.text, self.wanted)


def read_lines(text: str, wanted: Sequence[str]) -> dict[str, str]:
    """The texts of an answer by the lines that were `wanted`: clean, in one line each, and cut at their greatest length."""
    keys = {key.lower(): key for key in wanted}
    found: dict[str, str] = {}
    for line in clean(text[:_LONGEST_ANSWER]).splitlines():
        name, colon, value = line.strip().lstrip("-*# `").partition(":")
        key = keys.get(" ".join(name.strip("*`\"' ").lower().split()))
        said = one_line(value.strip().strip("*`")) if colon and key else None
        if key and said and said.strip(" .…"):
            found.setdefault(key, _cut(said, _LONGEST[key.partition(" ")[0]]))
    return found


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length + 1].rpartition(" ")[0].rstrip(",;:") or text[:length]


class TextsCheck:
    """The routing's judge of one answer (see `photon.routing.guard.Check`): it has a line that was asked for."""

    def __init__(self, request: Request) -> None:
        self._own = is_tuned(request)
        self._wanted = ("summary",) if self._own else _asked_lines(request)
        self._text = request.prefill

    @property
    def enough(self) -> bool:
        """Our own model would go on to write the whole operation."""
        return self._own and "summary" in read_lines(self._text.rpartition("\n")[0], self._wanted)

    def feed(self, text: str) -> None:
        """The next piece. Raises UnreadableAnswer where it never ends."""
        self._text += text
        if len(self._text) > _LONGEST_ANSWER:
            raise UnreadableAnswer("the answer is too long")

    def finish(self, reason: FinishReason) -> None:
        """Raises UnreadableAnswer where no line of it was asked for."""
        if not read_lines(self._text, self._wanted):
            raise UnreadableAnswer(f"the answer has no line '{self._wanted[0]}: …'")

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        """The repeat, in which any model but our own is told what was wrong."""
        if self._own:
            return request
        told = (
            Message("assistant", self._text or "-"),
            Message("user", f"{error.message}. Write the lines, and nothing else."),
        )
        return replace(request, messages=(*request.messages, *told))


def _asked_lines(request: Request) -> tuple[str, ...]:
    """The lines that the last message but those of a repeat asks for."""
    question = next(message.content for message in request.messages if message.role == "user")
    lines = question.rpartition("Write these lines:\n")[2].split("\n")
    return tuple(line.removesuffix(": …") for line in lines)


def who_describes(
    ai: AI,
    *,
    warn: Callable[[str], None],
    notice: Callable[[str], None] = lambda line: None,
    refresh: bool = False,
    wait: bool = True,
) -> Provider:
    """Whoever may answer by the settings. The arguments are those of `photon.routing.chain.chain`."""
    from photon.routing.chain import chain

    return chain(
        ai, command=COMMAND, purpose="sketch", check=TextsCheck, versions=VERSIONS, use_cache=True, refresh=refresh, wait=wait,
        warn=warn, notice=notice,
    )  # fmt: skip


class Batches:
    """Texts on their way into the files: each batch is one proved change of each file, written whole or not at all.

    write: False keeps all for one change at the end, which is only shown. size: texts of a batch at least. seconds: between
    two batches at least, and ten times what the last one took: 3 s for 8 MB of YAML.
    """

    def __init__(self, order: Sequence[str], *, write: bool, size: int = 20, seconds: float = 15) -> None:
        self._order, self._write = order, write
        self._size, self._seconds = size, seconds
        self._latest: dict[Path | None, Source] = {}
        self._waiting: list[Text] = []
        self._since = time.monotonic()
        self.written = 0

    def add(self, texts: Sequence[Text]) -> list[Change]:
        """Keep them; the changes that were written, where it was time for that. Raises InvalidSpec."""
        self._waiting += texts
        is_time = len(self._waiting) >= self._size and time.monotonic() - self._since >= self._seconds
        return self.flush() if self._write and is_time else []

    def flush(self) -> list[Change]:
        """Everything that waits, as changes of the files; written, if so wanted. Raises InvalidSpec, PhotonError."""
        begun = time.monotonic()
        texts, self._waiting = self._waiting, []
        files = {text.source.path: self._latest.get(text.source.path, text.source) for text in texts}
        changes = [
            self._changed(source, [text for text in texts if text.source.path == path]) for path, source in files.items()
        ]
        self._since = time.monotonic()
        self._seconds = max(self._seconds, 10 * (self._since - begun)) if self._seconds else 0
        return changes

    def _changed(self, source: Source, texts: Sequence[Text]) -> Change:
        change = with_texts(source, texts, order=self._order)
        if self._write:
            write_change(change)
            self.written += len(texts)
            self._latest[source.path] = _read_again(change)
        return change


def _read_again(change: Change) -> Source:
    """The file after the change, from what was written: it is not fetched from the disk again."""
    return source_of(change.data, change.source.path)
