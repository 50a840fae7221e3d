"""Reads the answer to a request for a sketch, whatever it came back as, and judges it for the routing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from photon.chat import FinishReason, Message, Request
from photon.errors import UnreadableAnswer
from photon.sketch.grammar import sketch_grammar
from photon.sketch.lines import Route, parameter_names
from photon.sketch.model import Sketch
from photon.sketch.parse import SketchParser
from photon.sketch.prompt import is_tuned
from photon.sketch.stated import NOTHING_STATED, Stated
from photon.sketch.write import write_sketch


@dataclass(frozen=True, slots=True)
class Reading:
    """A finished answer: what it says, and one line for each thing that was mended in it."""

    sketch: Sketch
    repairs: tuple[str, ...] = ()


class AnswerReader:
    """Reads text as it streams. `SketchParser` does the work; an OpenAPI document is read whole at the end.

    known: component names that the user's spec has. route and stated: what the user asked for in so many words; an answer
    cannot drift from it.
    """

    def __init__(self, *, known: Collection[str] = (), route: Route | None = None, stated: Stated = NOTHING_STATED) -> None:
        self._known = frozenset(known)
        self._parser = SketchParser(known=self._known)
        self._route = route
        self._stated = stated

    @property
    def sketch(self) -> Sketch | None:
        """The operation as far as its lines are finished."""
        sketch = self._parser.sketch
        return self._stated.hold(self._pinned(sketch)) if sketch else None

    @property
    def rank(self) -> int:
        """How far it has come, as an index in `photon.sketch.parse.RANKS`."""
        return self._parser.rank

    @property
    def progress(self) -> int:
        """Grows whenever a line is finished."""
        return self._parser.lines_read

    @property
    def runaway(self) -> bool:
        """The model repeats itself within an object."""
        return self._parser.runaway

    def feed(self, text: str) -> None:
        """Read more. Raises UnreadableAnswer."""
        self._parser.feed(text)

    def finish(self, *, cut: bool = False) -> Reading:
        """Read the rest. cut: the answer broke off, so its last line may be half a line. Raises UnreadableAnswer."""
        if self._parser.is_openapi:
            from photon.openapi.read import read_operation

            return self._read(read_operation(self._parser.text, known=self._known), ["read OpenAPI instead of a sketch"])
        if cut or self._parser.runaway:
            self._parser.cut()
        sketch = self._parser.finish()
        return self._read(sketch, [str(repair) for repair in self._parser.repairs])

    def _read(self, sketch: Sketch, repairs: list[str]) -> Reading:
        pinned = self._pinned(sketch)
        if pinned != sketch:
            repairs.append(f"wrote {pinned.method} {pinned.path} as asked, not {sketch.method} {sketch.path}")
        completed, kept = self._stated.complete(pinned)
        return Reading(completed, (*repairs, *kept))

    def _pinned(self, sketch: Sketch) -> Sketch:
        """`sketch` at the method and path that were asked for."""
        if self._route is None or (sketch.method, sketch.path) == (self._route.method, self._route.path):
            return sketch
        names = parameter_names(self._route.path)
        declared = tuple(field for field in sketch.path_fields if field.name in names)
        return replace(sketch, method=self._route.method, path=self._route.path, path_fields=declared)


class SketchCheck:
    """The routing's judge of one answer (see `photon.routing.guard.Check`).

    Our own model goes on from the lines that were good, held to the grammar; any other model is told what was wrong.
    """

    def __init__(self, request: Request, *, known: Collection[str] = ()) -> None:
        self._request = request
        self._reader = AnswerReader(known=known)
        self._text = ""
        self._reader.feed(request.prefill)

    @property
    def enough(self) -> bool:
        """The model runs in a loop: stop it."""
        return self._reader.runaway

    def feed(self, text: str) -> None:
        """The next piece. Raises UnreadableAnswer."""
        self._text += text
        self._reader.feed(text)

    def finish(self, reason: FinishReason) -> None:
        """Raises UnreadableAnswer when this is no operation, or when it ran in a loop and has not been repeated yet."""
        if self._reader.runaway and self._request.grammar is None:
            raise UnreadableAnswer("the answer repeats itself")
        self._reader.finish(cut=reason == "length")

    def ask_again(self, request: Request, error: UnreadableAnswer) -> Request:
        """The repeat: our own model goes on after its last good line, any other one begins again."""
        if not is_tuned(request):
            correction = f"{error.message}. Write the whole sketch again, in the notation, and nothing else."
            again = (*request.messages, Message("assistant", self._text), Message("user", correction))
            return replace(request, messages=again, grammar=sketch_grammar(begun=False))
        kept = self._good_lines() or request.prefill
        question = request.messages[:-1] if request.prefill else request.messages
        messages = (*question, Message("assistant", kept)) if kept else question
        return replace(request, messages=messages, grammar=sketch_grammar(begun=bool(kept)))

    def _good_lines(self) -> str:
        """The lines that were read without doubt, in canonical spelling; the line of a loop closed before its repetition."""
        sketch = self._reader.finish().sketch if self._reader.runaway else self._reader.sketch
        return write_sketch(sketch) if sketch else ""
