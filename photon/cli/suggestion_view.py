"""How a suggestion reaches people: its lines while they come, the result where it was asked for, and who gave it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from photon.cli.terminal import Terminal

if TYPE_CHECKING:
    from photon.cli.inspection import Inspector
    from photon.tasks.suggest_path import Event, Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is asked, and where the answer goes. show: print the lines as they come."""

    refresh: bool
    wait: bool
    show: bool
    as_json: bool
    output: Path | None
    inspector: Inspector | None


async def show(events: AsyncGenerator[Event, None], terminal: Terminal, *, show: bool, reasoning: bool) -> Suggestion:
    """Print the lines as they come, if `show`; say on stderr who failed, and with `reasoning` what the model thinks; return
    the result, which is always the last event."""
    from photon.chat import Origin, Switch
    from photon.cli.provenance import Failures
    from photon.cli.reasoning import Thoughts
    from photon.cli.yaml_colours import coloured
    from photon.tasks.suggest_path import Afresh, Lines, Reasoning, Suggestion

    with terminal.spinner("asking") as spinner, Thoughts(terminal, spinner, wanted=reasoning) as thoughts:
        failures = Failures(terminal, spinner)
        async with aclosing(events):
            async for event in events:
                if not isinstance(event, Reasoning):
                    thoughts.end()
                match event:
                    case Reasoning(text):
                        thoughts.hear(text)
                    case Switch():
                        failures.hear(event)
                    case Origin():
                        failures.tell(event)
                    case Lines(lines) if show:
                        spinner.stop()
                        terminal.write("".join(coloured(line, terminal) + "\n" for line in lines))
                    case Afresh() if show:
                        terminal.rule("the lines above do not hold; here is the whole answer")
                    case Suggestion():
                        return event
    raise AssertionError("suggest_path ends with a Suggestion")


def deliver(suggestion: Suggestion, terminal: Terminal, manner: Manner) -> None:
    """Put the result where it was asked for: a file, stdout, or one JSON envelope there."""
    if manner.output is not None:
        from photon.settings.files import write_atomically

        write_atomically(manner.output, suggestion.text)
        terminal.note(f"wrote {manner.output}")
    if manner.as_json:
        terminal.write(envelope(suggestion, manner.inspector))
    elif manner.output is None and not manner.show:
        terminal.write(payload(suggestion, terminal))


def payload(suggestion: Suggestion, terminal: Terminal) -> str:
    from photon.cli.yaml_colours import coloured

    return "".join(coloured(line, terminal) + "\n" for line in suggestion.text.splitlines())


def envelope(suggestion: Suggestion, inspector: Inspector | None) -> str:
    import json
    from dataclasses import asdict

    from photon.cli.provenance import provenance

    facts = {
        "document": suggestion.document,
        "sketch": suggestion.sketch,
        **provenance(suggestion.answered_by, suggestion.switches, suggestion.usage, suggestion.attempts),
        "repairs": list(suggestion.repairs),
        "notes": list(suggestion.notes),
        "timings_ms": asdict(suggestion.timings),
        **({"inspection": inspector.facts()} if inspector else {}),
    }
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def tell(suggestion: Suggestion, terminal: Terminal, *, explain: bool) -> None:
    """Who answered and with how many repairs, in one line; with `explain` what each of them was, and how fast it went."""
    line = credits_of(suggestion, milliseconds=suggestion.timings.total)
    if explain:
        for what, lines in (("mended", suggestion.repairs), ("assumed", suggestion.notes)):
            for each in lines:
                terminal.note(f"{what}: {each}")
        if speed := _speed(suggestion):
            line += f" · {speed}"
    terminal.note(line)


def credits_of(suggestion: Suggestion, *, milliseconds: int) -> str:
    from photon.cli.provenance import credits_line

    found = suggestion
    line = credits_line(found.answered_by, found.switches, found.usage, milliseconds, found.attempts)
    count = len(suggestion.repairs)
    return line + f" · {count} repair" + "s" * (count > 1) if count else line


def _speed(suggestion: Suggestion) -> str:
    """Time to the first token, and tokens a second from there on; empty for an answer from the cache."""
    first, tokens = suggestion.timings.first_token, suggestion.usage.completion_tokens
    if first is None or not tokens or suggestion.answered_by.cached or suggestion.timings.total <= first:
        return ""
    rate = tokens / (suggestion.timings.total - first) * 1000
    return f"first token after {first / 1000:.2f} s, {rate:.0f} tokens/s"
