"""What would be sent to one target, to the letter, and nothing sent.

The request is made by the provider that would make it, over a transport that writes it down instead of sending it: there is
no second description of a protocol that could differ from the first.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from photon.chat import Origin, Provider, Request
from photon.errors import CredentialsError, PhotonError
from photon.providers.endpoint import Endpoint
from photon.providers.token_estimate import about_prompt_tokens
from photon.settings.keys.rules import masked, variable
from photon.settings.redaction import redacted
from photon.settings.schema import AI, PROVIDER_KINDS

if TYPE_CHECKING:
    from photon.settings.keys import Key

STAND_IN: Final = "the-key-is-not-fetched-for-a-draft"
"""Stands where the key would. The key itself is not fetched: that may run a command, or ask for a password."""

_SCHEMES: Final = ("bearer", "token")
_SECRET_NAME: Final = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)
_PUBLIC: Final = ("accept", "content-type", "user-agent", "http-referer", "x-title", "anthropic-beta", "openai-organization")
"""Headers that hold no secret also where the user set them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request as `origin` would get it.

    method, url: empty where no server is asked. headers: secrets are masked. body: the JSON that goes over the wire, or what
    the model in this process is given: the prompt as one text, and the parameters. prompt_tokens: counted by the model's
    own tokenizer where `counted`, else about. note: why it could not be sent, or what is not known of it; one line.
    """

    origin: Origin
    kind: str
    cloud: bool = False
    method: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    prompt_tokens: int = 0
    counted: bool = False
    note: str = ""


async def draft(endpoint: Endpoint, request: Request, ai: AI, environ: Mapping[str, str] = os.environ) -> Draft:
    """What `endpoint` would be sent for `request`, which is addressed to it already. Nobody is asked, no key is fetched, and
    of a local model only the vocabulary is read. Raises nothing of our tree: what is wrong stands in the note.
    """
    about = about_prompt_tokens(request.messages)
    unsent = Draft(origin=endpoint.origin, kind=endpoint.kind, cloud=endpoint.cloud, prompt_tokens=about)
    try:
        match endpoint.kind:
            case "local":
                return _local(unsent, request, ai)
            case "fake":
                return replace(unsent, body=_plain(request), note="answers from a script, in this process")
            case kind if kind in PROVIDER_KINDS:
                return await _written_down(unsent, endpoint, request, ai, environ)
    except PhotonError as error:
        return replace(unsent, url=_without_user(endpoint.url), note=error.message.partition("\n")[0])
    return replace(unsent, url=_without_user(endpoint.url), body=_plain(request), note=_PLUG_IN)


_PLUG_IN: Final = "what goes over the wire only its plug-in knows, which is given this"


async def _written_down(unsent: Draft, endpoint: Endpoint, request: Request, ai: AI, environ: Mapping[str, str]) -> Draft:
    from photon.providers.consent import needs_key
    from photon.providers.registry import check_key, provider_for

    key = _foreseen_key(endpoint, ai, environ)
    secret = STAND_IN if key or needs_key(endpoint) else None
    sent, body = await _caught(provider_for(endpoint, ai, secret=secret, transport=(pencil := _Pencil())), request, pencil)
    written = replace(
        unsent,
        method=sent.method,
        url=_without_user(str(sent.url)),
        headers={name: _masked(name, value, endpoint, key, environ) for name, value in sent.headers.items()},
        body=json.loads(body),
    )
    try:
        check_key(endpoint, ai, key)
    except CredentialsError as error:
        return replace(written, note=error.message)
    return written


async def _caught(provider: Provider, request: Request, pencil: _Pencil) -> tuple[Any, bytes]:
    """The first request that `provider` makes to answer `request`, and its body."""
    try:
        with suppress(_WrittenDown):
            async with aclosing(provider.stream(request)) as chunks:
                async for _ in chunks:
                    pass
    finally:
        await provider.close()
    if pencil.request is None:
        raise PhotonError("the provider would send nothing")
    return pencil.request, pencil.body


def _foreseen_key(endpoint: Endpoint, ai: AI, environ: Mapping[str, str]) -> Key | None:
    """The key that would be sent, without its secret."""
    from photon.settings.keys import Key, key_source
    from photon.settings.keys.command import key_command_of

    command = key_command_of(ai, endpoint.provider)
    source = key_source(endpoint.key, environ, command=command) if endpoint.key else ""
    return Key(endpoint.key, STAND_IN, source) if source else None


def _masked(name: str, value: str, endpoint: Endpoint, key: Key | None, environ: Mapping[str, str]) -> str:
    """A header's value as it may be shown."""
    if STAND_IN in value:
        return value.replace(STAND_IN, _key_shown(key, environ))
    own = name.lower() in map(str.lower, endpoint.headers)
    if name.lower() in _PUBLIC or not (own or _SECRET_NAME.search(name)):
        return redacted(value)
    scheme, space, secret = value.partition(" ")
    if scheme.lower() == "basic":  # its last characters are those of the password, encoded
        return f"{scheme} …"
    if scheme.lower() in _SCHEMES and space and " " not in secret:
        return f"{scheme} {masked(secret)}"
    return masked(value)


def _key_shown(key: Key | None, environ: Mapping[str, str]) -> str:
    if key is None:
        return "(no key)"
    if secret := environ.get(variable(key.name), "").strip():
        return masked(secret)
    return f"(from the {key.source})"


def _without_user(url: str) -> str:
    """`url` without the user and password that may stand in it; they are sent as a header."""
    parts = urlsplit(url)
    return redacted(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


def _local(unsent: Draft, request: Request, ai: AI) -> Draft:
    from photon.providers.llama.cores import physical_cores
    from photon.providers.llama.library import library
    from photon.providers.llama.loading import free, read_vocabulary
    from photon.providers.llama.tokenizer import Tokenizer
    from photon.providers.local import weights_of

    weights = weights_of(request.model)
    llama = library()
    model = read_vocabulary(llama, weights)
    try:
        tokenizer = Tokenizer(llama, model, weights)
        tokens, text = len(tokenizer.prompt(request.messages)), tokenizer.text(request.messages)
    finally:
        free(llama, model, None)
    body = {
        "model": request.model,
        "files": [file.name for file in weights.files],
        "context_length": ai.local.context_length,
        "threads": ai.local.threads or physical_cores(),
        **_shaping(request),
        "prompt": text,
    }
    return replace(unsent, body=body, prompt_tokens=tokens, counted=True)


def _plain(request: Request) -> dict[str, Any]:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    return {"model": request.model, "messages": messages, **_shaping(request)}


def _shaping(request: Request) -> dict[str, Any]:
    """The parameters that are set, and what the answer is held to."""
    given = {name: value for name, value in asdict(request.parameters).items() if value not in (None, ())}
    held = {"grammar": request.grammar, "schema": dict(request.schema) if request.schema else None}
    return given | {name: value for name, value in held.items() if value}


class _WrittenDown(BaseException):
    """The request is complete. No Exception: the providers, and their libraries, make errors of ours of those."""


class _Pencil:
    """A transport for httpx and httpx2 (they differ in their module only) that keeps the request and sends nothing."""

    def __init__(self) -> None:
        self.request: Any = None
        self.body = b""

    async def handle_async_request(self, request: Any) -> Any:
        """Keep `request`, and stop whoever sends it."""
        self.request, self.body = request, await request.aread()
        raise _WrittenDown

    async def aclose(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> _Pencil:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass
