"""A model's tokens: from a conversation to their ids, and from an id to its bytes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from photon.chat import Message
from photon.errors import UsageError
from photon.providers.llama.chat_template import ChatTemplate, chatml, jinja_template
from photon.providers.weights import Weights

BREAK: Final = "\ufdd0"
"""Text on both sides of it is tokenized separately. A Unicode noncharacter: no text for interchange contains it."""


class Tokenizer:
    """The vocabulary of a loaded model and its chat template: ChatML for our own models, else the file's own."""

    def __init__(self, llama: Any, model: Any, weights: Weights) -> None:
        self._llama, self._model = llama, model
        self._name, self._ours = weights.model, weights.ours
        self._vocab = llama.llama_model_get_vocab(model)
        self._buffer = ctypes.create_string_buffer(256)
        self._template: ChatTemplate | None = chatml if weights.ours else None

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The conversation as tokens. What looks like a control token in a message's content is only text."""
        tokens = [token for part in self._defused_prompt(messages).split(BREAK) for token in self._tokenize(part)]
        if not tokens:  # llama.cpp would end the process when asked for the next token after none
            raise UsageError(f"the chat template of {self._name} makes nothing of this conversation", hint="ask something")
        bos = self._llama.llama_vocab_bos(self._vocab)
        wants_bos = self._llama.llama_vocab_get_add_bos(self._vocab) and not self._ours
        return [bos, *tokens] if wants_bos and tokens[:1] != [bos] else tokens

    def text(self, messages: Sequence[Message]) -> str:
        """The conversation as the one string that the model goes on from. Raises what the chat template raises."""
        return self._defused_prompt(messages).replace(BREAK, "")

    def _defused_prompt(self, messages: Sequence[Message]) -> str:
        return self._render([replace(message, content=self._defused(message.content)) for message in messages])

    def _render(self, messages: Sequence[Message]) -> str:
        if self._template is None:
            self._template = self._template_of_the_file()
        return self._template(messages)

    def _template_of_the_file(self) -> ChatTemplate:
        source = self._llama.llama_model_chat_template(self._model, None)
        if not source:
            return chatml
        return jinja_template(
            source.decode("utf-8", "replace"),
            bos=self._text_of(self._llama.llama_vocab_bos(self._vocab)),
            eos=self._text_of(self._llama.llama_vocab_eos(self._vocab)),
            model=self._name,
        )

    def _defused(self, content: str) -> str:
        """`content` with a `BREAK` inside everything that would be read as a control token."""
        content = content.replace(BREAK, "")
        while controls := self._controls_in(content):
            for text in controls:
                content = content.replace(text, BREAK.join((text[:1], text[1:])) if len(text) > 1 else "")
        return content

    def _controls_in(self, content: str) -> set[str]:
        found = {token for part in content.split(BREAK) for token in self._tokenize(part)}
        controls = {token for token in found if self._llama.llama_vocab_is_control(self._vocab, token)}
        return {text for token in controls if (text := self._text_of(token)) and text in content}

    def _text_of(self, token: int) -> str:
        text = self._llama.llama_vocab_get_text(self._vocab, token) if token >= 0 else b""
        return (text or b"").decode("utf-8", "replace")

    def _tokenize(self, text: str) -> list[int]:
        """The ids of `text`; '<|im_end|>' and the like become control tokens. No BOS is added."""
        data = text.encode("utf-8", "replace")
        space = len(data) + 8  # at most one token for each byte, and a leading space
        tokens = (self._llama.llama_token * space)()
        count = self._llama.llama_tokenize(self._vocab, data, len(data), tokens, space, False, True)
        return list(tokens[: max(count, 0)])

    def piece(self, token: int) -> bytes:
        """The bytes of `token`; none for a control token."""
        buffer = self._buffer
        length = self._llama.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
        if length < 0:  # the buffer is too short by so much
            self._buffer = ctypes.create_string_buffer(-length)
            return self.piece(token)
        return ctypes.string_at(buffer, length)
