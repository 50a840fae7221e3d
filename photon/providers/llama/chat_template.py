"""A conversation as the one string that a model continues."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from photon.chat import Message
from photon.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    from jinja2 import Environment

ChatTemplate = Callable[[Sequence[Message]], str]
"""Messages in, the prompt out. It ends where the model goes on: after a prefill, or at the start of its turn."""


def chatml(messages: Sequence[Message]) -> str:
    """ChatML without a BOS token: the form that both own models were trained on."""
    turns, prefill = _split(messages)
    spoken = "".join(f"<|im_start|>{turn.role}\n{turn.content}<|im_end|>\n" for turn in turns)
    return f"{spoken}<|im_start|>assistant\n{prefill}"


def jinja_template(source: str, *, bos: str, eos: str, model: str) -> ChatTemplate:
    """The template that came with a model's file, run in Jinja's sandbox: whoever made the file wrote it.

    The environment is that of https://huggingface.co/docs/transformers/chat_templating. Rendering raises UsageError where
    the template fails or refuses the conversation.
    """

    def render(messages: Sequence[Message]) -> str:
        turns, prefill = _split(messages)
        try:
            prompt = template.render(
                messages=[{"role": turn.role, "content": turn.content} for turn in turns],
                add_generation_prompt=True,
                bos_token=bos,
                eos_token=eos,
            )
        except Exception as error:  # a template can raise whatever Python can
            raise _unusable(model, error) from error
        return prompt + prefill

    environment = _sandbox()
    try:
        template = environment.from_string(source)
    except Exception as error:
        raise _unusable(model, error) from error
    return render


def _split(messages: Sequence[Message]) -> tuple[Sequence[Message], str]:
    last = messages[-1]
    return (messages[:-1], last.content) if last.role == "assistant" else (messages, "")


def _sandbox() -> Environment:
    try:
        from jinja2 import nodes
        from jinja2.ext import Extension, loopcontrols
        from jinja2.parser import Parser
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        raise MissingExtra("a model's chat template", "local") from error

    class GenerationBlock(Extension):
        """``{% generation %}``, which marks the assistant's words for training, is passed through."""

        tags = {"generation"}  # noqa: RUF012 - as Jinja declares it

        def parse(self, parser: Parser) -> list[nodes.Node]:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationBlock, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals |= {"raise_exception": _refuse, "strftime_now": _now}
    return environment


def _tojson(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _now(pattern: str) -> str:
    return datetime.now().strftime(pattern)


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)


def _unusable(model: str, error: Exception) -> UsageError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return UsageError(
        f"the chat template of {model} cannot put this conversation: {reason}",
        hint="leave out the system message (--system), or choose another model (photon ai models)",
    )
