"""``--dry-run`` and ``--inspect``: what would be sent, and what came back, for people and for scripts.

The text is in the form of an ``.http`` file: the request as it stands on the wire, and what there is to say of it behind a #.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from photon.chat import Attempt, Provider, Request, Usage
from photon.cli.money import money
from photon.cli.terminal import Terminal, harmless
from photon.providers.drafts import Draft
from photon.settings.schema import AI
from photon.sketch.text import escaped
from photon.tasks.inspection import Circumstances, Inspected, Outlook, Round, outlook, pause_between


async def dry_run(ai: AI, request: Request, circumstances: Circumstances, terminal: Terminal, *, as_json: bool) -> None:
    """Print on stdout what would be sent for `request`. Raises what `photon.tasks.inspection.outlook` raises."""
    outlooks = await outlook(ai, request, circumstances)
    if as_json:
        terminal.write(escaped(json.dumps([facts_of(each) for each in outlooks], indent=2, ensure_ascii=False)) + "\n")
    else:
        text = plan_text(outlooks)
        terminal.write(harmless(text) if terminal.interactive else text)
    terminal.note("nothing was sent")


class Inspector:
    """Shows on stderr what is sent, and with `report` what came back; also when quiet, for it was asked for.

    mute: shows nothing while all goes well, because `facts` go into a JSON envelope; what failed is shown even so.
    """

    def __init__(self, terminal: Terminal, ai: AI, circumstances: Circumstances, *, mute: bool = False) -> None:
        self._terminal, self._ai, self._circumstances, self._mute = terminal, ai, circumstances, mute
        self._rounds: list[Round] = []

    def over(self, provider: Provider) -> Provider:
        """`provider`, looked at."""

        async def foresee(request: Request) -> tuple[Outlook, ...]:
            return await outlook(self._ai, request, self._circumstances)

        inspected = Inspected(provider, foresee=foresee, before=self._before)
        self._rounds = inspected.rounds
        return inspected

    def _before(self, outlooks: Sequence[Outlook]) -> None:
        if not self._mute:
            self._show(plan_text(outlooks))

    def report(self) -> None:
        """Show what came back since the last report."""
        rounds, self._rounds[:] = tuple(self._rounds), ()
        for each in rounds:
            if self._mute and each.error:
                self._show(plan_text(each.outlooks))
            if not self._mute or each.error:
                self._show("".join(f"# {line}\n" for line in report_lines(each)))

    def facts(self) -> list[dict[str, object]]:
        """All requests so far, for a JSON envelope."""
        return [round_facts(each) for each in self._rounds]

    def _show(self, text: str) -> None:
        clean = harmless(text)
        self._terminal.say(f"\x1b[2m{clean}\x1b[0m" if self._terminal.err_colour else clean)


def plan_text(outlooks: Sequence[Outlook]) -> str:
    """The first target in full, and those that would be asked after it, a line each."""
    first, *others = outlooks
    lines = [*_request_lines(first), ""]
    if first.cached:
        lines.append("# the answer is in the cache: nobody is asked")
    lines += [f"# if it cannot answer: {_in_short(each)}" for each in others]
    return "\n".join(lines) + "\n"


def _request_lines(one: Outlook) -> Iterator[str]:
    written = one.draft
    yield f"# {written.origin}{'' if written.method else ', in this process' if not written.url else ''}"
    if written.note:
        yield f"# {written.note}"
    if written.method:
        yield f"{written.method} {written.url}"
        yield from (f"{name}: {value}" for name, value in written.headers.items())
        yield ""
        yield escaped(json.dumps(written.body, indent=2, ensure_ascii=False))
    elif written.body:
        yield from _unsent_lines(written)
    yield ""
    yield f"# {_expected(one)}"


def _unsent_lines(written: Draft) -> Iterator[str]:
    """What a model is given that is asked without HTTP: its parameters, and the conversation or the one text made of it."""
    parameters = {name: value for name, value in written.body.items() if name not in ("prompt", "messages")}
    yield from (f"# {name}: {escaped(json.dumps(value, ensure_ascii=False))}" for name, value in parameters.items())
    yield ""
    if "prompt" in written.body:
        yield written.body["prompt"].removesuffix("\n")
    else:
        yield escaped(json.dumps(written.body.get("messages"), indent=2, ensure_ascii=False))


def _expected(one: Outlook) -> str:
    """``about 791 prompt tokens ($0.0006), an answer of up to 1024 tokens (up to $0.0046)``."""
    prompt = f"{'' if one.draft.counted else 'about '}{one.draft.prompt_tokens} prompt tokens"
    answer = f"an answer of up to {one.longest_answer} tokens" if one.longest_answer else "an answer of any length"
    if one.free:
        return f"{prompt}, {answer}: free"
    if one.prompt_cost is None:
        return f"{prompt}, {answer}; the price is unknown"
    limit = "unknown" if one.answer_cost is None else f"up to {money(one.answer_cost)}"
    return f"{prompt} ({money(one.prompt_cost)}), {answer} ({limit})"


def _in_short(one: Outlook) -> str:
    where = f" at {one.draft.url}" if one.draft.url else ", in this process"
    facts = ["free" if one.free else "the price is unknown" if one.prompt_cost is None else ""]
    facts += ["its answer is in the cache" if one.cached else "", one.rest, one.draft.note]
    said = "; ".join(filter(None, facts))
    return f"{one.draft.origin}{where}" + (f" ({said})" if said else "")


def report_lines(this: Round) -> Iterator[str]:
    """What came back: each attempt with the pause before it, then the sum of it."""
    before: Attempt | None = None
    for number, attempt in enumerate(this.attempts, start=1):
        if before:
            again = "asked again" if before.origin == attempt.origin else "the next one is asked"
            yield f"{again} after {_seconds(pause_between(before, attempt))}"
        yield f"{number}. {attempt.origin}: {' · '.join(_told(attempt))}"
        before = attempt
    yield " · ".join(_summed_up(this))


def _told(attempt: Attempt) -> Iterator[str]:
    if attempt.first_token_ms is not None:
        yield f"first token after {_seconds(attempt.first_token_ms)}"
    yield f"{_seconds(attempt.total_ms)} in all"
    if speed := tokens_a_second(attempt):
        yield f"{speed:.0f} tokens/s"
    if attempt.usage != Usage():
        yield _counted(attempt.usage)
    cost = attempt.cost
    if cost or not attempt.fault:
        yield _price_tag(cost)
    if attempt.finish_reason and attempt.finish_reason != "stop":
        yield f"ended by {attempt.finish_reason}"
    if attempt.cancelled:
        yield "cancelled"
    if attempt.fault:
        yield f"{attempt.fault}: {attempt.error}"


def _summed_up(this: Round) -> Iterator[str]:
    if this.origin and this.origin.cached:
        yield f"{this.origin}: from the cache, nobody was asked"
    elif this.error:
        yield "no answer"
    yield f"{_seconds(this.total_ms or 0.0)} in all"
    if len(this.attempts) > 1:
        yield f"{_many(this.retries, 'retry', 'retries')}, {_many(this.failovers, 'failover', 'failovers')}"
        yield f"{_price_tag(this.cost)} together"


def tokens_a_second(attempt: Attempt) -> float | None:
    """Of the answer, from its first token on; None where it is not known."""
    tokens, first = attempt.usage.completion_tokens, attempt.first_token_ms
    return 1000 * tokens / (attempt.total_ms - first) if tokens and first is not None and attempt.total_ms > first else None


def _counted(usage: Usage) -> str:
    prompt, completion = ("?" if count is None else count for count in (usage.prompt_tokens, usage.completion_tokens))
    cached = f" ({usage.cached_tokens} of them cached)" if usage.cached_tokens else ""
    return f"{prompt} prompt tokens{cached}, {completion} of answer"


def _price_tag(cost: float | None) -> str:
    return "price unknown" if cost is None else money(cost) if cost else "free"


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.2f} s"


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def facts_of(one: Outlook) -> dict[str, object]:
    """One target for scripts; costs in USD, null where unknown."""
    written = one.draft
    return {
        "provider": written.origin.provider,
        "model": written.origin.model,
        "kind": written.kind,
        "cloud": written.cloud,
        "method": written.method or None,
        "url": written.url or None,
        "headers": dict(written.headers),
        "body": written.body,
        "prompt_tokens": written.prompt_tokens,
        "prompt_tokens_estimated": not written.counted,
        "max_tokens": one.longest_answer,
        "prompt_cost_usd": one.prompt_cost,
        "max_answer_cost_usd": one.answer_cost,
        "cached": one.cached,
        "resting": one.rest or None,
        "note": written.note or None,
    }


def round_facts(this: Round) -> dict[str, object]:
    """One request and all that came of it, for scripts."""
    return {
        "targets": [facts_of(each) for each in this.outlooks],
        "attempts": [_attempt_facts(attempt) for attempt in this.attempts],
        "pauses_ms": [round(pause_between(*pair), 1) for pair in pairwise(this.attempts)],
        "cached": bool(this.origin and this.origin.cached),
        "first_token_ms": _rounded(this.first_token_ms),
        "total_ms": _rounded(this.total_ms),
        "retries": this.retries,
        "failovers": this.failovers,
        "cost_usd": this.cost,
    }


def _attempt_facts(attempt: Attempt) -> Mapping[str, Any]:
    return {
        "provider": attempt.origin.provider,
        "model": attempt.origin.model,
        "first_token_ms": _rounded(attempt.first_token_ms),
        "total_ms": _rounded(attempt.total_ms),
        "tokens_per_second": _rounded(tokens_a_second(attempt)),
        "usage": asdict(attempt.usage),
        "cost_usd": attempt.cost,
        "finish_reason": attempt.finish_reason,
        "fault": attempt.fault,
        "error": attempt.error or None,
        "cancelled": attempt.cancelled,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
