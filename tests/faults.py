"""The fault server's repertoire: every failure that Photon's classifier knows, played on real sockets in each wire protocol.

A `Case` says what goes wrong and what is expected of Photon; `playing(case, kind)` is a server on 127.0.0.1 that does it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import servers
from servers import Exchange, Script, Server, refusal, serving, sse, status

from photon.errors import ExitCode, Fault

BEGINNING = "POST /login\nsummary: Log in\n"
"""What was said before an answer broke off: good for a sketch, and good for a chat."""

Play = Callable[[str], Script]
"""From the wire protocol ("openai", "ollama", "anthropic") to what the server does."""


@dataclass(frozen=True)
class Case:
    """One fault. asked: how often the target is asked before Photon gives up on it. spoken: whether a part of the answer came
    before it. sketch_only: it is a fault only where a sketch was asked for. kinds: the protocols that can express it.
    """

    name: str
    fault: Fault
    code: ExitCode
    play: Play
    asked: int = 1
    spoken: bool = False
    sketch_only: bool = False
    kinds: tuple[str, ...] = ("openai", "ollama", "anthropic")
    limits: Mapping[str, str] = field(default_factory=dict)
    there: Callable[[Script, Path], Any] | None = None

    def __str__(self) -> str:
        return self.name


@contextmanager
def playing(case: Case, kind: str, folder: Path) -> Iterator[Server]:
    """A server that plays `case`; its certificate, where it needs one, goes to `folder`."""
    with case.there(case.play(kind), folder) if case.there else serving(case.play(kind)) as server:
        yield server


def everywhere(script: Script) -> Play:
    """The same bytes whatever the protocol."""
    return lambda kind: script


# The beginning of an answer in each protocol, and what comes after it


def _pieces(kind: str, text: str) -> list[bytes]:
    match kind:
        case "ollama":
            return [servers.json.dumps(servers.said(text)).encode() + b"\n"]
        case "anthropic":
            return [_event("message_start", message={"usage": {"input_tokens": 7}}), *_said_by_anthropic(text)]
        case _:
            return [b"data: " + servers.json.dumps(event).encode() + b"\n\n" for event in _said_by_openai(text)]


def _said_by_openai(text: str) -> list[dict[str, Any]]:
    return [servers.delta("", role="assistant"), *([servers.delta(text)] if text else [])]


def _said_by_anthropic(text: str) -> list[bytes]:
    if not text:
        return []
    start = _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    return [start, _event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})]


def _event(name: str, **data: Any) -> bytes:
    return f"event: {name}\ndata: {servers.json.dumps({'type': name, **data})}\n\n".encode()


def _stream_kind(kind: str) -> str:
    return "application/x-ndjson" if kind == "ollama" else "text/event-stream"


def talking(text: str, *, then: str, more: Mapping[str, bytes] = {}, pause: float = 0) -> Play:
    """The beginning of an answer, `more` bytes by protocol, and then "cut", "stall", "reset" or "end"."""

    def play(kind: str) -> Script:
        extra = [more[kind]] if kind in more else []
        return servers.streamed([*_pieces(kind, text), *extra], kind=_stream_kind(kind), then=then, pause=pause)

    return play


def whole(text: str) -> Play:
    """A whole answer, of which nothing is wrong but what it says."""

    def play(kind: str) -> Script:
        match kind:
            case "ollama":
                return servers.ndjson(servers.said(text), servers.done())
            case "anthropic":
                end = [
                    _event("content_block_stop", index=0),
                    _event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 3}),
                    _event("message_stop"),
                ]
                return servers.streamed([*_pieces(kind, text), *end])
            case _:
                return sse(*servers.text_events(text))

    return play


def error_event(message: str, **fields: str) -> Mapping[str, bytes]:
    """An error inside the stream, in each protocol."""
    error = {"message": message, **fields}
    return {
        "openai": b"data: " + servers.json.dumps({"error": error}).encode() + b"\n\n",
        "ollama": servers.json.dumps({"error": message}).encode() + b"\n",
        "anthropic": _event("error", error=error),
    }


def dripping(kind: str) -> Script:
    """An answer that never ends, a little at a time."""

    def answer(exchange: Exchange) -> None:
        exchange.head(kind=_stream_kind(kind), headers={"transfer-encoding": "chunked"})
        first, *_ = [b"".join(_pieces(kind, "POST /login\nsummary: ")), b""]
        exchange.chunk(first)
        while not exchange.server.closing.wait(0.05):
            exchange.chunk(_pieces(kind, "a")[-1])

    return answer


# Where there is nobody, or nobody to be trusted


@contextmanager
def nobody(_: Script, __: Path) -> Iterator[Server]:
    port = servers.dead_port()
    yield Server(f"http://127.0.0.1:{port}", port)


@contextmanager
def nowhere(_: Script, __: Path) -> Iterator[Server]:
    yield Server("https://nowhere.invalid:1", 1)


@contextmanager
def a_stranger(script: Script, folder: Path) -> Iterator[Server]:
    with serving(script, tls=servers.self_signed(folder)) as server:
        yield server


@contextmanager
def no_tls(script: Script, _: Path) -> Iterator[Server]:
    with serving(script) as server:
        yield replace(server, url=server.url.replace("http://", "https://"))


@contextmanager
def a_full_backlog(_: Script, __: Path) -> Iterator[Server]:
    """A port that takes no further connection and does not refuse it either."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        try:
            yield Server(f"http://127.0.0.1:{address[1]}", address[1])
        finally:
            for each in waiting:
                each.close()


def _hang_up(exchange: Exchange) -> None:
    exchange.connection.close()


def _short_body(exchange: Exchange) -> None:
    exchange.head(headers={"content-length": "1000"})
    exchange.send(b'{"choices": [')


def _bad_chunks(exchange: Exchange) -> None:
    exchange.head(kind="text/event-stream", headers={"transfer-encoding": "chunked"})
    exchange.send(b"what is this\r\n")


def _bad_gzip(exchange: Exchange) -> None:
    body = b"this is not gzip"
    exchange.head(headers={"content-encoding": "gzip", "content-length": str(len(body))})
    exchange.send(body)


def _no_http(exchange: Exchange) -> None:
    exchange.send(b"SSH-2.0-OpenSSH_9.9\r\n")


def _too_long(kind: str) -> Script:
    match kind:
        case "ollama":
            return status(400, {"error": "request (9000 tokens) exceeds the available context size (8192 tokens)"})
        case "anthropic":
            return refusal(400, "prompt is too long: 212345 tokens > 200000 maximum", type="invalid_request_error")
    message = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
    return refusal(400, message, code="context_length_exceeded")


def _in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


_USAGE, _CREDENTIALS, _UNREACHABLE = ExitCode.USAGE, ExitCode.CREDENTIALS, ExitCode.UNREACHABLE
_LIMITED, _NO_MODEL, _UNREADABLE = ExitCode.RATE_LIMITED, ExitCode.MODEL_NOT_FOUND, ExitCode.UNREADABLE_ANSWER
_FIRST = {"PHOTON_AI_TIMEOUTS_FIRST_TOKEN": "0.25"}
_IDLE = {"PHOTON_AI_TIMEOUTS_IDLE": "0.25"}
_PATIENT = {"PHOTON_AI_RETRY_MAX_WAIT": "1"}


def _status(name: str, fault: Fault, code: ExitCode, script: Script, **more: Any) -> Case:
    return Case(name, fault, code, everywhere(script), **more)


CASES: tuple[Case, ...] = (
    # no connection
    _status("nobody listens", Fault.REFUSED, _UNREACHABLE, status(200), there=nobody, asked=0),
    _status("no such host", Fault.NO_HOST, _UNREACHABLE, status(200), there=nowhere, asked=0),
    _status("an unknown certificate", Fault.CERTIFICATE, _UNREACHABLE, status(200), there=a_stranger, asked=0),
    _status("no TLS where https is asked for", Fault.TLS, _UNREACHABLE, status(200), there=no_tls, asked=0),
    _status(
        "no connection in time",
        Fault.CONNECT_TIMEOUT,
        _UNREACHABLE,
        status(200),
        there=a_full_backlog,
        asked=0,
        limits={"PHOTON_AI_TIMEOUTS_CONNECT": "0.25"},
    ),
    _status("hangs up", Fault.RESET, _UNREACHABLE, _hang_up, asked=2),
    _status("a reset before the answer", Fault.RESET, _UNREACHABLE, Exchange.reset, asked=2),
    _status("not HTTP at all", Fault.RESET, _UNREACHABLE, _no_http, asked=2),
    # silence
    _status("silence", Fault.FIRST_TOKEN_TIMEOUT, _UNREACHABLE, servers.stalled_before_headers(), limits=_FIRST),
    Case("silence after the headers", Fault.FIRST_TOKEN_TIMEOUT, _UNREACHABLE, talking("", then="stall"), limits=_FIRST),
    Case(
        "pings and no word",
        Fault.FIRST_TOKEN_TIMEOUT,
        _UNREACHABLE,
        lambda kind: servers.streamed([b": ping\n\n"] * 100, pause=0.02),
        kinds=("openai", "anthropic"),
        limits=_FIRST,
    ),
    Case("silence in mid-word", Fault.STALLED, _UNREACHABLE, talking(BEGINNING, then="stall"), spoken=True, limits=_IDLE),
    Case(
        "an answer without end",
        Fault.TOTAL_TIMEOUT,
        _UNREACHABLE,
        dripping,
        spoken=True,
        limits={"PHOTON_AI_TIMEOUTS_TOTAL": "0.4"},
    ),
    # refusals
    _status("400", Fault.BAD_REQUEST, _USAGE, refusal(400, "No such thing")),
    _status("400 by content policy", Fault.FILTERED, _USAGE, refusal(400, "Not that", code="content_filter")),
    Case("400, the prompt is too long", Fault.CONTEXT, _USAGE, _too_long),
    _status("401", Fault.UNAUTHORIZED, _CREDENTIALS, refusal(401, "Incorrect API key")),
    _status("402", Fault.QUOTA, _LIMITED, refusal(402, "Insufficient balance")),
    _status("403", Fault.FORBIDDEN, _CREDENTIALS, refusal(403, "Not in your country")),
    _status("404 about the model", Fault.NO_MODEL, _NO_MODEL, refusal(404, "model 'm' not found")),
    _status("404 about the route", Fault.NO_ROUTE, _UNREACHABLE, servers.page("<h1>Not Found</h1>", code=404)),
    _status("405", Fault.NO_ROUTE, _UNREACHABLE, status(405, {"detail": "Method Not Allowed"})),
    _status("a redirect", Fault.NO_ROUTE, _UNREACHABLE, status(302, b"", headers={"location": "https://login.example/"})),
    _status("408", Fault.REQUEST_TIMEOUT, _UNREACHABLE, refusal(408, "Too slow"), asked=2),
    _status("409", Fault.CONFLICT, _UNREACHABLE, refusal(409, "Busy with another"), asked=2),
    _status("413", Fault.TOO_LARGE, _USAGE, refusal(413, "Too large")),
    _status("422", Fault.BAD_REQUEST, _USAGE, status(422, {"detail": [{"loc": ["body", "messages"], "msg": "bad"}]})),
    _status("429", Fault.RATE_LIMIT, _LIMITED, refusal(429, "Slow down"), asked=2),
    _status("429 with seconds", Fault.RATE_LIMIT, _LIMITED, servers.too_many_requests("0.2"), asked=2, limits=_PATIENT),
    _status("429 for an hour", Fault.RATE_LIMIT, _LIMITED, servers.too_many_requests("3600")),
    _status("429 until a date", Fault.RATE_LIMIT, _LIMITED, servers.too_many_requests(_in_an_hour())),
    _status(
        "429 with milliseconds", Fault.RATE_LIMIT, _LIMITED, refusal(429, "Slow", headers={"retry-after-ms": "90"}), asked=2
    ),
    _status("429 without credit", Fault.QUOTA, _LIMITED, refusal(429, "Pay", code="insufficient_quota")),
    _status("500", Fault.SERVER_ERROR, _UNREACHABLE, refusal(500, "boom"), asked=2),
    _status("502 with a page", Fault.SERVER_ERROR, _UNREACHABLE, servers.page("<h1>Bad Gateway</h1>", code=502), asked=2),
    _status("503", Fault.SERVER_ERROR, _UNREACHABLE, refusal(503, "Starting"), asked=2),
    _status("503 for an hour", Fault.SERVER_ERROR, _UNREACHABLE, refusal(503, "Later", headers={"retry-after": "3600"})),
    _status("504", Fault.SERVER_ERROR, _UNREACHABLE, status(504, b""), asked=2),
    _status("529", Fault.SERVER_ERROR, _UNREACHABLE, refusal(529, "Overloaded", type="overloaded_error"), asked=2),
    # what is no answer
    _status("a login page", Fault.UNREADABLE_BODY, _UNREACHABLE, servers.page()),
    _status("garbage", Fault.UNREADABLE_BODY, _UNREACHABLE, servers.garbage()),
    _status("another service's JSON", Fault.UNREADABLE_BODY, _UNREACHABLE, status(200, {"status": "ok"})),
    _status("a body of nothing", Fault.STREAM_CUT, _UNREACHABLE, status(200, b""), asked=2),
    _status("broken compression", Fault.STREAM_CUT, _UNREACHABLE, _bad_gzip, asked=2),
    _status("less than it announced", Fault.STREAM_CUT, _UNREACHABLE, _short_body, asked=2),
    _status("broken chunks", Fault.STREAM_CUT, _UNREACHABLE, _bad_chunks, asked=2),
    Case(
        "an event that is no JSON",
        Fault.UNREADABLE_BODY,
        _UNREACHABLE,
        talking("", then="end", more={"openai": b"data: {what\n\n", "ollama": b"{what\n", "anthropic": b"data: {what\n\n"}),
    ),
    # a broken answer
    Case("cut before the first word", Fault.STREAM_CUT, _UNREACHABLE, talking("", then="cut"), asked=2),
    Case("ended before the first word", Fault.STREAM_CUT, _UNREACHABLE, talking("", then="end"), asked=2),
    Case("cut in mid-word", Fault.STREAM_CUT, _UNREACHABLE, talking(BEGINNING, then="cut"), spoken=True),
    Case("ended in mid-word", Fault.STREAM_CUT, _UNREACHABLE, talking(BEGINNING, then="end"), spoken=True),
    Case("a reset in mid-word", Fault.STREAM_CUT, _UNREACHABLE, talking(BEGINNING, then="reset"), spoken=True),
    Case(
        "an error before the first word",
        Fault.SERVER_ERROR,
        _UNREACHABLE,
        talking("", then="end", more=error_event("engine died", type="api_error")),
        asked=2,
    ),
    Case(
        "an error in mid-word",
        Fault.SERVER_ERROR,
        _UNREACHABLE,
        talking(BEGINNING, then="end", more=error_event("engine died", type="api_error")),
        spoken=True,
    ),
    Case(
        "a rate limit in mid-word",
        Fault.RATE_LIMIT,
        _LIMITED,
        talking(BEGINNING, then="end", more=error_event("slow down", type="rate_limit_error")),
        spoken=True,
        kinds=("openai", "anthropic"),
    ),
    Case(
        "garbage in mid-word",
        Fault.UNREADABLE_BODY,
        _UNREACHABLE,
        talking(
            BEGINNING,
            then="end",
            more={"openai": b"data: <html>\n\n", "ollama": b"<html>\n", "anthropic": b"data: <html>\n\n"},
        ),
        spoken=True,
    ),
    # an answer to something else
    Case("small talk", Fault.UNREADABLE_ANSWER, _UNREADABLE, whole("I would love to help!"), asked=2, sketch_only=True),
    Case("an empty answer", Fault.UNREADABLE_ANSWER, _UNREADABLE, whole(""), asked=2, sketch_only=True),
)
