"""Reads the answer to a request for a schema, whatever it came back as, and judges it for the routing."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from photon.chat import FinishReason, Message, Request
from photon.errors import UnreadableAnswer
from photon.sketch.lines import is_route
from photon.sketch.listed import pascal
from photon.sketch.model import Component, Object, Ref, Sketch, walk
from photon.sketch.parse import RANKS, SketchParser
from photon.sketch.schema_prompt import is_own, repeat_grammar

_HEAD = "GET /schema\n200: -\n"
"""Two lines of an operation in front of components make a whole sketch of them."""
_HEAD_LINES = _HEAD.count("\n")
_COMPONENT = re.compile(r"^(?:type\s+|interface\s+)?([A-Za-z][\w.-]*)\s*(?:=\s*|:\s*(?=\{\s*\w)|(?=\{\s*\w))", re.ASCII)
_DOCUMENT = re.compile(
    r"""^\s*[{"']|^(?:openapi|components|schemas|definitions|type|title|properties|\$schema|\$defs)\s*:|^\w+:\s*$"""
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_BODY = RANKS.index("body")
_LONGEST = 250_000


@dataclass(frozen=True, slots=True)
class SchemaReading:
    """A finished answer: the schema that was asked for, then those that it uses; one line for each thing that was mended."""

    components: tuple[Component, ...]
    repairs: tuple[str, ...] = ()


class SchemaReader:
    """Reads text as it streams: components in the notation, an operation with the schema as its body (so our own model
    answers), or a JSON Schema in YAML or JSON, which is read whole at the end.

    name: of the schema that is asked for, None where the answer decides. known: names that the user's spec has.
    """

    def __init__(self, *, name: str | None, known: Collection[str] = ()) -> None:
        self._name, self._known = name, frozenset(known)
        self._parser = SketchParser(known=self._known)
        self._pending = ""
        self._said: list[str] = []
        self._length = 0
        self._begun = self._is_operation = self._is_document = False
        self._repairs: list[str] = []

    @property
    def components(self) -> tuple[Component, ...]:
        """As far as they are finished, the one that was asked for first."""
        sketch = self._parser.sketch
        return self._components(sketch) if sketch else ()

    @property
    def progress(self) -> int:
        """Grows whenever a line is finished."""
        return self._parser.lines_read

    @property
    def enough(self) -> bool:
        """What may still come is not wanted: the model repeats itself, or has gone on to what is behind the body."""
        if self._parser.runaway:
            return True
        found = self.components if self._is_operation and self._parser.rank >= _BODY else ()
        defined = {each.name for each in found} | self._known
        return bool(found) and all(kind.name in defined for each in found for kind in walk(each.type) if isinstance(kind, Ref))

    def feed(self, text: str) -> None:
        """Read more. Raises UnreadableAnswer."""
        self._said.append(text)
        self._length += len(text)
        if self._length > _LONGEST:
            raise UnreadableAnswer("the answer is too long")
        if self._is_document:
            return
        if self._begun:
            self._parse(text)
            return
        *lines, self._pending = (self._pending + text).split("\n")
        for place, line in enumerate(lines):
            if self._begins(line):
                self._parse("\n".join([self._head(line), *lines[place + 1 :], self._pending]))
                return
            if self._is_document:
                return

    def finish(self, *, cut: bool = False) -> SchemaReading:
        """Read the rest. cut: the answer broke off, so its last line may be half a line. Raises UnreadableAnswer."""
        if not self._begun and not self._is_document and self._begins(self._pending):
            self._parse(self._head(self._pending))
        if self._is_document or not self._begun:
            return self._read_document()
        if self.enough and not self._parser.runaway:  # what has begun behind the body is not wanted
            return SchemaReading(self.components, self._mended)
        if cut or self._parser.runaway:
            self._parser.cut()
        found = self._components(self._finished())
        if not found:
            raise UnreadableAnswer(f"the answer has no schema such as {self._name or 'User'} = {{ … }}")
        return SchemaReading(found, self._mended)

    @property
    def _mended(self) -> tuple[str, ...]:
        return (*self._repairs, *map(self._placed, map(str, self._parser.repairs)))

    # -- the beginning ------------------------------------------------------------------------------------------------

    def _begins(self, line: str) -> bool:
        """Whether the sketch begins with this line; words for people in front of it are dropped."""
        bare = line.strip("*`# \t\r")
        self._is_operation = is_route(bare)
        self._begun = self._is_operation or _COMPONENT.match(bare) is not None
        if not self._begun and bare:
            self._is_document = _DOCUMENT.match(line) is not None
            if not self._is_document:
                self._repairs.append("dropped a code fence" if _FENCE.match(line) else "dropped text before the schema")
        return self._begun

    def _head(self, line: str) -> str:
        if self._is_operation:
            return line
        bare = line.strip("*`# \t\r")
        found = _COMPONENT.match(bare)
        name = pascal(found[1]) if found and found[1][0].islower() else found[1] if found else ""
        return f"{_HEAD}{name} = {bare[found.end() :]}" if found else f"{_HEAD}{bare}"

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _parse(self, text: str) -> None:
        try:
            self._parser.feed(text)
        except UnreadableAnswer as error:
            raise self._told(error) from None

    def _finished(self) -> Sketch:
        try:
            return self._parser.finish()
        except UnreadableAnswer as error:
            raise self._told(error) from None

    def _told(self, error: UnreadableAnswer) -> UnreadableAnswer:
        return UnreadableAnswer(self._placed(error.message).replace("of the sketch", "of the schema"))

    def _placed(self, message: str) -> str:
        """`message` with the number that the line has in the answer."""
        if self._is_operation:
            return message
        return re.sub(r"(?<=^line )\d+", lambda match: str(max(1, int(match[0]) - _HEAD_LINES)), message)

    def _read_document(self) -> SchemaReading:
        from photon.openapi.components import read_components

        found = read_components("".join(self._said), self._name, self._known)
        return SchemaReading(self._named(found), ("read JSON Schema instead of the notation",))

    def _components(self, sketch: Sketch) -> tuple[Component, ...]:
        found = sketch.components
        if self._is_operation:
            body = sketch.body.type if sketch.body else None
            own = (Component(self._name or "Item", body),) if isinstance(body, Object) else ()
            found = (*own, *(each for each in found if not own or each.name != own[0].name))
        return self._named(found)

    def _named(self, found: tuple[Component, ...]) -> tuple[Component, ...]:
        """The one that was asked for first, under the name that was asked for."""
        if not found or self._name is None:
            return found
        first = next((each for each in found if each.name == self._name), found[0])
        others = tuple(each for each in found if each is not first)
        return (replace(first, name=self._name), *others)


class SchemaCheck:
    """The routing's judge of one answer (see `photon.routing.guard.Check`).

    The repeat is held to the grammar, and any model but our own is told what was wrong.
    """

    def __init__(self, request: Request, *, name: str | None, known: Collection[str] = ()) -> None:
        self._request = request
        self._reader = SchemaReader(name=name, known=known)
        self._text = ""
        self._reader.feed(request.prefill)

    @property
    def enough(self) -> bool:
        """Nothing more is wanted."""
        return self._reader.enough

    def feed(self, text: str) -> None:
        """The next piece. Raises UnreadableAnswer."""
        self._text += text
        self._reader.feed(text)

    def finish(self, reason: FinishReason) -> None:
        """Raises UnreadableAnswer where there is no schema in it."""
        self._reader.finish(cut=reason == "length")

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        """The repeat."""
        grammar = repeat_grammar(request)
        if is_own(request):
            return replace(request, grammar=grammar)
        correction = f"{error.message}. Write the whole schema again, in the notation, and nothing else."
        again = (*request.messages, Message("assistant", self._text), Message("user", correction))
        return replace(request, messages=again, grammar=grammar)
