"""`suggest-schema` from JSON: no model is asked, but for descriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from photon.cli.provenance import credits_line, provenance
from photon.cli.schema_spec import Target
from photon.cli.suggestion_view import Manner
from photon.cli.terminal import Terminal
from photon.settings.schema import AI
from photon.sketch.listed import written_name
from photon.sketch.text import escaped
from photon.tasks.sampled_schema import (
    Described,
    Given,
    Sampled,
    by_code,
    by_model,
    components_of,
    given_file,
    rendered,
)

if TYPE_CHECKING:
    from photon.sketch.model import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: the files with samples, or the JSON that is piped in; the schema's name, if one is given; each item
    of a list as a sample; every field described."""

    files: Sequence[Path]
    piped: str | None
    name: str | None
    many: bool
    describe: bool


def from_samples(wish: Wish, ai: AI, terminal: Terminal, manner: Manner, target: Target) -> None:
    """Make the schema, and put it where it was asked for. Raises InvalidSpec where there are no samples."""
    given = _given(wish.files, wish.piped, terminal)
    name = wish.name and written_name(wish.name)
    components, count, notes = components_of(given, name=name, many=wish.many)
    described = _described(components, ai, terminal, manner) if wish.describe else None
    form = ai.style.format
    result = rendered(
        described.components if described else components,
        version=target.version,
        form=form,  # type: ignore[arg-type] # its choices are those of Format, checked where the settings are loaded
        fit=target.fit("", wish.name),
        known=target.known,
        samples=count,
        notes=notes,
    )
    if not target.splicing.diff:
        _deliver(result, described, terminal, manner)
    target.put(result.document, terminal)
    target.tell_alike(result.document, terminal)
    for note in result.notes:
        terminal.note(note)
    terminal.note(_credits(result, described))


def _given(files: Sequence[Path], piped: str | None, terminal: Terminal) -> list[Given]:
    if piped is not None:
        return [Given(data=piped.encode("utf-8", "surrogatepass"))]
    return [Given(data=_stdin(terminal)) if str(path) == "-" else given_file(path) for path in files]


def _stdin(terminal: Terminal) -> bytes:
    from photon.cli.options import piped_text

    return piped_text(terminal).encode("utf-8", "surrogatepass")


def _described(components: tuple[Component, ...], ai: AI, terminal: Terminal, manner: Manner) -> Described:
    """By the user's model; by code where that would be our own, which was never taught to describe anything."""
    from photon.routing.plan import plan

    endpoint = plan(ai, purpose="sketch")[0]
    if endpoint.capabilities.prompt_format is not None:
        return by_code(components)
    from photon.cli.running import run_until_done

    return run_until_done(_asked(components, replace(ai, failover=False), terminal, manner), terminal.out)


async def _asked(components: tuple[Component, ...], ai: AI, terminal: Terminal, manner: Manner) -> Described:
    from photon.chat import Parameters
    from photon.routing.chain import chain
    from photon.tasks.suggest_schema import COMMAND, VERSIONS

    provider = chain(
        ai, command=COMMAND, purpose="sketch", versions=VERSIONS, use_cache=True, refresh=manner.refresh, wait=manner.wait,
        warn=terminal.warn, notice=terminal.note,
    )  # fmt: skip
    try:
        with terminal.spinner("asking"):
            parameters = Parameters(temperature=ai.temperature, max_tokens=max(ai.max_tokens, 2048))
            return await by_model(components, provider, parameters, warn=terminal.warn)
    finally:
        await provider.close()


def _deliver(result: Sampled, described: Described | None, terminal: Terminal, manner: Manner) -> None:
    if manner.output is not None:
        from photon.settings.files import write_atomically

        write_atomically(manner.output, result.text)
        terminal.note(f"wrote {manner.output}")
    if manner.as_json:
        terminal.write(_envelope(result, described))
    elif manner.output is None:
        from photon.cli.yaml_colours import coloured

        terminal.write("".join(coloured(line, terminal) + "\n" for line in result.text.splitlines()))


def _envelope(result: Sampled, described: Described | None) -> str:
    """answered_by is null where no model was asked."""
    found = described or Described(components=())
    facts = {
        "document": result.document,
        "sketch": result.sketch,
        **provenance(found.answered_by, found.switches, found.usage, found.attempts),
        "samples": result.samples,
        "notes": list(result.notes),
    }
    return escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n"


def _credits(result: Sampled, described: Described | None) -> str:
    line = f"from {result.samples} sample{'s' * (result.samples != 1)}, by code"
    if described and described.answered_by:
        facts = credits_line(
            described.answered_by, described.switches, described.usage, described.milliseconds, described.attempts
        )
        line += f" · described by {facts}"
    return line
