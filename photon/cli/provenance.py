"""Who answered, after which failures: the same words for every command, on stderr and in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from photon.chat import Attempt, Origin, Switch, Usage, total_cost
from photon.cli.money import money
from photon.cli.terminal import Spinner, Terminal


class Failures:
    """What went wrong on the way to an answer: a line for each failure, as soon as it is known who answers instead.

    Nobody is told of the same failure twice.
    """

    def __init__(self, terminal: Terminal, spinner: Spinner) -> None:
        self._terminal, self._spinner = terminal, spinner
        self._heard: list[Switch] = []
        self._told: set[Switch] = set()

    def hear(self, switch: Switch) -> None:
        """Somebody could not go on."""
        self._heard.append(switch)

    def tell(self, successor: Origin) -> None:
        """`successor` answers: say so in the last line, behind the last failure."""
        untold = [switch for switch in failovers(self._heard, successor) if switch not in self._told]
        if not untold:
            return
        self._spinner.stop()
        for switch in untold[:-1]:
            self._terminal.warn(_line(switch))
        self._terminal.warn(f"{_line(untold[-1])}; {successor} answers instead")
        self._told.update(untold)


def failovers(switches: Sequence[Switch], answered_by: Origin | None) -> list[Switch]:
    """Those of `switches` by which somebody else came to answer, each once.

    Not a question that was repeated, and not the failure of one who answered in the end, a shorter conversation for example.
    """
    who = answered_by and (answered_by.provider, answered_by.model)
    return [each for each in dict.fromkeys(switches) if not each.repeat and (each.failed.provider, each.failed.model) != who]


def _line(switch: Switch) -> str:
    name = switch.failed.provider
    return switch.reason if name in switch.reason else f"{name}: {switch.reason}"


def credits_line(
    origin: Origin | None, switches: Sequence[Switch], usage: Usage, milliseconds: int | None, attempts: Sequence[Attempt] = ()
) -> str:
    """Who answered, how long it is, how long it took and what it cost, failed attempts included:
    ``openai/gpt-5.4-mini · 72 tokens · 0.9 s · $0.0004``. Nothing is said of what was free."""
    facts = [str(origin)] if origin else []
    if origin and origin.cached:
        facts.append("from the cache")
    elif usage.completion_tokens is not None:
        facts.append("1 token" if usage.completion_tokens == 1 else f"{usage.completion_tokens} tokens")
    facts.append(f"{(milliseconds or 0) / 1000:.{2 if (milliseconds or 0) < 100 else 1}f} s")
    if any(switch.repeat and origin and switch.failed.provider == origin.provider for switch in switches):
        facts.append("asked twice")
    if (cost := total_cost(attempts)) != 0:
        facts.append("price unknown" if cost is None else money(cost))
    return " · ".join(facts)


def provenance(
    origin: Origin | None, switches: Sequence[Switch], usage: Usage, attempts: Sequence[Attempt] = ()
) -> dict[str, object]:
    """The part of every ``--json`` envelope that says where the answer comes from. cost_usd: 0 where it was free, null where
    it is unknown."""
    return {
        "answered_by": {"provider": origin.provider, "model": origin.model} if origin else None,
        "cached": bool(origin and origin.cached),
        "failovers": [
            {"provider": each.failed.provider, "model": each.failed.model, "reason": each.reason}
            for each in failovers(switches, origin)
        ],
        "repeats": sum(each.repeat for each in switches),
        "usage": asdict(usage),
        "cost_usd": total_cost(attempts),
    }
