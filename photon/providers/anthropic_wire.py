"""Anthropic's Messages API as bytes: what is sent, and what its events mean. No network here.

Protocol: https://platform.claude.com/docs/en/api/messages, .../build-with-claude/streaming
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from photon.chat import Capabilities, Chunk, FinishReason, Message, Request, Usage
from photon.providers.profiles import ANTHROPIC_URL
from photon.providers.refusals import Refusal
from photon.providers.schema.anthropic import enforceable
from photon.providers.schema.prompt import instructed

VERSION: Final = "2023-06-01"
"""The value of ``anthropic-version``; there is no newer one (2026-11)."""

ANSWER_TOKENS: Final = 4096
"""The longest answer where nobody said: the API wants a limit, and every model allows this one."""

_FINISH: Mapping[str, FinishReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "pause_turn": "length",
    "refusal": "content_filter",
    "tool_use": "tool_calls",
}
"""Everything else (end_turn, stop_sequence, ...) is 'stop'. A paused turn is an answer that has not come to its end."""

# What is sent so that a model answers at once, by the beginning of its id, the first that fits; what it thinks counts as
# max_tokens. Some cannot be told not to think at all, the last ones think only when told to.
# https://platform.claude.com/docs/en/build-with-claude/thinking and the migration guide of each model (2026-11)
_AT_ONCE: Sequence[tuple[tuple[str, ...], Mapping[str, Any]]] = (
    (("claude-sonnet-5-5",), {"thinking": {"type": "between_tools"}}),
    (("claude-opus-5-5", "claude-fable-", "claude-mythos-"), {"output_config": {"effort": "low"}}),
    (("claude-haiku-5", "claude-sonnet-5", "claude-opus-5"), {"thinking": {"type": "disabled"}}),
    (("claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-sonnet-4-6"), {}),
)
_ALOUD: Mapping[str, Any] = {"thinking": {"type": "adaptive", "display": "summarized"}}

_SIGNS: Mapping[str, str] = {
    "temperature": r"\btemperature\b",
    "top_p": r"\btop_p\b",
    "thinking": r"\bthinking\b",
    "output_config.effort": r"\beffort\b",
    "output_config.format": r"\boutput_config\.format\b|\boutput_format\b|\bschema\b",
}
"""What can be left out, and how a refusal names it; errors have no ``param`` here."""


def root(url: str) -> str:
    """The URL under which ``/v1/messages`` is; one that was copied with the route, or a part of it, loses that."""
    return (url or ANTHROPIC_URL).rstrip("/").removesuffix("/messages").removesuffix("/v1")


def body(request: Request, can: Capabilities, *, think: bool = False, refused: Collection[str] = ()) -> dict[str, Any]:
    """The JSON for ``/v1/messages``, without what the server `refused` for this model. think: the model shall think aloud.

    Temperatures go up to 1 here, and newer models take either temperature or top_p. A schema that the server cannot be given
    is put into the prompt.
    """
    parameters = request.parameters
    temperature = parameters.temperature if can.sampling and parameters.top_p is None else None
    config, thinking = _output(request, can, think=think, refused=refused)
    messages = (request if "format" in config else instructed(request)).messages
    wanted: dict[str, Any] = {
        "system": _system(messages) or None,
        "temperature": None if temperature is None else min(temperature, 1.0),
        "top_p": parameters.top_p if can.sampling else None,
        "stop_sequences": list(parameters.stop) or None,
        "thinking": thinking,
        "output_config": config or None,
    }
    return {
        "model": request.model,
        "max_tokens": parameters.max_tokens or ANSWER_TOKENS,
        "messages": _turns(messages),
        "stream": can.streams,
        **{name: value for name, value in wanted.items() if value is not None and name not in refused},
    }


def _output(
    request: Request, can: Capabilities, *, think: bool, refused: Collection[str]
) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """The values of ``output_config`` and ``thinking``."""
    at_once = next((said for models, said in _AT_ONCE if request.model.startswith(models)), None)
    manner: Mapping[str, Any] = {} if at_once is None else _ALOUD if think else at_once
    config = dict(manner.get("output_config", {}))
    if request.schema is not None and can.schema and (schema := enforceable(request.schema)) is not None:
        config["format"] = {"type": "json_schema", "schema": schema}
    return {name: value for name, value in config.items() if f"output_config.{name}" not in refused}, manner.get("thinking")


def _system(messages: Sequence[Message]) -> str:
    return "\n\n".join(message.content for message in messages if message.role == "system" and message.content.strip())


def _turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    """The conversation in turns of user and assistant, the user's first, none of them empty.

    Where the user said nothing, what the system messages say is the question, for there must be one.
    """
    turns: list[dict[str, str]] = []
    for message in messages:
        if message.role == "system" or not message.content.strip():
            continue
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += f"\n\n{message.content}"
        else:
            turns.append({"role": message.role, "content": message.content})
    if not turns or turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": _system(messages) or "…"})
    return turns


def unwanted(refusal: Refusal, sent: Mapping[str, Any]) -> str | None:
    """What a 400 is about, if the request can be repeated without it."""
    if refusal.status != 400 or refusal.too_long:
        return None
    held = {*sent, *(f"output_config.{name}" for name in sent.get("output_config", ()))}
    return next((name for name, sign in _SIGNS.items() if name in held and re.search(sign, refusal.message)), None)


class MessageReader:
    """Makes chunks of the events of one answer, and remembers the token counts, which come in two parts."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def read(self, event: Mapping[str, Any]) -> Chunk:
        """What one event brings; nothing for a ping, a signature, or an event of a kind that there was not yet."""
        match event.get("type"):
            case "message_start":
                return Chunk(usage=self._usage(_object(event.get("message")).get("usage"), begun=True))
            case "content_block_start":
                return _block(_object(event.get("content_block")))
            case "content_block_delta":
                return _block(_object(event.get("delta")))
            case "message_delta":
                return Chunk(
                    finish_reason=_finish(_object(event.get("delta")).get("stop_reason")), usage=self._usage(event.get("usage"))
                )
            case "message":
                return self._whole(event)
        return Chunk()

    def _whole(self, message: Mapping[str, Any]) -> Chunk:
        content = message.get("content")
        blocks = [_block(_object(block)) for block in content] if isinstance(content, list) else []
        return Chunk(
            text="".join(block.text for block in blocks),
            reasoning="".join(block.reasoning for block in blocks),
            finish_reason=_finish(message.get("stop_reason")) or "stop",
            usage=self._usage(message.get("usage")),
        )

    def _usage(self, usage: object, *, begun: bool = False) -> Usage | None:
        """The prompt's tokens are those that were read afresh, from the cache, and into it.

        begun: the answer's are not counted yet. https://platform.claude.com/docs/en/build-with-claude/prompt-caching
        """
        self._counts |= {name: value for name, value in _object(usage).items() if isinstance(value, int)}
        if begun:  # what message_start says of the answer is no count of it, and must not pass for the last one
            self._counts.pop("output_tokens", None)
        counts = self._counts
        parts = [counts.get(name) for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")]
        counted = Usage(
            prompt_tokens=None if parts[0] is None else sum(part or 0 for part in parts),
            completion_tokens=counts.get("output_tokens"),
            cached_tokens=parts[1],
        )
        return None if counted == Usage() else counted


def _block(block: Mapping[str, Any]) -> Chunk:
    """A content block, or more of one: ``text`` and ``thinking`` have the same names in both."""
    return Chunk(text=_text(block.get("text")), reasoning=_text(block.get("thinking")))


def _finish(reason: object) -> FinishReason | None:
    return _FINISH.get(reason, "stop") if isinstance(reason, str) and reason else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
