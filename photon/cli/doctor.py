"""``photon ai doctor``: is everything as it should be, and what to do where it is not."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, nullcontext
from typing import TYPE_CHECKING, Annotated, Final

import typer

from photon.cli.options import JsonOption, QuietOption
from photon.cli.terminal import Terminal, harmless, terminal_of

if TYPE_CHECKING:
    from photon.tasks.doctor import Finding

_SIGNS: Final = {"ok": ("✓", "+", "32"), "note": ("·", "-", "2"), "warning": ("!", "!", "33"), "failure": ("✗", "x", "31")}
"""The sign of each level, the one where the locale is not UTF-8, and its colour (SGR)."""

_SUBJECT: Final = 14
"""Columns for what was looked at."""

_A_WHILE: Final = 0.15
"""Seconds after which somebody wonders whether anything is done."""

_ROOM: Final = 24
"""Columns that a text needs at least to stand beside its subject; a narrower terminal has it below."""


def doctor_command(
    ctx: typer.Context,
    ask: Annotated[
        bool,
        typer.Option("--ask/--no-ask", help="Let each provider answer a token, for a fraction of a cent.", show_default=False),
    ] = True,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check that all is well, and say what to do where it is not.

    \b
    Examples:
      photon ai doctor
      photon ai doctor --no-ask
      photon ai doctor --json | jq '.findings[] | select(.level == "failure")'

    In this order: Python and what is installed, llama.cpp and the model's files, the settings, each provider (by name,
    connection, key, models, and one token), the keyring and the keys, folders, databases, the clock. Nothing is changed,
    nothing is recorded, and no key is shown. Each provider has the time of ai.timeouts.connect and 10 seconds.

    The exit code is that of the worst finding: 0 where all is well, 3 for the settings, 4 for a key, 5 for a provider that is
    not reached, 6 for a limit or quota, 7 for a missing model, 1 for anything else.
    """
    import asyncio

    from photon.tasks.doctor import examine, exit_code, worst

    terminal = terminal_of(ctx)
    findings = asyncio.run(_told(examine(ask=ask), terminal, silent=as_json))
    if as_json:
        import json

        listed = [
            {"subject": each.subject, "level": each.level, "text": each.text, "mend": each.mend or None} for each in findings
        ]
        facts = {"findings": listed, "worst": worst(findings), "exit_code": int(exit_code(findings))}
        terminal.write(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    elif not quiet:
        terminal.note(_summary(findings))
    if code := exit_code(findings):
        raise typer.Exit(code)


async def _told(found: AsyncGenerator[Finding, None], terminal: Terminal, *, silent: bool) -> list[Finding]:
    """All findings, each one written as soon as it is known."""
    findings: list[Finding] = []
    async with aclosing(found):
        while True:
            finding = await _next(found, terminal)
            if finding is None:
                return findings
            findings.append(finding)
            if not silent:
                terminal.write("".join(f"{line}\n" for line in _lines(finding, terminal)))


async def _next(found: AsyncGenerator[Finding, None], terminal: Terminal) -> Finding | None:
    """The next finding, None after the last one. A spinner turns where it takes a while."""
    import asyncio

    coming = asyncio.ensure_future(anext(found, None))
    try:
        await asyncio.wait({coming}, timeout=_A_WHILE)
        with nullcontext() if coming.done() else terminal.spinner("checking"):
            return await coming
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _lines(finding: Finding, terminal: Terminal) -> list[str]:
    sign, plain, colour = _SIGNS[finding.level]
    shown = _coloured(sign if _is_utf8(terminal) else plain, colour, terminal)
    subject, text = harmless(finding.subject), harmless(finding.text)
    indent = _SUBJECT + 3
    if terminal.interactive and terminal.width < indent + _ROOM:
        lines = [f"{shown} {subject}", *_wrapped(text, 2, terminal)]
        indent = 2
    else:
        first, *rest = _wrapped(text, indent, terminal)
        beside = first.lstrip() if len(subject) > _SUBJECT else first[2 + _SUBJECT :].lstrip()
        lines = [f"{shown} {subject:{_SUBJECT}} {beside}", *rest]
    mend = f"{' ' * indent}try: {harmless(finding.mend)}"  # a command is copied, so nothing breaks it
    return [*lines, _coloured(mend, "2", terminal)] if finding.mend else lines


def _wrapped(text: str, indent: int, terminal: Terminal) -> list[str]:
    margin = " " * indent
    if not terminal.interactive:
        return [margin + text]
    import textwrap

    return textwrap.wrap(
        text, terminal.width, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    ) or [margin]


def _coloured(text: str, colour: str, terminal: Terminal) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if terminal.colour else text


def _is_utf8(terminal: Terminal) -> bool:
    return (getattr(terminal.out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


def _summary(findings: list[Finding]) -> str:
    counts = [(sum(each.level == level for each in findings), level) for level in ("failure", "warning")]
    said = [f"{count} {level}{'s' * (count > 1)}" for count, level in counts if count]
    return " and ".join(said) if said else "all is well"
