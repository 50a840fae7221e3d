"""``photon ai spec``: what Photon knows of the user's specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import JsonOption
from photon.cli.terminal import Terminal, terminal_of
from photon.errors import UsageError

if TYPE_CHECKING:
    from photon.openapi.style.learn import Learned
    from photon.openapi.style.survey import Evidence

_NARROW = 72
"""Columns below which how often it was found stands in the same column as what was found."""

_LONGEST = 300
"""Characters of what was found; the rest is in --json."""

spec_app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@spec_app.callback()
def spec() -> None:
    """Your specification, as Photon sees it.

    \b
    Examples:
      photon ai spec style openapi.yaml
      photon ai spec style openapi.yaml --json
    """


@spec_app.command("style")
def style_command(
    ctx: typer.Context,
    *,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="OpenAPI 3 in YAML or JSON; - is stdin; without it, the one of ai.spec.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show how a specification is written: names, security, errors, pages.

    \b
    Examples:
      photon ai spec style openapi.yaml
      photon ai spec style openapi.yaml --json | jq .style.names
      cat openapi.yaml | photon ai spec style -

    All of it is found by counting over the whole document, and each line says in how many cases it holds. It is what
    suggestions follow; [ai.style] in photon.toml overrules it.
    """
    from photon.openapi.style.learn import learned
    from photon.tasks.kept_spec import kept_spec

    terminal = terminal_of(ctx)
    path = Path(file or _own_spec())
    found = learned(kept_spec(path))
    if as_json:
        _write_json(terminal, str(path), found)
    else:
        _write_table(terminal, found.evidence)


def _own_spec() -> str:
    """The project's specification. Raises UsageError where none is named."""
    from photon.settings.load import load

    own = load().settings.ai.spec
    if not own:
        raise UsageError("no specification is named", hint="photon ai spec style openapi.yaml (or set ai.spec in photon.toml)")
    return own


def _write_table(terminal: Terminal, evidence: tuple[Evidence, ...]) -> None:
    """In a pipe three columns of their own, in a narrow terminal two."""
    rows = [[_line(each.subject), _line(each.found), f"{each.agreeing} of {each.of}" if each.of else ""] for each in evidence]
    columns = ["what", "how", "in"]
    if terminal.interactive and terminal.width < _NARROW:
        rows = [[what, f"{how} ({count})" if count else how] for what, how, count in rows]
        columns = columns[:2]
    terminal.table(columns, rows)


def _line(text: str) -> str:
    """One line of the user's own words, cut where it is very long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _write_json(terminal: Terminal, file: str, found: Learned) -> None:
    import json

    from photon.sketch.text import escaped

    evidence = [
        {"what": each.subject, "how": each.found, **({"agreeing": each.agreeing, "of": each.of} if each.of else {})}
        for each in found.evidence
    ]
    said = {"file": file, "style": _plain(found.style), "evidence": evidence}
    terminal.write(escaped(json.dumps(said, indent=2, ensure_ascii=False)) + "\n")


def _plain(value: Any) -> Any:
    """A style as JSON has it."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value
