"""Who answered, after which failures: the same words for every command, on stderr and in JSON."""

from __future__ import annotations

from collections.abc import Sequence

from photon.chat import Origin, Switch, Usage
from photon.cli.terminal import Terminal


def tell_switches(switches: Sequence[Switch], successor: Origin, terminal: Terminal) -> None:
    """One line for each failure; the last one says who answers instead."""
    for switch in switches:
        name = switch.failed.provider
        what = switch.reason if switch.reason.startswith(name) else f"{name}: {switch.reason}"
        instead = "asking once more" if switch.repeat else f"{successor} answers instead"
        terminal.warn(f"{what}; {instead}" if switch is switches[-1] else what)


def credits_line(origin: Origin | None, usage: Usage, milliseconds: int | None) -> str:
    """Who answered, how long it is and how long it took: ``local/photon-openapi · 72 tokens · 0.9 s``."""
    facts = [str(origin)] if origin else []
    if origin and origin.cached:
        facts.append("from the cache")
    elif usage.completion_tokens is not None:
        facts.append("1 token" if usage.completion_tokens == 1 else f"{usage.completion_tokens} tokens")
    facts.append(f"{(milliseconds or 0) / 1000:.{2 if (milliseconds or 0) < 100 else 1}f} s")
    return " · ".join(facts)


def provenance(origin: Origin | None, switches: Sequence[Switch], usage: Usage) -> dict[str, object]:
    """The part of every ``--json`` envelope that says where the answer comes from."""
    return {
        "answered_by": {"provider": origin.provider, "model": origin.model} if origin else None,
        "cached": bool(origin and origin.cached),
        "failovers": [
            {"provider": each.failed.provider, "model": each.failed.model, "reason": each.reason}
            for each in switches
            if not each.repeat
        ],
        "repeats": sum(each.repeat for each in switches),
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens},
    }
