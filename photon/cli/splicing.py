"""Putting what was suggested into the user's document: the options, the diff, and what to say where it does not go in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.terminal import Terminal, harmless
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.openapi.spec import Spec
    from photon.openapi.splice.change import Change
    from photon.settings.schema import AI

WriteOption = Annotated[bool, typer.Option("--write", "-w", help="Put it into the document; every other byte stays.")]
DiffOption = Annotated[bool, typer.Option("--diff", help="Print what --write would change, as a unified diff.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Splicing:
    """What is to become of a suggestion. With `diff` alone nothing is written."""

    write: bool
    diff: bool
    replace: bool = False

    @property
    def wanted(self) -> bool:
        """Whether a document is to be changed, or a change of it shown."""
        return self.write or self.diff

    def check(self, ai: AI, *, output: Path | None = None, as_json: bool = False, piped: bool = False) -> None:
        """Raises UsageError where there is no document to change, or where two things share one place.

        output: the file of ``-o``. as_json: an object is to be printed. piped: the request comes through
        stdin.
        """
        if self.replace and not self.wanted:
            raise UsageError("--replace is about what --write and --diff put into a document", hint="--replace --diff")
        if piped and ai.spec == "-":
            raise UsageError("stdin cannot be the request and the specification", hint="--spec FILE")
        if self.diff and output is not None:
            raise UsageError("--diff is printed, and --output is not about it", hint=f"--diff > {output}")
        if self.diff and as_json:
            raise UsageError("--diff and --json would both be printed", hint="leave out one of them")
        if output is not None and ai.spec and _are_one(output, Path(ai.spec)):
            raise UsageError(f"--output would overwrite the document {ai.spec}", hint="--write puts it into the document")
        if self.wanted and not ai.spec:
            flag = "--write" if self.write else "--diff"
            raise UsageError(f"{flag} needs the document that it is about", hint=f"{flag} --spec openapi.yaml, or set ai.spec")
        if self.write and ai.spec == "-":
            raise UsageError("what comes through stdin cannot be written back", hint="--spec FILE, or --diff")

    def put(self, document: Mapping[str, Any], spec: Spec, terminal: Terminal) -> None:
        """Put the only operation of `document` into `spec`. Raises InvalidSpec; both versions are shown where it is there."""
        from photon.openapi.splice.operation import OperationExists
        from photon.tasks.splicing import change_of

        try:
            change = change_of(document, spec, replace=self.replace)
        except OperationExists as error:
            _show_both(error.there, error.new, terminal)
            raise
        self.deliver(change, terminal)

    def deliver(self, change: Change, terminal: Terminal) -> None:
        """Show the change, write it, or both. Raises PhotonError where it cannot be written."""
        if self.diff:
            from photon.cli.diffs import write_diff

            write_diff(change.diff(cut=terminal.interactive), terminal)
        if self.write:
            from photon.openapi.splice.change import write_change
            from photon.tasks.splicing import extent

            write_change(change)
            names = ", ".join(each.source.name for each in (change, *change.others))
            terminal.note(f"wrote {names}: {extent(change)}")


def _are_one(one: Path, other: Path) -> bool:
    """Whether both names lead to one file."""
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist
        return one.resolve() == other.resolve()


def _show_both(there: str, new: str, terminal: Terminal) -> None:
    """The operation as it is and as it would be, on stderr; nothing when quiet."""
    if terminal.quiet:
        return
    from photon.cli.yaml_colours import coloured

    for title, text in (("there is", there), ("the new one", new)):
        terminal.rule(title)
        shown = replace(terminal, colour=terminal.err_colour)
        terminal.say("".join(coloured(harmless(line), shown) + "\n" for line in text.rstrip().splitlines()))


def without_spec(ai: AI) -> AI:
    """The settings with the project's document left aside."""
    return replace(ai, spec="")
