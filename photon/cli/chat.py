"""``photon ai chat``: one question and its answer, or a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from photon.cli.options import (
    CacheOption,
    FailoverOption,
    JsonOption,
    MaxTokensOption,
    ModelOption,
    ProviderOption,
    QuietOption,
    RefreshOption,
    StreamOption,
    TemperatureOption,
    piped_text,
    settings_flags,
    words_of,
)
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.cli.answers import Manner
    from photon.settings.schema import AI
    from photon.tasks.chat import Conversation, Reply


def chat_command(
    ctx: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="What to ask; without it, in a terminal, a session.")
    ] = None,
    *,
    system: Annotated[str | None, typer.Option("--system", "-s", metavar="TEXT", help="How the model shall behave.")] = None,
    session: Annotated[
        str | None, typer.Option("--session", metavar="NAME", help="Continue this conversation, and keep it.")
    ] = None,
    provider: ProviderOption = None,
    model: ModelOption = None,
    failover: FailoverOption = None,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    cache: CacheOption = None,
    refresh: RefreshOption = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the answer as it is, without rendering Markdown.")] = False,
    stream: StreamOption = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask a model anything, or talk with it.

    \b
    Examples:
      photon ai chat "When is 422 better than 400?"
      git diff | photon ai chat "Does this break the API?"
      photon ai chat --session billing "And how would I version it?"
      photon ai chat                        # a session; /help lists its commands

    What is piped in is put below the question. The answer goes to stdout, who gave it to stderr.
    """
    terminal = replace(found, quiet=True) if (found := terminal_of(ctx)) and quiet else found
    text = question_of(question or [], terminal)
    if text is None and as_json:
        raise UsageError("--json needs a question", hint='photon ai chat --json "your question"')
    flags = settings_flags(
        provider=provider, model=model, failover=failover, temperature=temperature, max_tokens=max_tokens, cache=cache
    )
    conversation = _conversation(session, system)
    from photon.cli.answers import Manner

    manner = Manner(stream=stream, raw=raw, mute=as_json)
    if text is None:
        from photon.cli.chat_session import ChatSession

        ChatSession(terminal, conversation, flags, manner, refresh=refresh).run()
    else:
        _ask_once(text, conversation, flags, terminal, manner, refresh=refresh)


def question_of(words: list[str], terminal: Terminal) -> str | None:
    """The question from the command line and what is piped in; None where a session is wanted.

    Raises UsageError when there is nothing to ask.
    """
    asked = words_of([word for word in words if word != "-"]).strip()
    if terminal.asking:
        if not words and terminal.interactive:
            return None
        piped = ""
    else:
        piped = _piped(terminal)
    text = "\n\n".join(filter(None, (asked, piped)))
    if not text:
        raise UsageError(
            "there is nothing to ask", hint='photon ai chat "your question", or photon ai chat alone for a session'
        )
    return text


def _piped(terminal: Terminal) -> str:
    text = piped_text(terminal)
    return text.strip("\n") if text.strip() else ""


def _conversation(session: str | None, system: str | None) -> Conversation:
    from photon.records.conversations import load_conversation
    from photon.tasks.chat import Conversation

    conversation = Conversation() if session is None else load_conversation(session)
    return conversation if system is None else replace(conversation, system=system)


def _ask_once(
    text: str,
    conversation: Conversation,
    flags: Mapping[str, object],
    terminal: Terminal,
    manner: Manner,
    *,
    refresh: bool,
) -> None:
    """Print the answer to `text`, as one JSON object when the manner is mute."""
    import asyncio

    from photon.cli.answers import credits_of, envelope, shortcomings
    from photon.records.conversations import save_conversation
    from photon.settings.load import load
    from photon.tasks.chat import answered, asked

    put = asked(conversation, text)
    reply = asyncio.run(_reply(put, load(flags=flags).settings.ai, terminal, manner, refresh=refresh))
    if manner.mute:
        import json

        terminal.write(json.dumps(envelope(reply), indent=2, ensure_ascii=False) + "\n")
    terminal.note(credits_of(reply))
    if missing := shortcomings(reply):
        terminal.warn(missing)
    if conversation.name and reply.text.strip():
        save_conversation(answered(put, reply.text))


async def _reply(conversation: Conversation, ai: AI, terminal: Terminal, manner: Manner, *, refresh: bool) -> Reply:
    from photon.cli.answers import answer
    from photon.routing.chain import chain
    from photon.tasks.chat import Reply

    provider = chain(
        ai, command="chat", purpose="chat", restarts=False, use_cache=ai.temperature == 0, refresh=refresh, warn=terminal.warn
    )
    reply = Reply()
    try:
        await answer(provider, conversation, reply, ai=ai, terminal=terminal, manner=manner)
    finally:
        await provider.close()
    return reply
