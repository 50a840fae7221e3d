"""The rest of an operation that somebody is writing: what is there goes into the request, and only what lacks comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from photon.chat import Chunk, Message, ModelInfo, Parameters, Provider, Request
from photon.errors import InvalidSpec, UsageError
from photon.openapi.cursor import Standing, standing
from photon.openapi.document import Rendering
from photon.openapi.naming import words
from photon.openapi.source.nodes import place_of
from photon.openapi.source.source import MAX_BYTES, Position
from photon.openapi.spec import Spec
from photon.openapi.splice.change import Change
from photon.openapi.splice.completion import Completion, complete_operation
from photon.openapi.splice.edits import Edit
from photon.openapi.splice.fitting import fitted
from photon.openapi.splice.operation import Addition
from photon.openapi.splice.text import line_start
from photon.providers.profiles import PHOTON_SKETCH_FORMAT
from photon.settings.schema import AI
from photon.sketch.prompt import find_route
from photon.sketch.text import clean
from photon.tasks import suggest_path
from photon.tasks.linting import chosen_rules
from photon.tasks.spec_in_use import in_use, without_operation
from photon.tasks.suggest_path import VERSIONS, PathRequest, Suggestion

COMMAND = "complete"
_LONGEST = 200
"""Characters of a summary or description that go into the request: more is no summary."""
_MOST = 8
"""Query parameters that are named in the request."""


@dataclass(frozen=True, slots=True, eq=False)
class Unfinished:
    """An operation that is half written. spec: the document as it can be read, with it."""

    standing: Standing
    spec: Spec

    @property
    def route(self) -> str:
        """``GET /users/{id}``, as it stands there."""
        return f"{self.standing.method} {self.standing.path}"

    @property
    def is_whole(self) -> bool:
        """Whether it has all that an operation has for certain: then nobody needs to be asked."""
        written = self.standing.written
        responses = written.get("responses")
        named = any("operationId" in each.node for each in self.spec.operations)
        if not (written.get("summary") or written.get("description")) or (named and not written.get("operationId")):
            return False
        if self.standing.method in ("POST", "PUT", "PATCH") and "requestBody" not in written:
            return False
        if not isinstance(responses, Mapping) or not _names_in(self.standing.path) <= self._declared:
            return False
        return not any(_is_open(each) for each in (written, responses, *responses.values())) and len(responses) > 1

    @property
    def _declared(self) -> set[Any]:
        """The names of the parameters that the operation or its path has."""
        holders = (self.standing.written, self.spec.section("paths").get(self.standing.path))
        lists = [each.get("parameters") for each in holders if isinstance(each, Mapping)]
        found = [self.spec.resolved_mapping(each) for listed in lists if isinstance(listed, list) for each in listed]
        return {each.get("name") for each in found}

    @property
    def summary(self) -> str:
        """Its summary in one line, empty where it has none."""
        return _line(self.standing.written.get("summary"))

    @property
    def text(self) -> str:
        """The request: its method and path, and in words what is written already."""
        written = self.standing.written
        said = self.summary or _line(written.get("description")) or " ".join(words(_line(written.get("operationId"))))
        names = ", ".join(_query_names(self.spec, written))
        asked = ", ".join(part for part in (said, f"query parameters {names}" if names else "") if part)
        text = f"{self.route}: {asked}" if asked else self.route
        try:
            find_route(text)
        except UsageError:  # the summary speaks of other operations
            return self.route
        return text


def _names_in(path: str) -> set[str]:
    return set(re.findall(r"\{([^{}]*)\}", path))


def _is_open(node: Any) -> bool:
    """Whether something in it has nothing behind it."""
    return node is None or (isinstance(node, Mapping) and (not node or None in node.values()))


def _line(value: Any) -> str:
    return " ".join(clean(value).split())[:_LONGEST] if isinstance(value, str) else ""


def _query_names(spec: Spec, written: Mapping[str, Any]) -> list[str]:
    parameters = written.get("parameters")
    found = [spec.resolved_mapping(each) for each in parameters] if isinstance(parameters, list) else []
    return [_line(each.get("name")) for each in found if each.get("in") == "query" and _line(each.get("name"))][:_MOST]


def read_half_written(path: Path) -> bytes:
    """The bytes of a file; ``-`` is stdin. Raises InvalidSpec where it cannot be read."""
    import sys

    if str(path) == "-":
        stream = getattr(sys.stdin, "buffer", None)
        return stream.read(MAX_BYTES + 1) if stream else sys.stdin.read().encode()
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidSpec(f"cannot read {path}: {error.strerror or error}") from error


def unfinished(data: bytes, path: Path | None, position: Position) -> Unfinished:
    """The operation at `position` of a document. Raises InvalidSpec where there is none, or it cannot be read around it."""
    import gc

    collects = gc.isenabled()
    gc.disable()
    try:
        found = standing(data, path, position)
    finally:
        gc.freeze()  # a large document is a million objects that stay to the end: looking through them cost 0.6 s (measured)
        if collects:
            gc.enable()
    return Unfinished(found, Spec(found.source))


def completion_request(half: Unfinished, ai: AI) -> PathRequest:
    """What to ask for it: in the style of the document, as it is without the operation itself."""
    style: Any = ai.style  # its choices are the literals of Rendering, checked where the settings are loaded
    here = half.standing
    source = replace(here.source, digest=here.file.digest)  # the record knows the file as it is
    others = Spec(without_operation(source, here.path, here.method))
    spec = in_use(others, ai.style)
    rendering = Rendering(version=style.openapi, scope="fragment", default_auth=style.auth)
    rules = chosen_rules(ai.lint, (), ())
    wanted = PathRequest(text=half.text, rendering=rendering, spec=spec, rules=rules, choices=ai.style)
    return replace(wanted, known=spec.names.known, context=spec.context(half.text))


def who_completes(
    half: Unfinished,
    wanted: PathRequest,
    ai: AI,
    *,
    warn: Callable[[str], None],
    notice: Callable[[str], None] = lambda line: None,
    refresh: bool = False,
    wait: bool = True,
) -> Provider:
    """Whoever may answer by the settings, for `photon.tasks.suggest_path.suggest_path`. See `photon.routing.chain.chain`."""
    from photon.routing.chain import chain

    provider = chain(
        ai, command=COMMAND, purpose="sketch", check=wanted.check, versions=VERSIONS, use_cache=True, refresh=refresh,
        wait=wait, warn=warn, notice=notice,
    )  # fmt: skip
    return _Begun(provider, half.summary)


def request_for(half: Unfinished, wanted: PathRequest, parameters: Parameters) -> Request:
    """What is asked for `wanted`, for those who only look. Raises UsageError as `photon.tasks.suggest_path.request_for`."""
    return _begun(suggest_path.request_for(wanted, parameters), half.summary)


def _begun(request: Request, summary: str) -> Request:
    """`request` with the summary in our own model's mouth, behind the route."""
    *before, last = request.tuned.get(PHOTON_SKETCH_FORMAT, ())
    if last.role != "assistant" or not summary:
        return request
    begun = Message("assistant", f"{last.content}summary: {summary}\n")
    within = (lambda tokens: _begun(request.narrowed(tokens), summary)) if request.within else None
    return replace(request, tuned={**request.tuned, PHOTON_SKETCH_FORMAT: (*before, begun)}, within=within)


class _Begun:
    """Puts the summary that is written already into the mouth of our own model, behind the route."""

    def __init__(self, port: Provider, summary: str) -> None:
        self._port = port
        self._summary = summary

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer to `request`, of which our own model is told a line more."""
        return self._port.stream(_begun(request, self._summary))

    async def models(self) -> tuple[ModelInfo, ...]:
        """What the provider says."""
        return await self._port.models()

    async def close(self) -> None:
        """Close the provider."""
        await self._port.close()


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """What an operation lacked, as a change of the file as it is.

    text: what is to be put into the operation, with the file's indentation and a line end; where that goes to several places,
    the whole operation as it is then. places: how many.
    """

    change: Change
    text: str
    places: int
    lacked: tuple[str, ...]
    elsewhere: tuple[str, ...]


def completed(half: Unfinished, suggestion: Suggestion) -> Completed | None:
    """The suggestion as far as the operation lacks it; None where it lacks nothing. Raises InvalidSpec."""
    here = half.standing
    (path, item), *_ = suggestion.document["paths"].items()
    operation = fitted(next(iter(item.values())), path, here.path, ())
    components = suggestion.document.get("components", {})
    tags = tuple(suggestion.document.get("tags", ()))
    found = complete_operation(half.spec, Addition(here.path, here.method, operation, components, tags))
    return _in_the_file(here, found) if found else None


def _in_the_file(here: Standing, found: Completion) -> Completed:
    change = found.change
    if change.source is here.source:
        change = Change(here.file, change.text, _joined(here.in_the_file(change.edits)), change.others)
    pieces = _joined(found.here)
    text = pieces[0].text.lstrip("\r\n") if len(pieces) == 1 else _whole(found, here)
    text = text if text.endswith("\n") else text + change.source.newline
    return Completed(change, text, len(pieces), found.lacked, found.elsewhere)


def _whole(found: Completion, here: Standing) -> str:
    """The text of the operation after the change, from its own line on."""
    source, new = found.change.source, found.change.text
    place = place_of(source.root, found.pointer)
    key = place_of(source.root, found.pointer, key=True) or place
    assert place and key, "an operation that has places to change stands somewhere"
    start, end = line_start(source.text, key[0]), max(place[1], *(edit.end for edit in found.here))
    before = sum(len(edit.text) - (edit.end - edit.start) for edit in found.change.edits if edit.end <= start)
    within = sum(len(edit.text) - (edit.end - edit.start) for edit in found.here)
    return new[start + before : end + before + within]


def _joined(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The same edits in their order in the text, with those that touch each other as one."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if found and found[-1].end == edit.start:
            found[-1] = Edit(found[-1].start, edit.end, found[-1].text + edit.text)
        else:
            found.append(edit)
    return tuple(found)
