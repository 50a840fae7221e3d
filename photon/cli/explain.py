"""``photon ai explain``: what a rule of the linter is about, why, and how to mend what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photon.cli.options import JsonOption
from photon.cli.terminal import Terminal, harmless, terminal_of

if TYPE_CHECKING:
    from photon.openapi.lint.rule import Rule

_BOLD, _DIM, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_PAGES = 2
"""So many rules that another tool has one name for are explained at once; more are listed."""
_ROOM = 140
"""Columns below which a terminal has no room for what others call a rule."""
_SPARE = ("SEVERITY", "SUMMARY")
"""Columns of the list that a narrower one does without."""
_SEVERITIES = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[34m"}


def explain_command(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="[RULE]", help="Its id, or that of Redocly's or Spectral's rule.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Explain a rule of the linter, or list them all.

    \b
    Examples:
      photon ai explain
      photon ai explain no-duplicate-keys
      photon ai explain oas3-unused-component
      photon ai explain --json | jq -r '.[] | select(.fixable).id'
    """
    terminal = terminal_of(ctx)
    if not name:
        _list(terminal, as_json=as_json)
        return
    rules = _rules_called(name, terminal)
    if as_json:
        found = [_facts(rule) for rule in rules]
        _write_json(found[0] if len(found) == 1 else found, terminal)
        return
    if len(rules) > _PAGES:
        _table(rules, terminal)
    else:
        terminal.write("\n".join(_page(rule, terminal) for rule in rules))


def _rules_called(name: str, terminal: Terminal) -> Sequence[Rule]:
    """Ours of that id, else those that say what Redocly's or Spectral's rule of that id says. Raises UsageError."""
    from photon.openapi.lint.selection import foreign_names, known_rules, rule_called

    if name in known_rules() or name not in foreign_names():
        return [rule_called(name)]
    whose, rules = foreign_names()[name]
    here = " and ".join(rule.id for rule in rules) if len(rules) <= _PAGES else f"{len(rules)} rules"
    terminal.note(f"{name} is {whose}'s name; here it is {here}")
    return rules


def _list(terminal: Terminal, *, as_json: bool) -> None:
    from photon.openapi.lint.selection import known_rules

    rules = sorted(known_rules().values(), key=lambda rule: rule.id)
    if as_json:
        _write_json([_facts(rule) for rule in rules], terminal)
    else:
        _table(rules, terminal)


def _table(rules: Sequence[Rule], terminal: Terminal) -> None:
    if terminal.interactive and terminal.width < _ROOM:
        rows = [(rule.id, _severity(rule), rule.summary) for rule in rules]
        terminal.table(("RULE", "SEVERITY", "SUMMARY"), rows, spare=_SPARE)
        return
    terminal.table(
        ("RULE", "SEVERITY", "FIXABLE", "SUMMARY", "REDOCLY", "SPECTRAL"),
        [
            (rule.id, _severity(rule), "fixable" if rule.fixable else "", rule.summary, rule.redocly, rule.spectral)
            for rule in rules
        ],
    )


def _severity(rule: Rule) -> str:
    return rule.severity if rule.on else "off"


def _facts(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity,
        "on": rule.on,
        "fixable": rule.fixable,
        "safe_fix": rule.fixable and rule.safe,
        "summary": rule.summary,
        "explanation": rule.explanation,
        "wrong": rule.wrong,
        "right": rule.right,
        "versions": list(rule.versions),
        "redocly": rule.redocly,
        "spectral": rule.spectral,
    }


def _write_json(value: Any, terminal: Terminal) -> None:
    import json

    from photon.sketch.text import escaped

    terminal.write(escaped(json.dumps(value, indent=2, ensure_ascii=False)) + "\n")


def _page(rule: Rule, terminal: Terminal) -> str:
    """All about one rule, as wide as the terminal."""
    said = [_styled(rule.id, _BOLD, terminal) + "  " + _styled(", ".join(_marks(rule)), _SEVERITIES[rule.severity], terminal)]
    said += ["", *_wrapped(rule.summary, terminal), "", *_wrapped(rule.explanation, terminal)]
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            said += ["", _styled(title, _BOLD, terminal), *_example(example, terminal)]
    same = [f"{tool}: {name}" for tool, name in (("Redocly", rule.redocly), ("Spectral", rule.spectral)) if name]
    if same:
        said += ["", _styled("Elsewhere", _BOLD, terminal), *(f"  {each}" for each in same)]
    off = f"photon ai lint --rule {rule.id}={'off' if rule.on else rule.severity}"
    said += [
        "",
        *_wrapped(f"{off}, ai.lint.rules, or the comment '# photon: ignore {rule.id}' switches it.", terminal, dim=True),
    ]
    return "\n".join(said) + "\n"


def _marks(rule: Rule) -> Iterable[str]:
    yield rule.severity
    if not rule.on:
        yield "off unless it is switched on"
    if rule.fixable:
        yield "mended by --fix" if rule.safe else "mended by --fix --unsafe-fixes"
    if len(rule.versions) < 3:
        yield f"OpenAPI {' and '.join(rule.versions)} only"


def _example(text: str, terminal: Terminal) -> list[str]:
    from photon.cli.yaml_colours import coloured

    return [f"  {coloured(line, terminal)}" for line in harmless(text).rstrip("\n").split("\n")]


def _wrapped(text: str, terminal: Terminal, *, dim: bool = False) -> list[str]:
    if not terminal.interactive:
        return text.splitlines()
    import textwrap

    lines = textwrap.wrap(text, min(terminal.width, 100), break_long_words=False, break_on_hyphens=False)
    return [_styled(line, _DIM, terminal) for line in lines] if dim else lines


def _styled(text: str, style: str, terminal: Terminal) -> str:
    return f"{style}{text}{_END}" if terminal.colour else text
