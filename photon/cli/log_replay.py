"""Answers of the record printed again, and its requests put to a model again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from photon.chat import Chunk, Parameters, Request
from photon.cli import log_view
from photon.cli.answers import Manner, answer, credits_of, envelope, shortcomings, show
from photon.cli.logs import settings_for
from photon.cli.options import settings_flags
from photon.cli.provenance import credits_line, provenance
from photon.cli.running import run_until_done
from photon.cli.terminal import Terminal
from photon.errors import PhotonError, UsageError
from photon.records.history import Entry, Kept
from photon.settings.schema import AI
from photon.tasks.chat import Reply
from photon.tasks.log import (
    SUGGEST_SCHEMA,
    Told,
    conversation,
    is_suggestion,
    request_of,
    suggestion,
    target_of,
    with_texts,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from photon.chat import Provider
    from photon.cli.inspection import Inspector
    from photon.routing.prospects import Circumstances
    from photon.tasks.suggest_path import Suggestion


def print_answer(kept: Kept, terminal: Terminal, *, raw: bool) -> None:
    """The answer as its command printed it, or as the model gave it. Raises PhotonError where it makes nothing to print."""
    entry = with_texts(kept)
    if not entry.answer:
        raise UsageError(f"request {kept.id} has no answer", hint=f"photon ai log show {kept.id} says why")
    if is_suggestion(entry) and not raw:
        try:
            _print_path(asyncio.run(suggestion(entry, wanted=request_of(entry, terminal.note))), terminal)
        except PhotonError as error:
            error.hint = f"photon ai log last {kept.id} --raw prints it as it is"
            raise
    else:
        schema = None if raw else entry.details.get("schema")
        manner = Manner(stream=False, raw=raw, document=schema is not None)
        asyncio.run(show(_told(entry, schema), Reply(), terminal, manner))


def look_ahead(kept: Kept, terminal: Terminal, provider: str | None, model: str | None, *, as_json: bool) -> None:
    """Print what `ask_again` would send."""
    from photon.cli.inspection import dry_run

    entry = with_texts(kept)
    ai = _addressed(entry, provider, model, terminal)
    asyncio.run(dry_run(ai, _request(entry, ai, terminal), _circumstances(entry, ai), terminal, as_json=as_json))


def ask_again(
    kept: Kept, terminal: Terminal, provider: str | None, model: str | None, *, as_json: bool, inspect: bool = False
) -> None:
    """Put the question to the given model, or to the one that was asked then, and print what it says."""
    entry = with_texts(kept)
    ai = _addressed(entry, provider, model, terminal)
    inspector = _inspector(entry, ai, terminal, mute=as_json) if inspect else None
    try:
        if is_suggestion(entry):
            found = run_until_done(_suggested(entry, ai, terminal, inspector), terminal.out)
            _report_path(found, kept.id, terminal, inspector, as_json=as_json)
        else:
            reply = run_until_done(_replied(entry, ai, terminal, inspector, mute=as_json), terminal.out)
            _report(reply, kept.id, terminal, inspector, as_json=as_json, document="schema" in entry.details)
    finally:
        if inspector:
            inspector.report()


def _inspector(entry: Entry, ai: AI, terminal: Terminal, *, mute: bool) -> Inspector:
    from photon.cli.inspection import Inspector

    return Inspector(terminal, ai, _circumstances(entry, ai), mute=mute)


def _request(entry: Entry, ai: AI, terminal: Terminal) -> Request:
    from photon.tasks import chat, suggest_path, suggest_schema

    if is_suggestion(entry):
        wanted = request_of(entry, terminal.note)
        if isinstance(wanted, suggest_schema.SchemaRequest):
            return suggest_schema.request_for(wanted, entry.parameters)
        return suggest_path.request_for(wanted, entry.parameters)
    request = chat.request_for(conversation(entry), Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens))
    return replace(request, schema=entry.details.get("schema"))


def _circumstances(entry: Entry, ai: AI) -> Circumstances:
    from photon.tasks import chat, suggest_path, suggest_schema

    if entry.command == SUGGEST_SCHEMA:
        found = suggest_schema.circumstances()
    else:
        found = suggest_path.circumstances() if is_suggestion(entry) else chat.circumstances(ai)
    return replace(found, use_cache=False)


def _report(
    reply: Reply, number: int, terminal: Terminal, inspector: Inspector | None, *, as_json: bool, document: bool
) -> None:
    if as_json:
        facts = envelope(reply, document=document)
        terminal.write(log_view.as_json({"replay_of": number, **facts, **_inspection(inspector)}))
    terminal.note(credits_of(reply))
    if missing := shortcomings(reply):
        terminal.warn(missing)


def _inspection(inspector: Inspector | None) -> dict[str, object]:
    return {"inspection": inspector.facts()} if inspector else {}


def _addressed(entry: Entry, provider: str | None, model: str | None, terminal: Terminal) -> AI:
    """The settings by which exactly one is asked, with the parameters of then. Raises ConfigurationError."""
    then = target_of(entry)
    same = then if then and provider in (None, then.provider) else None
    flags = settings_flags(
        provider=provider or (same and same.provider),
        model=model or (same and same.model),
        failover=False,
        temperature=entry.parameters.temperature,
        max_tokens=entry.parameters.max_tokens,
    )
    return settings_for(flags, terminal)


async def _suggested(entry: Entry, ai: AI, terminal: Terminal, inspector: Inspector | None) -> Suggestion:
    from photon.tasks import suggest_path, suggest_schema

    wanted = request_of(entry, terminal.note)
    provider = (
        suggest_schema.who_answers(wanted, ai, warn=terminal.warn, notice=terminal.note, use_cache=False)
        if isinstance(wanted, suggest_schema.SchemaRequest)
        else suggest_path.who_answers(wanted, ai, warn=terminal.warn, notice=terminal.note, use_cache=False)
    )
    provider = inspector.over(provider) if inspector else provider
    try:
        with terminal.spinner("asking"):
            return await suggestion(entry, provider, wanted)
    finally:
        await provider.close()


async def _replied(entry: Entry, ai: AI, terminal: Terminal, inspector: Inspector | None, *, mute: bool) -> Reply:
    from photon.routing.chain import chain

    schema = entry.details.get("schema")
    provider: Provider = chain(
        ai,
        command=entry.command,
        purpose="chat",
        restarts=schema is not None,
        use_cache=False,
        warn=terminal.warn,
        notice=terminal.note,
    )
    provider = inspector.over(provider) if inspector else provider
    provider = _documents(provider, schema) if schema is not None else provider
    reply, manner = Reply(), Manner(mute=mute, document=schema is not None)
    try:
        await answer(provider, conversation(entry), reply, ai=ai, terminal=terminal, manner=manner)
    finally:
        await provider.close()
    return reply


def _documents(provider: Provider, schema: Mapping[str, Any]) -> Provider:
    from photon.tasks.documents import Documents

    return Documents(provider, schema)


def _report_path(found: Suggestion, number: int, terminal: Terminal, inspector: Inspector | None, *, as_json: bool) -> None:
    if as_json:
        facts = {"document": found.document, "sketch": found.sketch, "repairs": list(found.repairs)}
        made = provenance(found.answered_by, found.switches, found.usage, found.attempts)
        terminal.write(log_view.as_json({"replay_of": number, **facts, **made, **_inspection(inspector)}))
    else:
        _print_path(found, terminal)
    terminal.note(credits_line(found.answered_by, found.switches, found.usage, found.timings.total, found.attempts))


def _print_path(found: Suggestion, terminal: Terminal) -> None:
    from photon.cli.yaml_colours import coloured

    terminal.write("".join(coloured(line, terminal) + "\n" for line in found.text.splitlines()))


async def _told(entry: Entry, schema: Mapping[str, Any] | None) -> AsyncGenerator[Chunk, None]:
    provider: Provider = _documents(Told(entry), schema) if schema is not None else Told(entry)
    async for chunk in provider.stream(Request(model="", messages=entry.messages)):
        yield chunk
