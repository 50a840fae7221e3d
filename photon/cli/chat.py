"""``photon ai chat``: one question and its answer, or a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import (
    CacheOption,
    DryRunOption,
    FailoverOption,
    InspectOption,
    JsonOption,
    LogOption,
    MaxTokensOption,
    ModelOption,
    ProviderOption,
    QuietOption,
    ReasoningOption,
    RefreshOption,
    SchemaOption,
    StreamOption,
    TemperatureOption,
    WaitOption,
    piped_text,
    settings_flags,
    words_of,
)
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import PhotonError, UsageError

if TYPE_CHECKING:
    from photon.chat import Provider
    from photon.cli.answers import Manner
    from photon.cli.inspection import Inspector
    from photon.openapi.spec import Spec
    from photon.settings.schema import AI
    from photon.tasks.chat import Conversation, Reply, Subject


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
    spec: Annotated[str | None, typer.Option("--spec", metavar="FILE", help="Your OpenAPI document, to ask about it.")] = None,
    provider: ProviderOption = None,
    model: ModelOption = None,
    failover: FailoverOption = None,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    cache: CacheOption = None,
    refresh: RefreshOption = False,
    log: LogOption = None,
    schema: SchemaOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="Print the answer as it is, without rendering Markdown.")] = False,
    stream: StreamOption = True,
    as_json: JsonOption = False,
    dry_run: DryRunOption = False,
    inspect: InspectOption = False,
    reasoning: ReasoningOption = None,
    wait: WaitOption = True,
    quiet: QuietOption = False,
) -> None:
    """Ask a model anything, or talk with it.

    \b
    Examples:
      photon ai chat "When is 422 better than 400?"
      git diff | photon ai chat "Does this break the API?"
      photon ai chat --session billing "And how would I version it?"
      photon ai chat --spec openapi.yaml "Which operations need the admin scope?"
      photon ai chat --schema "name, age int" "Ann is 34."       # a JSON document
      photon ai chat                        # a session; /help lists its commands

    What is piped in is put below the question. The answer goes to stdout, who gave it to stderr. With --spec the model is told
    with each question the parts of your document that fit it; - is the document that is piped in. An answer by --schema is
    validated, and asked for once more if it does not match; then exit code 8. In a pipe it is one line.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=found.quiet or quiet, steady=found.steady or inspect)
    text = question_of(question or [], terminal, piped=spec != "-")
    if text is None and (as_json or dry_run or schema is not None):
        option = "--json" if as_json else "--dry-run" if dry_run else "--schema FILE"
        raise UsageError(f"{option} needs a question", hint=f'photon ai chat {option} "your question"')
    flags = settings_flags(
        provider=provider, model=model, failover=failover, temperature=temperature, max_tokens=max_tokens, cache=cache, log=log,
        reasoning=reasoning,
    )  # fmt: skip
    conversation = _conversation(session, system)
    from photon.cli.answers import Manner

    manner = Manner(stream=stream, raw=raw, mute=as_json, inspect=inspect, document=schema is not None, wait=wait)
    wanted = _schema(schema)
    document = _spec(spec, terminal)
    if dry_run and text is not None:
        _look_ahead(text, conversation, flags, terminal, spec=document, schema=wanted, refresh=refresh, as_json=as_json)
    elif text is None:
        from photon.cli.chat_session import ChatSession

        ChatSession(terminal, conversation, flags, manner, spec=document, refresh=refresh).run()
    else:
        _ask_once(text, conversation, flags, terminal, manner, spec=document, schema=wanted, refresh=refresh)


def question_of(words: list[str], terminal: Terminal, *, piped: bool = True) -> str | None:
    """The question from the command line and, unless not `piped`, what is piped in; None where a session is wanted.

    Raises UsageError when there is nothing to ask.
    """
    asked = words_of([word for word in words if word != "-"]).strip()
    if terminal.asking:
        if not words and terminal.interactive:
            return None
        below = ""
    else:
        below = _piped(terminal) if piped else ""
    text = "\n\n".join(filter(None, (asked, below)))
    if not text:
        raise UsageError(
            "there is nothing to ask", hint='photon ai chat "your question", or photon ai chat alone for a session'
        )
    return text


def _piped(terminal: Terminal) -> str:
    text = piped_text(terminal)
    return text.strip("\r\n") if text.strip() else ""


def _conversation(session: str | None, system: str | None) -> Conversation:
    from photon.records.conversations import load_conversation
    from photon.tasks.chat import Conversation

    conversation = Conversation() if session is None else load_conversation(session)
    return conversation if system is None else replace(conversation, system=system)


def _schema(given: str | None) -> Mapping[str, Any] | None:
    if given is None:
        return None
    from photon.tasks.schemas import read_schema

    return read_schema(given)


def _spec(given: str | None, terminal: Terminal) -> Spec | None:
    """The document to ask about. Raises InvalidSpec, and UsageError where it shall come from a keyboard."""
    if given is None:
        return None
    if given == "-" and terminal.asking:
        raise UsageError("--spec - reads the document from a pipe", hint="name its file: --spec openapi.yaml")
    from pathlib import Path

    from photon.tasks.kept_spec import kept_spec

    return kept_spec(Path(given).expanduser())


def _look_ahead(
    text: str,
    conversation: Conversation,
    flags: Mapping[str, object],
    terminal: Terminal,
    *,
    spec: Spec | None,
    schema: Mapping[str, Any] | None,
    refresh: bool,
    as_json: bool,
) -> None:
    """Print what would be sent."""
    import asyncio

    from photon.chat import Parameters
    from photon.cli.inspection import dry_run
    from photon.cli.logs import settings_for
    from photon.tasks.chat import asked, circumstances, request_for, subject_for

    ai = settings_for(flags, terminal)
    parameters = Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)
    request = request_for(asked(conversation, text), parameters, subject=subject_for(spec, ai))
    request = replace(request, schema=schema)
    asyncio.run(dry_run(ai, request, circumstances(ai, refresh=refresh), terminal, as_json=as_json))


def _ask_once(
    text: str,
    conversation: Conversation,
    flags: Mapping[str, object],
    terminal: Terminal,
    manner: Manner,
    *,
    spec: Spec | None,
    schema: Mapping[str, Any] | None,
    refresh: bool,
) -> None:
    """Print the answer to `text`, as one JSON object when the manner is mute."""
    from photon.cli.logs import settings_for
    from photon.cli.running import run_until_done
    from photon.records.conversations import save_conversation
    from photon.tasks.chat import Reply, answered, asked, subject_for

    ai, put = settings_for(flags, terminal), asked(conversation, text)
    inspector = _inspector(ai, terminal, refresh=refresh, mute=manner.mute) if manner.inspect else None
    reply, subject = Reply(), subject_for(spec, ai)
    try:
        work = _answer(put, reply, ai, terminal, manner, subject=subject, schema=schema, refresh=refresh, inspector=inspector)
        run_until_done(work, terminal.out)
        _deliver(reply, terminal, manner, inspector)
        if subject:
            _tell_doubt(reply, terminal)
        if conversation.name and reply.text.strip():
            save_conversation(answered(put, reply.text))
    except PhotonError as error:
        if reply.text.strip():
            _keep_what_came(put, reply, error, terminal)
        raise
    finally:
        if inspector:
            inspector.report()


def _keep_what_came(put: Conversation, reply: Reply, error: PhotonError, terminal: Terminal) -> None:
    """The beginning of an answer that broke off: in its session, and where it was not shown, a hint at the record."""
    from photon.records.conversations import save_conversation
    from photon.tasks.chat import answered

    if put.name:
        save_conversation(answered(put, reply.text, cut=True))
    if not terminal.interactive:
        error.hint = ", or ".join(filter(None, (error.hint, "photon ai log show (shows what came of it)")))


def _inspector(ai: AI, terminal: Terminal, *, refresh: bool, mute: bool) -> Inspector:
    from photon.cli.inspection import Inspector
    from photon.tasks.chat import circumstances

    return Inspector(terminal, ai, circumstances(ai, refresh=refresh), mute=mute)


def _deliver(reply: Reply, terminal: Terminal, manner: Manner, inspector: Inspector | None) -> None:
    """What follows the text: all of it in JSON where the manner is mute, who gave it, and what is missing from it."""
    from photon.cli.answers import credits_of, envelope, shortcomings

    if manner.mute:
        import json

        from photon.sketch.text import escaped

        facts = envelope(reply, document=manner.document) | ({"inspection": inspector.facts()} if inspector else {})
        terminal.write(escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n")
    terminal.note(credits_of(reply))
    if missing := shortcomings(reply):
        terminal.warn(missing)


def _tell_doubt(reply: Reply, terminal: Terminal) -> None:
    """Our own small model makes up operations: of an answer about a specification only what code found is certain."""
    from photon.providers.profiles import BASE_MODEL

    if reply.origin and reply.origin.model == BASE_MODEL:
        terminal.note(
            "the built-in model is often wrong about documents: what is certain stands above; --provider asks another"
        )


async def _answer(
    conversation: Conversation,
    reply: Reply,
    ai: AI,
    terminal: Terminal,
    manner: Manner,
    *,
    subject: Subject | None,
    schema: Mapping[str, Any] | None,
    refresh: bool,
    inspector: Inspector | None,
) -> None:
    from photon.cli.answers import answer
    from photon.routing.chain import chain

    provider = chain(
        ai,
        command="chat",
        purpose="chat",
        restarts=schema is not None,
        use_cache=ai.temperature == 0,
        refresh=refresh,
        wait=manner.wait,
        warn=terminal.warn,
        notice=terminal.note,
    )
    provider = inspector.over(provider) if inspector else provider
    provider = _documents(provider, schema) if schema is not None else provider
    try:
        await answer(provider, conversation, reply, ai=ai, terminal=terminal, manner=manner, subject=subject)
    finally:
        await provider.close()


def _documents(provider: Provider, schema: Mapping[str, Any]) -> Provider:
    from photon.tasks.documents import Documents

    return Documents(provider, schema)
