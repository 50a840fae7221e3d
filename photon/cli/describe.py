"""``photon ai describe``: the summaries, descriptions and operationIds that a specification lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import (
    CacheOption,
    FailoverOption,
    LogOption,
    MaxTokensOption,
    ModelOption,
    ProviderOption,
    QuietOption,
    RefreshOption,
    TemperatureOption,
    WaitOption,
    settings_flags,
)
from photon.cli.splicing import DiffOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import PhotonError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from photon.openapi.gaps import Kind
    from photon.openapi.splice.change import Change
    from photon.settings.schema import AI
    from photon.tasks.describe import Batches, Describing, Outcome

_TOLD = 5
"""Operations that are named when their texts could not be had."""
_PARTS = 10
"""Lines that tell how far it is, where no bar can be shown."""


def describe_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Your OpenAPI document; '-' reads stdin.")],
    *,
    only: Annotated[
        str | None,
        typer.Option("--only", metavar="KINDS", help="Of summary, description and operationId, those to fill, with commas."),
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most N operations.")] = None,
    write: Annotated[bool, typer.Option("--write", "-w", help="Put them into the document; every other byte stays.")] = False,
    diff: DiffOption = False,
    check: Annotated[
        bool, typer.Option("--check", help="List what is missing and ask nobody; exit code 1 if anything is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: print one JSON object.")] = False,
    provider: ProviderOption = None,
    model: ModelOption = None,
    failover: FailoverOption = None,
    cache: CacheOption = None,
    refresh: RefreshOption = False,
    log: LogOption = None,
    temperature: TemperatureOption = None,
    max_tokens: MaxTokensOption = None,
    wait: WaitOption = True,
    quiet: QuietOption = False,
) -> None:
    """Fill in missing summaries, descriptions and operationIds.

    \b
    Examples:
      photon ai describe openapi.yaml                    # prints a diff
      photon ai describe openapi.yaml --write
      photon ai describe openapi.yaml --only summary,operationId -w
      photon ai describe openapi.yaml --provider openai --limit 20 -w
      photon ai describe openapi.yaml --check --only summary       # for CI

    OperationIds are made by code in the pattern of your document, and so are the descriptions of responses and of what
    identifies something in a path. A model is asked for the rest, one operation at a time; the local model writes summaries and
    nothing else. With --write they go into the files in batches, so a run that was stopped goes on where it was; without it
    the diff is printed. What stands in several places at once (YAML's anchors and aliases) is left out and named; that alone
    is no failure. --check has a line for each text that is missing, file:line:column: operation, and sends nothing to anybody.
    """
    found = terminal_of(ctx)
    terminal = replace(found, quiet=True) if quiet else found
    kinds = _kinds(only)
    if write and str(file) == "-":
        raise UsageError("what comes through stdin cannot be written back", hint="name the file, or use --diff")
    if as_json and not check:
        raise UsageError("--json is of what --check finds", hint="add --check")
    if check:
        _refuse_beside_check(write=write, diff=diff, limit=limit)
        from photon.cli.describe_check import tell_missing

        tell_missing(file, kinds, terminal, as_json=as_json)
        return
    flags = settings_flags(
        provider=provider, model=model, failover=failover, cache=cache, log=log, temperature=temperature, max_tokens=max_tokens
    )
    from photon.cli.logs import settings_for
    from photon.tasks.describe import Batches, Describing
    from photon.tasks.kept_spec import kept_spec

    ai = settings_for(flags, terminal)
    work = Describing(kept_spec(file), only=kinds, limit=limit, own=_asks_own(ai))
    if not work.gaps:
        terminal.note(_left_out(work, f"{work.spec.source.name} lacks nothing that can be filled"))
        _tell_shared(work, terminal)
        return
    run = _Run(work, Batches(work.order, write=write), terminal, show=diff or not write)
    _describe(run, ai, refresh=refresh, wait=wait)
    if run.last_error:
        raise run.last_error


def _refuse_beside_check(**others: object) -> None:
    if wrong := next((name for name, value in others.items() if value), None):
        raise UsageError(f"--check only looks, and at every operation: not with --{wrong}", hint=f"leave out --{wrong}")


def _kinds(only: str | None) -> tuple[Kind, ...]:
    from photon.openapi.gaps import KINDS

    asked = [each.strip().lower() for each in only.split(",")] if only is not None else list(map(str.lower, KINDS))
    known = {kind.lower(): kind for kind in KINDS}
    if wrong := [each for each in asked if each not in known]:
        raise UsageError(f"--only knows no {wrong[0]!r}", hint=f"--only {','.join(KINDS)}")
    return tuple(known[each] for each in asked)


def _asks_own(ai: AI) -> bool:
    from photon.routing.plan import plan

    return plan(ai, purpose="sketch")[0].capabilities.prompt_format is not None


def _left_out(work: Describing, line: str) -> str:
    count = work.left_out
    return f"{line}; {count} description{'s' * (count != 1)} left out, which the local model does not write" if count else line


def _tell_shared(work: Describing, terminal: Terminal) -> None:
    """Which operations are left as they are, whatever they lack."""
    if routes := work.shared:
        more = f" and {len(routes) - _TOLD} more" if len(routes) > _TOLD else ""
        named = ", ".join(routes[:_TOLD]) + more
        count = f"{len(routes)} operation{'s' * (len(routes) != 1)}"
        terminal.warn(f"left out of {count} what stands in several places at once (anchors, aliases): {named}")


@dataclass(slots=True)
class _Run:
    """What was done so far, and how it is told."""

    work: Describing
    batches: Batches
    terminal: Terminal
    show: bool
    texts: int = 0
    done: int = 0
    failed: list[tuple[str, PhotonError]] = field(default_factory=list)

    @property
    def last_error(self) -> PhotonError | None:
        return self.failed[-1][1] if self.failed else None

    def hear(self, outcome: Outcome) -> None:
        """One operation is done. Raises InvalidSpec where its file cannot be changed."""
        self.done += 1
        self.texts += len(outcome.texts)
        if outcome.error:
            self.failed.append((outcome.gap.operation.route, outcome.error))
        self.deliver(self.batches.add(outcome.texts))

    def deliver(self, changes: list[Change]) -> None:
        """Changes of the files: their diff, where it is to be shown."""
        from photon.cli.diffs import write_diff

        for change in changes if self.show else ():
            write_diff(change.diff(cut=self.terminal.interactive), self.terminal)

    def tell(self) -> None:
        """What came of it."""
        for route, error in self.failed[:_TOLD]:
            self.terminal.warn(f"{route}: {error.message}")
        count = f"{self.texts} text{'s' * (self.texts != 1)} for {self.done} operation{'s' * (self.done != 1)}"
        line = f"wrote {count}" if self.batches.written else count
        if self.failed:
            line += f", {len(self.failed)} failed"
        if self.done < len(self.work.gaps):
            line += f", {len(self.work.gaps) - self.done} are left: run it again"
        self.terminal.note(_left_out(self.work, line))
        _tell_shared(self.work, self.terminal)


def _describe(run: _Run, ai: AI, *, refresh: bool, wait: bool) -> None:
    """Whatever ends it, what was done until then is written."""
    from photon.cli.running import run_until_done

    try:
        run_until_done(_ask(run, ai, refresh=refresh, wait=wait), run.terminal.out if run.show else None)
    finally:
        run.deliver(run.batches.flush())
        run.tell()


async def _ask(run: _Run, ai: AI, *, refresh: bool, wait: bool) -> None:
    from photon.chat import Parameters
    from photon.tasks.describe import who_describes

    terminal = run.terminal
    provider = who_describes(ai, refresh=refresh, wait=wait, warn=terminal.warn, notice=terminal.note)
    parameters = Parameters(temperature=ai.temperature, max_tokens=ai.max_tokens)
    try:
        with _progress(terminal, len(run.work.gaps)) as step:
            async with aclosing(run.work.outcomes(provider, parameters)) as outcomes:
                async for outcome in outcomes:
                    run.hear(outcome)
                    step(outcome.gap.operation.route)
    finally:
        await provider.close()


@contextmanager
def _progress(terminal: Terminal, total: int) -> Iterator[Any]:
    """A function that is told the route of each operation that is done: a bar in a terminal, elsewhere some lines."""
    if terminal.quiet:
        yield lambda route: None
    elif not (terminal.talkative and terminal.err_colour) or terminal.steady:
        yield _Lines(terminal, total)
    else:
        with _bar(terminal) as bar:
            task = bar.add_task("", total=total)
            yield lambda route: bar.update(task, advance=1, description=_short(route))


class _Lines:
    """Says ten times how far it is."""

    def __init__(self, terminal: Terminal, total: int) -> None:
        self._terminal, self._total, self._done = terminal, total, 0

    def __call__(self, route: str) -> None:
        self._done += 1
        parts = (self._done * _PARTS // self._total) - ((self._done - 1) * _PARTS // self._total)
        if self._total > _PARTS and parts and self._done < self._total:
            self._terminal.note(f"{self._done} of {self._total} operations")


def _bar(terminal: Terminal) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=terminal.err, force_terminal=True, width=terminal.width, highlight=False)
    columns = [BarColumn(bar_width=20), MofNCompleteColumn(), TimeRemainingColumn()]
    return Progress(*columns, TextColumn("{task.description}", markup=False), console=console, transient=True)


def _short(route: str) -> str:
    from photon.cli.terminal import harmless

    text = " ".join(harmless(route).split())
    return text if len(text) <= 40 else text[:39] + "…"
