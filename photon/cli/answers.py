"""An answer on its way to the terminal: shown while it is written, with one line for whatever went wrong on the way."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from photon.chat import Chunk, Parameters, Provider
from photon.cli.provenance import Failures, credits_line, provenance
from photon.cli.reasoning import Thoughts
from photon.cli.terminal import Terminal, harmless
from photon.errors import PhotonError
from photon.settings.schema import AI
from photon.tasks.chat import Conversation, Reply, Subject, chat

_ROUTES_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How answers are shown. stream: while they are written. raw: no Markdown. mute: not at all. inspect: with what was sent
    for them, and what came back. reasoning: with what the model thinks before it answers. document: the answer is a JSON
    document, shown when it is whole. wait: for the turn where a rate limit of the user's own is reached.
    """

    stream: bool = True
    raw: bool = False
    mute: bool = False
    inspect: bool = False
    document: bool = False
    reasoning: bool = False
    wait: bool = True


class _Paper(Protocol):
    def feed(self, text: str) -> None: ...
    def finish(self) -> None: ...


class Plain:
    """Text as it comes, and a line break at its end if it has none."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write, self._last = write, "\n"

    def feed(self, text: str) -> None:
        """Write `text`."""
        if text:
            self._write(text)
            self._last = text[-1]

    def finish(self) -> None:
        """Leave the cursor at the beginning of a line."""
        if self._last != "\n":
            self.feed("\n")


async def answer(
    provider: Provider,
    conversation: Conversation,
    reply: Reply,
    *,
    ai: AI,
    terminal: Terminal,
    manner: Manner,
    subject: Subject | None = None,
) -> None:
    """Ask the last question of `conversation` and show the answer; `reply` hears it. Raises what `chat` raises."""

    def tell(count: int) -> None:
        terminal.warn(
            f"the conversation is longer than the model's context: the model does not see its oldest {count} messages "
            "(/clear in a session, or another --session, starts afresh)"
        )

    parameters = Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)
    manner = replace(manner, reasoning=ai.reasoning == "show")
    if subject and not terminal.quiet:
        terminal.note(_told(subject, conversation))
    heard = reply.attempts.append
    await show(
        chat(provider, conversation, parameters, subject=subject, left_out=tell, on_attempt=heard), reply, terminal, manner
    )


def _told(subject: Subject, conversation: Conversation) -> str:
    """What of a specification the model gets to see in full: that much is certain, whatever it makes of it."""
    name, routes = subject.spec.source.name, subject.fitting(conversation)
    if not routes:
        return f"no operation of {name} has words in common with the question"
    more = f" and {len(routes) - _ROUTES_TOLD} more" if len(routes) > _ROUTES_TOLD else ""
    return f"{name} has on this: {', '.join(routes[:_ROUTES_TOLD])}{more}"


async def show(chunks: AsyncGenerator[Chunk, None], reply: Reply, terminal: Terminal, manner: Manner) -> None:
    """Print the answer that `chunks` make, and let `reply` hear it.

    In a terminal the text appears as it comes. In a pipe, or without ``manner.stream``, it is printed when it is complete,
    so that nobody reads half an answer or one that was started over. Raises what the stream raises; a terminal has been
    shown by then what came before it.
    """
    streamed = manner.stream and terminal.interactive and not manner.mute and not manner.document
    paper = _sheet(terminal) if manner.document and not manner.raw else _paper(terminal, raw=manner.raw)
    with terminal.spinner("thinking") as spinner, Thoughts(terminal, spinner, wanted=manner.reasoning) as thoughts:
        failures, begun = Failures(terminal, spinner), False
        try:
            async with aclosing(chunks):
                async for chunk in chunks:
                    reply.hear(chunk)
                    if chunk.switch:
                        begun = False
                        thoughts.end()
                        paper.finish()
                        failures.hear(chunk.switch)
                    if chunk.origin:
                        failures.tell(chunk.origin)
                    if not begun:  # later thoughts would stand in the middle of a line
                        thoughts.hear(chunk.reasoning)
                    if chunk.text:
                        begun = True
                        thoughts.end()
                    if chunk.text and streamed:
                        spinner.stop()
                        paper.feed(chunk.text)
            spinner.stop()
            if not streamed and not manner.mute:
                paper.feed(reply.text)
        except PhotonError:
            if terminal.interactive and not streamed and not manner.mute and not manner.document:
                spinner.stop()
                paper.feed(reply.text)
            raise
        finally:
            paper.finish()


def _sheet(terminal: Terminal) -> _Paper:
    from photon.cli.documents import Sheet

    return Sheet(terminal)


def _paper(terminal: Terminal, *, raw: bool) -> _Paper:
    if not terminal.interactive:
        return Plain(terminal.write)
    if raw:
        return Plain(lambda text: terminal.write(harmless(text)))
    from photon.cli.markdown import Markdown

    return Markdown(terminal.write, terminal.width, colour=terminal.colour)


def credits_of(reply: Reply) -> str:
    """Who answered, how long it is and how long it took, in one line."""
    return credits_line(reply.origin, reply.switches, reply.usage, reply.timings()["total"], reply.attempts)


def shortcomings(reply: Reply) -> str:
    """What is missing from the answer, in one line; empty for a whole one."""
    if not reply.text.strip():
        cut = reply.finish_reason == "length"
        return "the model answered nothing" + (" before it reached --max-tokens; what it thinks counts, too" if cut else "")
    if reply.finish_reason == "length":
        return "the answer is cut off: it reached --max-tokens, or the end of the model's context"
    return "the answer is cut off by the provider's content filter" if reply.finish_reason == "content_filter" else ""


def envelope(reply: Reply, *, document: bool = False) -> dict[str, object]:
    """The answer and all that is known about it, for ``--json``. document: with what the answer says as JSON."""
    return {
        "answer": reply.text,
        **({"data": json.loads(reply.text)} if document else {}),
        **provenance(reply.origin, reply.switches, reply.usage, reply.attempts),
        "finish_reason": reply.finish_reason,
        "timings_ms": reply.timings(),
    }
