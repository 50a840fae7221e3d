"""``photon ai lint``: what is wrong with a document, and what of it can be mended. No model, no network."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photon.cli.options import QuietOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import ExitCode, PhotonError, UsageError

_SPARE = ("FIXABLE", "SUMMARY", "SEVERITY", "COUNT")
"""Columns of the statistics that a narrow terminal does without."""

if TYPE_CHECKING:
    from pathlib import Path

    from photon.openapi.lint.finding import Finding
    from photon.openapi.lint.selection import Selection
    from photon.settings.schema import AI
    from photon.tasks.linting import Linted

Format = Literal["text", "json", "github", "sarif"]


def lint_command(
    ctx: typer.Context,
    *,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="OpenAPI documents, - is stdin; ai.spec if there is none.")
    ] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="How to print what is found; text by default.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="RULE=WORD", help="Switch a rule: off, error, warning or info. Several times."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="RULE", help="Only this rule. Several times.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend in the file what can be mended without a choice of yours.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show as a diff what --fix would change, and change nothing.")] = False,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe-fixes", help="Mend also what clients of the API would notice, such as a slash behind a path."),
    ] = False,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"] | None,
        typer.Option("--fail-on", help="The mildest finding for which the exit code is 1.", show_default=False),
    ] = None,
    excerpt: Annotated[
        bool | None,
        typer.Option(
            "--excerpt/--no-excerpt", help="Show the place in the text; by default where few are found.", show_default=False
        ),
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count what is found by rule instead.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Find what is wrong with OpenAPI documents.

    \b
    Examples:
      photon ai lint openapi.yaml
      photon ai lint openapi.yaml --fix --diff
      photon ai lint openapi.yaml --fix --unsafe-fixes
      photon ai lint openapi.yaml --rule no-unused-components=off --fail-on warning
      photon ai lint api/*.yaml --format sarif > lint.sarif

    Files that a document refers to are linted with it. A finding is a line: file:line:column: severity rule message; photon
    ai explain RULE says what a rule is about. Rules are switched for a project by ai.lint.rules, and for one place by the
    comment '# photon: ignore RULE' on its line or above it. Exit code: 0 nothing, 1 something at least as bad as --fail-on
    (ai.lint.fail_on: error), 2 wrong usage, 9 a file that is no OpenAPI 3 document.
    """
    from photon.settings.load import load

    terminal = terminal_of(ctx)
    terminal = replace(terminal, quiet=terminal.quiet or quiet)
    ai = load().settings.ai
    names = _names(files, ai)
    form = _form(form, as_json=as_json, diff=diff, statistics=statistics)
    to_stdout = fix and not diff and "-" in names
    if to_stdout and (form != "text" or statistics or len(names) > 1):
        raise UsageError("--fix writes what is piped in, mended, to stdout: nothing else has room there", hint="add --diff")
    from photon.tasks.linting import lint_files

    with _no_collection(unless=len(names) > 1):
        chosen = _selection(ai, rules, only)
        results = lint_files(names, chosen, fix=fix or diff, unsafe=unsafe)
        failures = _deliver(results, terminal, chosen, diff=diff, to_stdout=to_stdout) if fix or diff else []
    if form != "text" and not diff:
        _report(results, terminal, form)
    elif not diff:
        _show(results, terminal, excerpt=excerpt, statistics=statistics, to_stderr=to_stdout)
    for failure in failures:
        terminal.fail(failure)
    _summarise(results, terminal, diff=diff, unsafe=unsafe)
    code = _code(results, failures, fail_on or ai.lint.fail_on, diff=diff)
    if code:
        raise typer.Exit(code)


@contextmanager
def _no_collection(*, unless: bool) -> Iterator[None]:
    """One big document is half a million objects, of which none is garbage: to look for it takes 0.3 of 1.6 s (measured).

    They are put aside at the end, because the process ends too, or the search would only come later.
    """
    collects = gc.isenabled() and not unless
    if collects:
        gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.freeze()
            gc.enable()


def _form(form: Format | None, *, as_json: bool, diff: bool, statistics: bool) -> Format:
    """How to print it. Raises UsageError for two ways at once."""
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} say two things", hint="leave out one of them")
    found: Format = "json" if as_json else form or "text"
    if found != "text" and (diff or statistics):
        flag = "--diff" if diff else "--statistics"
        raise UsageError(f"{flag} has a form of its own, which is not {found}", hint=f"leave out {flag}, or the format")
    if diff and statistics:
        raise UsageError("--diff and --statistics would both be printed", hint="leave out one of them")
    return found


def _names(files: list[str] | None, ai: AI) -> list[str]:
    names = files or ([ai.spec] if ai.spec else [])
    if not all(names):
        raise UsageError("the name of a file is empty", hint="photon ai lint openapi.yaml")
    if not names:
        raise UsageError("there is no file to lint", hint="photon ai lint openapi.yaml (or set ai.spec in photon.toml)")
    return names


def _selection(ai: AI, rules: list[str] | None, only: list[str] | None) -> Selection:
    from photon.tasks.linting import chosen_rules

    return chosen_rules(ai.lint, rules or (), [name for text in only or () for name in text.split(",") if name.strip()])


def _deliver(results: list[Linted], terminal: Terminal, chosen: Selection, *, diff: bool, to_stdout: bool) -> list[PhotonError]:
    """The new texts: as a diff, on stdout, or into their files. Returns what could not be written; `results` say then what
    is still there."""
    from photon.cli.diffs import write_diff
    from photon.tasks.linting import unwritten

    failures: list[PhotonError] = []
    for place, result in enumerate(results):
        if to_stdout and result.files:
            terminal.write(("\ufeff" if result.files[0].bom else "") + result.files[0].text)
        if diff:
            write_diff([line for change in result.changes for line in change.diff()], terminal)
        elif failed := _write(result):
            failures += failed.values()
            results[place] = unwritten(result, failed, chosen)
    return failures


def _write(result: Linted) -> dict[Path, PhotonError]:
    """Write the changes into their files. Returns what could not be written, and why."""
    from photon.openapi.splice.change import write_change

    failed: dict[Path, PhotonError] = {}
    for change in result.changes:
        if change.source.path is not None:
            try:
                write_change(change)
            except PhotonError as error:
                failed[change.source.path] = error
    return failed


def _show(results: Sequence[Linted], terminal: Terminal, *, excerpt: bool | None, statistics: bool, to_stderr: bool) -> None:
    from photon.cli import lint_text

    findings = _findings(results)
    if statistics:
        if findings:
            terminal.table(("COUNT", "SEVERITY", "RULE", "FIXABLE", "SUMMARY"), lint_text.statistics(findings), spare=_SPARE)
        return
    few = terminal.interactive and len(findings) <= lint_text.FEW
    colour = terminal.err_colour if to_stderr else terminal.colour
    text = lint_text.finding_lines(findings, terminal, excerpts=few if excerpt is None else excerpt, colour=colour)
    if to_stderr:
        terminal.say(text)
    elif text:
        terminal.write(text)


def _report(results: Sequence[Linted], terminal: Terminal, form: str) -> None:
    from photon.cli import lint_reports

    make = {"json": lint_reports.json_report, "github": lint_reports.github_report, "sarif": lint_reports.sarif_report}[form]
    terminal.write(make(results))


def _summarise(results: Sequence[Linted], terminal: Terminal, *, diff: bool, unsafe: bool) -> None:
    """What was found, on stderr, and what can be done about it; each file that could not be linted as an error."""
    from photon.cli.lint_text import counted, number

    for result in results:
        if result.error:
            terminal.fail(result.error)
    linted = [result for result in results if not result.error]
    if not linted:
        return
    findings, fixed = _findings(linted), sum(len(result.fixed) for result in linted)
    where = linted[0].files[0].name if len(linted) == 1 and linted[0].files else number(len(linted), "file")
    if fixed:
        done, rest = ("would be", "would be") if diff else (_were(fixed), "is" if len(findings) == 1 else "are")
        left = f", {counted(findings)} {rest} left" if findings else ""
        more = f" ({_more(findings)})" if not unsafe and _more(findings) else ""
        terminal.note(f"{where}: {'all ' * (not findings)}{fixed:,} {done} mended{left}{more}")
        return
    fixable = sum(bool(finding.fixes) and (finding.safe or unsafe) for finding in findings)
    with_what = "--fix --unsafe-fixes" if unsafe else "--fix"
    mends = [f"{with_what} mends {fixable:,} of them"] if fixable else []
    mends += [_more(findings)] if not unsafe and _more(findings) else []
    told = f" ({', '.join(mends)})" if mends else ""
    terminal.note(f"{where}: {counted(findings) or 'nothing is wrong'}{told}")


def _more(findings: Sequence[Finding]) -> str:
    """What is only mended where that is asked for."""
    count = sum(bool(finding.fixes) and not finding.safe for finding in findings)
    return f"{count:,} more with --unsafe-fixes" if count else ""


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _findings(results: Sequence[Linted]) -> list[Finding]:
    return [finding for result in results for finding in result.findings]


def _code(results: Sequence[Linted], failures: Sequence[PhotonError], fail_on: str, *, diff: bool) -> int:
    """With --diff nothing is mended yet, so that what would be counts too."""
    from photon.tasks.linting import fails

    if failed := [*failures, *(result.error for result in results if result.error)]:
        return max(error.exit_code for error in failed)
    fixed = [finding for result in results for finding in result.fixed] if diff else []
    return ExitCode.FAILURE if fails([*_findings(results), *fixed], fail_on) else ExitCode.SUCCESS
