"""How a suggestion reaches people: its lines while they come, the result where it was asked for, and who gave it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


async def show(
    events: AsyncGenerator[Event, None], terminal: Terminal, *, show: bool, reasoning: bool
) -> tuple[Suggestion, ...]:
    """Print the lines as they come, if `show`; say on stderr who failed, and with `reasoning` what the model thinks; return
    the result, or each of several."""
    from photon.chat import Origin, Switch
    from photon.cli.provenance import Failures
    from photon.cli.reasoning import Thoughts
    from photon.cli.yaml_colours import coloured
    from photon.tasks.suggest_path import Afresh, Lines, Reasoning, Suggestion

    with terminal.spinner("asking") as spinner, Thoughts(terminal, spinner, wanted=reasoning) as thoughts:
        failures = Failures(terminal, spinner)
        found: list[Suggestion] = []
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
                        found.append(event)
    return tuple(found)


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
    """What is printed on stdout, coloured where the terminal wants that."""
    from photon.cli.yaml_colours import coloured

    return "".join(coloured(line, terminal) + "\n" for line in suggestion.text.splitlines())


def envelope(suggestion: Suggestion, inspector: Inspector | None) -> str:
    """The suggestion and all that is known of how it came about, as one JSON object."""
    import json

    from photon.sketch.text import escaped

    return escaped(json.dumps(_facts(suggestion, inspector), indent=2, ensure_ascii=False)) + "\n"


def envelopes(suggestions: Sequence[Suggestion], inspector: Inspector | None) -> str:
    """All of them as one JSON object."""
    import json

    from photon.sketch.text import escaped

    facts: dict[str, Any] = {"alternatives": [_facts(each, None) for each in suggestions]}
    facts |= {"inspection": inspector.facts()} if inspector else {}
    return escaped(json.dumps(facts, indent=2, ensure_ascii=False)) + "\n"


def _facts(suggestion: Suggestion, inspector: Inspector | None) -> dict[str, Any]:
    from dataclasses import asdict

    from photon.cli.provenance import provenance

    return {
        "document": suggestion.document,
        "sketch": suggestion.sketch,
        **provenance(suggestion.answered_by, suggestion.switches, suggestion.usage, suggestion.attempts),
        "repairs": list(suggestion.repairs),
        "notes": list(suggestion.notes),
        "reused": list(suggestion.reused),
        "findings": [{"rule": each.rule, "severity": each.severity, "message": each.message} for each in suggestion.findings],
        "timings_ms": asdict(suggestion.timings),
        **({"inspection": inspector.facts()} if inspector else {}),
    }


def tell(suggestion: Suggestion, terminal: Terminal, *, explain: bool) -> None:
    """Who answered and with how many repairs, in one line; with `explain` what each of them was, and how fast it went."""
    line = credits_of(suggestion, milliseconds=suggestion.timings.total)
    for finding in suggestion.findings if explain else [each for each in suggestion.findings if each.severity == "error"]:
        terminal.warn(f"{finding.message} ({finding.rule}; photon ai explain {finding.rule})")
    if explain:
        if suggestion.reused:
            terminal.note(f"used again: {', '.join(each.rpartition('/')[2] for each in suggestion.reused)}")
        for what, lines in (("mended", suggestion.repairs), ("assumed", suggestion.notes)):
            for each in lines:
                terminal.note(f"{what}: {each}")
        if speed := _speed(suggestion):
            line += f" · {speed}"
    terminal.note(line)


def credits_of(suggestion: Suggestion, *, milliseconds: int) -> str:
    """Who answered, at what cost, with how many repairs."""
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
