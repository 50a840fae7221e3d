"""Scriptable HTTP servers on 127.0.0.1, made of plain sockets and threads: every way in which a server can fail.

    with serving(sse(*text_events("Hello"))) as server:
        ...  # ask http://127.0.0.1:PORT, which is server.url
        assert server.requests[0].json["model"] == "m"

A script answers one request on one connection, which is closed after it. The n-th request is answered by the n-th script,
the last script answers all further ones.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Exchange:
    """One request, and the socket to answer it on."""

    request: Received
    connection: socket.socket
    server: Server

    def send(self, data: bytes) -> None:
        """As it is, in a TCP packet of its own where the kernel plays along."""
        self.connection.sendall(data)

    def head(self, status: int = 200, *, kind: str = "application/json", headers: Mapping[str, str] = {}) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", f"content-type: {kind}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def reply(self, status: int, body: bytes, *, kind: str = "application/json", headers: Mapping[str, str] = {}) -> None:
        self.head(status, kind=kind, headers={"content-length": str(len(body)), **headers})
        self.send(body)

    def chunk(self, data: bytes) -> None:
        """One piece of a chunked body."""
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end(self) -> None:
        self.send(b"0\r\n\r\n")

    def stall(self) -> None:
        """Say nothing until the client hangs up, which sets ``server.hung_up``, or the server is closed."""
        while not self.server.closing.is_set():
            if select.select([self.connection], [], [], 0.02)[0]:
                with suppress(OSError):
                    if self.connection.recv(4096):
                        continue
                self.server.hung_up.set()
                return

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Script = Callable[[Exchange], None]


@dataclass
class Server:
    """A running server. asked is set by the first request, hung_up is set when a client goes away before its answer
    has ended."""

    url: str
    port: int
    asked: threading.Event = field(default_factory=threading.Event)
    requests: list[Received] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(*scripts: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that answers with `scripts`, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = Server(f"{'https' if tls else 'http'}://127.0.0.1:{port}", port)
        listener.settimeout(0.02)
        threads = [threading.Thread(target=_accept, args=(listener, server, scripts, tls), daemon=True)]
        threads[0].start()
        try:
            yield server
        finally:
            server.closing.set()
            threads[0].join(5)


def _accept(listener: socket.socket, server: Server, scripts: Sequence[Script], tls: ssl.SSLContext | None) -> None:
    turn = threading.Lock()
    while not server.closing.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        threading.Thread(target=_serve, args=(connection, server, scripts, tls, turn), daemon=True).start()


def _serve(
    connection: socket.socket, server: Server, scripts: Sequence[Script], tls: ssl.SSLContext | None, turn: threading.Lock
) -> None:
    with suppress(OSError):
        connection.settimeout(10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            request = _received(connection)
            if request is None:
                return
            with turn:
                script = scripts[min(len(server.requests), len(scripts) - 1)]
                server.requests.append(request)
            server.asked.set()
            try:
                script(Exchange(request, connection, server))
            except OSError:  # it went while something was sent to it
                server.hung_up.set()


def _received(connection: socket.socket) -> Received | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
        if data.startswith(b"\x16"):  # a TLS handshake
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Received(method, path, headers, body)


# Ways to answer


def status(code: int, body: Any = None, *, headers: Mapping[str, str] = {}) -> Script:
    """A whole response; a body that is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return lambda exchange: exchange.reply(code, data, headers=headers)


def refusal(status_code: int, message: str, /, *, headers: Mapping[str, str] = {}, **fields: Any) -> Script:
    """OpenAI's shape of an error."""
    return status(status_code, {"error": {"message": message, **fields}}, headers=headers)


def too_many_requests(retry_after: str = "1") -> Script:
    return refusal(429, "Rate limit reached", headers={"retry-after": retry_after}, code="rate_limit_exceeded")


def page(html: str = "<!doctype html><title>Sign in</title>", *, code: int = 200) -> Script:
    return lambda exchange: exchange.reply(code, html.encode(), kind="text/html")


def garbage(data: bytes = b"\x00\xff not JSON, not at all \xfe") -> Script:
    return lambda exchange: exchange.reply(200, data)


def stalled_before_headers() -> Script:
    return lambda exchange: exchange.stall()


def streamed(pieces: Sequence[bytes], *, kind: str = "text/event-stream", then: str = "end", pause: float = 0) -> Script:
    """A chunked body of `pieces`. then: "end" ends it properly, "stall" says no more, "cut" closes without an end,
    "reset" resets the connection."""

    def answer(exchange: Exchange) -> None:
        exchange.head(kind=kind, headers={"transfer-encoding": "chunked"})
        for piece in pieces:
            exchange.chunk(piece)
            exchange.server.closing.wait(pause) if pause else None
        {"end": exchange.end, "stall": exchange.stall, "cut": lambda: None, "reset": exchange.reset}[then]()

    return answer


def sse(*events: Any, done: bool = True, then: str = "end", pause: float = 0) -> Script:
    """Server-sent events, each one a JSON value or a str that is sent as it is."""
    payloads = [event if isinstance(event, str) else json.dumps(event) for event in events] + (["[DONE]"] if done else [])
    return streamed([f"data: {payload}\n\n".encode() for payload in payloads], then=then, pause=pause)


def ndjson(*objects: Any, then: str = "end", pause: float = 0) -> Script:
    """Ollama's stream."""
    pieces = [json.dumps(value).encode() + b"\n" for value in objects]
    return streamed(pieces, kind="application/x-ndjson", then=then, pause=pause)


def by_path(routes: Mapping[str, Script]) -> Script:
    """Another script for each path, 404 for every other one."""
    missing = status(404, {"detail": "Not Found"})
    return lambda exchange: routes.get(exchange.request.path, missing)(exchange)


# What is said in them


def delta(text: str | None = None, *, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chat.completion.chunk."""
    content = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": {**content, **more}, "finish_reason": finish}]}


def text_events(*texts: str, usage: tuple[int, int] | None = (7, 3)) -> list[dict[str, Any]]:
    """A whole answer as OpenAI streams it: the role, the texts, the finish, the usage."""
    events = [delta("", role="assistant"), *[delta(text) for text in texts], delta(finish="stop")]
    if usage:
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        events.append({"choices": [], "usage": counts})
    return events


def said(text: str) -> dict[str, Any]:
    """One object of Ollama's stream."""
    return {"model": "m", "message": {"role": "assistant", "content": text}, "done": False}


def done(reason: str = "stop", **counts: int) -> dict[str, Any]:
    """The last object of Ollama's stream."""
    return {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason, **counts}


# Nobody home, and nobody to be trusted


def dead_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def self_signed(folder: Any) -> ssl.SSLContext:
    """A server's TLS context with a fresh certificate for 127.0.0.1 that nobody vouches for; its files go to `folder`."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = folder / "self-signed.pem"
    pem.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
