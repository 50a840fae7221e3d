"""The parser of the notation: incremental, forgiving where the meaning is certain, with every repair counted.

Feed it text as it streams; after each `feed`, `SketchParser.sketch` holds the operation as far as its lines are finished.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from photon.errors import UnreadableAnswer
from photon.sketch.lines import (
    is_route,
    parameter_names,
    read_auth,
    read_content,
    read_error,
    read_route,
    read_success,
    read_tags,
)
from photon.sketch.loops import LoopWatch
from photon.sketch.model import Component, Field, Sketch, Type
from photon.sketch.scan import Unreadable
from photon.sketch.text import clean, identifier, one_line
from photon.sketch.types import TypeReader

RANKS = (
    "route", "summary", "description", "id", "tags", "deprecated", "auth",
    "path", "query", "header", "cookie", "body", "response", "component",
)  # fmt: skip
"""The kinds of line in the order in which a sketch has them."""

_KEYWORDS = {
    "summary": "summary", "title": "summary", "description": "description", "desc": "description", "id": "id",
    "operationid": "id", "tags": "tags", "tag": "tags", "deprecated": "deprecated", "auth": "auth", "security": "auth",
    "path": "path", "params": "path", "query": "query", "header": "header", "headers": "header", "cookie": "cookie",
    "cookies": "cookie", "body": "body", "request": "body", "requestbody": "body",
}  # fmt: skip
_KEYWORD = re.compile(rf"^({'|'.join(_KEYWORDS)})\??\s*:(.*)$", re.IGNORECASE | re.DOTALL)
_STATUS = re.compile(
    r"^(?:response\s+)?([1-5](?:\d\d|xx)|default)\b\s*+(?:\(?[A-Z][A-Za-z ]*+\)?)?\s*+:(.*)$", re.IGNORECASE | re.DOTALL
)
_COMPONENT = re.compile(r"^(?:type\s+|interface\s+)?([A-Z][\w.-]*)\s*(=|:(?=\s*\{)|(?=\{))(.*)$", re.ASCII | re.DOTALL)
_FENCE = re.compile(r"^\s*(```|~~~)")
_OPENAPI = re.compile(
    r"""^\s*(?:\{|["']?(?:openapi|swagger|paths|info|responses|operationId|requestBody)["']?\s*:|/\S*:\s*$)"""
)
_MINIFIED = re.compile(r"""\s*\{\s*["'\w]""")
"""The beginning of JSON that may have no line break at all."""
_CONTINUES = re.compile(r"[{\[(,|=]\s*$")
_LIMIT_LINES = 500
_LIMIT_TEXT = 250_000
_TRIES = 50
_ENDLESS_LINE = 2_000
"""Characters after which a line is a loop; the longest in 6,000 hand-written sketches has 372."""
_ENDLESS_OBJECT = 12_000
"""The same for an object over several lines."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that the parser mended. line counts from 1."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


@dataclass(slots=True)
class SketchParser:
    """Reads one sketch. known: component names that exist elsewhere and may be used without a definition.

    rank: the index in RANKS of the last finished line, -1 before the first. lines_read: how many lines are finished.
    runaway: the model is in a loop; stop it: nothing that it still says is read.
    is_openapi: this is not a sketch but an OpenAPI document, to be read whole by somebody else.
    """

    known: Collection[str] = ()
    repairs: list[Repair] = field(default_factory=list)
    rank: int = -1
    lines_read: int = 0
    runaway: bool = False
    is_openapi: bool = False
    _said: list[str] = field(default_factory=list)
    _length: int = 0
    _parts: dict[str, Any] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _pending: str = ""
    _line: str = ""
    _number: int = 0
    _start: int = 1
    _loop: LoopWatch = field(default_factory=LoopWatch)
    _prose_ended: bool = False

    @property
    def sketch(self) -> Sketch | None:
        """The operation as far as its lines are finished; None before the first."""
        return Sketch(**self._parts) if "method" in self._parts else None

    @property
    def text(self) -> str:
        """All that was read, finished lines and others."""
        return "".join(self._said)

    def feed(self, text: str) -> None:
        """Read more. Raises UnreadableAnswer with the line number and what was expected."""
        for piece in re.split(r"(?<=\n)", text):
            if self.runaway:
                return
            self._feed_piece(self._until_loop(piece))

    def _feed_piece(self, text: str) -> None:
        """Read what is at most the rest of one line."""
        self._said.append(text)
        self._length += len(text)
        if self._length > _LIMIT_TEXT:
            raise self._error("an answer of reasonable length")
        self._pending += text
        if "method" not in self._parts and _MINIFIED.match(self._pending):
            self.is_openapi = True
        if text.endswith("\n"):
            line, self._pending = self._pending[:-1], ""
            self._take(line)

    def _until_loop(self, text: str) -> str:
        """`text` up to where it closes a loop. In words for people nothing but their length is watched."""
        if "method" not in self._parts or self._prose_ended:
            return text
        line = self._line or self._pending + text
        kept = None if _TEXTUAL.match(line) else self._loop.feed(text)
        room = min(_ENDLESS_LINE - len(self._pending), _ENDLESS_OBJECT - len(self._line) - len(self._pending))
        if kept is None and len(text) > (room := max(0, room)):
            kept = room
        self.runaway = kept is not None
        return text[:kept]

    def finish(self) -> Sketch:
        """Read what is left and give the whole operation. Raises UnreadableAnswer."""
        pending, self._pending = self._pending, ""
        self._take(pending)
        self._flush()
        sketch = self.sketch
        if sketch is None:
            raise self._error("a method and a path, such as POST /login")
        return sketch

    def cut(self) -> None:
        """The text ends in the middle of a line: what of that line can be read is kept, its last word or element is not."""
        self._number += 1
        line = "\n".join(filter(None, (self._line, self._cleaned(self._pending)))).strip()
        if not line or self.is_openapi:
            return
        self._start = self._start if self._line else self._number
        self._line = self._pending = ""
        if _TEXTUAL.match(line):
            line = line.rpartition(" ")[0]
        elif _depth(line) > 0:
            line = _without_last_element(line)
        self._read_beginning(line)
        self._repair("the answer broke off in this line")

    def _read_beginning(self, line: str) -> None:
        """The longest beginning of a line that can be read, whole elements at a time; nothing where there is none."""
        repaired = len(self.repairs)
        for _ in range(_TRIES):
            if "method" not in self._parts or not re.match(r"^[^:=]*[:=]\s*\S", line):
                break
            try:
                self._read(line.strip())
                break
            except Unreadable:
                del self.repairs[repaired:]
                line = _without_last_element(line)

    # -- from physical lines to logical ones --------------------------------------------------------------------------

    def _take(self, line: str) -> None:
        self._number += 1
        if self._number > _LIMIT_LINES and not self.is_openapi:
            raise self._error(f"at most {_LIMIT_LINES} lines")
        line = self._cleaned(line)
        if self._line and self._is_inside(line):
            self._line += "\n" + line
        else:
            self._flush()
            self._start, self._line = self._number, line
            self._loop.feed(line)  # which began to watch before it was certain that a new line of the sketch begins
        if not self._is_open():
            self._flush()

    def _is_open(self) -> bool:
        """Whether brackets are open, so that the logical line may go on."""
        line = self._line.strip()
        return _KEYED.match(line) is not None and not _TEXTUAL.match(line) and _depth(line) > 0

    def _is_inside(self, line: str) -> bool:
        """Whether `line` continues an open bracket; a new statement after a one-line one means that it was never closed."""
        starts_statement = not line[:1].isspace() and bool(_KEYED.match(line))
        return not starts_statement or bool(_CONTINUES.search(self._line))

    def _cleaned(self, line: str) -> str:
        cleaned = line if line.isascii() and line.isprintable() else clean(line)
        if cleaned != line and not self.is_openapi:
            self.repairs.append(Repair(self._number, "dropped control characters"))
        return cleaned

    def _flush(self) -> None:
        line, self._line = self._line.strip(), ""
        self._loop = LoopWatch()
        if not line or self.is_openapi:
            return
        try:
            self._read(line)
        except Unreadable as error:
            raise self._error(error.expected) from None
        self.lines_read += 1

    def _error(self, expected: str) -> UnreadableAnswer:
        return UnreadableAnswer(f"line {max(1, self._start)} of the sketch: expected {expected}")

    def _repair(self, what: str) -> None:
        self.repairs.append(Repair(max(1, self._start), what))

    # -- statements ---------------------------------------------------------------------------------------------------

    def _read(self, line: str) -> None:
        if _FENCE.match(line):
            self._prose_ended = "method" in self._parts
            return self._repair("dropped a code fence")
        bare = line.strip("*`# ").removeprefix("- ") if not is_route(line) else line
        if "method" not in self._parts:
            return self._read_first(bare, line)
        if self._prose_ended:
            return self._repair("dropped text after the sketch")
        return self._read_statement(bare if _KEYED.match(bare) and not _KEYED.match(line) else line)

    def _read_first(self, bare: str, line: str) -> None:
        if _OPENAPI.match(line):
            self.is_openapi = True
        elif is_route(bare):
            route = read_route(bare, self._repair)
            self._parts.update(method=route.method, path=route.path)
            self.rank = 0
        else:
            self._repair("dropped text before the sketch")

    def _read_statement(self, line: str) -> None:
        if match := _KEYWORD.match(line):
            word = match[1].lower()
            name = _KEYWORDS[word]
            if word != name:
                self._repair(f"read {match[1]!r} as {name}")
            text = match[2].strip()
            self._once(name, name, lambda: self._read_keyword(name, text))
        elif match := _STATUS.match(line):
            self._read_response(_status(match[1]), match[2])
        elif match := _COMPONENT.match(line):
            if match[2] != "=":
                self._repair(f"put a '=' after {match[1]}")
            self._read_component(match[1], match[3])
        elif is_route(line):
            self._read_second_route(line)
        else:
            self._read_other(line)

    def _read_keyword(self, name: str, text: str) -> None:
        readers: dict[str, Callable[[str], dict[str, Any]]] = {
            "summary": lambda text: {"summary": one_line(text)},
            "description": lambda text: {"description": one_line(text)},
            "id": lambda text: {"operation_id": identifier(text)},
            "tags": lambda text: {"tags": read_tags(text)},
            "deprecated": lambda text: {"deprecated": text.lower() in ("true", "yes")},
            "auth": lambda text: {"auth": read_auth(text, self._repair)},
            "path": lambda text: {"path_fields": self._path_fields(text)},
            "query": lambda text: {"query": self._fields(text)},
            "header": lambda text: {"header": self._fields(text)},
            "cookie": lambda text: {"cookie": self._fields(text)},
            "body": lambda text: {"body": read_content(text, self._repair, self.known)},
        }
        self._parts.update(readers[name](text))

    def _read_response(self, status: str, text: str) -> None:
        is_error = status[0] in "45d"

        def read() -> None:
            response = (
                read_error(status, text, self._repair) if is_error else read_success(status, text, self._repair, self.known)
            )
            self._parts["responses"] = (*self._parts.get("responses", ()), response)

        self._once("response", status, read)

    def _read_component(self, name: str, text: str) -> None:
        def read() -> None:
            component = Component(name, self._type(text))
            self._parts["components"] = (*self._parts.get("components", ()), component)

        self._once("component", name, read)

    def _read_second_route(self, line: str) -> None:
        route = read_route(line, lambda _: None)
        if (route.method, route.path) != (self._parts["method"], self._parts["path"]):
            if not self._parts.get("responses"):
                raise Unreadable(f"one operation, found a second one: {route.method} {route.path}")
            self._prose_ended = True
        self._repair("dropped a second first line")

    def _read_other(self, line: str) -> None:
        """A line that is no statement: surplus brackets and closing words are dropped, anything else is an error."""
        if not line.strip("{}[]()., \t"):
            return self._repair(f"dropped {line!r}")
        if self._parts.get("responses") and not re.match(r"^\w+\??\s*[:=]", line):
            self._prose_ended = True
            return self._repair("dropped text after the sketch")
        raise Unreadable(f"summary, auth, query, body, a status code, Name = {{…}} or the like, found {line[:40]!r}")

    def _once(self, rank: str, key: str, read: Callable[[], None]) -> None:
        """Read a statement unless there was one of the same key: the first wins."""
        if (rank, key) in self._seen:
            self._repair(f"dropped a second {key!r}")
            return
        read()
        self._seen.add((rank, key))
        self.rank = max(self.rank, RANKS.index(rank))

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _type(self, text: str) -> Type:
        reader = TypeReader(text, repair=self._repair, known=self.known)
        kind = reader.read_type()
        reader.end()
        return kind

    def _fields(self, text: str) -> tuple[Field, ...]:
        if text in ("", "-", "none"):
            return ()
        if text.startswith("["):
            self._repair("read [ … ] as { … }")
            text = text[1:].rstrip("] ,")
        reader = TypeReader(text if text.startswith("{") else "{" + text + "}", repair=self._repair, known=self.known)
        fields = reader.read_fields()
        reader.end()
        return fields

    def _path_fields(self, text: str) -> tuple[Field, ...]:
        """The declared types of path parameters; names that the path does not have are dropped."""
        names = parameter_names(self._parts["path"])
        fields = self._fields(text)
        for extra in fields:
            if extra.name not in names:
                self._repair(f"dropped the path parameter {extra.name!r}, which the path does not have")
        return tuple(each for each in fields if each.name in names)


_KEYED = re.compile(
    rf"^(?:(?:{'|'.join(_KEYWORDS)})\??\s*:|(?:response\s+)?(?:[1-5](?:\d\d|xx)|default)\b[^:{{}}]*:"
    r"|(?:type\s+|interface\s+)?[A-Z][\w.-]*\s*(?:=|:\s*\{|\{))",
    re.IGNORECASE,
)
_TEXTUAL = re.compile(
    r"^\s*(?:(?:summary|title|description|desc|id|operationid|tags?|deprecated|auth|security)\??\s*:"
    r"|(?:response\s+)?(?:[45](?:\d\d|xx)|default)\b[^:{}]*:(?!\s*\{))",
    re.IGNORECASE,
)
"""Lines of words for people, in which brackets mean nothing."""
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|\(\s*/(?:[^/\\\n]|\\.|/(?!\s*\)))*/\s*\)')


def _depth(text: str) -> int:
    """How many brackets are open at the end of `text`, strings and patterns left out."""
    bare = _QUOTED.sub("", text)
    return sum(bare.count(opener) for opener in "{[(") - sum(bare.count(closer) for closer in "}])")


def _without_last_element(line: str) -> str:
    """`line` up to its last comma or bar; empty where there is none."""
    return line[: max(line.rfind(","), line.rfind("|"), 0)]


def _status(text: str) -> str:
    return text.lower() if text.lower() == "default" else text.upper()
