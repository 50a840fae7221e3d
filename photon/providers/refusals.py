"""What a server says when it says no, read from the shapes in use, and the error of our tree that it means.

Shapes: OpenAI ``{"error": {"message", "type", "code", "param"}}``, Anthropic the same with the type alone, Ollama
``{"error": "text"}``, FastAPI ``{"detail": ...}`` with a text or pydantic's list, older vLLM ``{"message", "type", "code"}``,
llama-server with ``n_prompt_tokens`` and ``n_ctx``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from photon.errors import (
    ContextExceeded,
    CredentialsError,
    Fault,
    ModelNotFound,
    PhotonError,
    ProviderUnreachable,
    RateLimited,
    UsageError,
)
from photon.providers.endpoint import Endpoint
from photon.settings.redaction import redacted

_STATUS_OF_KIND = {
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "billing_error": 402,
    "request_too_large": 413,
    "timeout_error": 504,
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
}
"""For errors inside a stream, which have no status line of their own."""

_ROOM = re.compile(r"(?:context (?:length|size|window)[^\d]{0,40}|configured limit of )(\d+)", re.IGNORECASE)
_PROMPT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(\d+) in (?:the|your) (?:messages|prompt)",
        r"(\d+) of text input",
        r"resulted in (\d+) tokens",
        r"(\d+) input tokens",
        r"request \((\d+) tokens\)",
        r"keep the first (\d+) tokens",
        r"requested (?:about )?(\d+) tokens",
    )
)
"""The most exact statement first: what was 'requested' counts the answer's share too."""

_TOO_LONG = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(\d+) tokens > (\d+) maximum",
        r"contains (\d+) tokens\b.{0,60}too large for model with (\d+) maximum context",
        r"input token count \((\d+)\) exceeds the maximum number of tokens allowed \((\d+)\)",
        r"current length is (\d+) while limit is (\d+)",
    )
)
"""A prompt that is too long by itself, in the words of Anthropic, Mistral, Gemini and Cerebras."""

_TOO_LONG_TOGETHER = re.compile(r"exceed context limit: (\d+) \+ (\d+) > (\d+)", re.IGNORECASE)
"""Anthropic's words for one that is too long together with max_tokens."""

_TOO_LONG_CODES = ("context_length_exceeded", "exceed_context_size_error")
_TOO_LONG_WORDS = re.compile(
    r"context_length_exceeded|ContextWindowExceeded"
    r"|exceed(?:s|ed)? (?:the |its |this )?(?:model'?s? )?(?:max(?:imum)? |available )?context (?:length|size|window)"
    r"|maximum context length|prompt (?:is )?too long|context the overflows"
    r"|exceeds? the (?:configured limit of \d+ tokens|maximum number of tokens allowed)"
    r"|reduce the length of the (?:messages|prompt|input)",
    re.IGNORECASE,
)
"""Servers that say so without both numbers: OpenAI, Groq, Gemini, LM Studio, llama-server, Ollama, LiteLLM."""

_TOO_LONG_STATUS = (400, 413, 422)

_MOST_TOKENS = 2**53
"""No honest count is near it."""

_INVALID_KEY = re.compile(r"API key not valid|API key expired|API_KEY_INVALID", re.IGNORECASE)
"""Gemini says so with 400."""

_SPENT = re.compile(r"credit balance is too low|specified API usage limits", re.IGNORECASE)
"""Anthropic says so with 400; 402 and OpenAI's insufficient_quota need no words."""

_SHORTEN = "shorten the prompt, lower ai.max_tokens, or choose a model with a longer context (photon ai models)"

_POLICY = re.compile(r"content filtering policy", re.IGNORECASE)

_COMPLETION = re.compile(r"(\d+) (?:in|for) the (?:completion|output)|\((\d+) > \d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal. message: one harmless line without secrets. retry_after in seconds, None where not said.

    context: prompt tokens and the room for them, where the server said both. too_long: it said that the prompt is too long
    for the model, with both numbers or without. location: where a redirect points.
    """

    status: int
    message: str = ""
    code: str = ""
    kind: str = ""
    param: str = ""
    retry_after: float | None = None
    context: tuple[int, int] | None = None
    too_long: bool = False
    location: str = ""

    @classmethod
    def read(cls, status: int, body: object, headers: Mapping[str, str], *, secret: str | None = None) -> Refusal:
        """From a response; `body` is bytes, text or what JSON made of it. `secret` is masked wherever it is echoed."""
        body = _parsed(body)
        if isinstance(body, list) and len(body) == 1:  # Gemini's errors
            body = body[0]
        error = body.get("error", body) if isinstance(body, Mapping) else body
        fields: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
        message = without_secrets(one_line(_message(error), limit=300), secret)
        code, kind = str(fields.get("code") or ""), str(fields.get("type") or "")
        words = one_line(_message(error), limit=2000)
        context = _context(fields, words) if status in _TOO_LONG_STATUS else None
        said = code in _TOO_LONG_CODES or kind in _TOO_LONG_CODES or _TOO_LONG_WORDS.search(words) is not None
        return cls(
            status=status,
            message=message,
            code=code,
            kind=kind,
            param=str(fields.get("param") or _rejected_field(fields.get("detail"))),
            retry_after=retry_after(headers),
            context=context,
            too_long=context is not None or (said and status in _TOO_LONG_STATUS),
            location=without_secrets(one_line(headers.get("location", ""), limit=100), secret),
        )

    @classmethod
    def mid_stream(cls, error: object, *, secret: str | None = None) -> Refusal:
        """From the value of ``error`` in an event; a status is made from its code or type, 500 where neither says.

        A prompt that is too long is one whatever the code.
        """
        if (long := cls.read(400, {"error": error}, {}, secret=secret)).too_long:
            return long
        refusal = cls.read(500, {"error": error}, {}, secret=secret)
        said = int(refusal.code) if re.fullmatch(r"[45][0-9]{2}", refusal.code) else 0
        status = said or _STATUS_OF_KIND.get(refusal.code) or _STATUS_OF_KIND.get(refusal.kind) or 500
        return cls.read(status, {"error": error}, {}, secret=secret)

    @property
    def about_model(self) -> bool:
        """It refuses the model that was asked for: not the route, and not the person."""
        return self.code == "model_not_found" or (self.status == 404 and "model" in self.message.lower())

    @property
    def about_route(self) -> bool:
        """The server knows no such address."""
        return self.status in (404, 405) and not self.about_model

    @property
    def _spent(self) -> bool:
        return self.status == 400 and _SPENT.search(self.message) is not None

    @property
    def _invalid_key(self) -> bool:
        return self.status == 400 and _INVALID_KEY.search(self.message) is not None

    def error(self, endpoint: Endpoint, model: str, *, pull: str = "") -> PhotonError:
        """The error of our tree. `pull` is the command that gets a missing model, where the provider has one."""
        who, said = endpoint.provider, f": {self.message}" if self.message else ""
        if self.too_long:
            return self._too_long(one_line(model, limit=100), who, said)
        if self.about_model:
            hint = pull or f"photon ai models --provider {endpoint.provider}"
            return ModelNotFound(f"{who} has no model '{one_line(model, limit=100)}'{said}", hint=hint)
        if self.status in (401, 403) or self._invalid_key:
            hint = f"photon ai keys set {endpoint.key or endpoint.provider}"
            fault = Fault.FORBIDDEN if self.status == 403 else Fault.UNAUTHORIZED
            return CredentialsError(f"{who} refused access ({self.status}){said}", hint=hint, fault=fault)
        if self.status in (402, 429) or self._spent:
            return self._rate_limited(who, said)
        if 400 <= self.status < 500 and self.status not in (408, 409) and not self.about_route:
            return self._refused(who, said)
        return self._unreachable(who, said)

    def _too_long(self, model: str, who: str, said: str) -> UsageError:
        if self.context is None:
            return UsageError(f"the prompt is too long for {model} at {who}{said}", hint=_SHORTEN, fault=Fault.CONTEXT)
        tokens, room = self.context
        return ContextExceeded(model, prompt_tokens=tokens, context_length=room, hint=_SHORTEN)

    def _refused(self, who: str, said: str) -> UsageError:
        if self.status == 413:
            hint = "shorten the prompt"
            return UsageError(f"{who} says that the request is too large (413){said}", hint=hint, fault=Fault.TOO_LARGE)
        if "content_filter" in (self.code, self.kind) or "content_policy" in self.code or _POLICY.search(self.message):
            return UsageError(f"{who} does not answer this by its content policy{said}", fault=Fault.FILTERED)
        return UsageError(f"{who} refused the request ({self.status}){said}", fault=Fault.BAD_REQUEST)

    def _unreachable(self, who: str, said: str) -> ProviderUnreachable:
        if self.about_route or self.status < 400:
            where = f" and points to {self.location}" if self.location else ""
            hint = f"check the url of '{who}' (photon ai config explain)"
            return ProviderUnreachable(
                f"{who} has no such API at its url ({self.status}){where}", hint=hint, fault=Fault.NO_ROUTE
            )
        return ProviderUnreachable(
            f"{who} answered with an error ({self.status}){said}",
            hint="try again later, or use --provider local",
            fault={408: Fault.REQUEST_TIMEOUT, 409: Fault.CONFLICT}.get(self.status, Fault.SERVER_ERROR),
            retry_after=self.retry_after,
        )

    def _rate_limited(self, who: str, said: str) -> RateLimited:
        quota = self.status == 402 or "insufficient_quota" in (self.code, self.kind) or self._spent
        what = "says that the quota is used up" if quota else "says that there were too many requests"
        wait = "a little" if self.retry_after is None else f"{self.retry_after:.0f} s"
        fault = Fault.QUOTA if quota else Fault.RATE_LIMIT
        hint = f"{'add credit to the account' if quota else f'wait {wait}'}, or use --provider local"
        return RateLimited(f"{who} {what} ({self.status}){said}", hint=hint, retry_after=self.retry_after, fault=fault)


def one_line(text: str, *, limit: int = 300) -> str:
    """`text` of an untrusted server as one line without control and invisible characters, at most `limit` characters."""
    visible = "".join(character if character.isprintable() else " " for character in text[: limit * 4])
    line = " ".join(visible.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def without_secrets(text: str, secret: str | None) -> str:
    """`text` with everything that looks like a key masked: the key, its first letters with more after them, and what
    `photon.settings.redaction` knows of.
    """
    if secret:
        text = text.replace(secret, "[key]")
    words = (("[key]" if _looks_secret(word, secret) else word) for word in text.split(" "))
    return redacted(" ".join(words))


def _looks_secret(word: str, secret: str | None) -> bool:
    bare = word.strip("\"'`.,:;()[]{}<>")
    begins = bool(secret) and len(bare) >= 8 and bare.startswith((secret or "")[:6])
    return begins or "***" in bare or bool(re.search(r"\bsk-[\w*.-]{4,}", bare))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``retry-after-ms`` or ``Retry-After`` (RFC 9110 10.2.3: seconds or a date); never negative."""
    milliseconds, value = headers.get("retry-after-ms", ""), headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,12}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _parsed(body: object) -> object:
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _message(error: object) -> str:
    """The sentence in whatever the server sent; nothing for a web page, which says nothing to people in a terminal."""
    if isinstance(error, str):
        return "" if error.lstrip().startswith("<") else error
    if not isinstance(error, Mapping):
        return ""
    for key in ("message", "msg", "detail", "error"):
        if isinstance(error.get(key), str):
            return str(error[key])
    detail = error.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping):
        return f"{_rejected_field(detail)}: {detail[0].get('msg', '')}"
    return ""


def _rejected_field(detail: object) -> str:
    """The field that pydantic names in ``loc``: ["body", "stream_options"] is "stream_options"."""
    if not (isinstance(detail, list) and detail and isinstance(detail[0], Mapping)):
        return ""
    loc = detail[0].get("loc")
    return str(loc[1]) if isinstance(loc, list) and len(loc) > 1 else ""


def _context(fields: Mapping[str, Any], message: str) -> tuple[int, int] | None:
    """Prompt tokens and the room for a prompt, unless they are no honest counts."""
    found = _stated(fields, re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", message))
    return found if found and all(0 <= count < _MOST_TOKENS for count in found) else None


def _stated(fields: Mapping[str, Any], message: str) -> tuple[int, int] | None:
    """Where the answer's share is what is too large, the room is what it leaves."""
    prompt, room = fields.get("n_prompt_tokens"), fields.get("n_ctx")
    if type(prompt) is int and type(room) is int:
        return prompt, room
    if too_long := next(filter(None, (pattern.search(message) for pattern in _TOO_LONG)), None):
        return int(too_long[1]), int(too_long[2])
    if together := _TOO_LONG_TOGETHER.search(message):
        tokens, answer_tokens, room = map(int, together.groups())
        return tokens, max(0, room - answer_tokens) if tokens <= room else room
    stated = next(filter(None, (pattern.search(message) for pattern in _PROMPT)), None)
    length = _ROOM.search(message)
    if not (stated and length):
        return None
    tokens, room, answer = _number(stated), _number(length), _COMPLETION.search(message)
    if answer and tokens <= room:
        room = max(0, room - _number(answer))
    return (tokens, room) if tokens > room else None


def _number(match: re.Match[str]) -> int:
    return next(int(group) for group in match.groups() if group)
