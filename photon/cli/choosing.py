"""Several suggestions: one is picked in a terminal, all are printed in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from photon.cli.terminal import Terminal, harmless

if TYPE_CHECKING:
    from photon.tasks.suggest_path import Suggestion


def can_choose(terminal: Terminal) -> bool:
    """Whether somebody is there to pick one."""
    return terminal.asking and terminal.talkative and not terminal.quiet


def choose(suggestions: Sequence[Suggestion], terminal: Terminal) -> Suggestion:
    """The one that the user picks. Each is shown on stderr as a sketch, which is a third as long as its OpenAPI.

    Raises EOFError where the user closes stdin instead.
    """
    for number, each in enumerate(suggestions, start=1):
        terminal.rule(str(number))
        terminal.say(harmless(each.sketch))
    while True:
        terminal.say(f"which one? [1-{len(suggestions)}] ")
        answer = terminal.stdin.readline()
        if not answer:
            raise EOFError
        if answer.strip().isdecimal() and 1 <= int(answer) <= len(suggestions):
            return suggestions[int(answer) - 1]


def joined(suggestions: Sequence[Suggestion], form: str) -> str:
    """All of them as one text: YAML documents of one stream, a JSON array, sketches with an empty line between them."""
    texts = [each.text for each in suggestions]
    if form == "json":
        import json

        from photon.sketch.text import escaped

        return escaped(json.dumps([json.loads(text) for text in texts], indent=2, ensure_ascii=False)) + "\n"
    return ("---\n" if form == "yaml" else "\n").join(texts)
